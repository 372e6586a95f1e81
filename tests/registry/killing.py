"""Clients whose process is killed at a chosen request, and clients that observe the models meanwhile."""

from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.exceptions import ConnectionClosedError
from moto.core.models import botocore_stubber

from rekog_versions import VersionsClient
from tests.testing.emulator import client
from tests.wire import FakeTime


class KilledError(BaseException):
    """The end of a process. No code of the process runs after it."""


class Requests:
    """The requests of a process: they are counted, and one of them can be its last one.

    Args:
        last: The number of the request at which the process is killed, from 1; None for never.
        carried_out: True if the last request is carried out.
        lost: Return True for a request whose response is lost after it was carried out.
        before: Called before each request, with its number. Another process may make requests there.
    """

    def __init__(
        self,
        last: int | None = None,
        *,
        carried_out: bool = False,
        lost: Callable[[int], bool] = lambda _: False,
        before: Callable[[int], object] = lambda _: None,
    ) -> None:
        self.operations: list[str] = []
        self._last, self._carried_out, self._lost, self._before = last, carried_out, lost, before
        self.is_dead = False

    def send(self, event_name: str, request: Any, **_: Any) -> Any:
        assert not self.is_dead, f"a request after the kill: {event_name}"
        self.operations.append(event_name.rpartition(".")[2])
        number = len(self.operations)
        self._before(number)
        _Current.requests = self
        is_last = number == self._last
        if is_last and not self._carried_out:
            self.is_dead = True
            raise KilledError
        if not is_last and not self._lost(number):
            return None
        botocore_stubber(event_name, request)
        if is_last:
            self.is_dead = True
            raise KilledError
        raise ConnectionClosedError(endpoint_url=request.url)


class _Current:
    requests = Requests()


def _send(event_name: str, request: Any, **others: Any) -> Any:
    return _Current.requests.send(event_name, request, **others)


@cache
def _clients() -> tuple[Any, Any]:
    made = client("rekognition"), client("s3")
    for each in made:
        each.meta.events.register_first("before-send", _send)
    return made


def process(requests: Requests, time: FakeTime) -> VersionsClient:
    """Return the client of a new process with these requests. The clients of earlier processes must not be used."""
    _Current.requests = requests
    rekognition, s3 = _clients()
    return VersionsClient(rekognition, s3=s3, sleep=time.sleep, clock=time.clock)
