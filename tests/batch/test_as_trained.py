"""`as_trained()`, for both clients, through botocore."""

import asyncio
import logging
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from rekog_versions import (
    AccessDeniedError,
    AsyncVersionsClient,
    Poll,
    ProjectVersionDescription,
    Schedule,
    ServiceError,
    TrainingFailedError,
    UnreachableStatusError,
    VersionNotFoundError,
    VersionsClient,
    WaitTimeoutError,
)
from rekog_versions.batch import as_trained
from tests.batch.helpers import DESCRIBE, PROJECTS, BatchRun, Service, names, notes, project, version_arn
from tests.conftest import Driver
from tests.wire import FakeTime, HttpResponse, Wire, never_connected, rejection

EXPIRED = rejection("ExpiredTokenException", "The security token included in the request is expired")


@pytest.fixture
def service(wire: Wire, time: FakeTime) -> Service:
    return Service(wire, time)


@pytest.fixture
def wait(driver: Driver, wire: Wire) -> BatchRun:
    driver.over(wire.client())
    return BatchRun(driver)


def test_versions_are_yielded_when_they_end_each_with_its_result(service: Service, wait: BatchRun) -> None:
    service.trains("late", 500).trains("soon", 100).trains("fails", 300, end="TRAINING_FAILED").has(
        "ran", (0, "RUNNING")
    )
    found = list(wait([(project(), name) for name in ("late", "soon", "fails", "ran")]))
    assert names(found) == ["ran", "soon", "fails", "late"]
    assert [outcome.ok for outcome in found] == [True, True, False, True]
    assert found[1].result().status == "TRAINING_COMPLETED"
    assert isinstance(found[2].error, TrainingFailedError)
    with pytest.raises(TrainingFailedError, match=r"failed: because \\x1b"):
        found[2].result()
    assert found[2].description.status == "TRAINING_FAILED"


def test_one_call_a_round_is_enough_for_ten_names_or_a_page_of_a_project(
    service: Service, wire: Wire, wait: BatchRun
) -> None:
    for number in range(10):
        service.trains(f"v{number}", 10, of="few")
    for number in range(60):
        service.trains(f"v{number}", 10, of="many")
    items = [(project(of), f"v{number}") for of, count in (("few", 10), ("many", 60)) for number in range(count)]
    assert len(list(wait(items))) == 70
    requests = wire.requests_of(DESCRIBE)
    assert len(requests) == 2 * 2  # two rounds over two projects
    assert len(requests[0]["VersionNames"]) == 10
    assert "VersionNames" not in requests[1]


def test_calls_stay_below_the_rate(service: Service, wait: BatchRun) -> None:
    for number in range(40):
        service.trains("v1", 200, of=f"p{number}")
    assert len(list(wait([(project(f"p{number}"), "v1") for number in range(40)], rate=2))) == 40
    gaps = [later - earlier for earlier, later in pairwise(service.moments)]
    assert min(gaps) == pytest.approx(0.5)


def test_rounds_start_by_the_schedule_even_if_they_are_slow(service: Service, wait: BatchRun) -> None:
    for number in range(40):
        service.trains("v1", 400, of=f"p{number}")
    list(wait([(project(f"p{number}"), "v1") for number in range(40)], schedule=Schedule(first=60, most=60, jitter=0)))
    assert [service.moments[round_ * 40] - service.began for round_ in range(8)] == pytest.approx(
        [60 * round_ for round_ in range(8)]
    )


def test_every_project_has_its_turn_if_rounds_take_longer_than_their_delay(service: Service, wait: BatchRun) -> None:
    for number in range(12):
        service.trains("v1", 115, of=f"p{number}")
    list(wait([(project(f"p{number}"), "v1") for number in range(12)], rate=0.1, schedule=Schedule(first=15, most=15)))
    requests = [body["ProjectArn"] for _, body in service.wire.sent]
    assert len(requests) == 24
    assert len(set(requests[:12])) == len(set(requests[12:])) == 12


def test_the_projects_of_arns_are_looked_up_once_ten_a_call(service: Service, wire: Wire, wait: BatchRun) -> None:
    for number in range(12):
        service.trains("v1", 100, of=f"p{number}")
        service.trains("v2", 100, of=f"p{number}")
    items = [version_arn(name, f"p{number}") for number in range(12) for name in ("v1", "v2")]
    found = list(wait(items))
    assert sorted(outcome.version for outcome in found) == sorted(items)
    assert [len(body["ProjectNames"]) for body in wire.requests_of(PROJECTS)] == [10, 2]
    assert "CONTENT_MODERATION" in wire.requests_of(PROJECTS)[0]["Features"]


def test_a_version_that_is_named_in_several_forms_is_yielded_once_in_the_first_form(
    service: Service, wait: BatchRun
) -> None:
    service.trains("v1", 100)
    description = ProjectVersionDescription.model_validate({"ProjectVersionArn": version_arn("v1")})
    items = [version_arn("v1"), (project(), "v1"), description, version_arn("v1")]
    assert [outcome.version for outcome in wait(items)] == [version_arn("v1")]
    assert service.wire.requests_of(PROJECTS) == []  # the pair polls the project


def test_versions_that_had_the_same_name_at_different_times_are_distinguished(service: Service, wait: BatchRun) -> None:
    service.trains("v1", 100)
    before = version_arn("v1", created=1500000000000)
    by_name, by_arn, gone = sorted(
        wait([(project(), "v1"), version_arn("v1"), before]), key=lambda found: (not found.ok, str(found.version))
    )
    assert (by_name.version, by_arn.version, gone.version) == ((project(), "v1"), version_arn("v1"), before)
    assert by_name.ok
    assert by_arn.ok
    assert isinstance(gone.error, VersionNotFoundError)
    assert f"the version with that name is now {version_arn('v1')}" in str(gone.error)


def test_a_missing_version_gets_an_error_after_a_grace_period_and_the_others_continue(
    service: Service, wait: BatchRun
) -> None:
    service.has("new", (12, "TRAINING_IN_PROGRESS"), (300, "TRAINING_COMPLETED")).trains("v1", 200)
    moments: dict[object, float] = {}
    found = {}
    for outcome in wait([(project(), "new"), (project(), "v1"), (project(), "typo"), (project("none"), "v1")]):
        found[outcome.version] = outcome
        moments[outcome.version] = service.time.now - service.began
    assert found[project(), "new"].ok
    assert found[project(), "v1"].ok
    assert isinstance(found[project(), "typo"].error, VersionNotFoundError)
    assert isinstance(found[project("none"), "v1"].error, VersionNotFoundError)
    assert 30 <= moments[project(), "typo"] <= 32
    assert 30 <= moments[project("none"), "v1"] <= 32


def test_an_arn_of_a_missing_project_is_not_found(service: Service, wait: BatchRun) -> None:
    service.trains("v1", 10)
    (gone, there) = sorted(wait([version_arn("v1", "none"), version_arn("v1")]), key=lambda found: found.ok)
    assert isinstance(gone.error, VersionNotFoundError)
    assert "no project 'none' was found" in str(gone.error)
    assert there.ok


def test_a_version_that_cannot_become_trained_ends_at_once(service: Service, wait: BatchRun) -> None:
    service.has("v1", (0, "DELETING"))
    (found,) = wait([(project(), "v1")])
    assert isinstance(found.error, UnreachableStatusError)
    assert service.time.now == service.began


def test_a_timeout_ends_with_a_last_poll_and_says_what_continues(service: Service, wait: BatchRun) -> None:
    service.trains("v1", 9000).trains("v2", 99)
    found = list(wait([(project(), "v1"), (project(), "v2")], timeout=100, schedule=Schedule(first=70, most=70)))
    assert [outcome.ok for outcome in found] == [False, True]
    assert isinstance(found[0].error, WaitTimeoutError)
    assert "The training continues and is billed" in str(found[0].error)
    assert found[0].description.status == "TRAINING_IN_PROGRESS"
    assert service.time.now - service.began == pytest.approx(100)


def test_retryable_errors_do_not_end_the_wait(service: Service, wire: Wire, wait: BatchRun) -> None:
    service.trains("v1", 100)
    calls = iter(range(1000))
    response = wire.script[DESCRIBE][0]
    faults = [rejection("ThrottlingException"), rejection("InternalServerError", status=500), never_connected]

    def sometimes() -> HttpResponse:
        number = next(calls)
        step: Any = faults[number // 3] if number < 9 else response  # botocore tries each call three times
        return step if isinstance(step, HttpResponse) else step()

    wire.on(DESCRIBE, sometimes)
    polls: list[Poll] = []
    (found,) = wait([(project(), "v1")], on_poll=polls.append)
    assert found.ok
    assert [type(poll.error).__name__ for poll in polls[:4]] == [
        "ThrottlingError",
        "InternalServerError",
        "EndpointConnectionError",
        "NoneType",
    ]


def test_a_denied_project_ends_the_wait_for_its_versions_only(service: Service, wait: BatchRun) -> None:
    service.trains("v1", 100).trains("v1", 100, of="secret").trains("v2", 100, of="secret")
    service.denied.add("secret")
    found = list(wait([(project("secret"), "v1"), (project(), "v1"), (project("secret"), "v2")]))
    assert [outcome.ok for outcome in found] == [False, False, True]
    assert all(isinstance(outcome.error, AccessDeniedError) for outcome in found[:2])
    assert "not their trainings" in notes(found[0].error)
    with pytest.raises(AccessDeniedError):
        found[0].result()


def test_expired_credentials_end_the_wait_with_a_note_and_it_can_be_resumed(
    service: Service, wire: Wire, wait: BatchRun, driver: Driver
) -> None:
    service.trains("v1", 10).trains("v2", 100).trains("v3", 100)
    outcomes = wait([(project(), "v1"), (project(), "v2"), version_arn("v3")])
    assert names([next(outcomes)]) == ["v1"]
    response = wire.script[DESCRIBE][0]
    wire.on(DESCRIBE, EXPIRED)
    with pytest.raises(ServiceError) as caught:
        next(outcomes)
    assert f"as_trained(client, [({project()!r}, 'v2'), {version_arn('v3')!r}])" in notes(caught.value)
    assert "continue and are billed" in notes(caught.value)
    assert wait.iterator.open == [(project(), "v2"), version_arn("v3")]
    wire.on(DESCRIBE, response)
    assert len(list(wait.resume())) == 2
    assert wait.iterator.open == []


def test_missing_credentials_end_the_wait(service: Service, wire: Wire, wait: BatchRun) -> None:
    service.trains("v1", 10)
    wire.on(DESCRIBE, NoCredentialsError())
    with pytest.raises(NoCredentialsError) as caught:
        next(wait([(project(), "v1")]))
    assert "resumes the wait, in any process" in notes(caught.value)


def test_project_lookups_survive_throttling_and_a_denial_is_an_outcome(
    service: Service, wire: Wire, wait: BatchRun
) -> None:
    service.trains("v1", 10).trains("v2", 10)
    wire.on(PROJECTS, *[rejection("ThrottlingException")] * 3, rejection("AccessDeniedException"))
    found = list(wait([version_arn("v1"), (project(), "v2")]))
    assert len(wire.requests_of(PROJECTS)) == 4
    outcomes = {outcome.version: outcome.error for outcome in found}
    assert isinstance(outcomes[version_arn("v1")], AccessDeniedError)
    assert outcomes[project(), "v2"] is None


def test_a_lost_connection_is_waited_out_until_the_timeout(service: Service, wire: Wire, wait: BatchRun) -> None:
    service.trains("v1", 9000).trains("v2", 9000, of="other")
    response = wire.script[DESCRIBE][0]
    # the first poll succeeds for one project only, which is enough for all
    wire.on(DESCRIBE, response, EndpointConnectionError(endpoint_url="x"))
    found = list(wait([(project(), "v1"), (project("other"), "v2")], timeout=500))
    assert [type(outcome.error) for outcome in found] == [WaitTimeoutError] * 2
    assert "its last status was TRAINING_IN_PROGRESS" in str(found[0].error)
    assert "no poll has found it" in str(found[1].error)
    assert "Could not connect" in str(found[1].error)


def test_without_any_connection_the_wait_ends_after_a_minute_and_can_be_resumed(
    service: Service, wire: Wire, wait: BatchRun
) -> None:
    service.trains("v1", 10)
    response = wire.script[DESCRIBE][0]
    wire.on(DESCRIBE, EndpointConnectionError(endpoint_url="x"))
    with pytest.raises(EndpointConnectionError) as caught:
        list(wait([(project(), "v1")]))
    assert "resumes the wait, in any process" in notes(caught.value)
    assert 60 <= service.time.now - service.began < 130
    wire.on(DESCRIBE, response)
    assert [outcome.ok for outcome in wait.resume()] == [True]


def test_an_exception_of_on_poll_ends_the_wait_with_a_note_and_loses_no_outcome(
    service: Service, wait: BatchRun
) -> None:
    service.trains("v1", 0).trains("v2", 50)

    def stop(poll: Poll) -> None:
        if poll.status == "TRAINING_COMPLETED":
            raise RuntimeError("enough")

    outcomes = wait([(project(), "v1"), (project(), "v2")], on_poll=stop)
    with pytest.raises(RuntimeError, match="enough") as caught:
        next(outcomes)
    assert "ends the wait for 1 version" in notes(caught.value)
    assert names([next(wait.resume())]) == ["v1"]


def test_an_unknown_status_is_logged_once_and_the_wait_continues(
    service: Service, wait: BatchRun, caplog: pytest.LogCaptureFixture
) -> None:
    service.has("v1", (0, "TRAINING_PAUSED"), (100, "TRAINING_COMPLETED"))
    with caplog.at_level(logging.WARNING, "rekog_versions"):
        (found,) = wait([(project(), "v1")])
    assert found.ok
    assert [record.getMessage().count("TRAINING_PAUSED") for record in caplog.records] == [1]


def test_nothing_happens_after_the_iterator_is_left(service: Service, wait: BatchRun) -> None:
    service.trains("v1", 0).trains("v2", 50)
    assert names([next(wait([(project(), "v1"), (project(), "v2")]))]) == ["v1"]
    sent = len(service.wire.sent)
    assert wait.iterator.open == [(project(), "v2")]
    del wait.iterator
    assert len(service.wire.sent) == sent


@pytest.mark.parametrize(
    ("items", "error", "message"),
    [
        (["shapes"], ValueError, "is not a project version ARN"),
        ([(project(), "not a name")], ValueError, "version_names"),
        ([7], TypeError, "got int"),
        (version_arn("v1"), TypeError, "put it in a list"),
        ((project(), "v1"), TypeError, "put it in a list"),
    ],
)
def test_invalid_versions_raise_before_anything_is_sent(
    items: Any, error: type[Exception], message: str, service: Service, wait: BatchRun
) -> None:
    with pytest.raises(error, match=message):
        wait(items)
    assert service.wire.sent == []


def test_a_tuple_of_two_arns_is_two_versions(service: Service, wait: BatchRun) -> None:
    service.trains("v1", 0).trains("v2", 0)
    assert len(list(wait((version_arn("v1"), version_arn("v2"))))) == 2


def test_no_versions_give_no_outcomes(wait: BatchRun) -> None:
    assert list(wait([])) == []


def test_numbers_out_of_range_are_rejected(wait: BatchRun) -> None:
    with pytest.raises(ValueError, match="timeout must be 0 seconds or more"):
        wait([(project(), "v1")], timeout=-1)
    with pytest.raises(ValueError, match="rate must be"):
        wait([], rate=0)


def test_a_boto3_client_is_rejected_with_the_next_step(wire: Wire) -> None:
    rekognition: Any = wire.client()
    with pytest.raises(TypeError, match=r"got Rekognition; create one with VersionsClient"):
        as_trained(rekognition, [])


def test_the_blocking_client_rejects_a_coroutine_function(wire: Wire) -> None:
    async def on_poll(_: Poll) -> None: ...

    with pytest.raises(TypeError, match="only AsyncVersionsClient awaits"):
        as_trained(VersionsClient(wire.client()), [], on_poll=on_poll)


def test_the_async_client_awaits_on_poll_and_can_be_cancelled_during_a_pause(service: Service, wire: Wire) -> None:
    service.trains("v1", 0).trains("v2", 50)
    polls: list[Poll] = []

    async def main() -> None:
        sleeping = asyncio.Event()

        async def sleep(_: float) -> None:
            sleeping.set()
            await asyncio.Event().wait()

        async def on_poll(poll: Poll) -> None:
            await asyncio.sleep(0)
            polls.append(poll)

        client = AsyncVersionsClient(wire.client(), sleep=sleep, clock=service.time.clock)
        outcomes = as_trained(client, [(project(), "v1"), (project(), "v2")], on_poll=on_poll)
        assert (await anext(outcomes)).ok
        task = asyncio.ensure_future(anext(outcomes))
        await sleeping.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        assert f"as_trained(client, [({project()!r}, 'v2')])" in notes(caught.value)

    asyncio.run(main())
    assert [poll.status for poll in polls] == ["TRAINING_COMPLETED", "TRAINING_IN_PROGRESS"]


def test_a_note_about_many_versions_is_short(service: Service, wire: Wire, wait: BatchRun) -> None:
    for number in range(300):
        service.trains(f"v{number}", 50)
    wire.on(DESCRIBE, EXPIRED)
    with pytest.raises(ServiceError) as caught:
        next(wait([(project(), f"v{number}") for number in range(300)]))
    assert "... 290 more" in notes(caught.value)
    assert len(notes(caught.value)) < 3000
    assert len(wait.iterator.open) == 300
