"""What models and trainings cost, without I/O. All amounts are `Decimal`s: money is counted, not measured.

The service bills a model by the inference unit and hour for as long as it runs, used or not, and a training by the hour
if it succeeds. It tells of no invoice: what is said here is time multiplied by a price, and AWS's bill is what counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.statuses import ProjectVersionStatus

Amount: TypeAlias = Decimal | float | str
"""How an amount of money may be written: `4`, `"3.50"`, `Decimal("3.50")`; of a float its shortest spelling counts."""

_SECONDS = Decimal(3600)
_S = ProjectVersionStatus
_TRAINS_OR_UNKNOWN = (_S.TRAINING_IN_PROGRESS, None)


def amount_of(value: object, name: str) -> Decimal:
    """Reads an amount of money.

    Raises:
        ValueError: It is no number, negative, or not finite.
        TypeError: It is of another type.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float | str):
        raise TypeError(f"{name} takes a number, such as 4 or '3.50', not a {type(value).__name__}")
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{name} takes a number, such as 4 or '3.50'; got '{printable(value, 80)}'") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{name} must be 0 or more, and finite; got {printable(str(value), 80)}")
    return amount


@dataclass(frozen=True, slots=True)
class CostRange:
    """What something costs at least and at most: a model that scales between two numbers of units has no one price.

    Attributes:
        least: With the fewest inference units all the time.
        most: With the most inference units all the time; the same as `least` where nothing scales.
        currency: Of both.
    """

    least: Decimal
    most: Decimal
    currency: str = "USD"

    def __str__(self) -> str:
        least, most = f"{self.least:.2f}", f"{self.most:.2f}"
        return f"{least} {self.currency}" if least == most else f"{least} to {most} {self.currency}"

    def times(self, factor: Decimal) -> "CostRange":
        """As much of it."""
        return CostRange(self.least * factor, self.most * factor, self.currency)


@dataclass(frozen=True, init=False)
class Prices:
    """What the service charges. The defaults are AWS's list prices as they were when this was written.

    Prices differ by contract and may come to differ by region or over time: set your own where it matters.

    Attributes:
        inference_unit_hour: For one inference unit of a running model, an hour.
        training_hour: For an hour of training; failed trainings are free.
        currency: Only shown.
    """

    inference_unit_hour: Decimal
    training_hour: Decimal
    currency: str

    def __init__(self, *, inference_unit_hour: Amount = 4, training_hour: Amount = 1, currency: str = "USD") -> None:
        """Takes the prices.

        Raises:
            ValueError: A price is no number or negative.
            TypeError: A price is of another type.
        """
        object.__setattr__(self, "inference_unit_hour", amount_of(inference_unit_hour, "inference_unit_hour"))
        object.__setattr__(self, "training_hour", amount_of(training_hour, "training_hour"))
        object.__setattr__(self, "currency", currency)

    def hosting(self, min_inference_units: int, max_inference_units: int | None = None) -> CostRange:
        """What a model costs an hour.

        Args:
            min_inference_units: The units that it has at least.
            max_inference_units: What it may scale to; None if it does not scale.
        """
        most = max(min_inference_units, max_inference_units or min_inference_units)
        return CostRange(self.inference_unit_hour * min_inference_units, self.inference_unit_hour * most, self.currency)


LIST_PRICES = Prices()


def check_prices(value: object) -> None:
    """Refuses what is no price list.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(value, Prices):
        raise TypeError(f"prices takes Prices, such as Prices(inference_unit_hour=4), not a {type(value).__name__}")


def hours_of(seconds: float) -> Decimal:
    """Seconds as exact hours."""
    return Decimal(str(seconds)) / _SECONDS


def hosting_an_hour(description: ProjectVersionDescription, prices: Prices) -> CostRange | None:
    """What a model costs an hour by its description; None where that does not tell its units."""
    least = description.min_inference_units
    return None if least is None else prices.hosting(least, description.max_inference_units)


def training_cost(description: ProjectVersionDescription, *, prices: Prices = LIST_PRICES) -> Decimal | None:
    """What the training of a version cost, from BillableTrainingTimeInSeconds.

    A failed training is free. So is a copy: it was trained, and paid for, where it was copied from.

    Args:
        description: The version as the service describes it.
        prices: What an hour costs.

    Returns:
        The amount in the prices' currency; None where it can't be known: the training goes on, or the service does not
        tell its time.

    Raises:
        TypeError: `prices` are no `Prices`.
    """
    check_prices(prices)
    seconds = description.billable_training_time_in_seconds
    if description.status is _S.TRAINING_FAILED or description.source_project_version_arn is not None:
        return Decimal(0)
    if seconds is None or description.status in _TRAINS_OR_UNKNOWN:
        return None
    return hours_of(seconds) * prices.training_hour


@dataclass(frozen=True, slots=True)
class TrainingCost:
    """What the training of one version cost.

    Attributes:
        version_arn: The version; None if the service did not tell.
        status: Its status.
        seconds: What is billed, as the service tells it; None where it does not.
        cost: The amount; None where it is not known.
    """

    version_arn: ProjectVersionArn | None
    status: ProjectVersionStatus | None
    seconds: int | None
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class TrainingCosts:
    """What the trainings of a project cost, version by version, the latest first.

    Versions that were deleted are gone from the service's answers, and so from here.

    Attributes:
        versions: All of them.
        currency: Of all amounts.
    """

    versions: Sequence[TrainingCost]
    currency: str = "USD"

    @classmethod
    def of(cls, descriptions: Sequence[ProjectVersionDescription], prices: Prices) -> "TrainingCosts":
        """Counts what descriptions tell."""
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

    @property
    def total(self) -> Decimal:
        """The sum of what is known; `unknown` says how much is not."""
        return sum((version.cost for version in self.versions if version.cost is not None), Decimal(0))

    @property
    def unknown(self) -> int:
        """How many versions' cost is not known: they train, or the service does not tell their time."""
        return sum(version.cost is None for version in self.versions)

    def __str__(self) -> str:
        unknown = f", and {self.unknown} of which it is not known" if self.unknown else ""
        return f"{self.total:.2f} {self.currency} for {len(self.versions) - self.unknown} versions{unknown}"
