from .report import (
    Certainty as Certainty,
)
from .report import (
    PreflightCheck as PreflightCheck,
)
from .report import (
    PreflightFinding as PreflightFinding,
)
from .report import (
    PreflightReport as PreflightReport,
)
from .report import (
    PreflightVerdict as PreflightVerdict,
)
from .run import preflight as preflight
