"""The progress of a bulk detection, its expected end and cost, and its final report. No I/O."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Unpack

from rekog_versions._json import JsonResult
from rekog_versions._text import duration, printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client.progress import LiveLine
from rekog_versions.hosting.bulk.detected_images import DetectedImage, Detections, read_detections
from rekog_versions.hosting.bulk.journal import ImageCounts
from rekog_versions.hosting.costs import CostRange, hours_of
from rekog_versions.hosting.units import AdviceOptions, UnitsAdvice, advise_units

MEASURED_SECONDS = 60.0
"""The time in which the rate is measured."""
_MINUTE = 60
COMPLETE, DECLINED = "complete", "on_estimate"
"""The ends of a detection: every image has a result or a failure, or the caller did not accept the estimate."""


class RateMeter:
    """The images that finished in the last minute.

    Args:
        now: The time by a monotonic clock.
    """

    def __init__(self, now: float) -> None:
        self._began = now
        self._counts: deque[list[float]] = deque()
        """Pairs of a second and the images that finished in it."""

    def count(self, images: int, now: float) -> None:
        """Count images that have finished now."""
        second = now // 1
        if self._counts and self._counts[-1][0] == second:
            self._counts[-1][1] += images
        else:
            self._counts.append([second, images])

    def rate(self, now: float) -> float | None:
        """Return the images a second of the last minute; None before the first second is over."""
        while self._counts and self._counts[0][0] < now - MEASURED_SECONDS:
            self._counts.popleft()
        seconds = min(now - self._began, MEASURED_SECONDS)
        return sum(images for _, images in self._counts) / seconds if seconds >= 1 else None


@dataclass(frozen=True, slots=True)
class BulkProgress(JsonResult):
    """The progress of a bulk detection.

    Attributes:
        total: The images, with those of earlier runs.
        done: The images with a result.
        failed: The images that failed.
        seconds: The time since the first image of this run was sent.
        rate: The images a second of the last minute; None if it is not measured yet.
        allowed_rate: The calls a second that the run makes now.
        model_busy: The calls of this run that the model rejected, because its inference units were busy.
        account_busy: The calls of this run that were rejected because of the account's rate.
        retries: The calls of this run that failed for another retryable reason, such as a lost connection.
        inference_units: The inference units for which this run starts the model.
        cost: The cost of the model since this run started or adopted it; None if it is not known.
        seconds_left: The expected time until the end; None if it is not known.
        expected_cost: The expected cost of the run at its end; None if it is not known.
    """

    _derived = ("left",)

    total: int
    done: int
    failed: int
    seconds: float
    rate: float | None
    allowed_rate: float
    model_busy: int
    account_busy: int
    retries: int
    inference_units: int
    cost: CostRange | None
    seconds_left: float | None
    expected_cost: CostRange | None

    @property
    def left(self) -> int:
        """The images without a result."""
        return self.total - self.done - self.failed

    def advise_units(self, **options: Unpack[AdviceOptions]) -> UnitsAdvice:
        """Compare the time and cost of the images that are left by the number of units; see `hosting.advise_units`.

        Raises:
            ValueError: The rate is not measured yet, or an option is out of range.
        """
        if not self.rate:
            raise ValueError("the rate is not measured yet. Call this in on_estimate")
        return advise_units(self.rate / self.inference_units, self.left, **options)

    def __str__(self) -> str:
        parts = [f"{self.done + self.failed:,} of {self.total:,} images"]
        if self.failed:
            parts.append(f"{self.failed:,} failed")
        if self.rate is not None:
            parts.append(f"{self.rate:.1f} a second")
        if self.cost is not None:
            parts.append(f"{self.cost} so far")
        if self.left and self.seconds_left is not None:
            parts.append(f"{duration(self.seconds_left)} left")
        if self.left and self.expected_cost is not None:
            parts.append(f"{self.expected_cost} in total")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class CallCounts:
    """The rejected and failed calls of a run."""

    model_busy: int = 0
    account_busy: int = 0
    retries: int = 0


def progress_of(
    counts: ImageCounts,
    calls: CallCounts,
    *,
    seconds: float,
    rate: float | None,
    allowed_rate: float,
    units: int,
    cost: CostRange | None,
    hourly: CostRange | None,
) -> BulkProgress:
    """Return the progress, with the expected end at the present rate.

    Args:
        counts: The images in each state.
        calls: The rejected and failed calls.
        seconds: The time since the run began.
        rate: The measured images a second.
        allowed_rate: The calls a second that the run makes now.
        units: The inference units.
        cost: The cost so far.
        hourly: The cost of an hour.
    """
    seconds_left = counts.open / rate if rate else (None if counts.open else 0.0)
    expected = None
    if cost is not None and hourly is not None and seconds_left is not None:
        rest = hourly.times(hours_of(seconds_left))
        expected = CostRange(cost.least + rest.least, cost.most + rest.most, cost.currency)
    return BulkProgress(
        counts.total,
        counts.done,
        counts.failed,
        seconds,
        rate,
        allowed_rate,
        calls.model_busy,
        calls.account_busy,
        calls.retries,
        units,
        cost,
        seconds_left,
        expected,
    )


@dataclass(frozen=True, slots=True)
class BulkReport(JsonResult):
    """The result of `detect_all()`. Iterating it yields the results, and its truth value is `is_complete`.

    Attributes:
        version_arn: The version.
        output: The file of results.
        failures: The file of failures.
        journal: The journal, with which a rerun resumes.
        ended: Why the run ended: `"complete"`, a limit, or `"on_estimate"` if it returned False.
        progress: The counts, the rate and the cost at the end.
    """

    _derived = ("is_complete",)

    version_arn: ProjectVersionArn
    output: str
    failures: str
    journal: str
    ended: str
    progress: BulkProgress
    _s3: Any = field(default=None, repr=False, compare=False)

    @property
    def is_complete(self) -> bool:
        """True if every image has a result."""
        return self.ended == COMPLETE and not self.progress.failed

    @property
    def results(self) -> Detections:
        """The results, which are read from `output`."""
        return read_detections(self.output, s3=self._s3)

    def __iter__(self) -> Iterator[DetectedImage]:
        return iter(self.results)

    def __bool__(self) -> bool:
        return self.is_complete

    def __str__(self) -> str:
        ended = "" if self.ended == COMPLETE else f"ended by {self.ended}: "
        failed = f", failures in {printable(self.failures, 300)}" if self.progress.failed else ""
        return f"{ended}{self.progress}, results in {printable(self.output, 300)}{failed}"


def show_progress(line: LiveLine, progress: BulkProgress, *, is_last: bool) -> None:
    """Write the progress: a live line in a terminal or notebook, and elsewhere a line each minute."""
    if line.is_live:
        line.rewrite(str(progress))
        if is_last:
            line.close()
    elif is_last or progress.seconds % _MINUTE < _MINUTE / 6:
        line.write(str(progress))
