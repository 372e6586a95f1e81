"""Waiting for a dataset without I/O: what one look decides, and what to say when the wait ends."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rekog_versions._text import printable
from rekog_versions.arns import DatasetArn
from rekog_versions.errors import (
    DatasetFailedError,
    ResourceNotFoundError,
    UnreachableStatusError,
    WaitError,
    WaitTimeoutError,
)
from rekog_versions.models.datasets import DatasetDescription
from rekog_versions.operations.datasets import describe_dataset
from rekog_versions.operations.flows import Flow
from rekog_versions.statuses import DatasetStatus, DatasetTarget, Verdict
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.watching import Watching

DATASET_TIMEOUT = 2 * 3600.0
"""Seconds; the service names no time. Every image is looked at, and a dataset may have 250,000 of them."""
DATASET_SCHEDULE = Schedule(first=2.0, most=30.0)
"""When to look at a dataset: a small one takes seconds."""


@dataclass(frozen=True, slots=True)
class DatasetPoll:
    """One look at a dataset, for `on_poll`.

    Attributes:
        number: Counts from 1.
        dataset_arn: The dataset.
        elapsed: Seconds since the wait began.
        next_in: Seconds to the next look; None if this was the last.
        status: The dataset's status; None if this look found none.
        description: All that the service said.
        error: What went wrong for passing reasons; the wait goes on.
    """

    number: int
    dataset_arn: DatasetArn
    elapsed: float
    next_in: float | None
    status: DatasetStatus | None = None
    description: DatasetDescription | None = None
    error: Exception | None = None


class DatasetWatch(Watching[DatasetPoll, DatasetDescription]):
    """One wait for one dataset.

    At last, `conclude` gives the result or raises; `conclude_gone` does where the dataset is to be gone.

    Args:
        target: What is waited for.
        dataset_arn: The dataset.
        timeout: Seconds until the wait gives up; None for never.
        schedule: When to look; None for what suits datasets.
        clock: Monotonic seconds.

    Raises:
        pydantic.ValidationError: That is no dataset's ARN.
        ValueError: `timeout` is no number of seconds.
    """

    def __init__(
        self,
        target: DatasetTarget,
        dataset_arn: str,
        *,
        timeout: float | None,
        schedule: Schedule | None,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(timeout=timeout, schedule=schedule or DATASET_SCHEDULE, clock=clock)
        describe_dataset(dataset_arn=dataset_arn)  # refuses what is no dataset's ARN, before anything is asked
        self._target = target
        self._arn = DatasetArn(dataset_arn)
        self._last: DatasetDescription | None = None
        self._not_found: ResourceNotFoundError | None = None

    def found(self, seen: DatasetDescription | None) -> DatasetPoll:
        """Takes what a look found; None for no such dataset."""
        self._connected = True
        if seen is None:
            return self._missing(is_wanted=self._target.is_gone)
        self._missing_since = None
        self._last = seen
        self._warn_if_unknown(seen.status)
        verdict = self._target.verdict(seen.status)
        next_in = self._due(verdict, is_from_before=seen.status in self._target.before)
        return self._poll(next_in, status=seen.status, description=seen)

    def conclude(self, poll: DatasetPoll) -> DatasetDescription:
        """The dataset as the last look found it.

        Raises:
            WaitError: What was waited for did not come; the class says why.
            ResourceNotFoundError: There is no such dataset (any more).
        """
        if poll.description is not None and self._target.verdict(poll.status) is Verdict.REACHED:
            return poll.description
        if self._not_found is not None and self._is_gone(poll):
            raise self._not_found
        raise self._why_not(poll)

    def conclude_gone(self, poll: DatasetPoll) -> None:
        """Returns if the last look found that there is no such dataset (any more).

        Raises:
            WaitError: It did not; the class says why.
        """
        if not (self._target.is_gone and self._is_gone(poll)):
            raise self._why_not(poll)

    @property
    def look(self) -> Callable[[], Flow[DatasetDescription | None]]:
        """Asks for the dataset's description; None if there is no such dataset."""
        return self._look

    def _look(self) -> Flow[DatasetDescription | None]:
        try:
            return (yield from describe_dataset(dataset_arn=self._arn))
        except ResourceNotFoundError as error:
            self._not_found = error
            return None

    def _why_not(self, poll: DatasetPoll) -> WaitError:
        match self._target.verdict(poll.status):
            case Verdict.FAILED:
                return self._error(DatasetFailedError, self._why_failed())
            case Verdict.UNREACHABLE:
                is_from_before = poll.status in self._target.before
                first = f"client.delete_dataset({str(self._arn)!r})" if is_from_before else None
                why = self._why_unreachable(poll.status, self._target.name, first)
                return self._error(UnreachableStatusError, why)
            case _:
                return self._error(WaitTimeoutError, self._why_out_of_time(poll))

    def _poll(self, next_in: float | None, **seen: Any) -> DatasetPoll:
        self._polls += 1
        return DatasetPoll(self._polls, self._arn, self._elapsed(), next_in, **seen)

    def _named(self) -> str:
        return printable(self._arn)

    def _ends_early(self) -> str:
        return f"This ends the wait for {self._named()}, not its {self._target.work}: {self._how_to_go_on()}"

    def _how_to_go_on(self) -> str:
        method = f"wait_until_dataset_{self._target.name}"
        return f"client.{method}({str(self._arn)!r}) takes it up again, in any process."

    def _error(self, kind: type[WaitError], message: str) -> WaitError:
        return kind(message, version=self._named(), dataset_arn=self._arn, dataset=self._last, elapsed=self._elapsed())

    def _why_failed(self) -> str:
        last = self._last or DatasetDescription()
        reason = printable(last.status_message or "the service gave no reason")
        code = f", {printable(str(last.status_message_code))}" if last.status_message_code else ""
        return (
            f"{self._named()} is {last.status}: {reason}{code} (Errors of single lines do not fail a dataset: "
            f"client.iter_dataset_entries({str(self._arn)!r}, has_errors=True) lists those.)"
        )

    def _why_out_of_time(self, poll: DatasetPoll) -> str:
        late = self._why_late(self._target.name, self._last.status if self._last else None, poll.error)
        return f"{late} Its {self._target.work} goes on. {self._how_to_go_on()}"
