import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

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
    update,
)
from tests.testing.emulator import BUCKET, Emulator, assets, boxed_line, cats_and_dogs, client, json_lines, line

WITHOUT_MANIFESTS: dict[str, Any] = {"TrainingData": None, "TestingData": None}
TOO_FEW = "The manifest file doesn't have enough labeled images to distribute the dataset."


def distribute(emulator: Emulator, *arns: str) -> None:
    emulator.rekognition.distribute_dataset_entries(Datasets=[{"Arn": arn} for arn in arns])


def two_datasets(emulator: Emulator, project: str, training: bytes, testing: bytes | None = None) -> tuple[str, str]:
    return create_dataset(emulator, project, "TRAIN", training), create_dataset(emulator, project, "TEST", testing)


def trained(emulator: Emulator, project: str, **others: Any) -> dict[str, Any]:
    emulator.create(project, **WITHOUT_MANIFESTS, **others)
    (version,) = emulator.describe(project)
    return version


def test_distributing_moves_a_fifth_of_the_entries_of_every_label(emulator: Emulator) -> None:
    lines = [line(number, f"label {number % 5}") for number in range(24)] + [line("unlabelled")]
    training, testing = two_datasets(emulator, emulator.project(), json_lines(lines))
    distribute(emulator, testing, training)
    done = ("UPDATE_COMPLETE", "SUCCESS", "The dataset was successfully distributed.")
    assert failure(emulator, training) == failure(emulator, testing) == done
    assert (stats(emulator, training)["TotalEntries"], stats(emulator, testing)["TotalEntries"]) == (20, 5)
    moved = images(emulator, testing)
    assert sorted([*images(emulator, training), *moved]) == sorted(
        item["source-ref"][len(f"s3://{BUCKET}/images/") : -4] for item in lines
    )
    assert set(labels(emulator, testing)) == {f"label {number}" for number in range(5)}
    update(emulator, testing, [line("more", "label 1")])
    assert images(emulator, testing) == [*moved, "more"]


def test_a_distribution_takes_time_for_each_of_the_datasets(emulator: Emulator) -> None:
    training, testing = two_datasets(emulator, emulator.project(), cats_and_dogs(10))
    assert status(emulator, training) == status(emulator, testing) == "CREATE_COMPLETE"
    emulator.labels.set_datasets(times=2)
    distribute(emulator, training, testing)
    assert [status(emulator, training), status(emulator, testing)] == ["UPDATE_IN_PROGRESS"] * 2
    assert stats(emulator, training)["TotalEntries"] == 8
    # later settings do not change the outcome of a distribution
    emulator.labels.set_datasets(outcome="SERVICE_ERROR")
    assert (status(emulator, testing), stats(emulator, testing)["TotalEntries"]) == ("UPDATE_COMPLETE", 2)


def test_a_distribution_that_is_set_to_fail_moves_nothing(emulator: Emulator) -> None:
    training, testing = two_datasets(emulator, emulator.project(), cats_and_dogs(10))
    assert status(emulator, training) == status(emulator, testing) == "CREATE_COMPLETE"
    emulator.labels.set_datasets(outcome="SERVICE_ERROR", project="p1")
    distribute(emulator, training, testing)
    failed = ("UPDATE_FAILED", "SERVICE_ERROR", "Amazon Rekognition experienced a service issue.")
    assert failure(emulator, training) == failure(emulator, testing) == failed
    assert (stats(emulator, training)["TotalEntries"], stats(emulator, testing)["TotalEntries"]) == (10, 0)


def test_a_distribution_needs_labelled_images(emulator: Emulator) -> None:
    training, testing = two_datasets(emulator, emulator.project(), json_lines([line(1, "cat"), line(2), line(3)]))
    distribute(emulator, training, testing)
    failed = ("UPDATE_FAILED", "CLIENT_ERROR", TOO_FEW)
    assert failure(emulator, training) == failure(emulator, testing) == failed
    update(emulator, training, [line(2, "cat")])
    distribute(emulator, training, testing)
    assert (stats(emulator, training)["TotalEntries"], stats(emulator, testing)["TotalEntries"]) == (2, 1)


def test_a_distribution_is_between_the_two_datasets_of_a_project_and_into_an_empty_one(emulator: Emulator) -> None:
    training, testing = two_datasets(emulator, emulator.project("p1"), cats_and_dogs(10), cats_and_dogs(1))
    other_training, other_testing = two_datasets(emulator, emulator.project("p2"), cats_and_dogs(10))
    third, fourth = emulator.project("p3"), emulator.project("p4")
    empty_training, empty_testing = create_dataset(emulator, third, "TRAIN"), create_dataset(emulator, fourth, "TEST")
    invalid = emulator.rekognition.exceptions.InvalidParameterException
    for arns, message in (
        ((training, training), "one training dataset and one test dataset"),
        ((training, other_training), "one training dataset and one test dataset"),
        ((testing, other_testing), "one training dataset and one test dataset"),
        ((training, other_testing), "same project"),
        ((empty_training, empty_testing), "same project"),
        ((training, testing), "is not empty"),
    ):
        with pytest.raises(invalid, match=message):
            distribute(emulator, *arns)
    with pytest.raises(ClientError, match=r"ValidationException.*length less than or equal to 2"):
        distribute(emulator, other_training, other_testing, training)
    with pytest.raises(invalid, match=r"training dataset .* is empty"):
        distribute(emulator, empty_training, create_dataset(emulator, third, "TEST"))
    with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException):
        distribute(emulator, training, testing + "0")


def test_a_training_on_datasets_has_the_results_of_one_on_the_same_manifests(emulator: Emulator) -> None:
    entries_of = [
        *(line(number, "cat", "dog") for number in range(9)),
        line("b", "bird"),
        line("c"),
        {**line("d", "cat"), "odd": 1, "odd-metadata": 2},
    ]
    manifest = json_lines(entries_of)
    by_manifests = emulator.train(manifest, testing=manifest)
    # the names are the seed of the model, so the project in the other region has the same model
    far = Emulator(emulator.labels, client("rekognition", "eu-west-1"), client("s3", "eu-west-1"))
    far.s3.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    far.s3.put_object(Bucket="far", Key="a.manifest", Body=manifest)
    project = far.project("p1")
    for kind in ("TRAIN", "TEST"):
        create_dataset(far, project, kind, DatasetSource=manifest_source("a.manifest", bucket="far"))
    by_datasets = trained(far, project, OutputConfig={"S3Bucket": "far"})
    summary, repeated = emulator.summary(by_manifests), far.summary(by_datasets)
    assert by_datasets["Status"] == "TRAINING_COMPLETED"
    assert by_datasets["EvaluationResult"]["F1Score"] == by_manifests["EvaluationResult"]["F1Score"]
    assert by_datasets["BillableTrainingTimeInSeconds"] == by_manifests["BillableTrainingTimeInSeconds"]
    for key in ("ProjectVersionArn", "EvaluationEndTimestamp"):
        del summary["EvaluationDetails"][key], repeated["EvaluationDetails"][key]
    assert repeated == summary


def written(version: dict[str, Any], data: str, member: str) -> dict[str, Any]:
    (asset,) = version[data][member]["Assets"]
    place: dict[str, Any] = asset
    return place


def test_a_version_trained_on_datasets_writes_and_describes_every_file(emulator: Emulator) -> None:
    project = emulator.project()
    wrong = {**line("odd", "cat"), "odd": 1, "odd-metadata": 5}
    training, testing = two_datasets(emulator, project, json_lines([line(n, "cat", "dog") for n in range(9)] + [wrong]))
    distribute(emulator, training, testing)
    version = trained(emulator, project)
    # the lines of datasets are not in a file of the user, so there is no input
    assert version["TrainingDataResult"]["Input"] == version["TestingDataResult"]["Input"] == {}
    listed = emulator.s3.list_objects_v2(Bucket=BUCKET, Prefix="output")["Contents"]
    assert {
        "output/EvaluationResultSummary-p1-v1.json": version["EvaluationResult"]["Summary"],
        "output/ManifestSummary-p1-v1.json": version["ManifestSummary"],
        **{
            f"output/{name}-p1-v1.json": written(version, data, member)["GroundTruthManifest"]
            for name, data, member in (
                ("TrainingGroundTruth", "TrainingDataResult", "Output"),
                ("TrainingManifestWithValidation", "TrainingDataResult", "Validation"),
                ("TestingGroundTruth", "TestingDataResult", "Output"),
                ("TestingManifestWithValidation", "TestingDataResult", "Validation"),
            )
        },
    } == {found["Key"]: {"S3Object": {"Bucket": BUCKET, "Name": found["Key"]}} for found in listed}
    details = emulator.summary(version)["EvaluationDetails"]
    assert (details["NumberOfTrainingImages"], details["NumberOfTestingImages"]) == (8, 2)
    for arn, data in ((training, "TrainingDataResult"), (testing, "TestingDataResult")):
        expected = [entry["source-ref"] for entry in entries(emulator, arn)]
        for member in ("Output", "Validation"):
            lines = [json.loads(text) for text in emulator.read(written(version, data, member)).splitlines()]
            assert [entry["source-ref"] for entry in lines] == expected
    # the files have the lines as they were sent, with errors but without the metadata of the datasets
    validated = [
        json.loads(text)
        for data in ("TrainingDataResult", "TestingDataResult")
        for text in emulator.read(written(version, data, "Validation")).splitlines()
    ]
    assert not any("cl-metadata" in entry for entry in validated)
    (marked,) = (entry for entry in validated if "errors" in entry)
    assert {**marked, "errors": None} == {**wrong, "errors": None}
    assert [error["code"] for error in marked["errors"]] == ["ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"]
    statistics = json.loads(emulator.read(version["ManifestSummary"]))["statistics"]
    assert [statistics[side]["total_json_lines"] for side in ("training", "testing")] == [8, 2]
    assert sum(len(statistics[side]["error_json_line_indices"]) for side in ("training", "testing")) == 1


def test_too_few_labels_in_datasets_are_reported_in_the_files_and_empty_datasets_in_none(emulator: Emulator) -> None:
    project = emulator.project()
    two_datasets(emulator, project, json_lines([line(1, "cat"), line(2)]), cats_and_dogs(3))
    version = trained(emulator, project)
    assert version["Status"] == "TRAINING_FAILED"
    summary = json.loads(emulator.read(version["ManifestSummary"]))
    (error,) = summary["statistics"]["training"]["errors"]
    assert error["code"] == "ERROR_MANIFEST_TOO_FEW_LABELS"
    assert set(version["TrainingDataResult"]) == set(version["TestingDataResult"]) == {"Input", "Validation"}
    assert emulator.read(written(version, "TestingDataResult", "Validation")) == cats_and_dogs(3).decode()
    project = emulator.project("p2")
    two_datasets(emulator, project, cats_and_dogs())
    version = trained(emulator, project)
    assert (version["Status"], "ManifestSummary" in version) == ("TRAINING_FAILED", False)
    assert version["TrainingDataResult"] == version["TestingDataResult"] == {"Input": {}}


def test_a_version_trains_on_the_entries_at_the_time_of_the_request(emulator: Emulator) -> None:
    project = emulator.project()
    training, testing = two_datasets(emulator, project, cats_and_dogs(10), cats_and_dogs(4))
    emulator.labels.set_training(times=1)
    emulator.create(project, **WITHOUT_MANIFESTS)
    update(emulator, training, [line(number, "bird") for number in range(20, 30)])
    emulator.rekognition.delete_dataset(DatasetArn=testing)
    details = emulator.summary(emulator.describe(project)[0])["EvaluationDetails"]
    assert (details["NumberOfTrainingImages"], details["NumberOfTestingImages"]) == (10, 4)
    assert details["Labels"] == ["cat", "dog"]


def test_boxes_in_datasets_are_trained_as_boxes(emulator: Emulator) -> None:
    project = emulator.project()
    lines = json_lines(boxed_line(number, "cat") for number in range(5))
    two_datasets(emulator, project, lines, lines)
    assert "AveragePrecision" in emulator.summary(trained(emulator, project))["AggregatedEvaluationResults"]


def test_a_project_with_datasets_cannot_be_trained_on_manifests(emulator: Emulator) -> None:
    project = emulator.project()
    testing = create_dataset(emulator, project, "TEST", cats_and_dogs(4))
    invalid = emulator.rekognition.exceptions.InvalidParameterException
    manifests: list[dict[str, Any]] = [{}, {"TestingData": assets("data/train.manifest")}]
    for given in manifests:
        with pytest.raises(invalid, match="must not be specified: the project has datasets"):
            emulator.create(project, **given)
    with pytest.raises(invalid, match="has no training dataset"):
        emulator.create(project, **WITHOUT_MANIFESTS)
    emulator.rekognition.delete_dataset(DatasetArn=testing)
    with pytest.raises(invalid, match="must be specified: the project has no datasets"):
        emulator.create(project, **WITHOUT_MANIFESTS)
    emulator.create(project)
    assert emulator.statuses(project) == ["TRAINING_COMPLETED"]


def test_a_training_needs_both_datasets(emulator: Emulator) -> None:
    project = emulator.project()
    create_dataset(emulator, project, "TRAIN", cats_and_dogs())
    invalid = emulator.rekognition.exceptions.InvalidParameterException
    with pytest.raises(invalid, match="has no test dataset"):
        emulator.create(project, **WITHOUT_MANIFESTS)
    testing = create_dataset(emulator, project, "TEST", b"")
    with pytest.raises(invalid, match=f"{testing} could not be created"):
        emulator.create(project, **WITHOUT_MANIFESTS)
    emulator.rekognition.delete_dataset(DatasetArn=testing)
    emulator.rekognition.describe_projects()
    emulator.labels.set_datasets(times=9)
    testing = create_dataset(emulator, project, "TEST", cats_and_dogs())
    with pytest.raises(emulator.rekognition.exceptions.ResourceInUseException, match="CREATE_IN_PROGRESS"):
        emulator.create(project, **WITHOUT_MANIFESTS)
    emulator.labels.set_datasets()
    assert trained(emulator, project)["Status"] == "TRAINING_COMPLETED"


@pytest.mark.parametrize(
    ("training", "testing", "message"),
    [
        (None, cats_and_dogs(), "The manifest file is empty."),
        (cats_and_dogs(), None, "The manifest file is empty."),
        (json_lines([line(1, "cat"), line(2)]), cats_and_dogs(), "The manifest file has too few labels."),
    ],
)
def test_a_training_fails_if_its_datasets_are_invalid_together(
    emulator: Emulator, training: bytes | None, testing: bytes | None, message: str
) -> None:
    project = emulator.project()
    create_dataset(emulator, project, "TRAIN", training)
    create_dataset(emulator, project, "TEST", testing)
    version = trained(emulator, project)
    assert (version["Status"], version["StatusMessage"]) == ("TRAINING_FAILED", message)


def test_a_project_lists_its_datasets_and_can_only_be_deleted_without_them(emulator: Emulator) -> None:
    project = emulator.project()
    training = create_dataset(emulator, project, "TRAIN", cats_and_dogs())
    testing = create_dataset(emulator, project, "TEST", b"")
    (shown,) = emulator.rekognition.describe_projects()["ProjectDescriptions"]
    assert shown["Datasets"] == [
        {
            "CreationTimestamp": described(emulator, training)["CreationTimestamp"],
            "DatasetType": "TRAIN",
            "DatasetArn": training,
            "Status": "CREATE_COMPLETE",
            "StatusMessage": "The dataset was successfully created from the manifest file.",
            "StatusMessageCode": "SUCCESS",
        },
        {
            "CreationTimestamp": described(emulator, testing)["CreationTimestamp"],
            "DatasetType": "TEST",
            "DatasetArn": testing,
            "Status": "CREATE_FAILED",
            "StatusMessage": "The manifest file is empty.",
            "StatusMessageCode": "CLIENT_ERROR",
        },
    ]
    in_use = emulator.rekognition.exceptions.ResourceInUseException
    for arn, left in ((training, 2), (testing, 1)):
        with pytest.raises(in_use, match=rf"still has {left} dataset\(s\)"):
            emulator.rekognition.delete_project(ProjectArn=project)
        emulator.rekognition.delete_dataset(DatasetArn=arn)
    assert emulator.rekognition.describe_projects()["ProjectDescriptions"][0]["Datasets"] == []
    emulator.rekognition.delete_project(ProjectArn=project)
    assert emulator.rekognition.describe_projects()["ProjectDescriptions"] == []


def test_a_describe_of_the_project_is_one_of_its_datasets(emulator: Emulator) -> None:
    emulator.labels.set_datasets(times=2)
    arn = create_dataset(emulator, emulator.project(), content=cats_and_dogs())
    seen = []
    for _ in range(2):
        (project,) = emulator.rekognition.describe_projects()["ProjectDescriptions"]
        seen.append(project["Datasets"][0]["Status"])
    assert seen == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    assert len(entries(emulator, arn)) == 20


def test_a_project_in_deletion_cannot_have_a_new_dataset(emulator: Emulator) -> None:
    from moto.moto_api import state_manager

    from rekog_versions.testing.transitions import PROJECT_DELETION

    project = emulator.project()
    state_manager.set_transition(PROJECT_DELETION, {"progression": "manual", "times": 5})
    try:
        emulator.rekognition.delete_project(ProjectArn=project)
        with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException, match="being deleted"):
            create_dataset(emulator, project)
    finally:
        state_manager.unset_transition(PROJECT_DELETION)


def test_a_change_of_a_dataset_can_take_seconds(emulator: Emulator, stopped_clock: Clock) -> None:
    emulator.labels.set_datasets(seconds=60)
    arn = create_dataset(emulator, emulator.project(), content=cats_and_dogs(3))
    created = stopped_clock.time
    stopped_clock.forward(59)
    assert status(emulator, arn) == "CREATE_IN_PROGRESS"
    stopped_clock.forward(41)
    assert len(entries(emulator, arn)) == 3
    found = described(emulator, arn)
    assert (found["LastUpdatedTimestamp"] - created).total_seconds() == pytest.approx(60, abs=0.01)
    update(emulator, arn, json.dumps(line("new")).encode())
    stopped_clock.forward(60)
    assert stats(emulator, arn)["TotalEntries"] == 4
    emulator.rekognition.delete_dataset(DatasetArn=arn)
    stopped_clock.forward(59)
    assert status(emulator, arn) == "DELETE_IN_PROGRESS"
    stopped_clock.forward(1)
    with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException):
        described(emulator, arn)


def test_failures_can_be_set_with_a_code_and_a_message(emulator: Emulator) -> None:
    project = emulator.project()
    emulator.labels.set_datasets(outcome="CLIENT_ERROR", message="Set \x1b[0m so.")
    arn = create_dataset(emulator, project, content=cats_and_dogs())
    assert failure(emulator, arn) == ("CREATE_FAILED", "CLIENT_ERROR", "Set \x1b[0m so.")
    emulator.labels.set_datasets(outcome="CLIENT_ERROR", project="p2")
    other = create_dataset(emulator, emulator.project("p2"), content=cats_and_dogs())
    assert failure(emulator, other) == (
        "CREATE_FAILED",
        "CLIENT_ERROR",
        "The manifest file extension or contents are invalid.",
    )
    # a deletion never fails
    emulator.rekognition.delete_dataset(DatasetArn=arn)
    emulator.labels.set_datasets(message="Well done.")
    arn = create_dataset(emulator, project, content=cats_and_dogs())
    assert failure(emulator, arn) == ("CREATE_COMPLETE", "SUCCESS", "Well done.")
    emulator.labels.set_datasets(outcome="SERVICE_ERROR")
    update(emulator, arn, [line("new")])
    assert failure(emulator, arn)[:2] == ("UPDATE_FAILED", "SERVICE_ERROR")
    assert stats(emulator, arn)["TotalEntries"] == 20
