"""How many images models and accounts process: limits on the rate of DetectCustomLabels, and its latency."""

import math
from dataclasses import dataclass, fields
from datetime import datetime
from typing import cast

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Capacity:
    """The rates of DetectCustomLabels. None means that the less specific setting applies.

    Raises:
        TypeError: A value is not a number.
        ValueError: A value is out of range.
    """

    per_unit: float | None = None
    """Images a second that an inference unit of a running model processes."""
    per_account: float | None = None
    """Calls a second in an account and region."""
    latency: float | None = None
    """Seconds that the model takes for an image."""

    def __post_init__(self) -> None:
        for setting in fields(self):
            value = cast("object", getattr(self, setting.name))
            if value is None:
                continue
            if not isinstance(value, int | float) or isinstance(value, bool):
                raise TypeError(f"{setting.name} must be a number, got {value!r}")
            is_in_range = 0 <= value < math.inf if setting.name == "latency" else 0 < value < math.inf
            if not is_in_range:
                least = "0 or more" if setting.name == "latency" else "above 0"
                raise ValueError(f"{setting.name} must be {least}, got {value!r}")


class CallBucket:
    """The calls that may start now. It is refilled at a rate, and holds the calls of one second.

    It is not thread-safe: callers hold the backend's lock.
    """

    def __init__(self) -> None:
        self._calls = math.inf
        self._filled_at: datetime | None = None

    def take(self, rate: float, now: datetime) -> bool:
        """Take one call. Return False if the rate is exceeded.

        Args:
            rate: Calls a second; it may change between calls.
            now: The time in the emulation.
        """
        elapsed = (now - self._filled_at).total_seconds() if self._filled_at else 0.0
        self._filled_at = now
        self._calls = min(self._calls + max(0.0, elapsed) * rate, max(1.0, rate))
        if self._calls < 1 - _ROUNDING:
            return False
        self._calls -= 1
        return True
