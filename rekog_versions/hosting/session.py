"""The state of the models that a process runs, of the uses of each model, and the handle that a use gets."""

import functools
import os
import queue
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, TypeAlias, cast

from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client import AsyncVersionsClient, VersionsClient
from rekog_versions.errors import ModelStillRunningError, ModelStoppedError
from rekog_versions.hosting.costs import CostRange, Limit, Prices, Stopwatch, hours_of
from rekog_versions.hosting.replies import Reply
from rekog_versions.models.references import VersionRef
from rekog_versions.models.versions import ProjectVersionDescription

Command: TypeAlias = Callable[[], object]
Key: TypeAlias = tuple[str | None, str]
"""A model: the endpoint and the version's ARN, which contains the region and the account."""


def key_of(client: VersionsClient | AsyncVersionsClient, version_arn: str) -> Key:
    """Return the key of a model."""
    meta = getattr(client.rekognition, "meta", None)
    return getattr(meta, "endpoint_url", None), version_arn


class Turn(Enum):
    """The next step of a use that has joined a model."""

    FIRST = "first"
    """Start or adopt the model."""
    SHARED = "shared"
    """Use the model, which another use has started or adopted."""
    AGAIN = "again"
    """Look the version up and join again: the model was stopped, or could not be started."""


@dataclass(frozen=True, slots=True)
class Left:
    """The result of leaving a model.

    Attributes:
        is_last: True if this was the last use and the model had to be stopped.
        failure: The reason why it could not be stopped.
    """

    is_last: bool = False
    failure: ModelStillRunningError | None = None


class Use:
    """One use of a model. Its state belongs to the owner's thread, except for `has_entered`.

    Args:
        version: The version, by any reference.
        units: The lowest and the highest number of inference units of a start.
        prices: The price list.
        stop_adopted: True to stop the model even if it was running before.
        commands: The owner's queue.
        leave: The owner's method that ends a use.
        left: The reply that is set when the use has ended, and the model is stopped if it was the last one.
    """

    def __init__(
        self,
        version: VersionRef,
        units: tuple[int, int | None],
        prices: Prices,
        *,
        stop_adopted: bool,
        commands: "queue.SimpleQueue[Command]",
        leave: "Callable[[Use], object]",
        left: Reply[Left],
    ) -> None:
        self.version, self.units, self.prices, self.stop_adopted = version, units, prices, stop_adopted
        self.left = left
        self.leave = functools.partial(commands.put, functools.partial(leave, self))
        """End the use; further calls do nothing. It consists of C functions, so that no signal can split it."""
        self.has_entered = False
        self.has_left = False
        self.limit = Limit()
        self.joined: Model | None = None
        self._pid = os.getpid()
        self._references: list[weakref.ref[Any]] = []

    def leave_when_collected(self, holder: object) -> None:
        """End the use when nothing refers to `holder` any more."""
        # the callback gets the weak reference, which `put` takes for its argument `block` and ignores
        self._references.append(weakref.ref(holder, cast("Callable[[object], object]", self.leave)))

    @property
    def is_inherited(self) -> bool:
        """True if the use belongs to the parent of this process, from which it was forked."""
        return self._pid != os.getpid()

    @property
    def model(self) -> "Model":
        """The model that the use has joined."""
        if self.joined is None:
            raise RuntimeError("this use has not joined a model")
        return self.joined

    def why_unusable(self) -> ModelStoppedError | None:
        """Return the error for a model that must not be used any more; None if it can be used."""
        model = self.model
        reason = model.stopped_because or ("its `with` block has ended" if self.has_left else "")
        if not reason:
            return None
        cost = f" It has cost {model.cost} so far." if model.cost is not None else ""
        message = f"{printable(model.version_arn)} is no longer usable: {reason}.{cost}"
        return ModelStoppedError(message, version_arn=model.version_arn)

    def check_usable(self, cause: BaseException | None = None) -> None:
        """Check that the model can still be used.

        Raises:
            ModelStoppedError: It cannot.
        """
        if (error := self.why_unusable()) is not None:
            raise error from cause


@dataclass(eq=False)
class Model:
    """A model that this process uses, or could not stop. Only the owner's thread changes it."""

    client: VersionsClient
    version: VersionRef
    version_arn: ProjectVersionArn
    hourly: CostRange | None
    stopwatch: Stopwatch
    first: Use
    """The use that starts or adopts it."""
    users: "set[Use]"
    """The uses that must leave before it is stopped."""
    waiting: "dict[Use, Reply[Turn]]" = field(default_factory=dict["Use", Reply[Turn]])
    """The uses that wait for their turn."""
    leaving: "list[Use]" = field(default_factory=list["Use"])
    """The uses that have left and wait for the stop."""
    jobs: "queue.SimpleQueue[Command | None]" = field(default_factory=queue.SimpleQueue["Command | None"])
    """The requests for the model's thread; None ends it."""
    is_ours: bool = False
    """True if it must be stopped at the end."""
    was_started_here: bool = False
    start_is_unseen: bool = False
    """True if it was started, but no poll has shown that yet."""
    has_begun: bool = False
    """True once it was started or adopted, so that other uses can share it."""
    is_starting: bool = False
    is_stopping: bool = False
    is_stopped: bool = False
    stopped_because: str = ""
    """The reason why it was stopped while in use."""
    failure: ModelStillRunningError | None = None
    """The reason why the last stop failed."""
    used_at: datetime | None = None
    """When labels were detected last. Threads that use the model set it, in one step."""
    retry_at: float = 0.0
    """The time, by `time.monotonic`, before which a reached limit does not cause another stop."""

    @property
    def key(self) -> Key:
        """The key of the model."""
        return key_of(self.client, self.version_arn)

    @property
    def cost(self) -> CostRange | None:
        """The cost since the start or the adoption, if it is known."""
        return None if self.hourly is None else self.stopwatch.cost(self.hourly)

    @property
    def limit(self) -> Limit:
        """The limit that is reached first."""
        return min((use.limit for use in self.users), key=lambda limit: limit.seconds, default=Limit())


class ModelHandle:
    """The part that `RunningModel` and `AsyncRunningModel` share.

    Args:
        use: The use.
        version: The version's description, when the model was found running.
    """

    def __init__(self, use: Use, version: ProjectVersionDescription) -> None:
        self._use = use
        self.version = version
        """The version's description, when the model was found running."""
        self.was_adopted = not use.model.was_started_here
        """True if the model was running or starting before. It is then left running, unless `stop_adopted` is set."""

    @property
    def version_arn(self) -> ProjectVersionArn:
        """The version's ARN."""
        return self._use.model.version_arn

    @property
    def started_at(self) -> datetime | None:
        """The time of the start request. None for an adopted model, because the service does not report it."""
        return None if self.was_adopted else self._use.model.stopwatch.began_at

    @property
    def hours(self) -> float:
        """Hours from the start request or the adoption until the service accepted the stop.

        The service may bill from the time when the model is running until it has stopped. The difference is minutes.
        """
        return float(hours_of(self._use.model.stopwatch.seconds))

    @property
    def cost_an_hour(self) -> CostRange | None:
        """The cost for an hour. None for an adopted model if the service does not report its inference units."""
        return self._use.model.hourly

    @property
    def cost(self) -> CostRange | None:
        """The cost of `hours`; None if `cost_an_hour` is None. The time before an adoption is not included."""
        return self._use.model.cost

    @property
    def is_stopped(self) -> bool:
        """True if the model is no longer usable: its limit was reached, or its `with` block has ended."""
        return self._use.why_unusable() is not None

    def __repr__(self) -> str:
        state = "stopped" if self.is_stopped else "running"
        return f"<{type(self).__name__} {str(self.version_arn)!a}, {state}, {self.hours:.2f} hours, {self.cost}>"
