"""The states of a model from its start until it has stopped or has failed to start."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from rekog_versions.testing.capacity import CallBucket
from rekog_versions.testing.training.job import SERVICE_ISSUE
from rekog_versions.testing.transitions import HostingTransition, Stage

ACTIVE = frozenset({"STARTING", "RUNNING", "STOPPING"})
"""The statuses in which a model uses inference units."""
STARTABLE = frozenset({"TRAINING_COMPLETED", "COPYING_COMPLETED", "STOPPED", "FAILED"})
"""The statuses in which a version can be started."""

_MESSAGES = {
    "STARTING": "The model is starting.",
    "RUNNING": "The model is running.",
    "STOPPING": "The model is stopping.",
    "STOPPED": "The model is stopped.",
    "FAILED": SERVICE_ISSUE,
}


class ModelState:
    """The state of a model since one start. Callers hold the backend's lock."""

    def __init__(self, min_units: int, max_units: int | None, find_transition: Callable[[], HostingTransition]) -> None:
        """Begin the start.

        Args:
            min_units: MinInferenceUnits.
            max_units: MaxInferenceUnits, or None if the model does not scale.
            find_transition: Returns the transition that counts now, for the start and for the stop.
        """
        self._units = {"MinInferenceUnits": min_units, "MaxInferenceUnits": max_units}
        self._find_transition = find_transition
        self._starting = Stage(find_transition)
        self._stopping: Stage[HostingTransition] | None = None
        self._images = CallBucket()
        self._next_metric: datetime | None = None

    @property
    def units(self) -> tuple[int, int | None]:
        """MinInferenceUnits and MaxInferenceUnits."""
        return self._units["MinInferenceUnits"] or 0, self._units["MaxInferenceUnits"]

    def take_metric_times(self, now: datetime) -> list[datetime]:
        """Return the times since the last call of this at which the running model has a metric."""
        started = self._starting.ended_at if self.status in ("RUNNING", "STOPPING", "STOPPED") else None
        if started is None:
            return []
        until = self._stopping.began if self._stopping else now
        times: list[datetime] = []
        time = self._next_metric or started
        while time <= until:
            times.append(time)
            time = time.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        self._next_metric = time
        return times

    def take_image(self, per_unit: float, now: datetime) -> bool:
        """Take one image of the capacity that the inference units have. Return False if they are busy."""
        return self._images.take(per_unit * (self._units["MinInferenceUnits"] or 0), now)

    def stop(self) -> None:
        """Begin to stop the model, which is running."""
        self._stopping = Stage(self._find_transition)

    def count_describe(self) -> None:
        """Count a describe call."""
        (self._stopping or self._starting).count_describe()

    @property
    def status(self) -> str:
        """The current status."""
        if self._stopping:
            return "STOPPED" if self._stopping.has_ended else "STOPPING"
        if self._starting.has_ended and self._starting.ended_by:
            return self._starting.ended_by.outcome
        return "STARTING"

    @property
    def is_active(self) -> bool:
        """True if the model starts, runs or stops."""
        return self.status in ACTIVE

    def describe(self) -> dict[str, Any]:
        """Return the members of DescribeProjectVersions, with the inference units while they are used."""
        status = self.status
        transition = (self._stopping or self._starting).ended_by
        return {
            "Status": status,
            "StatusMessage": (transition and transition.message) or _MESSAGES[status],
            **(self._units if status in ACTIVE else {}),
        }
