"""A service with a capacity, and the decisions of a bulk detection, on a clock that jumps to the next event."""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from botocore.exceptions import ClientError, ConnectionClosedError

from rekog_versions.errors import ServiceError
from rekog_versions.hosting.bulk.dispatch import Dispatch, QueuedImage, Send, WaitFor
from rekog_versions.hosting.bulk.pace import Pace
from rekog_versions.testing.capacity import CallBucket

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def rejection(code: str, status: int = 400) -> ServiceError:
    """The error of a call that the service rejects."""
    response: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ServiceError.of(ClientError(response, "DetectCustomLabels"))


BUSY = rejection("ProvisionedThroughputExceededException")
THROTTLED = rejection("ThrottlingException", 500)
BROKEN = rejection("InternalServerError", 500)
LOST = ConnectionClosedError(endpoint_url="https://rekognition.us-east-1.amazonaws.com/")


@dataclass
class Simulation:
    """The minutes of a run, and the calls that the service processed or rejected in each."""

    capacity: float
    account: float = 1000.0
    latency: float = 0.3
    faults: float = 0.0
    limit: float = 50.0
    most_in_flight: int = 50
    seed: int = 0
    now: float = 0.0
    processed: Counter[int] = field(default_factory=Counter)
    busy: Counter[int] = field(default_factory=Counter)
    throttled: Counter[int] = field(default_factory=Counter)
    in_flight: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.dispatch = Dispatch(Pace.start(self.limit, 0.0), self.most_in_flight, uniform=self.random.uniform)
        self._model, self._account = CallBucket(), CallBucket()
        self._numbers = count(1)
        self._events: list[tuple[float, int, QueuedImage, Exception | None]] = []

    def run(self, minutes: float) -> "Simulation":
        until = self.now + minutes * 60
        while self.now < until:
            if self.dispatch.needs_images:
                self.dispatch.add(QueuedImage(number, "") for number in self._some())
            match self.dispatch.next_step(self.now):
                case Send(image):
                    self._send(image)
                case WaitFor(seconds):
                    self._wait(seconds)
        return self

    def _some(self) -> Iterator[int]:
        return (next(self._numbers) for _ in range(200))

    def _send(self, image: QueuedImage) -> None:
        minute, moment = int(self.now // 60), BEGAN + timedelta(seconds=self.now)
        error: Exception | None = None
        seconds = 0.02
        if not self._account.take(self.account, moment):
            error = THROTTLED
            self.throttled[minute] += 1
        elif not self._model.take(self.capacity, moment):
            error = BUSY
            self.busy[minute] += 1
        else:
            self.processed[minute] += 1
            seconds = self.latency * self.random.uniform(0.5, 1.5)
            if self.random.random() < self.faults:
                error = self.random.choice([LOST, BROKEN])
        heapq.heappush(self._events, (self.now + seconds, image.number, image, error))
        self.in_flight = max(self.in_flight, self.dispatch.in_flight)

    def _wait(self, seconds: float | None) -> None:
        due = self._events[0][0] if self._events else float("inf")
        until = self.now + (float("inf") if seconds is None else seconds)
        self.now = min(due, until)
        while self._events and self._events[0][0] <= self.now:
            _, _, image, error = heapq.heappop(self._events)
            if error is None:
                self.dispatch.succeeded(self.now)
            else:
                self.dispatch.failed(image, error, self.now)

    def used(self, minute: int) -> float:
        """The share of the allowed rate that was used in a minute."""
        return self.processed[minute] / 60 / min(self.capacity, self.account, self.limit)
