# Generated from rekog_versions/hosting/_async/bulk_run.py. Change that file, then run scripts/unasync.py.
"""Run a bulk detection: list the images, start the model, send images at an adapted rate, and keep the results."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from rekog_versions._aws.s3 import is_s3_uri
from rekog_versions._aws.transport import without_retries
from rekog_versions._notes import noted
from rekog_versions.client import VersionsClient
from rekog_versions.client.progress import LiveLine
from rekog_versions.errors import ModelStillRunningError, VersionNotFoundError
from rekog_versions.hosting._sync.running import Running
from rekog_versions.hosting._sync.stopping import stop_model
from rekog_versions.hosting.bulk.bookkeeping import BilledModel, Bookkeeping
from rekog_versions.hosting.bulk.dispatch import Finished, QueuedImage, Send, WaitFor
from rekog_versions.hosting.bulk.image_names import ImageNames, images_of
from rekog_versions.hosting.bulk.journal import ImageState, Journal
from rekog_versions.hosting.bulk.options import (
    ACCOUNT_RATE,
    BulkOptions,
    DetectionFilter,
    Hosting,
    bulk_options,
    connections_of,
)
from rekog_versions.hosting.bulk.output_files import OutputName, open_files
from rekog_versions.hosting.bulk.progress_report import (
    COMPLETE,
    DECLINED,
    MEASURED_SECONDS,
    BulkProgress,
    BulkReport,
    show_progress,
)
from rekog_versions.hosting.bulk.shared_rate import SharedRate
from rekog_versions.hosting.bulk.workers import Workers
from rekog_versions.hosting.costs import LIST_PRICES, Amount, Prices
from rekog_versions.hosting.stopping import is_active
from rekog_versions.models.detection import CustomLabel
from rekog_versions.models.references import VersionRef
from rekog_versions.models.thresholds import Thresholds
from rekog_versions.models.versions import ProjectVersionDescription

logger = logging.getLogger("rekog_versions")

REPORT_SECONDS = 10.0
"""Seconds between two reports of the progress."""


class DetectingModel(BilledModel, Protocol):
    """The part of a running model that a bulk detection uses."""

    def detect(
        self,
        image: Any,
        *,
        min_confidence: float | None = None,
        max_results: int | None = None,
        thresholds: Thresholds | None = None,
    ) -> list[CustomLabel]:
        """Find labels in an image."""
        ...


def detect_all(
    client: VersionsClient,
    version: VersionRef,
    images: ImageNames,
    *,
    output: OutputName,
    journal: OutputName | None = None,
    min_confidence: float | None = None,
    max_results: int | None = None,
    thresholds: Thresholds | None = None,
    raw: bool = False,
    min_inference_units: int = 1,
    max_inference_units: int | None = None,
    max_hours: float | timedelta | None = None,
    max_cost: Amount | None = None,
    prices: Prices = LIST_PRICES,
    max_concurrency: int | None = None,
    account_rate: float | SharedRate = ACCOUNT_RATE,
    on_estimate: Callable[[BulkProgress], object] | None = None,
    on_progress: Callable[[BulkProgress], object] | None = None,
    progress: bool = False,
) -> BulkReport:
    """Detect labels in many images, and write a result for each, exactly once.

    The images are listed first. The model is then started, unless it is running already, and stopped on every exit
    path, as `running()` does. After the first minute, the expected end and cost are reported.

    Results are lines of JSON in `output`, with failures beside them in `NAME.failures.jsonl`. A journal, a SQLite file,
    has each result before the files have it. Call this again with the same output to resume a run that ended early,
    also after `kill -9`: images with a result are not sent again, and failed images are.

    The rate of calls adapts to the model's capacity. A busy model slows it down by the share of the rejected calls, and
    throttling of the account halves it for some seconds. botocore's own retries are off. Throttled images are always
    sent again, and calls that fail for other retryable reasons up to 12 times.

    Args:
        client: The client.
        version: Its ARN, `(project_arn, version_name)`, or a description of it.
        images: `s3://BUCKET/PREFIX` (.jpg, .jpeg and .png), a manifest (a path, or an `s3://` URI that ends in
            .manifest, .jsonl, .ndjson or .json), a folder, or an iterable of paths, `s3://` URIs and `S3Object`s. An
            image that is named twice has one result.
        output: The file of results: a path, or `s3://BUCKET/KEY`, which is written at the end of the run.
        journal: The path of the journal; by default `output` with `.journal` added. Needed if `output` is in S3.
        min_confidence: 0 to 100, for all labels.
        max_results: The number of labels of an image, the most confident first.
        thresholds: The least confidence of each label.
        raw: Keep the labels of all confidences, so that `apply_thresholds()` can be called later without new costs.
        min_inference_units: The inference units of a start.
        max_inference_units: The units to which the service may scale.
        max_hours: The hours after which the run ends and the model is stopped, counted from its start.
        max_cost: The cost after which the run ends, in the currency of `prices`.
        prices: The price list.
        max_concurrency: The most calls at the same time; by default, the client's number of connections
            (`max_pool_connections`, 10 by default).
        account_rate: The calls a second of this run. An account has 50 by default. Several processes of a machine can
            share a `SharedRate`.
        on_estimate: Called after a minute with the expected end and cost.
            If it returns False, the run ends.
        on_progress: Called every 10 seconds and at the end.
        progress: True to write the progress to standard error.

    Returns:
        The report. Iterate it for the results.

    Raises:
        ValueError: An argument is invalid, the version does not exist by this name, or the journal belongs to a
            detection with other settings. Nothing was started.
        TypeError: An argument has the wrong type.
        RuntimeError: Another process uses the journal.
        OSError: A file or folder cannot be read or written.
        VersionNotFoundError: The version does not exist.
        ServiceError: The service rejected a call for a reason that concerns all images, such as a missing permission.
            The results so far are kept, and a note says how to resume.
        ModelStoppedError: The model was stopped by something else than a limit of this call.
        HostingError: As `running()` raises it.
    """
    options = bulk_options(
        output,
        journal,
        DetectionFilter(min_confidence, max_results, thresholds, raw),
        Hosting(min_inference_units, max_inference_units, max_hours, max_cost, prices),
        max_concurrency=max_concurrency,
        account_rate=account_rate,
        on_estimate=on_estimate,
        on_progress=on_progress,
        connections=connections_of(client.rekognition),
    )
    listed = images_of(images, lambda: client.s3)
    found = client.get_project_version(version)
    arn = found.project_version_arn
    if not arn:
        raise VersionNotFoundError("the service described the version without its ARN", version=str(version))
    settings = {"version_arn": str(arn), **options.filter.to_settings()}
    with Journal(options.journal, settings) as opened:
        opened.reopen_failed()
        client.run_blocking(opened.add, listed)
        files = client.run_blocking(open_files, options.names, opened, lambda: client.s3)
        try:
            state = Bookkeeping(options, opened, files, arn, client.clock())
            run = BulkRun(client, options, state, progress=progress)
            ended = _with_model(run, opened, version, found) if state.counts.open else COMPLETE
            if opened.has_started_model and is_active(found.status):  # an earlier run was killed after its last image
                stop_model(client, version, arn)
            opened.has_started_model = False
            last = run.report(client.clock(), is_last=True)
        finally:
            client.run_blocking(files.close)
    return BulkReport(
        arn,
        options.names[ImageState.DONE],
        options.names[ImageState.FAILED],
        str(options.journal),
        ended,
        last,
        client.s3 if is_s3_uri(options.names[ImageState.DONE]) else None,
    )


def _with_model(run: "BulkRun", journal: Journal, version: VersionRef, found: ProjectVersionDescription) -> str:
    """Run the model, and detect labels in all images. Return why the run ended.

    The journal has a note of the start, which is written before it. So a rerun stops the model of a killed run.
    """
    stops_adopted = journal.has_started_model
    if not is_active(found.status):
        journal.has_started_model = True
    try:
        ended = run.detect_with_model(version, stop_adopted=stops_adopted)
    except (ModelStillRunningError, ExceptionGroup):
        raise
    except BaseException:
        journal.has_started_model = False
        raise
    journal.has_started_model = False
    return ended


class BulkRun:
    """One run of a bulk detection."""

    def __init__(self, client: VersionsClient, options: BulkOptions, state: Bookkeeping, *, progress: bool) -> None:
        self.state = state
        self._client, self._options = client, options
        self._line = LiveLine() if progress else None
        self._reported = client.clock()
        self._is_estimated = False

    def detect_with_model(self, version: VersionRef, *, stop_adopted: bool) -> str:
        """Start the model or adopt it, and detect labels in all images. Return why the run ended."""
        hosting = self._options.hosting
        with Running(self._client, version, **hosting.arguments(), stop_adopted=stop_adopted) as model:
            return self._detect(model)

    def _detect(self, model: DetectingModel) -> str:
        self._reported = now = self._client.clock()
        self.state.begin(model, now)

        def call(image: QueuedImage) -> list[CustomLabel]:
            return self._call(model, image)

        try:
            with Workers(self._client, call, self._options.most_in_flight) as workers:
                try:
                    return self._send_all(workers)
                finally:  # these calls are paid for, whatever ends the run
                    self.state.take(workers.drain(), self._client.clock())
        except Exception as error:
            counts = self.state.counts
            done = f"{counts.done:,} of {counts.total:,} images have a result."
            noted(error, f"{done} Call detect_all() again with the same output to continue.")
            raise

    def _call(self, model: DetectingModel, image: QueuedImage) -> list[CustomLabel]:
        rate = self._options.account_rate
        if isinstance(rate, SharedRate):
            self._client.sleep(self._client.run_blocking(rate.reserve))
        with without_retries():
            return model.detect(image.source, **self._options.filter.arguments())

    def _send_all(self, workers: Workers[QueuedImage, list[CustomLabel]]) -> str:
        """Send images until all have a result, or something ends the run. Return the reason."""
        while True:
            now = self._client.clock()
            if (over := self.state.why_over(now)) is not None:
                return over
            if now - self._reported >= REPORT_SECONDS:
                self.report(now)
                if not self._continues_after_estimate(now):
                    return DECLINED
                continue  # the callbacks took time
            match self.state.next_step(now):
                case Send(image):
                    workers.start(image)
                case WaitFor(seconds):
                    longest = self._reported + REPORT_SECONDS - now
                    ended = workers.wait(longest if seconds is None else min(seconds, longest))
                    error = self.state.take(ended, self._client.clock())
                    if error is not None and self.state.is_limit(error):
                        return self.state.limit
                    if error is not None:
                        raise error
                case Finished():
                    return COMPLETE

    def _continues_after_estimate(self, now: float) -> bool:
        """Report the expected end and cost, once, when the rate has been measured."""
        if self._is_estimated or self.state.seconds(now) < MEASURED_SECONDS:
            return True
        self._is_estimated = True
        progress = self.state.progress(now)
        logger.info("detect_all(): %s", progress)
        return self._called(self._options.on_estimate, progress) is not False

    def report(self, now: float, *, is_last: bool = False) -> BulkProgress:
        """Report the progress."""
        self._reported = now
        progress = self.state.progress(now)
        if self._line is not None:
            show_progress(self._line, progress, is_last=is_last)
        self._called(self._options.on_progress, progress)
        return progress

    def _called(self, function: Callable[[BulkProgress], Any] | None, progress: BulkProgress) -> Any:
        if function is None:
            return None
        result = function(progress)
        return result
