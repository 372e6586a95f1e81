"""The limits of a snapshot: where it reproduces the training summary, and down to which thresholds it has predictions.

The snapshots of models that locate objects lack wrong predictions below the assumed thresholds. Precision and F1 score
cannot be computed there, and are not.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rekog_versions._json import JsonResult
from rekog_versions._text import decimal
from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation.by_label import ByLabel, quoted_labels
from rekog_versions.evaluation.metrics import is_supported, mean, measure
from rekog_versions.evaluation.snapshot import EvaluationSnapshot, LabelScores
from rekog_versions.evaluation.summary import TrainingSummary
from rekog_versions.manifests.lines import UseCase

_TOLERANCE = 0.0005 + 1e-9
"""The largest difference from a summary whose numbers are rounded to three digits."""
_NAMES = {"precision": "precision", "recall": "recall", "f1_score": "F1 score"}


@dataclass(frozen=True, slots=True)
class Discrepancy(JsonResult):
    """A metric at the assumed thresholds that the snapshot does not reproduce.

    Attributes:
        label: The label; None for the mean over all labels.
        metric: "precision", "recall" or "f1_score".
        summary: The value in the summary.
        snapshot: The value computed from the snapshot; None if no image in the snapshot has the label.
    """

    label: str | None
    metric: str
    summary: float
    snapshot: float | None

    def __str__(self) -> str:
        of_label = "all labels" if self.label is None else quoted_labels([self.label])
        values = f"{decimal(self.summary)} in the summary, {decimal(self.snapshot)} in the snapshot"
        return f"{_NAMES[self.metric]} of {of_label}: {values}"


@dataclass(frozen=True, slots=True)
class UnsupportedRange(JsonResult):
    """Thresholds of a label for which the snapshot lacks predictions, so that no metrics are computed.

    Attributes:
        label: The label.
        low: The lowest of these thresholds, which is 0.
        high: The lowest supported threshold, which does not belong to the range.
    """

    label: str
    low: float
    high: float


@dataclass(frozen=True)
class SnapshotSupport(JsonResult):
    """The limits of what can be computed from a snapshot.

    Attributes:
        discrepancies: The metrics of the summary that the snapshot does not reproduce. Numbers computed from the
            snapshot for these labels describe the snapshot, and not the numbers of the service.
        lowest: For each label, the lowest threshold that the snapshot supports, from 0 to 1. It is 0 if each image has
            a prediction of the label, and the assumed threshold if there are no wrong predictions below it.
    """

    _derived = ("unsupported",)

    discrepancies: Sequence[Discrepancy]
    lowest: ByLabel[float]

    @property
    def unsupported(self) -> Sequence[UnsupportedRange]:
        """The thresholds for which nothing is computed."""
        return tuple(UnsupportedRange(label, 0.0, lowest) for label, lowest in self.lowest.items() if lowest > 0)

    @property
    def differing_labels(self) -> Sequence[str]:
        """The labels that the snapshot does not reproduce."""
        return tuple(dict.fromkeys(found.label for found in self.discrepancies if found.label is not None))

    def supports(self, label: str, threshold: float | None) -> bool:
        """Return True if the snapshot has all predictions of a label from a threshold on; None is the threshold 0.

        Raises:
            KeyError: There is no such label.
        """
        return is_supported(threshold, self.lowest[label])


def lowest_supported(scores: LabelScores, threshold: float | None, images: int) -> float:
    """Return the lowest threshold for which the snapshot has all predictions of a label.

    Args:
        scores: The predictions of the label.
        threshold: The assumed threshold.
        images: The number of images that each need a prediction of an image-level label; 0 for boxes, whose number is
            not known.
    """
    hits, mistakes = scores.hits, scores.mistakes
    if not scores.positives or 0 < images <= scores.predictions:
        return 0.0
    lowest = min((found[0] for found in (hits, mistakes) if found), default=0.0)
    if threshold is None:
        return mistakes[0] if mistakes else lowest
    wrong, right = bisect_left(mistakes, threshold), bisect_left(hits, threshold)
    if not wrong:
        return threshold
    # where wrong predictions are as frequent as found ones, none are missing between the lowest of both
    return lowest if wrong >= right else mistakes[0]


def check_same_model(summary: TrainingSummary, snapshot: EvaluationSnapshot) -> None:
    """Check that a summary and a snapshot can be of the same model.

    Raises:
        EvaluationError: One is of a model for image-level labels and the other of one for objects, or they have no
            label in common.
    """
    if None not in (summary.use_case, snapshot.use_case) and summary.use_case is not snapshot.use_case:
        raise EvaluationError(
            f"the summary and the snapshot must be of the same model, got a summary of a model for {summary.use_case} "
            f"and a snapshot of one for {snapshot.use_case}. {_NEXT}"
        )
    if summary.labels and snapshot.labels and not any(label in summary.labels for label in snapshot.labels):
        raise EvaluationError(
            f"the summary and the snapshot must be of the same model, got a summary with the labels "
            f"{quoted_labels(summary.labels, 40)} and a snapshot with {quoted_labels(snapshot.labels, 40)}. {_NEXT}"
        )


_NEXT = "Pass the two files that one training wrote"


def remarks_on_snapshot(summary: TrainingSummary, snapshot: EvaluationSnapshot) -> Iterator[str]:
    """Yield remarks on a snapshot that is incomplete, or that may be of another version than the summary."""
    if summary.testing_images is not None and summary.testing_images != len(snapshot):
        yield (
            f"the summary has {summary.testing_images} test images and the snapshot {len(snapshot)}: if the files are "
            "of different versions, recomputed metrics differ from the summary"
        )
    unknown = [label for label in snapshot.labels if label not in summary.labels]
    if unknown and summary.labels:
        yield f"the snapshot has labels that the model of the summary does not have: {quoted_labels(unknown)}"
    if snapshot.missing_confidences:
        yield f"{snapshot.missing_confidences} predictions in the snapshot have no confidence and count as missed"


def judge_support(summary: TrainingSummary, snapshot: EvaluationSnapshot) -> SnapshotSupport:
    """Return what can be computed from the snapshot of the same training as the summary."""
    images = len(snapshot) if snapshot.use_case is UseCase.IMAGE_LEVEL_LABELS else 0
    scores = snapshot.scores_of(summary.labels)
    lowest = ByLabel(
        (label, lowest_supported(of_label, summary.labels[label].threshold, images))
        for label, of_label in scores.items()
    )
    return SnapshotSupport(tuple(_discrepancies(summary, scores)), lowest)


def _discrepancies(summary: TrainingSummary, scores: Mapping[str, LabelScores]) -> Iterator[Discrepancy]:
    counted = {label: measure(label, of, summary.labels[label].threshold) for label, of in scores.items()}
    for label, metrics in counted.items():
        if summary.labels[label].threshold is not None:
            for name in _NAMES:
                yield from _difference(label, name, getattr(summary.labels[label], name), getattr(metrics, name))
    if all(of_label.threshold is not None for of_label in summary.labels.values()):
        for name in _NAMES:
            value = mean(getattr(metrics, name) for metrics in counted.values())
            yield from _difference(None, name, getattr(summary, name), value)


def _difference(label: str | None, name: str, said: float | None, counted: float | None) -> Iterator[Discrepancy]:
    if said is not None and (counted is None or abs(said - counted) > _TOLERANCE):
        yield Discrepancy(label, name, said, counted)


def remarks_on_support(summary: TrainingSummary, snapshot: EvaluationSnapshot) -> Iterator[str]:
    """Yield a remark if the snapshot does not reproduce the summary, and one if it lacks predictions."""
    support = judge_support(summary, snapshot)
    if support.discrepancies:
        largest = max(support.discrepancies, key=lambda found: abs(found.summary - (found.snapshot or 0.0)))
        yield (
            "the snapshot does NOT reproduce the summary at the assumed thresholds, for "
            f"{quoted_labels(support.differing_labels) or 'the means over all labels'}. The largest difference is in "
            f"the {largest}. Curves, tuned thresholds and mistakes describe the snapshot. Check that both files are "
            "from the same training"
        )
    cut = [label for label, lowest in support.lowest.items() if lowest and summary.labels[label].threshold == lowest]
    if cut:
        yield (
            f"the snapshot has no wrong predictions below the assumed thresholds of {quoted_labels(cut)}, so nothing "
            "is computed for lower thresholds"
        )
