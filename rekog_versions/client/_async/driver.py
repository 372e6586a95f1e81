"""What drives boto3 under asyncio: flows, waits and pages, for all subjects of the client."""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeAlias, TypeVar

from rekog_versions._aws.transport import RekognitionClient, connected
from rekog_versions.client._sync.client import VersionsClient
from rekog_versions.models._base import Answer
from rekog_versions.operations.flows import Call, Flow, Reply, Sleep, T
from rekog_versions.operations.listings import Listing, following
from rekog_versions.waiting import DatasetPoll, Poll
from rekog_versions.waiting.watching import PollT, SeenT, Watching

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config

ItemT = TypeVar("ItemT")
P = ParamSpec("P")
R = TypeVar("R")
PageT = TypeVar("PageT", bound=Answer)
OnPoll: TypeAlias = Callable[[Poll], object] | Callable[[Poll], Awaitable[object]]
"""What is called after each look: a function or a coroutine function."""
OnDatasetPoll: TypeAlias = Callable[[DatasetPoll], object] | Callable[[DatasetPoll], Awaitable[object]]
"""The same for datasets."""


class AsyncPager(Generic[ItemT, PageT]):
    """What a listing holds: iterate it for the items, or its `pages()` for the answers.

    Nothing is asked for before the iteration, which can be done again and again and asks anew each time. An empty page
    with a token goes on.

    Raises:
        PaginationError: While iterating: the service gave a token a second time.
        ServiceError: While iterating: the service refused.
    """

    def __init__(self, call: Callable[[Call[PageT]], Reply[PageT]], listing: Listing[ItemT, PageT]) -> None:
        self._call = call
        self._listing = listing

    async def pages(self) -> AsyncIterator[PageT]:
        """The answers, one after the other."""
        async for reply in self._replies():
            yield reply.answer

    async def __aiter__(self) -> AsyncIterator[ItemT]:
        async for reply in self._replies():
            for item in self._listing.items(reply):
                yield item

    async def _replies(self) -> AsyncIterator[Reply[PageT]]:
        calls = self._listing.calls()
        call = next(calls, None)
        while call is not None:
            reply = await asyncio.to_thread(self._call, call)
            yield reply
            call = following(calls, reply)


class AsyncDriver:
    """What all subjects of the client stand on: the blocking client, the clock, and how flows and waits are driven."""

    def __init__(
        self,
        rekognition: RekognitionClient,
        *,
        session: "boto3.Session | None" = None,
        s3: Any = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sync = VersionsClient(rekognition, session=session, s3=s3, clock=clock)
        # the two are one, seen from two sides
        self._transport = self._sync._transport  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        self._sleep = sleep
        self._clock = clock

    @classmethod
    def connect(
        cls,
        *,
        session: "boto3.Session | None" = None,
        region_name: str | None = None,
        profile_name: str | None = None,
        endpoint_url: str | None = None,
        config: "Config | None" = None,
    ) -> Self:
        """Makes a client of its own: standard retries, a user agent that names this package, fast answers.

        Args:
            session: The boto3 session; without it, a new one is made. boto3's default session is never used.
            region_name: The region; without it, the session's.
            profile_name: A profile of the shared configuration, for the new session.
            endpoint_url: Another address than AWS's, such as the emulated service's.
            config: Settings that go over ours.

        Raises:
            ValueError: Both a session and a profile are given.
            botocore.exceptions.BotoCoreError: There is no such profile, or no region is known.
        """
        rekognition, session = connected(session, region_name, profile_name, endpoint_url, config)
        client = cls(rekognition, session=session)
        client._transport.read_bytes()
        return client

    @property
    def rekognition(self) -> Any:
        """The boto3 client, for whatever is not here."""
        return self._transport.rekognition

    @property
    def s3(self) -> Any:
        """The boto3 client for S3: the one that was given, or one made of the session on first use.

        Raises:
            ValueError: There is neither.
        """
        return self._sync.s3

    def service(self, name: str) -> Any:
        """The boto3 client for another service, such as `"kms"`, made of the session on first use.

        Raises:
            ValueError: There is no session to make it of.
        """
        return self._sync.service(name)

    @property
    def sync(self) -> VersionsClient:
        """The same client without asyncio: its calls block, so they belong into a thread."""
        return self._sync

    @property
    def clock(self) -> Callable[[], float]:
        """Monotonic seconds: what this client measures by."""
        return self._clock

    async def sleep(self, seconds: float) -> None:
        """Pause with the client's `sleep` function, for features built on the client."""
        await self._sleep(seconds)

    async def run_blocking(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a function that blocks in a thread, for features built on the client."""
        return await asyncio.to_thread(function, *args, **kwargs)

    async def run_flow(self, flow: Flow[T]) -> T:
        """Does what a flow wants done, and returns what the flow returns: for features that stand on the client."""
        result: Any = None
        error: BaseException | None = None
        while True:
            try:
                step = flow.send(result) if error is None else flow.throw(error)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            result, error = None, None
            try:
                if isinstance(step, Sleep):
                    result = await self._sleep(step.seconds)
                else:
                    result = await asyncio.to_thread(self._transport.call, step)
            except BaseException as raised:  # noqa: BLE001  (handed to the flow, which decides)
                error = raised

    async def _wait(
        self,
        watch: Watching[PollT, SeenT],
        on_poll: Callable[[PollT], object] | Callable[[PollT], Awaitable[object]] | None,
    ) -> PollT:
        """Looks until the watch has seen enough, and returns the last look."""
        from tenacity import AsyncRetrying  # noqa: PLC0415  (only waits need it)

        async def poll() -> PollT:
            try:
                found = watch.found(await self.run_flow(watch.look()))
            except Exception as error:  # noqa: BLE001  (raised again, unless it passes)
                found = watch.failed(error)
            told = None if on_poll is None else on_poll(found)
            if inspect.isawaitable(told):
                await told
            return found

        sleep: Any = self._sleep
        with watch.noting():
            return await AsyncRetrying(sleep=sleep, **watch.rules())(poll)
