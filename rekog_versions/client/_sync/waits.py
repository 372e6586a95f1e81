# Generated from rekog_versions/client/_async/waits.py. Change that file, then run scripts/unasync.py.
"""The loop of the waits: a poll, the watch's decision, a pause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rekog_versions import models
from rekog_versions._aws.operations import DESCRIBE_DATASET
from rekog_versions.client._sync.lookup import find_version
from rekog_versions.client.base import ClientBase, OnDatasetPoll, OnPoll
from rekog_versions.client.progress import closing
from rekog_versions.errors import ResourceNotFoundError, ResponseError
from rekog_versions.models.references import VersionRef
from rekog_versions.statuses import DatasetStatus, ProjectVersionStatus
from rekog_versions.waiting.arguments import Seconds
from rekog_versions.waiting.poll import DescriptionT, Poll, StatusT
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.targets import Target
from rekog_versions.waiting.watch import DatasetWatch, VersionWatch, Watch


def poll_until_last(
    client: ClientBase,
    watch: Watch[DescriptionT, StatusT],
    look_up: Callable[[], DescriptionT | None],
    on_poll: Any,
) -> Poll[DescriptionT, StatusT]:
    """Poll until the watch decides that the wait is over, and return the last poll."""

    def poll() -> Poll[DescriptionT, StatusT]:
        try:
            decided = watch.found(look_up())
        except Exception as error:  # noqa: BLE001  (raised again unless it is retryable)
            decided = watch.failed(error)
        client.report_poll(on_poll, decided)
        return decided

    with watch.noting(), closing(on_poll):
        from tenacity import Retrying, retry_if_result, stop_never  # noqa: PLC0415  (only waits need it)

        polls = Retrying(
            sleep=client.sleep,
            retry=retry_if_result(lambda decided: not decided.is_last),
            wait=lambda state: state.outcome.result().next_in if state.outcome else 0.0,
            stop=stop_never,  # the watch's timeout runs on the client's clock
        )
        return polls(poll)


def wait_for_version(
    client: ClientBase, watch: VersionWatch, on_poll: OnPoll | None
) -> Poll[models.ProjectVersionDescription, ProjectVersionStatus]:
    """Poll a version until the wait is over."""

    def look_up() -> models.ProjectVersionDescription | None:
        return find_version(client, watch.sought)

    return poll_until_last(client, watch, look_up, on_poll)


def wait_for_dataset(
    client: ClientBase, watch: DatasetWatch, on_poll: OnDatasetPoll | None
) -> Poll[models.DatasetDescription, DatasetStatus]:
    """Poll a dataset until the wait is over."""

    def look_up() -> models.DatasetDescription | None:
        try:
            return describe_dataset(client, watch.request.to_wire())
        except ResourceNotFoundError as error:
            watch.not_found = error
            return None

    return poll_until_last(client, watch, look_up, on_poll)


def describe_dataset(client: ClientBase, wire: dict[str, Any]) -> models.DatasetDescription:
    """Return the description of a dataset.

    Raises:
        ResponseError: The response has no description.
    """
    reply = client.call(DESCRIBE_DATASET, wire)
    description = reply.response.dataset_description
    if description is None:
        raise ResponseError(
            DESCRIBE_DATASET.name,
            reply.response.to_dict(),
            "it has no DatasetDescription",
            request_id=reply.request_id,
        )
    return description


def version_watch(
    client: ClientBase,
    target: Target[ProjectVersionStatus],
    version: VersionRef,
    *,
    timeout: Seconds | None,
    schedule: Schedule | None,
    on_poll: OnPoll | None,
) -> VersionWatch:
    """Check the arguments of a wait for a version, and return its watch."""
    client.check_on_poll(on_poll)
    watch = VersionWatch(target, version, timeout=timeout, schedule=schedule, clock=client.clock)
    reference = watch.sought.reference
    client.check_region({"ProjectArn": reference.project_arn, "ProjectVersionArn": reference.version_arn})
    return watch


def dataset_watch(
    client: ClientBase,
    target: Target[DatasetStatus],
    dataset_arn: str,
    *,
    timeout: Seconds | None,
    schedule: Schedule | None,
    on_poll: OnDatasetPoll | None = None,
) -> DatasetWatch:
    """Check the arguments of a wait for a dataset, and return its watch."""
    client.check_on_poll(on_poll)
    watch = DatasetWatch(target, dataset_arn, timeout=timeout, schedule=schedule, clock=client.clock)
    client.check_region(watch.request.to_wire())
    return watch
