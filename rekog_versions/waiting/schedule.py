"""When to look again."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When the next poll is due: delays that grow up to a cap, with jitter so that many waits don't poll together.

    Attributes:
        first: Seconds before the second poll; the first is made at once.
        factor: What each delay is multiplied by for the next; 1 keeps it.
        most: The longest delay in seconds, before jitter.
        jitter: The part of a delay, 0 to below 1, by which it is lengthened or shortened at random.

    Raises:
        ValueError: A value is out of range.
        TypeError: A value is no number.
    """

    first: float = 15.0
    factor: float = 1.5
    most: float = 120.0
    jitter: float = 0.1

    def __post_init__(self) -> None:
        for name in ("first", "factor", "most", "jitter"):
            if not isinstance(value := getattr(self, name), int | float):
                raise TypeError(f"{name} takes a number, not a {type(value).__name__}")
        if not 0 < self.first <= self.most < math.inf:
            raise ValueError(f"0 < first <= most must hold in seconds, got first={self.first}, most={self.most}")
        if not 1 <= self.factor < math.inf:
            raise ValueError(f"factor must be 1 or more, got {self.factor}")
        if not 0 <= self.jitter < 1:
            raise ValueError(f"jitter must be 0 to below 1, got {self.jitter}")

    def delays(self) -> Iterator[float]:
        """The delays in seconds, without end."""
        delay = self.first
        while True:
            yield delay * random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311  (spreads load, guards nothing)
            delay = min(delay * self.factor, self.most)
