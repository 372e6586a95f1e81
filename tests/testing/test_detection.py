"""DetectCustomLabels, called with boto3."""

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings, strategies as st

from rekog_versions.testing import mock_custom_labels
from tests.testing.datasets import create_dataset
from tests.testing.emulator import BUCKET, Emulator, assets, boxed_line, cats_and_dogs, client, json_lines, line
from tests.testing.pictures import picture
from tests.testing.recount import SEEN, entries
from tests.testing.test_evaluation_files import NUMBERS, boxes_line

MEBIBYTE = 1024 * 1024
PETS = ((1, "cat"), (2, "dog"))


def run(arn: str) -> str:
    """Start a version."""
    rekognition = client("rekognition", region=arn.split(":")[3])
    rekognition.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=1)
    return arn


def running(emulator: Emulator, manifest: bytes, *, testing: bytes | None = None, project: str = "p1") -> str:
    """Train and start a version, and return its ARN."""
    return run(described(emulator, manifest, testing=testing, project=project)["ProjectVersionArn"])


def described(
    emulator: Emulator, manifest: bytes, *, testing: bytes | None = None, project: str = "p1"
) -> dict[str, Any]:
    emulator.put(manifest)
    others: dict[str, Any] = {}
    if testing is not None:
        emulator.put(testing, "data/test.manifest")
        others["TestingData"] = assets("data/test.manifest")
    project_arn = emulator.project(project)
    emulator.create(project_arn, **others)
    return emulator.describe(project_arn)[0]


def ask(emulator: Emulator, arn: str, image: Mapping[str, Any] | bytes, **others: Any) -> list[dict[str, Any]]:
    source = {"Bytes": image} if isinstance(image, bytes) else image
    answer = emulator.rekognition.detect_custom_labels(ProjectVersionArn=arn, Image=source, **others)
    found: list[dict[str, Any]] = answer["CustomLabels"]
    return found


def in_s3(key: str, **others: str) -> dict[str, Any]:
    return {"S3Object": {"Bucket": BUCKET, "Name": key, **others}}


def put_pictures(emulator: Emulator, count: int) -> list[bytes]:
    """Upload the images that the lines of `line` and `boxed_line` name."""
    pictures = [picture(seed=number) for number in range(count)]
    for number, content in enumerate(pictures):
        emulator.put(content, f"images/{number}.jpg")
    return pictures


def names(answers: list[dict[str, Any]]) -> list[str]:
    return [answer["Name"] for answer in answers]


def snapshot_answers(entry: Mapping[str, Any], least: Mapping[str, float] | float) -> list[tuple[str, float, Any]]:
    """Return the detections in the snapshot: labels, confidences up to 100, and boxes in ratios."""
    found: list[tuple[str, float, Any]] = []
    for name, value in entry.items():
        if not name.startswith(SEEN) or name.endswith("-metadata"):
            continue
        metadata = entry[f"{name}-metadata"]
        if not isinstance(value, dict):
            found.append((metadata["class-name"], metadata["confidence"] * 100, None))
            continue
        size = value["image_size"][0]
        for box, one in zip(value["annotations"], metadata["objects"], strict=True):
            ratios = {
                "Width": box["width"] / size["width"],
                "Height": box["height"] / size["height"],
                "Left": box["left"] / size["width"],
                "Top": box["top"] / size["height"],
            }
            found.append((metadata["class-map"][str(box["class_id"])], one["confidence"] * 100, ratios))
    kept = [
        one for one in found if one[1] > 0 and one[1] >= (least if isinstance(least, int | float) else least[one[0]])
    ]
    return sorted(kept, key=lambda one: -one[1])


def as_tuples(answers: list[dict[str, Any]]) -> list[tuple[str, float, Any]]:
    return [
        (answer["Name"], answer["Confidence"], answer["Geometry"]["BoundingBox"] if "Geometry" in answer else None)
        for answer in answers
    ]


@pytest.mark.parametrize("make", [line, boxed_line])
@pytest.mark.parametrize("by", ["location", "bytes", "copy", "version"])
def test_the_detections_in_a_test_image_are_those_of_the_snapshot(emulator: Emulator, make: Any, by: str) -> None:
    emulator.labels.set_quality(f1=0.6, seed=3)
    lines = json_lines(make(number, "cat" if number % 2 else "dog", "bird") for number in range(30))
    version = described(emulator, lines, testing=lines)
    arn = run(version["ProjectVersionArn"])
    summary = emulator.summary(version)
    thresholds = {result["Label"]: result["Metrics"]["Threshold"] * 100 for result in summary["LabelEvaluationResults"]}
    if by == "version":
        emulator.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    pictures = put_pictures(emulator, 30)
    answered = 0
    for number, entry in enumerate(entries(emulator.snapshot(version))):
        image: Any = in_s3(f"images/{number}.jpg")
        if by == "bytes":
            image = pictures[number]
        elif by == "copy":
            emulator.put(pictures[number], "elsewhere.png")
            image = in_s3("elsewhere.png")
        elif by == "version":
            head = emulator.s3.head_object(Bucket=BUCKET, Key=f"images/{number}.jpg")
            image = in_s3(f"images/{number}.jpg", Version=head["VersionId"])
        for request, least in (({}, thresholds), ({"MinConfidence": 0}, 0), ({"MinConfidence": 70}, 70)):
            expected = snapshot_answers(entry, least)
            assert as_tuples(ask(emulator, arn, image, **request)) == expected
            answered += len(expected)
    assert answered > 60


def test_a_model_trained_on_datasets_detects_what_its_snapshot_lists(emulator: Emulator) -> None:
    lines = json_lines(line(number, "cat" if number % 2 else "dog") for number in range(10))
    project = emulator.project()
    for kind in ("TRAIN", "TEST"):
        create_dataset(emulator, project, kind, lines)
    arn = run(emulator.create(project, TrainingData=None, TestingData=None))
    pictures = put_pictures(emulator, 10)
    snapshot = entries(emulator.snapshot(emulator.describe(project)[0]))
    assert len(snapshot) == 10
    for content, entry in zip(pictures, snapshot, strict=True):
        assert as_tuples(ask(emulator, arn, content, MinConfidence=0)) == snapshot_answers(entry, 0)


def test_the_thresholds_apply_only_without_min_confidence(emulator: Emulator) -> None:
    emulator.labels.set_quality(f1=0.8)
    lines = json_lines(line(number, "cat" if number % 2 else "dog") for number in range(40))
    version = described(emulator, lines, testing=lines)
    arn = run(version["ProjectVersionArn"])
    put_pictures(emulator, 40)
    counts = {"assumed": 0, "all": 0, "high": 0}
    for number in range(40):
        image = in_s3(f"images/{number}.jpg")
        everything, assumed = ask(emulator, arn, image, MinConfidence=0), ask(emulator, arn, image)
        high = ask(emulator, arn, image, MinConfidence=95)
        assert all(answer in everything for answer in assumed + high)
        assert all(answer["Confidence"] >= 95 for answer in high)
        for name, answers in (("assumed", assumed), ("all", everything), ("high", high)):
            counts[name] += len(answers)
    metrics = [result["Metrics"] for result in emulator.summary(version)["LabelEvaluationResults"]]
    # there are 20 images of each label; counts the hits and the wrong detections above the thresholds
    assert counts["assumed"] == sum(round(20 * one["Recall"] / one["Precision"]) for one in metrics)
    assert counts["high"] < counts["assumed"] < counts["all"]


def test_a_threshold_of_the_summary_as_min_confidence_gives_the_default_detections(emulator: Emulator) -> None:
    lines = json_lines(line(number, "cat" if number % 2 else "dog") for number in range(20))
    version = described(emulator, lines, testing=lines)
    arn = run(version["ProjectVersionArn"])
    put_pictures(emulator, 20)
    thresholds = {
        result["Label"]: result["Metrics"]["Threshold"]
        for result in emulator.summary(version)["LabelEvaluationResults"]
    }
    for number in range(20):
        image = in_s3(f"images/{number}.jpg")
        assumed = ask(emulator, arn, image)
        for label, threshold in thresholds.items():
            filtered = ask(emulator, arn, image, MinConfidence=threshold * 100)
            assert [one for one in filtered if one["Name"] == label] == [one for one in assumed if one["Name"] == label]


@pytest.mark.parametrize("make", [line, boxed_line])
def test_any_other_image_always_gets_the_same_detections(emulator: Emulator, make: Any) -> None:
    arn = running(emulator, json_lines(make(number, "cat" if number % 2 else "dog") for number in range(20)))
    answers: list[Any] = []
    for seed in range(30):
        new = picture(200, 100, seed=1000 + seed)
        emulator.put(new, "new/picture")
        answers.append(ask(emulator, arn, new, MinConfidence=0))
        assert ask(emulator, arn, in_s3("new/picture"), MinConfidence=0) == answers[-1]
        assert all(0 < answer["Confidence"] <= 100 for answer in answers[-1])
        confidences = [answer["Confidence"] for answer in answers[-1]]
        assert confidences == sorted(confidences, reverse=True)
        for answer in answers[-1]:
            if make is line:
                assert "Geometry" not in answer
            else:
                box = answer["Geometry"]["BoundingBox"]
                assert 0 <= box["Left"] < box["Left"] + box["Width"] <= 1
                assert 0 <= box["Top"] < box["Top"] + box["Height"] <= 1
    assert {name for answer in answers for name in names(answer)} == {"cat", "dog"}
    assert len({json.dumps(answer) for answer in answers}) == 30


def test_detections_in_other_images_have_the_quality_that_is_set(emulator: Emulator) -> None:
    manifest = json_lines(line(number, "cat" if number % 2 else "dog") for number in range(100))
    pictures = [picture(seed=seed) for seed in range(80)]
    counts: dict[float, int] = {}
    emulator.labels.set_limits(running=3)
    for f1 in (0.0, 0.5, 1.0):
        emulator.labels.set_quality(f1=f1)
        arn = running(emulator, manifest, project=f"p{f1}")
        counts[f1] = sum(len(ask(emulator, arn, content)) == 1 for content in pictures)
    # a perfect model detects exactly one label in each, above its threshold
    assert counts[1.0] == 80
    assert counts[0.0] < 80 * 0.8


def test_another_version_has_other_detections(emulator: Emulator) -> None:
    first = running(emulator, cats_and_dogs(), project="p1")
    second = running(emulator, cats_and_dogs(), project="p2")
    new = picture()
    assert ask(emulator, first, new, MinConfidence=0) != ask(emulator, second, new, MinConfidence=0)


def test_a_label_that_no_test_image_shows_can_be_detected(emulator: Emulator) -> None:
    emulator.labels.set_quality(f1=1)
    arn = running(emulator, cats_and_dogs(), testing=json_lines([line(1, "cat")]))
    seen = {name for seed in range(30) for name in names(ask(emulator, arn, picture(seed=seed)))}
    assert seen == {"cat", "dog"}


def test_max_results_keeps_those_with_the_highest_confidence(emulator: Emulator) -> None:
    arn = running(emulator, json_lines(line(number, f"l{number % 5}") for number in range(50)))
    new = picture()
    everything = ask(emulator, arn, new, MinConfidence=0)
    assert len(everything) == 5
    for count in range(7):
        assert ask(emulator, arn, new, MinConfidence=0, MaxResults=count) == everything[:count]


def test_an_older_version_of_a_test_image_is_another_picture(emulator: Emulator) -> None:
    lines = json_lines(line(number, "cat" if number % 2 else "dog") for number in range(10))
    arn = running(emulator, lines, testing=lines)
    emulator.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    old = emulator.s3.put_object(Bucket=BUCKET, Key="images/1.jpg", Body=picture(seed=77))["VersionId"]
    emulator.put(picture(seed=1), "images/1.jpg")
    answer = ask(emulator, arn, in_s3("images/1.jpg", Version=old), MinConfidence=0)
    assert answer == ask(emulator, arn, picture(seed=77), MinConfidence=0)
    assert answer != ask(emulator, arn, in_s3("images/1.jpg"), MinConfidence=0)


def test_hostile_labels_and_keys_are_unchanged(emulator: Emulator) -> None:
    key, label = "../../ü \u202e%2F#<x>\x1b.jpg", "../../x\u2028<script>{0}"
    entry = line(1, label)
    entry["source-ref"] = f"s3://{BUCKET}/{key}"
    emulator.labels.set_quality(f1=1)
    arn = running(emulator, cats_and_dogs() + json_lines([entry]), testing=cats_and_dogs(2) + json_lines([entry]))
    content = picture()
    emulator.put(content, key)
    for image in (in_s3(key), content):
        (answer,) = ask(emulator, arn, image)
        assert answer["Name"] == label


def test_test_images_that_cannot_be_read_are_skipped(emulator: Emulator) -> None:
    arn = running(emulator, cats_and_dogs(), testing=json_lines([line(1, "cat"), line(2, "cat"), line(3, "dog")]))
    emulator.put(picture(seed=5, width=100), "images/2.jpg")  # no other image has this size
    emulator.put(picture(seed=6), "images/3.jpg")
    same = ask(emulator, arn, in_s3("images/3.jpg"), MinConfidence=0)
    assert ask(emulator, arn, picture(seed=6), MinConfidence=0) == same


def test_test_images_in_a_missing_bucket_are_skipped(emulator: Emulator) -> None:
    far = [{**line(number, label), "source-ref": f"s3://no-such-bucket/{number}.jpg"} for number, label in PETS]
    arn = running(emulator, cats_and_dogs(), testing=json_lines(far))
    new = ask(emulator, arn, picture(seed=6), MinConfidence=0)
    assert len(new) == 2
    assert ask(emulator, arn, picture(seed=6), MinConfidence=0) == new


def test_the_first_of_two_test_images_with_the_same_content_counts(emulator: Emulator) -> None:
    emulator.labels.set_quality(f1=1)
    arn = running(emulator, cats_and_dogs(), testing=json_lines([line(1, "cat"), line(2, "dog"), line(2, "cat")]))
    for number in (1, 2):
        emulator.put(picture(), f"images/{number}.jpg")
    assert names(ask(emulator, arn, picture())) == ["cat"]
    # by its S3 location, it is the image of the first line with that location
    assert names(ask(emulator, arn, in_s3("images/2.jpg"))) == ["dog"]


# Rejected requests


def refused(emulator: Emulator, arn: str, image: Mapping[str, Any] | bytes, **others: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        ask(emulator, arn, image, **others)
    error = caught.value.response["Error"]
    code = error["Code"]
    # boto3 has a class for each code that the service model declares
    undeclared = ("SerializationException", "ValidationException")
    assert code in undeclared or type(caught.value) is getattr(emulator.rekognition.exceptions, code)
    return code, error["Message"]


def test_a_version_that_does_not_run_is_not_ready(emulator: Emulator) -> None:
    emulator.labels.set_training(times=2)
    emulator.put(cats_and_dogs())
    project = emulator.project()
    arn = emulator.create(project)
    for _ in range(3):
        assert refused(emulator, arn, picture())[0] == "ResourceNotReadyException"
        emulator.describe(project)


def test_a_missing_version_is_not_found(emulator: Emulator) -> None:
    arn = running(emulator, cats_and_dogs())
    for other in (
        arn[:-1] + str(9 - int(arn[-1])),
        arn.replace("/p1/", "/p2/"),
        arn.replace("/v1/", "/v2/"),
        arn.replace("us-east-1", "us-west-2"),
        arn.replace("123456789012", "210987654321"),
    ):
        assert refused(emulator, other, picture())[0] == "ResourceNotFoundException"


def test_a_version_of_another_region_or_account_is_not_found(emulator: Emulator) -> None:
    arn = running(emulator, cats_and_dogs())
    keys = client("sts").assume_role(RoleArn="arn:aws:iam::210987654321:role/r", RoleSessionName="other-one")[
        "Credentials"
    ]
    others: list[Any] = [
        client("rekognition", "eu-west-1"),
        boto3.client(  # pyright: ignore[reportUnknownMemberType]
            "rekognition",
            region_name="us-east-1",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        ),
    ]
    for rekognition in others:
        other = Emulator(emulator.labels, rekognition, emulator.s3)
        assert refused(other, arn, picture())[0] == "ResourceNotFoundException"


def test_detection_with_an_adapter_is_rejected(emulator: Emulator) -> None:
    project = emulator.project("adapter", Feature="CONTENT_MODERATION", AutoUpdate="ENABLED")
    arn = emulator.create(project)
    code, message = refused(emulator, arn, picture())
    assert code == "InvalidParameterException"
    assert "CONTENT_MODERATION" in message


def test_a_version_whose_training_failed_is_never_ready(emulator: Emulator) -> None:
    emulator.labels.set_training(outcome="TRAINING_FAILED")
    arn = described(emulator, cats_and_dogs())["ProjectVersionArn"]
    code, message = refused(emulator, arn, picture())
    assert (code, "is TRAINING_FAILED and not RUNNING" in message) == ("ResourceNotReadyException", True)
    with pytest.raises(emulator.rekognition.exceptions.ResourceInUseException):
        run(arn)


def test_a_version_is_not_ready_before_its_start_and_after_its_stop(emulator: Emulator) -> None:
    arn = described(emulator, cats_and_dogs())["ProjectVersionArn"]
    project = emulator.rekognition.describe_projects()["ProjectDescriptions"][0]["ProjectArn"]
    assert "is TRAINING_COMPLETED and" in refused(emulator, arn, picture())[1]
    emulator.labels.set_hosting(times=1)
    run(arn)
    assert "is STARTING and" in refused(emulator, arn, picture())[1]
    assert emulator.statuses(project) == ["RUNNING"]
    assert ask(emulator, arn, picture(), MinConfidence=0)
    emulator.rekognition.stop_project_version(ProjectVersionArn=arn)
    assert refused(emulator, arn, picture())[0] == "ResourceNotReadyException"
    assert emulator.statuses(project) == ["STOPPED"]
    code, message = refused(emulator, arn, picture())
    assert (code, "is STOPPED and" in message) == ("ResourceNotReadyException", True)


@pytest.mark.parametrize("make", [line, boxed_line])
def test_a_copy_detects_what_its_source_detects(emulator: Emulator, make: Any) -> None:
    emulator.labels.set_quality(f1=0.7, seed=5)
    lines = json_lines(make(number, "cat" if number % 2 else "dog") for number in range(10))
    source = running(emulator, lines, testing=lines)
    # a later quality does not change the copy of a trained model
    emulator.labels.set_quality(f1=0, seed=6)
    copied = emulator.rekognition.copy_project_version(
        SourceProjectArn=emulator.rekognition.describe_projects()["ProjectDescriptions"][0]["ProjectArn"],
        SourceProjectVersionArn=source,
        DestinationProjectArn=emulator.project("p2"),
        VersionName="copy",
        OutputConfig={"S3Bucket": BUCKET, "S3KeyPrefix": "copies"},
    )["ProjectVersionArn"]
    assert refused(emulator, copied, picture())[0] == "ResourceNotReadyException"
    run(copied)
    pictures = [*put_pictures(emulator, 10), *(picture(seed=seed) for seed in range(100, 110))]
    for content in pictures:
        for request in ({}, {"MinConfidence": 0}):
            assert ask(emulator, copied, content, **request) == ask(emulator, source, content, **request)
    # the copy does not need its source
    answers = [ask(emulator, copied, content, MinConfidence=0) for content in pictures]
    assert any(answers)
    emulator.rekognition.stop_project_version(ProjectVersionArn=source)
    emulator.rekognition.delete_project_version(ProjectVersionArn=source)
    assert refused(emulator, source, picture())[0] == "ResourceNotFoundException"
    assert [ask(emulator, copied, content, MinConfidence=0) for content in pictures] == answers


def test_a_copy_that_failed_detects_nothing(emulator: Emulator) -> None:
    emulator.labels.set_copying(outcome="COPYING_FAILED")
    source = running(emulator, cats_and_dogs())
    project = emulator.rekognition.describe_projects()["ProjectDescriptions"][0]["ProjectArn"]
    copied = emulator.rekognition.copy_project_version(
        SourceProjectArn=project,
        SourceProjectVersionArn=source,
        DestinationProjectArn=project,
        VersionName="copy",
        OutputConfig={"S3Bucket": BUCKET},
    )["ProjectVersionArn"]
    assert "is COPYING_FAILED and" in refused(emulator, copied, picture())[1]


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ({}, "either Bytes or an S3Object"),
        ({"Bytes": picture(), **in_s3("images/1.jpg")}, "either Bytes or an S3Object"),
        ({"S3Object": {"Bucket": BUCKET}}, "Bucket and the Name"),
        ({"S3Object": {"Name": "a"}}, "Bucket and the Name"),
        ({"S3Object": {}}, "Bucket and the Name"),
    ],
)
def test_an_image_must_be_given_as_bytes_or_in_s3(emulator: Emulator, image: dict[str, Any], message: str) -> None:
    arn = running(emulator, cats_and_dogs())
    code, found = refused(emulator, arn, image)
    assert code == "InvalidParameterException"
    assert message in found


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ({"Bytes": b""}, "length greater than or equal to 1"),
        ({"S3Object": {"Bucket": "a/b", "Name": "a"}}, "pattern"),
        ({"Bytes": b"x" * 5_242_881}, "length less than or equal to 5242880"),
    ],
)
def test_an_image_outside_of_a_constraint_is_rejected(emulator: Emulator, image: dict[str, Any], message: str) -> None:
    code, found = refused(emulator, running(emulator, cats_and_dogs()), image)
    assert code == "ValidationException"
    assert message in found


@pytest.mark.parametrize("others", [{"MinConfidence": 100.5}, {"MinConfidence": float("nan")}])
def test_numbers_out_of_range_are_rejected(emulator: Emulator, others: dict[str, Any]) -> None:
    code, message = refused(emulator, running(emulator, cats_and_dogs()), picture(), **others)
    assert code == "ValidationException"
    assert "minConfidence" in message


@pytest.mark.parametrize("content", [b"text", picture(kind="GIF"), picture(kind="JPEG")[:20], picture()[:12]])
def test_an_image_that_is_neither_png_nor_jpeg_is_rejected(emulator: Emulator, content: bytes) -> None:
    arn = running(emulator, cats_and_dogs())
    emulator.put(content, "images/odd.png")
    for image in (content, in_s3("images/odd.png")):
        assert refused(emulator, arn, image)[0] == "InvalidImageFormatException"


def test_an_image_may_have_four_megabytes_as_bytes_and_fifteen_in_s3(emulator: Emulator) -> None:
    arn = running(emulator, cats_and_dogs())
    small = picture()

    def filled(size: int) -> bytes:
        return small + b"\0" * (size - len(small))

    assert ask(emulator, arn, filled(4 * MEBIBYTE), MinConfidence=0)
    for size in (4 * MEBIBYTE + 1, 5_242_880):
        code, message = refused(emulator, arn, filled(size))
        assert (code, str(size) in message) == ("ImageTooLargeException", True)
    emulator.put(filled(15 * MEBIBYTE), "images/large.png")
    assert ask(emulator, arn, in_s3("images/large.png"), MinConfidence=0)
    emulator.put(filled(15 * MEBIBYTE + 1), "images/large.png")
    assert refused(emulator, arn, in_s3("images/large.png"))[0] == "ImageTooLargeException"


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize(
    ("width", "height", "code"),
    [
        (205, 4096, None),
        (4096, 205, None),
        (64, 1280, None),
        (64, 1281, "InvalidParameterException"),
        (1281, 64, "InvalidParameterException"),
        (204, 4096, "InvalidParameterException"),
        (63, 100, "InvalidParameterException"),
        (100, 63, "InvalidParameterException"),
        (4097, 100, "ImageTooLargeException"),
        (100, 4097, "ImageTooLargeException"),
    ],
)
def test_a_side_has_64_to_4096_pixels_and_at_most_20_times_those_of_the_other(
    emulator: Emulator, kind: str, width: int, height: int, code: str | None
) -> None:
    arn = running(emulator, cats_and_dogs())
    content = picture(width, height, kind=kind)
    if code is None:
        assert ask(emulator, arn, content, MinConfidence=0)
    else:
        found, message = refused(emulator, arn, content)
        assert (found, f"{width} x {height}" in message) == (code, True)


def test_images_in_s3_that_cannot_be_read_are_rejected(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = running(emulator, cats_and_dogs())
    client("s3", "eu-west-1").create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client("s3", "eu-west-1").put_object(Bucket="far", Key="a.png", Body=picture())
    for image in (
        in_s3("missing.png"),
        in_s3("images/1.jpg", Bucket="missing-bucket"),
        in_s3("a.png", Bucket="far"),
        in_s3("data/train.manifest", Version="9"),
    ):
        code, message = refused(emulator, arn, image)
        assert code == "InvalidS3ObjectException"
        assert "Check object key, region and/or access permissions." in message


def test_a_file_of_another_account_can_be_forbidden(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = running(emulator, cats_and_dogs())
    keys = client("sts").assume_role(RoleArn="arn:aws:iam::210987654321:role/r", RoleSessionName="other-one")[
        "Credentials"
    ]
    theirs: Any = boto3.client(  # pyright: ignore[reportUnknownMemberType]
        "s3",
        region_name="us-east-1",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    theirs.create_bucket(Bucket="theirs")
    theirs.put_object(Bucket="theirs", Key="a.png", Body=picture())
    assert ask(emulator, arn, in_s3("a.png", Bucket="theirs"), MinConfidence=0)
    monkeypatch.setenv("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", "false")
    assert refused(emulator, arn, in_s3("a.png", Bucket="theirs"))[0] == "InvalidS3ObjectException"


def test_image_bytes_that_are_not_base64_are_rejected(emulator: Emulator) -> None:
    arn = running(emulator, cats_and_dogs())

    def spoil(params: dict[str, Any], **_: Any) -> None:
        params["body"] = json.dumps({"ProjectVersionArn": arn, "Image": {"Bytes": "no*base64"}}).encode()

    spoiling = Emulator(emulator.labels, client("rekognition"), emulator.s3)
    spoiling.rekognition.meta.events.register("before-call.rekognition.DetectCustomLabels", spoil)
    assert refused(spoiling, arn, picture()) == (
        "SerializationException", "The value at 'image.bytes' is not Base64-encoded"
    )  # fmt: skip


def test_boxes_of_two_attributes_with_two_sizes_of_the_image_are_ratios_of_their_own(emulator: Emulator) -> None:
    emulator.labels.set_quality(f1=1)
    first = boxes_line(1, (100, 100), [("cat", (10, 10, 40, 40))])
    second = boxes_line(1, (1000, 500), [("dog", (600, 100, 200, 300))])
    lines = json_lines([{**first, "more": second["boxes"], "more-metadata": second["boxes-metadata"]}])
    arn = running(emulator, lines, testing=lines)
    emulator.put(picture(), "images/1.png")
    found = {name: box for name, _, box in as_tuples(ask(emulator, arn, in_s3("images/1.png")))}
    expected = {
        "cat": {"Left": 0.1, "Top": 0.1, "Width": 0.4, "Height": 0.4},
        "dog": {"Left": 0.6, "Top": 0.2, "Width": 0.2, "Height": 0.6},
    }
    # the predicted boxes are slightly shifted
    assert found == {label: pytest.approx(box, abs=0.1) for label, box in expected.items()}


def test_the_fixed_response_of_moto_causes_no_warning() -> None:
    # pytest turns warnings into errors
    with mock_custom_labels():
        rekognition = client("rekognition")
        arn = "arn:aws:rekognition:us-east-1:123456789012:project/p1/version/v1/1574310000000"
        with pytest.raises(rekognition.exceptions.ResourceNotFoundException):
            rekognition.detect_custom_labels(ProjectVersionArn=arn, Image={"Bytes": picture()})


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_boxes_of_test_images_are_ratios_of_the_manifests_size(emulator: Emulator, data: st.DataObject) -> None:
    emulator.labels.set_limits(projects=100_000, running=100_000)
    side = st.integers(64, 500)
    size = data.draw(st.tuples(side, side))
    boxes = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from(["cat", "dog"]),
                st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(2, 34), st.integers(2, 34)),
            ),
            min_size=1,
            max_size=5,
        )
    )
    # only this example uploads an image there
    number = data.draw(st.integers(0, 10**9))
    lines = json_lines([boxes_line(number, size, boxes)])
    version = described(emulator, lines, testing=lines, project=f"p{next(NUMBERS)}")
    emulator.put(picture(*size), f"images/{number}.png")
    answers = ask(emulator, run(version["ProjectVersionArn"]), in_s3(f"images/{number}.png"), MinConfidence=0)
    (entry,) = entries(emulator.snapshot(version))
    assert as_tuples(answers) == snapshot_answers(entry, 0)
