"""An honest estimate of tuned thresholds: k-fold cross-validation by image.

Thresholds that are judged by the images that they were chosen on look better than they are. So the images are dealt
into folds. The predictions in each fold are counted at thresholds that were chosen on the other folds. An image's fold
follows from a hash of its URI, so the same images always give the same result.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import compress

from rekog_versions._json import JsonResult
from rekog_versions.evaluation.image_sums import measure_intervals
from rekog_versions.evaluation.intervals import Interval, LabelIntervals, ModelIntervals
from rekog_versions.evaluation.metrics import mean, ratios
from rekog_versions.evaluation.snapshot import EvaluationSnapshot, LabelArrays, LabelScores, PredictionArrays

ChooseThreshold = Callable[[str, LabelScores], float | None]
"""Returns the threshold of a label that is chosen on some images; None lets all predictions count."""


@dataclass(frozen=True, slots=True)
class HeldOutMetrics(JsonResult):
    """The metrics of a label on images that its thresholds were not chosen on.

    Attributes:
        thresholds: The thresholds that were chosen without each fold. If they differ much, there are too few images.
        true_positives: The number of images, or boxes, that have the label and were found.
        false_positives: The number of predictions that are wrong.
        false_negatives: The number of images, or boxes, that have the label and were not found.
        precision: The share of the predictions that are right; None without test images.
        recall: The share of the occurrences that were found; None without test images.
        f1_score: The harmonic mean of precision and recall; None without test images.
        precision_interval: The confidence interval of the precision.
        recall_interval: The confidence interval of the recall.
        f1_interval: The confidence interval of the F1 score.
    """

    thresholds: tuple[float | None, ...]
    true_positives: int
    false_positives: int
    false_negatives: int
    precision: float | None
    recall: float | None
    f1_score: float | None
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None
    f1_interval: Interval | None = None


@dataclass(frozen=True)
class CrossValidation:
    """The result of a cross-validation.

    Attributes:
        labels: The metrics of each label.
        precision: The mean precision over the labels with test images.
        recall: The mean recall.
        f1_score: The mean F1 score.
        intervals: The intervals of the means.
    """

    labels: Mapping[str, HeldOutMetrics]
    precision: float | None
    recall: float | None
    f1_score: float | None
    intervals: ModelIntervals


def deal(source_refs: Sequence[str], folds: int) -> Sequence[int]:
    """Return the fold of each image, from 0. Folds have equal sizes, and equal URIs have the same fold."""
    order = sorted(
        dict.fromkeys(source_refs),
        key=lambda source_ref: blake2b(source_ref.encode("utf-8", "surrogatepass"), digest_size=8).digest(),
    )
    fold_of = {source_ref: place % folds for place, source_ref in enumerate(order)}
    return [fold_of[source_ref] for source_ref in source_refs]


def cross_validate(
    snapshot: EvaluationSnapshot,
    labels: Mapping[str, LabelScores],
    choose: ChooseThreshold,
    folds: int,
    confidence: float,
) -> CrossValidation:
    """Count the predictions of each fold at the thresholds that are chosen on the other folds.

    Args:
        snapshot: The snapshot.
        labels: The scores of the labels of the model.
        choose: Chooses a threshold.
        folds: The number of folds, 2 or more.
        confidence: The confidence of the intervals.
    """
    fold_of = deal(snapshot.source_refs, folds)
    others = [_without(snapshot, fold_of, fold).scores_of(labels) for fold in range(folds)]
    chosen = {label: tuple(choose(label, scores[label]) for scores in others) for label in labels}
    known = snapshot.scores_of(snapshot.labels)
    lowest = [
        [known[label].lowest_counted(chosen[label][fold]) if label in chosen else 0.0 for label in snapshot.labels]
        for fold in range(folds)
    ]
    seen = snapshot.predictions
    limits = [lowest[fold_of[image]][label] for image, label in zip(seen.images, seen.labels, strict=True)]
    found, wrong = Counter[int](), Counter[int]()
    for label, given, present, least in zip(seen.labels, seen.confidences, seen.present, limits, strict=True):
        if given and given >= least:
            (found if present else wrong)[label] += 1
    intervals = measure_intervals(snapshot, labels, limits, confidence)
    places = {label: place for place, label in enumerate(snapshot.labels)}
    metrics = {
        label: _metrics(
            chosen[label],
            (found[places.get(label, -1)], wrong[places.get(label, -1)], scores.positives),
            intervals.labels.get(label, LabelIntervals()),
        )
        for label, scores in labels.items()
    }
    return CrossValidation(
        metrics,
        mean(of_label.precision for of_label in metrics.values()),
        mean(of_label.recall for of_label in metrics.values()),
        mean(of_label.f1_score for of_label in metrics.values()),
        intervals,
    )


def _without(snapshot: EvaluationSnapshot, fold_of: Sequence[int], fold: int) -> EvaluationSnapshot:
    """Return the scores of a snapshot without the images of a fold, as a snapshot without boxes."""
    truth, seen = snapshot.truth, snapshot.predictions
    is_kept = [of_image != fold for of_image in fold_of]
    kept = [is_kept[image] for image in truth.images]
    kept_predictions = [is_kept[image] for image in seen.images]
    return replace(
        snapshot,
        truth=LabelArrays(array("l", compress(truth.images, kept)), array("l", compress(truth.labels, kept))),
        predictions=PredictionArrays(
            array("l", compress(seen.images, kept_predictions)),
            array("l", compress(seen.labels, kept_predictions)),
            confidences=array("d", compress(seen.confidences, kept_predictions)),
            present=bytearray(compress(seen.present, kept_predictions)),
        ),
    )


def _metrics(
    thresholds: tuple[float | None, ...], counts: tuple[int, int, int], intervals: LabelIntervals
) -> HeldOutMetrics:
    found, wrong, positives = counts
    precision, recall, f1 = ratios(found, wrong, positives) if positives else (None,) * 3
    limits = (intervals.precision, intervals.recall, intervals.f1_score)
    return HeldOutMetrics(thresholds, found, wrong, positives - found, precision, recall, f1, *limits)
