"""The lives of versions and datasets on the emulated service, from beginning to end; both clients."""

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest

from rekog_versions import (
    AsyncVersionsClient,
    LimitExceededError,
    OutputConfig,
    ResourceInUseError,
    ResourceNotFoundError,
    S3Object,
    TestingData,
    TrainingData,
    UnreachableStatusError,
    VersionNotFoundError,
    VersionsClient,
)
from rekog_versions.errors import (
    AccessDeniedError,
    CopyFailedError,
    DatasetFailedError,
    InvalidImageFormatError,
    InvalidPolicyRevisionIdError,
    InvalidS3ObjectError,
    MalformedPolicyDocumentError,
    ResourceAlreadyExistsError,
    ResourceNotReadyError,
    StartFailedError,
)
from rekog_versions.models.datasets import DatasetSource
from rekog_versions.models.thresholds import Thresholds
from rekog_versions.testing import CustomLabelsControl
from rekog_versions.waiting import Poll
from tests.conftest import Driver
from tests.test_docs import a_line
from tests.testing.pictures import picture
from tests.testing.recount import SEEN
from tests.testing.world import shared_client
from tests.wire import FakeTime

BUCKET = "my-bucket"
NAMES = ("circle", "square")


class World:
    """A project with a manifest, and one of the two clients."""

    def __init__(self, labels: CustomLabelsControl, driver: Driver) -> None:
        self.labels = labels
        self.s3: Any = shared_client("s3")
        self.s3.create_bucket(Bucket=BUCKET)
        self.lines = [a_line(label, number) for label in NAMES for number in range(10)]
        self.put("train.manifest", "\n".join(self.lines).encode())
        self.call = driver.over(shared_client("rekognition"))
        self.project = self.call("create_project", "shapes")

    def put(self, key: str, content: bytes) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)

    def put_images(self) -> None:
        for seed, line in enumerate(self.lines):
            self.put(json.loads(line)["source-ref"].removeprefix(f"s3://{BUCKET}/"), picture(seed=seed))

    def read(self, place: Any) -> str:
        content: bytes = self.s3.get_object(Bucket=place.bucket, Key=place.name)["Body"].read()
        return content.decode()

    def train(self, name: str = "v1", **others: Any) -> Any:
        manifests = (f"s3://{BUCKET}/train.manifest",)
        data = {
            "training_data": TrainingData.from_manifests(*manifests),
            "testing_data": TestingData.from_manifests(*manifests),
        }
        return self.call(
            "train",
            project_arn=self.project,
            version_name=name,
            output_config=OutputConfig(s3_bucket=BUCKET, s3_key_prefix="out"),
            **{**data, **others},
        )

    def run(self, name: str = "v1") -> Any:
        arn = self.train(name).project_version_arn
        self.call("start_project_version", arn)
        return self.call("wait_until_running", arn).project_version_arn


@pytest.fixture
def world(custom_labels: CustomLabelsControl, driver: Driver) -> World:
    return World(custom_labels, driver)


# -- versions ----------------------------------------------------------------------------------------------------------


def test_the_whole_life_of_a_version(world: World) -> None:
    call, polls = world.call, list[Poll]()
    world.labels.set_hosting(times=3)
    arn = world.train().project_version_arn
    name = (world.project, "v1")
    with pytest.raises(ResourceNotReadyError):
        call("detect_custom_labels", arn, picture())
    assert call("start_project_version", name, min_inference_units=1, max_inference_units=2) == "STARTING"
    with pytest.raises(ResourceInUseError) as caught:
        call("start_project_version", arn)
    assert "wait_until_running" in caught.value.__notes__[0]
    running = call("wait_until_running", arn, on_poll=polls.append)
    assert (running.status, running.min_inference_units, running.max_inference_units) == ("RUNNING", 1, 2)
    assert {poll.status for poll in polls} == {"STARTING", "RUNNING"}
    assert call("detect_custom_labels", name, picture(), min_confidence=0)
    with pytest.raises(ResourceInUseError):
        call("delete_project_version", running)
    assert call("stop_project_version", running) == "STOPPING"
    assert call("wait_until_stopped", running).status == "STOPPED"
    assert call("delete_project_version", name) == "DELETING"
    assert call("wait_until_deleted", arn) is None
    with pytest.raises(VersionNotFoundError):
        call("get_project_version", arn)
    with pytest.raises(ResourceNotFoundError):
        call("delete_project_version", arn)
    assert call("delete_project", world.project) == "DELETING"


@pytest.mark.parametrize("hang_up", ["before", "after"])
def test_every_step_survives_a_lost_answer(world: World, hang_up: Any) -> None:
    call = world.call
    arn = world.train().project_version_arn
    target = call("create_project", "production")
    steps = [("Start", "running"), ("Stop", "stopped"), ("Delete", "deleted")]
    for verb, end in steps:
        world.labels.inject(f"{verb}ProjectVersion", hang_up=hang_up)
        if verb == "Delete":
            world.labels.inject("CopyProjectVersion", hang_up=hang_up)
            copy = call("copy_project_version", **copying(world, arn, target))
            assert [one.project_version_arn for one in call.items("iter_project_versions", target)] == [copy]
            assert call("wait_until_copied", copy).source_project_version_arn == arn
        call(f"{verb.lower()}_project_version", arn)
        call(f"wait_until_{end}", arn)


def copying(world: World, arn: Any, target: str, name: str = "v1") -> dict[str, Any]:
    return {
        "source_project_arn": world.project,
        "source_project_version_arn": arn,
        "destination_project_arn": target,
        "version_name": name,
        "output_config": OutputConfig(s3_bucket=BUCKET, s3_key_prefix="copies"),
    }


def test_a_start_that_fails_says_why_and_can_be_tried_again(world: World) -> None:
    arn = world.train().project_version_arn
    world.labels.set_hosting(times=2, outcome="FAILED", message="There is no room for the model.")
    world.call("start_project_version", arn)
    with pytest.raises(StartFailedError, match="There is no room for the model"):
        world.call("wait_until_running", arn)
    assert world.call("wait_until_stopped", arn).status == "FAILED"
    world.labels.set_hosting()
    world.call("start_project_version", arn)
    assert world.call("wait_until_running", arn).status == "RUNNING"


def test_a_third_running_model_is_refused_with_the_quota(world: World) -> None:
    world.run("v1")
    world.run("v2")
    arn = world.train("v3").project_version_arn
    with pytest.raises(LimitExceededError) as caught:
        world.call("start_project_version", arn)
    assert "L-5E225387" in caught.value.__notes__[0]


def test_a_model_that_nobody_started_is_not_waited_for_long(world: World, time: FakeTime) -> None:
    arn = world.train().project_version_arn
    with pytest.raises(UnreachableStatusError, match="start_project_version"):
        world.call("wait_until_running", arn)
    assert sum(time.slept) <= 40


def test_a_copy_that_fails_says_why(world: World) -> None:
    arn, target = world.train().project_version_arn, world.call("create_project", "production")
    world.labels.set_copying(times=2, outcome="COPYING_FAILED", message="The key can't be used.")
    copy = world.call("copy_project_version", **copying(world, arn, target))
    with pytest.raises(CopyFailedError, match="The key can't be used"):
        world.call("wait_until_copied", copy)


def test_another_account_copies_once_a_policy_allows_it(world: World, driver: Driver) -> None:
    arn = world.train().project_version_arn
    sts: Any = boto3.client("sts", region_name="us-east-1")
    keys = sts.assume_role(RoleArn="arn:aws:iam::210987654321:role/copier", RoleSessionName="me")["Credentials"]
    session = boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        region_name="us-east-1",
    )
    other = VersionsClient(session.client("rekognition"), session=session)
    other.s3.create_bucket(Bucket="theirs")
    request = copying(world, arn, other.create_project("production"))
    request["output_config"] = OutputConfig(s3_bucket="theirs")
    with pytest.raises(AccessDeniedError) as caught:
        other.copy_project_version(**request)
    assert "put_project_policy" in caught.value.__notes__[0]
    statement: Mapping[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
        "Action": "rekognition:CopyProjectVersion",
        "Resource": str(arn),
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    world.call("put_project_policy", world.project, "copies", policy)
    copied = other.copy_project_version(**request)
    assert other.get_project_version(copied).status == "COPYING_COMPLETED"


# -- policies and tags -------------------------------------------------------------------------------------------------


def test_the_life_of_a_policy(world: World) -> None:
    call = world.call
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
        "Action": "rekognition:CopyProjectVersion",
        "Resource": "*",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    first = call("put_project_policy", world.project, "copies", policy)
    with pytest.raises(ResourceAlreadyExistsError):
        call("put_project_policy", world.project, "copies", policy)
    with pytest.raises(InvalidPolicyRevisionIdError):
        call("put_project_policy", world.project, "copies", policy, policy_revision_id="0" * 32)
    second = call("put_project_policy", world.project, "copies", json.dumps(policy), policy_revision_id=first)
    assert second != first
    (listed,) = call.items("iter_project_policies", world.project, page_size=1)
    assert (listed.policy_name, listed.policy_revision_id) == ("copies", second)
    assert json.loads(listed.policy_document) == policy
    with pytest.raises(MalformedPolicyDocumentError):
        call("put_project_policy", world.project, "broken", "{")
    call("delete_project_policy", world.project, "copies", policy_revision_id=second)
    assert call("list_project_policies", world.project).project_policies == []


def test_tags_live_on_projects_versions_and_datasets(world: World) -> None:
    call = world.call
    dataset = call("create_dataset", world.project, "TRAIN", tags={"made": "here"})
    with pytest.raises(ResourceNotFoundError):
        call("list_tags_for_resource", dataset.replace("/train/", "/test/"))
    for arn in (world.project, dataset):
        call("tag_resource", arn, {"team": "vision", "cost": ""})
        call("tag_resource", arn, {"team": "sound"})
        call("untag_resource", arn, ["cost", "made", "never"])
        assert call("list_tags_for_resource", arn) == {"team": "sound"}


# -- datasets ----------------------------------------------------------------------------------------------------------


def test_the_life_of_the_datasets_of_a_project(world: World) -> None:
    call = world.call
    world.labels.set_datasets(times=2)
    source = DatasetSource.from_manifest(f"s3://{BUCKET}/train.manifest")
    train = call("create_dataset", world.project, "TRAIN", dataset_source=source)
    test = call("create_dataset", world.project, "TEST")
    with pytest.raises(ResourceAlreadyExistsError):
        call("create_dataset", world.project, "TRAIN")
    assert call("wait_until_dataset_ready", train).dataset_stats.total_entries == 20
    assert call("wait_until_dataset_ready", test).dataset_stats.total_entries == 0
    new = [json.loads(a_line("triangle", number)) for number in range(10)]
    assert call("update_dataset_entries", train, new) == 1
    assert call("wait_until_dataset_ready", train).status == "UPDATE_COMPLETE"
    labels = {label.label_name: label.label_stats.entry_count for label in call.items("iter_dataset_labels", train)}
    assert labels == {"circle": 10, "square": 10, "triangle": 10}
    found = call.items("iter_dataset_entries", train, contains_labels=["triangle", "square"], page_size=7)
    assert len(found) == 20
    assert len(call.items("iter_dataset_entries", train, source_ref_contains="/triangle-1.")) == 1
    assert call("list_dataset_entries", train, labeled=False).dataset_entries == []
    call("distribute_dataset_entries", train, test)
    assert call("wait_until_dataset_ready", train).dataset_stats.total_entries == 24
    assert call("wait_until_dataset_ready", test).dataset_stats.total_entries == 6
    version = world.train(training_data=None, testing_data=None)
    assert version.status == "TRAINING_COMPLETED"
    for arn in (train, test):
        call("delete_dataset", arn)
        call("wait_until_dataset_deleted", arn)
    with pytest.raises(ResourceNotFoundError):
        call("wait_until_dataset_ready", train)
    call("delete_project_version", version)
    call("wait_until_deleted", version)
    call("delete_project", world.project)


def test_a_dataset_can_be_a_copy_of_another(world: World) -> None:
    source = DatasetSource.from_manifest(f"s3://{BUCKET}/train.manifest")
    original = world.call("create_dataset", world.project, "TRAIN", dataset_source=source)
    other = world.call("create_project", "others")
    copy = world.call("create_dataset", other, "TEST", dataset_source=DatasetSource.from_dataset(original))
    assert world.call("wait_until_dataset_ready", copy).dataset_stats.total_entries == 20


def test_a_manifest_that_is_not_there_is_refused_and_an_unusable_one_fails_the_dataset(world: World) -> None:
    source = DatasetSource.from_manifest(f"s3://{BUCKET}/no.manifest")
    with pytest.raises(InvalidS3ObjectError):
        world.call("create_dataset", world.project, "TRAIN", dataset_source=source)
    world.put("no.manifest", b"")
    arn = world.call("create_dataset", world.project, "TRAIN", dataset_source=source)
    with pytest.raises(DatasetFailedError) as caught:
        world.call("wait_until_dataset_ready", arn)
    assert caught.value.status_message
    assert caught.value.status_message_code == "CLIENT_ERROR"


def test_a_large_update_goes_out_in_parts_and_all_of_it_arrives(world: World) -> None:
    world.labels.set_datasets(times=2)
    arn = world.call("create_dataset", world.project, "TRAIN")
    lines = [{**json.loads(a_line("circle", number)), "note": "x" * 90_000} for number in range(120)]
    polled = world.call("update_dataset_entries", arn, lines)  # the dataset is still being created, too
    assert polled == 3
    assert world.call("wait_until_dataset_ready", arn).dataset_stats.total_entries == 120
    images = [json.loads(entry)["source-ref"] for entry in world.call.items("iter_dataset_entries", arn)]
    assert images == [line["source-ref"] for line in lines]


def test_an_update_whose_answer_is_lost_is_applied_once(world: World) -> None:
    world.labels.set_datasets(times=2)
    arn = world.call("create_dataset", world.project, "TRAIN")
    world.call("wait_until_dataset_ready", arn)
    world.labels.inject("UpdateDatasetEntries", hang_up="after")
    world.call("update_dataset_entries", arn, world.lines)
    assert world.call("wait_until_dataset_ready", arn).dataset_stats.total_entries == 20


# -- detection ---------------------------------------------------------------------------------------------------------


def snapshot(world: World, version: Any) -> dict[str, dict[str, float]]:
    """What the evaluation says of each test image: confidences from 0 to 1, by label."""
    (asset,) = version.testing_data_result.output.assets
    found: dict[str, dict[str, float]] = {}
    for entry in map(json.loads, world.read(asset.s3_object).splitlines()):
        seen = [value for name, value in entry.items() if name.startswith(SEEN) and name.endswith("-metadata")]
        found[entry["source-ref"]] = {one["class-name"]: one["confidence"] for one in seen if one["confidence"] > 0}
    return found


@pytest.mark.parametrize("unit", ["fractions", "percents"])
def test_thresholds_leave_what_the_snapshot_says_they_leave(world: World, unit: str) -> None:
    """Whoever chooses thresholds by the snapshot gets from a running model what was chosen."""
    world.labels.set_quality(f1=0.6)
    world.put_images()
    world.run()
    version = world.call("get_project_version", (world.project, "v1"))
    images = snapshot(world, version)
    chosen = sorted({value for seen in images.values() for value in seen.values()})[len(images) // 3 :: 5]
    left = 0
    for threshold in chosen[:6]:
        scale = 100 if unit == "percents" else 1
        thresholds = getattr(Thresholds, unit)({"circle": threshold * scale}, default=0.5 * scale)
        for uri, seen in images.items():
            answered = world.call("detect_custom_labels", version, uri, thresholds=thresholds)
            least = {"circle": threshold}
            expected = {label: value for label, value in seen.items() if value >= least.get(label, 0.5)}
            assert {one.name: one.confidence / 100 for one in answered} == pytest.approx(expected)
            left += len(expected)
    assert left > 20


def test_without_thresholds_the_assumed_ones_count(world: World) -> None:
    world.labels.set_quality(f1=0.6)
    world.put_images()
    arn = world.run()
    version = world.call("get_project_version", arn)
    summary = json.loads(world.read(version.evaluation_result.summary.s3_object))
    assumed = Thresholds.fractions(
        {one["Label"]: one["Metrics"]["Threshold"] for one in summary["LabelEvaluationResults"]}
    )
    for uri in snapshot(world, version):
        mine = world.call("detect_custom_labels", arn, uri, thresholds=assumed)
        assert mine == world.call("detect_custom_labels", arn, uri)


def test_what_is_no_picture_is_refused_by_the_service(world: World) -> None:
    arn = world.run()
    with pytest.raises(InvalidImageFormatError):
        world.call("detect_custom_labels", arn, b"no picture")
    with pytest.raises(InvalidS3ObjectError):
        world.call("detect_custom_labels", arn, S3Object(bucket=BUCKET, name="none.png"))


def test_the_asyncio_client_sees_the_same(custom_labels: CustomLabelsControl) -> None:
    """One project, both clients: what one does the other finds."""
    world = World(custom_labels, Driver("sync", FakeTime()))
    arn = world.run()
    other = Driver("async", FakeTime()).over(world.call.client.rekognition)
    assert isinstance(other.client, AsyncVersionsClient)
    content = picture(seed=3)
    mine = world.call("detect_custom_labels", arn, content, min_confidence=0)
    assert other("detect_custom_labels", arn, content, min_confidence=0) == mine
    assert other("stop_project_version", arn) == "STOPPING"
    assert world.call("wait_until_stopped", arn).status == "STOPPED"
