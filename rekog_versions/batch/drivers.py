"""`as_trained` and `submit_all`: the drivers of the pure parts, for both clients."""

import inspect
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Generic, Protocol, Self, TypeVar, overload

from rekog_versions.batch.checking import Submittable
from rekog_versions.batch.outcomes import SubmissionOutcome, SubmissionReport, VersionOutcome
from rekog_versions.batch.pacing import RATE, Pacer
from rekog_versions.batch.submitting import Submissions
from rekog_versions.batch.tracking import ROUNDS, Fleet
from rekog_versions.client import AsyncVersionsClient, OnPoll, VersionsClient, check_client
from rekog_versions.models.versions import CreateProjectVersionRequest
from rekog_versions.operations.flows import Flow
from rekog_versions.operations.versions import VersionRef
from rekog_versions.waiting.versions import TRAINING_TIMEOUT, Poll
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.arguments import check_on_poll

OutcomeT = TypeVar("OutcomeT")
GivenT = TypeVar("GivenT")


class Course(Protocol[OutcomeT, GivenT]):
    """What is driven: a `Fleet`, or `Submissions`."""

    ready: deque[OutcomeT]

    @property
    def polls(self) -> deque[Poll]:
        """Looks of which it was not told yet."""
        ...

    @property
    def open(self) -> list[GivenT]:
        """What has not ended."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether there is any of that."""
        ...

    def step(self) -> Flow[None]:
        """Does the next thing."""
        ...

    def noting(self) -> AbstractContextManager[None]:
        """Says on what goes through it how to go on."""
        ...


class Outcomes(Iterator[OutcomeT], Generic[OutcomeT, GivenT]):
    """Yields outcomes as they come; everything is done while it is asked for the next, and nothing in between.

    So it can be left at any time without being closed. After an error, Ctrl-C included, it can also be iterated
    further: it goes on where it was.
    """

    def __init__(
        self, client: VersionsClient, course: Course[OutcomeT, GivenT], on_poll: Callable[[Poll], object] | None
    ) -> None:
        self._client = client
        self._course = course
        self._on_poll = on_poll

    @property
    def open(self) -> list[GivenT]:
        """What has not ended so far, as it was given."""
        return self._course.open

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> OutcomeT:
        course = self._course
        while not course.ready:
            if not course.is_open:
                raise StopIteration
            with course.noting():
                self._client.run_flow(course.step())
                while course.polls:
                    poll = course.polls.popleft()
                    if self._on_poll is not None:
                        self._on_poll(poll)
        return course.ready.popleft()


class AsyncOutcomes(AsyncIterator[OutcomeT], Generic[OutcomeT, GivenT]):
    """Yields outcomes as they come; everything is done while it is asked for the next, and nothing in between.

    So it can be left at any time without being closed. After an error or a cancellation it can also be iterated
    further: it goes on where it was.
    """

    def __init__(self, client: AsyncVersionsClient, course: Course[OutcomeT, GivenT], on_poll: OnPoll | None) -> None:
        self._client = client
        self._course = course
        self._on_poll = on_poll

    @property
    def open(self) -> list[GivenT]:
        """What has not ended so far, as it was given."""
        return self._course.open

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> OutcomeT:
        course = self._course
        while not course.ready:
            if not course.is_open:
                raise StopAsyncIteration
            with course.noting():
                await self._client.run_flow(course.step())
                while course.polls:
                    poll = course.polls.popleft()
                    told = None if self._on_poll is None else self._on_poll(poll)
                    if inspect.isawaitable(told):
                        await told
        return course.ready.popleft()


class Submission(Outcomes[SubmissionOutcome, CreateProjectVersionRequest]):
    """Yields what became of each request as it ends. `report()` goes on to the end and tells of all.

    Everything is done while it is asked for the next outcome, and nothing in between: a slot that becomes free
    meanwhile is filled then. After an error, Ctrl-C included, it can be iterated further.
    """

    _course: Submissions

    def report(self) -> SubmissionReport:
        """Goes on to the end, and tells what became of every request, in their order.

        Raises:
            ServiceError: As the iteration does.
        """
        for _ in self:
            pass
        return self._course.report()


class AsyncSubmission(AsyncOutcomes[SubmissionOutcome, CreateProjectVersionRequest]):
    """Yields what became of each request as it ends. `await report()` goes on to the end and tells of all.

    Everything is done while it is asked for the next outcome, and nothing in between: a slot that becomes free
    meanwhile is filled then. After an error or a cancellation it can be iterated further.
    """

    _course: Submissions

    async def report(self) -> SubmissionReport:
        """Goes on to the end, and tells what became of every request, in their order.

        Raises:
            ServiceError: As the iteration does.
        """
        async for _ in self:
            pass
        return self._course.report()


@overload
def as_trained(
    client: VersionsClient,
    versions: Iterable[VersionRef],
    *,
    timeout: float | None = ...,
    schedule: Schedule | None = ...,
    rate: float = ...,
    on_poll: Callable[[Poll], object] | None = ...,
) -> Outcomes[VersionOutcome, VersionRef]: ...


@overload
def as_trained(
    client: AsyncVersionsClient,
    versions: Iterable[VersionRef],
    *,
    timeout: float | None = ...,
    schedule: Schedule | None = ...,
    rate: float = ...,
    on_poll: OnPoll | None = ...,
) -> AsyncOutcomes[VersionOutcome, VersionRef]: ...


def as_trained(
    client: VersionsClient | AsyncVersionsClient,
    versions: Iterable[VersionRef],
    *,
    timeout: float | None = TRAINING_TIMEOUT,
    schedule: Schedule | None = None,
    rate: float = RATE,
    on_poll: Any = None,
) -> Outcomes[VersionOutcome, VersionRef] | AsyncOutcomes[VersionOutcome, VersionRef]:
    """Waits for many versions, of any number of projects, and yields each as its training ends or fails.

    One call asks for ten names or for a page of a hundred versions of a project, whichever needs fewer calls. Each
    version is judged as `wait_until_trained()` judges it, and what is wrong with one does not end the wait for the
    others: it is on its outcome. Throttling, 5xx and lost connections pass; where a project's versions may not be
    described, these have the denial for their error. What refuses the caller altogether (expired credentials) is
    raised, as Ctrl-C is, with a note that says what is still open and how to go on.

    Args:
        client: With a `VersionsClient` this is an iterator, with an `AsyncVersionsClient` an asynchronous one.
        versions: Any mix of ARNs, `(project_arn, version_name)` and descriptions. What is named twice, also in two
            ways, is yielded once.
        timeout: Seconds from now until the wait gives up, 25 hours unless told otherwise; None for never.
        schedule: When the rounds begin; each looks at all that is open. From every 15 seconds to every minute unless
            told otherwise.
        rate: Calls a second at most. The service allows 5 of each operation to the whole account in a region.
        on_poll: Called for each look at a version. What it raises ends the wait.

    Returns:
        An iterator of `VersionOutcome`s in the order in which they end. Its `open` are those that have not.

    Raises:
        ValueError: Something names no version, or a number is out of range; nothing was sent.
        TypeError: Something is of another type.
        ServiceError: While iterating: the service refused the caller.
        botocore.exceptions.BotoCoreError: While iterating: a call failed for a reason that does not pass.
    """
    _check(client, on_poll)
    clock = client.clock
    fleet = Fleet(
        versions,
        timeout=timeout,
        schedule=ROUNDS if schedule is None else schedule,
        pacer=Pacer(rate, clock),
        clock=clock,
    )
    if isinstance(client, VersionsClient):
        return Outcomes(client, fleet, on_poll)
    return AsyncOutcomes(client, fleet, on_poll)


@overload
def submit_all(
    client: VersionsClient,
    requests: Iterable[Submittable],
    *,
    max_concurrent: int | None = ...,
    timeout: float | None = ...,
    slot_timeout: float | None = ...,
    schedule: Schedule | None = ...,
    rate: float = ...,
    on_poll: Callable[[Poll], object] | None = ...,
) -> Submission: ...


@overload
def submit_all(
    client: AsyncVersionsClient,
    requests: Iterable[Submittable],
    *,
    max_concurrent: int | None = ...,
    timeout: float | None = ...,
    slot_timeout: float | None = ...,
    schedule: Schedule | None = ...,
    rate: float = ...,
    on_poll: OnPoll | None = ...,
) -> AsyncSubmission: ...


def submit_all(
    client: VersionsClient | AsyncVersionsClient,
    requests: Iterable[Submittable],
    *,
    max_concurrent: int | None = None,
    timeout: float | None = TRAINING_TIMEOUT,
    slot_timeout: float | None = TRAINING_TIMEOUT,
    schedule: Schedule | None = None,
    rate: float = RATE,
    on_poll: Any = None,
) -> Submission | AsyncSubmission:
    """Trains many versions, as many at a time as the account may, each exactly once, and yields each as it ends.

    All names are looked up before anything is started: a version that is there and was made of the same request (the
    same output, description and manifests, as far as the service shows them) is an earlier run's; it is waited for, or
    reported if it has ended. So after a crash, Ctrl-C or expired credentials, run it again with the same requests. A
    name that is taken by anything else is a `VersionConflictError`, and nothing is started. A training that fails, and
    a request that is refused, are on their outcomes and don't stop the others.

    Trainings of others in the account count against its quota, too. When the service refuses one for that
    (`LimitExceededException`), the next is tried when one of these ends, and every two minutes. A project that is full
    (100 versions) is told apart and reported at once.

    Args:
        client: With a `VersionsClient` this is an iterator, with an `AsyncVersionsClient` an asynchronous one.
        requests: `CreateProjectVersionRequest`s, or dicts as `from_dict()` takes them.
        max_concurrent: How many train at a time; None for as many as the service lets.
        timeout: Seconds until the wait for a training gives up, from its start; None for never.
        slot_timeout: Seconds for which nothing starts and none of these trains, after which the requests that are left
            end with the service's refusal; None for never.
        schedule: When the rounds of looks begin; from every 15 seconds to every minute unless told otherwise.
        rate: Calls a second at most of each operation.
        on_poll: Called for each look at a version. What it raises ends it.

    Returns:
        An iterator of `SubmissionOutcome`s in the order in which they end, with `report()` for those who want all of
        them at the end. Its `open` are the requests that have not ended.

    Raises:
        ValueError: Requests break rules, or two name the same version: the message lists every problem, and nothing
            was sent. Or a number is out of range.
        TypeError: Something is of another type.
        ServiceError: While iterating: the service refused the caller.
        botocore.exceptions.BotoCoreError: While iterating: a call failed for a reason that does not pass.
    """
    _check(client, on_poll)
    clock = client.clock
    submissions = Submissions(
        requests,
        max_concurrent=max_concurrent,
        timeout=timeout,
        slot_timeout=slot_timeout,
        schedule=ROUNDS if schedule is None else schedule,
        rate=rate,
        clock=clock,
    )
    if isinstance(client, VersionsClient):
        return Submission(client, submissions, on_poll)
    return AsyncSubmission(client, submissions, on_poll)


def _check(client: object, on_poll: object) -> None:
    check_client(client)
    check_on_poll(on_poll, may_await=isinstance(client, AsyncVersionsClient))
