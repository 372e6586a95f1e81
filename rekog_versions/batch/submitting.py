"""Which of many trainings is started when, without I/O.

Every name is looked up first: what an earlier run started is found by it and adopted. Then requests are sent in their
order, as many as the account lets train. A refusal for the limit on trainings means to wait until one of ours ends, or
for a pause, for others' trainings count too.
"""

import logging
import math
import re
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from botocore.exceptions import BotoCoreError

from rekog_versions._aws.error_codes import is_retryable
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.batch.checking import Submittable, checked
from rekog_versions.batch.origins import differences
from rekog_versions.batch.outcomes import SubmissionOutcome, SubmissionReport
from rekog_versions.batch.pacing import Pacer
from rekog_versions.batch.planning import Reach, count_versions, find_versions
from rekog_versions.batch.tracking import Fleet, counted, ends_all
from rekog_versions.creating import PAUSES, create_version
from rekog_versions.errors import (
    LimitExceededError,
    RekogVersionsError,
    ResourceInUseError,
    VersionConflictError,
    noted,
)
from rekog_versions.models.versions import CreateProjectVersionRequest, ProjectVersionDescription
from rekog_versions.operations.flows import Flow, Sleep
from rekog_versions.operations.versions import CREATE_PROJECT_VERSION
from rekog_versions.waiting.versions import Poll
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.arguments import check_seconds

logger = logging.getLogger("rekog_versions")

PAUSE = 120.0
"""Seconds until a refusal that may pass by itself is put to the test."""
VERSIONS_A_PROJECT = 100
"""How many versions a project keeps, unless the quota was raised (Service Quotas L-9CF05323)."""
_SHOWN = 20
_OF_TRAININGS = re.compile(r"concurren|simultaneous|in progress|at a time|at the same time", re.IGNORECASE)


def _check_most(max_concurrent: object) -> None:
    if max_concurrent is None:
        return
    if isinstance(max_concurrent, bool) or not isinstance(max_concurrent, int):
        raise TypeError(f"max_concurrent must be a whole number or None, got {type(max_concurrent).__name__}")
    if max_concurrent < 1:
        raise ValueError(f"max_concurrent must be 1 or more, or None to learn it, got {max_concurrent}")


@dataclass(eq=False, slots=True)
class Job:
    """One request, and what became of it so far."""

    request: CreateProjectVersionRequest
    arn: ProjectVersionArn | None = None
    was_sent: bool = False
    """Whether this run tried to start it."""
    was_there: bool = False

    @property
    def name(self) -> tuple[str, str]:
        """How the version is named before its ARN is known."""
        return self.request.project_arn, self.request.version_name

    def __str__(self) -> str:
        return f"version {self.request.version_name!r} of {self.request.project_arn}"


class Submissions:
    """Many requests on their way to trained versions. A driver runs `step()` while `is_open`, as of a `Fleet`.

    Args:
        requests: What to train.
        max_concurrent: How many of them train at a time; None for as many as the service lets.
        timeout: Seconds until the wait for a training gives up; None for never.
        slot_timeout: Seconds without any progress after which requests that the service does not let start are given
            up; None for never.
        schedule: When rounds are due.
        rate: Calls a second of each operation.
        clock: Monotonic seconds.

    Raises:
        ValueError: Requests break rules, or a number is out of range.
        TypeError: Something is of another type.
    """

    def __init__(
        self,
        requests: Iterable[Submittable],
        *,
        max_concurrent: int | None,
        timeout: float | None,
        slot_timeout: float | None,
        schedule: Schedule,
        rate: float,
        clock: Callable[[], float],
    ) -> None:
        _check_most(max_concurrent)
        check_seconds(slot_timeout, "slot_timeout")
        self.ready: deque[SubmissionOutcome] = deque()
        self._clock = clock
        self._pacer = Pacer(rate, clock)
        self._fleet = Fleet((), timeout=timeout, schedule=schedule, pacer=self._pacer, clock=clock)
        self._most = math.inf if max_concurrent is None else max_concurrent
        self._slot_timeout = math.inf if slot_timeout is None else slot_timeout
        self._jobs = [Job(request) for request in checked(requests)]
        self._queue = deque(self._jobs)
        self._unknown: dict[str, list[Job]] = {}
        """Those whose names were not looked up yet, by project."""
        for job in self._jobs:
            self._unknown.setdefault(job.request.project_arn, []).append(job)
        self._training: dict[tuple[str, str], Job] = {}
        self._outcomes: dict[tuple[str, str], SubmissionOutcome] = {}
        self._hold = -math.inf
        self._seats = 0
        """Until the hold is over, no more than so many train at a time: as many as did when one more was refused."""
        self._progress_at: float | None = None
        self._is_connected = False

    @property
    def polls(self) -> deque[Poll]:
        """The looks since the driver took the last."""
        return self._fleet.polls

    @property
    def open(self) -> list[CreateProjectVersionRequest]:
        """The requests of which it is not told yet what became of them."""
        return [job.request for job in self._jobs if job.name not in self._outcomes]

    @property
    def is_open(self) -> bool:
        """Whether there are any."""
        return bool(self._queue or self._training)

    def report(self) -> SubmissionReport:
        """What is known so far, in the order of the requests."""
        return SubmissionReport(tuple(self._outcomes[job.name] for job in self._jobs if job.name in self._outcomes))

    def step(self) -> Flow[None]:
        """Looks names up, starts a training, looks at some, or sleeps.

        Raises:
            ServiceError: The service refused the caller, whatever is asked for: the credentials have expired.
            botocore.exceptions.BotoCoreError: A call failed for a reason that does not pass.
        """
        now = self._clock()
        if self._progress_at is None:
            self._progress_at = now
        has_more = bool(self._unknown) or (bool(self._queue) and len(self._training) < self._most)
        try:
            if has_more and (now >= self._hold or len(self._training) < self._seats):
                # all names first: what an earlier run left trains, too
                yield from self._look_up() if self._unknown else self._start(self._queue[0])
            elif self._training:
                yield from self._fleet.step(self._hold if has_more else math.inf)
            else:
                yield Sleep(self._hold - now)
        finally:
            self._collect()

    @contextmanager
    def noting(self) -> Generator[None]:
        """Lets whatever ends it early say what goes on and how to take it up again."""
        try:
            yield
        except BaseException as error:
            training = [str(job.arn or job) for job in self._training.values()]
            shown = ", ".join(training[:_SHOWN]) + (f", ... {len(training) - _SHOWN} more" if training[_SHOWN:] else "")
            going_on = f"These trainings go on and are billed: {shown}. " if training else "No training of it goes on. "
            noted(
                error,
                f"{going_on}{counted(len(self._queue), 'request')} had not been started. Run submit_all(client, "
                "requests) again with the same requests: what was started is found again by its name.",
            )
            raise

    # -- what an earlier run left ------------------------------------------------------------------------------------

    def _look_up(self) -> Flow[None]:
        project_arn, jobs = next(iter(self._unknown.items()))
        found: dict[str, ProjectVersionDescription] = {}
        try:
            yield from find_versions(
                project_arn, [job.request.version_name for job in jobs], found, Reach(), self._pacer
            )
        except (RekogVersionsError, BotoCoreError) as error:
            if is_retryable(error, connected_before=self._is_connected):
                self._wait_out(error)
            elif ends_all(error):
                raise
            else:
                del self._unknown[project_arn]
                noted(error, "What is there already could not be looked up, so nothing was started in that project.")
                for job in jobs:
                    self._end(job, error)
            return
        self._is_connected = True
        del self._unknown[project_arn]
        for job in jobs:
            if (description := found.get(job.request.version_name)) is not None:
                self._adopt(job, description)

    def _adopt(self, job: Job, description: ProjectVersionDescription) -> None:
        """Takes a version that has the request's name for the request's, if it was made of it."""
        different = differences(description, job.request)
        if different:
            self._end(job, VersionConflictError(job.request, description, different), description)
            return
        job.was_there = not job.was_sent
        logger.info("%s is there already and was made of the same request: %s", job, ascii(str(description.status)))
        self._began(job, description.project_version_arn, description)

    # -- starting ----------------------------------------------------------------------------------------------------

    def _start(self, job: Job) -> Flow[None]:
        operation = CREATE_PROJECT_VERSION.name
        yield from self._pacer.turn(operation)
        job.was_sent = True
        try:
            arn = yield from create_version(job.request, self._clock)
        except ResourceInUseError as error:
            yield from self._is_taken(job, error)
        except LimitExceededError as error:
            yield from self._is_limited(job, error)
        except (RekogVersionsError, BotoCoreError) as error:
            self._pacer.failed(operation, error)
            if is_retryable(error):
                # if it was started all the same, the next try is refused for the name, and finds it
                self._wait_out(error)
            elif ends_all(error):
                raise
            else:
                self._end(job, error)
        else:
            self._pacer.answered(operation)
            self._began(job, arn)

    def _is_taken(self, job: Job, error: ResourceInUseError) -> Flow[None]:
        """The name is taken since it was looked up, or the project is busy."""
        found: dict[str, ProjectVersionDescription] = {}
        project_arn, name = job.name
        for pause in (0.0, *PAUSES):
            yield Sleep(pause)
            try:
                yield from find_versions(project_arn, [name], found, Reach(), self._pacer)
            except (RekogVersionsError, BotoCoreError) as trouble:
                if is_retryable(trouble):
                    continue
                if ends_all(trouble):
                    raise
                noted(error, f"Looking for it failed: {printable(str(trouble))}")
                break
            if name in found:
                self._adopt(job, found[name])
                return
        else:
            noted(error, f"No {job} was found, so it is not the name that is in use.")
        self._end(job, error)

    def _is_limited(self, job: Job, error: LimitExceededError) -> Flow[None]:
        """The account trains as many as it may; or the project is full, and then waiting is vain."""
        if not _OF_TRAININGS.search(error.message):
            try:
                count = yield from count_versions(job.request.project_arn, self._pacer)
            except (RekogVersionsError, BotoCoreError) as trouble:
                if ends_all(trouble) and not is_retryable(trouble):
                    raise
                count = 0
            if count >= VERSIONS_A_PROJECT:
                noted(
                    error,
                    f"The project has {count} versions: it is full, and waiting would not help. Delete some of them, "
                    "or have the quota raised (Service Quotas L-9CF05323).",
                )
                self._end(job, error)
                return
        self._wait_out(error, seats=len(self._training))

    def _wait_out(self, error: Exception, seats: int = 0) -> None:
        """Starts nothing for a while, except to fill seats; after too long without any progress, never more."""
        now = self._clock()
        self._hold, self._seats = now + PAUSE, seats
        waited = now - (now if self._progress_at is None else self._progress_at)
        logger.log(
            # a full house is nothing to worry about
            logging.INFO if isinstance(error, LimitExceededError) else logging.WARNING,
            "%s can't be started now (%s); %d of ours are in training",
            counted(len(self._queue), "request"),
            printable(str(error)),
            len(self._training),
        )
        if self._training or waited < self._slot_timeout:
            return
        noted(
            error,
            f"Nothing could be started for {waited:.0f} seconds, while no training of these requests went on: others "
            "in the account and region hold the slots, or the service can't be reached. Run the same requests again.",
        )
        for job in list(self._queue):
            self._end(job, error)
        self._unknown.clear()

    # -- what became of them -----------------------------------------------------------------------------------------

    def _began(
        self, job: Job, arn: ProjectVersionArn | None, description: ProjectVersionDescription | None = None
    ) -> None:
        self._queue.remove(job)
        self._progress_at = self._clock()
        job.arn = arn or None
        self._training[job.name] = job
        self._fleet.begin(job.name, job.arn, description)

    def _collect(self) -> None:
        """Takes over what has ended."""
        while self._fleet.ready:
            ended = self._fleet.ready.popleft()
            job = self._training.pop(cast("tuple[str, str]", ended.version))
            self._progress_at = self._clock()
            self._tell(job, ended.description, ended.error)

    def _end(self, job: Job, error: Exception, description: ProjectVersionDescription | None = None) -> None:
        self._queue.remove(job)
        self._tell(job, description, error)

    def _tell(self, job: Job, description: ProjectVersionDescription | None, error: Exception | None) -> None:
        arn = job.arn or (description.project_version_arn if description else None)
        outcome = SubmissionOutcome(job.request, arn, description, error, job.was_there)
        self._outcomes[job.name] = outcome
        self.ready.append(outcome)
