"""Starting, stopping and deleting a version, without I/O: what to think of a call whose outcome is unknown.

botocore sends a request again when its answer was lost. If the lost attempt was carried out, the next one is refused
because of it: the model STARTING already can't be started (`ResourceInUseException`), the version that is gone can't be
deleted (`ResourceNotFoundException`). So, where an attempt was lost, the version's status is looked at before an error
is believed.
"""

import logging
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError

from rekog_versions._aws.error_codes import is_retryable, outcome_is_unknown
from rekog_versions._text import printable
from rekog_versions.errors import RekogVersionsError, ResponseError, ServiceError, noted
from rekog_versions.models._base import Request
from rekog_versions.models.lifecycle import (
    DeleteProjectVersionRequest,
    DeleteProjectVersionResponse,
    StartProjectVersionRequest,
    StartProjectVersionResponse,
    StopProjectVersionRequest,
    StopProjectVersionResponse,
)
from rekog_versions.operations.flows import Attempt, Call, Flow, Operation, Reply, Sleep
from rekog_versions.operations.versions import (
    DELETE_PROJECT_VERSION,
    STAND_IN,
    START_PROJECT_VERSION,
    STOP_PROJECT_VERSION,
    Look,
    VersionRef,
    arn_of,
    whereabouts,
)
from rekog_versions.statuses import ProjectVersionStatus

logger = logging.getLogger("rekog_versions")

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each look at a version whose call was lost: what was begun is not always seen at once."""

_S = ProjectVersionStatus


@dataclass(frozen=True)
class _Step:
    """One step in the life of a version, and how to know that it was taken."""

    operation: (
        Operation[StartProjectVersionResponse]
        | Operation[StopProjectVersionResponse]
        | Operation[DeleteProjectVersionResponse]
    )
    taken: frozenset[ProjectVersionStatus]
    """The statuses that show that the service has accepted it."""
    may_be: str
    """What may be the case if the outcome stays unknown."""
    is_gone: bool = False
    """Whether a version that is not there any more shows it too."""


_START = _Step(
    START_PROJECT_VERSION,
    frozenset({_S.STARTING, _S.RUNNING}),
    "may have been started, and would be billed until client.stop_project_version({reference}) stops it",
)
_STOP = _Step(
    STOP_PROJECT_VERSION,
    frozenset({_S.STOPPING, _S.STOPPED}),
    "may run on, and is billed as long as it does",
)
_DELETE = _Step(
    DELETE_PROJECT_VERSION,
    frozenset({_S.DELETING}),
    "may have been deleted",
    is_gone=True,
)


def start_version(
    version: VersionRef, min_inference_units: int, max_inference_units: int | None
) -> Flow[ProjectVersionStatus | None]:
    """The flow of StartProjectVersion; its status is STARTING, or RUNNING if it was lost and found.

    Raises:
        pydantic.ValidationError: A number of units is out of range; nothing was sent.
        VersionNotFoundError: There is no version of that name.
        ServiceError: The service refused.
        botocore.exceptions.BotoCoreError: The call failed otherwise. Where the model may have been started all the
            same, a note on the error says so.
    """
    request = StartProjectVersionRequest(
        project_version_arn=STAND_IN,
        min_inference_units=min_inference_units,
        max_inference_units=max_inference_units,
    )
    return _taken(_START, Look(whereabouts(version)), request)


def stop_version(version: VersionRef) -> Flow[ProjectVersionStatus | None]:
    """The flow of StopProjectVersion; its status is STOPPING, or STOPPED if it was lost and found.

    Raises as `start_version` does.
    """
    return _taken(_STOP, Look(whereabouts(version)), StopProjectVersionRequest(project_version_arn=STAND_IN))


def delete_version(version: VersionRef) -> Flow[ProjectVersionStatus | None]:
    """The flow of DeleteProjectVersion; its status is DELETING, also if it was lost and the version is gone.

    Raises as `start_version` does.
    """
    return _taken(_DELETE, Look(whereabouts(version)), DeleteProjectVersionRequest(project_version_arn=STAND_IN))


def _taken(step: _Step, look: Look, request: Request) -> Flow[ProjectVersionStatus | None]:
    arn = yield from arn_of(look)
    wire = request.model_copy(update={"project_version_arn": arn}).to_wire()
    attempts: list[Attempt] = []
    trouble: Exception
    try:
        try:
            reply: Reply[Any] = yield Call[Any](step.operation, wire, attempts)
        except ResponseError as error:
            trouble = error
        except (ServiceError, BotoCoreError) as error:
            if not outcome_is_unknown(error, attempts):
                raise
            trouble = error
        else:
            status: ProjectVersionStatus | None = reply.answer.status
            if status is not None or reply.request_id is not None:
                return status
            trouble = ResponseError(step.operation.name, reply.answer.to_dict(), "it has no Status and no request id")
        return (yield from _find(step, look, trouble))
    except (RekogVersionsError, BotoCoreError):
        raise
    except BaseException as error:  # Ctrl-C, a cancelled task: the request may be on its way
        noted(error, _may_be(step, arn))
        raise


def _find(step: _Step, look: Look, trouble: Exception) -> Flow[ProjectVersionStatus | None]:
    logger.warning("the outcome of %s for %s is unknown (%s); looking", step.operation.name, look.where, trouble)
    advice = _may_be(step, look.where.version_arn)
    for pause in PAUSES:
        yield Sleep(pause)
        try:
            found = yield from look()
        except (RekogVersionsError, BotoCoreError) as error:
            if is_retryable(error):
                continue
            advice += f" Looking failed: {printable(str(error))}"
            break
        if found is None and step.is_gone:
            return ProjectVersionStatus.DELETING
        if found is not None and found.status in step.taken:
            return found.status
        seen = f"is {printable(str(found.status))}" if found else "was not found"
        advice = f"{_may_be(step, look.where.version_arn)} It {seen} when it was last looked at."
    noted(trouble, advice)
    raise trouble


def _may_be(step: _Step, arn: object) -> str:
    reference = repr(str(arn))
    may_be = step.may_be.format(reference=reference)
    return f"The version {may_be}. Before going on, look: client.get_project_version({reference})."
