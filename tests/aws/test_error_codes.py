"""The meaning of AWS error codes and of botocore's errors."""

from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError, ProxyError

from rekog_versions._aws.error_codes import (
    Attempt,
    credentials_failed,
    describe_failure,
    is_denied,
    is_missing,
    is_rejected,
    is_retryable,
    outcome_is_unknown,
)

URL = "https://rekognition.us-east-1.amazonaws.com/"


def response(code: str, status: int = 400, message: str = "no", operation: str = "GetObject") -> ClientError:
    """Return the error of an error response."""
    error = {"Code": code, "Message": message}
    return ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}, operation)  # type: ignore[typeddict-item]


def proxy_error(cause: Exception) -> ProxyConnectionError:
    """Return botocore's error for a failed connection through a proxy."""
    return ProxyConnectionError(proxy_url="http://proxy", error=ProxyError("failed", cause))


LOST: list[Exception] = [
    ConnectionClosedError(endpoint_url=URL),
    ReadTimeoutError(endpoint_url=URL),
    IncompleteReadError(actual_bytes=1, expected_bytes=2),
    proxy_error(ConnectionResetError()),
    ProxyConnectionError(proxy_url="http://proxy"),
]
NEVER_SENT: list[Exception] = [
    EndpointConnectionError(endpoint_url=URL),
    ConnectTimeoutError(endpoint_url=URL),
    proxy_error(NewConnectionError(HTTPConnection("proxy"), "cannot connect")),
]
NOT_NETWORK: list[Exception] = [NoCredentialsError(), ParamValidationError(report="x"), ValueError("x")]


@pytest.mark.parametrize(
    "error",
    [
        response("ThrottlingException"),
        response("SlowDown", 503),
        response("ProvisionedThroughputExceededException"),
        response("InternalServerError", 500),
        response("NewError", 500),
        response("NewError", 429),
        response("RequestTimeout"),
        *LOST,
        *NEVER_SENT,
    ],
    ids=str,
)
def test_throttling_5xx_and_network_errors_are_retryable(error: Exception) -> None:
    assert is_retryable(error)
    assert is_retryable(error, connected_before=False)


@pytest.mark.parametrize(
    "error",
    [
        response("LimitExceededException"),
        response("AccessDeniedException"),
        response("ExpiredTokenException"),
        response("ResourceInUseException"),
        response("NoSuchKey", 404),
        *NOT_NETWORK,
    ],
    ids=str,
)
def test_quotas_denials_credentials_and_rejections_are_not_retryable(error: Exception) -> None:
    assert not is_retryable(error)


def test_a_tls_error_is_retryable_only_after_a_successful_call() -> None:
    error = SSLError(endpoint_url=URL, error=OSError("certificate"))
    assert is_retryable(error, connected_before=True)
    assert not is_retryable(error, connected_before=False)


@pytest.mark.parametrize("error", [*LOST, response("NewError", 500), response("", 502)], ids=str)
def test_the_outcome_is_unknown_after_a_lost_or_a_5xx_response(error: Exception) -> None:
    assert outcome_is_unknown(error, [])


@pytest.mark.parametrize(
    "error", [*NEVER_SENT, *NOT_NETWORK, response("ResourceInUseException"), response("SlowDown", 503)], ids=str
)
def test_the_outcome_is_known_if_nothing_was_sent_or_the_call_was_rejected(error: Exception) -> None:
    assert not outcome_is_unknown(error, [])


@pytest.mark.parametrize(
    ("attempt", "is_unknown"),
    [
        (Attempt(error=LOST[0]), True),
        (Attempt(status_code=500, code="InternalServerError"), True),
        (Attempt(status_code=503, code="ThrottlingException"), False),
        (Attempt(status_code=400, code="ThrottlingException"), False),
        (Attempt(error=NEVER_SENT[0]), False),
        (Attempt(status_code=200), True),  # a handler of the caller repeated the request
    ],
)
def test_one_earlier_attempt_makes_the_outcome_unknown(attempt: Attempt, is_unknown: bool) -> None:
    throttled = Attempt(status_code=400, code="ThrottlingException")
    assert outcome_is_unknown(response("ResourceInUseException"), [throttled, attempt, throttled]) is is_unknown


@pytest.mark.parametrize(("retries", "is_unknown"), [(0, False), (1, True), (None, False)])
def test_the_count_of_retries_is_used_if_the_attempts_cannot_be_observed(retries: int | None, is_unknown: bool) -> None:
    error = response("ResourceInUseException")
    if retries is not None:
        error.response["ResponseMetadata"]["RetryAttempts"] = retries
    assert outcome_is_unknown(error, []) is is_unknown
    assert not outcome_is_unknown(error, [Attempt(status_code=400, code="ThrottlingException")])


@pytest.mark.parametrize(
    ("error", "functions"),
    [
        (response("AccessDeniedException"), {is_denied, is_rejected}),
        (response("403", 403), {is_denied, is_rejected}),
        (response("NewDenial", 403), {is_denied, is_rejected}),
        (response("ExpiredToken", 403), {credentials_failed, is_rejected}),
        (response("SlowDown", 403), {is_rejected}),
        (response("404", 404), {is_missing, is_rejected}),
        (response("NoSuchBucket", 404), {is_missing, is_rejected}),
        (response("ResourceInUseException"), {is_rejected}),
        (response("InternalServerError", 500), set()),
        (NoCredentialsError(), {credentials_failed}),
        (CredentialRetrievalError(provider="sso", error_msg="expired"), {credentials_failed}),
        (LOST[0], set()),
        (ValueError("x"), set()),
    ],
    ids=lambda value: "" if isinstance(value, set) else str(value),
)
def test_each_error_has_its_meaning(error: Exception, functions: set[Any]) -> None:
    assert {test for test in (credentials_failed, is_denied, is_missing, is_rejected) if test(error)} == functions


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            response("AccessDenied", 403, "not you", "PutObject"),
            "PutObject was denied: the caller needs s3:PutObject (not you)",
        ),
        (response("403", 403, "Forbidden", "HeadBucket"), "HeadBucket was denied: the caller needs s3:ListBucket"),
        (
            response("AccessDenied", 403, "", "ListKeys"),
            "ListKeys was denied: the caller needs the permission for ListKeys",
        ),
        (response("NoSuchKey", 404, "gone\x1b[2J"), "GetObject failed with NoSuchKey: gone\\x1b[2J"),
        (response("", 400, ""), "GetObject failed with no code: no message"),
        (ValueError("bad\n"), "ValueError: bad\\n"),
    ],
    ids=str,
)
def test_a_failure_is_described_in_one_printable_line(error: Exception, text: str) -> None:
    assert describe_failure(error) == text
    assert describe_failure(error).isprintable()


def test_the_description_of_a_network_error_says_that_a_retry_may_help() -> None:
    assert describe_failure(LOST[0]).startswith("ConnectionClosedError: ")
    assert describe_failure(LOST[0]).endswith("; try again later")


def test_a_long_message_is_shortened() -> None:
    assert len(describe_failure(response("NoSuchKey", 404, "x" * 10_000))) < 600
