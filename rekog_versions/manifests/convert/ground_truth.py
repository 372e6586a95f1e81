"""From Ground Truth: output manifests that Custom Labels doesn't read as they are."""

import codecs
import os
from collections.abc import Iterator, Mapping
from typing import Any, cast

from rekog_versions.errors import ManifestError
from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.build.parsing import (
    attribute_types,
    object_line,
    parse_entry,
    read_boxes,
    read_origin,
    typed_line,
)
from rekog_versions.manifests.build.typed_lines import (
    CLASSIFICATION,
    DETECTION,
    ImageLabel,
    ImageLevelLine,
    ObjectLine,
    TypedLine,
)
from rekog_versions.manifests.convert.conversion import ConversionReason, ConversionReport, ConvertedLines
from rekog_versions.manifests.convert.fitting import Fitting
from rekog_versions.manifests.messages import shown
from rekog_versions.manifests.sources import RereadableManifest

MULTILABEL = "groundtruth/image-classification-multilabel"
_KINDS = frozenset({CLASSIFICATION, DETECTION, MULTILABEL})
_OF_BOXES = frozenset(
    {
        "ERROR_INVALID_BOUNDING_BOX",
        "ERROR_BOUNDING_BOX_TOO_SMALL",
        "ERROR_NO_VALID_ANNOTATIONS",
        "ERROR_NO_VALID_LABEL_ATTRIBUTES",
        "ERROR_TOO_MANY_BOUNDING_BOXES",
    }
)


def from_ground_truth(
    source: str | os.PathLike[str], *, attribute: str | None = None, s3: Any = None
) -> ConvertedLines[TypedLine]:
    """Makes lines that Custom Labels reads from the output manifest of a Ground Truth job.

    - A multi-label attribute (a list of class ids with a class-map and a confidence-map) becomes a pair
      `NAME0`/`NAME0-metadata`, `NAME1`/... for each label. A label without a confidence is left out.
    - Of several attributes one is taken: the one that is chosen, or else the last adjustment (`job-chain-chain` over
      `job-chain` over `job`). Where nothing says which, the line is left out.
    - Boxes are clipped to their image; those that the service would refuse are left out.
    - Of several lines with the same `source-ref` the first is taken.

    Args:
        source: The manifest: a path, or `s3://bucket/key`.
        attribute: The attribute to take. It is looked for in each line.
        s3: For S3: a boto3 client for it, or a `VersionsClient`.

    Raises:
        ManifestError: `source` is no place in S3.
        ValueError: It is in S3 and there is no client.
        OSError: While iterating: the file can't be read.
        botocore.exceptions.ClientError: While iterating: S3 refused.
    """
    manifest = RereadableManifest(source, s3)
    return ConvertedLines(lambda report: _lines(manifest, attribute, report))


def _lines(manifest: RereadableManifest, attribute: str | None, report: ConversionReport) -> Iterator[TypedLine]:
    seen: set[str] = set()
    for number, text in enumerate(manifest.lines(), start=1):
        place = f"line {number}"
        if not text.strip():
            report.note(ConversionReason.UNREADABLE, place, "it is blank")
            continue
        try:
            entry = parse_entry(text.removeprefix(codecs.BOM_UTF8) if number == 1 else text)
        except ManifestError as error:
            report.note(ConversionReason.UNREADABLE, place, str(error))
            continue
        try:
            line = _converted(entry, place, attribute, report)
        except ManifestError as error:
            report.note(ConversionReason.REFUSED, place, str(error))
            continue
        if line is None:
            continue
        if line.source_ref in seen:
            report.note(ConversionReason.DUPLICATE_IMAGE, place, line.source_ref)
            continue
        seen.add(line.source_ref)
        yield line


def _converted(
    entry: Mapping[str, Any], place: str, attribute: str | None, report: ConversionReport
) -> TypedLine | None:
    kinds = {name: kind for name, kind in attribute_types(entry).items() if isinstance(kind, str) and kind in _KINDS}
    chosen = _chosen(list(kinds)) if attribute is None else attribute
    if not kinds or (attribute is not None and attribute not in kinds):
        report.note(
            ConversionReason.NO_LABEL,
            place,
            f"{shown(entry.get('source-ref'))} has {', '.join(map(shown, kinds)) or 'none'}",
        )
        return None
    if chosen is None and set(kinds.values()) == {CLASSIFICATION}:
        return typed_line({name: entry[name] for name in entry if _is_of(name, kinds)})
    if chosen is None:
        report.note(
            ConversionReason.AMBIGUOUS,
            place,
            f"{shown(entry.get('source-ref'))} has {', '.join(map(shown, kinds))}: choose one with attribute=...",
        )
        return None
    if kinds[chosen] == MULTILABEL:
        return _multilabel(entry, chosen, place, report)
    if kinds[chosen] == DETECTION:
        return _boxes(entry, chosen, place, report)
    return typed_line(entry, chosen)


def _is_of(name: str, kinds: Mapping[str, object]) -> bool:
    return name == "source-ref" or name in kinds or name.removesuffix("-metadata") in kinds


def _chosen(names: list[str]) -> str | None:
    """The last adjustment, if the attributes are a job and its adjustments."""
    last = max(names, key=len, default=None)
    is_chain = last is not None and all(last == name or last.startswith(f"{name}-chain") for name in names)
    return last if is_chain else None


def _multilabel(entry: Mapping[str, Any], name: str, place: str, report: ConversionReport) -> ImageLevelLine | None:
    metadata = cast("Mapping[str, Any]", entry[f"{name}-metadata"])
    ids: object = entry[name]
    names, confidences = metadata.get("class-map"), metadata.get("confidence-map")
    if not isinstance(ids, list) or not isinstance(names, dict) or not isinstance(confidences, dict):
        raise ManifestError(
            "a multi-label attribute is a list of class ids with a class-map and a confidence-map, not "
            f"{shown(entry[name])} with {shown(metadata)}"
        )
    labels: dict[str, ImageLabel] = {}
    for id_ in cast("list[object]", ids):
        label = cast("dict[str, Any]", names).get(str(id_))
        confidence = cast("dict[str, Any]", confidences).get(str(id_))
        if label is None or confidence is None:
            missing = "class-map" if label is None else "confidence-map"
            report.note(ConversionReason.UNKNOWN_CATEGORY, place, f"class id {shown(id_)} is not in the {missing}")
            continue
        made = ImageLabel(label, confidence, *read_origin(metadata))
        if made.name in labels:
            report.note(ConversionReason.REPEATED_LABEL, place, shown(made.name))
        labels.setdefault(made.name, made)
    if not labels:
        report.note(ConversionReason.NO_LABEL, place, shown(entry.get("source-ref")))
        return None
    return ImageLevelLine(entry.get("source-ref", ""), labels.values(), attribute=name)


def _boxes(entry: Mapping[str, Any], name: str, place: str, report: ConversionReport) -> ObjectLine | None:
    """A line with boxes of which some may not fit; what else is wrong with it is found when it is read as it is."""
    try:
        return cast("ObjectLine", typed_line(entry, name))
    except ManifestError as error:
        if any(issue.code not in _OF_BOXES for issue in error.issues):
            raise
    attribute, metadata = entry[name], entry[f"{name}-metadata"]
    size, source_ref = attribute["image_size"][0], entry["source-ref"]
    fitting = Fitting(
        Frame(size["width"], size["height"]), lambda boxes: object_line(source_ref, entry, name, boxes), report
    )
    placed = ((f"{place}, box {number}", box) for number, box in enumerate(read_boxes(attribute, metadata), start=1))
    return fitting.line(place, placed, shown(source_ref))
