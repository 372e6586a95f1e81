"""The lines of a dataset update, split into parts that one call accepts. No I/O here."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from rekog_versions._text import printable

MOST_BYTES = 5_242_880
"""The most bytes of one call: the largest `GroundTruthBlob` of the service model."""
_BOM = b"\xef\xbb\xbf"


class WritesJson(Protocol):
    """A line that writes itself as JSON, such as the typed lines of `rekog_versions.manifests`."""

    def to_json(self) -> str:
        """Return the line as JSON, without a line break."""
        ...


DatasetLine: TypeAlias = str | bytes | Mapping[str, Any] | WritesJson
"""One line of a manifest: text, a dict, or an object with `to_json()`."""
DatasetLines: TypeAlias = bytes | str | Iterable[DatasetLine]
"""The changes of a dataset: the content of a manifest, or its lines."""


@dataclass(frozen=True)
class UpdatePart:
    """The lines of one call.

    Attributes:
        content: The lines, separated by line breaks.
        first: The number of the first line, from 1.
        last: The number of the last line.
    """

    content: bytes
    first: int
    last: int


def split_lines(changes: DatasetLines, most: int = MOST_BYTES) -> list[UpdatePart]:
    """Split lines into parts of whole lines. Blank lines are counted and left out.

    Args:
        changes: The lines.
        most: The most bytes of a part.

    Raises:
        ValueError: There is no line, or a line is not a JSON object, contains line breaks, or is too large. The message
            names the line.
        TypeError: A line has an unsupported type.
    """
    parts: list[UpdatePart] = []
    held: list[bytes] = []
    size, first, last = 0, 0, 0
    for number, line in enumerate(_lines_of(changes), 1):
        written = _checked(line, number)
        if not written:
            continue
        if len(written) > most:
            raise ValueError(f"line {number} has {len(written):,} bytes; one call accepts {most:,}. Nothing was sent")
        if held and size + len(written) > most:
            parts.append(UpdatePart(b"\n".join(held), first, last))
            held, size = [], 0
        if not held:
            first = number
        last = number
        held.append(written)
        size += len(written) + 1  # the line break before the next line
    if not held:
        raise ValueError("changes must contain at least one line, got none")
    return [*parts, UpdatePart(b"\n".join(held), first, last)]


def describe_progress(parts: Sequence[UpdatePart], sent: int, applied: int) -> str:
    """Describe how far an update of several calls got, for a note.

    Args:
        parts: The parts.
        sent: How many were accepted.
        applied: How many were applied.
    """
    last = parts[-1].last
    done = f"lines 1 to {parts[applied - 1].last} were applied" if applied else "no line is known to be applied"
    accepted = "" if sent == applied else f"; lines {parts[applied].first} to {parts[sent - 1].last} were accepted"
    rest = "" if sent == len(parts) else f"; lines {parts[sent].first} to {last} are not known to be accepted"
    return (
        f"The update takes {len(parts)} calls. When it ended, {done}{accepted}{rest}. "
        "It is safe to send a line again: it replaces the entry of the same image."
    )


def _lines_of(changes: DatasetLines) -> Iterable[DatasetLine]:
    if isinstance(changes, Mapping) or hasattr(changes, "to_json"):
        raise TypeError("changes must be lines; for a single line, write [line]")
    if hasattr(changes, "__fspath__"):
        raise TypeError("changes must be lines or the content of a manifest; for a file, pass its read_bytes()")
    if isinstance(changes, str):
        changes = changes.encode("utf-8")
    return changes.removeprefix(_BOM).split(b"\n") if isinstance(changes, bytes) else changes


def _checked(line: DatasetLine, number: int) -> bytes:
    try:
        written = _encoded(line).strip()
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"line {number} cannot be sent: {printable(str(error))}. Nothing was sent") from error
    if not written:
        return written
    if b"\n" in written or not written.startswith(b"{") or not written.endswith(b"}"):
        raise ValueError(
            f"line {number} is not one JSON object on one line: {_excerpt(written)} (changes are lines or the content "
            "of a manifest, not a path or a URI). Nothing was sent"
        )
    try:
        json.loads(written.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # the service would reject the whole update for it, and later
        why = printable(str(error))
        raise ValueError(f"line {number} is not valid JSON ({why}): {_excerpt(written)}. Nothing was sent") from None
    return written


def _excerpt(written: bytes) -> str:
    return printable(written[:80].decode("utf-8", "replace"))


def _encoded(line: DatasetLine) -> bytes:
    match line:
        case bytes():
            return line
        case str():
            text = line
        case Mapping():
            text = json.dumps(dict(line), ensure_ascii=False, allow_nan=False)
        case _ if callable(getattr(line, "to_json", None)):
            text = line.to_json()
        case _:
            raise TypeError(f"a line must be text, a dict or an object with to_json(), got {type(line).__name__}")
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # an error that cannot be rebuilt from a message alone
        raise ValueError("it contains a lone surrogate, which cannot be encoded as UTF-8") from None
