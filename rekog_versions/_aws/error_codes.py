"""AWS error codes: what a failed call means, in one table for all services.

The module decides from the error alone and makes no calls. `is_retryable` says whether the same call may succeed a
little later, `outcome_is_unknown` whether the service may have carried it out although it failed, and
`describe_failure` describes it for a reader.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  (botocore's base class for connection errors)
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    SSLError,
    SSOError,
    TokenRetrievalError,
)

from rekog_versions._advice import denied_action
from rekog_versions._notes import noted
from rekog_versions._text import printable

THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Throttling codes as in botocore's standard retries (botocore/retries/standard.py), without LimitExceededException:
Rekognition uses that one for quotas, which do not pass within seconds."""

DENIED = frozenset(
    {"403", "AccessDenied", "AccessDeniedException", "AllAccessDisabled", "Forbidden", "UnauthorizedOperation"}
)
"""The caller lacks a permission. S3 responds to a HEAD request with a bare 403."""

MISSING = frozenset({"404", "NoSuchBucket", "NoSuchKey", "NoSuchVersion", "NotFound"})
"""S3: the bucket or the object does not exist. S3 responds to a HEAD request with a bare 404."""

CREDENTIALS = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "OptInRequired",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClientException",
    }
)
"""The caller's credentials or clock are at fault, so every other call fails too (AWS, "Common errors")."""

_RETRYABLE = THROTTLED | {"InternalServerError", "RequestTimeout", "RequestTimeoutException", "ServiceUnavailable"}
_REDIRECTS, _FORBIDDEN, _NOT_FOUND, _TOO_MANY_REQUESTS, _SERVER_ERRORS = 300, 403, 404, 429, 500
_NETWORK = (HTTPClientError, ConnectionError, IncompleteReadError)
_NOT_CONNECTED = (EndpointConnectionError, ConnectTimeoutError)
"""These errors prove that nothing was sent: botocore raises them for urllib3's NewConnectionError and
ConnectTimeoutError (botocore/httpsession.py, URLLib3Session.send), and urllib3 raises those only while it opens a
socket (urllib3/connection.py, HTTPConnection._new_conn)."""

_GIVE_CREDENTIALS = (
    "Give credentials: log in with `aws sso login` or `aws configure`, set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY. On AWS, attach a role. `aws sts get-caller-identity` shows which ones are used."
)
_LOG_IN = "Renew the login with `aws sso login` and create a new client."
_CHECK_ENDPOINT = (
    "Nothing was sent. Check the network, the region of the client, and endpoint_url or AWS_ENDPOINT_URL if one is set."
)
_ADVICE: Sequence[tuple[type[BotoCoreError], str]] = (
    (NoCredentialsError, _GIVE_CREDENTIALS),
    (PartialCredentialsError, _GIVE_CREDENTIALS),
    (SSOError, _LOG_IN),
    (TokenRetrievalError, _LOG_IN),
    (CredentialRetrievalError, _GIVE_CREDENTIALS),
    (
        NoRegionError,
        "Give the region of the project, such as VersionsClient.connect(region_name='us-east-1'), or set "
        "AWS_DEFAULT_REGION.",
    ),
    (InvalidRegionError, "A region has a name such as us-east-1. Check region_name and AWS_DEFAULT_REGION."),
    (ProfileNotFound, "`aws configure list-profiles` lists the profiles. Check profile_name and AWS_PROFILE."),
    (EndpointConnectionError, _CHECK_ENDPOINT),
    (ConnectTimeoutError, _CHECK_ENDPOINT),
    (ProxyConnectionError, "Check the proxy: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or Config(proxies=...)."),
    (
        SSLError,
        "Check the certificate of the endpoint. If a proxy inspects the traffic, set AWS_CA_BUNDLE to its certificate.",
    ),
)
"""The next step after an error of botocore; the first entry whose class fits."""

_CONFIGURATION = (
    CredentialRetrievalError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

_GET_OBJECT = (
    "s3:GetObject (s3:GetObjectVersion for a named version; without s3:ListBucket, S3 also denies missing keys)"
)
_PERMISSIONS: Mapping[str, str] = {
    # operations and the permissions they need, from IAM's service authorization reference
    "DeleteObject": "s3:DeleteObject",
    "DescribeKey": "kms:DescribeKey",
    "DescribeProjectVersions": "rekognition:DescribeProjectVersions",
    "DescribeProjects": "rekognition:DescribeProjects",
    "GetAWSDefaultServiceQuota": "servicequotas:GetAWSDefaultServiceQuota",
    "GetBucketAcl": "s3:GetBucketAcl",
    "GetObject": _GET_OBJECT,
    "GetServiceQuota": "servicequotas:GetServiceQuota",
    "HeadBucket": "s3:ListBucket",
    "HeadObject": _GET_OBJECT,
    "PutObject": "s3:PutObject",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request of a call; botocore's retries can make several.

    Attributes:
        error: The exception that botocore raised when no response arrived.
        status_code: The HTTP status of the response.
        code: The service's error code, if the response was an error.
    """

    error: Exception | None = None
    status_code: int | None = None
    code: str | None = None


def add_advice(error: BotoCoreError) -> None:
    """Add a note with the next step to an error of botocore, if there is a step to recommend."""
    advice = next((advice for kind, advice in _ADVICE if isinstance(error, kind)), None)
    if advice is not None:
        noted(error, advice)


def code_and_status(error: ClientError) -> tuple[str, int]:
    """Return the error code and the HTTP status of an error response; "" and 0 where they are missing."""
    response = error.response
    return (
        str(response.get("Error", {}).get("Code", "")),
        int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)),
    )


def error_code(error: Exception) -> str:
    """Return the error code of an error response; "" if the error is not one."""
    return code_and_status(error)[0] if isinstance(error, ClientError) else ""


def concerns_configuration(error: BaseException) -> bool:
    """Return True if the credentials, the profile or the region are missing or invalid."""
    if isinstance(error, ClientError):
        return error_code(error) in CREDENTIALS
    return isinstance(error, _CONFIGURATION)


def is_retryable(error: Exception, *, connected_before: bool = True) -> bool:
    """Return True if the same call may succeed a little later: throttling, 5xx responses, network errors.

    Expired credentials, denials and invalid parameters are not retryable.

    Args:
        error: The exception that the call raised.
        connected_before: True if an earlier call succeeded. If so, a TLS error is retryable; otherwise a wrong
            certificate is the more likely cause.
    """
    if isinstance(error, ClientError):
        code, status = code_and_status(error)
        return code in _RETRYABLE or status == _TOO_MANY_REQUESTS or status >= _SERVER_ERRORS
    if isinstance(error, SSLError):
        return connected_before
    return isinstance(error, _NETWORK)


def outcome_is_unknown(error: Exception, attempts: Sequence[Attempt]) -> bool:
    """Return True if the service may have carried out a call that failed.

    One lost or 5xx attempt is enough, whatever the last error says: a conflict that the last attempt reports may have
    been caused by the attempt whose response was lost. Throttled attempts were not carried out. The attempts of a
    wrapper around a client cannot be observed; then botocore's count of retries shows whether there were others.

    Args:
        error: The exception that the call raised.
        attempts: Each attempt of the call, as far as it could be observed.
    """
    if not attempts and _was_retried(error):
        return True
    return any(_may_have_been_carried_out(attempt) for attempt in (*attempts, _as_attempt(error)))


def _was_retried(error: Exception) -> bool:
    metadata = error.response.get("ResponseMetadata", {}) if isinstance(error, ClientError) else {}
    return bool(metadata.get("RetryAttempts"))


def _as_attempt(error: Exception) -> Attempt:
    if not isinstance(error, ClientError):
        return Attempt(error)
    code, status = code_and_status(error)
    return Attempt(None, status, code)


def _may_have_been_carried_out(attempt: Attempt) -> bool:
    if attempt.error is not None:
        return isinstance(attempt.error, _NETWORK) and not _was_never_sent(attempt.error)
    if attempt.status_code is not None and attempt.code is None and attempt.status_code < _REDIRECTS:
        return True  # an event handler of the caller repeated a request that had succeeded
    return (attempt.status_code or 0) >= _SERVER_ERRORS and attempt.code not in THROTTLED


def _was_never_sent(error: Exception) -> bool:
    """Return True if the error proves that nothing was sent.

    A ProxyConnectionError alone does not. urllib3 raises ProxyError for any error on a proxied connection that is
    closed (urllib3/connectionpool.py, HTTPConnectionPool.urlopen), and http.client closes the connection when a
    response is lost. It is a proof only if its cause is that no connection to the proxy was made.
    """
    if isinstance(error, ProxyConnectionError):
        from urllib3 import exceptions as urllib3_errors  # noqa: PLC0415  (only here)

        cause = getattr(error.kwargs.get("error"), "original_error", None)
        return isinstance(cause, urllib3_errors.NewConnectionError | urllib3_errors.ConnectTimeoutError)
    return isinstance(error, _NOT_CONNECTED)


def credentials_failed(error: Exception) -> bool:
    """Return True if the caller's credentials or clock are at fault, so that every other call fails too."""
    no_credentials = (CredentialRetrievalError, NoCredentialsError, PartialCredentialsError)
    return isinstance(error, no_credentials) or error_code(error) in CREDENTIALS


def is_denied(error: Exception) -> bool:
    """Return True if the caller lacks a permission. A bare 403, as S3 sends to a HEAD request, counts."""
    if not isinstance(error, ClientError):
        return False
    code, status = code_and_status(error)
    return code in DENIED or (status == _FORBIDDEN and code not in CREDENTIALS and not is_retryable(error))


def is_missing(error: Exception) -> bool:
    """Return True if the resource does not exist. A bare 404, as S3 sends to a HEAD request, counts."""
    return isinstance(error, ClientError) and code_and_status(error)[1] == _NOT_FOUND


def is_rejected(error: Exception) -> bool:
    """Return True if the service reported that it did nothing; after a lost or a 5xx response that is not known."""
    return isinstance(error, ClientError) and code_and_status(error)[1] < _SERVER_ERRORS


def describe_failure(error: Exception) -> str:
    """Describe a failed call in one printable line, with the missing permission if that is the cause."""
    if isinstance(error, ClientError):
        code, _ = code_and_status(error)
        message = error.response.get("Error", {}).get("Message", "")
        if is_denied(error):
            permission = _PERMISSIONS.get(error.operation_name, f"the permission for {error.operation_name}")
            action = denied_action(message)
            permission = permission if action is None or permission.startswith(action) else action
            needed = f"{error.operation_name} was denied: the caller needs {permission}"
            # a response to HEAD has no body; botocore then uses the status as the message
            return needed if code == str(_FORBIDDEN) or not message else f"{needed} ({printable(message, 500)})"
        return printable(f"{error.operation_name} failed with {code or 'no code'}: {message or 'no message'}", 500)
    retry = "; try again later" if is_retryable(error) else ""
    return f"{type(error).__name__}: {printable(str(error), 500)}{retry}"
