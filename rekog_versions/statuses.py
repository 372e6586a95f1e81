"""The statuses of the service.

The members are those of botocore's service model (`ProjectVersionStatus`, `ProjectStatus`, `DatasetStatus`); a test
compares them. The service adds statuses over the years, so a value that is not listed becomes a member too, which keeps
its value. `rekog_versions.waiting` defines what each status means for a wait.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Self

__all__ = [
    "DatasetStatus",
    "OpenStrEnum",
    "ProjectStatus",
    "ProjectVersionStatus",
]


class OpenStrEnum(StrEnum):
    """A `StrEnum` that accepts values which are not listed.

    An unknown value becomes a member that is created once, so identity, equality, hash, copy, pickle and JSON behave as
    for listed members. `is_known` distinguishes them. Iteration and `len` cover the listed members only.
    """

    @property
    def is_known(self) -> bool:
        """True if the value is in the service model for which this release was written."""
        return self._name_ in type(self).__members__

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        # setdefault is atomic: two threads with the same new value get the same member
        return cls._value2member_map_.setdefault(member._value_, member)  # type: ignore[return-value]

    def __reduce_ex__(self, protocol: object) -> tuple[type[Self], tuple[str]]:
        return type(self), (self._value_,)


class ProjectVersionStatus(OpenStrEnum):
    """The status of a version: 14 values, and any that the service adds."""

    TRAINING_IN_PROGRESS = "TRAINING_IN_PROGRESS"
    TRAINING_COMPLETED = "TRAINING_COMPLETED"
    TRAINING_FAILED = "TRAINING_FAILED"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    FAILED = "FAILED"
    STOPPING = "STOPPING"
    STOPPED = "STOPPED"
    DELETING = "DELETING"
    COPYING_IN_PROGRESS = "COPYING_IN_PROGRESS"
    COPYING_COMPLETED = "COPYING_COMPLETED"
    COPYING_FAILED = "COPYING_FAILED"
    DEPRECATED = "DEPRECATED"
    EXPIRED = "EXPIRED"


class ProjectStatus(OpenStrEnum):
    """The status of a project."""

    CREATING = "CREATING"
    CREATED = "CREATED"
    DELETING = "DELETING"


class DatasetStatus(OpenStrEnum):
    """The status of a dataset."""

    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_COMPLETE = "CREATE_COMPLETE"
    CREATE_FAILED = "CREATE_FAILED"
    UPDATE_IN_PROGRESS = "UPDATE_IN_PROGRESS"
    UPDATE_COMPLETE = "UPDATE_COMPLETE"
    UPDATE_FAILED = "UPDATE_FAILED"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"


class Verdict(Enum):
    """What a status means to a wait."""

    REACHED = "reached"
    GO_ON = "go on"
    FAILED = "failed"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class WaitTarget:
    """What a wait waits for: a verdict for each of the 14 statuses, and the words for it.

    Where a call of our own has to come first (a start, a stop, a deletion), the answers of DescribeProjectVersions may
    lag behind it: statuses that the version may have had before the call are taken for old ones, for a short grace,
    until any other status was seen.
    """

    name: str
    """The end of the method's name: `trained` for `wait_until_trained`."""
    verdicts: Mapping[ProjectVersionStatus, Verdict]
    work: str
    """What goes on meanwhile: the training."""
    goes_on: str
    """What to know when the time was up: what goes on, what is billed. `{reference}` names the version in Python."""
    before: frozenset[ProjectVersionStatus] = frozenset()
    """The statuses that a version may have had before the call that begins it."""
    begun_by: str = ""
    """The client's method that begins it, where that is a call for a version that is there."""
    is_gone: bool = False
    """Whether a version that is not there (any more) is what was waited for."""

    def verdict(self, status: ProjectVersionStatus | None) -> Verdict:
        """What a status means here; one that is missing or unknown means to go on."""
        return Verdict.GO_ON if status is None else self.verdicts.get(status, Verdict.GO_ON)


_S = ProjectVersionStatus
_GO_ON, _REACHED, _FAILED, _NO_WAY = Verdict.GO_ON, Verdict.REACHED, Verdict.FAILED, Verdict.UNREACHABLE

TRAINED = WaitTarget(
    "trained",
    {
        _S.TRAINING_IN_PROGRESS: _GO_ON,
        _S.TRAINING_COMPLETED: _REACHED,
        _S.TRAINING_FAILED: _FAILED,
        # whatever follows a completed training proves that there was one
        _S.STARTING: _REACHED,
        _S.RUNNING: _REACHED,
        _S.FAILED: _REACHED,  # the start of the trained model failed, not the training
        _S.STOPPING: _REACHED,
        _S.STOPPED: _REACHED,
        _S.COPYING_COMPLETED: _REACHED,
        _S.DEPRECATED: _REACHED,
        # a copy is never trained where it is; what is deleted or expired won't be any more
        _S.COPYING_IN_PROGRESS: _NO_WAY,
        _S.COPYING_FAILED: _NO_WAY,
        _S.DELETING: _NO_WAY,
        _S.EXPIRED: _NO_WAY,
    },
    work="training",
    goes_on="The training goes on and is billed.",
)

RUNNING = WaitTarget(
    "running",
    {
        _S.STARTING: _GO_ON,
        _S.RUNNING: _REACHED,
        _S.FAILED: _FAILED,
        # nobody has started it, or somebody has stopped it
        _S.TRAINING_COMPLETED: _NO_WAY,
        _S.COPYING_COMPLETED: _NO_WAY,
        _S.STOPPING: _NO_WAY,
        _S.STOPPED: _NO_WAY,
        # there is no model to start (any more)
        _S.TRAINING_IN_PROGRESS: _NO_WAY,
        _S.TRAINING_FAILED: _NO_WAY,
        _S.COPYING_IN_PROGRESS: _NO_WAY,
        _S.COPYING_FAILED: _NO_WAY,
        _S.DELETING: _NO_WAY,
        _S.DEPRECATED: _NO_WAY,
        _S.EXPIRED: _NO_WAY,
    },
    work="start",
    goes_on="The start goes on, and the model is billed until client.stop_project_version({reference}) stops it.",
    before=frozenset({_S.TRAINING_COMPLETED, _S.COPYING_COMPLETED, _S.STOPPED, _S.FAILED}),
    begun_by="start_project_version",
)

STOPPED = WaitTarget(
    "stopped",
    {
        _S.STOPPING: _GO_ON,
        _S.STOPPED: _REACHED,
        # a model whose start failed does not run and is not billed: nothing is left to stop
        _S.FAILED: _REACHED,
        # nobody has stopped it
        _S.STARTING: _NO_WAY,
        _S.RUNNING: _NO_WAY,
        # it was never started; to call that stopped would hide that another version was meant
        _S.TRAINING_COMPLETED: _NO_WAY,
        _S.COPYING_COMPLETED: _NO_WAY,
        _S.TRAINING_IN_PROGRESS: _NO_WAY,
        _S.TRAINING_FAILED: _NO_WAY,
        _S.COPYING_IN_PROGRESS: _NO_WAY,
        _S.COPYING_FAILED: _NO_WAY,
        _S.DELETING: _NO_WAY,
        _S.DEPRECATED: _NO_WAY,
        _S.EXPIRED: _NO_WAY,
    },
    work="stop",
    goes_on="The stop goes on; the model is billed until it has stopped.",
    before=frozenset({_S.RUNNING}),
    begun_by="stop_project_version",
)

COPIED = WaitTarget(
    "copied",
    {
        _S.COPYING_IN_PROGRESS: _GO_ON,
        _S.COPYING_COMPLETED: _REACHED,
        _S.COPYING_FAILED: _FAILED,
        # whatever follows a completed copy proves that there was one
        _S.STARTING: _REACHED,
        _S.RUNNING: _REACHED,
        _S.FAILED: _REACHED,  # the start of the copied model failed, not the copying
        _S.STOPPING: _REACHED,
        _S.STOPPED: _REACHED,
        _S.DEPRECATED: _REACHED,
        # it was made by a training, not by a copy; what is deleted or expired is no copy any more
        _S.TRAINING_IN_PROGRESS: _NO_WAY,
        _S.TRAINING_COMPLETED: _NO_WAY,
        _S.TRAINING_FAILED: _NO_WAY,
        _S.DELETING: _NO_WAY,
        _S.EXPIRED: _NO_WAY,
    },
    work="copying",
    goes_on="The copying goes on.",
)

DELETED = WaitTarget(
    "deleted",
    {
        _S.DELETING: _GO_ON,
        # nobody has deleted it
        _S.TRAINING_COMPLETED: _NO_WAY,
        _S.TRAINING_FAILED: _NO_WAY,
        _S.FAILED: _NO_WAY,
        _S.STOPPED: _NO_WAY,
        _S.COPYING_COMPLETED: _NO_WAY,
        _S.COPYING_FAILED: _NO_WAY,
        _S.DEPRECATED: _NO_WAY,
        _S.EXPIRED: _NO_WAY,
        # it can't be deleted as it is
        _S.TRAINING_IN_PROGRESS: _NO_WAY,
        _S.STARTING: _NO_WAY,
        _S.RUNNING: _NO_WAY,
        _S.STOPPING: _NO_WAY,
        _S.COPYING_IN_PROGRESS: _NO_WAY,
    },
    work="deletion",
    goes_on="The deletion goes on.",
    before=frozenset(
        {
            _S.TRAINING_COMPLETED,
            _S.TRAINING_FAILED,
            _S.FAILED,
            _S.STOPPED,
            _S.COPYING_COMPLETED,
            _S.COPYING_FAILED,
            _S.DEPRECATED,
            _S.EXPIRED,
        }
    ),
    begun_by="delete_project_version",
    is_gone=True,
)


@dataclass(frozen=True, slots=True)
class DatasetTarget:
    """What a wait for a dataset waits for: a verdict for each of its statuses, and the words for it."""

    name: str
    """The end of the method's name: `ready` for `wait_until_dataset_ready`."""
    verdicts: Mapping[DatasetStatus, Verdict]
    work: str
    """What goes on meanwhile."""
    before: frozenset[DatasetStatus] = frozenset()
    """The statuses that a dataset may have had before the call that begins it; see `WaitTarget`."""
    is_gone: bool = False
    """Whether a dataset that is not there (any more) is what was waited for."""

    def verdict(self, status: DatasetStatus | None) -> Verdict:
        """What a status means here; one that is missing or unknown means to go on."""
        return Verdict.GO_ON if status is None else self.verdicts.get(status, Verdict.GO_ON)


_D = DatasetStatus

DATASET_READY = DatasetTarget(
    "ready",
    {
        _D.CREATE_IN_PROGRESS: _GO_ON,
        _D.UPDATE_IN_PROGRESS: _GO_ON,
        _D.CREATE_COMPLETE: _REACHED,
        _D.UPDATE_COMPLETE: _REACHED,
        _D.CREATE_FAILED: _FAILED,
        _D.UPDATE_FAILED: _FAILED,
        _D.DELETE_IN_PROGRESS: _NO_WAY,
    },
    work="creation or update",
)

DATASET_DELETED = DatasetTarget(
    "deleted",
    {
        _D.DELETE_IN_PROGRESS: _GO_ON,
        # nobody has deleted it
        _D.CREATE_COMPLETE: _NO_WAY,
        _D.UPDATE_COMPLETE: _NO_WAY,
        _D.CREATE_FAILED: _NO_WAY,
        _D.UPDATE_FAILED: _NO_WAY,
        # it can't be deleted as it is
        _D.CREATE_IN_PROGRESS: _NO_WAY,
        _D.UPDATE_IN_PROGRESS: _NO_WAY,
    },
    work="deletion",
    before=frozenset({_D.CREATE_COMPLETE, _D.UPDATE_COMPLETE, _D.CREATE_FAILED, _D.UPDATE_FAILED}),
    is_gone=True,
)

BEGINS_WITH_TRAINING = frozenset({_S.TRAINING_IN_PROGRESS, _S.TRAINING_COMPLETED, _S.TRAINING_FAILED})
"""The statuses that a version made by CreateProjectVersion has before anybody does anything else with it."""
BEGINS_WITH_COPYING = frozenset({_S.COPYING_IN_PROGRESS, _S.COPYING_COMPLETED, _S.COPYING_FAILED})
"""The statuses that a version made by CopyProjectVersion has before anybody does anything else with it."""
