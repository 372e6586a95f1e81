"""Metrics, curves and sweeps equal those counted by hand at every threshold."""

from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from rekog_versions.evaluation import CurvePoint, Evaluation
from rekog_versions.models.thresholds import Thresholds
from tests.evaluation.files import evaluation, image, result

LABELS = ("cat", "dog")
confidences = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0])
images = st.lists(
    st.tuples(st.sets(st.sampled_from(LABELS)), st.dictionaries(st.sampled_from(LABELS), confidences)),
    min_size=1,
    max_size=12,
)
Drawn = list[tuple[set[str], dict[str, float]]]


def judged(drawn: Drawn) -> Evaluation:
    """Return an evaluation with a prediction of each label for each image, which supports all thresholds."""
    nothing = dict.fromkeys(LABELS, 0.0)
    return evaluation(
        [image(number, sorted(truth), list({**nothing, **seen}.items())) for number, (truth, seen) in enumerate(drawn)]
    )


def by_hand(drawn: Drawn, label: str, threshold: float) -> tuple[Fraction, Fraction, Fraction] | None:
    """Return precision, recall and F1 score; None if no image has the label."""
    shown = [label in truth for truth, _ in drawn]
    found = [seen.get(label, 0) > 0 and seen.get(label, 0) >= threshold for _, seen in drawn]
    if not any(shown):
        return None
    hits = sum(is_shown and is_found for is_shown, is_found in zip(shown, found, strict=True))
    precision, recall = Fraction(hits, sum(found) or 1), Fraction(hits, sum(shown))
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else Fraction(0)


@settings(max_examples=40, deadline=None)
@given(drawn=images, threshold=st.sampled_from([0.0, 0.05, 0.1, 0.25, 0.3, 0.75, 1.0]))
def test_metrics_equal_those_counted_by_hand(drawn: Drawn, threshold: float) -> None:
    metrics = judged(drawn).recompute(Thresholds.percents({"cat": threshold * 100}, default=threshold * 100))
    known = []
    for label in LABELS:
        counted, expected = metrics.labels[label], by_hand(drawn, label, threshold)
        if expected is None:
            assert (counted.precision, counted.recall, counted.f1_score) == (None, None, None)
            continue
        known.append(expected)
        assert (counted.precision, counted.recall, counted.f1_score) == pytest.approx(tuple(map(float, expected)))
    means = (metrics.precision, metrics.recall, metrics.f1_score)
    if not known:
        assert means == (None, None, None)
    else:
        assert means == pytest.approx(tuple(float(sum(column) / len(known)) for column in zip(*known, strict=True)))


@settings(max_examples=40, deadline=None)
@given(drawn=images)
def test_a_curve_has_a_point_for_each_confidence_and_the_area_under_it(drawn: Drawn) -> None:
    evaluated = judged(drawn)
    for label in LABELS:
        curve = evaluated.curve(label)
        if by_hand(drawn, label, 0) is None:
            assert (curve.points, curve.average_precision, curve.best) == ((), None, None)
            continue
        predicted = sorted({seen[label] for _, seen in drawn if seen.get(label)}, reverse=True)
        assert [point.threshold for point in curve.points] == predicted
        area, before = Fraction(0), Fraction(0)
        for point in curve.points:
            expected = by_hand(drawn, label, point.threshold)
            assert expected is not None
            assert (point.precision, point.recall, point.f1_score) == pytest.approx(tuple(map(float, expected)))
            assert point.true_positives + point.false_negatives == curve.positives
            area, before = area + (expected[1] - before) * expected[0], expected[1]
        assert curve.average_precision == pytest.approx(float(area))
        assert (curve.best.f1_score if curve.best else 0) == max((point.f1_score for point in curve.points), default=0)


@settings(max_examples=20, deadline=None)
@given(drawn=images)
def test_a_sweep_equals_recompute_at_each_of_its_thresholds(drawn: Drawn) -> None:
    evaluated = judged(drawn)
    sweep = evaluated.sweep()
    assert len(sweep.thresholds) == 101
    for place, threshold in enumerate(sweep.thresholds):
        metrics = evaluated.recompute(Thresholds.fractions({}, default=threshold))
        for name in ("precision", "recall", "f1_score"):
            column, value = getattr(sweep, name), getattr(metrics, name)
            assert (None if column is None else column[place]) == pytest.approx(value)
            for label in LABELS:
                of_label = getattr(sweep.labels[label], name)
                assert (None if of_label is None else of_label[place]) == getattr(metrics.labels[label], name)


def test_a_sweep_over_no_thresholds_is_empty() -> None:
    sweep = evaluation([image(1, ["cat"], [("cat", 0.5)])]).sweep([])
    assert (sweep.thresholds, sweep.labels["cat"].precision, sweep.f1_score) == ((), (), ())


@pytest.mark.parametrize("threshold", [-0.1, 1.5, 50, float("nan")])
def test_a_sweep_rejects_thresholds_that_are_not_from_0_to_1(threshold: float) -> None:
    with pytest.raises(ValueError, match="thresholds must be from 0 to 1, got"):
        evaluation([image(1, ["cat"], [("cat", 0.5)])]).sweep([threshold])


def test_equal_confidences_count_together() -> None:
    entries = [image(1, ["cat"], [("cat", 0.5)]), image(2, [], [("cat", 0.5)])]
    assert evaluation(entries).curve("cat").points == (CurvePoint(0.5, 0.5, 1.0, 2 / 3, 1, 1, 0),)


def test_metrics_as_text_are_a_table() -> None:
    judged = evaluation([image(1, ["cat"], [("cat", 0.5)])])
    assert "cat    1.000 [0.34, 1.00]" in str(judged.recompute())
    assert str(judged.recompute()).endswith("in brackets: 95 % confidence intervals")
    assert [line.split() for line in str(judged.recompute(confidence=None)).split("\n")] == [
        ["label", "F1", "precision", "recall", "threshold", "images"],
        ["cat", "1.000", "1.000", "1.000", "0.500", "1"],
        ["dog", "-", "-", "-", "0.500", "0"],
        ["all", "1.000", "1.000", "1.000"],
    ]


def test_a_prediction_with_exactly_the_threshold_counts() -> None:
    awkward = 0.1 + 0.2
    metrics = evaluation([image(1, ["cat"], [("cat", awkward)])]).recompute(Thresholds.fractions({"cat": awkward}))
    assert metrics.labels["cat"].true_positives == 1


def test_a_label_without_a_threshold_has_every_prediction_counted() -> None:
    judged = evaluation([image(1, ["cat"], [("cat", 0.001)])], result("cat", 1, threshold=None))
    metrics = judged.recompute()
    assert metrics.labels["cat"].threshold is None
    assert metrics.labels["cat"].true_positives == 1


def test_curves_are_in_the_order_of_the_file() -> None:
    curves = evaluation([image(1, ["cat"], [("cat", 0.5)])], result("dog", 1), result("cat", 1)).curves()
    assert list(curves) == ["dog", "cat"]
    assert curves["cat"].testing_images == 1


@pytest.mark.parametrize("threshold", [0.9879502058, 0.98795020573, 0.55 * 100 / 100 * (1 + 2e-16)])
def test_a_threshold_that_was_rounded_up_still_counts_the_prediction_it_came_from(threshold: float) -> None:
    exact = 0.98795020571234 if threshold > 0.9 else 0.55
    assert exact < threshold
    entries = [image(1, ["cat"], [("cat", exact)]), image(2, ["cat"], [("cat", exact - 1e-6), ("dog", 0.5)])]
    judged = evaluation(entries, result("cat", 2, threshold=threshold), result("dog", 0))
    assert judged.recompute().labels["cat"].true_positives == 1
    assert judged.sweep([threshold]).labels["cat"].recall == (0.5,)
    assert [str(one.outcome) for one in judged.predictions(labels=["cat"])] == ["true_positive", "false_negative"]
    matrix = judged.confusion_matrix_at()
    assert matrix is not None
    assert matrix.value("cat", "cat") == 0.5


@pytest.mark.parametrize("above", [0.5 + 5e-11, 0.5 + 2e-10])
def test_a_threshold_that_was_predicted_is_exact_to_the_last_digit(above: float) -> None:
    entries = [image(1, ["cat"], [("cat", above)]), image(2, [], [("cat", 0.5)])]
    judged = evaluation(entries, result("cat", 1, threshold=above))
    assert judged.recompute().labels["cat"].false_positives == 0
    assert judged.recompute(Thresholds.fractions({"cat": above + 1e-9})).labels["cat"].true_positives == 0
    of_mistake = evaluation([image(1, ["cat"], [("cat", 0.5)]), image(2, [], [("cat", above)])])
    assert of_mistake.recompute(Thresholds.fractions({"cat": above})).labels["cat"].true_positives == 0
