"""The models that ran, by CloudWatch's metrics: hours, unit hours, costs, and idle models. No I/O."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from rekog_versions._aws.cloudwatch import ModelName, Points
from rekog_versions._json import JsonResult
from rekog_versions._text import printable, table
from rekog_versions.hosting.costs import Prices
from rekog_versions.hosting.overview import ActiveModel, FailedLookup

KEPT = timedelta(days=455)
"""How long CloudWatch keeps hourly values."""
LISTED = timedelta(days=14)
"""How long CloudWatch lists the metrics of a model after its last value."""
_HOUR = timedelta(hours=1)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class HostedDay(JsonResult):
    """The time of a model on a day in UTC.

    Attributes:
        day: The day.
        hours: The hours in which the model ran. An hour in which it ran for a part counts as a whole.
        unit_hours: The sum of the inference units in these hours.
        cost: The cost of the unit hours.
    """

    day: date
    hours: int
    unit_hours: float
    cost: Decimal


@dataclass(frozen=True, slots=True)
class HostedModel(JsonResult):
    """The time and cost of one model.

    Attributes:
        project_name: The name of the project.
        version_name: The name of the version.
        region: The region.
        days: The days on which it ran.
    """

    _derived = ("hours", "unit_hours", "cost")

    project_name: str
    version_name: str
    region: str | None
    days: Sequence[HostedDay]

    @property
    def hours(self) -> int:
        """The hours in which the model ran."""
        return sum(day.hours for day in self.days)

    @property
    def unit_hours(self) -> float:
        """The sum of the inference units in these hours."""
        return sum(day.unit_hours for day in self.days)

    @property
    def cost(self) -> Decimal:
        """The cost of the unit hours."""
        return sum((day.cost for day in self.days), _ZERO)


@dataclass(frozen=True, slots=True)
class HostingCosts(JsonResult):
    """The costs of the models that ran in a time, by CloudWatch's metrics. Iterating it yields the models.

    Attributes:
        models: The models that ran, the most expensive first.
        since: The beginning, a full hour.
        until: The end.
        failed: The regions and projects that could not be read. Models may have run there.
        gaps: The parts of this time that CloudWatch cannot show.
        currency: The currency of all costs.
    """

    _derived = ("hours", "unit_hours", "total")

    models: Sequence[HostedModel]
    since: datetime
    until: datetime
    failed: Sequence[FailedLookup]
    gaps: Sequence[str]
    currency: str

    def __iter__(self) -> Iterator[HostedModel]:
        return iter(self.models)

    def __len__(self) -> int:
        return len(self.models)

    @property
    def hours(self) -> int:
        """The hours in which models ran."""
        return sum(model.hours for model in self.models)

    @property
    def unit_hours(self) -> float:
        """The sum of the inference units in these hours."""
        return sum(model.unit_hours for model in self.models)

    @property
    def total(self) -> Decimal:
        """The cost of all models."""
        return sum((model.cost for model in self.models), _ZERO)

    def hours_by_day(self) -> Mapping[date, int]:
        """Return the hours of all models on each day, also on those without any."""
        hours: dict[date, int] = {}
        day = self.since.date()
        while day <= self.until.date():
            hours[day] = 0
            day += timedelta(days=1)
        for model in self.models:
            for found in model.days:
                hours[found.day] = hours.get(found.day, 0) + found.hours
        return hours

    def __str__(self) -> str:
        rows = [("model", "region", "hours", "unit hours", f"cost ({self.currency})")]
        rows += [
            (
                printable(f"{model.project_name}/{model.version_name}", 120),
                str(model.region or "-"),
                f"{model.hours:,}",
                f"{model.unit_hours:,.1f}",
                f"{model.cost:,.2f}",
            )
            for model in self.models
        ]
        rows.append(("total", "", f"{self.hours:,}", f"{self.unit_hours:,.1f}", f"{self.total:,.2f}"))
        notes = [*map(str, self.failed), *(f"Note: {gap}" for gap in self.gaps)]
        return "\n".join([table(rows, left=(0, 1)), *notes])


def hosted_model(model: ModelName, region: str | None, points: Points, prices: Prices) -> HostedModel | None:
    """Return the time and cost of a model from its inference units in each hour; None if it did not run."""
    by_day: dict[date, list[float]] = defaultdict(list)
    for time, units in points:
        by_day[time.astimezone(UTC).date()].append(units)
    days = [
        HostedDay(day, len(units), sum(units), prices.inference_unit_hour * Decimal(str(sum(units))))
        for day, units in sorted(by_day.items())
    ]
    return HostedModel(*model, region, tuple(days)) if days else None


def gaps_of(since: datetime, now: datetime) -> list[str]:
    """Return the parts of a time that CloudWatch cannot show."""
    gaps = ["an hour in which a model ran for a part counts as a whole, so the costs are upper bounds"]
    if since < now - LISTED:
        gaps.append("a version that was deleted, and last ran over 14 days ago, is not listed any more")
    if since < now - KEPT:
        gaps.append("values from over 455 days ago are not kept")
    return gaps


def full_hour(time: datetime) -> datetime:
    """Return the beginning of an hour in UTC.

    Raises:
        ValueError: The time has no time zone.
    """
    if time.tzinfo is None:
        raise ValueError(f"times must have a time zone, got {time}. Write datetime(..., tzinfo=UTC)")
    return time.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def running_since(points: Points, now: datetime) -> datetime | None:
    """Return the hour in which a running model was started, from its units in each hour; None if it is not known."""
    since: datetime | None = None
    expected = full_hour(now)
    for time, _ in reversed(points):
        hour = full_hour(time)
        if hour < expected - _HOUR:  # the present hour may have no value yet
            break
        since = expected = hour
    return since


class Idleness(StrEnum):
    """The use of a running model in some time."""

    IDLE = "idle"
    """It was not used."""
    USED = "used"
    """It was used, or it was started within the time."""
    UNKNOWN = "unknown"
    """It may have been used: CloudWatch does not name the model of a call."""


@dataclass(frozen=True, slots=True)
class ModelUse(JsonResult):
    """The use of a running model.

    Attributes:
        model: The model.
        idleness: The verdict.
        reason: Its reason.
    """

    model: ActiveModel
    idleness: Idleness
    reason: str

    def __str__(self) -> str:
        return printable(f"{self.model.version_arn} is {self.idleness}: {self.reason}")


@dataclass(frozen=True, slots=True)
class IdleModels(JsonResult):
    """The result of `idle_models()`. Iterating it yields the models that are certainly idle.

    Attributes:
        uses: The use of each running model.
        failed: The lookups that failed.
        for_hours: The time that was examined.
    """

    _derived = ("idle",)

    uses: Sequence[ModelUse]
    failed: Sequence[FailedLookup]
    for_hours: float

    @property
    def idle(self) -> Sequence[ActiveModel]:
        """The models that are certainly idle."""
        return [use.model for use in self.uses if use.idleness is Idleness.IDLE]

    def __iter__(self) -> Iterator[ActiveModel]:
        return iter(self.idle)

    def __str__(self) -> str:
        return "\n".join(map(str, (*self.uses, *self.failed))) or "no model is running"


def judge_use(
    started_at: datetime | None,
    used_at: datetime | None,
    calls: float | None,
    others: Iterable[str],
    since: datetime,
) -> tuple[Idleness, str]:
    """Return whether a running model was used since a time, and the reason.

    Args:
        started_at: When it was started, as far as it is known.
        used_at: When this process used it last.
        calls: The calls of DetectCustomLabels in the region since then; None if they could not be read.
        others: The other models that ran in the region since then.
        since: The beginning of the time.
    """
    if used_at is not None and used_at >= since:
        return Idleness.USED, f"this process used it at {used_at:%Y-%m-%d %H:%M} UTC"
    if started_at is not None and started_at >= since:
        return Idleness.USED, f"it was started at {started_at:%Y-%m-%d %H:%M} UTC"
    if calls is None:
        return Idleness.UNKNOWN, "CloudWatch could not be read"
    if started_at is None:
        return Idleness.UNKNOWN, "the time of its start is not known"
    if not calls:
        return Idleness.IDLE, "no images were sent to any model in the region"
    running = list(others)
    if not running:
        return Idleness.USED, f"{calls:,.0f} images were sent, and no other model ran in the region"
    return Idleness.UNKNOWN, f"{calls:,.0f} images were sent in the region, where {len(running) + 1} models ran"
