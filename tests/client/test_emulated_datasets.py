"""Datasets of the emulated service, from beginning to end; both clients."""

import json

import pytest

from rekog_versions import ResourceNotFoundError
from rekog_versions.errors import DatasetFailedError, InvalidS3ObjectError, ResourceAlreadyExistsError
from rekog_versions.models.datasets import DatasetSource
from tests.client.emulated import BUCKET, EmulatedProject
from tests.test_docs import a_line


def test_datasets_are_created_updated_distributed_trained_on_and_deleted(emulated: EmulatedProject) -> None:
    call = emulated.call
    emulated.control.set_datasets(times=2)
    source = DatasetSource.from_manifest(f"s3://{BUCKET}/train.manifest")
    train = call("create_dataset", emulated.project, "TRAIN", dataset_source=source)
    test = call("create_dataset", emulated.project, "TEST")
    with pytest.raises(ResourceAlreadyExistsError):
        call("create_dataset", emulated.project, "TRAIN")
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
    version = emulated.train(training_data=None, testing_data=None)
    assert version.status == "TRAINING_COMPLETED"
    for arn in (train, test):
        call("delete_dataset", arn)
        call("wait_until_dataset_deleted", arn)
    with pytest.raises(ResourceNotFoundError):
        call("wait_until_dataset_ready", train)
    call("delete_project_version", version)
    call("wait_until_deleted", version)
    call("delete_project", emulated.project)


def test_a_dataset_can_be_created_from_another(emulated: EmulatedProject) -> None:
    source = DatasetSource.from_manifest(f"s3://{BUCKET}/train.manifest")
    original = emulated.call("create_dataset", emulated.project, "TRAIN", dataset_source=source)
    other = emulated.call("create_project", "others")
    copy = emulated.call("create_dataset", other, "TEST", dataset_source=DatasetSource.from_dataset(original))
    assert emulated.call("wait_until_dataset_ready", copy).dataset_stats.total_entries == 20


def test_a_missing_manifest_is_rejected_and_an_unusable_one_fails_the_dataset(emulated: EmulatedProject) -> None:
    source = DatasetSource.from_manifest(f"s3://{BUCKET}/no.manifest")
    with pytest.raises(InvalidS3ObjectError):
        emulated.call("create_dataset", emulated.project, "TRAIN", dataset_source=source)
    emulated.put("no.manifest", b"")
    arn = emulated.call("create_dataset", emulated.project, "TRAIN", dataset_source=source)
    with pytest.raises(DatasetFailedError) as caught:
        emulated.call("wait_until_dataset_ready", arn)
    assert caught.value.status_message
    assert caught.value.status_message_code == "CLIENT_ERROR"


def test_a_large_update_is_sent_in_parts_and_all_lines_arrive(emulated: EmulatedProject) -> None:
    emulated.control.set_datasets(times=2)
    arn = emulated.call("create_dataset", emulated.project, "TRAIN")
    lines = [{**json.loads(a_line("circle", number)), "note": "x" * 90_000} for number in range(60)]
    calls = emulated.call("update_dataset_entries", arn, lines)  # the dataset is still being created
    assert calls == 2
    assert emulated.call("wait_until_dataset_ready", arn).dataset_stats.total_entries == 60
    images = [json.loads(entry)["source-ref"] for entry in emulated.call.items("iter_dataset_entries", arn)]
    assert images == [line["source-ref"] for line in lines]


def test_an_update_whose_response_is_lost_is_applied_once(emulated: EmulatedProject) -> None:
    emulated.control.set_datasets(times=2)
    arn = emulated.call("create_dataset", emulated.project, "TRAIN")
    emulated.call("wait_until_dataset_ready", arn)
    emulated.control.inject("UpdateDatasetEntries", hang_up="after")
    emulated.call("update_dataset_entries", arn, emulated.lines)
    assert emulated.call("wait_until_dataset_ready", arn).dataset_stats.total_entries == 20
