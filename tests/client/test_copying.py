"""Copying a version exactly once, whatever becomes of the call on the wire; both clients."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from pydantic import ValidationError

from rekog_versions import (
    AccessDeniedError,
    OutputConfig,
    ProjectVersionArn,
    ResourceInUseError,
    VersionsClient,
)
from rekog_versions.models.lifecycle import CopyProjectVersionRequest
from tests.conftest import Driver
from tests.wire import PROJECT, VERSION, Answer, FakeTime, Wire, answer_lost, described, refusal, timed_out, versions

COPY, DESCRIBE = "CopyProjectVersion", "DescribeProjectVersions"
TO = "arn:aws:rekognition:us-east-1:123456789012:project/production/1574320000000"
THE_COPY = "arn:aws:rekognition:us-east-1:123456789012:project/production/version/v1/1574330000000"
ACCEPTED = Answer({"ProjectVersionArn": THE_COPY})
TAKEN = refusal("ResourceInUseException", "A version of that name exists")
MADE_AT = datetime(2026, 1, 10, 12, 0, 0, tzinfo=UTC)
FIELDS: dict[str, Any] = {
    "source_project_arn": PROJECT,
    "source_project_version_arn": VERSION,
    "destination_project_arn": TO,
    "version_name": "v1",
    "output_config": OutputConfig(s3_bucket="results", s3_key_prefix="out"),
}


def shown(status: str = "COPYING_IN_PROGRESS", *, created: datetime = MADE_AT, **members: Any) -> Answer:
    found = {
        "ProjectVersionArn": THE_COPY,
        "CreationTimestamp": created.timestamp(),
        "SourceProjectVersionArn": VERSION,
        **members,
    }
    return versions(described(status, **found), date=MADE_AT)


def notes(error: BaseException) -> str:
    return "\n".join(getattr(error, "__notes__", ()))


def test_a_copy_sends_the_request_and_gives_the_arn(wire: Wire, driver: Driver) -> None:
    wire.on(COPY, ACCEPTED)
    request = CopyProjectVersionRequest(**FIELDS, tags={"team": "vision"}, kms_key_id="alias/copies")
    arn = driver.over(wire.client())("copy_project_version", request)
    assert arn == THE_COPY
    assert isinstance(arn, ProjectVersionArn)
    assert wire.sent == [(COPY, request.to_wire())]


def test_a_copy_takes_the_fields_as_keyword_arguments(wire: Wire, driver: Driver) -> None:
    wire.on(COPY, ACCEPTED)
    assert driver.over(wire.client())("copy_project_version", **FIELDS) == THE_COPY
    (sent,) = wire.asked(COPY)
    assert sent == {
        "SourceProjectArn": PROJECT,
        "SourceProjectVersionArn": VERSION,
        "DestinationProjectArn": TO,
        "VersionName": "v1",
        "OutputConfig": {"S3Bucket": "results", "S3KeyPrefix": "out"},
    }


def test_a_copy_that_breaks_a_rule_is_never_sent(wire: Wire, driver: Driver) -> None:
    with pytest.raises(ValidationError, match="source_project_version_arn"):
        driver.over(wire.client())("copy_project_version", **{**FIELDS, "source_project_version_arn": PROJECT})
    key = "arn:aws:kms:eu-west-1:123456789012:alias/copies"
    with pytest.raises(ValidationError, match="in the region of the project, us-east-1"):
        driver.over(wire.client())("copy_project_version", **FIELDS, kms_key_id=key)
    assert wire.sent == []


@pytest.mark.parametrize("lost", [answer_lost, timed_out, refusal("InternalServerError", status=500)])
@pytest.mark.parametrize("afterwards", [TAKEN, refusal("LimitExceededException"), answer_lost])
@pytest.mark.parametrize("status", ["COPYING_IN_PROGRESS", "COPYING_COMPLETED", "COPYING_FAILED"])
def test_a_copy_that_a_lost_attempt_began_is_the_result(
    lost: Any, afterwards: Any, status: str, wire: Wire, driver: Driver
) -> None:
    wire.on(COPY, lost, afterwards).on(DESCRIBE, shown(status))
    assert driver.over(wire.client())("copy_project_version", **FIELDS) == THE_COPY
    assert wire.asked(DESCRIBE) == [{"ProjectArn": TO, "VersionNames": ["v1"]}]


@pytest.mark.parametrize(
    "theirs",
    [
        shown("TRAINING_IN_PROGRESS"),
        shown("RUNNING"),
        shown(created=MADE_AT - timedelta(hours=1)),
        shown(OutputConfig={"S3Bucket": "theirs"}),
        shown(SourceProjectVersionArn=VERSION.replace("/v1/", "/v0/")),
    ],
)
def test_somebody_elses_version_is_not_taken_for_our_copy(theirs: Answer, wire: Wire, driver: Driver) -> None:
    wire.on(COPY, answer_lost, TAKEN).on(DESCRIBE, theirs)
    with pytest.raises(ResourceInUseError) as caught:
        driver.over(wire.client())("copy_project_version", **FIELDS)
    assert "was not created by this call" in notes(caught.value)


def test_a_plain_conflict_stays_one(wire: Wire, driver: Driver) -> None:
    wire.on(COPY, TAKEN)
    with pytest.raises(ResourceInUseError):
        driver.over(wire.client())("copy_project_version", **FIELDS)
    assert wire.asked(DESCRIBE) == []


def test_a_copy_that_is_not_found_may_have_started_and_is_not_said_to_be_billed(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(COPY, answer_lost).on(DESCRIBE, versions(date=MADE_AT))
    with pytest.raises(ConnectionClosedError) as caught:
        driver.over(wire.client())("copy_project_version", **FIELDS)
    assert f"client.get_project_version(({TO!r}, 'v1'))" in notes(caught.value)
    assert "The copying of version 'v1'" in notes(caught.value)
    assert "billed" not in notes(caught.value)
    assert sum(time.slept) == 30


def test_a_denial_says_that_the_source_needs_a_policy(wire: Wire) -> None:
    wire.on(COPY, refusal("AccessDeniedException", "no"))
    with pytest.raises(AccessDeniedError) as caught:
        VersionsClient(wire.client()).copy_project_version(**FIELDS)
    assert "put_project_policy" in notes(caught.value)
