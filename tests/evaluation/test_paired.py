"""The paired test of two versions, and the gates that need it."""

from collections.abc import Sequence
from itertools import product
from math import comb
from random import Random
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from rekog_versions.evaluation import Evaluation, Gates, compare
from rekog_versions.evaluation.intervals import quantile
from rekog_versions.evaluation.paired import holm, paired_tests, sign_flip_p_value
from tests.evaluation.files import boxes, encoded, image, lines
from tests.evaluation.simulation import evaluated_snapshot, plain_means, snapshot_of, two_models

BOX = (1.0, 1.0, 9.0, 9.0)


def judged(
    seen: Sequence[Sequence[str]], truth: Sequence[Sequence[str]], labels: Sequence[str] = ("cat",)
) -> Evaluation:
    """Return the evaluation of a model that predicts these labels for images with these true labels."""
    entries = [
        image(number, shown, [(label, 0.9 if label in found else 0.1) for label in labels])
        for number, (found, shown) in enumerate(zip(seen, truth, strict=True))
    ]
    snapshot = Evaluation.from_files(
        encoded(
            {
                "EvaluationDetails": {"NumberOfTestingImages": len(entries)},
                "LabelEvaluationResults": [{"Label": label, "Metrics": {"Threshold": 0.5}} for label in labels],
            }
        ),
        lines(entries),
    )
    counted = snapshot.recompute()
    document = {
        "EvaluationDetails": {"NumberOfTestingImages": len(entries)},
        "AggregatedEvaluationResults": {
            "F1Score": counted.f1_score,
            "Precision": counted.precision,
            "Recall": counted.recall,
        },
        "LabelEvaluationResults": [
            {
                "Label": label,
                "NumberOfTestingImages": counted.labels[label].testing_images,
                "Metrics": {
                    "Threshold": 0.5,
                    "F1Score": counted.labels[label].f1_score,
                    "Precision": counted.labels[label].precision,
                    "Recall": counted.labels[label].recall,
                },
            }
            for label in labels
        ],
    }
    return Evaluation.from_files(encoded(document), lines(entries))


TRUTH = [["cat"]] * 20
OLD = judged([["cat"]] * 10 + [[]] * 10, TRUTH)
NEW = judged([[]] * 2 + [["cat"]] * 16 + [[]] * 2, TRUTH)


def test_where_only_the_recalls_differ_it_is_the_exact_test_of_mcnemar() -> None:
    test = compare(OLD, NEW).f1_test
    assert test is not None
    # 8 images are found by the new version only, 2 by the old one only
    assert test.p_value == pytest.approx(2 * sum(comb(10, count) for count in range(3)) / 2**10)
    assert (test.images, test.differing_images) == (20, 10)
    assert test.difference == pytest.approx(2 * 16 / 36 - 2 * 10 / 30)
    assert not test.is_significant


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.floats(-5, 5).filter(lambda value: abs(value) > 1e-3), min_size=1, max_size=9))
def test_the_p_value_is_the_share_of_signs_that_give_a_larger_sum(values: list[float]) -> None:
    observed = abs(sum(values))
    sums = [
        abs(sum(sign * value for sign, value in zip(signs, values, strict=True)))
        for signs in product((1, -1), repeat=len(values))
    ]
    # sums that differ by rounding errors count as equal
    lowest, highest = (fmean(found >= observed + error for found in sums) for error in (1e-6, -1e-6))
    assert lowest - 1e-9 <= sign_flip_p_value(values) <= highest + 1e-9


def test_many_images_that_differ_are_taken_to_be_normal() -> None:
    random = Random(3)
    for count in (50, 3000):
        values = [random.gauss(0.05, 1) for _ in range(count)]
        spread = sum(value**2 for value in values) ** 0.5
        # the p-value of a normal sum, from the quantile that it equals
        p_value = sign_flip_p_value(values)
        assert quantile(1 - p_value) * spread == pytest.approx(abs(sum(values)))
    assert sign_flip_p_value([]) == 1.0


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_sums_of_the_test_are_those_of_swapped_predictions(data: st.DataObject) -> None:
    shown = data.draw(st.lists(st.booleans(), min_size=2, max_size=8).filter(any))
    flags = st.lists(st.booleans(), min_size=len(shown), max_size=len(shown))
    before, after = data.draw(flags), data.draw(flags)
    truth = [["cat"] if one else [] for one in shown]
    old, new = (judged([["cat"] if one else [] for one in seen], truth) for seen in (before, after))
    test = compare(old, new).f1_test
    assert test is not None

    def statistic(swaps: Sequence[bool]) -> float:
        seen = [
            [after[place] if swap else before[place] for place, swap in enumerate(swaps)],
            [before[place] if swap else after[place] for place, swap in enumerate(swaps)],
        ]
        found = [sum(one and real for one, real in zip(side, shown, strict=True)) for side in seen]
        trials = [sum(side) + sum(shown) for side in seen]
        both = 2 * sum(found) / sum(trials)
        return abs(2 * (found[1] - found[0]) - both * (trials[1] - trials[0]))

    observed = statistic([False] * len(shown))
    exact = fmean(statistic(swaps) >= observed - 1e-9 for swaps in product((False, True), repeat=len(shown)))
    assert test.p_value == pytest.approx(exact)


def test_p_values_of_labels_are_corrected_by_holm() -> None:
    # the result of p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") of R
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    labels = ("cat", "dog")
    truth = [["cat", "dog"]] * 20
    old = judged([["dog"]] * 8 + [["cat", "dog"]] * 12, truth, labels)
    new = judged([["cat"]] + [["cat", "dog"]] * 19, truth, labels)
    compared = compare(old, new)
    cat, dog = (compared.labels[label].f1_test for label in labels)
    assert cat is not None
    assert dog is not None
    assert cat.adjusted_p_value == pytest.approx(2 * cat.p_value)
    assert dog.p_value == dog.adjusted_p_value == 1.0
    assert (cat.is_significant, dog.is_significant) == (True, False)


def simulated(rise: float, *, located: bool, repetitions: int) -> tuple[float, float]:
    """Return the shares of tests that find a difference, and of intervals that contain the true one."""
    random, labels = Random(5), 3
    draw = two_models(labels, 0.7, 0.7 + rise, located=located)
    population = [draw(random) for _ in range(20_000)]
    old, new = (plain_means([pair[side] for pair in population], labels)[2] for side in (0, 1))
    rejected, contained = [], []
    for _ in range(repetitions):
        pairs = [draw(random) for _ in range(60)]
        snapshots = [snapshot_of([pair[side] for pair in pairs], labels, located=located) for side in (0, 1)]
        mean = paired_tests(evaluated_snapshot(snapshots[0]), evaluated_snapshot(snapshots[1]), 0.95).mean
        assert mean is not None
        rejected.append(mean.p_value <= 0.05)
        contained.append(new - old in mean.interval)
    return fmean(rejected), fmean(contained)


@pytest.mark.parametrize("located", [False, True])
def test_equal_versions_are_rarely_found_to_differ(located: bool) -> None:
    rejected, contained = simulated(0.0, located=located, repetitions=100)
    assert rejected <= 0.09
    assert contained >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("located", [False, True])
@pytest.mark.parametrize("rise", [0.0, 0.1, 0.25])
def test_95_percent_of_intervals_contain_the_true_difference(located: bool, rise: float) -> None:
    rejected, contained = simulated(rise, located=located, repetitions=800)
    assert 0.93 <= contained <= 0.985
    assert rejected <= 0.065 if not rise else rejected > rise


def test_versions_with_the_same_predictions_do_not_differ_but_few_images_show_little() -> None:
    few, many = ([["cat"]] * count for count in (5, 500))
    for truth, low in ((few, -0.27), (many, -0.004)):
        test = compare(judged(truth, truth), judged(truth, truth)).f1_test
        assert test is not None
        assert (test.p_value, test.difference, test.differing_images) == (1.0, 0.0, 0)
        assert test.interval.low == pytest.approx(low, abs=0.01)


def verdict(gates: Gates, old: Evaluation = OLD, new: Evaluation = NEW) -> list[str]:
    found = compare(old, new, gates=gates).verdict
    assert found is not None
    return list(found.reasons)


def test_with_a_confidence_gates_judge_the_lower_limits() -> None:
    assert verdict(Gates(min_f1=0.85)) == []
    (reason,) = verdict(Gates(min_f1=0.85, confidence=0.95))
    assert reason == (
        "the F1 score over all labels is 0.8889, and its 95 % interval begins at 0.7374; the interval must begin at "
        "0.85 or above"
    )
    assert verdict(Gates(min_f1=0.7, confidence=0.95)) == []
    assert len(verdict(Gates(min_label_f1=0.85, min_recall=0.7, min_precision=0.9, confidence=0.95))) == 3


def test_a_gate_on_a_limit_fails_without_an_interval() -> None:
    summary = Evaluation.from_files(encoded({"AggregatedEvaluationResults": {"F1Score": 0.9}}))
    (reason,) = verdict(Gates(min_f1=0.5, confidence=0.9), summary, summary)
    assert reason == (
        "the F1 score over all labels is 0.9000, without a confidence interval; the interval must begin at 0.5 or above"
    )


def test_not_worse_is_shown_by_the_interval_of_the_difference() -> None:
    truth = [["cat"]] * 400
    old = judged([[]] * 40 + [["cat"]] * 360, truth)
    same = judged([[]] * 38 + [["cat"]] * 362, truth)
    worse = judged([[]] * 60 + [["cat"]] * 340, truth)
    assert verdict(Gates(not_worse_by=0.02), old, same) == []
    (reason,) = verdict(Gates(not_worse_by=0.02), old, worse)
    assert (
        "it is not shown that the F1 score over all labels fell by less than 0.02: the 95 % interval of the" in reason
    )
    assert verdict(Gates(not_worse_by=0.1, confidence=0.99), old, worse) == []
    # a few images show nothing, even if the scores are the same
    few = judged(TRUTH, TRUTH)
    assert len(verdict(Gates(not_worse_by=0.02), few, few)) == 1
    other = judged([["cat"]] * 4, [["cat"]] * 4)
    (reason,) = verdict(Gates(not_worse_by=0.02), few, other)
    assert "the versions were not tested on the same images (the test images are not the same)" in reason


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"confidence": 1}, ValueError, "confidence must be between 0 and 1"),
        ({"confidence": 95}, ValueError, "confidence must be from 0 to 1"),
        ({"not_worse_by": -0.1}, ValueError, "not_worse_by must be from 0 to 1, got -0.1"),
        ({"not_worse_by": "2 %"}, TypeError, "not_worse_by must be a number"),
    ],
)
def test_invalid_gates_are_rejected(wrong: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Gates(**wrong)


def test_the_conclusion_says_what_the_test_shows() -> None:
    assert compare(OLD, NEW).conclusion == (
        "Chance can explain the difference of the F1 scores over all labels, which is between +0.004 and +0.439 with "
        "95 % confidence (p = 0.109, 10 of 20 images differ)."
    )
    better = compare(judged([[]] * 15 + [["cat"]] * 5, TRUTH), judged(TRUTH, TRUTH))
    assert better.conclusion.startswith("The new version is better: the difference of the F1 scores over all labels is")
    assert compare(better.new, better.old).conclusion.startswith("The new version is worse")
    text = str(better)
    assert better.conclusion in text
    assert "p (Holm)" in text
    assert "+0.600 [" in text
    assert better.to_dict()["f1_test"]["is_significant"] is True
    assert better.to_dict()["labels"]["cat"]["f1_test"]["differing_images"] == 15


def test_versions_that_cannot_be_tested_have_a_reason() -> None:
    summary = Evaluation.from_files(encoded({"AggregatedEvaluationResults": {"F1Score": 0.9}}))
    relabelled = judged([["cat"]] * 20, [["cat"]] * 19 + [[]])
    two = judged([["cat"]] * 20, [["cat"]] * 10 + [["cat", "dog"]] * 10, ("cat", "dog"))
    one = judged([["cat"]] * 20, [["cat"]] * 10 + [["cat", "dog"]] * 10)
    located = Evaluation.from_files(
        encoded({"LabelEvaluationResults": [{"Label": "cat"}]}),
        lines([boxes(number, [("cat", BOX)], []) for number in range(20)]),
    )
    for new, reason in (
        (summary, "a snapshot is missing"),
        (judged([["cat"]], [["cat"]]), "the test images are not the same"),
        (relabelled, "some of the test images have other labels"),
        (located, "the use cases are not the same"),
    ):
        compared = compare(OLD, new)
        assert reason in (compared.why_no_test or "")
        assert reason in compared.conclusion
        assert compared.f1_test is None
    compared = compare(one, two)
    assert "do not have the same labels" in (compared.why_no_test or "")
    assert compared.labels["cat"].f1_test is not None
    assert compared.labels["dog"].f1_test is None


def test_a_label_that_a_snapshot_does_not_reproduce_is_not_tested() -> None:
    document = {**OLD.raw, "LabelEvaluationResults": [{"Label": "cat", "Metrics": {"Threshold": 0.5, "F1Score": 0.1}}]}
    entries = [image(number, ["cat"], [("cat", 0.9)]) for number in range(20)]
    wrong = Evaluation.from_files(encoded(document), lines(entries))
    compared = compare(OLD, wrong)
    assert compared.labels["cat"].f1_test is None
    (row,) = [line for line in str(compared).split("\n") if line.startswith("cat")]
    assert row.endswith("not reproduced by the snapshot")
    assert compared.f1_test is None


@pytest.mark.parametrize("confidence", [0.8, 0.99])
def test_the_confidence_of_a_comparison_is_a_parameter(confidence: float) -> None:
    test = compare(OLD, NEW, confidence=confidence).f1_test
    assert test is not None
    assert test.interval.confidence == confidence
    assert test.is_significant is (confidence == 0.8)
    with pytest.raises(ValueError, match="confidence must be between"):
        compare(OLD, NEW, confidence=2)
