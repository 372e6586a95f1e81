import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from rekog_versions.testing.training.job import train
from tests.testing.conftest import Clock
from tests.testing.emulator import BUCKET, MANIFEST, Emulator, assets, client, names_of


def test_a_version_in_progress_is_described_by_its_request(emulator: Emulator, stopped_clock: Clock) -> None:
    emulator.labels.set_training(times=2)
    project = emulator.project("p1")
    arn = emulator.create(
        project, "v.1", VersionDescription="first (of many)", KmsKeyId="alias/mine", Tags={"team": "vision"}
    )
    assert arn.rpartition("/")[0] == project.rpartition("/")[0] + "/version/v.1"
    assert emulator.describe(project) == [
        {
            "ProjectVersionArn": arn,
            "CreationTimestamp": datetime.fromtimestamp(int(arn.rpartition("/")[2]) / 1000, UTC),
            "Status": "TRAINING_IN_PROGRESS",
            "StatusMessage": "The model is being trained.",
            "OutputConfig": {"S3Bucket": BUCKET, "S3KeyPrefix": "output"},
            "TrainingDataResult": {"Input": assets(MANIFEST)},
            "TestingDataResult": {"Input": {"AutoCreate": True, "Assets": []}},
            "KmsKeyId": "alias/mine",
            "VersionDescription": "first (of many)",
            "Feature": "CUSTOM_LABELS",
        }
    ]


def test_a_completed_version_has_its_results(emulator: Emulator, stopped_clock: Clock) -> None:
    emulator.labels.set_training(seconds=60)
    project = emulator.project("p1")
    emulator.create(project)
    stopped_clock.forward(90)
    (version,) = emulator.describe(project)
    assert version["Status"] == "TRAINING_COMPLETED"
    assert version["StatusMessage"] == "The model is ready to run."
    assert (version["TrainingEndTimestamp"] - version["CreationTimestamp"]).total_seconds() == pytest.approx(60, abs=1)
    assert version["BillableTrainingTimeInSeconds"] > 0
    summary = version["EvaluationResult"]["Summary"]["S3Object"]
    assert summary == {"Bucket": BUCKET, "Name": "output/EvaluationResultSummary-p1-v1.json"}


def test_a_failed_version_has_a_message_and_no_results(emulator: Emulator) -> None:
    emulator.labels.set_training(outcome="TRAINING_FAILED")
    project = emulator.project("p1")
    emulator.create(project)
    (version,) = emulator.describe(project)
    assert version["Status"] == "TRAINING_FAILED"
    assert version["StatusMessage"] == "Amazon Rekognition experienced a service issue."
    absent = {"TrainingEndTimestamp", "BillableTrainingTimeInSeconds", "EvaluationResult", "ManifestSummary"}
    assert not absent & set(version)


def test_an_adapter_version_shows_its_feature(emulator: Emulator) -> None:
    project = emulator.project("adapter", Feature="CONTENT_MODERATION", AutoUpdate="ENABLED")
    config = {"ContentModeration": {"ConfidenceThreshold": 55.5}}
    emulator.create(project, FeatureConfig=config)
    (version,) = emulator.describe(project)
    assert (version["Feature"], version["FeatureConfig"]) == ("CONTENT_MODERATION", config)
    assert version["BaseModelVersion"]


def test_feature_config_is_rejected_for_custom_labels(emulator: Emulator) -> None:
    with pytest.raises(emulator.rekognition.exceptions.InvalidParameterException, match="FeatureConfig does not match"):
        emulator.create(emulator.project(), FeatureConfig={"ContentModeration": {}})


def test_a_version_needs_its_project(emulator: Emulator) -> None:
    arn = "arn:aws:rekognition:us-east-1:123456789012:project/missing/1574310000000"
    for call in (emulator.create, emulator.describe):
        with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException, match="project/missing"):
            call(arn)


def test_a_version_name_is_taken_once_in_its_project(emulator: Emulator) -> None:
    first, second = emulator.project("p1"), emulator.project("p2")
    emulator.create(first, "v1")
    emulator.create(second, "v1")
    with pytest.raises(emulator.rekognition.exceptions.ResourceInUseException, match="name v1 already exists"):
        emulator.create(first, "v1")


def test_a_failed_version_keeps_its_name(emulator: Emulator) -> None:
    emulator.labels.set_training(outcome="TRAINING_FAILED")
    project = emulator.project()
    emulator.create(project)
    assert emulator.statuses(project) == ["TRAINING_FAILED"]
    with pytest.raises(emulator.rekognition.exceptions.ResourceInUseException):
        emulator.create(project)


def test_versions_come_latest_first_with_distinct_numbers_within_one_millisecond(
    emulator: Emulator, stopped_clock: Clock
) -> None:
    emulator.labels.set_limits(trainings=10)
    project = emulator.project()
    arns = [emulator.create(project, name) for name in ("b", "c", "a")]
    numbers = [int(arn.rpartition("/")[2]) for arn in arns]
    assert numbers == sorted(set(numbers))
    assert names_of(emulator.describe(project)) == ["a", "c", "b"]
    assert names_of(emulator.describe(project, "b", "a", "missing")) == ["a", "b"]
    assert emulator.describe(project, "missing") == []


def test_only_described_versions_progress(emulator: Emulator) -> None:
    emulator.labels.set_training(times=2)
    project = emulator.project()
    emulator.create(project, "a")
    emulator.create(project, "b")
    assert emulator.statuses(project, "a") == ["TRAINING_IN_PROGRESS"]
    assert emulator.statuses(project, "a") == ["TRAINING_COMPLETED"]
    assert emulator.statuses(project, "b") == ["TRAINING_IN_PROGRESS"]


def test_two_trainings_can_run_at_the_same_time(emulator: Emulator) -> None:
    emulator.labels.set_training(times=1)
    first, second = emulator.project("p1"), emulator.project("p2")
    emulator.create(first, "a")
    emulator.create(second, "b")
    message = "Cannot create more than 2 ProjectVersions concurrently"
    with pytest.raises(emulator.rekognition.exceptions.LimitExceededException) as caught:
        emulator.create(first, "c")
    assert caught.value.response["Error"]["Message"] == message
    emulator.describe(second)
    emulator.create(first, "c")


def test_an_ended_training_does_not_count_to_the_limit(emulator: Emulator, stopped_clock: Clock) -> None:
    emulator.labels.set_training(seconds=60)
    project = emulator.project()
    emulator.create(project, "a")
    emulator.create(project, "b")
    stopped_clock.forward(59)
    with pytest.raises(emulator.rekognition.exceptions.LimitExceededException):
        emulator.create(project, "c")
    stopped_clock.forward(1)
    emulator.create(project, "c")
    # ended trainings stay ended, and without a describe they have not written files
    emulator.labels.set_training(times=5)
    assert "Contents" not in emulator.s3.list_objects_v2(Bucket=BUCKET, Prefix="output")
    assert emulator.statuses(project) == ["TRAINING_IN_PROGRESS", "TRAINING_COMPLETED", "TRAINING_COMPLETED"]


def test_a_project_holds_a_hundred_versions(emulator: Emulator) -> None:
    project = emulator.project()
    for number in range(100):
        emulator.create(project, f"v{number}")
    with pytest.raises(emulator.rekognition.exceptions.LimitExceededException, match="more than 100 ProjectVersions"):
        emulator.create(project, "one-more")


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"TestingData": None}, "must be specified together"),
        ({"TrainingData": None}, "must be specified together"),
        ({"TrainingData": None, "TestingData": None}, "the project has no datasets"),
        ({"TrainingData": {"Assets": []}}, "TrainingData must contain at least one asset"),
        ({"TestingData": {"Assets": []}}, "TestingData must contain at least one asset"),
        ({"TestingData": {"AutoCreate": False}}, "TestingData must contain at least one asset"),
        ({"TrainingData": {"Assets": [{}]}}, "Each asset of TrainingData"),
        ({"TestingData": {"Assets": [{"GroundTruthManifest": {"S3Object": {"Name": "a.json"}}}]}}, "Each asset of Tes"),
        ({"OutputConfig": {"S3KeyPrefix": "output"}}, "OutputConfig must name an S3Bucket"),
    ],
)
def test_parameters_that_contradict_each_other_are_rejected(
    emulator: Emulator, others: dict[str, Any], message: str
) -> None:
    with pytest.raises(emulator.rekognition.exceptions.InvalidParameterException, match=message):
        emulator.create(emulator.project(), **others)


def test_concurrent_creates_respect_the_limit_and_the_name(emulator: Emulator) -> None:
    emulator.labels.set_training(times=1000)
    project = emulator.project()
    codes: list[str] = []
    start = threading.Barrier(8)

    def create(name: str) -> None:
        rekognition = client("rekognition")
        start.wait()
        try:
            Emulator(emulator.labels, rekognition, emulator.s3).create(project, name)
            codes.append("created")
        except rekognition.exceptions.ClientError as error:
            codes.append(error.response["Error"]["Code"])

    threads = [threading.Thread(target=create, args=(name,)) for name in ["same"] * 4 + ["b", "c", "d", "e"]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes.count("created") == 2
    # at most one of the four with the same name is created; the name or the slots may run out first
    assert set(codes) <= {"created", "LimitExceededException", "ResourceInUseException"}
    assert len(emulator.describe(project)) == 2


def test_a_training_runs_once_for_concurrent_describes(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[object] = []
    begun, go_on = threading.Event(), threading.Event()

    def slow_train(*arguments: Any) -> Any:
        runs.append(arguments)
        begun.set()
        assert go_on.wait(10)
        return train(*arguments)

    monkeypatch.setattr("rekog_versions.testing.entities.train", slow_train)
    project = emulator.project()
    emulator.create(project)
    statuses: list[str] = []
    lookers = [threading.Thread(target=lambda: statuses.extend(emulator.statuses(project))) for _ in range(3)]
    for looker in lookers:
        looker.start()
    assert begun.wait(10)
    # no lock is held meanwhile, so other calls get a response
    assert emulator.project("p2")
    go_on.set()
    for looker in lookers:
        looker.join()
    assert statuses == ["TRAINING_COMPLETED"] * 3
    assert len(runs) == 1


def test_an_error_of_the_emulation_is_raised_and_the_next_describe_tries_again(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> Any:
        raise ZeroDivisionError("a fault")

    project = emulator.project()
    emulator.create(project)
    with monkeypatch.context() as patched:
        patched.setattr("rekog_versions.testing.entities.train", broken)
        with pytest.raises(ZeroDivisionError):
            emulator.describe(project)
    assert emulator.statuses(project) == ["TRAINING_COMPLETED"]
