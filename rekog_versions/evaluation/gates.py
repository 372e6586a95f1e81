"""The gates that a new version must pass, and their verdict."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from rekog_versions._json import JsonResult
from rekog_versions.evaluation.intervals import check_confidence


@dataclass(frozen=True, slots=True)
class Gates(JsonResult):
    """The conditions under which a new version may replace an old one.

    Numbers are from 0 to 1; None switches a gate off. A gate fails if the metric that it needs is not known.

        Gates(min_f1=0.8, confidence=0.95)   # the 95 % interval of the F1 score begins at 0.8 or above
        Gates(not_worse_by=0.02)             # with confidence, the F1 score has not fallen by 0.02 or more

    Attributes:
        min_f1: The lowest F1 score over all labels.
        min_precision: The lowest precision over all labels.
        min_recall: The lowest recall over all labels.
        min_label_f1: The lowest F1 score of every label of the new version.
        max_drop: The largest fall of the F1 score over all labels.
        max_label_drop: The largest fall of the F1 score of any label of the old version.
        may_lose_labels: True if the new version may lack labels of the old one.
        same_test_set: True if both versions must have been tested on the same images.
        confidence: With a confidence such as 0.95, the lowest scores apply to the lower limits of the confidence
            intervals instead of to the scores. None applies them to the scores.
        not_worse_by: The margin of a test that the new version is not worse than the old one (non-inferiority). The
            interval of the difference of the F1 scores, on the same images, must be above minus this margin. Its
            confidence is `confidence`, or else that of the comparison.

    Raises:
        ValueError: A gate is not from 0 to 1.
        TypeError: A gate is not a number.
    """

    min_f1: float | None = None
    min_precision: float | None = None
    min_recall: float | None = None
    min_label_f1: float | None = None
    max_drop: float | None = None
    max_label_drop: float | None = None
    may_lose_labels: bool = False
    same_test_set: bool = False
    confidence: float | None = None
    not_worse_by: float | None = None

    def __post_init__(self) -> None:
        for gate in fields(self):
            value: object = getattr(self, gate.name)
            if gate.name in _SWITCHES:
                if not isinstance(value, bool):
                    raise TypeError(f"{gate.name} must be True or False, got {type(value).__name__}")
            elif value is not None:
                if isinstance(value, bool) or not isinstance(value, int | float):
                    raise TypeError(f"{gate.name} must be a number from 0 to 1, got {type(value).__name__}")
                if not 0 <= value <= 1:
                    raise ValueError(f"{gate.name} must be from 0 to 1, got {value}")
        if self.confidence is not None:
            check_confidence(self.confidence)


_SWITCHES = frozenset({"may_lose_labels", "same_test_set"})


@dataclass(frozen=True, slots=True)
class GateVerdict(JsonResult):
    """The result of checking the gates.

    Attributes:
        passed: True if the version passed every gate.
        reasons: A reason for each gate that failed; printable.
    """

    passed: bool
    reasons: Sequence[str]

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        return "\n".join(["passed" if self.passed else "FAILED", *(f"  {reason}" for reason in self.reasons)])
