from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rekog_versions import AsyncVersionsClient, VersionsClient
from rekog_versions.hosting import running
from rekog_versions.hosting.hosted import registry
from rekog_versions.testing import mock_custom_labels
from tests.testing.world import BUCKET, World, cats_and_dogs, shared_client
from tests.wire import FakeTime


@pytest.fixture
def world() -> Iterator[World]:
    with mock_custom_labels() as labels:
        made = World(labels, shared_client("rekognition"), shared_client("s3"))
        made.s3.create_bucket(Bucket=BUCKET)
        made.put(cats_and_dogs())
        yield made
        # what a test has left is stopped, as at the interpreter's exit
        assert registry.stop_all() == []
        assert registry.in_use == []


class Trained:
    """A trained version, and the calls that are made about it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.project = world.project()
        self.arn = world.create(self.project)
        assert self.status == "TRAINING_COMPLETED"
        self.calls: Counter[str] = Counter()
        self._handlers: list[tuple[str, Callable[..., None]]] = []
        self.on("before-call.rekognition", self._count)

    def _count(self, model: Any, **_: Any) -> None:
        self.calls[model.name] += 1

    def on(self, event: str, handler: Callable[..., None]) -> None:
        """Lets something happen at an event of botocore's."""
        self.world.rekognition.meta.events.register(event, handler)
        self._handlers.append((event, handler))

    def forget(self) -> None:
        for event, handler in self._handlers:
            self.world.rekognition.meta.events.unregister(event, handler)

    @property
    def status(self) -> str:
        return self.world.statuses(self.project)[0]

    def start(self, **units: int) -> None:
        self.world.rekognition.start_project_version(ProjectVersionArn=self.arn, **{"MinInferenceUnits": 1, **units})


@pytest.fixture
def trained(world: World) -> Iterator[Trained]:
    made = Trained(world)
    yield made
    made.forget()


class Runner:
    """`running` with one of the two clients, so that what holds for both is written once."""

    def __init__(self, kind: str, rekognition: Any, time: FakeTime) -> None:
        self.kind = kind
        self.client: Any
        if kind == "sync":
            self.client = VersionsClient(rekognition, sleep=time.sleep, clock=time.clock)
        else:
            self.client = AsyncVersionsClient(rekognition, sleep=time.asleep, clock=time.clock)
            self.client.sync._sleep = time.sleep

    def __call__(self, version: Any, body: Callable[[Any], object] = bool, **options: Any) -> Any:
        """Runs a model for a body, and returns the handle."""
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


@pytest.fixture(params=["sync", "async"])
def run(request: pytest.FixtureRequest, world: World, time: FakeTime) -> Runner:
    return Runner(request.param, world.rekognition, time)
