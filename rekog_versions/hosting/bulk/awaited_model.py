"""A running model that this process does not own, for clients whose calls must be awaited."""

from datetime import UTC, datetime
from typing import Any

from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client import AsyncVersionsClient
from rekog_versions.hosting.costs import CostRange, Prices, Stopwatch, hourly_cost, hours_of
from rekog_versions.models.detection import CustomLabel
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.statuses import ProjectVersionStatus


class AwaitedModel:
    """A model that was running before, which is left running.

    `running()` stops models from a thread, so it needs a client whose calls block. A client of aiobotocore has none.

    Args:
        client: The client.
        version: The description of the version.
        prices: The price list.

    Raises:
        TypeError: The model is not running.
    """

    was_adopted = True

    def __init__(self, client: AsyncVersionsClient, version: ProjectVersionDescription, prices: Prices) -> None:
        if version.status is not ProjectVersionStatus.RUNNING:
            raise TypeError(
                "client must have a boto3 client to start a model, because it is stopped from a thread. Pass "
                "AsyncVersionsClient(boto3.client('rekognition')), or start the model first"
            )
        self._client = client
        self._stopwatch = Stopwatch(client.clock, lambda: datetime.now(UTC))
        self.version_arn = version.project_version_arn or ProjectVersionArn("")
        self.cost_an_hour = hourly_cost(version, prices)

    @property
    def hours(self) -> float:
        """Hours since this object was created."""
        return float(hours_of(self._stopwatch.seconds))

    @property
    def cost(self) -> CostRange | None:
        """The cost of `hours`; None if it is not known."""
        return None if self.cost_an_hour is None else self._stopwatch.cost(self.cost_an_hour)

    async def detect(self, image: Any, **wanted: Any) -> list[CustomLabel]:
        """Find labels in an image; see `detect_custom_labels`."""
        return await self._client.detect_custom_labels(self.version_arn, image, **wanted)
