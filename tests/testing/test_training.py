import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest

from rekog_versions.testing import mock_custom_labels
from tests.testing.emulator import (
    BUCKET,
    MANIFEST,
    Emulator,
    assets,
    boxed_line,
    cats_and_dogs,
    client,
    json_lines,
    line,
)

UNREADABLE = "The manifest file extension or contents are invalid."
HOSTILE = [
    "<script>alert(1)</script>",
    "\x1b[31mred",
    "../../etc/passwd",
    "a\u2028b",
    "{0}%s",
    "'; DROP",
    "\u202eelif ",
]


def failed(emulator: Emulator, **request: Any) -> str:
    project = emulator.project()
    emulator.create(project, **request)
    (version,) = emulator.describe(project)
    assert version["Status"] == "TRAINING_FAILED"
    assert "EvaluationResult" not in version
    assert "Contents" not in emulator.s3.list_objects_v2(Bucket=BUCKET, Prefix="output")
    message: str = version["StatusMessage"]
    return message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The manifest file is empty."),
        (b"\n \r\n\n", "The manifest file is empty."),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", UNREADABLE),
        (b"not json\nneither\n", UNREADABLE),
        (json.dumps([line(1, "a")], indent=1).encode(), UNREADABLE),
        (b"[" * 100_000, UNREADABLE),
    ],
)
def test_a_manifest_file_that_cannot_be_used_fails_the_training(
    emulator: Emulator, content: bytes, message: str
) -> None:
    emulator.put(content)
    assert failed(emulator) == message


@pytest.mark.parametrize(
    "data",
    [
        assets("data/missing.manifest"),
        assets("train.manifest", bucket="missing-bucket"),
        assets("data/noextension"),
        assets("data.d/noextension"),
        assets("data/ends-with."),
        {
            "Assets": [
                {"GroundTruthManifest": {"S3Object": {"Bucket": BUCKET, "Name": "data/train.manifest", "Version": "9"}}}
            ]
        },
        {"Assets": [*assets("data/train.manifest")["Assets"], *assets("data/missing.json")["Assets"]]},
    ],
)
def test_a_manifest_that_is_missing_or_has_no_extension_fails_the_training(
    emulator: Emulator, data: Mapping[str, Any]
) -> None:
    emulator.put(cats_and_dogs(), "data/noextension")
    emulator.put(cats_and_dogs(), "data.d/noextension")
    emulator.put(cats_and_dogs(), "data/ends-with.")
    assert failed(emulator, TrainingData=data) == UNREADABLE


def test_a_missing_test_manifest_fails_the_training(emulator: Emulator) -> None:
    assert failed(emulator, TestingData=assets("data/missing.manifest")) == UNREADABLE


def test_a_missing_output_bucket_fails_the_training(emulator: Emulator) -> None:
    message = failed(emulator, OutputConfig={"S3Bucket": "missing-bucket", "S3KeyPrefix": "output"})
    assert message == "Unable to write to output S3 bucket."


def test_buckets_of_another_region_cannot_be_used(emulator: Emulator) -> None:
    far = client("s3", "eu-west-1")
    far.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    far.put_object(Bucket="far", Key="train.manifest", Body=cats_and_dogs())
    assert failed(emulator, OutputConfig={"S3Bucket": "far"}) == "Unable to write to output S3 bucket."
    project = emulator.project("p2")
    emulator.create(project, TrainingData=assets("train.manifest", bucket="far"))
    assert emulator.describe(project)[0]["StatusMessage"] == UNREADABLE


def test_a_bucket_of_another_account_can_be_forbidden(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    role = client("sts").assume_role(RoleArn="arn:aws:iam::210987654321:role/other", RoleSessionName="other")
    keys = role["Credentials"]
    other: Any = boto3.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    other.create_bucket(Bucket="theirs")
    other.put_object(Bucket="theirs", Key="train.manifest", Body=cats_and_dogs())
    monkeypatch.setenv("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", "false")
    data = assets("train.manifest", bucket="theirs")
    assert failed(emulator, TrainingData=data) == "The S3 bucket permissions are incorrect."


def test_a_failure_that_is_set_does_not_depend_on_the_files(emulator: Emulator) -> None:
    emulator.labels.set_training(outcome="TRAINING_FAILED", message="Set \x1b[0m so.")
    assert failed(emulator) == "Set \x1b[0m so."


def test_a_completed_training_has_the_message_that_is_set(emulator: Emulator) -> None:
    emulator.labels.set_training(message="Ready, more or less.")
    assert emulator.train(cats_and_dogs())["StatusMessage"] == "Ready, more or less."


def test_the_summary_has_the_format_of_the_service(emulator: Emulator) -> None:
    version = emulator.train(cats_and_dogs(20))
    summary = emulator.summary(version)
    assert list(summary) == ["Version", "EvaluationDetails", "AggregatedEvaluationResults", "LabelEvaluationResults"]
    details = summary["EvaluationDetails"]
    assert details["ProjectVersionArn"] == version["ProjectVersionArn"]
    assert details["EvaluationEndTimestamp"][:19] == version["TrainingEndTimestamp"].strftime("%Y-%m-%dT%H:%M:%S")
    assert (details["Labels"], details["NumberOfTrainingImages"]) == (["cat", "dog"], 16)
    assert details["NumberOfTestingImages"] == 4
    aggregated = summary["AggregatedEvaluationResults"]
    assert set(aggregated) == {"Precision", "Recall", "F1Score", "ConfusionMatrix"}
    assert aggregated["F1Score"] == pytest.approx(version["EvaluationResult"]["F1Score"])
    assert len(aggregated["ConfusionMatrix"]) == 4
    results = summary["LabelEvaluationResults"]
    assert sum(result["NumberOfTestingImages"] for result in results) == 4
    for name in ("Precision", "Recall", "F1Score"):
        values = [result["Metrics"][name] for result in results]
        assert aggregated[name] == pytest.approx(sum(values) / len(values))
    assert all(0 <= result["Metrics"]["Threshold"] <= 1 for result in results)


def test_labels_are_in_the_order_of_their_f1(emulator: Emulator) -> None:
    emulator.labels.set_quality(f1=0.7)
    entries = [
        line(number, *(["a"] if number % 2 else ["b"]), *(["c"] if number % 5 == 0 else [])) for number in range(60)
    ]
    results = emulator.summary(emulator.train(json_lines(entries), testing=json_lines(entries)))[
        "LabelEvaluationResults"
    ]
    scores = [result["Metrics"]["F1Score"] for result in results]
    assert scores == sorted(scores, reverse=True)
    assert {result["Label"] for result in results} == {"a", "b", "c"}


@pytest.mark.parametrize("quality", [0.0, 0.35, 0.5, 0.8, 0.95, 1.0])
def test_the_metrics_are_close_to_the_quality_that_is_set(emulator: Emulator, quality: float) -> None:
    emulator.labels.set_quality(f1=quality, seed=7)
    version = emulator.train(cats_and_dogs(), testing=cats_and_dogs(400))
    assert version["EvaluationResult"]["F1Score"] == pytest.approx(quality, abs=0.01)
    again = emulator.summary(version)["AggregatedEvaluationResults"]
    assert again["F1Score"] == pytest.approx(quality, abs=0.01)


def test_another_seed_or_another_name_gives_another_model(emulator: Emulator) -> None:
    def summary(name: str, seed: int) -> Any:
        emulator.labels.set_quality(f1=0.8, seed=seed)
        project = emulator.project(name)
        emulator.create(project)
        return emulator.summary(emulator.describe(project)[0])["LabelEvaluationResults"]

    emulator.put(cats_and_dogs(100))
    first = summary("p1", 1)
    assert summary("p2", 2) != first
    # the names are part of the seed, so another version has another model
    assert summary("p3", 1) != first


def test_boxes_are_counted_as_objects_and_images(emulator: Emulator) -> None:
    entries = [boxed_line(number, "cat", "cat", "dog") for number in range(10)] + [boxed_line("empty")]
    version = emulator.train(json_lines(entries), testing=json_lines(entries))
    summary = emulator.summary(version)
    aggregated = summary["AggregatedEvaluationResults"]
    assert set(aggregated) == {"Precision", "Recall", "F1Score", "AveragePrecision", "AverageRecall"}
    assert {r["Label"]: r["NumberOfTestingImages"] for r in summary["LabelEvaluationResults"]} == {"cat": 10, "dog": 10}
    assert summary["EvaluationDetails"]["NumberOfTestingImages"] == 10


def test_class_ids_are_valid_only_in_their_line(emulator: Emulator) -> None:
    cat, dog = boxed_line(1, "cat"), boxed_line(2, "dog")
    assert cat["boxes"]["annotations"][0]["class_id"] == dog["boxes"]["annotations"][0]["class_id"]
    summary = emulator.summary(emulator.train(json_lines([cat, dog]), testing=json_lines([cat, dog])))
    assert summary["EvaluationDetails"]["Labels"] == ["cat", "dog"]


def test_auto_create_holds_back_a_fifth_with_as_many_labels_as_possible(emulator: Emulator) -> None:
    details = emulator.summary(emulator.train(json_lines([boxed_line(1, "a"), boxed_line(2, "a")])))[
        "EvaluationDetails"
    ]
    assert (details["NumberOfTrainingImages"], details["NumberOfTestingImages"]) == (1, 1)
    emulator.put(json_lines(line(number, f"label{number % 5}") for number in range(25)), "data/many.manifest")
    project = emulator.project("p2")
    emulator.create(project, TrainingData=assets("data/many.manifest"))
    details = emulator.summary(emulator.describe(project)[0])["EvaluationDetails"]
    assert details["NumberOfTestingImages"] == 5


def test_several_manifests_are_read_as_one(emulator: Emulator) -> None:
    emulator.put(json_lines([line(number, "bird") for number in range(5)]), "data/birds.jsonl")
    project = emulator.project()
    emulator.create(project, TrainingData=assets("data/train.manifest", "data/birds.jsonl"))
    details = emulator.summary(emulator.describe(project)[0])["EvaluationDetails"]
    assert details["NumberOfTrainingImages"] + details["NumberOfTestingImages"] == 25


def test_a_label_that_no_test_image_shows_has_no_metrics(emulator: Emulator) -> None:
    version = emulator.train(cats_and_dogs(), testing=json_lines([line(1, "cat"), line(2, "bird")]))
    assert [found["Label"] for found in emulator.summary(version)["LabelEvaluationResults"]] == ["cat"]


def test_hostile_labels_and_keys_are_unchanged(emulator: Emulator) -> None:
    key = "data/../ü \u200b+%2F#<x>.manifest"
    emulator.put(json_lines(line(number, HOSTILE[number % len(HOSTILE)]) for number in range(35)), key)
    prefix = "out/../ü \u202e%s"
    project = emulator.project("...")
    emulator.create(project, "-", TrainingData=assets(key), OutputConfig={"S3Bucket": BUCKET, "S3KeyPrefix": prefix})
    (version,) = emulator.describe(project)
    assert version["TrainingDataResult"]["Input"] == assets(key)
    place = version["EvaluationResult"]["Summary"]["S3Object"]
    assert place == {"Bucket": BUCKET, "Name": f"{prefix}/EvaluationResultSummary-...--.json"}
    assert emulator.summary(version)["EvaluationDetails"]["Labels"] == sorted(HOSTILE)


@pytest.mark.parametrize(
    ("prefix", "key"),
    [
        (None, "EvaluationResultSummary-p1-v1.json"),
        ("", "EvaluationResultSummary-p1-v1.json"),
        ("a/b/", "a/b/EvaluationResultSummary-p1-v1.json"),
        ("a/b", "a/b/EvaluationResultSummary-p1-v1.json"),
    ],
)
def test_the_summary_is_written_under_the_prefix(emulator: Emulator, prefix: str | None, key: str) -> None:
    output = {"S3Bucket": BUCKET} | ({} if prefix is None else {"S3KeyPrefix": prefix})
    version = emulator.train(cats_and_dogs(), OutputConfig=output)
    assert version["EvaluationResult"]["Summary"]["S3Object"]["Name"] == key


def test_the_summary_is_encrypted_with_the_key(emulator: Emulator) -> None:
    version = emulator.train(cats_and_dogs(), KmsKeyId="alias/mine")
    head = emulator.s3.head_object(Bucket=BUCKET, Key=version["EvaluationResult"]["Summary"]["S3Object"]["Name"])
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "alias/mine")


def test_lines_without_labels_are_left_out(emulator: Emulator) -> None:
    odd: list[Any] = [
        {"no": "source-ref"},
        {"source-ref": f"s3://{BUCKET}/1.jpg", "a": 1, "a-metadata": "no object"},
        {"source-ref": f"s3://{BUCKET}/2.jpg", "a": 1, "a-metadata": {"class-name": 5}},
        {"source-ref": f"s3://{BUCKET}/3.jpg", "a": {"annotations": "none"}, "a-metadata": {"class-map": {"0": "x"}}},
        {
            "source-ref": f"s3://{BUCKET}/4.jpg",
            "a": {"annotations": [1, {"class_id": 9}]},
            "a-metadata": {"class-map": {}},
        },
        {"source-ref": f"s3://{BUCKET}/5.jpg", "metadata": 1, "-metadata": {}, "source-ref-metadata": {}},
        line("same", "cat", "cat"),
    ]
    content = b"\xef\xbb\xbf" + cats_and_dogs(40).replace(b"\n", b"\r\n") + b"broken\n[]\n\n" + json_lines(odd)
    version = emulator.train(content, testing=content)
    summary = emulator.summary(version)
    assert summary["EvaluationDetails"]["NumberOfTestingImages"] == 41
    counts = {result["Label"]: result["NumberOfTestingImages"] for result in summary["LabelEvaluationResults"]}
    assert counts == {"cat": 21, "dog": 20}


def test_the_same_names_and_seed_give_the_same_model() -> None:
    summaries: list[Any] = []
    for _ in range(2):
        with mock_custom_labels() as labels:
            emulator = Emulator(labels, client("rekognition"), client("s3"))
            emulator.s3.create_bucket(Bucket=BUCKET)
            labels.set_quality(f1=0.8, seed=3)
            summaries.append(emulator.summary(emulator.train(cats_and_dogs(100)))["LabelEvaluationResults"])
    assert summaries[0] == summaries[1]


def test_a_versioned_manifest_is_read_in_the_version_that_is_asked_for(emulator: Emulator) -> None:
    emulator.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    old = emulator.s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs(10))["VersionId"]
    emulator.put(b"")
    data = {"Assets": [{"GroundTruthManifest": {"S3Object": {"Bucket": BUCKET, "Name": MANIFEST, "Version": old}}}]}
    project = emulator.project()
    emulator.create(project, TrainingData=data)
    (version,) = emulator.describe(project)
    assert version["TrainingDataResult"]["Input"] == data
    assert emulator.summary(version)["EvaluationDetails"]["NumberOfTrainingImages"] == 8
