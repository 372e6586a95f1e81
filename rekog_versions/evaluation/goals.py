"""Goals for tuning thresholds, and the choice of the best threshold for a goal."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, NamedTuple, TypeAlias

from rekog_versions._json import JsonResult
from rekog_versions._text import printable
from rekog_versions.evaluation.metrics import CurvePoint, LabelCurve, curve, is_supported
from rekog_versions.evaluation.snapshot import LabelScores

_Rank: TypeAlias = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BestF1(JsonResult):
    """The best F1 score, which balances precision and recall. The service chooses the assumed thresholds so."""

    _derived = ("kind",)

    kind: ClassVar[str] = "best_f1"

    def is_met(self, point: CurvePoint) -> bool:
        """Return True if the threshold meets the goal."""
        return point.true_positives > 0

    def rank(self, point: CurvePoint) -> _Rank:
        """Return the rank of a threshold that meets the goal. The highest is chosen."""
        return point.f1_score, point.threshold

    def best_effort(self, point: CurvePoint) -> _Rank:
        """Return the rank of a threshold when none meets the goal. The highest is chosen."""
        return point.f1_score, point.threshold

    def __str__(self) -> str:
        return "the best F1 score"


@dataclass(frozen=True, slots=True)
class AtLeastPrecision(JsonResult):
    """At least this precision, and then the best recall, for few false positives.

    Attributes:
        precision: The lowest acceptable precision, from 0 to 1.

    Raises:
        ValueError: The value is not from 0 to 1.
        TypeError: The value is not a number.
    """

    _derived = ("kind",)

    kind: ClassVar[str] = "at_least_precision"
    precision: float

    def __post_init__(self) -> None:
        _check_number("precision", self.precision, 1)

    def is_met(self, point: CurvePoint) -> bool:
        """Return True if the threshold meets the goal."""
        return point.precision >= self.precision

    def rank(self, point: CurvePoint) -> _Rank:
        """Return the rank of a threshold that meets the goal. The highest is chosen."""
        return point.recall, point.precision, point.threshold

    def best_effort(self, point: CurvePoint) -> _Rank:
        """Return the rank of a threshold when none meets the goal. The highest is chosen."""
        return point.precision, point.recall, point.threshold

    def __str__(self) -> str:
        return f"a precision of at least {self.precision:g}"


@dataclass(frozen=True, slots=True)
class AtLeastRecall(JsonResult):
    """At least this recall, and then the best precision, for few false negatives.

    Attributes:
        recall: The lowest acceptable recall, from 0 to 1.

    Raises:
        ValueError: The value is not from 0 to 1.
        TypeError: The value is not a number.
    """

    _derived = ("kind",)

    kind: ClassVar[str] = "at_least_recall"
    recall: float

    def __post_init__(self) -> None:
        _check_number("recall", self.recall, 1)

    def is_met(self, point: CurvePoint) -> bool:
        """Return True if the threshold meets the goal."""
        return point.recall >= self.recall

    def rank(self, point: CurvePoint) -> _Rank:
        """Return the rank of a threshold that meets the goal. The highest is chosen."""
        return point.precision, point.recall, point.threshold

    def best_effort(self, point: CurvePoint) -> _Rank:
        """Return the rank of a threshold when none meets the goal. The highest is chosen."""
        return point.recall, point.precision, point.threshold

    def __str__(self) -> str:
        return f"a recall of at least {self.recall:g}"


@dataclass(frozen=True, slots=True)
class LeastCost(JsonResult):
    """The lowest total cost of errors on the test set.

    If it is cheapest never to report a label, its threshold is 1.

    Attributes:
        false_positive: The cost of a false positive, 0 or more, in any unit.
        false_negative: The cost of a false negative, in the same unit.

    Raises:
        ValueError: A cost is negative or infinite, or both are 0.
        TypeError: A cost is not a number.
    """

    _derived = ("kind",)

    kind: ClassVar[str] = "least_cost"
    false_positive: float
    false_negative: float

    def __post_init__(self) -> None:
        _check_number("false_positive", self.false_positive, math.inf)
        _check_number("false_negative", self.false_negative, math.inf)
        if not self.false_positive and not self.false_negative:
            raise ValueError(
                "false_positive or false_negative must be over 0: if errors cost nothing, all thresholds are equal"
            )

    def is_met(self, point: CurvePoint) -> bool:  # noqa: ARG002  (the other goals need it)
        """Return True: every threshold has a cost."""
        return True

    def rank(self, point: CurvePoint) -> _Rank:
        """Return the rank of a threshold that meets the goal. The highest is chosen."""
        cost = self.false_positive * point.false_positives + self.false_negative * point.false_negatives
        return -cost, point.f1_score, point.threshold

    def best_effort(self, point: CurvePoint) -> _Rank:
        """Return the rank of a threshold when none meets the goal. The highest is chosen."""
        return point.f1_score, point.threshold

    def __str__(self) -> str:
        return f"the least cost ({self.false_positive:g} a false positive, {self.false_negative:g} a false negative)"


TuningGoal: TypeAlias = BestF1 | AtLeastPrecision | AtLeastRecall | LeastCost
"""A goal for tuning thresholds."""

_KINDS: Mapping[str, type[TuningGoal]] = {
    kind.kind: kind for kind in (BestF1, AtLeastPrecision, AtLeastRecall, LeastCost)
}
_NEVER = 1.0


def _check_number(name: str, value: object, most: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number, got {type(value).__name__}")
    if not 0 <= value <= most or math.isinf(value):
        allowed = "0 or more" if math.isinf(most) else f"from 0 to {most:g}"
        raise ValueError(f"{name} must be {allowed}, got {value}")


class ChosenThreshold(NamedTuple):
    """The best threshold of a label for a goal."""

    threshold: float
    meets_goal: bool


def choose_threshold(goal: TuningGoal, curve: LabelCurve) -> ChosenThreshold | None:
    """Return the best threshold for a goal; None if the label is not found at any threshold.

    The threshold is a confidence that was predicted, and that prediction counts.
    """
    points = list(curve.points)
    if isinstance(goal, LeastCost) and curve.positives and not (points and points[0].threshold >= _NEVER):
        points.append(CurvePoint(_NEVER, 0.0, 0.0, 0.0, 0, 0, curve.positives))
    good = [point for point in points if goal.is_met(point)]
    if good:
        return ChosenThreshold(max(good, key=goal.rank).threshold, meets_goal=True)
    best = max(points, key=goal.best_effort, default=None)
    return ChosenThreshold(best.threshold, meets_goal=False) if best is not None and best.true_positives else None


def best_threshold(goal: TuningGoal, label: str, scores: LabelScores, lowest: float) -> ChosenThreshold | None:
    """Return the best threshold of a label for a goal; None if the label is not found at any threshold.

    Args:
        goal: The goal.
        label: The label.
        scores: The predictions of the label.
        lowest: The lowest threshold that the snapshot supports.
    """
    if isinstance(goal, BestF1):  # the goal of most calls, without an object for each threshold
        return _best_f1(scores, lowest)
    return choose_threshold(goal, curve(label, scores, lowest))


def _best_f1(scores: LabelScores, lowest: float) -> ChosenThreshold | None:
    """Return the confidence of a found label with the best F1 score, and the highest of equally good ones.

    A threshold at which only wrong predictions are added is never the best.
    """
    hits, mistakes, positives = scores.hits, scores.mistakes, scores.positives
    best, chosen = 0.0, None
    above = len(mistakes)
    for place in range(len(hits) - 1, -1, -1):
        confidence = hits[place]
        if place and hits[place - 1] == confidence:
            continue  # equal confidences count or do not count together
        if not is_supported(confidence, lowest):
            break
        while above and mistakes[above - 1] >= confidence:
            above -= 1
        found = len(hits) - place
        f1 = 2 * found / (found + len(mistakes) - above + positives)
        if f1 > best:
            best, chosen = f1, confidence
    return None if chosen is None else ChosenThreshold(chosen, meets_goal=True)


def goal_from_dict(document: Mapping[str, Any]) -> TuningGoal:
    """Return the goal that `to_dict()` of it wrote.

    Raises:
        ValueError: `document` is not a goal.
        TypeError: A value is not a number.
    """
    kind = _KINDS.get(str(document.get("kind")))
    values = {name: value for name, value in document.items() if name != "kind"}
    if kind is None or values.keys() != set(_fields(kind)):
        known = "; ".join(f"{name} ({', '.join(_fields(kind)) or 'nothing else'})" for name, kind in _KINDS.items())
        raise ValueError(
            f"a goal must be an object with one of these kinds and its values: {known}; got {printable(document, 200)}"
        )
    return kind(**values)


def _fields(kind: type[TuningGoal]) -> Sequence[str]:
    return tuple(field.name for field in fields(kind))
