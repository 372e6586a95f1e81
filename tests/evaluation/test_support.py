"""Snapshots that do not reproduce the summary, or that lack predictions."""

import json
import logging
import pickle
from typing import Any

import pytest

from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation import AtLeastRecall, Discrepancy, Evaluation, UnsupportedRange
from rekog_versions.manifests.lines import UseCase
from rekog_versions.models.thresholds import Thresholds
from tests.evaluation.files import boxes, encoded, evaluation, image, lines, result, summary, summary_of

BOX = (1.0, 1.0, 9.0, 9.0)
SWOOSH_THRESHOLD = 0.258
# the confidences of a published run of an object model: those of true boxes, and of wrong predictions
SWOOSH: list[tuple[list[float], list[float]]] = [
    ([0.96415], []),
    ([0.00914], [0.29019]),
    ([0.32331, 0.31989], []),
    ([0.88223], []),
    ([0.97086, 0.01341], []),
    ([0.9], [0.28191, 0.56933, 0.6015]),
    ([0.7], []),
    ([0.8], [0.42785]),
    ([0.75], []),
    ([0.66, 0.02], []),
    ([0.91], []),
    ([0.93], [0.39023]),
    ([0.59, 0.1], []),
    ([], [0.83339]),
]


def swoosh(precision: float, recall: float, f1: float, threshold: float = SWOOSH_THRESHOLD) -> Evaluation:
    """Return an evaluation with these numbers in the summary."""
    entries = [
        boxes(
            number,
            [("Swoosh", BOX)] * len(hits),
            [*(("Swoosh", hit, True, BOX) for hit in hits), *(("Swoosh", wrong, False, BOX) for wrong in mistakes)],
        )
        for number, (hits, mistakes) in enumerate(SWOOSH)
    ]
    metrics = {"Precision": precision, "Recall": recall, "F1Score": f1}
    document = {
        "EvaluationDetails": {"NumberOfTestingImages": len(SWOOSH)},
        "AggregatedEvaluationResults": {"AveragePrecision": 0.609, "AverageRecall": 0.941, **metrics},
        "LabelEvaluationResults": [
            {"Label": "Swoosh", "NumberOfTestingImages": 14, "Metrics": {"Threshold": threshold, **metrics}}
        ],
    }
    return Evaluation.from_files(encoded(document), lines(entries))


PUBLISHED = swoosh(0.6, 0.7, 0.6461538461538461)


def test_a_snapshot_that_does_not_reproduce_the_summary_is_named_with_the_labels_and_differences(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, "rekog_versions"):
        judged = swoosh(0.6, 0.7, 0.6461538461538461)
    assert judged.support is not None
    assert judged.support.differing_labels == ("Swoosh",)
    found = {(one.label, one.metric): (one.summary, one.snapshot) for one in judged.support.discrepancies}
    assert found["Swoosh", "precision"] == (0.6, 13 / 20)
    assert found["Swoosh", "recall"] == (0.7, 13 / 17)
    assert found["Swoosh", "f1_score"][1] == pytest.approx(26 / 37)
    assert found[None, "recall"] == (0.7, 13 / 17)
    assert "does NOT reproduce the summary at the assumed thresholds, for 'Swoosh'" in caplog.text
    assert "recall of 'Swoosh': 0.700 in the summary, 0.765 in the snapshot" in judged.remarks[0]
    (row,) = [line for line in str(judged).split("\n") if line.startswith("Swoosh")]
    assert row.endswith("not reproduced")


def test_a_snapshot_that_reproduces_the_summary_to_its_digits_has_no_discrepancies() -> None:
    rounded = swoosh(0.65, 0.765, 0.703)
    assert rounded.support is not None
    assert rounded.support.discrepancies == ()
    assert "not reproduced" not in str(rounded)


def test_nothing_is_computed_below_the_threshold_from_which_wrong_predictions_are_in_the_snapshot() -> None:
    judged = PUBLISHED
    assert judged.support is not None
    assert judged.support.unsupported == (UnsupportedRange("Swoosh", 0.0, SWOOSH_THRESHOLD),)
    assert judged.support.supports("Swoosh", 0.3)
    assert not judged.support.supports("Swoosh", 0.25)
    assert not judged.support.supports("Swoosh", None)
    below = judged.recompute(Thresholds.fractions({"Swoosh": 0.1}))
    label = below.labels["Swoosh"]
    assert (label.is_supported, label.f1_score, label.precision_interval) == (False, None, None)
    assert (below.f1_score, below.f1_interval, below.unsupported_labels) == (None, None, ("Swoosh",))
    assert "not supported" in str(below)
    sweep = judged.sweep([0.1, 0.2579, 0.258, 0.5])
    assert sweep.f1_score == (None, None, pytest.approx(26 / 37), pytest.approx(22 / 31))
    assert sweep.labels["Swoosh"].recall == (None, None, 13 / 17, 11 / 17)
    curve = judged.curve("Swoosh")
    assert min(point.threshold for point in curve.points) == 0.28191
    assert (curve.lowest_supported, curve.average_precision) == (SWOOSH_THRESHOLD, None)
    assert any("no wrong predictions below the assumed thresholds of 'Swoosh'" in remark for remark in judged.remarks)


def test_thresholds_are_not_tuned_below_what_the_snapshot_supports() -> None:
    for goal in (None, AtLeastRecall(1)):
        tuned = PUBLISHED.tune_thresholds(goal) if goal is not None else PUBLISHED.tune_thresholds()
        assert (tuned.thresholds.fraction("Swoosh") or 0) >= SWOOSH_THRESHOLD


def test_a_threshold_that_was_rounded_above_the_lowest_wrong_prediction_does_not_hide_the_cut() -> None:
    judged = swoosh(0.65, 0.765, 0.703, threshold=0.282)
    assert judged.curve("Swoosh").lowest_supported == 0.28191


def test_the_average_precision_is_known_if_nothing_is_found_below() -> None:
    entries = [boxes(0, [("cat", BOX)], [("cat", 0.9, True, BOX), ("cat", 0.6, False, BOX)])]
    judged = evaluation(entries, result("cat", 1))
    assert judged.curve("cat").lowest_supported == 0.5
    assert judged.curve("cat").average_precision == 1.0
    assert judged.recompute().average_precision_interval is not None


def test_a_snapshot_with_a_prediction_for_each_image_supports_all_thresholds() -> None:
    entries = [image(1, ["cat"], [("cat", 0.9), ("dog", 0.4)]), image(2, ["dog"], [("dog", 0.8)])]
    judged = evaluation(entries, result("cat", 1, threshold=0.3), result("dog", 1, threshold=0.6))
    assert judged.support is not None
    # each image has a prediction of a dog, and it is not known if the cut of 0.3 hides a cat in the second image
    assert judged.support.lowest == {"cat": 0.3, "dog": 0.0}


def test_a_snapshot_with_wrong_predictions_below_the_threshold_supports_the_lowest_of_its_predictions() -> None:
    confident = [image(number, ["cat"], [("cat", 0.3 + number / 20)]) for number in range(10)]
    wrong = [image(number + 10, [], [("cat", 0.25 + number / 100)]) for number in range(10)]
    judged = evaluation([*confident, *wrong, image(20, [], [])], result("cat", 10))
    assert judged.curve("cat").lowest_supported == 0.25
    # one wrong prediction is below the threshold and four found ones are
    few = evaluation([*confident, image(10, [], [("cat", 0.45)]), image(20, [], [])], result("cat", 10))
    assert few.curve("cat").lowest_supported == 0.45


def test_a_label_without_a_threshold_is_supported_from_its_lowest_wrong_prediction() -> None:
    entries = [image(1, ["cat"], [("cat", 0.2)]), image(2, [], [("cat", 0.3)]), image(3, [], [])]
    judged = evaluation(entries, result("cat", 1, threshold=None))
    assert judged.curve("cat").lowest_supported == 0.3
    assert judged.recompute().labels["cat"].f1_score is None


def test_labels_that_the_snapshot_lacks_are_a_discrepancy() -> None:
    judged = evaluation([image(1, ["cat"], [("cat", 0.9)])], result("cat", 1, f1=1), result("dog", 5, f1=0.5))
    assert judged.support is not None
    assert Discrepancy("dog", "recall", 0.5, None) in judged.support.discrepancies
    assert "recall of 'dog': 0.500 in the summary, - in the snapshot" in map(str, judged.support.discrepancies)
    assert judged.support.differing_labels == ("dog",)


def test_labels_of_other_models_are_named() -> None:
    entries = [image(1, ["cat"], [("cat", 0.9), ("do\ng", 0.1)])]
    judged = evaluation(entries, result("cat", 1))
    assert any(r"labels that the model of the summary does not have: 'do\ng'" in remark for remark in judged.remarks)
    with pytest.raises(EvaluationError, match="must be of the same model, got a summary with the labels 'emu' and"):
        evaluation(entries, result("emu", 1))


def test_files_of_different_use_cases_are_rejected() -> None:
    located = lines([boxes(1, [("CAP", BOX)], [])])
    confusion: dict[str, Any] = {"ConfusionMatrix": []}
    with pytest.raises(EvaluationError, match="for IMAGE_LEVEL_LABELS and a snapshot of one for OBJECT_LOCALIZATION"):
        Evaluation.from_files(encoded(summary(aggregate=confusion)), located)
    assert Evaluation.from_files(encoded(summary()), located).use_case is UseCase.OBJECT_LOCALIZATION


def test_the_support_is_in_the_document_and_survives_pickle() -> None:
    document = json.loads(PUBLISHED.to_json())
    assert document["support"]["unsupported"] == [{"label": "Swoosh", "low": 0.0, "high": SWOOSH_THRESHOLD}]
    assert document["support"]["discrepancies"][0] == {
        "label": "Swoosh",
        "metric": "precision",
        "summary": 0.6,
        "snapshot": 0.65,
    }
    assert pickle.loads(pickle.dumps(PUBLISHED)).support == PUBLISHED.support
    assert Evaluation.from_files(summary_of(result("cat", 1))).support is None


def test_confusions_are_not_counted_where_predictions_are_missing() -> None:
    entries = [
        image(1, ["cat"], [("cat", 0.9), ("dog", 0.6)]),
        image(2, ["dog"], [("dog", 0.8), ("cat", 0.2)]),
        image(3, ["dog"], [("cat", 0.4)]),
    ]
    judged = evaluation(entries, result("cat", 1, threshold=0.3), result("dog", 2))
    low = Thresholds.fractions({"cat": 0.1, "dog": 0.1})
    matrix = judged.confusion_matrix_at(low)
    assert matrix is not None
    assert (matrix.value("dog", "cat"), matrix.value("cat", "dog"), matrix.value("dog", "dog")) == (1.0, None, None)
    assert [(pair.truth, pair.predicted) for pair in judged.most_confused(low)] == [("dog", "cat")]
    assert judged.confusion_matrix_at() is not None
    assert len(judged.most_confused()) == 2
