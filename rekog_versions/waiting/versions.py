"""Waiting for a version without I/O: what one look decides, and what to say when the wait ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import (
    CopyFailedError,
    StartFailedError,
    TrainingFailedError,
    UnreachableStatusError,
    VersionNotFoundError,
    WaitError,
    WaitTimeoutError,
    files_with_errors,
)
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.operations.versions import Look, VersionRef, whereabouts
from rekog_versions.statuses import (
    COPIED,
    DELETED,
    RUNNING,
    STOPPED,
    TRAINED,
    ProjectVersionStatus,
    Verdict,
    WaitTarget,
)
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.watching import Watching

TRAINING_TIMEOUT = 25 * 3600.0
"""Seconds; the developer guide says that a training takes from 30 minutes to 24 hours."""
RUNNING_TIMEOUT = 3600.0
"""Seconds; the developer guide says that a start takes a while, and users see 5 to 30 minutes. botocore's waiter gives
up after 20, when the model may be about to run (and be billed) with nobody looking."""
STOPPED_TIMEOUT = 1800.0
"""Seconds; a stop takes minutes. Whoever waits for it wants to know soon that the billing does not end."""
COPIED_TIMEOUT = 6 * 3600.0
"""Seconds; nothing is trained, files are copied and encrypted anew. The service names no time."""
DELETED_TIMEOUT = 1800.0
"""Seconds; a deletion takes minutes."""
TRAINING_SCHEDULE = Schedule()
"""When to look at a training: hours."""
HOSTING_SCHEDULE = Schedule(first=5.0, most=30.0)
"""When to look at a model that starts, stops or is deleted: minutes, of which each is billed, not hours."""
COPYING_SCHEDULE = Schedule(first=10.0, most=60.0)
"""When to look at a copy."""
_SCHEDULES: Mapping[str, Schedule] = {
    TRAINED.name: TRAINING_SCHEDULE,
    RUNNING.name: HOSTING_SCHEDULE,
    STOPPED.name: HOSTING_SCHEDULE,
    COPIED.name: COPYING_SCHEDULE,
    DELETED.name: HOSTING_SCHEDULE,
}


@dataclass(frozen=True, slots=True)
class Poll:
    """One look at the version, for `on_poll`.

    Attributes:
        number: Counts from 1.
        version: The version for a reader: its ARN, or its name and project.
        version_arn: Its ARN, as soon as it is known.
        elapsed: Seconds since the wait began.
        next_in: Seconds to the next look; None if this was the last.
        status: The version's status; None if this look found none.
        description: All that the service said.
        error: What went wrong for passing reasons; the wait goes on.
    """

    number: int
    version: str
    version_arn: ProjectVersionArn | None
    elapsed: float
    next_in: float | None
    status: ProjectVersionStatus | None = None
    description: ProjectVersionDescription | None = None
    error: Exception | None = None


class Watch(Watching[Poll, ProjectVersionDescription]):
    """One wait for one version.

    At last, `conclude` gives the result or raises; `conclude_gone` does where the version is to be gone.

    Args:
        target: What is waited for.
        version: Whose version.
        timeout: Seconds until the wait gives up; None for never.
        schedule: When to look; None for what suits the target.
        clock: Monotonic seconds.

    Raises:
        ValueError: `version` names no version, or `timeout` is no number of seconds.
        TypeError: `version` is of another type.
    """

    def __init__(
        self,
        target: WaitTarget,
        version: VersionRef,
        *,
        timeout: float | None,
        schedule: Schedule | None,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(timeout=timeout, schedule=schedule or _SCHEDULES[target.name], clock=clock)
        self._look = Look(whereabouts(version))
        self._target = target
        self._last: ProjectVersionDescription | None = None

    @property
    def looking(self) -> Look:
        """How it looks, and for whose version."""
        return self._look

    def begin(self, arn: ProjectVersionArn) -> None:
        """Sets the clock to zero for a version that was just made; what it was named before is known to be its name."""
        self._began = self._clock()
        self._look.pin(arn)

    @property
    def look(self) -> Look:
        """Asks for the version's description; None if there is no such version."""
        return self._look

    def found(self, seen: ProjectVersionDescription | None) -> Poll:
        """Takes what a look found; None for no such version."""
        self._connected = True
        if (description := seen) is None:
            return self._missing(is_wanted=self._target.is_gone)
        self._missing_since = None
        self._last = description
        if self._target.is_gone and (arn := self._arn()) is not None:
            # once it is gone, another version may take its name
            self._look.pin(arn)
        self._warn_if_unknown(description.status)
        verdict = self._target.verdict(description.status)
        next_in = self._due(verdict, is_from_before=description.status in self._target.before)
        return self._poll(next_in, status=description.status, description=description)

    def conclude(self, poll: Poll) -> ProjectVersionDescription:
        """The version as the last look found it.

        Raises:
            WaitError: What was waited for did not come; the class says why.
        """
        if poll.description is not None and self._target.verdict(poll.status) is Verdict.REACHED:
            return poll.description
        raise self._why_not(poll)

    def conclude_gone(self, poll: Poll) -> None:
        """Returns if the last look found that there is no such version (any more).

        Raises:
            WaitError: It did not; the class says why.
        """
        if not (self._target.is_gone and self._is_gone(poll)):
            raise self._why_not(poll)

    def _poll(self, next_in: float | None, **seen: Any) -> Poll:
        self._polls += 1
        return Poll(self._polls, self._named(), self._arn(), self._elapsed(), next_in, **seen)

    def _arn(self) -> ProjectVersionArn | None:
        seen = self._last.project_version_arn if self._last else None
        return self._look.where.version_arn or (seen if seen is not None and seen.is_valid else None)

    def _named(self) -> str:
        return printable(self._arn() or str(self._look.where))

    def _ends_early(self) -> str:
        return f"This ends the wait for {self._named()}, not its {self._target.work}: {self._how_to_go_on()}"

    def _how_to_go_on(self) -> str:
        return f"client.wait_until_{self._target.name}({self._reference()}) takes it up again, in any process."

    def _reference(self) -> str:
        return repr(str(self._arn())) if self._arn() else self._look.where.spelling

    def _why_not(self, poll: Poll) -> WaitError:
        match self._target.verdict(poll.status):
            case Verdict.FAILED:
                kind, why = _FAILURES[self._target.name]
                return self._error(kind, why(self._named(), self._reference(), self._last))
            case Verdict.UNREACHABLE:
                is_from_before = poll.status in self._target.before
                first = f"client.{self._target.begun_by}({self._reference()})" if is_from_before else None
                unreachable = self._why_unreachable(poll.status, self._target.name, first)
                return self._error(UnreachableStatusError, unreachable)
            case _ if self._is_gone(poll):
                return self._error(VersionNotFoundError, self._why_missing())
            case _:
                return self._error(WaitTimeoutError, self._why_out_of_time(poll))

    def _error(self, kind: type[WaitError], message: str) -> WaitError:
        return kind(
            message,
            version=self._named(),
            version_arn=self._arn(),
            description=self._last,
            elapsed=self._elapsed(),
        )

    def _why_missing(self) -> str:
        seen = f". It was {self._last.status} when it was last seen: it has been deleted" if self._last else ""
        return printable(self._look.why_missing() + seen)

    def _why_out_of_time(self, poll: Poll) -> str:
        late = self._why_late(self._target.name, self._last.status if self._last else None, poll.error)
        return f"{late} {self._target.goes_on.format(reference=self._reference())} {self._how_to_go_on()}"


def _why_training_failed(named: str, reference: str, last: ProjectVersionDescription | None) -> str:
    files = [found.uri for found in files_with_errors(last) if found.uri]
    details = (
        f"The errors of each line stand in {', '.join(printable(uri) for uri in files)}"
        if files
        else "The service names no validation files; it writes none when a manifest file itself is at fault, or "
        "when it had a problem of its own"
    )
    return (
        f"the training of {named} failed: {_reason(last)} "
        f"({details}. rekog_versions.failures.explain_failure(client, {reference}) tells the rest, with what to do about it. "
        "A failed training is not billed. Its name stays taken: delete the version or choose another name for the "
        "next try.)"
    )


def _why_start_failed(named: str, reference: str, last: ProjectVersionDescription | None) -> str:
    return (
        f"the start of {named} failed: {_reason(last)} (The model does not run and is not billed. "
        f"client.start_project_version({reference}) tries again.)"
    )


def _why_copy_failed(named: str, _reference: str, last: ProjectVersionDescription | None) -> str:
    return (
        f"the copying of {named} failed: {_reason(last)} (Its name stays taken: delete the version or choose another "
        "name for the next try.)"
    )


def _reason(last: ProjectVersionDescription | None) -> str:
    return printable((last and last.status_message) or "the service gave no reason")


_FAILURES: Mapping[str, tuple[type[WaitError], Callable[[str, str, ProjectVersionDescription | None], str]]] = {
    TRAINED.name: (TrainingFailedError, _why_training_failed),
    RUNNING.name: (StartFailedError, _why_start_failed),
    COPIED.name: (CopyFailedError, _why_copy_failed),
}
"""What to raise of the targets that can fail, and what says why: of the version for a reader and as Python, and of
what the service said last."""
