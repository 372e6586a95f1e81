"""Making a version exactly once, without I/O: what to think of a create or a copy whose outcome is unknown.

The service has no idempotency token, and botocore sends a request again when its answer was lost. So the version's name
is the only guard: the second attempt is refused because the first took the name (`ResourceInUseException`) or the slot
(`LimitExceededException`), or the last attempt is lost as well. In all these cases the name is looked up before an
error is believed.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError

from rekog_versions._aws.error_codes import is_retryable, outcome_is_unknown
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import RekogVersionsError, ResponseError, ServiceError, noted
from rekog_versions.models.assets import OutputConfig
from rekog_versions.models.lifecycle import CopyProjectVersionRequest, CopyProjectVersionResponse
from rekog_versions.models.versions import (
    CreateProjectVersionRequest,
    CreateProjectVersionResponse,
    ProjectVersionDescription,
)
from rekog_versions.operations.flows import Attempt, Call, Flow, Operation, Reply, Sleep
from rekog_versions.operations.versions import COPY_PROJECT_VERSION, CREATE_PROJECT_VERSION, Look, whereabouts
from rekog_versions.statuses import BEGINS_WITH_COPYING, BEGINS_WITH_TRAINING, ProjectVersionStatus

logger = logging.getLogger("rekog_versions")

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each look: a version that was just made may not be found at once."""
SLACK = timedelta(minutes=2)
"""How far the service's clocks may be apart."""


@dataclass(frozen=True)
class _Making:
    """A version that is to be made, and how to know it when it is found."""

    operation: Operation[CreateProjectVersionResponse] | Operation[CopyProjectVersionResponse]
    wire: dict[str, Any]
    project_arn: str
    version_name: str
    output: OutputConfig
    begins_with: frozenset[ProjectVersionStatus]
    what: str
    """What it is that may have begun: the training."""
    source_arn: str | None = None
    """What it is copied from."""

    def __str__(self) -> str:
        return f"version {self.version_name!r} of {self.project_arn}"

    @property
    def how_to_look(self) -> str:
        return f"client.get_project_version({(self.project_arn, self.version_name)!r})"

    @property
    def may_have_begun(self) -> str:
        return (
            f"The {self.what} of {self} may have started{self._billed}. Before trying again, look: {self.how_to_look}"
        )

    @property
    def _billed(self) -> str:
        return ", and would be billed" if self.source_arn is None else ""

    def is_ours(self, found: ProjectVersionDescription, now: datetime, elapsed: float) -> bool:
        """Whether a version of this name was made by the call that was lost.

        It is if it stands where a new version can stand, writes where the request wanted, was copied from the same
        version if it is a copy, and was created since the call. Two writers that use one name and one output at the
        same time can't be told apart.

        Args:
            found: The version.
            now: The service's time.
            elapsed: Seconds since the call was made.
        """
        wanted, given = self.output, found.output_config
        return (
            found.status in self.begins_with
            and given is not None
            and (given.s3_bucket, given.s3_key_prefix or "") == (wanted.s3_bucket, wanted.s3_key_prefix or "")
            and (self.source_arn is None or found.source_project_version_arn in (self.source_arn, None))
            and found.creation_timestamp is not None
            and found.creation_timestamp >= now - timedelta(seconds=elapsed) - SLACK
        )


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
    return _made(
        _Making(
            CREATE_PROJECT_VERSION,
            request.to_wire(),
            str(request.project_arn),
            request.version_name,
            request.output_config,
            BEGINS_WITH_TRAINING,
            "training",
        ),
        clock,
    )


def copy_version(request: CopyProjectVersionRequest, clock: Callable[[], float]) -> Flow[ProjectVersionArn]:
    """The flow of CopyProjectVersion, which makes a copy at most once and finds the one that it made.

    The copy is looked up in the destination project, by its name; arguments, result and errors are those of
    `create_version`.
    """
    return _made(
        _Making(
            COPY_PROJECT_VERSION,
            request.to_wire(),
            str(request.destination_project_arn),
            request.version_name,
            request.output_config,
            BEGINS_WITH_COPYING,
            "copying",
            str(request.source_project_version_arn),
        ),
        clock,
    )


def _made(making: _Making, clock: Callable[[], float]) -> Flow[ProjectVersionArn]:
    began = clock()
    attempts: list[Attempt] = []
    trouble: Exception | None
    try:
        try:
            reply: Reply[Any] = yield Call[Any](making.operation, making.wire, attempts)
        except ResponseError as error:
            # an answer of the service's, whatever its form, says that it accepted; one of a proxy's says nothing
            trouble = None if error.request_id else error
        except (ServiceError, BotoCoreError) as error:
            if not outcome_is_unknown(error, attempts):
                raise
            trouble = error
        else:
            if reply.answer.project_version_arn:
                return _begun(making, reply.answer.project_version_arn)
            no_arn = ResponseError(making.operation.name, reply.answer.to_dict(), "it has no ProjectVersionArn")
            trouble = None if reply.request_id else no_arn
        return (yield from _find(making, trouble, lambda: clock() - began))
    except (RekogVersionsError, BotoCoreError):
        raise
    except BaseException as error:  # Ctrl-C, a cancelled task: the request may be on its way
        noted(error, making.may_have_begun)
        raise


def _find(making: _Making, trouble: Exception | None, elapsed: Callable[[], float]) -> Flow[ProjectVersionArn]:
    logger.warning("the outcome of creating %s is unknown (%s); looking it up", making, trouble)
    look = Look(whereabouts((making.project_arn, making.version_name)))
    advice = making.may_have_begun
    for pause in PAUSES:
        yield Sleep(pause)
        try:
            found = yield from look()
        except (RekogVersionsError, BotoCoreError) as error:
            if is_retryable(error):
                continue
            advice += f". Looking it up failed: {printable(str(error))}"
            break
        if found is None or not found.project_version_arn:
            continue
        if trouble is None or making.is_ours(found, (look.served_at or datetime.now(UTC)), elapsed()):
            return _begun(making, found.project_version_arn)
        noted(trouble, f"{making} exists and was not made by this call: {_described(found)}")
        raise trouble
    if trouble is None:
        logger.warning("the service accepted %s without telling its ARN. %s", making, making.how_to_look)
        return ProjectVersionArn("")
    noted(trouble, advice)
    raise trouble


def _begun(making: _Making, arn: ProjectVersionArn) -> ProjectVersionArn:
    logger.info("%s of %s has started: %s", making.what, making, ascii(str(arn)))
    return arn


def _described(found: ProjectVersionDescription) -> str:
    created = found.creation_timestamp.isoformat() if found.creation_timestamp else "at an unknown time"
    output = found.output_config
    where = f"s3://{output.s3_bucket}/{output.s3_key_prefix or ''}" if output else "unknown"
    return printable(f"{found.project_version_arn}, status {found.status}, created {created}, output {where}")
