"""Convert output manifests of Ground Truth that Custom Labels cannot read without changes."""

import codecs
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, cast

from rekog_versions._json import mapping, sequence
from rekog_versions._text import shown
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
    ImageLabel,
    ImageLevelLine,
    ObjectLine,
    TypedLine,
)
from rekog_versions.manifests.check.jobs import ADJUSTMENT_STATUS, is_rejection, verdicts_in
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.fitting import BoxFitter
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.lines import CLASSIFICATION, DETECTION
from rekog_versions.manifests.sources import RereadableManifest, StoredManifest

MULTILABEL = "groundtruth/image-classification-multilabel"
_TYPES = frozenset({CLASSIFICATION, DETECTION, MULTILABEL})
_BOX_CODES = frozenset(
    {
        "ERROR_INVALID_BOUNDING_BOX",
        "ERROR_BOUNDING_BOX_TOO_SMALL",
        "ERROR_NO_VALID_ANNOTATIONS",
        "ERROR_NO_VALID_LABEL_ATTRIBUTES",
        "ERROR_TOO_MANY_BOUNDING_BOXES",
    }
)


def from_ground_truth(
    source: StoredManifest,
    *,
    attribute: str | Sequence[str] | None = None,
    leave_out_rejected: bool | Collection[str] = False,
    s3: Any = None,
) -> ConvertedLines[TypedLine]:
    """Convert the output manifest of a Ground Truth job to lines that Custom Labels reads.

    - A multi-label attribute (a list of class ids with a class-map and a confidence-map) becomes an attribute with
      metadata for each label: `NAME0`, `NAME1` and so on. A label without a confidence is left out.
    - One of several attributes is converted: `attribute`, or the last adjustment (`job-chain-chain` before `job-chain`
      before `job`), or the one whose metadata has an `adjustment-status`. A line with another choice is left out.
    - Attributes of other types, such as segmentation and video, and failed tasks (`failure-reason`) are left out. The
      report counts them by type and by reason.
    - Boxes are clipped to their image. Boxes that the service would reject are left out.
    - The first of several lines with the same `source-ref` is converted.
    - Verdicts of verification jobs are left out. The lines that they reject are left out on request.

    Args:
        source: The manifest: a path, `s3://bucket/key`, or an `S3Object` to name a version.
        attribute: The name of the attribute to convert in each line, or several: the first one that a line has.
        leave_out_rejected: True leaves out the lines that a verification job rejected, by the usual names of such
            verdicts: `reject`, `bad`, `fail`, `incorrect` and similar words, in any case, perhaps with more words after
            them. A list has the verdicts of your job that reject a line, in any case.
        s3: For S3: a boto3 client for it, or a `VersionsClient`.

    Raises:
        ManifestError: `source` is an incomplete S3 URI. While iterating: the manifest has changed since it was read
            first, is compressed, or is not UTF-8.
        TypeError: An argument has an unsupported type.
        ValueError: `source` is in S3 and `s3` is None.
        OSError: While iterating: the file can't be read.
        botocore.exceptions.ClientError: While iterating: S3 rejected the request.
    """
    manifest = RereadableManifest(source, s3)
    rejects = _rejections(leave_out_rejected)
    preferred = (attribute,) if isinstance(attribute, str) else None if attribute is None else tuple(attribute)
    return ConvertedLines(lambda report: ((None, line) for line in _lines(manifest, preferred, rejects, report)))


def _rejections(given: bool | Collection[str]) -> Callable[[str], bool]:
    """Return a function that decides if a verdict rejects the labels of a line."""
    if isinstance(given, str):
        raise TypeError(f"leave_out_rejected must be True, False or a list of verdicts, got {shown(given)}")
    if isinstance(given, bool):
        return is_rejection if given else lambda _: False
    verdicts = {verdict.strip().casefold() for verdict in given}
    return lambda verdict: verdict.strip().casefold() in verdicts


def _lines(
    manifest: RereadableManifest,
    preferred: Sequence[str] | None,
    rejects: Callable[[str], bool],
    report: ConversionReport,
) -> Iterator[TypedLine]:
    seen = set[int]()  # hashes take less memory than names
    for number, text in enumerate(manifest.lines(), start=1):
        place = f"line {number}"
        if not text.strip():
            report.add(ConversionReason.UNREADABLE, place, "it is blank")
            continue
        try:
            entry = parse_entry(text.removeprefix(codecs.BOM_UTF8) if number == 1 else text)
        except ManifestError as error:
            report.add(ConversionReason.UNREADABLE, place, str(error))
            continue
        rejected = next(((name, verdict) for name, verdict in verdicts_in(entry) if rejects(verdict)), None)
        if rejected:
            found = f"{shown(entry.get('source-ref'))}: {shown(rejected[0])} says {shown(rejected[1])}"
            report.add(ConversionReason.NOT_VERIFIED, place, found)
            continue
        line = report.attempt(place, partial(_convert, entry, place, preferred, report))
        if line is None:
            continue
        if hash(line.source_ref) in seen:
            report.add(ConversionReason.DUPLICATE_IMAGE, place, line.source_ref)
            continue
        seen.add(hash(line.source_ref))
        yield line


def _convert(
    entry: Mapping[str, Any], place: str, preferred: Sequence[str] | None, report: ConversionReport
) -> TypedLine | None:
    types = {name: kind for name, kind in attribute_types(entry).items() if isinstance(kind, str) and kind in _TYPES}
    if preferred is None:
        chosen = _last_adjustment(list(types)) or _only_adjusted(entry, types)
    else:
        chosen = next((name for name in preferred if name in types), None)
    found = f"{shown(entry.get('source-ref'))} has the attributes {', '.join(map(shown, types)) or '(none)'}"
    if not types or (preferred is not None and chosen is None):
        if not _report_unsupported(entry, place, report):
            report.add(ConversionReason.NO_LABEL, place, found)
        return None
    if chosen is None and set(types.values()) == {CLASSIFICATION}:
        return typed_line({name: entry[name] for name in entry if _is_read(name, types)})
    if chosen is None:
        report.add(
            ConversionReason.AMBIGUOUS,
            place,
            f"{found}: choose one with attribute=..., or several in the order of preference",
        )
        return None
    if types[chosen] == MULTILABEL:
        return _multilabel_line(entry, chosen, place, report)
    if types[chosen] == DETECTION:
        return _object_line(entry, chosen, place, report)
    return typed_line(entry, chosen)


def _report_unsupported(entry: Mapping[str, Any], place: str, report: ConversionReport) -> bool:
    """Report the failed tasks and the attributes of other types in a line. Return True if there are any."""
    count = len(report)
    for name in entry:
        metadata = mapping(entry[name] if name.endswith("-metadata") else None)
        kind = metadata.get("type")
        if "failure-reason" in metadata:
            report.add(ConversionReason.FAILED, place, shown(metadata["failure-reason"]))
        elif kind is not None and not (isinstance(kind, str) and kind in _TYPES):
            report.add(ConversionReason.UNSUPPORTED, place, shown(kind))
    return len(report) > count


def _only_adjusted(entry: Mapping[str, Any], names: Iterable[str]) -> str | None:
    """Return the attribute that a job adjusted, if there is one such attribute."""
    adjusted = [name for name in names if ADJUSTMENT_STATUS in mapping(entry.get(f"{name}-metadata"))]
    return adjusted[0] if len(adjusted) == 1 else None


def _is_read(name: str, types: Mapping[str, object]) -> bool:
    return name == "source-ref" or name in types or name.removesuffix("-metadata") in types


def _last_adjustment(names: list[str]) -> str | None:
    """Return the last adjustment, if all attributes are of one job and its adjustments."""
    last = max(names, key=len, default=None)
    is_chain = last is not None and all(last == name or last.startswith(f"{name}-chain") for name in names)
    return last if is_chain else None


def _multilabel_line(
    entry: Mapping[str, Any], name: str, place: str, report: ConversionReport
) -> ImageLevelLine | None:
    metadata: dict[str, Any] = entry[f"{name}-metadata"]
    class_map, confidences = metadata.get("class-map"), metadata.get("confidence-map")
    if not isinstance(entry[name], list) or not isinstance(class_map, dict) or not isinstance(confidences, dict):
        raise ManifestError(
            "a multi-label attribute must be a list of class ids with a class-map and a confidence-map, got "
            f"{shown(entry[name])} with {shown(metadata)}"
        )
    labels: dict[str, ImageLabel] = {}
    for id_ in sequence(entry[name]):
        label = cast("dict[str, Any]", class_map).get(str(id_))
        confidence = cast("dict[str, Any]", confidences).get(str(id_))
        if label is None or confidence is None:
            missing = "class-map" if label is None else "confidence-map"
            report.add(ConversionReason.UNKNOWN_CATEGORY, place, f"class id {shown(id_)} is not in the {missing}")
            continue
        made = ImageLabel(label, confidence, *read_origin(metadata))
        if made.name in labels:
            report.add(ConversionReason.REPEATED_LABEL, place, shown(made.name))
        labels.setdefault(made.name, made)
    if not labels:
        report.add(ConversionReason.NO_LABEL, place, shown(entry.get("source-ref")))
        return None
    return ImageLevelLine(entry.get("source-ref", ""), labels.values(), attribute=name)


def _object_line(entry: Mapping[str, Any], name: str, place: str, report: ConversionReport) -> ObjectLine | None:
    """Return the line with those of its boxes that the service accepts.

    Raises:
        ManifestError: The line has other issues than invalid boxes.
    """
    try:
        return cast("ObjectLine", typed_line(entry, name))
    except ManifestError as error:
        if any(issue.code not in _BOX_CODES for issue in error.issues):
            raise
    attribute, metadata = entry[name], entry[f"{name}-metadata"]
    size, source_ref = attribute["image_size"][0], entry["source-ref"]
    fitter = BoxFitter(
        Frame(size["width"], size["height"]), lambda boxes: object_line(source_ref, entry, name, boxes), report
    )
    placed = ((f"{place}, box {number}", box) for number, box in enumerate(read_boxes(attribute, metadata), start=1))
    return fitter.line(place, placed, shown(source_ref))
