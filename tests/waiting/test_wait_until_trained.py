"""wait_until_trained: the meaning of each status, and the version that is meant; both clients."""

import logging
from typing import Any

import pytest

from rekog_versions import (
    ProjectVersionDescription,
    TrainingFailedError,
    UnreachableStatusError,
    VersionNotFoundError,
    WaitTimeoutError,
)
from tests.conftest import Driver
from tests.waiting.verdicts import statuses
from tests.waiting.waits import DESCRIBE, wait
from tests.wire import PROJECT, VERSION, FakeTime, HttpResponse, Wire, at, described, rejection, response_lost, versions

PROJECTS = "DescribeProjects"
THE_PROJECT = HttpResponse({"ProjectDescriptions": [{"ProjectArn": PROJECT, "Status": "CREATED"}]})


@pytest.mark.parametrize("status", statuses("trained", "reached"))
def test_every_status_that_follows_a_training_ends_the_wait(status: str, wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS", status))
    assert wait(driver, wire).status == status
    assert wire.requests_of(DESCRIBE) == [{"ProjectArn": PROJECT, "VersionNames": ["v1"]}] * 2


@pytest.mark.parametrize("status", statuses("trained", "never"))
def test_a_status_that_cannot_become_trained_raises_at_once(
    status: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *at(status))
    with pytest.raises(UnreachableStatusError, match=f"is {status}") as caught:
        wait(driver, wire)
    assert caught.value.version_arn == VERSION
    assert time.slept == []


def test_a_failed_training_gives_the_reason_and_the_files_that_list_the_errors(wire: Wire, driver: Driver) -> None:
    def validation_file(name: str) -> dict[str, Any]:
        return {"GroundTruthManifest": {"S3Object": {"Bucket": "results", "Name": name}}}

    failed = described(
        "TRAINING_FAILED",
        StatusMessage="The manifest file contains too many invalid rows.\x1b[2J",
        ManifestSummary={"S3Object": {"Bucket": "results", "Name": "out/manifest_summary.json"}},
        TrainingDataResult={"Validation": {"Assets": [validation_file("out/training.json")]}},
        TestingDataResult={"Validation": {"Assets": [validation_file("out/testing.json")]}},
    )
    wire.on(DESCRIBE, versions(described()), versions(failed))
    with pytest.raises(TrainingFailedError) as caught:
        wait(driver, wire)
    error = caught.value
    assert error.status_message == "The manifest file contains too many invalid rows.\x1b[2J"
    assert error.manifest_summary is not None
    assert error.manifest_summary.uri == "s3://results/out/manifest_summary.json"
    assert [found.uri for found in error.validation_manifests] == [
        "s3://results/out/training.json",
        "s3://results/out/testing.json",
    ]
    assert error.version_arn == VERSION
    assert error.description is not None
    assert error.description.status == "TRAINING_FAILED"
    text = str(error)
    for part in (VERSION, "too many invalid rows", "s3://results/out/manifest_summary.json", "not billed"):
        assert part in text
    assert text.isprintable()


def test_a_failed_training_without_files_says_so(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(described("TRAINING_FAILED")))
    with pytest.raises(TrainingFailedError, match="the service gave no reason") as caught:
        wait(driver, wire)
    assert "names no validation files" in str(caught.value)
    assert caught.value.manifest_summary is None
    assert caught.value.validation_manifests == []


def test_an_unknown_status_continues_the_wait_and_is_logged_once(
    wire: Wire, driver: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    wire.on(DESCRIBE, *at("QUEUED\x1b", "QUEUED\x1b", "QUEUED\x1b", "TRAINING_COMPLETED"))
    with caplog.at_level(logging.WARNING, "rekog_versions"):
        assert wait(driver, wire).status == "TRAINING_COMPLETED"
    (record,) = caplog.records
    assert "QUEUED\\x1b" in record.getMessage()
    assert "\x1b" not in record.getMessage()


def test_an_unknown_status_is_escaped_in_error_messages(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *at("QUEUED\x1b"))
    with pytest.raises(WaitTimeoutError) as caught:
        wait(driver, wire, timeout=60)
    assert "QUEUED\\x1b" in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_missing_status_continues_the_wait(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions({"ProjectVersionArn": VERSION}), *at("TRAINING_COMPLETED"))
    assert wait(driver, wire).status == "TRAINING_COMPLETED"


def test_a_version_can_be_given_by_its_arn(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, THE_PROJECT).on(DESCRIBE, *at("TRAINING_IN_PROGRESS", "TRAINING_COMPLETED"))
    assert wait(driver, wire, VERSION).status == "TRAINING_COMPLETED"
    # one lookup, which includes projects of content moderation
    (asked,) = wire.requests_of(PROJECTS)
    assert asked == {"ProjectNames": ["shapes"], "Features": ["CONTENT_MODERATION", "CUSTOM_LABELS"]}


def test_a_version_can_be_given_by_its_description(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, THE_PROJECT).on(DESCRIBE, *at("TRAINING_COMPLETED"))
    description = ProjectVersionDescription.model_validate(described())
    assert wait(driver, wire, description).status == "TRAINING_COMPLETED"


def test_a_retryable_failure_of_the_project_lookup_does_not_end_the_wait(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, *[response_lost] * 3, THE_PROJECT).on(DESCRIBE, *at("TRAINING_COMPLETED"))
    assert wait(driver, wire, VERSION).status == "TRAINING_COMPLETED"


def test_a_project_that_stays_missing_is_an_error_after_the_grace_period(wire: Wire, driver: Driver) -> None:
    wire.on(PROJECTS, HttpResponse({"ProjectDescriptions": []}))
    with pytest.raises(VersionNotFoundError, match="no project 'shapes' was found"):
        wait(driver, wire, VERSION)
    assert wire.requests_of(DESCRIBE) == []


def test_another_version_of_the_same_name_does_not_end_the_wait_for_an_arn(wire: Wire, driver: Driver) -> None:
    newer = VERSION.replace("1574317227432", "1999999999999")
    wire.on(PROJECTS, THE_PROJECT)
    wire.on(DESCRIBE, versions(described("TRAINING_COMPLETED", ProjectVersionArn=newer)))
    with pytest.raises(VersionNotFoundError, match="the version with that name is now") as caught:
        wait(driver, wire, VERSION)
    assert newer in str(caught.value)


@pytest.mark.parametrize(
    ("version", "error", "says"),
    [
        (PROJECT, ValueError, "it is a project ARN"),
        ("v1", ValueError, r"Pass that, or \(project_arn, version_name\)"),
        ((PROJECT, "not a name"), ValueError, "must not contain"),
        ((VERSION, "v1"), ValueError, "it is a project version ARN"),
        (ProjectVersionDescription(), ValueError, "no project_version_arn"),
        (None, TypeError, "got NoneType"),
        ((PROJECT,), TypeError, "got tuple"),
    ],
)
def test_an_invalid_reference_to_a_version_is_rejected_before_any_request(
    version: Any, error: type[Exception], says: str, wire: Wire, driver: Driver
) -> None:
    with pytest.raises(error, match=says):
        wait(driver, wire, version)
    assert wire.sent == []


def test_a_version_that_is_missing_at_first_does_not_end_the_wait(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, versions(), versions(), *at("TRAINING_COMPLETED"))
    assert wait(driver, wire).status == "TRAINING_COMPLETED"
    assert time.slept == [5, 5]


def test_a_version_that_stays_missing_is_an_error_after_the_grace_period(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, versions())
    with pytest.raises(VersionNotFoundError, match="has no such version") as caught:
        wait(driver, wire)
    assert sum(time.slept) == 30
    assert caught.value.version_arn is None
    assert "'v1'" in caught.value.version


def test_a_version_that_disappears_is_an_error_with_its_last_description(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS"), versions())
    with pytest.raises(VersionNotFoundError, match="Its last status was TRAINING_IN_PROGRESS") as caught:
        wait(driver, wire)
    assert time.slept == [60, 5, 5, 5, 5, 5, 5]
    assert caught.value.version_arn == VERSION
    assert caught.value.description is not None


def test_an_empty_page_with_a_token_does_not_end_the_lookup(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, versions(token="more"), *at("TRAINING_COMPLETED"))
    assert wait(driver, wire).status == "TRAINING_COMPLETED"
    assert [asked.get("NextToken") for asked in wire.requests_of(DESCRIBE)] == [None, "more"]


def test_a_missing_project_counts_as_a_missing_version(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, rejection("ResourceNotFoundException"))
    with pytest.raises(VersionNotFoundError):
        wait(driver, wire)
    assert len(wire.requests_of(DESCRIBE)) == 7
