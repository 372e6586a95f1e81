"""The asyncio client on other event loops: uvloop, and anyio on asyncio."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import anyio
import pytest

from rekog_versions import AsyncVersionsClient, ProjectVersionDescription
from tests.client.requests import CREATE, DESCRIBE, NAME_TAKEN, create_request, lookup
from tests.wire import PROJECT, VERSION, FakeTime, HttpResponse, Wire, described, notes, response_lost, versions

Run: TypeAlias = Callable[[Callable[[], Awaitable[Any]]], Any]


def on_uvloop(main: Callable[[], Any]) -> Any:
    uvloop = pytest.importorskip("uvloop", reason="uvloop does not support Windows")
    return uvloop.run(main())


@pytest.fixture(params=[on_uvloop, anyio.run], ids=["uvloop", "anyio"])
def run(request: pytest.FixtureRequest) -> Run:
    function: Run = request.param
    return function


def test_a_lost_response_leads_to_the_version_and_to_its_end(wire: Wire, time: FakeTime, run: Run) -> None:
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, lookup(), lookup(), lookup(Status="TRAINING_COMPLETED"))

    async def main() -> ProjectVersionDescription:
        async with AsyncVersionsClient(wire.client(), sleep=time.asleep, clock=time.clock) as client:
            return await client.train(create_request())

    assert run(main).project_version_arn == VERSION


def test_many_waits_share_the_threads_of_the_client(wire: Wire, time: FakeTime, run: Run) -> None:
    names: set[str] = set()

    def respond() -> HttpResponse:
        names.add(threading.current_thread().name)
        return versions(described("TRAINING_COMPLETED"))

    async def main() -> list[ProjectVersionDescription]:
        async with AsyncVersionsClient(wire.on(DESCRIBE, respond).client(), max_workers=3) as client:
            return await asyncio.gather(*(client.wait_until_trained((PROJECT, "v1")) for _ in range(50)))

    assert len(run(main)) == 50
    assert 0 < len(names) <= 3
    assert all(name.startswith("rekog_versions") for name in names)


def test_a_cancelled_wait_says_how_to_resume(wire: Wire, run: Run) -> None:
    wire.on(DESCRIBE, lookup())

    async def main() -> str:
        sleeping = asyncio.Event()

        async def sleep(_: float) -> None:
            sleeping.set()
            await asyncio.Event().wait()

        wait = asyncio.ensure_future(AsyncVersionsClient(wire.client(), sleep=sleep).wait_until_trained(VERSION))
        await sleeping.wait()
        wait.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await wait
        return notes(caught.value)

    wire.on("DescribeProjects", HttpResponse({"ProjectDescriptions": [{"ProjectArn": PROJECT}]}))
    assert f"client.wait_until_trained({VERSION!r}) resumes the wait" in run(main)


def test_a_cancelled_scope_of_anyio_ends_a_wait(wire: Wire) -> None:
    wire.on(DESCRIBE, lookup())

    async def main() -> bool:
        with anyio.CancelScope() as scope:

            async def sleep(_: float) -> None:
                scope.cancel()
                await anyio.sleep_forever()

            await AsyncVersionsClient(wire.client(), sleep=sleep).wait_until_trained((PROJECT, "v1"))
        return scope.cancelled_caught

    assert anyio.run(main)
