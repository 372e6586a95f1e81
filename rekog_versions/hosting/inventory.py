"""What runs, and what it costs, without I/O: the flow that finds it in one region of one account, and what it found."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError

from rekog_versions._aws.error_codes import is_retryable
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import RekogVersionsError, ResourceNotFoundError, ResponseError
from rekog_versions.hosting.costs import CostRange
from rekog_versions.models._base import Answer
from rekog_versions.models.projects import CustomizationFeature, ProjectDescription
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.operations.flows import Call, Flow, Reply, Sleep
from rekog_versions.operations.listings import Listing
from rekog_versions.operations.projects import list_projects
from rekog_versions.operations.versions import list_versions
from rekog_versions.statuses import ProjectVersionStatus

CALLS_A_SECOND = 5
"""What the service allows for each of its operations, by account and region."""
PAUSES = (1.0, 2.0, 4.0)
"""Seconds before a call that failed for a reason that passes is made again."""
ACTIVE = frozenset({ProjectVersionStatus.STARTING, ProjectVersionStatus.RUNNING, ProjectVersionStatus.STOPPING})

ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT", bound=Answer)
_FAILURES = (RekogVersionsError, BotoCoreError)


@dataclass(frozen=True, slots=True)
class ActiveModel:
    """A model that starts, runs or stops.

    Attributes:
        description: All that the service says of its version.
        region: Where it is.
        account_id: Whose it is.
        cost_an_hour: What it costs an hour; None where the service does not tell its inference units.
        started_at: When it was started; None where that is not known. The service does not tell it: it is known of the
            models that `running` has started in this very process.
        cost: What it has cost since; None where that is not known.
    """

    description: ProjectVersionDescription
    region: str | None
    account_id: str | None
    cost_an_hour: CostRange | None = None
    started_at: datetime | None = None
    cost: CostRange | None = None

    @property
    def version_arn(self) -> ProjectVersionArn:
        """The version."""
        return self.description.project_version_arn or ProjectVersionArn("")

    @property
    def status(self) -> ProjectVersionStatus | None:
        """STARTING, RUNNING or STOPPING."""
        return self.description.status

    @property
    def min_inference_units(self) -> int | None:
        """The inference units that it has at least."""
        return self.description.min_inference_units

    @property
    def max_inference_units(self) -> int | None:
        """What it scales to; None if it does not."""
        return self.description.max_inference_units

    def __str__(self) -> str:
        since = f"since {self.started_at:%Y-%m-%d %H:%M} UTC" if self.started_at else "since an unknown time"
        an_hour = f"{self.cost_an_hour} an hour" if self.cost_an_hour else "at an unknown price"
        so_far = f", {self.cost} so far" if self.cost else ""
        return printable(f"{self.version_arn} is {self.status} {since}, {an_hour}{so_far}")


@dataclass(frozen=True, slots=True)
class FailedLook:
    """Something that could not be looked at: models may run there.

    Attributes:
        region: Where.
        project_arn: The project; None if the projects themselves could not be listed.
        error: Why.
    """

    region: str | None
    project_arn: str | None
    error: Exception

    def __str__(self) -> str:
        where = self.project_arn or "the projects"
        return printable(f"{where} in {self.region} could not be looked at: {type(self.error).__name__}: {self.error}")


@dataclass(frozen=True, slots=True)
class RunningModels:
    """What runs, as far as it could be seen.

    Attributes:
        models: The models, in the order of the clients.
        failed: What could not be looked at. As long as there is any, the list may be short of models that run.
    """

    models: Sequence[ActiveModel]
    failed: Sequence[FailedLook] = ()

    @property
    def cost_an_hour(self) -> CostRange | None:
        """What all of them cost an hour; None if that of any is not known."""
        costs = [model.cost_an_hour for model in self.models]
        known = [cost for cost in costs if cost is not None]
        if len(known) < len(costs):
            return None
        currency = known[0].currency if known else "USD"
        zero = Decimal(0)
        return CostRange(sum((c.least for c in known), zero), sum((c.most for c in known), zero), currency)

    def __str__(self) -> str:
        return "\n".join(str(line) for line in (*self.models, *self.failed)) or "no model runs"


@dataclass(frozen=True, slots=True)
class Findings:
    """What one client found."""

    versions: Sequence[ProjectVersionDescription]
    failed: Sequence[FailedLook]


class Pace:
    """Keeps calls under the service's rate.

    Args:
        clock: Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._next = 0.0

    def pauses(self) -> Iterator[Sleep]:
        """The pause before the next call, if one is due."""
        now = self._clock()
        due = max(self._next, now)
        self._next = due + 1 / CALLS_A_SECOND
        if due > now:
            yield Sleep(due - now)


def find_active(region: str | None, clock: Callable[[], float]) -> Flow[Findings]:
    """The flow that lists every model of an account and region that starts, runs or stops.

    Only projects of Custom Labels are asked for: adapters for content moderation are neither started nor billed by the
    hour (service model: StartProjectVersion "applies only to Amazon Rekognition Custom Labels"). What fails is noted,
    and the rest is looked at.
    """
    pace = Pace(clock)
    failed: list[FailedLook] = []
    versions: list[ProjectVersionDescription] = []
    projects: list[ProjectDescription] = []
    try:
        yield from _collect(list_projects(None, [CustomizationFeature.CUSTOM_LABELS], None), pace, projects)
    except _FAILURES as error:
        failed.append(FailedLook(region, None, error))
    for project in projects:
        try:
            if project.project_arn is None:
                raise ResponseError("DescribeProjects", project.to_dict(), "a project has no ProjectArn")
            yield from _collect(list_versions(str(project.project_arn), None, None), pace, versions)
        except ResourceNotFoundError:  # it was deleted meanwhile, with all that was in it
            continue
        except _FAILURES as error:
            failed.append(FailedLook(region, project.project_arn, error))
    return Findings([version for version in versions if version.status in ACTIVE], failed)


def _collect(listing: Listing[ItemT, PageT], pace: Pace, into: list[ItemT]) -> Flow[None]:
    calls: Generator[Call[PageT], Reply[PageT], None] = listing.calls()
    call = next(calls, None)
    while call is not None:
        reply: Reply[PageT] = yield from _called(call, pace)
        into.extend(listing.items(reply))
        try:
            call = calls.send(reply)
        except StopIteration:
            return


def _called(call: Call[PageT], pace: Pace) -> Flow[Any]:
    for pause in PAUSES:
        yield from pace.pauses()
        try:
            return (yield call)
        except _FAILURES as error:
            if not is_retryable(error):
                raise
        yield Sleep(pause)
    yield from pace.pauses()
    return (yield call)
