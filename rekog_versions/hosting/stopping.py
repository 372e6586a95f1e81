"""The rules for stopping a model: the meaning of each status, the retries, and the error if it fails. No I/O."""

import shlex
from collections.abc import Mapping
from enum import Enum
from typing import Any

from rekog_versions._text import printable, without_userinfo
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import ModelStillRunningError
from rekog_versions.hosting.costs import CostRange
from rekog_versions.statuses import ProjectVersionStatus

RETRY_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds before each retry after a retryable error: two minutes in all."""
ATTEMPTS = 3
"""How often a stop is attempted if the error is not retryable: a role that causes a denial may be about to change."""
STARTING_PAUSE = 5.0
"""Seconds between two attempts while the model is STARTING."""
STARTING_TIMEOUT = 3600.0
"""Seconds after which a model that is still STARTING is given up. A start takes up to half an hour."""
LAG_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between lookups of a model whose start is not visible yet: responses can lag behind a start."""


class Meaning(Enum):
    """The meaning of a status for stopping a model."""

    STOPPING = "stopping"
    """The model is being stopped or deleted: nothing is left to do."""
    IDLE = "idle"
    """The model is not running. A start that was just requested may not be visible yet."""
    STARTING = "starting"
    """The model cannot be stopped before it is running."""
    RUNNING = "running"
    """The model can be stopped."""


_S = ProjectVersionStatus
MEANINGS: Mapping[ProjectVersionStatus, Meaning] = {
    _S.STARTING: Meaning.STARTING,
    _S.RUNNING: Meaning.RUNNING,
    _S.STOPPING: Meaning.STOPPING,
    _S.DELETING: Meaning.STOPPING,
    _S.STOPPED: Meaning.IDLE,
    _S.FAILED: Meaning.IDLE,
    _S.TRAINING_IN_PROGRESS: Meaning.IDLE,
    _S.TRAINING_COMPLETED: Meaning.IDLE,
    _S.TRAINING_FAILED: Meaning.IDLE,
    _S.COPYING_IN_PROGRESS: Meaning.IDLE,
    _S.COPYING_COMPLETED: Meaning.IDLE,
    _S.COPYING_FAILED: Meaning.IDLE,
    _S.DEPRECATED: Meaning.IDLE,
    _S.EXPIRED: Meaning.IDLE,
}


def meaning_of(status: ProjectVersionStatus | None) -> Meaning:
    """Return the meaning of a status. A missing or unknown status may belong to a running model."""
    return Meaning.RUNNING if status is None else MEANINGS.get(status, Meaning.RUNNING)


def is_active(status: ProjectVersionStatus | None) -> bool:
    """Return True if a model with this status is starting or running, or may be."""
    return meaning_of(status) in (Meaning.STARTING, Meaning.RUNNING)


def check_inference_units(least: object, most: object) -> None:
    """Check the two numbers of inference units of a start.

    Raises:
        ValueError: A number is below 1, or `max_inference_units` is below `min_inference_units`.
        TypeError: A number is not an int.
    """
    for name, units in (("min_inference_units", least), ("max_inference_units", most)):
        if units is None and name == "max_inference_units":
            continue
        if isinstance(units, bool) or not isinstance(units, int):
            raise TypeError(f"{name} must be a whole number, got {type(units).__name__}")
        if units < 1:
            raise ValueError(f"{name} must be 1 or more, got {units}")
    if isinstance(least, int) and isinstance(most, int) and most < least:
        raise ValueError(f"max_inference_units must be min_inference_units ({least}) or more, got {most}")


class Retries:
    """Decide how often a failing call is repeated."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the failures so far."""
        self._pauses = iter(RETRY_PAUSES)
        self._failures = 0

    def pause_after(self, error: Exception, *, retryable: bool) -> float:
        """Return the pause before the next attempt, or raise the error after the last attempt."""
        self._failures += 1
        pause = next(self._pauses, None)
        if pause is None or (self._failures >= ATTEMPTS and not retryable):
            raise error
        return pause


def stop_command(client: Any, version_arn: str) -> str:
    """Return the shell command that stops a model where a client's calls go.

    Args:
        client: One of the two clients.
        version_arn: The model.
    """
    meta = getattr(client.rekognition, "meta", None)
    region: str | None = getattr(meta, "region_name", None) or ProjectVersionArn(version_arn).region
    endpoint: str | None = getattr(meta, "endpoint_url", None)
    words = ["aws", "rekognition", "stop-project-version", "--project-version-arn", version_arn]
    words += ["--region", region] if region else []
    words += ["--endpoint-url", without_userinfo(endpoint)] if endpoint and ".amazonaws." not in endpoint else []
    return " ".join(shlex.quote(printable(word)) for word in words)


def still_running(
    version_arn: ProjectVersionArn, command: str, hourly: CostRange | None, cause: Exception, *, is_starting: bool
) -> ModelStillRunningError:
    """Return the error for a model that could not be stopped.

    Args:
        version_arn: The model.
        command: The command that stops it.
        hourly: Its cost for an hour, if that is known.
        cause: The last failure.
        is_starting: True if the model was still STARTING.
    """
    cost = f"costs {hourly} an hour until it is stopped" if hourly else "is billed until it is stopped"
    failure = f"(The last attempt failed: {printable(f'{type(cause).__name__}: {cause}', 500)})"
    if is_starting:
        message = (
            f"{printable(version_arn)} could not be stopped: it is still STARTING after {STARTING_TIMEOUT / 60:.0f} "
            f"minutes, and the service stops only models that are RUNNING. Once it is running, it {cost}. Repeat this "
            f"command until it succeeds or the status is FAILED: {command} {failure}"
        )
    else:
        message = (
            f"{printable(version_arn)} could not be stopped: it may still be running, and {cost}. Stop it with: "
            f"{command} {failure}"
        )
    error = ModelStillRunningError(message, version_arn=version_arn, command=command)
    error.__cause__ = cause
    return error


def combined(body: BaseException | None, failure: ModelStillRunningError) -> BaseException:
    """Return what is raised if the model could not be stopped; neither error hides the other.

    Exceptions that end the program or the task (Ctrl-C, `SystemExit`, a cancellation) keep their type and get a note.
    """
    if body is None:
        return failure
    if isinstance(body, Exception):
        return ExceptionGroup("the body of running() failed, and the model could not be stopped", [body, failure])
    body.add_note(f"{type(failure).__name__}: {failure}")
    return body
