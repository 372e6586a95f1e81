"""The state of one run of a bulk detection: the images, their results, the rate, the cost and the limits."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol, TypeAlias

from rekog_versions._aws.error_codes import error_code
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import ModelStoppedError
from rekog_versions.hosting.bulk.detected_images import DetectedImage, FailedImage
from rekog_versions.hosting.bulk.dispatch import Consequence, Dispatch, QueuedImage, Step
from rekog_versions.hosting.bulk.journal import ImageState, Journal
from rekog_versions.hosting.bulk.options import BulkOptions
from rekog_versions.hosting.bulk.output_files import LocalFiles, S3Files
from rekog_versions.hosting.bulk.pace import FIRST_RATE, CallResult, Pace
from rekog_versions.hosting.bulk.progress_report import BulkProgress, CallCounts, RateMeter, progress_of
from rekog_versions.hosting.costs import CostRange, Limit, limit_of
from rekog_versions.models.detection import CustomLabel

HOPELESS = 50
"""Images after which a run ends if all of them have failed."""
_AT_ONCE = 200
_CHECK_PERIOD = 0.5
"""Seconds between two checks of the limit, after which the results also are in their files."""

Ended: TypeAlias = tuple[QueuedImage, "list[CustomLabel] | Exception"]
"""An image, and the labels or the error of its call."""


class BilledModel(Protocol):
    """The time and the cost of a running model."""

    @property
    def hours(self) -> float:
        """Hours since the start or the adoption."""
        ...

    @property
    def cost(self) -> CostRange | None:
        """The cost of `hours`; None if it is not known."""
        ...

    @property
    def cost_an_hour(self) -> CostRange | None:
        """The cost of an hour; None if it is not known."""
        ...


class Bookkeeping:
    """The state of one run. One thread or task uses it.

    Args:
        options: The options.
        journal: The journal, with all images.
        files: The files of results.
        version_arn: The version.
        now: The time by a monotonic clock.
    """

    def __init__(
        self,
        options: BulkOptions,
        journal: Journal,
        files: LocalFiles | S3Files,
        version_arn: ProjectVersionArn,
        now: float,
    ) -> None:
        self.counts = journal.counts()
        self._options, self._journal, self._files, self._arn = options, journal, files, version_arn
        self._calls = CallCounts()
        self._done_before = self.counts.done
        self._last_failure = ""
        self._last_number = 0
        self._is_listed = False
        self._model: BilledModel | None = None
        self._limit = Limit()
        self._restart(now)

    def _restart(self, now: float) -> None:
        self._began = self._next_check = now
        self._meter = RateMeter(now)
        first = FIRST_RATE * self._options.hosting.min_inference_units
        self._dispatch = Dispatch(
            Pace.start(self._options.calls_a_second, now, first=first), self._options.most_in_flight
        )

    def begin(self, model: BilledModel, now: float) -> None:
        """Begin to send images to a running model."""
        self._model = model
        hosting = self._options.hosting
        assumed = hosting.prices.hosting(hosting.min_inference_units, hosting.max_inference_units)
        self._limit = limit_of(hosting.max_hours, hosting.max_cost, model.cost_an_hour or assumed)
        self._restart(now)

    def seconds(self, now: float) -> float:
        """Return the seconds since the first image was sent."""
        return now - self._began

    def why_over(self, now: float) -> str | None:
        """Return the reason why no more images must be sent; None if there is none."""
        if now >= self._next_check:
            self._next_check = now + _CHECK_PERIOD
            self._files.flush()
            if self._model is not None and self._model.hours * 3600 >= self._limit.seconds:
                return self._limit.reason
        if self.counts.failed >= HOPELESS and self.counts.done == self._done_before:
            return f"the failure of the first {self.counts.failed:,} images: {self._last_failure}"
        return None

    def is_limit(self, error: Exception) -> bool:
        """Return True if a call failed because `running()` has stopped the model at a limit."""
        return isinstance(error, ModelStoppedError) and bool(self._limit.reason)

    @property
    def limit(self) -> str:
        """The limit of the time that is reached first, as the caller gave it."""
        return self._limit.reason

    def next_step(self, now: float) -> Step:
        """Return the next step, after reading more images from the journal if that is needed."""
        if self._dispatch.needs_images and not self._is_listed:
            images = self._journal.open_images(self._last_number, _AT_ONCE)
            self._is_listed = not images
            if images:
                self._last_number = images[-1].number
                self._dispatch.add(images)
        return self._dispatch.next_step(now)

    def take(self, ended: Iterable[Ended], now: float) -> Exception | None:
        """Keep the results of calls that have ended. Return the error of a call that ends the run."""
        results: list[tuple[int, ImageState, str]] = []
        fatal: Exception | None = None
        for image, result in ended:
            if isinstance(result, Exception):
                consequence = self._failed(image, result, now)
                if consequence is Consequence.FAIL:
                    results.append((image.number, ImageState.FAILED, self._failure(image, result).to_line()))
                elif consequence is Consequence.END:
                    fatal = fatal or result
            else:
                self._dispatch.succeeded(now)
                results.append((image.number, ImageState.DONE, self._detected(image, result).to_line()))
        if results:
            self._keep(results, now)
        return fatal

    def _failed(self, image: QueuedImage, error: Exception, now: float) -> Consequence:
        consequence, result = self._dispatch.failed(image, error, now)
        self._calls = replace(
            self._calls,
            model_busy=self._calls.model_busy + (result is CallResult.MODEL_BUSY),
            account_busy=self._calls.account_busy + (result is CallResult.ACCOUNT_BUSY),
            retries=self._calls.retries + (consequence is Consequence.RETRY),
        )
        return consequence

    def _failure(self, image: QueuedImage, error: Exception) -> FailedImage:
        self._last_failure = printable(str(error), 500)
        name = error_code(error) or type(error).__name__
        return FailedImage(image.source, name, self._last_failure, image.attempts, datetime.now(UTC))

    def _detected(self, image: QueuedImage, labels: Sequence[CustomLabel]) -> DetectedImage:
        wanted = self._options.filter
        return DetectedImage(
            image.source,
            tuple(labels),
            self._arn,
            datetime.now(UTC),
            wanted.min_confidence,
            wanted.thresholds,
            wanted.raw,
        )

    def _keep(self, results: Sequence[tuple[int, ImageState, str]], now: float) -> None:
        """Write results to the journal, and then to the files."""
        self._journal.finish(results)
        self._files.append((state, record) for _, state, record in results)
        self._meter.count(len(results), now)
        done = sum(state is ImageState.DONE for _, state, _ in results)
        self.counts = self.counts.after(done, len(results) - done)

    def progress(self, now: float) -> BulkProgress:
        """Return the progress."""
        return progress_of(
            self.counts,
            self._calls,
            seconds=self.seconds(now),
            rate=self._meter.rate(now),
            allowed_rate=self._dispatch.pace.rate,
            units=self._options.hosting.min_inference_units,
            cost=None if self._model is None else self._model.cost,
            hourly=None if self._model is None else self._model.cost_an_hour,
        )
