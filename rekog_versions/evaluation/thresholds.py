"""Thresholds tuned on the test set: for each label the one that serves a goal best."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self, cast

from rekog_versions._text import printable
from rekog_versions.evaluation.by_label import ByLabel, unknown_label
from rekog_versions.evaluation.goals import BestF1, Goal, choose, goal_from_dict, goal_to_dict
from rekog_versions.evaluation.metrics import LabelMetrics, Metrics, curve, recompute
from rekog_versions.evaluation.snapshot import Scores
from rekog_versions.evaluation.tables import number, shortened, table
from rekog_versions.models.thresholds import Thresholds

FEW_TEST_IMAGES = 10
"""With fewer test images of a label than these, a tuned threshold is more chance than knowledge."""


class TuningProblem(StrEnum):
    """Why a tuned threshold is to be taken with care."""

    NO_TEST_IMAGES = "no_test_images"
    """No test image shows the label: the assumed threshold is kept."""
    FEW_TEST_IMAGES = "few_test_images"
    """The threshold is tuned as asked, but on too few images to say much."""
    NOTHING_FOUND = "nothing_found"
    """The label is never found at any threshold: the assumed one is kept."""
    NOT_REACHED = "not_reached"
    """No threshold reaches the goal: the one that comes nearest is used."""


@dataclass(frozen=True, slots=True)
class TuningWarning:
    """What to know of a label's tuned threshold.

    Attributes:
        label: The label.
        problem: What the matter is.
        message: The same for people, and what was done; printable.
    """

    label: str
    problem: TuningProblem
    message: str


@dataclass(frozen=True, slots=True)
class TunedLabel:
    """A label before and after.

    Attributes:
        goal: What its threshold was chosen for; None if it was left as it is.
        before: At the assumed threshold.
        after: At the tuned threshold.
    """

    goal: Goal | None
    before: LabelMetrics
    after: LabelMetrics


@dataclass(frozen=True, slots=True)
class Averages:
    """The means over the labels that have test images, 0 to 1; None if there are none.

    Attributes:
        precision: The mean precision.
        recall: The mean recall.
        f1_score: The mean F1 score.
    """

    precision: float | None
    recall: float | None
    f1_score: float | None

    @classmethod
    def of(cls, metrics: Metrics) -> "Averages":
        """Those of some metrics."""
        return cls(metrics.precision, metrics.recall, metrics.f1_score)


@dataclass(frozen=True)
class TunedThresholds:
    """Thresholds chosen on the test set, and what they come to there.

    The metrics are those of the images that the thresholds were chosen on, so others will come out a little worse.

    Attributes:
        thresholds: What `detect_custom_labels(..., thresholds=...)` takes, 0 to 1.
        labels: Each label before and after.
        before: All labels at the assumed thresholds.
        after: All labels at the tuned thresholds.
        warnings: Where care is due.
    """

    thresholds: Thresholds
    labels: ByLabel[TunedLabel]
    before: Averages
    after: Averages
    warnings: Sequence[TuningWarning] = ()

    def to_dict(self) -> dict[str, Any]:
        """A dict of plain values for JSON or YAML."""
        return {
            "thresholds": self.thresholds.to_dict(),
            "labels": [
                {
                    "goal": None if tuned.goal is None else goal_to_dict(tuned.goal),
                    "before": asdict(tuned.before),
                    "after": asdict(tuned.after),
                }
                for tuned in self.labels.values()
            ],
            "before": asdict(self.before),
            "after": asdict(self.after),
            "warnings": [{**asdict(warning), "problem": warning.problem.value} for warning in self.warnings],
        }

    def to_json(self, *, indent: int | None = 4) -> str:
        """A JSON document."""
        return json.dumps(self.to_dict(), indent=indent)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Reads what `to_dict()` wrote.

        Raises:
            ValueError: It is something else; the message says what is wrong where.
            TypeError: A threshold or a goal's value is no number.
        """
        import msgspec  # noqa: PLC0415  (only this needs it here)

        try:
            read = msgspec.convert(document, _Document)
        except msgspec.ValidationError as error:
            why = printable(str(error), 200)
            raise ValueError(f"these are no tuned thresholds, as to_dict() writes them: {why}") from error
        tuned = [
            TunedLabel(None if entry.goal is None else goal_from_dict(entry.goal), entry.before, entry.after)
            for entry in read.labels
        ]
        labels = ByLabel((entry.after.label, entry) for entry in tuned)
        return cls(Thresholds.from_dict(read.thresholds), labels, read.before, read.after, tuple(read.warnings))

    @classmethod
    def from_json(cls, document: str | bytes) -> Self:
        """Reads what `to_json()` wrote.

        Raises:
            ValueError: It is no JSON, or something else than `to_json()` writes.
            TypeError: A threshold or a goal's value is no number.
        """
        read = json.loads(document)
        if not isinstance(read, dict):
            raise ValueError(f"tuned thresholds are a JSON object, got {printable(read, 80)}")  # noqa: TRY004 (bad text)
        return cls.from_dict(cast("dict[str, Any]", read))

    def __str__(self) -> str:
        rows: list[Sequence[str]] = [
            ("label", "threshold", "was", *(name for metric in _SHOWN for name in (metric, "was")))
        ]
        for label, tuned in self.labels.items():
            chosen = (number(tuned.after.threshold), number(tuned.before.threshold))
            rows.append((shortened(label), *chosen, *_shown(tuned.before, tuned.after)))
        rows.append(("all", "", "", *_shown(self.before, self.after)))
        return "\n".join([table(rows), *(f"warning: {warning.message}" for warning in self.warnings)])


_SHOWN = ("F1", "precision", "recall")


@dataclass(frozen=True)
class _Entry:
    """A label in a document."""

    goal: dict[str, Any] | None
    before: LabelMetrics
    after: LabelMetrics


@dataclass(frozen=True)
class _Document:
    """What `to_dict()` writes."""

    thresholds: dict[str, Any]
    labels: list[_Entry]
    before: Averages
    after: Averages
    warnings: list[TuningWarning]


def _shown(before: LabelMetrics | Averages, after: LabelMetrics | Averages) -> Iterator[str]:
    for name in ("f1_score", "precision", "recall"):
        yield number(getattr(after, name))
        yield number(getattr(before, name))


def tune(
    scores: Mapping[str, Scores],
    assumed: Thresholds,
    goal: Goal | Mapping[str, Goal],
    *,
    min_testing_images: int = FEW_TEST_IMAGES,
) -> TunedThresholds:
    """Chooses a threshold for each label; see `Evaluation.tune_thresholds`.

    Raises:
        KeyError: A goal is given for a label that there isn't.
        TypeError: A goal is none.
    """
    goals = _goals(goal, scores)
    chosen: dict[str, float] = {}
    warnings: list[TuningWarning] = []
    for label, of_label in scores.items():
        wanted = goals.get(label)
        kept = assumed.fraction(label)
        found = None if wanted is None else choose(wanted, curve(label, of_label))
        threshold = kept if found is None else found[0]
        if threshold is not None:
            chosen[label] = threshold
        if wanted is not None:
            problem = _problem(of_label, found)
            if problem is not None:
                warnings.append(_warning(label, problem, wanted, threshold))
            if 0 < of_label.testing_images < min_testing_images:
                warnings.append(_few(label, of_label.testing_images, min_testing_images))
    before, after = recompute(scores, assumed), recompute(scores, Thresholds.fractions(chosen))
    return TunedThresholds(
        after.thresholds,
        ByLabel((label, TunedLabel(goals.get(label), before.labels[label], after.labels[label])) for label in scores),
        Averages.of(before),
        Averages.of(after),
        tuple(warnings),
    )


def _goals(goal: Goal | Mapping[str, Goal], labels: Iterable[str]) -> Mapping[str, Goal]:
    known = list(labels)
    goals = dict(goal) if isinstance(goal, Mapping) else dict.fromkeys(known, goal)
    for label, wanted in goals.items():
        if label not in known:
            raise KeyError(unknown_label(label, known))
        if not isinstance(cast("object", wanted), Goal):
            kinds = "BestF1(), AtLeastPrecision(0.95), AtLeastRecall(0.9) or LeastCost(...)"
            raise TypeError(f"a goal is {kinds}, or a dict of these by label; got {printable(wanted, 80)}")
    return goals


def _problem(scores: Scores, found: tuple[float, bool] | None) -> TuningProblem | None:
    if not scores.testing_images:
        return TuningProblem.NO_TEST_IMAGES
    if found is None:
        return TuningProblem.NOTHING_FOUND
    return None if found[1] else TuningProblem.NOT_REACHED


_MESSAGES: Mapping[TuningProblem, str] = {
    TuningProblem.NO_TEST_IMAGES: "no test image shows it; {kept}",
    TuningProblem.NOTHING_FOUND: "it is found at no threshold; {kept}",
    TuningProblem.NOT_REACHED: "no threshold gives {goal}; {threshold} comes nearest and is used",
}


def _warning(label: str, problem: TuningProblem, goal: Goal, threshold: float | None) -> TuningWarning:
    shown = number(threshold, 4)
    kept = f"the assumed threshold {shown} is kept"
    if threshold is None:
        kept = "there is no assumed threshold, so every prediction of it counts"
    message = _MESSAGES[problem].format(kept=kept, goal=goal, threshold=shown)
    return TuningWarning(label, problem, f"'{printable(label, 80)}': {message}")


def _few(label: str, images: int, enough: int) -> TuningWarning:
    message = (
        f"'{printable(label, 80)}': only {images} test image{'s show' if images != 1 else ' shows'} it; with fewer "
        f"than {enough}, its threshold is chosen by little more than chance"
    )
    return TuningWarning(label, TuningProblem.FEW_TEST_IMAGES, message)


DEFAULT_GOAL = BestF1()
