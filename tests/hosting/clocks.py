"""Clocks that a test sets."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class TwoClocks:
    """A monotonic clock and a wall clock, in seconds since the test began."""

    monotonic: float = 0.0
    wall: float = 0.0

    def clock(self) -> float:
        return self.monotonic

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.wall)
