from .adapter_results import (
    AdapterCounts as AdapterCounts,
    AdapterEvaluation as AdapterEvaluation,
    AdapterMetrics as AdapterMetrics,
    OutcomeCounts as OutcomeCounts,
)
from .by_label import ByLabel as ByLabel
from .coco_results import predictions_to_coco as predictions_to_coco
from .comparing import compare as compare
from .comparison import Comparison as Comparison, LabelChange as LabelChange
from .confusion_matrix import ConfusedPair as ConfusedPair, ConfusionMatrix as ConfusionMatrix
from .cross_validation import HeldOutMetrics as HeldOutMetrics
from .evaluation import Evaluation as Evaluation
from .from_versions import best_version as best_version, get_evaluation as get_evaluation
from .gates import Gates as Gates, GateVerdict as GateVerdict
from .goals import (
    AtLeastPrecision as AtLeastPrecision,
    AtLeastRecall as AtLeastRecall,
    BestF1 as BestF1,
    LeastCost as LeastCost,
    TuningGoal as TuningGoal,
)
from .intervals import (
    Interval as Interval,
    LabelIntervals as LabelIntervals,
    ModelIntervals as ModelIntervals,
)
from .label_studio_tasks import (
    label_studio_config as label_studio_config,
    predictions_to_label_studio as predictions_to_label_studio,
)
from .metrics import (
    CurvePoint as CurvePoint,
    LabelCurve as LabelCurve,
    LabelMetrics as LabelMetrics,
    LabelSweep as LabelSweep,
    ModelMetrics as ModelMetrics,
    ThresholdSweep as ThresholdSweep,
)
from .paired import PairedTest as PairedTest
from .prediction_export import WrittenPredictions as WrittenPredictions
from .predictions import (
    JudgedPrediction as JudgedPrediction,
    PredictionOutcome as PredictionOutcome,
    WorstImage as WorstImage,
)
from .snapshot import EvaluationSnapshot as EvaluationSnapshot
from .summary import LabelEvaluation as LabelEvaluation, TrainingSummary as TrainingSummary
from .support import (
    Discrepancy as Discrepancy,
    SnapshotSupport as SnapshotSupport,
    UnsupportedRange as UnsupportedRange,
)
from .tuning import (
    MeanMetrics as MeanMetrics,
    TunedLabel as TunedLabel,
    TunedThresholds as TunedThresholds,
    TuningProblem as TuningProblem,
    TuningWarning as TuningWarning,
)
