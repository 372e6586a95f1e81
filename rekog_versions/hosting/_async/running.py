"""Enter and leave a use of a model: the context manager that `running()` returns."""

import logging
import weakref
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from rekog_versions._notes import noted
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client import AsyncOnPoll, AsyncVersionsClient, ImageRef, VersionsClient
from rekog_versions.errors import ServiceError, StartFailedError, VersionNotFoundError, WaitError
from rekog_versions.hosting.costs import LIST_PRICES, Amount, Prices, check_prices, limit_of
from rekog_versions.hosting.process import blocking_client, exit_method, leave_when_dropped, owner
from rekog_versions.hosting.session import ModelHandle, Turn, Use
from rekog_versions.hosting.signals import canceller  # async only
from rekog_versions.hosting.stopping import check_inference_units, combined, is_active
from rekog_versions.models.detection import CustomLabel
from rekog_versions.models.references import VersionRef, VersionReference
from rekog_versions.models.thresholds import Thresholds
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.statuses import ProjectVersionStatus
from rekog_versions.waiting import Poll, Schedule
from rekog_versions.waiting.arguments import Seconds, check_schedule, seconds_of
from rekog_versions.waiting.targets import RUNNING, STOPPED

logger = logging.getLogger("rekog_versions")


class AsyncRunningModel(ModelHandle):
    """A running model. It is stopped when its `async with` block ends.

    Args:
        context: The context manager. The model refers to it, because the use ends when it is collected.
        use: The use.
        version: The version's description, when the model was found running.
    """

    def __init__(self, context: "AsyncRunning", use: Use, version: ProjectVersionDescription) -> None:
        super().__init__(use, version)
        self._context = context

    async def detect(
        self,
        image: ImageRef,
        *,
        min_confidence: float | None = None,
        max_results: int | None = None,
        thresholds: Thresholds | None = None,
    ) -> list[CustomLabel]:
        """Find labels in an image; see `detect_custom_labels`.

        Raises:
            ModelStoppedError: A limit was reached and the model was stopped, or the `async with` block has ended.
        """
        self._use.check_usable()
        self._use.model.used_at = datetime.now(UTC)
        try:
            return await self._context.client.detect_custom_labels(
                self.version_arn, image, min_confidence=min_confidence, max_results=max_results, thresholds=thresholds
            )
        except ServiceError as error:
            self._use.check_usable(error)
            raise


@dataclass(eq=False)
class AsyncRunning:
    """Run a model for the duration of a `with` block, and stop it on every exit path.

        with running(client, version, max_hours=2) as model:
            labels = model.detect("photo.jpg")

    A model is billed from its start until it is stopped, used or not, and the service never stops it by itself. So it
    is stopped when the block ends: normally, by an exception, by any number of Ctrl-C (also while it is starting or
    being stopped), by the cancellation of the task, by SIGTERM or SIGHUP. It is also stopped when a limit is reached,
    whatever the block is doing, when the objects of an abandoned block are collected, and when the interpreter exits. A
    child process of `multiprocessing` stops its own models at its end. A start whose response was lost is assumed to
    have happened.

    Nothing in this process can stop a model after `kill -9`, `os._exit`, a crash of the interpreter or the machine, or
    after SIGTERM without a handler. `running_models` lists what is running. Schedule `stop_all`, or put an alarm on the
    account's bill, to be safe. `rekog_versions.hosting.process` documents the limits that concern single instructions.

    A model that is running or starting already is adopted: it is used, and left running. Several uses of a model in a
    process share it. The first use starts it and the last one stops it; of several limits, the first that is reached
    counts. In a forked child the model belongs to the parent, and the child does not stop it.

    Args:
        client: A `VersionsClient`, or an `AsyncVersionsClient` for `async with`.
        version: The version's ARN, `(project_arn, version_name)`, or a description of it.
        min_inference_units: The inference units of the start; each one is billed. An adopted model keeps its own.
        max_inference_units: The number of units to which the service may scale the model. By default, it does not
            scale.
        max_hours: Hours after which the model is stopped, counted from the start. The block is not interrupted: its
            next `detect` raises `ModelStoppedError`. An adopted model has no limit, unless `stop_adopted` is set; then
            the time counts from the adoption.
        max_cost: The same limit as an amount, in the currency of `prices`. For a model that scales, the highest
            possible cost counts.
        prices: The price list.
        stop_adopted: Stop the model even if it was running before.
        wait_for_stop: Wait until the model is STOPPED if the block ends without an exception. By default, leaving takes
            until the service has accepted the stop; the service completes it within minutes.
        handle_signals: Let SIGTERM and SIGHUP end the block as an exception does. That holds in the main thread, for
            signals with their default handlers. Under asyncio the task is cancelled. Once the model is stopped, the
            signal is raised again, so that the process ends with its usual status.
        timeout: Seconds to wait until the model is running; None for no limit. A model that is not running by then is
            stopped. The service rejects that while the model is STARTING, so it can take an hour more.
        schedule: The pauses between the polls of that wait.
        on_poll: Called after each poll. With an `AsyncVersionsClient`, it can be a coroutine function.

    Returns:
        A context manager, asynchronous for an `AsyncVersionsClient`. Its `with` block gets a `RunningModel` or an
        `AsyncRunningModel`.

    Raises:
        ValueError: A value is out of range, or `version` is not a reference to a version.
        TypeError: A value has the wrong type.
        VersionNotFoundError: On entering: the version does not exist.
        ServiceError: On entering: the service rejected the start.
        StartFailedError: On entering: the service could not start the model.
        WaitTimeoutError: On entering: the model was not running in time.
        ModelStoppedError: On entering: a limit was reached before the model was running.
        RuntimeError: On entering: the interpreter is exiting, or cannot start a thread. Nothing was started.
        ModelStillRunningError: On leaving: the model could not be stopped, after two minutes of retries if the failure
            was retryable, or after an hour in which it stayed in STARTING. The message has the command that stops it
            and the cost for an hour. If the block raised an `Exception`, both are raised in an `ExceptionGroup`. Ctrl-C
            and cancellations keep their type and get the message as a note. The error is also logged as critical. The
            stop is attempted again when the interpreter exits.
    """

    client: AsyncVersionsClient
    version: VersionRef
    _: KW_ONLY
    min_inference_units: int = 1
    max_inference_units: int | None = None
    max_hours: Seconds | None = None
    max_cost: Amount | None = None
    prices: Prices = LIST_PRICES
    stop_adopted: bool = False
    wait_for_stop: bool = False
    handle_signals: bool = True
    timeout: Seconds | None = RUNNING.timeout
    schedule: Schedule | None = None
    on_poll: AsyncOnPoll | None = None
    exit_reference: weakref.ref[Callable[..., Any]] | None = field(default=None, init=False, repr=False)
    _use: Use | None = field(default=None, init=False, repr=False)
    _blocking: VersionsClient = field(init=False, repr=False)

    def __post_init__(self) -> None:
        VersionReference.parse(self.version)
        check_inference_units(self.min_inference_units, self.max_inference_units)
        check_prices(self.prices)
        limit_of(self.max_hours, self.max_cost, self.prices.hosting(self.min_inference_units, self.max_inference_units))
        seconds_of(self.timeout)
        if self.schedule is not None:
            check_schedule(self.schedule)
        self.client.check_on_poll(self.on_poll)
        self._blocking = blocking_client(self.client)

    # entering

    async def __aenter__(self) -> AsyncRunningModel:
        """Start the model or adopt it, and wait until it is running."""
        if self._use is not None:
            raise RuntimeError("this context manager is already in use: call running() again for another use")
        units = (self.min_inference_units, self.max_inference_units)
        use = owner().use(self.version, units, self.prices, stop_adopted=self.stop_adopted)
        leave_when_dropped(use, self)
        owner().start()  # if it cannot start, there is nothing to leave, and no reply would come
        try:
            self._use = use
            if self.handle_signals:
                cancel: Callable[[], bool] | None = None
                cancel = canceller()  # async only
                owner().signals.add(use, cancel)
            await self._begin(use)
            self._watch_limits(use)
            version = await self._wait_until_running(use)
            return AsyncRunningModel(self, use, version)
        except BaseException as error:
            self._use = None
            use.leave()  # first of all, and without the call of a Python function, which a signal could prevent
            await self._finish(use, error)
            raise

    async def _begin(self, use: Use) -> None:
        """Join the model, and start or adopt it if no other use has."""
        while True:
            found, arn = await self._find()
            turn = await owner().ask(owner().join, use, self._blocking, arn).get_async()
            if turn is Turn.SHARED:
                return
            if turn is Turn.FIRST:
                break
        if is_active(found.status):
            found, _ = await self._find()  # another use may have stopped it before this one joined
        if found.status is ProjectVersionStatus.STOPPING:
            found = await self.client.wait_until_stopped(
                self.version, timeout=self.timeout, schedule=self.schedule, on_poll=self.on_poll
            )
        await owner().ask(owner().begin, use, found).get_async()

    async def _find(self) -> tuple[ProjectVersionDescription, ProjectVersionArn]:
        found = await self.client.get_project_version(self.version)
        arn = found.project_version_arn
        if not arn:
            raise VersionNotFoundError("the service described the version without its ARN", version=str(self.version))
        return found, arn

    def _watch_limits(self, use: Use) -> None:
        """Let the owner stop the model when a limit is reached."""
        model = use.model
        if self.max_hours is None and self.max_cost is None:
            return
        name = printable(model.version_arn)
        if not model.is_ours:
            logger.warning("%s was not started here, so its limits do not apply and it is left running", name)
            return
        hourly = model.hourly
        if hourly is None:
            logger.warning("%s does not report its inference units, so the limit assumes the requested ones", name)
            hourly = self.prices.hosting(self.min_inference_units, self.max_inference_units)
        limit = limit_of(self.max_hours, self.max_cost, hourly)
        owner().post(owner().watch, use, limit)

    async def _wait_until_running(self, use: Use) -> ProjectVersionDescription:
        model = use.model

        async def on_poll(poll: Poll) -> None:
            if poll.status in (ProjectVersionStatus.STARTING, ProjectVersionStatus.RUNNING):
                owner().post(owner().saw_start, model)
            await self.client.report_poll(self.on_poll, poll)
            use.check_usable()

        try:
            version = await self.client.wait_until_running(
                self.version, timeout=self.timeout, schedule=self.schedule, on_poll=on_poll
            )
        except WaitError as error:
            if isinstance(error, StartFailedError):
                owner().post(owner().saw_start, model)
            use.check_usable(error)
            raise
        use.check_usable()
        use.has_entered = True
        return version

    # leaving

    @exit_method
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop the model, unless another use in this process continues or it was adopted."""
        use = self._use
        if use is not None:
            self._use = None
            use.leave()
            await self._finish(use, error)

    async def _finish(self, use: Use, error: BaseException | None) -> None:
        """Wait until the use has ended, and raise what must be raised instead of `error`."""
        if use.is_inherited:
            return
        try:
            await self._wait_until_left(use, error)
        finally:
            owner().signals.remove(use, owner().close)

    async def _wait_until_left(self, use: Use, error: BaseException | None) -> None:
        work = f"{printable(use.model.version_arn)} has been stopped" if use.joined else "the use has ended"
        # a coroutine that is being closed cannot await  # async only
        if isinstance(error, GeneratorExit):  # async only
            use.left.wait(work)  # async only
        interruption = await use.left.wait_async(work)
        if not use.left.is_set:
            return
        left = use.left.result()
        if left.failure is not None:
            cause = error if interruption is None else interruption
            raised = combined(cause, left.failure)
            if isinstance(raised, ExceptionGroup):
                raise raised from None  # it contains the error of the block
            if raised is not error:
                raise raised
        elif interruption is not None:
            raise interruption
        elif error is not None and not use.has_entered and left.is_last:
            if not isinstance(error, StartFailedError):  # otherwise there was nothing to stop
                noted(error, "running() has stopped the model.")
        elif left.is_last and self.wait_for_stop and error is None:
            await self.client.wait_until_stopped(
                self.version, timeout=STOPPED.timeout, schedule=self.schedule, on_poll=self.on_poll
            )
