"""Decide which image is sent next, when, and what a failed call means for it. No I/O, and no clock of its own."""

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from rekog_versions._aws.error_codes import THROTTLED, error_code, is_retryable
from rekog_versions.errors import (
    ImageTooLargeError,
    InvalidImageFormatError,
    InvalidParameterError,
    InvalidS3ObjectError,
    ModelStoppedError,
    ProvisionedThroughputExceededError,
    RequestValidationError,
    ResponseError,
)
from rekog_versions.hosting.bulk.pace import CallResult, Pace

MOST_ATTEMPTS = 12
"""Calls for an image that fail for retryable reasons. Rejections for load do not count."""
PAUSES = (0.5, 30.0)
"""Seconds before an image is sent again after its first failed call, which doubles with each one, and at most."""
_WAITING_PER_CALL = 4
"""Images that wait for another attempt for each call in flight, before no new images are sent."""
_CATCHING_UP = 0.1
"""Seconds of calls that may start at once after a delay of the program."""

_OF_THE_IMAGE = (
    ImageTooLargeError,
    InvalidImageFormatError,
    InvalidParameterError,
    InvalidS3ObjectError,
    RequestValidationError,
    OSError,
    ValueError,
)


class Consequence(Enum):
    """The consequence of a failed call for its image."""

    AGAIN = "again"
    """The image is sent again, however often this happens: the service was busy."""
    RETRY = "retry"
    """The image is sent again, a limited number of times."""
    FAIL = "fail"
    """The image has failed; other images may succeed."""
    END = "end"
    """All other calls would fail too."""


def consequence_of(error: Exception) -> tuple[Consequence, CallResult]:
    """Return what a failed call means for its image, and for the rate of calls."""
    if isinstance(error, ProvisionedThroughputExceededError):
        return Consequence.AGAIN, CallResult.MODEL_BUSY
    if error_code(error) in THROTTLED:
        return Consequence.AGAIN, CallResult.ACCOUNT_BUSY
    if isinstance(error, ModelStoppedError):
        return Consequence.END, CallResult.FAILED
    if isinstance(error, ResponseError) or is_retryable(error):
        return Consequence.RETRY, CallResult.FAILED
    if isinstance(error, _OF_THE_IMAGE):
        return Consequence.FAIL, CallResult.PROCESSED
    return Consequence.END, CallResult.FAILED


@dataclass(slots=True)
class QueuedImage:
    """An image that has no result yet.

    Attributes:
        number: Its number in the journal.
        source: Its name: a path, or `s3://BUCKET/KEY`.
        attempts: The calls that failed for a retryable reason.
    """

    number: int
    source: str
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Send:
    """Send this image now."""

    image: QueuedImage


@dataclass(frozen=True, slots=True)
class WaitFor:
    """Wait for some seconds, or until a call has ended; None for no limit."""

    seconds: float | None


class Finished:
    """All images have a result."""


Step: TypeAlias = Send | WaitFor | Finished


class Dispatch:
    """The images in memory: a bounded number of new ones, those in flight, and those that are sent again.

    Args:
        pace: The rate of calls.
        most_in_flight: The most calls at the same time.
        uniform: Return a random number between two numbers, for the pauses.
    """

    def __init__(
        self, pace: Pace, most_in_flight: int, *, uniform: Callable[[float, float], float] = random.uniform
    ) -> None:
        self.pace = pace
        self.in_flight = 0
        self._most = most_in_flight
        self._uniform = uniform
        self._new: deque[QueuedImage] = deque()
        self._again: list[tuple[float, int, QueuedImage]] = []
        self._next_start = pace.began

    @property
    def needs_images(self) -> bool:
        """True if images must be added before the next step."""
        return not self._new and len(self._again) < self._most * _WAITING_PER_CALL

    def add(self, images: Iterable[QueuedImage]) -> None:
        """Add new images."""
        self._new.extend(images)

    def next_step(self, now: float) -> Step:
        """Return the next step. An image to send counts as in flight."""
        if self.in_flight >= self._most:
            return WaitFor(None)
        if not self._new and not self._again:
            return WaitFor(None) if self.in_flight else Finished()
        if self._next_start > now:
            return WaitFor(self._next_start - now)
        if self._again and self._again[0][0] <= now:
            image = heapq.heappop(self._again)[2]
        elif self._new and len(self._again) < self._most * _WAITING_PER_CALL:
            image = self._new.popleft()
        else:
            return WaitFor(self._again[0][0] - now)
        gap = 1 / self.pace.rate
        self._next_start = max(self._next_start, now - max(gap, _CATCHING_UP)) + gap
        self.in_flight += 1
        return Send(image)

    def succeeded(self, now: float) -> None:
        """Note a call that succeeded."""
        self.ended(CallResult.PROCESSED, now)

    def ended(self, result: CallResult, now: float) -> None:
        """Note the end of a call whose image is not sent again."""
        self.in_flight -= 1
        self.pace = self.pace.after(result, now)

    def failed(self, image: QueuedImage, error: Exception, now: float) -> tuple[Consequence, CallResult]:
        """Note a failed call, and return what it means for the image and the rate. An image to send again is queued."""
        self.in_flight -= 1
        consequence, result = consequence_of(error)
        self.pace = self.pace.after(result, now)
        if consequence is Consequence.RETRY:
            image.attempts += 1
            if image.attempts >= MOST_ATTEMPTS:
                return Consequence.FAIL, result
        if consequence in (Consequence.AGAIN, Consequence.RETRY):
            heapq.heappush(self._again, (now + self._pause(image, consequence), image.number, image))
        return consequence, result

    def _pause(self, image: QueuedImage, consequence: Consequence) -> float:
        if consequence is Consequence.AGAIN:
            return 0.0  # the rate is lower already
        first, most = PAUSES
        longest = min(first * 2 ** (image.attempts - 1), most)
        return self._uniform(longest / 2, longest)
