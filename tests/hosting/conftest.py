from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rekog_versions import AsyncVersionsClient, VersionsClient
from rekog_versions.errors import ModelStillRunningError
from rekog_versions.hosting import process, running
from rekog_versions.hosting._async import running as for_asyncio
from rekog_versions.hosting._sync import running as for_boto3
from rekog_versions.testing import mock_custom_labels
from tests.testing.emulator import BUCKET, Emulator, cats_and_dogs, shared_client
from tests.wire import FakeTime


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with mock_custom_labels() as labels:
        made = Emulator(labels, shared_client("rekognition"), shared_client("s3"))
        made.s3.create_bucket(Bucket=BUCKET)
        made.put(cats_and_dogs())
        yield made
        assert stop_as_at_exit() == []


def stop_as_at_exit() -> list[ModelStillRunningError]:
    """Stop the models that are left, as at the interpreter's exit, and give the process a new owner."""
    failures = process.owner().close()
    process.reset()
    return failures


class Trained:
    """A trained version, and the number of calls of each operation."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.project = emulator.project()
        self.arn = emulator.create(self.project)
        assert self.status == "TRAINING_COMPLETED"
        self.calls: Counter[str] = Counter()
        self._handlers: list[tuple[str, Callable[..., None]]] = []
        self.on("before-call.rekognition", self._count)

    def _count(self, model: Any, **_: Any) -> None:
        self.calls[model.name] += 1

    def on(self, event: str, handler: Callable[..., None]) -> None:
        """Call a handler at an event of botocore."""
        self.emulator.rekognition.meta.events.register(event, handler)
        self._handlers.append((event, handler))

    def forget(self) -> None:
        for event, handler in self._handlers:
            self.emulator.rekognition.meta.events.unregister(event, handler)

    @property
    def status(self) -> str:
        return self.emulator.statuses(self.project)[0]

    def start(self, **units: int) -> None:
        self.emulator.rekognition.start_project_version(ProjectVersionArn=self.arn, **{"MinInferenceUnits": 1, **units})


@pytest.fixture
def trained(emulator: Emulator) -> Iterator[Trained]:
    made = Trained(emulator)
    yield made
    made.forget()


class Runner:
    """`running` with one of the two clients, so that tests for both are written once."""

    def __init__(self, kind: str, rekognition: Any, time: FakeTime) -> None:
        self.kind = kind
        self.client: Any
        if kind == "sync":
            self.client = VersionsClient(rekognition, sleep=time.sleep, clock=time.clock)
        else:
            self.client = AsyncVersionsClient(rekognition, sleep=time.asleep, clock=time.clock)

    def __call__(self, version: Any, body: Callable[[Any], object] = bool, **options: Any) -> Any:
        """Run a model for a body, and return the handle."""
        import asyncio

        async def run() -> Any:
            async with running(self.client, version, **options) as model:
                done = body(model)
                if asyncio.iscoroutine(done):
                    await done
            return model

        if self.kind == "async":
            return asyncio.run(run())
        with running(self.client, version, **options) as model:
            body(model)
        return model


@pytest.fixture(autouse=True)
def no_pauses_in_the_threads_of_models(monkeypatch: pytest.MonkeyPatch, time: FakeTime) -> None:
    """The threads of models use the test's clock, with an AsyncVersionsClient too."""

    def blocking_client(client: Any) -> VersionsClient:
        return VersionsClient(client.rekognition, sleep=time.sleep, clock=client.clock)

    for module in (for_boto3, for_asyncio):
        monkeypatch.setattr(module, "blocking_client", blocking_client)


@pytest.fixture(params=["sync", "async"])
def run(request: pytest.FixtureRequest, emulator: Emulator, time: FakeTime) -> Runner:
    return Runner(request.param, emulator.rekognition, time)
