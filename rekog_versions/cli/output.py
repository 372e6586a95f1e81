"""The output of commands: data on stdout in the format of `--output`, everything else on stderr."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TextIO

from rekog_versions._json import plain, sequence
from rekog_versions._text import display_width, printable, table as aligned
from rekog_versions.cli.context import Context
from rekog_versions.cli.shell_words import in_shell_words

_NARROWEST = 30
_SECOND_COLUMN = re.compile(r"\S.*?  +")
"""The beginning of a line with columns, up to the second one."""


class UsageError(ValueError):
    """The command line asks for something that does not exist; the exit code is 2."""


@dataclass(frozen=True)
class Table:
    """Data for people, in columns.

    Attributes:
        headings: The headings of the columns.
        rows: The cells; None is shown as "-".
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True)
class Output:
    """The data of a command.

    Attributes:
        document: The data for programs; it is made plain for JSON.
        shown: The data for people: a table, or a text, which is printed unchanged.
        ids: The identifiers, for `--output id`; None if the data has none.
        ok: False for a negative result, such as an invalid manifest; the exit code is then 1.
        remarks: Lines for stderr: what to do next, what continues to cost money.
        exit_code: The exit code, if it is neither 0 nor 1.
    """

    document: Any
    shown: Table | str
    ids: Sequence[str] | None = None
    ok: bool = True
    remarks: Sequence[str] = ()
    exit_code: int | None = None


def remark(*lines: str) -> None:
    """Print lines for people on stderr; characters that a terminal would obey are escaped."""
    for line in lines:
        text = printable(in_shell_words(line), 4000)
        print(fitted(text, width_of(sys.stderr)), file=sys.stderr, flush=True)


def write(output: Output, context: Context) -> None:
    """Print the data of a command on stdout, and its remarks on stderr.

    Raises:
        UsageError: The query is not valid, or the data has no identifiers.
    """
    text = _text(output, context)
    if text:
        print(text, flush=True)
    remark(*output.remarks)


def _text(output: Output, context: Context) -> str:
    if context.query is not None:
        return _selected(context.query, plain(output.document), context)
    match context.output:
        case "json":
            return json.dumps(plain(output.document), indent=4)
        case "jsonl":
            return _lines(plain(output.document))
        case "id":
            if output.ids is None:
                raise UsageError("--output id must be used with a command that lists things; use --output json")
            return "\n".join(printable(one) for one in output.ids)
        case "table":
            return output.shown if isinstance(output.shown, str) else drawn(output.shown, width_of(sys.stdout))


def _lines(document: object) -> str:
    return "\n".join(map(json.dumps, _items(document)))


def _selected(query: str, document: object, context: Context) -> str:
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        found: Any = jmespath.search(query, document)
    except JMESPathError as error:
        raise UsageError(
            f"--query must be a JMESPath expression, got {query!a}: {printable(str(error), 300)}"
        ) from None
    if context.output == "json":
        return json.dumps(found, indent=4)
    if context.output == "jsonl":
        return _lines(found)
    return "\n".join(printable(value) if isinstance(value, str) else json.dumps(value) for value in _items(found))


def _items(document: object) -> Sequence[object]:
    return sequence(document) or ([] if document == [] else [document])


def prose(text: object) -> str:
    """Return a text of the library for people: in the words of the command, and wrapped on a terminal."""
    return fitted(in_shell_words(text), width_of(sys.stdout))


def width_of(stream: TextIO) -> int | None:
    """Return the number of columns of a terminal, or None if the stream is not one: then nothing is cut or wrapped."""
    return max(shutil.get_terminal_size().columns, _NARROWEST) if stream.isatty() else None


def fitted(text: str, width: int | None) -> str:
    """Return a text with its long lines wrapped. They continue below the second column of the line, if it has one."""
    if width is None:
        return text
    return "\n".join(piece for line in text.splitlines() for piece in (_wrapped(line, width) or [""]))


def _wrapped(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    text = line.lstrip()
    margin = len(line) - len(text)
    column = _SECOND_COLUMN.match(text)
    hanging = len(column.group()) if column else 2
    if margin + hanging + max(map(len, text[hanging:].split()), default=0) > width or margin + hanging > width // 2:
        hanging = 2
    return textwrap.wrap(
        text,
        width,
        initial_indent=" " * margin,
        subsequent_indent=" " * (margin + hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )


def drawn(table: Table, width: int | None) -> str:
    """Return a table as text: in columns, or as a block for each row if the columns do not fit the width."""
    cells = [[_cell(cell) for cell in row] for row in table.rows]
    left = [column for column, values in enumerate(_columns(table)) if not _are_numbers(values)]
    text = aligned([table.headings, *cells], left=left)
    if width is None or max(map(display_width, text.splitlines())) <= width:
        return text
    blocks = [fitted(details(dict(zip(table.headings, row, strict=True))), width) for row in table.rows]
    return "\n\n".join(blocks)


def _are_numbers(cells: Sequence[object]) -> bool:
    return any(cells) and all(cell is None or isinstance(cell, int | float | Decimal) for cell in cells)


def _columns(table: Table) -> Iterable[Sequence[object]]:
    return zip(*table.rows, strict=True) if table.rows else [()] * len(table.headings)


def _cell(value: object) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return printable(str(value))


def details(pairs: Mapping[str, object]) -> str:
    """Return names and values as text, one line each; None is left out."""
    given = {name: value for name, value in pairs.items() if value is not None}
    width = max(map(len, given), default=0)
    return "\n".join(f"{name:<{width}}  {_cell(value)}" for name, value in given.items())
