"""What time it is in the emulation: one place, so that a test can put it forward."""

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The time, in UTC. Everything in the emulation asks `clock.now()`."""
    return datetime.now(UTC)


def sleep(seconds: float) -> None:
    """Lets time pass. Every delay that a test injects goes through `clock.sleep()`."""
    time.sleep(seconds)


def to_milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, as they stand at the end of an ARN."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(milliseconds: int) -> datetime:
    """The moment that the end of an ARN names."""
    return _EPOCH + timedelta(milliseconds=milliseconds)
