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
from rekog_versions.testing.exceptions import CustomLabelsError
from rekog_versions.testing.settings import settings_of

HangUp = Literal["before", "after"]
"""When the connection is lost: before the work is done, or after it."""

# the service answers these two with 500 (its API reference), everything else with 400
_SERVER_ERRORS = frozenset({"InternalServerError", "ThrottlingException"})
_numbers = itertools.count()


class InjectedError(CustomLabelsError):
    """An error that a test has asked for."""

    def __init__(self, code: str, operation: str) -> None:
        super().__init__(code, f"{code}, injected into {operation}")
        self.http_status = 500 if code in _SERVER_ERRORS else 400


class ConnectionLostError(ConnectionClosedError, RequestsConnectionError):
    """What a client in the same process meets: botocore's error for it, and that of requests, which moto mocks too."""


@dataclass
class Fault:
    """What is to happen to the next calls of an operation.

    Raises:
        TypeError: A value is of another type.
        ValueError: A value is out of its range or unknown, or nothing is to happen.
    """

    operation: str
    """One of the service model's; whoever makes a fault knows that it is one of Custom Labels."""
    times: int = 1
    error: str | None = None
    hang_up: HangUp | None = None
    delay: float = 0.0
    number: int = field(default_factory=lambda: next(_numbers), init=False)
    """Of several, the one that was injected first comes first."""
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        times, delay = cast("object", self.times), cast("object", self.delay)
        if not isinstance(times, int) or isinstance(times, bool):
            raise TypeError(f"times is {times!r}; it must be an integer")
        if not isinstance(delay, int | float) or isinstance(delay, bool):
            raise TypeError(f"delay is {delay!r}; it must be a number of seconds")
        if self.times < 1:
            raise ValueError(f"times is {self.times!r}; it must be at least 1")
        if not 0 <= self.delay < math.inf:
            raise ValueError(f"delay is {self.delay!r}; it must be a number of seconds, 0 or more")
        if self.hang_up is not None and self.hang_up not in get_args(HangUp):
            raise ValueError(f"hang_up is {self.hang_up!r}; allowed are {' and '.join(get_args(HangUp))}")
        if self.error is not None:
            _check_error(self.operation, self.error)
        if self.error is not None and self.hang_up is not None:
            raise ValueError("error and hang_up exclude each other: a lost connection brings no answer")
        if self.error is None and self.hang_up is None and self.delay == 0:
            raise ValueError("nothing would happen: give an error, a hang_up or a delay")

    def take(self) -> bool:
        """Takes one of the times, if there is one left."""
        with self._lock:
            if self.times == 0:
                return False
            self.times -= 1
            return True

    def check(self) -> None:
        """Raises the error that is to be answered, if there is one; before anything else is looked at."""
        if self.error is not None:
            raise InjectedError(self.error, self.operation)

    def befall(self, work: Callable[[], Any], request: Any) -> Any:
        """Happens to a call. No lock is held meanwhile.

        Args:
            work: Does what the call asks for, and makes the answer.
            request: The request, as moto has normalized it.

        Returns:
            The answer.
        """
        if self.delay:
            clock.sleep(self.delay)
        if self.hang_up != "before":
            answer = work()
            if self.hang_up is None:
                return answer
        return _hang_up(request)


def take(operation: str, *, account_id: str, region: str) -> Fault | None:
    """Takes what is to happen to a call, if anything is."""
    waiting = settings_of(account_id).find(Fault, region=region)
    in_order = sorted((fault for fault in waiting if fault.operation == operation), key=lambda fault: fault.number)
    return next((fault for fault in in_order if fault.take()), None)


def _check_error(operation: str, error: str) -> None:
    model: Any = get_service_model("rekognition")
    modelled = [shape.name for shape in model.operation_model(operation).error_shapes]
    if error not in modelled:
        raise ValueError(f"error is {error!r}; {operation} answers {', '.join(sorted(modelled))}")


def _hang_up(request: Any) -> Any:
    if not request.from_wsgi_server:
        raise ConnectionLostError(endpoint_url=request.url, request=None)
    connection = request.environ.get("werkzeug.socket")
    if connection is not None:
        # without this, the server would wait for another request on a connection that is kept alive
        connection.shutdown(socket.SHUT_RDWR)
    return 200, {}, _Aborted()


class _Aborted:
    """A body that is none: a server drops the connection, before it has written anything."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> NoReturn:
        raise ConnectionAbortedError("hung up, as a test has asked for")
