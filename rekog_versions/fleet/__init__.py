"""Many at once: waiting for any number of versions, and keeping as many trainings going as the account allows.

as_trained(client, versions)     yields each version as its training ends
submit_all(client, requests)     starts each training exactly once, as slots become free, and yields each as it ends

planning      no I/O: which calls find many versions with the fewest of them
pacing        no I/O: how fast calls may follow each other
outcomes      what is yielded, and the report
tracking      no I/O: the wait for many versions, a `waiting.Watch` for each
origins       no I/O: whether a version that is there was made of a request
submitting    no I/O: which training is started when
drivers       the two functions, for both clients
"""

from rekog_versions.fleet.drivers import AsyncOutcomes, AsyncSubmission, Outcomes, Submission, as_trained, submit_all
from rekog_versions.fleet.outcomes import SubmissionOutcome, SubmissionReport, VersionOutcome

__all__ = [
    "AsyncOutcomes",
    "AsyncSubmission",
    "Outcomes",
    "Submission",
    "SubmissionOutcome",
    "SubmissionReport",
    "VersionOutcome",
    "as_trained",
    "submit_all",
]
