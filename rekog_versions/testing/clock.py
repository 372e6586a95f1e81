"""The time in the emulation. Tests replace `clock.now` and `clock.sleep` to move it."""

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """Return the time in UTC. All code of the emulation calls `clock.now()`."""
    return datetime.now(UTC)


def sleep(seconds: float) -> None:
    """Wait. Every delay that a test injects calls `clock.sleep()`."""
    time.sleep(seconds)


def to_milliseconds(moment: datetime) -> int:
    """Return the milliseconds since 1970, which are the last part of an ARN."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(milliseconds: int) -> datetime:
    """Return the time that the last part of an ARN names."""
    return _EPOCH + timedelta(milliseconds=milliseconds)
