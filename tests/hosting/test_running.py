"""`running` through botocore against the emulated service, for both clients."""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from rekog_versions import AsyncVersionsClient, Schedule, VersionsClient
from rekog_versions.errors import (
    AccessDeniedError,
    LimitExceededError,
    ModelStillRunningError,
    ModelStoppedError,
    StartFailedError,
    VersionNotFoundError,
    WaitTimeoutError,
)
from rekog_versions.hosting import Prices, hosted, running
from rekog_versions.hosting.hosted import registry
from rekog_versions.models.thresholds import Thresholds
from tests.hosting.conftest import Runner, Trained
from tests.testing.pictures import picture
from tests.wire import PROJECT, VERSION, Answer, FakeTime, Wire, answer_lost, at, refusal

START, STOP, DESCRIBE = "StartProjectVersion", "StopProjectVersion", "DescribeProjectVersions"
STOPPED = {"STOPPING", "STOPPED"}


def test_the_handle_tells_what_it_costs(run: Runner, trained: Trained, time: FakeTime) -> None:
    before = datetime.now(UTC)

    def body(model: Any) -> None:
        assert trained.status == "RUNNING"
        assert (model.version_arn, model.version.status) == (trained.arn, "RUNNING")
        assert not model.was_adopted
        assert not model.is_stopped
        assert before <= model.started_at <= datetime.now(UTC)
        assert str(model.cost_an_hour) == "8.00 to 20.00 USD"
        time.now += 3600 - model.hours * 3600
        assert model.hours == pytest.approx(1, rel=1e-3)
        assert float(model.cost.most) == pytest.approx(20, rel=1e-3)
        assert f"'{trained.arn}', running, 1.00 hours, 8.00 to 20.00 USD" in repr(model)

    model = run(trained.arn, body, min_inference_units=2, max_inference_units=5)
    assert trained.status in STOPPED
    assert model.is_stopped
    spent = model.cost
    time.now += 3600
    assert model.cost == spent  # it is counted until it was stopped
    assert trained.calls[START] == trained.calls[STOP] == 1
    assert trained.calls["DescribeProjects"] == 1


def test_labels_are_found_while_it_runs_and_not_afterwards(run: Runner, trained: Trained) -> None:
    found: list[Any] = []

    def body(model: Any) -> Any:
        if run.kind == "sync":
            found.extend(model.detect(picture(), thresholds=Thresholds.percents({}, default=0)))
            return None
        return later(model)

    async def later(model: Any) -> None:
        found.extend(await model.detect(picture(), thresholds=Thresholds.percents({}, default=0)))

    model = run(trained.arn, body)
    assert {label.name for label in found} <= {"cat", "dog"}
    assert found
    with pytest.raises(ModelStoppedError, match="the with statement that it was for has ended") as caught:
        asyncio.run(model.detect(picture())) if run.kind == "async" else model.detect(picture())
    assert caught.value.version_arn == trained.arn


@pytest.mark.parametrize("status", ["RUNNING", "STARTING"])
def test_a_model_that_runs_or_starts_is_adopted_and_left(status: str, run: Runner, trained: Trained) -> None:
    trained.world.labels.set_hosting(times=4)
    trained.start(MaxInferenceUnits=3)
    while status == "RUNNING" != trained.status:
        pass

    def body(model: Any) -> None:
        assert model.was_adopted
        assert model.started_at is None
        assert str(model.cost_an_hour) == "4.00 to 12.00 USD"

    run((trained.project, "v1"), body, max_hours=1)
    assert trained.status == "RUNNING"
    assert trained.calls[STOP] == 0


def test_an_adopted_model_with_other_inference_units_is_warned_of(
    run: Runner, trained: Trained, caplog: pytest.LogCaptureFixture
) -> None:
    trained.start(MinInferenceUnits=2)
    run(trained.arn, min_inference_units=2)
    assert caplog.text == ""
    run(trained.arn, min_inference_units=5)
    assert "has 2 inference units, not the 5 that were asked for" in caplog.text


def test_an_adopted_model_is_stopped_if_that_is_asked_for(run: Runner, trained: Trained) -> None:
    trained.start()
    run(trained.arn, stop_adopted=True)
    assert trained.status in STOPPED


def test_limits_of_an_adopted_model_are_said_not_to_hold(
    run: Runner, trained: Trained, caplog: pytest.LogCaptureFixture
) -> None:
    trained.start()
    run(trained.arn, max_cost="0.000001")
    assert "its limits do not hold" in caplog.text
    assert trained.status == "RUNNING"


def test_a_model_that_is_being_stopped_is_started_once_it_has_stopped(run: Runner, trained: Trained) -> None:
    trained.start()
    assert trained.status == "RUNNING"
    trained.world.labels.set_hosting(times=3)
    trained.world.rekognition.stop_project_version(ProjectVersionArn=trained.arn)
    model = run(trained.arn)
    assert not model.was_adopted
    assert trained.status == "STOPPING"


def test_a_start_that_fails_leaves_nothing_to_stop(run: Runner, trained: Trained, time: FakeTime) -> None:
    trained.world.labels.set_hosting(times=3, outcome="FAILED")
    with pytest.raises(StartFailedError) as caught:
        run(trained.arn)
    assert not hasattr(caught.value, "__notes__")  # such as that it was stopped
    assert trained.status == "FAILED"
    assert sum(time.slept) < 30


def test_a_start_that_is_refused_leaves_nothing_to_stop(run: Runner, trained: Trained) -> None:
    trained.world.labels.set_limits(running=0)
    with pytest.raises(LimitExceededError):
        run(trained.arn)
    assert trained.calls[STOP] == 0


def test_there_must_be_such_a_version(run: Runner, trained: Trained) -> None:
    with pytest.raises(VersionNotFoundError):
        run((trained.project, "v2"))
    assert trained.calls[START] == 0


def test_a_start_whose_answer_is_lost_is_found_and_stopped(run: Runner, trained: Trained) -> None:
    trained.world.labels.inject(START, hang_up="after")
    model = run(trained.arn)
    assert not model.was_adopted
    assert trained.status in STOPPED


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_start_of_which_nobody_knows_is_taken_for_one(kind: str, wire: Wire, time: FakeTime) -> None:
    denied = refusal("AccessDeniedException")
    wire.on(START, answer_lost).on(DESCRIBE, *at("STOPPED"), denied, *at("STOPPED", "STARTING"))
    wire.on(STOP, refusal("ResourceInUseException"), refusal("ResourceInUseException"), Answer({"Status": "STOPPING"}))
    with pytest.raises(Exception, match="Connection was closed") as caught:
        Runner(kind, wire.client(), time)((PROJECT, "v1"))
    assert "may have been started" in caught.value.__notes__[0]
    assert wire.asked(STOP) == [{"ProjectVersionArn": VERSION}] * 3


def test_a_start_of_which_nobody_knows_is_seen_to_at_the_exit_if_it_can_not_be_stopped_before(
    wire: Wire, time: FakeTime
) -> None:
    denied = refusal("AccessDeniedException")
    wire.on(START, answer_lost).on(DESCRIBE, *at("STOPPED"), denied, *at("RUNNING"))
    wire.on(STOP, denied, denied, denied, Answer({"Status": "STOPPING"}))
    with pytest.raises(ExceptionGroup):
        Runner("sync", wire.client(), time)((PROJECT, "v1"))
    assert [model.version_arn for model in registry.in_use] == [VERSION]
    assert registry.stop_all() == []


def test_a_model_that_another_use_stopped_since_the_first_look_is_not_adopted(wire: Wire, time: FakeTime) -> None:
    wire.on(START, Answer({"Status": "STARTING"})).on(STOP, Answer({"Status": "STOPPING"}))
    wire.on(DESCRIBE, *at("RUNNING", "STOPPED", "RUNNING"))
    assert not Runner("sync", wire.client(), time)((PROJECT, "v1")).was_adopted
    assert [name for name, _ in wire.sent if name != DESCRIBE] == [START, STOP]


def test_somebody_elses_start_in_the_same_moment_is_adopted(run: Runner, trained: Trained) -> None:
    rivals = iter([trained.start])

    def rival(**_: Any) -> None:
        for start in rivals:
            start()

    trained.on("before-call.rekognition.StartProjectVersion", rival)
    assert run(trained.arn).was_adopted
    assert trained.status == "RUNNING"


def test_a_model_that_does_not_run_in_time_is_stopped(run: Runner, trained: Trained) -> None:
    trained.world.labels.set_hosting(times=30)
    with pytest.raises(WaitTimeoutError) as caught:
        run(trained.arn, timeout=60)
    assert "running() has stopped the model." in caught.value.__notes__
    assert trained.status == "STOPPING"


def test_leaving_waits_until_it_has_stopped_if_that_is_asked_for(run: Runner, trained: Trained) -> None:
    trained.world.labels.set_hosting(times=3)
    run(trained.arn, wait_for_stop=True)
    assert trained.status == "STOPPED"


# -- stops that fail ---------------------------------------------------------------------------------------------------


def test_a_stop_that_fails_for_a_passing_reason_is_tried_again(run: Runner, trained: Trained, time: FakeTime) -> None:
    trained.world.labels.inject(STOP, error="ThrottlingException", times=4)  # botocore itself tries three times
    run(trained.arn)
    assert time.slept == [1]
    assert trained.status in STOPPED


def test_a_stop_that_fails_for_good_is_said_loudly_and_tried_again_at_the_exit(
    run: Runner, trained: Trained, caplog: pytest.LogCaptureFixture
) -> None:
    trained.world.labels.inject(STOP, error="AccessDeniedException", times=3)
    with pytest.raises(ModelStillRunningError, match=r"costs 10\.00 EUR an hour") as caught:
        run(trained.arn, prices=Prices(inference_unit_hour=5, currency="EUR"), min_inference_units=2)
    assert caught.value.command == (
        f"aws rekognition stop-project-version --project-version-arn {trained.arn} --region us-east-1"
    )
    assert caught.value.command in str(caught.value)
    assert isinstance(caught.value.__cause__, AccessDeniedError)
    assert [record.levelno for record in caplog.records if caught.value.command in record.message] == [logging.CRITICAL]
    assert trained.status == "RUNNING"
    assert registry.stop_all() == []  # what the exit of the interpreter calls
    assert trained.status in STOPPED


def test_a_stop_that_fails_hides_no_exception_of_the_body(run: Runner, trained: Trained) -> None:
    trained.world.labels.inject(STOP, error="AccessDeniedException", times=3)

    def body(model: Any) -> None:
        raise LookupError("of the body")

    with pytest.raises(ExceptionGroup) as caught:
        run(trained.arn, body)
    assert [type(error) for error in caught.value.exceptions] == [LookupError, ModelStillRunningError]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_what_ends_the_program_stays_what_it_is_and_carries_a_note(
    kind: type[BaseException], trained: Trained, time: FakeTime
) -> None:
    trained.world.labels.inject(STOP, error="AccessDeniedException", times=3)
    client = VersionsClient(trained.world.rekognition, sleep=time.sleep, clock=time.clock)
    with pytest.raises(kind) as caught, running(client, trained.arn):
        raise kind
    assert "aws rekognition stop-project-version" in caught.value.__notes__[-1]


def test_a_model_that_could_not_be_stopped_is_ours_when_it_is_used_again(run: Runner, trained: Trained) -> None:
    trained.world.labels.inject(STOP, error="AccessDeniedException", times=3)
    with pytest.raises(ModelStillRunningError):
        run(trained.arn)
    assert not run(trained.arn).was_adopted
    assert trained.status in STOPPED


# -- limits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [{"max_hours": 1}, {"max_cost": Decimal(4)}])
def test_a_limit_stops_it_and_detect_says_so(
    limit: dict[str, Any], run: Runner, trained: Trained, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosted, "WATCH_AT_LEAST_EVERY", 0.001)
    asked = threading.Event()
    trained.on("before-call.rekognition.StopProjectVersion", lambda **_: asked.set())

    def body(model: Any) -> Any:
        assert not model.is_stopped
        time.now += 3601
        assert asked.wait(20)
        return model.detect(b"")

    with pytest.raises(ModelStoppedError, match=f"its limit is reached: {next(iter(limit))}.* It has cost 4.0"):
        run(trained.arn, body, **limit)
    assert trained.status in STOPPED
    assert trained.calls[STOP] == 1


def test_a_limit_that_is_reached_while_it_starts(
    run: Runner, trained: Trained, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosted, "WATCH_AT_LEAST_EVERY", 0.001)
    asked = threading.Event()
    trained.on("before-call.rekognition.StopProjectVersion", lambda **_: asked.set())
    trained.world.labels.set_hosting(times=20)

    def on_poll(poll: Any) -> None:
        if poll.number == 3:
            time.now += 3600
            assert asked.wait(20)

    with pytest.raises(ModelStoppedError, match="max_hours=1"):
        run(trained.arn, lambda _: pytest.fail("it must not be entered"), max_hours=1, on_poll=on_poll)
    assert trained.status == "STOPPING"


def test_a_watchdog_whose_stop_fails_tries_again(
    run: Runner, trained: Trained, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosted, "WATCH_AT_LEAST_EVERY", 0.001)
    monkeypatch.setattr(hosted, "AGAIN_AFTER", 0.001)
    trained.world.labels.inject(STOP, error="AccessDeniedException", times=3)
    asked = threading.Semaphore(0)
    trained.on("after-call.rekognition.StopProjectVersion", lambda **_: asked.release())

    def body(model: Any) -> None:
        time.now += 3601
        for _ in range(4):
            assert asked.acquire(timeout=20)

    run(trained.arn, body, max_hours=1)
    assert trained.status in STOPPED
    assert trained.calls[STOP] == 4


def test_a_model_whose_limit_could_not_stop_it_is_fit_for_use_when_it_is_used_again(
    run: Runner, trained: Trained, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosted, "WATCH_AT_LEAST_EVERY", 0.001)
    trained.world.labels.inject(STOP, error="AccessDeniedException", times=6)
    asked = threading.Semaphore(0)
    trained.on("after-call.rekognition.StopProjectVersion", lambda **_: asked.release())

    def body(_: Any) -> None:
        time.now += 3601
        for _ in range(3):
            assert asked.acquire(timeout=20)
        (model,) = registry.in_use
        assert model.attempt is not None
        model.attempt.wait()

    with pytest.raises(ModelStillRunningError):
        run(trained.arn, body, max_hours=1)
    run(trained.arn, lambda model: model.detect(picture()))
    assert trained.status in STOPPED


# -- several uses of one model ----------------------------------------------------------------------------------------


def test_nested_uses_share_the_model_and_the_last_one_stops_it(trained: Trained, time: FakeTime) -> None:
    client = VersionsClient(trained.world.rekognition, sleep=time.sleep, clock=time.clock)
    with running(client, trained.arn) as outer:
        with running(client, (trained.project, "v1")) as inner:
            assert inner.started_at == outer.started_at
            assert not inner.was_adopted
        assert trained.status == "RUNNING"
        assert inner.is_stopped
        assert not outer.is_stopped
    assert trained.status in STOPPED
    assert trained.calls[START] == trained.calls[STOP] == 1


def test_tasks_side_by_side_start_it_once_and_stop_it_once(trained: Trained, time: FakeTime) -> None:
    trained.world.labels.set_hosting(times=5)
    client = Runner("async", trained.world.rekognition, time).client

    async def use(meeting: asyncio.Barrier) -> None:
        async with running(client, trained.arn):
            await meeting.wait()

    async def main() -> None:
        meeting = asyncio.Barrier(5)
        await asyncio.gather(*(use(meeting) for _ in range(5)))

    asyncio.run(main())
    assert trained.calls[START] == trained.calls[STOP] == 1


def test_a_task_that_is_cancelled_while_another_begins_does_not_wait_for_that(trained: Trained, time: FakeTime) -> None:
    trained.world.labels.set_hosting(times=3)
    trained.start()
    while trained.status != "RUNNING":
        pass
    trained.world.rekognition.stop_project_version(ProjectVersionArn=trained.arn)
    client = Runner("async", trained.world.rekognition, time).client

    async def main() -> None:
        polled, go_on = asyncio.Event(), asyncio.Event()

        async def hold(_: object) -> None:
            polled.set()
            await go_on.wait()

        async def use(**options: Any) -> None:
            async with running(client, trained.arn, **options):
                pass

        first = asyncio.create_task(use(on_poll=hold))  # which waits until it has stopped, and starts it then
        await polled.wait()
        (hosted_now,) = registry.in_use
        second = asyncio.create_task(use())
        while len(hosted_now.users) < 2:  # noqa: ASYNC110  (nothing tells of it)
            await asyncio.sleep(0)
        second.cancel()
        await asyncio.wait([second], timeout=20)
        assert second.cancelled()
        assert len(hosted_now.users) == 1
        go_on.set()
        await first

    asyncio.run(main())
    assert trained.calls[STOP] == 2
    assert trained.status in STOPPED


def test_threads_side_by_side_start_it_once_and_stop_it_once(trained: Trained, time: FakeTime) -> None:
    trained.world.labels.set_hosting(times=5)
    client = VersionsClient(trained.world.rekognition, sleep=time.sleep, clock=time.clock)
    meeting = threading.Barrier(5, timeout=20)

    def use(_: int) -> None:
        with running(client, trained.arn):
            meeting.wait()

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(use, range(5))) == [None] * 5
    assert trained.calls[START] == trained.calls[STOP] == 1


def test_if_the_first_use_can_not_start_it_the_next_one_does(trained: Trained, time: FakeTime) -> None:
    trained.world.labels.inject(START, error="LimitExceededException", times=3)  # botocore takes it for throttling
    client = Runner("async", trained.world.rekognition, time).client
    starting, go_on = threading.Event(), threading.Event()

    def hold(**_: Any) -> None:
        starting.set()
        assert go_on.wait(20)

    trained.on("before-call.rekognition.StartProjectVersion", hold)

    async def use() -> bool:
        async with running(client, trained.arn) as model:
            adopted: bool = model.was_adopted
        return adopted

    async def main() -> tuple[Any, Any]:
        first = asyncio.create_task(use())
        await asyncio.to_thread(starting.wait, 20)
        (there,) = registry.in_use
        second = asyncio.create_task(use())
        while len(there.users) < 2:  # noqa: ASYNC110  (nothing tells of it)
            await asyncio.sleep(0)
        go_on.set()
        done = await asyncio.gather(first, second, return_exceptions=True)
        return done[0], done[1]

    first, second = asyncio.run(main())
    assert isinstance(first, LimitExceededError)
    assert second is False
    assert trained.status in STOPPED


def test_a_use_that_comes_while_it_is_stopped_waits_and_starts_it_again(trained: Trained, time: FakeTime) -> None:
    client = Runner("async", trained.world.rekognition, time).client
    stopping, go_on = threading.Event(), threading.Event()

    def hold(**_: Any) -> None:
        stopping.set()
        assert go_on.wait(20)

    trained.on("before-call.rekognition.StopProjectVersion", hold)

    async def use() -> bool:
        async with running(client, trained.arn) as model:
            adopted: bool = model.was_adopted
        return adopted

    async def main() -> tuple[bool, bool]:
        first = asyncio.create_task(use())
        await asyncio.to_thread(stopping.wait, 20)
        second = asyncio.create_task(use())
        looks = trained.calls[DESCRIBE]
        while trained.calls[DESCRIBE] == looks:  # noqa: ASYNC110  (nothing tells of it)
            await asyncio.sleep(0)
        go_on.set()
        return await first, await second

    assert asyncio.run(main()) == (False, False)
    assert trained.calls[START] == trained.calls[STOP] == 2


# -- how it is used ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"min_inference_units": 0}, ValidationError, "min_inference_units"),
        ({"min_inference_units": 3, "max_inference_units": 2}, ValidationError, "must not be larger"),
        ({"max_hours": 0}, ValueError, "max_hours must be above 0"),
        ({"max_cost": "four"}, ValueError, "max_cost must be an amount"),
        ({"timeout": -1}, ValueError, "timeout must be 0 seconds or more"),
        ({"timeout": "5"}, TypeError, "timeout must be a number of seconds, or None for no limit, got str"),
        ({"schedule": 30}, TypeError, "schedule must be a Schedule"),
        ({"prices": 4}, TypeError, "prices must be Prices"),
        ({"on_poll": 3}, TypeError, "on_poll must be a function"),
        ({"version": "v1"}, ValueError, "is not a project version ARN"),
    ],
)
def test_mistakes_are_found_before_anything_is_started(
    options: dict[str, Any], error: type[Exception], said: str, wire: Wire
) -> None:
    for client in (VersionsClient(wire.client()), AsyncVersionsClient(wire.client())):
        with pytest.raises(error, match=said):
            running(**{"client": client, "version": VERSION, **options})
    assert wire.sent == []


def test_a_client_that_is_not_ours_and_a_function_that_nobody_awaits_are_refused(wire: Wire) -> None:
    async def tell(poll: Any) -> None:
        """Is never awaited."""

    plain: Any = wire.client()
    with pytest.raises(TypeError, match=r"VersionsClient\(boto3.client\('rekognition'\)\)"):
        running(plain, VERSION)
    with pytest.raises(TypeError, match="on_poll is a coroutine function"):
        running(VersionsClient(plain), VERSION, on_poll=tell)


def test_it_is_entered_once_at_a_time(trained: Trained, time: FakeTime) -> None:
    client = VersionsClient(trained.world.rekognition, sleep=time.sleep, clock=time.clock)
    model = running(client, trained.arn, schedule=Schedule(first=1))
    with model, pytest.raises(RuntimeError, match="in use already"):
        model.__enter__()
    with model:
        assert trained.status == "RUNNING"
    assert trained.status in STOPPED


def test_a_coroutine_that_is_closed_does_not_end_before_its_model_is_stopped(trained: Trained, time: FakeTime) -> None:
    client = Runner("async", trained.world.rekognition, time).client

    async def main(reached: asyncio.Event) -> None:
        async with running(client, trained.arn):
            reached.set()
            await asyncio.Event().wait()

    async def outer() -> None:
        reached = asyncio.Event()
        coroutine = main(reached)
        task = asyncio.create_task(coroutine)
        await reached.wait()
        coroutine.close()
        assert trained.status in STOPPED
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(outer())
    assert trained.calls[STOP] == 1


def test_an_async_on_poll_is_awaited(trained: Trained, time: FakeTime) -> None:
    trained.world.labels.set_hosting(times=3)
    seen: list[Any] = []

    async def on_poll(poll: Any) -> None:
        seen.append(poll.status)

    Runner("async", trained.world.rekognition, time)(trained.arn, on_poll=on_poll)
    assert seen == ["STARTING", "STARTING", "RUNNING"]
