"""The files about the model: the summary and the snapshot must agree."""

import itertools
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.testing.emulator import BUCKET, Emulator, assets, boxed_line, cats_and_dogs, json_lines, line
from tests.testing.recount import SEEN, TRUTH, differences, entries, recount, truth_of

USABLE = ((64, 64), [("cat", (1, 1, 8, 8))])
LABELS = ["cat", "dog", "a\u2028b", "<b>&amp;", "\x1b[31m", "../../x", "{0}%s", "ü \u202e", "cat ", "", " ", "errors"]
NUMBERS = itertools.count()

# the examples share one emulation, so each has its own project and files
shared_emulation = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=False
)


def train(emulator: Emulator, training: list[Any], testing: list[Any] | None, **quality: Any) -> dict[str, Any]:
    number = next(NUMBERS)
    name = f"p{number}"
    emulator.labels.set_limits(projects=100_000)
    emulator.labels.set_quality(**quality, project=name)
    emulator.put(json_lines(training), f"{number}/train.manifest")
    request: dict[str, Any] = {"TrainingData": assets(f"{number}/train.manifest")}
    if testing is not None:
        emulator.put(json_lines(testing), f"{number}/test.manifest")
        request["TestingData"] = assets(f"{number}/test.manifest")
    project = emulator.project(name)
    emulator.create(project, **request)
    (version,) = emulator.describe(project)
    assert version["Status"] == "TRAINING_COMPLETED", version["StatusMessage"]
    return version


def image_lines(lists: list[list[str]]) -> list[dict[str, Any]]:
    return [line(number, *labels) for number, labels in enumerate(lists)]


def boxes_line(
    number: int, size: tuple[float, float], boxes: Sequence[tuple[str, tuple[float, float, float, float]]]
) -> Any:
    names = sorted({label for label, _ in boxes})
    keys = ("left", "top", "width", "height")
    return {
        "source-ref": f"s3://{BUCKET}/images/{number}.png",
        "boxes": {
            "image_size": [{"width": size[0], "height": size[1], "depth": 3}],
            "annotations": [
                {"class_id": names.index(label), **dict(zip(keys, box, strict=True))} for label, box in boxes
            ],
        },
        "boxes-metadata": {
            "objects": [{"confidence": 1} for _ in boxes],
            "class-map": {str(number): name for number, name in enumerate(names)},
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": "2026-01-02T03:04:05.000Z",
        },
    }


qualities = st.fixed_dictionaries(
    {
        "f1": st.floats(0, 1),
        "seed": st.integers(-5, 10**9),
        "labels": st.dictionaries(st.sampled_from(LABELS), st.floats(0, 1), max_size=4),
    }
)
several_labels = st.lists(
    st.lists(st.sampled_from(LABELS), min_size=1, max_size=4, unique=True), min_size=1, max_size=40
)
# small numbers, so that boxes overlap, coincide and leave their image (those do not count)
box = st.tuples(st.integers(-2, 12), st.integers(-2, 12), st.integers(2, 12), st.integers(2, 12))
boxed = st.lists(st.tuples(st.sampled_from(LABELS[:3]), box), min_size=1, max_size=12)
sizes = st.tuples(st.integers(64, 100), st.integers(64, 100))


def trainable_labels(lists: list[list[str]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return training and test lines with these labels, and other lines that a training needs."""
    # an empty label does not count, and too many images without a label fail the training
    lists = [[*labels, "bird"] if labels == [""] else labels for labels in lists]
    # a training needs two labels with two images each, and half of the labels in the test images
    return image_lines([*lists, *lists, *[["cat"], ["dog"]] * 2]), image_lines([*lists, ["cat"]])


def trainable_boxes(images: list[Any]) -> list[dict[str, Any]]:
    """Return lines with these boxes, and other lines that a training needs."""
    # a training needs a valid box in each image, and two images of each label
    usable = [(size, [*boxes, *USABLE[1]]) for size, boxes in images]
    return [boxes_line(number, *image) for number, image in enumerate([*usable, *usable])]


@shared_emulation
@given(lists=several_labels, quality=qualities, is_split=st.booleans())
def test_summary_and_snapshot_of_image_level_labels_agree(
    emulator: Emulator, lists: list[list[str]], quality: dict[str, Any], is_split: bool
) -> None:
    training, testing = trainable_labels(lists)
    version = train(emulator, training, None if is_split else testing, **quality)
    assert differences(emulator.summary(version), recount(emulator.snapshot(version))) == []


@shared_emulation
@given(
    images=st.lists(st.tuples(sizes, boxed), min_size=1, max_size=12),
    quality=qualities,
    is_split=st.booleans(),
)
def test_summary_and_snapshot_of_boxes_agree(
    emulator: Emulator, images: list[Any], quality: dict[str, Any], is_split: bool
) -> None:
    lines = trainable_boxes(images)
    version = train(emulator, lines, None if is_split else lines, **quality)
    assert differences(emulator.summary(version), recount(emulator.snapshot(version))) == []


@pytest.mark.parametrize(
    "boxes",
    [
        # many boxes of one label
        [("cat", (10 * number, 10, 30, 30)) for number in range(12)],
        # boxes that differ by a few pixels
        [("cat", (10 + 3 * number, 10, 40, 40)) for number in range(8)],
        # the same box twice, as in a labelling job and its adjustment
        [("cat", (10, 10, 40, 40))] * 3,
        # no space for a box that shows no object
        [("cat", (left, top, 1.1, 1.1)) for left in range(2) for top in range(2)],
    ],
)
def test_summary_and_snapshot_agree_where_boxes_are_crowded(
    emulator: Emulator, boxes: list[tuple[str, tuple[float, float, float, float]]]
) -> None:
    size = (2.2, 2.2) if boxes[0][1][2] == 1.1 else (200, 100)
    lines = [boxes_line(number, size, boxes) for number in range(5)]
    for seed in range(5):
        version = train(emulator, lines, lines, f1=0.7, seed=seed)
        assert differences(emulator.summary(version), recount(emulator.snapshot(version))) == []


@pytest.mark.slow
def test_every_prediction_finds_the_object_that_it_was_drawn_for(emulator: Emulator) -> None:
    # without the check of shifted boxes, a prediction would find no object in one of 200 such images
    boxes = [("cat", (10 + 3 * number, 10, 40, 40)) for number in range(8)]
    lines = [boxes_line(number, (300, 300), boxes) for number in range(800)]
    version = train(emulator, lines, lines, f1=1)
    assert differences(emulator.summary(version), recount(emulator.snapshot(version))) == []


def test_the_recount_notices_a_wrong_summary(emulator: Emulator) -> None:
    version = emulator.train(cats_and_dogs(40))
    summary, recounted = emulator.summary(version), recount(emulator.snapshot(version))
    summary["LabelEvaluationResults"][0]["Metrics"]["Recall"] += 1e-8
    summary["AggregatedEvaluationResults"]["ConfusionMatrix"][1]["Value"] += 1e-8
    assert len(differences(summary, recounted)) == 2


def test_the_snapshot_is_the_test_set(emulator: Emulator) -> None:
    training, testing = cats_and_dogs(10), json_lines(image_lines([["cat", "bird"], ["dog"], ["bird"]]))
    version = emulator.train(training, testing=testing)
    lines = entries(emulator.snapshot(version))
    assert [entry["source-ref"] for entry in lines] == [f"s3://{BUCKET}/images/{number}.jpg" for number in range(3)]
    assert [[label for label, _ in truth_of(entry)] for entry in lines] == [["cat", "bird"], ["dog"], ["bird"]]
    # a label that is not in the training images is not predicted, and has no metrics
    seen = {entry[name]["class-name"] for entry in lines for name in entry if name.startswith(SEEN) and "meta" in name}
    assert seen == {"cat", "dog"}
    assert emulator.summary(version)["EvaluationDetails"]["Labels"] == ["cat", "dog"]


def test_an_image_level_snapshot_line_has_the_format_of_the_service(emulator: Emulator) -> None:
    emulator.labels.set_quality(f1=1)
    version = emulator.train(cats_and_dogs(10), testing=json_lines([line(1, "cat")]))
    (entry,) = entries(emulator.snapshot(version))
    created = emulator.summary(version)["EvaluationDetails"]["EvaluationEndTimestamp"]
    shared = {"class-name": "cat", "creation-date": created, "type": "groundtruth/image-classification"}
    assert entry.pop(f"{TRUTH}0-metadata") == shared | {
        "confidence": 1.0,
        "job-name": "rekognition-custom-labels-training-job",
        "human-annotated": "yes",
    }
    metadata = entry.pop(f"{SEEN}-0-metadata")
    assert 0 < metadata.pop("confidence") <= 1
    assert metadata == shared | {
        "job-name": "rekognition-custom-labels-evaluation-job",
        "human-annotated": "no",
        f"{SEEN}-details": {
            "version": 1,
            "ground-truth-labelling-jobs": ["rekognition-custom-labels-training-job"],
            "is-true-positive": True,
            "is-true-negative": False,
            "is-false-positive": False,
            "is-false-negative": False,
            "is-present-in-ground-truth": True,
        },
    }
    assert entry == {"source-ref": f"s3://{BUCKET}/images/1.jpg", f"{TRUTH}0": 1, f"{SEEN}-0": 1}


def test_a_snapshot_line_with_boxes_has_the_format_of_the_service(emulator: Emulator) -> None:
    emulator.labels.set_quality(f1=1)
    boxes = [("cat", (10, 20, 100, 120)), ("dog", (300, 200, 50, 60))]
    version = emulator.train(
        json_lines([boxes_line(1, (640, 480), boxes)] * 2), testing=json_lines([boxes_line(1, (640, 480), boxes)])
    )
    (entry,) = entries(emulator.snapshot(version))
    assert list(entry) == ["source-ref", f"{TRUTH}0", f"{TRUTH}0-metadata", SEEN, f"{SEEN}-metadata"]
    assert entry[f"{TRUTH}0"]["annotations"] == [
        {"class_id": 0, "width": 100, "top": 20, "height": 120, "left": 10},
        {"class_id": 1, "width": 50, "top": 200, "height": 60, "left": 300},
    ]
    assert entry[SEEN]["image_size"] == [{"width": 640, "depth": 3, "height": 480}]
    metadata = entry[f"{SEEN}-metadata"]
    assert metadata["class-map"] == {"0": "cat", "1": "dog"}
    assert metadata["type"] == "groundtruth/object-detection"
    assert len(metadata["objects"]) == len(entry[SEEN]["annotations"])
    assert all({"confidence", f"{SEEN}-details"} == set(one) for one in metadata["objects"])
    # a prediction shows the same object with a slightly shifted box
    assert entry[SEEN]["annotations"][0] not in entry[f"{TRUTH}0"]["annotations"]


def test_class_ids_of_the_snapshot_are_the_same_on_every_line(emulator: Emulator) -> None:
    lines = json_lines([boxed_line(1, "cat"), boxed_line(2, "dog"), boxed_line(3, "dog", "cat")])
    version = emulator.train(lines, testing=lines)
    maps = [entry[f"{TRUTH}0-metadata"]["class-map"] for entry in entries(emulator.snapshot(version))]
    assert maps == [{"0": "cat"}, {"1": "dog"}, {"0": "cat", "1": "dog"}]


def test_the_training_output_lists_the_training_images(emulator: Emulator) -> None:
    version = emulator.train(cats_and_dogs(10))
    (asset,) = version["TrainingDataResult"]["Output"]["Assets"]
    trained = entries(emulator.read(asset))
    assert len(trained) == 8
    assert not [name for entry in trained for name in entry if name.startswith(SEEN)]
    used = {entry["source-ref"] for entry in trained} | {
        entry["source-ref"] for entry in entries(emulator.snapshot(version))
    }
    assert used == {f"s3://{BUCKET}/images/{number}.jpg" for number in range(10)}
    assert {label for entry in trained for label, _ in truth_of(entry)} == {"cat", "dog"}


@pytest.mark.parametrize("make", [line, boxed_line])
def test_quality_is_set_by_label(emulator: Emulator, make: Any) -> None:
    emulator.labels.set_quality(f1=0.8, labels={"cat": 0.5, "dog": 1.0, "unicorn": 0.1})
    lines = json_lines(make(number, ("cat", "dog", "bird")[number % 3]) for number in range(300))
    version = emulator.train(lines, testing=lines)
    results = {result["Label"]: result["Metrics"] for result in emulator.summary(version)["LabelEvaluationResults"]}
    scores = {label: metrics["F1Score"] for label, metrics in results.items()}
    assert scores == {label: pytest.approx(f1, abs=0.01) for label, f1 in (("cat", 0.5), ("dog", 1), ("bird", 0.8))}


def test_a_more_specific_quality_replaces_the_less_specific_one_completely(emulator: Emulator) -> None:
    emulator.labels.set_quality(labels={"cat": 0.5}, project="p1")
    emulator.labels.set_quality(f1=0.7)
    version = emulator.train(cats_and_dogs(), testing=cats_and_dogs(400))
    results = {
        result["Label"]: result["Metrics"]["F1Score"] for result in emulator.summary(version)["LabelEvaluationResults"]
    }
    assert results == {"cat": pytest.approx(0.5, abs=0.01), "dog": pytest.approx(0.9, abs=0.01)}


def test_later_changes_of_the_mapping_do_not_count(emulator: Emulator) -> None:
    labels = {"cat": 0.0}
    emulator.labels.set_quality(labels=labels)
    labels["dog"] = 0.0
    version = emulator.train(cats_and_dogs(), testing=cats_and_dogs(100))
    results = {result["Label"]: result["Metrics"] for result in emulator.summary(version)["LabelEvaluationResults"]}
    assert results["cat"] == {"Threshold": 1.0, "Precision": 0.0, "Recall": 0.0, "F1Score": 0.0}
    assert results["dog"]["F1Score"] > 0.8


@pytest.mark.parametrize(
    ("setting", "error", "message"),
    [
        ({"labels": {"cat": 1.5}}, ValueError, "the f1 of the label 'cat' must be between 0 and 1, got 1.5"),
        ({"labels": {"cat": float("nan")}}, ValueError, "the f1 of the label 'cat' must .*got nan"),
        ({"labels": {"cat": "high"}}, TypeError, "the f1 of the label 'cat' must .*got 'high'"),
        ({"labels": {"cat": True}}, TypeError, "the f1 of the label 'cat' must .*got True"),
        ({"labels": {5: 0.5}}, TypeError, "labels must have strings as keys, got 5"),
        ({"f1": "0.9"}, TypeError, "f1 must be a number between 0 and 1, got '0.9'"),
    ],
)
def test_invalid_qualities_are_rejected(
    emulator: Emulator, setting: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        emulator.labels.set_quality(**setting)


def test_labels_with_lone_surrogates_are_kept(emulator: Emulator) -> None:
    lines = "".join(json.dumps(line(number, "\ud800" if number % 2 else "dog")) + "\n" for number in range(20)).encode(
        "ascii"
    )
    version = emulator.train(lines, testing=lines)
    assert emulator.summary(version)["EvaluationDetails"]["Labels"] == ["dog", "\ud800"]
    assert differences(emulator.summary(version), recount(emulator.snapshot(version))) == []
