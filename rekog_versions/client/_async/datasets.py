"""The asyncio client's methods for datasets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rekog_versions import models
from rekog_versions._aws.operations import (
    CREATE_DATASET,
    DELETE_DATASET,
    DISTRIBUTE_DATASET_ENTRIES,
    LIST_DATASET_ENTRIES,
    LIST_DATASET_LABELS,
)
from rekog_versions.arns import DatasetArn
from rekog_versions.client._async.dataset_updates import update_entries
from rekog_versions.client._async.lookup import with_arns
from rekog_versions.client._async.waits import dataset_watch, describe_dataset, wait_for_dataset
from rekog_versions.client.arguments import checked_list, request_from
from rekog_versions.client.async_base import AsyncClientBase, AsyncOnDatasetPoll
from rekog_versions.client.dataset_lines import DatasetLines, split_lines
from rekog_versions.client.pager import AsyncPager, Listing
from rekog_versions.client.progress import with_progress
from rekog_versions.errors import ResponseError
from rekog_versions.waiting.arguments import Seconds
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.targets import DATASET_DELETED, DATASET_READY


class AsyncDatasets(AsyncClientBase):
    """Creating, reading, updating and deleting datasets, and waiting for them."""

    async def create_dataset(
        self,
        project_arn: str,
        dataset_type: models.DatasetType | str,
        *,
        dataset_source: models.DatasetSource | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> DatasetArn:
        """Create a dataset without waiting for it; `wait_until_dataset_ready` waits.

        Args:
            project_arn: The project's ARN or name. It can have one dataset of each type.
            dataset_type: TRAIN or TEST.
            dataset_source: `DatasetSource.from_manifest("s3://...")` or `DatasetSource.from_dataset(arn)`; by default,
                the dataset is empty.
            tags: At most 200.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request: `ResourceAlreadyExistsError` if the project has a dataset of
                that type, `InvalidS3ObjectError` if the manifest cannot be read.
            ResponseError: The response has no ARN.
        """
        request = request_from(
            models.CreateDatasetRequest,
            project_arn=project_arn,
            dataset_type=dataset_type,
            dataset_source=dataset_source,
            tags=tags,
        )
        reply = await self.call(CREATE_DATASET, (await with_arns(self, request)).to_wire())
        if not reply.response.dataset_arn:
            raise ResponseError(
                CREATE_DATASET.name, reply.response.to_dict(), "it has no DatasetArn", request_id=reply.request_id
            )
        return reply.response.dataset_arn

    async def describe_dataset(self, dataset_arn: str) -> models.DatasetDescription:
        """Describe a dataset.

        Raises:
            pydantic.ValidationError: `dataset_arn` is not the ARN of a dataset; nothing was sent.
            ServiceError: The service rejected the request: `ResourceNotFoundError` if the dataset does not exist.
            ResponseError: The response has no description, or cannot be parsed.
        """
        return await describe_dataset(self, models.DescribeDatasetRequest(dataset_arn=dataset_arn).to_wire())

    async def wait_until_dataset_ready(
        self,
        dataset_arn: str,
        *,
        timeout: Seconds | None = DATASET_READY.timeout,
        schedule: Schedule | None = None,
        on_poll: AsyncOnDatasetPoll | None = None,
        progress: bool = False,
    ) -> models.DatasetDescription:
        """Wait until a dataset is created or updated.

        Throttling, 5xx responses and lost connections do not end the wait once a poll has succeeded; expired
        credentials and denials do. Errors of single entries do not fail a dataset: `dataset_stats.error_entries` counts
        them.

        Args:
            dataset_arn: The dataset.
            timeout: Seconds, or a `timedelta`, until the wait gives up, by default 2 hours; None for no limit.
            schedule: The delays between polls; by default, from 2 to 30 seconds.
            on_poll: Called after each poll, and awaited if it is a coroutine function. Its exceptions end the wait.
            progress: Write the progress to standard error: a live line in a terminal or notebook, else a line a change.

        Returns:
            The dataset's description.

        Raises:
            DatasetFailedError: The creation or update failed; the error has the service's reason.
            UnreachableStatusError: The dataset is being deleted.
            ResourceNotFoundError: The dataset does not exist, for 30 seconds.
            WaitTimeoutError: The wait timed out. The creation or update continues.
            ServiceError: The service rejected a poll, and retrying does not help.
            ValueError: `dataset_arn` is not the ARN of a dataset, or `timeout` is out of range.
        """
        watch = dataset_watch(self, DATASET_READY, dataset_arn, timeout=timeout, schedule=schedule, on_poll=on_poll)
        report = with_progress(on_poll, progress)
        return watch.result(await wait_for_dataset(self, watch, report))

    async def list_dataset_entries(
        self,
        dataset_arn: str,
        *,
        contains_labels: Sequence[str] | None = None,
        labeled: bool | None = None,
        source_ref_contains: str | None = None,
        has_errors: bool | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> models.ListDatasetEntriesResponse:
        """List entries: one call and one page.

        Args:
            dataset_arn: The dataset.
            contains_labels: Only entries with any of these labels; 1 to 10.
            labeled: Only entries with labels, or only entries without.
            source_ref_contains: Only entries whose image URI contains this text.
            has_errors: Only entries with errors, or only entries without.
            max_results: Entries per page, 1 to 100; the service's default is 100.
            next_token: The token from the page before.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request: `ResourceNotReadyError` or `ResourceInUseError` while the
                dataset is being created or updated.
            ResponseError: The response cannot be parsed.
        """
        request = request_from(
            models.ListDatasetEntriesRequest,
            dataset_arn=dataset_arn,
            contains_labels=contains_labels,
            labeled=labeled,
            source_ref_contains=source_ref_contains,
            has_errors=has_errors,
            max_results=max_results,
            next_token=next_token,
        )
        return (await self.call(LIST_DATASET_ENTRIES, request.to_wire())).response

    def iter_dataset_entries(
        self,
        dataset_arn: str,
        *,
        contains_labels: Sequence[str] | None = None,
        labeled: bool | None = None,
        source_ref_contains: str | None = None,
        has_errors: bool | None = None,
        page_size: int | None = None,
    ) -> AsyncPager[str, models.ListDatasetEntriesResponse]:
        """List all entries as lines of JSON, like those of a manifest, with the errors that the service found.

        Args:
            dataset_arn: The dataset.
            contains_labels: Only entries with any of these labels; 1 to 10.
            labeled: Only entries with labels, or only entries without.
            source_ref_contains: Only entries whose image URI contains this text.
            has_errors: Only entries with errors, or only entries without.
            page_size: Entries per call, 1 to 100; the service's default is 100.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing is sent.
        """
        request = request_from(
            models.ListDatasetEntriesRequest,
            dataset_arn=dataset_arn,
            contains_labels=checked_list(contains_labels, "contains_labels"),
            labeled=labeled,
            source_ref_contains=source_ref_contains,
            has_errors=has_errors,
            max_results=page_size,
        )
        return AsyncPager(self.call, Listing(LIST_DATASET_ENTRIES, [request], lambda page: page.dataset_entries))

    async def list_dataset_labels(
        self, dataset_arn: str, *, max_results: int | None = None, next_token: str | None = None
    ) -> models.ListDatasetLabelsResponse:
        """List the labels of a dataset with the number of entries: one call and one page.

        Args:
            dataset_arn: The dataset.
            max_results: Labels per page, 1 to 100; the service's default is 100.
            next_token: The token from the page before.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request.
            ResponseError: The response cannot be parsed.
        """
        request = request_from(
            models.ListDatasetLabelsRequest, dataset_arn=dataset_arn, max_results=max_results, next_token=next_token
        )
        return (await self.call(LIST_DATASET_LABELS, request.to_wire())).response

    def iter_dataset_labels(
        self, dataset_arn: str, *, page_size: int | None = None
    ) -> AsyncPager[models.DatasetLabelDescription, models.ListDatasetLabelsResponse]:
        """List all labels of a dataset with the number of entries.

        Args:
            dataset_arn: The dataset.
            page_size: Labels per call, 1 to 100; the service's default is 100.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing is sent.
        """
        request = request_from(models.ListDatasetLabelsRequest, dataset_arn=dataset_arn, max_results=page_size)
        return AsyncPager(
            self.call, Listing(LIST_DATASET_LABELS, [request], lambda page: page.dataset_label_descriptions)
        )

    async def update_dataset_entries(
        self,
        dataset_arn: str,
        changes: DatasetLines,
        *,
        timeout: Seconds | None = DATASET_READY.timeout,
        schedule: Schedule | None = None,
    ) -> int:
        """Add entries to a dataset. An entry replaces the one of the same image (`source-ref`).

        Changes that exceed one call (5,242,880 bytes) are sent in several calls of whole lines. A dataset accepts one
        update at a time, so there is a wait between calls, and before the first if the dataset is busy. The last call
        is not waited for; `wait_until_dataset_ready` waits, and raises if the update failed.

        Args:
            dataset_arn: The dataset.
            changes: The content of a manifest as bytes or text, or its lines: text, dicts, or objects with `to_json()`.
            timeout: Seconds, or a `timedelta`, until each wait gives up, by default 2 hours; None for no limit.
            schedule: The delays between polls; by default, from 2 to 30 seconds.

        Returns:
            The number of calls.

        Raises:
            ValueError: A line is not a JSON object or is too large for a call, or there is no line; nothing was sent.
                (`pydantic.ValidationError` if `dataset_arn` is not the ARN of a dataset.)
            TypeError: A line has an unsupported type; nothing was sent.
            DatasetFailedError: The service could not apply a call before the last.
            ServiceError: The service rejected the request.
            WaitError: A wait between two calls ended otherwise. If an update of several calls ends early, a note on the
                exception says which lines were applied.
        """
        parts = await self.run_blocking(split_lines, changes)
        return await update_entries(self, dataset_arn, parts, timeout, schedule)

    async def distribute_dataset_entries(self, train_dataset_arn: str, test_dataset_arn: str) -> None:
        """Move a fifth of a training dataset into the empty test dataset of its project, without waiting for it.

        Args:
            train_dataset_arn: The training dataset, from which entries are taken.
            test_dataset_arn: The empty test dataset.

        Raises:
            ValueError: A dataset has the wrong type, or an argument is not the ARN of a dataset; nothing was sent.
            ServiceError: The service rejected the request: `ResourceNotReadyError` while one of them is being created
                or updated.
        """
        request = models.DistributeDatasetEntriesRequest(
            datasets=[models.DistributeDataset(arn=train_dataset_arn), models.DistributeDataset(arn=test_dataset_arn)]
        )
        for arn, wanted in ((train_dataset_arn, "train"), (test_dataset_arn, "test")):
            if DatasetArn(arn).dataset_type != wanted:
                raise ValueError(
                    f"expected a {wanted} dataset, got {arn}: entries are moved from the train to the test dataset"
                )
        await self.call(DISTRIBUTE_DATASET_ENTRIES, request.to_wire())

    async def delete_dataset(self, dataset_arn: str) -> None:
        """Delete a dataset without waiting for it; `wait_until_dataset_deleted` waits.

        Models that were trained on the dataset are kept.

        Raises:
            pydantic.ValidationError: `dataset_arn` is not the ARN of a dataset; nothing was sent.
            ServiceError: The service rejected the request: `ResourceInUseError` while the dataset is being created,
                updated or used by a training.
        """
        await self.call(DELETE_DATASET, models.DeleteDatasetRequest(dataset_arn=dataset_arn).to_wire())

    async def wait_until_dataset_deleted(
        self,
        dataset_arn: str,
        *,
        timeout: Seconds | None = DATASET_DELETED.timeout,
        schedule: Schedule | None = None,
        on_poll: AsyncOnDatasetPoll | None = None,
        progress: bool = False,
    ) -> None:
        """Wait until a dataset is deleted. A dataset that cannot be found counts as deleted, even if it never existed.

        Only a project without datasets can be deleted. Responses can lag behind a deletion, so a status from before it
        is believed only after 30 seconds.

        Args:
            dataset_arn: The dataset.
            timeout: Seconds, or a `timedelta`, until the wait gives up, by default 2 hours; None for no limit.
            schedule: The delays between polls; by default, from 2 to 30 seconds.
            on_poll: Called after each poll, and awaited if it is a coroutine function. Its exceptions end the wait.
            progress: Write the progress to standard error: a live line in a terminal or notebook, else a line a change.

        Raises:
            UnreachableStatusError: The dataset was not deleted, or cannot be deleted in its status.
            WaitTimeoutError: The wait timed out. The deletion continues.
            ServiceError: The service rejected a poll, and retrying does not help.
            ValueError: `dataset_arn` is not the ARN of a dataset, or `timeout` is out of range.
        """
        watch = dataset_watch(self, DATASET_DELETED, dataset_arn, timeout=timeout, schedule=schedule, on_poll=on_poll)
        report = with_progress(on_poll, progress)
        watch.check_deleted(await wait_for_dataset(self, watch, report))
