"""What all waits share: the time limit, the pauses, and which failures of a look they outlast."""

import logging
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypedDict, TypeVar

from rekog_versions._aws.error_codes import is_retryable
from rekog_versions._text import printable
from rekog_versions.errors import WaitError, noted
from rekog_versions.operations.flows import Flow
from rekog_versions.statuses import OpenStrEnum, Verdict
from rekog_versions.waiting.arguments import check_schedule, check_seconds
from rekog_versions.waiting.schedule import Schedule

if TYPE_CHECKING:
    from tenacity import RetryCallState

logger = logging.getLogger("rekog_versions")

GRACE = 30.0
"""Seconds for which a thing may be missing, or shown as it was before a call: answers can lag behind."""
MISSING_DELAY = 5.0
"""Seconds between two looks for what is missing or lags behind."""
_MOMENT = 0.001


class Rules(TypedDict):
    """What drives tenacity's loops."""

    retry: "Callable[[RetryCallState], bool]"
    wait: "Callable[[RetryCallState], float]"
    stop: "Callable[[RetryCallState], bool]"


class Looked(Protocol):
    """What a poll says of any wait."""

    @property
    def next_in(self) -> float | None:
        """Seconds to the next look; None if this was the last."""
        ...

    @property
    def error(self) -> Exception | None:
        """What went wrong for passing reasons."""
        ...


PollT = TypeVar("PollT", bound=Looked)
SeenT = TypeVar("SeenT")


def _last_poll(state: "RetryCallState") -> Looked:
    outcome: Any = state.outcome
    poll: Looked = outcome.result()
    return poll


class Watching(ABC, Generic[PollT, SeenT]):
    """One wait: it is told what each look found and decides what that means.

    A driver asks `look`, tells `found` or `failed`, and sleeps for the poll's `next_in` as long as there is one.
    `noting` goes around all of it.

    Args:
        timeout: Seconds until the wait gives up; None for never.
        schedule: When to look.
        clock: Monotonic seconds.

    Raises:
        ValueError: `timeout` is out of range.
        TypeError: `timeout` is no number of seconds, or `schedule` no schedule.
    """

    def __init__(self, *, timeout: float | None, schedule: Schedule, clock: Callable[[], float]) -> None:
        check_seconds(timeout)
        check_schedule(schedule)
        self._timeout = math.inf if timeout is None else timeout
        self._delays = schedule.delays()
        self._clock = clock
        self._began = clock()
        self._polls = 0
        self._missing_since: float | None = None
        self._may_lag = True
        self._connected = False
        self._warned: set[OpenStrEnum] = set()

    @property
    @abstractmethod
    def look(self) -> Callable[[], Flow[SeenT | None]]:
        """The flow of one look, which finds what is waited for, or None."""

    @abstractmethod
    def found(self, seen: SeenT | None) -> PollT:
        """Takes what a look found; None for nothing."""

    @abstractmethod
    def _poll(self, next_in: float | None, **seen: Any) -> PollT:
        """Writes down a look."""

    @abstractmethod
    def _named(self) -> str:
        """What is waited for, for a reader."""

    @abstractmethod
    def _ends_early(self) -> str:
        """What to know if the wait ends before its time."""

    def rules(self) -> Rules:
        """When tenacity has to look again, after which pause, and when to stop."""
        return {
            "retry": lambda state: _last_poll(state).next_in is not None,
            "wait": lambda state: _last_poll(state).next_in or 0.0,
            # `next_in` ends with the time limit already, by our own clock
            "stop": lambda _: False,
        }

    def failed(self, error: Exception) -> PollT:
        """Takes what a look raised; raises it again unless it is of the kind that passes."""
        if not is_retryable(error, connected_before=self._connected):
            raise error
        logger.info("a look at %s failed and the wait goes on: %s", self._named(), printable(str(error)))
        return self._poll(self._next_in(next(self._delays), self._timeout), error=error)

    @contextmanager
    def noting(self) -> Generator[None]:
        """Lets whatever else ends the wait (Ctrl-C, cancellation, a refusal) say how to take it up again."""
        try:
            yield
        except WaitError:
            raise
        except BaseException as error:
            noted(error, self._ends_early())
            raise

    def _missing(self, *, is_wanted: bool) -> PollT:
        """Takes a look that found nothing."""
        if self._missing_since is None:
            self._missing_since = self._elapsed()
        if is_wanted:
            return self._poll(None)
        until = min(self._timeout, self._missing_since + GRACE)
        return self._poll(self._next_in(min(MISSING_DELAY, next(self._delays)), until))

    def _is_gone(self, poll: PollT) -> bool:
        return self._missing_since is not None and poll.error is None

    def _due(self, verdict: Verdict, *, is_from_before: bool) -> float | None:
        """When to look again at what has a status.

        Args:
            verdict: What the status means.
            is_from_before: Whether it may be the one from before the call that began what is waited for.
        """
        if verdict is Verdict.GO_ON:
            self._may_lag = False
            return self._next_in(next(self._delays), self._timeout)
        if self._may_lag and is_from_before:
            return self._next_in(min(MISSING_DELAY, next(self._delays)), min(self._timeout, GRACE))
        return None

    def _why_unreachable(self, status: object, target: str, first: str | None) -> str:
        """What to say of a status from which there is no way.

        Args:
            status: The status.
            target: What was waited for.
            first: The call that has to come first, if the status is one from before it.
        """
        where = f"{self._named()} is {status}"
        if not self._may_lag or first is None:
            return f"{where}; from there it can't become {target}"
        return (
            f"{where}, and so it has been for {self._elapsed():.0f} seconds: it does not become {target} by itself. "
            f"{first} comes first"
        )

    def _why_late(self, target: str, status: object, error: Exception | None) -> str:
        """What to say when the time was up; `status` is None if nothing was ever seen."""
        last = "it was not seen so far" if status is None else f"its last status was {printable(str(status))}"
        trouble = f" (the last look failed: {printable(str(error))})" if error else ""
        return f"{self._named()} has not become {target} within {self._timeout:g} seconds; {last}{trouble}."

    def _elapsed(self) -> float:
        return self._clock() - self._began

    def _next_in(self, delay: float, until: float) -> float | None:
        left = until - self._elapsed()
        return min(delay, left) if left > _MOMENT else None

    def _warn_if_unknown(self, status: OpenStrEnum | None) -> None:
        if status is not None and not status.is_known and status not in self._warned:
            self._warned.add(status)
            logger.warning(
                "%s has a status that this release does not know, %s; the wait goes on",
                self._named(),
                ascii(str(status)),
            )
