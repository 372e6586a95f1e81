"""A create starts exactly one training, even if its response is lost; both clients."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
)
from pydantic import ValidationError

from rekog_versions import (
    LimitExceededError,
    OutputConfig,
    ProjectVersionArn,
    ResourceInUseError,
    ResponseError,
    ServiceError,
)
from rekog_versions._notes import may_have_been_carried_out
from rekog_versions.errors import InternalServerError, ThrottlingError
from tests.client.requests import (
    CREATE,
    CREATED_AT,
    DESCRIBE,
    LIMIT_REACHED,
    NAME_TAKEN,
    NOT_FOUND,
    RETRY_SETTINGS,
    STARTED,
    create_request,
    lookup,
)
from tests.conftest import Driver
from tests.wire import (
    PROJECT,
    VERSION,
    FakeTime,
    HttpResponse,
    Step,
    Wire,
    described,
    never_connected,
    rejection,
    response_lost,
    timed_out,
    versions,
)


def test_a_create_sends_the_request_and_returns_the_arn(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, STARTED)
    asked = create_request(tags={"team": "vision"}, kms_key_id="alias/training", version_description="first")
    arn = driver.over(wire.client())("create_project_version", asked)
    assert arn == VERSION
    assert arn.version_name == "v1"
    assert wire.requests_of(CREATE) == [asked.to_wire()]
    assert wire.requests_of(DESCRIBE) == []


def test_a_create_accepts_the_fields_as_keyword_arguments(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, STARTED)
    arn = driver.over(wire.client())(
        "create_project_version",
        project_arn=PROJECT,
        version_name="v1",
        output_config=OutputConfig(s3_bucket="results"),
    )
    assert arn == VERSION
    assert wire.requests_of(CREATE) == [
        {"ProjectArn": PROJECT, "VersionName": "v1", "OutputConfig": {"S3Bucket": "results"}}
    ]


def test_an_invalid_create_request_is_never_sent(wire: Wire, driver: Driver) -> None:
    with pytest.raises(ValidationError, match="version_name"):
        driver.over(wire.client())(
            "create_project_version",
            project_arn=PROJECT,
            version_name="not a name",
            output_config=OutputConfig(s3_bucket="results"),
        )
    assert wire.sent == []


@pytest.mark.parametrize("given", ["v1", 5, [("VersionName", "v1")]])
def test_an_argument_that_is_not_a_request_is_rejected(given: Any, wire: Wire, driver: Driver) -> None:
    with pytest.raises(
        TypeError, match="expected a CreateProjectVersionRequest, a dict of its fields, or its fields as keyword"
    ):
        driver.over(wire.client())("create_project_version", given)
    with pytest.raises(TypeError, match="not both: version_name"):
        driver.over(wire.client())("create_project_version", create_request(), version_name="v2")
    assert wire.sent == []


@pytest.mark.parametrize("lost", [response_lost, timed_out, rejection("InternalServerError", status=500)])
@pytest.mark.parametrize("afterwards", [NAME_TAKEN, LIMIT_REACHED, response_lost])
def test_a_version_that_a_lost_attempt_started_is_returned(
    lost: Any, afterwards: Any, wire: Wire, driver: Driver
) -> None:
    wire.on(CREATE, lost, afterwards).on(DESCRIBE, lookup())
    arn = driver.over(wire.client())("create_project_version", create_request())
    assert arn == VERSION
    assert wire.requests_of(DESCRIBE) == [{"ProjectArn": PROJECT, "VersionNames": ["v1"]}]


def test_a_version_that_only_the_third_lookup_finds_is_returned(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, NOT_FOUND, NOT_FOUND, lookup())
    assert driver.over(wire.client())("create_project_version", create_request()) == VERSION
    assert len(wire.requests_of(DESCRIBE)) == 3
    assert time.slept == [1, 2, 4]


@pytest.mark.parametrize("status", ["TRAINING_IN_PROGRESS", "TRAINING_COMPLETED", "TRAINING_FAILED"])
def test_a_version_whose_training_has_already_ended_is_returned_too(status: str, wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, lookup(Status=status))
    assert driver.over(wire.client())("create_project_version", create_request()) == VERSION


def test_lookups_that_fail_with_retryable_errors_are_repeated(wire: Wire, driver: Driver) -> None:
    throttled = rejection("ThrottlingException", "Rate exceeded")
    broken = rejection("InternalServerError", status=500)
    wire.on(CREATE, response_lost, NAME_TAKEN).on(
        DESCRIBE, *[throttled] * 3, *[broken] * 3, *[response_lost] * 3, lookup()
    )
    assert driver.over(wire.client())("create_project_version", create_request()) == VERSION


@pytest.mark.parametrize(
    "another",
    [
        lookup(created=CREATED_AT - timedelta(hours=1)),
        lookup(Status="RUNNING"),
        lookup(Status="DELETING"),
        lookup(OutputConfig={"S3Bucket": "results", "S3KeyPrefix": "elsewhere"}),
        lookup(OutputConfig={"S3Bucket": "another"}),
    ],
    ids=["old", "running", "deleting", "other prefix", "other bucket"],
)
def test_another_version_of_that_name_is_described_in_a_note_on_the_error(
    another: HttpResponse, wire: Wire, driver: Driver
) -> None:
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, another)
    with pytest.raises(ResourceInUseError) as caught:
        driver.over(wire.client())("create_project_version", create_request())
    note = caught.value.__notes__[-1]
    assert "was not created by this call" in note
    assert VERSION in note


@pytest.mark.parametrize(
    "found",
    [
        versions({"ProjectVersionArn": VERSION, "Status": "TRAINING_IN_PROGRESS"}, date=CREATED_AT),
        versions(described(CreationTimestamp=None), date=CREATED_AT),
        lookup(Status=None),
        lookup(created=datetime.now(UTC) - timedelta(hours=5), served=None),
        lookup(created=datetime.now(UTC) + timedelta(hours=5), served=None),
    ],
    ids=["output unknown", "creation unknown", "status unknown", "clock behind", "clock ahead"],
)
def test_a_version_whose_origin_is_not_known_leaves_the_outcome_open(
    found: HttpResponse, wire: Wire, driver: Driver
) -> None:
    """Without a Date header, a service whose clock is five hours behind looks as if the version were older."""
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, found)
    with pytest.raises(ResourceInUseError) as caught:
        driver.over(wire.client())("create_project_version", create_request())
    (note,) = caught.value.__notes__
    assert "may have started" in note
    assert f"It is not known whether this call created the version of that name: {VERSION}" in note


def test_a_machine_that_slept_during_a_create_does_not_deny_its_own_version(wire: Wire, driver: Driver) -> None:
    """The monotonic clock stands still meanwhile, and the service's clock shows that ten minutes have passed."""
    called = datetime.now(UTC).replace(microsecond=0)
    wire.on(CREATE, response_lost, NAME_TAKEN)
    wire.on(DESCRIBE, lookup(created=called, served=called + timedelta(minutes=10)))
    with pytest.raises(ResourceInUseError) as caught:
        driver.over(wire.client())("create_project_version", create_request())
    (note,) = caught.value.__notes__
    assert "may have started" in note
    assert may_have_been_carried_out(caught.value)


def test_an_unknown_outcome_has_no_note_that_advises_another_name(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, NOT_FOUND)
    with pytest.raises(ResourceInUseError) as caught:
        driver.over(wire.client())("create_project_version", create_request())
    (note,) = caught.value.__notes__
    assert note.startswith("The training of version 'v1'")


@pytest.mark.parametrize("settings", RETRY_SETTINGS, ids=str)
@pytest.mark.parametrize(
    "lost",
    [response_lost, timed_out, rejection("InternalServerError", status=500), HttpResponse("<html>", 502, headers={})],
    ids=["lost", "timed out", "500", "502"],
)
def test_a_lost_create_is_looked_up_in_every_retry_mode(
    lost: Step, settings: dict[str, Any], wire: Wire, driver: Driver
) -> None:
    """The training runs once the first request was received, and each further request is rejected."""
    wire.on(CREATE, lost, NAME_TAKEN).on(DESCRIBE, lookup())
    assert driver.over(wire.client(retries=settings))("create_project_version", create_request()) == VERSION
    wire.on(CREATE, lost, NAME_TAKEN).on(DESCRIBE, NOT_FOUND)
    with pytest.raises((ServiceError, BotoCoreError)) as caught:
        driver("create_project_version", create_request())
    assert may_have_been_carried_out(caught.value)
    assert "may have started" in caught.value.__notes__[0]


@pytest.mark.parametrize("settings", RETRY_SETTINGS, ids=str)
@pytest.mark.parametrize("rejected", [NAME_TAKEN, LIMIT_REACHED, rejection("ThrottlingException"), never_connected])
def test_a_create_that_was_not_carried_out_is_not_looked_up_in_any_retry_mode(
    rejected: Step, settings: dict[str, Any], wire: Wire, driver: Driver
) -> None:
    wire.on(CREATE, rejected)
    with pytest.raises((ServiceError, EndpointConnectionError)) as caught:
        driver.over(wire.client(retries=settings))("create_project_version", create_request())
    assert not may_have_been_carried_out(caught.value)
    assert wire.requests_of(DESCRIBE) == []


class Wrapper:
    """A client without events, whose attempts cannot be observed."""

    def __init__(self, client: Any) -> None:
        self.create_project_version = client.create_project_version
        self.describe_project_versions = client.describe_project_versions


def test_the_conflict_of_a_wrapped_client_is_not_believed_after_a_retry(wire: Wire, driver: Driver) -> None:
    now = datetime.now(UTC)
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, lookup(created=now, served=now))
    call = driver.over(Wrapper(wire.client()))
    assert call("create_project_version", create_request()) == VERSION
    with pytest.raises(ResourceInUseError) as caught:  # the script now rejects the first attempt
        call("create_project_version", create_request())
    assert "Choose another version_name" in caught.value.__notes__[0]


@pytest.mark.parametrize("hours", [-1, 1])
def test_the_time_of_creation_is_compared_with_the_services_clock(hours: int, wire: Wire, driver: Driver) -> None:
    """The service's clock differs from the local one by an hour."""
    there = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours)
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, lookup(created=there, served=there))
    assert driver.over(wire.client())("create_project_version", create_request()) == VERSION
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, lookup(created=there - timedelta(minutes=5), served=there))
    with pytest.raises(ResourceInUseError):
        driver.over(wire.client())("create_project_version", create_request())


def test_a_version_created_when_the_call_began_is_ours_however_late_it_is_found(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    def lose_response() -> HttpResponse:
        time.now += 600
        return response_lost()

    # created when the call began, found 10 minutes later
    wire.on(CREATE, lose_response, NAME_TAKEN).on(DESCRIBE, lookup(created=CREATED_AT - timedelta(minutes=10)))
    assert driver.over(wire.client())("create_project_version", create_request()) == VERSION


def test_without_a_date_header_the_local_clock_is_used(wire: Wire, driver: Driver) -> None:
    now = datetime.now(UTC)
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, lookup(created=now, served=None))
    assert driver.over(wire.client())("create_project_version", create_request()) == VERSION
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, lookup(created=now - timedelta(hours=1), served=None))
    with pytest.raises(ResourceInUseError):
        driver.over(wire.client())("create_project_version", create_request())


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        ([response_lost, NAME_TAKEN], ResourceInUseError),
        ([response_lost, LIMIT_REACHED], LimitExceededError),
        ([response_lost], ConnectionClosedError),
        ([rejection("InternalServerError", status=500)], InternalServerError),
    ],
    ids=["conflict", "limit", "connection", "server error"],
)
def test_a_version_that_no_lookup_finds_leaves_the_error_with_a_note_on_how_to_check(
    steps: Any, error: type[Exception], wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(CREATE, *steps).on(DESCRIBE, NOT_FOUND)
    with pytest.raises(error) as caught:
        driver.over(wire.client())("create_project_version", create_request())
    note = caught.value.__notes__[-1]
    assert "may have started" in note
    assert f"client.get_project_version(({PROJECT!r}, 'v1'))" in note
    assert len(wire.requests_of(DESCRIBE)) == 5
    assert sum(time.slept) == 30


def test_a_denied_lookup_ends_the_search_and_is_noted(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, rejection("AccessDeniedException", "not you"))
    with pytest.raises(ResourceInUseError) as caught:
        driver.over(wire.client())("create_project_version", create_request())
    assert "may have started" in caught.value.__notes__[-1]
    assert "not you" in caught.value.__notes__[-1]
    assert len(wire.requests_of(DESCRIBE)) == 1


def test_a_lookup_whose_pages_do_not_end_leaves_the_error_of_the_create(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, response_lost, NAME_TAKEN).on(DESCRIBE, versions(token="again", date=CREATED_AT))
    with pytest.raises(ResourceInUseError) as caught:
        driver.over(wire.client())("create_project_version", create_request())
    assert "may have started" in caught.value.__notes__[-1]
    assert "again, or still more pages" in caught.value.__notes__[-1]


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        ([NAME_TAKEN], ResourceInUseError),
        ([LIMIT_REACHED], LimitExceededError),
        ([rejection("ThrottlingException"), NAME_TAKEN], ResourceInUseError),
        ([rejection("ThrottlingException", status=503), NAME_TAKEN], ResourceInUseError),
        ([rejection("ThrottlingException")], ThrottlingError),
        ([never_connected], EndpointConnectionError),
    ],
    ids=["conflict", "limit", "throttled then conflict", "503 throttled", "throttled", "never connected"],
)
def test_a_plain_rejection_raises_without_a_lookup(
    steps: Any, error: type[Exception], wire: Wire, driver: Driver
) -> None:
    wire.on(CREATE, *steps)
    with pytest.raises(error) as caught:
        driver.over(wire.client())("create_project_version", create_request())
    assert wire.requests_of(DESCRIBE) == []
    assert not any("may have started" in note for note in getattr(caught.value, "__notes__", ()))


def test_missing_credentials_raise_botocores_error(wire: Wire, driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(NoCredentialsError):
        driver.over(wire.client(boto3.Session()))("create_project_version", create_request())
    assert wire.sent == []


@pytest.mark.parametrize(
    "response", [{}, {"ProjectVersionArn": None}, {"ProjectVersionArn": {"nested": 1}}, {"Arn": "x"}]
)
def test_an_accepted_create_without_a_readable_arn_finds_the_version_by_its_name(
    response: dict[str, Any], wire: Wire, driver: Driver
) -> None:
    # the name was free when the service accepted the request, so the version that has it now is this one
    wire.on(CREATE, HttpResponse(response)).on(
        DESCRIBE, NOT_FOUND, lookup(Status="TRAINING_COMPLETED", created=CREATED_AT)
    )
    assert driver.over(wire.client())("create_project_version", create_request()) == VERSION


def test_an_arn_of_an_unknown_form_is_returned_unchanged(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, HttpResponse({"ProjectVersionArn": "urn:something-new"}))
    arn = driver.over(wire.client())("create_project_version", create_request())
    assert arn == "urn:something-new"
    assert isinstance(arn, ProjectVersionArn)
    assert arn.version_name is None


def test_an_accepted_create_that_no_lookup_finds_does_not_raise(
    wire: Wire, driver: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    wire.on(CREATE, HttpResponse({})).on(DESCRIBE, NOT_FOUND)
    with caplog.at_level(logging.WARNING, "rekog_versions"):
        assert driver.over(wire.client())("create_project_version", create_request()) == ""
    assert "no lookup shows the result" in caplog.text


def test_the_outcome_of_a_fake_without_events_depends_on_its_last_error(driver: Driver) -> None:
    class Fake:
        def __init__(self, error: Exception) -> None:
            self.error = error
            self.lookups = 0

        def create_project_version(self, **_: Any) -> Any:
            raise self.error

        def describe_project_versions(self, **_: Any) -> Any:
            self.lookups += 1
            return {"ProjectVersionDescriptions": [described(CreationTimestamp=datetime.now(UTC))]}

    lost = Fake(ConnectionClosedError(endpoint_url="https://here"))
    assert driver.over(lost)("create_project_version", create_request()) == VERSION
    rejected = Fake(ClientError({"Error": {"Code": "ResourceInUseException", "Message": "taken"}}, CREATE))
    with pytest.raises(ResourceInUseError):
        driver.over(rejected)("create_project_version", create_request())
    assert rejected.lookups == 0


PAGE_OF_A_PROXY = HttpResponse("<html>gateway</html>", headers={})


def test_a_page_from_a_proxy_leaves_the_outcome_unknown(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, PAGE_OF_A_PROXY).on(DESCRIBE, lookup())
    assert driver.over(wire.client())("create_project_version", create_request()) == VERSION
    wire.on(CREATE, PAGE_OF_A_PROXY).on(DESCRIBE, lookup(created=CREATED_AT - timedelta(hours=1)))
    with pytest.raises(ResponseError) as caught:
        driver.over(wire.client())("create_project_version", create_request())
    assert "was not created by this call" in caught.value.__notes__[-1]
