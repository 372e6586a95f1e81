"""Stopping a model for certain, without I/O: what each answer to a stop means, and how long to go on trying.

A stop that is asked for too early is refused: the service stops models that run, not ones that start. One whose answer
was lost is simply asked for again; that the model stops already is then as good as an answer.
"""

import logging
import shlex
from collections.abc import Callable, Iterator, Mapping
from enum import Enum

from rekog_versions._aws.error_codes import is_retryable
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import ModelStillRunningError, ResourceInUseError, ResourceNotFoundError
from rekog_versions.hosting.costs import CostRange
from rekog_versions.models.lifecycle import StopProjectVersionRequest, StopProjectVersionResponse
from rekog_versions.operations.flows import Call, Flow, Reply, Sleep
from rekog_versions.operations.versions import STOP_PROJECT_VERSION, Look
from rekog_versions.statuses import ProjectVersionStatus

logger = logging.getLogger("rekog_versions")

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds between two tries of which the first failed for a reason that passes: two minutes in all."""
TRIES = 3
"""How often what fails for another reason is tried: a denial may be that of a role that is just being changed."""
STARTING_PAUSE = 5.0
"""Seconds between two tries to stop a model that still starts."""
STARTING_PATIENCE = 3600.0
"""Seconds after which a model that still starts is given up on; a start takes some ten to thirty minutes."""
UNSURE_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between two looks for a model that nobody has seen start: what the service answers can lag behind a start."""

_S = ProjectVersionStatus


class Now(Enum):
    """What a status means to whoever wants a model stopped."""

    OVER = "over"
    """It runs no more, or stops already: nothing is left to do."""
    IDLE = "idle"
    """It does not run; where a start may be on its way, it may yet."""
    STARTS = "starts"
    """It can't be stopped yet."""
    RUNS = "runs"


STATUSES: Mapping[ProjectVersionStatus, Now] = {
    _S.STARTING: Now.STARTS,
    _S.RUNNING: Now.RUNS,
    _S.STOPPING: Now.OVER,
    _S.DELETING: Now.OVER,
    _S.STOPPED: Now.IDLE,
    _S.FAILED: Now.IDLE,
    _S.TRAINING_IN_PROGRESS: Now.IDLE,
    _S.TRAINING_COMPLETED: Now.IDLE,
    _S.TRAINING_FAILED: Now.IDLE,
    _S.COPYING_IN_PROGRESS: Now.IDLE,
    _S.COPYING_COMPLETED: Now.IDLE,
    _S.COPYING_FAILED: Now.IDLE,
    _S.DEPRECATED: Now.IDLE,
    _S.EXPIRED: Now.IDLE,
}
"""A status that this release does not know is taken for one of a model that runs."""


class _Patience:
    """How often a call may fail, until one goes through."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forgets what went wrong so far."""
        self._pauses = iter(PAUSES)
        self._failures = 0

    def after(self, error: Exception, *, passes: bool) -> float:
        """The pause before the next try; raises the error again if there is to be none."""
        self._failures += 1
        pause = next(self._pauses, None)
        if pause is None or (self._failures >= TRIES and not passes):
            raise error
        return pause


def stopping(
    look: Look, version_arn: ProjectVersionArn, *, clock: Callable[[], float], unsure: bool = False
) -> Flow[ProjectVersionStatus | None]:
    """The flow that stops a model and does not end before the service has accepted that, or nothing runs.

    A model that starts is waited for, for it can't be stopped before it runs. Failures that pass are tried again for
    two minutes, others three times.

    Args:
        look: Finds the version.
        version_arn: Which one.
        clock: Monotonic seconds.
        unsure: Nobody has seen it start so far: a model that does not run is looked at for a while.

    Returns:
        The status that it is left with; None if there is no such version (any more).

    Raises:
        ServiceError: The service refuses for good.
        botocore.exceptions.BotoCoreError: The service can't be reached.
        ResponseError: What answers is not the service.
    """
    wire = StopProjectVersionRequest(project_version_arn=str(version_arn)).to_wire()
    began = clock()
    patience = _Patience()
    was_told = False
    may_come: Iterator[float] = iter(UNSURE_PAUSES if unsure else ())
    while True:
        refusal: Exception | None = None
        try:
            try:
                reply: Reply[StopProjectVersionResponse] = yield Call(STOP_PROJECT_VERSION, wire)
            except (ResourceInUseError, ResourceNotFoundError) as error:
                refusal = error
            else:
                return reply.answer.status or _S.STOPPING
            found = yield from look()
        except Exception as error:  # noqa: BLE001  (raised again, unless it passes)
            pause = patience.after(error, passes=is_retryable(error))
            logger.warning("stopping %s failed and is tried again in %g s: %s", version_arn, pause, _shown(error))
            yield Sleep(pause)
            continue
        status = None if found is None else found.status
        now = Now.IDLE if found is None else STATUSES.get(status or _S.RUNNING, Now.RUNS)
        if now is Now.OVER:
            return status
        if now is Now.IDLE:
            pause = next(may_come, 0.0)
            if not pause:
                return status
        elif now is Now.STARTS:
            may_come = iter(())
            patience.reset()
            if clock() - began > STARTING_PATIENCE:
                raise refusal
            if not was_told:
                was_told = True
                logger.warning(
                    "%s still starts, and can be stopped only when it runs: that is waited for, which takes minutes; "
                    "if this process is killed meanwhile, the model runs on",
                    printable(version_arn),
                )
            pause = STARTING_PAUSE
        else:  # it has begun to run since, or it stops already and the look does not show it yet
            may_come = iter(())
            pause = patience.after(refusal, passes=True)
        yield Sleep(pause)


def _shown(error: Exception) -> str:
    return printable(f"{type(error).__name__}: {error}")


def by_hand(version_arn: str, region: str | None = None, endpoint_url: str | None = None) -> str:
    """The command that stops a model by hand, fit for a shell.

    Args:
        version_arn: Which one.
        region: Where; without it, what the ARN says.
        endpoint_url: Only for an address that is not AWS's.
    """
    words = ["aws", "rekognition", "stop-project-version", "--project-version-arn", version_arn]
    where = region or ProjectVersionArn(version_arn).region
    words += ["--region", where] if where else []
    words += ["--endpoint-url", endpoint_url] if endpoint_url else []
    return " ".join(shlex.quote(printable(word)) for word in words)


def still_running(
    version_arn: ProjectVersionArn, command: str, an_hour: CostRange | None, why: BaseException
) -> ModelStillRunningError:
    """The error that says that a model runs on, what that costs, and how to stop it."""
    cost = f"{an_hour} an hour" if an_hour else "by the hour"
    error = ModelStillRunningError(
        f"{printable(version_arn)} could not be stopped: it may run on, and costs {cost} until it is stopped. "
        f"Stop it by hand: {command} (The last try failed: {printable(f'{type(why).__name__}: {why}', 500)})",
        version_arn=version_arn,
        command=command,
    )
    error.__cause__ = why
    return error


def combined(body: BaseException | None, failure: ModelStillRunningError) -> BaseException:
    """What is raised where a model could not be stopped: neither error hides the other.

    What ends the program or the task (Ctrl-C, `SystemExit`, a cancellation) stays what it is, and carries a note.
    """
    if body is None:
        return failure
    if isinstance(body, Exception):
        return ExceptionGroup("the work with the model failed, and so did stopping it", [body, failure])
    body.add_note(f"{type(failure).__name__}: {failure}")
    return body
