"""Find the images that several lines of a manifest have, in about 70 bytes an image."""

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import compress, count

_MOST_IN_SET = 78_000
"""A set of this many hashes is nearly full, and the next one would make it twice as large."""
_MOST_NAMES = 20_000


class ImageIndex:
    """The images of a manifest and their lines.

    The texts of all images would take too much memory, so their hashes are kept: in sets, to find the images that occur
    again, and in the order of the lines. Only the texts of images that occur again are kept.
    """

    def __init__(self) -> None:
        self._keys = array("q")
        self._sets: list[set[int]] = [set()]
        self._repeated: set[int] = set()
        self._names: dict[int, str] = {}
        self._starts: list[int] = []
        """The number of images before each batch of lines."""
        self._lines: list[tuple[int, Sequence[int]]] = []
        """For each batch, the number of its first line, and the places of the images' lines."""

    def add(self, first: int, places: Sequence[int], references: Sequence[str]) -> None:
        """Add the images of some lines.

        Args:
            first: The number of the first line.
            places: The place of each image's line, counted from 0.
            references: The `source-ref` of each image.
        """
        keys = list(map(hash, references))
        self._starts.append(len(self._keys))
        self._keys.extend(array("q", keys))
        is_simple = places == list(range(len(places)))
        self._lines.append((first, range(len(places)) if is_simple else array("I", places)))
        if all(known.isdisjoint(keys) for known in self._sets):
            newest = self._sets[-1]
            before = len(newest)
            newest.update(keys)
            is_repeated = len(newest) < before + len(keys)
            repeated = [key for key, lines in Counter(keys).items() if lines > 1] if is_repeated else ()
        else:
            repeated = [
                key for key, lines in Counter(keys).items() if lines > 1 or any(key in known for known in self._sets)
            ]
            self._sets[-1].update(set(keys).difference(*self._sets[:-1]))
        if repeated:
            names = dict(zip(keys, references, strict=True))
            for key in repeated:
                self._repeated.add(key)
                if len(self._names) < _MOST_NAMES:
                    self._names.setdefault(key, names[key])
        if len(self._sets[-1]) > _MOST_IN_SET:
            self._sets.append(set())

    def result(self, most: int) -> tuple[int, int, Mapping[str, list[int]]]:
        """Return the number of images, the number of those that several lines have, and the lines of the first ones.

        Args:
            most: The number of images to list.
        """
        found: dict[str, list[int]] = {}
        if self._repeated:
            keys = self._keys
            for place in compress(count(), map(self._repeated.__contains__, keys)):
                name = self._names.get(keys[place])
                if name is not None and (name in found or len(found) < most):
                    found.setdefault(name, []).append(self._line(place))
        in_order = sorted(((name, sorted(lines)) for name, lines in found.items()), key=lambda item: item[1])
        return sum(map(len, self._sets)), len(self._repeated), dict(in_order)

    def _line(self, place: int) -> int:
        batch = bisect_right(self._starts, place) - 1
        first, places = self._lines[batch]
        return first + places[place - self._starts[batch]]
