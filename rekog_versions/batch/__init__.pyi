from ._async.run import AsyncOutcomes as AsyncOutcomes, AsyncSubmission as AsyncSubmission
from ._sync.run import Outcomes as Outcomes, Submission as Submission
from .outcomes import (
    SubmissionOutcome as SubmissionOutcome,
    SubmissionReport as SubmissionReport,
    VersionOutcome as VersionOutcome,
)
from .run import as_trained as as_trained, submit_all as submit_all
