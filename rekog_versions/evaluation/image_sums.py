"""The intervals of metrics, from sums over the images of a snapshot in one pass.

The influence of an image on a metric is the derivative of the metric by the weight of the image. The variance of a
metric is the sum of its squared influences (delta method, or infinitesimal jackknife). The influence on a mean over
labels is the mean of the influences on the labels, so labels that share images are not taken for independent.
"""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, repeat
from operator import mul
from typing import NamedTuple

from rekog_versions.evaluation.by_label import ByLabel
from rekog_versions.evaluation.intervals import (
    Interval,
    LabelIntervals,
    ModelIntervals,
    Rate,
    effective_trials,
    intervals_of_rates,
    mean_rate,
)
from rekog_versions.evaluation.snapshot import EvaluationSnapshot, LabelScores

Cells = Mapping[int, int]
"""The counts of each label of each image, by `image * labels + label`. `Counts.of()` decodes them."""

_BITS = 15  # an image has fewer than 2**15 boxes
_FOUND, _PREDICTED, _TRUE, _SEEN = (1 << _BITS * place for place in range(4))
_MASK = (1 << _BITS) - 1


class Counts(NamedTuple):
    """Counts of a label, in an image or in all images.

    Attributes:
        found: True positives.
        predicted: Predictions from the threshold on.
        positives: Occurrences in the ground truth.
        seen: Occurrences that were found at any confidence.
    """

    found: int
    predicted: int
    positives: int
    seen: int

    @classmethod
    def of(cls, code: int) -> "Counts":
        """Return the counts of a cell."""
        return cls(code & _MASK, code >> _BITS & _MASK, code >> 2 * _BITS & _MASK, code >> 3 * _BITS)


def count_cells(snapshot: EvaluationSnapshot, lowest: Iterable[float]) -> Cells:
    """Count each label of each image.

    Args:
        snapshot: The snapshot.
        lowest: For each prediction, the lowest confidence that counts.
    """
    width = len(snapshot.labels)
    truth, seen = snapshot.truth, snapshot.predictions
    cells: defaultdict[int, int] = defaultdict(int)
    flagged = _flagged(snapshot)
    for image, label in zip(truth.images, truth.labels, strict=True):
        if not flagged[label]:
            cells[image * width + label] += _TRUE
    for image, label, confidence, present, least in zip(
        seen.images, seen.labels, seen.confidences, seen.present, lowest, strict=True
    ):
        if confidence >= least and confidence:
            cells[image * width + label] += _FOUND + _PREDICTED + _SEEN if present else _PREDICTED
        elif confidence and present:
            cells[image * width + label] += _SEEN
        if present and flagged[label]:
            cells[image * width + label] += _TRUE
    return cells


def _flagged(snapshot: EvaluationSnapshot) -> Sequence[bool]:
    """Return for which labels the flags of the predictions replace an incomplete ground truth, as in `LabelScores`."""
    known = Counter(snapshot.truth.labels)
    return [known[label] != scores.positives for label, scores in enumerate(snapshot.scores)]


def measure_intervals(
    snapshot: EvaluationSnapshot, labels: Mapping[str, LabelScores], lowest: Iterable[float], confidence: float
) -> ModelIntervals:
    """Return the intervals of all metrics at thresholds.

    Args:
        snapshot: The snapshot.
        labels: The scores of the labels of the model.
        lowest: For each prediction, the lowest confidence that counts.
        confidence: The confidence of the intervals.
    """
    tested = [index for index, label in enumerate(snapshot.labels) if label in labels and labels[label].positives]
    cells = count_cells(snapshot, lowest)
    spreads = _spreads(cells, len(snapshot.labels), tested)
    found = list(spreads.values())
    areas = _area_rates(snapshot, tested)
    precision, recall, f1, average_recall = _variances(cells, snapshot, spreads)
    # boxes and labels are taken to share images for the area as they do for the F1 score
    separate = sum(spread.separate_variance for spread in found)
    area = sum(variance for _, variance in areas) * (f1 / separate if separate else 1.0)

    def of_mean(rates: Iterable[Rate], variance: float) -> Interval | None:
        known = list(rates)
        return mean_rate(known, variance / len(known) ** 2).interval(confidence) if known else None

    return ModelIntervals(
        confidence,
        ByLabel(
            (
                snapshot.labels[index],
                intervals_of_rates(spread.precision, spread.recall, spread.jaccard, confidence),
            )
            for index, spread in spreads.items()
        ),
        of_mean((spread.precision for spread in found), precision),
        of_mean((spread.recall for spread in found), recall),
        of_mean((spread.f1_rate for spread in found), f1),
        of_mean((rate for rate, _ in areas), area),
        of_mean((spread.seen for spread in found), average_recall),
    )


@dataclass(frozen=True)
class _Spread:
    """A label at a threshold: its metrics and how they vary over images."""

    totals: Counts
    precision: Rate
    recall: Rate
    jaccard: Rate
    seen: Rate

    @classmethod
    def of(cls, kinds: Sequence[tuple[Counts, int]]) -> "_Spread":
        """Return the metrics of a label.

        Args:
            kinds: The counts that occur in an image, each with the number of such images.
        """
        found, predicted, positives, seen, images = zip(*((*of, images) for of, images in kinds), strict=True)
        involved = [p + t - f for f, p, t in zip(found, predicted, positives, strict=True)]
        totals = Counts(*(sum(map(mul, column, images)) for column in (found, predicted, positives, seen)))
        return cls(
            totals,
            _ratio(found, predicted, images),
            _ratio(found, positives, images),
            _ratio(found, involved, images),
            _ratio(seen, positives, images),
        )

    @property
    def f1_score(self) -> float:
        """The F1 score."""
        return 2 * self.totals.found / (self.totals.predicted + self.totals.positives)

    @property
    def f1_rate(self) -> Rate:
        """The F1 score as a rate."""
        jaccard = self.jaccard
        return Rate(self.f1_score, jaccard.trials * (1 + jaccard.value) ** 2 / 2)

    @property
    def separate_variance(self) -> float:
        """The variance of the F1 score, if each true positive, false positive and false negative had its own image."""
        jaccard = self.jaccard.value
        involved = self.totals.predicted + self.totals.positives - self.totals.found
        slope = 2 / (1 + jaccard) ** 2  # of the F1 score, by the Jaccard index
        return slope * slope * jaccard * (1 - jaccard) / involved

    def influences(self, of: Counts) -> tuple[float, ...]:
        """Return the influences of an image on precision, recall, F1 score and average recall."""
        totals = self.totals
        return (
            (of.found - self.precision.value * of.predicted) / (totals.predicted or 1),
            (of.found - self.recall.value * of.positives) / totals.positives,
            (2 * of.found - self.f1_score * (of.predicted + of.positives)) / (totals.predicted + totals.positives),
            (of.seen - self.seen.value * of.positives) / totals.positives,
        )


def _ratio(hits: Sequence[int], trials: Sequence[int], images: Sequence[int]) -> Rate:
    """Return the ratio of hits to trials. Images with the same numbers of both are counted in `images`."""
    total = sum(map(mul, trials, images))
    if not total:
        return Rate(0.0, 0)
    rate = sum(map(mul, hits, images)) / total
    variance = sum(n * (hit - rate * trial) ** 2 for hit, trial, n in zip(hits, trials, images, strict=True)) / total**2
    clusters = sum(n for trial, n in zip(trials, images, strict=True) if trial)
    return _rate(rate, variance, total, clusters, is_shared=max(trials) > 1)


def _rate(rate: float, variance: float, trials: int, clusters: int, *, is_shared: bool) -> Rate:
    """Return a rate with the number of independent trials.

    Args:
        rate: The rate.
        variance: Its variance over images.
        trials: The number of trials.
        clusters: The number of images with trials.
        is_shared: True if trials share an image.
    """
    if not is_shared:
        return Rate(rate, trials)
    if clusters == 1 or not variance:
        return Rate(rate, clusters)
    return Rate(rate, effective_trials(rate, variance * clusters / (clusters - 1), trials), clusters)


def _spreads(cells: Cells, width: int, tested: Iterable[int]) -> Mapping[int, _Spread]:
    """Return the tested labels with their metrics."""
    kinds: dict[int, list[tuple[Counts, int]]] = {label: [] for label in tested}
    for kind, images in Counter([code * width + key % width for key, code in cells.items()]).items():
        code, label = divmod(kind, width)
        if label in kinds:
            kinds[label].append((Counts.of(code), images))
    return {label: _Spread.of(of_label) for label, of_label in kinds.items()}


def _variances(cells: Cells, snapshot: EvaluationSnapshot, spreads: Mapping[int, _Spread]) -> Sequence[float]:
    """Return the variances of the sums over labels of precision, recall, F1 score and average recall."""
    width, size = len(snapshot.labels), len(snapshot)
    precision, recall, f1, seen = [0.0] * size, [0.0] * size, [0.0] * size, [0.0] * size
    known: dict[int, tuple[float, ...]] = {}
    for key, code in cells.items():
        image, label = divmod(key, width)
        kind = code * width + label
        influences = known.get(kind)
        if influences is None:
            spread = spreads.get(label)
            influences = known[kind] = (0.0,) * 4 if spread is None else spread.influences(Counts.of(code))
        of_precision, of_recall, of_f1, of_seen = influences
        precision[image] += of_precision
        recall[image] += of_recall
        f1[image] += of_f1
        seen[image] += of_seen
    return [sum(map(mul, sums, sums)) for sums in (precision, recall, f1, seen)]


class _Sums:
    """The sums for a ratio of hits to trials over images, which are kept up as the counts of images change."""

    def __init__(self) -> None:
        self._hits = self._trials = self._clusters = self._most = 0
        self._squares = [0, 0, 0]  # of hits, of hits times trials, of trials

    def change(self, old: tuple[int, int], new: tuple[int, int]) -> None:
        """Replace the hits and trials of an image."""
        self._hits += new[0] - old[0]
        self._trials += new[1] - old[1]
        self._clusters += (new[1] > 0) - (old[1] > 0)
        self._most = max(self._most, new[1])
        for place, (one, other) in enumerate(((0, 0), (0, 1), (1, 1))):
            self._squares[place] += new[one] * new[other] - old[one] * old[other]

    def rate(self) -> Rate:
        """Return the ratio."""
        if not self._trials:
            return Rate(0.0, 0)
        rate = self._hits / self._trials
        of_hits, of_both, of_trials = self._squares
        variance = max(of_hits - 2 * rate * of_both + rate * rate * of_trials, 0.0) / self._trials**2
        return _rate(rate, variance, self._trials, self._clusters, is_shared=self._most > 1)


def curve_intervals(
    snapshot: EvaluationSnapshot, label: str, thresholds: Sequence[float], confidence: float
) -> Sequence[LabelIntervals]:
    """Return the intervals of a label at each of some thresholds, in one pass.

    Args:
        snapshot: The snapshot, which has the label.
        label: The label.
        thresholds: The thresholds, the highest first.
        confidence: The confidence of the intervals.
    """
    index = snapshot.labels.index(label)
    width = len(snapshot.labels)
    nothing_counts = repeat(math.inf, len(snapshot.predictions))
    counts = {
        key // width: (0, 0, Counts.of(code).positives)
        for key, code in count_cells(snapshot, nothing_counts).items()
        if key % width == index
    }
    sums = (_Sums(), _Sums(), _Sums())
    for of_image in counts.values():
        _change(sums, (0, 0, 0), of_image)
    seen = snapshot.predictions
    rows = zip(seen.confidences, seen.images, seen.present, seen.labels, strict=True)
    falling = sorted((row for row in rows if row[3] == index and row[0]), reverse=True)
    intervals: list[LabelIntervals] = []
    place = 0
    for threshold in thresholds:
        while place < len(falling) and falling[place][0] >= threshold:
            _, image, present, _ = falling[place]
            old = counts.get(image, (0, 0, 0))
            counts[image] = (old[0] + present, old[1] + 1, old[2])
            _change(sums, old, counts[image])
            place += 1
        precision, recall, jaccard = (of_metric.rate() for of_metric in sums)
        intervals.append(intervals_of_rates(precision, recall, jaccard, confidence))
    return intervals


def _change(sums: tuple[_Sums, _Sums, _Sums], old: tuple[int, int, int], new: tuple[int, int, int]) -> None:
    """Replace the true positives, predictions and occurrences of an image."""
    precision, recall, jaccard = sums
    precision.change((old[0], old[1]), (new[0], new[1]))
    recall.change((old[0], old[2]), (new[0], new[2]))
    jaccard.change((old[0], old[1] + old[2] - old[0]), (new[0], new[1] + new[2] - new[0]))


class _Area:
    """The average precision of a label, and the influence of each prediction on it.

    Attributes:
        scores: The scores of the label.
        value: The average precision.
        of_positive: The influence of an occurrence, found or not.
        hits: The confidences of the hits, in ascending order.
        influences: The influences of mistakes and of hits, by the number of hits with at most their confidence.
    """

    def __init__(self, scores: LabelScores) -> None:
        hits, mistakes, positives = scores.hits, scores.mistakes, scores.positives
        found = [len(hits) - bisect_left(hits, confidence) for confidence in hits]
        predicted = [
            right + len(mistakes) - bisect_left(mistakes, confidence)
            for right, confidence in zip(found, hits, strict=True)
        ]
        precision = [right / all_ / positives for right, all_ in zip(found, predicted, strict=True)]
        # a prediction changes the precision at its confidence and at all lower ones
        of_mistake = list(
            accumulate([-share / all_ for share, all_ in zip(precision, predicted, strict=True)], initial=0.0)
        )
        rising = accumulate([1 / all_ / positives for all_ in predicted], initial=0.0)
        both = [lower + mistake for lower, mistake in zip(rising, of_mistake, strict=True)]
        of_hit = [both[0], *(share + lower for share, lower in zip(precision, both[1:], strict=True))]
        self.scores, self.value = scores, min(sum(precision), 1.0)
        self.of_positive = -self.value / positives
        self.hits = array("d", hits)
        self.influences = (of_mistake, of_hit)

    def variance(self) -> float:
        """Return the variance over images, if no predictions share an image."""
        hits, own, (of_mistake, of_hit) = self.hits, self.of_positive, self.influences
        found = [of_hit[bisect_right(hits, confidence)] + own for confidence in hits]
        wrong = [of_mistake[bisect_right(hits, confidence)] for confidence in self.scores.mistakes]
        missed = self.scores.positives - len(hits)
        squares: float = sum(map(mul, found, found)) + sum(map(mul, wrong, wrong))
        return squares + missed * own * own


def _area_rates(snapshot: EvaluationSnapshot, labels: Iterable[int]) -> Sequence[tuple[Rate, float]]:
    """Return the average precision of labels as rates, with their variances if no predictions share an image."""
    areas = [_Area(snapshot.scores[label]) for label in labels]
    variances = [area.variance() for area in areas]
    return [
        (Rate(area.value, effective_trials(area.value, variance, area.scores.testing_images)), variance)
        for area, variance in zip(areas, variances, strict=True)
    ]
