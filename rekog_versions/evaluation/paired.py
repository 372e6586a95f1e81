"""The paired test of two versions on the same test images.

If two versions were equally good, it would be chance which of them does better on an image on which they differ. The
sign-flip test (Fisher's randomization test) computes how often chance gives a difference of the F1 scores at least as
large as the real one. If only the recalls differ, it is the exact test of McNemar. The probability is exact if few
images differ. If many do, the sum over them is taken to be normal.

The interval of the difference combines the intervals of both F1 scores, whose correlation over the images is known.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import comb, erfc, sqrt
from typing import NamedTuple

from rekog_versions._json import JsonResult
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.image_sums import Counts, count_cells
from rekog_versions.evaluation.intervals import DEFAULT_CONFIDENCE, Interval, difference_interval
from rekog_versions.evaluation.metrics import LabelMetrics, ModelMetrics
from rekog_versions.evaluation.snapshot import EvaluationSnapshot

_MOST_SUMS, _MOST_EQUAL = 20_000, 1000
"""With more possible sums, or more images that differ alike, the normal approximation is as good."""
_DIGITS = 1e9
_ROUNDING = 1e-14
"""A part of a difference below this is a rounding error."""


@dataclass(frozen=True, slots=True)
class PairedTest(JsonResult):
    """A test of whether the F1 scores of two versions differ on the same images.

    Attributes:
        difference: The F1 score of the new version minus that of the old one.
        interval: The confidence interval of the difference.
        p_value: The probability of a difference at least as large, if both versions were equally good.
        adjusted_p_value: The p-value with Holm's correction for all labels of the comparison. For the mean over all
            labels, it is the p-value.
        images: The number of images that both versions were tested on.
        differing_images: The number of images on which their errors differ.
    """

    _derived = ("is_significant",)

    difference: float
    interval: Interval
    p_value: float
    adjusted_p_value: float
    images: int
    differing_images: int

    @property
    def is_significant(self) -> bool:
        """True if chance does not explain the difference: the corrected p-value is at most 1 minus the confidence."""
        return self.adjusted_p_value <= 1 - self.interval.confidence


@dataclass(frozen=True)
class PairedTests:
    """The tests of all labels that can be tested, and of the mean over them.

    Attributes:
        labels: The test of each label.
        mean: The test of the mean; None if the versions do not have the same labels, or one cannot be tested.
    """

    labels: Mapping[str, PairedTest]
    mean: PairedTest | None


class _Influence(NamedTuple):
    """The contribution of an image.

    Attributes:
        flip: Its part in the difference of the F1 scores.
        old: Its influence on the old F1 score.
        new: Its influence on the new F1 score.
    """

    flip: float = 0.0
    old: float = 0.0
    new: float = 0.0


def paired_tests(old: Evaluation, new: Evaluation, confidence: float) -> PairedTests:
    """Test two versions whose snapshots have the same images with the same true labels.

    Labels that a snapshot does not reproduce or support are left out.

    Args:
        old: The evaluation of the old version.
        new: The evaluation of the new version.
        confidence: The confidence of the intervals.
    """
    before, after = _Side(old, confidence), _Side(new, confidence)
    images = len(before.rows)
    tests: dict[str, PairedTest] = {}
    sums: defaultdict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for label in before.testable:
        if label not in after.testable:
            continue
        influences = _influences(before.cells[label], after.cells[label])
        tests[label] = _test(before.metrics.labels[label], after.metrics.labels[label], influences.values(), images)
        for row, influence in influences.items():
            of_row = sums[row]
            for place in range(3):
                of_row[place] += influence[place]
    corrected = holm([test.p_value for test in tests.values()])
    labels = {
        label: replace(test, adjusted_p_value=p_value)
        for (label, test), p_value in zip(tests.items(), corrected, strict=True)
    }
    # a mean over other labels is not comparable
    if not tests or not set(tests) == before.tested == after.tested:
        return PairedTests(labels, None)
    means = [_Influence(*(part / len(tests) for part in of_row)) for of_row in sums.values()]
    return PairedTests(labels, _test(before.metrics, after.metrics, means, images))


class _Side:
    """One of both versions.

    Attributes:
        metrics: The metrics at the assumed thresholds, with intervals.
        rows: The number of each image, which is the same for both versions.
        tested: The labels with test images.
        testable: Those that the snapshot reproduces and supports.
        cells: The counts of each label in each image, by the number of the image.
    """

    def __init__(self, evaluation: Evaluation, confidence: float) -> None:
        snapshot = evaluation.snapshot
        if snapshot is None or evaluation.support is None:
            raise ValueError("both versions must have a snapshot")
        self.metrics = evaluation.recompute(confidence=confidence)
        self.rows = {source_ref: row for row, source_ref in enumerate(sorted(set(snapshot.source_refs)))}
        self.tested = {label for label, metrics in self.metrics.labels.items() if metrics.testing_images}
        differing = evaluation.support.differing_labels
        self.testable = [
            label
            for label, metrics in self.metrics.labels.items()
            if metrics.f1_score is not None and label not in differing
        ]
        self.cells = self._cells(snapshot, snapshot.limits(evaluation.thresholds))

    def _cells(self, snapshot: EvaluationSnapshot, lowest: Iterable[float]) -> Mapping[str, Mapping[int, int]]:
        width = len(snapshot.labels)
        rows = [self.rows[source_ref] for source_ref in snapshot.source_refs]
        by_label: list[defaultdict[int, int]] = [defaultdict(int) for _ in range(width)]
        for key, code in count_cells(snapshot, lowest).items():
            image, label = divmod(key, width)
            by_label[label][rows[image]] += code
        return dict(zip(snapshot.labels, by_label, strict=True))


def _influences(old: Mapping[int, int], new: Mapping[int, int]) -> Mapping[int, _Influence]:
    """Return the influence of each image on the F1 scores of a label, from the counts in both versions."""
    pairs = {row: (old.get(row, 0), new.get(row, 0)) for row in {**old, **new}}
    kinds = {pair: (Counts.of(pair[0]), Counts.of(pair[1]), images) for pair, images in Counter(pairs.values()).items()}
    old_found = sum(before.found * images for before, _, images in kinds.values())
    new_found = sum(after.found * images for _, after, images in kinds.values())
    old_trials = sum((before.predicted + before.positives) * images for before, _, images in kinds.values())
    new_trials = sum((after.predicted + after.positives) * images for _, after, images in kinds.values())
    old_f1, new_f1 = 2 * old_found / old_trials, 2 * new_found / new_trials
    both = 2 * (old_found + new_found) / (old_trials + new_trials)
    # with this scale, the flips sum up to the difference of the F1 scores
    scale = (old_trials + new_trials) / (2 * old_trials * new_trials)
    influences = {
        pair: _Influence(
            scale * (2 * (after.found - before.found) - both * (after.predicted - before.predicted)),
            (2 * before.found - old_f1 * (before.predicted + before.positives)) / old_trials,
            (2 * after.found - new_f1 * (after.predicted + after.positives)) / new_trials,
        )
        for pair, (before, after, _) in kinds.items()
    }
    return {row: influences[pair] for row, pair in pairs.items()}


def _test(
    old: LabelMetrics | ModelMetrics,
    new: LabelMetrics | ModelMetrics,
    influences: Iterable[_Influence],
    images: int,
) -> PairedTest:
    flips: list[float] = []
    of_old = of_new = together = 0.0
    for flip, before, after in influences:
        if abs(flip) > _ROUNDING:
            flips.append(flip)
        of_old += before * before
        of_new += after * after
        together += before * after
    correlation = together / sqrt(of_old * of_new) if of_old and of_new else 0.0
    old_f1, new_f1 = old.f1_score or 0.0, new.f1_score or 0.0
    unknown = Interval(0.0, 1.0, DEFAULT_CONFIDENCE)  # never used: metrics that are tested have intervals
    interval = difference_interval(old_f1, old.f1_interval or unknown, new_f1, new.f1_interval or unknown, correlation)
    p_value = sign_flip_p_value(flips)
    return PairedTest(new_f1 - old_f1, interval, p_value, p_value, images, len(flips))


def sign_flip_p_value(values: Sequence[float]) -> float:
    """Return how often random signs give a sum at least as far from 0 as that of the values."""
    largest = max(map(abs, values), default=0.0)
    if not largest:
        return 1.0
    whole = [round(value / largest * _DIGITS) for value in values]
    observed, tolerance = abs(sum(whole)), len(whole)
    sums: dict[int, float] = {0: 1.0}
    for size, count in Counter(map(abs, whole)).items():
        if count > _MOST_EQUAL or len(sums) * (count + 1) > _MOST_SUMS:
            return erfc(abs(sum(values)) / sqrt(2 * sum(value * value for value in values)))
        steps = [(size * (2 * positive - count), comb(count, positive) / 2**count) for positive in range(count + 1)]
        reached: defaultdict[int, float] = defaultdict(float)
        for so_far, chance in sums.items():
            for step, share in steps:
                reached[so_far + step] += chance * share
        sums = reached
    return min(sum(chance for found, chance in sums.items() if abs(found) >= observed - tolerance), 1.0)


def holm(p_values: Sequence[float]) -> Sequence[float]:
    """Return p-values with Holm's correction for their number (Holm 1979)."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    corrected = [1.0] * len(p_values)
    largest = 0.0
    for place, index in enumerate(order):
        largest = max(largest, min((len(order) - place) * p_values[index], 1.0))
        corrected[index] = largest
    return corrected
