"""The evaluation files of a version: their places in S3, which the version's description names, and their content."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias, get_args

from rekog_versions._aws.error_codes import DENIED, MISSING, error_code
from rekog_versions._aws.errors import ClientError
from rekog_versions._aws.s3 import ObjectChangedError, S3Location, open_object
from rekog_versions._text import printable
from rekog_versions.errors import EvaluationError, ServiceError
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.input_files import InputFile, pieces
from rekog_versions.evaluation.snapshot_reader import read_snapshot
from rekog_versions.evaluation.summary import read_summary
from rekog_versions.models.assets import DescribedS3Object
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.statuses import ProjectVersionStatus

logger = logging.getLogger("rekog_versions")

MetricName: TypeAlias = Literal["f1_score", "precision", "recall", "average_precision", "average_recall"]
"""The metrics over all labels that versions can be ranked by."""

_METRICS: Sequence[str] = get_args(MetricName)

_RESTORE = (
    "The file was moved or deleted after the training. Restore it, or read a copy of it with Evaluation.from_files()."
)
_GRANT = (
    "Grant the caller s3:GetObject on it (s3:GetObjectVersion for a named version, and kms:Decrypt if your own key "
    "encrypts it). Without s3:ListBucket, S3 also denies missing files."
)
_NEXT_STEPS: Mapping[str, str] = {
    **dict.fromkeys(MISSING, _RESTORE),
    "MethodNotAllowed": _RESTORE,  # S3's response for a delete marker
    **dict.fromkeys(DENIED, _GRANT),
    "InvalidObjectState": "The file is archived: restore it in S3 first.",
    "KMS.DisabledException": "The key that encrypts the file is disabled: enable it in KMS.",
    "KMS.KMSInvalidStateException": "The key that encrypts the file cannot be used: check its state in KMS.",
    "KMS.NotFoundException": "The key that encrypts the file does not exist any more.",
}
"""Error codes of S3 that mean that a file is unavailable, with the next step. With other codes the call failed."""


class UnavailableFileError(EvaluationError):
    """A file is unavailable, and another attempt will not help."""


def check_metric(by: object) -> None:
    """Check that `by` is the name of a metric or a function.

    Raises:
        ValueError: It is neither.
    """
    if not callable(by) and by not in _METRICS:
        raise ValueError(
            f"by must be one of {', '.join(_METRICS)}, or a function of an Evaluation, got {printable(by, 80)}"
        )


def summary_location(description: ProjectVersionDescription) -> S3Location | None:
    """Return where the training summary of a version is; None if the description does not say."""
    result = description.evaluation_result
    return _location(result.summary.s3_object if result is not None and result.summary is not None else None)


def _snapshot_locations(description: ProjectVersionDescription) -> Sequence[S3Location]:
    """Return where the parts of the snapshot are."""
    result = description.testing_data_result
    assets = (result.output.assets if result is not None and result.output is not None else None) or ()
    locations = (_location(asset.s3_object) for asset in assets)
    return [location for location in locations if location is not None]


def _location(s3_object: DescribedS3Object | None) -> S3Location | None:
    return None if s3_object is None or s3_object.uri is None else S3Location.of(s3_object)


def read_evaluation(s3: object, description: ProjectVersionDescription, *, snapshot: bool) -> Evaluation:
    """Return the evaluation of a version, read from S3.

    Args:
        s3: A boto3 client for S3, or an object that has one as `.s3`.
        description: The description of the version.
        snapshot: True to read the snapshot. If it is unavailable, the evaluation has the reason.

    Raises:
        EvaluationError: The version has no evaluation, or a file is unavailable or has another form.
        ServiceError: S3 rejected a request for another reason.
        botocore.exceptions.BotoCoreError: A request failed without a response.
        ValueError: There is no client for S3.
    """
    location = summary_location(description)
    if location is None:
        raise EvaluationError(why_no_evaluation(description))
    summary = read_summary(_s3_file(s3, [location], "the summary"))
    if not snapshot:
        return Evaluation.of(summary, None, "it was not requested. Call get_evaluation(..., snapshot=True)")
    locations = _snapshot_locations(description)
    if not locations:
        return Evaluation.of(summary, None, "the version's description does not name one (TestingDataResult.Output)")
    try:
        return Evaluation.of(summary, read_snapshot(_s3_file(s3, locations, "the snapshot")))
    except UnavailableFileError as error:
        logger.warning("there is no snapshot: %s", error)
        return Evaluation.of(summary, None, str(error))


def why_no_evaluation(description: ProjectVersionDescription) -> str:
    """Return the reason why a version has no evaluation, by its status."""
    name = printable(description.project_version_arn or "the version", 300)
    status = description.status
    match status:
        case ProjectVersionStatus.TRAINING_FAILED:
            message = printable(description.status_message or "the service gave no reason", 500)
            return f"{name} has no evaluation because its training failed: {message}"
        case ProjectVersionStatus.TRAINING_IN_PROGRESS:
            return f"{name} has no evaluation yet: it is being trained. Call wait_until_trained() first"
        case ProjectVersionStatus.COPYING_IN_PROGRESS | ProjectVersionStatus.COPYING_FAILED:
            return f"{name} has no evaluation: it is a copy with status {status.value}. Read that of the source version"
        case _:
            return (
                f"{name} has no evaluation: its description has no EvaluationResult with a Summary (its status is "
                f"{printable(status.value, 60) if status else 'unknown'})"
            )


def _s3_file(s3: object, locations: Sequence[S3Location], role: str) -> InputFile:
    """Return objects in S3 as one file, in their order."""
    more = f" and {len(locations) - 1} more" if len(locations) > 1 else ""
    name = f"{role} {printable(str(locations[0]), 300)}"
    return InputFile(f"{name}{more}", lambda: _contents(s3, locations, role))


def _contents(s3: object, locations: Sequence[S3Location], role: str) -> Iterator[bytes]:
    for number, location in enumerate(locations):
        if number:
            yield b"\n"
        try:
            with open_object(s3, location) as reader:
                yield from pieces(reader.read)
        except ClientError as error:
            raise _s3_error(error, location, role) from error
        except ObjectChangedError as error:
            raise EvaluationError(f"{role} {error}") from error


def _s3_error(error: ClientError, location: S3Location, role: str) -> Exception:
    code = error_code(error)
    next_step = _NEXT_STEPS.get(code)
    if next_step is None:
        return ServiceError.of(error)
    message = error.response.get("Error", {}).get("Message", "")
    return UnavailableFileError(
        f"{role} {printable(str(location), 300)} could not be read from S3: {printable(code, 60)} "
        f"({printable(message, 200)}). {next_step}"
    )


def rank_of_version(
    s3: object, description: ProjectVersionDescription, by: MetricName | Callable[[Evaluation], float | None]
) -> float | None:
    """Return the number that a version is ranked by; None if it is not known. A summary is read from S3.

    A warning is logged if the summary cannot be read.
    """
    if summary_location(description) is None:
        return None
    try:
        evaluation = read_evaluation(s3, description, snapshot=False)
    except EvaluationError as error:
        logger.warning("a version was skipped: %s", error)
        return None
    value: float | None = getattr(evaluation, by) if isinstance(by, str) else by(evaluation)
    return value
