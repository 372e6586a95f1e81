"""The asyncio client: cancellation, and calls that continue in their threads."""

import asyncio
import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from rekog_versions import AsyncVersionsClient
from tests.client.requests import CREATE, DESCRIBE, NAME_TAKEN, NOT_FOUND, STARTED, create_request
from tests.wire import PROJECT, VERSION, FakeTime, HttpResponse, Wire, at, described, notes, response_lost, versions

HOW_TO_CHECK = f"client.get_project_version(({PROJECT!r}, 'v1'))"


async def cancelled(task: "asyncio.Task[Any]") -> BaseException:
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    return caught.value


def test_a_cancelled_create_continues_in_its_thread_and_its_error_names_the_version(wire: Wire) -> None:
    arrived, proceed, done = threading.Event(), threading.Event(), threading.Event()

    def respond_slowly() -> HttpResponse:
        arrived.set()
        proceed.wait(10)
        done.set()
        return STARTED

    async def main() -> BaseException:
        task = asyncio.create_task(
            AsyncVersionsClient(wire.on(CREATE, respond_slowly).client()).create_project_version(create_request())
        )
        await asyncio.to_thread(arrived.wait, 10)
        error = await cancelled(task)
        proceed.set()
        return error

    error = asyncio.run(main())
    assert done.wait(10)
    assert "may have started" in notes(error)
    assert HOW_TO_CHECK in notes(error)


def test_a_create_that_is_cancelled_between_lookups_names_the_version_too(wire: Wire) -> None:
    async def main() -> BaseException:
        sleeping = asyncio.Event()

        async def sleep(_: float) -> None:
            sleeping.set()
            await asyncio.Event().wait()

        wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, NOT_FOUND)
        task = asyncio.create_task(
            AsyncVersionsClient(wire.client(), sleep=sleep).create_project_version(create_request())
        )
        await sleeping.wait()
        return await cancelled(task)

    assert HOW_TO_CHECK in notes(asyncio.run(main()))


@pytest.mark.parametrize("stage", ["sleeping", "polling"])
def test_a_cancelled_wait_names_the_arn_and_says_how_to_resume_it(stage: str, wire: Wire) -> None:
    async def main() -> BaseException:
        loop = asyncio.get_running_loop()
        reached, proceed = asyncio.Event(), threading.Event()

        async def sleep(_: float) -> None:
            if stage == "sleeping":
                reached.set()
                await asyncio.Event().wait()

        def stuck() -> HttpResponse:
            loop.call_soon_threadsafe(reached.set)
            proceed.wait(10)
            return versions(described())

        wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"), stuck)
        task = asyncio.create_task(AsyncVersionsClient(wire.client(), sleep=sleep).wait_until_trained((PROJECT, "v1")))
        await reached.wait()
        error = await cancelled(task)
        proceed.set()
        return error

    text = notes(asyncio.run(main()))
    assert f"client.wait_until_trained({VERSION!r})" in text


def test_a_wait_can_be_limited_by_asyncios_timeout(wire: Wire) -> None:
    async def main() -> None:
        async def sleep(_: float) -> None:
            await asyncio.Event().wait()

        client = AsyncVersionsClient(wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS")).client(), sleep=sleep)
        async with asyncio.timeout(0.01):
            await client.wait_until_trained((PROJECT, "v1"))

    with pytest.raises(TimeoutError):
        asyncio.run(main())


def test_calls_do_not_block_the_event_loop(wire: Wire, time: FakeTime) -> None:
    async def main() -> list[str]:
        order: list[str] = []
        release = threading.Event()

        def blocked() -> HttpResponse:
            release.wait(10)
            order.append("response")
            return versions(described("TRAINING_COMPLETED"))

        wire.on(DESCRIBE, blocked)
        client = AsyncVersionsClient(wire.client(), sleep=time.asleep, clock=time.clock)
        wait = asyncio.create_task(client.wait_until_trained((PROJECT, "v1")))
        await asyncio.sleep(0)
        order.append("event loop")
        release.set()
        await wait
        return order

    assert asyncio.run(main()) == ["event loop", "response"]


def test_many_waits_run_concurrently(wire: Wire, time: FakeTime) -> None:
    async def main() -> list[str]:
        wire.on(DESCRIBE, *at(*["TRAINING_IN_PROGRESS"] * 30, "TRAINING_COMPLETED"))
        client = AsyncVersionsClient(wire.client(), sleep=time.asleep, clock=time.clock)
        done = await asyncio.gather(*(client.wait_until_trained((PROJECT, "v1"), timeout=None) for _ in range(8)))
        return [str(version.status) for version in done]

    assert asyncio.run(main()) == ["TRAINING_COMPLETED"] * 8


def test_the_asyncio_client_compares_with_the_clock_of_the_last_lookup(wire: Wire, time: FakeTime) -> None:
    wire.on(CREATE, response_lost, NAME_TAKEN)
    wire.on(
        DESCRIBE,
        NOT_FOUND,
        versions(described(CreationTimestamp=datetime.now(UTC).timestamp()), date=datetime.now(UTC)),
    )
    client = AsyncVersionsClient(wire.client(), sleep=time.asleep, clock=time.clock)
    # the Date of the first lookup is in the past; the Date of the last one counts
    assert asyncio.run(client.create_project_version(create_request())) == VERSION
    assert time.slept == [1, 2]
