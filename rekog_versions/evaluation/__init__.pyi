from .by_label import ByLabel as ByLabel
from .comparison import (
    Comparison as Comparison,
)
from .comparison import (
    Gates as Gates,
)
from .comparison import (
    GateVerdict as GateVerdict,
)
from .comparison import (
    LabelChange as LabelChange,
)
from .comparison import (
    compare as compare,
)
from .evaluation import Evaluation as Evaluation
from .goals import (
    AtLeastPrecision as AtLeastPrecision,
)
from .goals import (
    AtLeastRecall as AtLeastRecall,
)
from .goals import (
    BestF1 as BestF1,
)
from .goals import (
    Goal as Goal,
)
from .goals import (
    LeastCost as LeastCost,
)
from .metrics import (
    Curve as Curve,
)
from .metrics import (
    CurvePoint as CurvePoint,
)
from .metrics import (
    LabelMetrics as LabelMetrics,
)
from .metrics import (
    LabelSweep as LabelSweep,
)
from .metrics import (
    Metrics as Metrics,
)
from .metrics import (
    Sweep as Sweep,
)
from .outcomes import (
    Outcome as Outcome,
)
from .outcomes import (
    OutcomeKind as OutcomeKind,
)
from .outcomes import (
    WorstImage as WorstImage,
)
from .reading import (
    best_version as best_version,
)
from .reading import (
    get_evaluation as get_evaluation,
)
from .snapshot import Snapshot as Snapshot
from .summary import (
    ConfusedPair as ConfusedPair,
)
from .summary import (
    ConfusionMatrix as ConfusionMatrix,
)
from .summary import (
    LabelEvaluation as LabelEvaluation,
)
from .summary import (
    TrainingSummary as TrainingSummary,
)
from .thresholds import (
    Averages as Averages,
)
from .thresholds import (
    TunedLabel as TunedLabel,
)
from .thresholds import (
    TunedThresholds as TunedThresholds,
)
from .thresholds import (
    TuningProblem as TuningProblem,
)
from .thresholds import (
    TuningWarning as TuningWarning,
)
