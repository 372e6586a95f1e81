"""What predictions are worth: counted, never made up.

The predictions come from a simulation, but these numbers are computed from them as for any model: the threshold of a
label is the one with its best F1 score on the test images, the aggregates are means over the labels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean


@dataclass(frozen=True)
class Prediction:
    """That a label is in an image (once, or in one of several boxes)."""

    image: int
    """The image's place in the test set."""
    confidence: float
    """Over 0, up to 1. What isn't predicted has no Prediction: its confidence is 0."""
    is_true: bool
    """Whether it is there."""


@dataclass(frozen=True)
class LabelMetrics:
    """How well a label was found."""

    label: str
    testing_images: int
    """Test images that show the label."""
    threshold: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Evaluation:
    """How well the model did."""

    labels: Sequence[LabelMetrics]
    """The label with the best F1 score first; equal ones by name."""
    precision: float
    recall: float
    f1: float


def evaluate_label(
    label: str, predictions: Sequence[Prediction], *, positives: int, testing_images: int
) -> LabelMetrics:
    """Finds the threshold with the best F1 score, and what it gives.

    Args:
        label: The label.
        predictions: Every prediction of it.
        positives: How often the label really is in the test images: images, or boxes.
        testing_images: Test images that show the label.

    Returns:
        The metrics. If no threshold finds anything, the threshold is 1 and the rest 0.
    """
    best = LabelMetrics(label, testing_images, threshold=1.0, precision=0.0, recall=0.0, f1=0.0)
    found = predicted = 0
    ranked = sorted(predictions, key=lambda prediction: prediction.confidence, reverse=True)
    # equal confidences are above a threshold together or not at all
    for confidence, together in groupby(ranked, key=lambda prediction: prediction.confidence):
        for prediction in together:
            predicted += 1
            found += prediction.is_true
        f1 = 2 * found / (predicted + positives)
        if f1 > best.f1:
            best = LabelMetrics(label, testing_images, confidence, found / predicted, found / positives, f1)
    return best


def aggregate(labels: Sequence[LabelMetrics]) -> Evaluation:
    """Sums the labels up: means over them, 0 if there are none."""
    ranked = sorted(labels, key=lambda metrics: (-metrics.f1, metrics.label))
    if not ranked:
        return Evaluation((), 0.0, 0.0, 0.0)
    return Evaluation(
        ranked,
        precision=fmean(metrics.precision for metrics in ranked),
        recall=fmean(metrics.recall for metrics in ranked),
        f1=fmean(metrics.f1 for metrics in ranked),
    )


def confusion_matrix(
    evaluation: Evaluation, predictions: Mapping[str, Sequence[Prediction]], truth: Sequence[frozenset[str]]
) -> dict[tuple[str, str], float]:
    """Shares of the test images of a label that a label was predicted for, at the latter's threshold.

    Args:
        evaluation: The labels and their thresholds.
        predictions: The predictions, by label.
        truth: The labels of each test image.

    Returns:
        The share by (label of the images, predicted label), for every pair of labels.
    """
    images = {metrics.label: metrics.testing_images for metrics in evaluation.labels}
    counts = dict.fromkeys(((real, predicted) for real in images for predicted in images), 0)
    for metrics in evaluation.labels:
        for prediction in predictions[metrics.label]:
            if prediction.confidence >= metrics.threshold:
                for real in truth[prediction.image] & images.keys():
                    counts[real, metrics.label] += 1
    return {pair: count / images[pair[0]] for pair, count in counts.items()}
