"""Evaluations of versions, read with a client for asyncio."""

import math
from collections.abc import Callable

from rekog_versions._text import printable
from rekog_versions.client import AsyncVersionsClient
from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.version_files import (
    MetricName,
    check_metric,
    rank_of_version,
    read_evaluation,
    summary_location,
)
from rekog_versions.models.references import VersionRef
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.waiting.targets import TRAINED, Verdict


async def get_evaluation(client: AsyncVersionsClient, version: VersionRef, *, snapshot: bool = True) -> Evaluation:
    """Read the evaluation of a version from S3: its training summary and its evaluation manifest snapshot.

    Both are in the output bucket of the training and are read with `client.s3`. A missing or denied snapshot is not an
    error. The result's `why_no_snapshot` has the reason, and methods that need the snapshot raise it.

    Args:
        client: Either client. With the async one, the result is a coroutine.
        version: The version's ARN, `(project_arn, version_name)`, or a description of the version. No call is made for
            a description that names the summary.
        snapshot: True to read the snapshot, which can be large. Without it, only the values of the summary are
            available.

    Raises:
        EvaluationError: The version has no evaluation (the message has the reason), or a file could not be read.
        VersionNotFoundError: There is no such version.
        ServiceError: A request was rejected.
        botocore.exceptions.BotoCoreError: A request failed without a response.
        ValueError: `version` does not name a version, or the client cannot make a client for S3.
        TypeError: `client` is not a client.
    """
    description = version if isinstance(version, ProjectVersionDescription) else None
    if description is None or summary_location(description) is None:
        description = await client.get_project_version(version)
    return await client.run_blocking(read_evaluation, client, description, snapshot=snapshot)


async def best_version(
    client: AsyncVersionsClient,
    project_arn: str,
    *,
    by: MetricName | Callable[[Evaluation], float | None] = "f1_score",
) -> ProjectVersionDescription:
    """Return the trained version of a project that ranks highest.

    Each version's metrics come from its own test set. Use `compare()` to check that two versions have the same one.

    Args:
        client: Either client. With the async one, the result is a coroutine.
        project_arn: The project.
        by: The name of a metric over all labels, or a function that returns a number for an evaluation without its
            snapshot. F1 scores are in the versions' descriptions, so nothing is read from S3 for them.

    Returns:
        The description of the version; the latest of equally good ones. Versions whose number is not known are skipped.
        A warning is logged if a summary cannot be read.

    Raises:
        EvaluationError: No version has that number.
        ServiceError: A request was rejected.
        botocore.exceptions.BotoCoreError: A request failed without a response.
        pydantic.ValidationError: `project_arn` is not the ARN of a project.
        ValueError: `by` is not a metric, or the client cannot make a client for S3.
        TypeError: `client` is not a client.
    """
    check_metric(by)
    best: ProjectVersionDescription | None = None
    highest, count = -math.inf, 0
    async for description in client.iter_project_versions(project_arn):
        count += 1
        if TRAINED.verdict(description.status) is not Verdict.REACHED:
            continue
        value = description.f1_score if by == "f1_score" else None
        if value is None:
            value = await client.run_blocking(rank_of_version, client, description, by)
        if value is not None and not math.isnan(value) and (best is None or value > highest):
            best, highest = description, value
    if best is None:
        raise EvaluationError(
            f"none of the {count} versions of {printable(project_arn, 300)} is trained and has "
            f"{by if isinstance(by, str) else 'the number to rank by'}: list them with iter_project_versions()"
        )
    return best
