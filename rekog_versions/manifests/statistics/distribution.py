"""The distribution of many numbers, in little memory and in one pass."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rekog_versions._json import JsonResult

_GROWTH = math.log(1.02)  # each bucket is 2 % wider than the one before, so its middle is at most 1 % off
_LEAST = 1e-12  # smaller numbers count as 0
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution(JsonResult):
    """How numbers are distributed. Quantiles are exact to 1 %; all fields but `count` are None without numbers."""

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


class Sketch:
    """Counts positive numbers in buckets of growing width. Its size depends on their range, not on their count."""

    __slots__ = ("_buckets", "_count", "_largest", "_smallest", "_total")

    def __init__(self) -> None:
        self._buckets: Counter[int] = Counter()
        self._count = 0
        self._total = 0.0
        self._smallest = math.inf
        self._largest = -math.inf

    def add(self, values: Iterable[float]) -> None:
        """Add finite numbers that are not negative."""
        log, floor = math.log, math.floor
        for value in values:
            self._buckets[floor(log(value) / _GROWTH) if value > _LEAST else _ZERO] += 1
            self._count += 1
            self._total += value
            self._smallest = min(self._smallest, value)
            self._largest = max(self._largest, value)

    def result(self) -> Distribution:
        """Return the distribution of the numbers so far."""
        if not self._count:
            return Distribution()
        p5, p25, median, p75, p95 = map(self._quantile, _QUANTILES)
        return Distribution(
            count=self._count,
            mean=self._total / self._count,
            minimum=self._smallest,
            p5=p5,
            p25=p25,
            median=median,
            p75=p75,
            p95=p95,
            maximum=self._largest,
        )

    def _quantile(self, share: float) -> float:
        rank = max(1, math.ceil(share * self._count))
        for bucket in sorted(self._buckets):
            rank -= self._buckets[bucket]
            if rank <= 0:
                middle = 0.0 if bucket == _ZERO else math.exp((bucket + 0.5) * _GROWTH)
                return min(max(middle, self._smallest), self._largest)
        return self._largest


_ZERO = math.floor(math.log(_LEAST) / _GROWTH) - 1
"""The bucket of 0, below all others."""
