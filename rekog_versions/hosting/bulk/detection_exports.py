"""Results of a bulk detection as rows, as a CSV file, and as the lines of a manifest."""

import csv
import io
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypedDict

from rekog_versions._text import shown
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.convert.assembly import LineOptions, convert
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.convert.places import ImagePlaces
from rekog_versions.manifests.convert.records import Kind, SourceBox, SourceImage
from rekog_versions.manifests.destinations import Destinations
from rekog_versions.manifests.images.image_check import ImageReader

if TYPE_CHECKING:
    from rekog_versions.hosting.bulk.detected_images import DetectedImage

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A spreadsheet takes a cell that begins with one of these for a formula."""


class DetectionRow(TypedDict):
    """A label of an image. The sides of its box are fractions of the image. An image without labels has one row."""

    source: str
    label: str | None
    confidence: float | None
    left: float | None
    top: float | None
    width: float | None
    height: float | None
    version_arn: str
    time: str


def rows_of(results: Iterable["DetectedImage"]) -> Iterator[DetectionRow]:
    """Yield a row for each label."""
    for result in results:
        for label in result.labels or (None,):
            box = label.geometry.bounding_box if label and label.geometry else None
            yield {
                "source": result.source,
                "label": label.name if label else None,
                "confidence": label.confidence if label else None,
                "left": box.left if box else None,
                "top": box.top if box else None,
                "width": box.width if box else None,
                "height": box.height if box else None,
                "version_arn": str(result.version_arn),
                "time": result.time.isoformat(),
            }


def write_rows(rows: Iterable[DetectionRow], target: str | os.PathLike[str], s3: Any) -> int:
    """Write rows as a CSV file, and return their number. If that fails, nothing is written."""
    count = 0
    with Destinations() as destinations:
        file = destinations.open_file(os.fspath(target), s3)
        file.write(_csv_line(DetectionRow.__annotations__))
        for row in rows:
            file.write(_csv_line(row.values()))
            count += 1
    return count


def _csv_line(cells: Iterable[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([_safe(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue().encode("utf-8", "backslashreplace")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def lines_of(
    results: Iterable["DetectedImage"],
    images: str | ImagePlaces | None,
    kind: Kind | None,
    sizes: ImageReader | None,
    attribute: str | None,
) -> ConvertedLines[TypedLine]:
    """Return the lines of a manifest; see `Detections.to_lines()`."""
    chosen = kind or _kind_of(results)
    options = LineOptions(images, chosen, attribute, "fractions", sizes, human_annotated=False)
    return convert(lambda report: _images_of(results, chosen, report), options)


def _kind_of(results: Iterable["DetectedImage"]) -> Kind:
    """Return the kind of the first label."""
    for result in results:
        for label in result.labels:
            return "boxes" if label.geometry and label.geometry.bounding_box else "labels"
    return "labels"


def _images_of(results: Iterable["DetectedImage"], kind: Kind, report: ConversionReport) -> Iterator[SourceImage]:
    for result in results:
        image = SourceImage(result.source, result.source, is_key=result.source.startswith("s3://"))
        for label in result.labels:
            name, confidence = label.name or "", min(max((label.confidence or 0.0) / 100, 0.0), 1.0)
            box = label.geometry.bounding_box if label.geometry else None
            if kind == "labels" or box is None:
                image.add_label(name, result.source, report, confidence)
                continue
            left, top, width, height = box.left, box.top, box.width, box.height
            if left is None or top is None or width is None or height is None:
                report.add(ConversionReason.UNREADABLE, result.source, f"the box of {shown(name)} lacks a side")
            else:
                image.boxes.append(SourceBox(result.source, name, left, top, width, height, confidence))
        yield image
