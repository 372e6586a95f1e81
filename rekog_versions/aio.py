"""AsyncVersionsClient: the driver for asyncio, over a boto3 client that is run in threads.

The same methods as `VersionsClient`, as coroutines and async iterators; a test compares the signatures.
"""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Self, TypeAlias, TypeVar, Unpack, overload

from rekog_versions.arns import ProjectArn, ProjectVersionArn
from rekog_versions.client import VersionsClient
from rekog_versions.creating import create_version
from rekog_versions.models._base import Answer
from rekog_versions.models.projects import (
    CustomizationFeature,
    DescribeProjectsResponse,
    ProjectAutoUpdate,
    ProjectDescription,
)
from rekog_versions.models.versions import (
    CreateProjectVersionFields,
    CreateProjectVersionRequest,
    DescribeProjectVersionsResponse,
    ProjectVersionDescription,
)
from rekog_versions.operations import (
    Call,
    Flow,
    Listing,
    Reply,
    Sleep,
    VersionRef,
    create_project,
    delete_project,
    describe_projects,
    describe_versions,
    following,
    get_version,
    list_projects,
    list_versions,
    request_of,
)
from rekog_versions.statuses import TRAINED, ProjectStatus
from rekog_versions.transport import RekognitionClient, connected
from rekog_versions.waiting import TRAINING_TIMEOUT, Poll, Schedule, Watch

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config

ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT", bound=Answer)
T = TypeVar("T")
OnPoll: TypeAlias = Callable[[Poll], object] | Callable[[Poll], Awaitable[object]]
"""What is called after each look: a function or a coroutine function."""


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


class AsyncVersionsClient:
    """The model versions of Amazon Rekognition Custom Labels, for asyncio.

    Methods bear the service's names. Each call of boto3 runs in a thread of the loop's default executor, so a cancelled
    call goes on there: the `CancelledError` of a create carries a note that says what may have started.

    Args:
        rekognition: boto3's client for rekognition. `connect()` makes one with sound settings.
        session: What clients for other services are made of when they are needed.
        s3: The client for S3, if it is not to be made of the session.
        sleep: How to pause, in seconds; a coroutine function.
        clock: Monotonic seconds.
    """

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

    # -- versions ----------------------------------------------------------------------------------------------------

    @overload
    async def create_project_version(self, request: CreateProjectVersionRequest, /) -> ProjectVersionArn: ...

    @overload
    async def create_project_version(self, /, **fields: Unpack[CreateProjectVersionFields]) -> ProjectVersionArn: ...

    async def create_project_version(
        self, request: CreateProjectVersionRequest | None = None, /, **fields: Any
    ) -> ProjectVersionArn:
        """Starts a training, exactly once, and does not wait for it.

        If an attempt of the call was lost on the wire or answered 5xx, the training may have started whatever the last
        error says; then the version is looked up by its name before an error is believed, for half a minute at most.
        Two writers that use one name and one output at the same time can't be told apart.

        Args:
            request: What to train; or its fields as keyword arguments.
            **fields: The fields of `CreateProjectVersionRequest`.

        Returns:
            The version's ARN.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused: `ResourceInUseError` if the name is taken, `LimitExceededError` if the
                account trains as many as it may.
            botocore.exceptions.BotoCoreError: The call failed otherwise. A note on the error says if the training may
                have started.
        """
        checked = request_of(CreateProjectVersionRequest, request, fields)
        return await self._run(create_version(checked, self._clock))

    async def describe_project_versions(
        self,
        project_arn: str,
        *,
        version_names: Sequence[str] | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> DescribeProjectVersionsResponse:
        """Describes versions: one call, one page, the latest version first.

        Args:
            project_arn: The project.
            version_names: At most 10; without them, all. Names that do not exist are left out of the answer.
            max_results: Versions a page, 1 to 100; the service's default is 100.
            next_token: Where to go on, from the page before.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused.
            ResponseError: The answer can't be read.
        """
        return await self._run(
            describe_versions(
                project_arn=project_arn, version_names=version_names, max_results=max_results, next_token=next_token
            )
        )

    def iter_project_versions(
        self, project_arn: str, *, version_names: Sequence[str] | None = None, page_size: int | None = None
    ) -> AsyncPager[ProjectVersionDescription, DescribeProjectVersionsResponse]:
        """Describes all versions of a project, the latest first, or those of any number of names.

        Args:
            project_arn: The project.
            version_names: Which ones; more than 10 are asked for in calls of ten, in their order.
            page_size: Versions a call, 1 to 100; the service's default is 100.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing is sent.
        """
        return AsyncPager(self._transport.call, list_versions(project_arn, version_names, page_size))

    async def get_project_version(self, version: VersionRef) -> ProjectVersionDescription:
        """Describes one version.

        Args:
            version: Its ARN (the project is then looked up by its name), `(project_arn, version_name)`, or a
                description of it.

        Raises:
            VersionNotFoundError: There is none.
            ServiceError: The service refused.
            ValueError: `version` names no version.
        """
        return await self._run(get_version(version))

    async def wait_until_trained(
        self,
        version: VersionRef,
        *,
        timeout: float | None = TRAINING_TIMEOUT,
        schedule: Schedule | None = None,
        on_poll: OnPoll | None = None,
    ) -> ProjectVersionDescription:
        """Waits until a version is trained, whatever was done with it since: one that runs or was stopped counts.

        Throttling, 5xx and lost connections don't end the wait; expired credentials and denials do. Whatever ends it,
        Ctrl-C included, carries the version's ARN and says how to take it up again, in any process.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it.
            timeout: Seconds until the wait gives up, 25 hours unless told otherwise; None for never.
            schedule: When to look; from every 15 seconds to every two minutes unless told otherwise.
            on_poll: Called after each look, and awaited if it is a coroutine function. What it raises ends the wait.

        Returns:
            The version's description, with the evaluation.

        Raises:
            TrainingFailedError: The training failed; the error has the service's reason and where the details are.
            UnreachableStatusError: The version is being deleted, has expired, or is a copy that is not done.
            VersionNotFoundError: There is no such version, for 30 seconds.
            WaitTimeoutError: The time was up. The training goes on and is billed.
            ServiceError: The service refused a look for good.
            ValueError: `version` names no version, or `timeout` or `schedule` is out of range.
        """
        watch = Watch(TRAINED, version, timeout=timeout, schedule=schedule or Schedule(), clock=self._clock)
        return await self._wait(watch, on_poll)

    @overload
    async def train(
        self,
        request: CreateProjectVersionRequest,
        /,
        *,
        timeout: float | None = ...,
        schedule: Schedule | None = ...,
        on_poll: OnPoll | None = ...,
    ) -> ProjectVersionDescription: ...

    @overload
    async def train(
        self,
        /,
        *,
        timeout: float | None = ...,
        schedule: Schedule | None = ...,
        on_poll: OnPoll | None = ...,
        **fields: Unpack[CreateProjectVersionFields],
    ) -> ProjectVersionDescription: ...

    async def train(
        self,
        request: CreateProjectVersionRequest | None = None,
        /,
        *,
        timeout: float | None = TRAINING_TIMEOUT,
        schedule: Schedule | None = None,
        on_poll: OnPoll | None = None,
        **fields: Any,
    ) -> ProjectVersionDescription:
        """Starts a training, exactly once, and waits for it: `create_project_version` and `wait_until_trained`.

        Args:
            request: What to train; or its fields as keyword arguments.
            timeout: Seconds until the wait gives up; None for never.
            schedule: When to look.
            on_poll: Called after each look.
            **fields: The fields of `CreateProjectVersionRequest`.

        Returns:
            The version's description, with the evaluation.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused.
            WaitError: The wait ended otherwise; see `wait_until_trained`.
        """
        checked = request_of(CreateProjectVersionRequest, request, fields)
        # the watch is made first: what is wrong with the wait must not be found once the training runs
        name = (checked.project_arn, checked.version_name)
        watch = Watch(TRAINED, name, timeout=timeout, schedule=schedule or Schedule(), clock=self._clock)
        watch.begin(await self._run(create_version(checked, self._clock)))
        return await self._wait(watch, on_poll)

    # -- projects ----------------------------------------------------------------------------------------------------

    async def create_project(
        self,
        project_name: str,
        *,
        feature: CustomizationFeature | str | None = None,
        auto_update: ProjectAutoUpdate | str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> ProjectArn:
        """Makes a project.

        Args:
            project_name: 1 to 255 characters, unique in the account and region.
            feature: The service's default is CUSTOM_LABELS.
            auto_update: For CONTENT_MODERATION projects, and needed there.
            tags: At most 200.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused: `ResourceInUseError` if the name is taken.
            ResponseError: The answer has no ARN.
        """
        return await self._run(
            create_project(project_name=project_name, feature=feature, auto_update=auto_update, tags=tags)
        )

    async def describe_projects(
        self,
        *,
        project_names: Sequence[str] | None = None,
        features: Sequence[CustomizationFeature | str] | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> DescribeProjectsResponse:
        """Describes projects: one call, one page.

        Args:
            project_names: At most 10; without them, all.
            features: Of which features; without it, CUSTOM_LABELS only.
            max_results: Projects a page, 1 to 100; the service's default is 100.
            next_token: Where to go on, from the page before.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused.
            ResponseError: The answer can't be read.
        """
        return await self._run(
            describe_projects(
                project_names=project_names, features=features, max_results=max_results, next_token=next_token
            )
        )

    def iter_projects(
        self,
        *,
        project_names: Sequence[str] | None = None,
        features: Sequence[CustomizationFeature | str] | None = None,
        page_size: int | None = None,
    ) -> AsyncPager[ProjectDescription, DescribeProjectsResponse]:
        """Describes all projects, or those of any number of names.

        Args:
            project_names: Which ones; more than 10 are asked for in calls of ten.
            features: Of which features; without it, CUSTOM_LABELS only.
            page_size: Projects a call, 1 to 100; the service's default is 100.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing is sent.
        """
        return AsyncPager(self._transport.call, list_projects(project_names, features, page_size))

    async def delete_project(self, project_arn: str) -> ProjectStatus | None:
        """Deletes a project, which must have no versions and no datasets left.

        Returns:
            The project's status, DELETING.

        Raises:
            pydantic.ValidationError: That is no project's ARN; nothing was sent.
            ServiceError: The service refused: `ResourceInUseError` if something is left in the project.
        """
        return (await self._run(delete_project(project_arn=project_arn))).status

    # -- the driver --------------------------------------------------------------------------------------------------

    async def _run(self, flow: Flow[T]) -> T:
        """Does what a flow wants done, and returns what the flow returns."""
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

    async def _wait(self, watch: Watch, on_poll: OnPoll | None) -> ProjectVersionDescription:
        from tenacity import AsyncRetrying  # noqa: PLC0415  (only waits need it)

        async def poll() -> Poll:
            try:
                found = watch.found(await self._run(watch.look()))
            except Exception as error:  # noqa: BLE001  (raised again, unless it passes)
                found = watch.failed(error)
            told = None if on_poll is None else on_poll(found)
            if inspect.isawaitable(told):
                await told
            return found

        sleep: Any = self._sleep
        with watch.noting():
            return watch.conclude(await AsyncRetrying(sleep=sleep, **watch.rules())(poll))
