"""Parse lines of manifests as typed lines."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from rekog_versions._json import mapping
from rekog_versions._text import shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import (
    ImageLabel,
    ImageLevelLine,
    LabeledBox,
    ModerationLine,
    ObjectLine,
    TypedLine,
    raise_for_issues,
)
from rekog_versions.manifests.details import MODERATION
from rekog_versions.manifests.issues import issue
from rekog_versions.manifests.lines import CLASSIFICATION, DETECTION, Line, UseCase, parse, read_line


def parse_manifest_line(text: str | bytes, *, attribute: str | None = None) -> TypedLine:
    """Parse a line of a manifest as a typed line.

    Members that the service does not read are dropped. Several image-level labels are numbered anew when the line is
    written.

    Args:
        text: The line.
        attribute: The only attribute to read. It is needed where a line has labels and boxes, or several attributes
            with boxes, as after an adjustment job.

    A line with `content-moderation-groundtruth` becomes a `ModerationLine`.

    Raises:
        ManifestError: The service would reject or ignore the line, or the line is more than one typed line.
        TypeError: `text` is neither text nor bytes.
    """
    return typed_line(parse_entry(text), attribute)


def parse_entry(text: str | bytes) -> Mapping[str, Any]:
    """Parse a line as a JSON object.

    Raises:
        ManifestError: The line is not a JSON object.
    """
    if not isinstance(cast("object", text), str | bytes):
        raise TypeError(
            f"a line must be text or bytes, got {type(text).__name__}. Pass json.dumps(entry) for an object"
        )
    try:
        decoded = text.decode() if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        raise ManifestError(
            f"a line must be UTF-8, got {text[error.start : error.start + 1]!r} at byte {error.start}",
            issues=[issue("ERROR_INVALID_JSON_LINE", 1)],
        ) from error
    entry = parse(decoded).entry
    if entry is None:
        raise ManifestError(
            f"a line must be a JSON object, got {shown(decoded)}", issues=[issue("ERROR_INVALID_JSON_LINE", 1)]
        )
    return entry


def attribute_types(entry: Mapping[str, Any]) -> Mapping[str, object]:
    """Return the `type` of each label attribute of a line that has metadata."""
    metadata = {name: entry.get(f"{name}-metadata") for name in entry if name != "source-ref"}
    return {name: mapping(found).get("type") for name, found in metadata.items() if found is not None}


def typed_line(entry: Mapping[str, Any], attribute: str | None = None) -> TypedLine:
    """Return the typed line of a JSON object.

    Raises:
        ManifestError: As `parse_manifest_line()` does.
    """
    if attribute is not None:
        wanted: tuple[str, ...] = ("source-ref", attribute, f"{attribute}-metadata")
        if attribute == MODERATION and attribute in entry:
            wanted = wanted[:2]
        elif attribute == "source-ref" or not all(name in entry for name in wanted[1:]):
            found = ", ".join(map(shown, attribute_types(entry))) or "none"
            raise ManifestError(f"the line has no attribute {shown(attribute)} with metadata. Its attributes: {found}")
        entry = {name: entry[name] for name in wanted if name in entry}
    image, issues = read_line(Line("", entry), 1, explain=lambda _: True, feature=None)
    raise_for_issues(entry, [found for found in issues if not found.is_warning])
    types = attribute_types(entry)
    if image is not None and image.is_moderated:
        if any(kind in (CLASSIFICATION, DETECTION) for kind in types.values()):
            raise ManifestError(
                f"the line has {MODERATION} and the attributes {', '.join(map(shown, types))}, and a typed line "
                "can have labels of one feature only. Choose an attribute with attribute=..., or remove the others"
            )
        return ModerationLine(image.source_ref, image.labels[UseCase.IMAGE_LEVEL_LABELS])
    boxes = [name for name, kind in types.items() if kind == DETECTION]
    labels = [name for name, kind in types.items() if kind == CLASSIFICATION]
    if len(boxes) > 1 or (boxes and labels):
        raise ManifestError(
            f"the line has the attributes {', '.join(map(shown, types))}, and a typed line can have one of them only. "
            "Choose one with attribute=..."
        )
    source_ref = image.source_ref if image else ""  # a line without an image has raised above
    if not boxes:
        return _image_level_line(source_ref, entry, labels)
    name = boxes[0]
    return object_line(source_ref, entry, name, read_boxes(entry[name], entry[f"{name}-metadata"]))


def _image_level_line(source_ref: str, entry: Mapping[str, Any], names: list[str]) -> ImageLevelLine:
    labels: dict[str, ImageLabel] = {}
    for name in names:
        metadata = entry[f"{name}-metadata"]
        label = ImageLabel(metadata["class-name"], metadata["confidence"], *read_origin(metadata))
        labels.setdefault(label.name, label)
    name = "label" if not names else names[0] if len(names) == 1 else names[0].rstrip("0123456789")
    return ImageLevelLine(source_ref, labels.values(), attribute=name or "label")


def object_line(source_ref: str, entry: Mapping[str, Any], name: str, boxes: Iterable[LabeledBox]) -> ObjectLine:
    """Return the line of an image with other boxes than those of its valid attribute `name`.

    Raises:
        ManifestError: The service would reject one of the boxes.
    """
    size = entry[name]["image_size"][0]
    human_annotated, creation_date, job_name = read_origin(entry[f"{name}-metadata"])
    return ObjectLine(
        source_ref,
        size["width"],
        size["height"],
        boxes,
        depth=size.get("depth") or 3,
        attribute=name,
        human_annotated=human_annotated,
        creation_date=creation_date,
        job_name=job_name,
    )


def read_boxes(attribute: Mapping[str, Any], metadata: Mapping[str, Any]) -> Iterator[LabeledBox]:
    """Yield the boxes of an attribute with a valid format. The boxes may be outside of the image."""
    objects = [cast("Mapping[str, Any]", found) for found in metadata["objects"] if isinstance(found, dict)]
    confidences = [found["confidence"] for found in objects if "confidence" in found]
    for box, confidence in zip(attribute["annotations"], confidences, strict=False):  # more objects are allowed
        label = metadata["class-map"][str(box["class_id"])]
        yield LabeledBox(label, box["left"], box["top"], box["width"], box["height"], confidence)


def read_origin(metadata: Mapping[str, Any]) -> tuple[bool, datetime | None, str | None]:
    """Return whether people made the labels, when, and in which job."""
    job = metadata.get("job-name")
    return (
        metadata.get("human-annotated") != "no",
        _parse_date(metadata.get("creation-date")),
        job if isinstance(job, str) else None,
    )


def _parse_date(text: object) -> datetime | None:
    """Return a creation-date; None if it is not in ISO format, which the service does not require."""
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
