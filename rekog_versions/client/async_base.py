"""The calls, pauses and threads of the asyncio client.

Apart from `base`, so that programs without asyncio do not import it.
"""

import asyncio
import contextvars
import functools
import inspect
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, ParamSpec, Self, TypeAlias, TypeVar

from rekog_versions._aws.error_codes import Attempt
from rekog_versions._aws.operations import Operation, ResponseT
from rekog_versions._aws.sessions import ClientConfig, Session, connect
from rekog_versions._aws.transport import RekognitionClient, Reply
from rekog_versions.client._sync.client import VersionsClient
from rekog_versions.client.base import CommonBase
from rekog_versions.errors import ResourceNotFoundError
from rekog_versions.waiting.arguments import check_on_poll
from rekog_versions.waiting.poll import DatasetPoll, Poll

P = ParamSpec("P")
T = TypeVar("T")
PollT = TypeVar("PollT")

AsyncOnPoll: TypeAlias = Callable[[Poll], object] | Callable[[Poll], Awaitable[object]]
"""A function or a coroutine function that is called after each poll."""
AsyncOnDatasetPoll: TypeAlias = Callable[[DatasetPoll], object] | Callable[[DatasetPoll], Awaitable[object]]
"""The same for datasets."""


MAX_WORKERS = 100
"""The default number of threads. With responses in 0.3 seconds, 1,000 waits make their first poll within 3 seconds."""

LONGEST_TURN = 0.005
"""Seconds after which no more calls begin in one turn of the event loop."""


class AsyncClientBase(CommonBase):
    """Calls that are awaited.

    The calls of a boto3 client run in threads of a pool that belongs to this client, so that they never fill the event
    loop's default executor, which also resolves host names. The calls of an aiobotocore client are awaited directly.
    """

    def __init__(
        self,
        rekognition: RekognitionClient,
        *,
        session: "Session | None" = None,
        s3: Any = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        max_workers: int = MAX_WORKERS,
    ) -> None:
        super().__init__(rekognition, session=session, s3=s3, clock=clock)
        self._sleep = sleep
        self._threads = ThreadPoolExecutor(max_workers, thread_name_prefix="rekog_versions")
        self._is_closed = False
        self._turn = 0
        self._turn_began = -math.inf

    @classmethod
    def connect(
        cls,
        region_name: str | None = None,
        *,
        session: "Session | None" = None,
        profile_name: str | None = None,
        endpoint_url: str | None = None,
        config: "ClientConfig | None" = None,
        max_workers: int = MAX_WORKERS,
    ) -> Self:
        """Create a client with a boto3 client of its own, which keeps a connection for each thread.

        Args:
            session: The boto3 session; by default, a new one. boto3's default session is never used.
            region_name: The region; by default, the session's.
            profile_name: A profile of the shared configuration files, for the new session.
            endpoint_url: An endpoint other than AWS's, such as that of the emulated service.
            config: Settings that override ours; see `VersionsClient.connect`.
            max_workers: The most threads for calls.

        Raises:
            ValueError: Both a session and a profile are given.
            botocore.exceptions.BotoCoreError: The profile does not exist, or no region is configured.
        """
        made = connect(session, region_name, profile_name, endpoint_url, config, max_pool_connections=max_workers)
        return cls._connected(*made, max_workers=max_workers)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the client: release its threads. Calls in progress continue; new ones raise RuntimeError."""
        self._is_closed = True
        self._threads.shutdown(wait=False)

    @cached_property
    def sync(self) -> VersionsClient:
        """The same client without asyncio. Its calls block, so they belong in a thread.

        Raises:
            ValueError: This client was created from an aiobotocore client, whose calls must be awaited.
        """
        if self._transport.is_async:
            raise ValueError(
                "this needs a boto3 client, because it calls the service from a thread: create the client with "
                "AsyncVersionsClient(boto3.client('rekognition'))"
            )
        return VersionsClient.over(self)

    async def call(
        self, operation: Operation[ResponseT], wire: Mapping[str, Any], attempts: list[Attempt] | None = None
    ) -> Reply[ResponseT]:
        """Send one request; see `Transport.call`. If the task is cancelled, the request continues in its thread."""
        await self.take_turn()
        self.check_region(wire)
        try:
            if self._transport.is_async:
                return await self._transport.call_async(operation, wire, attempts)
            return await self.run_blocking(self._transport.call, operation, wire, attempts)
        except ResourceNotFoundError:
            self.forget_projects()
            raise

    async def take_turn(self) -> None:
        """Let the event loop do other work first if the calls in this turn of the loop have taken too long.

        Many tasks can be ready in one turn, such as 1,000 waits that begin together. No lock and no callback is
        involved, because the loss of one, by an interruption of the event loop, would block all other calls.

        Raises:
            RuntimeError: No asyncio event loop is running.
        """
        _running_loop()
        while self._clock() - self._turn_began > LONGEST_TURN:
            turn = self._turn
            await asyncio.sleep(0)
            if turn == self._turn:  # this is the first call in the next turn
                self._turn += 1
                self._turn_began = self._clock()

    async def sleep(self, seconds: float) -> None:
        """Pause with the client's `sleep` function, for features built on the client."""
        await self._sleep(seconds)

    async def run_blocking(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in a thread, for features built on the client.

        Raises:
            RuntimeError: The client is closed, or no asyncio event loop is running.
        """
        if self._is_closed:
            raise RuntimeError("this AsyncVersionsClient is closed; create a new one")
        call = functools.partial(contextvars.copy_context().run, function, *args, **kwargs)
        return await _running_loop().run_in_executor(self._threads, call)

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


def _running_loop() -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError(
            "AsyncVersionsClient must run in an asyncio event loop (asyncio, uvloop, or anyio on asyncio), and none is "
            "running. Under trio, call VersionsClient in a thread: await trio.to_thread.run_sync(...)"
        ) from None
