"""train(): a create and a wait in one call; both clients."""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import pytest

from rekog_versions import AsyncVersionsClient, ResourceInUseError, VersionNotFoundError, VersionsClient
from tests.client.requests import CREATE, DESCRIBE, NAME_TAKEN, STARTED, create_request, lookup
from tests.conftest import Driver
from tests.interruptions import PACKAGE, Calls
from tests.wire import PROJECT, VERSION, FakeTime, Wire, notes, response_lost


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ({"timeout": -1}, ValueError, "timeout must be 0 seconds or more"),
        ({"timeout": "5"}, TypeError, "timeout must be a number of seconds"),
        ({"schedule": 30}, TypeError, r"such as Schedule\(first=30\), got int"),
        ({"on_poll": 30}, TypeError, "on_poll must be a function, got int"),
    ],
)
def test_train_checks_the_arguments_of_its_wait_before_it_starts(
    wrong: dict[str, Any], error: type[Exception], says: str, wire: Wire, driver: Driver
) -> None:
    wire.on(CREATE, STARTED)
    with pytest.raises(error, match=says):
        driver.over(wire.client())("train", create_request(), **wrong)
    assert wire.sent == []


def test_train_creates_a_version_and_waits_for_it(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, lookup(), lookup(), lookup(Status="TRAINING_COMPLETED"))
    version = driver.over(wire.client())("train", create_request())
    assert version.status == "TRAINING_COMPLETED"
    assert version.project_version_arn == VERSION
    # one lookup after the lost response, then two polls; the request names the project, so it is not looked up
    assert [name for name, _ in wire.sent] == [CREATE, CREATE, DESCRIBE, DESCRIBE, DESCRIBE]


def test_train_waits_for_the_version_that_it_created_and_no_other(wire: Wire, driver: Driver) -> None:
    newer = VERSION.replace("1574317227432", "1999999999999")
    wire.on(CREATE, STARTED).on(DESCRIBE, lookup(ProjectVersionArn=newer, Status="TRAINING_COMPLETED"))
    with pytest.raises(VersionNotFoundError, match="the version with that name is now"):
        driver.over(wire.client())("train", create_request())


def test_a_rejected_training_has_no_note_about_a_wait(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, NAME_TAKEN)
    with pytest.raises(ResourceInUseError) as caught:
        driver.over(wire.client())("train", create_request())
    assert "resumes the wait" not in notes(caught.value)


HOW_TO_RESUME = f"client.wait_until_trained({VERSION!r}) resumes the wait, in any process."
HOW_TO_CHECK = f"check it with client.get_project_version({(PROJECT, 'v1')!r})."


def train_sync(wire: Wire, time: FakeTime) -> None:
    VersionsClient(wire.client(), sleep=time.sleep, clock=time.clock).train(create_request())


def train_async(wire: Wire, time: FakeTime) -> None:
    asyncio.run(AsyncVersionsClient(wire.client(), sleep=time.asleep, clock=time.clock).train(create_request()))


def interrupted_training(
    train: Callable[[Wire, FakeTime], None], number: int | None = None
) -> tuple[int, BaseException | None]:
    """Train, and interrupt the function call with this number after the response to the create.

    Returns:
        The number of calls, and the interruption.
    """
    wire = Wire().on(CREATE, STARTED).on(DESCRIBE, lookup(), lookup(Status="TRAINING_COMPLETED"))
    calls = Calls((PACKAGE,), number, lambda: wire.requests_of(CREATE))
    try:
        sys.setprofile(calls)
        train(wire, FakeTime())
    except KeyboardInterrupt as interruption:
        return calls.count, interruption
    finally:
        sys.setprofile(None)
    return calls.count, None


@pytest.mark.slow
@pytest.mark.parametrize("train", [train_sync, train_async])
def test_an_interruption_after_the_create_says_how_to_resume(train: Callable[[Wire, FakeTime], None]) -> None:
    count, _ = interrupted_training(train)
    interruptions = [interrupted_training(train, number)[1] for number in range(1, count + 1)]
    texts = [notes(interruption) for interruption in interruptions if interruption is not None]
    assert len(texts) == count > 50
    resumed = [HOW_TO_RESUME in text for text in texts]
    first = resumed.index(True)
    assert all(HOW_TO_CHECK in text for text in texts[:first]), "the ARN is not known yet"
    assert all(resumed[first:])
    assert first < 15


def test_a_cancelled_training_says_how_to_resume(wire: Wire) -> None:
    wire.on(CREATE, STARTED).on(DESCRIBE, lookup())

    async def main() -> str:
        sleeping = asyncio.Event()

        async def sleep(_: float) -> None:
            sleeping.set()
            await asyncio.Event().wait()

        training = asyncio.create_task(AsyncVersionsClient(wire.client(), sleep=sleep).train(create_request()))
        await sleeping.wait()
        training.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await training
        return notes(caught.value)

    assert HOW_TO_RESUME in asyncio.run(main())
