"""Detection by models of the emulated service; both clients."""

import json
from typing import Any

import pytest

from rekog_versions import AsyncVersionsClient, S3Object
from rekog_versions.errors import InvalidImageFormatError, InvalidS3ObjectError
from rekog_versions.models.thresholds import Thresholds
from rekog_versions.testing import CustomLabelsControl
from tests.client.emulated import BUCKET, EmulatedProject
from tests.conftest import Driver
from tests.testing.pictures import picture
from tests.testing.recount import SEEN
from tests.wire import FakeTime


def predictions(emulated: EmulatedProject, version: Any) -> dict[str, dict[str, float]]:
    """Return the confidence of each label, from 0 to 1, that the evaluation has for each test image."""
    (asset,) = version.testing_data_result.output.assets
    found: dict[str, dict[str, float]] = {}
    for entry in map(json.loads, emulated.read(asset.s3_object).splitlines()):
        seen = [value for name, value in entry.items() if name.startswith(SEEN) and name.endswith("-metadata")]
        found[entry["source-ref"]] = {one["class-name"]: one["confidence"] for one in seen if one["confidence"] > 0}
    return found


@pytest.mark.parametrize("unit", ["fractions", "percents"])
def test_detection_with_thresholds_returns_the_labels_that_the_evaluation_predicts(
    emulated: EmulatedProject, unit: str
) -> None:
    """Thresholds that were chosen from an evaluation have the same effect on a running model."""
    emulated.control.set_quality(f1=0.6)
    emulated.put_images()
    emulated.run()
    version = emulated.call("get_project_version", (emulated.project, "v1"))
    images = predictions(emulated, version)
    chosen = sorted({value for seen in images.values() for value in seen.values()})[len(images) // 3 :: 5]
    left = 0
    for threshold in chosen[:6]:
        scale = 100 if unit == "percents" else 1
        thresholds = getattr(Thresholds, unit)({"circle": threshold * scale}, default=0.5 * scale)
        for uri, seen in images.items():
            labels = emulated.call("detect_custom_labels", version, uri, thresholds=thresholds)
            least = {"circle": threshold}
            expected = {label: value for label, value in seen.items() if value >= least.get(label, 0.5)}
            assert {one.name: one.confidence / 100 for one in labels} == pytest.approx(expected)
            left += len(expected)
    assert left > 20


def test_without_thresholds_the_assumed_thresholds_apply(emulated: EmulatedProject) -> None:
    emulated.control.set_quality(f1=0.6)
    emulated.put_images()
    arn = emulated.run()
    version = emulated.call("get_project_version", arn)
    summary = json.loads(emulated.read(version.evaluation_result.summary.s3_object))
    assumed = Thresholds.fractions(
        {one["Label"]: one["Metrics"]["Threshold"] for one in summary["LabelEvaluationResults"]}
    )
    for uri in predictions(emulated, version):
        labels = emulated.call("detect_custom_labels", arn, uri, thresholds=assumed)
        assert labels == emulated.call("detect_custom_labels", arn, uri)


def test_the_emulated_service_rejects_invalid_images(emulated: EmulatedProject) -> None:
    arn = emulated.run()
    with pytest.raises(InvalidImageFormatError):
        emulated.call("detect_custom_labels", arn, b"not an image")
    with pytest.raises(InvalidS3ObjectError):
        emulated.call("detect_custom_labels", arn, S3Object(bucket=BUCKET, name="none.png"))


def test_both_clients_see_the_same_project(custom_labels: CustomLabelsControl) -> None:
    """One client finds the changes that the other makes."""
    emulated = EmulatedProject(custom_labels, Driver("sync", FakeTime()))
    arn = emulated.run()
    other = Driver("async", FakeTime()).over(emulated.call.client.rekognition)
    assert isinstance(other.client, AsyncVersionsClient)
    content = picture(seed=3)
    labels = emulated.call("detect_custom_labels", arn, content, min_confidence=0)
    assert other("detect_custom_labels", arn, content, min_confidence=0) == labels
    assert other("stop_project_version", arn) == "STOPPING"
    assert emulated.call("wait_until_stopped", arn).status == "STOPPED"
