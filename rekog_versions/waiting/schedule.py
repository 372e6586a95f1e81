"""The delays between polls."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from rekog_versions._json import JsonResult, as_float
from rekog_versions._keywords import with_explained_signature
from rekog_versions._text import printable

_LONGEST = 1e9
"""Seconds; a longer pause is a mistake, and the system's clocks may not accept it."""


@dataclass(frozen=True, init=False)
class Schedule(JsonResult):
    """The delays between polls: they grow up to a cap, with jitter so that many waits do not poll at the same moment.

    Attributes:
        first: Seconds, or a `timedelta`, between the first and the second poll. The first poll is made at once.
        factor: Each delay is this many times the one before; 1 keeps it constant.
        most: The longest delay in seconds, or as a `timedelta`, before jitter.
        jitter: The fraction, from 0 to below 1, by which a delay is lengthened or shortened at random.

    Raises:
        ValueError: A value is out of range.
        TypeError: A value is not a number.
    """

    first: float = 15.0
    factor: float = 1.5
    most: float = 120.0
    jitter: float = 0.1

    def __init__(
        self,
        *,
        first: float | timedelta = first,
        factor: float = factor,
        most: float | timedelta = most,
        jitter: float = jitter,
    ) -> None:
        for name, value in (("first", first), ("factor", factor), ("most", most), ("jitter", jitter)):
            is_duration = name in ("first", "most")
            number = value.total_seconds() if is_duration and isinstance(value, timedelta) else value
            if isinstance(number, bool) or not isinstance(number, int | float):
                kind = "a number of seconds or a timedelta" if is_duration else "a number"
                raise TypeError(f"{name} must be {kind}, got {type(value).__name__}")
            object.__setattr__(self, name, number)
        if not 0 < as_float(self.first) <= as_float(self.most) <= _LONGEST:
            raise ValueError(
                f"0 < first <= most <= {_LONGEST:g} must hold in seconds, got first={printable(self.first, 40)}, "
                f"most={printable(self.most, 40)}"
            )
        if not 1 <= as_float(self.factor) < math.inf:
            raise ValueError(f"factor must be 1 or more, got {printable(self.factor, 40)}")
        if not 0 <= as_float(self.jitter) < 1:
            raise ValueError(f"jitter must be from 0 to below 1, got {printable(self.jitter, 40)}")

    def delays(self) -> Iterator[float]:
        """Yield the delays in seconds, without end."""
        delay = self.first
        while True:
            yield delay * random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311  (spreads load only)
            delay = min(delay * self.factor, self.most)


Schedule.__init__ = with_explained_signature(  # type: ignore[method-assign]
    Schedule.__init__,
    "Schedule",
    "Its parameters are keyword arguments in seconds: Schedule(first=60, most=60) polls every minute, and "
    "Schedule(first=15, factor=1.5, most=120) more and more rarely",
)
