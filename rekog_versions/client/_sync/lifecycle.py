"""The client's methods for what is done with a trained version: run it, stop it, copy it, delete it."""

from collections.abc import Callable
from typing import Any, Unpack, overload

from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client._sync.driver import Driver
from rekog_versions.creating import copy_version
from rekog_versions.lifecycle import delete_version, start_version, stop_version
from rekog_versions.models.lifecycle import CopyProjectVersionFields, CopyProjectVersionRequest
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.operations.flows import request_of
from rekog_versions.operations.versions import VersionRef
from rekog_versions.statuses import COPIED, DELETED, RUNNING, STOPPED, ProjectVersionStatus
from rekog_versions.waiting import (
    COPIED_TIMEOUT,
    DELETED_TIMEOUT,
    RUNNING_TIMEOUT,
    STOPPED_TIMEOUT,
    Poll,
    Schedule,
    Watch,
)
from rekog_versions.waiting.arguments import check_on_poll


class Lifecycle(Driver):
    """Starting, stopping, copying and deleting versions, and waiting for each."""

    def start_project_version(
        self, version: VersionRef, *, min_inference_units: int = 1, max_inference_units: int | None = None
    ) -> ProjectVersionStatus | None:
        """Starts a model and does not wait for it. It is billed until it is stopped, used or not.

        If the answer was lost on the wire or was 5xx, the model may be starting whatever the last error says; then its
        status is looked at before an error is believed, for half a minute at most.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it.
            min_inference_units: 1 or more; each unit is billed.
            max_inference_units: Up to where the service scales the model; without it, it does not scale.

        Returns:
            The version's status, STARTING.

        Raises:
            pydantic.ValidationError: A number of units is out of range; nothing was sent.
            VersionNotFoundError: There is no version of that name.
            ServiceError: The service refused: `ResourceInUseError` if the version can't be started as it is,
                `LimitExceededError` if the account runs as many as it may.
            botocore.exceptions.BotoCoreError: The call failed otherwise. A note on the error says if the model may
                have been started.
            ValueError: `version` names no version.
        """
        return self.run_flow(start_version(version, min_inference_units, max_inference_units))

    def stop_project_version(self, version: VersionRef) -> ProjectVersionStatus | None:
        """Stops a model that runs, and does not wait for it.

        If the answer was lost on the wire or was 5xx, the version's status is looked at before an error is believed,
        for half a minute at most.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it.

        Returns:
            The version's status, STOPPING.

        Raises:
            VersionNotFoundError: There is no version of that name.
            ServiceError: The service refused: `ResourceInUseError` if the model does not run.
            botocore.exceptions.BotoCoreError: The call failed otherwise. A note on the error says if the model may run
                on.
            ValueError: `version` names no version.
        """
        return self.run_flow(stop_version(version))

    def delete_project_version(self, version: VersionRef) -> ProjectVersionStatus | None:
        """Deletes a version, which must neither train, run nor be copied, and does not wait for it.

        If the answer was lost on the wire or was 5xx, a version that is being deleted or is gone counts as deleted
        whatever the last error says.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it.

        Returns:
            The version's status, DELETING.

        Raises:
            VersionNotFoundError: There is no version of that name.
            ServiceError: The service refused: `ResourceNotFoundError` if there is none of that ARN,
                `ResourceInUseError` if it trains, runs or is copied.
            botocore.exceptions.BotoCoreError: The call failed otherwise. A note on the error says if the version may
                have been deleted.
            ValueError: `version` names no version.
        """
        return self.run_flow(delete_version(version))

    @overload
    def copy_project_version(self, request: CopyProjectVersionRequest, /) -> ProjectVersionArn: ...

    @overload
    def copy_project_version(self, /, **fields: Unpack[CopyProjectVersionFields]) -> ProjectVersionArn: ...

    def copy_project_version(
        self, request: CopyProjectVersionRequest | None = None, /, **fields: Any
    ) -> ProjectVersionArn:
        """Copies a version to a project of this account and region, exactly once, and does not wait for it.

        If the answer was lost on the wire or was 5xx, the copy is looked up by its name in the destination project
        before an error is believed, for half a minute at most.

        Args:
            request: What to copy, and where to; or its fields as keyword arguments.
            **fields: The fields of `CopyProjectVersionRequest`.

        Returns:
            The copy's ARN.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused: `ResourceInUseError` if the name is taken, `AccessDeniedError` if no
                policy of the source project allows it, `LimitExceededError` or `ServiceQuotaExceededError` if the
                account copies as many as it may.
            botocore.exceptions.BotoCoreError: The call failed otherwise. A note on the error says if the copying may
                have started.
        """
        return self.run_flow(copy_version(request_of(CopyProjectVersionRequest, request, fields), self._clock))

    def wait_until_running(
        self,
        version: VersionRef,
        *,
        timeout: float | None = RUNNING_TIMEOUT,
        schedule: Schedule | None = None,
        on_poll: Callable[[Poll], object] | None = None,
    ) -> ProjectVersionDescription:
        """Waits until a model that was started runs. It is billed until it is stopped, whatever becomes of the wait.

        A status from before the start (STOPPED, TRAINING_COMPLETED, ...) is believed after 30 seconds only, because
        answers can lag behind a start. What passes by itself does not end the wait; see `wait_until_trained`.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it.
            timeout: Seconds until the wait gives up, an hour unless told otherwise; None for never.
            schedule: When to look; from every 5 seconds to every 30 unless told otherwise.
            on_poll: Called after each look. What it raises ends the wait.

        Returns:
            The version's description.

        Raises:
            StartFailedError: The start failed; the error has the service's reason.
            UnreachableStatusError: Nobody has started the model, somebody has stopped it, or it can't be started.
            VersionNotFoundError: There is no such version, for 30 seconds.
            WaitTimeoutError: The time was up. The start goes on and is billed; the error has the command that stops it.
            ServiceError: The service refused a look for good.
            ValueError: `version` names no version, or `timeout` or `schedule` is out of range.
        """
        check_on_poll(on_poll, may_await=False)
        watch = Watch(RUNNING, version, timeout=timeout, schedule=schedule, clock=self._clock)
        return watch.conclude(self._wait(watch, on_poll))

    def wait_until_stopped(
        self,
        version: VersionRef,
        *,
        timeout: float | None = STOPPED_TIMEOUT,
        schedule: Schedule | None = None,
        on_poll: Callable[[Poll], object] | None = None,
    ) -> ProjectVersionDescription:
        """Waits until a model that is being stopped has stopped. One whose start failed does not run and counts too.

        RUNNING is believed after 30 seconds only, because answers can lag behind a stop. What passes by itself does
        not end the wait; see `wait_until_trained`.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it.
            timeout: Seconds until the wait gives up, half an hour unless told otherwise; None for never.
            schedule: When to look; from every 5 seconds to every 30 unless told otherwise.
            on_poll: Called after each look. What it raises ends the wait.

        Returns:
            The version's description, with the status STOPPED or FAILED.

        Raises:
            UnreachableStatusError: Nobody has stopped the model, or it was never started.
            VersionNotFoundError: There is no such version, for 30 seconds.
            WaitTimeoutError: The time was up. The model is billed until it has stopped.
            ServiceError: The service refused a look for good.
            ValueError: `version` names no version, or `timeout` or `schedule` is out of range.
        """
        check_on_poll(on_poll, may_await=False)
        watch = Watch(STOPPED, version, timeout=timeout, schedule=schedule, clock=self._clock)
        return watch.conclude(self._wait(watch, on_poll))

    def wait_until_copied(
        self,
        version: VersionRef,
        *,
        timeout: float | None = COPIED_TIMEOUT,
        schedule: Schedule | None = None,
        on_poll: Callable[[Poll], object] | None = None,
    ) -> ProjectVersionDescription:
        """Waits until a copy is done, whatever was done with it since: one that runs or was stopped counts.

        Args:
            version: The copy: its ARN, `(project_arn, version_name)`, or a description of it.
            timeout: Seconds until the wait gives up, 6 hours unless told otherwise; None for never.
            schedule: When to look; from every 10 seconds to every minute unless told otherwise.
            on_poll: Called after each look. What it raises ends the wait.

        Returns:
            The copy's description.

        Raises:
            CopyFailedError: The copying failed; the error has the service's reason.
            UnreachableStatusError: The version is no copy, is being deleted, or has expired.
            VersionNotFoundError: There is no such version, for 30 seconds.
            WaitTimeoutError: The time was up. The copying goes on.
            ServiceError: The service refused a look for good.
            ValueError: `version` names no version, or `timeout` or `schedule` is out of range.
        """
        check_on_poll(on_poll, may_await=False)
        watch = Watch(COPIED, version, timeout=timeout, schedule=schedule, clock=self._clock)
        return watch.conclude(self._wait(watch, on_poll))

    def wait_until_deleted(
        self,
        version: VersionRef,
        *,
        timeout: float | None = DELETED_TIMEOUT,
        schedule: Schedule | None = None,
        on_poll: Callable[[Poll], object] | None = None,
    ) -> None:
        """Waits until a version is gone. One that can't be found is gone, also if it was never there.

        A status from before the deletion is believed after 30 seconds only, because answers can lag behind it.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it.
            timeout: Seconds until the wait gives up, half an hour unless told otherwise; None for never.
            schedule: When to look; from every 5 seconds to every 30 unless told otherwise.
            on_poll: Called after each look. What it raises ends the wait.

        Raises:
            UnreachableStatusError: Nobody has deleted the version, or it can't be deleted as it is.
            WaitTimeoutError: The time was up. The deletion goes on.
            ServiceError: The service refused a look for good.
            ValueError: `version` names no version, or `timeout` or `schedule` is out of range.
        """
        check_on_poll(on_poll, may_await=False)
        watch = Watch(DELETED, version, timeout=timeout, schedule=schedule, clock=self._clock)
        watch.conclude_gone(self._wait(watch, on_poll))
