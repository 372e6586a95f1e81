"""Predictions with their outcomes, the images with mistakes, and confused labels."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from rekog_versions.evaluation import ConfusedPair, JudgedPrediction, PredictionOutcome, WorstImage
from rekog_versions.manifests.boxes import Box
from rekog_versions.models.thresholds import Thresholds
from tests.evaluation.files import boxes, evaluation, image, result

BOX, ELSEWHERE = (10.0, 10.0, 20.0, 20.0), (60.0, 60.0, 20.0, 20.0)
ENTRIES = [
    image(1, ["cat"], [("cat", 0.9), ("dog", 0.8)]),
    image(2, ["dog"], [("cat", 0.7), ("dog", 0.25)]),
    image(3, ["cat", "dog"], [("dog", 0.5)]),
    image(4, ["bird"], [("cat", 0.1), ("dog", 0.6)]),
]
HIT, WRONG = PredictionOutcome.TRUE_POSITIVE, PredictionOutcome.FALSE_POSITIVE
MISSED, NOT_PREDICTED = PredictionOutcome.FALSE_NEGATIVE, PredictionOutcome.TRUE_NEGATIVE


def ref(number: int) -> str:
    return f"s3://bucket/{number}.jpg"


def test_each_label_of_each_image_has_an_outcome() -> None:
    assert list(evaluation(ENTRIES).predictions()) == [
        JudgedPrediction(ref(1), "cat", 0.9, True, HIT),
        JudgedPrediction(ref(1), "dog", 0.8, False, WRONG),
        JudgedPrediction(ref(2), "cat", 0.7, False, WRONG),
        JudgedPrediction(ref(2), "dog", 0.25, True, MISSED),
        JudgedPrediction(ref(3), "dog", 0.5, True, HIT),
        JudgedPrediction(ref(3), "cat", 0.0, True, MISSED),  # the snapshot has no prediction for it
        JudgedPrediction(ref(4), "cat", 0.1, False, NOT_PREDICTED),
        JudgedPrediction(ref(4), "dog", 0.6, False, WRONG),
    ]


def test_predictions_can_be_limited_to_labels_and_outcomes_at_any_thresholds() -> None:
    judged = evaluation(ENTRIES)
    strict = Thresholds.percents({"cat": 80, "dog": 70})
    assert [(one.source_ref, one.outcome) for one in judged.predictions(strict, labels=["cat"])] == [
        (ref(1), HIT),
        (ref(2), NOT_PREDICTED),
        (ref(3), MISSED),
        (ref(4), NOT_PREDICTED),
    ]
    found = judged.predictions(strict, outcomes=["false_positive", MISSED])
    assert [(one.source_ref, one.label) for one in found] == [
        (ref(1), "dog"),
        (ref(2), "dog"),
        (ref(3), "dog"),
        (ref(3), "cat"),
    ]
    assert not list(judged.predictions(labels=[]))
    with pytest.raises(ValueError, match=r"outcomes must be among true_positive, .*, got good"):
        judged.predictions(outcomes=["good"])


def test_predictions_and_metrics_agree() -> None:
    judged = evaluation(ENTRIES)
    counted = judged.recompute().labels
    for label, metrics in counted.items():
        kinds = [one.outcome for one in judged.predictions(labels=[label])]
        assert kinds.count(HIT) == metrics.true_positives
        assert kinds.count(WRONG) == metrics.false_positives
        assert kinds.count(MISSED) == metrics.false_negatives


def test_predictions_of_objects_have_boxes() -> None:
    entry = boxes(1, [("cat", BOX), ("cat", ELSEWHERE)], [("cat", 0.9, True, (11.0, 10.0, 20.0, 20.0))])
    assert list(evaluation([boxes(0, [], []), entry]).predictions()) == [
        JudgedPrediction(ref(1), "cat", 0.9, True, HIT, Box(11.0, 10.0, 20.0, 20.0)),
        JudgedPrediction(ref(1), "cat", 0.0, True, MISSED),
    ]


def test_the_worst_images_have_the_mistakes_that_the_model_was_most_certain_of() -> None:
    worst = evaluation(ENTRIES).worst_images()
    assert [image.source_ref for image in worst] == [ref(3), ref(1), ref(2), ref(4)]
    assert [round(image.mistakes[0].certainty, 9) for image in worst] == [1.0, 0.8, 0.75, 0.6]
    assert [(one.label, one.outcome) for one in worst[2].mistakes] == [("dog", MISSED), ("cat", WRONG)]
    assert len(evaluation(ENTRIES).worst_images(limit=2)) == 2


def test_mistakes_as_text_are_printable() -> None:
    hostile = "\x1b[31m\u202ecat"
    judged = evaluation([image("\x1b[2J", [hostile], [("dog", 0.8)])], result(hostile, 1), result("dog", 1))
    (worst,) = judged.worst_images()
    shown = r"'\x1b[31m\u202ecat'"
    assert str(worst) == rf"s3://bucket/\x1b[2J.jpg: {shown} missed (0.000), 'dog' wrongly predicted (0.800)"
    (pair,) = judged.most_confused()
    assert str(pair) == f"{shown} taken for 'dog': 100.0% (1)"


def test_only_wrong_predictions_are_confusions() -> None:
    judged = evaluation(ENTRIES)
    assert judged.most_confused() == (
        ConfusedPair("bird", "dog", 1.0, 1),  # a label that the model does not have can be confused, too
        ConfusedPair("cat", "dog", 0.5, 1),
        ConfusedPair("dog", "cat", 0.5, 1),
    )
    matrix = judged.confusion_matrix_at()
    assert matrix is not None
    assert matrix.labels == ("cat", "dog")
    assert matrix.rows() == ((0.5, 1.0), (0.5, 0.5))  # the dog in the image with both was found
    assert judged.most_confused(Thresholds.fractions({}, default=1)) == ()
    assert len(judged.most_confused(limit=1)) == 1


def test_a_matrix_has_no_row_for_a_label_without_test_images() -> None:
    matrix = evaluation(ENTRIES[:1], result("cat", 1), result("dog", 0)).confusion_matrix_at()
    assert matrix is not None
    assert matrix.labels == ("cat",)


def test_a_wrong_box_is_confused_with_the_label_of_the_object_there() -> None:
    judged = evaluation(
        [
            boxes(1, [("cat", BOX), ("dog", ELSEWHERE)], [("dog", 0.9, False, BOX), ("dog", 0.8, True, ELSEWHERE)]),
            boxes(2, [("cat", BOX)], [("dog", 0.9, False, ELSEWHERE), ("cat", 0.9, True, BOX)]),
            boxes(3, [("cat", BOX)], [("dog", 0.1, False, BOX)]),
        ]
    )
    assert judged.most_confused() == (ConfusedPair("cat", "dog", 1 / 3, 1),)
    assert judged.confusion_matrix_at() is None


@pytest.mark.parametrize("name", ["labels", "outcomes"])
def test_a_string_instead_of_a_collection_is_rejected(name: str) -> None:
    wrong: dict[str, Any] = {name: "true_positive"}
    with pytest.raises(TypeError, match=f"{name} must be a collection such as a list, got the string 'true_positive'"):
        evaluation(ENTRIES).predictions(**wrong)


def test_a_negative_limit_is_rejected_and_0_gives_nothing() -> None:
    judged = evaluation(ENTRIES)
    matrix = judged.confusion_matrix_at()
    assert matrix is not None
    for limited in (judged.worst_images, judged.most_confused, matrix.most_confused):
        assert limited(limit=0) == ()
        with pytest.raises(ValueError, match="limit must be 0 or more, got -1"):
            limited(limit=-1)


@pytest.mark.parametrize(("wide", "is_confused"), [(20.0, True), (20.1, False)])
def test_a_wrong_box_is_a_confusion_if_it_overlaps_by_half(wide: float, is_confused: bool) -> None:
    truth, seen = (0.0, 0.0, 10.0, 10.0), (0.0, 0.0, wide, 10.0)
    entry = boxes(1, [("cat", truth)], [("cat", 0.0, True, truth), ("dog", 0.9, False, seen)])
    pairs = evaluation([entry]).most_confused()
    assert [(pair.truth, pair.predicted) for pair in pairs] == ([("cat", "dog")] if is_confused else [])


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(["cat", "dog", "cow"]), max_size=2),
            st.lists(st.tuples(st.sampled_from(["cat", "dog"]), st.sampled_from([0.0, 0.2, 0.5, 0.9])), max_size=3),
        ),
        max_size=6,
    ),
    st.integers(0, 4),
)
def test_the_worst_images_are_those_with_the_most_certain_mistakes(images: Any, limit: int) -> None:
    entries = [image(number, *found) for number, found in enumerate([*images, (["cat"], [])])]
    found = evaluation(entries)
    mistakes: dict[str, list[JudgedPrediction]] = {}
    for prediction in found.predictions():
        if prediction.outcome.is_mistake:
            mistakes.setdefault(prediction.source_ref, []).append(prediction)
    every = [WorstImage(name, tuple(sorted(of, key=lambda one: -one.certainty))) for name, of in mistakes.items()]
    every.sort(key=lambda one: (-one.mistakes[0].certainty, -len(one.mistakes)))
    assert found.worst_images(limit=limit) == tuple(every[:limit])
