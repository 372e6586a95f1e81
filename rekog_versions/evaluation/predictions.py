"""Predictions and whether they were right: true and false positives and negatives, and the images with mistakes."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import compress, groupby
from operator import itemgetter

from rekog_versions._json import JsonResult
from rekog_versions._text import printable
from rekog_versions.evaluation.snapshot import EvaluationSnapshot
from rekog_versions.manifests.boxes import Box
from rekog_versions.models.thresholds import Thresholds


class PredictionOutcome(StrEnum):
    """The outcome of a prediction at a threshold: right or wrong, positive or negative."""

    TRUE_POSITIVE = "true_positive"
    FALSE_POSITIVE = "false_positive"
    FALSE_NEGATIVE = "false_negative"
    TRUE_NEGATIVE = "true_negative"

    @property
    def is_mistake(self) -> bool:
        """True if the model was wrong: a false positive or a false negative."""
        return self in (PredictionOutcome.FALSE_POSITIVE, PredictionOutcome.FALSE_NEGATIVE)

    @property
    def is_positive(self) -> bool:
        """True if the label counts as predicted: a true positive or a false positive."""
        return self in (PredictionOutcome.TRUE_POSITIVE, PredictionOutcome.FALSE_POSITIVE)


_WORDS: Mapping[PredictionOutcome, str] = {
    PredictionOutcome.TRUE_POSITIVE: "found",
    PredictionOutcome.FALSE_POSITIVE: "wrongly predicted",
    PredictionOutcome.FALSE_NEGATIVE: "missed",
    PredictionOutcome.TRUE_NEGATIVE: "rightly not predicted",
}


@dataclass(frozen=True, slots=True)
class JudgedPrediction(JsonResult):
    """The prediction of a label for a test image, or for a box in it, and whether it was right.

    Attributes:
        source_ref: The URI of the image, as in `s3://BUCKET/KEY`.
        label: The label.
        confidence: The model's confidence, from 0 to 1. It is 0 for a label that is in the image and was not found.
        is_present: True if the label is in the ground truth.
        outcome: The outcome at the threshold, which says if the model was right.
        box: The box in pixels, for object localization. None for image-level labels, and for a missed object that has
            no prediction in the snapshot.
    """

    _derived = ("certainty",)

    source_ref: str
    label: str
    confidence: float
    is_present: bool
    outcome: PredictionOutcome
    box: Box | None = None

    @property
    def certainty(self) -> float:
        """How certain the model was of its decision, from 0 to 1, whether it predicted the label or not."""
        return self.confidence if self.outcome.is_positive else 1 - self.confidence

    def __str__(self) -> str:
        return f"'{printable(self.label, 80)}' {_WORDS[self.outcome]} ({self.confidence:.3f})"


@dataclass(frozen=True, slots=True)
class WorstImage(JsonResult):
    """A test image and the model's mistakes in it.

    Attributes:
        source_ref: The URI of the image.
        mistakes: False positives and false negatives, those that the model was most certain of first.
    """

    source_ref: str
    mistakes: Sequence[JudgedPrediction]

    def __str__(self) -> str:
        return f"{printable(self.source_ref, 1100)}: {', '.join(map(str, self.mistakes))}"


def judged_predictions(
    snapshot: EvaluationSnapshot,
    thresholds: Thresholds,
    labels: Collection[str],
    images: Collection[int] | None = None,
) -> Iterator[JudgedPrediction]:
    """Yield the predictions of some labels image by image, each followed by the true labels without a prediction.

    Args:
        snapshot: The snapshot.
        thresholds: The thresholds.
        labels: The labels.
        images: The indices of the images; None for all.
    """
    lowest = snapshot.lowest_counted(thresholds)
    wanted = [label in labels for label in snapshot.labels]
    seen = snapshot.predictions
    missed = _labels_without_prediction(snapshot, images)
    every = zip(seen.images, seen.labels, seen.confidences, seen.present, range(len(seen)), strict=True)
    rows = every if images is None else (row for row in every if row[0] in images)
    by_image = groupby(rows, key=itemgetter(0))
    image, of_image = next(by_image, (-1, iter(())))
    for number, source_ref in enumerate(snapshot.source_refs):
        if images is not None and number not in images:
            continue
        if number == image:
            for _, label, confidence, present, index in of_image:
                if wanted[label]:
                    outcome = _outcome(bool(present), is_predicted=0 < confidence >= lowest[label])
                    name, box = snapshot.labels[label], seen.box(index)
                    yield JudgedPrediction(source_ref, name, confidence, bool(present), outcome, box)
            image, of_image = next(by_image, (-1, iter(())))
        for label in missed.get(number, ()):
            if wanted[label]:
                name = snapshot.labels[label]
                yield JudgedPrediction(source_ref, name, 0.0, True, PredictionOutcome.FALSE_NEGATIVE)


def _outcome(is_present: bool, *, is_predicted: bool) -> PredictionOutcome:
    if is_predicted:
        return PredictionOutcome.TRUE_POSITIVE if is_present else PredictionOutcome.FALSE_POSITIVE
    return PredictionOutcome.FALSE_NEGATIVE if is_present else PredictionOutcome.TRUE_NEGATIVE


def _labels_without_prediction(
    snapshot: EvaluationSnapshot, images: Collection[int] | None = None
) -> Mapping[int, Sequence[int]]:
    """Return by image the true labels for which the snapshot has no prediction, not even one with confidence 0."""
    truth, seen = snapshot.truth, snapshot.predictions
    of_truth: Iterable[tuple[int, int]] = zip(truth.images, truth.labels, strict=True)
    predicted: Iterable[tuple[int, int]] = compress(zip(seen.images, seen.labels, strict=True), seen.present)
    if images is not None:
        of_truth = (place for place in of_truth if place[0] in images)
        predicted = (place for place in predicted if place[0] in images)
    remaining = Counter(of_truth)
    for place in predicted:
        remaining[place] -= 1
    missed: dict[int, list[int]] = defaultdict(list)
    for (image, label), count in remaining.items():
        if count > 0:
            missed[image].extend([label] * count)
    return missed


def worst_images(
    snapshot: EvaluationSnapshot, thresholds: Thresholds, labels: Collection[str], limit: int
) -> Sequence[WorstImage]:
    """Return the images with mistakes, those whose mistakes the model was most certain of first."""
    chosen = _worst(snapshot, thresholds, labels, limit)
    mistakes = (
        prediction
        for prediction in judged_predictions(snapshot, thresholds, labels, frozenset(chosen))
        if prediction.outcome.is_mistake
    )
    # the images of `chosen`, in the order of the file
    images = [
        WorstImage(source_ref, tuple(sorted(of_image, key=lambda mistake: -mistake.certainty)))
        for source_ref, of_image in groupby(mistakes, key=lambda mistake: mistake.source_ref)
    ]
    images.sort(key=lambda image: (-image.mistakes[0].certainty, -len(image.mistakes)))
    return tuple(images)


def _worst(snapshot: EvaluationSnapshot, thresholds: Thresholds, labels: Collection[str], limit: int) -> Sequence[int]:
    """Return the indices of the worst images. No object is created for a prediction, of which there are many."""
    lowest = snapshot.lowest_counted(thresholds)
    wanted = [label in labels for label in snapshot.labels]
    certainty, count = [0.0] * len(snapshot), [0] * len(snapshot)
    seen = snapshot.predictions
    for image, label, confidence, present in zip(seen.images, seen.labels, seen.confidences, seen.present, strict=True):
        if wanted[label] and (0 < confidence >= lowest[label]) != present:
            count[image] += 1
            certain = 1 - confidence if present else confidence
            certainty[image] = max(certainty[image], certain)
    for image, missed in _labels_without_prediction(snapshot).items():
        if of_image := sum(wanted[label] for label in missed):
            count[image] += of_image
            certainty[image] = 1.0
    mistaken = (image for image in range(len(snapshot)) if count[image])
    return heapq.nsmallest(limit, mistaken, key=lambda image: (-certainty[image], -count[image], image))
