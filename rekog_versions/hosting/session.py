"""One use of a model, from `with` to its end, as steps that both drivers take.

A step is a flow to run, a gate to wait at, or a wait of the client's. What a step raises is thrown in where it was
wanted, so what to do about Ctrl-C or a refusal is decided here, once.
"""

import inspect
import logging
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client import VersionsClient
from rekog_versions.errors import (
    ModelStoppedError,
    ResourceInUseError,
    StartFailedError,
    VersionNotFoundError,
    WaitError,
    noted,
)
from rekog_versions.hosting.attempts import Attempt, Gate
from rekog_versions.hosting.costs import Amount, CostRange, Prices, check_prices, hourly_cost, limit_of
from rekog_versions.hosting.hosted import Hosted, Part, Watchdog, registry
from rekog_versions.hosting.starting import Start
from rekog_versions.hosting.stopping import combined, is_active
from rekog_versions.lifecycle import start_version
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.operations.flows import Flow
from rekog_versions.operations.versions import Look, VersionRef, whereabouts
from rekog_versions.statuses import RUNNING, ProjectVersionStatus
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.versions import STOPPED_TIMEOUT, Poll, Watch

logger = logging.getLogger("rekog_versions")

T = TypeVar("T")
_S = ProjectVersionStatus


@dataclass(frozen=True, slots=True)
class Run:
    """A flow to run; sent back is its result."""

    flow: Flow[Any]


@dataclass(frozen=True, slots=True)
class Pass:
    """A gate to wait at until it is over; what interrupts the wait is raised then."""

    gate: Gate
    to_the_end: bool = True
    """Not for what others have begun, and see to: an interruption is raised at once."""


@dataclass(frozen=True, slots=True)
class Until:
    """A wait of the client's; sent back is the version's description."""

    target: Literal["running", "stopped"]
    version: VersionRef
    timeout: float | None
    schedule: Schedule | None
    on_poll: Callable[[Poll], Any] | None


Steps: TypeAlias = Generator[Run | Pass | Until, Any, T]


@dataclass(frozen=True, slots=True)
class Options:
    """How a model is to be run; see `running`. All of it is checked before anything is started.

    Raises:
        ValueError: A value is out of range, or `version` names no version.
        TypeError: A value is of another type.
    """

    version: VersionRef
    min_inference_units: int
    max_inference_units: int | None
    max_hours: float | None
    max_cost: Amount | None
    prices: Prices
    stop_adopted: bool
    wait_for_stop: bool
    handle_signals: bool
    timeout: float | None
    schedule: Schedule | None
    on_poll: Callable[[Poll], Any] | None

    def __post_init__(self) -> None:
        start_version(self.version, self.min_inference_units, self.max_inference_units)
        check_prices(self.prices)
        limit_of(self.max_hours, self.max_cost, self.an_hour)
        Watch(RUNNING, self.version, timeout=self.timeout, schedule=self.schedule, clock=lambda: 0.0)

    @property
    def an_hour(self) -> CostRange:
        """What a model with these units costs an hour."""
        return self.prices.hosting(self.min_inference_units, self.max_inference_units)


class Session:
    """One use of a model.

    Args:
        client: The blocking client.
        options: What the caller wants.
    """

    def __init__(self, client: VersionsClient, options: Options) -> None:
        self._client = client
        self._options = options
        self._look = Look(whereabouts(options.version))
        self._hosted: Hosted | None = None
        self._watchdog: Watchdog | None = None
        self._has_entered = False
        self.was_adopted = False
        self.has_ended = False

    @property
    def hosted(self) -> Hosted:
        """The model; there is one from the moment that its version was found."""
        if self._hosted is None:
            raise RuntimeError("the with statement has not been entered")
        return self._hosted

    # -- in ----------------------------------------------------------------------------------------------------------

    def entering(self) -> Steps[ProjectVersionDescription]:
        """Starts the model, or adopts it, and waits until it runs."""
        yield from self._join()
        hosted, options = self.hosted, self._options
        self.was_adopted = not hosted.was_started_here
        if options.stop_adopted:
            hosted.is_ours = True
        self._watch()
        try:
            running: ProjectVersionDescription = yield Until(
                "running", self._name, options.timeout, options.schedule, self._polled
            )
        except WaitError as error:
            if isinstance(error, StartFailedError):
                hosted.start_is_unsure = False
            self._check(error)
            raise
        self._check()
        self._has_entered = True
        return running

    def _join(self) -> Steps[None]:
        while True:
            found = yield from self._find()
            arn = ProjectVersionArn(found.project_version_arn)
            hosted, part = registry.join(Hosted(self._client, Look(self._look.where), arn, self._options.an_hour), self)
            if part is Part.LATE and hosted.attempt is not None:
                yield Pass(hosted.attempt, to_the_end=False)
                continue
            self._hosted = hosted
            if part is Part.FIRST:
                yield from self._begin_it(hosted, found)
                return
            yield Pass(hosted.begun, to_the_end=False)
            if hosted.begun.error is None:
                return
            # whoever came first could not start it: it is our turn
            self._hosted = None
            if (attempt := registry.leave(hosted, self)) is not None:
                yield Pass(attempt)

    def _find(self) -> Steps[ProjectVersionDescription]:
        found: ProjectVersionDescription | None = yield Run(self._look())
        if found is None or not found.project_version_arn:
            where = self._look.where
            raise VersionNotFoundError(self._look.why_missing(), version=str(where), version_arn=where.version_arn)
        self._look.pin(found.project_version_arn)
        return found

    @property
    def _name(self) -> VersionRef:
        # the project's ARN is known by now, and needn't be asked for again
        return str(self._look.where.project_arn), self._look.where.version_name

    def _begin_it(self, hosted: Hosted, found: ProjectVersionDescription) -> Steps[None]:
        try:
            yield from self._begin(hosted, found)
        except BaseException as error:
            if not hosted.is_ours:
                registry.discard(hosted)
            hosted.begun.finish(error)
            raise
        hosted.begun.finish()

    def _begin(self, hosted: Hosted, found: ProjectVersionDescription) -> Steps[None]:
        arn, options = hosted.version_arn, self._options
        if is_active(found.status):
            # another use in this process may have stopped it between the look and the registration
            found = yield from self._find()
        if found.status is _S.STOPPING:
            yield Until("stopped", self._name, options.timeout, options.schedule, options.on_poll)
        elif is_active(found.status):
            self._adopt(hosted, found)
            return
        start = Start(arn, options.min_inference_units, options.max_inference_units)
        hosted.start_is_unsure = True
        attempt = hosted.start(lambda: self._client.run_flow(start.flow()))
        try:
            yield Pass(attempt)
        finally:
            error = attempt.error
            if error is not None and not start.may_have_begun(error):
                hosted.is_ours = False
        if error is None:
            logger.info("%s was started", arn)
            return
        if isinstance(error, ResourceInUseError) and not hosted.is_ours:
            again: ProjectVersionDescription | None = yield Run(self._look())
            if again is not None and is_active(again.status):  # somebody else was faster
                self._adopt(hosted, again)
                return
        raise error

    def _adopt(self, hosted: Hosted, found: ProjectVersionDescription) -> None:
        hosted.adopt(hourly_cost(found, self._options.prices))
        logger.info(
            "%s is %s already, and %s",
            hosted.version_arn,
            found.status,
            "will be stopped" if self._options.stop_adopted else "is left as it is afterwards",
        )
        units, asked = found.min_inference_units, self._options.min_inference_units
        if units is not None and units != asked:
            logger.warning(
                "%s has %d inference units, not the %d that were asked for: it was not started here",
                hosted.version_arn,
                units,
                asked,
            )

    def _watch(self) -> None:
        hosted, options = self.hosted, self._options
        if options.max_hours is None and options.max_cost is None:
            return
        if not hosted.is_ours:
            logger.warning(
                "%s was not started here: its limits do not hold, and it is left running", hosted.version_arn
            )
            return
        an_hour = hosted.an_hour
        if an_hour is None:
            logger.warning("%s does not tell its inference units: the ones asked for are counted", hosted.version_arn)
            an_hour = options.an_hour
        self._watchdog = Watchdog(hosted, limit_of(options.max_hours, options.max_cost, an_hour))

    def _polled(self, poll: Poll) -> Any:
        hosted, on_poll = self.hosted, self._options.on_poll
        if poll.status in (_S.STARTING, _S.RUNNING):
            hosted.start_is_unsure = False
        told = None if on_poll is None else on_poll(poll)
        if hosted.stopped_because and not inspect.isawaitable(told):
            self._check()
        return told

    # -- out ---------------------------------------------------------------------------------------------------------

    def leaving(self, body: BaseException | None) -> Steps[None]:
        """Stops the model, if it is to be stopped and nobody else in this process uses it.

        Raises whatever is to be raised instead of what the body raised; returns if that stands.
        """
        self.has_ended = True
        hosted = self._hosted
        if hosted is None:
            return
        if self._watchdog is not None:
            self._watchdog.call_off()
        attempt, interruption = yield from self._stopped(hosted)
        failure = None if attempt is None else hosted.failure()
        cause = body if interruption is None else interruption
        if failure is not None:
            raised = combined(cause, failure)
            if isinstance(raised, ExceptionGroup):
                raise raised from None  # it has the body's error in it
            if raised is not body:
                raise raised
        elif interruption is not None:
            raise interruption
        elif body is not None and not self._has_entered and attempt is not None:
            if isinstance(body, StartFailedError):  # there was nothing to stop
                return
            # what the wait that was ended says of a model that goes on is no longer so
            noted(body, "running() has stopped the model.")
        elif attempt is not None and self._options.wait_for_stop and body is None:
            yield Until("stopped", self._name, STOPPED_TIMEOUT, self._options.schedule, self._options.on_poll)

    def _stopped(self, hosted: Hosted) -> Steps[tuple[Attempt | None, BaseException | None]]:
        attempt: Attempt | None = None
        interruption: BaseException | None = None
        while True:
            try:
                attempt = registry.leave(hosted, self)
                if attempt is not None:
                    yield Pass(attempt)
            except BaseException as error:  # noqa: BLE001  (raised once the model is stopped)
                interruption = interruption or error
                if not isinstance(error, Exception) and (attempt is None or not attempt.done):
                    continue
            return attempt, interruption

    # -- meanwhile ---------------------------------------------------------------------------------------------------

    def _check(self, cause: BaseException | None = None) -> None:
        if (why := self.why_not()) is not None:
            raise why from cause

    @property
    def cost(self) -> CostRange | None:
        """What the model has cost since it was started, or adopted."""
        an_hour = self.hosted.an_hour
        return None if an_hour is None else self.hosted.meter.cost(an_hour)

    def why_not(self) -> ModelStoppedError | None:
        """Why the model is not to be used any more; None while it is."""
        hosted = self.hosted
        if hosted.stopped_because:
            reason = hosted.stopped_because
        elif self.has_ended:
            reason = "the with statement that it was for has ended"
        else:
            return None
        spent = f" It has cost {self.cost} so far." if self.cost is not None else ""
        return ModelStoppedError(
            f"{printable(hosted.version_arn)} is not to be used any more: {reason}.{spent}",
            version_arn=hosted.version_arn,
        )
