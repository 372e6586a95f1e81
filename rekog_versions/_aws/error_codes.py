"""What a failed call says, without I/O: will it pass by itself, and may the service have done the work all the same?"""

from collections.abc import Sequence

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004  (botocore's name for the family)
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ProxyConnectionError,
    SSLError,
)

from rekog_versions.operations.flows import Attempt

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
"""The codes that say "later", as botocore's standard retries know them (botocore/retries/standard.py), less
LimitExceededException: of this service that is a quota, and it does not pass within a few seconds."""

_PASSING = THROTTLED | {"InternalServerError", "RequestTimeout", "RequestTimeoutException", "ServiceUnavailable"}
_TOO_MANY_REQUESTS, _SERVER_ERRORS = 429, 500
_NETWORK = (HTTPClientError, ConnectionError, IncompleteReadError)
_NEVER_SENT = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)


def is_passing(error: Exception, *, connected_before: bool = True) -> bool:
    """Whether the same call may well go through a little later: throttling, 5xx, the network.

    Expired credentials, denials and wrong parameters don't pass by themselves.

    Args:
        error: What the call raised.
        connected_before: Whether a call went through before: then a TLS error is a passing one too, else it is more
            likely a wrong certificate.
    """
    if isinstance(error, ClientError):
        code, status = answered(error)
        return code in _PASSING or status == _TOO_MANY_REQUESTS or status >= _SERVER_ERRORS
    if isinstance(error, SSLError):
        return connected_before
    return isinstance(error, _NETWORK)


def answered(error: ClientError) -> tuple[str, int]:
    """The code and the HTTP status that a refusal came with."""
    response = error.response
    return (
        str(response.get("Error", {}).get("Code", "")),
        int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)),
    )


def outcome_is_unknown(error: Exception, attempts: Sequence[Attempt]) -> bool:
    """Whether a call that failed may have been carried out all the same.

    That is so if any of its attempts was lost after it may have been sent, or was answered 5xx, whatever the last
    error says: the conflict that it reports may be with the attempt that was lost. Throttled attempts don't count.

    Args:
        error: What the call raised.
        attempts: What became of each attempt, as far as it could be watched.
    """
    return any(_is_unknown(attempt) for attempt in (*attempts, _as_attempt(error)))


def _as_attempt(error: Exception) -> Attempt:
    if not isinstance(error, ClientError):
        return Attempt(error)
    code, status = answered(error)
    return Attempt(None, status, code)


def _is_unknown(attempt: Attempt) -> bool:
    if attempt.error is not None:
        return isinstance(attempt.error, _NETWORK) and not isinstance(attempt.error, _NEVER_SENT)
    return (attempt.status_code or 0) >= _SERVER_ERRORS and attempt.code not in THROTTLED
