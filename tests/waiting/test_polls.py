"""The polls of a wait: failures, the timeout, `on_poll`, and interruptions; both clients."""

import asyncio
import copy
import math
import pickle
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, SSLError

from rekog_versions import (
    AccessDeniedError,
    AsyncVersionsClient,
    Poll,
    ResponseError,
    Schedule,
    ServiceError,
    TrainingFailedError,
    VersionsClient,
    WaitError,
    WaitTimeoutError,
)
from tests.conftest import Driver
from tests.waiting.waits import DESCRIBE, NAME, wait
from tests.wire import (
    PROJECT,
    URL,
    VERSION,
    FakeTime,
    HttpResponse,
    Wire,
    at,
    never_connected,
    notes,
    rejection,
    response_lost,
    versions,
)

HOW_TO_RESUME = f"client.wait_until_trained({VERSION!r})"

RETRYABLE = [
    rejection("ThrottlingException"),
    rejection("ProvisionedThroughputExceededException"),
    rejection("InternalServerError", status=500),
    rejection("SomethingNew", status=503),
    rejection("SomethingNew", status=429),
    HttpResponse("<html>bad gateway</html>", 502),
    response_lost,
    never_connected,
]


@pytest.mark.parametrize("fault", RETRYABLE)
def test_retryable_failures_of_polls_do_not_end_the_wait(fault: Any, wire: Wire, driver: Driver) -> None:
    # botocore makes three attempts for each poll, so two polls fail
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"), *[fault] * 6, *at("TRAINING_COMPLETED"))
    polls: list[Poll] = []
    assert wait(driver, wire, on_poll=polls.append).status == "TRAINING_COMPLETED"
    assert [poll.error is not None for poll in polls][-1] is False
    assert any(poll.error for poll in polls)


def test_a_retryable_failure_of_the_first_poll_does_not_end_the_wait(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *[response_lost] * 3, *at("TRAINING_COMPLETED"))
    assert wait(driver, wire).status == "TRAINING_COMPLETED"


def test_a_tls_error_is_retryable_only_after_a_successful_poll(wire: Wire, driver: Driver) -> None:
    broken = SSLError(endpoint_url=URL, error=OSError("eof"))
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"), broken, broken, broken, *at("TRAINING_COMPLETED"))
    assert wait(driver, wire).status == "TRAINING_COMPLETED"
    wire.on(DESCRIBE, broken)
    with pytest.raises(SSLError):
        wait(driver, wire)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (rejection("ExpiredTokenException", "The security token included in the request is expired"), ServiceError),
        (rejection("UnrecognizedClientException", "The security token is invalid"), ServiceError),
        (rejection("AccessDeniedException", "not you"), AccessDeniedError),
        (HttpResponse({"ProjectVersionDescriptions": "none of them"}), ResponseError),
        (HttpResponse("<html>welcome to the hotel's network</html>", headers={}), ResponseError),
    ],
)
def test_other_failures_end_the_wait_and_say_how_to_resume_it(
    fault: Any, error: type[Exception], wire: Wire, driver: Driver
) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"), fault)
    with pytest.raises(error) as caught:
        wait(driver, wire)
    assert HOW_TO_RESUME in notes(caught.value)


def test_before_the_first_successful_poll_the_note_names_project_and_version(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, rejection("AccessDeniedException"))
    with pytest.raises(AccessDeniedError) as caught:
        wait(driver, wire)
    assert f"client.wait_until_trained(({PROJECT!r}, 'v1'))" in notes(caught.value)


def test_the_timeout_error_says_that_the_training_continues_and_is_billed(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"))
    with pytest.raises(WaitTimeoutError) as caught:
        wait(driver, wire, timeout=150)
    assert time.slept == [60, 60, 30]
    assert len(wire.requests_of(DESCRIBE)) == 4  # the last poll is at the timeout
    assert caught.value.elapsed == 150
    assert caught.value.description is not None
    for part in ("continues and is billed", "150 seconds", "TRAINING_IN_PROGRESS", HOW_TO_RESUME):
        assert part in str(caught.value)


def test_the_poll_at_the_timeout_can_still_succeed(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS", "TRAINING_IN_PROGRESS", "TRAINING_COMPLETED"))
    assert wait(driver, wire, timeout=90).status == "TRAINING_COMPLETED"


def test_a_timeout_of_zero_polls_once(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"))
    with pytest.raises(WaitTimeoutError):
        wait(driver, wire, timeout=0)
    assert len(wire.requests_of(DESCRIBE)) == 1
    wire.on(DESCRIBE, *at("STOPPED"))
    assert wait(driver, wire, timeout=0).status == "STOPPED"


def test_the_default_timeout_is_25_hours(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"))
    with pytest.raises(WaitTimeoutError):
        wait(driver, wire, schedule=Schedule(first=3600, most=3600, jitter=0))
    assert sum(time.slept) == 25 * 3600


def test_without_a_timeout_the_wait_continues(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *at(*["TRAINING_IN_PROGRESS"] * 50, "TRAINING_COMPLETED"))
    hourly = Schedule(first=3600, most=3600, jitter=0)
    assert wait(driver, wire, timeout=None, schedule=hourly).status == "TRAINING_COMPLETED"
    assert sum(time.slept) == 50 * 3600


def test_a_timeout_before_the_first_successful_poll_says_that_none_succeeded(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, response_lost)
    with pytest.raises(WaitTimeoutError, match="no poll has found it") as caught:
        wait(driver, wire, timeout=50)
    assert "the last poll failed" in str(caught.value)


def test_a_wait_whose_polls_all_fail_raises_the_last_error_after_a_minute(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, response_lost)
    with pytest.raises(ConnectionClosedError) as caught:
        wait(driver, wire)
    assert sum(time.slept) == 60
    assert "resumes the wait" in caught.value.__notes__[0]


@pytest.mark.parametrize("timeout", [-1, math.nan, math.inf, -math.inf])
def test_a_timeout_out_of_range_is_rejected(timeout: float, wire: Wire, driver: Driver) -> None:
    with pytest.raises(ValueError, match="timeout must be 0 seconds or more"):
        wait(driver, wire, timeout=timeout)
    assert wire.sent == []


def test_on_poll_receives_every_poll_with_its_number_time_and_status(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(), *at("TRAINING_IN_PROGRESS"), *[response_lost] * 3, *at("TRAINING_COMPLETED"))
    polls: list[Poll] = []
    wait(driver, wire, on_poll=polls.append)
    assert [poll.number for poll in polls] == [1, 2, 3, 4]
    assert [poll.status for poll in polls] == [None, "TRAINING_IN_PROGRESS", None, "TRAINING_COMPLETED"]
    assert [poll.elapsed for poll in polls] == [0, 5, 65, 125]
    assert [poll.next_in for poll in polls] == [5, 60, 60, None]
    assert [poll.arn for poll in polls] == [None, VERSION, VERSION, VERSION]
    assert isinstance(polls[2].error, ConnectionClosedError)
    assert polls[3].description is not None
    with pytest.raises(AttributeError):
        polls[0].number = 7  # type: ignore[misc]


def test_on_poll_receives_the_last_poll_of_a_wait_that_fails(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("TRAINING_FAILED"))
    polls: list[Poll] = []
    with pytest.raises(TrainingFailedError):
        wait(driver, wire, on_poll=polls.append)
    assert [poll.status for poll in polls] == ["TRAINING_FAILED"]


def test_an_exception_from_on_poll_ends_the_wait_with_a_note(wire: Wire, driver: Driver) -> None:
    def give_up(poll: Poll) -> None:
        raise RuntimeError(f"gave up after {poll.number}")

    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"))
    with pytest.raises(RuntimeError, match="gave up after 1") as caught:
        wait(driver, wire, on_poll=give_up)
    assert HOW_TO_RESUME in notes(caught.value)


@pytest.mark.parametrize("kind", ["function", "object"])
def test_the_asyncio_client_awaits_on_poll(kind: str, wire: Wire, time: FakeTime) -> None:
    polls: list[Poll] = []

    class Recorder:
        async def __call__(self, poll: Poll) -> None:
            await asyncio.sleep(0)
            polls.append(poll)

    recorder = Recorder()
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS", "TRAINING_COMPLETED"))
    client = AsyncVersionsClient(wire.client(), sleep=time.asleep, clock=time.clock)
    on_poll = recorder if kind == "object" else recorder.__call__
    asyncio.run(client.wait_until_trained(NAME, on_poll=on_poll))
    assert [poll.status for poll in polls] == ["TRAINING_IN_PROGRESS", "TRAINING_COMPLETED"]


def test_the_delays_between_polls_grow_up_to_the_longest(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *at(*["TRAINING_IN_PROGRESS"] * 6, "TRAINING_COMPLETED"))
    wait(driver, wire, schedule=Schedule(first=10, factor=2, most=50, jitter=0))
    assert time.slept == [10, 20, 40, 50, 50, 50]


def test_ctrl_c_between_polls_has_a_note_on_how_to_resume(wire: Wire, time: FakeTime) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"))
    client = VersionsClient(wire.client(), sleep=interrupted, clock=time.clock)
    with pytest.raises(KeyboardInterrupt) as caught:
        client.wait_until_trained(NAME)
    assert HOW_TO_RESUME in notes(caught.value)
    assert "in any process" in notes(caught.value)


def test_ctrl_c_during_a_poll_has_a_note_on_how_to_resume(wire: Wire, time: FakeTime) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"), KeyboardInterrupt())
    client = VersionsClient(wire.client(), sleep=time.sleep, clock=time.clock)
    with pytest.raises(KeyboardInterrupt) as caught:
        client.wait_until_trained(NAME)
    assert HOW_TO_RESUME in notes(caught.value)


@pytest.mark.parametrize(
    "status", ["TRAINING_FAILED", "DELETING", "TRAINING_IN_PROGRESS"], ids=["failed", "unreachable", "timeout"]
)
def test_wait_errors_keep_class_fields_and_notes_through_pickle(status: str, wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at(status))
    with pytest.raises(WaitError) as caught:
        wait(driver, wire, timeout=60)
    error = caught.value
    error.add_note("added by the caller")
    for back in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(back) is type(error)
        assert str(back) == str(error)
        assert back.version_arn == VERSION
        assert back.description == error.description
        assert back.elapsed == error.elapsed
        assert back.__notes__ == ["added by the caller"]
