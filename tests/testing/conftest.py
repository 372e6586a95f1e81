from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from rekog_versions.testing import clock, mock_custom_labels
from tests.testing.emulator import BUCKET, Emulator, cats_and_dogs, shared_client


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with mock_custom_labels() as labels:
        made = Emulator(labels, shared_client("rekognition"), shared_client("s3"))
        made.s3.create_bucket(Bucket=BUCKET)
        made.put(cats_and_dogs())
        yield made


class Clock:
    """A clock that only `forward` moves."""

    def __init__(self) -> None:
        self.time = clock.now()

    def now(self) -> datetime:
        return self.time

    def forward(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock()
    monkeypatch.setattr(clock, "now", stopped.now)
    return stopped
