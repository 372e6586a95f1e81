"""The actions of a batch. The decisions return the next one, the driver carries it out and passes it back."""

import math
from collections import deque
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, TypeVar

from rekog_versions._aws.error_codes import CREDENTIALS, error_code
from rekog_versions.arns import ProjectArn, ProjectVersionArn
from rekog_versions.batch.planning import VersionSearch
from rekog_versions.errors import RekogVersionsError
from rekog_versions.models.versions import CreateProjectVersionRequest
from rekog_versions.waiting.poll import Poll

OutcomeT = TypeVar("OutcomeT")
InputT = TypeVar("InputT")


@dataclass(frozen=True, slots=True)
class Pause:
    """Sleep for a number of seconds."""

    seconds: float


@dataclass(slots=True, eq=False)
class ProjectSearch:
    """Look projects up by their names, with any feature."""

    names: Collection[str]
    found: dict[str, ProjectArn] = field(default_factory=dict[str, ProjectArn])
    """The result: the ARNs by name."""


@dataclass(slots=True, eq=False)
class VersionCount:
    """Count the versions of a project."""

    project_arn: str
    count: int = 0
    """The result."""


@dataclass(slots=True, eq=False)
class Start:
    """Start a training."""

    request: CreateProjectVersionRequest
    version_arn: ProjectVersionArn | None = None
    """The result."""


Action: TypeAlias = Pause | ProjectSearch | VersionSearch | VersionCount | Start


class SafeSteps:
    """Makes steps of decisions safe from Ctrl-C, which can interrupt the main thread anywhere.

    An interrupted step leaves its work half done. The next step, or `repair()`, then rebuilds the state from what was
    stored at once: the inputs and their outcomes.
    """

    def __init__(self) -> None:
        self._is_changing = False

    def next_action(self, until: float = math.inf) -> Action:
        """Return the next action.

        Args:
            until: When a pause must end.
        """
        self.repair()
        self._is_changing = True
        action = self._choose(until)
        self._is_changing = False
        return action

    def take(self, action: Action, error: Exception | None) -> None:
        """Take the result of an action.

        Raises:
            Exception: The error itself, if it concerns the caller, such as expired credentials.
        """
        self.repair()
        self._is_changing = True
        try:
            self._apply(action, error)
        except BaseException as raised:
            self._is_changing = raised is not error
            raise
        self._is_changing = False

    def repair(self) -> None:
        """Rebuild the state if a step was interrupted."""
        if self._is_changing:
            self._rebuild()
            self._is_changing = False

    def _choose(self, until: float) -> Action:
        raise NotImplementedError

    def _apply(self, action: Action, error: Exception | None) -> None:
        raise NotImplementedError

    def _rebuild(self) -> None:
        raise NotImplementedError


class Decisions(Protocol[OutcomeT, InputT]):
    """The decisions of `as_trained()` or `submit_all()`, without I/O.

    An action that was interrupted is not passed back. The next one then continues with the state from before.
    """

    ready: deque[OutcomeT]
    """Outcomes that have not been yielded yet."""

    @property
    def polls(self) -> deque[Poll]:
        """Polls that have not been reported to `on_poll` yet."""
        ...

    @property
    def open(self) -> list[InputT]:
        """The inputs that have no outcome yet."""
        ...

    @property
    def is_open(self) -> bool:
        """True if there are such inputs."""
        ...

    def next_action(self) -> Action:
        """Return the next action."""
        ...

    def take(self, action: Action, error: Exception | None) -> None:
        """Take the result of an action.

        Raises:
            Exception: The error itself, if it concerns the caller: every other call would fail too.
        """
        ...

    def repair(self) -> None:
        """Rebuild the state if a step was interrupted."""
        ...

    def noting(self) -> AbstractContextManager[None]:
        """Add a note on how to resume to any exception that passes through."""
        ...


def concerns_caller(error: Exception) -> bool:
    """Return True if an error that is not retryable would end every other call too, such as expired credentials."""
    return error_code(error) in CREDENTIALS or not isinstance(error, RekogVersionsError)
