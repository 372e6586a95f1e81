"""A start, a stop or a deletion takes effect exactly once, even if its response is lost; both clients."""

import asyncio
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from pydantic import ValidationError

from rekog_versions import (
    AsyncVersionsClient,
    LimitExceededError,
    ProjectVersionStatus,
    ResourceInUseError,
    ResourceNotFoundError,
    ResponseError,
    VersionNotFoundError,
    VersionsClient,
)
from rekog_versions.errors import InternalServerError
from tests.client.requests import DELETE, DESCRIBE, START, STOP
from tests.conftest import Driver
from tests.wire import (
    PROJECT,
    VERSION,
    FakeTime,
    HttpResponse,
    Wire,
    at,
    described,
    never_connected,
    notes,
    rejection,
    response_lost,
    timed_out,
    versions,
)

PROJECTS = "DescribeProjects"
METHODS = {START: "start_project_version", STOP: "stop_project_version", DELETE: "delete_project_version"}
ACCEPTED = {START: "STARTING", STOP: "STOPPING", DELETE: "DELETING"}
BEFORE = {START: "STOPPED", STOP: "RUNNING", DELETE: "STOPPED"}
STATUSES_AFTER = [
    (START, "STARTING"),
    (START, "RUNNING"),
    (STOP, "STOPPING"),
    (STOP, "STOPPED"),
    (DELETE, "DELETING"),
]
CONFLICT = rejection("ResourceInUseException", "it is STARTING")
NOT_FOUND = rejection("ResourceNotFoundException", "no such version")
THE_PROJECT = HttpResponse({"ProjectDescriptions": [{"ProjectArn": PROJECT, "Status": "CREATED"}]})
LOST = [response_lost, timed_out, rejection("InternalServerError", status=500)]


@pytest.mark.parametrize("operation", METHODS)
def test_an_arn_is_sent_unchanged_and_the_status_is_returned(operation: str, wire: Wire, driver: Driver) -> None:
    wire.on(operation, HttpResponse({"Status": ACCEPTED[operation]}))
    status = driver.over(wire.client())(METHODS[operation], VERSION)
    assert status == ACCEPTED[operation]
    assert isinstance(status, ProjectVersionStatus)
    ((sent, body),) = wire.sent
    assert sent == operation
    assert body == {"ProjectVersionArn": VERSION, **({"MinInferenceUnits": 1} if operation == START else {})}


@pytest.mark.parametrize("operation", METHODS)
def test_a_version_given_by_project_and_name_is_looked_up_first(operation: str, wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(described("STOPPED"))).on(operation, HttpResponse({"Status": ACCEPTED[operation]}))
    driver.over(wire.client())(METHODS[operation], (PROJECT, "v1"))
    assert [name for name, _ in wire.sent] == [DESCRIBE, operation]
    assert wire.requests_of(operation)[0]["ProjectVersionArn"] == VERSION


@pytest.mark.parametrize("operation", METHODS)
def test_a_name_without_a_version_raises_before_the_call(operation: str, wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions())
    with pytest.raises(VersionNotFoundError, match="no such version"):
        driver.over(wire.client())(METHODS[operation], (PROJECT, "v1"))
    assert wire.requests_of(operation) == []


def test_the_inference_units_are_sent(wire: Wire, driver: Driver) -> None:
    wire.on(START, HttpResponse({"Status": "STARTING"}))
    driver.over(wire.client())("start_project_version", VERSION, min_inference_units=2, max_inference_units=5)
    assert wire.requests_of(START) == [{"ProjectVersionArn": VERSION, "MinInferenceUnits": 2, "MaxInferenceUnits": 5}]


@pytest.mark.parametrize(
    ("units", "message"),
    [
        ({"min_inference_units": 0}, "greater than or equal to 1"),
        ({"min_inference_units": True}, "valid integer"),
        ({"min_inference_units": 3, "max_inference_units": 2}, "must not be larger"),
    ],
)
def test_invalid_inference_units_are_rejected_before_any_request(
    units: dict[str, Any], message: str, wire: Wire, driver: Driver
) -> None:
    with pytest.raises(ValidationError, match=message):
        driver.over(wire.client())("start_project_version", (PROJECT, "v1"), **units)
    assert wire.sent == []


@pytest.mark.parametrize(("operation", "after"), STATUSES_AFTER)
def test_an_unreadable_response_of_the_service_counts_as_accepted(
    operation: str, after: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(operation, HttpResponse({"Status": 5})).on(PROJECTS, THE_PROJECT).on(
        DESCRIBE, *at(BEFORE[operation], after)
    )
    assert driver.over(wire.client())(METHODS[operation], VERSION) == after
    assert time.slept == [1, 2]
    assert len(wire.requests_of(operation)) == 1


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize(("operation", "after"), STATUSES_AFTER)
def test_the_status_after_a_lost_attempt_is_returned_instead_of_a_conflict(
    lost: Any, operation: str, after: str, wire: Wire, driver: Driver
) -> None:
    wire.on(operation, lost, CONFLICT).on(PROJECTS, THE_PROJECT).on(DESCRIBE, *at(BEFORE[operation], after))
    assert driver.over(wire.client())(METHODS[operation], VERSION) == after
    assert len(wire.requests_of(operation)) == 2


@pytest.mark.parametrize("lost", LOST)
def test_a_version_that_a_lost_attempt_deleted_counts_as_deleting(lost: Any, wire: Wire, driver: Driver) -> None:
    wire.on(DELETE, lost, NOT_FOUND).on(PROJECTS, THE_PROJECT).on(DESCRIBE, versions())
    assert driver.over(wire.client())("delete_project_version", VERSION) == "DELETING"


@pytest.mark.parametrize("operation", METHODS)
def test_a_plain_conflict_raises_without_a_lookup(operation: str, wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(operation, CONFLICT)
    with pytest.raises(ResourceInUseError):
        driver.over(wire.client())(METHODS[operation], VERSION)
    assert [name for name, _ in wire.sent] == [operation]
    assert time.slept == []


@pytest.mark.parametrize("operation", METHODS)
@pytest.mark.parametrize("before", [never_connected, rejection("ThrottlingException", status=400)])
def test_an_attempt_that_cannot_have_been_carried_out_leads_to_no_lookup(
    operation: str, before: Any, wire: Wire, driver: Driver
) -> None:
    wire.on(operation, before, NOT_FOUND)
    with pytest.raises(ResourceNotFoundError):
        driver.over(wire.client())(METHODS[operation], VERSION)
    assert wire.requests_of(DESCRIBE) == []


@pytest.mark.parametrize(
    ("operation", "note"),
    [
        (START, f"client.stop_project_version({VERSION!r})"),
        (STOP, "may still be running"),
        (DELETE, "may have been deleted"),
    ],
)
def test_an_outcome_that_stays_unknown_raises_with_a_note_on_the_consequence(
    operation: str, note: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(operation, response_lost).on(PROJECTS, THE_PROJECT).on(DESCRIBE, *at(BEFORE[operation]))
    with pytest.raises(ConnectionClosedError) as caught:
        driver.over(wire.client())(METHODS[operation], VERSION)
    assert note in notes(caught.value)
    assert f"client.get_project_version({VERSION!r})" in notes(caught.value)
    assert f"Its status was {BEFORE[operation]} at the last lookup" in notes(caught.value)
    assert sum(time.slept) == 30


def test_a_limit_reached_by_the_lost_start_itself_is_not_a_rejection(wire: Wire, driver: Driver) -> None:
    full = rejection("LimitExceededException", "Cannot run more than 2")
    wire.on(START, response_lost, full).on(PROJECTS, THE_PROJECT).on(DESCRIBE, *at("STARTING"))
    assert driver.over(wire.client())("start_project_version", VERSION) == "STARTING"
    wire.on(START, full)
    with pytest.raises(LimitExceededError):
        driver.over(wire.client())("start_project_version", VERSION)


def test_lookups_that_fail_with_retryable_errors_are_repeated(wire: Wire, driver: Driver) -> None:
    busy = [rejection("InternalServerError", status=500)] * 3  # the client tries three times by itself
    wire.on(START, response_lost, CONFLICT).on(PROJECTS, THE_PROJECT)
    wire.on(DESCRIBE, *busy, versions(described("RUNNING")))
    assert driver.over(wire.client())("start_project_version", VERSION) == "RUNNING"


def test_a_denied_lookup_ends_the_search_and_is_noted(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(START, rejection("InternalServerError", status=500)).on(
        PROJECTS, rejection("AccessDeniedException", "not you")
    )
    with pytest.raises(InternalServerError) as caught:
        driver.over(wire.client())("start_project_version", VERSION)
    assert "The lookup failed" in notes(caught.value)
    assert "not you" in notes(caught.value)
    assert len(time.slept) == 1


def test_a_page_from_a_proxy_leads_to_a_lookup(wire: Wire, driver: Driver) -> None:
    wire.on(STOP, HttpResponse("<html>", headers={})).on(PROJECTS, THE_PROJECT).on(DESCRIBE, *at("STOPPING"))
    assert driver.over(wire.client())("stop_project_version", VERSION) == "STOPPING"
    wire.on(DESCRIBE, *at("RUNNING"))
    with pytest.raises(ResponseError) as caught:
        driver.over(wire.client())("stop_project_version", VERSION)
    assert "may still be running, and is billed" in notes(caught.value)


def test_a_response_of_the_service_without_a_status_is_accepted(wire: Wire, driver: Driver) -> None:
    wire.on(START, HttpResponse({}))
    assert driver.over(wire.client())("start_project_version", VERSION) is None


def test_ctrl_c_during_a_start_has_a_note_on_the_running_model(wire: Wire) -> None:
    wire.on(START, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt) as caught:
        VersionsClient(wire.client()).start_project_version(VERSION)
    assert f"client.stop_project_version({VERSION!r}) stops it" in notes(caught.value)


def test_a_cancelled_start_has_a_note_on_the_running_model(wire: Wire) -> None:
    async def cancel() -> None:
        client = AsyncVersionsClient(wire.client())
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()

        def started() -> HttpResponse:
            loop.call_soon_threadsafe(task.cancel)
            return HttpResponse({"Status": "STARTING"})

        wire.on(START, started)
        await client.start_project_version(VERSION)
        await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError) as caught:
        asyncio.run(cancel())
    assert f"client.stop_project_version({VERSION!r}) stops it" in notes(caught.value)
