"""Find JSON objects that span several lines, as pretty-printed files have them."""

import json
import re
from dataclasses import dataclass, field

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACKET = re.compile(r"[][{}]")
_MOST_CHARACTERS = 1_000_000  # of an object that spans lines; it is kept until it ends


@dataclass(slots=True)
class ObjectSpans:
    """Reads the lines that are not valid lines of a manifest, and counts the objects that span several of them."""

    count: int = 0
    """The objects that span lines."""
    first: tuple[int, int] = (0, 0)
    """The numbers of the first and the last line of the first object."""
    _lines: list[str] = field(default_factory=list[str])
    _size: int = 0
    _depth: int = 0
    _start: int = 0
    _next: int = 0

    def add(self, number: int, text: str, *, is_object: bool) -> None:
        """Add a line.

        Args:
            number: The number of the line in its file. If lines are left out, no object spans the gap.
            text: The line.
            is_object: True if the line is a JSON object by itself.
        """
        if number != self._next:
            self._reset()
        self._next = number + 1
        if self._lines and number == self._start + 1:
            self._count(self._lines[0])
            if self._depth <= 0:  # the object ends on its first line, and more follows it there
                self._reset()
        if not self._lines:
            text = text.lstrip("[, \t\r\ufeff")  # the object may be in a list
            if not is_object and text.startswith("{"):
                self._start = number
                self._lines.append(text)  # most broken lines are alone, so it is read together with the next line
            return
        self._lines.append(text)
        self._count(text)
        if self._size > _MOST_CHARACTERS:
            self._reset()
        elif self._depth <= 0:
            self._end(number)

    def _count(self, text: str) -> None:
        """Count the brackets of a line. Strings never span lines, so that the brackets in them can be left out."""
        self._size += len(text)
        if self._size <= _MOST_CHARACTERS:
            brackets = _BRACKET.findall(_STRING.sub("", text))
            self._depth += sum(1 if bracket in "{[" else -1 for bracket in brackets)

    def _end(self, number: int) -> None:
        try:
            value, _ = json.JSONDecoder().raw_decode("\n".join(self._lines))
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict) and number > self._start:
            self.count += 1
            if self.count == 1:
                self.first = (self._start, number)
        self._reset()

    def _reset(self) -> None:
        self._lines.clear()
        self._size = self._depth = 0
