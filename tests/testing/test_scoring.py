"""The metrics of small cases, compared with numbers computed by hand and with every other threshold."""

import pytest
from hypothesis import given, strategies as st

from rekog_versions.manifests.boxes import Box, Frame
from rekog_versions.manifests.lines import Image, UseCase
from rekog_versions.testing.settings import Quality
from rekog_versions.testing.training.predictions import predict
from rekog_versions.testing.training.read_manifests import LabelledImages
from rekog_versions.testing.training.scoring import Prediction, aggregate, confusion_matrix, score_label


def scored(*pairs: tuple[float, bool]) -> list[Prediction]:
    return [Prediction(image, confidence, is_true) for image, (confidence, is_true) in enumerate(pairs)]


def test_the_threshold_is_the_one_with_the_best_f1() -> None:
    predictions = scored((0.9, True), (0.8, False), (0.7, True), (0.6, False), (0.5, False))
    metrics = score_label("cat", predictions, positives=3, testing_images=3)
    assert metrics.threshold == 0.7
    assert metrics.precision == pytest.approx(2 / 3)
    assert metrics.recall == pytest.approx(2 / 3)
    assert metrics.f1 == pytest.approx(2 / 3)


def test_equal_confidences_are_above_a_threshold_together() -> None:
    metrics = score_label("cat", scored((0.5, True), (0.5, False)), positives=1, testing_images=1)
    assert (metrics.threshold, metrics.precision, metrics.recall) == (0.5, 0.5, 1.0)


def test_a_label_that_is_never_found_has_zeros() -> None:
    metrics = score_label("cat", scored((0.5, False)), positives=1, testing_images=1)
    assert (metrics.threshold, metrics.precision, metrics.recall, metrics.f1) == (1.0, 0.0, 0.0, 0.0)


@given(
    st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.3, 0.5, 0.8, 1.0]), st.booleans()), max_size=12),
    st.integers(0, 5),
)
def test_no_threshold_is_better_than_the_one_of_the_metrics(pairs: list[tuple[float, bool]], missed: int) -> None:
    positives = sum(is_true for _, is_true in pairs) + missed
    metrics = score_label("cat", scored(*pairs), positives=positives, testing_images=positives)
    for threshold in {1.0, *(confidence for confidence, _ in pairs)}:
        above = [is_true for confidence, is_true in pairs if confidence >= threshold]
        precision = sum(above) / len(above) if above else 0
        recall = sum(above) / positives if positives else 0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0
        assert f1 <= metrics.f1 + 1e-12
        if threshold == metrics.threshold:
            assert (precision, recall, f1) == pytest.approx((metrics.precision, metrics.recall, metrics.f1))


def test_the_aggregate_is_the_mean_over_the_labels() -> None:
    good = score_label("a", scored((0.9, True)), positives=1, testing_images=1)
    bad = score_label("b", scored((0.9, True), (0.8, False)), positives=4, testing_images=4)
    evaluation = aggregate([bad, good])
    assert [metrics.label for metrics in evaluation.labels] == ["a", "b"]
    assert evaluation.recall == pytest.approx((1 + 0.25) / 2)
    assert evaluation.f1 == pytest.approx((1 + 0.4) / 2)
    assert evaluation.precision == 1.0


def test_the_confusion_matrix_counts_images_of_a_label() -> None:
    truth = [frozenset({"a"}), frozenset({"a"}), frozenset({"b"}), frozenset({"b", "other"})]
    predictions = {
        "a": [Prediction(0, 0.9, is_true=True), Prediction(1, 0.8, is_true=True), Prediction(2, 0.85, is_true=False)],
        "b": [Prediction(2, 0.9, is_true=True), Prediction(3, 0.8, is_true=True), Prediction(0, 0.1, is_true=False)],
    }
    evaluation = aggregate(
        [score_label(label, drawn, positives=2, testing_images=2) for label, drawn in predictions.items()]
    )
    matrix = confusion_matrix(evaluation, predictions, truth)
    # 0.1 is below the threshold of b, and 0.85 is above that of a
    assert matrix == {("a", "a"): 1.0, ("a", "b"): 0.0, ("b", "a"): 0.5, ("b", "b"): 1.0}


def test_missed_labels_are_never_predicted() -> None:
    metrics = score_label("cat", scored((0.9, True), (0.0, True), (0.0, True)), positives=3, testing_images=3)
    assert (metrics.threshold, metrics.recall, metrics.full_recall) == (0.9, 1 / 3, 1 / 3)


def test_average_precision_is_the_area_under_the_curve() -> None:
    predictions = scored((0.9, True), (0.8, False), (0.7, True), (0.6, False), (0.0, True))
    metrics = score_label("cat", predictions, positives=3, testing_images=3)
    assert metrics.average_precision == pytest.approx(1 / 3 * 1 + 1 / 3 * 2 / 3)
    assert metrics.full_recall == pytest.approx(2 / 3)


def dataset(use_case: UseCase, labels: list[str]) -> LabelledImages:
    box, frame = Box(10, 20, 30, 40), Frame(100, 100)
    images = [Image(f"s3://b/{n}.jpg", {use_case: (label,)}, (box,), frame) for n, label in enumerate(labels)]
    return LabelledImages(use_case, images)


@given(
    st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=40).filter(lambda labels: "a" in labels),
    st.sampled_from(UseCase),
    st.floats(0, 1),
    st.integers(0, 5),
)
def test_predictions_come_as_close_to_the_quality_as_whole_images_allow(
    labels: list[str], use_case: UseCase, f1: float, seed: int
) -> None:
    positives = labels.count("a")
    drawn = predict(dataset(use_case, labels), {"a"}, Quality(f1, seed), "p/v")["a"]
    assert all(0 <= prediction.confidence <= 1 for prediction in drawn)
    assert all(prediction.confidence > 0 for prediction in drawn if not prediction.is_true)
    # every image with the label has one prediction
    assert sorted(prediction.image for prediction in drawn if prediction.is_true) == [
        place for place, label in enumerate(labels) if label == "a"
    ]
    if use_case is UseCase.IMAGE_LEVEL_LABELS:
        assert all((labels[prediction.image] == "a") == prediction.is_true for prediction in drawn)
        assert len({prediction.image for prediction in drawn}) == len(drawn)
    got = score_label("a", drawn, positives=positives, testing_images=positives).f1
    assert abs(got - f1) <= 1 / positives + 1e-9 if use_case is UseCase.OBJECT_LOCALIZATION else got <= 1


def test_labels_that_the_model_does_not_know_are_not_predicted() -> None:
    drawn = predict(dataset(UseCase.IMAGE_LEVEL_LABELS, ["a", "b", "c"]), {"a", "z"}, Quality(), "p/v")
    assert set(drawn) == {"a"}


def test_no_threshold_is_better_than_the_quality_that_is_set() -> None:
    testing = dataset(UseCase.IMAGE_LEVEL_LABELS, ["a"] * 7 + ["b"] * 23)
    for seed in range(100):
        drawn = predict(testing, {"a"}, Quality(3 / 7, seed), "p/v")["a"]
        assert score_label("a", drawn, positives=7, testing_images=7).f1 == pytest.approx(3 / 7)


def test_no_faint_prediction_makes_a_lower_threshold_better() -> None:
    for use_case in UseCase:
        testing = dataset(use_case, ["a"] * 30 + ["b"] * 70)
        for seed in range(50):
            drawn = predict(testing, {"a"}, Quality(0.8, seed), "p/v")["a"]
            faint = [prediction for prediction in drawn if 0 < prediction.confidence < 0.5]
            assert {prediction.is_true for prediction in faint} == {True, False}
            metrics = score_label("a", drawn, positives=30, testing_images=30)
            assert metrics.threshold >= 0.5
            assert metrics.f1 == pytest.approx(0.8)
            assert metrics.recall < metrics.full_recall
