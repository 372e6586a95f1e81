"""What a `with running(...)` gives: the model that runs, for the one client and for the other."""

from datetime import datetime

from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client import AsyncVersionsClient, VersionsClient
from rekog_versions.client.detection_images import ImageRef
from rekog_versions.errors import ServiceError
from rekog_versions.hosting.costs import CostRange, hours_of
from rekog_versions.hosting.session import Session
from rekog_versions.models.detection import CustomLabel
from rekog_versions.models.thresholds import Thresholds
from rekog_versions.models.versions import ProjectVersionDescription


class _Handle:
    """What both handles tell of a model that runs."""

    def __init__(self, session: Session, version: ProjectVersionDescription) -> None:
        self._session = session
        self.version = version
        """The version's description, as it was when the model was found running."""

    @property
    def version_arn(self) -> ProjectVersionArn:
        """The version's ARN."""
        return self._session.hosted.version_arn

    @property
    def was_adopted(self) -> bool:
        """Whether the model ran, or started, before: it is then left running, unless `stop_adopted` was set."""
        return self._session.was_adopted

    @property
    def started_at(self) -> datetime | None:
        """When its start was asked for; None if it was adopted, for the service tells of no such time."""
        return None if self._session.was_adopted else self._session.hosted.meter.began_at

    @property
    def hours(self) -> float:
        """Hours since its start was asked for, or since it was adopted; until the service accepted its stop.

        The service may bill from when it runs and until it has stopped: some minutes less, and some more.
        """
        return float(hours_of(self._session.hosted.meter.seconds))

    @property
    def cost_an_hour(self) -> CostRange | None:
        """What it costs an hour; None if it was adopted and the service does not tell its inference units."""
        return self._session.hosted.an_hour

    @property
    def cost(self) -> CostRange | None:
        """What it has cost in `hours`; None if `cost_an_hour` is. The hours before it was adopted are not in it."""
        return self._session.cost

    @property
    def is_stopped(self) -> bool:
        """Whether it is not to be used any more: its limit was reached, or its `with` statement has ended."""
        return self._session.why_not() is not None

    def __repr__(self) -> str:
        state = "stopped" if self.is_stopped else "running"
        return f"<{type(self).__name__} {str(self.version_arn)!a}, {state}, {self.hours:.2f} hours, {self.cost}>"

    def _check(self, cause: Exception | None = None) -> None:
        if (why := self._session.why_not()) is not None:
            raise why from cause


class RunningModel(_Handle):
    """A model that runs, and is stopped when its `with` statement ends."""

    def __init__(self, client: VersionsClient, session: Session, version: ProjectVersionDescription) -> None:
        super().__init__(session, version)
        self._client = client

    def detect(
        self,
        image: ImageRef,
        *,
        min_confidence: float | None = None,
        max_results: int | None = None,
        thresholds: Thresholds | None = None,
    ) -> list[CustomLabel]:
        """Finds labels in an image; see `detect_custom_labels`.

        Raises:
            ModelStoppedError: A limit was reached and the model is stopped, or the `with` statement has ended.
        """
        self._check()
        try:
            return self._client.detect_custom_labels(
                self.version_arn, image, min_confidence=min_confidence, max_results=max_results, thresholds=thresholds
            )
        except ServiceError as error:
            self._check(error)
            raise


class AsyncRunningModel(_Handle):
    """A model that runs, and is stopped when its `async with` statement ends."""

    def __init__(self, client: AsyncVersionsClient, session: Session, version: ProjectVersionDescription) -> None:
        super().__init__(session, version)
        self._client = client

    async def detect(
        self,
        image: ImageRef,
        *,
        min_confidence: float | None = None,
        max_results: int | None = None,
        thresholds: Thresholds | None = None,
    ) -> list[CustomLabel]:
        """Finds labels in an image; see `detect_custom_labels`.

        Raises:
            ModelStoppedError: A limit was reached and the model is stopped, or the `with` statement has ended.
        """
        self._check()
        try:
            return await self._client.detect_custom_labels(
                self.version_arn, image, min_confidence=min_confidence, max_results=max_results, thresholds=thresholds
            )
        except ServiceError as error:
            self._check(error)
            raise
