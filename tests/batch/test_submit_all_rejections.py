"""`submit_all()` on a scripted wire: rejections, expired credentials, lost connections."""

import asyncio
import threading
from typing import Any

import pytest
from botocore.exceptions import SSLError

from rekog_versions import (
    AccessDeniedError,
    AsyncVersionsClient,
    CreateProjectVersionRequest,
    OutputConfig,
    ResourceInUseError,
    ServiceError,
)
from rekog_versions.batch import submit_all
from tests.batch.helpers import BatchRun, notes
from tests.conftest import Driver
from tests.wire import (
    PROJECT,
    VERSION,
    FakeTime,
    HttpResponse,
    Wire,
    described,
    never_connected,
    rejection,
    response_lost,
    versions,
)

CREATE, DESCRIBE = "CreateProjectVersion", "DescribeProjectVersions"


# botocore makes three attempts after what it takes for throttling
THROTTLED, LIMITED = (
    [rejection("ThrottlingException")] * 3,
    [rejection("LimitExceededException", "Too many of them")] * 3,
)


DENIED, EXPIRED = [rejection("AccessDeniedException")], [rejection("ExpiredTokenException")]


NOTHING = versions()


TAKEN = rejection("ResourceInUseException", "A project version with the name v1 already exists")


def wired(name: str = "v1") -> CreateProjectVersionRequest:
    output = OutputConfig(s3_bucket="results", s3_key_prefix="out")
    return CreateProjectVersionRequest(project_arn=PROJECT, version_name=name, output_config=output)


@pytest.fixture
def submit(driver: Driver, wire: Wire) -> BatchRun:
    driver.over(wire.client())
    return BatchRun(driver, submit_all)


def test_a_name_that_is_taken_after_the_lookup_is_looked_up_again(wire: Wire, submit: BatchRun) -> None:
    # a version that a killed process started a moment ago may not be visible yet
    wire.on(DESCRIBE, NOTHING, NOTHING, NOTHING, versions(described("TRAINING_COMPLETED"))).on(CREATE, TAKEN)
    (found,) = submit([wired()])
    assert found.ok
    assert found.version_arn == VERSION
    assert len(wire.requests_of(CREATE)) == 1


def test_a_rejection_for_something_else_in_use_ends_the_request(wire: Wire, submit: BatchRun) -> None:
    busy = rejection("ResourceInUseException", "The project is being deleted")
    wire.on(DESCRIBE, NOTHING).on(CREATE, busy)
    (found,) = submit([wired()])
    assert isinstance(found.error, ResourceInUseError)
    assert "it is not the name that is in use" in notes(found.error)


def test_an_unclear_limit_in_a_project_that_is_not_full_is_waited_out(wire: Wire, submit: BatchRun) -> None:
    started = HttpResponse({"ProjectVersionArn": VERSION})
    wire.on(DESCRIBE, NOTHING, NOTHING, versions(described("TRAINING_COMPLETED"))).on(CREATE, *LIMITED, started)
    (found,) = submit([wired()])
    assert found.ok


def test_throttled_lookups_of_a_taken_name_are_repeated(wire: Wire, submit: BatchRun) -> None:
    wire.on(DESCRIBE, NOTHING, *THROTTLED, versions(described("TRAINING_COMPLETED"))).on(CREATE, TAKEN)
    (found,) = submit([wired()])
    assert found.ok


def test_denied_lookups_of_a_taken_name_end_with_the_rejection(wire: Wire, submit: BatchRun) -> None:
    wire.on(DESCRIBE, NOTHING, *DENIED).on(CREATE, TAKEN)
    (found,) = submit([wired()])
    assert isinstance(found.error, ResourceInUseError)
    assert "The version could not be looked up: " in notes(found.error)


@pytest.mark.parametrize("steps", [[TAKEN], LIMITED])
def test_credentials_that_expire_during_the_lookup_of_a_rejection_are_raised(
    steps: list[HttpResponse], wire: Wire, submit: BatchRun
) -> None:
    wire.on(DESCRIBE, NOTHING, *EXPIRED).on(CREATE, *steps)
    with pytest.raises(ServiceError, match="ExpiredToken"):
        next(submit([wired()]))
    assert submit.iterator.open == [wired()]


@pytest.mark.parametrize("trouble", [THROTTLED, DENIED])
def test_a_limit_is_waited_out_if_the_versions_cannot_be_counted(trouble: Any, wire: Wire, submit: BatchRun) -> None:
    wire.on(DESCRIBE, NOTHING, *trouble, versions(described("TRAINING_COMPLETED")))
    wire.on(CREATE, *LIMITED, HttpResponse({"ProjectVersionArn": VERSION}))
    (found,) = submit([wired()])
    assert found.ok


def test_a_service_that_cannot_be_reached_is_given_up_after_slot_timeout(
    wire: Wire, submit: BatchRun, time: FakeTime
) -> None:
    wire.on(DESCRIBE, never_connected)
    found = list(submit([wired("v1"), wired("v2")], slot_timeout=600))
    assert [type(outcome.error).__name__ for outcome in found] == ["EndpointConnectionError"] * 2
    assert 600 <= time.now - 1000 < 800
    assert wire.requests_of(CREATE) == []


def test_a_wrong_certificate_is_raised_at_once(wire: Wire, submit: BatchRun) -> None:
    wire.on(DESCRIBE, SSLError(endpoint_url="x", error=OSError("self-signed certificate")))
    with pytest.raises(SSLError):
        next(submit([wired()]))


def test_a_denied_lookup_starts_nothing(wire: Wire, submit: BatchRun) -> None:
    wire.on(DESCRIBE, rejection("AccessDeniedException"))
    (found,) = submit([wired()])
    assert isinstance(found.error, AccessDeniedError)
    assert "nothing was started in that project" in notes(found.error)
    assert wire.requests_of(CREATE) == []


def test_a_denied_create_is_an_outcome(wire: Wire, submit: BatchRun) -> None:
    wire.on(DESCRIBE, NOTHING).on(CREATE, rejection("AccessDeniedException"))
    found = list(submit([wired("v1"), wired("v2")]))
    assert [type(outcome.error) for outcome in found] == [AccessDeniedError] * 2


@pytest.mark.parametrize("when", [DESCRIBE, CREATE])
def test_expired_credentials_are_raised_and_keep_every_request(when: str, wire: Wire, submit: BatchRun) -> None:
    wire.on(DESCRIBE, NOTHING).on(CREATE, NOTHING).on(when, rejection("ExpiredTokenException"))
    with pytest.raises(ServiceError, match="ExpiredToken") as caught:
        next(submit([wired("v1"), wired("v2")]))
    assert "No training from this batch is running. 2 requests had not been started" in notes(caught.value)
    assert submit.iterator.open == [wired("v1"), wired("v2")]


def test_a_cancelled_task_has_a_note_on_what_may_have_started_and_can_be_resumed(wire: Wire, time: FakeTime) -> None:
    arrived, resume = threading.Event(), threading.Event()

    def slow_response() -> HttpResponse:
        arrived.set()
        resume.wait(10)
        return HttpResponse({"ProjectVersionArn": VERSION})

    async def main() -> None:
        wire.on(DESCRIBE, NOTHING, versions(described("TRAINING_COMPLETED"))).on(CREATE, slow_response, TAKEN)
        submission = submit_all(AsyncVersionsClient(wire.client(), sleep=time.asleep, clock=time.clock), [wired()])
        task = asyncio.ensure_future(anext(submission))
        await asyncio.to_thread(arrived.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        resume.set()
        assert "may have started" in notes(caught.value)
        assert "Call submit_all(client, requests) again with the same requests" in notes(caught.value)
        (found,) = (await submission.report()).outcomes
        assert found.ok
        assert not found.was_there_already

    asyncio.run(main())


def test_a_create_that_may_have_started_is_found_by_the_next_attempt(
    wire: Wire, submit: BatchRun, time: FakeTime
) -> None:
    # every response is lost and no lookup shows the version; two minutes later the name is taken
    late = versions(described("TRAINING_COMPLETED"))
    wire.on(DESCRIBE, *[NOTHING] * 6, late).on(CREATE, *[response_lost] * 3, TAKEN)
    (found,) = submit([wired()])
    assert found.ok
    assert found.version_arn == VERSION
    assert not found.was_there_already
    assert len(wire.requests_of(CREATE)) == 4
