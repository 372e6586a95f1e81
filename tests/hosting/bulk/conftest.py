from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rekog_versions import AsyncVersionsClient, VersionsClient
from rekog_versions.hosting import detect_all
from rekog_versions.testing import clock
from tests.hosting.conftest import Trained
from tests.testing.emulator import BUCKET, Emulator
from tests.testing.pictures import picture
from tests.wire import FakeTime


@pytest.fixture
def one_clock(monkeypatch: pytest.MonkeyPatch, time: FakeTime) -> FakeTime:
    """Give the emulation the clock of the client."""
    began = datetime(2026, 1, 1, tzinfo=UTC) - timedelta(seconds=time.now)
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(seconds=time.now))
    monkeypatch.setattr(clock, "sleep", time.sleep)
    return time


class Bulk:
    """`detect_all()` with one of the two clients, and images in the bucket."""

    def __init__(self, kind: str, trained: Trained, time: FakeTime, folder: Path) -> None:
        self.kind, self.trained, self.time = kind, trained, time
        self.output = folder / "results.jsonl"
        rekognition, s3 = trained.emulator.rekognition, trained.emulator.s3
        self.client: Any
        if kind == "sync":
            self.client = VersionsClient(rekognition, s3=s3, sleep=time.sleep, clock=time.clock)
        else:
            self.client = AsyncVersionsClient(rekognition, s3=s3, sleep=time.asleep, clock=time.clock)

    def __call__(self, images: Any, **options: Any) -> Any:
        import asyncio

        options.setdefault("output", self.output)
        result = detect_all(self.client, self.trained.arn, images, **options)

        async def wait() -> Any:
            return await result

        return asyncio.run(wait()) if self.kind == "async" else result

    def upload(self, count: int, prefix: str = "bulk/") -> list[str]:
        """Upload images, and return their URIs."""
        content = picture()
        emulator: Emulator = self.trained.emulator
        keys = [f"{prefix}{number:04}.png" for number in range(count)]
        for key in keys:
            emulator.put(content, key)
        return [f"s3://{BUCKET}/{key}" for key in keys]


@pytest.fixture(params=["sync", "async"])
def bulk(request: pytest.FixtureRequest, trained: Trained, one_clock: FakeTime, tmp_path: Path) -> Bulk:
    return Bulk(request.param, trained, one_clock, tmp_path)
