"""Judging a version: its evaluation, thresholds, and how it compares with others.

`Evaluation.from_files()` needs no client, and no library beside msgspec.
"""

from rekog_versions.evaluation.by_label import ByLabel
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.metrics import Curve, CurvePoint, LabelMetrics, LabelSweep, Metrics, Sweep
from rekog_versions.evaluation.outcomes import Outcome, OutcomeKind, WorstImage
from rekog_versions.evaluation.summary import ConfusedPair, ConfusionMatrix, LabelEvaluation

__all__ = [
    "ByLabel",
    "ConfusedPair",
    "ConfusionMatrix",
    "Curve",
    "CurvePoint",
    "Evaluation",
    "LabelEvaluation",
    "LabelMetrics",
    "LabelSweep",
    "Metrics",
    "Outcome",
    "OutcomeKind",
    "Sweep",
    "WorstImage",
]
