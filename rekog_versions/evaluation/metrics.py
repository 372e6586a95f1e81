"""What predictions are worth at a threshold, counted from the snapshot.

As the service's summary counts: a prediction counts from the threshold on (>=); the aggregates are means over the
labels that have test images; where nothing is predicted, precision is 0. A confidence of 0 is no prediction at any
threshold: it stands for what is there and was missed altogether.

A threshold that is no predicted confidence but lies a rounding above one is taken for that one: the guide's summary has
thresholds of ten digits, and without this the prediction that a rounded threshold was made of would be lost.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from rekog_versions.evaluation.by_label import ByLabel
from rekog_versions.evaluation.snapshot import Scores
from rekog_versions.evaluation.tables import metrics_table
from rekog_versions.models.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class LabelMetrics:
    """How well a label is found at a threshold.

    Attributes:
        label: The label.
        threshold: The confidence from which on it counts, 0 to 1; None if every prediction of it does.
        testing_images: Test images that show it.
        true_positives: What is there and was found: images, or boxes.
        false_positives: What was found and isn't there.
        false_negatives: What is there and was not found.
        precision: Of what was found, the share that is there, 0 to 1; 0 if nothing was found, None without test images.
        recall: Of what is there, the share that was found; None without test images.
        f1_score: The harmonic mean of the two; None without test images.
    """

    label: str
    threshold: float | None
    testing_images: int
    true_positives: int
    false_positives: int
    false_negatives: int
    precision: float | None
    recall: float | None
    f1_score: float | None


@dataclass(frozen=True)
class Metrics:
    """How well a model does at some thresholds.

    Attributes:
        thresholds: The thresholds.
        labels: Each label of the model.
        precision: The mean over the labels with test images, 0 to 1; None if there are none. So are the others.
        recall: As above.
        f1_score: As above.
        average_precision: The labels' areas under the curve of precision over recall (mAP), whatever the thresholds.
        average_recall: The shares of each label that are found at any confidence (mAR), whatever the thresholds.
    """

    thresholds: Thresholds
    labels: ByLabel[LabelMetrics]
    precision: float | None
    recall: float | None
    f1_score: float | None
    average_precision: float | None
    average_recall: float | None

    def __str__(self) -> str:
        return metrics_table(self.labels.values(), self)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What a threshold gives for a label.

    Attributes:
        threshold: A confidence that was predicted, 0 to 1: it and all above it count.
        precision: Of what was found, the share that is there.
        recall: Of what is there, the share that was found.
        f1_score: The harmonic mean of the two.
        true_positives: What is there and was found.
        false_positives: What was found and isn't there.
        false_negatives: What is there and was not found.
    """

    threshold: float
    precision: float
    recall: float
    f1_score: float
    true_positives: int
    false_positives: int
    false_negatives: int


@dataclass(frozen=True)
class Curve:
    """Precision, recall and F1 score of a label over all its thresholds.

    Attributes:
        label: The label.
        points: One for each confidence that was predicted, the highest first, so that recall never falls. Empty if
            nothing was predicted, or no test image shows the label.
        positives: How often the label is there: images, or boxes.
        testing_images: Test images that show it.
        average_precision: The area under precision over recall, as a step function; None without test images.
    """

    label: str
    points: Sequence[CurvePoint]
    positives: int
    testing_images: int
    average_precision: float | None

    @property
    def best(self) -> CurvePoint | None:
        """The point with the best F1 score, the highest threshold of equal ones; None if nothing is ever found."""
        best = max(self.points, key=lambda point: (point.f1_score, point.threshold), default=None)
        return best if best is not None and best.f1_score > 0 else None


@dataclass(frozen=True)
class LabelSweep:
    """A label at each threshold of a sweep; None throughout if no test image shows it.

    Attributes:
        precision: At each threshold.
        recall: At each threshold.
        f1_score: At each threshold.
    """

    precision: Sequence[float] | None
    recall: Sequence[float] | None
    f1_score: Sequence[float] | None


@dataclass(frozen=True)
class Sweep:
    """One threshold for all labels, moved over a range.

    Attributes:
        thresholds: 0 to 1, as given.
        precision: The mean over the labels with test images at each threshold; None if there are no such labels. So are
            the others.
        recall: As above.
        f1_score: As above.
        labels: Each label.
    """

    thresholds: Sequence[float]
    precision: Sequence[float] | None
    recall: Sequence[float] | None
    f1_score: Sequence[float] | None
    labels: ByLabel[LabelSweep]


_ROUNDING = 1e-10
"""More than rounding to ten digits, or turning a fraction into per cent and back, changes a threshold by."""

NOTHING = Scores((), (), 0, 0)
"""What is known of a label that the snapshot doesn't have."""


def lowest_counted(scores: Scores, threshold: float | None) -> float:
    """From which confidence on a label's predictions count at a threshold, 0 to 1; None lets all through."""
    if not threshold:
        return 0.0
    for confidences in (scores.hits, scores.mistakes):
        place = bisect_left(confidences, threshold)
        if place < len(confidences) and confidences[place] == threshold:
            return threshold
    return max(threshold - _ROUNDING, 0.0)


def measure(label: str, scores: Scores, threshold: float | None) -> LabelMetrics:
    """A label's metrics at a threshold, 0 to 1; None lets all predictions through."""
    least = lowest_counted(scores, threshold)
    found = len(scores.hits) - bisect_left(scores.hits, least)
    wrong = len(scores.mistakes) - bisect_left(scores.mistakes, least)
    precision, recall, f1 = ratios(found, wrong, scores.positives) if scores.positives else (None, None, None)
    return LabelMetrics(
        label, threshold, scores.testing_images, found, wrong, scores.positives - found, precision, recall, f1
    )


def ratios(found: int, wrong: int, positives: int) -> tuple[float, float, float]:
    """Precision, recall and F1 score of so many true and false positives, of so many positives (over 0)."""
    predicted = found + wrong
    return found / predicted if predicted else 0.0, found / positives, 2 * found / (predicted + positives)


def recompute(scores: Mapping[str, Scores], thresholds: Thresholds) -> Metrics:
    """The metrics of all labels, and their means, at thresholds."""
    labels = [measure(label, of_label, thresholds.fraction(label)) for label, of_label in scores.items()]
    tested = [of_label for of_label in scores.values() if of_label.positives]
    return Metrics(
        thresholds,
        ByLabel((metrics.label, metrics) for metrics in labels),
        mean(metrics.precision for metrics in labels),
        mean(metrics.recall for metrics in labels),
        mean(metrics.f1_score for metrics in labels),
        mean(average_precision(of_label) for of_label in tested),
        mean(len(of_label.hits) / of_label.positives for of_label in tested),
    )


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of those that are known; None if none is."""
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def average_precision(scores: Scores) -> float | None:
    """The area under the curve of precision over recall, as a step function; None without positives.

    It is not interpolated, and boxes count as found from whatever overlap the service's own flags go by.
    """
    if not scores.positives:
        return None
    hits, mistakes = scores.hits, scores.mistakes
    area, found = 0.0, 0
    above = len(mistakes)
    end = len(hits)
    while end:
        # equal confidences are above a threshold together or not at all
        confidence = hits[end - 1]
        start = bisect_left(hits, confidence, 0, end)
        above = bisect_left(mistakes, confidence, 0, above)
        found += end - start
        area += (end - start) / scores.positives * (found / (found + len(mistakes) - above))
        end = start
    return area


def curve(label: str, scores: Scores) -> Curve:
    """A label's curve."""
    points: list[CurvePoint] = []
    if scores.positives:
        for threshold in sorted({*scores.hits, *scores.mistakes}, reverse=True):
            found = len(scores.hits) - bisect_left(scores.hits, threshold)
            wrong = len(scores.mistakes) - bisect_left(scores.mistakes, threshold)
            missed = scores.positives - found
            points.append(CurvePoint(threshold, *ratios(found, wrong, scores.positives), found, wrong, missed))
    return Curve(label, tuple(points), scores.positives, scores.testing_images, average_precision(scores))


def sweep(scores: Mapping[str, Scores], thresholds: Sequence[float]) -> Sweep:
    """All labels and their means, at each of many thresholds."""
    labels = {label: _sweep_label(of_label, thresholds) for label, of_label in scores.items()}
    return Sweep(
        tuple(thresholds),
        _means([of_label.precision for of_label in labels.values()]),
        _means([of_label.recall for of_label in labels.values()]),
        _means([of_label.f1_score for of_label in labels.values()]),
        ByLabel(labels),
    )


def _sweep_label(scores: Scores, thresholds: Sequence[float]) -> LabelSweep:
    hits, mistakes, positives = scores.hits, scores.mistakes, scores.positives
    if not positives:
        return LabelSweep(None, None, None)
    columns = [
        ratios(len(hits) - bisect_left(hits, least), len(mistakes) - bisect_left(mistakes, least), positives)
        for least in (lowest_counted(scores, threshold) for threshold in thresholds)
    ]
    precision, recall, f1 = zip(*columns, strict=True) if columns else ((), (), ())
    return LabelSweep(precision, recall, f1)


def _means(columns: Sequence[Sequence[float] | None]) -> Sequence[float] | None:
    known = [column for column in columns if column is not None]
    return tuple(fmean(values) for values in zip(*known, strict=True)) if known else None
