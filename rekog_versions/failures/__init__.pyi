from .explain import explain_failure as explain_failure
from .explanation import (
    FailureExplanation as FailureExplanation,
)
from .explanation import (
    FailureReason as FailureReason,
)
from .explanation import (
    LineErrors as LineErrors,
)
from .explanation import (
    LineExample as LineExample,
)
from .explanation import (
    NotRead as NotRead,
)
from .explanation import (
    ValidationStatistics as ValidationStatistics,
)
