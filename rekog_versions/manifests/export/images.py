"""The images of a manifest with what is usable of their labels and boxes, as exports write them."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from rekog_versions._json import mapping, number, sequence
from rekog_versions._text import printable, shown
from rekog_versions.manifests.boxes import Box
from rekog_versions.manifests.build.typed_lines import ImageLevelLine, ModerationLine, ObjectLine, TypedLine
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport, Split
from rekog_versions.manifests.convert.records import Kind
from rekog_versions.manifests.details import MODERATION
from rekog_versions.manifests.issues import Issue
from rekog_versions.manifests.line_batches import decoded_line, line_batches
from rekog_versions.manifests.lines import (
    CLASSIFICATION,
    DETECTION,
    FAR,
    NO_ATTRIBUTES,
    Image,
    Line,
    UseCase,
    read_line,
)
from rekog_versions.manifests.sources import BinaryFile, ManifestSource, name_sources
from rekog_versions.models.assets import DescribedS3Object, S3Object

ExportSource: TypeAlias = ManifestSource | Sequence[ManifestSource] | Iterable[TypedLine]
"""The manifest to export: a `ManifestSource`, several of them, or typed lines, such as the result of a converter."""

_TYPED = (ImageLevelLine, ObjectLine, ModerationLine)
_ONE_SOURCE = (str, bytes, bytearray, memoryview, os.PathLike, BinaryFile, S3Object, DescribedS3Object)
_PLACE_OF_BOX = 3  # the attribute, "annotations" and the index
_NOT_READ = NO_ATTRIBUTES | {MODERATION}
_REASONS = {
    "ERROR_INVALID_BOUNDING_BOX": ConversionReason.OUTSIDE,
    "ERROR_BOUNDING_BOX_TOO_SMALL": ConversionReason.TOO_SMALL,
    "ERROR_TOO_MANY_BOUNDING_BOXES": ConversionReason.TOO_MANY_BOXES,
    "ERROR_NO_VALID_ANNOTATIONS": ConversionReason.NO_BOX,
}
_FOLLOWS = "ERROR_NO_VALID_LABEL_ATTRIBUTES"  # from the errors of the attributes


@dataclass(frozen=True, slots=True)
class ExportedBox:
    """A box of an image, in pixels."""

    label: str
    box: Box
    confidence: float


@dataclass(slots=True)
class ExportedImage:
    """An image with its labels, or with its boxes."""

    place: str
    """The line, for the report."""
    source_ref: str
    width: float | None = None
    height: float | None = None
    depth: float = 3
    labels: dict[str, float] = field(default_factory=dict[str, float])
    """The labels of the whole image and their confidences."""
    boxes: list[ExportedBox] = field(default_factory=list[ExportedBox])


def read_images(
    source: ExportSource, s3: object, kind: Kind, report: ConversionReport, seen: set[int] | None = None
) -> Iterator[ExportedImage]:
    """Yield the images of a manifest with their boxes, or with their labels. Issues are added to the report.

    Args:
        source: The manifest, or typed lines.
        s3: Reads objects: a boto3 client for S3, or an object that has one as `.s3`.
        kind: The labels to read.
        report: The report for what is left out.
        seen: Hashes of images that were read before. Images are read once, and added to it.

    Raises:
        ManifestError: A manifest does not exist, is compressed or not UTF-8, is too large, or changed meanwhile.
        TypeError: `source` is neither a manifest nor typed lines.
        ValueError: A manifest is in S3 and `s3` is None.
        OSError: A local file can't be read.
        BotoCoreError, ClientError: S3 can't be reached, or rejects the request.
    """
    seen = set() if seen is None else seen  # hashes take less memory than names
    for place, line in _lines(source, s3, report):
        found = _image(place, line, kind, report)
        if found is None:
            continue
        if hash(found.source_ref) in seen:
            report.add(ConversionReason.DUPLICATE_IMAGE, place, found.source_ref)
            continue
        seen.add(hash(found.source_ref))
        yield found


def of_splits(training: ExportSource, testing: ExportSource | None) -> list[tuple[Split, ExportSource]]:
    """Return the sources of an export with their splits."""
    found: list[tuple[Split, ExportSource]] = [("training", training)]
    return found if testing is None else [*found, ("testing", testing)]


def _lines(source: ExportSource, s3: object, report: ConversionReport) -> Iterator[tuple[str, Line]]:
    """Yield the place of each line, and the line."""
    is_manifest = isinstance(source, _ONE_SOURCE) or not isinstance(cast("object", source), Iterable)
    if is_manifest or (isinstance(source, Sequence) and not (source and isinstance(source[0], _TYPED))):
        sources = name_sources(source, "source")
        for named in sources:
            file = f"{printable(named.name, 200)}, " if len(sources) > 1 else ""
            first = 1
            for batch in line_batches(named, s3):
                for count, raw in enumerate(batch, start=first):
                    yield f"{file}line {count}", decoded_line(raw)
                first += len(batch)
        return
    for count, line in enumerate(cast("Iterable[object]", source), start=1):
        if not isinstance(line, _TYPED):
            raise TypeError(f"source must be a manifest or typed lines such as ObjectLine, got {shown(line)}")
        yield f"line {count}", Line("", line.to_dict())
    if isinstance(source, ConvertedLines):
        report.include(source.report)


def _image(place: str, line: Line, kind: Kind, report: ConversionReport) -> ExportedImage | None:
    """Return the image of a line with what is usable; None if nothing is."""
    if line.entry is None:
        why = "it is blank" if line.is_blank else "it is not a JSON object"
        report.add(ConversionReason.UNREADABLE, place, why)
        return None
    image, issues = read_line(line, 1, explain=lambda _: True, feature=None)
    errors = [found for found in issues if not found.is_warning]
    if image is not None:
        place = f"{place} ({printable(image.source_ref, 200)})"
    for found in (one for one in errors if one.code != _FOLLOWS):
        reason = _REASONS.get(found.code, ConversionReason.REJECTED)
        report.add(reason, _place(place, found), f"{found.message} {found.detail}".rstrip())
    if image is None:
        return None
    made = ExportedImage(place, image.source_ref)
    if UseCase.IMAGE_LEVEL_LABELS in image.labels:
        made.labels = _labels(image, line.entry)
    made.boxes = _boxes(image, line.entry, errors)
    _set_size(made, image, line.entry)
    return made if _is_exported(made, kind, report, issues) else None


def _place(place: str, issue: Issue) -> str:
    is_of_box = len(issue.place) >= _PLACE_OF_BOX
    return f"{place}, {printable(issue.place[0], 100)} box {int(issue.place[2]) + 1}" if is_of_box else place


def _is_exported(image: ExportedImage, kind: Kind, report: ConversionReport, issues: Sequence[Issue]) -> bool:
    """Return True if an image has what is exported, or is known to have nothing. Report what is left out of it."""
    wanted, other = (image.boxes, image.labels) if kind == "boxes" else (image.labels, image.boxes)
    if other:
        kinds = ("boxes", "labels") if kind == "labels" else ("labels", "boxes")
        text = f"{len(other)} {kinds[0]}, and {kinds[1]} are exported"
        report.add(ConversionReason.OTHER_KIND, image.place, text)
        image.labels, image.boxes = (image.labels, []) if kind == "labels" else ({}, image.boxes)
    if wanted:
        return True
    if any(found.code == "WARNING_UNANNOTATED_RECORD" for found in issues):
        report.add(ConversionReason.NO_LABEL, image.place, "it has not been labeled")
        return False
    # an image whose labels were left out is not one that shows nothing
    return not other and all(found.is_warning for found in issues)


def _labels(image: Image, entry: Mapping[str, Any]) -> dict[str, float]:
    """Return the labels of the whole image with their confidences."""
    confidences: dict[str, float] = {}
    for metadata in _pairs(entry, CLASSIFICATION).values():
        label, confidence = metadata.get("class-name"), number(metadata.get("confidence"), FAR)
        if isinstance(label, str) and confidence is not None:
            confidences.setdefault(label, confidence)
    return {label: confidences.get(label, 1) for label in image.labels[UseCase.IMAGE_LEVEL_LABELS]}


def _boxes(image: Image, entry: Mapping[str, Any], errors: Sequence[Issue]) -> list[ExportedBox]:
    """Return the usable boxes with their confidences, which are in another place than the boxes."""
    confidences: list[float] = []
    for name, metadata in _pairs(entry, DETECTION).items():
        of_pair = [found.place for found in errors if found.place and found.place[0] in (name, f"{name}-metadata")]
        if any(len(place) < _PLACE_OF_BOX for place in of_pair):
            continue  # none of its boxes are usable
        invalid = {place[2] for place in of_pair if place[0] == name}
        objects = [mapping(found) for found in sequence(metadata.get("objects"))]
        given = [one for found in objects if (one := number(found.get("confidence"), FAR)) is not None]
        count = len(sequence(mapping(entry[name]).get("annotations")))
        confidences += [given[at] for at in range(count) if at not in invalid]
    labels = image.labels.get(UseCase.OBJECT_LOCALIZATION, ())
    return [ExportedBox(*found) for found in zip(labels, image.boxes, confidences, strict=True)]


def _pairs(entry: Mapping[str, Any], kind: str) -> dict[str, Mapping[str, Any]]:
    """Return the metadata of the label attributes of a type, by the names of the attributes."""
    found = {name: mapping(entry.get(f"{name}-metadata")) for name in entry if name not in _NOT_READ}
    return {name: metadata for name, metadata in found.items() if metadata.get("type") == kind}


def _set_size(made: ExportedImage, image: Image, entry: Mapping[str, Any]) -> None:
    if image.boxes:
        made.width, made.height, made.depth = image.frame.width, image.frame.height, image.frame.depth
        return
    for name in _pairs(entry, DETECTION):
        size = mapping(next(iter(sequence(mapping(entry[name]).get("image_size"))), None))
        width, height = number(size.get("width"), FAR), number(size.get("height"), FAR)
        if width is not None and height is not None and width >= 1 and height >= 1:
            made.width, made.height = width, height
            return
