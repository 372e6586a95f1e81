"""What would fail, found before a training is paid for."""

from rekog_versions.readiness.report import (
    Certainty,
    PreflightCheck,
    PreflightFinding,
    PreflightReport,
    PreflightVerdict,
)
from rekog_versions.readiness.run import preflight

__all__ = [
    "Certainty",
    "PreflightCheck",
    "PreflightFinding",
    "PreflightReport",
    "PreflightVerdict",
    "preflight",
]
