"""Predictions of an evaluation as COCO results and as tasks of Label Studio."""

import contextlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import boto3
import pytest
from globox import AnnotationSet
from moto import mock_aws
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation import (
    Evaluation,
    label_studio_config,
    predictions_to_coco,
    predictions_to_label_studio,
)
from rekog_versions.manifests import ConversionReason, ImageLevelLine, ObjectLine, from_label_studio
from rekog_versions.models import Thresholds
from tests.evaluation.files import TRAINING, boxes, evaluation, image, summary
from tests.evaluation.samples import evaluated

CAT, DOG = (10, 20, 30, 40), (50.5, 5, 40, 60.25)
LOCATED = [
    boxes(1, [("cat", CAT), ("dog", DOG)], [("cat", 0.9, True, CAT), ("dog", 0, True, DOG), ("dog", 0.3, False, CAT)]),
    boxes("a/2", [], [("cat", 0.75, False, DOG)]),
    boxes(3, [("cow", CAT)], []),
]


def as_read(path: Path) -> Any:
    return json.loads(path.read_bytes())


def coco(ground_truth: Path) -> Any:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(ground_truth))


def test_results_refer_to_the_ground_truth(tmp_path: Path) -> None:
    found = evaluation(LOCATED)
    written = predictions_to_coco(found, tmp_path / "truth.json", tmp_path / "results.json")
    truth, results = as_read(tmp_path / "truth.json"), as_read(tmp_path / "results.json")
    assert [one["name"] for one in truth["categories"]] == ["cat", "dog", "cow"]
    assert [(one["file_name"], one["width"], one["height"]) for one in truth["images"]] == [
        ("1.jpg", 100, 100),
        ("a/2.jpg", 100, 100),
        ("3.jpg", 100, 100),
    ]
    assert [(one["image_id"], one["category_id"], one["bbox"]) for one in truth["annotations"]] == [
        (1, 1, [10, 20, 30, 40]),
        (1, 2, [50.5, 5, 40, 60.25]),
        (3, 3, [10, 20, 30, 40]),
    ]
    assert results == [
        {"image_id": 1, "category_id": 1, "bbox": [10, 20, 30, 40], "score": 0.9},
        {"image_id": 1, "category_id": 2, "bbox": [10, 20, 30, 40], "score": 0.3},
        {"image_id": 2, "category_id": 1, "bbox": [50.5, 5, 40, 60.25], "score": 0.75},
    ]
    assert written.images == 3
    assert dict(written.labels) == {"cat": 1, "dog": 1, "cow": 1}
    assert dict(written.predictions) == {"cat": 2, "dog": 1, "cow": 0}
    assert [(one.reason, one.place) for one in written.report] == [
        (ConversionReason.NOT_PREDICTED, "image 1 (s3://bucket/1.jpg)")
    ]
    assert "3 images, 3 predictions, 3 true labels" in str(written)
    assert written.to_dict()["predictions"] == {"cat": 2, "dog": 1, "cow": 0}


def test_thresholds_leave_out_predictions(tmp_path: Path) -> None:
    found = evaluation(LOCATED)
    assumed = predictions_to_coco(found, tmp_path / "t", tmp_path / "r", thresholds=found.thresholds)
    assert dict(assumed.predictions) == {"cat": 2, "dog": 0, "cow": 0}
    assert assumed.report.counts[ConversionReason.BELOW_THRESHOLD] == 1
    with pytest.raises(ValueError, match="Did you mean 'cat'"):
        predictions_to_coco(found, tmp_path / "t", tmp_path / "r", thresholds=Thresholds.fractions({"cats": 0.5}))
    high = predictions_to_coco(
        found, tmp_path / "t", tmp_path / "r", thresholds=Thresholds.fractions({"cat": 1.0, "dog": 1.0})
    )
    assert sum(high.predictions.values()) == 0
    assert as_read(tmp_path / "r") == []


def test_pycocotools_and_globox_read_both_files(tmp_path: Path) -> None:
    found = evaluated(["cat", "dog", "cow"], located=True, images=20)
    assert found.snapshot is not None
    written = predictions_to_coco(found, tmp_path / "truth.json", tmp_path / "results.json")
    truth = coco(tmp_path / "truth.json")
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        results = truth.loadRes(str(tmp_path / "results.json"))
        scored = COCOeval(truth, results, "bbox")
        scored.evaluate()
        scored.accumulate()
        scored.summarize()
    assert "Average Precision" in shown.getvalue()
    assert 0.5 < scored.stats[1] <= 1
    assert len(truth.anns) == sum(written.labels.values()) == len(found.snapshot.truth)
    assert len(results.anns) == sum(written.predictions.values())
    read = AnnotationSet.from_coco(tmp_path / "truth.json")
    predicted = read.from_results(tmp_path / "results.json")
    assert read.nb_boxes() == len(truth.anns)
    assert predicted.nb_boxes() == len(results.anns)
    sizes = {annotation.image_size for annotation in read}
    assert None not in sizes


def test_image_level_labels_have_no_boxes(tmp_path: Path) -> None:
    found = evaluation([image(1, ["cat"], [("cat", 0.9), ("dog", 0.2)]), image(2, ["dog"], [("dog", 0)])])
    written = predictions_to_coco(found, tmp_path / "truth.json", tmp_path / "results.json")
    truth = as_read(tmp_path / "truth.json")
    assert truth["annotations"] == [
        {"id": 1, "image_id": 1, "category_id": 1},
        {"id": 2, "image_id": 2, "category_id": 2},
    ]
    assert as_read(tmp_path / "results.json") == [
        {"image_id": 1, "category_id": 1, "score": 0.9},
        {"image_id": 1, "category_id": 2, "score": 0.2},
    ]
    assert written.report.counts == {ConversionReason.NOT_PREDICTED: 1}
    assert len(coco(tmp_path / "truth.json").anns) == 2


def test_label_studio_shows_predictions_and_true_labels(tmp_path: Path) -> None:
    written = predictions_to_label_studio(evaluation(LOCATED), tmp_path / "tasks.json")
    first, second, third = as_read(tmp_path / "tasks.json")
    assert first["data"] == {"image": "s3://bucket/1.jpg"}
    (prediction,) = first["predictions"]
    (region,) = prediction["result"]
    assert prediction["score"] == region["score"] == 0.9
    assert prediction["model_version"].startswith("arn:aws:rekognition:")
    assert region["value"] == {
        "x": 10,
        "y": 20,
        "width": 30,
        "height": 40,
        "rotation": 0,
        "rectanglelabels": ["cat"],
    }
    assert [one["ground_truth"] for one in first["annotations"]] == [True]
    assert [one["value"]["rectanglelabels"] for one in first["annotations"][0]["result"]] == [["cat"], ["dog"]]
    assert second["annotations"][0]["result"] == []
    assert third["predictions"][0]["result"] == []
    assert written.report.counts == {ConversionReason.NOT_PREDICTED: 1, ConversionReason.BELOW_THRESHOLD: 1}
    assert dict(written.predictions) == {"cat": 2, "dog": 0, "cow": 0}
    assert dict(written.labels) == {"cat": 1, "dog": 1, "cow": 1}
    ids = [one["id"] for task in (first, second, third) for one in task["predictions"][0]["result"]]
    ids += [one["id"] for task in (first, second, third) for one in task["annotations"][0]["result"]]
    assert len(set(ids)) == len(ids)


def test_tasks_are_read_again(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    found = evaluated(["cat", "dog"], located=True, images=10)
    assert found.snapshot is not None
    predictions_to_label_studio(found, path)
    truth = [line for line in from_label_studio(path, "s3://any") if isinstance(line, ObjectLine)]
    assert sum(len(line.boxes) for line in truth) == len(found.snapshot.truth)
    for line in truth:
        number = list(found.snapshot.source_refs).index(line.source_ref)
        wanted = found.snapshot.truth.boxes_by_image()[number]
        for box, (label, other) in zip(line.boxes, wanted, strict=True):
            assert box.label == found.snapshot.labels[label]
            assert box.left == pytest.approx(other.left, abs=1e-6)
            assert box.top + box.height == pytest.approx(other.top + other.height, abs=1e-6)
    written = predictions_to_label_studio(found, path, ground_truth=False)
    seen = list(from_label_studio(path, "s3://any", predictions=True))
    confidences = [box.confidence for line in seen if isinstance(line, ObjectLine) for box in line.boxes]
    assert len(confidences) == sum(written.predictions.values())
    predicted = [one for one in found.predictions() if one.outcome.is_positive]
    assert sorted(confidences) == sorted(one.confidence for one in predicted)


def test_choices_are_read_again_and_their_scores_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    found = evaluation([image(1, ["cat"], [("cat", 0.9), ("dog", 0.7)]), image(2, [], [("dog", 0.6)])])
    written = predictions_to_label_studio(found, path, ground_truth=False)
    assert written.report.counts == {ConversionReason.NO_CONFIDENCE: 1}
    assert as_read(path)[0]["predictions"][0]["score"] == pytest.approx(0.8)
    lines = from_label_studio(path, "s3://any", kind="labels", predictions=True)
    labels = [[label.name for label in line.labels] for line in lines if isinstance(line, ImageLevelLine)]
    assert labels == [["cat", "dog"], ["dog"]]


def test_images_without_a_size_and_repeated_images_are_left_out(tmp_path: Path) -> None:
    unsized: Any = boxes(4, [("cat", CAT)], [("cat", 0.9, True, CAT)])
    for name in (f"{TRAINING}-0", "rekognition-custom-labels-evaluation"):
        unsized[name]["image_size"] = [{"width": "x"}]
    found = evaluation([LOCATED[0], LOCATED[0], unsized])
    tasks = predictions_to_label_studio(found, tmp_path / "tasks.json")
    assert tasks.images == 1
    assert tasks.report.counts[ConversionReason.NO_SIZE] == tasks.report.counts[ConversionReason.DUPLICATE_IMAGE] == 1
    results = predictions_to_coco(found, tmp_path / "truth.json", tmp_path / "results.json")
    assert results.images == 2
    assert "width" not in as_read(tmp_path / "truth.json")["images"][1]


def test_a_snapshot_without_what_is_written_is_an_error(tmp_path: Path) -> None:
    alone = Evaluation.from_files(json.dumps(summary()).encode())
    untrue = evaluation([image(1, [], [("cat", 0.9)], [True])])
    exports: list[Callable[[Evaluation], object]] = [
        lambda found: predictions_to_coco(found, tmp_path / "t", tmp_path / "r"),
        lambda found: predictions_to_label_studio(found, tmp_path / "t"),
    ]
    for export in exports:
        with pytest.raises(EvaluationError, match="must have its evaluation manifest snapshot"):
            export(alone)
        with pytest.raises(EvaluationError, match="must have true labels"):
            export(untrue)
    with pytest.raises(ValueError, match="must be different files"):
        predictions_to_coco(evaluation(LOCATED), tmp_path / "t", tmp_path / "t")
    assert list(tmp_path.iterdir()) == []
    assert predictions_to_label_studio(untrue, tmp_path / "t", ground_truth=False).images == 1


def test_files_are_written_to_s3() -> None:
    with mock_aws():
        s3: Any = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="pets")
        predictions_to_coco(evaluation(LOCATED), "s3://pets/truth.json", "s3://pets/results.json", s3=s3)
        predictions_to_label_studio(evaluation(LOCATED), "s3://pets/tasks.json", s3=s3)
        listed = s3.list_objects_v2(Bucket="pets")["Contents"]
        assert [found["Key"] for found in listed] == ["results.json", "tasks.json", "truth.json"]


def test_the_configuration_of_label_studio_has_the_labels() -> None:
    names = ["cat", 'a "b" <c> & d', "x\0y"]
    root = ET.fromstring(label_studio_config(names, boxes=True))
    assert [found.get("value") for found in root.iter("Label")] == ["cat", 'a "b" <c> & d', "x\ufffdy"]
    assert [(found.tag, found.get("name")) for found in root] == [("Image", "image"), ("RectangleLabels", "label")]
    root = ET.fromstring(label_studio_config(names[:1], boxes=False))
    assert [found.get("choice") for found in root.iter("Choices")] == ["multiple"]
