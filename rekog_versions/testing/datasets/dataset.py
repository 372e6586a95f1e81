"""A dataset and its changes: its creation, its updates and its deletion.

Each change takes its time, which is a `Stage`. The first call after that does the `Change`'s work once, without a lock.
Then the dataset takes over the result under the backend's lock.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rekog_versions.testing import clock
from rekog_versions.testing.datasets.entries import Entries
from rekog_versions.testing.run_once import RunOnce
from rekog_versions.testing.training.job import SERVICE_ISSUE
from rekog_versions.testing.training.read_manifests import UNREADABLE, TrainingError
from rekog_versions.testing.transitions import DatasetTransition, Stage

_IN_PROGRESS = {
    "CREATE": "The dataset is being created.",
    "UPDATE": "The dataset is being updated.",
    "DELETE": "The dataset is being deleted.",
}


@dataclass(frozen=True)
class ChangeResult:
    """The result of a change."""

    code: str
    message: str
    entries: Mapping[str, Entries]
    """The new entries by the type of the dataset. Empty if the change failed."""


@dataclass(frozen=True)
class Change:
    """A change of one dataset or of two."""

    verb: Literal["CREATE", "UPDATE"]
    message: str
    """The StatusMessage after a success."""
    compute_entries: Callable[[], Mapping[str, Entries]]
    """Computes the new entries, or raises a TrainingError."""
    _once: RunOnce[ChangeResult] = field(default_factory=RunOnce[ChangeResult])

    @property
    def result(self) -> ChangeResult | None:
        """The result, or None while the work is not done."""
        return self._once.result

    def run(self, transition: DatasetTransition) -> None:
        """Do the work, unless it is done. Of two datasets, the one that ends first determines the outcome."""
        self._once.get(lambda: self._attempt(transition))

    def _attempt(self, transition: DatasetTransition) -> ChangeResult:
        if transition.outcome != "SUCCESS":
            default = UNREADABLE if transition.outcome == "CLIENT_ERROR" else SERVICE_ISSUE
            return ChangeResult(transition.outcome, default if transition.message is None else transition.message, {})
        try:
            entries = self.compute_entries()
        except TrainingError as error:
            return ChangeResult("CLIENT_ERROR", str(error), {})
        return ChangeResult("SUCCESS", self.message if transition.message is None else transition.message, entries)


class Dataset:
    """A dataset of a project. Callers hold the backend's lock."""

    def __init__(
        self,
        arn: str,
        dataset_type: str,
        created: int,
        *,
        tags: Mapping[str, str],
        creation: Change,
        find_transition: Callable[[], DatasetTransition],
    ) -> None:
        """Begin the creation.

        Args:
            arn: The ARN.
            dataset_type: TRAIN or TEST.
            created: The creation number, which is the last part of the ARN.
            tags: The tags.
            creation: The creation.
            find_transition: Returns the transition that counts now.
        """
        self.arn = arn
        self.dataset_type = dataset_type
        self.created = created
        self.tags = dict(tags)
        self.entries = Entries.none()
        """The entries. While a change is in progress, these are the entries from before."""
        self._find_transition = find_transition
        self._updated_at = clock.from_milliseconds(created)
        self._deletion: Stage[DatasetTransition] | None = None
        self.begin(creation)

    def begin(self, change: Change) -> None:
        """Begin a change. No other one may be in progress."""
        self._change = change
        self._result: ChangeResult | None = None
        self._stage = Stage(self._find_transition)

    def delete(self) -> None:
        """Begin the deletion, unless it has begun. No change may be in progress."""
        self._deletion = self._deletion or Stage(self._find_transition)

    def count_describe(self) -> None:
        """Count a describe call."""
        (self._deletion or self._stage).count_describe()

    @property
    def is_gone(self) -> bool:
        """True if the deletion has ended."""
        return self._deletion is not None and self._deletion.has_ended

    def due_work(self) -> Callable[[], None] | None:
        """Return the work that is due, because the time of a change is over. If it is done, take over its result.

        Returns:
            A function that does the work. Call it without a lock, because it may read files. None if no work is due.
        """
        transition = self._stage.ended_by if self._stage.has_ended else None
        if self._result is not None or transition is None:
            return None
        self._result = self._change.result
        if self._result is None:
            return functools.partial(self._change.run, transition)
        self.entries = self._result.entries.get(self.dataset_type, self.entries)
        self._updated_at = self._stage.ended_at or self._updated_at
        return None

    @property
    def status(self) -> str:
        """The Status."""
        if self._deletion is not None:
            return "DELETE_IN_PROGRESS"
        if self._result is None:
            return f"{self._change.verb}_IN_PROGRESS"
        return f"{self._change.verb}_{'COMPLETE' if self._result.code == 'SUCCESS' else 'FAILED'}"

    @property
    def is_in_progress(self) -> bool:
        """True if a change or the deletion is in progress."""
        return self.status.endswith("_IN_PROGRESS")

    def metadata(self) -> dict[str, Any]:
        """Return the dataset as DescribeProjects shows it."""
        return {
            "CreationTimestamp": clock.from_milliseconds(self.created),
            "DatasetType": self.dataset_type,
            "DatasetArn": self.arn,
            **self._described_status(),
        }

    def describe(self) -> dict[str, Any]:
        """Return the dataset as DescribeDataset shows it."""
        return {
            "CreationTimestamp": clock.from_milliseconds(self.created),
            "LastUpdatedTimestamp": self._updated_at,
            **self._described_status(),
            "DatasetStats": self.entries.stats,
        }

    def _described_status(self) -> dict[str, str]:
        result = None if self._deletion else self._result
        message = _IN_PROGRESS["DELETE" if self._deletion else self._change.verb] if result is None else result.message
        return {
            "Status": self.status,
            "StatusMessage": message,
            "StatusMessageCode": "SUCCESS" if result is None else result.code,
        }
