"""Text that other people wrote, made safe for terminals, log lines and exceptions; and tables of such text."""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from contextvars import ContextVar
from typing import TypeAlias

_USERINFO = re.compile(r"(?<=://)[^/\s?#]*@")
_MOST_USERINFO = 2000
"""The longest user name and password of a URL that are looked for, in characters."""

_MAX_MARKS = 2
"""More combining marks on one character would reach into the neighbouring lines."""
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Characters that Python calls printable although they are blank."""
_MINUTE, _HOUR = 60, 3600

Rows: TypeAlias = Sequence[Sequence[str]]
TABLE_MARK = "\x00"
"""Encloses the number of a table in the text of `tables_in`. Printable text never contains it."""
_tables: ContextVar[list[tuple[Rows, Collection[int]]] | None] = ContextVar("rekog_tables", default=None)
"""The tables of the text that `tables_in` is making."""


def printable(text: object, limit: int = 2000) -> str:
    r"""Return `text` on one line, with an escape in place of each character that a terminal would obey.

    Status messages, S3 keys, names and whole responses are untrusted. A control character, a newline or a
    right-to-left override in them becomes its Python escape (``\x1b``, ``\n``, ``\u202e``). The user name and the
    password of a URL become ``***``, because exceptions of botocore contain the endpoint.

    Args:
        text: The text; any object that is not a string is shown by its ``repr``.
        limit: The number of characters to keep. The result says how many more there were.
    """
    raw = text if isinstance(text, str) else _repr(text)
    cut = without_userinfo(raw[: limit + _MOST_USERINFO], "***@")[:limit]
    shown = cut if cut.isprintable() else "".join(c if c.isprintable() else _escaped(c) for c in cut)
    return shown if len(raw) <= limit else f"{shown}... ({len(raw) - limit} more characters)"


def _repr(value: object) -> str:
    try:
        return repr(value)
    except ValueError:  # Python does not convert integers with thousands of digits
        return f"a {type(value).__name__} that is too long to show"


def without_userinfo(text: str, replacement: str = "") -> str:
    """Return a text with URLs without their user names and passwords."""
    return _USERINFO.sub(replacement, text) if "@" in text and "://" in text else text


def shown(value: object) -> str:
    """Return a value as messages show it: strings in quotes, long values cut."""
    return f"'{printable(value, 120)}'" if isinstance(value, str) else printable(value, 200)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def display_width(text: str) -> int:
    """Return the number of columns that `text` takes on a terminal."""
    return sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def shortened(text: str, width: int = 40) -> str:
    """Return `text` made printable and cut to `width` columns. An ellipsis shows where it was cut."""
    shown = printable(text, 4 * width)
    if display_width(shown) <= width:
        return shown
    kept, columns = "", 0
    for char in shown:
        columns += _columns(char)
        if columns >= width:
            break
        kept += char
    return f"{kept}…"


def is_visible(char: str) -> bool:
    """Return True if a character is printable and not blank by its definition."""
    return char.isprintable() and not _INVISIBLE.match(char)


def escaped_for_drawing(text: str, has_glyph: Callable[[str], bool]) -> str:
    """Return `text` for a picture, with a Python escape for each character that cannot be drawn.

    Args:
        text: Untrusted text.
        has_glyph: Return True if the font has a visible character.
    """
    drawn: list[str] = []
    marks = _MAX_MARKS  # a mark at the start has no character to sit on
    for char in unicodedata.normalize("NFC", text):
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        is_drawable = marks <= _MAX_MARKS and is_visible(char) and has_glyph(char)
        drawn.append(char if is_drawable else _escaped(char))
    return "".join(drawn)


def shortened_in_middle(text: str, max_width: int) -> str:
    """Return the text with an ellipsis in its middle if it is wider than `max_width` columns."""
    if display_width(text) <= max_width:
        return text
    end = (max_width - 1) * 2 // 5
    return f"{_first_columns(text, max_width - 1 - end)}…{_first_columns(text[::-1], end)[::-1]}"


def _first_columns(text: str, columns: int) -> str:
    kept = text[:columns]
    while display_width(kept) > columns:
        kept = kept[:-1]
    return kept


def tables_in(result: object) -> tuple[str, Sequence[tuple[Rows, Collection[int]]]]:
    """Return the text of an object with a mark in place of each table, and the arguments of `table` for each."""
    tables: list[tuple[Rows, Collection[int]]] = []
    token = _tables.set(tables)
    try:
        return str(result), tables
    finally:
        _tables.reset(token)


def table(rows: Sequence[Sequence[str]], *, left: Collection[int] = (0,)) -> str:
    """Return `rows` as aligned lines of text, the first row being the header. All cells must be printable.

    Args:
        rows: The header and the rows.
        left: The columns that are aligned to the left. The others hold numbers and are aligned to the right.
    """
    tables = _tables.get()
    if tables is not None:
        tables.append((rows, left))
        return f"{TABLE_MARK}{len(tables) - 1}{TABLE_MARK}"
    widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths, left) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int], left: Collection[int]) -> str:
    padded: list[str] = []
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        padding = " " * (width - display_width(cell))
        padded.append(cell + padding if column in left else padding + cell)
    return "  ".join(padded).rstrip()


def decimal(value: float | None, digits: int = 3) -> str:
    """Return a number with `digits` decimal places, for a cell of a table; "-" for None."""
    return "-" if value is None else f"{value:.{digits}f}"


def signed_decimal(value: float | None) -> str:
    """Return a difference with its sign and three decimal places; "-" for None."""
    shown = "-" if value is None else f"{value:+.3f}"
    return "0.000" if shown in ("+0.000", "-0.000") else shown


def duration(seconds: float) -> str:
    """Return a number of seconds as text in its two largest units, such as `2 h 5 min`."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR:,} h {whole % _HOUR // _MINUTE} min"
