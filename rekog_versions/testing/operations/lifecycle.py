"""The operations on a version that is there: start, stop, delete."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from rekog_versions.testing.entities import ProjectVersion
from rekog_versions.testing.exceptions import (
    InvalidParameterException,
    LimitExceededException,
    ResourceInUseException,
)
from rekog_versions.testing.hosting import ACTIVE, STARTABLE, Hosting
from rekog_versions.testing.states import HostingTransition
from rekog_versions.testing.store import Store

_UNDELETABLE = ACTIVE | {"TRAINING_IN_PROGRESS", "COPYING_IN_PROGRESS"}


class LifecycleOperations(Store):
    """StartProjectVersion, StopProjectVersion and DeleteProjectVersion.

    Each asks first, without the lock, how the training or the copying went: that may run it.
    """

    def start_project_version(self, request: Mapping[str, Any]) -> str:
        """Begins the start of a model and answers its status."""
        least: int = request["MinInferenceUnits"]
        most: int | None = request.get("MaxInferenceUnits")
        if most is not None and least > most:
            raise InvalidParameterException(
                f"MinInferenceUnits {least} must be less than or equal to MaxInferenceUnits {most}"
            )
        made = self._outcome(request)
        with self._lock:
            version = self._hosted_version(request)
            status = version.status(made)
            if status not in STARTABLE:
                raise ResourceInUseException(f"The project version {version.arn} can't be started: it is {status}")
            limits = self._limits()
            if limits.inference_units is not None and max(least, most or least) > limits.inference_units:
                raise LimitExceededException(f"Cannot use more than {limits.inference_units} inference units a model")
            running = sum(other.is_active for other in self._versions())
            if limits.running is not None and running >= limits.running:
                raise LimitExceededException(f"Cannot run more than {limits.running} ProjectVersions concurrently")
            find = partial(self._ending, HostingTransition, version.project_name, version.name)
            version.hosting = Hosting(least, most, find)
        return "STARTING"

    def stop_project_version(self, request: Mapping[str, Any]) -> str:
        """Begins the stop of a model and answers its status."""
        made = self._outcome(request)
        with self._lock:
            version = self._hosted_version(request)
            status = version.status(made)
            if status != "RUNNING" or version.hosting is None:
                raise ResourceInUseException(f"The project version {version.arn} can't be stopped: it is {status}")
            version.hosting.stop()
        return "STOPPING"

    def delete_project_version(self, request: Mapping[str, Any]) -> str:
        """Begins the deletion of a version and answers its status."""
        made = self._outcome(request)
        with self._lock:
            version = self._version(request["ProjectVersionArn"])
            status = version.status(made)
            if status in _UNDELETABLE:
                raise ResourceInUseException(f"The project version {version.arn} can't be deleted: it is {status}")
            if version.deletion is None:
                version.delete()
        return "DELETING"

    def _outcome(self, request: Mapping[str, Any]) -> str:
        """What making the version has led to, by now."""
        with self._lock:
            version = self._version(request["ProjectVersionArn"])
            version.look()
        return version.outcome()

    def _hosted_version(self, request: Mapping[str, Any]) -> ProjectVersion:
        version = self._version(request["ProjectVersionArn"])
        if version.job.feature != "CUSTOM_LABELS":
            raise InvalidParameterException(f"The project version {version.arn} is not a Custom Labels model")
        return version
