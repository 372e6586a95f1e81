"""The asyncio client's methods for training versions and describing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack, overload

from rekog_versions import models
from rekog_versions._aws.operations import DESCRIBE_PROJECT_VERSIONS
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client._async.exactly_once import call_once
from rekog_versions.client._async.lookup import describe_version, with_arns
from rekog_versions.client._async.waits import version_watch, wait_for_version
from rekog_versions.client.arguments import checked_list, request_from, request_or_fields, warn_about_request
from rekog_versions.client.async_base import AsyncClientBase, AsyncOnPoll
from rekog_versions.client.pager import AsyncPager, Listing, chunks
from rekog_versions.client.progress import with_progress
from rekog_versions.client.recovery import CreateRecovery
from rekog_versions.models.references import VersionRef
from rekog_versions.waiting.arguments import Seconds
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.targets import TRAINED


class AsyncVersions(AsyncClientBase):
    """Training versions and describing them."""

    @overload
    async def create_project_version(
        self, request: models.CreateProjectVersionRequest | Mapping[str, Any], /
    ) -> ProjectVersionArn: ...

    @overload
    async def create_project_version(
        self, /, **fields: Unpack[models.CreateProjectVersionFields]
    ) -> ProjectVersionArn: ...

    async def create_project_version(
        self, request: models.CreateProjectVersionRequest | Mapping[str, Any] | None = None, /, **fields: Any
    ) -> ProjectVersionArn:
        """Start a training, exactly once, without waiting for it.

        If any attempt of the call was lost or failed with 5xx, the training may have started whatever the
        last error says. The version is then looked up by its name, for at most half a minute, before an error is
        raised.
        Two writers that use one name and one output at the same time cannot be distinguished.

        Args:
            request: The request, or a dict of its fields; or pass the fields as keyword arguments.
            **fields: The fields of `CreateProjectVersionRequest`; `project_arn` can be the project's name.

        Returns:
            The version's ARN.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request: `ResourceInUseError` if the name is taken,
                `LimitExceededError` if the account already runs as many trainings as it may.
            botocore.exceptions.BotoCoreError: The call failed otherwise. If the training may have started, a note on
                the exception says so.
        """
        checked = await with_arns(self, request_or_fields(models.CreateProjectVersionRequest, request, fields))
        warn_about_request(checked)
        return await call_once(self, CreateRecovery(checked), checked.to_wire())

    async def describe_project_versions(
        self,
        project_arn: str,
        *,
        version_names: Sequence[str] | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> models.DescribeProjectVersionsResponse:
        """Describe versions: one call and one page, the latest version first.

        Args:
            project_arn: The project's ARN or name.
            version_names: At most 10 names; by default, all versions. The response leaves out names that do not exist.
            max_results: Versions per page, 1 to 100; the service's default is 100.
            next_token: The token from the page before.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request.
            ResponseError: The response cannot be parsed.
        """
        request = request_from(
            models.DescribeProjectVersionsRequest,
            project_arn=project_arn,
            version_names=version_names,
            max_results=max_results,
            next_token=next_token,
        )
        return (await self.call(DESCRIBE_PROJECT_VERSIONS, (await with_arns(self, request)).to_wire())).response

    def iter_project_versions(
        self, project_arn: str, *, version_names: Sequence[str] | None = None, page_size: int | None = None
    ) -> AsyncPager[models.ProjectVersionDescription, models.DescribeProjectVersionsResponse]:
        """Describe all versions of a project, the latest first, or the versions with the given names.

        Args:
            project_arn: The project's ARN or name.
            version_names: The names. More than 10 are requested in calls of ten, in their order.
            page_size: Versions per call, 1 to 100; the service's default is 100.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing is sent.
        """
        requests = [
            request_from(
                models.DescribeProjectVersionsRequest,
                project_arn=project_arn,
                version_names=names,
                max_results=page_size,
            )
            for names in chunks(checked_list(version_names, "version_names"))
        ]
        listing = Listing(DESCRIBE_PROJECT_VERSIONS, requests, lambda page: page.project_version_descriptions)
        return AsyncPager(self.call, listing, lambda request: with_arns(self, request))

    async def get_project_version(self, version: VersionRef) -> models.ProjectVersionDescription:
        """Describe one version.

        Args:
            version: Its ARN (the project is then looked up by its name), `(project_arn, version_name)`, or a
                description of it.

        Raises:
            VersionNotFoundError: The version does not exist.
            ServiceError: The service rejected the request.
            ValueError: `version` does not name a version.
        """
        return await describe_version(self, version)

    async def wait_until_trained(
        self,
        version: VersionRef,
        *,
        timeout: Seconds | None = TRAINED.timeout,
        schedule: Schedule | None = None,
        on_poll: AsyncOnPoll | None = None,
        progress: bool = False,
    ) -> models.ProjectVersionDescription:
        """Wait until a version is trained. A version that was started or stopped since counts as trained.

        Throttling, 5xx responses and lost connections do not end the wait once a poll has succeeded; expired
        credentials and denials do. Any exception that ends it, Ctrl-C included, has a note with the version's ARN that
        says how to resume the wait in any process.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it.
            timeout: Seconds, or a `timedelta`, until the wait gives up, by default 25 hours; None for no limit.
            schedule: The delays between polls; by default, from 15 seconds to two minutes.
            on_poll: Called after each poll, and awaited if it is a coroutine function. Its exceptions end the wait.
            progress: Write the progress to standard error: a live line in a terminal or notebook, else a line a change.

        Returns:
            The version's description, with the evaluation.

        Raises:
            TrainingFailedError: The training failed; the error has the service's reason and the files with the details.
            UnreachableStatusError: The version is being deleted, has expired, or is an unfinished copy.
            VersionNotFoundError: The version does not exist, for 30 seconds.
            WaitTimeoutError: The wait timed out. The training continues and is billed.
            ServiceError: The service rejected a poll, and retrying does not help.
            ValueError: `version` does not name a version, or `timeout` is out of range.
        """
        watch = version_watch(self, TRAINED, version, timeout=timeout, schedule=schedule, on_poll=on_poll)
        report = with_progress(on_poll, progress)
        return watch.result(await wait_for_version(self, watch, report))

    @overload
    async def train(
        self,
        request: models.CreateProjectVersionRequest | Mapping[str, Any],
        /,
        *,
        timeout: Seconds | None = ...,
        schedule: Schedule | None = ...,
        on_poll: AsyncOnPoll | None = ...,
        progress: bool = ...,
    ) -> models.ProjectVersionDescription: ...

    @overload
    async def train(
        self,
        /,
        *,
        timeout: Seconds | None = ...,
        schedule: Schedule | None = ...,
        on_poll: AsyncOnPoll | None = ...,
        progress: bool = ...,
        **fields: Unpack[models.CreateProjectVersionFields],
    ) -> models.ProjectVersionDescription: ...

    async def train(
        self,
        request: models.CreateProjectVersionRequest | Mapping[str, Any] | None = None,
        /,
        *,
        timeout: Seconds | None = TRAINED.timeout,
        schedule: Schedule | None = None,
        on_poll: AsyncOnPoll | None = None,
        progress: bool = False,
        **fields: Any,
    ) -> models.ProjectVersionDescription:
        """Start a training, exactly once, and wait for it: `create_project_version`, then `wait_until_trained`.

        Args:
            request: The request; or pass its fields as keyword arguments.
            timeout: Seconds, or a `timedelta`, until the wait gives up, by default 25 hours; None for no limit.
            schedule: The delays between polls; by default, from 15 seconds to two minutes.
            on_poll: Called after each poll, and awaited if it is a coroutine function. Its exceptions end the wait.
            progress: Write the progress to standard error: a live line in a terminal or notebook, else a line a change.
            **fields: The fields of `CreateProjectVersionRequest`.

        Returns:
            The version's description, with the evaluation.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request.
            WaitError: The wait ended otherwise; see `wait_until_trained`.
        """
        others = ("timeout", "schedule", "on_poll", "progress")
        checked = request_or_fields(models.CreateProjectVersionRequest, request, fields, *others)
        checked = await with_arns(self, checked)
        # the arguments of the wait are checked before the training starts
        name = (checked.project_arn, checked.version_name)
        watch = version_watch(self, TRAINED, name, timeout=timeout, schedule=schedule, on_poll=on_poll)
        report = with_progress(on_poll, progress)
        with watch.noting(once_begun=True):
            await call_once(self, CreateRecovery(checked), checked.to_wire(), keep=watch.begin)
            return watch.result(await wait_for_version(self, watch, report))
