import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
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
from tests.testing.emulator import BUCKET, MANIFEST, Emulator, cats_and_dogs, client, json_lines, line

UNREADABLE = "The manifest file extension or contents are invalid."
TERMINAL = "The manifest file has too many terminal errors."


def test_a_dataset_from_a_manifest_is_described(emulator: Emulator, stopped_clock: Clock) -> None:
    project = emulator.project("p.1")
    arn = create_dataset(emulator, project, content=cats_and_dogs(6) + json_lines([line("none")]))
    milliseconds = int(arn.rpartition("/")[2])
    assert arn == f"{project.rpartition('/')[0]}/dataset/train/{milliseconds}"
    created = datetime.fromtimestamp(milliseconds / 1000, UTC)
    stopped_clock.forward(5)
    assert described(emulator, arn) == {
        "CreationTimestamp": created,
        "LastUpdatedTimestamp": stopped_clock.time.replace(
            microsecond=stopped_clock.time.microsecond // 1000 * 1000, tzinfo=UTC
        ),
        "Status": "CREATE_COMPLETE",
        "StatusMessage": "The dataset was successfully created from the manifest file.",
        "StatusMessageCode": "SUCCESS",
        "DatasetStats": {"LabeledEntries": 6, "TotalEntries": 7, "TotalLabels": 2, "ErrorEntries": 0},
    }


def test_an_empty_dataset_is_created_and_filled(emulator: Emulator) -> None:
    arn = create_dataset(emulator, emulator.project(), "TEST")
    assert "/dataset/test/" in arn
    assert stats(emulator, arn) == {"LabeledEntries": 0, "TotalEntries": 0, "TotalLabels": 0, "ErrorEntries": 0}
    assert (entries(emulator, arn), labels(emulator, arn)) == ([], {})
    update(emulator, arn, [line(1, "cat"), line(2)])
    assert (status(emulator, arn), images(emulator, arn)) == ("UPDATE_COMPLETE", ["1", "2"])


def test_a_dataset_is_copied_from_another_projects_and_is_then_its_own(emulator: Emulator) -> None:
    original = create_dataset(emulator, emulator.project("p1"), content=cats_and_dogs(4))
    copied = create_dataset(emulator, emulator.project("p2"), "TEST", DatasetSource={"DatasetArn": original})
    assert failure(emulator, copied)[0] == "CREATE_COMPLETE"
    assert texts(emulator, copied) == texts(emulator, original)
    update(emulator, original, [line("new", "bird")])
    assert (len(texts(emulator, original)), len(texts(emulator, copied))) == (5, 4)


def test_a_dataset_is_copied_as_it_is_at_the_request(emulator: Emulator) -> None:
    original = create_dataset(emulator, emulator.project("p1"), content=cats_and_dogs(4))
    emulator.labels.set_datasets(times=1, project="p2")
    copied = create_dataset(emulator, emulator.project("p2"), DatasetSource={"DatasetArn": original})
    update(emulator, original, [line("new", "bird")])
    emulator.rekognition.delete_dataset(DatasetArn=original)
    assert stats(emulator, copied)["TotalEntries"] == 4


def test_a_project_has_one_dataset_of_each_type(emulator: Emulator) -> None:
    project = emulator.project()
    first = create_dataset(emulator, project, "TRAIN")
    create_dataset(emulator, project, "TEST")
    for kind in ("TRAIN", "TEST"):
        with pytest.raises(emulator.rekognition.exceptions.ResourceAlreadyExistsException, match=f"a {kind} dataset"):
            create_dataset(emulator, project, kind)
    emulator.rekognition.delete_dataset(DatasetArn=first)
    assert create_dataset(emulator, project, "TRAIN") != first


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
    ],
)
def test_a_dataset_must_have_exactly_one_source(emulator: Emulator, source: dict[str, Any], message: str) -> None:
    with pytest.raises(emulator.rekognition.exceptions.InvalidParameterException, match=message):
        create_dataset(emulator, emulator.project(), DatasetSource=source)


def test_the_source_must_be_a_dataset(emulator: Emulator) -> None:
    source = {"DatasetArn": "arn:aws:rekognition:us-east-1:123456789012:project/p/dataset/training/1"}
    with pytest.raises(ClientError, match=r"ValidationException.*datasetArn"):
        create_dataset(emulator, emulator.project(), DatasetSource=source)


def test_a_project_of_adapters_has_no_datasets(emulator: Emulator) -> None:
    project = emulator.project("adapter", Feature="CONTENT_MODERATION", AutoUpdate="ENABLED")
    with pytest.raises(emulator.rekognition.exceptions.InvalidParameterException, match="CONTENT_MODERATION"):
        create_dataset(emulator, project)


@pytest.mark.parametrize(
    "source",
    [
        manifest_source("data/missing.manifest"),
        manifest_source(bucket="missing-bucket"),
        manifest_source("train.manifest", bucket="far"),
        manifest_source(Version="9"),
    ],
)
def test_a_missing_manifest_is_rejected_at_once(emulator: Emulator, source: dict[str, Any]) -> None:
    far = client("s3", "eu-west-1")
    far.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    far.put_object(Bucket="far", Key="train.manifest", Body=cats_and_dogs())
    project = emulator.project()
    with pytest.raises(emulator.rekognition.exceptions.InvalidS3ObjectException, match="Unable to get object metadata"):
        create_dataset(emulator, project, DatasetSource=source)
    assert create_dataset(emulator, project)


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
def test_an_invalid_manifest_fails_the_creation(emulator: Emulator, content: bytes, message: str) -> None:
    arn = create_dataset(emulator, emulator.project(), content=content)
    assert failure(emulator, arn) == ("CREATE_FAILED", "CLIENT_ERROR", message)
    assert stats(emulator, arn)["TotalEntries"] == 0


@pytest.mark.parametrize("key", ["data/manifest", "data.d/manifest", "data/manifest."])
def test_a_manifest_without_an_extension_fails_the_creation(emulator: Emulator, key: str) -> None:
    emulator.put(cats_and_dogs(), key)
    arn = create_dataset(emulator, emulator.project(), DatasetSource=manifest_source(key))
    assert failure(emulator, arn) == ("CREATE_FAILED", "CLIENT_ERROR", UNREADABLE)


def test_a_manifest_that_is_too_large_fails_the_creation(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rekog_versions.manifests.check.rules.MOST_BYTES", 1000)
    arn = create_dataset(emulator, emulator.project(), content=cats_and_dogs())
    assert failure(emulator, arn)[2] == "The manifest file size exceeds the maximum supported size."


def test_in_mumbai_fewer_lines_are_allowed_in_a_manifest_an_update_and_a_copy() -> None:
    def lines(count: int, start: int = 0) -> bytes:
        return json_lines({"source-ref": f"s3://{BUCKET}/{number}"} for number in range(start, start + count))

    with mock_custom_labels() as control:
        emulator = Emulator(control, client("rekognition", "ap-south-1"), client("s3", "ap-south-1"))
        emulator.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
        project = emulator.project()
        testing = create_dataset(emulator, project, "TEST", lines(7_001))
        assert failure(emulator, testing)[2] == "The manifest file has too many rows."
        emulator.rekognition.delete_dataset(DatasetArn=testing)
        testing = create_dataset(emulator, project, "TEST", lines(7_000))
        assert stats(emulator, testing)["TotalEntries"] == 7_000
        update(emulator, testing, lines(2, 6_999))
        assert failure(emulator, testing) == ("UPDATE_FAILED", "CLIENT_ERROR", "The manifest file has too many rows.")
        assert stats(emulator, testing)["TotalEntries"] == 7_000
        training = create_dataset(emulator, project, "TRAIN", lines(7_001))
        assert stats(emulator, training)["TotalEntries"] == 7_001
        copied = create_dataset(emulator, emulator.project("p2"), "TEST", DatasetSource={"DatasetArn": training})
        assert failure(emulator, copied)[:2] == ("CREATE_FAILED", "CLIENT_ERROR")


def test_in_other_regions_a_dataset_may_have_250_000_images() -> None:
    assert (
        entries_module.most_images("us-east-1", "TEST") == entries_module.most_images("eu-west-1", "TRAIN") == 250_000
    )
    assert entries_module.most_images("eu-west-2", "TRAIN") == 28_000


def test_the_manifest_is_read_when_the_creation_ends(emulator: Emulator) -> None:
    emulator.labels.set_datasets(times=2)
    project = emulator.project()
    arn = create_dataset(emulator, project, content=cats_and_dogs(4))
    assert described(emulator, arn)["DatasetStats"]["TotalEntries"] == 0
    emulator.put(cats_and_dogs(9), "data/TRAIN.manifest")
    assert stats(emulator, arn)["TotalEntries"] == 9
    testing = create_dataset(emulator, project, "TEST", cats_and_dogs(4))
    emulator.s3.delete_object(Bucket=BUCKET, Key="data/TEST.manifest")
    status(emulator, testing)
    assert failure(emulator, testing) == ("CREATE_FAILED", "CLIENT_ERROR", UNREADABLE)


def test_a_manifest_may_be_another_version_of_its_object(emulator: Emulator) -> None:
    emulator.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    old = emulator.s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs(3))["VersionId"]
    emulator.put(cats_and_dogs(9))
    arn = create_dataset(emulator, emulator.project(), DatasetSource=manifest_source(Version=old))
    assert stats(emulator, arn)["TotalEntries"] == 3


def test_a_bucket_of_another_account_can_be_forbidden(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    other = _other_account("s3")
    other.create_bucket(Bucket="theirs")
    other.put_object(Bucket="theirs", Key="train.manifest", Body=cats_and_dogs(2))
    monkeypatch.setenv("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", "false")
    source = manifest_source("train.manifest", bucket="theirs")
    with pytest.raises(emulator.rekognition.exceptions.InvalidS3ObjectException):
        create_dataset(emulator, emulator.project(), DatasetSource=source)


def test_lines_with_terminal_errors_are_left_out_without_an_error(emulator: Emulator) -> None:
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
    arn = create_dataset(emulator, emulator.project(), content=b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))
    assert failure(emulator, arn)[:2] == ("CREATE_COMPLETE", "SUCCESS")
    assert images(emulator, arn) == ["twice", *map(str, range(30))]
    assert stats(emulator, arn) == {"LabeledEntries": 31, "TotalEntries": 31, "TotalLabels": 2, "ErrorEntries": 0}
    assert entries(emulator, arn)[0]["label0-metadata"]["class-name"] == "first"


def test_an_update_replaces_the_lines_of_known_images_and_appends_others(emulator: Emulator) -> None:
    arn = create_dataset(
        emulator, emulator.project(), content=json_lines([line(1, "cat"), line(2, "dog"), line(3, "cat")])
    )
    update(emulator, arn, [line(4, "bird"), line(2, "cat", "fish"), line(1)])
    assert failure(emulator, arn) == ("UPDATE_COMPLETE", "SUCCESS", "The dataset was successfully updated.")
    assert images(emulator, arn) == ["1", "2", "3", "4"]
    assert labels(emulator, arn) == {"cat": (2, 0), "bird": (1, 0), "fish": (1, 0)}
    assert stats(emulator, arn) == {"LabeledEntries": 3, "TotalEntries": 4, "TotalLabels": 3, "ErrorEntries": 0}
    assert "label0" not in entries(emulator, arn)[0]


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
def test_invalid_changes_fail_the_update_and_change_no_entries(
    emulator: Emulator, changes: bytes, message: str
) -> None:
    arn = create_dataset(emulator, emulator.project(), content=cats_and_dogs(4))
    before = texts(emulator, arn)
    update(emulator, arn, changes)
    assert failure(emulator, arn) == ("UPDATE_FAILED", "CLIENT_ERROR", message)
    assert texts(emulator, arn) == before
    update(emulator, arn, [line("new", "cat")])
    assert len(texts(emulator, arn)) == 5


def test_an_update_may_have_at_most_five_megabytes(emulator: Emulator) -> None:
    arn = create_dataset(emulator, emulator.project())
    whole = json_lines([line(1, "cat")]) + b" " * 5_242_880
    update(emulator, arn, whole[:5_242_880])
    assert stats(emulator, arn)["TotalEntries"] == 1
    with pytest.raises(ClientError, match=r"ValidationException.*less than or equal to 5242880"):
        update(emulator, arn, whole[:5_242_881])
    with pytest.raises(ClientError, match=r"ValidationException.*greater than or equal to 1"):
        update(emulator, arn, b"")


def refusals(emulator: Emulator, project: str, arn: str, testing: str) -> dict[str, str]:
    """Return the error code of each operation that fails while a dataset is in progress."""
    rekognition = emulator.rekognition
    copy_target = emulator.project(f"copy-{len(emulator.rekognition.describe_projects()['ProjectDescriptions'])}")
    calls: dict[str, Callable[[], object]] = {
        "entries": lambda: rekognition.list_dataset_entries(DatasetArn=arn),
        "labels": lambda: rekognition.list_dataset_labels(DatasetArn=arn),
        "update": lambda: update(emulator, arn, [line(1)]),
        "distribute": lambda: rekognition.distribute_dataset_entries(Datasets=[{"Arn": testing}, {"Arn": arn}]),
        "copy": lambda: create_dataset(emulator, copy_target, DatasetSource={"DatasetArn": arn}),
        "train": lambda: emulator.create(project, TrainingData=None, TestingData=None),
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


def test_a_dataset_in_progress_is_in_use_or_not_ready(emulator: Emulator) -> None:
    emulator.labels.set_datasets(times=100)
    project = emulator.project()
    arn = create_dataset(emulator, project, content=cats_and_dogs())
    testing = create_dataset(emulator, project, "TEST")
    in_use = emulator.rekognition.exceptions.ResourceInUseException

    assert failure(emulator, arn) == ("CREATE_IN_PROGRESS", "SUCCESS", "The dataset is being created.")
    not_ready = "ResourceNotReadyException"
    assert refusals(emulator, project, arn, testing) == {**IN_USE, "entries": not_ready, "labels": not_ready}
    with pytest.raises(in_use, match="CREATE_IN_PROGRESS"):
        emulator.rekognition.delete_dataset(DatasetArn=arn)
    emulator.labels.set_datasets()
    assert status(emulator, arn) == status(emulator, testing) == "CREATE_COMPLETE"

    emulator.labels.set_datasets(times=100)
    update(emulator, arn, [line("new", "cat")])
    assert failure(emulator, arn) == ("UPDATE_IN_PROGRESS", "SUCCESS", "The dataset is being updated.")
    assert stats(emulator, arn)["TotalEntries"] == 20
    assert refusals(emulator, project, arn, testing) == IN_USE
    with pytest.raises(in_use, match="UPDATE_IN_PROGRESS"):
        emulator.rekognition.delete_dataset(DatasetArn=arn)
    emulator.labels.set_datasets()
    assert stats(emulator, arn)["TotalEntries"] == 21

    emulator.labels.set_datasets(times=100)
    for _ in range(2):
        emulator.rekognition.delete_dataset(DatasetArn=arn)
    assert failure(emulator, arn) == ("DELETE_IN_PROGRESS", "SUCCESS", "The dataset is being deleted.")
    assert refusals(emulator, project, arn, testing) == IN_USE
    with pytest.raises(emulator.rekognition.exceptions.ResourceAlreadyExistsException):
        create_dataset(emulator, project)


def test_a_dataset_that_could_not_be_created_can_only_be_deleted(emulator: Emulator) -> None:
    project = emulator.project()
    arn = create_dataset(emulator, project, content=b"")
    testing = create_dataset(emulator, project, "TEST")
    errors = emulator.rekognition.exceptions
    with pytest.raises(errors.ResourceNotReadyException):
        texts(emulator, arn)
    with pytest.raises(errors.InvalidParameterException, match="could not be created"):
        update(emulator, arn, [line(1)])
    with pytest.raises(errors.ResourceNotReadyException):
        emulator.rekognition.distribute_dataset_entries(Datasets=[{"Arn": arn}, {"Arn": testing}])
    with pytest.raises(errors.InvalidParameterException, match="CREATE_FAILED"):
        create_dataset(emulator, emulator.project("p2"), DatasetSource={"DatasetArn": arn})
    emulator.rekognition.delete_dataset(DatasetArn=arn)
    assert create_dataset(emulator, project, content=cats_and_dogs())


def test_a_deleted_dataset_is_gone_and_its_manifest_is_not(emulator: Emulator) -> None:
    project = emulator.project()
    arn = create_dataset(emulator, project, content=cats_and_dogs())
    assert emulator.rekognition.delete_dataset(DatasetArn=arn)["ResponseMetadata"]["HTTPStatusCode"] == 200
    for call in (described, texts, labels, lambda emulator, arn: emulator.rekognition.delete_dataset(DatasetArn=arn)):
        with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException, match=re.escape(arn)):
            call(emulator, arn)
    assert emulator.s3.head_object(Bucket=BUCKET, Key="data/TRAIN.manifest")


def test_a_dataset_of_another_region_account_project_or_type_is_not_found(emulator: Emulator) -> None:
    arn = create_dataset(emulator, emulator.project())
    emulator.project("p2")
    others = [
        arn.replace("us-east-1", "eu-west-1"),
        arn.replace("123456789012", "210987654321"),
        arn.replace("/p1/", "/p2/"),
        arn.replace("/p1/", "/p3/"),
        arn.replace("/train/", "/test/"),
        arn + "0",
    ]
    for other in others:
        with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException, match="does not exist"):
            described(emulator, other)
    with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException, match="project/missing"):
        create_dataset(emulator, "arn:aws:rekognition:us-east-1:123456789012:project/missing/1574310000000")
    with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException, match="/p3/dataset"):
        create_dataset(emulator, emulator.project("p4"), DatasetSource={"DatasetArn": others[3]})


def test_two_regions_and_two_accounts_have_their_own_datasets_and_settings(emulator: Emulator) -> None:
    emulator.labels.set_datasets(times=2, region="us-east-1")
    emulator.labels.set_datasets(times=3, account_id="210987654321")
    near = create_dataset(emulator, emulator.project())
    far_emulator = Emulator(emulator.labels, client("rekognition", "eu-west-1"), emulator.s3)
    far = create_dataset(far_emulator, far_emulator.project())
    their_emulator = Emulator(emulator.labels, _other_account("rekognition"), emulator.s3)
    theirs = create_dataset(their_emulator, their_emulator.project())
    assert [arn.split(":")[3:5] for arn in (near, far, theirs)] == [
        ["us-east-1", "123456789012"],
        ["eu-west-1", "123456789012"],
        ["us-east-1", "210987654321"],
    ]
    counts = {}
    for name, its, arn in (("near", emulator, near), ("far", far_emulator, far), ("theirs", their_emulator, theirs)):
        counts[name] = 1
        while status(its, arn) == "CREATE_IN_PROGRESS":
            counts[name] += 1
    assert counts == {"near": 2, "far": 1, "theirs": 3}


def test_the_reset_of_moto_clears_datasets_and_settings(emulator: Emulator) -> None:
    emulator.labels.set_datasets(times=9, project="p1")
    arn = create_dataset(emulator, emulator.project())
    BackendDict.reset()
    with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException):
        described(emulator, arn)
    assert status(emulator, create_dataset(emulator, emulator.project())) == "CREATE_COMPLETE"


def test_tags_are_checked(emulator: Emulator) -> None:
    project = emulator.project()
    with pytest.raises(ClientError, match=r"ValidationException.*aws:"):
        create_dataset(emulator, project, Tags={"aws:x": "y"})
    assert create_dataset(emulator, project, Tags={"team": "säfety 1"})


def test_concurrent_updates_lose_no_entries(emulator: Emulator) -> None:
    arn = create_dataset(emulator, emulator.project())
    start, outcomes = threading.Barrier(6), list[str]()

    def work(number: int) -> None:
        own = Emulator(emulator.labels, client("rekognition"), emulator.s3)
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
    assert sorted(images(emulator, arn)) == sorted(outcomes)


def test_only_one_of_several_concurrent_updates_is_accepted(emulator: Emulator) -> None:
    arn = create_dataset(emulator, emulator.project())
    emulator.labels.set_datasets(times=1)
    assert status(emulator, arn) == "CREATE_COMPLETE"
    start, accepted = threading.Barrier(6), list[str]()

    def work(number: int) -> None:
        own = Emulator(emulator.labels, client("rekognition"), emulator.s3)
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
    assert status(emulator, arn) == "UPDATE_COMPLETE"
    assert len(accepted) == 1
    assert images(emulator, arn) == accepted


def test_no_lock_is_held_while_a_manifest_is_read_and_it_is_read_once(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
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
    arn = create_dataset(emulator, emulator.project(), content=cats_and_dogs(4))
    statuses = list[str]()
    lookers = [threading.Thread(target=lambda: statuses.append(status(emulator, arn))) for _ in range(3)]
    for looker in lookers:
        looker.start()
    assert begun.wait(10)
    assert emulator.project("p2")
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
