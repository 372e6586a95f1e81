"""Check the KMS key, and write access to the output bucket."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError

from rekog_versions.preflight import (
    Certainty,
    PreflightCheck,
    PreflightFinding,
    PreflightVerdict,
)
from tests.preflight.helpers import (
    CERTAIN,
    FAIL,
    LIKELY,
    NOT_CHECKED,
    PASS,
    UNKNOWN,
    WARNING,
    Account,
    findings_of,
    key_response,
    s3_error,
    verdict_of,
)
from tests.testing.emulator import (
    BUCKET,
)


@pytest.mark.parametrize(
    ("members", "expected", "message"),
    [
        ({}, (PASS, LIKELY), "enabled, symmetric and in the region"),
        ({"KeyState": "Disabled"}, (FAIL, CERTAIN), "the key is Disabled"),
        ({"KeyState": "PendingDeletion"}, (FAIL, CERTAIN), "the key is PendingDeletion"),
        ({"KeyUsage": "SIGN_VERIFY"}, (FAIL, CERTAIN), "the key is for SIGN_VERIFY"),
        ({"KeySpec": "RSA_2048"}, (FAIL, CERTAIN), "the key is asymmetric, RSA_2048"),
        ({"KeyManager": "AWS"}, (WARNING, LIKELY), "managed by AWS"),
    ],
)
def test_a_key_must_be_enabled_symmetric_and_customer_managed(
    account: Account, members: Mapping[str, str], expected: tuple[PreflightVerdict, Certainty], message: str
) -> None:
    account.aws.on("DescribeKey", key_response(**members))
    found = account.one(PreflightCheck.KMS_KEY, account.request(KmsKeyId="alias/mine"))
    assert verdict_of(found) == expected
    assert message in found.message


def test_a_key_is_found_by_id_arn_and_alias(account: Account) -> None:
    kms = account.aws.client("kms")
    made = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=made["KeyId"])
    alias_arn = made["Arn"].replace(f"key/{made['KeyId']}", "alias/mine")
    for name in (made["Arn"], made["KeyId"], "alias/mine", alias_arn):
        assert account.one(PreflightCheck.KMS_KEY, account.request(KmsKeyId=name)).verdict is PASS
    kms.disable_key(KeyId=made["KeyId"])
    assert account.one(PreflightCheck.KMS_KEY, account.request(KmsKeyId="alias/mine")).verdict is FAIL
    assert verdict_of(account.one(PreflightCheck.KMS_KEY, account.request(KmsKeyId="alias/other"))) == (FAIL, CERTAIN)


def objects(account: Account) -> list[str]:
    listed = account.emulator.s3.list_object_versions(Bucket=BUCKET)
    return [found["Key"] for kind in ("Versions", "DeleteMarkers") for found in listed.get(kind, ())]


def probe(account: Account, **others: Any) -> list[PreflightFinding]:
    return findings_of(account.run(account.request(**others), probe_output=True), PreflightCheck.OUTPUT)


@pytest.mark.parametrize("versioning", [None, "Enabled", "Suspended"])
def test_the_probe_object_is_written_under_the_prefix_and_deleted_without_a_trace(
    account: Account, versioning: str | None
) -> None:
    if versioning:
        account.emulator.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": versioning})
    seen: list[str] = []
    account.aws.listen("s3", "before-send.s3.PutObject", lambda request, **_: seen.append(urlsplit(request.url).path))
    before = objects(account)
    (found,) = probe(account)
    assert verdict_of(found) == (PASS, LIKELY)
    assert found.subject == f"s3://{BUCKET}/output/"
    assert "/output/rekog_versions-probe-" in seen[0]
    assert objects(account) == before


def test_the_probe_object_is_encrypted_like_the_results(account: Account) -> None:
    sent: list[Any] = []
    account.aws.listen("s3", "before-send.s3.PutObject", lambda request, **_: sent.append(dict(request.headers)))
    (found,) = probe(account, KmsKeyId="alias/mine")
    assert "with the KMS key" in found.message
    assert sent[0]["x-amz-server-side-encryption-aws-kms-key-id"] == b"alias/mine"


@pytest.mark.parametrize(
    ("response", "expected", "message"),
    [
        (s3_error("AccessDenied"), (FAIL, LIKELY), "needs s3:PutObject"),
        (s3_error("KMS.DisabledException", 400), (FAIL, LIKELY), "KMS.DisabledException"),
        (s3_error("NoSuchBucket", 404), (FAIL, CERTAIN), "NoSuchBucket"),
        (s3_error("ExpiredToken", 400), (NOT_CHECKED, UNKNOWN), "ExpiredToken"),
        (s3_error("InvalidAccessKeyId"), (NOT_CHECKED, UNKNOWN), "InvalidAccessKeyId"),  # not a missing permission
        (s3_error("InternalError", 500), (NOT_CHECKED, UNKNOWN), "InternalError"),
    ],
)
def test_a_rejected_probe_fails_or_is_not_checked_by_its_cause(
    account: Account, response: AWSResponse, expected: tuple[PreflightVerdict, Certainty], message: str
) -> None:
    account.aws.on("PutObject", response)
    (found,) = probe(account)
    assert verdict_of(found) == expected
    assert message in found.message
    # a rejected request wrote nothing; after a 5xx response the object is looked up
    assert ("DeleteObject" in account.aws.calls) is False
    assert len(objects(account)) == 1


def test_a_probe_object_that_cannot_be_deleted_is_named_in_capitals(account: Account) -> None:
    account.emulator.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    account.aws.on("DeleteObject", s3_error("AccessDenied"))
    report = account.run(probe_output=True)
    written, left = findings_of(report, PreflightCheck.OUTPUT)
    assert written.verdict is PASS
    assert verdict_of(left) == (WARNING, CERTAIN)
    assert left.message.startswith("THE PROBE OBJECT IS STILL THERE (version ")
    key = left.subject.removeprefix(f"s3://{BUCKET}/")
    assert key in objects(account)
    assert "needs s3:DeleteObject" in left.message
    assert left.next_step == "Delete the object. Nothing else will."


def lose_the_response(account: Account, error: BaseException) -> None:
    """Let the object be written, and raise `error` instead of returning the response."""

    def lose(**_: Any) -> None:
        raise error

    account.aws.listen("s3", "needs-retry.s3.PutObject", lose)


@pytest.mark.parametrize("versioning", [None, "Enabled"])
def test_a_probe_whose_response_was_lost_is_looked_up_and_deleted(account: Account, versioning: str | None) -> None:
    if versioning:
        account.emulator.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": versioning})
    before = objects(account)
    lose_the_response(account, EndpointConnectionError(endpoint_url="https://s3"))
    (found,) = probe(account)
    assert verdict_of(found) == (NOT_CHECKED, UNKNOWN)
    assert objects(account) == before


def test_an_interrupted_probe_is_deleted_and_the_interrupt_is_raised(account: Account) -> None:
    before = objects(account)
    lose_the_response(account, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt) as interrupt:
        account.run(probe_output=True)
    assert objects(account) == before
    assert not hasattr(interrupt.value, "__notes__")


def test_an_interrupted_probe_object_that_remains_is_named_in_a_note(account: Account) -> None:
    account.aws.on("DeleteObject", s3_error("AccessDenied"))
    lose_the_response(account, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt) as interrupt:
        account.run(probe_output=True)
    (note,) = interrupt.value.__notes__
    assert note.startswith("THE PROBE OBJECT MAY STILL BE THERE")
    assert note.rpartition("/")[2] in objects(account)[-1]
