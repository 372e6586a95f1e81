"""Confidence intervals equal published values, those of a bootstrap, and contain the truth as often as they say."""

from collections.abc import Sequence
from random import Random
from statistics import fmean, stdev
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rekog_versions.evaluation import Evaluation, Interval, ModelIntervals
from rekog_versions.evaluation.image_sums import measure_intervals
from rekog_versions.evaluation.intervals import Rate, difference_interval, intervals_of_counts, quantile
from rekog_versions.models.thresholds import Thresholds
from tests.evaluation.files import encoded, evaluation, image, result, summary, summary_of
from tests.evaluation.simulation import (
    Draw,
    Item,
    boxes_in_clusters,
    evaluated_snapshot,
    one_label_an_image,
    plain_means,
    plain_metrics,
    snapshot_of,
)

NAMES = ("precision", "recall", "f1_score", "average_precision", "average_recall")


def measured(images: Sequence[Sequence[Item]], labels: int, *, located: bool) -> ModelIntervals:
    snapshot = snapshot_of(images, labels, located=located)
    return measure_intervals(snapshot, snapshot.scores_of(snapshot.labels), [0.5] * len(snapshot.predictions), 0.95)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_rates_have_the_intervals_of_newcombe_1998(hits: int, trials: int, low: float, high: float) -> None:
    # Statistics in Medicine 17, pages 857-872, table I, method 3
    found = Rate(hits / trials, trials).interval(0.95)
    assert [found.low, found.high] == pytest.approx([low, high], abs=5e-5)


def test_a_difference_of_independent_rates_has_the_interval_of_newcombe_1998() -> None:
    # Statistics in Medicine 17, pages 873-890, table II, method 10: 56/70 - 48/80
    old, new = Rate(48 / 80, 80), Rate(56 / 70, 70)
    found = difference_interval(old.value, old.interval(0.95), new.value, new.interval(0.95), 0.0)
    assert [found.low, found.high] == pytest.approx([0.0524, 0.3339], abs=5e-5)


@given(
    found=st.integers(0, 50),
    wrong=st.integers(0, 50),
    missed=st.integers(0, 50),
    confidence=st.sampled_from([0.5, 0.9, 0.95, 0.999]),
)
def test_limits_solve_the_score_equation(found: int, wrong: int, missed: int, confidence: float) -> None:
    intervals = intervals_of_counts(found, wrong, missed, confidence)
    involved = found + wrong + missed
    if not involved:
        assert intervals.f1_score == Interval(0.0, 1.0, confidence)
        return
    f1, limits = 2 * found / (2 * found + wrong + missed), intervals.f1_score
    assert limits is not None
    assert 0 <= limits.low <= f1 <= limits.high <= 1
    for limit in (limits.low, limits.high):
        jaccard = limit / (2 - limit)
        expected = quantile(confidence) ** 2 * jaccard * (1 - jaccard) / involved
        if 0 < jaccard < 1:
            assert (found / involved - jaccard) ** 2 == pytest.approx(expected, abs=1e-12)


def test_few_images_with_boxes_count_as_in_a_t_distribution() -> None:
    # the quantiles of Student's t distribution for 95 %: 2.571 for 5 degrees of freedom, 2.042 for 30
    for clusters, t in ((6, 2.571), (31, 2.042)):
        found = Rate(0.5, 1e6, clusters).interval(0.95)
        assert (found.high - 0.5) * 2 * 1000 == pytest.approx(t, abs=4e-3)


@pytest.mark.parametrize(
    ("draw", "located"), [(one_label_an_image(3, 0.75), False), (boxes_in_clusters(3, 0.75), True)]
)
def test_intervals_are_as_wide_as_those_of_a_bootstrap(draw: Draw, located: bool) -> None:
    random = Random(7)
    images = [draw(random) for _ in range(250)]
    resampled = [random.choices(images, k=len(images)) for _ in range(250)]
    found = measured(images, 3, located=located)
    of_label, of_means = [plain_metrics(once, 1) for once in resampled], [plain_means(once, 3) for once in resampled]
    for place, name in enumerate(NAMES):
        interval: Interval = getattr(found, name)
        assert plain_means(images, 3)[place] in interval
        if name == "average_recall":
            continue  # everything is found at some confidence, so a bootstrap has no width
        width = 2 * quantile(0.95) * stdev(means[place] for means in of_means)
        # labels are taken to share images for the area as for the F1 score, so its interval is rather wide
        most = 1.6 if name == "average_precision" else 1.2
        assert 0.85 < (interval.high - interval.low) / width < most, name
        if name != "average_precision":
            of_one: Interval = getattr(found.labels["1"], name)
            width = 2 * quantile(0.95) * stdev(metrics[place] for metrics in of_label)
            assert 0.85 < (of_one.high - of_one.low) / width < 1.2, name


def coverage(draw: Draw, labels: int, images: int, *, located: bool, repetitions: int) -> dict[str, float]:
    """Return the share of intervals that contain the true metric, of label 0 and of the means."""
    random = Random(11)
    population = [draw(random) for _ in range(20_000)]
    truth, means = plain_metrics(population, 0), plain_means(population, labels)
    hits: dict[str, list[bool]] = {}
    for _ in range(repetitions):
        found = measured([draw(random) for _ in range(images)], labels, located=located)
        for place, name in enumerate(NAMES):
            hits.setdefault(f"mean {name}", []).append(means[place] in getattr(found, name))
            if place < 3 and "0" in found.labels:
                hits.setdefault(name, []).append(truth[place] in getattr(found.labels["0"], name))
    return {name: fmean(contained) for name, contained in hits.items()}


@pytest.mark.parametrize(("draw", "located"), [(one_label_an_image(3, 0.8), False), (boxes_in_clusters(3, 0.8), True)])
def test_about_95_percent_of_intervals_contain_the_true_metric(draw: Draw, located: bool) -> None:
    for name, share in coverage(draw, 3, 60, located=located, repetitions=300).items():
        assert 0.92 <= share <= (1 if "average" in name else 0.985), (name, share)


@pytest.mark.slow
@pytest.mark.parametrize("right", [0.6, 0.9, 0.97])
@pytest.mark.parametrize(("labels", "images"), [(2, 50), (2, 200), (5, 60), (10, 400)])
@pytest.mark.parametrize("located", [False, True])
def test_intervals_contain_the_true_metric_for_good_and_bad_models_and_few_images(
    right: float, labels: int, images: int, located: bool
) -> None:
    draw = (boxes_in_clusters if located else one_label_an_image)(labels, right)
    for name, share in coverage(draw, labels, images, located=located, repetitions=600).items():
        assert 0.89 <= share <= (1 if "average" in name else 0.985), (name, share)


CATS = evaluation(
    [image(number, ["cat"], [("cat", 0.9 if number < 8 else 0.1), ("dog", 0.2)]) for number in range(10)],
    result("cat", 10),
)


def test_recomputed_metrics_have_intervals_of_any_confidence() -> None:
    cat = CATS.recompute().labels["cat"]
    assert cat.recall_interval == Rate(0.8, 10).interval(0.95)
    assert cat.precision_interval == Rate(1.0, 8).interval(0.95)
    narrow, wide = (CATS.recompute(confidence=level).f1_interval for level in (0.5, 0.99))
    assert narrow is not None
    assert wide is not None
    assert wide.low < narrow.low < 16 / 18 < narrow.high < wide.high
    without = CATS.recompute(confidence=None)
    assert (without.f1_interval, without.labels["cat"].f1_interval) == (None, None)


@pytest.mark.parametrize(("wrong", "error"), [(0, ValueError), (1, ValueError), (95, ValueError), ("95", TypeError)])
def test_an_invalid_confidence_is_rejected(wrong: Any, error: type[Exception]) -> None:
    for call in (CATS.intervals, lambda confidence: CATS.recompute(confidence=confidence)):
        with pytest.raises(error, match="confidence must be"):
            call(wrong)


def test_a_label_that_is_never_predicted_has_an_unknown_precision() -> None:
    metrics = CATS.recompute(Thresholds.fractions({"cat": 1.0})).labels["cat"]
    assert metrics.precision_interval == Interval(0.0, 1.0, 0.95)
    assert metrics.recall_interval == Rate(0.0, 10).interval(0.95)


def test_labels_without_test_images_have_no_intervals() -> None:
    found = evaluation([image(1, ["cat"], [("cat", 0.5)])], result("cat", 1), result("dog", 0))
    assert found.recompute().labels["dog"].f1_interval is None
    assert found.intervals().labels["dog"].f1_score is None


def test_without_a_snapshot_the_intervals_come_from_the_counts_in_the_summary() -> None:
    confusion = {"ConfusionMatrix": [{"GroundTruthLabel": "CAP", "PredictedLabel": "CAP", "Value": 0.97}]}
    found = Evaluation.from_files(encoded(summary(aggregate=confusion))).intervals()
    assert found.labels["CAP"] == intervals_of_counts(381, 7, 9, 0.95)
    assert found.f1_score is None  # it is not known which labels share images
    # the number of boxes is not in the summary
    located = Evaluation.from_files(encoded(summary(aggregate={"AveragePrecision": 0.9})))
    assert located.intervals().labels["CAP"].recall is None


def test_the_intervals_of_the_summary_are_those_of_the_recomputed_metrics() -> None:
    judged = evaluation(
        [image(number, ["cat"], [("cat", 0.9 if number < 8 else 0.1)]) for number in range(10)],
        {"Label": "cat", "NumberOfTestingImages": 10, "Metrics": {"Threshold": 0.5, "Precision": 1, "Recall": 0.8}},
    )
    assert judged.intervals(0.9).labels["cat"].recall == Rate(0.8, 10).interval(0.9)
    assert judged.to_dict()["intervals"]["labels"]["cat"]["recall"] == Rate(0.8, 10).interval(0.95).to_dict()


def test_a_label_that_the_snapshot_does_not_reproduce_has_the_intervals_of_the_summary() -> None:
    assert CATS.intervals().labels["cat"] == intervals_of_counts(5, 5, 5, 0.95)
    assert CATS.intervals().f1_score is None
    alone = Evaluation.from_files(summary_of(result("cat", 10)))
    assert alone.intervals().labels["cat"].recall is None  # the use case is not known


@pytest.mark.parametrize("located", [False, True])
def test_the_points_of_a_curve_have_the_intervals_of_the_metrics_there(located: bool) -> None:
    draw = (boxes_in_clusters if located else one_label_an_image)(2, 0.7)
    random = Random(13)
    judged = evaluated_snapshot(snapshot_of([draw(random) for _ in range(40)], 2, located=located))
    curve = judged.curve("0", confidence=0.9)
    assert curve.points
    for point in curve.points:
        counted = judged.recompute(Thresholds.fractions({"0": point.threshold}), confidence=0.9).labels["0"]
        for name in ("precision_interval", "recall_interval", "f1_interval"):
            expected: Interval = getattr(counted, name)
            found: Interval = getattr(point, name)
            assert [found.low, found.high] == pytest.approx([expected.low, expected.high], abs=1e-9), name
    assert judged.curve("0").points[0].f1_interval is None


def test_a_curve_without_points_has_no_intervals() -> None:
    assert evaluation([image(1, ["cat"], [])]).curve("dog", confidence=0.95).points == ()
    with pytest.raises(ValueError, match="confidence must be between"):
        CATS.curve("cat", confidence=2)
