from .explain import explain_failure as explain_failure
from .explanation import (
    FailureExplanation as FailureExplanation,
    FailureReason as FailureReason,
    LineErrors as LineErrors,
    LineExample as LineExample,
    UnreadableFile as UnreadableFile,
    ValidationStatistics as ValidationStatistics,
)
