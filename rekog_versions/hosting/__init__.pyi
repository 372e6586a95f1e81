from .costs import (
    CostRange as CostRange,
    Prices as Prices,
    TrainingCost as TrainingCost,
    TrainingCosts as TrainingCosts,
    training_cost as training_cost,
)
from .handles import (
    AsyncRunningModel as AsyncRunningModel,
    RunningModel as RunningModel,
)
from .inventory import (
    ActiveModel as ActiveModel,
    FailedLook as FailedLook,
    RunningModels as RunningModels,
)
from .overview import (
    StopAction as StopAction,
    StopAllError as StopAllError,
    StopOutcome as StopOutcome,
    StopReport as StopReport,
    running_models as running_models,
    stop_all as stop_all,
    training_costs as training_costs,
)
from .running import running as running
