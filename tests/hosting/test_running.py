"""`running` with both clients, through botocore and the emulated service."""

import asyncio
import contextvars
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

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
from rekog_versions.hosting import Prices, owner, process, running
from rekog_versions.hosting._sync import stopping
from rekog_versions.models.thresholds import Thresholds
from tests.hosting.conftest import Runner, Trained, stop_as_at_exit
from tests.testing.emulator import client as emulated_client
from tests.testing.pictures import picture
from tests.wire import PROJECT, VERSION, FakeTime, HttpResponse, Wire, at, rejection, response_lost

START, STOP, DESCRIBE = "StartProjectVersion", "StopProjectVersion", "DescribeProjectVersions"
STOPPED = {"STOPPING", "STOPPED"}


def test_the_handle_reports_the_cost(run: Runner, trained: Trained, time: FakeTime) -> None:
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
    assert model.cost == spent  # the time counts until the stop
    assert trained.calls[START] == trained.calls[STOP] == 1
    assert trained.calls["DescribeProjects"] <= 2


def test_the_handle_detects_labels_inside_of_the_block_only(run: Runner, trained: Trained) -> None:
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
    with pytest.raises(ModelStoppedError, match="its `with` block has ended") as caught:
        asyncio.run(model.detect(picture())) if run.kind == "async" else model.detect(picture())
    assert caught.value.version_arn == trained.arn


@pytest.mark.parametrize("status", ["RUNNING", "STARTING"])
def test_a_running_or_starting_model_is_adopted_and_left_running(status: str, run: Runner, trained: Trained) -> None:
    trained.emulator.labels.set_hosting(times=4)
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


def test_a_warning_is_logged_for_an_adopted_model_with_other_inference_units(
    run: Runner, trained: Trained, caplog: pytest.LogCaptureFixture
) -> None:
    trained.start(MinInferenceUnits=2)
    run(trained.arn, min_inference_units=2)
    assert caplog.text == ""
    run(trained.arn, min_inference_units=5)
    assert "has 2 inference units instead of 5" in caplog.text


def test_an_adopted_model_is_stopped_with_stop_adopted(run: Runner, trained: Trained) -> None:
    trained.start()
    run(trained.arn, stop_adopted=True)
    assert trained.status in STOPPED


def test_a_warning_is_logged_for_the_limits_of_an_adopted_model(
    run: Runner, trained: Trained, caplog: pytest.LogCaptureFixture
) -> None:
    trained.start()
    run(trained.arn, max_cost="0.000001")
    assert "its limits do not apply" in caplog.text
    assert trained.status == "RUNNING"


def test_a_stopping_model_is_started_once_it_has_stopped(run: Runner, trained: Trained) -> None:
    trained.start()
    assert trained.status == "RUNNING"
    trained.emulator.labels.set_hosting(times=3)
    trained.emulator.rekognition.stop_project_version(ProjectVersionArn=trained.arn)
    model = run(trained.arn)
    assert not model.was_adopted
    assert trained.status == "STOPPING"


def test_a_start_that_fails_leaves_nothing_to_stop(run: Runner, trained: Trained, time: FakeTime) -> None:
    trained.emulator.labels.set_hosting(times=3, outcome="FAILED")
    with pytest.raises(StartFailedError) as caught:
        run(trained.arn)
    assert not hasattr(caught.value, "__notes__")  # such as "running() has stopped the model"
    assert trained.status == "FAILED"
    assert sum(time.slept) < 30


def test_a_rejected_start_leaves_nothing_to_stop(run: Runner, trained: Trained) -> None:
    trained.emulator.labels.set_limits(running=0)
    with pytest.raises(LimitExceededError):
        run(trained.arn)
    assert trained.calls[STOP] == 0


def test_the_version_must_exist(run: Runner, trained: Trained) -> None:
    with pytest.raises(VersionNotFoundError):
        run((trained.project, "v2"))
    assert trained.calls[START] == 0


def test_a_start_whose_response_is_lost_is_found_and_stopped(run: Runner, trained: Trained) -> None:
    trained.emulator.labels.inject(START, hang_up="after")
    model = run(trained.arn)
    assert not model.was_adopted
    assert trained.status in STOPPED


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_start_with_an_unknown_outcome_is_stopped(kind: str, wire: Wire, time: FakeTime) -> None:
    denied = rejection("AccessDeniedException")
    wire.on(START, response_lost).on(DESCRIBE, *at("STOPPED"), denied, *at("STOPPED", "STARTING"))
    wire.on(
        STOP,
        rejection("ResourceInUseException"),
        rejection("ResourceInUseException"),
        HttpResponse({"Status": "STOPPING"}),
    )
    with pytest.raises(Exception, match="Connection was closed") as caught:
        Runner(kind, wire.client(), time)((PROJECT, "v1"))
    assert "may have been started" in caught.value.__notes__[0]
    assert wire.requests_of(STOP) == [{"ProjectVersionArn": VERSION}] * 3


def test_a_start_with_an_unknown_outcome_that_cannot_be_stopped_is_stopped_at_the_exit(
    wire: Wire, time: FakeTime
) -> None:
    denied = rejection("AccessDeniedException")
    wire.on(START, response_lost).on(DESCRIBE, *at("STOPPED"), denied, *at("RUNNING"))
    wire.on(STOP, denied, denied, denied, HttpResponse({"Status": "STOPPING"}))
    with pytest.raises(ExceptionGroup):
        Runner("sync", wire.client(), time)((PROJECT, "v1"))
    assert [model.version_arn for model in process.owner().models.values()] == [VERSION]
    assert stop_as_at_exit() == []


def test_a_model_that_another_use_has_stopped_since_the_lookup_is_not_adopted(wire: Wire, time: FakeTime) -> None:
    wire.on(START, HttpResponse({"Status": "STARTING"})).on(STOP, HttpResponse({"Status": "STOPPING"}))
    wire.on(DESCRIBE, *at("RUNNING", "STOPPED", "RUNNING"))
    assert not Runner("sync", wire.client(), time)((PROJECT, "v1")).was_adopted
    assert [name for name, _ in wire.sent if name != DESCRIBE] == [START, STOP]


def test_a_start_by_another_program_in_the_same_moment_is_adopted(run: Runner, trained: Trained) -> None:
    rival_client = emulated_client("rekognition")  # another program has another client
    rivals = iter([lambda: rival_client.start_project_version(ProjectVersionArn=trained.arn, MinInferenceUnits=1)])

    def rival(**_: Any) -> None:
        for start in rivals:
            contextvars.Context().run(start)  # its attempts are not those of this call

    trained.on("before-call.rekognition.StartProjectVersion", rival)
    assert run(trained.arn).was_adopted
    assert trained.status == "RUNNING"


def test_a_model_that_is_not_running_in_time_is_stopped(run: Runner, trained: Trained) -> None:
    trained.emulator.labels.set_hosting(times=30)
    with pytest.raises(WaitTimeoutError) as caught:
        run(trained.arn, timeout=60)
    assert "running() has stopped the model." in caught.value.__notes__
    assert trained.status == "STOPPING"


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_model_that_stays_in_starting_is_given_up_after_the_timeout_and_an_hour(
    kind: str, wire: Wire, time: FakeTime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(stopping, "STARTING_PAUSE", 100.0)
    wire.on(START, HttpResponse({"Status": "STARTING"})).on(DESCRIBE, *at("STOPPED", "STARTING"))
    wire.on(STOP, rejection("ResourceInUseException"))
    began = time.now
    with pytest.raises(ExceptionGroup) as caught:
        Runner(kind, wire.client(), time)((PROJECT, "v1"), timeout=600)
    assert time.now - began == 600 + 3600
    late, failure = caught.value.exceptions
    assert isinstance(late, WaitTimeoutError)
    assert isinstance(failure, ModelStillRunningError)
    assert "still STARTING after 60 minutes, and the service stops only models that are RUNNING" in str(failure)
    assert f"Repeat this command until it succeeds or the status is FAILED: {failure.command}" in str(failure)
    assert "Waiting for that, for at most 60 minutes." in caplog.text
    assert f"Then repeat this command until it succeeds or the status is FAILED: {failure.command}" in caplog.text

    (at_exit,) = stop_as_at_exit()  # one more attempt, without another hour
    assert at_exit.command == failure.command
    assert time.now - began == 600 + 3600


def test_leaving_waits_until_the_model_has_stopped_with_wait_for_stop(run: Runner, trained: Trained) -> None:
    trained.emulator.labels.set_hosting(times=3)
    run(trained.arn, wait_for_stop=True)
    assert trained.status == "STOPPED"


def test_a_stop_that_fails_with_a_retryable_error_is_repeated(run: Runner, trained: Trained, time: FakeTime) -> None:
    trained.emulator.labels.inject(STOP, error="ThrottlingException", times=4)  # botocore itself tries three times
    run(trained.arn)
    assert time.slept == [1]
    assert trained.status in STOPPED


def test_a_failed_stop_is_raised_and_logged_and_repeated_at_the_exit(
    run: Runner, trained: Trained, caplog: pytest.LogCaptureFixture
) -> None:
    trained.emulator.labels.inject(STOP, error="AccessDeniedException", times=3)
    with pytest.raises(ModelStillRunningError, match=r"costs 10\.00 EUR an hour") as caught:
        run(trained.arn, prices=Prices(inference_unit_hour=5, currency="EUR"), min_inference_units=2)
    assert caught.value.command == (
        f"aws rekognition stop-project-version --project-version-arn {trained.arn} --region us-east-1"
    )
    assert caught.value.command in str(caught.value)
    assert isinstance(caught.value.__cause__, AccessDeniedError)
    assert [record.levelno for record in caplog.records if caught.value.command in record.message] == [logging.CRITICAL]
    assert trained.status == "RUNNING"
    assert stop_as_at_exit() == []
    assert trained.status in STOPPED


def test_a_failed_stop_does_not_hide_the_exception_of_the_block(run: Runner, trained: Trained) -> None:
    trained.emulator.labels.inject(STOP, error="AccessDeniedException", times=3)

    def body(model: Any) -> None:
        raise LookupError("of the body")

    with pytest.raises(ExceptionGroup) as caught:
        run(trained.arn, body)
    assert [type(error) for error in caught.value.exceptions] == [LookupError, ModelStillRunningError]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_an_exception_that_ends_the_program_keeps_its_type_and_gets_a_note(
    kind: type[BaseException], trained: Trained, time: FakeTime
) -> None:
    trained.emulator.labels.inject(STOP, error="AccessDeniedException", times=3)
    client = VersionsClient(trained.emulator.rekognition, sleep=time.sleep, clock=time.clock)
    with pytest.raises(kind) as caught, running(client, trained.arn):
        raise kind
    assert "aws rekognition stop-project-version" in caught.value.__notes__[-1]


def test_a_model_that_could_not_be_stopped_is_not_adopted_by_the_next_use(run: Runner, trained: Trained) -> None:
    trained.emulator.labels.inject(STOP, error="AccessDeniedException", times=3)
    with pytest.raises(ModelStillRunningError):
        run(trained.arn)
    assert not run(trained.arn).was_adopted
    assert trained.status in STOPPED


@pytest.mark.parametrize("limit", [{"max_hours": 1}, {"max_cost": Decimal(4)}])
def test_a_limit_stops_the_model_and_detect_raises(
    limit: dict[str, Any], run: Runner, trained: Trained, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "CHECK_PERIOD", 0.001)
    stop_requested = threading.Event()
    trained.on("before-call.rekognition.StopProjectVersion", lambda **_: stop_requested.set())

    def body(model: Any) -> Any:
        assert not model.is_stopped
        time.now += 3601
        assert stop_requested.wait(20)
        return model.detect(b"")

    with pytest.raises(ModelStoppedError, match=f"its limit was reached: {next(iter(limit))}.* It has cost 4.0"):
        run(trained.arn, body, **limit)
    assert trained.status in STOPPED
    assert trained.calls[STOP] == 1


def test_a_limit_can_be_reached_while_the_model_is_starting(
    run: Runner, trained: Trained, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "CHECK_PERIOD", 0.001)
    stop_requested = threading.Event()
    trained.on("before-call.rekognition.StopProjectVersion", lambda **_: stop_requested.set())
    trained.emulator.labels.set_hosting(times=20)

    def on_poll(poll: Any) -> None:
        if poll.number == 3:
            time.now += 3600
            assert stop_requested.wait(20)

    with pytest.raises(ModelStoppedError, match="max_hours=1"):
        run(trained.arn, lambda _: pytest.fail("it must not be entered"), max_hours=1, on_poll=on_poll)
    assert trained.status == "STOPPING"


def test_a_stop_for_a_limit_is_repeated_if_it_fails(
    run: Runner, trained: Trained, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "CHECK_PERIOD", 0.001)
    monkeypatch.setattr(owner, "RETRY_AFTER", 0.001)
    trained.emulator.labels.inject(STOP, error="AccessDeniedException", times=3)
    stop_requested = threading.Semaphore(0)
    trained.on("after-call.rekognition.StopProjectVersion", lambda **_: stop_requested.release())

    def body(model: Any) -> None:
        time.now += 3601
        for _ in range(4):
            assert stop_requested.acquire(timeout=20)

    run(trained.arn, body, max_hours=1)
    assert trained.status in STOPPED
    assert trained.calls[STOP] == 4


def test_a_model_that_its_limit_could_not_stop_can_be_used_again(
    run: Runner, trained: Trained, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "CHECK_PERIOD", 0.001)
    trained.emulator.labels.inject(STOP, error="AccessDeniedException", times=6)
    stop_requested = threading.Semaphore(0)
    trained.on("after-call.rekognition.StopProjectVersion", lambda **_: stop_requested.release())

    def body(_: Any) -> None:
        time.now += 3601
        for _ in range(3):
            assert stop_requested.acquire(timeout=20)
        while next(iter(process.owner().models.values())).is_stopping:
            pass

    with pytest.raises(ModelStillRunningError):
        run(trained.arn, body, max_hours=1)
    run(trained.arn, lambda model: model.detect(picture()))
    assert trained.status in STOPPED


def test_nested_uses_share_a_model_and_the_last_one_stops_it(trained: Trained, time: FakeTime) -> None:
    client = VersionsClient(trained.emulator.rekognition, sleep=time.sleep, clock=time.clock)
    with running(client, trained.arn) as outer:
        with running(client, (trained.project, "v1")) as inner:
            assert inner.started_at == outer.started_at
            assert not inner.was_adopted
        assert trained.status == "RUNNING"
        assert inner.is_stopped
        assert not outer.is_stopped
    assert trained.status in STOPPED
    assert trained.calls[START] == trained.calls[STOP] == 1


def test_concurrent_tasks_start_and_stop_a_model_once(trained: Trained, time: FakeTime) -> None:
    trained.emulator.labels.set_hosting(times=5)
    client = Runner("async", trained.emulator.rekognition, time).client

    async def use(meeting: asyncio.Barrier) -> None:
        async with running(client, trained.arn):
            await meeting.wait()

    async def main() -> None:
        meeting = asyncio.Barrier(5)
        await asyncio.gather(*(use(meeting) for _ in range(5)))

    asyncio.run(main())
    assert trained.calls[START] == trained.calls[STOP] == 1


def test_a_task_that_is_cancelled_while_another_one_starts_the_model_does_not_wait(
    trained: Trained, time: FakeTime
) -> None:
    trained.emulator.labels.set_hosting(times=3)
    trained.start()
    while trained.status != "RUNNING":
        pass
    trained.emulator.rekognition.stop_project_version(ProjectVersionArn=trained.arn)
    client = Runner("async", trained.emulator.rekognition, time).client

    async def main() -> None:
        polled, go_on = asyncio.Event(), asyncio.Event()

        async def hold(_: object) -> None:
            polled.set()
            await go_on.wait()

        async def use(**options: Any) -> None:
            async with running(client, trained.arn, **options):
                pass

        first = asyncio.create_task(use(on_poll=hold))  # it waits until the model has stopped, and then starts it
        await polled.wait()
        (model,) = process.owner().models.values()
        second = asyncio.create_task(use())
        while not model.waiting:  # noqa: ASYNC110  (there is no event for it)
            await asyncio.sleep(0)
        second.cancel()
        await asyncio.wait([second], timeout=20)
        assert second.cancelled()
        assert (len(model.users), len(model.waiting)) == (1, 0)
        go_on.set()
        await first

    asyncio.run(main())
    assert trained.calls[STOP] == 2
    assert trained.status in STOPPED


def test_concurrent_threads_start_and_stop_a_model_once(trained: Trained, time: FakeTime) -> None:
    trained.emulator.labels.set_hosting(times=5)
    client = VersionsClient(trained.emulator.rekognition, sleep=time.sleep, clock=time.clock)
    meeting = threading.Barrier(5, timeout=20)

    def use(_: int) -> None:
        with running(client, trained.arn):
            meeting.wait()

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(use, range(5))) == [None] * 5
    assert trained.calls[START] == trained.calls[STOP] == 1


def test_if_the_first_use_cannot_start_the_model_the_next_one_does(trained: Trained, time: FakeTime) -> None:
    trained.emulator.labels.inject(
        START, error="LimitExceededException", times=3
    )  # botocore retries it like throttling
    client = Runner("async", trained.emulator.rekognition, time).client
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
        (model,) = process.owner().models.values()
        second = asyncio.create_task(use())
        while not model.waiting:  # noqa: ASYNC110  (there is no event for it)
            await asyncio.sleep(0)
        go_on.set()
        done = await asyncio.gather(first, second, return_exceptions=True)
        return done[0], done[1]

    first, second = asyncio.run(main())
    assert isinstance(first, LimitExceededError)
    assert second is False
    assert trained.status in STOPPED


def test_a_use_that_begins_while_the_model_is_being_stopped_waits_and_starts_it_again(
    trained: Trained, time: FakeTime
) -> None:
    client = Runner("async", trained.emulator.rekognition, time).client
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
        while trained.calls[DESCRIBE] == looks:  # noqa: ASYNC110  (there is no event for it)
            await asyncio.sleep(0)
        go_on.set()
        return await first, await second

    assert asyncio.run(main()) == (False, False)
    assert trained.calls[START] == trained.calls[STOP] == 2


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"min_inference_units": 0}, ValueError, "min_inference_units must be 1 or more, got 0"),
        ({"min_inference_units": True}, TypeError, "min_inference_units must be a whole number, got bool"),
        ({"max_inference_units": 1.5}, TypeError, "max_inference_units must be a whole number, got float"),
        ({"min_inference_units": 3, "max_inference_units": 2}, ValueError, "max_inference_units must be min_inference"),
        ({"max_hours": 0}, ValueError, "max_hours must be above 0"),
        ({"max_cost": "four"}, ValueError, "max_cost must be an amount"),
        ({"timeout": -1}, ValueError, "timeout must be 0 seconds or more"),
        (
            {"timeout": "5"},
            TypeError,
            "timeout must be a number of seconds or a timedelta",
        ),
        ({"schedule": 30}, TypeError, "schedule must be a Schedule"),
        ({"prices": 4}, TypeError, "prices must be Prices"),
        ({"on_poll": 3}, TypeError, "on_poll must be a function"),
        ({"version": "v1"}, ValueError, "is not a project version ARN"),
    ],
)
def test_wrong_arguments_are_rejected_before_anything_is_sent(
    options: dict[str, Any], error: type[Exception], said: str, wire: Wire
) -> None:
    call: Any = running
    for client in (VersionsClient(wire.client()), AsyncVersionsClient(wire.client())):
        with pytest.raises(error, match=said):
            call(client, **{"version": VERSION, **options})
    assert wire.sent == []


def test_a_boto3_client_and_a_coroutine_function_for_the_sync_client_are_rejected(wire: Wire) -> None:
    async def tell(poll: Any) -> None:
        """A coroutine function."""

    plain: Any = wire.client()
    with pytest.raises(TypeError, match=r"VersionsClient\(boto3.client\('rekognition'\)\)"):
        running(plain, VERSION)
    with pytest.raises(TypeError, match="on_poll is a coroutine function"):
        running(VersionsClient(plain), VERSION, on_poll=tell)


def test_a_client_without_blocking_calls_is_rejected_at_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    class Awaited:
        """A client like aiobotocore's."""

        async def describe_project_versions(self, **_: Any) -> None: ...

    monkeypatch.undo()  # the threads of models use the client that the package makes
    client: Any = AsyncVersionsClient(cast("Any", Awaited()))
    with pytest.raises(TypeError, match=r"pass AsyncVersionsClient\(boto3.client\('rekognition'\)\)"):
        running(client, VERSION)


def test_a_context_manager_can_be_entered_again_after_its_block_has_ended(trained: Trained, time: FakeTime) -> None:
    client = VersionsClient(trained.emulator.rekognition, sleep=time.sleep, clock=time.clock)
    model = running(client, trained.arn, schedule=Schedule(first=1))
    with model, pytest.raises(RuntimeError, match="already in use"):
        model.__enter__()
    with model:
        assert trained.status == "RUNNING"
    assert trained.status in STOPPED


def test_a_coroutine_that_is_closed_stops_its_model_first(trained: Trained, time: FakeTime) -> None:
    client = Runner("async", trained.emulator.rekognition, time).client

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
    trained.emulator.labels.set_hosting(times=3)
    seen: list[Any] = []

    async def on_poll(poll: Any) -> None:
        seen.append(poll.status)

    Runner("async", trained.emulator.rekognition, time)(trained.arn, on_poll=on_poll)
    assert seen == ["STARTING", "STARTING", "RUNNING"]
