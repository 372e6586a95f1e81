from .drivers import (
    AsyncOutcomes as AsyncOutcomes,
    AsyncSubmission as AsyncSubmission,
    Outcomes as Outcomes,
    Submission as Submission,
    as_trained as as_trained,
    submit_all as submit_all,
)
from .outcomes import (
    SubmissionOutcome as SubmissionOutcome,
    SubmissionReport as SubmissionReport,
    VersionOutcome as VersionOutcome,
)
