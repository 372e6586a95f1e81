"""How long a model has run and how long it may, without I/O."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rekog_versions.hosting.costs import Amount, CostRange, amount_of, hours_of


class Meter:
    """Counts from the moment that a model was started.

    Two clocks are asked and the one counts by which more time has passed: a monotonic clock stands still while a laptop
    sleeps, and the wall clock can be set back.

    Args:
        clock: Monotonic seconds.
        now: The time of day, aware.
    """

    def __init__(self, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._clock, self._now = clock, now
        self._ended: float | None = None
        self.begin()

    def begin(self) -> None:
        """Counts from now on."""
        self.began_at = self._now()
        self._began = self._clock()

    def end(self) -> None:
        """Counts no further."""
        if self._ended is None:
            self._ended = self.seconds

    @property
    def seconds(self) -> float:
        """How long it has been."""
        if self._ended is not None:
            return self._ended
        return max(self._clock() - self._began, (self._now() - self.began_at).total_seconds(), 0.0)


@dataclass(frozen=True, slots=True)
class Limit:
    """When a model is to be stopped.

    Attributes:
        seconds: How long it may run.
        reason: The limit in words, as the caller set it.
    """

    seconds: float = math.inf
    reason: str = ""


def limit_of(max_hours: float | None, max_cost: Amount | None, an_hour: CostRange) -> Limit:
    """The limit that is reached first.

    Where a model scales, its cost is taken to be the highest that it can be.

    Raises:
        ValueError: A limit is not above 0, or no number.
        TypeError: A limit is of another type.
    """
    limits = [Limit()]
    if max_hours is not None:
        limits.append(Limit(_hours_of(max_hours) * 3600, f"max_hours={max_hours}"))
    if max_cost is not None:
        cost = amount_of(max_cost, "max_cost")
        if not cost:
            raise ValueError("max_cost must be above 0, or None for no limit; got 0")
        if an_hour.most:
            seconds = float(cost / an_hour.most * 3600)
            limits.append(Limit(seconds, f"max_cost={cost} ({an_hour.currency}; the model costs {an_hour} an hour)"))
    return min(limits, key=lambda limit: limit.seconds)


def _hours_of(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"max_hours takes a number of hours, not a {type(value).__name__}")
    if not 0 < value < math.inf:
        raise ValueError(f"max_hours must be above 0 and finite, or None for no limit; got {value}")
    return value


def cost_so_far(meter: Meter, an_hour: CostRange) -> CostRange:
    """What the time that was counted costs."""
    return an_hour.times(hours_of(meter.seconds))
