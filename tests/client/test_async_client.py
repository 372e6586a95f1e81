"""What is particular to asyncio: cancellation, and calls that go on in their threads."""

import asyncio
import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from rekog_versions import AsyncVersionsClient
from tests.client.test_creating import CREATE, DESCRIBE, NOT_YET, STARTED, TAKEN, request
from tests.wire import PROJECT, VERSION, Answer, FakeTime, Wire, answer_lost, at, described, versions

HOW_TO_LOOK = f"client.get_project_version(({PROJECT!r}, 'v1'))"


def notes(error: BaseException) -> str:
    return "\n".join(getattr(error, "__notes__", ()))


async def cancelled(task: "asyncio.Task[Any]") -> BaseException:
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    return caught.value


def test_a_cancelled_create_goes_on_in_its_thread_and_its_error_names_the_version(wire: Wire) -> None:
    arrived, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def slowly() -> Answer:
        arrived.set()
        go_on.wait(10)
        done.set()
        return STARTED

    async def main() -> BaseException:
        task = asyncio.create_task(
            AsyncVersionsClient(wire.on(CREATE, slowly).client()).create_project_version(request())
        )
        await asyncio.to_thread(arrived.wait, 10)
        error = await cancelled(task)
        go_on.set()
        return error

    error = asyncio.run(main())
    assert done.wait(10)
    assert "may have started" in notes(error)
    assert HOW_TO_LOOK in notes(error)


def test_a_create_that_is_cancelled_while_it_looks_for_its_version_says_so_too(wire: Wire) -> None:
    async def main() -> BaseException:
        sleeping = asyncio.Event()

        async def sleep(_: float) -> None:
            sleeping.set()
            await asyncio.Event().wait()

        wire.on(CREATE, answer_lost, TAKEN).on(DESCRIBE, NOT_YET)
        task = asyncio.create_task(AsyncVersionsClient(wire.client(), sleep=sleep).create_project_version(request()))
        await sleeping.wait()
        return await cancelled(task)

    assert HOW_TO_LOOK in notes(asyncio.run(main()))


@pytest.mark.parametrize("while_", ["sleeping", "polling"])
def test_a_cancelled_wait_carries_the_arn_and_says_how_to_take_it_up_again(while_: str, wire: Wire) -> None:
    async def main() -> BaseException:
        loop = asyncio.get_running_loop()
        reached, go_on = asyncio.Event(), threading.Event()

        async def sleep(_: float) -> None:
            if while_ == "sleeping":
                reached.set()
                await asyncio.Event().wait()

        def stuck() -> Answer:
            loop.call_soon_threadsafe(reached.set)
            go_on.wait(10)
            return versions(described())

        wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"), stuck)
        task = asyncio.create_task(AsyncVersionsClient(wire.client(), sleep=sleep).wait_until_trained((PROJECT, "v1")))
        await reached.wait()
        error = await cancelled(task)
        go_on.set()
        return error

    text = notes(asyncio.run(main()))
    assert f"client.wait_until_trained({VERSION!r})" in text


def test_a_wait_can_be_put_under_a_timeout_of_asyncios(wire: Wire) -> None:
    async def main() -> None:
        async def sleep(_: float) -> None:
            await asyncio.Event().wait()

        client = AsyncVersionsClient(wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS")).client(), sleep=sleep)
        async with asyncio.timeout(0.01):
            await client.wait_until_trained((PROJECT, "v1"))

    with pytest.raises(TimeoutError):
        asyncio.run(main())


def test_calls_do_not_block_the_loop(wire: Wire, time: FakeTime) -> None:
    async def main() -> list[str]:
        order: list[str] = []
        release = threading.Event()

        def blocked() -> Answer:
            release.wait(10)
            order.append("answered")
            return versions(described("TRAINING_COMPLETED"))

        wire.on(DESCRIBE, blocked)
        client = AsyncVersionsClient(wire.client(), sleep=time.asleep, clock=time.clock)
        wait = asyncio.create_task(client.wait_until_trained((PROJECT, "v1")))
        await asyncio.sleep(0)
        order.append("the loop goes on")
        release.set()
        await wait
        return order

    assert asyncio.run(main()) == ["the loop goes on", "answered"]


def test_many_waits_run_side_by_side(wire: Wire, time: FakeTime) -> None:
    async def main() -> list[str]:
        wire.on(DESCRIBE, *at(*["TRAINING_IN_PROGRESS"] * 30, "TRAINING_COMPLETED"))
        client = AsyncVersionsClient(wire.client(), sleep=time.asleep, clock=time.clock)
        done = await asyncio.gather(*(client.wait_until_trained((PROJECT, "v1"), timeout=None) for _ in range(8)))
        return [str(version.status) for version in done]

    assert asyncio.run(main()) == ["TRAINING_COMPLETED"] * 8


def test_the_result_of_a_lost_create_is_the_same_under_asyncio(wire: Wire, time: FakeTime) -> None:
    wire.on(CREATE, answer_lost, TAKEN)
    wire.on(
        DESCRIBE, NOT_YET, versions(described(CreationTimestamp=datetime.now(UTC).timestamp()), date=datetime.now(UTC))
    )
    client = AsyncVersionsClient(wire.client(), sleep=time.asleep, clock=time.clock)
    # the first answer's clock is years back; the last look's counts
    assert asyncio.run(client.create_project_version(request())) == VERSION
    assert time.slept == [1, 2]
