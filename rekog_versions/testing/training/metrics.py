"""What predictions are worth: counted, never made up.

The predictions come from a simulation, but these numbers are computed from them as for any model: the threshold of a
label is the one with its best F1 score on the test images (the highest of equal ones), the aggregates are means over
the labels. A confidence of 0 is no prediction: it stands in the snapshot for what was missed altogether.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

from rekog_versions.manifests.boxes import Box


@dataclass(frozen=True, slots=True)
class Prediction:
    """That a label is in an image (once, or in one of several boxes)."""

    image: int
    """The image's place in the test set."""
    confidence: float
    """0 to 1. 0 if it is there and was missed altogether."""
    is_true: bool
    """Whether it is there."""
    box: Box | None = None
    """Where it is, for models that locate objects."""


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
    average_precision: float = 0.0
    """The area under the curve of precision over recall."""
    full_recall: float = 0.0
    """What of the label is found at any confidence."""


@dataclass(frozen=True)
class Evaluation:
    """How well the model did."""

    labels: Sequence[LabelMetrics]
    """The label with the best F1 score first; equal ones by name."""
    precision: float
    recall: float
    f1: float
    average_precision: float = 0.0
    average_recall: float = 0.0


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
    return LabelMetrics(label, testing_images, threshold, precision, recall, f1, average_precision, full_recall)


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
        average_precision=fmean(metrics.average_precision for metrics in ranked),
        average_recall=fmean(metrics.full_recall for metrics in ranked),
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
