from .drivers import (
    AsyncOutcomes as AsyncOutcomes,
)
from .drivers import (
    AsyncSubmission as AsyncSubmission,
)
from .drivers import (
    Outcomes as Outcomes,
)
from .drivers import (
    Submission as Submission,
)
from .drivers import (
    as_trained as as_trained,
)
from .drivers import (
    submit_all as submit_all,
)
from .outcomes import (
    SubmissionOutcome as SubmissionOutcome,
)
from .outcomes import (
    SubmissionReport as SubmissionReport,
)
from .outcomes import (
    VersionOutcome as VersionOutcome,
)
