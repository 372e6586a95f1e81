"""The statuses of the service.

The members are those of botocore's service model (`ProjectVersionStatus`, `ProjectStatus`, `DatasetStatus`); a test
compares them. The service adds statuses over the years, so a value that is not listed becomes a member too, which keeps
its value. `rekog_versions.waiting` defines what each status means for a wait.
"""

from enum import StrEnum
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
