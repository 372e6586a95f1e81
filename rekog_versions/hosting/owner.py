"""The owner of the models that a process runs: one thread that changes all of their state.

Ctrl-C, signal handlers and cancellations can interrupt the code of their thread almost anywhere: between creating an
object and registering it, inside of `Thread.start`, at the first instruction of `__exit__`. So the threads that use
models change no state:

- The owner's thread changes all state. It takes commands from a queue, one after the other.
- Starts and stops, which must not be cut in two, are requested in a thread for each model. It is created before the
  model is started.
- A thread that uses a model only puts commands into the queue, which is one call of a C function, and waits for
  replies. An interruption can end its wait, but not the work.
"""

import _thread
import functools
import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Concatenate, ParamSpec, TypeVar

from rekog_versions._notes import may_have_been_carried_out
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client import VersionsClient
from rekog_versions.errors import ModelStillRunningError, ResourceInUseError, VersionNotFoundError
from rekog_versions.hosting._sync.stopping import stop_model
from rekog_versions.hosting.costs import Limit, Prices, Stopwatch, hourly_cost
from rekog_versions.hosting.replies import Reply
from rekog_versions.hosting.session import Command, Key, Left, Model, Turn, Use, key_of
from rekog_versions.hosting.signals import SignalHandler
from rekog_versions.hosting.stopping import STARTING_TIMEOUT, is_active
from rekog_versions.models.references import VersionRef
from rekog_versions.models.versions import ProjectVersionDescription

logger = logging.getLogger("rekog_versions")

CHECK_PERIOD = 30.0
"""The longest time between two checks of a limit: the clock of a sleeping thread stops while a laptop sleeps."""
RETRY_AFTER = 60.0
"""Seconds before the next attempt to stop a model whose limit is reached, after an attempt that failed."""

T = TypeVar("T")
P = ParamSpec("P")


class Owner:
    """The owner of all models of a process.

    The threads that use models call `use`, `start`, `ask`, `post` and `close`. The other methods run in the owner's
    thread, or in the thread of a model if their docstring says so.

    Args:
        on_start: Called in the owner's thread when it starts.
    """

    def __init__(self, on_start: Callable[[], object]) -> None:
        self.pid = os.getpid()
        self.models: dict[Key, Model] = {}
        self.signals = SignalHandler()
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._threads: set[int] = set()
        self._claim = threading.Lock()
        self._on_start = on_start
        self._is_closed = False
        self._closing: list[Reply[list[ModelStillRunningError]]] = []

    def use(self, version: VersionRef, units: tuple[int, int | None], prices: Prices, *, stop_adopted: bool) -> Use:
        """Return a new use of a model, which has not joined it yet."""
        left: Reply[Left] = Reply(never_wait_in=self._threads)
        return Use(
            version,
            units,
            prices,
            stop_adopted=stop_adopted,
            commands=self._commands,
            leave=self.leave,
            left=left,
        )

    def start(self) -> None:
        """Start the owner's thread, unless it is running.

        `Thread.start` waits for the new thread, and an interruption of that wait hides whether the thread is running.
        `start_new_thread` does not wait. A second thread ends at once.

        Raises:
            RuntimeError: The interpreter is exiting, or cannot start a thread. No model was started.
        """
        self._check_open()
        if not self._threads:
            _thread.start_new_thread(self._run, ())

    def post(self, command: Callable[P, object], /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Hand a command to the owner's thread."""
        self._commands.put(functools.partial(command, *args, **kwargs))

    def ask(self, command: Callable[Concatenate[Reply[T], P], None], /, *args: P.args, **kwargs: P.kwargs) -> Reply[T]:
        """Hand a command to the owner's thread, and return the reply that the command gets as its first argument."""
        reply: Reply[T] = Reply(never_wait_in=self._threads)

        def run() -> None:
            try:
                command(reply, *args, **kwargs)
            except Exception as error:  # noqa: BLE001  (raised in the waiting thread)
                reply.fail(error)

        self._commands.put(run)
        return reply

    def close(self) -> list[ModelStillRunningError]:
        """Stop every model that must be stopped, wait for it, and accept no more uses. Return the failures."""
        if not self._threads:
            self._is_closed = True
            return []
        reply = self.ask(self._close)
        reply.wait("all models have been stopped")
        return reply.result() if reply.is_set else []

    def _run(self) -> None:
        if not self._claim.acquire(blocking=False):
            return
        threading.current_thread().name = "rekog_versions"
        self._threads.add(threading.get_ident())
        self._on_start()
        while True:
            try:
                command = self._commands.get(timeout=self._seconds_to_next_check())
            except queue.Empty:
                command = self._check_limits
            try:
                command()
            except Exception:
                logger.exception("a command for the models of this process failed")
            del command  # it refers to a use, which the next wait must not keep alive

    # joining and leaving

    def join(self, reply: Reply[Turn], use: Use, client: VersionsClient, version_arn: ProjectVersionArn) -> None:
        """Add a use to a model."""
        self._check_open()
        model = self.models.get(key_of(client, version_arn))
        if model is None:
            use.joined = self._add(use, client, version_arn)
            reply.set(Turn.FIRST)
            return
        use.joined = model
        if model.is_stopping or not model.has_begun:
            model.waiting[use] = reply
        else:
            if not model.users:  # it could not be stopped, and is used again
                model.stopped_because = ""
            self._share(model, use, reply)

    def _add(self, use: Use, client: VersionsClient, version_arn: ProjectVersionArn) -> Model:
        hourly = use.prices.hosting(*use.units)
        stopwatch = Stopwatch(client.clock, lambda: datetime.now(UTC))
        model = Model(client, use.version, version_arn, hourly, stopwatch, first=use, users={use})
        # The thread is started before the model, because at its exit the interpreter starts no more threads.
        # `Thread.start` would wait for it, and the garbage collector can end a use there, which waits for the owner.
        _thread.start_new_thread(self._work, (model.jobs,))
        self.models[model.key] = model
        return model

    def _work(self, jobs: "queue.SimpleQueue[Command | None]") -> None:
        """Make the requests for a model; runs in the model's thread."""
        self._threads.add(threading.get_ident())
        threading.current_thread().name = "rekog_versions"
        while (job := jobs.get()) is not None:
            job()
            del job
        self._threads.discard(threading.get_ident())

    def _share(self, model: Model, use: Use, reply: Reply[Turn]) -> None:
        model.users.add(use)
        model.is_ours = model.is_ours or use.stop_adopted
        reply.set(Turn.SHARED)

    def watch(self, use: Use, limit: Limit) -> None:
        """Stop the model when a limit is reached."""
        use.limit = limit

    def saw_start(self, model: Model) -> None:
        """Note that a poll has shown the start of the model, or its failure."""
        model.start_is_unseen = False

    def leave(self, use: Use) -> None:
        """End a use. The last one stops the model if it must be stopped."""
        if use.has_left:
            return
        use.has_left = True
        model = use.joined
        if model is None or model.waiting.pop(use, None) is not None:
            use.left.set(Left())
            return
        model.users.discard(use)
        if model.users:
            use.left.set(Left())
            return
        model.leaving.append(use)
        if not model.is_starting:
            self._end(model)

    def _end(self, model: Model) -> None:
        """Stop a model without users, or forget it."""
        if model.is_ours and not model.is_stopped:
            self._stop(model)
        else:
            self._forget(model)
            self._reply(model, Left())

    def _forget(self, model: Model) -> None:
        if self.models.get(model.key) is model:
            del self.models[model.key]
        model.jobs.put(None)

    def _reply(self, model: Model, left: Left) -> None:
        """Reply to all uses that wait for the end of the model."""
        leaving, model.leaving = model.leaving, []
        for use in leaving:
            use.left.set(left)
        waiting, model.waiting = model.waiting, {}
        for use, reply in waiting.items():
            use.joined = None
            reply.set(Turn.AGAIN)

    # starting

    def begin(self, reply: Reply[None], use: Use, found: ProjectVersionDescription) -> None:
        """Start a model, or adopt it if it is starting or running already."""
        self._check_open()
        model = use.model
        if is_active(found.status):
            self._adopt(model, found)
            reply.set(None)
            return
        model.is_ours = model.was_started_here = model.start_is_unseen = model.is_starting = True
        model.stopwatch.restart()
        model.jobs.put(functools.partial(self._request_start, model, reply))

    def _request_start(self, model: Model, reply: Reply[None]) -> None:
        """Start a model; runs in the model's thread."""
        error: BaseException | None = None
        rival: ProjectVersionDescription | None = None
        may_be_ours = True
        least, most = model.first.units
        try:
            model.client.start_project_version(model.version_arn, min_inference_units=least, max_inference_units=most)
        except BaseException as caught:  # noqa: BLE001  (raised in the waiting thread)
            error, may_be_ours = caught, may_have_been_carried_out(caught)
        if isinstance(error, ResourceInUseError) and not may_be_ours:
            try:
                found = model.client.get_project_version(model.version)
                rival = found if is_active(found.status) and found.project_version_arn == model.version_arn else None
            except VersionNotFoundError:
                pass
            except BaseException as caught:  # noqa: BLE001  (raised in the waiting thread)
                error = caught
        self.post(self._after_start, model, reply, error, rival, may_be_ours=may_be_ours)

    def _after_start(
        self,
        model: Model,
        reply: Reply[None],
        error: BaseException | None,
        rival: ProjectVersionDescription | None,
        *,
        may_be_ours: bool,
    ) -> None:
        model.is_starting = False
        if error is None:
            logger.info("%s was started", printable(model.version_arn))
            self._has_begun(model)
            reply.set(None)
        elif rival is not None:  # another program has started it in the meantime
            self._adopt(model, rival)
            reply.set(None)
        else:
            model.is_ours = may_be_ours
            reply.fail(error)
        if not model.users or (self._is_closed and model.is_ours):
            self._end(model)
        self._check_closing()

    def _adopt(self, model: Model, found: ProjectVersionDescription) -> None:
        use = model.first
        model.stopwatch.restart()
        model.was_started_here = model.start_is_unseen = False
        model.is_ours = use.stop_adopted
        model.hourly = hourly_cost(found, use.prices)
        name = printable(model.version_arn)
        end = "will be stopped" if use.stop_adopted else "will be left running"
        logger.info("%s is %s already, and %s", name, printable(str(found.status)), end)
        units = found.min_inference_units
        if units is not None and units != use.units[0]:
            logger.warning(
                "%s has %d inference units instead of %d, because it was not started here", name, units, use.units[0]
            )
        self._has_begun(model)

    def _has_begun(self, model: Model) -> None:
        model.has_begun = True
        waiting, model.waiting = model.waiting, {}
        for use, reply in waiting.items():
            self._share(model, use, reply)

    # stopping

    def _stop(self, model: Model) -> None:
        if not model.is_stopping:
            model.is_stopping = True
            # the exit does not wait for another hour after a stop that has failed
            timeout = 0.0 if self._is_closed and model.failure is not None else STARTING_TIMEOUT
            model.jobs.put(
                functools.partial(
                    self._request_stop, model, may_be_starting=model.start_is_unseen, starting_timeout=timeout
                )
            )

    def _request_stop(self, model: Model, *, may_be_starting: bool, starting_timeout: float) -> None:
        """Stop a model; runs in the model's thread."""
        try:
            status = stop_model(
                model.client,
                model.version,
                model.version_arn,
                hourly=model.hourly,
                may_be_starting=may_be_starting,
                starting_timeout=starting_timeout,
            )
        except BaseException as error:  # noqa: BLE001  (raised in the waiting thread)
            self.post(self._after_stop, model, error)
        else:
            self.post(self._after_stop, model, None)
            logger.info("%s was stopped: %s", printable(model.version_arn), status)

    def _after_stop(self, model: Model, failure: BaseException | None) -> None:
        model.is_stopping = False
        model.failure = failure if isinstance(failure, ModelStillRunningError) else None
        if failure is None:
            model.is_stopped = True
            model.stopwatch.stop()
            self._forget(model)
        else:
            model.has_begun = True  # it may be running, so the next use must not start it
            model.retry_at = time.monotonic() + RETRY_AFTER
        self._reply(model, Left(is_last=True, failure=model.failure))
        self._check_closing()

    def _seconds_to_next_check(self) -> float | None:
        seconds = [
            max(min(model.limit.seconds - model.stopwatch.seconds, CHECK_PERIOD), model.retry_at - time.monotonic(), 0)
            for model in self.models.values()
            if model.limit.reason and not model.is_stopping
        ]
        return min(seconds, default=None)

    def _check_limits(self) -> None:
        for model in self.models.values():
            limit = model.limit
            if model.is_stopping or model.retry_at > time.monotonic() or model.stopwatch.seconds < limit.seconds:
                continue
            model.stopped_because = f"its limit was reached: {limit.reason}"
            logger.warning("%s is being stopped: %s", printable(model.version_arn), limit.reason)
            self._stop(model)

    # the end of the process

    def _check_open(self) -> None:
        if self._is_closed:
            raise RuntimeError("running() cannot start or adopt a model while the interpreter is exiting")

    def _close(self, reply: Reply[list[ModelStillRunningError]]) -> None:
        self._closing.append(reply)
        if not self._is_closed:
            self._is_closed = True
            for model in self.models.values():
                if model.is_ours:
                    model.stopped_because = model.stopped_because or "this process is exiting"
                    if not model.is_starting:
                        self._stop(model)
        self._check_closing()

    def _check_closing(self) -> None:
        if not any(model.is_starting or model.is_stopping for model in self.models.values()):
            failures = [model.failure for model in self.models.values() if model.failure is not None]
            for reply in self._closing:
                reply.set(failures)
