"""The metrics of predictions. The predictions are simulated, but the metrics are computed from them as for any model.

The threshold of a label is the one with the best F1 score on the test images, the highest of equal ones. The aggregates
are means over the labels. A confidence of 0 means that the label was not predicted: the snapshot lists missed labels
like this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

from rekog_versions.manifests.boxes import Box


@dataclass(frozen=True, slots=True)
class Prediction:
    """A label that is predicted in an image, or in one box of it."""

    image: int
    """The position of the image in the test set."""
    confidence: float
    """0 to 1. It is 0 if the label is in the image and was missed."""
    is_true: bool
    """True if the label is in the image."""
    box: Box | None = None
    """The position, for models that locate objects."""


@dataclass(frozen=True)
class LabelScores:
    """The metrics of one label."""

    label: str
    testing_images: int
    """The number of test images that show the label."""
    threshold: float
    precision: float
    recall: float
    f1: float
    average_precision: float = 0.0
    """The area under the curve of precision over recall."""
    full_recall: float = 0.0
    """The share of the label that is found at any confidence."""


@dataclass(frozen=True)
class Scores:
    """The metrics of a model."""

    labels: Sequence[LabelScores]
    """The label with the best F1 score first; equal ones by name."""
    precision: float
    recall: float
    f1: float
    average_precision: float = 0.0
    average_recall: float = 0.0


def score_label(label: str, predictions: Sequence[Prediction], *, positives: int, testing_images: int) -> LabelScores:
    """Find the threshold with the best F1 score, and the metrics at that threshold.

    Args:
        label: The label.
        predictions: All predictions of the label.
        positives: How often the label is in the test images: the number of images, or of boxes.
        testing_images: The number of test images that show the label.

    Returns:
        The metrics. If no threshold finds the label, the threshold is 1 and the rest is 0.
    """
    threshold, precision, recall, f1 = 1.0, 0.0, 0.0, 0.0
    average_precision = 0.0
    found = predicted = 0
    real = (prediction for prediction in predictions if prediction.confidence > 0)
    ranked = sorted(real, key=lambda prediction: prediction.confidence, reverse=True)
    # equal confidences are above a threshold together or not at all
    for confidence, together in groupby(ranked, key=lambda prediction: prediction.confidence):
        before = found
        for prediction in together:
            predicted += 1
            found += prediction.is_true
        if found > before:
            average_precision += (found - before) / positives * (found / predicted)
        better = 2 * found / (predicted + positives)
        if better > f1:
            threshold, precision, recall, f1 = confidence, found / predicted, found / positives, better
    full_recall = found / positives if found else 0.0
    return LabelScores(label, testing_images, threshold, precision, recall, f1, average_precision, full_recall)


def aggregate(labels: Sequence[LabelScores]) -> Scores:
    """Return the metrics of the model: the means over the labels, or 0 without labels."""
    ranked = sorted(labels, key=lambda scores: (-scores.f1, scores.label))
    if not ranked:
        return Scores((), 0.0, 0.0, 0.0)
    return Scores(
        ranked,
        precision=fmean(scores.precision for scores in ranked),
        recall=fmean(scores.recall for scores in ranked),
        f1=fmean(scores.f1 for scores in ranked),
        average_precision=fmean(scores.average_precision for scores in ranked),
        average_recall=fmean(scores.full_recall for scores in ranked),
    )


def confusion_matrix(
    scores: Scores, predictions: Mapping[str, Sequence[Prediction]], truth: Sequence[frozenset[str]]
) -> dict[tuple[str, str], float]:
    """Return the shares of a label's test images in which each label is predicted, at the threshold of the latter.

    Args:
        scores: The labels and their thresholds.
        predictions: The predictions by label.
        truth: The labels of each test image.

    Returns:
        The share by (label of the images, predicted label), for every pair of labels.
    """
    images = {label.label: label.testing_images for label in scores.labels}
    counts = dict.fromkeys(((real, predicted) for real in images for predicted in images), 0)
    for label in scores.labels:
        for prediction in predictions[label.label]:
            if prediction.confidence >= label.threshold:
                for real in truth[prediction.image] & images.keys():
                    counts[real, label.label] += 1
    return {pair: count / images[pair[0]] for pair, count in counts.items()}
