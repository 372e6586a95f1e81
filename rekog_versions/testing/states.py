"""How time passes: by describes, by the clock, or at once.

moto's state manager holds the default, one for the whole process and settable over HTTP:
`{"progression": "manual", "times": 2, "outcome": "TRAINING_FAILED", "message": "..."}` under the model name `TRAINING`,
`{"progression": "time", "seconds": 60, "outcome": "SERVICE_ERROR"}` under `DATASET`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar

from moto.moto_api import state_manager
from moto.moto_api._internal.managed_state_model import ManagedState

from rekog_versions.testing import clock
from rekog_versions.testing.exceptions import InternalServerError

TRAINING = "rekognition::custom-labels-training"
"""The state manager's model name for trainings."""
HOSTING = "rekognition::custom-labels-hosting"
"""The state manager's model name for the starting and the stopping of models."""
COPYING = "rekognition::custom-labels-copying"
"""The state manager's model name for the copying of versions."""
VERSION_DELETION = "rekognition::custom-labels-version-deletion"
"""The state manager's model name for the deletion of versions."""
PROJECT_DELETION = "rekognition::custom-labels-project-deletion"
"""The state manager's model name for the deletion of projects."""
DATASET = "rekognition::custom-labels-dataset"
"""The state manager's model name for what happens to datasets: creation, update, distribution, deletion."""

Outcome = Literal["TRAINING_COMPLETED", "TRAINING_FAILED"]
"""How a training can be made to end."""
HostingOutcome = Literal["RUNNING", "FAILED"]
"""How a start can be made to end; a stop always succeeds."""
CopyingOutcome = Literal["COPYING_COMPLETED", "COPYING_FAILED"]
"""How the copying of a version can be made to end."""

DatasetOutcome = Literal["SUCCESS", "CLIENT_ERROR", "SERVICE_ERROR"]
"""How a dataset's creation or update can be made to end: the service's StatusMessageCode. The errors fail it."""

AT_ONCE = {"progression": "immediate"}
for _model_name in (TRAINING, HOSTING, COPYING, VERSION_DELETION, PROJECT_DELETION, DATASET):
    state_manager.register_default_transition(_model_name, AT_ONCE)


@dataclass(frozen=True)
class Ending:
    """When a state ends, and for some also how: a class a model name of the state manager.

    Raises:
        TypeError: A value is of another type.
        ValueError: A value is out of its range, or two contradict each other.
    """

    times: int | None = None
    """The describe that finds it ended, counted from 1."""
    seconds: float | None = None
    """It ends that long after its begin. With neither, at once."""
    outcome: str | None = None
    """How it ends; None where there is but one way."""
    message: str | None = None
    """The StatusMessage; None means the service's own."""

    MODEL_NAME: ClassVar[str]
    """Where the state manager holds the default."""
    SUBJECT: ClassVar[str]
    """What ends, for messages."""
    OUTCOMES: ClassVar[tuple[str | None, ...]] = (None,)
    """The ways to end, the usual one first."""

    def __post_init__(self) -> None:
        if self.times is not None and self.seconds is not None:
            raise ValueError(
                f"times and seconds exclude each other: a {self.SUBJECT} ends after describes or by the clock"
            )
        _check_number("times", self.times, (int,), 1, f"the describe that finds the {self.SUBJECT} ended, from 1")
        _check_number("seconds", self.seconds, (int, float), 0, f"how long the {self.SUBJECT} takes")
        if self.outcome not in self.OUTCOMES:
            allowed = " and ".join(str(outcome) for outcome in self.OUTCOMES)
            raise ValueError(f"outcome is {self.outcome!r}; allowed are {allowed}")
        _check_message(self.message)

    @classmethod
    def default(cls) -> Self:
        """What moto's state manager holds.

        Raises:
            InternalServerError: What it holds is malformed: it takes anything, in Python and over HTTP.
        """
        try:
            return cls.from_config(state_manager.get_transition(cls.MODEL_NAME))
        except (TypeError, ValueError) as error:
            raise InternalServerError(f"The transition set for {cls.MODEL_NAME!r} can't be used: {error}") from error

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Reads what the state manager holds.

        Raises:
            TypeError: A value is of another type.
            ValueError: There is no such progression, or what it needs is missing or wrong.
        """
        progression = config.get("progression")
        wanted = {"manual": "times", "time": "seconds", "immediate": None}
        if progression not in wanted:
            raise ValueError(f"progression is {progression!r}; allowed are {', '.join(wanted)}")
        needed = wanted[progression]
        if needed and config.get(needed) is None:
            raise ValueError(f"progression {progression!r} needs {needed!r}")
        numbers = {needed: config[needed]} if needed else {}
        return cls(**numbers, outcome=config.get("outcome") or cls.OUTCOMES[0], message=config.get("message"))

    def to_config(self) -> dict[str, Any]:
        """What the state manager holds; the outcome rides along in keys of its own."""
        config: dict[str, Any] = {"progression": "immediate"}
        if self.times is not None:
            config = {"progression": "manual", "times": self.times}
        elif self.seconds is not None:
            config = {"progression": "time", "seconds": self.seconds}
        if self.outcome is not None:
            config["outcome"] = self.outcome
        if self.message is not None:
            config["message"] = self.message
        return config

    def end(self, began: datetime, described: int, now: datetime) -> datetime | None:
        """When a state ended; None if it goes on.

        Args:
            began: When it began.
            described: How often it was described.
            now: The time.
        """
        if self.times is not None:
            return now if described >= self.times else None
        if self.seconds is not None:
            due = began + timedelta(seconds=self.seconds)
            return due if due <= now else None
        return now


@dataclass(frozen=True)
class Transition(Ending):
    """When a training ends, and how."""

    outcome: Outcome = "TRAINING_COMPLETED"
    """A training that is to complete can still fail by its manifests; one that is to fail fails whatever they hold."""

    MODEL_NAME = TRAINING
    SUBJECT = "training"
    OUTCOMES = ("TRAINING_COMPLETED", "TRAINING_FAILED")


@dataclass(frozen=True)
class HostingTransition(Ending):
    """When the start or the stop of a model ends, and how a start does."""

    outcome: HostingOutcome = "RUNNING"
    """How a start ends."""

    MODEL_NAME = HOSTING
    SUBJECT = "start or stop"
    OUTCOMES = ("RUNNING", "FAILED")


@dataclass(frozen=True)
class CopyingTransition(Ending):
    """When the copying of a version ends, and how."""

    outcome: CopyingOutcome = "COPYING_COMPLETED"
    """One that is to complete still fails if its output can't be written."""

    MODEL_NAME = COPYING
    SUBJECT = "copy"
    OUTCOMES = ("COPYING_COMPLETED", "COPYING_FAILED")


@dataclass(frozen=True)
class VersionDeletion(Ending):
    """When the deletion of a version ends."""

    MODEL_NAME = VERSION_DELETION
    SUBJECT = "deletion"


@dataclass(frozen=True)
class ProjectDeletion(Ending):
    """When the deletion of a project ends."""

    MODEL_NAME = PROJECT_DELETION
    SUBJECT = "deletion"


@dataclass(frozen=True)
class DatasetTransition(Ending):
    """When a dataset's creation, update, distribution or deletion ends, and how. A deletion never fails."""

    outcome: DatasetOutcome = "SUCCESS"
    """What is to succeed can still fail by the lines it is given."""

    MODEL_NAME = DATASET
    SUBJECT = "passage of a dataset"
    OUTCOMES = ("SUCCESS", "CLIENT_ERROR", "SERVICE_ERROR")


def _check_message(message: object) -> None:
    if message is not None and not isinstance(message, str):
        raise TypeError(f"message is {message!r}; it must be a string")


def _check_number(name: str, value: object, types: tuple[type, ...], lowest: int, meaning: str) -> None:
    if value is None:
        return
    if not isinstance(value, types) or isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}; it must be a number: {meaning}")
    if not lowest <= value < 2**31:  # type: ignore[operator]  # one of the types above; a NaN is out of every range
        raise ValueError(f"{name} is {value!r}; it must be at least {lowest} and under 2**31: {meaning}")


EndingT = TypeVar("EndingT", bound=Ending)


class Stage(ManagedState, Generic[EndingT]):
    """One passage of a status into another: a training, a start, a deletion.

    Other than moto's own states it can ask for its transition anywhere (a setting for one version), keeps when and by
    what it ended, and never goes on by being described after it has ended. Not thread-safe: its owner has the lock.
    """

    def __init__(self, model_name: str, before: str, after: str, find: Callable[[], EndingT]) -> None:
        """Begins the stage.

        Args:
            model_name: Its name in the state manager.
            before: The status while it lasts.
            after: The status when it has ended.
            find: What says when it ends, asked at every look.
        """
        super().__init__(model_name, [(before, after)])
        self._after = after
        self._find = find
        self._began = clock.now()
        self.ended_at: datetime | None = None
        """When it ended; None while it lasts, or while nobody has looked."""
        self.ended_by: EndingT | None = None
        """What made it end: later settings don't change it."""

    @property
    def status(self) -> str | None:
        """The status; the look itself makes a state end whose time has come, but doesn't count as a describe."""
        if self.ended_at is None:
            transition = self._find()
            self.ended_at = transition.end(self._began, self._tick, clock.now())
            if self.ended_at is not None:
                self.ended_by = transition
                self._status = self._after
        return self._status

    @status.setter
    def status(self, value: str) -> None:
        raise AttributeError(f"a stage ends by its transition; to be {value!r}, begin another")

    @property
    def has_ended(self) -> bool:
        """Whether it has ended, by now."""
        return self.status == self._after
