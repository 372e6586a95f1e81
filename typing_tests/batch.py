"""as_trained() and submit_all(): the type of the client decides the type of the result."""

from collections.abc import Sequence
from typing import assert_type

from rekog_versions import (
    AsyncVersionsClient,
    CreateProjectVersionRequest,
    Poll,
    ProjectVersionArn,
    ProjectVersionDescription,
    RekogVersionsError,
    Schedule,
    VersionRef,
    VersionsClient,
)
from rekog_versions.batch import (
    AsyncOutcomes,
    AsyncSubmission,
    Outcomes,
    Submission,
    SubmissionOutcome,
    SubmissionReport,
    VersionOutcome,
    as_trained,
    submit_all,
)

PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/1574310000000"


def report(poll: Poll) -> None:
    poll.status


async def report_later(poll: Poll) -> None:
    poll.status


def wait(client: VersionsClient, versions: list[ProjectVersionDescription]) -> None:
    assert_type(as_trained(client, versions), Outcomes[VersionOutcome, VersionRef])
    for outcome in as_trained(
        client, [(PROJECT, "v1"), "arn:aws:..."], timeout=None, schedule=Schedule(), on_poll=report
    ):
        assert_type(outcome, VersionOutcome)
        assert_type(outcome.version, VersionRef)
        assert_type(outcome.description, ProjectVersionDescription | None)
        assert_type(outcome.error, RekogVersionsError | None)
        assert_type(outcome.result(), ProjectVersionDescription)
        outcome.error = None  # rejected
    assert_type(as_trained(client, versions).open, list[VersionRef])
    as_trained(client, [7])  # rejected
    as_trained(client, versions, on_poll=print)
    as_trained(client, versions, every=60)  # rejected


async def wait_async(client: AsyncVersionsClient, versions: list[ProjectVersionDescription]) -> None:
    outcomes = as_trained(client, versions, rate=2, on_poll=report_later)
    assert_type(outcomes, AsyncOutcomes[VersionOutcome, VersionRef])
    assert_type([outcome async for outcome in outcomes], list[VersionOutcome])
    as_trained(client, versions, on_poll=report)
    for _ in outcomes:  # rejected
        pass


def submit(client: VersionsClient, requests: Sequence[CreateProjectVersionRequest]) -> None:
    submission = submit_all(client, requests, max_concurrent=2, slot_timeout=None, on_poll=report)
    assert_type(submission, Submission)
    for outcome in submission:
        assert_type(outcome, SubmissionOutcome)
        assert_type(outcome.request, CreateProjectVersionRequest)
        assert_type(outcome.version_arn, ProjectVersionArn | None)
        assert_type(outcome.was_there_already, bool)
        assert_type(outcome.error, Exception | None)
    assert_type(submission.report(), SubmissionReport)
    assert_type(submission.report().trained, tuple[SubmissionOutcome, ...])
    assert_type(submission.open, list[CreateProjectVersionRequest])
    submit_all(client, [{"ProjectArn": PROJECT}])
    submit_all(client, [PROJECT])  # rejected


async def submit_async(client: AsyncVersionsClient, requests: Sequence[CreateProjectVersionRequest]) -> None:
    submission = submit_all(client, requests, on_poll=report_later)
    assert_type(submission, AsyncSubmission)
    assert_type([outcome async for outcome in submission], list[SubmissionOutcome])
    assert_type(await submission.report(), SubmissionReport)
