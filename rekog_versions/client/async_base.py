"""The calls, pauses and threads of the asyncio client.

Apart from `base`, so that programs without asyncio do not import it.
"""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ParamSpec, TypeAlias, TypeVar

from rekog_versions._aws.error_codes import Attempt
from rekog_versions._aws.operations import Operation, ResponseT
from rekog_versions._aws.sessions import Session
from rekog_versions._aws.transport import RekognitionClient, Reply
from rekog_versions.client.base import CommonBase
from rekog_versions.waiting.arguments import check_on_poll
from rekog_versions.waiting.poll import DatasetPoll, Poll

P = ParamSpec("P")
T = TypeVar("T")
PollT = TypeVar("PollT")

AsyncOnPoll: TypeAlias = Callable[[Poll], object] | Callable[[Poll], Awaitable[object]]
"""A function or a coroutine function that is called after each poll."""
AsyncOnDatasetPoll: TypeAlias = Callable[[DatasetPoll], object] | Callable[[DatasetPoll], Awaitable[object]]
"""The same for datasets."""


class AsyncClientBase(CommonBase):
    """Calls that are awaited; each runs in a thread of the event loop's executor."""

    def __init__(
        self,
        rekognition: RekognitionClient,
        *,
        session: "Session | None" = None,
        s3: Any = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(rekognition, session=session, s3=s3, clock=clock)
        self._sleep = sleep

    async def call(
        self, operation: Operation[ResponseT], wire: Mapping[str, Any], attempts: list[Attempt] | None = None
    ) -> Reply[ResponseT]:
        """Send one request; see `Transport.call`. If the task is cancelled, the request continues in its thread."""
        return await asyncio.to_thread(self._transport.call, operation, wire, attempts)

    async def sleep(self, seconds: float) -> None:
        """Pause with the client's `sleep` function, for features built on the client."""
        await self._sleep(seconds)

    async def run_blocking(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in a thread, for features built on the client."""
        return await asyncio.to_thread(function, *args, **kwargs)

    async def run_flow(self, flow: Any) -> Any:
        """Drive a generator that yields calls and pauses; goes away with the last of them."""
        result: Any = None
        error: BaseException | None = None
        while True:
            try:
                step = flow.send(result) if error is None else flow.throw(error)
            except StopIteration as end:
                return end.value
            result, error = None, None
            try:
                if hasattr(step, "seconds"):
                    await self.sleep(step.seconds)
                else:
                    result = await self.call(step.operation, step.wire, step.attempts)
            except BaseException as raised:  # noqa: BLE001
                error = raised

    @staticmethod
    def check_on_poll(on_poll: object) -> None:
        """Check that `on_poll` is a function, a coroutine function or None.

        Raises:
            TypeError: It cannot be called.
        """
        check_on_poll(on_poll, may_await=True)

    @staticmethod
    async def report_poll(
        on_poll: Callable[[PollT], object] | Callable[[PollT], Awaitable[object]] | None, poll: PollT
    ) -> None:
        """Call `on_poll` if there is one, and await the result if it is awaitable."""
        result = None if on_poll is None else on_poll(poll)
        if inspect.isawaitable(result):
            await result
