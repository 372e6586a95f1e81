"""Read the rows of CSV files, with the columns that a caller names."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class CsvTable:
    """A CSV file.

    Args:
        path: The file.
        columns: The columns to read, all by name or all by number.
        arguments: The caller's arguments that choose columns, for errors.
        delimiter: The separator of cells.
        encoding: The encoding; by default that of the byte order mark, or UTF-8.
    """

    def __init__(
        self,
        path: Path,
        columns: Sequence[str | int],
        *,
        arguments: str = "image=... and labels=...",
        delimiter: str = ",",
        encoding: str | None = None,
    ) -> None:
        self.columns = list(columns)
        self._path = path
        self._arguments = arguments
        self._delimiter = delimiter
        self._encoding = encoding

    def read(self, report: ConversionReport, *, others: bool = False) -> Iterator[tuple[int, list[str]]]:
        """Yield the number of each row and the cells of the columns.

        Args:
            report: The report for rows that are too short.
            others: True adds all other columns of the header to `columns`.
        """
        encoding = self._encoding or self._detect_encoding()
        with self._path.open(encoding=encoding, newline="") as file:
            rows = self._rows(file, encoding)
            numbers = self._column_numbers(rows, others=others)
            for number, cells in rows:
                if not any(cells):
                    continue
                if len(cells) <= max(numbers):
                    text = f"it has {len(cells)} cells: {shown(cells)}"
                    report.add(ConversionReason.UNREADABLE, f"row {number}", text)
                    continue
                yield number, [cells[column] for column in numbers]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and all cells of each row."""
        encoding = self._encoding or self._detect_encoding()
        with self._path.open(encoding=encoding, newline="") as file:
            yield from self._rows(file, encoding)

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

    def _column_numbers(self, rows: Iterator[tuple[int, list[str]]], *, others: bool) -> list[int]:
        if not isinstance(self.columns[0], str):
            return [int(column) for column in self.columns]
        header = next(rows, None)
        names = [name.strip() for name in header[1]] if header else []
        if others:
            self.columns += [name for name in names if name and name not in self.columns]
        for column in self.columns:
            if names.count(str(column)) != 1:
                problem = "several columns" if str(column) in names else "no column"
                found = ", ".join(map(shown, names)) or "none"
                raise ManifestError(
                    f"{shown(str(self._path))} has {problem} {shown(column)}. Its columns: {found}. Choose with "
                    f"{self._arguments}, by name, or by number if the first row is not a header. Check the "
                    "delimiter too"
                )
        return [names.index(str(column)) for column in self.columns]


def check_columns(columns: Sequence[str | int], names: str) -> None:
    """Check that columns are given all by name or all by number.

    Raises:
        ValueError: They are not.
    """
    if len({isinstance(column, str) for column in columns}) != 1:
        raise ValueError(f"{names} must be given all by name or all by number from 0, got {list(columns)}")
