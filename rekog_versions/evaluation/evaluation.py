"""The evaluation of a version: its training summary, and the analysis of its evaluation manifest snapshot."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

from rekog_versions._text import decimal, printable, shortened
from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation import confusion_matrix as confusion, metrics, predictions, tuning
from rekog_versions.evaluation.by_label import ByLabel, check_known_labels, unknown_label
from rekog_versions.evaluation.confusion_matrix import ConfusedPair, ConfusionMatrix, check_limit
from rekog_versions.evaluation.goals import TuningGoal
from rekog_versions.evaluation.image_sums import curve_intervals, measure_intervals
from rekog_versions.evaluation.input_files import Source, input_file
from rekog_versions.evaluation.intervals import (
    DEFAULT_CONFIDENCE,
    LabelIntervals,
    ModelIntervals,
    check_confidence,
    intervals_of_summary,
    with_interval,
)
from rekog_versions.evaluation.metrics import LabelCurve, ModelMetrics, ThresholdSweep
from rekog_versions.evaluation.predictions import JudgedPrediction, PredictionOutcome, WorstImage
from rekog_versions.evaluation.snapshot import EvaluationSnapshot, LabelScores
from rekog_versions.evaluation.snapshot_reader import read_snapshot
from rekog_versions.evaluation.summary import TrainingSummary, read_summary
from rekog_versions.evaluation.support import (
    SnapshotSupport,
    check_same_model,
    judge_support,
    remarks_on_snapshot,
    remarks_on_support,
)
from rekog_versions.evaluation.tuning import DEFAULT_FOLDS, DEFAULT_GOAL, FEW_TEST_IMAGES, Tunable, TunedThresholds
from rekog_versions.manifests.lines import UseCase
from rekog_versions.models.thresholds import Thresholds

logger = logging.getLogger("rekog_versions")

_HUNDREDTHS = tuple(step / 100 for step in range(101))
_NOT_GIVEN = "it was not passed to from_files(summary, snapshot)"


@dataclass(frozen=True)
class Evaluation(TrainingSummary):
    """How well a version finds its labels in the test images.

    `get_evaluation(client, version)` reads it from S3, `Evaluation.from_files()` from local files. The attributes are
    the values of the training summary. The methods compute the rest from the snapshot: single predictions, other
    thresholds, curves. Confidences, thresholds and metrics are from 0 to 1.

    Attributes:
        snapshot: The test images with the predictions; None if it was not given or could not be read.
        why_no_snapshot: The reason why `snapshot` is None; None if there is a snapshot.
    """

    _derived = ("thresholds", "support")

    snapshot: EvaluationSnapshot | None = None
    why_no_snapshot: str | None = field(default=None, repr=False)

    @classmethod
    def from_files(cls, summary: Source, snapshot: Source | None = None) -> "Evaluation":
        """Return the evaluation in local files. No client is needed.

        Args:
            summary: The training summary: its path, its content as bytes, or an open file.
            snapshot: The evaluation manifest snapshot in one of the same forms. It is read as a stream. Without it,
                only the values of the summary are available.

        Raises:
            EvaluationError: A file is missing, or is not a summary or a snapshot.
            TypeError: An argument is neither a path nor bytes nor an open file.
        """
        read = read_summary(input_file(summary, "the summary"))
        if snapshot is None:
            return cls.of(read, None, _NOT_GIVEN)
        return cls.of(read, read_snapshot(input_file(snapshot, "the snapshot")))

    @classmethod
    def of(
        cls, summary: TrainingSummary, snapshot: EvaluationSnapshot | None, why_no_snapshot: str | None = None
    ) -> "Evaluation":
        """Return the evaluation that a summary and a snapshot make up. Problems of the snapshot are logged."""
        values = dict(vars(summary))
        remarks: list[str] = []
        if snapshot is not None:
            check_same_model(summary, snapshot)
            values["use_case"] = summary.use_case or snapshot.use_case
            remarks = [*remarks_on_snapshot(summary, snapshot), *remarks_on_support(summary, snapshot)]
            for remark in remarks:
                logger.warning("%s", remark)
        elif why_no_snapshot:
            remarks = [f"there is no snapshot: {why_no_snapshot}"]
        values["remarks"] = (*summary.remarks, *remarks)
        return cls(**values, snapshot=snapshot, why_no_snapshot=why_no_snapshot)

    @cached_property
    def thresholds(self) -> Thresholds:
        """The assumed thresholds, which DetectCustomLabels applies by default."""
        return Thresholds.fractions(
            {label.label: label.threshold for label in self.labels.values() if label.threshold is not None}
        )

    @cached_property
    def support(self) -> SnapshotSupport | None:
        """Where the snapshot reproduces the summary, and from which thresholds on; None without a snapshot."""
        return None if self.snapshot is None else judge_support(self, self.snapshot)

    def intervals(self, confidence: float = DEFAULT_CONFIDENCE) -> ModelIntervals:
        """Return the confidence intervals of the metrics in the summary, at the assumed thresholds.

        They say how much the metrics depend on the choice of test images. They come from the snapshot. Without one, and
        for labels that it does not reproduce, those of image-level labels come from the counts in the summary. Others
        are None.

        Args:
            confidence: The share of such intervals that contain the true value, between 0 and 1.

        Raises:
            ValueError: `confidence` is not between 0 and 1.
            TypeError: `confidence` is not a number.
        """
        check_confidence(confidence)
        counted, support = None, self.support
        if self.snapshot is not None:
            counted = self._intervals_at(self.snapshot, self.thresholds, confidence)
        differing = set(support.differing_labels) if support is not None else self.labels.keys()
        is_image_level = self.use_case is UseCase.IMAGE_LEVEL_LABELS or self.adapter is not None
        labels: dict[str, LabelIntervals] = {}
        for label, said in self.labels.items():
            if counted is not None and label not in differing:
                labels[label] = counted.labels.get(label, LabelIntervals())
            else:
                images = said.testing_images if is_image_level else None
                labels[label] = intervals_of_summary(said.precision, said.recall, images, confidence)
        if counted is None or support is None or support.discrepancies:
            return ModelIntervals(confidence, ByLabel(labels))
        return replace(counted, labels=ByLabel(labels))

    def predictions(
        self,
        thresholds: Thresholds | None = None,
        *,
        labels: Collection[str] | None = None,
        outcomes: Collection[PredictionOutcome | str] | None = None,
    ) -> Iterator[JudgedPrediction]:
        """Yield each label of each test image and whether the model was right, image by image in the order of the file.

        Args:
            thresholds: The lowest confidence from which a label counts as predicted; None for the assumed thresholds.
            labels: The labels to include; None for all labels of the model.
            outcomes: The outcomes to include; None for all. True negatives are only known where the snapshot has a
                prediction.

        Raises:
            EvaluationError: There is no snapshot.
            KeyError: There is no such label.
            TypeError: `labels` or `outcomes` is a string instead of a collection of strings.
            ValueError: There is no such outcome.
        """
        snapshot = self._require_snapshot()
        for name, chosen in (("labels", labels), ("outcomes", outcomes)):
            if isinstance(chosen, str):
                raise TypeError(f"{name} must be a collection such as a list, got the string '{printable(chosen, 80)}'")
        for label in labels or ():
            self._scores_of(label)
        wanted = None if outcomes is None else set(map(_outcome, outcomes))
        found = predictions.judged_predictions(
            snapshot, self._or_assumed(thresholds), self.labels if labels is None else labels
        )
        return found if wanted is None else (prediction for prediction in found if prediction.outcome in wanted)

    def recompute(
        self, thresholds: Thresholds | None = None, *, confidence: float | None = DEFAULT_CONFIDENCE
    ) -> ModelMetrics:
        """Return the metrics at any thresholds. At the assumed ones they are those of the summary.

        Metrics are None at thresholds that the snapshot does not support.

        Args:
            thresholds: Thresholds in either unit; None for the assumed thresholds. All predictions count for a label
                without a threshold.
            confidence: The confidence of the intervals, between 0 and 1; None for no intervals, which is faster.

        Raises:
            EvaluationError: There is no snapshot.
            ValueError: `confidence` is not between 0 and 1.
            TypeError: `confidence` is not a number.
        """
        snapshot, used = self._require_snapshot(), self._or_assumed(thresholds)
        intervals = None
        if confidence is not None:
            check_confidence(confidence)
            intervals = self._intervals_at(snapshot, used, confidence)
        return metrics.recompute(self._scores, used, self._lowest, intervals)

    def sweep(self, thresholds: Sequence[float] = _HUNDREDTHS) -> ThresholdSweep:
        """Return the metrics at each of many thresholds, each of which applies to all labels.

        Args:
            thresholds: Thresholds from 0 to 1; every hundredth by default.

        Raises:
            EvaluationError: There is no snapshot.
            ValueError: A threshold is not from 0 to 1.
        """
        for threshold in thresholds:
            if not 0 <= threshold <= 1:
                raise ValueError(f"thresholds must be from 0 to 1, got {threshold!r}")
        return metrics.sweep(self._scores, thresholds, self._lowest)

    def curve(self, label: str, *, confidence: float | None = None) -> LabelCurve:
        """Return precision, recall and F1 score of a label at all its thresholds that the snapshot supports.

        Args:
            label: The label.
            confidence: The confidence of the intervals of each point, such as 0.95; None for no intervals, which is
                faster.

        Raises:
            EvaluationError: There is no snapshot.
            KeyError: There is no such label.
            ValueError: `confidence` is not between 0 and 1.
            TypeError: `confidence` is not a number.
        """
        found = metrics.curve(label, self._scores_of(label), self._lowest[label])
        if confidence is None:
            return found
        check_confidence(confidence)
        if not found.points:
            return found
        thresholds = [point.threshold for point in found.points]
        limits = curve_intervals(self._require_snapshot(), label, thresholds, confidence)
        points = [
            replace(
                point,
                precision_interval=limit.precision,
                recall_interval=limit.recall,
                f1_interval=limit.f1_score,
            )
            for point, limit in zip(found.points, limits, strict=True)
        ]
        return replace(found, points=tuple(points))

    def curves(self) -> ByLabel[LabelCurve]:
        """Return the curve of each label.

        Raises:
            EvaluationError: There is no snapshot.
        """
        return ByLabel(
            (label, metrics.curve(label, scores, self._lowest[label])) for label, scores in self._scores.items()
        )

    def tune_thresholds(
        self,
        goal: TuningGoal | Mapping[str, TuningGoal] = DEFAULT_GOAL,
        *,
        min_testing_images: int = FEW_TEST_IMAGES,
        folds: int = DEFAULT_FOLDS,
        confidence: float = DEFAULT_CONFIDENCE,
    ) -> TunedThresholds:
        """Choose for each label, on the test images, the best threshold for a goal.

        A chosen threshold is one of the predicted confidences, and that prediction counts. Among equally good
        thresholds, the highest is chosen. Thresholds that the snapshot does not support are not tried.

        The metrics on the images that the thresholds were chosen on are too good. So the result also has an honest
        estimate, by cross-validation: the images are divided into folds, and the predictions in each fold are counted
        at thresholds that are chosen on the other folds.

        Args:
            goal: `BestF1()`, `AtLeastPrecision(0.95)`, `AtLeastRecall(0.9)` or `LeastCost(...)`, or a dict of goals by
                label. Labels without a goal keep their assumed thresholds.
            min_testing_images: The result has a warning for each label with fewer test images.
            folds: The number of folds, 2 or more; 0 for no cross-validation, which is faster.
            confidence: The confidence of the intervals, between 0 and 1.

        Returns:
            The thresholds and the metrics with them. Labels with few or no test images, with an unreachable goal, or
            with an unreliable snapshot have a warning.

        Raises:
            EvaluationError: There is no snapshot.
            KeyError: There is no such label.
            TypeError: A goal has another type.
            ValueError: `folds` is negative or 1, or `confidence` is not between 0 and 1.
        """
        check_confidence(confidence)
        snapshot = self._require_snapshot()
        intervals = self._intervals_at(snapshot, self.thresholds, confidence)
        support = self.support or judge_support(self, snapshot)
        evaluated = Tunable(snapshot, self._scores, self.thresholds, support, intervals)
        return tuning.tune(evaluated, goal, min_testing_images=min_testing_images, folds=folds, confidence=confidence)

    def confusion_matrix_at(self, thresholds: Thresholds | None = None) -> ConfusionMatrix | None:
        """Return the confusion matrix at any thresholds; None for object localization.

        The column of a label is unknown if the snapshot does not support its threshold.

        Args:
            thresholds: The thresholds; None for the assumed ones.

        Raises:
            EvaluationError: There is no snapshot.
        """
        snapshot = self._require_snapshot()
        if self.use_case is UseCase.OBJECT_LOCALIZATION:
            return None
        used = self._or_assumed(thresholds)
        supported = self._supported_at(used)
        return confusion.count_confusion_matrix(snapshot, used, list(self.labels), supported=supported)

    def most_confused(self, thresholds: Thresholds | None = None, *, limit: int = 10) -> Sequence[ConfusedPair]:
        """Return the pairs of labels of which one was wrongly predicted in place of the other, the largest share first.

        If an image has both labels, that is not a confusion. `confusion_matrix.most_confused()` cannot make this
        distinction. Labels with thresholds that the snapshot does not support are left out as wrong predictions. For
        objects, a wrong box is a confusion with the label whose box it overlaps by an intersection
        over union of 0.5 or more.

        Args:
            thresholds: The thresholds; None for the assumed ones.
            limit: The largest number of pairs.

        Raises:
            EvaluationError: There is no snapshot.
            ValueError: `limit` is negative.
        """
        check_limit(limit)
        snapshot = self._require_snapshot()
        used = self._or_assumed(thresholds)
        return confusion.count_confused_pairs(snapshot, used, self._supported_at(used), limit)

    def worst_images(self, thresholds: Thresholds | None = None, *, limit: int = 20) -> Sequence[WorstImage]:
        """Return the images with mistakes, those whose mistakes the model was most certain of first.

        Args:
            thresholds: The thresholds; None for the assumed ones.
            limit: The largest number of images.

        Raises:
            EvaluationError: There is no snapshot.
            ValueError: `limit` is negative.
        """
        check_limit(limit)
        return predictions.worst_images(self._require_snapshot(), self._or_assumed(thresholds), self.labels, limit)

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values for JSON or YAML, with the 95 % intervals."""
        return {**super().to_dict(), "intervals": self.intervals().to_dict()}

    def __str__(self) -> str:
        head = f"{shortened(self.version_arn or 'an unnamed version', 200)}: F1 {decimal(self.f1_score)}"
        images = f"{_count(self.training_images)} training images, {_count(self.testing_images)} testing images"
        limits = self.intervals()
        means = LabelIntervals(limits.precision, limits.recall, limits.f1_score)
        marks = dict.fromkeys(self.support.differing_labels if self.support is not None else (), "not reproduced")
        lines = [head, images, metrics.metrics_table(self, limits.labels, means, marks)]
        if self.average_precision is not None:
            area = with_interval(self.average_precision, limits.average_precision)
            lines.append(f"mAP {area}, mAR {with_interval(self.average_recall, limits.average_recall)}")
        if self.adapter is not None:
            lines.append(str(self.adapter))
        return "\n".join([*lines, *(f"note: {remark}" for remark in self.remarks)])

    def _or_assumed(self, thresholds: Thresholds | None) -> Thresholds:
        if thresholds is None:
            return self.thresholds
        if not isinstance(cast("object", thresholds), Thresholds):
            raise TypeError(
                "thresholds must be a Thresholds, such as Thresholds.fractions({'cat': 0.5}) or "
                f"Thresholds.percents({{'cat': 50}}), or None for the assumed ones; got {type(thresholds).__name__}"
            )
        check_known_labels(thresholds, self.labels)
        return thresholds

    def _require_snapshot(self) -> EvaluationSnapshot:
        if self.snapshot is None:
            raise EvaluationError(
                "this needs the evaluation manifest snapshot, which is not available: "
                f"{self.why_no_snapshot or _NOT_GIVEN}"
            )
        return self.snapshot

    def _supported_at(self, thresholds: Thresholds) -> Sequence[str]:
        return [
            label for label, lowest in self._lowest.items() if metrics.is_supported(thresholds.fraction(label), lowest)
        ]

    def _intervals_at(self, snapshot: EvaluationSnapshot, thresholds: Thresholds, confidence: float) -> ModelIntervals:
        is_assumed = thresholds is self.thresholds
        if is_assumed and confidence in self._assumed_intervals:
            return self._assumed_intervals[confidence]
        found = measure_intervals(snapshot, self._scores, snapshot.limits(thresholds), confidence)
        if is_assumed:
            self._assumed_intervals[confidence] = found
        return found

    @cached_property
    def _assumed_intervals(self) -> dict[float, ModelIntervals]:
        """The intervals at the assumed thresholds that were measured, by their confidence: measuring takes long."""
        return {}

    @cached_property
    def _scores(self) -> Mapping[str, LabelScores]:
        return self._require_snapshot().scores_of(self.labels)

    @property
    def _lowest(self) -> Mapping[str, float]:
        return {} if self.support is None else self.support.lowest

    def _scores_of(self, label: str) -> LabelScores:
        self._require_snapshot()
        if label not in self.labels:
            raise KeyError(unknown_label(label, self.labels))
        return self._scores[label]


def _outcome(outcome: str) -> PredictionOutcome:
    try:
        return PredictionOutcome(outcome)
    except ValueError:
        raise ValueError(
            f"outcomes must be among {', '.join(PredictionOutcome)}, got {printable(outcome, 80)}"
        ) from None


def _count(count: int | None) -> str:
    return "?" if count is None else str(count)
