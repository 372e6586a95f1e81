"""Counts by name, as results hold them: read-only, and fit to be compared, copied and sent to other processes."""

from collections.abc import Iterator, Mapping
from typing import Any

from rekog_versions._text import printable


class Counts(Mapping[str, int]):
    """How many there are of each: of labels, buckets or codes, in the order in which they were given.

    It equals any mapping with the same counts, in whatever order.
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
