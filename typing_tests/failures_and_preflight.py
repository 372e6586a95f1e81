"""explain_failure and preflight: the type of the client decides the type of the result."""

from collections.abc import Awaitable
from typing import Any, assert_type

from rekog_versions import (
    AsyncVersionsClient,
    CreateProjectVersionRequest,
    ProjectVersionDescription,
    VersionsClient,
)
from rekog_versions.failures import (
    FailureExplanation,
    FailureReason,
    LineErrors,
    LineExample,
    UnreadableFile,
    ValidationStatistics,
    explain_failure,
)
from rekog_versions.preflight import (
    Certainty,
    PreflightCheck,
    PreflightFinding,
    PreflightReport,
    PreflightVerdict,
    preflight,
)

ARN = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/version/v1/1574317227432"


def explain(client: VersionsClient, description: ProjectVersionDescription) -> None:
    explanation = explain_failure(client, ARN)
    assert_type(explanation, FailureExplanation)
    assert_type(explain_failure(client, ("project", "v1"), examples=3), FailureExplanation)
    assert_type(explain_failure(client, description), FailureExplanation)
    assert_type(explanation.reason, FailureReason | None)
    assert_type(explanation.line_errors, tuple[LineErrors, ...])
    assert_type(explanation.line_errors[0].examples, tuple[LineExample, ...])
    assert_type(explanation.unreadable_files, tuple[UnreadableFile, ...])
    assert_type(explanation.training, ValidationStatistics | None)
    assert_type(explanation.line_errors_are_fatal, bool | None)
    assert_type(explanation.to_dict(), dict[str, Any])
    explanation.status_message = "none"  # rejected
    explain_failure(client)  # rejected
    explain_failure(client, 3)  # rejected
    explain_failure(client, ARN, 3)  # rejected
    explain_failure("client", ARN)  # rejected


async def explain_later(client: AsyncVersionsClient) -> None:
    pending: Awaitable[FailureExplanation] = explain_failure(client, ARN)
    assert_type(await pending, FailureExplanation)
    assert_type(await explain_failure(client, ARN, examples=0), FailureExplanation)
    explain_failure(client, ARN).failed  # rejected


def check(client: VersionsClient, request: CreateProjectVersionRequest) -> None:
    report = preflight(client, request, images=True, probe_output=True)
    assert_type(report, PreflightReport)
    assert_type(report.ok, bool)
    assert_type(report.failed, tuple[PreflightFinding, ...])
    assert_type(report.findings[0].check, PreflightCheck)
    assert_type(report.findings[0].verdict, PreflightVerdict)
    assert_type(report.findings[0].certainty, Certainty)
    assert_type(report.findings[0].next_step, str | None)
    report.findings = ()  # rejected
    assert_type(preflight(client, {"ProjectArn": ARN}), PreflightReport)
    preflight(client, version_nme="v1")  # rejected
    preflight(client, request, True)  # rejected
    preflight(client, request, probe_output="yes")  # rejected


async def check_later(client: AsyncVersionsClient, request: CreateProjectVersionRequest) -> None:
    pending: Awaitable[PreflightReport] = preflight(client, request)
    assert_type(await pending, PreflightReport)
    assert_type(await preflight(client, request), PreflightReport)
