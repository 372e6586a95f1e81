"""Thresholds tuned on the test set: the best threshold of each label for a goal."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self, cast

from rekog_versions._json import JsonResult, plain
from rekog_versions._text import decimal, printable, shortened, table
from rekog_versions.evaluation.by_label import ByLabel, unknown_label
from rekog_versions.evaluation.cross_validation import CrossValidation, HeldOutMetrics, cross_validate
from rekog_versions.evaluation.goals import (
    BestF1,
    ChosenThreshold,
    TuningGoal,
    best_threshold,
    goal_from_dict,
)
from rekog_versions.evaluation.intervals import Interval, ModelIntervals, with_interval
from rekog_versions.evaluation.metrics import LabelMetrics, ModelMetrics, recompute
from rekog_versions.evaluation.snapshot import EvaluationSnapshot, LabelScores
from rekog_versions.evaluation.support import SnapshotSupport
from rekog_versions.models.thresholds import Thresholds

DEFAULT_FOLDS = 5
FEW_TEST_IMAGES = 10
"""With fewer test images of a label, its tuned threshold depends mostly on chance."""


@dataclass(frozen=True)
class Tunable:
    """The data that thresholds are tuned on.

    Attributes:
        snapshot: The snapshot.
        scores: The predictions of each label of the model.
        assumed: The assumed thresholds.
        support: The thresholds that the snapshot supports.
        intervals: The intervals at the assumed thresholds.
    """

    snapshot: EvaluationSnapshot
    scores: Mapping[str, LabelScores]
    assumed: Thresholds
    support: SnapshotSupport
    intervals: ModelIntervals


class TuningProblem(StrEnum):
    """The reason why a tuned threshold needs care."""

    NO_TEST_IMAGES = "no_test_images"
    """No test image has the label. The assumed threshold is kept."""
    FEW_TEST_IMAGES = "few_test_images"
    """The threshold was tuned on too few images to be reliable."""
    NOTHING_FOUND = "nothing_found"
    """The label is not found at any threshold. The assumed threshold is kept."""
    NOT_REACHED = "not_reached"
    """No threshold meets the goal. The closest one is used."""
    NOT_REPRODUCED = "not_reproduced"
    """The snapshot does not reproduce the summary for this label."""
    LIMITED_RANGE = "limited_range"
    """The snapshot lacks wrong predictions below the assumed threshold. No lower threshold was tried."""


@dataclass(frozen=True, slots=True)
class TuningWarning(JsonResult):
    """A warning about the tuned threshold of a label.

    Attributes:
        label: The label.
        problem: The reason.
        message: A sentence with the reason and the threshold that is used; printable.
    """

    label: str
    problem: TuningProblem
    message: str


@dataclass(frozen=True, slots=True)
class TunedLabel(JsonResult):
    """A label before and after tuning.

    Attributes:
        goal: The goal of the tuning; None if the assumed threshold was kept.
        before: The metrics at the assumed threshold.
        after: The metrics at the tuned threshold, on the images that it was chosen on. They are too good, and have no
            intervals.
        held_out: An honest estimate of the metrics of thresholds that are tuned so, by cross-validation; None if it was
            not requested.
    """

    goal: TuningGoal | None
    before: LabelMetrics
    after: LabelMetrics
    held_out: HeldOutMetrics | None = None


@dataclass(frozen=True, slots=True)
class MeanMetrics(JsonResult):
    """The means over the labels that have test images, from 0 to 1; None if there are no such labels.

    Attributes:
        precision: The mean precision.
        recall: The mean recall.
        f1_score: The mean F1 score.
        precision_interval: The confidence interval of the mean precision; None if it is not known.
        recall_interval: The confidence interval of the mean recall.
        f1_interval: The confidence interval of the mean F1 score.
    """

    precision: float | None
    recall: float | None
    f1_score: float | None
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None
    f1_interval: Interval | None = None

    @classmethod
    def of(cls, metrics: ModelMetrics) -> "MeanMetrics":
        """Return the means of a model's metrics."""
        return cls(
            metrics.precision,
            metrics.recall,
            metrics.f1_score,
            metrics.precision_interval,
            metrics.recall_interval,
            metrics.f1_interval,
        )


@dataclass(frozen=True)
class TunedThresholds(JsonResult):
    """Thresholds chosen on the test set, and the metrics with them.

    `after` has the metrics on the images that the thresholds were chosen on, which are too good. `held_out` estimates
    those on other images, by cross-validation.

    Attributes:
        thresholds: The thresholds from 0 to 1, for `detect_custom_labels(..., thresholds=...)`.
        labels: The metrics of each label before and after.
        before: The means at the assumed thresholds.
        after: The means at the tuned thresholds.
        warnings: Labels whose thresholds need care.
        held_out: The means of the honest estimates; None if they were not requested.
    """

    thresholds: Thresholds
    labels: ByLabel[TunedLabel]
    before: MeanMetrics
    after: MeanMetrics
    warnings: Sequence[TuningWarning] = ()
    held_out: MeanMetrics | None = None

    def __iter__(self) -> Iterator[TunedLabel]:
        return iter(self.labels.values())

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values for JSON or YAML."""
        return {name: plain(value) for name, value in vars(self).items()} | {"labels": plain(self.labels.values())}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return the thresholds that `to_dict()` wrote.

        Raises:
            ValueError: `document` has another form. The message says what is wrong and where.
            TypeError: A threshold or a value of a goal is not a number.
        """
        import msgspec  # noqa: PLC0415  (needed here only)

        try:
            read = msgspec.convert(document, _Document)
        except msgspec.ValidationError as error:
            reason = printable(str(error), 200)
            raise ValueError(f"document must be tuned thresholds as to_dict() writes them: {reason}") from error
        tuned = [
            TunedLabel(
                None if entry.goal is None else goal_from_dict(entry.goal), entry.before, entry.after, entry.held_out
            )
            for entry in read.labels
        ]
        labels = ByLabel((entry.after.label, entry) for entry in tuned)
        return cls(
            Thresholds.from_dict(read.thresholds), labels, read.before, read.after, tuple(read.warnings), read.held_out
        )

    @classmethod
    def from_json(cls, document: str | bytes) -> Self:
        """Return the thresholds that `to_json()` wrote.

        Raises:
            ValueError: `document` is not JSON, or has another form than `to_json()` writes.
            TypeError: A threshold or a value of a goal is not a number.
        """
        read = json.loads(document)
        if not isinstance(read, dict):
            raise ValueError(  # noqa: TRY004 (the text is wrong, not its type)
                f"document must be a JSON object with tuned thresholds, got {printable(read, 80)}"
            )
        return cls.from_dict(cast("dict[str, Any]", read))

    def __str__(self) -> str:
        rows: list[Sequence[str]] = [
            ("label", "threshold", "was", "F1", "held out", "was", "precision", "was", "recall", "was")
        ]
        for label, tuned in self.labels.items():
            thresholds = (decimal(tuned.after.threshold), decimal(tuned.before.threshold))
            rows.append((shortened(label), *thresholds, *_cells(tuned)))
        rows.append(("all", "", "", *_cells(self)))
        lines = [table(rows), *(f"warning: {warning.message}" for warning in self.warnings)]
        if self.held_out is not None:
            lines.append(
                "held out: an estimate of the F1 score on other images, by cross-validation. The other columns are of "
                "the images that the thresholds were chosen on"
            )
        return "\n".join(lines)


@dataclass(frozen=True)
class _Entry:
    """The form of a label in a document."""

    goal: dict[str, Any] | None
    before: LabelMetrics
    after: LabelMetrics
    held_out: HeldOutMetrics | None = None


@dataclass(frozen=True)
class _Document:
    """The form of the documents that `to_dict()` writes."""

    thresholds: dict[str, Any]
    labels: list[_Entry]
    before: MeanMetrics
    after: MeanMetrics
    warnings: list[TuningWarning]
    held_out: MeanMetrics | None = None


def _cells(tuned: TunedLabel | TunedThresholds) -> Sequence[str]:
    before, after, held_out = tuned.before, tuned.after, tuned.held_out
    estimate = "-" if held_out is None else with_interval(held_out.f1_score, held_out.f1_interval)
    others = (before.f1_score, after.precision, before.precision, after.recall, before.recall)
    return [decimal(after.f1_score), estimate, *map(decimal, others)]


def tune(
    evaluated: Tunable,
    goal: TuningGoal | Mapping[str, TuningGoal],
    *,
    min_testing_images: int,
    folds: int,
    confidence: float,
) -> TunedThresholds:
    """Choose a threshold for each label; see `Evaluation.tune_thresholds`.

    Raises:
        KeyError: A goal is for an unknown label.
        TypeError: A goal has another type.
        ValueError: `folds` is negative or 1.
    """
    if folds < 0 or folds == 1:
        raise ValueError(f"folds must be 2 or more, or 0 for no cross-validation, got {folds}")
    scores, assumed, lowest = evaluated.scores, evaluated.assumed, evaluated.support.lowest
    goals = _goals(goal, scores)
    tuned: dict[str, float] = {}
    warnings: list[TuningWarning] = []
    for label, of_label in scores.items():
        wanted = goals.get(label)
        chosen = None if wanted is None else best_threshold(wanted, label, of_label, lowest[label])
        threshold = assumed.fraction(label) if chosen is None else chosen.threshold
        if threshold is not None:
            tuned[label] = threshold
        if wanted is not None:
            problem = _problem(of_label, chosen)
            if problem is not None:
                warnings.append(_warning(label, problem, wanted, threshold))
            if 0 < of_label.testing_images < min_testing_images:
                warnings.append(_few(label, of_label.testing_images, min_testing_images))
            warnings.extend(_unsupported(label, assumed, evaluated.support))

    def choose(label: str, some: LabelScores) -> float | None:
        wanted = goals.get(label)
        chosen = None if wanted is None else best_threshold(wanted, label, some, lowest[label])
        return assumed.fraction(label) if chosen is None else chosen.threshold

    before = recompute(scores, assumed, lowest, evaluated.intervals)
    after = recompute(scores, Thresholds.fractions(tuned), lowest)
    held_out = cross_validate(evaluated.snapshot, scores, choose, folds, confidence) if folds else None
    return TunedThresholds(
        after.thresholds,
        ByLabel(
            (
                label,
                TunedLabel(
                    goals.get(label),
                    before.labels[label],
                    after.labels[label],
                    None if held_out is None else held_out.labels[label],
                ),
            )
            for label in scores
        ),
        MeanMetrics.of(before),
        MeanMetrics.of(after),
        tuple(warnings),
        None if held_out is None else _means(held_out),
    )


def _means(held_out: CrossValidation) -> MeanMetrics:
    intervals = held_out.intervals
    return MeanMetrics(
        held_out.precision,
        held_out.recall,
        held_out.f1_score,
        intervals.precision,
        intervals.recall,
        intervals.f1_score,
    )


def _goals(goal: TuningGoal | Mapping[str, TuningGoal], labels: Iterable[str]) -> Mapping[str, TuningGoal]:
    known = list(labels)
    goals = dict(goal) if isinstance(goal, Mapping) else dict.fromkeys(known, goal)
    for label, wanted in goals.items():
        if label not in known:
            raise KeyError(unknown_label(label, known))
        if not isinstance(cast("object", wanted), TuningGoal):
            kinds = "BestF1(), AtLeastPrecision(0.95), AtLeastRecall(0.9) or LeastCost(...)"
            raise TypeError(f"goal must be {kinds}, or a dict of these by label, got {printable(wanted, 80)}")
    return goals


def _problem(scores: LabelScores, chosen: ChosenThreshold | None) -> TuningProblem | None:
    if not scores.testing_images:
        return TuningProblem.NO_TEST_IMAGES
    if chosen is None:
        return TuningProblem.NOTHING_FOUND
    return None if chosen.meets_goal else TuningProblem.NOT_REACHED


_MESSAGES: Mapping[TuningProblem, str] = {
    TuningProblem.NO_TEST_IMAGES: "no test image has this label; {kept}",
    TuningProblem.NOTHING_FOUND: "it is not found at any threshold; {kept}",
    TuningProblem.NOT_REACHED: "no threshold reaches {goal}; the closest threshold, {threshold}, is used",
}


def _warning(label: str, problem: TuningProblem, goal: TuningGoal, threshold: float | None) -> TuningWarning:
    shown = decimal(threshold, 4)
    kept = f"the assumed threshold {shown} is kept"
    if threshold is None:
        kept = "there is no assumed threshold, so all its predictions count"
    message = _MESSAGES[problem].format(kept=kept, goal=goal, threshold=shown)
    return TuningWarning(label, problem, f"'{printable(label, 80)}': {message}")


def _unsupported(label: str, assumed: Thresholds, support: SnapshotSupport) -> Iterator[TuningWarning]:
    """Yield warnings about a label that the snapshot does not reproduce, or for which it lacks predictions."""
    name = f"'{printable(label, 80)}'"
    if label in support.differing_labels:
        message = f"{name}: the snapshot does not reproduce the summary, so the threshold suits the snapshot only"
        yield TuningWarning(label, TuningProblem.NOT_REPRODUCED, message)
    lowest = support.lowest[label]
    if lowest and lowest == assumed.fraction(label):
        message = f"{name}: the snapshot has no wrong predictions below {lowest:.4f}, so no lower threshold was tried"
        yield TuningWarning(label, TuningProblem.LIMITED_RANGE, message)


def _few(label: str, images: int, enough: int) -> TuningWarning:
    message = (
        f"'{printable(label, 80)}': only {images} test image{'s have' if images != 1 else ' has'} this label; with "
        f"fewer than {enough}, the threshold depends mostly on chance"
    )
    return TuningWarning(label, TuningProblem.FEW_TEST_IMAGES, message)


DEFAULT_GOAL = BestF1()
