"""`as_trained()` and `submit_all()`, and the iterators that they return."""

from collections.abc import AsyncIterator, Iterable
from typing import Generic, Self

from rekog_versions._aws.errors import BotoCoreError
from rekog_versions.batch._async.calls import RATE, AsyncCalls
from rekog_versions.batch.actions import Decisions, InputT, OutcomeT
from rekog_versions.batch.outcomes import SubmissionOutcome, SubmissionReport, VersionOutcome
from rekog_versions.batch.requests import Submittable
from rekog_versions.batch.submitting import Submissions
from rekog_versions.batch.tracking import ROUNDS, VersionTracker
from rekog_versions.client import AsyncOnPoll, AsyncVersionsClient
from rekog_versions.errors import RekogVersionsError
from rekog_versions.models.references import VersionRef
from rekog_versions.models.versions import CreateProjectVersionRequest
from rekog_versions.waiting.arguments import Seconds
from rekog_versions.waiting.schedule import Schedule
from rekog_versions.waiting.targets import TRAINED


class AsyncOutcomes(AsyncIterator[OutcomeT], Generic[OutcomeT, InputT]):
    """Yields outcomes as they become known.

    Calls and pauses happen only while the next outcome is requested, so the iterator can be left at any time without
    being closed. After an exception, an interruption included, the iteration can continue where it was.
    """

    def __init__(
        self,
        client: AsyncVersionsClient,
        decisions: Decisions[OutcomeT, InputT],
        rate: float,
        on_poll: AsyncOnPoll | None,
    ) -> None:
        client.check_on_poll(on_poll)
        self._client = client
        self._calls = AsyncCalls(client, rate)
        self._decisions = decisions
        self._on_poll = on_poll

    @property
    def open(self) -> list[InputT]:
        """The versions or requests that have no outcome yet, as they were passed in."""
        return self._decisions.open

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> OutcomeT:
        decisions = self._decisions
        decisions.repair()
        while not decisions.ready:
            if not decisions.is_open:
                raise StopAsyncIteration
            with decisions.noting():
                await self._act()
                while decisions.polls:
                    await self._client.report_poll(self._on_poll, decisions.polls.popleft())
        return decisions.ready.popleft()

    async def _act(self) -> None:
        action = self._decisions.next_action()
        error: Exception | None = None
        try:
            await self._calls.carry_out(action)
        except (RekogVersionsError, BotoCoreError) as raised:
            error = raised
        self._decisions.take(action, error)


class AsyncSubmission(AsyncOutcomes[SubmissionOutcome, CreateProjectVersionRequest]):
    """Yields the outcome of each request as its training ends. `report()` continues to the end.

    Calls and pauses happen only while the next outcome is requested. A slot that becomes free meanwhile is filled then.
    After an exception, an interruption included, the iteration can continue where it was.
    """

    _decisions: Submissions

    async def report(self) -> SubmissionReport:
        """Continue to the end, and return the outcomes of all requests, in their order.

        Raises:
            ServiceError: As the iteration does.
        """
        async for _ in self:
            pass
        return self._decisions.report()


def as_trained(
    client: AsyncVersionsClient,
    versions: Iterable[VersionRef],
    *,
    timeout: Seconds | None = TRAINED.timeout,
    schedule: Schedule | None = None,
    rate: float = RATE,
    on_poll: AsyncOnPoll | None = None,
) -> AsyncOutcomes[VersionOutcome, VersionRef]:
    """Wait for many versions, of any number of projects, and yield each when its training ends.

    One call requests ten names, or a page of a hundred versions of a project, whichever needs fewer calls. The outcome
    of each version is that of `wait_until_trained()`, and an error of one version does not end the wait for the others.
    Throttling, 5xx responses and lost connections do not end the wait once a call has succeeded. If the versions of a
    project may not be described, they have the denial as their error. Errors that concern the caller (expired
    credentials) are raised, like Ctrl-C, with a note on the open versions and how to resume.

    Args:
        client: The client.
        versions: ARNs, `(project_arn, version_name)` pairs and descriptions. A version that is named twice, even in
            different forms, is yielded once.
        timeout: Seconds from now until the wait gives up, by default 25 hours; None for no limit.
        schedule: The delays between the starts of two rounds, by default from 15 seconds to a minute. A round polls all
            open versions.
        rate: The most calls a second. The service allows 5 of each operation in an account and region.
        on_poll: Called after each poll of a version, and awaited if it is a coroutine function. Its exceptions end the
            wait.

    Returns:
        An iterator of `VersionOutcome`s, in the order in which the trainings end. Its `open` lists the
        other versions.

    Raises:
        ValueError: An item does not name a version, or a number is out of range; nothing was sent.
        TypeError: An argument has the wrong type.
        ServiceError: While iterating: the service rejected the caller's credentials.
        botocore.exceptions.BotoCoreError: While iterating: a call failed, and retrying does not help.
    """
    schedule = ROUNDS if schedule is None else schedule
    tracker = VersionTracker(versions, timeout=timeout, schedule=schedule, clock=client.clock)
    return AsyncOutcomes(client, tracker, rate, on_poll)


def submit_all(
    client: AsyncVersionsClient,
    requests: Iterable[Submittable],
    *,
    max_concurrent: int | None = None,
    timeout: Seconds | None = TRAINED.timeout,
    slot_timeout: Seconds | None = TRAINED.timeout,
    schedule: Schedule | None = None,
    rate: float = RATE,
    on_poll: AsyncOnPoll | None = None,
) -> AsyncSubmission:
    """Train many versions, as many at a time as the account may, each exactly once, and yield each when it ends.

    All names are looked up before anything is started. A version that exists and was created from the same request
    (same output, description, manifests and KMS key, as far as the service returns them) comes from an earlier run: it
    is waited for, or reported if it has ended. So after a crash, Ctrl-C or expired credentials, submit the same
    requests again. If another version has the name, the outcome is a `VersionConflictError`, and nothing is started for
    that request. A training that fails and a request that is rejected do not stop the others.

    Trainings of others in the account count against its quota too. When the service rejects a request because of it
    (`LimitExceededException`), the next one is sent when one of these trainings ends, and every two minutes. A full
    project (100 versions) is recognized and reported at once.

    Args:
        client: The client.
        requests: `CreateProjectVersionRequest`s, or dicts as `from_dict()` takes them.
        max_concurrent: How many train at a time; None for as many as the service allows.
        timeout: Seconds, or a `timedelta`, until the wait for a training gives up, from its start; None for no limit.
        slot_timeout: Seconds without a start and without a running training of this batch. After them, the waiting
            requests end with the service's rejection. None for no limit.
        schedule: The delays between the starts of two rounds of polls, by default from 15 seconds to a minute.
        rate: The most calls a second of each operation.
        on_poll: Called after each poll of a version, and awaited if it is a coroutine function. Its exceptions end the
            iteration.

    Returns:
        An iterator of `SubmissionOutcome`s, in the order in which the trainings end. Its `report()`
        returns all of them at the end. Its `open` lists the requests without an outcome.

    Raises:
        ValueError: Requests break rules, or two name the same version: the message lists all problems, and nothing was
            sent. Or a number is out of range.
        TypeError: An argument has the wrong type.
        ServiceError: While iterating: the service rejected the caller's credentials.
        botocore.exceptions.BotoCoreError: While iterating: a call failed, and retrying does not help.
    """
    submissions = Submissions(
        requests,
        max_concurrent=max_concurrent,
        timeout=timeout,
        slot_timeout=slot_timeout,
        schedule=ROUNDS if schedule is None else schedule,
        clock=client.clock,
    )
    return AsyncSubmission(client, submissions, rate, on_poll)
