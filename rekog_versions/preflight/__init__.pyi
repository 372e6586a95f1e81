from .report import (
    Certainty as Certainty,
    PreflightCheck as PreflightCheck,
    PreflightFinding as PreflightFinding,
    PreflightReport as PreflightReport,
    PreflightVerdict as PreflightVerdict,
)
from .run import preflight as preflight
