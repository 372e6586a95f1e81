"""Faults that a test injects: errors, delays, and connections that are lost before or after the work is done."""

import itertools
import math
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal, NoReturn, Self, cast, get_args

from botocore.exceptions import ConnectionClosedError
from moto.core.utils import get_service_model
from requests.exceptions import ConnectionError as RequestsConnectionError

from rekog_versions.testing import clock
from rekog_versions.testing.exceptions import CustomLabelsError, ValidationException
from rekog_versions.testing.settings import settings_of

HangUp = Literal["before", "after"]
"""When the connection is lost: before the work is done, or after it."""

# the service returns these two with 500, all others with 400 (its API reference)
_SERVER_ERRORS = frozenset({"InternalServerError", "ThrottlingException"})
_numbers = itertools.count()


class InjectedError(CustomLabelsError):
    """An error response that a test has injected."""

    def __init__(self, code: str, operation: str) -> None:
        super().__init__(code, f"{code}, injected into {operation}")
        self.http_status = 500 if code in _SERVER_ERRORS else 400


class ConnectionLostError(ConnectionClosedError, RequestsConnectionError):
    """A lost connection in the same process: botocore's error for it, and that of requests, which moto mocks too."""


@dataclass
class Fault:
    """A fault for the next calls of an operation.

    Raises:
        TypeError: A value has the wrong type.
        ValueError: A value is out of range or unknown, or the fault would do nothing.
    """

    operation: str
    """The name of an operation of the service model."""
    times: int = 1
    error: str | None = None
    hang_up: HangUp | None = None
    delay: float = 0.0
    number: int = field(default_factory=lambda: next(_numbers), init=False)
    """The order of injection: the lowest number applies first."""
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        times, delay = cast("object", self.times), cast("object", self.delay)
        if not isinstance(times, int) or isinstance(times, bool):
            raise TypeError(f"times must be an integer, got {times!r}")
        if not isinstance(delay, int | float) or isinstance(delay, bool):
            raise TypeError(f"delay must be a number of seconds, got {delay!r}")
        if self.times < 1:
            raise ValueError(f"times must be at least 1, got {self.times!r}")
        if not 0 <= self.delay < math.inf:
            raise ValueError(f"delay must be a number of seconds, 0 or more, got {self.delay!r}")
        if self.hang_up is not None and self.hang_up not in get_args(HangUp):
            raise ValueError(f"hang_up must be {' or '.join(get_args(HangUp))}, got {self.hang_up!r}")
        if self.error is not None:
            _check_error(self.operation, self.error)
        if self.error is not None and self.hang_up is not None:
            raise ValueError("error and hang_up must not be given together: a lost connection has no response")
        if self.error is None and self.hang_up is None and self.delay == 0:
            raise ValueError("error, hang_up or delay must be given. Without them the fault does nothing")

    def take(self) -> bool:
        """Use the fault up by one call. Return whether there was one left."""
        with self._lock:
            if self.times == 0:
                return False
            self.times -= 1
            return True

    def check(self) -> None:
        """Raise the injected error, if there is one. This comes before any other check of the request."""
        if self.error is not None:
            raise InjectedError(self.error, self.operation)

    def apply(self, work: Callable[[], Any], request: Any) -> Any:
        """Apply the fault to a call. No lock is held meanwhile.

        Args:
            work: Does the work of the call, and returns the response.
            request: The request, as moto has normalized it.

        Returns:
            The response.
        """
        if self.delay:
            clock.sleep(self.delay)
        if self.hang_up != "before":
            response = work()
            if self.hang_up is None:
                return response
        return _hang_up(request)


def take_fault(operation: str, *, account_id: str, region: str) -> Fault | None:
    """Return the fault for a call of an operation, and use it up by one. Return None without a fault."""
    faults = settings_of(account_id).find(Fault, region=region)
    in_order = sorted((fault for fault in faults if fault.operation == operation), key=lambda fault: fault.number)
    return next((fault for fault in in_order if fault.take()), None)


def _check_error(operation: str, error: str) -> None:
    model: Any = get_service_model("rekognition")
    modelled = [shape.name for shape in model.operation_model(operation).error_shapes]
    if error not in (*modelled, ValidationException.code):
        raise ValueError(f"error must be one of {operation}'s: {', '.join(sorted(modelled))}. Got {error!r}")


def _hang_up(request: Any) -> Any:
    if not request.from_wsgi_server:
        raise ConnectionLostError(endpoint_url=request.url, request=None)
    connection = request.environ.get("werkzeug.socket")
    if connection is not None:
        # otherwise the server waits for another request on a connection that is kept alive
        connection.shutdown(socket.SHUT_RDWR)
    return 200, {}, _AbortedBody()


class _AbortedBody:
    """A response body that makes the server close the connection before it has written anything."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> NoReturn:
        raise ConnectionAbortedError("a test has injected a lost connection")
