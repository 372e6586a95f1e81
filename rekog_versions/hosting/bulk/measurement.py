"""The measurement of a model's capacity: its plan, its state and its result. No I/O."""

from collections import deque
from dataclasses import dataclass
from statistics import quantiles

from rekog_versions._json import JsonResult, is_number
from rekog_versions._text import duration, shown
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.hosting.costs import CostRange, Prices, hours_of

START_SECONDS = 1200.0
"""The time that a model takes to start at most, as a rule; it is billed."""
_MOST_LATENCIES = 20_000
_TWENTIETHS = 20
_MIN_LATENCIES = 2


@dataclass(frozen=True, slots=True)
class MeasurementPlan(JsonResult):
    """The time and cost of a measurement, which are stated before it begins.

    Attributes:
        seconds: The longest time for which images are sent.
        start_seconds: The time that the model takes to start at most, as a rule; 0 if it is running.
        most_calls: The most calls.
        cost: The highest cost of both times.
    """

    seconds: float
    start_seconds: float
    most_calls: int
    cost: CostRange

    def __str__(self) -> str:
        start = f", after a start of up to {duration(self.start_seconds)}" if self.start_seconds else ""
        calls = f"at most {self.most_calls:,} calls in {duration(self.seconds)}{start}"
        return f"{calls}: at most {self.cost.most:.2f} {self.cost.currency}"


@dataclass(frozen=True, slots=True)
class CapacityMeasurement(JsonResult):
    """The images a second that a model processes.

    Attributes:
        version_arn: The version.
        units: The inference units.
        rate: The images a second.
        latency: The median time of a call in seconds; None if too few calls were made.
        slow_latency: The time in which 95 % of the calls ended.
        rejected: The share of the calls that the model rejected.
        failed: The calls that failed for another reason.
        is_lower_bound: True if the model was never busy: the rate of the account or the connections were the limit.
        seconds: The time that was measured.
        cost: The cost of the model; None if it is not known.
    """

    _derived = ("rate_per_unit",)

    version_arn: ProjectVersionArn
    units: int
    rate: float
    latency: float | None
    slow_latency: float | None
    rejected: float
    failed: int
    is_lower_bound: bool
    seconds: float
    cost: CostRange | None

    @property
    def rate_per_unit(self) -> float:
        """The images a second of one unit."""
        return self.rate / self.units

    def __str__(self) -> str:
        least = "at least " if self.is_lower_bound else ""
        latency = "" if self.slow_latency is None else f", 95 % of them within {self.slow_latency:.2f} s"
        return f"{least}{self.rate:.1f} images a second with {self.units} units{latency}"


class MeasuredCalls:
    """The calls of a measurement.

    Args:
        began: The time, by a monotonic clock, from which calls count: before, the rate is searched.
    """

    def __init__(self, began: float) -> None:
        self.began = began
        self.was_busy = False
        self.processed = self.rejected = self.failed = 0
        self._latencies: deque[float] = deque(maxlen=_MOST_LATENCIES)

    def add_processed(self, latency: float, now: float) -> None:
        """Count a call that succeeded."""
        if now >= self.began:
            self.processed += 1
            self._latencies.append(latency)

    def add_busy(self, now: float) -> None:
        """Count a call that the model rejected."""
        self.was_busy = True
        self.rejected += now >= self.began

    def add_failed(self, now: float) -> None:
        """Count a call that failed."""
        self.failed += now >= self.began

    def result(
        self, version_arn: ProjectVersionArn, units: int, now: float, cost: CostRange | None
    ) -> CapacityMeasurement:
        """Return the result at the end."""
        seconds = max(now - self.began, 1e-9)
        enough = len(self._latencies) >= _MIN_LATENCIES
        steps = quantiles(self._latencies, n=_TWENTIETHS, method="inclusive") if enough else None
        calls = self.processed + self.rejected
        return CapacityMeasurement(
            version_arn,
            units,
            self.processed / seconds,
            steps[_TWENTIETHS // 2 - 1] if steps else None,
            steps[-1] if steps else None,
            self.rejected / calls if calls else 0.0,
            self.failed,
            not self.was_busy,
            seconds,
            cost,
        )


def measurement_plan(
    seconds: float, calls_a_second: float, units: int, *, is_running: bool, prices: Prices
) -> MeasurementPlan:
    """Return the plan of a measurement.

    Args:
        seconds: The time for which images are sent.
        calls_a_second: The most calls a second.
        units: The inference units.
        is_running: True if the model is running, so that it need not be started.
        prices: The price list.
    """
    start = 0.0 if is_running else START_SECONDS
    cost = prices.hosting(units).times(hours_of(start + seconds))
    return MeasurementPlan(seconds, start, int(seconds * calls_a_second) + 1, cost)


def check_seconds(name: str, value: object) -> float:
    """Return a number of seconds after checking it.

    Raises:
        ValueError: It is not a number above 0.
    """
    if not is_number(value) or value <= 0:
        raise ValueError(f"{name} must be a number of seconds above 0, got {shown(value)}")
    return float(value)
