"""The decision after each poll of a wait. There is no I/O here.

A `Watch` belongs to one wait. Its driver looks the resource up, passes the description to `found` or the exception to
`failed`, and sleeps for the poll's `next_in` seconds while there is one. Then `result` (or `check_deleted`) returns or
raises. `noting` goes around all of it.
"""

from __future__ import annotations

import logging
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Generic

from rekog_versions import models
from rekog_versions._aws.error_codes import is_retryable
from rekog_versions._notes import noted
from rekog_versions._text import duration, printable
from rekog_versions.arns import DatasetArn, ProjectVersionArn
from rekog_versions.errors import (
    ResourceNotFoundError,
    UnreachableStatusError,
    VersionNotFoundError,
    WaitError,
    WaitTimeoutError,
    files_with_errors,
)
from rekog_versions.models.references import SoughtVersion, VersionRef, VersionReference
from rekog_versions.statuses import DatasetStatus, ProjectVersionStatus
from rekog_versions.waiting.arguments import Seconds, check_schedule, seconds_of
from rekog_versions.waiting.poll import DescriptionT, Poll, StatusT
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.targets import Target, Verdict

logger = logging.getLogger("rekog_versions")

GRACE = 30.0
"""Seconds for which a resource may be missing, or have its status from before a call: responses can lag behind."""
CONNECT_GRACE = 60.0
"""Seconds for which retryable failures are tolerated before the first successful poll."""
LAG_DELAY = 5.0
"""Seconds between two polls of a resource that is missing or lags behind."""
_MOMENT = 0.001


class Watch(ABC, Generic[DescriptionT, StatusT]):
    """One wait for one resource.

    Args:
        target: The target of the wait.
        timeout: Seconds, or a `timedelta`, until the wait gives up; None for no limit.
        schedule: The delays between polls; None for the target's default.
        clock: Monotonic seconds.

    Raises:
        ValueError: `timeout` is out of range.
        TypeError: `timeout` is not a number, or `schedule` is not a `Schedule`.
    """

    def __init__(
        self,
        target: Target[StatusT],
        *,
        timeout: Seconds | None,
        schedule: Schedule | None,
        clock: Callable[[], float],
    ) -> None:
        schedule = target.schedule if schedule is None else schedule
        seconds = seconds_of(timeout)
        check_schedule(schedule)
        self._target = target
        self._timeout = math.inf if seconds is None else seconds
        self._delays = schedule.delays()
        self._clock = clock
        self._began = clock()
        self._polls = 0
        self._last: DescriptionT | None = None
        self._missing_since: float | None = None
        self._may_lag = True
        self._connected = False
        self._has_begun = False
        self._warned: set[StatusT] = set()

    # what differs between versions and datasets

    @property
    @abstractmethod
    def name(self) -> str:
        """The resource for a reader."""

    @property
    @abstractmethod
    def reference(self) -> str:
        """The resource as a Python expression that names it in any process."""

    @property
    @abstractmethod
    def arn(self) -> ProjectVersionArn | DatasetArn | None:
        """The resource's ARN, if it is known."""

    @abstractmethod
    def _status(self, description: DescriptionT) -> StatusT | None: ...

    @abstractmethod
    def _missing_error(self) -> Exception: ...

    @abstractmethod
    def _error(self, kind: type[WaitError], message: str) -> WaitError: ...

    def _remember(self, description: DescriptionT) -> None:
        self._last = description

    # the decision

    def found(self, description: DescriptionT | None) -> Poll[DescriptionT, StatusT]:
        """Decide after a successful poll.

        Args:
            description: The description that the poll found; None if the resource does not exist.
        """
        self._connected = True
        if description is None:
            return self._poll(self._delay_while_missing())
        self._missing_since = None
        before = self._status(self._last) if self._last else None
        self._remember(description)
        status = self._status(description)
        if status is not None and status != before:
            logger.info("%s is %s after %s", self.name, printable(str(status)), duration(self._elapsed()))
        self._warn_if_unknown(status)
        return self._poll(self._delay_after(status), status=status, description=description)

    def failed(self, error: Exception) -> Poll[DescriptionT, StatusT]:
        """Decide after a poll that raised `error`; raises it again unless the wait outlasts it."""
        if not is_retryable(error, connected_before=self._connected):
            raise error
        if not self._connected and self._elapsed() >= CONNECT_GRACE:
            raise error
        until = self._timeout if self._connected else min(self._timeout, CONNECT_GRACE)
        delay = self._within(next(self._delays), until)
        logger.info("a poll of %s failed and the wait continues: %s", self.name, printable(str(error)))
        return self._poll(delay, error=error)

    def connected(self) -> None:
        """Record that a call has succeeded elsewhere: retryable failures no longer end this wait."""
        self._connected = True

    def result(self, last: Poll[DescriptionT, StatusT]) -> DescriptionT:
        """Return the description of the last poll.

        Raises:
            WaitError: The target was not reached; the class says why.
            ResourceNotFoundError: The dataset does not exist.
        """
        if last.description is not None and self._target.verdict(last.status) is Verdict.REACHED:
            return last.description
        raise self._why_not(last)

    def check_deleted(self, last: Poll[DescriptionT, StatusT]) -> None:
        """Check that the last poll found the resource deleted.

        Raises:
            WaitError: It was not deleted; the class says why.
        """
        if not (self._target.is_deletion and self._is_missing(last)):
            raise self._why_not(last)
        if self._last is None:
            logger.warning(
                "%s was not found by any poll, so it counts as deleted; if it never existed, check its name", self.name
            )

    @contextmanager
    def noting(self, *, once_begun: bool = False) -> Generator[None]:
        """Add a note on how to resume the wait to anything that ends it early, such as Ctrl-C or a denial.

        Args:
            once_begun: True to add it only after `begin` was called, because nothing has happened before.
        """
        try:
            yield
        except WaitError:
            raise
        except BaseException as error:
            if once_begun and not self._has_begun:
                raise
            noted(error, f"This ends the wait for {self.name}, not its {self._target.work}. {self._how_to_resume()}")
            raise

    def _poll(
        self,
        next_in: float | None,
        status: StatusT | None = None,
        description: DescriptionT | None = None,
        error: Exception | None = None,
    ) -> Poll[DescriptionT, StatusT]:
        self._polls += 1
        return Poll(self._polls, self.name, self.arn, self._elapsed(), next_in, status, description, error)

    def _delay_while_missing(self) -> float | None:
        if self._missing_since is None:
            self._missing_since = self._elapsed()
        if self._target.is_deletion:
            return None
        return self._within(min(LAG_DELAY, next(self._delays)), min(self._timeout, self._missing_since + GRACE))

    def _delay_after(self, status: StatusT | None) -> float | None:
        if self._target.verdict(status) is Verdict.PENDING:
            self._may_lag = False
            return self._within(next(self._delays), self._timeout)
        if self._may_lag and status in self._target.before:
            return self._within(min(LAG_DELAY, next(self._delays)), min(self._timeout, GRACE))
        return None

    def _within(self, delay: float, until: float) -> float | None:
        left = until - self._elapsed()
        return min(delay, left) if left > _MOMENT else None

    def _elapsed(self) -> float:
        return self._clock() - self._began

    def _is_missing(self, poll: Poll[DescriptionT, StatusT]) -> bool:
        return self._missing_since is not None and poll.error is None

    def _warn_if_unknown(self, status: StatusT | None) -> None:
        if status is not None and not status.is_known and status not in self._warned:
            self._warned.add(status)
            logger.warning(
                "%s has a status that this release does not know, %a; the wait continues", self.name, str(status)
            )

    # what the errors say

    def _why_not(self, last: Poll[DescriptionT, StatusT]) -> Exception:
        match self._target.verdict(last.status):
            case Verdict.FAILED:
                return self._error(self._target.error, self._why_failed())
            case Verdict.UNREACHABLE:
                return self._error(UnreachableStatusError, self._why_unreachable(last.status))
            case _ if self._is_missing(last):
                return self._missing_error()
            case _:
                return self._error(WaitTimeoutError, self._why_timed_out(last))

    def _why_failed(self) -> str:
        status = self._status(self._last) if self._last else None
        return self._target.why_failed.format(
            name=self.name, reference=self.reference, status=status, reason=self._reason(), files=self._files()
        )

    def _reason(self) -> str:
        return printable((self._last and self._last.status_message) or "the service gave no reason")

    def _files(self) -> str:
        return ""

    def _why_unreachable(self, status: StatusT | None) -> str:
        wanted = self._target.name.removeprefix("dataset_")
        if not self._may_lag or status not in self._target.before:
            return f"{self.name} is {status} and cannot become {wanted} from there"
        return (
            f"{self.name} has been {status} for {self._elapsed():.0f} seconds and will not become {wanted} by itself. "
            f"Call client.{self._target.begun_by}({self.reference}) first"
        )

    def _why_timed_out(self, last: Poll[DescriptionT, StatusT]) -> str:
        wanted = self._target.name.removeprefix("dataset_")
        status = self._status(self._last) if self._last else None
        seen = "no poll has found it" if status is None else f"its last status was {printable(str(status))}"
        trouble = f" (the last poll failed: {printable(str(last.error))})" if last.error else ""
        return (
            f"{self.name} has not become {wanted} within {self._timeout:g} seconds; {seen}{trouble}. "
            f"{self._target.continues.format(reference=self.reference)} {self._how_to_resume()}"
        )

    def _how_to_resume(self) -> str:
        return f"client.wait_until_{self._target.name}({self.reference}) resumes the wait, in any process."


class VersionWatch(Watch["models.ProjectVersionDescription", ProjectVersionStatus]):
    """One wait for one version.

    Args:
        target: The target of the wait.
        version: The version.
        timeout: Seconds, or a `timedelta`, until the wait gives up; None for no limit.
        schedule: The delays between polls; None for the target's default.
        clock: Monotonic seconds.

    Raises:
        ValueError: `version` does not name a version, or `timeout` is out of range.
        TypeError: An argument has the wrong type.
    """

    def __init__(
        self,
        target: Target[ProjectVersionStatus],
        version: VersionRef,
        *,
        timeout: Seconds | None,
        schedule: Schedule | None,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(target, timeout=timeout, schedule=schedule, clock=clock)
        self.sought = SoughtVersion(VersionReference.parse(version))

    def begin(self, arn: ProjectVersionArn) -> None:
        """Restart the clock for a version that was just created, and wait for that version only."""
        self._began = self._clock()
        self._connected = True
        self.sought.pin(arn)
        self._has_begun = True

    @property
    def arn(self) -> ProjectVersionArn | None:
        """The version's ARN, if it is known."""
        seen = self._last.project_version_arn if self._last else None
        return self.sought.reference.version_arn or (seen if seen is not None and seen.is_valid else None)

    @property
    def name(self) -> str:
        """The version for a reader: its ARN, or its name and project."""
        return printable(self.arn or str(self.sought.reference))

    @property
    def reference(self) -> str:
        """The version as a Python expression."""
        return repr(str(self.arn)) if self.arn else self.sought.reference.as_python

    def _status(self, description: models.ProjectVersionDescription) -> ProjectVersionStatus | None:
        return description.status

    def _remember(self, description: models.ProjectVersionDescription) -> None:
        super()._remember(description)
        if self._target.is_deletion and (arn := self.arn) is not None:
            self.sought.pin(arn)  # once it is deleted, another version may take its name

    def _files(self) -> str:
        uris = [printable(file.uri) for file in files_with_errors(self._last) if file.uri]
        if uris:
            return f"The errors of each line are in {', '.join(uris)}"
        return (
            "The service names no validation files; it writes none when it cannot read a manifest, or when it failed "
            "itself"
        )

    def _missing_error(self) -> WaitError:
        last = f". Its last status was {self._last.status}: it was deleted" if self._last else ""
        return self._error(VersionNotFoundError, printable(self.sought.why_missing() + last))

    def _error(self, kind: type[WaitError], message: str) -> WaitError:
        return kind(message, version=self.name, version_arn=self.arn, description=self._last, elapsed=self._elapsed())


class DatasetWatch(Watch["models.DatasetDescription", DatasetStatus]):
    """One wait for one dataset.

    Args:
        target: The target of the wait.
        dataset_arn: The dataset.
        timeout: Seconds, or a `timedelta`, until the wait gives up; None for no limit.
        schedule: The delays between polls; None for the target's default.
        clock: Monotonic seconds.

    Raises:
        pydantic.ValidationError: `dataset_arn` is not the ARN of a dataset.
        ValueError: `timeout` is out of range.
        TypeError: An argument has the wrong type.
    """

    def __init__(
        self,
        target: Target[DatasetStatus],
        dataset_arn: str,
        *,
        timeout: Seconds | None,
        schedule: Schedule | None,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(target, timeout=timeout, schedule=schedule, clock=clock)
        self.request = models.DescribeDatasetRequest(dataset_arn=dataset_arn)
        self.not_found: ResourceNotFoundError | None = None

    @property
    def arn(self) -> DatasetArn:
        """The dataset's ARN."""
        return DatasetArn(self.request.dataset_arn)

    @property
    def name(self) -> str:
        """The dataset's ARN for a reader."""
        return printable(self.arn)

    @property
    def reference(self) -> str:
        """The dataset's ARN as a Python expression."""
        return repr(str(self.arn))

    def _status(self, description: models.DatasetDescription) -> DatasetStatus | None:
        return description.status

    def _reason(self) -> str:
        code = self._last.status_message_code if self._last else None
        return f"{super()._reason()}{f', {printable(str(code))}' if code else ''}"

    def _missing_error(self) -> Exception:
        return self.not_found or self._error(WaitTimeoutError, f"{self.name} was not found")

    def _error(self, kind: type[WaitError], message: str) -> WaitError:
        return kind(message, version=self.name, dataset_arn=self.arn, dataset=self._last, elapsed=self._elapsed())
