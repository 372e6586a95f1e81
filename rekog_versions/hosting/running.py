"""`running`: a model that is stopped on every way out. The drivers for boto3 and for asyncio."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, TypeAlias, TypeVar, overload

from rekog_versions.client import AsyncVersionsClient, VersionsClient, check_client
from rekog_versions.hosting.costs import LIST_PRICES, Amount, Prices
from rekog_versions.hosting.handles import AsyncRunningModel, RunningModel
from rekog_versions.hosting.hosted import registry
from rekog_versions.hosting.session import Options, Pass, Run, Session, Steps, Until
from rekog_versions.hosting.signals import handler
from rekog_versions.operations.versions import VersionRef
from rekog_versions.waiting.arguments import check_on_poll
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.versions import RUNNING_TIMEOUT, Poll

T = TypeVar("T")
OnPoll: TypeAlias = Callable[[Poll], object] | Callable[[Poll], Awaitable[object]]


class Running:
    """What `running` returns for a `VersionsClient`: to be entered once, with `with` or an `ExitStack`."""

    def __init__(self, client: VersionsClient, options: Options) -> None:
        self._client = client
        self._options = options
        self._session: Session | None = None

    def __enter__(self) -> RunningModel:
        """Starts the model, or adopts it, and waits until it runs."""
        session = self._session = _fresh(self._session, self._client, self._options)
        try:
            if self._options.handle_signals:
                handler.join(self)
            return RunningModel(self._client, session, self._drive(session.entering()))
        except BaseException as error:
            self._leave(session, error)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stops the model."""
        if self._session is not None and not self._session.has_ended:
            self._leave(self._session, error)

    def _leave(self, session: Session, error: BaseException | None) -> None:
        try:
            self._drive(session.leaving(error))
        finally:
            handler.leave(self, registry.stop_all)

    def _drive(self, steps: Steps[T]) -> T:
        result: Any = None
        error: BaseException | None = None
        while True:
            try:
                step = steps.send(result) if error is None else steps.throw(error)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            result, error = None, None
            try:
                result = self._do(step)
            except BaseException as raised:  # noqa: BLE001  (handed to the session, which decides)
                error = raised

    def _do(self, step: Run | Pass | Until) -> Any:
        match step:
            case Run(flow):
                return self._client.run_flow(flow)
            case Pass(gate, to_the_end):
                if (interruption := gate.wait(to_the_end=to_the_end)) is not None:
                    raise interruption
                return None
            case Until():
                wait = getattr(self._client, f"wait_until_{step.target}")
                return wait(step.version, timeout=step.timeout, schedule=step.schedule, on_poll=step.on_poll)


class AsyncRunning:
    """What `running` returns for an `AsyncVersionsClient`: to be entered once, with `async with` or an exit stack."""

    def __init__(self, client: AsyncVersionsClient, options: Options) -> None:
        self._client = client
        self._options = options
        self._session: Session | None = None

    async def __aenter__(self) -> AsyncRunningModel:
        """Starts the model, or adopts it, and waits until it runs."""
        session = self._session = _fresh(self._session, self._client.sync, self._options)
        try:
            loop, task = asyncio.get_running_loop(), asyncio.current_task()
            if self._options.handle_signals and task is not None:
                handler.join(self, lambda: _cancel(loop, task))
            return AsyncRunningModel(self._client, session, await self._drive(session.entering()))
        except BaseException as error:
            await self._leave(session, error)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stops the model."""
        if self._session is not None and not self._session.has_ended:
            await self._leave(self._session, error)

    async def _leave(self, session: Session, error: BaseException | None) -> None:
        try:
            await self._drive(session.leaving(error), may_await=not isinstance(error, GeneratorExit))
        finally:
            handler.leave(self, registry.stop_all)

    async def _drive(self, steps: Steps[T], *, may_await: bool = True) -> T:
        result: Any = None
        error: BaseException | None = None
        while True:
            try:
                step = steps.send(result) if error is None else steps.throw(error)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            result, error = None, None
            try:
                result = await self._do(step, may_await=may_await)
            except BaseException as raised:  # noqa: BLE001  (handed to the session, which decides)
                error = raised

    async def _do(self, step: Run | Pass | Until, *, may_await: bool) -> Any:
        match step:
            case Run(flow):
                return await self._client.run_flow(flow)
            case Pass(gate, to_the_end):
                # a coroutine that is being closed can't await any more, but must not end before the model is stopped
                interruption = await gate.wait_async(to_the_end=to_the_end) if may_await else gate.wait()
                if interruption is not None:
                    raise interruption
                return None
            case Until():
                wait = getattr(self._client, f"wait_until_{step.target}")
                return await wait(step.version, timeout=step.timeout, schedule=step.schedule, on_poll=step.on_poll)


def _fresh(session: Session | None, client: VersionsClient, options: Options) -> Session:
    if session is not None and not session.has_ended:
        raise RuntimeError("this is in use already: call running() again for another use of the model")
    return Session(client, options)


def _cancel(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[Any]") -> bool:
    if task.done() or loop.is_closed():  # it has entered the statement for others
        return False
    loop.call_soon_threadsafe(task.cancel)
    return True


@overload
def running(
    client: VersionsClient,
    version: VersionRef,
    *,
    min_inference_units: int = ...,
    max_inference_units: int | None = ...,
    max_hours: float | None = ...,
    max_cost: Amount | None = ...,
    prices: Prices = ...,
    stop_adopted: bool = ...,
    wait_for_stop: bool = ...,
    handle_signals: bool = ...,
    timeout: float | None = ...,
    schedule: Schedule | None = ...,
    on_poll: Callable[[Poll], object] | None = ...,
) -> Running: ...


@overload
def running(
    client: AsyncVersionsClient,
    version: VersionRef,
    *,
    min_inference_units: int = ...,
    max_inference_units: int | None = ...,
    max_hours: float | None = ...,
    max_cost: Amount | None = ...,
    prices: Prices = ...,
    stop_adopted: bool = ...,
    wait_for_stop: bool = ...,
    handle_signals: bool = ...,
    timeout: float | None = ...,
    schedule: Schedule | None = ...,
    on_poll: OnPoll | None = ...,
) -> AsyncRunning: ...


def running(
    client: VersionsClient | AsyncVersionsClient,
    version: VersionRef,
    *,
    min_inference_units: int = 1,
    max_inference_units: int | None = None,
    max_hours: float | None = None,
    max_cost: Amount | None = None,
    prices: Prices = LIST_PRICES,
    stop_adopted: bool = False,
    wait_for_stop: bool = False,
    handle_signals: bool = True,
    timeout: float | None = RUNNING_TIMEOUT,
    schedule: Schedule | None = None,
    on_poll: OnPoll | None = None,
) -> Running | AsyncRunning:
    """Runs a model for the length of a `with` statement, and stops it on every way out.

        with running(client, version, max_hours=2) as model:
            labels = model.detect("photo.jpg")

    A model is billed from its start until it is stopped, used or not, and nothing stops it by itself. So it is stopped
    when the statement ends: normally, by an exception, by Ctrl-C (also one that comes while it starts, or while it is
    being stopped), by the cancellation of the task, by SIGTERM or SIGHUP; when the time or cost limit is reached,
    whatever the body is doing; and when the interpreter exits without having ended the statement. A start whose answer
    was lost is taken for one that may have happened. Start and stop are called in a thread that nothing interrupts.

    *What nobody can do from here* is to stop a model after `kill -9`, `os._exit`, a crash of the interpreter or of the
    machine, or, in a thread that is not the main one, after SIGTERM. `running_models` lists what runs; a scheduled
    `stop_all`, or an alarm on the account's bill, is what catches these.

    A model that runs or starts already is adopted: used, and left running afterwards. Several uses of a model in one
    process (threads, tasks, nested) share it: the first one starts it and the last one stops it; of several limits the
    first that is reached counts. In a forked child the model is the parent's, and the child never stops it.

    Args:
        client: A `VersionsClient`, or an `AsyncVersionsClient` for `async with`.
        version: Its ARN, `(project_arn, version_name)`, or a description of it.
        min_inference_units: What to start it with; each unit is billed. A model that runs already keeps its own.
        max_inference_units: Up to where the service scales it; without it, it does not scale.
        max_hours: Hours after which it is stopped, counted from the start. The body is not interrupted: its next
            `detect` raises `ModelStoppedError`. No limit holds for an adopted model, unless `stop_adopted` is set; then
            it counts from the adoption.
        max_cost: The same by cost, in the currency of `prices`; for a model that scales, the highest possible.
        prices: What things cost.
        stop_adopted: Stop the model even if it ran before.
        wait_for_stop: Wait until it is STOPPED where the statement ends without an exception. Otherwise leaving takes
            until the service has accepted the stop; the rest it does by itself, in some minutes.
        handle_signals: Let SIGTERM and SIGHUP end the work as an exception does, where they have their default
            handlers and this is the main thread (under asyncio the task is cancelled). Once the model is stopped the
            signal is raised again, so that the process ends with the status that it would have had.
        timeout: Seconds to wait until it runs; None for no limit. A model that does not run by then is stopped.
        schedule: When to look meanwhile.
        on_poll: Called after each look; for an `AsyncVersionsClient` it may be a coroutine function.

    Returns:
        A context manager, asynchronous for an `AsyncVersionsClient`. It gives a `RunningModel`, or an
        `AsyncRunningModel`.

    Raises:
        pydantic.ValidationError: The inference units are out of range.
        ValueError: Another value is out of range, or `version` names no version.
        TypeError: A value is of another type, or `client` is neither of the two.
        VersionNotFoundError: On entering: there is no such version.
        ServiceError: On entering: the service refused to start it.
        StartFailedError: On entering: the service could not start it.
        WaitTimeoutError: On entering: it did not run in time.
        ModelStoppedError: On entering: a limit was reached before it ran.
        ModelStillRunningError: On leaving: it could not be stopped, after two minutes of trying where the reason was
            a passing one. The message has the command that stops it by hand, and what it costs an hour. If the body
            raised an `Exception`, both are raised, in an `ExceptionGroup`; what ends the program or the task (Ctrl-C, a
            cancellation) stays what it is and carries the message as a note. It is logged as critical in any case, and
            the stop is tried again when the interpreter exits.
    """
    check_client(client)
    check_on_poll(on_poll, may_await=isinstance(client, AsyncVersionsClient))
    options = Options(
        version=version,
        min_inference_units=min_inference_units,
        max_inference_units=max_inference_units,
        max_hours=max_hours,
        max_cost=max_cost,
        prices=prices,
        stop_adopted=stop_adopted,
        wait_for_stop=wait_for_stop,
        handle_signals=handle_signals,
        timeout=timeout,
        schedule=schedule,
        on_poll=on_poll,
    )
    if isinstance(client, AsyncVersionsClient):
        return AsyncRunning(client, options)
    return Running(client, options)
