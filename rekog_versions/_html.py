"""Results as HTML for notebooks: the text of a result, in which tables are tables. Everything is escaped."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape
from typing import Any, cast

from rekog_versions._text import TABLE_MARK, printable, tables_in

_MARK = re.compile(f"{TABLE_MARK}([0-9]+){TABLE_MARK}")
_LONGEST_VALUE = 300
_MOST_ROWS = 1000
_TEXT = '<div style="white-space: pre-wrap; font-family: monospace">{}</div>'


def html_of(result: object) -> str | None:
    """Return the text of a result as HTML; None if it has no text of its own."""
    if type(result).__str__ is object.__str__:
        return None
    text, tables = tables_in(result)
    return "".join(_parts(text, tables))


def _parts(text: str, tables: Sequence[tuple[Sequence[Sequence[str]], Collection[int]]]) -> Iterator[str]:
    for place, part in enumerate(_MARK.split(text)):
        if place % 2:
            yield html_table(*tables[int(part)])
        elif part.strip():
            yield _TEXT.format(escape(part.strip("\n")))


def html_table(rows: Sequence[Sequence[str]], left: Collection[int] = (0,)) -> str:
    """Return rows as a table, the first row being the header.

    Args:
        rows: The header and the rows. A table with more than 1,000 rows is cut.
        left: The columns that are aligned to the left.
    """
    head, *body = rows
    shown = body[:_MOST_ROWS]
    more = f"<p>and {len(body) - len(shown):,} more rows</p>" if len(body) > len(shown) else ""
    lines = "".join(f"<tr>{_cells(row, left, 'td')}</tr>" for row in shown)
    return f"<table><thead><tr>{_cells(head, left, 'th')}</tr></thead><tbody>{lines}</tbody></table>{more}"


def _cells(row: Sequence[str], left: Collection[int], tag: str) -> str:
    return "".join(
        f'<{tag} style="text-align: {"left" if place in left else "right"}">{escape(cell)}</{tag}>'
        for place, cell in enumerate(row)
    )


def html_of_fields(title: str, document: Mapping[str, Any]) -> str:
    """Return a title and a table of the fields of a document. Nested fields have names with dots."""
    rows = [("", ""), *((printable(name, 80), printable(value, _LONGEST_VALUE)) for name, value in flattened(document))]
    return _TEXT.format(escape(title)) + html_table(rows, (0, 1))


def flattened(document: Mapping[str, Any], separator: str = ".", before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the names and values of a document. Nested objects are dissolved; lists are values."""
    for name, value in document.items():
        if isinstance(value, dict) and value:
            yield from flattened(cast("Mapping[str, Any]", value), separator, f"{before}{name}{separator}")
        else:
            yield f"{before}{name}", value
