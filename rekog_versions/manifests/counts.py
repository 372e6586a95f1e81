"""Read-only counts and line numbers, as results hold them: they can be compared, copied and pickled."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast, overload

from rekog_versions._text import printable

_MOST_SHOWN = 10


class Counts(Mapping[str, int]):
    """The counts of labels, buckets or codes, by name.

    It is equal to any mapping with the same counts, in any order.
    """

    __slots__ = ("_counts",)

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        self._counts = dict(counts or {})

    def __getitem__(self, name: str) -> int:
        return self._counts[name]

    def __contains__(self, name: object) -> bool:
        return name in self._counts

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def __hash__(self) -> int:
        return hash(frozenset(self._counts.items()))

    def __repr__(self) -> str:
        return f"Counts({printable(self._counts)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._counts,)


class LineNumbers(Sequence[int]):
    """Line numbers in ascending order, counted from 1. It is equal to any sequence with the same numbers."""

    __slots__ = ("_numbers",)

    def __init__(self, numbers: Sequence[int] = ()) -> None:
        self._numbers = array("I", numbers)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> "LineNumbers": ...
    def __getitem__(self, index: int | slice) -> "int | LineNumbers":
        found = self._numbers[index]
        return found if isinstance(found, int) else LineNumbers(found)

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, LineNumbers):
            return self._numbers == other._numbers
        if isinstance(other, Sequence) and not isinstance(other, str | bytes):
            return list(self._numbers) == list(cast("Sequence[object]", other))
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self._numbers))

    def __repr__(self) -> str:
        shown = ", ".join(map(str, self._numbers[:_MOST_SHOWN]))
        return f"LineNumbers([{shown}{', ...' if len(self) > _MOST_SHOWN else ''}])"
