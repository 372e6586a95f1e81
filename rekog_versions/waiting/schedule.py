"""The delays between polls."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from rekog_versions._json import JsonResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(JsonResult):
    """The delays between polls: they grow up to a cap, with jitter so that many waits do not poll at the same moment.

    Attributes:
        first: Seconds between the first and the second poll. The first poll is made at once.
        factor: Each delay is this many times the one before; 1 keeps it constant.
        most: The longest delay in seconds, before jitter.
        jitter: The fraction, from 0 to below 1, by which a delay is lengthened or shortened at random.

    Raises:
        ValueError: A value is out of range.
        TypeError: A value is not a number.
    """

    first: float = 15.0
    factor: float = 1.5
    most: float = 120.0
    jitter: float = 0.1

    def __post_init__(self) -> None:
        for name in ("first", "factor", "most", "jitter"):
            if not isinstance(value := getattr(self, name), int | float):
                raise TypeError(f"{name} must be a number, got {type(value).__name__}")
        if not 0 < self.first <= self.most < math.inf:
            raise ValueError(f"0 < first <= most must hold in seconds, got first={self.first}, most={self.most}")
        if not 1 <= self.factor < math.inf:
            raise ValueError(f"factor must be 1 or more, got {self.factor}")
        if not 0 <= self.jitter < 1:
            raise ValueError(f"jitter must be from 0 to below 1, got {self.jitter}")

    def delays(self) -> Iterator[float]:
        """Yield the delays in seconds, without end."""
        delay = self.first
        while True:
            yield delay * random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311  (spreads load only)
            delay = min(delay * self.factor, self.most)
