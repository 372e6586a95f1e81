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
from rekog_versions.evaluation.intervals import Interval, LabelIntervals, ModelIntervals, with_interval
from rekog_versions.evaluation.snapshot import ROUNDING, LabelScores
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
        precision_interval: The confidence interval of the precision; None if it was not requested, or without a
            precision.
        recall_interval: The confidence interval of the recall.
        f1_interval: The confidence interval of the F1 score.
        is_supported: False if the snapshot lacks predictions from this threshold on. The counts are then those of the
            predictions that it has, and the metrics are None.
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
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None
    f1_interval: Interval | None = None
    is_supported: bool = True


@dataclass(frozen=True)
class ModelMetrics(JsonResult):
    """How well a model finds its labels at some thresholds.

    Means are None if no label has test images, or if the snapshot does not support the threshold of one that has.

    Attributes:
        thresholds: The thresholds.
        labels: The metrics of each label of the model.
        precision: The mean over the labels with test images, from 0 to 1.
        recall: The mean over the labels with test images.
        f1_score: The mean over the labels with test images.
        average_precision: The mean area under the labels' precision-recall curves (mAP), independent of thresholds.
        average_recall: The mean share of each label that is found at any confidence (mAR), independent of thresholds.
        precision_interval: The confidence interval of the mean precision; None if it was not requested, or without a
            precision. The intervals of the other means are alike.
        recall_interval: The confidence interval of the mean recall.
        f1_interval: The confidence interval of the mean F1 score.
        average_precision_interval: The confidence interval of the mean average precision.
        average_recall_interval: The confidence interval of the mean average recall.
    """

    _derived = ("unsupported_labels",)

    thresholds: Thresholds
    labels: ByLabel[LabelMetrics]
    precision: float | None
    recall: float | None
    f1_score: float | None
    average_precision: float | None
    average_recall: float | None
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None
    f1_interval: Interval | None = None
    average_precision_interval: Interval | None = None
    average_recall_interval: Interval | None = None

    @property
    def unsupported_labels(self) -> Sequence[str]:
        """The labels with thresholds that the snapshot does not support."""
        return tuple(label for label, metrics in self.labels.items() if not metrics.is_supported)

    def __iter__(self) -> Iterator[LabelMetrics]:
        return iter(self.labels.values())

    def __str__(self) -> str:
        of_labels = {label: _limits(metrics) for label, metrics in self.labels.items()}
        return metrics_table(self, of_labels, _limits(self), dict.fromkeys(self.unsupported_labels, "not supported"))


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
        precision_interval: The confidence interval of the precision; None if it was not requested.
        recall_interval: The confidence interval of the recall.
        f1_interval: The confidence interval of the F1 score.
    """

    threshold: float
    precision: float
    recall: float
    f1_score: float
    true_positives: int
    false_positives: int
    false_negatives: int
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None
    f1_interval: Interval | None = None


@dataclass(frozen=True)
class LabelCurve(JsonResult):
    """Precision, recall and F1 score of a label at all its thresholds.

    Attributes:
        label: The label.
        points: A point for each confidence that was predicted, the highest first, so that recall never falls. Empty if
            nothing was predicted or no test image has the label. Thresholds below `lowest_supported` have no points.
        positives: The number of images, or boxes, that have the label.
        testing_images: The number of test images that have the label.
        average_precision: The area under precision over recall, as a step function; None without test images, or if a
            part of it is below `lowest_supported`.
        lowest_supported: The lowest threshold for which the snapshot has all predictions, from 0 to 1.
    """

    _derived = ("best",)

    label: str
    points: Sequence[CurvePoint]
    positives: int
    testing_images: int
    average_precision: float | None
    lowest_supported: float = 0.0

    @property
    def best(self) -> CurvePoint | None:
        """The point with the best F1 score, and the highest threshold among equals; None if nothing is ever found."""
        best = max(self.points, key=lambda point: (point.f1_score, point.threshold), default=None)
        return best if best is not None and best.f1_score > 0 else None


@dataclass(frozen=True)
class LabelSweep(JsonResult):
    """The metrics of a label at each threshold of a sweep; None if no test image has the label.

    Attributes:
        precision: The precision at each threshold; None at thresholds that the snapshot does not support.
        recall: The recall at each threshold, or None.
        f1_score: The F1 score at each threshold, or None.
    """

    precision: Sequence[float | None] | None
    recall: Sequence[float | None] | None
    f1_score: Sequence[float | None] | None


@dataclass(frozen=True)
class ThresholdSweep(JsonResult):
    """The metrics at each of many thresholds, each of which applies to all labels.

    Attributes:
        thresholds: The thresholds, from 0 to 1, in the given order.
        precision: The mean over the labels with test images at each threshold; None if there are no such labels. It
            is None at thresholds that the snapshot does not support for all of them.
        recall: The same for the recall.
        f1_score: The same for the F1 score.
        labels: The metrics of each label.
    """

    thresholds: Sequence[float]
    precision: Sequence[float | None] | None
    recall: Sequence[float | None] | None
    f1_score: Sequence[float | None] | None
    labels: ByLabel[LabelSweep]


def is_supported(threshold: float | None, lowest: float) -> bool:
    """Return True if a threshold is at least the lowest one that a snapshot supports; None is the threshold 0."""
    return (threshold or 0.0) >= lowest - ROUNDING


def measure(
    label: str,
    scores: LabelScores,
    threshold: float | None,
    *,
    lowest: float = 0.0,
    intervals: LabelIntervals | None = None,
) -> LabelMetrics:
    """Return a label's metrics at a threshold.

    Args:
        label: The label.
        scores: Its predictions.
        threshold: The threshold from 0 to 1; None lets all predictions count.
        lowest: The lowest threshold that the snapshot supports.
        intervals: The intervals at the threshold.
    """
    found, wrong = scores.count(scores.lowest_counted(threshold))
    known = is_supported(threshold, lowest)
    precision, recall, f1 = ratios(found, wrong, scores.positives) if scores.positives and known else (None,) * 3
    limits = intervals if intervals is not None and known else LabelIntervals()
    return LabelMetrics(
        label,
        threshold,
        scores.testing_images,
        found,
        wrong,
        scores.positives - found,
        precision,
        recall,
        f1,
        limits.precision,
        limits.recall,
        limits.f1_score,
        is_supported=known,
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


def recompute(
    scores: Mapping[str, LabelScores],
    thresholds: Thresholds,
    lowest: Mapping[str, float],
    intervals: ModelIntervals | None = None,
) -> ModelMetrics:
    """Return the metrics of all labels, and their means, at thresholds.

    Args:
        scores: The predictions of each label.
        thresholds: The thresholds.
        lowest: For each label, the lowest threshold that the snapshot supports.
        intervals: The intervals at the thresholds.
    """
    labels = [
        measure(
            label,
            of_label,
            thresholds.fraction(label),
            lowest=lowest[label],
            intervals=None if intervals is None else intervals.labels.get(label),
        )
        for label, of_label in scores.items()
    ]
    tested = {label: of_label for label, of_label in scores.items() if of_label.positives}
    areas = [average_precision(of_label, lowest[label]) for label, of_label in tested.items()]
    known = intervals or _NO_INTERVALS
    at_thresholds = known if all(metrics.is_supported for metrics in labels) else _NO_INTERVALS
    return ModelMetrics(
        thresholds,
        ByLabel((metrics.label, metrics) for metrics in labels),
        _complete_mean(metrics.precision for metrics in labels if metrics.testing_images),
        _complete_mean(metrics.recall for metrics in labels if metrics.testing_images),
        _complete_mean(metrics.f1_score for metrics in labels if metrics.testing_images),
        _complete_mean(areas),
        mean(len(of_label.hits) / of_label.positives for of_label in tested.values()),
        at_thresholds.precision,
        at_thresholds.recall,
        at_thresholds.f1_score,
        None if None in areas else known.average_precision,
        known.average_recall,
    )


_NO_INTERVALS = ModelIntervals(0.0, ByLabel())


def _complete_mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the values; None if one of them is None."""
    known = list(values)
    return None if None in known else mean(known)


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the values that are not None; None if all are."""
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def average_precision(scores: LabelScores, lowest: float = 0.0) -> float | None:
    """Return the area under the curve of precision over recall, as a step function.

    The curve is not interpolated. A box counts as found if the service's flags say so, whatever overlap they require.

    Args:
        scores: The predictions of a label.
        lowest: The lowest threshold that the snapshot supports.

    Returns:
        The area; None without occurrences, or if a part of the curve is below the lowest threshold.
    """
    if not scores.positives or (scores.hits and scores.hits[0] < lowest):
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


def curve(label: str, scores: LabelScores, lowest: float = 0.0) -> LabelCurve:
    """Return the curve of a label from the lowest threshold that the snapshot supports."""
    points: list[CurvePoint] = []
    if scores.positives:
        for threshold in sorted({*scores.hits, *scores.mistakes}, reverse=True):
            if not is_supported(threshold, lowest):
                break
            found, wrong = scores.count(threshold)
            missed = scores.positives - found
            points.append(CurvePoint(threshold, *ratios(found, wrong, scores.positives), found, wrong, missed))
    area = average_precision(scores, lowest)
    return LabelCurve(label, tuple(points), scores.positives, scores.testing_images, area, lowest)


def sweep(
    scores: Mapping[str, LabelScores], thresholds: Sequence[float], lowest: Mapping[str, float]
) -> ThresholdSweep:
    """Return the metrics of all labels, and their means, at each of many thresholds."""
    labels = {label: _sweep_label(of_label, thresholds, lowest[label]) for label, of_label in scores.items()}
    return ThresholdSweep(
        tuple(thresholds),
        _means([of_label.precision for of_label in labels.values()]),
        _means([of_label.recall for of_label in labels.values()]),
        _means([of_label.f1_score for of_label in labels.values()]),
        ByLabel(labels),
    )


def _sweep_label(scores: LabelScores, thresholds: Sequence[float], lowest: float) -> LabelSweep:
    if not scores.positives:
        return LabelSweep(None, None, None)
    columns = [
        ratios(*scores.count(scores.lowest_counted(threshold)), scores.positives)
        if is_supported(threshold, lowest)
        else (None, None, None)
        for threshold in thresholds
    ]
    precision, recall, f1 = zip(*columns, strict=True) if columns else ((), (), ())
    return LabelSweep(precision, recall, f1)


def _means(columns: Sequence[Sequence[float | None] | None]) -> Sequence[float | None] | None:
    known = [column for column in columns if column is not None]
    return tuple(map(_complete_mean, zip(*known, strict=True))) if known else None


def metrics_table(
    metrics: TrainingSummary | ModelMetrics,
    of_labels: Mapping[str, LabelIntervals],
    of_means: LabelIntervals,
    marks: Mapping[str, str],
) -> str:
    """Return a table of the labels with their metrics, and a last row for all labels.

    Args:
        metrics: The metrics.
        of_labels: The intervals of the labels.
        of_means: The intervals of the means over the labels.
        marks: A word for the last column, by label.
    """
    rows: list[Sequence[str]] = [("label", "F1", "precision", "recall", "threshold", "images", "")]
    for label in metrics.labels.values():
        images = "-" if label.testing_images is None else str(label.testing_images)
        cells = _cells(label, of_labels.get(label.label, LabelIntervals()))
        rows.append((shortened(label.label), *cells, decimal(label.threshold), images, marks.get(label.label, "")))
    rows.append(("all", *_cells(metrics, of_means), "", "", ""))
    known = next((found.recall for found in (*of_labels.values(), of_means) if found.recall is not None), None)
    lines = [table(rows if marks else [row[:-1] for row in rows])]
    return "\n".join(lines if known is None else [*lines, f"in brackets: {known.level} confidence intervals"])


def _cells(
    metrics: LabelEvaluation | LabelMetrics | TrainingSummary | ModelMetrics, limits: LabelIntervals
) -> tuple[str, str, str]:
    return (
        with_interval(metrics.f1_score, limits.f1_score),
        with_interval(metrics.precision, limits.precision),
        with_interval(metrics.recall, limits.recall),
    )


def _limits(metrics: LabelMetrics | ModelMetrics) -> LabelIntervals:
    return LabelIntervals(metrics.precision_interval, metrics.recall_interval, metrics.f1_interval)
