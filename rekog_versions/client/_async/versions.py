"""The asyncio client's methods for versions."""

from collections.abc import Sequence
from typing import Any, Unpack, overload

from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client._async.driver import AsyncDriver, AsyncPager, OnPoll
from rekog_versions.creating import create_version
from rekog_versions.models.versions import (
    CreateProjectVersionFields,
    CreateProjectVersionRequest,
    DescribeProjectVersionsResponse,
    ProjectVersionDescription,
)
from rekog_versions.operations.flows import request_of
from rekog_versions.operations.versions import VersionRef, describe_versions, get_version, list_versions
from rekog_versions.statuses import TRAINED
from rekog_versions.waiting import TRAINING_TIMEOUT, Schedule, Watch
from rekog_versions.waiting.arguments import check_on_poll


class AsyncVersions(AsyncDriver):
    """Training versions and describing them."""

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
        return await self.run_flow(create_version(checked, self._clock))

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
        return await self.run_flow(
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
        return await self.run_flow(get_version(version))

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
        check_on_poll(on_poll, may_await=True)
        watch = Watch(TRAINED, version, timeout=timeout, schedule=schedule, clock=self._clock)
        return watch.conclude(await self._wait(watch, on_poll))

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
        check_on_poll(on_poll, may_await=True)
        watch = Watch(TRAINED, name, timeout=timeout, schedule=schedule, clock=self._clock)
        watch.begin(await self.run_flow(create_version(checked, self._clock)))
        return watch.conclude(await self._wait(watch, on_poll))
