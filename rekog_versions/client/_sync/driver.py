"""What drives boto3: flows, waits and pages, for all subjects of the client."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeVar

from rekog_versions._aws.transport import RekognitionClient as RekognitionClient
from rekog_versions._aws.transport import Services, Transport, connected
from rekog_versions.models._base import Answer
from rekog_versions.operations.flows import Call, Flow, Reply, Sleep, T
from rekog_versions.operations.listings import Listing, following
from rekog_versions.waiting.watching import PollT, SeenT, Watching

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config

ItemT = TypeVar("ItemT")
P = ParamSpec("P")
R = TypeVar("R")
PageT = TypeVar("PageT", bound=Answer)


class Pager(Generic[ItemT, PageT]):
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

    def pages(self) -> Iterator[PageT]:
        """The answers, one after the other."""
        for reply in self._replies():
            yield reply.answer

    def __iter__(self) -> Iterator[ItemT]:
        for reply in self._replies():
            yield from self._listing.items(reply)

    def _replies(self) -> Iterator[Reply[PageT]]:
        calls = self._listing.calls()
        call = next(calls, None)
        while call is not None:
            reply = self._call(call)
            yield reply
            call = following(calls, reply)


class Driver:
    """What all subjects of the client stand on: the boto3 client, the clock, and how flows and waits are driven."""

    def __init__(
        self,
        rekognition: RekognitionClient,
        *,
        session: "boto3.Session | None" = None,
        s3: Any = None,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = Transport(rekognition)
        self._services = Services(rekognition, session, s3=s3)
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
        return self.service("s3")

    def service(self, name: str) -> Any:
        """The boto3 client for another service, such as `"kms"`, made of the session on first use.

        Raises:
            ValueError: There is no session to make it of.
        """
        return self._services.client(name)

    @property
    def clock(self) -> Callable[[], float]:
        """Monotonic seconds: what this client measures by."""
        return self._clock

    def sleep(self, seconds: float) -> None:
        """Pause with the client's `sleep` function, for features built on the client."""
        self._sleep(seconds)

    def run_blocking(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a function that blocks, for features built on the client; the asyncio client runs it in a thread."""
        return function(*args, **kwargs)

    def run_flow(self, flow: Flow[T]) -> T:
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
                result = self._sleep(step.seconds) if isinstance(step, Sleep) else self._transport.call(step)
            except BaseException as raised:  # noqa: BLE001  (handed to the flow, which decides)
                error = raised

    def _wait(self, watch: Watching[PollT, SeenT], on_poll: Callable[[PollT], object] | None) -> PollT:
        """Looks until the watch has seen enough, and returns the last look."""
        from tenacity import Retrying  # noqa: PLC0415  (only waits need it)

        def poll() -> PollT:
            try:
                found = watch.found(self.run_flow(watch.look()))
            except Exception as error:  # noqa: BLE001  (raised again, unless it passes)
                found = watch.failed(error)
            if on_poll is not None:
                on_poll(found)
            return found

        sleep: Any = self._sleep
        with watch.noting():
            return Retrying(sleep=sleep, **watch.rules())(poll)
