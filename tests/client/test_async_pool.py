"""The threads of the asyncio client, and clients whose calls are awaited directly."""

import asyncio
import contextvars
import threading
from itertools import pairwise
from typing import Any

import pytest
from botocore.config import Config

from rekog_versions import AsyncVersionsClient, ResourceInUseError, VersionsClient
from rekog_versions.client.async_base import LONGEST_TURN
from rekog_versions.hosting import running_models
from tests.client.requests import CREATE, DESCRIBE, NOT_FOUND, STARTED, create_request
from tests.wire import PROJECT, VERSION, FakeTime, HttpResponse, Wire, described, notes, versions


def test_calls_run_in_threads_of_the_client(wire: Wire) -> None:
    names: list[str] = []

    def respond() -> HttpResponse:
        names.append(threading.current_thread().name)
        return versions(described())

    async def main() -> None:
        async with AsyncVersionsClient(wire.on(DESCRIBE, respond).client()) as client:
            await client.describe_project_versions(PROJECT)
            await client.run_blocking(respond)

    asyncio.run(main())
    assert [name.startswith("rekog_versions") for name in names] == [True, True]


def test_no_more_calls_run_at_once_than_there_are_workers(wire: Wire) -> None:
    running, most = 0, 0
    lock, both = threading.Lock(), threading.Barrier(2)

    def respond() -> HttpResponse:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        both.wait(10)
        with lock:
            running -= 1
        return versions(described())

    async def main() -> None:
        async with AsyncVersionsClient(wire.on(DESCRIBE, respond).client(), max_workers=2) as client:
            await asyncio.gather(*(client.describe_project_versions(PROJECT) for _ in range(6)))

    asyncio.run(main())
    assert most == 2


def test_connect_keeps_a_connection_for_each_thread() -> None:
    client = AsyncVersionsClient.connect(region_name="us-east-1", max_workers=7)
    assert client.rekognition.meta.config.max_pool_connections == 7
    assert client._threads._max_workers == 7
    mine = Config(max_pool_connections=3)
    other = AsyncVersionsClient.connect(region_name="us-east-1", config=mine)
    assert other.rekognition.meta.config.max_pool_connections == 3
    assert VersionsClient.connect(region_name="us-east-1").rekognition.meta.config.max_pool_connections == 10


def test_a_closed_client_says_so(wire: Wire) -> None:
    async def main() -> None:
        client = AsyncVersionsClient(wire.client())
        await client.aclose()
        await client.aclose()
        with pytest.raises(RuntimeError, match="is closed; create a new one"):
            await client.describe_project_versions(PROJECT)

    asyncio.run(main())
    assert wire.sent == []


def test_without_an_asyncio_loop_the_error_names_the_alternative(wire: Wire) -> None:
    call = AsyncVersionsClient(wire.client()).describe_project_versions(PROJECT)
    with pytest.raises(RuntimeError, match=r"must run in an asyncio event loop .* trio\.to_thread"):
        call.send(None)  # as another event loop would
    call = AsyncVersionsClient(Awaited(wire.client())).describe_project_versions(PROJECT)
    with pytest.raises(RuntimeError, match=r"must run in an asyncio event loop"):
        call.send(None)
    assert wire.sent == []


class Awaited:
    """A client whose methods are coroutine functions, over a boto3 client."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.meta = client.meta

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        async def call(**fields: Any) -> Any:
            await asyncio.sleep(0)
            return method(**fields)

        return call


def test_the_calls_of_an_async_client_are_awaited_and_lost_attempts_are_seen(wire: Wire, time: FakeTime) -> None:
    async def main() -> None:
        client = AsyncVersionsClient(Awaited(wire.client()), sleep=time.asleep, clock=time.clock)
        wire.on(CREATE, STARTED)
        assert await client.create_project_version(create_request()) == VERSION
        wire.on(
            CREATE,
            HttpResponse({"__type": "ServiceUnavailable"}, 503),
            HttpResponse({"__type": "ResourceInUseException"}, 400),
        )
        wire.on(DESCRIBE, NOT_FOUND)
        with pytest.raises(ResourceInUseError) as caught:
            await client.create_project_version(create_request())
        assert "may have started" in notes(caught.value)

    asyncio.run(main())


def test_a_call_can_be_closed_in_another_context(wire: Wire) -> None:
    async def main() -> None:
        call = AsyncVersionsClient(Awaited(wire.client())).describe_project_versions(PROJECT)
        for _ in range(2):  # until its request is sent
            contextvars.copy_context().run(call.send, None)
        call.close()  # as the garbage collector does

    asyncio.run(main())


def test_many_waits_that_begin_together_give_the_event_loop_back(wire: Wire, time: FakeTime) -> None:
    wire.on(DESCRIBE, versions(described("TRAINING_COMPLETED")))

    class Slow(Awaited):
        """Each request takes a millisecond of the event loop's time."""

        def __getattr__(self, name: str) -> Any:
            time.now += 0.001
            return super().__getattr__(name)

    async def main() -> list[float]:
        client = AsyncVersionsClient(Slow(wire.client()), sleep=time.asleep, clock=time.clock)
        waits = [asyncio.create_task(client.wait_until_trained((PROJECT, "v1"))) for _ in range(100)]
        moments = [time.now]
        while not all(wait.done() for wait in waits):
            await asyncio.sleep(0)
            moments.append(time.now)
        await asyncio.gather(*waits)
        return moments

    moments = asyncio.run(main())
    assert moments[-1] - moments[0] > 0.099
    assert max(later - sooner for sooner, later in pairwise(moments)) < LONGEST_TURN + 0.002


def test_methods_that_need_threads_name_the_client_to_pass(wire: Wire) -> None:
    client = AsyncVersionsClient(Awaited(wire.client()))
    with pytest.raises(ValueError, match=r"needs a boto3 client.*AsyncVersionsClient\(boto3"):
        client.sync  # noqa: B018
    with pytest.raises(TypeError, match="use AsyncVersionsClient"):
        VersionsClient(Awaited(wire.client()))


def test_features_work_with_an_async_client(wire: Wire) -> None:
    async def main() -> Any:
        return await running_models(AsyncVersionsClient(Awaited(wire.client())))

    wire.on("DescribeProjects", HttpResponse({"ProjectDescriptions": []}))
    assert not asyncio.run(main()).models
