"""StartProjectVersion, StopProjectVersion and DeleteProjectVersion."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from rekog_versions.testing.entities import ProjectVersion
from rekog_versions.testing.exceptions import (
    InvalidParameterException,
    LimitExceededException,
    ResourceInUseException,
)
from rekog_versions.testing.model_states import ACTIVE, STARTABLE, ModelState
from rekog_versions.testing.operations.base import OperationsBase
from rekog_versions.testing.transitions import HostingTransition

_UNDELETABLE = ACTIVE | {"TRAINING_IN_PROGRESS", "COPYING_IN_PROGRESS"}


class LifecycleOperations(OperationsBase):
    """The operations on a version. Each first finishes the training or the copying, without the lock."""

    def start_project_version(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Begin to start a model."""
        min_units: int = request["MinInferenceUnits"]
        max_units: int | None = request.get("MaxInferenceUnits")
        if max_units is not None and min_units > max_units:
            raise InvalidParameterException(
                f"MinInferenceUnits {min_units} must be less than or equal to MaxInferenceUnits {max_units}"
            )
        outcome = self._finished_outcome(request)
        with self._lock:
            version = self._custom_labels_version(request)
            status = version.status(outcome)
            if status not in STARTABLE:
                raise ResourceInUseException(f"The project version {version.arn} can't be started: it is {status}")
            limits = self._limits()
            if limits.inference_units is not None and max(min_units, max_units or min_units) > limits.inference_units:
                raise LimitExceededException(f"Cannot use more than {limits.inference_units} inference units a model")
            running = sum(other.is_active for other in self._versions())
            if limits.running is not None and running >= limits.running:
                raise LimitExceededException(f"Cannot run more than {limits.running} ProjectVersions concurrently")
            find_transition = partial(self._transition, HostingTransition, version.project_name, version.name)
            version.model_state = ModelState(min_units, max_units, find_transition)
        return {"Status": "STARTING"}

    def stop_project_version(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Begin to stop a model."""
        outcome = self._finished_outcome(request)
        with self._lock:
            version = self._custom_labels_version(request)
            status = version.status(outcome)
            if status != "RUNNING" or version.model_state is None:
                raise ResourceInUseException(f"The project version {version.arn} can't be stopped: it is {status}")
            version.model_state.stop()
        return {"Status": "STOPPING"}

    def delete_project_version(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Begin to delete a version."""
        outcome = self._finished_outcome(request)
        with self._lock:
            version = self._version(request["ProjectVersionArn"])
            status = version.status(outcome)
            if status in _UNDELETABLE:
                raise ResourceInUseException(f"The project version {version.arn} can't be deleted: it is {status}")
            self._projects[version.project_name].delete_version(version)
        return {"Status": "DELETING"}

    def _finished_outcome(self, request: Mapping[str, Any]) -> str:
        """Return the outcome of the training or the copying. Finish it first, if its time is over."""
        with self._lock:
            version = self._version(request["ProjectVersionArn"])
            version.update()
        return version.outcome()

    def _custom_labels_version(self, request: Mapping[str, Any]) -> ProjectVersion:
        version = self._version(request["ProjectVersionArn"])
        if version.job.feature != "CUSTOM_LABELS":
            raise InvalidParameterException(f"The project version {version.arn} is not a Custom Labels model")
        return version
