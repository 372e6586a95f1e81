"""Dataset updates of any size: one call after the other, with a wait between them.

An update is asynchronous, and a dataset accepts one at a time. It is safe to send a part twice, because an entry
replaces the one of the same image.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from rekog_versions import models
from rekog_versions._aws.operations import UPDATE_DATASET_ENTRIES
from rekog_versions._notes import noted
from rekog_versions.client._async.waits import dataset_watch, wait_for_dataset
from rekog_versions.client.async_base import AsyncClientBase
from rekog_versions.client.dataset_lines import UpdatePart, describe_progress
from rekog_versions.errors import ResourceInUseError
from rekog_versions.waiting.arguments import Seconds
from rekog_versions.waiting.poll import DatasetPoll
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.targets import DATASET_READY
from rekog_versions.waiting.watch import GRACE, LAG_DELAY

logger = logging.getLogger("rekog_versions")


async def update_entries(
    client: AsyncClientBase,
    dataset_arn: str,
    parts: Sequence[UpdatePart],
    timeout: Seconds | None,
    schedule: Schedule | None,
) -> int:
    """Send the parts of an update.

    Args:
        client: The client.
        dataset_arn: The dataset.
        parts: The parts.
        timeout: Seconds, or a `timedelta`, until each wait between two calls gives up; None for no limit.
        schedule: The delays between polls.

    Returns:
        The number of calls. The last call is accepted but not yet applied.

    Raises:
        pydantic.ValidationError: `dataset_arn` is not the ARN of a dataset; nothing was sent.
        WaitError: A part failed, or was not applied in time.
        ServiceError: The service rejected a request. If there are several parts, a note says which ones are done.
    """
    requests = [
        models.UpdateDatasetEntriesRequest(
            dataset_arn=dataset_arn, changes=models.DatasetChanges(ground_truth=part.content)
        )
        for part in parts
    ]
    sent = applied = 0
    try:
        for request in requests:
            if sent:
                await _wait_until_ready(client, dataset_arn, timeout, schedule)
                applied = sent
            await _send(client, request, timeout, schedule)
            sent += 1
            logger.info("part %d of %d of an update of %a was sent", sent, len(parts), str(dataset_arn))
    except BaseException as error:
        if len(parts) > 1:
            noted(error, describe_progress(parts, sent, applied))
        raise
    return len(parts)


async def _send(
    client: AsyncClientBase,
    request: models.UpdateDatasetEntriesRequest,
    timeout: Seconds | None,
    schedule: Schedule | None,
) -> None:
    """Send a part. While the dataset is busy, wait for it and send the part again."""
    busy_since: float | None = None
    while True:
        try:
            await client.call(UPDATE_DATASET_ENTRIES, request.to_wire())
        except ResourceInUseError:
            # an operation is in progress, which a wait shows, or the status lags behind, or a training uses the dataset
            busy_since = client.clock() if busy_since is None else busy_since
            if client.clock() - busy_since > GRACE:
                raise
            await client.sleep(LAG_DELAY)
            last = await _wait_until_ready(client, request.dataset_arn, timeout, schedule)
            if last.number > 1:
                busy_since = None
        else:
            return


async def _wait_until_ready(
    client: AsyncClientBase, dataset_arn: str, timeout: Seconds | None, schedule: Schedule | None
) -> DatasetPoll:
    watch = dataset_watch(client, DATASET_READY, dataset_arn, timeout=timeout, schedule=schedule)
    last = await wait_for_dataset(client, watch, None)
    watch.result(last)
    return last
