"""Runs state machines on moto's interpreter, with the corrections that make it answer as Step Functions does.

moto 5.2.5 names the service's errors `rekognition.X`, where Step Functions names them `Rekognition.X`, and a lost
connection `States.Runtime`, where it is `Rekognition.SdkClientException`. It leaves times as datetimes, where Step
Functions has ISO 8601 texts, and does not compare texts with fractions of a second. Its Wait states and retries really
wait.
"""

import json
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from botocore.exceptions import BotoCoreError
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.choice.comparison.operator.implementations.is_operator import (
    IsTimestamp,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.backend import execution_worker

from rekog_versions.testing import CustomLabelsControl, mock_custom_labels
from tests.testing.emulator import client

ROLE = "arn:aws:iam::123456789012:role/step-functions"


@contextmanager
def interpreter(wait: Callable[[int], object] = lambda _: None) -> Generator[CustomLabelsControl]:
    """Emulate Custom Labels and Step Functions.

    Args:
        wait: Called with the seconds of each Wait state, in place of the wait.
    """
    sdk: Any = state_task_service_aws_sdk
    service = sdk.StateTaskServiceAwsSdk
    worker: Any = execution_worker
    evaluate, from_error, context = service._eval_service_task, service._from_error, worker.ExecutionData

    def evaluate_task(self: Any, env: Any, **options: Any) -> None:
        evaluate(self, env, **options)
        env.stack.append(json.loads(json.dumps(env.stack.pop(), default=_iso)))

    def failure_from(self: Any, env: Any, ex: Exception) -> Any:
        if isinstance(ex, BotoCoreError):
            return self._get_task_failure_event(env, "Rekognition.SdkClientException", str(ex))
        return from_error(self, env, ex)

    def wait_interval(_: object, env: object, wait_seconds: int) -> None:
        wait(wait_seconds)

    def sleep(_: float) -> None:
        pass

    def execution_data(**fields: Any) -> Any:
        return context(**{**fields, "StartTime": _iso(fields["StartTime"])})

    with (
        mock_custom_labels(config={"stepfunctions": {"execute_state_machine": True}}) as control,
        patch.object(service, "_eval_service_task", evaluate_task),
        patch.object(service, "_from_error", failure_from),
        patch.object(execution_worker, "ExecutionData", execution_data),
        patch.object(IsTimestamp, "string_to_timestamp", datetime.fromisoformat),
        patch.object(retrier_decl, "time", SimpleNamespace(sleep=sleep)),
        patch.dict(sdk._SERVICE_ERROR_NAMES, {"rekognition": "Rekognition"}),
        patch.object(WaitFunction, "_wait_interval", wait_interval),
    ):
        yield control


def _iso(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def run(definition: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Run an execution to its end and return its description."""
    steps = client("stepfunctions")
    machine = steps.create_state_machine(name="training", definition=json.dumps(definition), roleArn=ROLE)
    execution = steps.start_execution(stateMachineArn=machine["stateMachineArn"], input=json.dumps(given))
    for _ in range(2000):
        described = steps.describe_execution(executionArn=execution["executionArn"])
        if described["status"] != "RUNNING":
            return cast("Mapping[str, Any]", described)
        time.sleep(0.005)  # the interpreter runs in a thread of its own, and offers nothing to wait for
    raise AssertionError("the execution does not end")
