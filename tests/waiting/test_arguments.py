"""The arguments of a wait are checked before anything is sent."""

import functools
from datetime import timedelta
from typing import Any, cast

import pytest

from rekog_versions import OutputConfig, Poll, Schedule, VersionsClient, WaitError
from rekog_versions.batch import as_trained, submit_all
from rekog_versions.hosting import running
from rekog_versions.hosting.costs import hours_limit
from rekog_versions.waiting.arguments import check_on_poll, check_schedule, seconds_of
from tests.client.requests import create_request
from tests.waiting.waits import NAME
from tests.wire import PROJECT, VERSION, FakeTime, Wire, at

WAITS = ["trained", "running", "stopped", "copied", "deleted"]
DATASET = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/dataset/train/1574317000000"


class PlainCallable:
    """An object that is called like a function."""

    def __call__(self, poll: Poll) -> None: ...


class AsyncCallable:
    """An object whose call must be awaited."""

    async def __call__(self, poll: Poll) -> None: ...


async def coroutine_function(poll: Poll) -> None: ...


AWAITED = [coroutine_function, AsyncCallable(), functools.partial(coroutine_function), AsyncCallable().__call__]
AWAITED_IDS = ["function", "object", "partial", "method"]


@pytest.mark.parametrize("value", [None, 0, 0.5, 3600])
def test_a_timeout_is_a_number_of_seconds_or_none(value: float | None) -> None:
    seconds_of(value)


@pytest.mark.parametrize(("value", "error"), [(-1, ValueError), (float("inf"), ValueError), (float("nan"), ValueError)])
def test_a_timeout_that_is_negative_or_not_finite_is_rejected(value: float, error: type[Exception]) -> None:
    with pytest.raises(error, match="limit must be 0 seconds or more, or None for no limit, got"):
        seconds_of(value, "limit")


@pytest.mark.parametrize("value", ["5", True, [5], object()])
def test_a_timeout_that_is_not_a_number_is_rejected(value: object) -> None:
    with pytest.raises(TypeError, match="timeout must be a number of seconds or a timedelta"):
        seconds_of(value)


@pytest.mark.parametrize("value", [30, None, {"first": 30}, Schedule])
def test_a_schedule_of_another_type_is_rejected(value: object) -> None:
    check_schedule(Schedule(first=30))
    with pytest.raises(TypeError, match=r"schedule must be a Schedule, such as Schedule\(first=30\)"):
        check_schedule(value)


@pytest.mark.parametrize("may_await", [True, False])
def test_on_poll_may_be_a_function_or_a_callable_object_or_left_out(may_await: bool) -> None:
    for on_poll in (None, print, PlainCallable(), lambda _: None):
        check_on_poll(on_poll, may_await=may_await)
    with pytest.raises(TypeError, match="on_poll must be a function, got int"):
        check_on_poll(5, may_await=may_await)


@pytest.mark.parametrize("on_poll", AWAITED, ids=AWAITED_IDS)
def test_only_the_asyncio_client_accepts_an_on_poll_that_must_be_awaited(on_poll: Any) -> None:
    check_on_poll(on_poll, may_await=True)
    with pytest.raises(TypeError, match="only AsyncVersionsClient awaits; pass a plain function"):
        check_on_poll(on_poll, may_await=False)


@pytest.mark.parametrize("on_poll", [coroutine_function, AsyncCallable()], ids=["function", "object"])
def test_no_wait_of_the_sync_client_sends_a_request_if_on_poll_must_be_awaited(on_poll: Any, wire: Wire) -> None:
    client: Any = VersionsClient(wire.client())
    calls = [functools.partial(getattr(client, f"wait_until_{target}"), NAME) for target in WAITS]
    calls += [functools.partial(getattr(client, f"wait_until_dataset_{end}"), DATASET) for end in ("ready", "deleted")]
    output = OutputConfig(s3_bucket="results")
    calls.append(functools.partial(client.train, project_arn=PROJECT, version_name="v1", output_config=output))
    for call in calls:
        with pytest.raises(TypeError, match="only AsyncVersionsClient awaits"):
            call(on_poll=on_poll)
    assert wire.sent == []


@pytest.mark.parametrize("timeout", [10**400, 10**5000, -(10**400), float("nan"), float("inf")], ids=range(5))
def test_a_timeout_that_no_float_can_have_is_rejected_before_the_training_starts(timeout: Any, wire: Wire) -> None:
    with pytest.raises(ValueError, match="timeout must be 0 seconds or more") as caught:
        VersionsClient(wire.client()).train(create_request(), timeout=timeout)
    assert len(str(caught.value)) < 200
    assert wire.sent == []


class AsyncOnPoll:
    async def __call__(self, poll: Poll) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    "on_poll", [functools.partial(AsyncOnPoll()), functools.partial(functools.partial(AsyncOnPoll()))]
)
def test_a_partial_of_an_object_that_must_be_awaited_is_recognized(on_poll: Any) -> None:
    check_on_poll(on_poll, may_await=True)
    with pytest.raises(TypeError, match="only AsyncVersionsClient awaits"):
        check_on_poll(on_poll, may_await=False)


def test_every_duration_can_be_a_timedelta() -> None:
    assert seconds_of(timedelta(hours=8)) == 28_800
    assert Schedule(first=timedelta(seconds=30), most=timedelta(minutes=2)) == Schedule(first=30, most=120)
    assert hours_limit(timedelta(minutes=90)) == 1.5
    for negative in (timedelta(seconds=-1), timedelta.min):
        with pytest.raises(ValueError, match="timeout must be 0 seconds or more"):
            seconds_of(negative)
        with pytest.raises(ValueError, match="max_hours must be above 0"):
            hours_limit(negative)
    with pytest.raises(ValueError, match="0 < first"):
        Schedule(first=timedelta(0))
    with pytest.raises(TypeError, match=r"factor must be a number, got timedelta"):
        Schedule(factor=cast("Any", timedelta(seconds=2)))
    with pytest.raises(TypeError, match="first must be a number of seconds or a timedelta, got str"):
        Schedule(first=cast("Any", "30"))


@pytest.mark.parametrize("wait", WAITS)
def test_a_wait_takes_a_timedelta(wait: str, wire: Wire, time: FakeTime) -> None:
    wire.on("DescribeProjectVersions", *at(*["DELETING"] * 9))
    client = VersionsClient(wire.client(), sleep=time.sleep, clock=time.clock)
    with pytest.raises(WaitError) as caught:
        getattr(client, f"wait_until_{wait}")(NAME, timeout=timedelta(seconds=3), schedule=Schedule(first=1))
    assert caught.value.elapsed <= 3


def test_batches_and_running_models_take_a_timedelta(wire: Wire) -> None:
    client = VersionsClient(wire.client())
    hour = timedelta(hours=1)
    as_trained(client, [VERSION], timeout=hour)
    submit_all(client, [create_request()], timeout=hour, slot_timeout=hour)
    running(client, VERSION, max_hours=hour, timeout=hour)
    with pytest.raises(ValueError, match="slot_timeout must be 0 seconds or more"):
        submit_all(client, [create_request()], slot_timeout=-hour)
