"""The rate limiter of all features that make many calls.

The limiter only says how long to wait; the caller pauses, in a thread or in an event loop:

    limiter = RateLimiter(4, clock)
    await client.sleep(limiter.reserve())
    try:
        response = await call()
    except ClientError as error:
        limiter.report(error)
        raise
    limiter.report(None)
"""

import math
import threading
from collections.abc import Callable

from rekog_versions._aws.error_codes import THROTTLED, error_code

LONGEST_GAP = 30.0
"""The longest gap between two calls in seconds, however often calls are throttled."""
_SLOWER, _FASTER = 2.0, 0.8


class RateLimiter:
    """Spread calls out so that no more than `rate` of them start in a second.

    A throttled call doubles the gap between calls, and each successful call shortens it again. The limiter can be
    shared between threads.

    Args:
        rate: The number of calls a second.
        clock: Return monotonic seconds.
        burst: How many calls may follow each other without a gap after an idle period.

    Raises:
        ValueError: `rate` is not above 0, or `burst` is below 1.
    """

    def __init__(self, rate: float, clock: Callable[[], float], *, burst: int = 1) -> None:
        if not rate > 0:
            raise ValueError(f"rate must be above 0 calls a second, got {rate}")
        if burst < 1:
            raise ValueError(f"burst must be at least 1 call, got {burst}")
        self._shortest = 1 / rate
        self._longest = max(LONGEST_GAP, self._shortest)
        self._gap = self._shortest
        self._burst = burst
        self._clock = clock
        self._next = -math.inf
        self._lock = threading.Lock()

    @property
    def gap(self) -> float:
        """The current gap between two calls in seconds."""
        return self._gap

    def reserve(self) -> float:
        """Reserve the next call and return how many seconds to wait before it; 0 if the call may start now."""
        with self._lock:
            now = self._clock()
            start = max(self._next, now - (self._burst - 1) * self._gap)
            self._next = start + self._gap
            return max(0.0, start - now)

    def report(self, error: Exception | None) -> None:
        """Adjust the rate to the result of a call.

        Args:
            error: The exception that the call raised, or None if it succeeded. Errors other than throttling change
                nothing.
        """
        with self._lock:
            if error is None:
                self._gap = max(self._shortest, self._gap * _FASTER)
            elif error_code(error) in THROTTLED:
                self._gap = min(self._gap * _SLOWER, self._longest)
                self._next = max(self._next, self._clock() + self._gap)
