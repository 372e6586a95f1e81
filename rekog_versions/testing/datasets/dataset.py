"""A dataset and what happens to it: its creation, its updates, its deletion.

Each takes its time (a `Stage`). When that is over, the `Work` behind it is done once, without any lock, by whoever
looks first; then the dataset takes its result over, under the backend's lock.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rekog_versions.testing import clock
from rekog_versions.testing.datasets.entries import Entries
from rekog_versions.testing.once import Once
from rekog_versions.testing.states import DATASET, DatasetTransition, Stage
from rekog_versions.testing.training.manifests import UNREADABLE, TrainingError

_SERVICE_ISSUE = "Amazon Rekognition experienced a service issue."
_IN_PROGRESS = {
    "CREATE": "The dataset is being created.",
    "UPDATE": "The dataset is being updated.",
    "DELETE": "The dataset is being deleted.",
}


@dataclass(frozen=True)
class Outcome:
    """How work went."""

    code: str
    message: str
    entries: Mapping[str, Entries]
    """What the datasets hold from now on, by their type; empty if it failed."""


@dataclass(frozen=True)
class Work:
    """Something that happens to a dataset, or to two."""

    verb: Literal["CREATE", "UPDATE"]
    message: str
    """The StatusMessage if it goes well."""
    do: Callable[[], Mapping[str, Entries]]
    """What it does. It raises a TrainingError if it can't."""
    _once: Once[Outcome] = field(default_factory=Once[Outcome])

    @property
    def outcome(self) -> Outcome | None:
        """How it went; None if nobody has done it yet."""
        return self._once.made

    def run(self, ending: DatasetTransition) -> None:
        """Does it, unless it is done; of two datasets, the one that ends first says how."""
        self._once.get(lambda: self._attempt(ending))

    def _attempt(self, ending: DatasetTransition) -> Outcome:
        if ending.outcome != "SUCCESS":
            default = UNREADABLE if ending.outcome == "CLIENT_ERROR" else _SERVICE_ISSUE
            return Outcome(ending.outcome, default if ending.message is None else ending.message, {})
        try:
            entries = self.do()
        except TrainingError as error:
            return Outcome("CLIENT_ERROR", str(error), {})
        return Outcome("SUCCESS", self.message if ending.message is None else ending.message, entries)


class Dataset:
    """A dataset of a project. It is touched only under the backend's lock."""

    def __init__(
        self,
        arn: str,
        dataset_type: str,
        created: int,
        *,
        tags: Mapping[str, str],
        work: Work,
        find_transition: Callable[[], DatasetTransition],
    ) -> None:
        """Begins the creation.

        Args:
            arn: Its ARN.
            dataset_type: TRAIN or TEST.
            created: The number at the ARN's end.
            tags: Its tags.
            work: The creation.
            find_transition: What says when something that happens to it ends, asked at every look until it has.
        """
        self.arn = arn
        self.dataset_type = dataset_type
        self.created = created
        self.tags = dict(tags)
        self.entries = Entries.none()
        """What it holds: nothing while it is being created, the old while it is being updated."""
        self._find_transition = find_transition
        self._updated_at = clock.from_milliseconds(created)
        self._deletion: Stage[DatasetTransition] | None = None
        self.begin(work)

    def begin(self, work: Work) -> None:
        """Begins an update; nothing else may go on."""
        self._work = work
        self._outcome: Outcome | None = None
        self._stage = self._new_stage(work.verb)

    def delete(self) -> None:
        """Begins the deletion, unless it goes on already; nothing else may go on."""
        self._deletion = self._deletion or self._new_stage("DELETE")

    def count_describe(self) -> None:
        """Counts a describe: what ends after a number of them comes nearer to its end."""
        (self._deletion or self._stage).advance()

    @property
    def is_gone(self) -> bool:
        """Whether its deletion has ended."""
        return self._deletion is not None and self._deletion.has_ended

    def due_work(self) -> Callable[[], None] | None:
        """What is to be done because its time is over; if that is done already, the dataset takes the result over.

        Returns:
            What does it. It may read and take long: no lock may be held then. None if there is nothing to do.
        """
        ending = self._stage.ended_by if self._stage.has_ended else None
        if self._outcome is not None or ending is None:
            return None
        self._outcome = self._work.outcome
        if self._outcome is None:
            return functools.partial(self._work.run, ending)
        self.entries = self._outcome.entries.get(self.dataset_type, self.entries)
        self._updated_at = self._stage.ended_at or self._updated_at
        return None

    @property
    def status(self) -> str:
        """The Status."""
        if self._deletion is not None:
            return "DELETE_IN_PROGRESS"
        if self._outcome is None:
            return f"{self._work.verb}_IN_PROGRESS"
        return f"{self._work.verb}_{'COMPLETE' if self._outcome.code == 'SUCCESS' else 'FAILED'}"

    @property
    def is_in_progress(self) -> bool:
        """Whether something happens to it."""
        return self.status.endswith("_IN_PROGRESS")

    def metadata(self) -> dict[str, Any]:
        """The dataset as DescribeProjects shows it."""
        return {
            "CreationTimestamp": clock.from_milliseconds(self.created),
            "DatasetType": self.dataset_type,
            "DatasetArn": self.arn,
            **self._described_status(),
        }

    def describe(self) -> dict[str, Any]:
        """The dataset as DescribeDataset shows it."""
        return {
            "CreationTimestamp": clock.from_milliseconds(self.created),
            "LastUpdatedTimestamp": self._updated_at,
            **self._described_status(),
            "DatasetStats": self.entries.stats,
        }

    def _described_status(self) -> dict[str, str]:
        outcome = None if self._deletion else self._outcome
        message = _IN_PROGRESS["DELETE" if self._deletion else self._work.verb] if outcome is None else outcome.message
        return {
            "Status": self.status,
            "StatusMessage": message,
            "StatusMessageCode": "SUCCESS" if outcome is None else outcome.code,
        }

    def _new_stage(self, verb: str) -> Stage[DatasetTransition]:
        return Stage(DATASET, f"{verb}_IN_PROGRESS", f"{verb}_ENDED", self._find_transition)
