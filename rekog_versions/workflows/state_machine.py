"""A training as a Step Functions state machine: started exactly once, and waited for without a process.

The definition is generated from the record of the wait for a training, so it knows all statuses. Step Functions has no
`.sync` integration for Rekognition, hence the loop of Wait, Task and Choice. Sources: the developer guide of Step
Functions ("AWS SDK service integrations", "Quotas": 25,000 events in the history of an execution).
"""

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from pydantic.alias_generators import to_pascal

from rekog_versions._text import printable
from rekog_versions.client import VersionsClient
from rekog_versions.client.arguments import checked_list
from rekog_versions.failures import explain_failure
from rekog_versions.models import CreateProjectVersionRequest, OutputConfig
from rekog_versions.statuses import ProjectVersionStatus
from rekog_versions.waiting.targets import TRAINED, Verdict

__all__ = ["explain", "training_definition"]

HISTORY_EVENTS = 25_000
"""The most events in the history of one execution; Step Functions ends an execution that has more."""
EVENTS_PER_POLL = 13
"""Five of the Task, and two of each of the other four states."""
CLOCK_SLACK = 10
"""Seconds before the training is started. A version that is older than the execution is not its own; this is how far
the clocks of Step Functions and Rekognition may differ."""

_SDK = "arn:aws:states:::aws-sdk:rekognition:"
_THROTTLED = ("Rekognition.ThrottlingException", "Rekognition.ProvisionedThroughputExceededException")
_UNKNOWN = ("Rekognition.InternalServerErrorException", "Rekognition.SdkClientException", "States.Timeout")
"""Errors after which the service may have carried out the call."""
_TAKEN = ("Rekognition.ResourceInUseException", "Rekognition.LimitExceededException")
"""Errors that a repeated call gets because the first one was carried out."""

START, WAIT, POLL = "Start the training", "Wait", "Describe the version"
SELECT, JUDGE = "Select what matters", "Judge its status"


def training_definition(
    request: CreateProjectVersionRequest | Mapping[str, Any],
    *,
    from_input: Sequence[str] = ("version_name",),
    poll_every: float | timedelta = TRAINED.schedule.most,
    timeout: float | timedelta = TRAINED.timeout,
    explain_function: str | None = None,
) -> dict[str, Any]:
    """Return a state machine that starts a training exactly once and waits until it ends.

    The input of an execution is an object with the fields that differ, in the service's spelling:
    `{"VersionName": "v7"}`. The execution succeeds with the version's `ProjectVersionArn` and `Status`. It fails with
    the error `TrainingFailed` if the training failed, `NotStarted` if the service rejected the request, and
    `NotTrainable` if the version was deleted or is a copy; the cause has the version or the service's error.

    If the response of a call was lost, the repeated call is rejected because the name is taken. Then the version is
    described, and it counts as started by this execution if it has the same output location and is not older than the
    execution.

    Args:
        request: The request, or a dict of its fields. It is checked as that of `create_project_version()` is.
        from_input: The fields of the request that come from the input, in place of their values here. All but the
            output location and the KMS key can be given there.
        poll_every: Whole seconds, or a `timedelta`, between two polls.
        timeout: Whole seconds, or a `timedelta`, after which the execution ends with `States.Timeout`. The training
            continues and is billed.
        explain_function: The name or ARN of a Lambda function with the handler `explain` of this module. Its answer
            becomes the cause of `TrainingFailed`.

    Raises:
        pydantic.ValidationError: A value of the request breaks a rule.
        ValueError: `from_input` has a field that cannot come from the input, a duration is not positive, or the
            history of the execution could become too long.
        TypeError: A duration is not a number, or `from_input` is a string.
    """
    checked = request if isinstance(request, CreateProjectVersionRequest) else CreateProjectVersionRequest(**request)
    fields = _parameters(checked, from_input)
    pause, longest = _seconds("poll_every", poll_every), _seconds("timeout", timeout)
    if longest / pause * EVENTS_PER_POLL > HISTORY_EVENTS * 0.9:
        least = math.ceil(longest * EVENTS_PER_POLL / (HISTORY_EVENTS * 0.9))
        raise ValueError(
            f"poll_every must be at least {least} seconds for a timeout of {longest:,} seconds, got {pause}: Step "
            f"Functions ends an execution with more than {HISTORY_EVENTS:,} events"
        )
    failed = "Explain the failure" if explain_function else "Training failed"
    states: dict[str, Any] = {
        "Allow for clocks that differ": {"Type": "Wait", "Seconds": CLOCK_SLACK, "Next": START},
        START: {
            "Type": "Task",
            "Resource": f"{_SDK}createProjectVersion",
            "Parameters": fields,
            "ResultPath": "$.Created",
            "Retry": [_retry([*_THROTTLED, *_UNKNOWN], attempts=5, most=60)],
            "Catch": [
                {"ErrorEquals": [*_TAKEN, *_UNKNOWN], "ResultPath": "$.Rejected", "Next": WAIT},
                {"ErrorEquals": ["States.ALL"], "ResultPath": "$.Rejected", "Next": "Not started"},
            ],
            "Next": WAIT,
        },
        WAIT: {"Type": "Wait", "Seconds": pause, "Next": POLL},
        POLL: {
            "Type": "Task",
            "Resource": f"{_SDK}describeProjectVersions",
            "Parameters": {
                **{name: value for name, value in fields.items() if name.startswith("ProjectArn")},
                **_names(fields),
            },
            "ResultSelector": {"Versions.$": "$.ProjectVersionDescriptions"},
            "ResultPath": "$.Found",
            "Retry": [_retry([*_THROTTLED, *_UNKNOWN], attempts=50, most=300)],
            "Next": "Does it exist",
        },
        "Does it exist": {
            "Type": "Choice",
            "Choices": [
                {**_present("$.Found.Versions[0]"), "Next": SELECT},
                {**_present("$.Rejected"), "Next": "Not started"},
            ],
            "Default": "Deleted",
        },
        SELECT: {
            "Type": "Pass",
            "Parameters": {
                **{f"{name}.$": f"States.ArrayGetItem($.Found.Versions[*].{name}, 0)" for name in _KEPT},
                "StatusMessages.$": "$.Found.Versions[*].StatusMessage",
                "ExecutionStarted.$": "$$.Execution.StartTime",
            },
            "ResultPath": "$.Version",
            "Next": JUDGE,
        },
        JUDGE: {
            "Type": "Choice",
            "Choices": [
                {"And": [_present("$.Rejected"), {"Not": _is_ours(checked.output_config)}], "Next": "Not started"},
                _status_is(Verdict.REACHED, "Trained"),
                _status_is(Verdict.FAILED, failed),
                _status_is(Verdict.UNREACHABLE, "Cannot be trained"),
            ],
            "Default": WAIT,
        },
        "Trained": {
            "Type": "Pass",
            "Parameters": {name: f"$.Version.{name[:-2]}" for name in ("ProjectVersionArn.$", "Status.$")},
            "End": True,
        },
        "Training failed": {"Type": "Fail", "Error": "TrainingFailed", "CausePath": "States.JsonToString($.Version)"},
        "Cannot be trained": {"Type": "Fail", "Error": "NotTrainable", "CausePath": "States.JsonToString($.Version)"},
        "Deleted": {
            "Type": "Fail",
            "Error": "NotTrainable",
            "Cause": "The version does not exist any more: it was deleted while the execution waited for its training.",
        },
        "Not started": {"Type": "Fail", "Error": "NotStarted", "CausePath": "States.JsonToString($.Rejected)"},
    }
    if explain_function:
        states[failed] = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": explain_function, "Payload.$": "$.Version"},
            "ResultPath": "$.Explained",
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.NotExplained", "Next": "Training failed"}],
            "Next": "Training failed, explained",
        }
        states["Training failed, explained"] = {
            "Type": "Fail",
            "Error": "TrainingFailed",
            "CausePath": "$.Explained.Payload",
        }
    return {
        "Comment": "Train a model version of Amazon Rekognition Custom Labels, exactly once, and wait for it",
        "StartAt": "Allow for clocks that differ",
        "TimeoutSeconds": longest,
        "States": states,
    }


_KEPT = ("ProjectVersionArn", "Status", "CreationTimestamp", "OutputConfig")
_FIXED = ("output_config", "kms_key_id")


def _retry(errors: Sequence[str], *, attempts: int, most: int) -> dict[str, Any]:
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": 2,
        "BackoffRate": 2.0,
        "MaxAttempts": attempts,
        "MaxDelaySeconds": most,
        "JitterStrategy": "FULL",
    }


def _status_is(verdict: Verdict, following: str) -> dict[str, Any]:
    statuses = [status for status in ProjectVersionStatus if TRAINED.verdicts[status] is verdict]
    return {
        "Or": [{"Variable": "$.Version.Status", "StringEquals": str(status)} for status in statuses],
        "Next": following,
    }


def _parameters(request: CreateProjectVersionRequest, from_input: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of CreateProjectVersion: values, and paths into the input for fields that come from it."""
    members = {name: to_pascal(name) for name in CreateProjectVersionRequest.model_fields if name not in _FIXED}
    given = [members.get(name, name) for name in checked_list(from_input, "from_input") or ()]
    if unknown := [name for name in given if name not in members.values()]:
        shown = ", ".join(printable(name, 40) for name in unknown)
        raise ValueError(f"from_input must name fields among {', '.join(members)}, got {shown}")
    fixed = {name: value for name, value in request.to_wire().items() if name not in given}
    return {**fixed, **{f"{name}.$": f"$.{name}" for name in given}}


def _names(parameters: Mapping[str, Any]) -> dict[str, Any]:
    if "VersionName" in parameters:
        return {"VersionNames": [parameters["VersionName"]]}
    return {"VersionNames.$": "States.Array($.VersionName)"}


def _is_ours(output: OutputConfig) -> dict[str, Any]:
    """Return the condition that this execution started the version, as `CreateRecovery` decides it."""
    prefix = "$.Version.OutputConfig.S3KeyPrefix"
    same_prefix = (
        {"And": [_present(prefix), {"Variable": prefix, "StringEquals": output.s3_key_prefix}]}
        if output.s3_key_prefix
        else {"Not": _present(prefix)}
    )
    return {
        "And": [
            {"Variable": "$.Version.OutputConfig.S3Bucket", "StringEquals": output.s3_bucket},
            same_prefix,
            {"Variable": "$.Version.CreationTimestamp", "TimestampGreaterThanEqualsPath": "$.Version.ExecutionStarted"},
        ]
    }


def _present(path: str) -> dict[str, Any]:
    return {"Variable": path, "IsPresent": True}


def _seconds(name: str, value: float | timedelta) -> int:
    number = value.total_seconds() if isinstance(value, timedelta) else value
    if isinstance(number, bool) or not isinstance(cast("object", number), int | float):
        raise TypeError(f"{name} must be a number of seconds or a timedelta, got {type(value).__name__}")
    if not 1 <= number < 1e8 or number != int(number):  # noqa: PLR2004  (99,999,999 is the longest of Step Functions)
        raise ValueError(f"{name} must be a whole number of seconds from 1 to 99,999,999, got {printable(value, 40)}")
    return int(number)


def explain(event: Mapping[str, Any], context: object) -> str:  # noqa: ARG001  (Lambda passes two arguments)
    """Explain a failed training: the handler of the optional Lambda function.

    The function needs the permissions of `explain_failure()`.

    Args:
        event: The version, with its `ProjectVersionArn`.
        context: Lambda's context, which is not used.
    """
    return str(explain_failure(VersionsClient.connect(), event["ProjectVersionArn"]))
