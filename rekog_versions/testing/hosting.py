"""A model that runs: from its start until it has stopped, or has failed to start."""

from collections.abc import Callable
from typing import Any

from rekog_versions.testing.states import HOSTING, HostingTransition, Stage
from rekog_versions.testing.training.run import SERVICE_ISSUE

ACTIVE = frozenset({"STARTING", "RUNNING", "STOPPING"})
"""The statuses in which a model takes up inference units."""
STARTABLE = frozenset({"TRAINING_COMPLETED", "COPYING_COMPLETED", "STOPPED", "FAILED"})
"""The statuses in which a version can be started."""

_MESSAGES = {
    "STARTING": "The model is starting.",
    "RUNNING": "The model is running.",
    "STOPPING": "The model is stopping.",
    "STOPPED": "The model is stopped.",
    "FAILED": SERVICE_ISSUE,
}


class Hosting:
    """One start of a model and what came of it. Looked at under the backend's lock."""

    def __init__(self, least: int, most: int | None, find: Callable[[], HostingTransition]) -> None:
        """Begins the start.

        Args:
            least: MinInferenceUnits.
            most: MaxInferenceUnits; None if the model is not to scale.
            find: What says when the start and the stop end, asked at every look until they have.
        """
        self._units = {"MinInferenceUnits": least, "MaxInferenceUnits": most}
        self._find = find
        self._starting = Stage(HOSTING, "STARTING", "STARTED", find)
        self._stopping: Stage[HostingTransition] | None = None

    def stop(self) -> None:
        """Begins the stop; of a model that runs."""
        self._stopping = Stage(HOSTING, "STOPPING", "STOPPED", self._find)

    def advance(self) -> None:
        """Counts a describe."""
        (self._stopping or self._starting).advance()

    @property
    def status(self) -> str:
        """The status; the look itself makes a start or a stop end whose time has come."""
        if self._stopping:
            return "STOPPED" if self._stopping.has_ended else "STOPPING"
        if self._starting.has_ended and self._starting.ended_by:
            return self._starting.ended_by.outcome
        return "STARTING"

    @property
    def is_active(self) -> bool:
        """Whether it takes up inference units: it starts, runs or stops."""
        return self.status in ACTIVE

    def describe(self) -> dict[str, Any]:
        """What DescribeProjectVersions shows of it; the inference units only while it takes them up."""
        status = self.status
        ending = (self._stopping or self._starting).ended_by
        return {
            "Status": status,
            "StatusMessage": (ending and ending.message) or _MESSAGES[status],
            **(self._units if status in ACTIVE else {}),
        }
