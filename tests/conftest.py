"""Fixtures of all tests: no real credentials, no configuration of this machine, and both clients."""

import asyncio
import gc
import signal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings

from rekog_versions import AsyncVersionsClient, VersionsClient
from tests.wire import FakeTime, Wire

settings.register_profile("tests", deadline=None)  # a slow machine must not fail a test
settings.load_profile("tests")


def pytest_configure() -> None:
    """Reset signals that the parent ignores, as nohup and background jobs do; child processes would inherit that."""
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_collection_finish() -> None:
    """Keep the garbage collector off the objects of imported modules. That saves a sixth of the tests' CPU time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def _no_account(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    nowhere = tmp_path_factory.getbasetemp() / "no-such-file"
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(nowhere),
        "AWS_SHARED_CREDENTIALS_FILE": str(nowhere),
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def _botocore_does_not_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the pauses between botocore's own retries, and those of its adaptive mode; its clock cannot be injected."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    monkeypatch.setattr("botocore.retries.bucket.TokenBucket.acquire", lambda *_, **__: True)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


class Driver:
    """One of the two clients, with the same calls for both."""

    def __init__(self, kind: str, time: FakeTime) -> None:
        self.kind = kind
        self._time = time

    def over(self, rekognition: Any) -> "Driver":
        """Create the client over a boto3 client."""
        self.client: Any = (
            VersionsClient(rekognition, sleep=self._time.sleep, clock=self._time.clock)
            if self.kind == "sync"
            else AsyncVersionsClient(rekognition, sleep=self._time.asleep, clock=self._time.clock)
        )
        return self

    def __call__(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method and return its result."""
        result = getattr(self.client, method)(*args, **kwargs)
        return asyncio.run(result) if asyncio.iscoroutine(result) else result

    def items(self, method: str, *args: Any, **kwargs: Any) -> list[Any]:
        """Call a listing method and return all items."""
        return self._collect(getattr(self.client, method)(*args, **kwargs))

    def pages(self, method: str, *args: Any, **kwargs: Any) -> list[Any]:
        """Call a listing method and return all pages."""
        return self._collect(getattr(self.client, method)(*args, **kwargs).pages())

    def _collect(self, items: Any) -> list[Any]:
        async def collect() -> list[Any]:
            return [item async for item in items]

        return list(items) if self.kind == "sync" else asyncio.run(collect())


@pytest.fixture(params=["sync", "async"])
def driver(request: pytest.FixtureRequest, time: FakeTime) -> Driver:
    return Driver(request.param, time)
