"""How fast calls may follow each other, without I/O.

The service allows 5 calls a second for each operation, account and region (AWS General Reference, quotas of
Rekognition). Everybody who uses the account shares them, so the rate stays below, and gives way when calls are
throttled all the same.
"""

import math
from collections.abc import Callable

from botocore.exceptions import ClientError

from rekog_versions._aws.error_codes import THROTTLED, code_and_status
from rekog_versions.operations.flows import Flow, Sleep

RATE = 4.0
"""Calls a second of each operation."""
LONGEST_GAP = 30.0
"""Seconds between two calls at most, however often they are throttled."""
_SLOWER, _FASTER = 2.0, 0.8


class Pacer:
    """A token bucket for each operation. It holds one call, so that a start is no burst above the limit.

    Args:
        rate: Calls a second of each operation.
        clock: Monotonic seconds.

    Raises:
        ValueError: `rate` is not above 0, or not finite.
        TypeError: `rate` is no number.
    """

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        if not isinstance(rate, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"rate must be a number of calls a second, got {type(rate).__name__}")
        if not 0 < rate < math.inf:
            raise ValueError(f"rate must be a positive number of calls a second, got {rate}; the service allows 5")
        self._shortest = 1 / rate
        self._clock = clock
        self._gaps: dict[str, float] = {}
        self._free_at: dict[str, float] = {}

    def turn(self, operation: str) -> Flow[None]:
        """Waits until the operation may be called, and takes the turn."""
        wait = self._free_at.get(operation, -math.inf) - self._clock()
        if wait > 0:
            yield Sleep(wait)
        self._free_at[operation] = self._clock() + self.gap(operation)

    def gap(self, operation: str) -> float:
        """Seconds between two calls now."""
        return self._gaps.get(operation, self._shortest)

    def answered(self, operation: str) -> None:
        """Notes that a call went through: after a throttling the calls become faster again, by and by."""
        self._gaps[operation] = max(self._shortest, self.gap(operation) * _FASTER)

    def failed(self, operation: str, error: Exception) -> None:
        """Notes that a call failed: if it was throttled, the next ones are made half as fast."""
        if isinstance(error, ClientError) and code_and_status(error)[0] in THROTTLED:
            # not below what is sound: a rate above the longest gap is the caller's own wish
            self._gaps[operation] = min(self.gap(operation) * _SLOWER, max(LONGEST_GAP, self._shortest))
            self._free_at[operation] = self._clock() + self._gaps[operation]
