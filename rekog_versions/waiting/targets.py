"""The wait targets: one record for each wait, with the meaning of every status, the defaults, and the texts.

Sources: the statuses are those of botocore's service model; how long the operations take is from the Custom Labels
developer guide ("Training a model": 30 minutes to 24 hours).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from rekog_versions.errors import (
    CopyFailedError,
    DatasetFailedError,
    StartFailedError,
    TrainingFailedError,
    WaitError,
)
from rekog_versions.statuses import DatasetStatus, OpenStrEnum, ProjectVersionStatus
from rekog_versions.waiting.schedule import Schedule

StatusT = TypeVar("StatusT", bound=OpenStrEnum)


class Verdict(Enum):
    """The meaning of a status for a wait."""

    REACHED = "reached"
    PENDING = "pending"
    FAILED = "failed"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Generic[StatusT]):
    """The target of a wait.

    Attributes:
        name: The last word of the client's method, such as `trained` in `wait_until_trained`.
        work: The operation in progress, such as "training".
        verdicts: The meaning of each status. A missing or unknown status means `PENDING`.
        timeout: The default timeout in seconds.
        schedule: The default schedule.
        continues: A sentence for the timeout message: what continues, and what is billed. `{reference}` stands for the
            version as a Python expression.
        before: The statuses from before the call that began the work. Responses can lag behind that call, so these
            statuses are only believed after a grace period, or once any other status was seen.
        begun_by: The client's method that begins the work, if it is a call on an existing resource.
        is_deletion: True if the target is reached when the resource does not exist (any more).
        error: The error for a failed status.
        why_failed: The text of that error. `{name}` stands for the resource, `{reference}` for the resource as a Python
            expression, `{status}` for its status, `{reason}` for the service's reason and `{files}` for the
            validation files.
    """

    name: str
    work: str
    verdicts: Mapping[StatusT, Verdict]
    timeout: float
    schedule: Schedule
    continues: str
    before: frozenset[StatusT] = frozenset()
    begun_by: str = ""
    is_deletion: bool = False
    error: type[WaitError] = WaitError
    why_failed: str = ""

    def verdict(self, status: StatusT | None) -> Verdict:
        """Return the meaning of a status."""
        return Verdict.PENDING if status is None else self.verdicts.get(status, Verdict.PENDING)


S = ProjectVersionStatus
D = DatasetStatus
REACHED, PENDING, FAILED, UNREACHABLE = Verdict.REACHED, Verdict.PENDING, Verdict.FAILED, Verdict.UNREACHABLE

HOSTING_SCHEDULE = Schedule(first=5.0, most=30.0)
"""For models that start, stop or are deleted. That takes minutes, and a running model is billed by the minute."""

TRAINED = Target(
    name="trained",
    work="training",
    verdicts={
        S.TRAINING_IN_PROGRESS: PENDING,
        S.TRAINING_COMPLETED: REACHED,
        S.TRAINING_FAILED: FAILED,
        # these statuses follow a completed training
        S.STARTING: REACHED,
        S.RUNNING: REACHED,
        S.FAILED: REACHED,  # the start of the trained model failed
        S.STOPPING: REACHED,
        S.STOPPED: REACHED,
        S.COPYING_COMPLETED: REACHED,
        S.DEPRECATED: REACHED,
        # an unfinished copy is not trained in its project, and a deleted or expired version is gone
        S.COPYING_IN_PROGRESS: UNREACHABLE,
        S.COPYING_FAILED: UNREACHABLE,
        S.DELETING: UNREACHABLE,
        S.EXPIRED: UNREACHABLE,
    },
    timeout=25 * 3600.0,
    schedule=Schedule(),
    continues="The training continues and is billed.",
    error=TrainingFailedError,
    why_failed=(
        "the training of {name} failed: {reason} ({files}. For the causes and the next steps, call "
        "rekog_versions.failures.explain_failure(client, {reference}). A failed training is not billed. Its name stays "
        "taken: delete the version, or choose another name for the next attempt.)"
    ),
)

RUNNING = Target(
    name="running",
    work="start",
    verdicts={
        S.STARTING: PENDING,
        S.RUNNING: REACHED,
        S.FAILED: FAILED,
        # the model was not started, or was stopped
        S.TRAINING_COMPLETED: UNREACHABLE,
        S.COPYING_COMPLETED: UNREACHABLE,
        S.STOPPING: UNREACHABLE,
        S.STOPPED: UNREACHABLE,
        # there is no model to start
        S.TRAINING_IN_PROGRESS: UNREACHABLE,
        S.TRAINING_FAILED: UNREACHABLE,
        S.COPYING_IN_PROGRESS: UNREACHABLE,
        S.COPYING_FAILED: UNREACHABLE,
        S.DELETING: UNREACHABLE,
        S.DEPRECATED: UNREACHABLE,
        S.EXPIRED: UNREACHABLE,
    },
    # users report 5 to 30 minutes; botocore's waiter gives up after 20, when the model may be about to run
    timeout=3600.0,
    schedule=HOSTING_SCHEDULE,
    continues=("The start continues, and the model is billed until client.stop_project_version({reference}) stops it."),
    before=frozenset({S.TRAINING_COMPLETED, S.COPYING_COMPLETED, S.STOPPED, S.FAILED}),
    begun_by="start_project_version",
    error=StartFailedError,
    why_failed=(
        "the start of {name} failed: {reason} (The model is not running and is not billed. Call "
        "client.start_project_version({reference}) to try again.)"
    ),
)

STOPPED = Target(
    name="stopped",
    work="stop",
    verdicts={
        S.STOPPING: PENDING,
        S.STOPPED: REACHED,
        S.FAILED: REACHED,  # a model whose start failed is not running and is not billed
        # the model was not stopped
        S.STARTING: UNREACHABLE,
        S.RUNNING: UNREACHABLE,
        # the model was never started; to call it stopped would hide that another version was meant
        S.TRAINING_COMPLETED: UNREACHABLE,
        S.COPYING_COMPLETED: UNREACHABLE,
        S.TRAINING_IN_PROGRESS: UNREACHABLE,
        S.TRAINING_FAILED: UNREACHABLE,
        S.COPYING_IN_PROGRESS: UNREACHABLE,
        S.COPYING_FAILED: UNREACHABLE,
        S.DELETING: UNREACHABLE,
        S.DEPRECATED: UNREACHABLE,
        S.EXPIRED: UNREACHABLE,
    },
    timeout=1800.0,  # a stop takes minutes, and the caller must learn soon that billing has not ended
    schedule=HOSTING_SCHEDULE,
    continues="The stop continues; the model is billed until it has stopped.",
    before=frozenset({S.RUNNING}),
    begun_by="stop_project_version",
)

COPIED = Target(
    name="copied",
    work="copying",
    verdicts={
        S.COPYING_IN_PROGRESS: PENDING,
        S.COPYING_COMPLETED: REACHED,
        S.COPYING_FAILED: FAILED,
        # these statuses follow a completed copy
        S.STARTING: REACHED,
        S.RUNNING: REACHED,
        S.FAILED: REACHED,  # the start of the copied model failed
        S.STOPPING: REACHED,
        S.STOPPED: REACHED,
        S.DEPRECATED: REACHED,
        # the version was trained and not copied, or it is gone
        S.TRAINING_IN_PROGRESS: UNREACHABLE,
        S.TRAINING_COMPLETED: UNREACHABLE,
        S.TRAINING_FAILED: UNREACHABLE,
        S.DELETING: UNREACHABLE,
        S.EXPIRED: UNREACHABLE,
    },
    timeout=6 * 3600.0,  # files are copied and encrypted; the service documents no duration
    schedule=Schedule(first=10.0, most=60.0),
    continues="The copying continues.",
    error=CopyFailedError,
    why_failed=(
        "the copying of {name} failed: {reason} (Its name stays taken: delete the version, or choose another name for "
        "the next attempt.)"
    ),
)

_DELETABLE = frozenset(
    {
        S.TRAINING_COMPLETED,
        S.TRAINING_FAILED,
        S.FAILED,
        S.STOPPED,
        S.COPYING_COMPLETED,
        S.COPYING_FAILED,
        S.DEPRECATED,
        S.EXPIRED,
    }
)

DELETED = Target(
    name="deleted",
    work="deletion",
    verdicts={
        S.DELETING: PENDING,
        # the version was not deleted
        **dict.fromkeys(_DELETABLE, UNREACHABLE),
        # the version cannot be deleted in this status
        S.TRAINING_IN_PROGRESS: UNREACHABLE,
        S.STARTING: UNREACHABLE,
        S.RUNNING: UNREACHABLE,
        S.STOPPING: UNREACHABLE,
        S.COPYING_IN_PROGRESS: UNREACHABLE,
    },
    timeout=1800.0,
    schedule=HOSTING_SCHEDULE,
    continues="The deletion continues.",
    before=_DELETABLE,
    begun_by="delete_project_version",
    is_deletion=True,
)

DATASET_TIMEOUT = 2 * 3600.0
"""Seconds; the service documents no duration, and a dataset can have 250,000 images."""
DATASET_SCHEDULE = Schedule(first=2.0, most=30.0)
"""For datasets; a small one takes seconds."""

DATASET_READY = Target(
    name="dataset_ready",
    work="creation or update",
    verdicts={
        D.CREATE_IN_PROGRESS: PENDING,
        D.UPDATE_IN_PROGRESS: PENDING,
        D.CREATE_COMPLETE: REACHED,
        D.UPDATE_COMPLETE: REACHED,
        D.CREATE_FAILED: FAILED,
        D.UPDATE_FAILED: FAILED,
        D.DELETE_IN_PROGRESS: UNREACHABLE,
    },
    timeout=DATASET_TIMEOUT,
    schedule=DATASET_SCHEDULE,
    continues="Its creation or update continues.",
    error=DatasetFailedError,
    why_failed=(
        "{name} is {status}: {reason} (Errors of single lines do not fail a dataset; "
        "client.iter_dataset_entries({reference}, has_errors=True) lists them.)"
    ),
)

_DELETABLE_DATASET = frozenset({D.CREATE_COMPLETE, D.UPDATE_COMPLETE, D.CREATE_FAILED, D.UPDATE_FAILED})

DATASET_DELETED = Target(
    name="dataset_deleted",
    work="deletion",
    verdicts={
        D.DELETE_IN_PROGRESS: PENDING,
        # the dataset was not deleted
        **dict.fromkeys(_DELETABLE_DATASET, UNREACHABLE),
        # the dataset cannot be deleted in this status
        D.CREATE_IN_PROGRESS: UNREACHABLE,
        D.UPDATE_IN_PROGRESS: UNREACHABLE,
    },
    timeout=DATASET_TIMEOUT,
    schedule=DATASET_SCHEDULE,
    continues="Its deletion continues.",
    before=_DELETABLE_DATASET,
    begun_by="delete_dataset",
    is_deletion=True,
)

STARTS_WITH_TRAINING = frozenset({S.TRAINING_IN_PROGRESS, S.TRAINING_COMPLETED, S.TRAINING_FAILED})
"""The statuses of a version made by CreateProjectVersion before any other call changes it."""
STARTS_WITH_COPYING = frozenset({S.COPYING_IN_PROGRESS, S.COPYING_COMPLETED, S.COPYING_FAILED})
"""The statuses of a version made by CopyProjectVersion before any other call changes it."""
