"""Clocks that stand where a test puts them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class TwoClocks:
    """A monotonic one and one of the time of day, in seconds since the test began."""

    monotonic: float = 0.0
    wall: float = 0.0

    def clock(self) -> float:
        return self.monotonic

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.wall)
