from .by_label import ByLabel as ByLabel
from .comparison import (
    Comparison as Comparison,
    GateVerdict as GateVerdict,
    Gates as Gates,
    LabelChange as LabelChange,
    compare as compare,
)
from .evaluation import Evaluation as Evaluation
from .goals import (
    AtLeastPrecision as AtLeastPrecision,
    AtLeastRecall as AtLeastRecall,
    BestF1 as BestF1,
    Goal as Goal,
    LeastCost as LeastCost,
)
from .metrics import (
    Curve as Curve,
    CurvePoint as CurvePoint,
    LabelMetrics as LabelMetrics,
    LabelSweep as LabelSweep,
    Metrics as Metrics,
    Sweep as Sweep,
)
from .outcomes import (
    Outcome as Outcome,
    OutcomeKind as OutcomeKind,
    WorstImage as WorstImage,
)
from .reading import (
    best_version as best_version,
    get_evaluation as get_evaluation,
)
from .snapshot import Snapshot as Snapshot
from .summary import (
    ConfusedPair as ConfusedPair,
    ConfusionMatrix as ConfusionMatrix,
    LabelEvaluation as LabelEvaluation,
    TrainingSummary as TrainingSummary,
)
from .thresholds import (
    Averages as Averages,
    TunedLabel as TunedLabel,
    TunedThresholds as TunedThresholds,
    TuningProblem as TuningProblem,
    TuningWarning as TuningWarning,
)
