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
    UnreadableFile as UnreadableFile,
)
from .explanation import (
    ValidationStatistics as ValidationStatistics,
)
