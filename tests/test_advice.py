"""The notes on rejected calls and on botocore's errors: the next step, by cause."""

import logging
from typing import Any

import boto3
import pytest
from botocore import exceptions as botocore_errors

from rekog_versions import ServiceError, VersionsClient
from rekog_versions._advice import advice_for, denied_action
from rekog_versions._aws.error_codes import describe_failure
from rekog_versions._text import printable
from tests.client.requests import CREATE, create_request
from tests.conftest import Driver
from tests.wire import PROJECT, VERSION, HttpResponse, Wire, notes, rejection, response_lost

DENIED = "User: arn:aws:iam::123456789012:user/Ann is not authorized to perform: {action} on resource: arn:aws:x:y"


@pytest.mark.parametrize(
    ("message", "action"),
    [
        (DENIED.format(action="kms:CreateGrant"), "kms:CreateGrant"),
        (DENIED.format(action="rekognition:TagResource"), "rekognition:TagResource"),
        (DENIED.format(action="iam:PassRole"), "iam:PassRole"),
        (DENIED.format(action="s3:GetObject"), "s3:GetObject"),
        ("Access denied: missing kms:GenerateDataKey for the key", "kms:GenerateDataKey"),
        ("because no identity-based policy allows the rekognition:CopyProjectVersion action", "rekognition:Copy"),
        ("Access Denied", None),
        ("User arn:aws:iam::123456789012:user/Ann may not", None),
        ("", None),
    ],
)
def test_the_denied_action_is_read_from_the_message(message: str, action: str | None) -> None:
    found = denied_action(message)
    assert found == action or (action is not None and str(found).startswith(action))


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ("kms:CreateGrant", "allows kms:CreateGrant on the KMS key"),
        ("rekognition:TagResource", "rekognition:TagResource on this resource, because the request has tags"),
        ("iam:PassRole", "allows iam:PassRole on the role"),
        ("s3:PutObject", "allows s3:PutObject on this resource"),
        ("rekognition:CreateProjectVersion", "allows rekognition:CreateProjectVersion on this resource"),
    ],
)
def test_a_denied_create_names_the_action_that_was_denied(action: str, says: str, wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, rejection("AccessDeniedException", DENIED.format(action=action)))
    with pytest.raises(ServiceError) as caught:
        driver.over(wire.client())("create_project_version", create_request())
    assert says in notes(caught.value)


def test_a_denial_without_an_action_names_the_operations_own() -> None:
    assert advice_for("CreateDataset", "AccessDeniedException", "no") == (
        "The caller needs a policy that allows rekognition:CreateDataset on this resource."
    )


def test_an_explicit_deny_cannot_be_allowed() -> None:
    message = DENIED.format(action="rekognition:CreateProjectVersion") + " with an explicit deny in a service control"
    assert "Change the policy that denies it" in str(advice_for(CREATE, "AccessDeniedException", message))


def test_a_denied_copy_explains_the_policy_of_the_source_unless_another_action_was_denied() -> None:
    own = advice_for("CopyProjectVersion", "AccessDeniedException", "not authorized")
    other = advice_for("CopyProjectVersion", "AccessDeniedException", DENIED.format(action="kms:Decrypt"))
    assert "put_project_policy" in str(own)
    assert "kms:Decrypt on the KMS key" in str(other)


def test_preflight_names_the_denied_action() -> None:
    response: Any = {
        "Error": {"Code": "AccessDeniedException", "Message": DENIED.format(action="kms:DescribeKey")},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    error = botocore_errors.ClientError(response, "DescribeProjects")
    assert "the caller needs kms:DescribeKey (" in describe_failure(error)


@pytest.mark.parametrize(
    ("operation", "code", "says"),
    [
        ("CreateProjectVersion", "InvalidS3ObjectException", "preflight(client, request)"),
        ("CreateProjectVersion", "InvalidParameterException", "preflight(client, request)"),
        ("DetectCustomLabels", "InvalidParameterException", "sides of 64 to 4,096 pixels"),
        ("DetectCustomLabels", "InvalidS3ObjectException", "in the region of the client"),
        ("DescribeProjects", "UnrecognizedClientException", "aws sts get-caller-identity"),
        ("DescribeProjects", "InvalidSignatureException", "the clock of this machine"),
        ("DescribeProjects", "RequestExpired", "Set the clock"),
        ("DescribeProjects", "ValidationException", "the message names the member"),
    ],
)
def test_rejected_calls_say_what_to_do(operation: str, code: str, says: str) -> None:
    assert says in str(advice_for(operation, code, "no"))


def test_a_web_page_with_a_status_of_500_is_shown_short_and_explained(wire: Wire) -> None:
    page = f"<html><body>{'Bad gateway. ' * 500}</body></html>"
    wire.on("DescribeProjects", HttpResponse(page, 500, headers={}))
    with pytest.raises(ServiceError) as caught:
        VersionsClient(wire.client()).describe_projects()
    assert len(str(caught.value)) < 400
    assert "Check endpoint_url, AWS_ENDPOINT_URL" in notes(caught.value)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (botocore_errors.NoCredentialsError(), "aws sso login"),
        (botocore_errors.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), "AWS_PROFILE"),
        (botocore_errors.CredentialRetrievalError(provider="sso", error_msg="expired"), "aws sts get-caller-identity"),
        (botocore_errors.UnauthorizedSSOTokenError(), "aws sso login"),
        (botocore_errors.TokenRetrievalError(provider="sso", error_msg="expired"), "aws sso login"),
        (botocore_errors.EndpointConnectionError(endpoint_url="https://x"), "Nothing was sent. Check the network"),
        (botocore_errors.ProxyConnectionError(proxy_url="http://proxy"), "HTTPS_PROXY"),
        (botocore_errors.SSLError(endpoint_url="https://x", error=ValueError("self-signed")), "AWS_CA_BUNDLE"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_errors_of_botocore_get_a_note_with_the_next_step(
    error: Exception, says: str, wire: Wire, driver: Driver
) -> None:
    with pytest.raises(type(error)) as caught:
        driver.over(wire.on("DescribeProjectVersions", error).client())("describe_project_versions", PROJECT)
    assert says in notes(caught.value)


def test_a_missing_region_says_where_to_give_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(botocore_errors.NoRegionError) as caught:
        VersionsClient.connect()
    assert "VersionsClient.connect(region_name='us-east-1')" in notes(caught.value)


def test_a_missing_profile_says_how_to_list_them() -> None:
    with pytest.raises(botocore_errors.ProfileNotFound) as caught:
        VersionsClient.connect(profile_name="nobody", region_name="us-east-1")
    assert "aws configure list-profiles" in notes(caught.value)


PASSWORDS = ("user:HUNTER2@", "user:HUN:TER2@", "HUNTER2@", "u%40:HUNTER2@HUNTER2@", "user:" + "HUNTER2" * 200 + "@")


@pytest.mark.parametrize("userinfo", PASSWORDS, ids=range(len(PASSWORDS)))
def test_a_password_in_a_url_is_never_shown(userinfo: str) -> None:
    text = f'Could not connect to the endpoint URL: "http://{userinfo}localhost:5000/a@b"'
    for limit in (20, 45, 48, 60, 2000):
        assert "HUN" not in printable(text, limit)
    assert printable(text).endswith('"http://***@localhost:5000/a@b"')
    assert printable("s3://bucket/a@b") == "s3://bucket/a@b"


def test_a_password_in_the_endpoint_is_not_logged(caplog: pytest.LogCaptureFixture, wire: Wire) -> None:
    caplog.set_level(logging.DEBUG, logger="rekog_versions")
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    client: Any = session.client("rekognition", "us-east-1", endpoint_url="http://user:HUNTER2@localhost:5000")
    lost = botocore_errors.ConnectionClosedError(endpoint_url=client.meta.endpoint_url)
    wire.on(CREATE, lost).on("DescribeProjectVersions", response_lost)
    with pytest.raises(botocore_errors.ConnectionClosedError):
        VersionsClient(wire.attach(client), sleep=lambda _: None).create_project_version(create_request())
    assert "looking the version up" in caplog.text
    assert "HUNTER2" not in caplog.text


def test_a_detection_that_is_rejected_for_its_size_names_all_limits(wire: Wire) -> None:
    wire.on("DetectCustomLabels", rejection("ImageTooLargeException", "too large"))
    with pytest.raises(ServiceError) as caught:
        VersionsClient(wire.client()).detect_custom_labels(VERSION, "s3://bucket/1.png")
    assert "4,096 pixels" in notes(caught.value)
    assert "15 MB in S3" in notes(caught.value)
