"""may_have_been_carried_out(): which exceptions leave the outcome of a call open; both clients."""

import asyncio
import pickle
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from rekog_versions import AsyncVersionsClient, ServiceError, VersionsClient
from rekog_versions._notes import may_have_been_carried_out
from tests.client.requests import (
    COPY,
    COPY_FIELDS,
    CREATE,
    CREATED_AT,
    DELETE,
    DESCRIBE,
    NAME_TAKEN,
    NOT_FOUND,
    RETRY_SETTINGS,
    START,
    STOP,
    create_request,
    lookup,
)
from tests.conftest import Driver
from tests.wire import (
    PROJECT,
    VERSION,
    HttpResponse,
    Step,
    Wire,
    at,
    never_connected,
    notes,
    rejection,
    response_lost,
    timed_out,
)

CALLS: dict[str, tuple[str, dict[str, Any], tuple[Any, ...]]] = {
    CREATE: ("create_project_version", {}, (create_request(),)),
    COPY: ("copy_project_version", COPY_FIELDS, ()),
    START: ("start_project_version", {}, (VERSION,)),
    STOP: ("stop_project_version", {}, (VERSION,)),
    DELETE: ("delete_project_version", {}, (VERSION,)),
}
"""The method and its arguments, by operation."""
UNCHANGED: dict[str, list[Step]] = {
    CREATE: [NOT_FOUND],
    COPY: [NOT_FOUND],
    START: at("STOPPED"),
    STOP: at("RUNNING"),
    DELETE: at("STOPPED"),
}
"""A lookup that does not show that the call was carried out."""
SERVER_ERROR = rejection("InternalServerError", status=500)
PAGE_OF_A_PROXY = HttpResponse("<html>gateway</html>", headers={})
CONFLICT = rejection("ResourceInUseException", "the version is in use")


def call(client: Any, operation: str) -> Any:
    method, fields, arguments = CALLS[operation]
    return getattr(client, method)(*arguments, **fields)


def prepare(wire: Wire, operation: str, *steps: Step, **options: Any) -> Any:
    wire.on("DescribeProjects", HttpResponse({"ProjectDescriptions": [{"ProjectArn": PROJECT, "Status": "CREATED"}]}))
    return wire.on(operation, *steps).on(DESCRIBE, *UNCHANGED[operation]).client(**options)


def error_of(driver: Driver, wire: Wire, operation: str, *steps: Step, **options: Any) -> BaseException:
    """Return the error of a call whose attempts have these outcomes."""
    method, fields, arguments = CALLS[operation]
    with pytest.raises((ServiceError, BotoCoreError, Exception)) as caught:
        driver.over(prepare(wire, operation, *steps, **options))(method, *arguments, **fields)
    return caught.value


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize(
    "steps",
    [[response_lost], [timed_out], [SERVER_ERROR], [response_lost, CONFLICT], [PAGE_OF_A_PROXY]],
    ids=["lost", "timed out", "500", "lost then rejected", "page of a proxy"],
)
def test_a_call_whose_response_is_lost_may_have_been_carried_out(
    operation: str, steps: list[Step], wire: Wire, driver: Driver
) -> None:
    error = error_of(driver, wire, operation, *steps)
    assert may_have_been_carried_out(error)
    assert "client.get_project_version(" in notes(error)


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize(
    "steps",
    [
        [CONFLICT],
        [rejection("LimitExceededException")],
        [rejection("ThrottlingException"), CONFLICT],
        [never_connected],
    ],
    ids=["conflict", "limit", "throttled then rejected", "never connected"],
)
def test_a_rejected_call_was_not_carried_out(operation: str, steps: list[Step], wire: Wire, driver: Driver) -> None:
    error = error_of(driver, wire, operation, *steps)
    assert not may_have_been_carried_out(error)
    assert "client.get_project_version(" not in notes(error)


@pytest.mark.parametrize("settings", RETRY_SETTINGS, ids=str)
@pytest.mark.parametrize("operation", CALLS)
def test_the_outcome_does_not_depend_on_the_retry_mode(
    operation: str, settings: dict[str, Any], wire: Wire, driver: Driver
) -> None:
    for lost in (response_lost, timed_out, SERVER_ERROR):
        assert may_have_been_carried_out(error_of(driver, wire, operation, lost, CONFLICT, retries=settings))
    for rejected in (CONFLICT, rejection("ThrottlingException"), never_connected):
        assert not may_have_been_carried_out(error_of(driver, wire, operation, rejected, retries=settings))


def test_a_create_that_another_version_prevented_was_not_carried_out(wire: Wire, driver: Driver) -> None:
    rekognition = prepare(wire, CREATE, response_lost, NAME_TAKEN)
    wire.on(DESCRIBE, lookup(created=CREATED_AT - timedelta(hours=1)))
    with pytest.raises(ServiceError) as caught:
        driver.over(rekognition)("create_project_version", create_request())
    assert "was not created by this call" in notes(caught.value)
    assert not may_have_been_carried_out(caught.value)


def test_a_create_whose_lookup_is_denied_may_have_been_carried_out(wire: Wire, driver: Driver) -> None:
    rekognition = prepare(wire, CREATE, response_lost, NAME_TAKEN)
    wire.on(DESCRIBE, rejection("AccessDeniedException"))
    with pytest.raises(ServiceError) as caught:
        driver.over(rekognition)("create_project_version", create_request())
    assert may_have_been_carried_out(caught.value)


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize(
    "steps", [[SERVER_ERROR], [response_lost, CONFLICT], [PAGE_OF_A_PROXY]], ids=["500", "rejected", "page of a proxy"]
)
def test_our_errors_keep_an_unknown_outcome_through_pickle(
    operation: str, steps: list[Step], wire: Wire, driver: Driver
) -> None:
    error = error_of(driver, wire, operation, *steps)
    again = pickle.loads(pickle.dumps(error))
    assert may_have_been_carried_out(again)
    assert notes(again) == notes(error)


def test_a_rejected_call_stays_one_that_was_not_carried_out_through_pickle(wire: Wire, driver: Driver) -> None:
    error = error_of(driver, wire, START, CONFLICT)
    assert not may_have_been_carried_out(pickle.loads(pickle.dumps(error)))


@pytest.mark.parametrize("operation", CALLS)
def test_ctrl_c_during_a_call_leaves_the_outcome_open_even_through_pickle(operation: str, wire: Wire) -> None:
    with pytest.raises(KeyboardInterrupt) as caught:
        call(VersionsClient(prepare(wire, operation, KeyboardInterrupt())), operation)
    assert may_have_been_carried_out(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))
    assert may_have_been_carried_out(again)
    assert notes(again) == notes(caught.value) != ""


@pytest.mark.parametrize("operation", CALLS)
def test_ctrl_c_between_lookups_leaves_the_outcome_open(operation: str, wire: Wire) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        call(VersionsClient(prepare(wire, operation, response_lost), sleep=interrupt), operation)
    assert may_have_been_carried_out(caught.value)


@pytest.mark.parametrize("operation", CALLS)
def test_a_cancelled_call_leaves_the_outcome_open(operation: str, wire: Wire) -> None:
    async def main() -> None:
        sleeping = asyncio.Event()

        async def sleep(_: float) -> None:
            sleeping.set()
            await asyncio.Event().wait()

        client = AsyncVersionsClient(prepare(wire, operation, response_lost), sleep=sleep)
        task = asyncio.create_task(call(client, operation))
        await sleeping.wait()
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError) as caught:
        asyncio.run(main())
    assert may_have_been_carried_out(caught.value)


def test_ctrl_c_during_a_lookup_by_name_before_the_call_leaves_nothing_open(wire: Wire) -> None:
    wire.on(DESCRIBE, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt) as caught:
        VersionsClient(wire.client()).start_project_version((PROJECT, "v1"))
    assert not may_have_been_carried_out(caught.value)
    assert wire.requests_of(START) == []


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), OSError(5, "x")])
def test_the_outcome_of_other_exceptions_is_not_open(error: BaseException) -> None:
    assert not may_have_been_carried_out(error)
