"""The clients against the emulated service, with the faults that it injects: what a user's own tests would do."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from moto.moto_api import state_manager

from rekog_versions import (
    LimitExceededError,
    OutputConfig,
    Poll,
    ResourceInUseError,
    TestingData,
    TrainingData,
    TrainingFailedError,
    UnreachableStatusError,
    VersionNotFoundError,
    VersionsClient,
)
from rekog_versions.errors import InternalServerError
from rekog_versions.testing import CustomLabelsControl
from tests.conftest import Driver
from tests.test_docs import a_line
from tests.wire import FakeTime

BUCKET = "my-bucket"


class World:
    """A project with a manifest, and one of the two clients."""

    def __init__(self, labels: CustomLabelsControl, driver: Driver) -> None:
        self.labels = labels
        s3: Any = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket=BUCKET)
        lines = "\n".join(a_line(label, number) for label in ("circle", "square") for number in range(20))
        s3.put_object(Bucket=BUCKET, Key="train.manifest", Body=lines.encode())
        self.rekognition: Any = boto3.client("rekognition", region_name="us-east-1")
        self.call = driver.over(self.rekognition)
        self.project = self.call("create_project", "shapes")

    def fields(self, name: str = "v1", prefix: str = "out") -> dict[str, Any]:
        return {
            "project_arn": self.project,
            "version_name": name,
            "output_config": OutputConfig(s3_bucket=BUCKET, s3_key_prefix=prefix),
            "training_data": TrainingData.from_manifests(f"s3://{BUCKET}/train.manifest"),
            "testing_data": TestingData(auto_create=True),
        }

    def create(self, name: str = "v1", prefix: str = "out") -> Any:
        return self.call("create_project_version", **self.fields(name, prefix))

    def versions(self) -> list[Any]:
        return self.call.items("iter_project_versions", self.project)


@pytest.fixture
def world(custom_labels: CustomLabelsControl, driver: Driver) -> World:
    return World(custom_labels, driver)


@pytest.mark.parametrize("limit", [2, 1])
def test_a_create_whose_answer_is_lost_finds_the_training_that_it_started(world: World, limit: int) -> None:
    # under a limit of one training, the second attempt is refused for the limit; under two, for the name
    world.labels.set_training(times=5)
    world.labels.set_limits(trainings=limit)
    world.labels.inject("CreateProjectVersion", hang_up="after")
    arn = world.create()
    assert [version.project_version_arn for version in world.versions()] == [arn]


def test_a_create_that_never_arrived_is_sent_again_and_started_once(world: World) -> None:
    world.labels.inject("CreateProjectVersion", hang_up="before")
    arn = world.create()
    assert [version.project_version_arn for version in world.versions()] == [arn]


def test_a_create_that_never_arrives_leaves_nothing_and_says_how_to_look(world: World) -> None:
    world.labels.inject("CreateProjectVersion", times=10, hang_up="before")
    with pytest.raises(ConnectionClosedError) as caught:
        world.create()
    assert "may have started" in caught.value.__notes__[-1]
    assert world.versions() == []


def test_a_create_answered_500_throughout_is_looked_up_and_not_found(world: World) -> None:
    world.labels.inject("CreateProjectVersion", times=10, error="InternalServerError")
    with pytest.raises(InternalServerError) as caught:
        world.create()
    assert "may have started" in caught.value.__notes__[-1]


def test_two_creates_of_one_name_are_a_plain_conflict(world: World) -> None:
    world.create()
    with pytest.raises(ResourceInUseError) as caught:
        world.create()
    assert "Choose another version_name" in caught.value.__notes__[0]


def test_a_lost_create_does_not_take_somebody_elses_version_for_its_own(world: World) -> None:
    world.labels.set_training(times=50)
    theirs = world.create(prefix="theirs")
    world.labels.inject("CreateProjectVersion", hang_up="before")
    with pytest.raises(ResourceInUseError) as caught:
        world.create(prefix="ours")
    assert theirs in caught.value.__notes__[-1]


def test_a_third_training_at_a_time_is_refused_with_the_quota(world: World) -> None:
    world.labels.set_training(times=50)
    world.create("v1")
    world.create("v2")
    with pytest.raises(LimitExceededError, match="Cannot create more than 2 ProjectVersions concurrently") as caught:
        world.create("v3")
    assert "L-F1558568" in caught.value.__notes__[0]


def test_throttling_500s_and_lost_connections_in_the_middle_do_not_end_a_wait(world: World) -> None:
    world.labels.set_training(times=4)
    arn = world.create()
    faults: list[dict[str, Any]] = [
        {"error": "ThrottlingException"},
        {"error": "InternalServerError"},
        {"hang_up": "before"},
        {"hang_up": "after"},
    ]
    polls: list[Poll] = []

    def inject_after_the_first(poll: Poll) -> None:
        if not polls:
            for fault in faults:
                world.labels.inject("DescribeProjectVersions", times=5, **fault)
        polls.append(poll)

    assert world.call("wait_until_trained", arn, on_poll=inject_after_the_first).status == "TRAINING_COMPLETED"
    assert any(poll.error for poll in polls)


def test_train_gives_the_evaluation(world: World) -> None:
    world.labels.set_training(times=3)
    version = world.call("train", **world.fields())
    assert version.status == "TRAINING_COMPLETED"
    assert 0 <= version.evaluation_result.f1_score <= 1
    assert version.evaluation_result.summary.s3_object.uri.startswith(f"s3://{BUCKET}/out/")


def test_train_says_why_it_failed(world: World) -> None:
    world.labels.set_training(outcome="TRAINING_FAILED", message="The manifest file has too few labels.")
    with pytest.raises(TrainingFailedError, match="too few labels") as caught:
        world.call("train", **world.fields())
    assert caught.value.version_arn == world.versions()[0].project_version_arn


def test_a_version_that_runs_counts_as_trained_and_one_that_is_being_deleted_does_not(world: World) -> None:
    arn = world.create()
    world.call("wait_until_trained", arn)
    world.rekognition.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=1)
    assert world.call("wait_until_trained", arn).status == "RUNNING"
    world.rekognition.stop_project_version(ProjectVersionArn=arn)
    assert world.call("wait_until_trained", arn).status == "STOPPED"

    state_manager_times(3)
    world.rekognition.delete_project_version(ProjectVersionArn=arn)
    with pytest.raises(UnreachableStatusError, match="DELETING"):
        world.call("wait_until_trained", arn)
    state_manager_times(1)
    with pytest.raises(VersionNotFoundError):
        world.call("wait_until_trained", arn)


def state_manager_times(times: int) -> None:
    name = "rekognition::custom-labels-version-deletion"
    state_manager.set_transition(name, {"progression": "manual", "times": times})


@pytest.fixture(autouse=True)
def _no_transition_stays() -> Any:
    yield
    state_manager.unset_transition("rekognition::custom-labels-version-deletion")


def test_pages_of_the_emulated_service_are_read_to_the_end(world: World) -> None:
    world.labels.set_limits(trainings=200, versions=200)
    for number in range(23):
        world.create(f"v{number}")
    listed = world.call.items("iter_project_versions", world.project, page_size=10)
    assert [version.version_name for version in listed] == [f"v{number}" for number in reversed(range(23))]
    names = [f"v{number}" for number in range(23)]
    named = world.call.items("iter_project_versions", world.project, version_names=names)
    assert {version.version_name for version in named} == set(names)


def test_both_ways_of_reading_agree_on_the_emulated_services_answers(custom_labels: CustomLabelsControl) -> None:
    world = World(custom_labels, Driver("sync", FakeTime()))
    world.call("wait_until_trained", world.create())
    mine = world.call("describe_project_versions", world.project)
    direct = VersionsClient.connect(region_name="us-east-1").describe_project_versions(world.project)
    assert direct == mine


def test_except_client_error_catches_what_the_emulated_service_refuses(world: World) -> None:
    gone = world.project.replace("shapes", "circles")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        world.call("describe_project_versions", gone)
