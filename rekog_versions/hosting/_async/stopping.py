"""Stop a model, and do not return before the service has accepted the stop or the model is not running."""

import logging

from rekog_versions._aws.error_codes import is_retryable
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client import AsyncVersionsClient
from rekog_versions.errors import ResourceInUseError, ResourceNotFoundError, VersionNotFoundError
from rekog_versions.hosting.costs import CostRange
from rekog_versions.hosting.side_by_side import AsyncSleep
from rekog_versions.hosting.stopping import (
    LAG_PAUSES,
    STARTING_PAUSE,
    STARTING_TIMEOUT,
    Meaning,
    Retries,
    meaning_of,
    still_running,
    stop_command,
)
from rekog_versions.models.references import VersionRef
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.statuses import ProjectVersionStatus

logger = logging.getLogger("rekog_versions")


async def stop_model(
    client: AsyncVersionsClient,
    version: VersionRef,
    version_arn: ProjectVersionArn,
    *,
    hourly: CostRange | None = None,
    may_be_starting: bool = False,
    starting_timeout: float = STARTING_TIMEOUT,
    sleep: AsyncSleep | None = None,
) -> ProjectVersionStatus | None:
    """Stop a model.

    The service rejects a stop while the model is STARTING, so the stop is repeated until the model is running, for an
    hour at most. Retryable failures are retried for two minutes (six if responses are lost), other failures twice.

    Args:
        client: The client.
        version: The version, by any reference.
        version_arn: The version's ARN. Another version with its name is not stopped.
        hourly: The model's cost for an hour, for the error.
        may_be_starting: True if a start may not be visible yet. An idle model is then watched for half a minute.
        starting_timeout: Seconds after which a model that is still STARTING is given up.
        sleep: Pause; by default, the client's `sleep`.

    Returns:
        The version's status; None if it does not exist (any more).

    Raises:
        ModelStillRunningError: The model could not be stopped. The error is also logged.
    """
    stop = _Stop(
        client, version, version_arn, may_be_starting=may_be_starting, deadline=client.clock() + starting_timeout
    )
    pause = sleep or client.sleep
    try:
        while (seconds := await stop.attempt()) is not None:
            await pause(seconds)
    except Exception as error:
        command = stop_command(client, version_arn)
        failure = still_running(version_arn, command, hourly, error, is_starting=stop.is_starting)
        logger.critical("%s", failure)
        raise failure from error
    return stop.status


class _Stop:
    """A stop that is attempted until it succeeds."""

    def __init__(
        self,
        client: AsyncVersionsClient,
        version: VersionRef,
        version_arn: ProjectVersionArn,
        *,
        may_be_starting: bool,
        deadline: float,
    ) -> None:
        self.status: ProjectVersionStatus | None = None
        self.is_starting = False
        self._client, self._version, self._version_arn = client, version, version_arn
        self._deadline = deadline
        self._lag_pauses = list(LAG_PAUSES) if may_be_starting else []
        self._retries = Retries()
        self._has_warned = False

    async def attempt(self) -> float | None:
        """Try to stop the model; return the seconds until the next attempt, or None if there is nothing left to do.

        Raises:
            Exception: The last attempt failed.
        """
        try:
            try:
                status = await self._client.stop_project_version(self._version_arn)
            except (ResourceInUseError, ResourceNotFoundError) as error:
                rejection, found = error, await self._find()
            else:
                self.status = status or ProjectVersionStatus.STOPPING
                return None
        except Exception as error:  # noqa: BLE001  (raised again after the last attempt)
            seconds = self._retries.pause_after(error, retryable=is_retryable(error))
            shown = printable(f"{type(error).__name__}: {error}", 500)
            logger.warning("stopping %s failed; next attempt in %g s: %s", printable(self._version_arn), seconds, shown)
            return seconds
        return self._pause_after(rejection, found)

    def _pause_after(self, rejection: Exception, found: ProjectVersionDescription | None) -> float | None:
        """Decide by the version's status what a rejected stop means."""
        self.status = None if found is None else found.status
        meaning = Meaning.IDLE if found is None else meaning_of(self.status)
        self.is_starting = meaning is Meaning.STARTING
        match meaning:
            case Meaning.STOPPING:
                return None
            case Meaning.IDLE:
                return self._lag_pauses.pop(0) if self._lag_pauses else None
            case Meaning.STARTING:
                self._lag_pauses.clear()
                self._retries.reset()
                if self._client.clock() >= self._deadline:
                    raise rejection
                self._warn()
                return STARTING_PAUSE
            case Meaning.RUNNING:  # it began to run after the rejection, or a stop is not visible yet
                self._lag_pauses.clear()
                return self._retries.pause_after(rejection, retryable=True)

    def _warn(self) -> None:
        if not self._has_warned:
            self._has_warned = True
            logger.warning(
                "%s is still STARTING and can only be stopped once it is RUNNING. Waiting for that, for at most %.0f "
                "minutes. If this process is killed first, the model keeps running. Then repeat this command until it "
                "succeeds or the status is FAILED: %s",
                printable(self._version_arn),
                (self._deadline - self._client.clock()) / 60,
                stop_command(self._client, self._version_arn),
            )

    async def _find(self) -> ProjectVersionDescription | None:
        try:
            found = await self._client.get_project_version(self._version)
        except VersionNotFoundError:
            return None
        return found if found.project_version_arn == self._version_arn else None
