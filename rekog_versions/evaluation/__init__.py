"""Judging a version: its evaluation, thresholds, and how it compares with others.

`get_evaluation(client, version)` reads what the service wrote about a version; `Evaluation.from_files()` reads local
files and needs no client.
"""

from rekog_versions.evaluation.by_label import ByLabel
from rekog_versions.evaluation.comparison import Comparison, Gates, GateVerdict, LabelChange, compare
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.goals import AtLeastPrecision, AtLeastRecall, BestF1, Goal, LeastCost
from rekog_versions.evaluation.metrics import Curve, CurvePoint, LabelMetrics, LabelSweep, Metrics, Sweep
from rekog_versions.evaluation.outcomes import Outcome, OutcomeKind, WorstImage
from rekog_versions.evaluation.reading import best_version, get_evaluation
from rekog_versions.evaluation.snapshot import Snapshot
from rekog_versions.evaluation.summary import ConfusedPair, ConfusionMatrix, LabelEvaluation, TrainingSummary
from rekog_versions.evaluation.thresholds import Averages, TunedLabel, TunedThresholds, TuningProblem, TuningWarning

__all__ = [
    "AtLeastPrecision",
    "AtLeastRecall",
    "Averages",
    "BestF1",
    "ByLabel",
    "Comparison",
    "ConfusedPair",
    "ConfusionMatrix",
    "Curve",
    "CurvePoint",
    "Evaluation",
    "GateVerdict",
    "Gates",
    "Goal",
    "LabelChange",
    "LabelEvaluation",
    "LabelMetrics",
    "LabelSweep",
    "LeastCost",
    "Metrics",
    "Outcome",
    "OutcomeKind",
    "Snapshot",
    "Sweep",
    "TrainingSummary",
    "TunedLabel",
    "TunedThresholds",
    "TuningProblem",
    "TuningWarning",
    "WorstImage",
    "best_version",
    "compare",
    "get_evaluation",
]
