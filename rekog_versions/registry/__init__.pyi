from ._async.registry import AsyncRegistry as AsyncRegistry
from ._sync.registry import Registry as Registry
from .deployment_report import (
    DeploymentReport as DeploymentReport,
    RecoveredDeployment as RecoveredDeployment,
    Recovery as Recovery,
)
from .document import (
    EvaluationNumbers as EvaluationNumbers,
    HistoryEntry as HistoryEntry,
    PassedGates as PassedGates,
    RegistryAction as RegistryAction,
)
from .pruning import PruneAction as PruneAction, PruneOutcome as PruneOutcome, PruneReport as PruneReport
from .registry_errors import (
    AliasNotFoundError as AliasNotFoundError,
    DeploymentError as DeploymentError,
    PromotionRejectedError as PromotionRejectedError,
    RegistryConflictError as RegistryConflictError,
    RegistryDocumentError as RegistryDocumentError,
    RegistryError as RegistryError,
)
