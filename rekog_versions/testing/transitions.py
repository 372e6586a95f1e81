"""When statuses change: after a number of describe calls, after some seconds, or at once.

moto's state manager holds the defaults for the whole process, which can be set over HTTP. For example, the model name
`TRAINING` takes `{"progression": "manual", "times": 2, "outcome": "TRAINING_FAILED", "message": "..."}`, and `DATASET`
takes `{"progression": "time", "seconds": 60, "outcome": "SERVICE_ERROR"}`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar, cast

from moto.moto_api import state_manager

from rekog_versions.testing import clock
from rekog_versions.testing.exceptions import InternalServerError

# the model names of the state manager
TRAINING = "rekognition::custom-labels-training"
HOSTING = "rekognition::custom-labels-hosting"  # starts and stops
COPYING = "rekognition::custom-labels-copying"
VERSION_DELETION = "rekognition::custom-labels-version-deletion"
PROJECT_DELETION = "rekognition::custom-labels-project-deletion"
DATASET = "rekognition::custom-labels-dataset"  # creations, updates, distributions and deletions

TrainingOutcome = Literal["TRAINING_COMPLETED", "TRAINING_FAILED"]
HostingOutcome = Literal["RUNNING", "FAILED"]
"""The outcome of a start. A stop always succeeds."""
CopyingOutcome = Literal["COPYING_COMPLETED", "COPYING_FAILED"]
DatasetOutcome = Literal["SUCCESS", "CLIENT_ERROR", "SERVICE_ERROR"]
"""The StatusMessageCode of a dataset. The two errors make its creation or update fail."""

AT_ONCE = {"progression": "immediate"}


@dataclass(frozen=True)
class Transition:
    """When a status ends, and its outcome. There is one subclass for each model name of the state manager.

    Raises:
        TypeError: A value has the wrong type.
        ValueError: A value is out of range, or two values contradict each other.
    """

    times: int | None = None
    """The number of the describe call that finds the status ended, counted from 1."""
    seconds: float | None = None
    """How long the status lasts. Without `times` and `seconds`, it ends at once."""
    outcome: str | None = None
    """The outcome, or None where only one is possible."""
    message: str | None = None
    """The StatusMessage. None means the service's own."""

    MODEL_NAME: ClassVar[str]
    """The name under which the state manager holds the default."""
    SUBJECT: ClassVar[str]
    """The name of the process, for error messages."""
    OUTCOMES: ClassVar[tuple[str | None, ...]] = (None,)
    """The possible outcomes. The first one is the default."""

    def __post_init__(self) -> None:
        if self.times is not None and self.seconds is not None:
            raise ValueError(
                "times and seconds must not be given together: "
                f"a {self.SUBJECT} ends either after describe calls or after some time"
            )
        _check_number("times", self.times, (int,), 1, f"the describe call that finds the {self.SUBJECT} ended")
        _check_number("seconds", self.seconds, (int, float), 0, f"how long the {self.SUBJECT} takes")
        if self.outcome not in self.OUTCOMES:
            allowed = " or ".join(str(outcome) for outcome in self.OUTCOMES)
            raise ValueError(f"outcome must be {allowed}, got {self.outcome!r}")
        if not isinstance(cast("object", self.message), str | None):
            raise TypeError(f"message must be a string, got {self.message!r}")

    @classmethod
    def default(cls) -> Self:
        """Return the default that moto's state manager holds.

        Raises:
            InternalServerError: The default is malformed. The state manager accepts anything.
        """
        try:
            return cls.from_config(state_manager.get_transition(cls.MODEL_NAME))
        except (TypeError, ValueError) as error:
            raise InternalServerError(f"The transition set for {cls.MODEL_NAME!r} cannot be used: {error}") from error

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Parse a configuration of the state manager.

        Raises:
            TypeError: A value has the wrong type.
            ValueError: The progression is unknown, or its number is missing or out of range.
        """
        progression = config.get("progression")
        number_names = {"manual": "times", "time": "seconds", "immediate": None}
        if progression not in number_names:
            raise ValueError(f"progression must be {', '.join(number_names)}, got {progression!r}")
        needed = number_names[progression]
        if needed and config.get(needed) is None:
            raise ValueError(f"progression {progression!r} needs {needed!r}")
        numbers = {needed: config[needed]} if needed else {}
        return cls(**numbers, outcome=config.get("outcome") or cls.OUTCOMES[0], message=config.get("message"))

    def to_config(self) -> dict[str, Any]:
        """Return the configuration for the state manager, which ignores the keys that it does not know."""
        config: dict[str, Any] = {"progression": "immediate"}
        if self.times is not None:
            config = {"progression": "manual", "times": self.times}
        elif self.seconds is not None:
            config = {"progression": "time", "seconds": self.seconds}
        extra = {"outcome": self.outcome, "message": self.message}
        return config | {name: value for name, value in extra.items() if value is not None}

    def find_end(self, began: datetime, describes: int, now: datetime) -> datetime | None:
        """Return the time when a status ended, or None if it lasts.

        Args:
            began: The time when it began.
            describes: The number of describe calls since then.
            now: The current time.
        """
        if self.times is not None:
            return now if describes >= self.times else None
        if self.seconds is not None:
            due = began + timedelta(seconds=self.seconds)
            return due if due <= now else None
        return now


@dataclass(frozen=True)
class TrainingTransition(Transition):
    """When a training ends, and its outcome.

    A training with the outcome TRAINING_COMPLETED still fails if its manifests are invalid. One with TRAINING_FAILED
    fails in any case.
    """

    outcome: TrainingOutcome = "TRAINING_COMPLETED"

    MODEL_NAME = TRAINING
    SUBJECT = "training"
    OUTCOMES = ("TRAINING_COMPLETED", "TRAINING_FAILED")


@dataclass(frozen=True)
class HostingTransition(Transition):
    """When the start or the stop of a model ends, and the outcome of a start."""

    outcome: HostingOutcome = "RUNNING"

    MODEL_NAME = HOSTING
    SUBJECT = "start or stop"
    OUTCOMES = ("RUNNING", "FAILED")


@dataclass(frozen=True)
class CopyingTransition(Transition):
    """When the copying of a version ends, and its outcome. It still fails if its output cannot be written."""

    outcome: CopyingOutcome = "COPYING_COMPLETED"

    MODEL_NAME = COPYING
    SUBJECT = "copy"
    OUTCOMES = ("COPYING_COMPLETED", "COPYING_FAILED")


@dataclass(frozen=True)
class VersionDeletion(Transition):
    """When the deletion of a version ends."""

    MODEL_NAME = VERSION_DELETION
    SUBJECT = "deletion"


@dataclass(frozen=True)
class ProjectDeletion(Transition):
    """When the deletion of a project ends."""

    MODEL_NAME = PROJECT_DELETION
    SUBJECT = "deletion"


@dataclass(frozen=True)
class DatasetTransition(Transition):
    """When the creation, update, distribution or deletion of a dataset ends, and its outcome.

    A creation or update with the outcome SUCCESS still fails if its lines are invalid. A deletion never fails.
    """

    outcome: DatasetOutcome = "SUCCESS"

    MODEL_NAME = DATASET
    SUBJECT = "change of a dataset"
    OUTCOMES = ("SUCCESS", "CLIENT_ERROR", "SERVICE_ERROR")


def _check_number(name: str, value: object, types: tuple[type, ...], lowest: int, meaning: str) -> None:
    if value is None:
        return
    if not isinstance(value, types) or isinstance(value, bool):
        raise TypeError(f"{name} must be a number ({meaning}), got {value!r}")
    if not lowest <= value < 2**31:  # type: ignore[operator]  # one of the types above; NaN is out of every range
        raise ValueError(f"{name} must be at least {lowest} and under 2**31 ({meaning}), got {value!r}")


TransitionT = TypeVar("TransitionT", bound=Transition)


class Stage(Generic[TransitionT]):
    """One process that takes time: a training, a start, a deletion.

    Unlike moto's `ManagedState`, it can have a transition of its own, and remembers when it ended and by which
    transition. It is not thread-safe: callers hold the backend's lock.
    """

    def __init__(self, find_transition: Callable[[], TransitionT]) -> None:
        """Begin the stage.

        Args:
            find_transition: Returns the transition that counts now. It is called until the stage has ended.
        """
        self._find_transition = find_transition
        self.began = clock.now()
        """The time when it began."""
        self._describes = 0
        self.ended_at: datetime | None = None
        """The time when it ended. None until `has_ended` has found it ended."""
        self.ended_by: TransitionT | None = None
        """The transition that ended it. Later settings do not change it."""

    def count_describe(self) -> None:
        """Count a describe call."""
        self._describes += 1

    @property
    def has_ended(self) -> bool:
        """True if the stage has ended by now. Reading it does not count as a describe call."""
        if self.ended_at is None:
            transition = self._find_transition()
            self.ended_at = transition.find_end(self.began, self._describes, clock.now())
            if self.ended_at is not None:
                self.ended_by = transition
        return self.ended_at is not None
