from ._async.running import AsyncRunningModel as AsyncRunningModel
from ._sync.running import RunningModel as RunningModel
from .bulk.detected_images import (
    DetectedImage as DetectedImage,
    Detections as Detections,
    FailedImage as FailedImage,
    apply_thresholds as apply_thresholds,
    read_detections as read_detections,
)
from .bulk.detection_exports import DetectionRow as DetectionRow
from .bulk.functions import detect_all as detect_all, measure_capacity as measure_capacity
from .bulk.image_lines import detect_line as detect_line
from .bulk.measurement import CapacityMeasurement as CapacityMeasurement, MeasurementPlan as MeasurementPlan
from .bulk.progress_report import BulkProgress as BulkProgress, BulkReport as BulkReport
from .bulk.shared_rate import SharedRate as SharedRate
from .costs import (
    CostRange as CostRange,
    Prices as Prices,
    TrainingCost as TrainingCost,
    TrainingCosts as TrainingCosts,
    training_cost as training_cost,
)
from .functions import (
    hosting_costs as hosting_costs,
    idle_models as idle_models,
    running as running,
    running_models as running_models,
    stop_all as stop_all,
    training_costs as training_costs,
)
from .hosted_time import (
    HostedDay as HostedDay,
    HostedModel as HostedModel,
    HostingCosts as HostingCosts,
    IdleModels as IdleModels,
    Idleness as Idleness,
    ModelUse as ModelUse,
)
from .overview import (
    ActiveModel as ActiveModel,
    FailedLookup as FailedLookup,
    RunningModels as RunningModels,
    StopAction as StopAction,
    StopAllError as StopAllError,
    StopOutcome as StopOutcome,
    StopReport as StopReport,
)
from .units import UnitsAdvice as UnitsAdvice, UnitsOption as UnitsOption, advise_units as advise_units
