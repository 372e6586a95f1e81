"""Prices, the costs of models and trainings, and the limits that follow from them. No I/O; amounts are `Decimal`s.

The service bills a running model by inference unit and hour, used or not. It bills a training by the hour if it
succeeds. The service reports no invoice: costs here are durations multiplied by prices, and only AWS's bill is exact.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from rekog_versions._json import JsonResult
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.statuses import ProjectVersionStatus

Amount: TypeAlias = Decimal | float | str
"""An amount of money: `4`, `"3.50"` or `Decimal("3.50")`. A float counts as its shortest decimal form."""

_HOUR = 3600
_MOST_COST = Decimal("1e500")
"""Larger amounts overflow in a division; this one is infinite as a float too."""
_MAX_HOURS = 1e9
"""More hours than a process can live; a longer limit is a mistake, and may not fit into a float."""


@dataclass(frozen=True, slots=True)
class CostRange(JsonResult):
    """The lowest and the highest possible cost. They differ if a model can scale between two numbers of units.

    Attributes:
        least: The cost with the fewest inference units.
        most: The cost with the most inference units.
        currency: The currency of both.
    """

    least: Decimal
    most: Decimal
    currency: str = "USD"

    def __str__(self) -> str:
        least, most = f"{self.least:.2f}", f"{self.most:.2f}"
        return f"{least} {self.currency}" if least == most else f"{least} to {most} {self.currency}"

    def times(self, factor: Decimal) -> "CostRange":
        """Return this range multiplied by a factor."""
        return CostRange(self.least * factor, self.most * factor, self.currency)


@dataclass(frozen=True, init=False)
class Prices(JsonResult):
    """The service's prices. The defaults are AWS's list prices at the time of this release.

    Prices depend on the contract and may depend on the region and change over time. Set your own where it matters.

    Attributes:
        inference_unit_hour: The price of one inference unit of a running model for an hour.
        training_hour: The price of an hour of training. Failed trainings are free.
        currency: The currency, for display only.
    """

    inference_unit_hour: Decimal
    training_hour: Decimal
    currency: str

    def __init__(self, *, inference_unit_hour: Amount = 4, training_hour: Amount = 1, currency: str = "USD") -> None:
        """Create a price list.

        Raises:
            ValueError: A price is negative or not a number.
            TypeError: A price has the wrong type.
        """
        object.__setattr__(self, "inference_unit_hour", parse_amount(inference_unit_hour, "inference_unit_hour"))
        object.__setattr__(self, "training_hour", parse_amount(training_hour, "training_hour"))
        object.__setattr__(self, "currency", currency)

    def hosting(self, min_inference_units: int, max_inference_units: int | None = None) -> CostRange:
        """Return the cost of a running model for an hour.

        Args:
            min_inference_units: The lowest number of inference units.
            max_inference_units: The highest number of inference units; None if the model does not scale.
        """
        most = max(min_inference_units, max_inference_units or min_inference_units)
        return CostRange(self.inference_unit_hour * min_inference_units, self.inference_unit_hour * most, self.currency)


def parse_amount(value: object, name: str) -> Decimal:
    """Return an amount of money as a `Decimal`.

    Args:
        value: The amount.
        name: The argument's name, for the message.

    Raises:
        ValueError: `value` is negative, infinite or not a number.
        TypeError: `value` has the wrong type.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float | str):
        raise TypeError(f"{name} must be an amount, such as 4 or '3.50', got {type(value).__name__}")
    try:
        amount = Decimal(value) if isinstance(value, int) else Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{name} must be an amount, such as 4 or '3.50', got '{printable(value, 80)}'") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{name} must be finite and 0 or more, got {printable(str(value), 80)}")
    return amount


def check_prices(value: object) -> None:
    """Check that `prices` is a `Prices`.

    Raises:
        TypeError: It has another type.
    """
    if not isinstance(value, Prices):
        raise TypeError(f"prices must be Prices, such as Prices(inference_unit_hour=4), got {type(value).__name__}")


LIST_PRICES = Prices()


def hours_of(seconds: float) -> Decimal:
    """Return seconds as hours, without rounding."""
    return Decimal(str(seconds)) / _HOUR


def hourly_cost(description: ProjectVersionDescription, prices: Prices) -> CostRange | None:
    """Return the cost of a running model for an hour; None if its description has no inference units."""
    least = description.min_inference_units
    return None if least is None else prices.hosting(least, description.max_inference_units)


class Stopwatch:
    """Measure how long a model runs.

    The longer of two measurements counts. A monotonic clock stands still while a laptop sleeps, and the wall clock can
    be set back.

    Args:
        clock: Return monotonic seconds.
        now: Return the time of day, with a time zone.
    """

    def __init__(self, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._clock, self._now = clock, now
        self._ended: float | None = None
        self.restart()

    def restart(self) -> None:
        """Start again at 0."""
        self.began_at = self._now()
        self._began = self._clock()

    def stop(self) -> None:
        """Keep the present value from now on."""
        if self._ended is None:
            self._ended = self.seconds

    @property
    def seconds(self) -> float:
        """The seconds since the start."""
        if self._ended is not None:
            return self._ended
        return max(self._clock() - self._began, (self._now() - self.began_at).total_seconds(), 0.0)

    def cost(self, hourly: CostRange) -> CostRange:
        """Return the cost of the measured time."""
        return hourly.times(hours_of(self.seconds))


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit on the time that a model runs.

    Attributes:
        seconds: The longest time.
        reason: The caller's limit as text.
    """

    seconds: float = math.inf
    reason: str = ""


def limit_of(max_hours: float | timedelta | None, max_cost: Amount | None, hourly: CostRange) -> Limit:
    """Return the limit that is reached first.

    A model that scales is assumed to run with all of its inference units.

    Raises:
        ValueError: A limit is not above 0, or not a number.
        TypeError: A limit has the wrong type.
    """
    limits = [Limit()]
    if max_hours is not None:
        limits.append(Limit(hours_limit(max_hours) * _HOUR, f"max_hours={max_hours}"))
    if max_cost is not None:
        cost = parse_amount(max_cost, "max_cost")
        if not cost:
            raise ValueError("max_cost must be above 0, or None for no limit, got 0")
        if hourly.most:
            reason = f"max_cost={cost} ({hourly.currency}; the model costs {hourly} an hour)"
            seconds = min(cost, _MOST_COST) / hourly.most * _HOUR
            limits.append(Limit(float(seconds), printable(reason, 200)))
    return min(limits, key=lambda limit: limit.seconds)


def hours_limit(value: object, name: str = "max_hours") -> float:
    """Return a limit as a number of hours after checking it.

    Raises:
        ValueError: It is 0, negative, infinite or absurdly long.
        TypeError: It is neither a number nor a `timedelta`.
    """
    hours = value.total_seconds() / _HOUR if isinstance(value, timedelta) else value
    if isinstance(hours, bool) or not isinstance(hours, int | float):
        raise TypeError(
            f"{name} must be a number of hours or a timedelta, or None for no limit, got {type(value).__name__}"
        )
    if not 0 < hours < _MAX_HOURS:
        shown = f"{hours:g}" if isinstance(hours, float) else "a number out of range"
        raise ValueError(f"{name} must be above 0 and below {_MAX_HOURS:g}, or None for no limit, got {shown}")
    return float(hours)


def training_cost(description: ProjectVersionDescription, *, prices: Prices = LIST_PRICES) -> Decimal | None:
    """Return the cost of a version's training, from BillableTrainingTimeInSeconds.

    A failed training is free. A copied version costs nothing either: its source was trained and paid for.

    Args:
        description: The version as the service describes it.
        prices: The price list.

    Returns:
        The amount in the currency of `prices`. None if it is not known: the version is still training, or the service
        does not report the time.

    Raises:
        TypeError: `prices` is not a `Prices`.
    """
    check_prices(prices)
    seconds = description.billable_training_time_in_seconds
    if description.status is ProjectVersionStatus.TRAINING_FAILED or description.source_project_version_arn is not None:
        return Decimal(0)
    if seconds is None or description.status in (ProjectVersionStatus.TRAINING_IN_PROGRESS, None):
        return None
    return hours_of(seconds) * prices.training_hour


@dataclass(frozen=True, slots=True)
class TrainingCost(JsonResult):
    """The cost of the training of one version.

    Attributes:
        version_arn: The version; None if the service did not name it.
        status: The status of the version.
        seconds: The billable time that the service reports; None if it reports none.
        cost: The amount; None if it is not known.
    """

    version_arn: ProjectVersionArn | None
    status: ProjectVersionStatus | None
    seconds: int | None
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class TrainingCosts(JsonResult):
    """The costs of a project's trainings, version by version, the latest first.

    The service does not list deleted versions, so their trainings are missing here.

    Attributes:
        versions: The cost of each version.
        currency: The currency of all amounts.
    """

    _derived = ("total", "unknown")

    versions: Sequence[TrainingCost]
    currency: str = "USD"

    @classmethod
    def of(cls, descriptions: Sequence[ProjectVersionDescription], prices: Prices) -> "TrainingCosts":
        """Return the costs of the described versions."""
        return cls(
            tuple(
                TrainingCost(
                    description.project_version_arn,
                    description.status,
                    description.billable_training_time_in_seconds,
                    training_cost(description, prices=prices),
                )
                for description in descriptions
            ),
            prices.currency,
        )

    def __iter__(self) -> Iterator[TrainingCost]:
        return iter(self.versions)

    def __len__(self) -> int:
        return len(self.versions)

    @property
    def total(self) -> Decimal:
        """The sum of the known costs. `unknown` is the number of costs that are not known."""
        return sum((version.cost for version in self.versions if version.cost is not None), Decimal(0))

    @property
    def unknown(self) -> int:
        """The number of versions whose cost is not known."""
        return sum(version.cost is None for version in self.versions)

    def __str__(self) -> str:
        unknown = f", and {self.unknown} of unknown cost" if self.unknown else ""
        return f"{self.total:.2f} {self.currency} for {len(self.versions) - self.unknown} versions{unknown}"
