"""Metrics at any thresholds, curves and sweeps, counted from the predictions in the snapshot.

They are counted as the service's summary counts. A prediction counts from its threshold on (>=). Aggregates are means
over the labels that have test images. Precision is 0 where nothing is predicted. A confidence of 0 is not a prediction
at any threshold. It marks a label that is in the image and was not found at all.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from rekog_versions._json import JsonResult
from rekog_versions._text import decimal, shortened, table
from rekog_versions.evaluation.by_label import ByLabel
from rekog_versions.evaluation.snapshot import LabelScores
from rekog_versions.evaluation.summary import LabelEvaluation, TrainingSummary
from rekog_versions.models.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class LabelMetrics(JsonResult):
    """How well a label is found at a threshold.

    Attributes:
        label: The label.
        threshold: The threshold, from 0 to 1; None if every prediction counts.
        testing_images: The number of test images that have the label.
        true_positives: The number of images, or boxes, that have the label and were found.
        false_positives: The number of predictions that are wrong.
        false_negatives: The number of images, or boxes, that have the label and were not found.
        precision: The share of the predictions that are right, from 0 to 1. It is 0 if nothing was predicted and None
            without test images.
        recall: The share of the occurrences that were found; None without test images.
        f1_score: The harmonic mean of precision and recall; None without test images.
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
class ModelMetrics(JsonResult):
    """How well a model finds its labels at some thresholds. Means are None if no label has test images.

    Attributes:
        thresholds: The thresholds.
        labels: The metrics of each label of the model.
        precision: The mean over the labels with test images, from 0 to 1.
        recall: The mean over the labels with test images.
        f1_score: The mean over the labels with test images.
        average_precision: The mean area under the labels' precision-recall curves (mAP), independent of thresholds.
        average_recall: The mean share of each label that is found at any confidence (mAR), independent of thresholds.
    """

    thresholds: Thresholds
    labels: ByLabel[LabelMetrics]
    precision: float | None
    recall: float | None
    f1_score: float | None
    average_precision: float | None
    average_recall: float | None

    def __iter__(self) -> Iterator[LabelMetrics]:
        return iter(self.labels.values())

    def __str__(self) -> str:
        return metrics_table(self)


@dataclass(frozen=True, slots=True)
class CurvePoint(JsonResult):
    """The metrics of a label at one threshold.

    Attributes:
        threshold: A confidence that was predicted, from 0 to 1. Predictions with at least this confidence count.
        precision: The share of the predictions that are right.
        recall: The share of the occurrences that were found.
        f1_score: The harmonic mean of precision and recall.
        true_positives: The number of images, or boxes, that have the label and were found.
        false_positives: The number of predictions that are wrong.
        false_negatives: The number of images, or boxes, that have the label and were not found.
    """

    threshold: float
    precision: float
    recall: float
    f1_score: float
    true_positives: int
    false_positives: int
    false_negatives: int


@dataclass(frozen=True)
class LabelCurve(JsonResult):
    """Precision, recall and F1 score of a label at all its thresholds.

    Attributes:
        label: The label.
        points: A point for each confidence that was predicted, the highest first, so that recall never falls. Empty if
            nothing was predicted or no test image has the label.
        positives: The number of images, or boxes, that have the label.
        testing_images: The number of test images that have the label.
        average_precision: The area under precision over recall, as a step function; None without test images.
    """

    _derived = ("best",)

    label: str
    points: Sequence[CurvePoint]
    positives: int
    testing_images: int
    average_precision: float | None

    @property
    def best(self) -> CurvePoint | None:
        """The point with the best F1 score, and the highest threshold among equals; None if nothing is ever found."""
        best = max(self.points, key=lambda point: (point.f1_score, point.threshold), default=None)
        return best if best is not None and best.f1_score > 0 else None


@dataclass(frozen=True)
class LabelSweep(JsonResult):
    """The metrics of a label at each threshold of a sweep; None if no test image has the label.

    Attributes:
        precision: The precision at each threshold.
        recall: The recall at each threshold.
        f1_score: The F1 score at each threshold.
    """

    precision: Sequence[float] | None
    recall: Sequence[float] | None
    f1_score: Sequence[float] | None


@dataclass(frozen=True)
class ThresholdSweep(JsonResult):
    """The metrics at each of many thresholds, each of which applies to all labels.

    Attributes:
        thresholds: The thresholds, from 0 to 1, in the given order.
        precision: The mean over the labels with test images at each threshold; None if there are no such labels.
        recall: The same for the recall.
        f1_score: The same for the F1 score.
        labels: The metrics of each label.
    """

    thresholds: Sequence[float]
    precision: Sequence[float] | None
    recall: Sequence[float] | None
    f1_score: Sequence[float] | None
    labels: ByLabel[LabelSweep]


def measure(label: str, scores: LabelScores, threshold: float | None) -> LabelMetrics:
    """Return a label's metrics at a threshold from 0 to 1; None lets all predictions count."""
    found, wrong = scores.count(scores.lowest_counted(threshold))
    precision, recall, f1 = ratios(found, wrong, scores.positives) if scores.positives else (None, None, None)
    return LabelMetrics(
        label, threshold, scores.testing_images, found, wrong, scores.positives - found, precision, recall, f1
    )


def ratios(found: int, wrong: int, positives: int) -> tuple[float, float, float]:
    """Return precision, recall and F1 score.

    Args:
        found: The number of true positives.
        wrong: The number of false positives.
        positives: The number of occurrences, over 0.
    """
    predicted = found + wrong
    return found / predicted if predicted else 0.0, found / positives, 2 * found / (predicted + positives)


def recompute(scores: Mapping[str, LabelScores], thresholds: Thresholds) -> ModelMetrics:
    """Return the metrics of all labels, and their means, at thresholds."""
    labels = [measure(label, of_label, thresholds.fraction(label)) for label, of_label in scores.items()]
    tested = [of_label for of_label in scores.values() if of_label.positives]
    return ModelMetrics(
        thresholds,
        ByLabel((metrics.label, metrics) for metrics in labels),
        mean(metrics.precision for metrics in labels),
        mean(metrics.recall for metrics in labels),
        mean(metrics.f1_score for metrics in labels),
        mean(average_precision(of_label) for of_label in tested),
        mean(len(of_label.hits) / of_label.positives for of_label in tested),
    )


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the values that are not None; None if all are."""
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def average_precision(scores: LabelScores) -> float | None:
    """Return the area under the curve of precision over recall, as a step function; None without occurrences.

    The curve is not interpolated. A box counts as found if the service's flags say so, whatever overlap they require.
    """
    if not scores.positives:
        return None
    hits, mistakes = scores.hits, scores.mistakes
    area, found = 0.0, 0
    above = len(mistakes)
    end = len(hits)
    while end:
        # equal confidences count or do not count together
        confidence = hits[end - 1]
        start = bisect_left(hits, confidence, 0, end)
        above = bisect_left(mistakes, confidence, 0, above)
        found += end - start
        area += (end - start) / scores.positives * (found / (found + len(mistakes) - above))
        end = start
    return area


def curve(label: str, scores: LabelScores) -> LabelCurve:
    """Return the curve of a label."""
    points: list[CurvePoint] = []
    if scores.positives:
        for threshold in sorted({*scores.hits, *scores.mistakes}, reverse=True):
            found, wrong = scores.count(threshold)
            missed = scores.positives - found
            points.append(CurvePoint(threshold, *ratios(found, wrong, scores.positives), found, wrong, missed))
    return LabelCurve(label, tuple(points), scores.positives, scores.testing_images, average_precision(scores))


def sweep(scores: Mapping[str, LabelScores], thresholds: Sequence[float]) -> ThresholdSweep:
    """Return the metrics of all labels, and their means, at each of many thresholds."""
    labels = {label: _sweep_label(of_label, thresholds) for label, of_label in scores.items()}
    return ThresholdSweep(
        tuple(thresholds),
        _means([of_label.precision for of_label in labels.values()]),
        _means([of_label.recall for of_label in labels.values()]),
        _means([of_label.f1_score for of_label in labels.values()]),
        ByLabel(labels),
    )


def _sweep_label(scores: LabelScores, thresholds: Sequence[float]) -> LabelSweep:
    if not scores.positives:
        return LabelSweep(None, None, None)
    columns = [ratios(*scores.count(scores.lowest_counted(threshold)), scores.positives) for threshold in thresholds]
    precision, recall, f1 = zip(*columns, strict=True) if columns else ((), (), ())
    return LabelSweep(precision, recall, f1)


def _means(columns: Sequence[Sequence[float] | None]) -> Sequence[float] | None:
    known = [column for column in columns if column is not None]
    return tuple(fmean(values) for values in zip(*known, strict=True)) if known else None


def metrics_table(metrics: TrainingSummary | ModelMetrics) -> str:
    """Return a table of the labels with their metrics, and a last row for all labels."""
    rows: list[Sequence[str]] = [("label", "F1", "precision", "recall", "threshold", "images")]
    for label in metrics.labels.values():
        images = "-" if label.testing_images is None else str(label.testing_images)
        rows.append((shortened(label.label), *_cells(label), decimal(label.threshold), images))
    rows.append(("all", *_cells(metrics), "", ""))
    return table(rows)


def _cells(metrics: LabelEvaluation | LabelMetrics | TrainingSummary | ModelMetrics) -> tuple[str, str, str]:
    return decimal(metrics.f1_score), decimal(metrics.precision), decimal(metrics.recall)
