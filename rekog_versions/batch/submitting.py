"""Decide which of many trainings is started when, without I/O.

Every name is looked up first: a version that an earlier run started is found by it and adopted. Then requests are sent
in their order, as many as the account may train at a time. When the service rejects one because of that limit, the
next is sent when one of these trainings ends, or after a pause, because trainings of others count too.
"""

import logging
import math
import re
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from rekog_versions._aws.error_codes import is_retryable
from rekog_versions._notes import noted
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.batch.actions import Action, Pause, SafeSteps, Start, VersionCount, concerns_caller
from rekog_versions.batch.outcomes import SubmissionOutcome, SubmissionReport
from rekog_versions.batch.planning import VersionSearch
from rekog_versions.batch.requests import Submittable, checked_requests, differences
from rekog_versions.batch.tracking import VersionTracker, counted
from rekog_versions.client.recovery import PAUSES
from rekog_versions.errors import LimitExceededError, ResourceInUseError, VersionConflictError
from rekog_versions.models.versions import CreateProjectVersionRequest, ProjectVersionDescription
from rekog_versions.waiting.arguments import Seconds, seconds_of
from rekog_versions.waiting.poll import Poll
from rekog_versions.waiting.schedule import Schedule

logger = logging.getLogger("rekog_versions")

RETRY_DELAY = 120.0
"""Seconds until a request is sent again after a rejection that may pass."""
VERSIONS_PER_PROJECT = 100
"""The default quota (Service Quotas L-9CF05323)."""
_MOST_LISTED = 20
_ABOUT_TRAININGS = re.compile(r"concurren|simultaneous|in progress|at a time|at the same time", re.IGNORECASE)


def check_max_concurrent(value: object) -> None:
    """Check that `max_concurrent` is a positive whole number or None.

    Raises:
        ValueError: It is below 1.
        TypeError: It is not a whole number.
    """
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"max_concurrent must be a whole number, or None for no limit, got {type(value).__name__}")
    if value < 1:
        raise ValueError(f"max_concurrent must be 1 or more, or None for no limit, got {value}")


@dataclass(eq=False, slots=True)
class _Job:
    """A request and its progress.

    Attributes:
        request: The request.
        arn: The version's ARN, once it is known.
        was_sent: True once this run has sent the request.
        was_there: True if an earlier run started the version.
    """

    request: CreateProjectVersionRequest
    arn: ProjectVersionArn | None = None
    was_sent: bool = False
    was_there: bool = False

    @property
    def name(self) -> tuple[str, str]:
        """The project and the name of the version."""
        return self.request.project_arn, self.request.version_name

    def __str__(self) -> str:
        return f"version {self.request.version_name!r} of {self.request.project_arn}"


@dataclass(slots=True)
class _NameInUse:
    """A request that was rejected because something is in use: its name or its project. Lookups show which.

    Attributes:
        job: The request.
        error: The rejection.
        next_at: When to look the name up next.
        pauses: The pauses before the lookups after that.
    """

    job: _Job
    error: ResourceInUseError
    next_at: float
    pauses: Iterator[float] = field(default_factory=lambda: iter(PAUSES))


class Submissions(SafeSteps):
    """The decisions of `submit_all()`.

    Args:
        requests: The trainings.
        max_concurrent: How many of them train at a time; None for as many as the service allows.
        timeout: Seconds, or a `timedelta`, until the wait for a training gives up; None for no limit.
        slot_timeout: Seconds without any progress after which the waiting requests are given up; None for no limit.
        schedule: The delays between the starts of two rounds of polls.
        clock: Monotonic seconds.

    Raises:
        ValueError: Requests break rules, or a number is out of range.
        TypeError: An argument has the wrong type.
    """

    def __init__(
        self,
        requests: Iterable[Submittable],
        *,
        max_concurrent: int | None,
        timeout: Seconds | None,
        slot_timeout: Seconds | None,
        schedule: Schedule,
        clock: Callable[[], float],
    ) -> None:
        check_max_concurrent(max_concurrent)
        slot_timeout = seconds_of(slot_timeout, "slot_timeout")
        super().__init__()
        self._timing = (timeout, schedule)
        self.ready: deque[SubmissionOutcome] = deque()
        self._clock = clock
        self._tracker = self._new_tracker()
        self._most = math.inf if max_concurrent is None else max_concurrent
        self._slot_timeout = math.inf if slot_timeout is None else slot_timeout
        self._jobs = [_Job(request) for request in checked_requests(requests)]
        self._queue = deque[_Job]()
        self._not_looked_up: dict[str, list[_Job]] = {}
        """The requests whose names have not been looked up yet, by project."""
        self._training: dict[tuple[str, str], _Job] = {}
        self._outcomes: dict[tuple[str, str], SubmissionOutcome] = {}
        self._in_use: _NameInUse | None = None
        self._limited: LimitExceededError | None = None
        """The rejection of the first request in the queue, until it is known whether its project is full."""
        self._lookup: VersionSearch | None = None
        """The last search that was not the tracker's."""
        self._hold = -math.inf
        self._slots = 0
        """Until `_hold`, at most so many train at a time: as many as did when one more was rejected."""
        self._progress_at: float | None = None
        self._is_connected = False
        self._yielded: set[tuple[str, str]] = set()
        """The names of the requests whose outcome has been put among those to yield."""
        self._rebuild()

    def _new_tracker(self) -> VersionTracker:
        timeout, schedule = self._timing
        return VersionTracker((), timeout=timeout, schedule=schedule, clock=self._clock)

    def _rebuild(self) -> None:
        """Begin again with all requests that have no outcome: versions that were started are found by their names."""
        waiting = [job for job in self._jobs if job.name not in self._outcomes]
        self._queue, self._training, self._not_looked_up = deque(waiting), {}, {}
        for job in waiting:
            self._not_looked_up.setdefault(job.request.project_arn, []).append(job)
        self._in_use = self._limited = self._lookup = None
        self._tracker = self._new_tracker()
        for name, outcome in self._outcomes.items():
            if name not in self._yielded and all(other is not outcome for other in self.ready):
                self.ready.append(outcome)
                self._yielded.add(name)

    @property
    def polls(self) -> deque[Poll]:
        """Polls that have not been reported yet."""
        return self._tracker.polls

    @property
    def open(self) -> list[CreateProjectVersionRequest]:
        """The requests that have no outcome yet."""
        return [job.request for job in self._jobs if job.name not in self._outcomes]

    @property
    def is_open(self) -> bool:
        """True if there are such requests."""
        return len(self._outcomes) < len(self._jobs)

    def report(self) -> SubmissionReport:
        """Return the outcomes so far, in the order of the requests."""
        return SubmissionReport(tuple(self._outcomes[job.name] for job in self._jobs if job.name in self._outcomes))

    def _choose(self, until: float) -> Action:  # noqa: ARG002 (a pause ends when something is due)
        """Return the next action: look names up, start a training, poll some, or pause."""
        now = self._clock()
        if self._progress_at is None:
            self._progress_at = now
        if self._in_use is not None:
            project_arn, name = self._in_use.job.name
            pause = self._in_use.next_at - now
            return Pause(pause) if pause > 0 else self._look_up(project_arn, [name])
        if self._limited is not None:
            return VersionCount(self._queue[0].request.project_arn)
        has_more = bool(self._not_looked_up) or (bool(self._queue) and len(self._training) < self._most)
        if has_more and (now >= self._hold or len(self._training) < self._slots):
            # all names are looked up first: trainings that an earlier run left count too
            for project_arn, jobs in self._not_looked_up.items():
                return self._look_up(project_arn, [job.request.version_name for job in jobs])
            job = self._queue[0]
            job.was_sent = True
            return Start(job.request)
        if self._training:
            return self._tracker.next_action(self._hold if has_more else math.inf)
        return Pause(self._hold - now)

    def _apply(self, action: Action, error: Exception | None) -> None:
        try:
            match action:
                case Start():
                    self._take_start(action, error)
                case VersionCount():
                    self._take_count(action, error)
                case VersionSearch() if action is self._lookup and self._in_use is not None:
                    self._take_name_in_use(self._in_use, action, error)
                case VersionSearch() if action is self._lookup:
                    self._take_lookup(action, error)
                case _:
                    self._tracker.take(action, error)
        finally:
            self._collect()

    @contextmanager
    def noting(self) -> Generator[None]:
        """Add a note on how to resume to any exception that ends the submission early."""
        try:
            yield
        except BaseException as error:
            training = [str(job.arn or job) for job in self._training.values()]
            more = f", ... {len(training) - _MOST_LISTED} more" if training[_MOST_LISTED:] else ""
            running = f"These trainings continue and are billed: {', '.join(training[:_MOST_LISTED])}{more}. "
            noted(
                error,
                f"{running if training else 'No training from this batch is running. '}"
                f"{counted(len(self._queue), 'request')} had not been started. Call submit_all(client, requests) again "
                "with the same requests: versions that were started are found by their names.",
            )
            raise

    # what an earlier run left

    def _look_up(self, project_arn: str, names: list[str]) -> VersionSearch:
        self._lookup = VersionSearch(project_arn, names)
        return self._lookup

    def _take_lookup(self, search: VersionSearch, error: Exception | None) -> None:
        if error is not None and is_retryable(error, connected_before=self._is_connected):
            self._wait_out(error)
        elif error is not None and concerns_caller(error):
            raise error
        elif error is not None:
            noted(error, "Existing versions could not be looked up, so nothing was started in that project.")
            for job in self._not_looked_up.pop(search.project_arn):
                self._end(job, error)
        else:
            self._is_connected = True
            for job in self._not_looked_up.pop(search.project_arn):
                if (description := search.found.get(job.request.version_name)) is not None:
                    self._adopt(job, description)

    def _adopt(self, job: _Job, description: ProjectVersionDescription) -> None:
        """Take an existing version for the request's own if it was created from the same request."""
        different = differences(description, job.request)
        if different:
            self._end(job, VersionConflictError(job.request, description, different), description)
            return
        job.was_there = not job.was_sent
        logger.info("%s exists, created from the same request: %s", job, ascii(str(description.status)))
        self._began(job, description.project_version_arn, description)

    # starting

    def _take_start(self, start: Start, error: Exception | None) -> None:
        job = self._queue[0]
        if error is None:
            self._began(job, start.version_arn)
        elif isinstance(error, ResourceInUseError):
            # the name was taken since it was looked up, or the project is busy
            self._in_use = _NameInUse(job, error, self._clock())
        elif isinstance(error, LimitExceededError):
            if _ABOUT_TRAININGS.search(error.message):
                self._wait_out(error, slots=len(self._training))
            else:
                self._limited = error
        elif is_retryable(error):
            # if the training was started all the same, the next attempt finds it by its name
            self._wait_out(error)
        elif concerns_caller(error):
            raise error
        else:
            self._end(job, error)

    def _take_name_in_use(self, in_use: _NameInUse, search: VersionSearch, error: Exception | None) -> None:
        job = in_use.job
        found = search.found.get(job.request.version_name)
        if error is not None and not is_retryable(error):
            self._in_use = None
            if concerns_caller(error):
                raise error
            self._end(job, noted(in_use.error, f"The version could not be looked up: {printable(str(error))}"))
        elif found is not None:
            self._in_use = None
            self._adopt(job, found)
        elif (pause := next(in_use.pauses, None)) is not None:
            in_use.next_at = self._clock() + pause
        else:
            self._in_use = None
            self._end(job, noted(in_use.error, f"There is no {job}, so it is not the name that is in use."))

    def _take_count(self, action: VersionCount, error: Exception | None) -> None:
        limited, self._limited = self._limited, None
        if error is not None and concerns_caller(error) and not is_retryable(error):
            raise error
        if limited is None:
            return
        if error is None and action.count >= VERSIONS_PER_PROJECT:
            noted(
                limited,
                f"The project has {action.count} versions: it is full, so waiting does not help. Delete versions, or "
                "request an increase of the quota (Service Quotas L-9CF05323).",
            )
            self._end(self._queue[0], limited)
        else:
            self._wait_out(limited, slots=len(self._training))

    def _wait_out(self, error: Exception, slots: int = 0) -> None:
        """Start nothing for a while, except to fill slots. After too long without any progress, give up."""
        now = self._clock()
        self._hold, self._slots = now + RETRY_DELAY, slots
        waited = now - (now if self._progress_at is None else self._progress_at)
        logger.log(
            # a full account is normal
            logging.INFO if isinstance(error, LimitExceededError) else logging.WARNING,
            "%s can't be started now (%s); %d trainings of this batch are running",
            counted(len(self._queue), "request"),
            printable(str(error)),
            len(self._training),
        )
        if self._training or waited < self._slot_timeout:
            return
        noted(
            error,
            f"Nothing could be started for {waited:.0f} seconds, while no training of these requests was running: "
            "others in the account and region use the slots, or the service can't be reached. Submit the same requests "
            "again.",
        )
        for job in list(self._queue):
            self._end(job, error)
        self._not_looked_up.clear()

    # outcomes

    def _began(
        self, job: _Job, arn: ProjectVersionArn | None, description: ProjectVersionDescription | None = None
    ) -> None:
        self._queue.remove(job)
        self._progress_at = self._clock()
        job.arn = arn or None
        self._training[job.name] = job
        self._tracker.begin(job.name, job.arn, description)

    def _collect(self) -> None:
        """Take the outcomes of the tracker."""
        while self._tracker.ready:
            ended = self._tracker.ready.popleft()
            job = self._training.pop(cast("tuple[str, str]", ended.version))
            self._progress_at = self._clock()
            self._report(job, ended.description, ended.error)

    def _end(self, job: _Job, error: Exception, description: ProjectVersionDescription | None = None) -> None:
        self._queue.remove(job)
        self._report(job, description, error)

    def _report(self, job: _Job, description: ProjectVersionDescription | None, error: Exception | None) -> None:
        arn = job.arn or (description.project_version_arn if description else None)
        outcome = SubmissionOutcome(job.request, arn, description, error, job.was_there)
        self._outcomes[job.name] = outcome
        self.ready.append(outcome)
        self._yielded.add(job.name)
