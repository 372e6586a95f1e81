"""Starting a training exactly once, whatever becomes of the call on the wire."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, NoCredentialsError
from pydantic import ValidationError

from rekog_versions import (
    CreateProjectVersionRequest,
    LimitExceededError,
    OutputConfig,
    ProjectVersionArn,
    ResourceInUseError,
    ResponseError,
    TestingData,
    TrainingData,
)
from rekog_versions.errors import InternalServerError, ThrottlingError
from tests.conftest import Driver
from tests.wire import (
    PROJECT,
    VERSION,
    Answer,
    FakeTime,
    Wire,
    answer_lost,
    described,
    never_connected,
    refusal,
    timed_out,
    versions,
)

CREATE, DESCRIBE = "CreateProjectVersion", "DescribeProjectVersions"
STARTED = Answer({"ProjectVersionArn": VERSION})
TAKEN = refusal("ResourceInUseException", "A version of that name exists")
FULL = refusal("LimitExceededException", "Cannot create more than 2 ProjectVersions concurrently")
MADE_AT = datetime(2026, 1, 10, 12, 0, 0, tzinfo=UTC)


def request(**fields: Any) -> CreateProjectVersionRequest:
    return CreateProjectVersionRequest(
        **{
            "project_arn": PROJECT,
            "version_name": "v1",
            "output_config": OutputConfig(s3_bucket="results", s3_key_prefix="out"),
            "training_data": TrainingData.from_manifests("s3://data/train.manifest"),
            "testing_data": TestingData(auto_create=True),
            **fields,
        }
    )


def shown(*, created: datetime = MADE_AT, served: datetime | None = MADE_AT, **members: Any) -> Answer:
    """The version, created at one time by the service's clock, shown at another."""
    return versions(described(**{"CreationTimestamp": created.timestamp(), **members}), date=served)


NOT_YET = versions(date=MADE_AT)


def test_a_create_sends_the_request_and_gives_the_arn(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, STARTED)
    asked = request(tags={"team": "vision"}, kms_key_id="alias/training", version_description="first")
    arn = driver.over(wire.client())("create_project_version", asked)
    assert arn == VERSION
    assert arn.version_name == "v1"
    assert wire.asked(CREATE) == [asked.to_wire()]
    assert wire.asked(DESCRIBE) == []


def test_a_create_takes_the_fields_as_keyword_arguments(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, STARTED)
    arn = driver.over(wire.client())(
        "create_project_version",
        project_arn=PROJECT,
        version_name="v1",
        output_config=OutputConfig(s3_bucket="results"),
    )
    assert arn == VERSION
    assert wire.asked(CREATE) == [{"ProjectArn": PROJECT, "VersionName": "v1", "OutputConfig": {"S3Bucket": "results"}}]


def test_a_create_that_breaks_a_rule_is_never_sent(wire: Wire, driver: Driver) -> None:
    with pytest.raises(ValidationError, match="version_name"):
        driver.over(wire.client())(
            "create_project_version",
            project_arn=PROJECT,
            version_name="not a name",
            output_config=OutputConfig(s3_bucket="results"),
        )
    assert wire.sent == []


@pytest.mark.parametrize("given", [{"VersionName": "v1"}, "v1", 5])
def test_something_else_than_a_request_is_refused_with_what_to_pass(given: Any, wire: Wire, driver: Driver) -> None:
    with pytest.raises(TypeError, match=r"CreateProjectVersionRequest\.from_dict"):
        driver.over(wire.client())("create_project_version", given)
    with pytest.raises(TypeError, match="not both: version_name"):
        driver.over(wire.client())("create_project_version", request(), version_name="v2")
    assert wire.sent == []


@pytest.mark.parametrize("lost", [answer_lost, timed_out, refusal("InternalServerError", status=500)])
@pytest.mark.parametrize("afterwards", [TAKEN, FULL, answer_lost])
def test_a_version_that_a_lost_attempt_started_is_the_result(
    lost: Any, afterwards: Any, wire: Wire, driver: Driver
) -> None:
    wire.on(CREATE, lost, afterwards).on(DESCRIBE, shown())
    arn = driver.over(wire.client())("create_project_version", request())
    assert arn == VERSION
    assert wire.asked(DESCRIBE) == [{"ProjectArn": PROJECT, "VersionNames": ["v1"]}]


def test_a_version_that_is_visible_only_at_the_third_look_is_found(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(CREATE, answer_lost, TAKEN).on(DESCRIBE, NOT_YET, NOT_YET, shown())
    assert driver.over(wire.client())("create_project_version", request()) == VERSION
    assert len(wire.asked(DESCRIBE)) == 3
    assert time.slept == [1, 2, 4]


@pytest.mark.parametrize("status", ["TRAINING_IN_PROGRESS", "TRAINING_COMPLETED", "TRAINING_FAILED"])
def test_a_version_that_has_failed_or_finished_already_is_found_too(status: str, wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, answer_lost, TAKEN).on(DESCRIBE, shown(Status=status))
    assert driver.over(wire.client())("create_project_version", request()) == VERSION


def test_looks_that_fail_for_passing_reasons_are_repeated(wire: Wire, driver: Driver) -> None:
    throttled = refusal("ThrottlingException", "Rate exceeded")
    broken = refusal("InternalServerError", status=500)
    wire.on(CREATE, answer_lost, TAKEN).on(DESCRIBE, *[throttled] * 3, *[broken] * 3, *[answer_lost] * 3, shown())
    assert driver.over(wire.client())("create_project_version", request()) == VERSION


@pytest.mark.parametrize(
    "somebody_elses",
    [
        shown(created=MADE_AT - timedelta(hours=1)),
        shown(Status="RUNNING"),
        shown(Status="DELETING"),
        shown(OutputConfig={"S3Bucket": "results", "S3KeyPrefix": "elsewhere"}),
        shown(OutputConfig={"S3Bucket": "another"}),
        versions({"ProjectVersionArn": VERSION, "Status": "TRAINING_IN_PROGRESS"}, date=MADE_AT),
        versions(described(CreationTimestamp=None), date=MADE_AT),
    ],
    ids=["old", "running", "deleting", "other prefix", "other bucket", "output unknown", "creation unknown"],
)
def test_somebody_elses_version_of_that_name_leaves_the_error_and_is_described(
    somebody_elses: Answer, wire: Wire, driver: Driver
) -> None:
    wire.on(CREATE, answer_lost, TAKEN).on(DESCRIBE, somebody_elses)
    with pytest.raises(ResourceInUseError) as caught:
        driver.over(wire.client())("create_project_version", request())
    note = caught.value.__notes__[-1]
    assert "was not created by this call" in note
    assert VERSION in note


@pytest.mark.parametrize("hours", [-1, 1])
def test_the_services_clock_counts_not_the_local_one(hours: int, wire: Wire, driver: Driver) -> None:
    """The service lives an hour away from this machine: what it made now is ours, what it made before is not."""
    there = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours)
    wire.on(CREATE, answer_lost, TAKEN).on(DESCRIBE, shown(created=there, served=there))
    assert driver.over(wire.client())("create_project_version", request()) == VERSION
    wire.on(CREATE, answer_lost, TAKEN).on(DESCRIBE, shown(created=there - timedelta(minutes=5), served=there))
    with pytest.raises(ResourceInUseError):
        driver.over(wire.client())("create_project_version", request())


def test_time_that_passed_since_the_call_is_allowed_for(wire: Wire, driver: Driver, time: FakeTime) -> None:
    def slowly() -> Answer:
        time.now += 600
        return answer_lost()

    # made right at the call, shown 10 minutes later
    wire.on(CREATE, slowly, TAKEN).on(DESCRIBE, shown(created=MADE_AT - timedelta(minutes=10)))
    assert driver.over(wire.client())("create_project_version", request()) == VERSION


def test_without_the_services_clock_the_local_one_is_used(wire: Wire, driver: Driver) -> None:
    now = datetime.now(UTC)
    wire.on(CREATE, answer_lost, TAKEN).on(DESCRIBE, shown(created=now, served=None))
    assert driver.over(wire.client())("create_project_version", request()) == VERSION
    wire.on(CREATE, answer_lost, TAKEN).on(DESCRIBE, shown(created=now - timedelta(hours=1), served=None))
    with pytest.raises(ResourceInUseError):
        driver.over(wire.client())("create_project_version", request())


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        ([answer_lost, TAKEN], ResourceInUseError),
        ([answer_lost, FULL], LimitExceededError),
        ([answer_lost], ConnectionClosedError),
        ([refusal("InternalServerError", status=500)], InternalServerError),
    ],
    ids=["conflict", "limit", "connection", "server error"],
)
def test_a_version_that_never_shows_leaves_the_error_with_a_note_on_how_to_look(
    steps: Any, error: type[Exception], wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(CREATE, *steps).on(DESCRIBE, NOT_YET)
    with pytest.raises(error) as caught:
        driver.over(wire.client())("create_project_version", request())
    note = caught.value.__notes__[-1]
    assert "may have started" in note
    assert f"client.get_project_version(({PROJECT!r}, 'v1'))" in note
    assert len(wire.asked(DESCRIBE)) == 5
    assert sum(time.slept) == 30


def test_a_look_that_is_denied_ends_the_search_and_is_told(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, answer_lost, TAKEN).on(DESCRIBE, refusal("AccessDeniedException", "not you"))
    with pytest.raises(ResourceInUseError) as caught:
        driver.over(wire.client())("create_project_version", request())
    assert "may have started" in caught.value.__notes__[-1]
    assert "not you" in caught.value.__notes__[-1]
    assert len(wire.asked(DESCRIBE)) == 1


def test_a_look_whose_pages_do_not_end_leaves_the_error_of_the_create(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, answer_lost, TAKEN).on(DESCRIBE, versions(token="again", date=MADE_AT))
    with pytest.raises(ResourceInUseError) as caught:
        driver.over(wire.client())("create_project_version", request())
    assert "may have started" in caught.value.__notes__[-1]
    assert "again, or still more pages" in caught.value.__notes__[-1]


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        ([TAKEN], ResourceInUseError),
        ([FULL], LimitExceededError),
        ([refusal("ThrottlingException"), TAKEN], ResourceInUseError),
        ([refusal("ThrottlingException", status=503), TAKEN], ResourceInUseError),
        ([refusal("ThrottlingException")], ThrottlingError),
        ([never_connected], EndpointConnectionError),
    ],
    ids=["conflict", "limit", "throttled then conflict", "503 throttled", "throttled", "never connected"],
)
def test_a_plain_refusal_is_believed_without_a_look(
    steps: Any, error: type[Exception], wire: Wire, driver: Driver
) -> None:
    wire.on(CREATE, *steps)
    with pytest.raises(error) as caught:
        driver.over(wire.client())("create_project_version", request())
    assert wire.asked(DESCRIBE) == []
    assert not any("may have started" in note for note in getattr(caught.value, "__notes__", ()))


def test_missing_credentials_are_told_as_botocore_tells_them(
    wire: Wire, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(NoCredentialsError):
        driver.over(wire.client(boto3.Session()))("create_project_version", request())
    assert wire.sent == []


@pytest.mark.parametrize("odd", [{}, {"ProjectVersionArn": None}, {"ProjectVersionArn": {"nested": 1}}, {"Arn": "x"}])
def test_an_accepted_create_whose_answer_is_odd_finds_the_version_by_its_name(
    odd: dict[str, Any], wire: Wire, driver: Driver
) -> None:
    # whatever stands there: the name was free when the service accepted it, so what has it now is this version
    wire.on(CREATE, Answer(odd)).on(DESCRIBE, NOT_YET, shown(Status="TRAINING_COMPLETED", created=MADE_AT))
    assert driver.over(wire.client())("create_project_version", request()) == VERSION


def test_an_accepted_create_with_an_arn_of_a_new_form_gives_it_as_it_is(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, Answer({"ProjectVersionArn": "urn:something-new"}))
    arn = driver.over(wire.client())("create_project_version", request())
    assert arn == "urn:something-new"
    assert isinstance(arn, ProjectVersionArn)
    assert arn.version_name is None


def test_an_accepted_create_that_is_never_shown_does_not_raise(
    wire: Wire, driver: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    wire.on(CREATE, Answer({})).on(DESCRIBE, NOT_YET)
    with caplog.at_level(logging.WARNING, "rekog_versions"):
        assert driver.over(wire.client())("create_project_version", request()) == ""
    assert "no lookup shows the result" in caplog.text


PROXYS_PAGE = Answer("<html>gateway</html>", headers={})


def test_a_proxys_page_in_place_of_the_answer_leaves_the_outcome_unknown(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, PROXYS_PAGE).on(DESCRIBE, shown())
    assert driver.over(wire.client())("create_project_version", request()) == VERSION
    wire.on(CREATE, PROXYS_PAGE).on(DESCRIBE, shown(created=MADE_AT - timedelta(hours=1)))
    with pytest.raises(ResponseError) as caught:
        driver.over(wire.client())("create_project_version", request())
    assert "was not created by this call" in caught.value.__notes__[-1]


def test_a_fake_client_without_events_is_judged_by_its_last_error(driver: Driver) -> None:
    class Fake:
        def __init__(self, error: Exception) -> None:
            self.error = error
            self.looks = 0

        def create_project_version(self, **_: Any) -> Any:
            raise self.error

        def describe_project_versions(self, **_: Any) -> Any:
            self.looks += 1
            return {"ProjectVersionDescriptions": [described(CreationTimestamp=datetime.now(UTC))]}

    lost = Fake(ConnectionClosedError(endpoint_url="https://here"))
    assert driver.over(lost)("create_project_version", request()) == VERSION
    refused = Fake(ClientError({"Error": {"Code": "ResourceInUseException", "Message": "taken"}}, CREATE))
    with pytest.raises(ResourceInUseError):
        driver.over(refused)("create_project_version", request())
    assert refused.looks == 0


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ({"timeout": -1}, ValueError, "timeout must be 0 seconds or more"),
        ({"timeout": "5"}, TypeError, "timeout must be a number of seconds"),
        ({"schedule": 30}, TypeError, r"such as Schedule\(first=30\), got int"),
        ({"on_poll": 30}, TypeError, "on_poll must be a function, got int"),
    ],
)
def test_train_does_not_start_what_it_could_not_wait_for(
    wrong: dict[str, Any], error: type[Exception], says: str, wire: Wire, driver: Driver
) -> None:
    wire.on(CREATE, STARTED)
    with pytest.raises(error, match=says):
        driver.over(wire.client())("train", request(), **wrong)
    assert wire.sent == []


def test_train_creates_and_waits(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, answer_lost, TAKEN).on(DESCRIBE, shown(), shown(), shown(Status="TRAINING_COMPLETED"))
    version = driver.over(wire.client())("train", request())
    assert version.status == "TRAINING_COMPLETED"
    assert version.project_version_arn == VERSION
    # one look for the lost answer, two of the wait; DescribeProjects is never needed, the request names the project
    assert [name for name, _ in wire.sent] == [CREATE, CREATE, DESCRIBE, DESCRIBE, DESCRIBE]


def test_train_waits_for_the_very_version_that_it_made(wire: Wire, driver: Driver) -> None:
    another = VERSION.replace("1574317227432", "1999999999999")
    wire.on(CREATE, STARTED).on(DESCRIBE, shown(ProjectVersionArn=another, Status="TRAINING_COMPLETED"))
    with pytest.raises(Exception, match="the version with that name is now") as caught:
        driver.over(wire.client())("train", request())
    assert caught.type.__name__ == "VersionNotFoundError"
