"""Trainings on the emulated service, with the faults that it injects."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from moto.moto_api import state_manager

from rekog_versions import (
    LimitExceededError,
    Poll,
    ResourceInUseError,
    TrainingFailedError,
    UnreachableStatusError,
    VersionNotFoundError,
    VersionsClient,
)
from rekog_versions.errors import InternalServerError
from rekog_versions.testing import CustomLabelsControl
from tests.client.emulated import BUCKET, EmulatedProject
from tests.conftest import Driver
from tests.wire import FakeTime

DELETION = "rekognition::custom-labels-version-deletion"
"""The name of the deletion in moto's state manager."""


@pytest.mark.parametrize("limit", [2, 1])
def test_a_create_whose_response_is_lost_returns_the_version_it_started(emulated: EmulatedProject, limit: int) -> None:
    # the second attempt is rejected because of the limit if it is 1, and because of the name if it is 2
    emulated.control.set_training(times=5)
    emulated.control.set_limits(trainings=limit)
    emulated.control.inject("CreateProjectVersion", hang_up="after")
    arn = emulated.create()
    assert [version.project_version_arn for version in emulated.versions()] == [arn]


def test_a_create_that_did_not_arrive_is_sent_again_and_starts_once(emulated: EmulatedProject) -> None:
    emulated.control.inject("CreateProjectVersion", hang_up="before")
    arn = emulated.create()
    assert [version.project_version_arn for version in emulated.versions()] == [arn]


def test_a_create_that_never_arrives_starts_nothing_and_says_how_to_check(emulated: EmulatedProject) -> None:
    emulated.control.inject("CreateProjectVersion", times=10, hang_up="before")
    with pytest.raises(ConnectionClosedError) as caught:
        emulated.create()
    assert "may have started" in caught.value.__notes__[-1]
    assert emulated.versions() == []


def test_a_create_that_always_gets_500_raises_with_a_note(emulated: EmulatedProject) -> None:
    emulated.control.inject("CreateProjectVersion", times=10, error="InternalServerError")
    with pytest.raises(InternalServerError) as caught:
        emulated.create()
    assert "may have started" in caught.value.__notes__[-1]


def test_a_second_create_of_one_name_is_rejected(emulated: EmulatedProject) -> None:
    emulated.create()
    with pytest.raises(ResourceInUseError) as caught:
        emulated.create()
    assert "Choose another version_name" in caught.value.__notes__[0]


def test_a_lost_create_does_not_return_a_version_with_another_output(emulated: EmulatedProject) -> None:
    emulated.control.set_training(times=50)
    another = emulated.create(prefix="theirs")
    emulated.control.inject("CreateProjectVersion", hang_up="before")
    with pytest.raises(ResourceInUseError) as caught:
        emulated.create(prefix="ours")
    assert another in caught.value.__notes__[-1]


def test_a_third_concurrent_training_is_rejected_with_the_quota(emulated: EmulatedProject) -> None:
    emulated.control.set_training(times=50)
    emulated.create("v1")
    emulated.create("v2")
    with pytest.raises(LimitExceededError, match="Cannot create more than 2 ProjectVersions concurrently") as caught:
        emulated.create("v3")
    assert "L-F1558568" in caught.value.__notes__[0]


def test_throttling_500s_and_lost_connections_do_not_end_a_wait(emulated: EmulatedProject) -> None:
    emulated.control.set_training(times=4)
    arn = emulated.create()
    faults: list[dict[str, Any]] = [
        {"error": "ThrottlingException"},
        {"error": "InternalServerError"},
        {"hang_up": "before"},
        {"hang_up": "after"},
    ]
    polls: list[Poll] = []

    def inject_after_the_first_poll(poll: Poll) -> None:
        if not polls:
            for fault in faults:
                emulated.control.inject("DescribeProjectVersions", times=5, **fault)
        polls.append(poll)

    assert emulated.call("wait_until_trained", arn, on_poll=inject_after_the_first_poll).status == "TRAINING_COMPLETED"
    assert any(poll.error for poll in polls)


def test_train_returns_a_description_with_the_evaluation(emulated: EmulatedProject) -> None:
    emulated.control.set_training(times=3)
    version = emulated.call("train", **emulated.create_fields())
    assert version.status == "TRAINING_COMPLETED"
    assert 0 <= version.evaluation_result.f1_score <= 1
    assert version.evaluation_result.summary.s3_object.uri.startswith(f"s3://{BUCKET}/out/")


def test_train_raises_the_services_reason(emulated: EmulatedProject) -> None:
    emulated.control.set_training(outcome="TRAINING_FAILED", message="The manifest file has too few labels.")
    with pytest.raises(TrainingFailedError, match="too few labels") as caught:
        emulated.call("train", **emulated.create_fields())
    assert caught.value.version_arn == emulated.versions()[0].project_version_arn


def test_a_running_version_counts_as_trained_and_a_version_being_deleted_does_not(emulated: EmulatedProject) -> None:
    arn = emulated.create()
    emulated.call("wait_until_trained", arn)
    emulated.call.client.rekognition.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=1)
    assert emulated.call("wait_until_trained", arn).status == "RUNNING"
    emulated.call.client.rekognition.stop_project_version(ProjectVersionArn=arn)
    assert emulated.call("wait_until_trained", arn).status == "STOPPED"

    set_polls_of_a_deletion(3)
    emulated.call.client.rekognition.delete_project_version(ProjectVersionArn=arn)
    with pytest.raises(UnreachableStatusError, match="DELETING"):
        emulated.call("wait_until_trained", arn)
    set_polls_of_a_deletion(1)
    with pytest.raises(VersionNotFoundError):
        emulated.call("wait_until_trained", arn)


def set_polls_of_a_deletion(times: int) -> None:
    """Set the number of polls that a deletion takes."""
    state_manager.set_transition(DELETION, {"progression": "manual", "times": times})


@pytest.fixture(autouse=True)
def _reset_deletions() -> Iterator[None]:
    yield
    state_manager.unset_transition(DELETION)


def test_all_pages_of_the_emulated_service_are_read(emulated: EmulatedProject) -> None:
    emulated.control.set_limits(trainings=200, versions=200)
    for number in range(23):
        emulated.create(f"v{number}")
    listed = emulated.call.items("iter_project_versions", emulated.project, page_size=10)
    assert [version.version_name for version in listed] == [f"v{number}" for number in reversed(range(23))]
    names = [f"v{number}" for number in range(23)]
    named = emulated.call.items("iter_project_versions", emulated.project, version_names=names)
    assert {version.version_name for version in named} == set(names)


def test_both_parsers_agree_on_responses_of_the_emulated_service(custom_labels: CustomLabelsControl) -> None:
    emulated = EmulatedProject(custom_labels, Driver("sync", FakeTime()))
    emulated.call("wait_until_trained", emulated.create())
    from_dict = emulated.call("describe_project_versions", emulated.project)
    from_bytes = VersionsClient.connect(region_name="us-east-1").describe_project_versions(emulated.project)
    assert from_bytes == from_dict


def test_except_client_error_catches_rejections_of_the_emulated_service(emulated: EmulatedProject) -> None:
    missing = emulated.project.replace("shapes", "circles")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        emulated.call("describe_project_versions", missing)
