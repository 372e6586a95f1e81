# Generated from rekog_versions/hosting/_async/capacity.py. Change that file, then run scripts/unasync.py.
"""Measure how many images a second a model processes."""

import logging
from collections.abc import Callable, Iterator
from itertools import count, cycle, islice

from rekog_versions._aws.transport import without_retries
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client import VersionsClient
from rekog_versions.errors import VersionNotFoundError
from rekog_versions.hosting._sync.bulk_run import DetectingModel
from rekog_versions.hosting._sync.running import Running
from rekog_versions.hosting.bulk.dispatch import Consequence, Dispatch, QueuedImage, Send, WaitFor
from rekog_versions.hosting.bulk.image_names import ImageNames, images_of
from rekog_versions.hosting.bulk.measurement import (
    CapacityMeasurement,
    MeasuredCalls,
    MeasurementPlan,
    check_seconds,
    measurement_plan,
)
from rekog_versions.hosting.bulk.options import (
    ACCOUNT_RATE,
    DetectionFilter,
    checked_concurrency,
    checked_rate,
    connections_of,
)
from rekog_versions.hosting.bulk.pace import FIRST_RATE, CallResult, Pace
from rekog_versions.hosting.bulk.workers import Workers
from rekog_versions.hosting.costs import LIST_PRICES, Prices, check_prices
from rekog_versions.hosting.stopping import check_inference_units, is_active
from rekog_versions.models.references import VersionRef

logger = logging.getLogger("rekog_versions")

SEARCH_SECONDS, MEASURED_SECONDS = 60.0, 60.0
MOST_IMAGES = 1_000
"""Images that are sent again and again."""
HOPELESS = 20
"""Failed images after which the measurement ends if none was processed."""


def measure_capacity(
    client: VersionsClient,
    version: VersionRef,
    images: ImageNames,
    *,
    min_inference_units: int = 1,
    max_latency: float | None = None,
    search_seconds: float = SEARCH_SECONDS,
    seconds: float = MEASURED_SECONDS,
    max_concurrency: int | None = None,
    account_rate: float = ACCOUNT_RATE,
    prices: Prices = LIST_PRICES,
    on_plan: Callable[[MeasurementPlan], object] | None = None,
) -> CapacityMeasurement | None:
    """Measure how many images a second a model processes with some inference units.

    AWS does not publish that number, which depends on the model and on the images. The model is started, unless it is
    running already, and stopped on every exit path. The rate is searched as `detect_all()` does it, and then measured.
    The time is bounded by `search_seconds` and `seconds`, and the highest cost is reported before anything is started.

    Args:
        client: The client.
        version: Its ARN, `(project_arn, version_name)`, or a description of it.
        images: Typical images, as for `detect_all()`. The first 1,000 are sent again and again.
        min_inference_units: The inference units of a start.
        max_latency: The longest time of a call in seconds. The rate stays so low that hardly any call takes longer.
        search_seconds: The time in which the rate is searched.
        seconds: The time in which it is measured.
        max_concurrency: The most calls at the same time; by default, the client's number of connections.
        account_rate: The most calls a second.
        prices: The price list.
        on_plan: Called with the time and cost before anything is started.
            If it returns False, nothing is started.

    Returns:
        The measurement; None if `on_plan` returned False.

    Raises:
        ValueError: An argument is invalid, or there are no images.
        TypeError: An argument has the wrong type.
        VersionNotFoundError: The version does not exist.
        ServiceError: The service rejected a call for a reason that concerns all images, or the first 20 images failed.
        HostingError: As `running()` raises it.
    """
    check_inference_units(min_inference_units, None)
    check_prices(prices)
    longest = None if max_latency is None else check_seconds("max_latency", max_latency)
    times = check_seconds("search_seconds", search_seconds), check_seconds("seconds", seconds)
    most = connections_of(client.rekognition) if max_concurrency is None else checked_concurrency(max_concurrency)
    rate = checked_rate(account_rate)
    found = client.get_project_version(version)
    arn = found.project_version_arn
    if not arn:
        raise VersionNotFoundError("the service described the version without its ARN", version=str(version))
    listed = client.run_blocking(list, islice(images_of(images, lambda: client.s3), MOST_IMAGES))
    sources = [image.source for image in listed if image.problem is None]
    if not sources:
        raise ValueError("images must have at least one image, got none. Check the prefix or the folder")
    units = (found.min_inference_units if is_active(found.status) else None) or min_inference_units
    plan = measurement_plan(sum(times), rate, units, is_running=is_active(found.status), prices=prices)
    logger.info("measure_capacity(): %s", plan)
    accepted = None if on_plan is None else on_plan(plan)
    if accepted is False:
        return None
    measurement = Measurement(client, arn, units, sources, most_in_flight=most, rate=rate, max_latency=longest)
    with Running(client, version, min_inference_units=min_inference_units, prices=prices) as model:
        return measurement.run(model, *times)


class Measurement:
    """One measurement."""

    def __init__(
        self,
        client: VersionsClient,
        version_arn: ProjectVersionArn,
        units: int,
        sources: list[str],
        *,
        most_in_flight: int,
        rate: float,
        max_latency: float | None,
    ) -> None:
        self._client, self._arn, self._units = client, version_arn, units
        self._images: Iterator[QueuedImage] = map(QueuedImage, count(1), cycle(sources))
        self._most, self._rate, self._max_latency = most_in_flight, rate, max_latency
        self._has_succeeded = False
        self._failed = 0

    def run(self, model: DetectingModel, search_seconds: float, seconds: float) -> CapacityMeasurement:
        """Send images for the search and the measurement.

        Raises:
            Exception: A call failed for a reason that concerns all images.
        """
        now = self._client.clock()
        end = now + search_seconds + seconds
        self._calls = MeasuredCalls(now + search_seconds)
        self._dispatch = Dispatch(Pace.start(self._rate, now, first=FIRST_RATE * self._units), self._most)
        wanted = DetectionFilter().arguments()

        def call(image: QueuedImage) -> float:
            began = self._client.clock()
            with without_retries():
                model.detect(image.source, **wanted)
            return self._client.clock() - began

        with Workers(self._client, call, self._most) as workers:
            while now < end:
                if self._dispatch.needs_images:
                    self._dispatch.add(islice(self._images, self._most))
                match self._dispatch.next_step(now):
                    case Send(image):
                        workers.start(image)
                    case WaitFor(wait):
                        self._take(workers.wait(end - now if wait is None else min(wait, end - now)))
                    case _:
                        raise RuntimeError("there are always images")
                now = self._client.clock()
        return self._calls.result(self._arn, self._units, now, model.cost)

    def _take(self, ended: list[tuple[QueuedImage, float | Exception]]) -> None:
        now = self._client.clock()
        for image, result in ended:
            if not isinstance(result, Exception):
                self._has_succeeded = True
                slow = self._max_latency is not None and result > self._max_latency
                self._dispatch.ended(CallResult.MODEL_BUSY if slow else CallResult.PROCESSED, now)
                self._calls.was_busy = self._calls.was_busy or slow
                self._calls.add_processed(result, now)
                continue
            consequence, outcome = self._dispatch.failed(image, result, now)
            if outcome is CallResult.MODEL_BUSY:
                self._calls.add_busy(now)
                continue
            self._calls.add_failed(now)
            if consequence is Consequence.END:
                raise result
            if consequence is Consequence.FAIL:
                self._failed += 1
                if self._failed >= HOPELESS and not self._has_succeeded:
                    raise result
