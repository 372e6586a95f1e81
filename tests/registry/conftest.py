"""The emulated service with trained versions, and a registry for each of both clients."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rekog_versions import AsyncVersionsClient, VersionsClient
from rekog_versions.registry import AsyncRegistry, Registry
from tests.testing.conftest import emulator as emulator  # noqa: PLC0414  (a fixture)
from tests.testing.emulator import BUCKET, MANIFEST, Emulator, assets
from tests.wire import FakeTime

LOCATION = f"s3://{BUCKET}/registry"
KEY = "registry/p1.json"


class Clock:
    """The time of day, which moves by a minute at each call."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.time += timedelta(minutes=1)
        return self.time


class Registered:
    """A project with trained versions, and its registry through one of the two clients."""

    def __init__(self, kind: str, emulator: Emulator, time: FakeTime) -> None:
        self.kind, self.emulator, self.time, self.now = kind, emulator, time, Clock()
        self.project = emulator.project()
        self.registry = self.another()

    def client(self) -> Any:
        rekognition, s3 = self.emulator.rekognition, self.emulator.s3
        if self.kind == "sync":
            return VersionsClient(rekognition, s3=s3, sleep=self.time.sleep, clock=self.time.clock)
        return AsyncVersionsClient(rekognition, s3=s3, sleep=self.time.asleep, clock=self.time.clock)

    def another(self, location: str = LOCATION, **options: Any) -> Any:
        """Return another registry at the same place, as another process has it."""
        kind: Any = Registry if self.kind == "sync" else AsyncRegistry
        return kind(self.client(), location, now=self.now, **options)

    def __call__(self, method: str, *args: Any, registry: Any = None, **kwargs: Any) -> Any:
        """Call a method of the registry, and return its result."""
        result = getattr(registry or self.registry, method)(*args, **kwargs)
        return asyncio.run(result) if asyncio.iscoroutine(result) else result

    def version(self, name: str, f1: float = 0.9, **others: Any) -> str:
        """Train a version on the same test set as all others, and return its ARN."""
        self.emulator.labels.set_quality(f1=f1)
        arn = self.emulator.create(self.project, name, TestingData=assets(MANIFEST), **others)
        self.emulator.describe(self.project, name)
        return arn

    def status(self, arn: str) -> str:
        return self.emulator.statuses(self.project, arn.split("/")[3])[0]

    def document(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.content())
        return read

    def content(self) -> bytes:
        body: bytes = self.emulator.s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
        return body

    def put(self, content: bytes) -> None:
        self.emulator.s3.put_object(Bucket=BUCKET, Key=KEY, Body=content)


@pytest.fixture(params=["sync", "async"])
def registered(request: pytest.FixtureRequest, emulator: Emulator, time: FakeTime) -> Registered:
    return Registered(request.param, emulator, time)
