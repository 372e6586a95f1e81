"""The results of `running_models` and `stop_all`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from rekog_versions._json import JsonResult
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import ModelStillRunningError, RekogVersionsError
from rekog_versions.hosting.costs import CostRange
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.statuses import ProjectVersionStatus


@dataclass(frozen=True, slots=True)
class ActiveModel(JsonResult):
    """A model that is starting, running or stopping, or whose status this release does not know.

    Attributes:
        description: The version as the service describes it.
        region: The region.
        account_id: The account.
        cost_an_hour: The cost for an hour; None if the service does not report the inference units.
        started_at: When the model was started; None if that is not known. It is exact for models that `running` has
            started in this process. For others it is the hour in CloudWatch's metrics, if the client has a session and
            may read them.
        cost: The cost since then; None if that is not known.
        is_start_exact: False if `started_at` is the hour of the start.
    """

    _derived = ("version_arn", "status")

    description: ProjectVersionDescription
    region: str | None
    account_id: str | None
    cost_an_hour: CostRange | None = None
    started_at: datetime | None = None
    cost: CostRange | None = None
    is_start_exact: bool = True

    @property
    def version_arn(self) -> ProjectVersionArn:
        """The ARN of the version."""
        return self.description.project_version_arn or ProjectVersionArn("")

    @property
    def status(self) -> ProjectVersionStatus | None:
        """STARTING, RUNNING, STOPPING, or a status unknown to this release; None if the service reports none."""
        return self.description.status

    @property
    def min_inference_units(self) -> int | None:
        """The lowest number of inference units."""
        return self.description.min_inference_units

    @property
    def max_inference_units(self) -> int | None:
        """The highest number of inference units; None if the model does not scale."""
        return self.description.max_inference_units

    def __str__(self) -> str:
        about = "" if self.is_start_exact else "about "
        since = f"since {about}{self.started_at:%Y-%m-%d %H:%M} UTC" if self.started_at else "since an unknown time"
        hourly = f"{self.cost_an_hour} an hour" if self.cost_an_hour else "at an unknown price"
        so_far = f", {self.cost} so far" if self.cost else ""
        return printable(f"{self.version_arn} is {self.status or 'in no known status'} {since}, {hourly}{so_far}")


@dataclass(frozen=True, slots=True)
class FailedLookup(JsonResult):
    """A part of an account whose models could not be listed. Models may be running there.

    Attributes:
        region: The region.
        project_arn: The project; None if the projects themselves could not be listed.
        error: The reason.
    """

    region: str | None
    project_arn: str | None
    error: Exception

    def __str__(self) -> str:
        where = self.project_arn or "the projects"
        return printable(
            f"the models of {where} in {self.region} could not be listed: {type(self.error).__name__}: {self.error}"
        )


@dataclass(frozen=True, slots=True)
class RunningModels(JsonResult):
    """The result of `running_models`.

    Attributes:
        models: The models, in the order of the clients.
        failed: The lookups that failed. If there are any, more models may be running.
    """

    _derived = ("cost_an_hour",)

    models: Sequence[ActiveModel]
    failed: Sequence[FailedLookup] = ()

    def __iter__(self) -> Iterator[ActiveModel]:
        return iter(self.models)

    def __len__(self) -> int:
        return len(self.models)

    def __bool__(self) -> bool:
        """Return True if a model is listed, or if a lookup failed: then a model may be running."""
        return bool(self.models or self.failed)

    @property
    def cost_an_hour(self) -> CostRange | None:
        """The cost of all models for an hour; None if the cost of any is not known."""
        costs = [model.cost_an_hour for model in self.models]
        known = [cost for cost in costs if cost is not None]
        if len(known) < len(costs):
            return None
        currency = known[0].currency if known else "USD"
        zero = Decimal(0)
        return CostRange(sum((c.least for c in known), zero), sum((c.most for c in known), zero), currency)

    def __str__(self) -> str:
        return _lines(self.models, self.failed)


class StopAction(StrEnum):
    """The action of `stop_all` for a model."""

    WOULD_STOP = "would be stopped"
    STOPPED = "is being stopped"
    LEFT = "was already stopping"
    FAILED = "could not be stopped"


@dataclass(frozen=True, slots=True)
class StopOutcome(JsonResult):
    """The outcome of `stop_all` for one model.

    Attributes:
        model: The model as it was found.
        action: The action.
        error: Why the model could not be stopped, with the command that stops it.
    """

    model: ActiveModel
    action: StopAction
    error: ModelStillRunningError | None = None

    def __str__(self) -> str:
        return printable(f"{self.model.version_arn}: {self.error or self.action}")


@dataclass(frozen=True, slots=True)
class StopReport(JsonResult):
    """The result of `stop_all`.

    Attributes:
        outcomes: The outcome for each model.
        failed: The lookups that failed. Models may be running there.
        dry_run: True if nothing was stopped on purpose.
    """

    _derived = ("is_complete",)

    outcomes: Sequence[StopOutcome]
    failed: Sequence[FailedLookup]
    dry_run: bool

    def __iter__(self) -> Iterator[StopOutcome]:
        return iter(self.outcomes)

    def __bool__(self) -> bool:
        return self.is_complete

    @property
    def is_complete(self) -> bool:
        """True if all lookups and all stops succeeded."""
        return not self.failed and all(outcome.error is None for outcome in self.outcomes)

    def __str__(self) -> str:
        return _lines(self.outcomes, self.failed)


class StopAllError(RekogVersionsError):
    """Some models could not be stopped or listed. All others are being stopped.

    Attributes:
        report: The outcome for each model.
    """

    def __init__(self, report: StopReport) -> None:
        self.report = report
        bad = [*(outcome for outcome in report.outcomes if outcome.error), *report.failed]
        lines = "".join(f"\n- {line}" for line in bad)
        super().__init__(f"models may still be running, and are billed until they are stopped:{lines}")


def _lines(*parts: Iterable[object]) -> str:
    return "\n".join(str(line) for part in parts for line in part) or "no model is running"
