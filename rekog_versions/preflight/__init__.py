"""What would fail, found before a training is paid for."""

from rekog_versions.preflight.report import (
    Certainty,
    PreflightCheck,
    PreflightFinding,
    PreflightReport,
    PreflightVerdict,
)
from rekog_versions.preflight.run import preflight

__all__ = [
    "Certainty",
    "PreflightCheck",
    "PreflightFinding",
    "PreflightReport",
    "PreflightVerdict",
    "preflight",
]
