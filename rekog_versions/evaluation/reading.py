"""Evaluations of versions, read from where their descriptions say that the files are; no name is ever guessed."""

import math
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, overload

from botocore.exceptions import ClientError

from rekog_versions._text import printable
from rekog_versions.errors import EvaluationError, ServiceError
from rekog_versions.evaluation.evaluation import Evaluation, logger
from rekog_versions.evaluation.files import File, pieces
from rekog_versions.evaluation.snapshot import Snapshot
from rekog_versions.evaluation.summary import TrainingSummary
from rekog_versions.models.assets import DescribedS3Object
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.statuses import TRAINED, ProjectVersionStatus, Verdict

if TYPE_CHECKING:
    from rekog_versions.client import AsyncVersionsClient, VersionsClient
    from rekog_versions.operations import VersionRef

T = TypeVar("T")

Metric: TypeAlias = Literal["f1_score", "precision", "recall", "average_precision", "average_recall"]
"""What versions are ranked by."""

_METRICS: Sequence[str] = ("f1_score", "precision", "recall", "average_precision", "average_recall")

_GONE = "It was moved or deleted since the training: restore it, or read a copy of it with Evaluation.from_files()."
_DENIED = (
    "The caller needs s3:GetObject on it (s3:GetObjectVersion for a version of it, and kms:Decrypt if it is encrypted "
    "with a key of your own); without s3:ListBucket, S3 says the same of a file that isn't there."
)
_UNAVAILABLE: Mapping[str, str] = {
    "NoSuchKey": _GONE,
    "NoSuchBucket": _GONE,
    "NoSuchVersion": _GONE,
    "404": _GONE,
    "MethodNotAllowed": _GONE,  # what a delete marker answers
    "AccessDenied": _DENIED,
    "403": _DENIED,
    "AllAccessDisabled": _DENIED,
    "InvalidObjectState": "It is in an archive: restore it in S3 first.",
    "KMS.DisabledException": "The key that it is encrypted with is disabled: enable it in KMS.",
    "KMS.KMSInvalidStateException": "The key that it is encrypted with can't be used: look at its state in KMS.",
    "KMS.NotFoundException": "The key that it is encrypted with is gone.",
}
"""S3's codes that say of a file that it can't be had, and what to do; any other is a failure of the call."""


class _UnavailableError(EvaluationError):
    """A file can't be had, and asking again won't help."""


@overload
def get_evaluation(client: "VersionsClient", version: "VersionRef", *, snapshot: bool = ...) -> Evaluation: ...


@overload
def get_evaluation(
    client: "AsyncVersionsClient", version: "VersionRef", *, snapshot: bool = ...
) -> Coroutine[Any, Any, Evaluation]: ...


def get_evaluation(
    client: "VersionsClient | AsyncVersionsClient", version: "VersionRef", *, snapshot: bool = True
) -> Evaluation | Coroutine[Any, Any, Evaluation]:
    """Reads the evaluation of a version: its training summary, and its evaluation manifest snapshot if it can be had.

    Both lie in the training's output bucket; S3 is read through `client.s3`. A snapshot that is missing or denied is no
    error: `why_no_snapshot` of the result says why, and what needs it raises that.

    Args:
        client: The client; with an `AsyncVersionsClient` the result is awaited.
        version: The version's ARN, `(project_arn, version_name)`, or a description of it. A description that names the
            summary is taken as it is, without a call.
        snapshot: Whether to read the snapshot, which may be large. Without it, there are the summary's numbers only.

    Raises:
        EvaluationError: The version has no evaluation (the message says why), or a file can't be had or read.
        VersionNotFoundError: There is no such version.
        ServiceError: A call was refused.
        botocore.exceptions.BotoCoreError: A call failed otherwise.
        ValueError: `version` names no version, or the client has no way to S3.
        TypeError: `client` is no client.
    """
    blocking = _blocking(client)
    if blocking is not None:
        return _in_thread(_get_evaluation, blocking, version, snapshot=snapshot)
    return _get_evaluation(client, version, snapshot=snapshot)


def _blocking(client: Any) -> Any:
    """The blocking client under one for asyncio; None if it blocks already. The clients are above this layer.

    Raises:
        TypeError: It is neither.
    """
    if not hasattr(client, "get_project_version"):
        raise TypeError(
            f"client must be a VersionsClient or an AsyncVersionsClient, not {type(client).__name__}; "
            "VersionsClient(boto3.client('rekognition')) makes one"
        )
    return getattr(client, "sync", None)


def _in_thread(function: Callable[..., T], *arguments: Any, **options: Any) -> Coroutine[Any, Any, T]:
    import asyncio  # noqa: PLC0415  (whoever has a client for asyncio has it imported already)

    return asyncio.to_thread(function, *arguments, **options)


def _get_evaluation(client: Any, version: Any, *, snapshot: bool) -> Evaluation:
    described = version if isinstance(version, ProjectVersionDescription) else None
    if described is None or _summary_of(described) is None:
        described = client.get_project_version(version)
    return _read(client.s3, described, snapshot=snapshot)


def _read(s3: Any, described: ProjectVersionDescription, *, snapshot: bool) -> Evaluation:
    place = _summary_of(described)
    if place is None:
        raise EvaluationError(_why_none(described))
    summary = TrainingSummary.read(_file(s3, [place], "the summary"))
    if not snapshot:
        return Evaluation(summary, None, "it was not to be read: get_evaluation(..., snapshot=True) reads it")
    places = _snapshots_of(described)
    if not places:
        return Evaluation(summary, None, "the version's description names none (TestingDataResult.Output)")
    try:
        read = Snapshot.read(_file(s3, places, "the snapshot"))
    except _UnavailableError as error:
        return Evaluation(summary, None, str(error)).logged()
    return Evaluation(summary, read).logged()


def _summary_of(described: ProjectVersionDescription) -> DescribedS3Object | None:
    result = described.evaluation_result
    place = result.summary.s3_object if result is not None and result.summary is not None else None
    return place if place is not None and place.uri is not None else None


def _snapshots_of(described: ProjectVersionDescription) -> Sequence[DescribedS3Object]:
    result = described.testing_data_result
    assets = (result.output.assets if result is not None and result.output is not None else None) or ()
    return [asset.s3_object for asset in assets if asset.s3_object is not None and asset.s3_object.uri is not None]


def _why_none(described: ProjectVersionDescription) -> str:
    name = printable(described.project_version_arn or "the version", 300)
    status = described.status
    match status:
        case ProjectVersionStatus.TRAINING_FAILED:
            message = printable(described.status_message or "the service gave no reason", 500)
            return f"{name} has no evaluation: its training failed: {message}"
        case ProjectVersionStatus.TRAINING_IN_PROGRESS:
            return f"{name} has no evaluation yet: it is being trained. wait_until_trained() waits for it"
        case ProjectVersionStatus.COPYING_IN_PROGRESS | ProjectVersionStatus.COPYING_FAILED:
            return f"{name} has no evaluation: it is a copy with status {status.value}. Ask for that of its original"
        case _:
            return (
                f"{name} has no evaluation: its description has no EvaluationResult with a Summary (its status is "
                f"{printable(status.value, 60) if status else 'unknown'})"
            )


def _file(s3: Any, places: Sequence[DescribedS3Object], what: str) -> File:
    """The objects as one file, one after the other."""
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return File(f"{what} {printable(places[0].uri, 300)}{more}", lambda: _contents(s3, places, what))


def _contents(s3: Any, places: Sequence[DescribedS3Object], what: str) -> Iterator[bytes]:
    for number, place in enumerate(places):
        if number:
            yield b"\n"
        with closing(_open(s3, place, what)) as body:
            yield from pieces(body.read)


def _open(s3: Any, place: DescribedS3Object, what: str) -> Any:
    wanted = {"Bucket": place.bucket, "Key": place.name, **({"VersionId": place.version} if place.version else {})}
    try:
        return s3.get_object(**wanted)["Body"]
    except ClientError as error:
        refused: Any = error.response
        told = refused.get("Error", {})
        code = str(told.get("Code", ""))
        advice = _UNAVAILABLE.get(code)
        if advice is None:
            raise ServiceError.of(error) from error
        raise _UnavailableError(
            f"{what} {printable(place.uri, 300)} can't be had: S3 answers {printable(code, 60)} "
            f"({printable(str(told.get('Message', '')), 200)}). {advice}"
        ) from error


@overload
def best_version(
    client: "VersionsClient", project_arn: str, *, by: Metric | Callable[[Evaluation], float | None] = ...
) -> ProjectVersionDescription: ...


@overload
def best_version(
    client: "AsyncVersionsClient", project_arn: str, *, by: Metric | Callable[[Evaluation], float | None] = ...
) -> Coroutine[Any, Any, ProjectVersionDescription]: ...


def best_version(
    client: "VersionsClient | AsyncVersionsClient",
    project_arn: str,
    *,
    by: Metric | Callable[[Evaluation], float | None] = "f1_score",
) -> ProjectVersionDescription | Coroutine[Any, Any, ProjectVersionDescription]:
    """Finds the best version of a project, of those that are trained.

    Each version's numbers are of its own test set: `compare()` says if two versions had the same.

    Args:
        client: The client; with an `AsyncVersionsClient` the result is awaited.
        project_arn: The project.
        by: What to rank by, the highest is best: a metric over all labels, or a function of the evaluation, which is
            called with one without its snapshot. The F1 score is in the versions' descriptions, so nothing is read
            from S3 for it.

    Returns:
        Its description. Of equally good ones, the latest. Versions whose number isn't known are passed over; if that is
        because their summary can't be read, a warning is logged.

    Raises:
        EvaluationError: No version has that number.
        ServiceError: A call was refused.
        botocore.exceptions.BotoCoreError: A call failed otherwise.
        pydantic.ValidationError: That is no project's ARN.
        ValueError: `by` is no such metric, or the client has no way to S3.
        TypeError: `client` is no client.
    """
    if not callable(by) and by not in _METRICS:
        raise ValueError(
            f"by must be one of {', '.join(_METRICS)}, or a function of an Evaluation; got {printable(by, 80)}"
        )
    blocking = _blocking(client)
    if blocking is not None:
        return _in_thread(_best_version, blocking, project_arn, by)
    return _best_version(client, project_arn, by)


def _best_version(client: Any, project_arn: str, by: Any) -> ProjectVersionDescription:
    best: ProjectVersionDescription | None = None
    highest, versions = -math.inf, 0
    for described in client.iter_project_versions(project_arn):
        versions += 1
        if TRAINED.verdict(described.status) is not Verdict.REACHED:
            continue
        value = _value(client, described, by)
        if value is not None and not math.isnan(value) and (best is None or value > highest):
            best, highest = described, value
    if best is None:
        what = by if isinstance(by, str) else "the wanted number"
        raise EvaluationError(
            f"of the {versions} versions of {printable(project_arn, 300)}, none is trained and has {what}; "
            "iter_project_versions() lists them with their statuses"
        )
    return best


def _value(client: Any, described: ProjectVersionDescription, by: Any) -> float | None:
    if by == "f1_score" and described.f1_score is not None:
        return described.f1_score
    if _summary_of(described) is None:
        return None
    try:
        evaluation = _read(client.s3, described, snapshot=False)
    except EvaluationError as error:
        logger.warning("a version is passed over: %s", error)
        return None
    value: float | None = getattr(evaluation, by) if isinstance(by, str) else by(evaluation)
    return value
