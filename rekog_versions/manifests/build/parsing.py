"""Reading lines of manifests back as typed lines."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import (
    CLASSIFICATION,
    DETECTION,
    LabeledBox,
    ImageLabel,
    ImageLevelLine,
    ObjectLine,
    TypedLine,
    raise_for,
)
from rekog_versions.manifests.issues import issue
from rekog_versions.manifests.lines import Line, parse, read_line
from rekog_versions.manifests.messages import shown


def parse_manifest_line(text: str | bytes, *, attribute: str | None = None) -> TypedLine:
    """Reads a line of a manifest as a typed line.

    What the service doesn't read is dropped, and an attribute's number with its name: several image-level labels are
    numbered anew when the line is written.

    Args:
        text: The line.
        attribute: The only one to read; needed where a line has labels of both kinds, or boxes several times as after
            an adjustment job.

    Raises:
        ManifestError: The service would refuse or ignore the line, or it is not one typed line by itself.
    """
    return typed(entry_of(text), attribute)


def entry_of(text: str | bytes) -> Mapping[str, Any]:
    """What a line holds.

    Raises:
        ManifestError: It is no JSON object.
    """
    try:
        decoded = text.decode() if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        raise ManifestError(
            f"the line is no UTF-8: byte {error.start} is {text[error.start : error.start + 1]!r}",
            issues=[issue("ERROR_INVALID_JSON_LINE", 1)],
        ) from error
    entry = parse(decoded).entry
    if entry is None:
        raise ManifestError(
            f"a line must be a JSON object, not {shown(decoded)}", issues=[issue("ERROR_INVALID_JSON_LINE", 1)]
        )
    return entry


def pairs_of(entry: Mapping[str, Any]) -> Mapping[str, object]:
    """The kind (the metadata's `type`) of each attribute that has metadata."""
    metadata = {name: entry.get(f"{name}-metadata") for name in entry if name != "source-ref"}
    return {
        name: cast("Mapping[str, object]", described).get("type") if isinstance(described, dict) else None
        for name, described in metadata.items()
        if described is not None
    }


def typed(entry: Mapping[str, Any], attribute: str | None = None) -> TypedLine:
    """Reads what a line holds as a typed line.

    Raises:
        ManifestError: As `parse_manifest_line()` does.
    """
    if attribute is not None:
        wanted = ("source-ref", attribute, f"{attribute}-metadata")
        if attribute == "source-ref" or not all(name in entry for name in wanted[1:]):
            there = ", ".join(map(shown, pairs_of(entry))) or "none"
            raise ManifestError(f"the line has no attribute {shown(attribute)} with metadata; it has {there}")
        entry = {name: entry[name] for name in wanted if name in entry}
    image, issues = read_line(Line("", entry), 1)
    raise_for(entry, [found for found in issues if not found.is_warning])
    kinds = pairs_of(entry)
    boxes = [name for name, kind in kinds.items() if kind == DETECTION]
    labels = [name for name, kind in kinds.items() if kind == CLASSIFICATION]
    if len(boxes) > 1 or (boxes and labels):
        raise ManifestError(
            f"the line has {', '.join(map(shown, kinds))}, which is more than one typed line says: "
            "choose one with attribute=..."
        )
    source_ref = image.source_ref if image else ""  # without one, there was an error
    if not boxes:
        return _labels(source_ref, entry, labels)
    name = boxes[0]
    return object_line(source_ref, entry, name, boxes_of(entry[name], entry[f"{name}-metadata"]))


def moment_of(text: object) -> datetime | None:
    """A creation-date, if it is one: people's code writes them in every form."""
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _labels(source_ref: str, entry: Mapping[str, Any], names: list[str]) -> ImageLevelLine:
    labels: dict[str, ImageLabel] = {}
    for name in names:
        metadata = entry[f"{name}-metadata"]
        labels.setdefault(
            metadata["class-name"], ImageLabel(metadata["class-name"], metadata["confidence"], *origin_of(metadata))
        )
    name = "label" if not names else names[0] if len(names) == 1 else names[0].rstrip("0123456789")
    return ImageLevelLine(source_ref, labels.values(), attribute=name or "label")


def object_line(source_ref: str, entry: Mapping[str, Any], name: str, boxes: Iterable[LabeledBox]) -> ObjectLine:
    """The line of an image whose attribute has the right format, with some boxes.

    Raises:
        ManifestError: The service would refuse one of the boxes.
    """
    size = entry[name]["image_size"][0]
    human_annotated, creation_date, job_name = origin_of(entry[f"{name}-metadata"])
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


def boxes_of(attribute: Mapping[str, Any], metadata: Mapping[str, Any]) -> Iterator[LabeledBox]:
    """The boxes of an attribute whose format is right, even if some of them don't fit."""
    objects = [cast("Mapping[str, Any]", found) for found in metadata["objects"] if isinstance(found, dict)]
    confidences = [found["confidence"] for found in objects if "confidence" in found]
    for box, confidence in zip(attribute["annotations"], confidences, strict=False):  # more objects do no harm
        label = metadata["class-map"][str(box["class_id"])]
        yield LabeledBox(label, box["left"], box["top"], box["width"], box["height"], confidence)


def origin_of(metadata: Mapping[str, Any]) -> tuple[bool, datetime | None, str | None]:
    """Who labelled, when, and in which job."""
    job = metadata.get("job-name")
    return (
        metadata.get("human-annotated") != "no",
        moment_of(metadata.get("creation-date")),
        job if isinstance(job, str) else None,
    )
