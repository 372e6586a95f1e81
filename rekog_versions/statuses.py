"""The statuses of the service, and what each of them means to a wait.

The members are those of botocore's service model (`ProjectVersionStatus`, `ProjectStatus`, `DatasetStatus`); a test
holds them together. The service adds statuses over the years, so a status that is not listed becomes a member of its
own that keeps its value, and a wait treats it as "go on, and say so once".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Self


class OpenStrEnum(StrEnum):
    """A `StrEnum` that takes values it has not heard of.

    An unknown value becomes a member of its own, made once: identity, equality, hash, copy, pickle and JSON hold as
    for the listed ones. `is_known` tells them apart; iteration and `len` see the listed ones only.
    """

    @property
    def is_known(self) -> bool:
        """Whether the value stands in the service model that this version of the package was written for."""
        return self._name_ in type(self).__members__

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        # setdefault is atomic: two threads that meet the same new value get the same member
        return cls._value2member_map_.setdefault(member._value_, member)  # type: ignore[return-value]

    def __reduce_ex__(self, protocol: object) -> tuple[type[Self], tuple[str]]:
        return type(self), (self._value_,)


class ProjectVersionStatus(OpenStrEnum):
    """Where a version stands: 14 statuses, and whatever the service adds."""

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
    """Where a project stands."""

    CREATING = "CREATING"
    CREATED = "CREATED"
    DELETING = "DELETING"


class DatasetStatus(OpenStrEnum):
    """Where a dataset stands."""

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
    """What a wait waits for: a verdict for each of the 14 statuses."""

    name: str
    """The end of the method's name: `trained` for `wait_until_trained`."""
    verdicts: Mapping[ProjectVersionStatus, Verdict]

    def verdict(self, status: ProjectVersionStatus | None) -> Verdict:
        """What a status means here; one that is missing or unknown means to go on."""
        return Verdict.GO_ON if status is None else self.verdicts.get(status, Verdict.GO_ON)


_S = ProjectVersionStatus

TRAINED = WaitTarget(
    "trained",
    {
        _S.TRAINING_IN_PROGRESS: Verdict.GO_ON,
        _S.TRAINING_COMPLETED: Verdict.REACHED,
        _S.TRAINING_FAILED: Verdict.FAILED,
        # whatever follows a completed training proves that there was one
        _S.STARTING: Verdict.REACHED,
        _S.RUNNING: Verdict.REACHED,
        _S.FAILED: Verdict.REACHED,  # the start of the trained model failed, not the training
        _S.STOPPING: Verdict.REACHED,
        _S.STOPPED: Verdict.REACHED,
        _S.COPYING_COMPLETED: Verdict.REACHED,
        _S.DEPRECATED: Verdict.REACHED,
        # a copy is never trained where it is; what is deleted or expired won't be any more
        _S.COPYING_IN_PROGRESS: Verdict.UNREACHABLE,
        _S.COPYING_FAILED: Verdict.UNREACHABLE,
        _S.DELETING: Verdict.UNREACHABLE,
        _S.EXPIRED: Verdict.UNREACHABLE,
    },
)

BEGINS_WITH_TRAINING = frozenset({_S.TRAINING_IN_PROGRESS, _S.TRAINING_COMPLETED, _S.TRAINING_FAILED})
"""The statuses that a version made by CreateProjectVersion has before anybody does anything else with it."""
