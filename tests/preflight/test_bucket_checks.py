"""Check the buckets: existence, region, access and owners."""

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError

from rekog_versions.preflight import (
    Certainty,
    PreflightCheck,
    PreflightVerdict,
)
from tests.preflight.helpers import (
    CERTAIN,
    FAIL,
    LIKELY,
    NOT_CHECKED,
    PASS,
    UNKNOWN,
    Account,
    elsewhere,
    findings_of,
    http_response,
    s3_error,
    verdict_of,
)
from tests.testing.emulator import (
    BUCKET,
    cats_and_dogs,
    client,
    json_lines,
    line,
)


def test_a_missing_bucket_fails(account: Account) -> None:
    report = account.run(account.request(OutputConfig={"S3Bucket": "no-such-bucket"}))
    found = {finding.subject: finding for finding in findings_of(report, PreflightCheck.BUCKET)}
    assert verdict_of(found["s3://no-such-bucket"]) == (FAIL, CERTAIN)
    assert "the bucket of the output does not exist" in found["s3://no-such-bucket"].message
    assert verdict_of(found[f"s3://{BUCKET}"]) == (PASS, CERTAIN)


def test_a_bucket_in_another_region_fails(account: Account) -> None:
    ireland = {"LocationConstraint": "eu-west-1"}
    client("s3", "eu-west-1").create_bucket(Bucket="in-ireland", CreateBucketConfiguration=ireland)
    report = account.run(account.request(OutputConfig={"S3Bucket": "in-ireland"}))
    (found,) = report.failed
    assert verdict_of(found) == (FAIL, CERTAIN)
    assert "is in eu-west-1, but the project is in us-east-1" in found.message


@pytest.mark.parametrize("status", [301, 307, 400, 403])
def test_the_region_of_a_bucket_is_known_even_from_a_denial(account: Account, status: int) -> None:
    account.aws.on("HeadBucket", http_response(status, x_amz_bucket_region="eu-west-1"))
    found = findings_of(account.run(), PreflightCheck.BUCKET)[0]
    assert verdict_of(found) == (FAIL, CERTAIN)
    assert "is in eu-west-1" in found.message


def test_a_bucket_that_the_caller_may_not_list_is_not_checked(account: Account) -> None:
    account.aws.on("HeadBucket", http_response(403, x_amz_bucket_region="us-east-1"))
    found = findings_of(account.run(), PreflightCheck.BUCKET)[0]
    assert verdict_of(found) == (NOT_CHECKED, UNKNOWN)
    assert "exists and is in us-east-1" in found.message
    assert "needs s3:ListBucket" in found.message


def test_a_bucket_without_a_region_passes_as_likely(account: Account) -> None:
    account.aws.on("HeadBucket", http_response(200))
    assert verdict_of(findings_of(account.run(), PreflightCheck.BUCKET)[0]) == (PASS, LIKELY)


def test_the_images_bucket_is_checked_too(account: Account) -> None:
    account.emulator.s3.create_bucket(Bucket="results")
    report = account.run(elsewhere(account, OutputConfig={"S3Bucket": "results"}))
    assert {finding.subject for finding in findings_of(report, PreflightCheck.BUCKET)} == {
        "s3://results",
        "s3://manifests",
        f"s3://{BUCKET}",
    }


def test_images_in_another_region_fail(account: Account) -> None:
    ireland = {"LocationConstraint": "eu-west-1"}
    client("s3", "eu-west-1").create_bucket(Bucket="in-ireland", CreateBucketConfiguration=ireland)
    content = cats_and_dogs(40).replace(BUCKET.encode(), b"in-ireland")
    account.emulator.put(content)
    report = account.run()
    assert [(found.check, found.subject) for found in report.failed] == [(PreflightCheck.BUCKET, "s3://in-ireland")]
    assert report.failed[0].message.startswith("the bucket of the images is in eu-west-1")


def test_of_images_in_many_buckets_only_a_few_buckets_are_checked(
    account: Account,
) -> None:
    lines = [line(number, "cat" if number % 2 else "dog") for number in range(40)]
    for number, entry in enumerate(lines):
        entry["source-ref"] = f"s3://bucket-{number}/1.jpg"
    account.emulator.put(json_lines(lines))
    report = account.run()
    assert "ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS" in findings_of(report, PreflightCheck.MANIFESTS)[0].message
    assert len(findings_of(report, PreflightCheck.BUCKET)) == 4


@pytest.mark.parametrize("content", [b"", b"no json\n", b'{"source-ref": "images/1.jpg"}\n'])
def test_a_manifest_that_names_no_bucket_leaves_the_images_bucket_unchecked(account: Account, content: bytes) -> None:
    account.emulator.put(content)
    found = findings_of(account.run(), PreflightCheck.BUCKET)[-1]
    assert verdict_of(found) == (NOT_CHECKED, UNKNOWN)
    assert "name no bucket" in found.message


def acl_of(owner: str | None) -> AWSResponse:
    named = f"<Owner><ID>{owner}</ID></Owner>" if owner else ""
    return http_response(200, f"<AccessControlPolicy>{named}</AccessControlPolicy>".encode())


def test_one_bucket_needs_no_request_for_its_owner(account: Account) -> None:
    assert verdict_of(account.one(PreflightCheck.BUCKET_OWNERS)) == (PASS, CERTAIN)
    assert "GetBucketAcl" not in account.aws.calls


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        (("a", "a"), (PASS, CERTAIN)),
        (("a", "b"), (FAIL, CERTAIN)),
        (("a", None), (NOT_CHECKED, UNKNOWN)),
    ],
)
def test_two_buckets_must_have_the_same_owner(
    account: Account, owners: tuple[str, ...], expected: tuple[PreflightVerdict, Certainty]
) -> None:
    account.aws.on("GetBucketAcl", *(acl_of(owner) for owner in owners))
    assert verdict_of(account.one(PreflightCheck.BUCKET_OWNERS, elsewhere(account))) == expected


def test_acls_that_cannot_be_read_leave_the_owners_unchecked(account: Account) -> None:
    account.aws.on("GetBucketAcl", EndpointConnectionError(endpoint_url="https://s3"))
    found = account.one(PreflightCheck.BUCKET_OWNERS, elsewhere(account))
    assert verdict_of(found) == (NOT_CHECKED, UNKNOWN)
    assert "EndpointConnectionError" in found.message


@pytest.mark.parametrize(
    ("ours", "expected", "message"),
    [
        ((200, 200), (PASS, CERTAIN), "both belong to account 123456789012"),
        ((200, 403), (FAIL, CERTAIN), "only one of them belongs to account 123456789012"),
        ((403, 403), (NOT_CHECKED, UNKNOWN), "neither belongs to account 123456789012"),
    ],
)
def test_after_denied_acls_the_expected_account_decides(
    account: Account, ours: tuple[int, int], expected: tuple[PreflightVerdict, Certainty], message: str
) -> None:
    request = elsewhere(account)
    plain = [http_response(200, x_amz_bucket_region="us-east-1")] * 2
    account.aws.on("GetBucketAcl", s3_error("AccessDenied")).on(
        "HeadBucket", *plain, *(http_response(status) for status in ours)
    )
    found = account.one(PreflightCheck.BUCKET_OWNERS, request)
    assert verdict_of(found) == expected
    assert message in found.message
