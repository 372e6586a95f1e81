"""The foundation of both clients, and the calls and pauses of the sync client."""

import time
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, ParamSpec, Self, TypeAlias, TypeVar

from rekog_versions._aws.error_codes import Attempt
from rekog_versions._aws.given_clients import check_rekognition, check_s3, check_session
from rekog_versions._aws.operations import Operation, ResponseT
from rekog_versions._aws.regions import check_arns, check_region, region_of
from rekog_versions._aws.sessions import ClientConfig, Services, Session, connect
from rekog_versions._aws.transport import (
    RekognitionClient as RekognitionClient,  # noqa: PLC0414  (exported)
    Reply,
    Transport,
)
from rekog_versions.arns import ProjectArn
from rekog_versions.errors import ResourceNotFoundError
from rekog_versions.waiting.arguments import check_on_poll
from rekog_versions.waiting.poll import DatasetPoll, Poll

P = ParamSpec("P")
T = TypeVar("T")
PollT = TypeVar("PollT")

OnPoll: TypeAlias = Callable[[Poll], object]
"""A function that is called after each poll."""
OnDatasetPoll: TypeAlias = Callable[[DatasetPoll], object]
"""The same for datasets."""


class CommonBase:
    """The parts that do not depend on how calls are made."""

    def __init__(
        self,
        rekognition: RekognitionClient,
        *,
        session: "Session | None" = None,
        s3: Any = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        check_rekognition(rekognition)
        check_session(session)
        check_s3(s3)
        self._region = region_of(rekognition)
        check_region(self._region)
        self._transport = Transport(rekognition)
        self._services = Services(rekognition, session, s3=s3)
        self._clock = clock
        self.project_arns: dict[str, ProjectArn] = {}
        """The projects that were looked up, by name."""

    @classmethod
    def connect(
        cls,
        region_name: str | None = None,
        *,
        session: "Session | None" = None,
        profile_name: str | None = None,
        endpoint_url: str | None = None,
        config: "ClientConfig | None" = None,
    ) -> Self:
        """Create a client with a boto3 client of its own.

        The boto3 client retries in standard mode and has a user agent that names this package. Large responses are
        parsed faster than those of a client that is passed in.

        Args:
            region_name: The region; by default, the session's.
            session: The boto3 session; by default, a new one. boto3's default session is never used.
            profile_name: A profile of the shared configuration files, for the new session.
            endpoint_url: An endpoint other than AWS's, such as that of the emulated service.
            config: Settings that override ours.

        Raises:
            ValueError: Both a session and a profile are given, or `region_name` does not have the form of a region.
            TypeError: An argument has the wrong type.
            botocore.exceptions.BotoCoreError: The profile does not exist, or no region is configured.
        """
        return cls._connected(*connect(session, region_name, profile_name, endpoint_url, config))

    @classmethod
    def _connected(cls, rekognition: Any, session: "Session", **options: Any) -> Self:
        client = cls(rekognition, session=session, **options)
        client._transport.read_bytes()
        return client

    @property
    def rekognition(self) -> Any:
        """The boto3 client for Rekognition, for calls that this package does not offer."""
        return self._transport.rekognition

    @property
    def s3(self) -> Any:
        """The boto3 client for S3: the one passed in, or one created from the session on first use.

        Raises:
            ValueError: There is neither a client nor a session.
        """
        return self.service("s3")

    def service(self, name: str) -> Any:
        """Return the boto3 client for another service, such as `"kms"`, created from the session on first use.

        Raises:
            ValueError: There is no session.
        """
        return self._services.client(name)

    def __reduce__(self) -> NoReturn:
        """Reject pickling: a client has connections, locks and perhaps credentials.

        Raises:
            TypeError: Always; the message says what to do instead.
        """
        region = f"region_name={self._region!r}" if self._region else ""
        raise TypeError(
            f"a {type(self).__name__} cannot be pickled, because it has connections of its process. Create one in "
            f"each process, with {type(self).__name__}.connect({region}), and pass ARNs between processes"
        )

    def check_region(self, wire: Mapping[str, Any]) -> None:
        """Check that the ARNs of a request are in the region of the client, if it calls AWS.

        Raises:
            ValueError: One is in another region; the message says how to create a client for it.
        """
        check_arns(wire, self._region)

    def forget_projects(self) -> None:
        """Look projects up again by their names from now on. One of them was deleted."""
        self.project_arns.clear()

    @property
    def clock(self) -> Callable[[], float]:
        """The function that returns monotonic seconds, by which this client measures time."""
        return self._clock


class ClientBase(CommonBase):
    """Calls that block."""

    @classmethod
    def over(cls, client: CommonBase) -> Self:
        """Create a client that shares the connections of another client."""
        shared = cls(client.rekognition, clock=client.clock)
        shared._transport, shared._services = client._transport, client._services  # noqa: SLF001
        return shared

    def __init__(
        self,
        rekognition: RekognitionClient,
        *,
        session: "Session | None" = None,
        s3: Any = None,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(rekognition, session=session, s3=s3, clock=clock)
        if self._transport.is_async:
            raise TypeError(
                "VersionsClient needs a boto3 client, got one whose calls must be awaited; use AsyncVersionsClient"
            )
        self._sleep = sleep

    def call(
        self, operation: Operation[ResponseT], wire: Mapping[str, Any], attempts: list[Attempt] | None = None
    ) -> Reply[ResponseT]:
        """Send one request; see `Transport.call`."""
        self.check_region(wire)
        try:
            return self._transport.call(operation, wire, attempts)
        except ResourceNotFoundError:
            self.forget_projects()
            raise

    def sleep(self, seconds: float) -> None:
        """Pause with the client's `sleep` function, for features built on the client."""
        self._sleep(seconds)

    def run_blocking(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function, for features built on the client; `AsyncVersionsClient` runs it in a thread."""
        return function(*args, **kwargs)

    @staticmethod
    def check_on_poll(on_poll: object) -> None:
        """Check that `on_poll` is a plain function or None.

        Raises:
            TypeError: It is a coroutine function or cannot be called.
        """
        check_on_poll(on_poll, may_await=False)

    @staticmethod
    def report_poll(on_poll: Callable[[PollT], object] | None, poll: PollT) -> None:
        """Call `on_poll` if there is one."""
        if on_poll is not None:
            on_poll(poll)
