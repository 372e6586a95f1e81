"""Starting a training exactly once, without I/O: what to think of a create whose outcome is unknown.

The service has no idempotency token, and botocore sends a request again when its answer was lost. So the version's name
is the only guard: the second attempt is refused because the first took the name (`ResourceInUseException`) or the slot
(`LimitExceededException`), or the last attempt is lost as well. In all these cases the name is looked up before an
error is believed.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from botocore.exceptions import BotoCoreError

from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import RekogVersionsError, ResponseError, ServiceError, noted
from rekog_versions.faults import is_passing, outcome_is_unknown
from rekog_versions.models.versions import CreateProjectVersionRequest, ProjectVersionDescription
from rekog_versions.operations import CREATE_PROJECT_VERSION, Attempt, Call, Flow, Look, Sleep, whereabouts
from rekog_versions.statuses import BEGINS_WITH_TRAINING

logger = logging.getLogger("rekog_versions")

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each look: a version that was just made may not be found at once."""
SLACK = timedelta(minutes=2)
"""How far the service's clocks may be apart."""


def create_version(request: CreateProjectVersionRequest, clock: Callable[[], float]) -> Flow[ProjectVersionArn]:
    """The flow of CreateProjectVersion, which starts a training at most once and finds the one that it started.

    Args:
        request: What to train.
        clock: Monotonic seconds.

    Returns:
        The version's ARN. If the service accepted the request and never told nor showed the ARN, it is empty.

    Raises:
        ServiceError: The service refused.
        botocore.exceptions.BotoCoreError: The call failed otherwise. Where the training may have started all the
            same, a note on the error says so and how to look.
    """
    began = clock()
    attempts: list[Attempt] = []
    trouble: Exception | None
    try:
        try:
            reply = yield Call(CREATE_PROJECT_VERSION, request.to_wire(), attempts)
        except ResponseError as error:
            # an answer of the service's, whatever its form, says that it accepted; one of a proxy's says nothing
            trouble = None if error.request_id else error
        except (ServiceError, BotoCoreError) as error:
            if not outcome_is_unknown(error, attempts):
                raise
            trouble = error
        else:
            if reply.answer.project_version_arn:
                return _started(request, reply.answer.project_version_arn)
            no_arn = ResponseError(CREATE_PROJECT_VERSION.name, reply.answer.to_dict(), "it has no ProjectVersionArn")
            trouble = None if reply.request_id else no_arn
        return (yield from _find_started(request, trouble, lambda: clock() - began))
    except (RekogVersionsError, BotoCoreError):
        raise
    except BaseException as error:  # Ctrl-C, a cancelled task: the request may be on its way
        noted(error, _may_have_started(request))
        raise


def _find_started(
    request: CreateProjectVersionRequest,
    trouble: Exception | None,
    elapsed: Callable[[], float],
) -> Flow[ProjectVersionArn]:
    logger.warning("the outcome of creating %s is unknown (%s); looking it up", _named(request), trouble)
    look = Look(whereabouts((request.project_arn, request.version_name)))
    advice = _may_have_started(request)
    for pause in PAUSES:
        yield Sleep(pause)
        try:
            found = yield from look()
        except (RekogVersionsError, BotoCoreError) as error:
            if is_passing(error):
                continue
            advice += f". Looking it up failed: {printable(str(error))}"
            break
        if found is None or not found.project_version_arn:
            continue
        if trouble is None or is_ours(found, request, (look.served_at or datetime.now(UTC)), elapsed()):
            return _started(request, found.project_version_arn)
        noted(trouble, f"{_named(request)} exists and was not made by this call: {_described(found)}")
        raise trouble
    if trouble is None:
        logger.warning("the service accepted %s without telling its ARN. %s", _named(request), _how_to_look(request))
        return ProjectVersionArn("")
    noted(trouble, advice)
    raise trouble


def is_ours(
    found: ProjectVersionDescription, request: CreateProjectVersionRequest, now: datetime, elapsed: float
) -> bool:
    """Whether a version of the request's name was made by the call that was lost.

    It is if it stands where a new version can stand, writes where the request wanted, and was created since the call.
    Two writers that use one name and one output at the same time can't be told apart.

    Args:
        found: The version.
        request: What was asked for.
        now: The service's time.
        elapsed: Seconds since the call was made.
    """
    wanted, given = request.output_config, found.output_config
    return (
        found.status in BEGINS_WITH_TRAINING
        and given is not None
        and (given.s3_bucket, given.s3_key_prefix or "") == (wanted.s3_bucket, wanted.s3_key_prefix or "")
        and found.creation_timestamp is not None
        and found.creation_timestamp >= now - timedelta(seconds=elapsed) - SLACK
    )


def _started(request: CreateProjectVersionRequest, arn: ProjectVersionArn) -> ProjectVersionArn:
    logger.info("training of %s has started: %s", _named(request), ascii(str(arn)))
    return arn


def _named(request: CreateProjectVersionRequest) -> str:
    return f"version {request.version_name!r} of {request.project_arn}"


def _how_to_look(request: CreateProjectVersionRequest) -> str:
    pair = (str(request.project_arn), request.version_name)
    return f"client.get_project_version({pair!r})"


def _may_have_started(request: CreateProjectVersionRequest) -> str:
    return (
        f"The training of {_named(request)} may have started, and would be billed. "
        f"Before trying again, look: {_how_to_look(request)}"
    )


def _described(found: ProjectVersionDescription) -> str:
    created = found.creation_timestamp.isoformat() if found.creation_timestamp else "at an unknown time"
    output = found.output_config
    where = f"s3://{output.s3_bucket}/{output.s3_key_prefix or ''}" if output else "unknown"
    return printable(f"{found.project_version_arn}, status {found.status}, created {created}, output {where}")
