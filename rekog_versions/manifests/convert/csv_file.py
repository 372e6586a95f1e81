"""Convert a CSV file that lists images and their labels."""

import codecs
import csv
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from rekog_versions._aws.s3 import is_s3_uri
from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import ImageLabel, ImageLevelLine
from rekog_versions.manifests.convert.conversion import ConversionReason, ConversionReport, ConvertedLines
from rekog_versions.manifests.naming import image_prefix

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


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
    """Convert a CSV file that lists images and their labels.

    An image may have several labels: in several columns, in one cell with a separator, or in several rows. White space
    around labels is removed, names of images are kept unchanged.

    Memory: about 500 bytes an image, since any row may add a label to any image.

    Args:
        path: The file, quoted as RFC 4180 and Excel do it.
        images: The place of the images in S3, `s3://bucket/prefix`. It may be omitted if the file has complete `s3://`
            URIs.
        image: The column of the images: its name in the first row, or its number from 0. If columns are given by
            number, the first row is an image too.
        labels: The column of the labels, or several.
        separator: The separator of labels within a cell, such as `"|"`.
        delimiter: The separator of cells, such as `";"` where the comma is the decimal separator.
        encoding: The name of the encoding in Python. The default is the encoding of the byte order mark, or UTF-8.
        attribute: The name of the label's attribute in the lines.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, `labels` is empty, or columns are given both
            by name and by number.
        ManifestError: While iterating: a column is missing, or the file can't be read as a table.
        OSError: While iterating: the file can't be read.
    """
    columns = [image, *([labels] if isinstance(labels, str | int) else labels)]
    if len(columns) == 1:
        raise ValueError("labels must name at least one column, got none")
    if len({type(column) for column in columns}) != 1:
        raise ValueError(f"image and labels must be given all by name or all by number from 0, got {columns}")
    prefix = None if images is None else image_prefix(images)
    table = _Table(Path(path), columns, separator, delimiter, encoding)
    return ConvertedLines(lambda report: _lines(table, prefix, attribute, report))


def _lines(table: "_Table", prefix: str | None, attribute: str, report: ConversionReport) -> Iterator[ImageLevelLine]:
    labels_of: dict[str, dict[str, None]] = {}
    rows: dict[str, int] = {}
    for row, name, labels in table.read(report):
        if prefix is None and not is_s3_uri(name):
            text = f"{shown(name)} is not s3://bucket/key: pass images='s3://bucket/prefix'"
            report.add(ConversionReason.REJECTED, f"row {row}", text)
            continue
        source_ref = name if is_s3_uri(name) else f"{prefix}{name}"
        known = labels_of.setdefault(source_ref, {})
        rows.setdefault(source_ref, row)
        for label in labels:
            if label in known:
                report.add(ConversionReason.REPEATED_LABEL, f"row {row}", f"{shown(label)} of {shown(name)}")
            known[label] = None
    created = datetime.now(UTC)

    def make_line(source_ref: str) -> ImageLevelLine:
        labels = [ImageLabel(label, creation_date=created) for label in labels_of[source_ref]]
        return ImageLevelLine(source_ref, labels, attribute=attribute)

    for source_ref, known in labels_of.items():
        place = f"row {rows[source_ref]}"
        if not known:
            report.add(ConversionReason.NO_LABEL, place, source_ref)
            continue
        line = report.attempt(place, lambda name=source_ref: make_line(name))  # type: ignore[misc]
        if line is not None:
            yield line


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
        """Yield the number, the image and the labels of each row. The labels may be empty."""
        encoding = self._encoding or self._detect_encoding()
        with self._path.open(encoding=encoding, newline="") as file:
            rows = self._rows(file, encoding)
            image, *labels = self._column_numbers(rows)
            for number, cells in rows:
                if not any(cells):
                    continue
                if len(cells) <= max(image, *labels):
                    text = f"it has {len(cells)} cells: {shown(cells)}"
                    report.add(ConversionReason.UNREADABLE, f"row {number}", text)
                    continue
                name = cells[image]
                if not name.strip():
                    report.add(ConversionReason.NOT_AN_IMAGE, f"row {number}", f"its image is empty: {shown(cells)}")
                    continue
                found = [
                    label.strip()
                    for column in labels
                    for label in (cells[column].split(self._separator) if self._separator else [cells[column]])
                ]
                yield number, name, [label for label in found if label]

    def _detect_encoding(self) -> str:
        with self._path.open("rb") as file:
            head = file.read(4)
        return next((name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)), "utf-8")

    def _rows(self, file: TextIO, encoding: str) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(file, delimiter=self._delimiter, strict=True)
        try:
            for cells in reader:
                yield reader.line_num, cells
        except csv.Error as error:
            raise ManifestError(
                f"{shown(str(self._path))} is not a valid CSV file, near line {reader.line_num}: {error}. Quote cells "
                "that contain quotes, line breaks or delimiters, and double the quotes in them"
            ) from error
        except UnicodeError as error:
            raise ManifestError(
                f"{shown(str(self._path))} is not {printable(encoding)}, in line {reader.line_num + 1} or soon after: "
                f"{printable(str(error), 200)}. Pass its encoding; older files of Excel need encoding='cp1252'"
            ) from error

    def _column_numbers(self, rows: Iterator[tuple[int, list[str]]]) -> list[int]:
        """Return the numbers of the columns: the image's, then those of the labels."""
        if not isinstance(self._columns[0], str):
            return [int(column) for column in self._columns]
        header = next(rows, None)
        names = [name.strip() for name in header[1]] if header else []
        for column in self._columns:
            if names.count(str(column)) != 1:
                problem = "several columns" if str(column) in names else "no column"
                found = ", ".join(map(shown, names)) or "none"
                raise ManifestError(
                    f"{shown(str(self._path))} has {problem} {shown(column)}. Its columns: {found}. Choose with "
                    "image=... and labels=..., by name, or by number if the first row is not a header. Check the "
                    "delimiter too"
                )
        return [names.index(str(column)) for column in self._columns]
