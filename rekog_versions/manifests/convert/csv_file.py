"""Convert a CSV file that lists images and their labels."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from rekog_versions._text import shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import ImageLevelLine
from rekog_versions.manifests.convert.assembly import LineOptions, convert_labels
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.csv_table import CsvTable, check_columns
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.convert.places import ImagePlaces
from rekog_versions.manifests.convert.records import Gathered, SourceImage, split_named

LabelNames: TypeAlias = Mapping[str, str] | Sequence[str]
"""The names of numeric labels: a mapping from `"0"` and so on, or a list in the order of the numbers from 0."""

_YES = frozenset({"1", "1.0", "true", "yes", "x"})
_NO = frozenset({"0", "0.0", "false", "no", ""})


def from_csv(
    path: str | os.PathLike[str],
    images: str | ImagePlaces | None = None,
    *,
    image: str | int = "image",
    labels: str | int | Sequence[str | int] = "label",
    separator: str | None = None,
    one_hot: bool | None = None,
    names: LabelNames | None = None,
    split: str | int | None = None,
    delimiter: str = ",",
    encoding: str | None = None,
    attribute: str = "label",
) -> ConvertedLines[ImageLevelLine]:
    """Convert a CSV file that lists images and their labels.

    An image may have several labels: in several columns, in one cell with a separator, or in several rows. In a one-hot
    table, each label has a column with 0 or 1. White space around labels is removed.

    Memory: about 1 KB an image, since any row may add a label to any image.

    Args:
        path: The file, quoted as RFC 4180 and Excel do it.
        images: The place of the images in S3, `s3://bucket/prefix` or `ImagePlaces`. It may be omitted if the file has
            complete `s3://` URIs.
        image: The column of the images: its name in the first row, or its number from 0. If columns are given by
            number, the first row is an image too.
        labels: The column of the labels, or several.
        separator: The separator of labels within a cell, such as `"|"`.
        one_hot: True if the names of the label columns are the labels and their cells are 0 or 1. If `labels` is not
            given, all columns but those of the image and the split are labels. False if 0 and 1 are labels.
        names: The names of numeric labels. Labels without a name are left out.
        split: The column of the split: train, validation or test.
        delimiter: The separator of cells, such as `";"` where the comma is the decimal separator.
        encoding: The name of the encoding in Python. The default is the encoding of the byte order mark, or UTF-8.
        attribute: The name of the label's attribute in the lines.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, `labels` is empty, or columns are given both
            by name and by number.
        ManifestError: While iterating: a column is missing, the file can't be read as a table, or `one_hot` is needed.
        OSError: While iterating: the file can't be read.
    """
    given = [labels] if isinstance(labels, str | int) else list(labels)
    if not given:
        raise ValueError("labels must name at least one column, got none")
    all_columns = one_hot is True and labels == "label"
    first = [image] if split is None else [image, split]
    columns = first if all_columns else [*first, *given]
    check_columns(columns, "image and labels")
    if one_hot and not isinstance(image, str):
        raise ValueError(f"one_hot needs columns by name, got the number {image}: the names are the labels")
    options = LineOptions(images, "labels", attribute)
    table = CsvTable(Path(path), columns, delimiter=delimiter, encoding=encoding)
    reader = _Reader(table, separator, one_hot, names, has_split=split is not None, all_columns=all_columns)
    return convert_labels(reader.images, options)


class _Reader:
    def __init__(
        self,
        table: CsvTable,
        separator: str | None,
        one_hot: bool | None,
        names: LabelNames | None,
        *,
        has_split: bool,
        all_columns: bool,
    ) -> None:
        self._table = table
        self._separator = separator
        self._one_hot = one_hot
        self._names = names
        self._has_split = has_split
        self._all_columns = all_columns

    def images(self, report: ConversionReport) -> Iterable[SourceImage]:
        found = Gathered(report)
        values: set[str] = set()
        for row, cells in self._table.read(report, others=self._all_columns):
            place, name = f"row {row}", cells[0]
            if not name.strip():
                report.add(ConversionReason.NOT_AN_IMAGE, place, f"its image is empty: {shown(cells)}")
                continue
            image = found.image(name, place, split_named(cells[1]) if self._has_split else None)
            labels = cells[1 + self._has_split :]
            if len(values) < 3:  # noqa: PLR2004
                values.update(cell.strip() for cell in labels)
            for label in self._labels(labels, place, report):
                image.add_label(label, place, report)
        several = len(self._table.columns) > 2 + self._has_split
        if several and self._one_hot is None and self._names is None and values and values <= {"0", "1"}:
            raise ManifestError(
                "the label columns have only 0 and 1: pass one_hot=True if their names are the labels, or "
                "one_hot=False if 0 and 1 are"
            )
        return found

    def _labels(self, cells: Sequence[str], place: str, report: ConversionReport) -> Iterator[str]:
        if self._one_hot:
            for column, cell in zip(self._table.columns[1 + self._has_split :], cells, strict=True):
                if cell.strip().casefold() in _YES:
                    yield str(column)
                elif cell.strip().casefold() not in _NO:
                    text = f"{shown(column)} must be 0 or 1, got {shown(cell)}"
                    report.add(ConversionReason.UNREADABLE, place, text)
            return
        for cell in cells:
            for label in cell.split(self._separator) if self._separator else [cell]:
                named = label.strip() and named_label(label.strip(), self._names, place, report)
                if named:
                    yield named


def named_label(label: str, names: LabelNames | None, place: str, report: ConversionReport) -> str | None:
    """Return the name of a label; None if it has none, which is added to the report."""
    if names is None:
        return label
    if isinstance(names, Mapping):
        found = names.get(label)
    else:
        number = int(label) if label.isascii() and label.isdecimal() and len(label) < 10 else len(names)  # noqa: PLR2004
        found = names[number] if number < len(names) else None
    if found is None:
        report.add(ConversionReason.UNKNOWN_CATEGORY, place, f"{shown(label)} is not in names")
    return found
