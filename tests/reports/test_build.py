"""`build_report()` reads everything from the emulated service with both clients, and says what it could not read."""

from pathlib import Path
from typing import Any

import pytest

from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation import Evaluation, Gates, get_evaluation
from rekog_versions.hosting import Prices
from rekog_versions.reports import Report, build_report, report_from_files
from tests.evaluation.test_from_versions import FailingS3, Reader, reader as reader  # noqa: PLC0414  (a fixture)
from tests.testing.conftest import emulator as emulator  # noqa: PLC0414  (a fixture)
from tests.testing.emulator import BUCKET, Emulator, assets, cats_and_dogs
from tests.testing.pictures import picture


@pytest.fixture
def trained(emulator: Emulator) -> str:
    """Return a project with the versions `v1` and `v2`, whose test set has three images of the training set."""
    emulator.put(b"\n".join(cats_and_dogs(60).splitlines()[17:]), "data/test.manifest")
    project = emulator.project()
    for name in ("v1", "v2"):
        emulator.create(project, name, TestingData=assets("data/test.manifest"))
        emulator.describe(project)
    for number in range(17, 60):
        emulator.put(picture(seed=number), f"images/{number}.jpg")
    return project


def test_a_report_has_everything_that_the_service_has(reader: Reader, trained: str) -> None:
    report: Report = reader(
        build_report, (trained, "v2"), baseline=(trained, "v1"), gates=Gates(min_f1=0.1), prices=Prices(training_hour=2)
    )
    description = next(found for found in reader.emulator.describe(trained) if "/v2/" in found["ProjectVersionArn"])
    version = report.version
    assert version.arn == description["ProjectVersionArn"]
    assert version.name.endswith("/v2")
    assert version.billed_seconds == description["BillableTrainingTimeInSeconds"]
    assert version.training_cost is not None
    assert float(version.training_cost) == pytest.approx(description["BillableTrainingTimeInSeconds"] / 1800)
    assert version.created == description["CreationTimestamp"]
    assert version.testing_manifests == (f"s3://{BUCKET}/data/test.manifest",)
    assert report.verdict is not None
    assert report.verdict.passed
    assert report.comparison is not None
    assert report.comparison.old.version_arn != report.comparison.new.version_arn
    assert report.training_data is not None
    assert {label.label: label.training_images for label in report.labels} == {"cat": 10, "dog": 10}
    assert report.shared_images == tuple(f"s3://{BUCKET}/images/{number}.jpg" for number in range(17, 20))
    assert all(image.thumbnail for image in report.images)
    assert report.why_no_images is None
    assert str(version.arn) in report.to_html()


def test_the_baseline_can_be_an_evaluation_and_the_version_a_description(reader: Reader, trained: str) -> None:
    baseline = reader(get_evaluation, (trained, "v1"))
    described = reader.emulator.describe(trained)[0]
    from rekog_versions import ProjectVersionDescription

    report = reader(build_report, ProjectVersionDescription.model_validate(described), baseline=baseline, images=False)
    assert report.comparison.old is baseline
    assert report.why_no_images == "no images were given"


def test_manifests_and_images_that_are_denied_are_left_out_with_the_reason(reader: Reader, trained: str) -> None:
    failing = FailingS3("/images/", "AccessDenied", 403)
    report = reader(build_report, (trained, "v2"), s3=failing.client)
    assert not any(image.thumbnail for image in report.images)
    assert "s3:GetObject" in str(report.why_no_images)
    assert report.training_data is not None
    missing = FailingS3("data/train.manifest", "NoSuchKey", 404)
    (used,) = report.version.training_manifests
    missing = FailingS3(used.rpartition("/")[2], "NoSuchKey", 404)
    report = reader(build_report, (trained, "v2"), s3=missing.client, images=False)
    assert report.training_data is None
    assert report.shared_images is None
    assert report.why_no_training_data
    assert report.why_no_training_data in report.to_html().replace("&#39;", "'")


def test_a_version_without_an_evaluation_has_no_report(reader: Reader, trained: str) -> None:
    reader.emulator.put(b"{}\n", "data/bad.manifest")
    reader.emulator.create(trained, "v3", TrainingData=assets("data/bad.manifest"))
    reader.emulator.describe(trained)
    with pytest.raises(EvaluationError, match="training failed"):
        reader(build_report, (trained, "v3"))


def test_wrong_arguments_are_found_before_any_call(reader: Reader) -> None:
    for arguments, error, message in (
        ({"gates": Gates(max_drop=0.1)}, ValueError, r"gates\.max_drop must not be set without a baseline"),
        ({"gates": 0.8}, TypeError, "gates must be a Gates"),
        ({"images": "/no/such/folder"}, NotADirectoryError, "images must be a folder"),
        ({"prices": 4}, TypeError, "prices must be Prices"),
    ):
        with pytest.raises(error, match=message):
            reader(build_report, ("no-project", "v1"), **arguments)


def test_a_report_from_files_needs_no_client(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"Evaluation\.from_files"):
        report_from_files({})  # type: ignore[arg-type]
    from tests.evaluation import files

    evaluation: Evaluation = files.evaluation([files.image(1, ["cat"], [("dog", 0.9)])])
    missing = report_from_files(evaluation, training=tmp_path / "no.manifest")
    assert "no.manifest" in str(missing.why_no_training_data)
    document: Any = missing.to_dict()
    assert document["images"][0]["missed"] == ["cat"]
    assert "thumbnail" not in document["images"][0]
