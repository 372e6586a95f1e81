"""Convert a CSV file that has a box in each row."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from rekog_versions._text import shown
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.convert.assembly import LineOptions, convert
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.csv_file import LabelNames, named_label
from rekog_versions.manifests.convert.csv_table import CsvTable, check_columns
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.convert.places import ImagePlaces
from rekog_versions.manifests.convert.records import (
    Gathered,
    SourceBox,
    SourceImage,
    Units,
    corners,
    numeric,
    pixels,
    split_named,
)
from rekog_versions.manifests.images.image_check import ImageReader

BoxForm: TypeAlias = Literal["corners", "sides", "center"]
"""The meaning of four numbers: left, top, right, bottom; left, top, width, height; or the center, width and height."""

_FORMS = ("corners", "sides", "center")
_SIDES = 4


def from_csv_boxes(
    path: str | os.PathLike[str],
    images: str | ImagePlaces | None = None,
    *,
    image: str | int = "filename",
    label: str | int = "class",
    box: Sequence[str | int] = ("xmin", "ymin", "xmax", "ymax"),
    box_form: BoxForm = "corners",
    size: Sequence[str | int] | None = None,
    split: str | int | None = None,
    names: LabelNames | None = None,
    units: Units = "pixels",
    sizes: ImageReader | None = None,
    delimiter: str = ",",
    encoding: str | None = None,
    attribute: str | None = None,
) -> ConvertedLines[TypedLine]:
    """Convert a CSV file that has a box in each row to lines with boxes, in the order in which images appear.

    These are left out: rows without an image, a label or a box. An image whose row has no box and no label has no box.

    Memory: about 1 KB an image and 300 bytes a box, since any row may add a box to any image.

    Args:
        path: The file.
        images: The place of the images in S3, `s3://bucket/prefix` or `ImagePlaces`. It may be omitted if the file has
            complete `s3://` URIs.
        image: The column of the images: its name in the first row, or its number from 0. If columns are given by
            number, the first row has a box too.
        label: The column of the labels.
        box: The four columns of the box.
        box_form: The meaning of the four columns: `"corners"` (left, top, right, bottom), `"sides"` (left, top, width,
            height) or `"center"` (the center, width, height).
        size: The two columns of the width and the height of the image.
        split: The column of the split: train, validation or test.
        names: The names of numeric labels.
        units: `"fractions"` if the sides of the boxes are fractions of the image.
        sizes: Read the sizes that the file lacks: `images_from_s3(client)` or `images_from_folder(...)`.
        delimiter: The separator of cells.
        encoding: The name of the encoding in Python. The default is the encoding of the byte order mark, or UTF-8.
        attribute: The name of the boxes' attribute in the lines.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, or the columns are invalid.
        ManifestError: While iterating: a column is missing, or the file can't be read as a table.
        OSError: While iterating: the file can't be read.
    """
    if len(box) != _SIDES or isinstance(box, str):
        raise ValueError(f"box must name four columns, got {shown(list(box))}")
    if size is not None and (len(size) != 2 or isinstance(size, str)):  # noqa: PLR2004
        raise ValueError(f"size must name two columns, got {shown(list(size))}")
    if box_form not in _FORMS:
        raise ValueError(f"box_form must be 'corners', 'sides' or 'center', got {shown(box_form)}")
    columns = [image, label, *box, *(size or ()), *(() if split is None else (split,))]
    check_columns(columns, "image, label, box, size and split")
    table = CsvTable(
        Path(path), columns, arguments="image=..., label=... and box=...", delimiter=delimiter, encoding=encoding
    )
    options = LineOptions(images, "boxes", attribute, units, sizes)

    def read(report: ConversionReport) -> Iterable[SourceImage]:
        found = Gathered(report)
        for row, cells in table.read(report):
            place = f"row {row}"
            if not cells[0].strip():
                report.add(ConversionReason.NOT_AN_IMAGE, place, f"its image is empty: {shown(cells)}")
                continue
            made = found.image(cells[0], place, None if split is None else split_named(cells[-1]))
            if size is not None and made.width is None:
                made.width, made.height = pixels(cells[6]), pixels(cells[7])
            if any(cell.strip() for cell in cells[1:6]):
                add_box(made, cells[1].strip(), cells[2:6], form=box_form, names=names, place=place, report=report)
        return found

    return convert(read, options)


def add_box(
    image: SourceImage,
    label: str,
    cells: Sequence[object],
    *,
    form: BoxForm = "corners",
    names: LabelNames | None = None,
    place: str,
    report: ConversionReport,
) -> None:
    """Add the box of four numbers or their texts to an image, or add an issue to the report."""
    box = box_of(place, label, cells, form) if label else None
    if box is None:
        text = f"it must have a label and four numbers, got {shown(label)} and {shown(list(cells))}"
        report.add(ConversionReason.UNREADABLE, place, text)
        return
    named = named_label(label, names, place, report)
    if named is not None:
        box.label = named
        image.boxes.append(box)


def box_of(place: str, label: str, values: Sequence[object], form: BoxForm) -> SourceBox | None:
    """Return the box of four numbers or their texts; None if they are not numbers, or a length is negative."""
    if form == "corners":
        return corners(place, label, (values[0], values[1], values[2], values[3]))
    left, top, width, height = map(numeric, values)
    if left is None or top is None or width is None or height is None or width < 0 or height < 0:
        return None
    if form == "center":
        left, top = left - width / 2, top - height / 2
    return SourceBox(place, label, left, top, width, height)
