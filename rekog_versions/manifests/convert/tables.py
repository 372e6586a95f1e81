"""From a table: a CSV file that names images and their labels."""

import codecs
import csv
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from rekog_versions._text import printable
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import ImageLabel, ImageLevelLine
from rekog_versions.manifests.convert.conversion import ConversionReason, ConversionReport, ConvertedLines
from rekog_versions.manifests.messages import shown
from rekog_versions.manifests.naming import image_prefix

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def from_csv(
    path: str | os.PathLike[str],
    images: str | None = None,
    *,
    image: str | int = "image",
    labels: str | int | Sequence[str | int] = "label",
    separator: str | None = None,
    delimiter: str = ",",
    encoding: str | None = None,
    attribute: str = "label",
) -> ConvertedLines[ImageLevelLine]:
    """Makes image-level lines from a CSV file.

    Several labels of an image may stand in several columns, in one cell with a separator, or in several rows. Blanks
    around labels are taken off, an image's name is kept to the letter. Memory: about 500 bytes an image, since any row
    may add a label to any image.

    Args:
        path: The file, quoted as RFC 4180 and Excel do it.
        images: Where in S3 the images are, `s3://bucket/prefix`, unless the file has whole `s3://` names.
        image: The column of the images, by its name in the first row, or by its number from 0 if no name is given for
            any column: then the first row is an image, too.
        labels: The column of the labels, or several.
        separator: What separates labels within a cell, such as `"|"`.
        delimiter: What separates cells; `";"` where the comma is a decimal point.
        encoding: As Python calls it; by default what the byte order mark says, or UTF-8.
        attribute: What to call the labels in the lines.

    Raises:
        ValueError: `images` is no place in S3; no column of labels is given, or columns by names and numbers mixed.
        ManifestError: While iterating: there is no such column, or the file can't be read as such a table.
        OSError: While iterating: the file can't be read.
    """
    columns = [image, *([labels] if isinstance(labels, str | int) else labels)]
    if len(columns) == 1:
        raise ValueError("labels must name at least one column")
    if len({type(column) for column in columns}) != 1:
        raise ValueError(f"columns must be given all by name or all by number from 0, not {columns}")
    prefix = None if images is None else image_prefix(images)
    table = _Table(Path(path), columns, separator, delimiter, encoding)
    return ConvertedLines(lambda report: _lines(table, prefix, attribute, report))


def _lines(table: "_Table", prefix: str | None, attribute: str, report: ConversionReport) -> Iterator[ImageLevelLine]:
    found: dict[str, dict[str, None]] = {}
    rows: dict[str, int] = {}
    for row, name, labels in table.read(report):
        if prefix is None and not name.startswith("s3://"):
            why = f"{shown(name)} is not s3://bucket/key: pass images='s3://bucket/prefix'"
            report.note(ConversionReason.REFUSED, f"row {row}", why)
            continue
        source_ref = name if name.startswith("s3://") else f"{prefix}{name}"
        known = found.setdefault(source_ref, {})
        rows.setdefault(source_ref, row)
        for label in labels:
            if label in known:
                report.note(ConversionReason.REPEATED_LABEL, f"row {row}", f"{shown(label)} of {shown(name)}")
            known[label] = None
    created = datetime.now(UTC)
    for source_ref, known in found.items():
        place = f"row {rows[source_ref]}"
        if not known:
            report.note(ConversionReason.NO_LABEL, place, source_ref)
            continue
        try:
            yield ImageLevelLine(
                source_ref, [ImageLabel(label, creation_date=created) for label in known], attribute=attribute
            )
        except ManifestError as error:
            report.note(ConversionReason.REFUSED, place, str(error))


class _Table:
    def __init__(
        self, path: Path, columns: Sequence[str | int], separator: str | None, delimiter: str, encoding: str | None
    ) -> None:
        self._path = path
        self._columns = columns
        self._separator = separator
        self._delimiter = delimiter
        self._encoding = encoding

    def read(self, report: ConversionReport) -> Iterator[tuple[int, str, list[str]]]:
        """The row's number, the image and its labels, which may be none."""
        encoding = self._encoding or self._sniffed()
        with self._path.open(encoding=encoding, newline="") as file:
            rows = self._rows(file, encoding)
            places = self._places(rows)
            for number, cells in rows:
                if not any(cells):
                    continue
                if len(cells) <= max(places):
                    report.note(
                        ConversionReason.UNREADABLE, f"row {number}", f"it has {len(cells)} cells: {shown(cells)}"
                    )
                    continue
                name = cells[places[0]]
                if not name.strip():
                    report.note(ConversionReason.NO_IMAGE, f"row {number}", f"it names none: {shown(cells)}")
                    continue
                labels = [
                    label.strip()
                    for place in places[1:]
                    for label in (cells[place].split(self._separator) if self._separator else [cells[place]])
                ]
                yield number, name, [label for label in labels if label]

    def _sniffed(self) -> str:
        with self._path.open("rb") as file:
            head = file.read(4)
        return next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")

    def _rows(self, file: TextIO, encoding: str) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(file, delimiter=self._delimiter, strict=True)
        try:
            for cells in reader:
                yield reader.line_num, cells
        except csv.Error as error:
            raise ManifestError(
                f"{shown(str(self._path))} is no CSV as expected, near line {reader.line_num}: {error}. Cells with "
                "quotes, line breaks or delimiters in them stand in quotes, and a quote in them is doubled"
            ) from error
        except UnicodeError as error:
            raise ManifestError(
                f"{shown(str(self._path))} is not {printable(encoding)}, in line {reader.line_num + 1} or soon after: "
                f"{printable(str(error), 200)}. Pass its encoding; Excel's older files are encoding='cp1252'"
            ) from error

    def _places(self, rows: Iterator[tuple[int, list[str]]]) -> list[int]:
        """The numbers of the columns: the image's, then those of the labels."""
        if not isinstance(self._columns[0], str):
            return [int(column) for column in self._columns]
        header = next(rows, None)
        names = [name.strip() for name in header[1]] if header else []
        for column in self._columns:
            if names.count(str(column)) != 1:
                problem = "several columns" if str(column) in names else "no column"
                there = ", ".join(map(shown, names)) or "none"
                raise ManifestError(
                    f"{shown(str(self._path))} has {problem} {shown(column)}; it has {there}. "
                    "Choose with image=... and labels=..., by name or, where the first row is no header, by number; "
                    "and see whether the delimiter is another"
                )
        return [names.index(str(column)) for column in self._columns]
