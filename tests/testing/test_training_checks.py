"""A training has the result that `check_manifests` predicts, because both use the same rules."""

import json
from pathlib import Path
from typing import Any

import pytest

from rekog_versions.manifests import check_manifests
from tests.testing.datasets import create_dataset
from tests.testing.emulator import BUCKET, Emulator, boxed_line, cats_and_dogs, json_lines, line
from tests.testing.pictures import picture

FAR = {**line("far", "cat"), "source-ref": "s3://elsewhere/1.jpg"}
OFF = boxed_line("off", "cat", "cat")
OFF["boxes"]["annotations"][1]["left"] = -1
ENDS: list[tuple[bytes, bytes | None, str]] = [
    (cats_and_dogs(40) + b"broken\n" * 11, None, "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST"),
    (json_lines([{"a": 1}]), None, "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST"),
    (cats_and_dogs(40) + json_lines([FAR]), None, "ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS"),
    (cats_and_dogs(40), json_lines([line(1, "cat"), FAR]), "ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS"),
    (cats_and_dogs(3), None, "ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_AUTOSPLIT"),
    (json_lines(line(n, "cat") for n in range(9)), cats_and_dogs(), "ERROR_MANIFEST_TOO_FEW_LABELS"),
    (json_lines(line(n, f"{n // 2}") for n in range(502)), None, "ERROR_MANIFEST_TOO_MANY_LABELS"),
    (cats_and_dogs(), json_lines([line(1, "bird")]), "ERROR_INSUFFICIENT_LABEL_OVERLAP"),
    (cats_and_dogs(), json_lines([boxed_line(1, "cat", "dog")]), "ERROR_INSUFFICIENT_USABLE_LABEL_OVERLAP"),
    (
        json_lines([*(line(n, "cat") for n in range(9)), boxed_line("b", "dog")]),
        None,
        "ERROR_MANIFEST_TOO_FEW_USABLE_LABELS",
    ),
    # the errors of the training manifest come first
    (json_lines(line(n, "cat") for n in range(9)), cats_and_dogs() + b"broken\n" * 9, "ERROR_MANIFEST_TOO_FEW_LABELS"),
    (cats_and_dogs(), json_lines(line(n, f"{n}", "cat") for n in range(250)), "ERROR_MANIFEST_TOO_MANY_LABELS"),
]


def files(emulator: Emulator, version: dict[str, Any]) -> list[bytes]:
    places = [
        version["ManifestSummary"],
        *(version[data]["Validation"]["Assets"][0] for data in ("TrainingDataResult", "TestingDataResult")),
    ]
    return [emulator.read(place).encode() for place in places]


@pytest.mark.parametrize(("training", "testing", "code"), ENDS)
def test_a_training_fails_as_the_check_reports_and_writes_the_same_files(
    emulator: Emulator, tmp_path: Path, training: bytes, testing: bytes | None, code: str
) -> None:
    version = emulator.train(training, testing=testing)
    report = check_manifests(training, testing, auto_create=testing is None, write_to=tmp_path)
    assert not report.ok
    assert report.terminal[0].code == code
    assert (version["Status"], version["StatusMessage"]) == ("TRAINING_FAILED", report.terminal[0].message)
    assert "EvaluationResult" not in version
    assert files(emulator, version) == [path.read_bytes() for path in report.files]


@pytest.mark.parametrize(
    ("training", "testing"),
    [
        (cats_and_dogs(), cats_and_dogs(4)),
        (
            cats_and_dogs(40)
            + b"\nbroken\n"
            + json_lines([line("bare"), OFF, boxed_line("x"), {**line(1, "cat"), "errors": []}]),
            cats_and_dogs(9) + json_lines([boxed_line("y", "cat"), {**line("z"), "a": 1, "a-metadata": {}}]),
        ),
        (json_lines([OFF, boxed_line(2, "cat"), line(5, "dog")]), json_lines([boxed_line(1, "cat")])),
    ],
)
def test_a_completed_training_writes_the_files_that_the_check_writes(
    emulator: Emulator, tmp_path: Path, training: bytes, testing: bytes
) -> None:
    version = emulator.train(training, testing=testing)
    report = check_manifests(training, testing, write_to=tmp_path)
    assert report.ok
    assert version["Status"] == "TRAINING_COMPLETED"
    assert files(emulator, version) == [path.read_bytes() for path in report.files]


def test_the_entries_of_datasets_are_checked_like_lines(emulator: Emulator) -> None:
    project = emulator.project()
    create_dataset(emulator, project, "TRAIN", cats_and_dogs())
    create_dataset(emulator, project, "TEST", json_lines([line(1, "bird")]))
    emulator.create(project, TrainingData=None, TestingData=None)
    (version,) = emulator.describe(project)
    assert version["StatusMessage"] == "Less than 50% label overlap between the training and testing manifest files."
    assert json.loads(files(emulator, version)[0])["errors"][0]["code"] == "ERROR_INSUFFICIENT_LABEL_OVERLAP"


def test_trainings_do_not_check_images_by_default(emulator: Emulator) -> None:
    training = json_lines(line(number, "cat" if number % 2 else "dog") for number in range(20))
    assert emulator.train(training)["Status"] == "TRAINING_COMPLETED"
    emulator.labels.set_images(version="v2")
    emulator.create(project := emulator.project("p2"), "v2")
    (version,) = emulator.describe(project)
    assert version["Status"] == "TRAINING_FAILED"
    summary = json.loads(files(emulator, version)[0])["statistics"]["training"]
    assert [error["code"] for error in summary["errors"]] == [
        "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST",
        "ERROR_TOO_MANY_RECORDS_IN_ERROR",
        "ERROR_FAILED_IMAGES_S3_COPY",
    ]


def test_checked_images_follow_the_rules_of_the_service(emulator: Emulator) -> None:
    entries = [*(line(number, "cat" if number % 2 else "dog") for number in range(30)), boxed_line("b", "cat")]
    for number in range(30):
        emulator.put(picture(), f"images/{number}.jpg")
    emulator.put(b"GIF89a", "images/3.jpg")
    emulator.put(picture(width=20), "images/b.jpg")
    emulator.s3.delete_object(Bucket=BUCKET, Key="images/4.jpg")
    emulator.labels.set_images()
    version = emulator.train(json_lines(entries))
    assert version["Status"] == "TRAINING_COMPLETED"
    lines = [json.loads(text) for text in files(emulator, version)[1].splitlines()]
    found = {place: entry["errors"][0]["code"] for place, entry in enumerate(lines) if "errors" in entry}
    assert found == {3: "ERROR_INVALID_IMAGE", 4: "ERROR_INVALID_IMAGE", 30: "ERROR_INVALID_IMAGE_DIMENSION"}
    assert json.loads(files(emulator, version)[0])["statistics"]["training"]["invalid_json_lines"] == 3
    emulator.labels.set_images(checked=False)
    emulator.create(project := emulator.project("p2"))
    assert (
        json.loads(files(emulator, emulator.describe(project)[0])[0])["statistics"]["training"]["invalid_json_lines"]
        == 0
    )


def test_the_setting_for_images_must_be_true_or_false(emulator: Emulator) -> None:
    wrong: Any = "yes"
    with pytest.raises(TypeError, match="True or False"):
        emulator.labels.set_images(checked=wrong)


def test_an_adapter_is_trained_with_moderation_labels_only(emulator: Emulator) -> None:
    named = [[], [{"Name": "Smoking"}], [{"Name": "Smoking"}, {"Name": "Gambling"}]]
    content = json_lines(
        {**line(n), "content-moderation-groundtruth": {"ModerationLabels": named[n % 3]}} for n in range(30)
    )
    assert emulator.train(content)["Status"] == "TRAINING_FAILED"
    adapter = emulator.project("adapter", Feature="CONTENT_MODERATION", AutoUpdate="DISABLED")
    emulator.create(adapter)
    (version,) = emulator.describe(adapter)
    assert version["Status"] == "TRAINING_COMPLETED", version["StatusMessage"]
    labels = emulator.summary(version)["EvaluationDetails"]["Labels"]
    assert sorted(labels) == ["Gambling", "Smoking"]


def test_an_adapter_can_be_trained_with_images_that_show_nothing(emulator: Emulator) -> None:
    content = json_lines({**line(n), "content-moderation-groundtruth": {"ModerationLabels": []}} for n in range(30))
    emulator.put(content)
    adapter = emulator.project("adapter", Feature="CONTENT_MODERATION", AutoUpdate="DISABLED")
    emulator.create(adapter)
    (version,) = emulator.describe(adapter)
    assert version["Status"] == "TRAINING_COMPLETED", version["StatusMessage"]
