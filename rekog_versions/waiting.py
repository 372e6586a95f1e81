"""Waiting without I/O: what one poll decides, when the next is due, and what to say when a wait ends."""

import logging
import math
import random
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

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
    noted,
)
from rekog_versions.faults import is_passing
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

if TYPE_CHECKING:
    from tenacity import RetryCallState

logger = logging.getLogger("rekog_versions")

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
GRACE = 30.0
"""Seconds for which a version may be missing, or shown as it was before a call: answers can lag behind."""
MISSING_DELAY = 5.0
"""Seconds between two looks for a version that is missing."""
_MOMENT = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When the next poll is due: delays that grow up to a cap, with jitter so that many waits don't poll together.

    Attributes:
        first: Seconds before the second poll; the first is made at once.
        factor: What each delay is multiplied by for the next; 1 keeps it.
        most: The longest delay in seconds, before jitter.
        jitter: The part of a delay, 0 to below 1, by which it is lengthened or shortened at random.

    Raises:
        ValueError: A value is out of range.
    """

    first: float = 15.0
    factor: float = 1.5
    most: float = 120.0
    jitter: float = 0.1

    def __post_init__(self) -> None:
        if not 0 < self.first <= self.most < math.inf:
            raise ValueError(f"0 < first <= most must hold in seconds, got first={self.first}, most={self.most}")
        if not 1 <= self.factor < math.inf:
            raise ValueError(f"factor must be 1 or more, got {self.factor}")
        if not 0 <= self.jitter < 1:
            raise ValueError(f"jitter must be 0 to below 1, got {self.jitter}")

    def delays(self) -> Iterator[float]:
        """The delays in seconds, without end."""
        delay = self.first
        while True:
            yield delay * random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311  (spreads load, guards nothing)
            delay = min(delay * self.factor, self.most)


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


class Rules(TypedDict):
    """What drives tenacity's loops."""

    retry: "Callable[[RetryCallState], bool]"
    wait: "Callable[[RetryCallState], float]"
    stop: "Callable[[RetryCallState], bool]"


def _last_poll(state: "RetryCallState") -> Poll:
    outcome: Any = state.outcome
    poll: Poll = outcome.result()
    return poll


class Watch:
    """One wait for one version: it is told what each look found and decides what that means.

    A driver asks `look`, tells `found` or `failed`, sleeps for the poll's `next_in` as long as there is one, and at
    last lets `conclude` give the result or raise. `noting` goes around all of it.

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
        if timeout is not None and not 0 <= timeout < math.inf:
            raise ValueError(f"timeout must be 0 seconds or more, or None for no limit; got {timeout}")
        self.look = Look(whereabouts(version))
        self._target = target
        self._timeout = math.inf if timeout is None else timeout
        self._delays = (schedule or _SCHEDULES[target.name]).delays()
        self._clock = clock
        self._began = clock()
        self._polls = 0
        self._missing_since: float | None = None
        self._may_lag = True
        self._last: ProjectVersionDescription | None = None
        self._connected = False
        self._warned: set[ProjectVersionStatus] = set()

    def begin(self, arn: ProjectVersionArn) -> None:
        """Sets the clock to zero for a version that was just made; what it was named before is known to be its name."""
        self._began = self._clock()
        self.look.pin(arn)

    def rules(self) -> "Rules":
        """When tenacity has to look again, after which pause, and when to stop."""
        return {
            "retry": lambda state: _last_poll(state).next_in is not None,
            "wait": lambda state: _last_poll(state).next_in or 0.0,
            # `next_in` ends with the time limit already, by our own clock
            "stop": lambda _: False,
        }

    def found(self, description: ProjectVersionDescription | None) -> Poll:
        """Takes what a look found; None for no such version."""
        self._connected = True
        if description is None:
            if self._target.is_gone:
                self._missing_since = self._elapsed()
                return self._poll(None)
            if self._missing_since is None:
                self._missing_since = self._elapsed()
            until = min(self._timeout, self._missing_since + GRACE)
            return self._poll(self._next_in(min(MISSING_DELAY, next(self._delays)), until))
        self._missing_since = None
        self._last = description
        if self._target.is_gone and (arn := self._arn()) is not None:
            # once it is gone, another version may take its name
            self.look.pin(arn)
        self._warn_if_unknown(description.status)
        next_in = None
        if self._target.verdict(description.status) is Verdict.GO_ON:
            self._may_lag = False
            next_in = self._next_in(next(self._delays), self._timeout)
        elif self._may_lag and description.status in self._target.before:
            next_in = self._next_in(min(MISSING_DELAY, next(self._delays)), min(self._timeout, GRACE))
        return self._poll(next_in, status=description.status, description=description)

    def failed(self, error: Exception) -> Poll:
        """Takes what a look raised; raises it again unless it is of the kind that passes."""
        if not is_passing(error, connected_before=self._connected):
            raise error
        logger.info("a look at %s failed and the wait goes on: %s", self._named(), printable(str(error)))
        return self._poll(self._next_in(next(self._delays), self._timeout), error=error)

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
        if not (self._target.is_gone and self._missing_since is not None and poll.error is None):
            raise self._why_not(poll)

    @contextmanager
    def noting(self) -> Generator[None]:
        """Lets whatever else ends the wait (Ctrl-C, cancellation, a refusal) say how to take it up again."""
        try:
            yield
        except WaitError:
            raise
        except BaseException as error:
            work = self._target.work
            noted(error, f"This ends the wait for {self._named()}, not its {work}: {self._how_to_go_on()}")
            raise

    def _elapsed(self) -> float:
        return self._clock() - self._began

    def _next_in(self, delay: float, until: float) -> float | None:
        left = until - self._elapsed()
        return min(delay, left) if left > _MOMENT else None

    def _poll(self, next_in: float | None, **seen: Any) -> Poll:
        self._polls += 1
        return Poll(self._polls, self._named(), self._arn(), self._elapsed(), next_in, **seen)

    def _warn_if_unknown(self, status: ProjectVersionStatus | None) -> None:
        if status is not None and not status.is_known and status not in self._warned:
            self._warned.add(status)
            logger.warning(
                "%s has a status that this release does not know, %s; the wait goes on",
                self._named(),
                ascii(str(status)),
            )

    def _arn(self) -> ProjectVersionArn | None:
        seen = self._last.project_version_arn if self._last else None
        return self.look.where.version_arn or (seen if seen is not None and seen.is_valid else None)

    def _named(self) -> str:
        return printable(self._arn() or str(self.look.where))

    def _how_to_go_on(self) -> str:
        return f"client.wait_until_{self._target.name}({self._reference()}) takes it up again, in any process."

    def _reference(self) -> str:
        return repr(str(self._arn())) if self._arn() else self.look.where.spelling

    def _why_not(self, poll: Poll) -> WaitError:
        match self._target.verdict(poll.status):
            case Verdict.FAILED:
                kind, why = _FAILURES[self._target.name]
                return self._error(kind, why(self._named(), self._last))
            case Verdict.UNREACHABLE:
                return self._error(UnreachableStatusError, self._why_unreachable(poll))
            case _ if self._missing_since is not None and poll.error is None:
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

    def _why_unreachable(self, poll: Poll) -> str:
        where = f"{self._named()} is {poll.status}"
        if not self._may_lag or poll.status not in self._target.before:
            return f"{where}; from there it can't become {self._target.name}"
        return (
            f"{where}, and so it has been for {self._elapsed():.0f} seconds: it does not become {self._target.name} "
            f"by itself. client.{self._target.begun_by}({self._reference()}) comes first"
        )

    def _why_missing(self) -> str:
        seen = f". It was {self._last.status} when it was last seen: it has been deleted" if self._last else ""
        return printable(self.look.why_missing() + seen)

    def _why_out_of_time(self, poll: Poll) -> str:
        last = f"its last status was {printable(str(self._last.status))}" if self._last else "it was not seen so far"
        trouble = f" (the last look failed: {printable(str(poll.error))})" if poll.error else ""
        return (
            f"{self._named()} has not become {self._target.name} within {self._timeout:g} seconds; {last}{trouble}. "
            f"{self._target.goes_on.format(reference=self._reference())} {self._how_to_go_on()}"
        )


def _why_training_failed(named: str, last: ProjectVersionDescription | None) -> str:
    files = [found.uri for found in files_with_errors(last) if found.uri]
    details = (
        f"The errors of each line stand in {', '.join(printable(uri) for uri in files)}"
        if files
        else "The service names no validation files; it writes none when a manifest file itself is at fault, or "
        "when it had a problem of its own"
    )
    return (
        f"the training of {named} failed: {_reason(last)} "
        f"({details}. A failed training is not billed. Its name stays taken: delete the version or choose "
        "another name for the next try.)"
    )


def _why_start_failed(named: str, last: ProjectVersionDescription | None) -> str:
    return (
        f"the start of {named} failed: {_reason(last)} (The model does not run and is not billed. It can be started "
        "again with start_project_version.)"
    )


def _why_copy_failed(named: str, last: ProjectVersionDescription | None) -> str:
    return (
        f"the copying of {named} failed: {_reason(last)} (Its name stays taken: delete the version or choose another "
        "name for the next try.)"
    )


def _reason(last: ProjectVersionDescription | None) -> str:
    return printable((last and last.status_message) or "the service gave no reason")


_FAILURES: Mapping[str, tuple[type[WaitError], Callable[[str, ProjectVersionDescription | None], str]]] = {
    TRAINED.name: (TrainingFailedError, _why_training_failed),
    RUNNING.name: (StartFailedError, _why_start_failed),
    COPIED.name: (CopyFailedError, _why_copy_failed),
}
"""What to raise of the targets that can fail, and what to say."""
