# Generated from rekog_versions/client/_async/lifecycle.py. Change that file, then run scripts/unasync.py.
"""The client's methods for trained versions: start, stop, copy and delete them, and wait for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack, overload

from rekog_versions import models
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client._sync.exactly_once import call_once
from rekog_versions.client._sync.lookup import version_arn, with_arns
from rekog_versions.client._sync.waits import version_watch, wait_for_version
from rekog_versions.client.arguments import request_or_fields
from rekog_versions.client.base import ClientBase, OnPoll
from rekog_versions.client.progress import with_progress
from rekog_versions.client.recovery import DELETE, START, STOP, CreateRecovery, StatusOperation, StatusRecovery
from rekog_versions.models.references import SoughtVersion, VersionRef, VersionReference
from rekog_versions.statuses import ProjectVersionStatus
from rekog_versions.waiting.arguments import Seconds
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.targets import COPIED, DELETED, RUNNING, STOPPED


class Lifecycle(ClientBase):
    """Starting, stopping, copying and deleting versions, and waiting for each."""

    def start_project_version(
        self, version: VersionRef, *, min_inference_units: int = 1, max_inference_units: int | None = None
    ) -> ProjectVersionStatus | None:
        """Start a model without waiting for it. It is billed until it is stopped, used or not.

        If the response was lost or was 5xx, the model may be starting whatever the last error says. Its
        status is then looked up, for at most half a minute, before an error is raised.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it.
            min_inference_units: 1 or more; each unit is billed.
            max_inference_units: The most units to which the service scales the model; by default, it does not scale.

        Returns:
            The version's status, STARTING; RUNNING if a lookup found the model running.

        Raises:
            pydantic.ValidationError: A number of units is out of range; nothing was sent.
            VersionNotFoundError: The version does not exist.
            ServiceError: The service rejected the request: `ResourceInUseError` if the version cannot be started in its
                status, `LimitExceededError` if the account already runs as many models as it may.
            botocore.exceptions.BotoCoreError: The call failed otherwise. If the model may have been started, a note on
                the exception says so.
            ValueError: `version` does not name a version.
        """
        units = models.InferenceUnits(min_inference_units=min_inference_units, max_inference_units=max_inference_units)
        return self._change_status(START, version, units.to_wire())

    def stop_project_version(self, version: VersionRef) -> ProjectVersionStatus | None:
        """Stop a running model without waiting for it.

        If the response was lost or was 5xx, the version's status is looked up, for at most half a minute,
        before an error is raised.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it.

        Returns:
            The version's status, STOPPING; STOPPED if a lookup found the model stopped.

        Raises:
            VersionNotFoundError: The version does not exist.
            ServiceError: The service rejected the request: `ResourceInUseError` if the model is not running.
            botocore.exceptions.BotoCoreError: The call failed otherwise. If the model may still be running, a note on
                the exception says so.
            ValueError: `version` does not name a version.
        """
        return self._change_status(STOP, version, {})

    def delete_project_version(self, version: VersionRef) -> ProjectVersionStatus | None:
        """Delete a version without waiting for it. It must not be training, running or being copied.

        If the response was lost or was 5xx, a version that is being deleted or does not exist counts as
        deleted, whatever the last error says.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it.

        Returns:
            The version's status, DELETING.

        Raises:
            VersionNotFoundError: There is no version of that name.
            ServiceError: The service rejected the request: `ResourceNotFoundError` if there is no version of that ARN,
                `ResourceInUseError` if it is training, running or being copied.
            botocore.exceptions.BotoCoreError: The call failed otherwise. If the version may have been deleted, a note
                on the exception says so.
            ValueError: `version` does not name a version.
        """
        return self._change_status(DELETE, version, {})

    def _change_status(
        self, operation: StatusOperation, version: VersionRef, members: dict[str, Any]
    ) -> ProjectVersionStatus | None:
        sought = SoughtVersion(VersionReference.parse(version))
        arn = version_arn(self, sought)
        return call_once(self, StatusRecovery(operation, sought), {"ProjectVersionArn": str(arn), **members})

    @overload
    def copy_project_version(
        self, request: models.CopyProjectVersionRequest | Mapping[str, Any], /
    ) -> ProjectVersionArn: ...

    @overload
    def copy_project_version(self, /, **fields: Unpack[models.CopyProjectVersionFields]) -> ProjectVersionArn: ...

    def copy_project_version(
        self, request: models.CopyProjectVersionRequest | Mapping[str, Any] | None = None, /, **fields: Any
    ) -> ProjectVersionArn:
        """Copy a version to another project of the region, exactly once, without waiting for it.

        If the response was lost or was 5xx, the copy is looked up by its name in the destination project,
        for at most half a minute, before an error is raised.

        Args:
            request: The request, or a dict of its fields; or pass the fields as keyword arguments.
            **fields: The fields of `CopyProjectVersionRequest`; the projects can be given by name.

        Returns:
            The copy's ARN.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request: `ResourceInUseError` if the name is taken,
                `AccessDeniedError` if no policy of the source project allows it, `LimitExceededError` or
                `ServiceQuotaExceededError` if the account already makes as many copies as it may.
            botocore.exceptions.BotoCoreError: The call failed otherwise. If the copying may have started, a note on the
                exception says so.
        """
        checked = with_arns(self, request_or_fields(models.CopyProjectVersionRequest, request, fields))
        return call_once(self, CreateRecovery(checked), checked.to_wire())

    def wait_until_running(
        self,
        version: VersionRef,
        *,
        timeout: Seconds | None = RUNNING.timeout,
        schedule: Schedule | None = None,
        on_poll: OnPoll | None = None,
        progress: bool = False,
    ) -> models.ProjectVersionDescription:
        """Wait until a model that was started is running. It is billed until it is stopped, however the wait ends.

        Responses can lag behind a start, so a status from before it (STOPPED, TRAINING_COMPLETED, ...) is believed only
        after 30 seconds. Retryable failures do not end the wait; see `wait_until_trained`.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it.
            timeout: Seconds, or a `timedelta`, until the wait gives up, by default an hour; None for no limit.
            schedule: The delays between polls; by default, from 5 to 30 seconds.
            on_poll: Called after each poll. Its exceptions end the wait.
            progress: Write the progress to standard error: a live line in a terminal or notebook, else a line a change.

        Returns:
            The version's description.

        Raises:
            StartFailedError: The start failed; the error has the service's reason.
            UnreachableStatusError: The model was not started, was stopped, or cannot be started.
            VersionNotFoundError: The version does not exist, for 30 seconds.
            WaitTimeoutError: The wait timed out. The start continues and is billed; the error has the call that stops
                the model.
            ServiceError: The service rejected a poll, and retrying does not help.
            ValueError: `version` does not name a version, or `timeout` is out of range.
        """
        watch = version_watch(self, RUNNING, version, timeout=timeout, schedule=schedule, on_poll=on_poll)
        report = with_progress(on_poll, progress)
        return watch.result(wait_for_version(self, watch, report))

    def wait_until_stopped(
        self,
        version: VersionRef,
        *,
        timeout: Seconds | None = STOPPED.timeout,
        schedule: Schedule | None = None,
        on_poll: OnPoll | None = None,
        progress: bool = False,
    ) -> models.ProjectVersionDescription:
        """Wait until a model that is being stopped has stopped. A model whose start failed counts as stopped.

        Responses can lag behind a stop, so RUNNING is believed only after 30 seconds. Retryable failures do not end the
        wait; see `wait_until_trained`.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it.
            timeout: Seconds, or a `timedelta`, until the wait gives up, by default half an hour; None for no limit.
            schedule: The delays between polls; by default, from 5 to 30 seconds.
            on_poll: Called after each poll. Its exceptions end the wait.
            progress: Write the progress to standard error: a live line in a terminal or notebook, else a line a change.

        Returns:
            The version's description, with the status STOPPED or FAILED.

        Raises:
            UnreachableStatusError: The model was not stopped, or was never started.
            VersionNotFoundError: The version does not exist, for 30 seconds.
            WaitTimeoutError: The wait timed out. The model is billed until it has stopped.
            ServiceError: The service rejected a poll, and retrying does not help.
            ValueError: `version` does not name a version, or `timeout` is out of range.
        """
        watch = version_watch(self, STOPPED, version, timeout=timeout, schedule=schedule, on_poll=on_poll)
        report = with_progress(on_poll, progress)
        return watch.result(wait_for_version(self, watch, report))

    def wait_until_copied(
        self,
        version: VersionRef,
        *,
        timeout: Seconds | None = COPIED.timeout,
        schedule: Schedule | None = None,
        on_poll: OnPoll | None = None,
        progress: bool = False,
    ) -> models.ProjectVersionDescription:
        """Wait until a copy is complete. A copy that was started or stopped since counts as complete.

        Args:
            version: The copy: its ARN, `(project_arn, version_name)`, or a description of it.
            timeout: Seconds, or a `timedelta`, until the wait gives up, by default 6 hours; None for no limit.
            schedule: The delays between polls; by default, from 10 seconds to a minute.
            on_poll: Called after each poll. Its exceptions end the wait.
            progress: Write the progress to standard error: a live line in a terminal or notebook, else a line a change.

        Returns:
            The copy's description.

        Raises:
            CopyFailedError: The copying failed; the error has the service's reason.
            UnreachableStatusError: The version is not a copy, is being deleted, or has expired.
            VersionNotFoundError: The version does not exist, for 30 seconds.
            WaitTimeoutError: The wait timed out. The copying continues.
            ServiceError: The service rejected a poll, and retrying does not help.
            ValueError: `version` does not name a version, or `timeout` is out of range.
        """
        watch = version_watch(self, COPIED, version, timeout=timeout, schedule=schedule, on_poll=on_poll)
        report = with_progress(on_poll, progress)
        return watch.result(wait_for_version(self, watch, report))

    def wait_until_deleted(
        self,
        version: VersionRef,
        *,
        timeout: Seconds | None = DELETED.timeout,
        schedule: Schedule | None = None,
        on_poll: OnPoll | None = None,
        progress: bool = False,
    ) -> None:
        """Wait until a version is deleted. A version that cannot be found counts as deleted, even if it never existed.

        Responses can lag behind a deletion, so a status from before it is believed only after 30 seconds.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it.
            timeout: Seconds, or a `timedelta`, until the wait gives up, by default half an hour; None for no limit.
            schedule: The delays between polls; by default, from 5 to 30 seconds.
            on_poll: Called after each poll. Its exceptions end the wait.
            progress: Write the progress to standard error: a live line in a terminal or notebook, else a line a change.

        Raises:
            UnreachableStatusError: The version was not deleted, or cannot be deleted in its status.
            WaitTimeoutError: The wait timed out. The deletion continues.
            ServiceError: The service rejected a poll, and retrying does not help.
            ValueError: `version` does not name a version, or `timeout` is out of range.
        """
        watch = version_watch(self, DELETED, version, timeout=timeout, schedule=schedule, on_poll=on_poll)
        report = with_progress(on_poll, progress)
        watch.check_deleted(wait_for_version(self, watch, report))
