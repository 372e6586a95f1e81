"""Pieces for Lambda durable functions: a training and a hosted run whose waits cost no compute (extra `durable`).

Lambda replays a durable function from its recorded steps whenever it resumes. Each piece records what it has done, so a
replay repeats no call, and a step that was interrupted before its result was recorded finds out what it had done.
Waits take their decisions from the records of the client's own waits, so all statuses mean the same.
"""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Literal, TypeAlias, TypedDict, TypeVar, cast

from aws_durable_execution_sdk_python import DurableContext, StepContext
from aws_durable_execution_sdk_python.config import Duration, StepConfig
from aws_durable_execution_sdk_python.exceptions import InvocationError
from aws_durable_execution_sdk_python.retries import RetryDecision
from aws_durable_execution_sdk_python.waits import WaitForConditionConfig, WaitForConditionDecision

from rekog_versions._aws.error_codes import is_retryable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client import VersionsClient
from rekog_versions.client._sync.lookup import find_version
from rekog_versions.client.recovery import Carried, CreateRecovery
from rekog_versions.errors import LimitExceededError, ResourceInUseError
from rekog_versions.models import CreateProjectVersionRequest, ProjectVersionDescription
from rekog_versions.models.references import SoughtVersion, VersionReference
from rekog_versions.statuses import ProjectVersionStatus
from rekog_versions.waiting.arguments import Seconds, seconds_of
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.targets import COPIED, RUNNING, STOPPED, TRAINED, Target, Verdict
from rekog_versions.waiting.watch import GRACE, VersionWatch

__all__ = ["Goal", "hosted", "train_once", "wait_until"]

T = TypeVar("T")
Goal: TypeAlias = Literal["trained", "running", "stopped", "copied"]
"""The goal of a wait: the last word of the client's own methods, as in `wait_until_trained`."""

_TARGETS = {target.name: target for target in (TRAINED, RUNNING, STOPPED, COPIED)}
_RUNS = (ProjectVersionStatus.STARTING, ProjectVersionStatus.RUNNING)
_STOP_ATTEMPTS = 200
"""At most five minutes apart: the service rejects a stop while a model is STARTING, and the model is billed."""
_FAILURES = 5
"""Polls that may fail before one has succeeded."""


class _Seen(TypedDict):
    """The findings of the polls of a wait.

    Attributes:
        description: The last description in JSON; None if the version was missing.
        has_begun: True once a poll found a status of the awaited work.
        failures: How many of the last polls have failed for a reason that may pass.
    """

    description: dict[str, Any] | None
    has_begun: bool
    failures: int


def train_once(
    context: DurableContext, client: VersionsClient, request: CreateProjectVersionRequest
) -> ProjectVersionArn:
    """Start a training, exactly once, as a step.

    If Lambda ends between the call and the record of its result, the step runs again and the service rejects the second
    call, because the name is taken. The version of that name then counts as created by this execution if its output is
    the same and it was created since this function began.

    Args:
        context: The context of the durable function.
        client: A client, created in the function.
        request: The request. It must be the same in each replay: take the version's name from the event.

    Returns:
        The version's ARN.

    Raises:
        aws_durable_execution_sdk_python.StepError: The service rejected the request; the error has the type and the
            message of the cause.
    """
    began = datetime.fromisoformat(context.step(_now, name="note when the training begins"))

    def create(_: StepContext) -> str:
        try:
            return str(client.create_project_version(request))
        except (ResourceInUseError, LimitExceededError):  # perhaps because of an interrupted attempt of this step
            recovery = CreateRecovery(request, began=began)
            found = find_version(client, recovery.sought)
            elapsed = (datetime.now(UTC) - began).total_seconds()
            outcome = recovery.judge(found, elapsed, accepted=False)
            if isinstance(outcome, Carried):
                return str(outcome.result)
            raise

    return ProjectVersionArn(context.step(create, name="start the training", config=StepConfig(_retried())))


def wait_until(
    context: DurableContext,
    client: VersionsClient,
    goal: Goal,
    version_arn: str,
    *,
    timeout: Seconds | None = None,
    schedule: Schedule | None = None,
) -> ProjectVersionDescription:
    """Wait for a version, without paying for compute between polls.

    Args:
        context: The context of the durable function.
        client: A client, created in the function.
        goal: The goal of the wait. The default timeouts and schedules are those of the client's own waits.
        version_arn: The version's ARN.
        timeout: Seconds, or a `timedelta`, until the wait gives up.
        schedule: The delays between polls, in whole seconds; their jitter is not used, because replays must agree.

    Raises:
        WaitError: The goal was not reached; the class says why, such as `TrainingFailedError`.
        aws_durable_execution_sdk_python.WaitForConditionError: A poll failed, such as for a denied permission.
        ValueError: `goal` is unknown, or `timeout` is out of range.
    """
    if goal not in _TARGETS:
        raise ValueError(f"goal must be one of {', '.join(_TARGETS)}, got {goal!a}")
    target = _TARGETS[goal]
    seconds = seconds_of(timeout)
    longest = target.timeout if seconds is None else seconds
    given = schedule or target.schedule
    pauses = Schedule(first=given.first, factor=given.factor, most=given.most, jitter=0)
    sought = SoughtVersion(VersionReference.parse(version_arn))

    def poll(seen: _Seen, _: object) -> _Seen:
        connected = seen["description"] is not None
        try:
            found = find_version(client, sought)
        except Exception as error:
            may_pass = is_retryable(error, connected_before=connected)
            if not may_pass or (seen["failures"] == _FAILURES and not connected):
                raise
            return {**seen, "failures": seen["failures"] + 1}
        begun = found is not None and target.verdict(found.status) is Verdict.PENDING
        return {
            "description": found.to_dict() if found else None,
            "has_begun": seen["has_begun"] or begun,
            "failures": 0,
        }

    def decide(seen: _Seen, polls: int) -> WaitForConditionDecision:
        *before, pause = islice(pauses.delays(), polls)
        passed = sum(map(math.ceil, before))
        if passed >= longest or not _is_pending(target, seen, passed):
            return WaitForConditionDecision.stop_polling()
        return WaitForConditionDecision.continue_waiting(Duration.from_seconds(math.ceil(pause)))

    start: _Seen = {"description": None, "has_begun": False, "failures": 0}
    last = context.wait_for_condition(
        poll, WaitForConditionConfig(decide, start), name=f"wait until the version is {target.name}"
    )
    # the watch of the client's own waits has the errors and their texts
    passed = [0.0]
    watch = VersionWatch(target, version_arn, timeout=longest, schedule=None, clock=lambda: passed[0])
    passed[0] = longest
    description = last["description"]
    found = None if description is None else ProjectVersionDescription.model_validate(description)
    return watch.result(watch.found(found))


def hosted(
    context: DurableContext,
    client: VersionsClient,
    version_arn: str,
    work: Callable[[DurableContext], T],
    *,
    min_inference_units: int = 1,
    timeout: Seconds | None = None,
) -> T:
    """Start a model, do work while it runs, and stop it in every case.

    A model that runs already is used and not stopped. If Lambda ends the execution itself, such as after its timeout,
    the model keeps running and is billed: choose an execution timeout that covers the start, the work and the stop.

    Args:
        context: The context of the durable function.
        client: A client, created in the function.
        version_arn: The version's ARN.
        work: A function that is called while the model runs, with a child context. Its result must be JSON.
        min_inference_units: The number of inference units.
        timeout: Seconds, or a `timedelta`, until the wait for the start gives up.

    Returns:
        The result of `work`.

    Raises:
        WaitError: The model did not start; it was stopped if it may still start.
        aws_durable_execution_sdk_python.DurableOperationError: A step failed, or `work` did.
    """
    sought = SoughtVersion(VersionReference.parse(version_arn))

    def status() -> ProjectVersionStatus | None:
        found = find_version(client, sought)
        return found.status if found else None

    def start(_: StepContext) -> None:
        try:
            client.start_project_version(version_arn, min_inference_units=min_inference_units)
        except ResourceInUseError:  # perhaps because of an interrupted attempt of this step
            if status() not in _RUNS:
                raise

    def stop(_: StepContext) -> bool:
        before = status()
        if before in _RUNS:
            client.stop_project_version(version_arn)
        return before in (*_RUNS, ProjectVersionStatus.STOPPING)

    def end() -> None:
        if context.step(stop, name="stop the model", config=StepConfig(_retried(_STOP_ATTEMPTS, always=True))):
            wait_until(context, client, "stopped", version_arn)

    run: Callable[..., T] = cast("Any", context).run_in_child_context
    was_running = context.step(
        lambda _: status() in _RUNS, name="look whether the model runs", config=StepConfig(_retried())
    )
    if was_running:
        wait_until(context, client, "running", version_arn, timeout=timeout)
        return run(work, name="work")
    context.step(start, name="start the model", config=StepConfig(_retried()))
    try:
        wait_until(context, client, "running", version_arn, timeout=timeout)
        result = run(work, name="work")
    except Exception:  # a suspension derives from BaseException
        end()
        raise
    end()
    return result


def _is_pending(target: Target[ProjectVersionStatus], seen: _Seen, passed: float) -> bool:
    """Return whether a wait continues. At first a version may be missing or lag behind, as in the client's waits."""
    if seen["failures"]:
        return True
    description = seen["description"]
    status = None if description is None else ProjectVersionDescription.model_validate(description).status
    if description is not None and target.verdict(status) is Verdict.PENDING:
        return True
    lags = description is None or (status in target.before and not seen["has_begun"])
    return lags and passed < GRACE


def _retried(attempts: int = 10, *, always: bool = False) -> Callable[[Exception, int], RetryDecision]:
    """Return a strategy that repeats a step at most five minutes apart.

    Args:
        attempts: The most attempts.
        always: True to repeat it after any error, False after errors that may pass, and interrupted invocations.
    """

    def decide(error: Exception, attempt: int) -> RetryDecision:
        may_pass = always or isinstance(error, InvocationError) or is_retryable(error)
        if attempt >= attempts or not may_pass:
            return RetryDecision.no_retry()
        return RetryDecision.retry(Duration.from_seconds(min(2 ** min(attempt, 10), 300)))

    return decide


def _now(_: StepContext) -> str:
    return datetime.now(UTC).isoformat()
