from ._async.running import AsyncRunningModel as AsyncRunningModel
from ._sync.running import RunningModel as RunningModel
from .costs import (
    CostRange as CostRange,
    Prices as Prices,
    TrainingCost as TrainingCost,
    TrainingCosts as TrainingCosts,
    training_cost as training_cost,
)
from .functions import (
    running as running,
    running_models as running_models,
    stop_all as stop_all,
    training_costs as training_costs,
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
