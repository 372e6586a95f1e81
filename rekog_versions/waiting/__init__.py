"""Waiting without I/O: what one look decides, when the next is due, and what to say when a wait ends."""

from rekog_versions.waiting.datasets import DATASET_SCHEDULE, DATASET_TIMEOUT, DatasetPoll, DatasetWatch
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.versions import (
    COPIED_TIMEOUT,
    COPYING_SCHEDULE,
    DELETED_TIMEOUT,
    HOSTING_SCHEDULE,
    RUNNING_TIMEOUT,
    STOPPED_TIMEOUT,
    TRAINING_SCHEDULE,
    TRAINING_TIMEOUT,
    Poll,
    Watch,
)
from rekog_versions.waiting.watching import GRACE, MISSING_DELAY, Watching

__all__ = [
    "COPIED_TIMEOUT",
    "COPYING_SCHEDULE",
    "DATASET_SCHEDULE",
    "DATASET_TIMEOUT",
    "DELETED_TIMEOUT",
    "GRACE",
    "HOSTING_SCHEDULE",
    "MISSING_DELAY",
    "RUNNING_TIMEOUT",
    "STOPPED_TIMEOUT",
    "TRAINING_SCHEDULE",
    "TRAINING_TIMEOUT",
    "DatasetPoll",
    "DatasetWatch",
    "Poll",
    "Schedule",
    "Watch",
    "Watching",
]
