"""The client's methods for datasets."""

from collections.abc import Callable, Mapping, Sequence

from rekog_versions.arns import DatasetArn
from rekog_versions.client._sync.driver import Driver, Pager
from rekog_versions.models.datasets import (
    DatasetDescription,
    DatasetLabelDescription,
    DatasetSource,
    DatasetType,
    ListDatasetEntriesResponse,
    ListDatasetLabelsResponse,
)
from rekog_versions.operations.datasets import (
    create_dataset,
    delete_dataset,
    describe_dataset,
    distribute_entries,
    list_entries,
    list_labels,
    page_of_entries,
    page_of_labels,
)
from rekog_versions.statuses import DATASET_DELETED, DATASET_READY
from rekog_versions.updating import DatasetLines, parts_of, update_entries
from rekog_versions.waiting import DATASET_TIMEOUT, DatasetPoll, DatasetWatch, Schedule
from rekog_versions.waiting.arguments import check_on_poll


class Datasets(Driver):
    """Making, reading, changing and deleting datasets, and waiting until they are ready."""

    def create_dataset(
        self,
        project_arn: str,
        dataset_type: DatasetType | str,
        *,
        dataset_source: DatasetSource | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> DatasetArn:
        """Makes a dataset and does not wait for it; `wait_until_dataset_ready` does.

        Args:
            project_arn: The project; it has one dataset of each type at most.
            dataset_type: TRAIN or TEST.
            dataset_source: `DatasetSource.from_manifest("s3://...")` or `DatasetSource.from_dataset(arn)`; without it,
                the dataset is made empty.
            tags: At most 200.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused: `ResourceAlreadyExistsError` if the project has one of that type,
                `InvalidS3ObjectError` if the manifest can't be read.
            ResponseError: The answer has no ARN.
        """
        return self.run_flow(create_dataset(project_arn, dataset_type, dataset_source, tags))

    def describe_dataset(self, dataset_arn: str) -> DatasetDescription:
        """Describes a dataset.

        Raises:
            pydantic.ValidationError: That is no dataset's ARN; nothing was sent.
            ServiceError: The service refused: `ResourceNotFoundError` if there is none.
            ResponseError: The answer has no description, or can't be read.
        """
        return self.run_flow(describe_dataset(dataset_arn))

    def wait_until_dataset_ready(
        self,
        dataset_arn: str,
        *,
        timeout: float | None = DATASET_TIMEOUT,
        schedule: Schedule | None = None,
        on_poll: Callable[[DatasetPoll], object] | None = None,
    ) -> DatasetDescription:
        """Waits until a dataset was created or updated.

        Throttling, 5xx and lost connections don't end the wait; expired credentials and denials do. Errors of single
        entries do not fail a dataset: `dataset_stats.error_entries` counts them.

        Args:
            dataset_arn: The dataset.
            timeout: Seconds until the wait gives up, 2 hours unless told otherwise; None for never.
            schedule: When to look; from every 2 seconds to every 30 unless told otherwise.
            on_poll: Called after each look. What it raises ends the wait.

        Returns:
            The dataset's description.

        Raises:
            DatasetFailedError: The creation or the update failed; the error has the service's reason.
            UnreachableStatusError: The dataset is being deleted.
            ResourceNotFoundError: There is no such dataset, for 30 seconds.
            WaitTimeoutError: The time was up. The creation or the update goes on.
            ServiceError: The service refused a look for good.
            ValueError: That is no dataset's ARN, or `timeout` or `schedule` is out of range.
        """
        check_on_poll(on_poll, may_await=False)
        watch = DatasetWatch(DATASET_READY, dataset_arn, timeout=timeout, schedule=schedule, clock=self._clock)
        return watch.conclude(self._wait(watch, on_poll))

    def list_dataset_entries(
        self,
        dataset_arn: str,
        *,
        contains_labels: Sequence[str] | None = None,
        labeled: bool | None = None,
        source_ref_contains: str | None = None,
        has_errors: bool | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> ListDatasetEntriesResponse:
        """Lists entries: one call, one page.

        Args:
            dataset_arn: The dataset.
            contains_labels: Entries with any of these labels; 1 to 10.
            labeled: Entries with labels, or those without.
            source_ref_contains: Entries whose image's URI contains this.
            has_errors: Entries with errors, or those without.
            max_results: Entries a page, 1 to 100; the service's default is 100.
            next_token: Where to go on, from the page before.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused: `ResourceNotReadyError` or `ResourceInUseError` while the dataset is
                being created or updated.
            ResponseError: The answer can't be read.
        """
        return self.run_flow(
            page_of_entries(
                dataset_arn=dataset_arn,
                contains_labels=contains_labels,
                labeled=labeled,
                source_ref_contains=source_ref_contains,
                has_errors=has_errors,
                max_results=max_results,
                next_token=next_token,
            )
        )

    def iter_dataset_entries(
        self,
        dataset_arn: str,
        *,
        contains_labels: Sequence[str] | None = None,
        labeled: bool | None = None,
        source_ref_contains: str | None = None,
        has_errors: bool | None = None,
        page_size: int | None = None,
    ) -> Pager[str, ListDatasetEntriesResponse]:
        """Lists all entries, as lines of JSON like those of a manifest, with the errors that the service found.

        Args:
            dataset_arn: The dataset.
            contains_labels: Entries with any of these labels; 1 to 10.
            labeled: Entries with labels, or those without.
            source_ref_contains: Entries whose image's URI contains this.
            has_errors: Entries with errors, or those without.
            page_size: Entries a call, 1 to 100; the service's default is 100.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing is sent.
        """
        listing = list_entries(
            dataset_arn,
            contains_labels=contains_labels,
            labeled=labeled,
            source_ref_contains=source_ref_contains,
            has_errors=has_errors,
            page_size=page_size,
        )
        return Pager(self._transport.call, listing)

    def list_dataset_labels(
        self, dataset_arn: str, *, max_results: int | None = None, next_token: str | None = None
    ) -> ListDatasetLabelsResponse:
        """Lists labels with how often they stand in a dataset: one call, one page.

        Args:
            dataset_arn: The dataset.
            max_results: Labels a page, 1 to 100; the service's default is 100.
            next_token: Where to go on, from the page before.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused.
            ResponseError: The answer can't be read.
        """
        return self.run_flow(page_of_labels(dataset_arn=dataset_arn, max_results=max_results, next_token=next_token))

    def iter_dataset_labels(
        self, dataset_arn: str, *, page_size: int | None = None
    ) -> Pager[DatasetLabelDescription, ListDatasetLabelsResponse]:
        """Lists all labels of a dataset with how often they stand in it.

        Args:
            dataset_arn: The dataset.
            page_size: Labels a call, 1 to 100; the service's default is 100.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing is sent.
        """
        return Pager(self._transport.call, list_labels(dataset_arn, page_size))

    def update_dataset_entries(
        self,
        dataset_arn: str,
        changes: DatasetLines,
        *,
        timeout: float | None = DATASET_TIMEOUT,
        schedule: Schedule | None = None,
    ) -> int:
        """Adds entries to a dataset; one whose image (`source-ref`) is there already is replaced.

        What is more than one call takes (5,242,880 bytes) goes out in several, whole lines each. A dataset takes one
        update at a time, so it is waited for between them, and before the first if it is busy. The last call is not
        waited for: `wait_until_dataset_ready` does that, and says if the update failed.

        Args:
            dataset_arn: The dataset.
            changes: The content of a manifest as bytes or text, or its lines: text, dicts, or objects with
                `to_json()`.
            timeout: Seconds until each wait gives up, 2 hours unless told otherwise; None for never.
            schedule: When to look between calls; from every 2 seconds to every 30 unless told otherwise.

        Returns:
            How many calls it took.

        Raises:
            ValueError: A line is no JSON object or too large for a call, or there is none; nothing was sent.
                (`pydantic.ValidationError` if that is no dataset's ARN.)
            TypeError: A line is of no type that can be sent; nothing was sent.
            DatasetFailedError: The service could not apply a call before the last.
            ServiceError: The service refused.
            WaitError: A wait between two calls ended otherwise. Whatever ends an update of several calls, a note on
                the error says which lines were applied.
        """
        return self.run_flow(update_entries(dataset_arn, parts_of(changes), timeout, schedule, self._clock))

    def distribute_dataset_entries(self, train_dataset_arn: str, test_dataset_arn: str) -> None:
        """Moves a fifth of a training dataset into the empty test dataset of its project, and does not wait for it.

        Args:
            train_dataset_arn: The dataset of which the entries are taken.
            test_dataset_arn: The empty dataset into which they go.

        Raises:
            ValueError: One of the two is of the other type, or no dataset's ARN; nothing was sent.
            ServiceError: The service refused: `ResourceNotReadyError` while one of them is being created or updated.
        """
        self.run_flow(distribute_entries(train_dataset_arn, test_dataset_arn))

    def delete_dataset(self, dataset_arn: str) -> None:
        """Deletes a dataset and does not wait for it; `wait_until_dataset_deleted` does.

        Models that were trained on it stay.

        Raises:
            pydantic.ValidationError: That is no dataset's ARN; nothing was sent.
            ServiceError: The service refused: `ResourceInUseError` while it is being created, updated or trained on.
        """
        self.run_flow(delete_dataset(dataset_arn))

    def wait_until_dataset_deleted(
        self,
        dataset_arn: str,
        *,
        timeout: float | None = DATASET_TIMEOUT,
        schedule: Schedule | None = None,
        on_poll: Callable[[DatasetPoll], object] | None = None,
    ) -> None:
        """Waits until a dataset is gone. One that can't be found is gone, also if it was never there.

        Only a project without datasets can be deleted. A status from before the deletion is believed after 30 seconds
        only, because answers can lag behind it.

        Args:
            dataset_arn: The dataset.
            timeout: Seconds until the wait gives up, 2 hours unless told otherwise; None for never.
            schedule: When to look; from every 2 seconds to every 30 unless told otherwise.
            on_poll: Called after each look. What it raises ends the wait.

        Raises:
            UnreachableStatusError: Nobody has deleted the dataset, or it can't be deleted as it is.
            WaitTimeoutError: The time was up. The deletion goes on.
            ServiceError: The service refused a look for good.
            ValueError: That is no dataset's ARN, or `timeout` or `schedule` is out of range.
        """
        check_on_poll(on_poll, may_await=False)
        watch = DatasetWatch(DATASET_DELETED, dataset_arn, timeout=timeout, schedule=schedule, clock=self._clock)
        watch.conclude_gone(self._wait(watch, on_poll))
