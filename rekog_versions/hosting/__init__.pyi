from .costs import (
    CostRange as CostRange,
)
from .costs import (
    Prices as Prices,
)
from .costs import (
    TrainingCost as TrainingCost,
)
from .costs import (
    TrainingCosts as TrainingCosts,
)
from .costs import (
    training_cost as training_cost,
)
from .handles import (
    AsyncRunningModel as AsyncRunningModel,
)
from .handles import (
    RunningModel as RunningModel,
)
from .inventory import (
    ActiveModel as ActiveModel,
)
from .inventory import (
    FailedLook as FailedLook,
)
from .inventory import (
    RunningModels as RunningModels,
)
from .overview import (
    StopAction as StopAction,
)
from .overview import (
    StopAllError as StopAllError,
)
from .overview import (
    StopOutcome as StopOutcome,
)
from .overview import (
    StopReport as StopReport,
)
from .overview import (
    running_models as running_models,
)
from .overview import (
    stop_all as stop_all,
)
from .overview import (
    training_costs as training_costs,
)
from .running import running as running
