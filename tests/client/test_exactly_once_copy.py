"""A copy is made exactly once, even if its response is lost; both clients."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from pydantic import ValidationError

from rekog_versions import AccessDeniedError, ProjectVersionArn, ResourceInUseError, VersionsClient
from rekog_versions.models.lifecycle import CopyProjectVersionRequest
from tests.client.requests import COPY, COPY_ARN, COPY_FIELDS, CREATED_AT, DESCRIBE, DESTINATION, NAME_TAKEN, lookup
from tests.conftest import Driver
from tests.wire import (
    PROJECT,
    VERSION,
    FakeTime,
    HttpResponse,
    Wire,
    notes,
    rejection,
    response_lost,
    timed_out,
    versions,
)

ACCEPTED = HttpResponse({"ProjectVersionArn": COPY_ARN})


def lookup_of_copy(
    status: str = "COPYING_IN_PROGRESS", *, created: datetime = CREATED_AT, **members: Any
) -> HttpResponse:
    """Return a lookup that finds the copy."""
    found = {"ProjectVersionArn": COPY_ARN, "SourceProjectVersionArn": VERSION, "Status": status}
    return lookup(created=created, **{**found, **members})


def test_a_copy_sends_the_request_and_returns_the_arn(wire: Wire, driver: Driver) -> None:
    wire.on(COPY, ACCEPTED)
    request = CopyProjectVersionRequest(**COPY_FIELDS, tags={"team": "vision"}, kms_key_id="alias/copies")
    arn = driver.over(wire.client())("copy_project_version", request)
    assert arn == COPY_ARN
    assert isinstance(arn, ProjectVersionArn)
    assert wire.sent == [(COPY, request.to_wire())]


def test_a_copy_accepts_the_fields_as_keyword_arguments(wire: Wire, driver: Driver) -> None:
    wire.on(COPY, ACCEPTED)
    assert driver.over(wire.client())("copy_project_version", **COPY_FIELDS) == COPY_ARN
    (sent,) = wire.requests_of(COPY)
    assert sent == {
        "SourceProjectArn": PROJECT,
        "SourceProjectVersionArn": VERSION,
        "DestinationProjectArn": DESTINATION,
        "VersionName": "v1",
        "OutputConfig": {"S3Bucket": "results", "S3KeyPrefix": "out"},
    }


def test_an_invalid_copy_request_is_never_sent(wire: Wire, driver: Driver) -> None:
    with pytest.raises(ValidationError, match="source_project_version_arn"):
        driver.over(wire.client())("copy_project_version", **{**COPY_FIELDS, "source_project_version_arn": PROJECT})
    key = "arn:aws:kms:eu-west-1:123456789012:alias/copies"
    with pytest.raises(ValidationError, match="in the region of the project, us-east-1"):
        driver.over(wire.client())("copy_project_version", **COPY_FIELDS, kms_key_id=key)
    assert wire.sent == []


@pytest.mark.parametrize("lost", [response_lost, timed_out, rejection("InternalServerError", status=500)])
@pytest.mark.parametrize("afterwards", [NAME_TAKEN, rejection("LimitExceededException"), response_lost])
@pytest.mark.parametrize("status", ["COPYING_IN_PROGRESS", "COPYING_COMPLETED", "COPYING_FAILED"])
def test_a_copy_that_a_lost_attempt_started_is_returned(
    lost: Any, afterwards: Any, status: str, wire: Wire, driver: Driver
) -> None:
    wire.on(COPY, lost, afterwards).on(DESCRIBE, lookup_of_copy(status))
    assert driver.over(wire.client())("copy_project_version", **COPY_FIELDS) == COPY_ARN
    assert wire.requests_of(DESCRIBE) == [{"ProjectArn": DESTINATION, "VersionNames": ["v1"]}]


@pytest.mark.parametrize(
    "another",
    [
        lookup_of_copy("TRAINING_IN_PROGRESS"),
        lookup_of_copy("RUNNING"),
        lookup_of_copy(created=CREATED_AT - timedelta(hours=1)),
        lookup_of_copy(OutputConfig={"S3Bucket": "another"}),
        lookup_of_copy(SourceProjectVersionArn=VERSION.replace("/v1/", "/v0/")),
    ],
)
def test_another_version_of_that_name_is_not_returned_as_the_copy(
    another: HttpResponse, wire: Wire, driver: Driver
) -> None:
    wire.on(COPY, response_lost, NAME_TAKEN).on(DESCRIBE, another)
    with pytest.raises(ResourceInUseError) as caught:
        driver.over(wire.client())("copy_project_version", **COPY_FIELDS)
    assert "was not created by this call" in notes(caught.value)


def test_a_plain_conflict_raises_without_a_lookup(wire: Wire, driver: Driver) -> None:
    wire.on(COPY, NAME_TAKEN)
    with pytest.raises(ResourceInUseError):
        driver.over(wire.client())("copy_project_version", **COPY_FIELDS)
    assert wire.requests_of(DESCRIBE) == []


def test_a_copy_that_no_lookup_finds_raises_with_a_note_that_mentions_no_billing(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(COPY, response_lost).on(DESCRIBE, versions(date=CREATED_AT))
    with pytest.raises(ConnectionClosedError) as caught:
        driver.over(wire.client())("copy_project_version", **COPY_FIELDS)
    assert f"client.get_project_version(({DESTINATION!r}, 'v1'))" in notes(caught.value)
    assert "The copying of version 'v1'" in notes(caught.value)
    assert "billed" not in notes(caught.value)
    assert sum(time.slept) == 30


def test_a_denied_copy_says_that_the_source_project_needs_a_policy(wire: Wire) -> None:
    wire.on(COPY, rejection("AccessDeniedException", "no"))
    with pytest.raises(AccessDeniedError) as caught:
        VersionsClient(wire.client()).copy_project_version(**COPY_FIELDS)
    assert "put_project_policy" in notes(caught.value)
