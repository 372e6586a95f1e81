"""Find the images that several lines of a manifest have, in about 50 bytes an image."""

from array import array
from collections.abc import Mapping
from itertools import pairwise

_BITS = 23
_MASK = (1 << _BITS) - 1
_MOST_NAMES = 10_000


class ImageIndex:
    """The images of a manifest and their lines.

    The texts of all images would take too much memory, and a set of their hashes too. So hashes are kept in an array
    that is sorted at the end. A Bloom filter finds the images that may have occurred before, whose texts are kept.
    """

    def __init__(self) -> None:
        self._keys = array("q")
        self._numbers = array("I")
        self._filter = bytearray(1 << (_BITS - 3))
        self._names: dict[int, str] = {}

    def add(self, number: int, source_ref: str) -> None:
        """Add the image of a line."""
        key = hash(source_ref)
        self._keys.append(key)
        self._numbers.append(number)
        if self._may_have(key) and len(self._names) < _MOST_NAMES:
            self._names[key] = source_ref

    def _may_have(self, key: int) -> bool:
        """Add a hash to the filter; return False if it was certainly not added before."""
        first, second = key & _MASK, key >> _BITS & _MASK
        bits = self._filter
        one, two = 1 << (first & 7), 1 << (second & 7)
        is_known = bool(bits[first >> 3] & one and bits[second >> 3] & two)
        bits[first >> 3] |= one
        bits[second >> 3] |= two
        return is_known

    def result(self, most: int) -> tuple[int, int, Mapping[str, list[int]]]:
        """Return the number of images, the number of those that several lines have, and the lines of the first ones.

        Args:
            most: The number of images to list.
        """
        if not self._keys:
            return 0, 0, {}
        ordered = sorted(self._keys)
        repeated = {one for one, other in pairwise(ordered) if one == other}
        images = 1 + sum(one != other for one, other in pairwise(ordered))
        found: dict[str, list[int]] = {}
        for key, number in zip(self._keys, self._numbers, strict=True):
            if key in repeated and key in self._names:
                name = self._names[key]
                if name in found or len(found) < most:
                    found.setdefault(name, []).append(number)
        return images, len(repeated), found
