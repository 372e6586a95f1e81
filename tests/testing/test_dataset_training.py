import json
from typing import Any

import pytest

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
from tests.testing.world import BUCKET, World, assets, boxed_line, cats_and_dogs, client, json_lines, line

WITHOUT_MANIFESTS: dict[str, Any] = {"TrainingData": None, "TestingData": None}
TOO_FEW = "The manifest file doesn't have enough labeled images to distribute the dataset."


def distribute(world: World, *arns: str) -> None:
    world.rekognition.distribute_dataset_entries(Datasets=[{"Arn": arn} for arn in arns])


def two_datasets(world: World, project: str, training: bytes, testing: bytes | None = None) -> tuple[str, str]:
    return create_dataset(world, project, "TRAIN", training), create_dataset(world, project, "TEST", testing)


def trained(world: World, project: str, **others: Any) -> dict[str, Any]:
    world.create(project, **WITHOUT_MANIFESTS, **others)
    (version,) = world.describe(project)
    return version


def test_distributing_moves_a_fifth_of_the_entries_of_every_label(world: World) -> None:
    lines = [line(number, f"label {number % 5}") for number in range(24)] + [line("unlabelled")]
    training, testing = two_datasets(world, world.project(), json_lines(lines))
    distribute(world, testing, training)
    done = ("UPDATE_COMPLETE", "SUCCESS", "The dataset was successfully distributed.")
    assert failure(world, training) == failure(world, testing) == done
    assert (stats(world, training)["TotalEntries"], stats(world, testing)["TotalEntries"]) == (20, 5)
    moved = images(world, testing)
    assert sorted([*images(world, training), *moved]) == sorted(
        item["source-ref"][len(f"s3://{BUCKET}/images/") : -4] for item in lines
    )
    assert set(labels(world, testing)) == {f"label {number}" for number in range(5)}
    update(world, testing, [line("more", "label 1")])
    assert images(world, testing) == [*moved, "more"]


def test_a_distribution_takes_time_for_each_of_the_datasets(world: World) -> None:
    training, testing = two_datasets(world, world.project(), cats_and_dogs(10))
    assert status(world, training) == status(world, testing) == "CREATE_COMPLETE"
    world.labels.set_datasets(times=2)
    distribute(world, training, testing)
    assert [status(world, training), status(world, testing)] == ["UPDATE_IN_PROGRESS"] * 2
    assert stats(world, training)["TotalEntries"] == 8
    # later settings do not change the outcome of a distribution
    world.labels.set_datasets(outcome="SERVICE_ERROR")
    assert (status(world, testing), stats(world, testing)["TotalEntries"]) == ("UPDATE_COMPLETE", 2)


def test_a_distribution_that_is_set_to_fail_moves_nothing(world: World) -> None:
    training, testing = two_datasets(world, world.project(), cats_and_dogs(10))
    assert status(world, training) == status(world, testing) == "CREATE_COMPLETE"
    world.labels.set_datasets(outcome="SERVICE_ERROR", project="p1")
    distribute(world, training, testing)
    failed = ("UPDATE_FAILED", "SERVICE_ERROR", "Amazon Rekognition experienced a service issue.")
    assert failure(world, training) == failure(world, testing) == failed
    assert (stats(world, training)["TotalEntries"], stats(world, testing)["TotalEntries"]) == (10, 0)


def test_a_distribution_needs_labelled_images(world: World) -> None:
    training, testing = two_datasets(world, world.project(), json_lines([line(1, "cat"), line(2), line(3)]))
    distribute(world, training, testing)
    failed = ("UPDATE_FAILED", "CLIENT_ERROR", TOO_FEW)
    assert failure(world, training) == failure(world, testing) == failed
    update(world, training, [line(2, "cat")])
    distribute(world, training, testing)
    assert (stats(world, training)["TotalEntries"], stats(world, testing)["TotalEntries"]) == (2, 1)


def test_a_distribution_is_between_the_two_datasets_of_a_project_and_into_an_empty_one(world: World) -> None:
    training, testing = two_datasets(world, world.project("p1"), cats_and_dogs(10), cats_and_dogs(1))
    other_training, other_testing = two_datasets(world, world.project("p2"), cats_and_dogs(10))
    third, fourth = world.project("p3"), world.project("p4")
    empty_training, empty_testing = create_dataset(world, third, "TRAIN"), create_dataset(world, fourth, "TEST")
    invalid = world.rekognition.exceptions.InvalidParameterException
    for arns, message in (
        ((training, training), "one training dataset and one test dataset"),
        ((training, other_training), "one training dataset and one test dataset"),
        ((testing, other_testing), "one training dataset and one test dataset"),
        ((training, other_testing), "same project"),
        ((empty_training, empty_testing), "same project"),
        ((training, testing), "is not empty"),
        ((other_training, other_testing, training), "length less than or equal to 2"),
    ):
        with pytest.raises(invalid, match=message):
            distribute(world, *arns)
    with pytest.raises(invalid, match=r"training dataset .* is empty"):
        distribute(world, empty_training, create_dataset(world, third, "TEST"))
    with pytest.raises(world.rekognition.exceptions.ResourceNotFoundException):
        distribute(world, training, testing + "0")


def test_a_training_on_datasets_has_the_results_of_one_on_the_same_manifests(world: World) -> None:
    entries_of = [
        *(line(number, "cat", "dog") for number in range(9)),
        line("b", "bird"),
        line("c"),
        {**line("d", "cat"), "odd": 1, "odd-metadata": 2},
    ]
    manifest = json_lines(entries_of)
    by_manifests = world.train(manifest, testing=manifest)
    # the names are the seed of the model, so the project in the other region has the same model
    far = World(world.labels, client("rekognition", "eu-west-1"), client("s3", "eu-west-1"))
    far.s3.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    far.s3.put_object(Bucket="far", Key="a.manifest", Body=manifest)
    project = far.project("p1")
    for kind in ("TRAIN", "TEST"):
        create_dataset(far, project, kind, DatasetSource=manifest_source("a.manifest", bucket="far"))
    by_datasets = trained(far, project, OutputConfig={"S3Bucket": "far"})
    summary, repeated = world.summary(by_manifests), far.summary(by_datasets)
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


def test_a_version_trained_on_datasets_writes_and_describes_every_file(world: World) -> None:
    project = world.project()
    wrong = {**line("odd", "cat"), "odd": 1, "odd-metadata": 5}
    training, testing = two_datasets(world, project, json_lines([line(n, "cat", "dog") for n in range(9)] + [wrong]))
    distribute(world, training, testing)
    version = trained(world, project)
    # the lines of datasets are not in a file of the user, so there is no input
    assert version["TrainingDataResult"]["Input"] == version["TestingDataResult"]["Input"] == {}
    listed = world.s3.list_objects_v2(Bucket=BUCKET, Prefix="output")["Contents"]
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
    details = world.summary(version)["EvaluationDetails"]
    assert (details["NumberOfTrainingImages"], details["NumberOfTestingImages"]) == (8, 2)
    for arn, data in ((training, "TrainingDataResult"), (testing, "TestingDataResult")):
        expected = [entry["source-ref"] for entry in entries(world, arn)]
        for member in ("Output", "Validation"):
            lines = [json.loads(text) for text in world.read(written(version, data, member)).splitlines()]
            assert [entry["source-ref"] for entry in lines] == expected
    # the files have the lines as they were sent, with errors but without the metadata of the datasets
    validated = [
        json.loads(text)
        for data in ("TrainingDataResult", "TestingDataResult")
        for text in world.read(written(version, data, "Validation")).splitlines()
    ]
    assert not any("cl-metadata" in entry for entry in validated)
    (marked,) = (entry for entry in validated if "errors" in entry)
    assert {**marked, "errors": None} == {**wrong, "errors": None}
    assert [error["code"] for error in marked["errors"]] == ["ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"]
    statistics = json.loads(world.read(version["ManifestSummary"]))["statistics"]
    assert [statistics[side]["total_json_lines"] for side in ("training", "testing")] == [8, 2]
    assert sum(len(statistics[side]["error_json_line_indices"]) for side in ("training", "testing")) == 1


def test_too_few_labels_in_datasets_are_reported_in_the_files_and_empty_datasets_in_none(world: World) -> None:
    project = world.project()
    two_datasets(world, project, json_lines([line(1, "cat"), line(2)]), cats_and_dogs(3))
    version = trained(world, project)
    assert version["Status"] == "TRAINING_FAILED"
    summary = json.loads(world.read(version["ManifestSummary"]))
    (error,) = summary["statistics"]["training"]["errors"]
    assert error["code"] == "ERROR_MANIFEST_TOO_FEW_LABELS"
    assert set(version["TrainingDataResult"]) == set(version["TestingDataResult"]) == {"Input", "Validation"}
    assert world.read(written(version, "TestingDataResult", "Validation")) == cats_and_dogs(3).decode()
    project = world.project("p2")
    two_datasets(world, project, cats_and_dogs())
    version = trained(world, project)
    assert (version["Status"], "ManifestSummary" in version) == ("TRAINING_FAILED", False)
    assert version["TrainingDataResult"] == version["TestingDataResult"] == {"Input": {}}


def test_a_version_trains_on_the_entries_at_the_time_of_the_request(world: World) -> None:
    project = world.project()
    training, testing = two_datasets(world, project, cats_and_dogs(10), cats_and_dogs(4))
    world.labels.set_training(times=1)
    world.create(project, **WITHOUT_MANIFESTS)
    update(world, training, [line(number, "bird") for number in range(20, 30)])
    world.rekognition.delete_dataset(DatasetArn=testing)
    details = world.summary(world.describe(project)[0])["EvaluationDetails"]
    assert (details["NumberOfTrainingImages"], details["NumberOfTestingImages"]) == (10, 4)
    assert details["Labels"] == ["cat", "dog"]


def test_boxes_in_datasets_are_trained_as_boxes(world: World) -> None:
    project = world.project()
    lines = json_lines(boxed_line(number, "cat") for number in range(5))
    two_datasets(world, project, lines, lines)
    assert "AveragePrecision" in world.summary(trained(world, project))["AggregatedEvaluationResults"]


def test_a_project_with_datasets_cannot_be_trained_on_manifests(world: World) -> None:
    project = world.project()
    testing = create_dataset(world, project, "TEST", cats_and_dogs(4))
    invalid = world.rekognition.exceptions.InvalidParameterException
    manifests: list[dict[str, Any]] = [{}, {"TestingData": assets("data/train.manifest")}]
    for given in manifests:
        with pytest.raises(invalid, match="must not be specified: the project has datasets"):
            world.create(project, **given)
    with pytest.raises(invalid, match="has no training dataset"):
        world.create(project, **WITHOUT_MANIFESTS)
    world.rekognition.delete_dataset(DatasetArn=testing)
    with pytest.raises(invalid, match="must be specified: the project has no datasets"):
        world.create(project, **WITHOUT_MANIFESTS)
    world.create(project)
    assert world.statuses(project) == ["TRAINING_COMPLETED"]


def test_a_training_needs_both_datasets(world: World) -> None:
    project = world.project()
    create_dataset(world, project, "TRAIN", cats_and_dogs())
    invalid = world.rekognition.exceptions.InvalidParameterException
    with pytest.raises(invalid, match="has no test dataset"):
        world.create(project, **WITHOUT_MANIFESTS)
    testing = create_dataset(world, project, "TEST", b"")
    with pytest.raises(invalid, match=f"{testing} could not be created"):
        world.create(project, **WITHOUT_MANIFESTS)
    world.rekognition.delete_dataset(DatasetArn=testing)
    world.rekognition.describe_projects()
    world.labels.set_datasets(times=9)
    testing = create_dataset(world, project, "TEST", cats_and_dogs())
    with pytest.raises(world.rekognition.exceptions.ResourceInUseException, match="CREATE_IN_PROGRESS"):
        world.create(project, **WITHOUT_MANIFESTS)
    world.labels.set_datasets()
    assert trained(world, project)["Status"] == "TRAINING_COMPLETED"


@pytest.mark.parametrize(
    ("training", "testing", "message"),
    [
        (None, cats_and_dogs(), "The manifest file is empty."),
        (cats_and_dogs(), None, "The manifest file is empty."),
        (json_lines([line(1, "cat"), line(2)]), cats_and_dogs(), "The manifest file has too few labels."),
    ],
)
def test_a_training_fails_if_its_datasets_are_invalid_together(
    world: World, training: bytes | None, testing: bytes | None, message: str
) -> None:
    project = world.project()
    create_dataset(world, project, "TRAIN", training)
    create_dataset(world, project, "TEST", testing)
    version = trained(world, project)
    assert (version["Status"], version["StatusMessage"]) == ("TRAINING_FAILED", message)


def test_a_project_lists_its_datasets_and_can_only_be_deleted_without_them(world: World) -> None:
    project = world.project()
    training = create_dataset(world, project, "TRAIN", cats_and_dogs())
    testing = create_dataset(world, project, "TEST", b"")
    (shown,) = world.rekognition.describe_projects()["ProjectDescriptions"]
    assert shown["Datasets"] == [
        {
            "CreationTimestamp": described(world, training)["CreationTimestamp"],
            "DatasetType": "TRAIN",
            "DatasetArn": training,
            "Status": "CREATE_COMPLETE",
            "StatusMessage": "The dataset was successfully created from the manifest file.",
            "StatusMessageCode": "SUCCESS",
        },
        {
            "CreationTimestamp": described(world, testing)["CreationTimestamp"],
            "DatasetType": "TEST",
            "DatasetArn": testing,
            "Status": "CREATE_FAILED",
            "StatusMessage": "The manifest file is empty.",
            "StatusMessageCode": "CLIENT_ERROR",
        },
    ]
    in_use = world.rekognition.exceptions.ResourceInUseException
    for arn, left in ((training, 2), (testing, 1)):
        with pytest.raises(in_use, match=rf"still has {left} dataset\(s\)"):
            world.rekognition.delete_project(ProjectArn=project)
        world.rekognition.delete_dataset(DatasetArn=arn)
    assert world.rekognition.describe_projects()["ProjectDescriptions"][0]["Datasets"] == []
    world.rekognition.delete_project(ProjectArn=project)
    assert world.rekognition.describe_projects()["ProjectDescriptions"] == []


def test_a_describe_of_the_project_is_one_of_its_datasets(world: World) -> None:
    world.labels.set_datasets(times=2)
    arn = create_dataset(world, world.project(), content=cats_and_dogs())
    seen = []
    for _ in range(2):
        (project,) = world.rekognition.describe_projects()["ProjectDescriptions"]
        seen.append(project["Datasets"][0]["Status"])
    assert seen == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    assert len(entries(world, arn)) == 20


def test_a_project_in_deletion_cannot_have_a_new_dataset(world: World) -> None:
    from moto.moto_api import state_manager

    from rekog_versions.testing.transitions import PROJECT_DELETION

    project = world.project()
    state_manager.set_transition(PROJECT_DELETION, {"progression": "manual", "times": 5})
    try:
        world.rekognition.delete_project(ProjectArn=project)
        with pytest.raises(world.rekognition.exceptions.ResourceNotFoundException, match="being deleted"):
            create_dataset(world, project)
    finally:
        state_manager.unset_transition(PROJECT_DELETION)


def test_a_change_of_a_dataset_can_take_seconds(world: World, stopped_clock: Clock) -> None:
    world.labels.set_datasets(seconds=60)
    arn = create_dataset(world, world.project(), content=cats_and_dogs(3))
    created = stopped_clock.time
    stopped_clock.forward(59)
    assert status(world, arn) == "CREATE_IN_PROGRESS"
    stopped_clock.forward(41)
    assert len(entries(world, arn)) == 3
    found = described(world, arn)
    assert (found["LastUpdatedTimestamp"] - created).total_seconds() == pytest.approx(60, abs=0.01)
    update(world, arn, json.dumps(line("new")).encode())
    stopped_clock.forward(60)
    assert stats(world, arn)["TotalEntries"] == 4
    world.rekognition.delete_dataset(DatasetArn=arn)
    stopped_clock.forward(59)
    assert status(world, arn) == "DELETE_IN_PROGRESS"
    stopped_clock.forward(1)
    with pytest.raises(world.rekognition.exceptions.ResourceNotFoundException):
        described(world, arn)


def test_failures_can_be_set_with_a_code_and_a_message(world: World) -> None:
    project = world.project()
    world.labels.set_datasets(outcome="CLIENT_ERROR", message="Set \x1b[0m so.")
    arn = create_dataset(world, project, content=cats_and_dogs())
    assert failure(world, arn) == ("CREATE_FAILED", "CLIENT_ERROR", "Set \x1b[0m so.")
    world.labels.set_datasets(outcome="CLIENT_ERROR", project="p2")
    other = create_dataset(world, world.project("p2"), content=cats_and_dogs())
    assert failure(world, other) == (
        "CREATE_FAILED",
        "CLIENT_ERROR",
        "The manifest file extension or contents are invalid.",
    )
    # a deletion never fails
    world.rekognition.delete_dataset(DatasetArn=arn)
    world.labels.set_datasets(message="Well done.")
    arn = create_dataset(world, project, content=cats_and_dogs())
    assert failure(world, arn) == ("CREATE_COMPLETE", "SUCCESS", "Well done.")
    world.labels.set_datasets(outcome="SERVICE_ERROR")
    update(world, arn, [line("new")])
    assert failure(world, arn)[:2] == ("UPDATE_FAILED", "SERVICE_ERROR")
    assert stats(world, arn)["TotalEntries"] == 20
