import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto.core.base_backend import BackendDict

from rekog_versions.testing import mock_custom_labels
from rekog_versions.testing.datasets import entries as entries_module
from tests.testing.conftest import Clock
from tests.testing.datasets import (
    create_dataset,
    described,
    entries,
    failure,
    images,
    labels,
    manifest_source,
    stats,
    status,
    texts,
    update,
)
from tests.testing.world import BUCKET, MANIFEST, World, cats_and_dogs, client, json_lines, line

UNREADABLE = "The manifest file extension or contents are invalid."
TERMINAL = "The manifest file has too many terminal errors."


def test_a_dataset_from_a_manifest_is_described(world: World, stopped_clock: Clock) -> None:
    project = world.project("p.1")
    arn = create_dataset(world, project, content=cats_and_dogs(6) + json_lines([line("none")]))
    milliseconds = int(arn.rpartition("/")[2])
    assert arn == f"{project.rpartition('/')[0]}/dataset/train/{milliseconds}"
    created = datetime.fromtimestamp(milliseconds / 1000, UTC)
    stopped_clock.forward(5)
    assert described(world, arn) == {
        "CreationTimestamp": created,
        "LastUpdatedTimestamp": stopped_clock.time.replace(
            microsecond=stopped_clock.time.microsecond // 1000 * 1000, tzinfo=UTC
        ),
        "Status": "CREATE_COMPLETE",
        "StatusMessage": "The dataset was successfully created from the manifest file.",
        "StatusMessageCode": "SUCCESS",
        "DatasetStats": {"LabeledEntries": 6, "TotalEntries": 7, "TotalLabels": 2, "ErrorEntries": 0},
    }


def test_an_empty_dataset_is_created_and_filled(world: World) -> None:
    arn = create_dataset(world, world.project(), "TEST")
    assert "/dataset/test/" in arn
    assert stats(world, arn) == {"LabeledEntries": 0, "TotalEntries": 0, "TotalLabels": 0, "ErrorEntries": 0}
    assert (entries(world, arn), labels(world, arn)) == ([], {})
    update(world, arn, [line(1, "cat"), line(2)])
    assert (status(world, arn), images(world, arn)) == ("UPDATE_COMPLETE", ["1", "2"])


def test_a_dataset_is_copied_from_another_projects_and_is_then_its_own(world: World) -> None:
    original = create_dataset(world, world.project("p1"), content=cats_and_dogs(4))
    copied = create_dataset(world, world.project("p2"), "TEST", DatasetSource={"DatasetArn": original})
    assert failure(world, copied)[0] == "CREATE_COMPLETE"
    assert texts(world, copied) == texts(world, original)
    update(world, original, [line("new", "bird")])
    assert (len(texts(world, original)), len(texts(world, copied))) == (5, 4)


def test_a_dataset_is_copied_as_it_is_at_the_request(world: World) -> None:
    original = create_dataset(world, world.project("p1"), content=cats_and_dogs(4))
    world.labels.set_datasets(times=1, project="p2")
    copied = create_dataset(world, world.project("p2"), DatasetSource={"DatasetArn": original})
    update(world, original, [line("new", "bird")])
    world.rekognition.delete_dataset(DatasetArn=original)
    assert stats(world, copied)["TotalEntries"] == 4


def test_a_project_has_one_dataset_of_each_type(world: World) -> None:
    project = world.project()
    first = create_dataset(world, project, "TRAIN")
    create_dataset(world, project, "TEST")
    for kind in ("TRAIN", "TEST"):
        with pytest.raises(world.rekognition.exceptions.ResourceAlreadyExistsException, match=f"a {kind} dataset"):
            create_dataset(world, project, kind)
    world.rekognition.delete_dataset(DatasetArn=first)
    assert create_dataset(world, project, "TRAIN") != first


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({}, "either a GroundTruthManifest or a DatasetArn"),
        (
            {**manifest_source(), "DatasetArn": "arn:aws:rekognition:us-east-1:123456789012:project/p/dataset/test/1"},
            "either",
        ),
        ({"GroundTruthManifest": {}}, "must name the Bucket and the Name"),
        ({"GroundTruthManifest": {"S3Object": {"Bucket": BUCKET}}}, "must name the Bucket and the Name"),
        ({"DatasetArn": "arn:aws:rekognition:us-east-1:123456789012:project/p/dataset/training/1"}, "datasetArn"),
    ],
)
def test_a_dataset_must_have_exactly_one_source(world: World, source: dict[str, Any], message: str) -> None:
    with pytest.raises(world.rekognition.exceptions.InvalidParameterException, match=message):
        create_dataset(world, world.project(), DatasetSource=source)


def test_a_project_of_adapters_has_no_datasets(world: World) -> None:
    project = world.project("adapter", Feature="CONTENT_MODERATION", AutoUpdate="ENABLED")
    with pytest.raises(world.rekognition.exceptions.InvalidParameterException, match="CONTENT_MODERATION"):
        create_dataset(world, project)


@pytest.mark.parametrize(
    "source",
    [
        manifest_source("data/missing.manifest"),
        manifest_source(bucket="missing-bucket"),
        manifest_source("train.manifest", bucket="far"),
        manifest_source(Version="9"),
    ],
)
def test_a_missing_manifest_is_rejected_at_once(world: World, source: dict[str, Any]) -> None:
    far = client("s3", "eu-west-1")
    far.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    far.put_object(Bucket="far", Key="train.manifest", Body=cats_and_dogs())
    project = world.project()
    with pytest.raises(world.rekognition.exceptions.InvalidS3ObjectException, match="Unable to get object metadata"):
        create_dataset(world, project, DatasetSource=source)
    assert create_dataset(world, project)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The manifest file is empty."),
        (b"\n\n", "The manifest file is empty."),
        (b"\xff\xfe\x00", UNREADABLE),
        (b"no json\nat all\n", UNREADABLE),
        (b'{"source-ref": NaN}\n{"source-ref": 1e999}\n', UNREADABLE),
        (
            json_lines({**line(number), **line(number, f"label {number}")} for number in range(251)),
            "The manifest file has too many labels.",
        ),
        (json_lines([line(1, "a"), line(2, "a"), {"no": "image"}]), TERMINAL),
        (json_lines([line(1, "a"), line(2, "a"), {"source-ref": "https://bucket/a.jpg"}]), TERMINAL),
        (json_lines([line(1, "a"), line(2, "a"), {"source-ref": ["s3://bucket/a.jpg"]}]), TERMINAL),
        (json_lines([line(1, "a"), line(1, "b"), line(1, "c")]), TERMINAL),
        (json_lines([line(1, "a"), line(2, "b" * 100_000)]), TERMINAL),
    ],
)
def test_an_invalid_manifest_fails_the_creation(world: World, content: bytes, message: str) -> None:
    arn = create_dataset(world, world.project(), content=content)
    assert failure(world, arn) == ("CREATE_FAILED", "CLIENT_ERROR", message)
    assert stats(world, arn)["TotalEntries"] == 0


@pytest.mark.parametrize("key", ["data/manifest", "data.d/manifest", "data/manifest."])
def test_a_manifest_without_an_extension_fails_the_creation(world: World, key: str) -> None:
    world.put(cats_and_dogs(), key)
    arn = create_dataset(world, world.project(), DatasetSource=manifest_source(key))
    assert failure(world, arn) == ("CREATE_FAILED", "CLIENT_ERROR", UNREADABLE)


def test_a_manifest_that_is_too_large_fails_the_creation(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rekog_versions.manifests.check.rules.MOST_BYTES", 1000)
    arn = create_dataset(world, world.project(), content=cats_and_dogs())
    assert failure(world, arn)[2] == "The manifest file size exceeds the maximum supported size."


def test_in_mumbai_fewer_lines_are_allowed_in_a_manifest_an_update_and_a_copy() -> None:
    def lines(count: int, start: int = 0) -> bytes:
        return json_lines({"source-ref": f"s3://{BUCKET}/{number}"} for number in range(start, start + count))

    with mock_custom_labels() as control:
        world = World(control, client("rekognition", "ap-south-1"), client("s3", "ap-south-1"))
        world.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
        project = world.project()
        testing = create_dataset(world, project, "TEST", lines(7_001))
        assert failure(world, testing)[2] == "The manifest file has too many rows."
        world.rekognition.delete_dataset(DatasetArn=testing)
        testing = create_dataset(world, project, "TEST", lines(7_000))
        assert stats(world, testing)["TotalEntries"] == 7_000
        update(world, testing, lines(2, 6_999))
        assert failure(world, testing) == ("UPDATE_FAILED", "CLIENT_ERROR", "The manifest file has too many rows.")
        assert stats(world, testing)["TotalEntries"] == 7_000
        training = create_dataset(world, project, "TRAIN", lines(7_001))
        assert stats(world, training)["TotalEntries"] == 7_001
        copied = create_dataset(world, world.project("p2"), "TEST", DatasetSource={"DatasetArn": training})
        assert failure(world, copied)[:2] == ("CREATE_FAILED", "CLIENT_ERROR")


def test_in_other_regions_a_dataset_may_have_250_000_images() -> None:
    assert (
        entries_module.most_images("us-east-1", "TEST") == entries_module.most_images("eu-west-1", "TRAIN") == 250_000
    )
    assert entries_module.most_images("eu-west-2", "TRAIN") == 28_000


def test_the_manifest_is_read_when_the_creation_ends(world: World) -> None:
    world.labels.set_datasets(times=2)
    project = world.project()
    arn = create_dataset(world, project, content=cats_and_dogs(4))
    assert described(world, arn)["DatasetStats"]["TotalEntries"] == 0
    world.put(cats_and_dogs(9), "data/TRAIN.manifest")
    assert stats(world, arn)["TotalEntries"] == 9
    testing = create_dataset(world, project, "TEST", cats_and_dogs(4))
    world.s3.delete_object(Bucket=BUCKET, Key="data/TEST.manifest")
    status(world, testing)
    assert failure(world, testing) == ("CREATE_FAILED", "CLIENT_ERROR", UNREADABLE)


def test_a_manifest_may_be_another_version_of_its_object(world: World) -> None:
    world.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    old = world.s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs(3))["VersionId"]
    world.put(cats_and_dogs(9))
    arn = create_dataset(world, world.project(), DatasetSource=manifest_source(Version=old))
    assert stats(world, arn)["TotalEntries"] == 3


def test_a_bucket_of_another_account_can_be_forbidden(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    other = _other_account("s3")
    other.create_bucket(Bucket="theirs")
    other.put_object(Bucket="theirs", Key="train.manifest", Body=cats_and_dogs(2))
    monkeypatch.setenv("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", "false")
    source = manifest_source("train.manifest", bucket="theirs")
    with pytest.raises(world.rekognition.exceptions.InvalidS3ObjectException):
        create_dataset(world, world.project(), DatasetSource=source)


def test_lines_with_terminal_errors_are_left_out_without_an_error(world: World) -> None:
    first = line("twice", "first")
    content = json_lines([first, *(line(number, "cat") for number in range(30))]) + b"\n".join(
        [
            b"no json",
            b"[]",
            json_lines([{"no": "image"}]),
            json_lines([{"source-ref": "images/relative.jpg"}]),
            json_lines([line("twice", "second")]),
            json_lines([line("long", "x" * 100_000)]),
        ]
    )
    arn = create_dataset(world, world.project(), content=b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))
    assert failure(world, arn)[:2] == ("CREATE_COMPLETE", "SUCCESS")
    assert images(world, arn) == ["twice", *map(str, range(30))]
    assert stats(world, arn) == {"LabeledEntries": 31, "TotalEntries": 31, "TotalLabels": 2, "ErrorEntries": 0}
    assert entries(world, arn)[0]["label0-metadata"]["class-name"] == "first"


def test_an_update_replaces_the_lines_of_known_images_and_appends_others(world: World) -> None:
    arn = create_dataset(world, world.project(), content=json_lines([line(1, "cat"), line(2, "dog"), line(3, "cat")]))
    update(world, arn, [line(4, "bird"), line(2, "cat", "fish"), line(1)])
    assert failure(world, arn) == ("UPDATE_COMPLETE", "SUCCESS", "The dataset was successfully updated.")
    assert images(world, arn) == ["1", "2", "3", "4"]
    assert labels(world, arn) == {"cat": (2, 0), "bird": (1, 0), "fish": (1, 0)}
    assert stats(world, arn) == {"LabeledEntries": 3, "TotalEntries": 4, "TotalLabels": 3, "ErrorEntries": 0}
    assert "label0" not in entries(world, arn)[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (b"\n", "The manifest file is empty."),
        (b"{", UNREADABLE),
        (b"\xff", UNREADABLE),
        (json_lines([line(7, "cat"), line(7, "dog")]), TERMINAL),
        (
            json_lines(line(f"new {number}", f"label {number}") for number in range(249)),
            "The manifest file has too many labels.",
        ),
    ],
)
def test_invalid_changes_fail_the_update_and_change_no_entries(world: World, changes: bytes, message: str) -> None:
    arn = create_dataset(world, world.project(), content=cats_and_dogs(4))
    before = texts(world, arn)
    update(world, arn, changes)
    assert failure(world, arn) == ("UPDATE_FAILED", "CLIENT_ERROR", message)
    assert texts(world, arn) == before
    update(world, arn, [line("new", "cat")])
    assert len(texts(world, arn)) == 5


def test_an_update_may_have_at_most_five_megabytes(world: World) -> None:
    arn = create_dataset(world, world.project())
    whole = json_lines([line(1, "cat")]) + b" " * 5_242_880
    update(world, arn, whole[:5_242_880])
    assert stats(world, arn)["TotalEntries"] == 1
    with pytest.raises(world.rekognition.exceptions.InvalidParameterException, match="less than or equal to 5242880"):
        update(world, arn, whole[:5_242_881])
    with pytest.raises(world.rekognition.exceptions.InvalidParameterException, match="greater than or equal to 1"):
        update(world, arn, b"")


def refusals(world: World, project: str, arn: str, testing: str) -> dict[str, str]:
    """Return the error code of each operation that fails while a dataset is in progress."""
    rekognition = world.rekognition
    copy_target = world.project(f"copy-{len(world.rekognition.describe_projects()['ProjectDescriptions'])}")
    calls: dict[str, Callable[[], object]] = {
        "entries": lambda: rekognition.list_dataset_entries(DatasetArn=arn),
        "labels": lambda: rekognition.list_dataset_labels(DatasetArn=arn),
        "update": lambda: update(world, arn, [line(1)]),
        "distribute": lambda: rekognition.distribute_dataset_entries(Datasets=[{"Arn": testing}, {"Arn": arn}]),
        "copy": lambda: create_dataset(world, copy_target, DatasetSource={"DatasetArn": arn}),
        "train": lambda: world.create(project, TrainingData=None, TestingData=None),
        "delete project": lambda: rekognition.delete_project(ProjectArn=project),
    }

    codes: dict[str, str] = {}
    for name, call in calls.items():
        with pytest.raises(rekognition.exceptions.ClientError) as caught:
            call()
        codes[name] = caught.value.response["Error"]["Code"]
    return codes


IN_USE = {
    "entries": "ResourceInUseException",
    "labels": "ResourceInUseException",
    "update": "ResourceInUseException",
    "distribute": "ResourceNotReadyException",
    "copy": "InvalidParameterException",
    "train": "ResourceInUseException",
    "delete project": "ResourceInUseException",
}


def test_a_dataset_in_progress_is_in_use_or_not_ready(world: World) -> None:
    world.labels.set_datasets(times=100)
    project = world.project()
    arn = create_dataset(world, project, content=cats_and_dogs())
    testing = create_dataset(world, project, "TEST")
    in_use = world.rekognition.exceptions.ResourceInUseException

    assert failure(world, arn) == ("CREATE_IN_PROGRESS", "SUCCESS", "The dataset is being created.")
    not_ready = "ResourceNotReadyException"
    assert refusals(world, project, arn, testing) == {**IN_USE, "entries": not_ready, "labels": not_ready}
    with pytest.raises(in_use, match="CREATE_IN_PROGRESS"):
        world.rekognition.delete_dataset(DatasetArn=arn)
    world.labels.set_datasets()
    assert status(world, arn) == status(world, testing) == "CREATE_COMPLETE"

    world.labels.set_datasets(times=100)
    update(world, arn, [line("new", "cat")])
    assert failure(world, arn) == ("UPDATE_IN_PROGRESS", "SUCCESS", "The dataset is being updated.")
    assert stats(world, arn)["TotalEntries"] == 20
    assert refusals(world, project, arn, testing) == IN_USE
    with pytest.raises(in_use, match="UPDATE_IN_PROGRESS"):
        world.rekognition.delete_dataset(DatasetArn=arn)
    world.labels.set_datasets()
    assert stats(world, arn)["TotalEntries"] == 21

    world.labels.set_datasets(times=100)
    for _ in range(2):
        world.rekognition.delete_dataset(DatasetArn=arn)
    assert failure(world, arn) == ("DELETE_IN_PROGRESS", "SUCCESS", "The dataset is being deleted.")
    assert refusals(world, project, arn, testing) == IN_USE
    with pytest.raises(world.rekognition.exceptions.ResourceAlreadyExistsException):
        create_dataset(world, project)


def test_a_dataset_that_could_not_be_created_can_only_be_deleted(world: World) -> None:
    project = world.project()
    arn = create_dataset(world, project, content=b"")
    testing = create_dataset(world, project, "TEST")
    errors = world.rekognition.exceptions
    with pytest.raises(errors.ResourceNotReadyException):
        texts(world, arn)
    with pytest.raises(errors.InvalidParameterException, match="could not be created"):
        update(world, arn, [line(1)])
    with pytest.raises(errors.ResourceNotReadyException):
        world.rekognition.distribute_dataset_entries(Datasets=[{"Arn": arn}, {"Arn": testing}])
    with pytest.raises(errors.InvalidParameterException, match="CREATE_FAILED"):
        create_dataset(world, world.project("p2"), DatasetSource={"DatasetArn": arn})
    world.rekognition.delete_dataset(DatasetArn=arn)
    assert create_dataset(world, project, content=cats_and_dogs())


def test_a_deleted_dataset_is_gone_and_its_manifest_is_not(world: World) -> None:
    project = world.project()
    arn = create_dataset(world, project, content=cats_and_dogs())
    assert world.rekognition.delete_dataset(DatasetArn=arn)["ResponseMetadata"]["HTTPStatusCode"] == 200
    for call in (described, texts, labels, lambda world, arn: world.rekognition.delete_dataset(DatasetArn=arn)):
        with pytest.raises(world.rekognition.exceptions.ResourceNotFoundException, match=re.escape(arn)):
            call(world, arn)
    assert world.s3.head_object(Bucket=BUCKET, Key="data/TRAIN.manifest")


def test_a_dataset_of_another_region_account_project_or_type_is_not_found(world: World) -> None:
    arn = create_dataset(world, world.project())
    world.project("p2")
    others = [
        arn.replace("us-east-1", "eu-west-1"),
        arn.replace("123456789012", "210987654321"),
        arn.replace("/p1/", "/p2/"),
        arn.replace("/p1/", "/p3/"),
        arn.replace("/train/", "/test/"),
        arn + "0",
    ]
    for other in others:
        with pytest.raises(world.rekognition.exceptions.ResourceNotFoundException, match="does not exist"):
            described(world, other)
    with pytest.raises(world.rekognition.exceptions.ResourceNotFoundException, match="project/missing"):
        create_dataset(world, "arn:aws:rekognition:us-east-1:123456789012:project/missing/1574310000000")
    with pytest.raises(world.rekognition.exceptions.ResourceNotFoundException, match="/p3/dataset"):
        create_dataset(world, world.project("p4"), DatasetSource={"DatasetArn": others[3]})


def test_two_regions_and_two_accounts_have_their_own_datasets_and_settings(world: World) -> None:
    world.labels.set_datasets(times=2, region="us-east-1")
    world.labels.set_datasets(times=3, account_id="210987654321")
    near = create_dataset(world, world.project())
    far_world = World(world.labels, client("rekognition", "eu-west-1"), world.s3)
    far = create_dataset(far_world, far_world.project())
    their_world = World(world.labels, _other_account("rekognition"), world.s3)
    theirs = create_dataset(their_world, their_world.project())
    assert [arn.split(":")[3:5] for arn in (near, far, theirs)] == [
        ["us-east-1", "123456789012"],
        ["eu-west-1", "123456789012"],
        ["us-east-1", "210987654321"],
    ]
    counts = {}
    for name, its, arn in (("near", world, near), ("far", far_world, far), ("theirs", their_world, theirs)):
        counts[name] = 1
        while status(its, arn) == "CREATE_IN_PROGRESS":
            counts[name] += 1
    assert counts == {"near": 2, "far": 1, "theirs": 3}


def test_the_reset_of_moto_clears_datasets_and_settings(world: World) -> None:
    world.labels.set_datasets(times=9, project="p1")
    arn = create_dataset(world, world.project())
    BackendDict.reset()
    with pytest.raises(world.rekognition.exceptions.ResourceNotFoundException):
        described(world, arn)
    assert status(world, create_dataset(world, world.project())) == "CREATE_COMPLETE"


def test_tags_are_checked(world: World) -> None:
    project = world.project()
    with pytest.raises(world.rekognition.exceptions.InvalidParameterException, match="aws:"):
        create_dataset(world, project, Tags={"aws:x": "y"})
    assert create_dataset(world, project, Tags={"team": "säfety 1"})


def test_concurrent_updates_lose_no_entries(world: World) -> None:
    arn = create_dataset(world, world.project())
    start, outcomes = threading.Barrier(6), list[str]()

    def work(number: int) -> None:
        own = World(world.labels, client("rekognition"), world.s3)
        start.wait()
        for step in range(5):
            try:
                update(own, arn, [line(f"{number}-{step}", f"label {number}")])
                outcomes.append(f"{number}-{step}")
            except own.rekognition.exceptions.ResourceInUseException:
                outcomes.append("in use")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # each update ends at once, so no update finds another in progress
    assert len(outcomes) == 30
    assert sorted(images(world, arn)) == sorted(outcomes)


def test_only_one_of_several_concurrent_updates_is_accepted(world: World) -> None:
    arn = create_dataset(world, world.project())
    world.labels.set_datasets(times=1)
    assert status(world, arn) == "CREATE_COMPLETE"
    start, accepted = threading.Barrier(6), list[str]()

    def work(number: int) -> None:
        own = World(world.labels, client("rekognition"), world.s3)
        start.wait()
        try:
            update(own, arn, [line(number, "cat")])
            accepted.append(str(number))
        except own.rekognition.exceptions.ResourceInUseException:
            pass

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert status(world, arn) == "UPDATE_COMPLETE"
    assert len(accepted) == 1
    assert images(world, arn) == accepted


def test_no_lock_is_held_while_a_manifest_is_read_and_it_is_read_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rekog_versions.testing.moto_s3 import Storage

    reads, begun, go_on = list[object](), threading.Event(), threading.Event()
    read = Storage.read

    def slow_read(*arguments: Any) -> bytes:
        reads.append(arguments)
        begun.set()
        assert go_on.wait(10)
        return read(*arguments)

    monkeypatch.setattr(Storage, "read", slow_read)
    arn = create_dataset(world, world.project(), content=cats_and_dogs(4))
    statuses = list[str]()
    lookers = [threading.Thread(target=lambda: statuses.append(status(world, arn))) for _ in range(3)]
    for looker in lookers:
        looker.start()
    assert begun.wait(10)
    assert world.project("p2")
    go_on.set()
    for looker in lookers:
        looker.join()
    assert (statuses, len(reads)) == (["CREATE_COMPLETE"] * 3, 1)


def _other_account(service: str) -> Any:
    keys = client("sts").assume_role(RoleArn="arn:aws:iam::210987654321:role/other", RoleSessionName="other")[
        "Credentials"
    ]
    return boto3.client(
        service,  # type: ignore[call-overload]  # any service
        region_name="us-east-1",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
