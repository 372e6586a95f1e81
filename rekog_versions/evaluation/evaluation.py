"""Evaluation: how good a version is, by its training summary and its evaluation manifest snapshot."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Self, cast

from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation import metrics, outcomes
from rekog_versions.evaluation import thresholds as tuning
from rekog_versions.evaluation.by_label import ByLabel, unknown_label
from rekog_versions.evaluation.files import Source, file_of
from rekog_versions.evaluation.goals import Goal
from rekog_versions.evaluation.metrics import Curve, Metrics, Sweep
from rekog_versions.evaluation.outcomes import Outcome, OutcomeKind, WorstImage
from rekog_versions.evaluation.snapshot import Scores, Snapshot
from rekog_versions.evaluation.summary import (
    ConfusedPair,
    ConfusionMatrix,
    LabelEvaluation,
    TrainingSummary,
    check_limit,
)
from rekog_versions.evaluation.tables import metrics_table, number, shortened
from rekog_versions.evaluation.thresholds import DEFAULT_GOAL, FEW_TEST_IMAGES, TunedThresholds
from rekog_versions.manifests.lines import UseCase
from rekog_versions.models.thresholds import Thresholds

logger = logging.getLogger("rekog_versions")

_HUNDREDTHS = tuple(step / 100 for step in range(101))
_NOT_GIVEN = "none was given: pass it as the second argument of from_files(summary, snapshot)"


@dataclass(frozen=True)
class Evaluation:
    """How good a version is on its test set.

    `get_evaluation(client, version)` reads it from where the service put it, `from_files()` from local files. What the
    summary says is in the properties; what needs the snapshot (outcomes, other thresholds, curves) is in the methods.
    Confidences, thresholds and metrics go from 0 to 1.

    Attributes:
        summary: The training summary.
        snapshot: The test images with the predictions; None if it was not given or can't be had.
        why_no_snapshot: Why `snapshot` is None; None if there is one.
    """

    summary: TrainingSummary
    snapshot: Snapshot | None = None
    why_no_snapshot: str | None = field(default=None, repr=False)

    @classmethod
    def from_files(cls, summary: Source, snapshot: Source | None = None) -> "Evaluation":
        """Reads local files; no client is needed.

        Args:
            summary: The training summary: its path, its content as bytes, or an open file.
            snapshot: The evaluation manifest snapshot, likewise, read as a stream. Without it there are the summary's
                numbers only.

        Raises:
            EvaluationError: A file is missing, or isn't what it should be.
            TypeError: An argument is no path, no bytes and no open file.
        """
        read = TrainingSummary.read(file_of(summary, "the summary"))
        if snapshot is None:
            return cls(read, None, _NOT_GIVEN)
        return cls(read, Snapshot.read(file_of(snapshot, "the snapshot"))).logged()

    def logged(self) -> Self:
        """The same, once what is wrong with the files is in the log."""
        for remark in self._remarks_on_the_snapshot():
            logger.warning("%s", remark)
        return self

    @property
    def version_arn(self) -> ProjectVersionArn | None:
        """The version; None if the summary doesn't say."""
        return self.summary.version_arn

    @property
    def ended_at(self) -> datetime | None:
        """When the evaluation ended, in UTC."""
        return self.summary.ended_at

    @property
    def use_case(self) -> UseCase | None:
        """What the labels are about, images or objects in them; None if neither file shows it."""
        return self.summary.use_case or (self.snapshot.use_case if self.snapshot is not None else None)

    @property
    def training_images(self) -> int | None:
        """How many images it was trained with."""
        return self.summary.training_images

    @property
    def testing_images(self) -> int | None:
        """How many images it was tested with."""
        return self.summary.testing_images

    @property
    def precision(self) -> float | None:
        """The mean over the labels, at the assumed thresholds."""
        return self.summary.precision

    @property
    def recall(self) -> float | None:
        """The mean over the labels, at the assumed thresholds."""
        return self.summary.recall

    @property
    def f1_score(self) -> float | None:
        """The mean over the labels, at the assumed thresholds."""
        return self.summary.f1_score

    @property
    def average_precision(self) -> float | None:
        """The mean average precision (mAP), for models that locate objects; else None."""
        return self.summary.average_precision

    @property
    def average_recall(self) -> float | None:
        """The mean average recall (mAR), for models that locate objects; else None."""
        return self.summary.average_recall

    @property
    def labels(self) -> ByLabel[LabelEvaluation]:
        """Each label, in the order of the file (by F1 score); labels without test images have no metrics."""
        return self.summary.labels

    @property
    def confusion_matrix(self) -> ConfusionMatrix | None:
        """Which labels were predicted for the images of which; None for models that locate objects."""
        return self.summary.confusion_matrix

    @property
    def raw(self) -> Mapping[str, Any]:
        """The whole summary as it stands in the file, unknown members included."""
        return self.summary.raw

    @property
    def remarks(self) -> Sequence[str]:
        """What is unusual about the files: a newer format, no snapshot, files that don't belong together."""
        return (*self.summary.remarks, *self._remarks_on_the_snapshot())

    @cached_property
    def thresholds(self) -> Thresholds:
        """The assumed thresholds, which DetectCustomLabels applies unless told otherwise."""
        return Thresholds.fractions(
            {label.label: label.threshold for label in self.labels.values() if label.threshold is not None}
        )

    def outcomes(
        self,
        thresholds: Thresholds | None = None,
        *,
        labels: Collection[str] | None = None,
        kinds: Collection[OutcomeKind | str] | None = None,
    ) -> Iterator[Outcome]:
        """What the model made of each label of each test image, image by image in the order of the snapshot.

        Args:
            thresholds: From which confidence on a label counts as predicted; None means the assumed ones.
            labels: Which labels; None means all that the model knows.
            kinds: Which outcomes; None means all. True negatives are only known where the snapshot has a prediction.

        Raises:
            EvaluationError: There is no snapshot.
            KeyError: There is no such label.
            TypeError: `labels` or `kinds` is a string, rather than a collection of them.
            ValueError: There is no such kind.
        """
        snapshot = self._needed()
        for name, chosen in (("labels", labels), ("kinds", kinds)):
            if isinstance(chosen, str):
                raise TypeError(f"{name} must be a collection such as a list, got the string '{printable(chosen, 80)}'")
        for label in labels or ():
            self._scores_of(label)
        wanted = None if kinds is None else set(map(_kind, kinds))
        found = outcomes.outcomes(snapshot, self._at(thresholds), self.labels if labels is None else labels)
        return found if wanted is None else (outcome for outcome in found if outcome.outcome in wanted)

    def recompute(self, thresholds: Thresholds | None = None) -> Metrics:
        """The metrics at any thresholds; at the assumed ones they are the summary's.

        Args:
            thresholds: In either unit; a label for which they say nothing has all its predictions counted. None means
                the assumed ones.

        Raises:
            EvaluationError: There is no snapshot.
        """
        return metrics.recompute(self._scores, self._at(thresholds))

    def sweep(self, thresholds: Sequence[float] = _HUNDREDTHS) -> Sweep:
        """The metrics with one threshold for all labels, at each of many.

        Args:
            thresholds: 0 to 1; otherwise, every hundredth.

        Raises:
            EvaluationError: There is no snapshot.
            ValueError: A threshold is not from 0 to 1.
        """
        for threshold in thresholds:
            if not 0 <= threshold <= 1:
                raise ValueError(f"a threshold of a sweep is {threshold!r}; they go from 0 to 1")
        return metrics.sweep(self._scores, thresholds)

    def curve(self, label: str) -> Curve:
        """Precision, recall and F1 score of a label over all its thresholds.

        Raises:
            EvaluationError: There is no snapshot.
            KeyError: There is no such label.
        """
        return metrics.curve(label, self._scores_of(label))

    def curves(self) -> ByLabel[Curve]:
        """The curve of each label.

        Raises:
            EvaluationError: There is no snapshot.
        """
        return ByLabel((label, metrics.curve(label, scores)) for label, scores in self._scores.items())

    def tune_thresholds(
        self, goal: Goal | Mapping[str, Goal] = DEFAULT_GOAL, *, min_testing_images: int = FEW_TEST_IMAGES
    ) -> TunedThresholds:
        """Chooses for each label, on the test images, the threshold that serves a goal best.

        A chosen threshold is one of the confidences that were predicted, and lets it through. Of thresholds that
        serve the goal equally well, the highest is chosen.

        Args:
            goal: `BestF1()`, `AtLeastPrecision(0.95)`, `AtLeastRecall(0.9)`, `LeastCost(...)`, or a dict of such by
                label; labels that are not in it keep their assumed thresholds.
            min_testing_images: With fewer test images of a label, the result warns that they say little.

        Returns:
            The thresholds, what they come to on the test images, and warnings: where test images are few or missing,
            and where the goal is out of reach.

        Raises:
            EvaluationError: There is no snapshot.
            KeyError: There is no such label.
            TypeError: A goal is none.
        """
        return tuning.tune(self._scores, self.thresholds, goal, min_testing_images=min_testing_images)

    def confusion_matrix_at(self, thresholds: Thresholds | None = None) -> ConfusionMatrix | None:
        """The confusion matrix at any thresholds; None for models that locate objects.

        Args:
            thresholds: None means the assumed ones.

        Raises:
            EvaluationError: There is no snapshot.
        """
        snapshot = self._needed()
        if self.use_case is UseCase.OBJECT_LOCALIZATION:
            return None
        return outcomes.confusion_matrix(snapshot, self._at(thresholds), list(self.labels))

    def most_confused(self, thresholds: Thresholds | None = None, *, limit: int = 10) -> Sequence[ConfusedPair]:
        """The pairs of labels of which one was wrongly predicted where the other is, the largest share first.

        Exact: a label that an image really has beside another is no confusion, which `confusion_matrix.most_confused()`
        can't tell. For objects, a wrong box is taken for a confusion with the label whose box it overlaps by an
        intersection over union of 0.5 or more.

        Args:
            thresholds: None means the assumed ones.
            limit: How many at most.

        Raises:
            EvaluationError: There is no snapshot.
            ValueError: `limit` is negative.
        """
        check_limit(limit)
        return outcomes.most_confused(self._needed(), self._at(thresholds), list(self.labels), limit)

    def worst_images(self, thresholds: Thresholds | None = None, *, limit: int = 20) -> Sequence[WorstImage]:
        """The images to look at: those with mistakes that the model was surest of come first.

        Args:
            thresholds: None means the assumed ones.
            limit: How many at most.

        Raises:
            EvaluationError: There is no snapshot.
            ValueError: `limit` is negative.
        """
        check_limit(limit)
        return outcomes.worst_images(self.outcomes(thresholds), limit)

    def __str__(self) -> str:
        head = f"{shortened(self.version_arn or 'an unnamed version', 200)}: F1 {number(self.f1_score)}"
        tail = f"{_counted(self.training_images)} training images, {_counted(self.testing_images)} testing images"
        lines = [head, tail, metrics_table(self.labels.values(), self)]
        if self.average_precision is not None:
            lines.append(f"mAP {number(self.average_precision)}, mAR {number(self.average_recall)}")
        return "\n".join([*lines, *(f"note: {remark}" for remark in self.remarks)])

    def _at(self, thresholds: Thresholds | None) -> Thresholds:
        if thresholds is None:
            return self.thresholds
        if not isinstance(cast("object", thresholds), Thresholds):
            raise TypeError(
                "thresholds are a Thresholds, which knows its unit, such as Thresholds.fractions({'cat': 0.5}) or "
                f"Thresholds.percents({{'cat': 50}}), or None for the assumed ones; got {type(thresholds).__name__}"
            )
        return thresholds

    def _needed(self) -> Snapshot:
        if self.snapshot is None:
            raise EvaluationError(
                f"this needs the evaluation manifest snapshot, and there is none: {self.why_no_snapshot or _NOT_GIVEN}"
            )
        return self.snapshot

    @cached_property
    def _scores(self) -> Mapping[str, Scores]:
        snapshot = self._needed()
        known = dict(zip(snapshot.labels, snapshot.scores, strict=True))
        return {label: known.get(label, metrics.NOTHING) for label in self.labels}

    def _scores_of(self, label: str) -> Scores:
        self._needed()
        if label not in self.labels:
            raise KeyError(unknown_label(label, self.labels))
        return self._scores[label]

    def _remarks_on_the_snapshot(self) -> Iterator[str]:
        if self.snapshot is None:
            if self.why_no_snapshot:
                yield f"there is no snapshot: {self.why_no_snapshot}"
            return
        if self.testing_images is not None and self.testing_images != len(self.snapshot):
            yield (
                f"the summary tells of {self.testing_images} test images, the snapshot has {len(self.snapshot)}: the "
                "files may be of different versions, and then what is counted isn't what the summary says"
            )
        if self.snapshot.unscored:
            yield f"{self.snapshot.unscored} predictions in the snapshot have no confidence, and count as missed"


def _kind(kind: str) -> OutcomeKind:
    try:
        return OutcomeKind(kind)
    except ValueError:
        raise ValueError(f"a kind is one of {', '.join(OutcomeKind)}; got {printable(kind, 80)}") from None


def _counted(count: int | None) -> str:
    return "?" if count is None else str(count)
