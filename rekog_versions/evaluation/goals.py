"""What thresholds are to be good for: goals, and which of a label's possible thresholds serves one best."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, TypeAlias

from rekog_versions._text import printable
from rekog_versions.evaluation.metrics import Curve, CurvePoint

_Rank: TypeAlias = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BestF1:
    """The best F1 score: as much precision as recall. What the service's assumed thresholds go for."""

    kind: ClassVar[str] = "best_f1"

    def is_met(self, point: CurvePoint) -> bool:
        """Whether the threshold will do."""
        return point.true_positives > 0

    def rank(self, point: CurvePoint) -> _Rank:
        """Of the thresholds that will do, the one with the highest rank is chosen."""
        return point.f1_score, point.threshold

    def best_effort(self, point: CurvePoint) -> _Rank:
        """If none will do, the one with the highest of these is chosen."""
        return point.f1_score, point.threshold

    def __str__(self) -> str:
        return "the best F1 score"


@dataclass(frozen=True, slots=True)
class AtLeastPrecision:
    """At least this precision, and then the best recall: few false alarms.

    Attributes:
        precision: 0 to 1.

    Raises:
        ValueError: It is not from 0 to 1.
        TypeError: It is no number.
    """

    kind: ClassVar[str] = "at_least_precision"
    precision: float

    def __post_init__(self) -> None:
        _check("precision", self.precision, 1)

    def is_met(self, point: CurvePoint) -> bool:
        """Whether the threshold will do."""
        return point.precision >= self.precision

    def rank(self, point: CurvePoint) -> _Rank:
        """Of the thresholds that will do, the one with the highest rank is chosen."""
        return point.recall, point.precision, point.threshold

    def best_effort(self, point: CurvePoint) -> _Rank:
        """If none will do, the one with the highest of these is chosen."""
        return point.precision, point.recall, point.threshold

    def __str__(self) -> str:
        return f"a precision of at least {self.precision:g}"


@dataclass(frozen=True, slots=True)
class AtLeastRecall:
    """At least this recall, and then the best precision: few misses.

    Attributes:
        recall: 0 to 1.

    Raises:
        ValueError: It is not from 0 to 1.
        TypeError: It is no number.
    """

    kind: ClassVar[str] = "at_least_recall"
    recall: float

    def __post_init__(self) -> None:
        _check("recall", self.recall, 1)

    def is_met(self, point: CurvePoint) -> bool:
        """Whether the threshold will do."""
        return point.recall >= self.recall

    def rank(self, point: CurvePoint) -> _Rank:
        """Of the thresholds that will do, the one with the highest rank is chosen."""
        return point.precision, point.recall, point.threshold

    def best_effort(self, point: CurvePoint) -> _Rank:
        """If none will do, the one with the highest of these is chosen."""
        return point.recall, point.precision, point.threshold

    def __str__(self) -> str:
        return f"a recall of at least {self.recall:g}"


@dataclass(frozen=True, slots=True)
class LeastCost:
    """The least cost of errors on the test set, where each error costs so much.

    It may be cheapest to report a label never; then its threshold is 1.

    Attributes:
        false_positive: What a false alarm costs, 0 or more, in any unit.
        false_negative: What a miss costs, in the same unit.

    Raises:
        ValueError: A cost is negative or infinite, or both are 0.
        TypeError: A cost is no number.
    """

    kind: ClassVar[str] = "least_cost"
    false_positive: float
    false_negative: float

    def __post_init__(self) -> None:
        _check("false_positive", self.false_positive, math.inf)
        _check("false_negative", self.false_negative, math.inf)
        if not self.false_positive and not self.false_negative:
            raise ValueError("one of false_positive and false_negative must be over 0: if errors are free, any will do")

    def is_met(self, point: CurvePoint) -> bool:  # noqa: ARG002  (the other goals look at it)
        """Whether the threshold will do: any will."""
        return True

    def rank(self, point: CurvePoint) -> _Rank:
        """Of the thresholds that will do, the one with the highest rank is chosen."""
        cost = self.false_positive * point.false_positives + self.false_negative * point.false_negatives
        return -cost, point.f1_score, point.threshold

    def best_effort(self, point: CurvePoint) -> _Rank:
        """If none will do, the one with the highest of these is chosen."""
        return point.f1_score, point.threshold

    def __str__(self) -> str:
        return f"the least cost ({self.false_positive:g} a false positive, {self.false_negative:g} a false negative)"


Goal: TypeAlias = BestF1 | AtLeastPrecision | AtLeastRecall | LeastCost
"""What thresholds are to be good for."""

_KINDS: Mapping[str, type[Goal]] = {kind.kind: kind for kind in (BestF1, AtLeastPrecision, AtLeastRecall, LeastCost)}
_NEVER = 1.0


def _check(name: str, value: object, most: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number, got {type(value).__name__}")
    if not 0 <= value <= most or math.isinf(value):
        allowed = "0 or more" if math.isinf(most) else f"from 0 to {most:g}"
        raise ValueError(f"{name} must be {allowed}, got {value}")


def choose(goal: Goal, curve: Curve) -> tuple[float, bool] | None:
    """The threshold that serves a goal best.

    It is a confidence that was predicted, and so lets itself through.

    Args:
        goal: The goal.
        curve: The label's curve.

    Returns:
        The threshold, and whether it meets the goal; None if there is nothing to choose from.
    """
    points = list(curve.points)
    if isinstance(goal, LeastCost) and curve.positives and not (points and points[0].threshold >= _NEVER):
        points.append(CurvePoint(_NEVER, 0.0, 0.0, 0.0, 0, 0, curve.positives))
    good = [point for point in points if goal.is_met(point)]
    if good:
        return max(good, key=goal.rank).threshold, True
    best = max(points, key=goal.best_effort, default=None)
    return None if best is None or not best.true_positives else (best.threshold, False)


def goal_to_dict(goal: Goal) -> dict[str, Any]:
    """A dict of plain values for JSON."""
    return {"kind": goal.kind, **asdict(goal)}


def goal_from_dict(document: Mapping[str, Any]) -> Goal:
    """Reads what `goal_to_dict()` wrote.

    Raises:
        ValueError: It is no goal.
        TypeError: A value is no number.
    """
    kind = _KINDS.get(str(document.get("kind")))
    values = {name: value for name, value in document.items() if name != "kind"}
    if kind is None or values.keys() != set(_fields(kind)):
        known = "; ".join(f"{name} ({', '.join(_fields(kind)) or 'no more'})" for name, kind in _KINDS.items())
        raise ValueError(
            f"a goal is an object with one of these kinds and its values: {known}; got {printable(document, 200)}"
        )
    return kind(**values)


def _fields(kind: type[Goal]) -> Sequence[str]:
    return tuple(field.name for field in fields(kind))
