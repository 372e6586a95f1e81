"""Recovery after a lost response: how a lookup shows whether the call was carried out. There is no I/O here.

The service has no idempotency tokens, and botocore repeats a request whose response was lost. If the lost attempt was
carried out, the next one is rejected because of it: the name is taken (`ResourceInUseException`), the account trains as
many versions as it may (`LimitExceededException`), the model is already STARTING, or the version is gone. So if any
attempt was lost, the version is looked up before the error is raised.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from rekog_versions import models
from rekog_versions._aws.operations import (
    COPY_PROJECT_VERSION,
    CREATE_PROJECT_VERSION,
    DELETE_PROJECT_VERSION,
    START_PROJECT_VERSION,
    STOP_PROJECT_VERSION,
    Operation,
)
from rekog_versions._text import printable
from rekog_versions.arns import ProjectArn, ProjectVersionArn
from rekog_versions.models.references import SoughtVersion, VersionReference
from rekog_versions.statuses import ProjectVersionStatus
from rekog_versions.waiting.targets import STARTS_WITH_COPYING, STARTS_WITH_TRAINING

T = TypeVar("T")

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each lookup; a change may not be visible at once."""
CLOCK_SLACK = timedelta(minutes=2)
"""How far the service's clocks may differ."""
UNKNOWN_CLOCK_SLACK = timedelta(days=1)
"""How far a clock that cannot be compared with another may be wrong, time zones included."""


@dataclass(frozen=True)
class Carried(Generic[T]):
    """A lookup has shown that the call was carried out.

    Attributes:
        result: The result that the client's method returns.
    """

    result: T


@dataclass(frozen=True)
class NotCarried:
    """A lookup has shown that the call was not carried out.

    Attributes:
        note: The note for the error.
    """

    note: str


class Recovery(ABC, Generic[T]):
    """A call whose outcome can be found out by looking the version up.

    Attributes:
        operation: The operation.
    """

    operation: Operation[Any]

    @property
    @abstractmethod
    def sought(self) -> SoughtVersion:
        """The version that shows the outcome."""

    @abstractmethod
    def result_of(self, response: Any) -> T | None:
        """Return the result in a response; None if the response has none."""

    @abstractmethod
    def judge(
        self, found: models.ProjectVersionDescription | None, elapsed: float, *, accepted: bool
    ) -> Carried[T] | NotCarried | None:
        """Judge a lookup; None if it does not show the outcome.

        Args:
            found: The version; None if it does not exist.
            elapsed: Seconds since the call was made.
            accepted: True if the service is known to have accepted the call.
        """

    @property
    @abstractmethod
    def warning(self) -> str:
        """The note for an error after which the outcome stays unknown."""

    @property
    @abstractmethod
    def without_result(self) -> T:
        """The result of a call that was accepted although neither the response nor a lookup shows the result."""


class CreateRecovery(Recovery[ProjectVersionArn]):
    """Recovers CreateProjectVersion or CopyProjectVersion. The version's name shows whether it was carried out.

    Args:
        request: The request.
        now: The local clock, in UTC.
        began: When the call began, if that was before now.
    """

    def __init__(
        self,
        request: models.CreateProjectVersionRequest | models.CopyProjectVersionRequest,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        began: datetime | None = None,
    ) -> None:
        self._now = now
        self._began = began or now()
        self._seen = ""
        self._name = request.version_name
        self._output = request.output_config
        self._source: str | None = None
        self._sought: SoughtVersion | None = None
        if isinstance(request, models.CopyProjectVersionRequest):
            self.operation = COPY_PROJECT_VERSION
            self._work, self._first = "copying", STARTS_WITH_COPYING
            self._project = str(request.destination_project_arn)
            self._source = str(request.source_project_version_arn)
        else:
            self.operation = CREATE_PROJECT_VERSION
            self._work, self._first = "training", STARTS_WITH_TRAINING
            self._project = str(request.project_arn)

    def __str__(self) -> str:
        return f"version {self._name!r} of {self._project}"

    @property
    def sought(self) -> SoughtVersion:
        """The version with the name of the request. It is only needed after a lost response."""
        if self._sought is None:
            project_name = str(ProjectArn(self._project).project_name)
            self._sought = SoughtVersion(VersionReference(self._name, project_name, self._project))
        return self._sought

    def result_of(self, response: Any) -> ProjectVersionArn | None:
        """Return the version's ARN."""
        arn: ProjectVersionArn | None = response.project_version_arn
        return arn or None

    def judge(
        self, found: models.ProjectVersionDescription | None, elapsed: float, *, accepted: bool
    ) -> Carried[ProjectVersionArn] | NotCarried | None:
        """Judge a lookup of the name.

        The version is ours if it fits the request and was created since the call. Another version of that name means
        that the call failed. Two writers that use one name and one output at the same time cannot be distinguished.
        """
        if found is None or not found.project_version_arn:
            return None
        fits = self._fits(found)
        if accepted or (fits and self._is_younger(found, elapsed)):
            return Carried(found.project_version_arn)
        if fits is False or self._is_older(found, elapsed):
            return NotCarried(f"{self} exists and was not created by this call: {_summary(found)}")
        self._seen = f" It is not known whether this call created the version of that name: {_summary(found)}."
        return None

    def _fits(self, found: models.ProjectVersionDescription) -> bool | None:
        """Return whether a new version of the request has this status, output and source; None if one is missing."""
        if found.status is None or found.output_config is None:
            return None
        return (
            found.status in self._first
            and _place(found.output_config) == _place(self._output)
            and (self._source is None or found.source_project_version_arn in (self._source, None))
        )

    def _is_younger(self, found: models.ProjectVersionDescription, elapsed: float) -> bool:
        """Return True if the version was created since the call, by the service's clock or else by the local clock."""
        created, served = found.creation_timestamp, self.sought.served_at
        if created is None:
            return False
        if served is None:
            now = self._now()  # it must agree with the service's clock in both directions
            return min(self._began, now - timedelta(seconds=elapsed)) - CLOCK_SLACK <= created <= now + CLOCK_SLACK
        return created >= served - timedelta(seconds=elapsed) - CLOCK_SLACK

    def _is_older(self, found: models.ProjectVersionDescription, elapsed: float) -> bool:
        """Return True if the version was certainly created before the call.

        While a machine sleeps, its monotonic clock stands still, so the call may have begun earlier than `elapsed`
        says. The local clock does not stand still, but may be set.
        """
        created, served = found.creation_timestamp, self.sought.served_at
        if created is None:
            return False
        if served is None:
            return created < self._began - UNKNOWN_CLOCK_SLACK
        starts = (served - timedelta(seconds=elapsed), served - (self._now() - self._began), self._began)
        return created < min(starts) - CLOCK_SLACK

    @property
    def warning(self) -> str:
        """The note that the training or copying may have started."""
        billed = ", and would be billed" if self._source is None else ""
        return (
            f"The {self._work} of {self} may have started{billed}. Before you try again, check it with "
            f"{self._how_to_check}{self._seen}"
        )

    @property
    def without_result(self) -> ProjectVersionArn:
        """An empty ARN."""
        return ProjectVersionArn("")

    @property
    def _how_to_check(self) -> str:
        return f"client.get_project_version({(self._project, self._name)!r})."


class StatusRecovery(Recovery[ProjectVersionStatus | None]):
    """Recovers StartProjectVersion, StopProjectVersion or DeleteProjectVersion by the version's status.

    Args:
        operation: One of `START`, `STOP` and `DELETE`.
        sought: The version; its ARN is known.
    """

    def __init__(self, operation: StatusOperation, sought: SoughtVersion) -> None:
        self.operation = operation.operation
        self._sought = sought
        self._rule = operation
        self._seen = ""

    def __str__(self) -> str:
        return str(self._sought.reference)

    @property
    def sought(self) -> SoughtVersion:
        """The version whose status shows the outcome."""
        return self._sought

    def result_of(self, response: Any) -> ProjectVersionStatus | None:
        """Return the version's status."""
        status: ProjectVersionStatus | None = response.status
        return status

    def judge(
        self,
        found: models.ProjectVersionDescription | None,
        elapsed: float,  # noqa: ARG002
        *,
        accepted: bool,  # noqa: ARG002
    ) -> Carried[ProjectVersionStatus | None] | NotCarried | None:
        """Judge a lookup by the version's status."""
        if found is None:
            self._seen = " It was not found by the last lookup."
            return Carried(ProjectVersionStatus.DELETING) if self._rule.is_deletion else None
        self._seen = f" Its status was {printable(str(found.status))} at the last lookup."
        return Carried(found.status) if found.status in self._rule.shown_by else None

    @property
    def warning(self) -> str:
        """The note that the call may have been carried out."""
        reference = self.sought.reference.as_python
        consequence = self._rule.consequence.format(reference=reference)
        return (
            f"The version {consequence}. Before you continue, check it with client.get_project_version({reference})."
            f"{self._seen}"
        )

    @property
    def without_result(self) -> ProjectVersionStatus | None:
        """No status."""
        return None


@dataclass(frozen=True)
class StatusOperation:
    """An operation that changes the status of a version.

    Attributes:
        operation: The operation.
        shown_by: The statuses that show that the service carried it out.
        consequence: The warning if the outcome stays unknown.
        is_deletion: True if a missing version shows it too.
    """

    operation: Operation[Any]
    shown_by: frozenset[ProjectVersionStatus]
    consequence: str
    is_deletion: bool = False


S = ProjectVersionStatus
START = StatusOperation(
    START_PROJECT_VERSION,
    frozenset({S.STARTING, S.RUNNING}),
    "may have been started, and would be billed until client.stop_project_version({reference}) stops it",
)
STOP = StatusOperation(
    STOP_PROJECT_VERSION, frozenset({S.STOPPING, S.STOPPED}), "may still be running, and is billed while it runs"
)
DELETE = StatusOperation(DELETE_PROJECT_VERSION, frozenset({S.DELETING}), "may have been deleted", is_deletion=True)


def _place(output: models.OutputConfig | Any) -> tuple[str, str]:
    return (output.s3_bucket, output.s3_key_prefix or "")


def _summary(found: models.ProjectVersionDescription) -> str:
    created = found.creation_timestamp.isoformat() if found.creation_timestamp else "at an unknown time"
    output = found.output_config
    place = f"s3://{output.s3_bucket}/{output.s3_key_prefix or ''}" if output else "unknown"
    return printable(f"{found.project_version_arn}, status {found.status}, created {created}, output {place}")
