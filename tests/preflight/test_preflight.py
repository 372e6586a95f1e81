"""`preflight()` as a whole: which calls it makes, and how it reports failures of the checks."""

import asyncio
import json
import threading
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

from rekog_versions import AsyncVersionsClient, CreateProjectVersionRequest, VersionsClient
from rekog_versions.preflight import (
    PreflightCheck,
    PreflightReport,
    preflight,
)
from tests.preflight.helpers import (
    CERTAIN,
    DENIED,
    LIKELY,
    NOT_CHECKED,
    PASS,
    UNKNOWN,
    Account,
    Response,
    http_response,
    key_response,
    s3_error,
    verdict_of,
)
from tests.testing.emulator import (
    version_request,
)


def test_a_valid_request_passes_with_few_calls_that_change_nothing(account: Account) -> None:
    report = account.run()
    assert report.ok, str(report)
    assert report.failed == ()
    assert [finding.check for finding in report.not_checked] == [PreflightCheck.OUTPUT]
    assert sorted(account.aws.calls) == sorted(
        [
            "DescribeProjects",
            "DescribeProjectVersions",
            "GetServiceQuota",
            "HeadBucket",
            "HeadObject",
            "GetObject",
        ]
    )
    account.client.create_project_version(account.request())


def test_an_async_client_gets_the_same_report_and_blocks_nothing(account: Account) -> None:
    async_client = AsyncVersionsClient(account.aws.client("rekognition"), session=account.session)
    threads: set[threading.Thread] = set()
    for service in ("rekognition", "s3", "kms", "service-quotas"):
        account.aws.listen(service, "before-send", lambda **_: threads.add(threading.current_thread()))
    request = account.request(KmsKeyId="alias/mine")

    async def check() -> PreflightReport:
        return await preflight(async_client, request, probe_output=True)

    report = asyncio.run(check())
    assert threads
    assert threading.current_thread() not in threads
    assert report == account.run(request, probe_output=True)


def test_an_argument_that_is_not_a_request_raises_before_any_call(account: Account) -> None:
    account.aws.calls.clear()
    wrong: Any = "v1"
    with pytest.raises(TypeError, match="expected a CreateProjectVersionRequest, a dict of its fields"):
        preflight(account.client, wrong)
    with pytest.raises(TypeError, match=r"no parameter 'version_nme'\. Did you mean version_name\?"):
        preflight(account.client, version_nme="v1")  # type: ignore[call-overload]
    assert account.aws.calls == []


def test_a_dict_and_fields_are_checked_like_the_request(account: Account) -> None:
    document = version_request(account.project)
    expected = account.run(account.request())
    assert preflight(account.client, document) == expected
    fields: Any = {
        **dict(CreateProjectVersionRequest.from_dict(document)),
        "project_arn": account.project.split("/")[1],
    }
    assert preflight(account.client, **fields) == expected


def test_a_caller_without_permissions_gets_not_checked_for_everything(account: Account) -> None:
    for operation in ("DescribeProjects", "DescribeProjectVersions", "GetServiceQuota", "DescribeKey"):
        account.aws.on(operation, DENIED)
    for operation in ("HeadBucket", "HeadObject"):
        account.aws.on(operation, http_response(403))
    for operation in ("GetObject", "GetBucketAcl"):
        account.aws.on(operation, s3_error("AccessDenied"))
    report = account.run(account.request(KmsKeyId="alias/mine"))
    assert {verdict_of(finding) for finding in report.findings} == {(NOT_CHECKED, UNKNOWN)}
    checked = set(PreflightCheck)
    assert {finding.check for finding in report.findings} == checked
    messages = " ".join(finding.message for finding in report.findings)
    assert "(not you)" in messages
    for action in ("rekognition:DescribeProjects", "s3:ListBucket", "s3:GetObject", "kms:DescribeKey"):
        assert action in messages


@pytest.mark.parametrize(
    "fault",
    [
        EndpointConnectionError(endpoint_url="https://aws"),
        ConnectTimeoutError(endpoint_url="https://aws"),
        RuntimeError("unexpected"),
        http_response(503),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_failing_calls_are_neither_an_exception_nor_a_pass(account: Account, fault: Response) -> None:
    for service in ("DescribeProjects", "DescribeProjectVersions", "GetServiceQuota", "DescribeKey", "HeadBucket"):
        account.aws.on(service, fault)
    for service in ("GetObject", "GetBucketAcl", "HeadObject", "GetAWSDefaultServiceQuota"):
        account.aws.on(service, fault)
    report = account.run(account.request(KmsKeyId="alias/mine"))
    assert {finding.verdict for finding in report.findings} == {NOT_CHECKED}
    assert report.ok


def test_without_a_session_the_checks_that_need_one_are_not_made(account: Account) -> None:
    bare = VersionsClient(account.aws.client("rekognition"))
    report = preflight(bare, account.request(KmsKeyId="alias/mine"))
    verdicts = {finding.check: verdict_of(finding) for finding in report.findings}
    assert verdicts[PreflightCheck.PROJECT] == (PASS, CERTAIN)
    assert verdicts[PreflightCheck.TRAININGS_QUOTA] == (PASS, LIKELY)
    for check in ("BUCKET", "MANIFEST_FILE", "MANIFESTS", "BUCKET_OWNERS", "KMS_KEY", "OUTPUT"):
        assert verdicts[PreflightCheck[check]] == (NOT_CHECKED, UNKNOWN)


def test_a_report_lists_failures_first_and_escapes_untrusted_text(account: Account) -> None:
    nasty = "\x1b[2Jown"
    account.aws.on("DescribeKey", key_response(KeyState=nasty))
    report = account.run(account.request(KmsKeyId="alias/mine", name="v7"))
    lines = str(report).splitlines()
    assert lines[0].startswith(f"Preflight of v7 in {account.project}: 1 failed, 1 not checked, ")
    assert lines[1].startswith("  FAIL         KMS key, alias/mine: the key is \\x1b[2Jown")
    assert all(char.isprintable() for text in lines for char in text)


def test_a_report_converts_to_plain_json_values(account: Account) -> None:
    report = account.run()
    document = json.loads(report.to_json())
    assert document == report.to_dict()
    assert document["ok"] is True
    assert document["findings"][0] == {
        "check": "project",
        "verdict": "pass",
        "certainty": "certain",
        "subject": account.project,
        "message": "the project exists and is CREATED",
        "next_step": None,
    }
