"""Tuning thresholds for a goal, with warnings where the result is not reliable."""

import json
from random import Random
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from rekog_versions.evaluation import (
    AtLeastPrecision,
    AtLeastRecall,
    BestF1,
    Evaluation,
    LabelMetrics,
    LeastCost,
    TunedThresholds,
    TuningGoal,
    TuningProblem,
)
from rekog_versions.evaluation.cross_validation import deal
from rekog_versions.evaluation.goals import best_threshold, choose_threshold
from rekog_versions.evaluation.intervals import Rate
from rekog_versions.evaluation.metrics import curve
from rekog_versions.evaluation.snapshot import LabelScores
from rekog_versions.models.thresholds import ConfidenceUnit, Thresholds
from tests.evaluation.files import evaluation, image, result

FEW, NOTHING = TuningProblem.FEW_TEST_IMAGES, TuningProblem.NOTHING_FOUND
NO_IMAGES, NOT_REACHED = TuningProblem.NO_TEST_IMAGES, TuningProblem.NOT_REACHED


def cats(*scored: tuple[float, bool], threshold: Any = 0.5) -> Evaluation:
    """Return the evaluation of one label, from its confidences and whether the label is there."""
    entries = [
        image(number, ["cat"] if is_there else [], [("cat", confidence)])
        for number, (confidence, is_there) in enumerate(scored)
    ]
    return evaluation(entries, result("cat", 1, threshold=threshold, f1=None))


MIXED = cats((0.9, True), (0.8, True), (0.7, False), (0.6, True), (0.5, False), (0.4, False), (0.3, True), (0.0, True))


@pytest.mark.parametrize(
    ("goal", "threshold", "precision", "recall"),
    [
        (BestF1(), 0.6, 3 / 4, 3 / 5),
        (AtLeastPrecision(1), 0.8, 1.0, 2 / 5),
        (AtLeastPrecision(0.75), 0.6, 3 / 4, 3 / 5),
        (AtLeastPrecision(0), 0.3, 4 / 7, 4 / 5),
        (AtLeastRecall(0.4), 0.8, 1.0, 2 / 5),
        (AtLeastRecall(0.6), 0.6, 3 / 4, 3 / 5),
        (AtLeastRecall(0.8), 0.3, 4 / 7, 4 / 5),
        (AtLeastRecall(0), 0.8, 1.0, 2 / 5),
        (LeastCost(false_positive=1, false_negative=1), 0.6, 3 / 4, 3 / 5),
        (LeastCost(false_positive=10, false_negative=1), 0.8, 1.0, 2 / 5),
        (LeastCost(false_positive=1, false_negative=10), 0.3, 4 / 7, 4 / 5),
        (LeastCost(false_positive=1, false_negative=0), 0.8, 1.0, 2 / 5),
    ],
)
def test_the_best_threshold_is_chosen(goal: TuningGoal, threshold: float, precision: float, recall: float) -> None:
    tuned = MIXED.tune_thresholds(goal, min_testing_images=0)
    after = tuned.labels["cat"].after
    assert (after.threshold, after.precision, after.recall) == (threshold, precision, recall)
    assert tuned.thresholds == Thresholds.fractions({"cat": threshold})
    assert tuned.thresholds.unit is ConfidenceUnit.FRACTION
    assert not tuned.warnings


scores = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 1 / 3, 0.5, 0.1 + 0.2, 0.9, 1.0]), st.booleans()), max_size=12)
goals = st.one_of(
    st.just(BestF1()),
    st.builds(AtLeastPrecision, st.floats(0, 1)),
    st.builds(AtLeastRecall, st.floats(0, 1)),
    st.builds(LeastCost, st.integers(1, 9), st.integers(0, 9)),
)


def value(goal: TuningGoal, metrics: LabelMetrics) -> float:
    """Return how well a threshold meets a goal, computed in another way than in the code."""
    precision, recall = metrics.precision or 0, metrics.recall or 0
    match goal:
        case BestF1():
            return metrics.f1_score or 0
        case AtLeastPrecision(least):
            return recall if precision >= least else precision - 2
        case AtLeastRecall(least):
            return precision if recall >= least else recall - 2
        case LeastCost(wrong, missed):
            return -wrong * metrics.false_positives - missed * metrics.false_negatives


@settings(max_examples=80, deadline=None)
@given(scored=scores, goal=goals)
def test_no_other_threshold_meets_the_goal_better(scored: list[tuple[float, bool]], goal: TuningGoal) -> None:
    judged = cats(*scored)
    tuned = judged.tune_thresholds(goal)
    after = tuned.labels["cat"].after
    problems = {warning.problem for warning in tuned.warnings}
    if problems & {NO_IMAGES, NOTHING}:
        assert after.threshold == 0.5
        return
    for threshold in sorted({confidence for confidence, _ in scored if confidence}):
        other = judged.recompute(Thresholds.fractions({"cat": threshold})).labels["cat"]
        if other.true_positives:
            assert value(goal, other) <= value(goal, after) + 1e-12
    # a prediction with exactly the chosen threshold counts, also after conversion to JSON and to percent
    again = TunedThresholds.from_json(tuned.to_json())
    assert again == tuned
    assert judged.recompute(again.thresholds, confidence=None).labels["cat"] == after
    chosen = after.threshold
    assert chosen is not None
    assert chosen * 100 >= (again.thresholds.percent("cat") or 0)
    if isinstance(goal, AtLeastPrecision) and NOT_REACHED not in problems:
        assert (after.precision or 0) >= goal.precision


def test_a_label_that_is_cheapest_never_reported_gets_the_threshold_1() -> None:
    tuned = cats((0.9, False), (0.8, True)).tune_thresholds(LeastCost(false_positive=10, false_negative=1))
    assert tuned.labels["cat"].after.threshold == 1.0
    assert tuned.labels["cat"].after.false_negatives == 1
    assert tuned.labels["cat"].after.false_positives == 0


def test_if_the_goal_cannot_be_reached_the_closest_threshold_is_used_with_a_warning() -> None:
    judged = cats((0.9, False), (0.8, True), (0.7, True), (0.0, True))
    for goal, threshold, message in (
        (
            AtLeastPrecision(0.9),
            0.7,
            "no threshold reaches a precision of at least 0.9; the closest threshold, 0.7000, is used",
        ),
        (
            AtLeastRecall(0.9),
            0.7,
            "no threshold reaches a recall of at least 0.9; the closest threshold, 0.7000",
        ),
    ):
        tuned = judged.tune_thresholds(goal, min_testing_images=0)
        assert tuned.labels["cat"].after.threshold == threshold
        (warning,) = tuned.warnings
        assert (warning.label, warning.problem) == ("cat", NOT_REACHED)
        assert message in warning.message


def test_a_label_that_is_never_found_keeps_its_threshold() -> None:
    tuned = cats((0.9, False), (0.0, True), threshold=0.25).tune_thresholds()
    assert tuned.thresholds.labels == {"cat": 0.25}
    assert [warning.problem for warning in tuned.warnings] == [NOTHING, FEW]
    assert "it is not found at any threshold; the assumed threshold 0.2500 is kept" in tuned.warnings[0].message


def test_a_label_without_test_images_keeps_its_threshold_if_it_has_one() -> None:
    tuned = cats((0.9, False), threshold=0.25).tune_thresholds()
    assert tuned.thresholds.labels == {"cat": 0.25}
    assert [warning.problem for warning in tuned.warnings] == [NO_IMAGES]
    without = cats((0.9, False), threshold=None).tune_thresholds()
    assert without.thresholds.labels == {}
    assert "there is no assumed threshold, so all its predictions count" in without.warnings[0].message


@pytest.mark.parametrize(("images", "problems"), [(9, [FEW]), (10, [])])
def test_few_test_images_give_a_warning(images: int, problems: list[TuningProblem]) -> None:
    tuned = cats(*[(0.9, True)] * images).tune_thresholds()
    assert [warning.problem for warning in tuned.warnings] == problems
    assert "warning" in str(tuned) if problems else "warning" not in str(tuned)


def test_goals_can_differ_by_label_and_labels_without_a_goal_keep_their_thresholds() -> None:
    entries = [image(n, ["cat", "dog"], [("cat", 0.9), ("dog", 0.1 * n)]) for n in range(1, 10)]
    judged = evaluation(entries, result("cat", 9, f1=None), result("dog", 9, f1=None))
    tuned = judged.tune_thresholds({"dog": AtLeastRecall(1)}, min_testing_images=0)
    assert tuned.thresholds.labels == {"cat": 0.5, "dog": 0.1}
    assert tuned.labels["cat"].goal is None
    assert tuned.before.recall == pytest.approx((1 + 5 / 9) / 2)
    assert tuned.after.recall == 1.0
    assert TunedThresholds.from_json(tuned.to_json(indent=None)) == tuned


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: AtLeastPrecision(95), ValueError, "precision must be from 0 to 1, got 95"),
        (lambda: AtLeastRecall(float("nan")), ValueError, "recall must be from 0 to 1, got nan"),
        (lambda: AtLeastRecall("0.9"), TypeError, "recall must be a number, got str"),  # type: ignore[arg-type]
        (lambda: LeastCost(-1, 1), ValueError, "false_positive must be 0 or more, got -1"),
        (lambda: LeastCost(1, float("inf")), ValueError, "false_negative must be 0 or more, got inf"),
        (lambda: LeastCost(0, 0), ValueError, "if errors cost nothing, all thresholds are equal"),
        (lambda: MIXED.tune_thresholds({"dog": BestF1()}), KeyError, "there is no label 'dog'; the labels are: 'cat'"),
        (
            lambda: MIXED.tune_thresholds("f1"),  # type: ignore[arg-type]
            TypeError,
            r"goal must be BestF1\(\), AtLeastPrecision\(0.95\), .* got f1",
        ),
    ],
)
def test_an_invalid_goal_is_rejected(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_an_invalid_document_is_rejected() -> None:
    document = MIXED.tune_thresholds(LeastCost(1, 2)).to_dict()
    for change, message in (
        ({"labels": None}, "Expected `array`, got `null`"),
        ({"before": {"precision": "x"}}, "document must be tuned thresholds"),
        ({"thresholds": {"unit": "bananas", "labels": {}}}, "unit must be"),
        (
            {"labels": [{**document["labels"][0], "goal": {"kind": "luck"}}]},
            "a goal must be an object with one of these kinds",
        ),
        ({"labels": [{"goal": None}]}, "missing required field `before`"),
        ({"labels": [5]}, "tuned thresholds"),
        ({"warnings": [{"label": "cat"}]}, "document must be tuned thresholds"),
    ):
        with pytest.raises(ValueError, match=message):
            TunedThresholds.from_dict({**document, **change})
    del document["after"]
    with pytest.raises(ValueError, match="missing required field `after`"):
        TunedThresholds.from_dict(document)
    for text in ("[]", "5", "{"):
        with pytest.raises(ValueError):  # noqa: PT011  (from json, or ours)
            TunedThresholds.from_json(text)


def test_the_document_is_plain_json_with_the_unit() -> None:
    document = json.loads(MIXED.tune_thresholds(AtLeastPrecision(0.75)).to_json())
    assert document["thresholds"] == {"unit": "fraction", "labels": {"cat": 0.6}}
    assert document["labels"][0]["goal"] == {"kind": "at_least_precision", "precision": 0.75}
    assert document["warnings"][0]["problem"] == "few_test_images"


@pytest.mark.parametrize(("images", "text"), [(1, "1 test image has this label"), (2, "2 test images have this label")])
def test_the_warning_about_few_test_images_has_their_number(images: int, text: str) -> None:
    (warning,) = cats(*[(0.9, True)] * images).tune_thresholds().warnings
    assert f"only {text}; with fewer than 10" in warning.message


def test_predictions_with_confidence_1_have_a_cost_at_the_threshold_1() -> None:
    tuned = cats((1.0, False), (0.9, True)).tune_thresholds(LeastCost(false_positive=5, false_negative=1))
    assert tuned.thresholds.fraction("cat") == 0.9  # cost 5; at 1, there is a miss as well: cost 6


def test_the_estimate_on_held_out_images_is_of_thresholds_that_were_chosen_on_the_others() -> None:
    scored = [
        (0.9, True),
        (0.8, False),
        (0.7, True),
        (0.6, False),
        (0.55, True),
        (0.3, False),
        (0.2, True),
        (0.1, False),
    ]
    judged = cats(*scored)
    assert judged.snapshot is not None
    tuned = judged.tune_thresholds(folds=4, min_testing_images=0)
    held_out = tuned.labels["cat"].held_out
    assert held_out is not None
    fold_of = deal(judged.snapshot.source_refs, 4)
    assert sorted(fold_of) == [0, 0, 1, 1, 2, 2, 3, 3]
    found = wrong = 0
    for fold in range(4):
        others = [one for one, of_image in zip(scored, fold_of, strict=True) if of_image != fold]
        threshold = cats(*others).tune_thresholds(folds=0).thresholds.fraction("cat")
        assert held_out.thresholds[fold] == threshold
        for (confidence, is_there), of_image in zip(scored, fold_of, strict=True):
            if of_image == fold and confidence >= (threshold or 0):
                found, wrong = found + is_there, wrong + (not is_there)
    assert (held_out.true_positives, held_out.false_positives, held_out.false_negatives) == (found, wrong, 4 - found)
    assert held_out.f1_score == pytest.approx(2 * found / (found + wrong + 4))
    assert held_out.recall_interval == Rate(found / 4, 4).interval(0.95)
    assert tuned.held_out is not None
    assert tuned.held_out.f1_score == held_out.f1_score
    assert "held out" in str(tuned)


def test_the_estimate_does_not_depend_on_the_order_of_the_images() -> None:
    entries = [image(number, ["cat"] * (number % 2), [("cat", number * 0.37 % 1)]) for number in range(30)]
    label = result("cat", 15, f1=None)
    one, other = (evaluation(some, label).tune_thresholds() for some in (entries, entries[::-1]))
    assert one.held_out == other.held_out
    # an image that is in the snapshot twice is in one fold
    folds = deal(["s3://b/1", "s3://b/2", "s3://b/1", "s3://b/3"], 3)
    assert folds[0] == folds[2]
    assert len(set(folds)) == 3


def test_thresholds_that_suit_their_images_are_found_out() -> None:
    random = Random(2)
    worse = []
    for _ in range(40):
        # confidences say nothing, so no threshold is better than another on other images
        tuned = cats(*[(random.uniform(0.01, 1), random.random() < 0.3) for _ in range(40)]).tune_thresholds(
            AtLeastPrecision(0.6)
        )
        label = tuned.labels["cat"]
        assert label.held_out is not None
        worse.append((label.after.precision or 0) - (label.held_out.precision or 0))
    assert fmean(worse) > 0.1


def test_the_cross_validation_can_be_left_out() -> None:
    tuned = MIXED.tune_thresholds(folds=0)
    assert (tuned.held_out, tuned.labels["cat"].held_out) == (None, None)
    assert "held out:" not in str(tuned)
    assert TunedThresholds.from_json(tuned.to_json()) == tuned
    for folds in (1, -2):
        with pytest.raises(ValueError, match="folds must be 2 or more, or 0 for no cross-validation, got"):
            MIXED.tune_thresholds(folds=folds)


def test_labels_without_test_images_or_outside_of_the_snapshot_have_no_estimate() -> None:
    entries = [image(number, ["cat"], [("cat", 0.9)]) for number in range(10)]
    tuned = evaluation(entries, result("cat", 10, f1=None), result("dog", 0)).tune_thresholds()
    assert tuned.labels["dog"].held_out is not None
    assert tuned.labels["dog"].held_out.f1_score is None
    assert tuned.held_out is not None
    assert tuned.held_out.f1_score == 1.0
    assert tuned.held_out.f1_interval is not None
    assert TunedThresholds.from_json(tuned.to_json()) == tuned


def test_unreliable_snapshots_give_a_warning() -> None:
    entries = [image(1, ["cat"], [("cat", 0.9)]), image(2, [], [("cat", 0.6)]), image(3, ["cat"], [])]
    tuned = evaluation(entries, result("cat", 2, f1=0.9)).tune_thresholds(min_testing_images=0)
    assert [warning.problem for warning in tuned.warnings] == [
        TuningProblem.NOT_REPRODUCED,
        TuningProblem.LIMITED_RANGE,
    ]
    assert "no wrong predictions below 0.5000, so no lower threshold was tried" in str(tuned)


_CONFIDENCES = st.lists(st.sampled_from([0.1, 0.2, 0.5, 0.50000000001, 0.9, 1.0]), max_size=6).map(sorted)


@given(_CONFIDENCES, _CONFIDENCES, st.integers(0, 3), st.sampled_from([0.0, 0.2, 0.5, 0.95]))
def test_the_best_f1_score_is_chosen_among_all_thresholds(
    hits: list[float], mistakes: list[float], missed: int, lowest: float
) -> None:
    scores = LabelScores(hits, mistakes, len(hits) + missed, 1)
    every = choose_threshold(BestF1(), curve("cat", scores, lowest)) if scores.positives else None
    assert best_threshold(BestF1(), "cat", scores, lowest) == every
