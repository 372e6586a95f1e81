"""The distribution of many numbers, in little memory and in one pass."""

import sys
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul

from rekog_versions._json import JsonResult

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_HIGH_HALF = 1 if sys.byteorder == "little" else 0  # of the two halves of a number with 32 bits


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution(JsonResult):
    """How numbers are distributed. They are exact to 1 %; all fields but `count` are None without numbers."""

    count: int = 0
    mean: float | None = None
    minimum: float | None = None
    p5: float | None = None
    """5 % of the numbers are not larger."""
    p25: float | None = None
    median: float | None = None
    p75: float | None = None
    p95: float | None = None
    maximum: float | None = None


def buckets(values: Sequence[float]) -> list[int]:
    """Return the bucket of each number: the higher half of its 32 bits.

    These are the sign, the exponent and seven bits of the mantissa, so a bucket is less than 0.8 % wide. Whole numbers
    up to 256 and common sizes of images are the lower ends of their buckets. This needs no Python code for a number.
    """
    return memoryview(array("f", values)).cast("B").cast("H")[_HIGH_HALF::2].tolist()


def _values(found: Sequence[int]) -> list[float]:
    """Return the lower ends of buckets."""
    values: Sequence[float] = memoryview(array("I", [bucket << 16 for bucket in found])).cast("B").cast("f")
    return list(values)


def distribution(counts: Mapping[int, int], total: float | None = None) -> Distribution:
    """Return the distribution of numbers that are not negative.

    Args:
        counts: The count of numbers in each bucket.
        total: The sum of the numbers, if it is known.
    """
    if not counts:
        return Distribution()
    ordered = sorted(counts)
    values = _values(ordered)
    until = list(accumulate(map(counts.__getitem__, ordered)))
    count = until[-1]
    if total is None:
        total = sum(map(mul, values, map(counts.__getitem__, ordered)))
    p5, p25, median, p75, p95 = (values[bisect_left(until, max(1, share * count))] for share in _QUANTILES)
    return Distribution(
        count=count,
        mean=total / count,
        minimum=values[0],
        p5=p5,
        p25=p25,
        median=median,
        p75=p75,
        p95=p95,
        maximum=values[-1],
    )


def count_each(counter: Counter[int], keys: Iterable[int], times: int) -> None:
    """Count keys, each several times."""
    if times == 1:
        counter.update(keys)
        return
    for key, count in Counter(keys).items():
        counter[key] += count * times


class Sketch:
    """Counts positive numbers in buckets of growing width. Its size depends on their range, not on their count."""

    __slots__ = ("_counts", "_total")

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._total = 0.0

    def add(self, values: Sequence[float], times: int = 1) -> None:
        """Add finite numbers that are not negative, each several times."""
        count_each(self._counts, buckets(values), times)
        self._total += sum(values) * times

    def result(self) -> Distribution:
        """Return the distribution of the numbers so far."""
        return distribution(self._counts, self._total)
