"""Why a training failed, from the service's own files."""

from rekog_versions.diagnosis.explain import explain_failure
from rekog_versions.diagnosis.explanation import (
    FailureExplanation,
    FailureReason,
    LineErrors,
    LineExample,
    NotRead,
    ValidationStatistics,
)

__all__ = [
    "FailureExplanation",
    "FailureReason",
    "LineErrors",
    "LineExample",
    "NotRead",
    "ValidationStatistics",
    "explain_failure",
]
