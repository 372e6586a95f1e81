"""Convert an import file of Google AutoML Vision or Vertex AI: CSV without a header, with a split in each row."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from rekog_versions._text import shown
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.convert.assembly import LineOptions, convert
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.csv_boxes import add_box
from rekog_versions.manifests.convert.csv_table import CsvTable
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.convert.places import ImagePlaces
from rekog_versions.manifests.convert.records import Gathered, Kind, SourceImage, split_named
from rekog_versions.manifests.images.image_check import ImageReader

_UNASSIGNED = "unassigned"
_SIDES = 8


def from_automl_csv(
    path: str | os.PathLike[str],
    images: str | ImagePlaces,
    *,
    kind: Kind = "boxes",
    sizes: ImageReader | None = None,
    encoding: str | None = None,
    attribute: str | None = None,
) -> ConvertedLines[TypedLine]:
    """Convert an import file of Google AutoML Vision or Vertex AI.

    A row is `TRAIN,gs://bucket/1.jpg,label` for an image-level label, with any number of labels, and
    `TRAIN,gs://bucket/1.jpg,label,x_min,y_min,,,x_max,y_max,,` for a box in fractions of the image. The split may be
    missing or `UNASSIGNED`. With two corners or four, the box around them is taken.

    Args:
        path: The file.
        images: The place of the images in S3: `ImagePlaces` with `replace={"gs://bucket/": ""}` for
            each bucket in the file.
        kind: `"boxes"`, or `"labels"` for image-level labels.
        sizes: For boxes: `images_from_s3(client)` or `images_from_folder(...)`, since the file has no sizes.
        encoding: The name of the encoding in Python. The default is the encoding of the byte order mark, or UTF-8.
        attribute: The name of the labels' attribute in the lines.

    Raises:
        ValueError: `kind` is unknown, or `sizes` is missing for boxes.
        ManifestError: While iterating: the file can't be read as a table.
        OSError: While iterating: the file can't be read.
    """
    options = LineOptions(images, kind, attribute, "fractions", sizes)
    if kind == "boxes" and sizes is None:
        raise ValueError(
            "sizes must be given for boxes, because the file has no image sizes. Pass images_from_s3(client), or "
            "kind='labels' for image-level labels"
        )
    table = CsvTable(Path(path), [0], encoding=encoding)
    return convert(lambda report: _images(table, report), options)


def _images(table: CsvTable, report: ConversionReport) -> Iterable[SourceImage]:
    found = Gathered(report)
    for row, cells in table.rows():
        if not any(cells):
            continue
        place, split = f"row {row}", split_named(cells[0])
        if split or cells[0].strip().casefold() in (_UNASSIGNED, ""):
            cells = cells[1:]  # noqa: PLW2901
        if not cells or not cells[0].strip() or ("/" not in cells[0] and len(cells) > 1 and "/" in cells[1]):
            text = f"it must have an optional split and the image, got {shown(cells)}"
            report.add(ConversionReason.UNREADABLE, place, text)
            continue
        image = found.image(cells[0].strip(), place, split)
        _add(image, cells[1:], place, report)
    return found


def _add(image: SourceImage, cells: Sequence[str], place: str, report: ConversionReport) -> None:
    """Add the labels or the box of a row."""
    numbers = [cell for cell in cells[1:] if cell.strip()]
    if len(cells) < _SIDES or not numbers or not all(_is_number(cell) for cell in numbers):
        for label in filter(None, map(str.strip, cells)):
            image.add_label(label, place, report)
        return
    across = [cell for cell in cells[1 : _SIDES + 1 : 2] if cell.strip()]
    down = [cell for cell in cells[2 : _SIDES + 1 : 2] if cell.strip()]
    sides = [edge(values, key=float) for edge in (min, max) for values in (across, down) if values]
    found = sides if len(sides) == 4 else (None,) * 4  # noqa: PLR2004
    add_box(image, cells[0].strip(), found, place=place, report=report)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
