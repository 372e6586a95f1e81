"""A training from its end: what it finds in the manifests decides how it went.

Nothing happens while a training goes on; when it has ended and somebody looks, this runs once. The numbers for the
billed time are simulated as the metrics are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rekog_versions.testing.settings import Quality
from rekog_versions.testing.states import Outcome, Transition
from rekog_versions.testing.storage import Storage, StorageError
from rekog_versions.testing.training.manifests import (
    EMPTY,
    Dataset,
    Image,
    Line,
    TrainingError,
    UseCase,
    images_of,
    read_images,
    training_dataset,
)
from rekog_versions.testing.training.simulation import hold_back, predict
from rekog_versions.testing.training.summary import Trial, summary_document

SUCCESS = "The model is ready to run."
SERVICE_ISSUE = "Amazon Rekognition experienced a service issue."
UNWRITABLE = "Unable to write to output S3 bucket."

_LEAST_LABELS: Mapping[str, Mapping[UseCase, int]] = {
    "CUSTOM_LABELS": {UseCase.IMAGE_LEVEL_LABELS: 2, UseCase.OBJECT_LOCALIZATION: 1},
    "CONTENT_MODERATION": {UseCase.IMAGE_LEVEL_LABELS: 1, UseCase.OBJECT_LOCALIZATION: 1},
}
_SECONDS_A_TRAINING, _SECONDS_AN_IMAGE = 1800, 2


@dataclass(frozen=True)
class TrainingJob:
    """What a training has to do."""

    account_id: str
    region: str
    version_arn: str
    project_name: str
    version_name: str
    feature: str
    request: Mapping[str, Any]
    """The checked request of CreateProjectVersion."""
    datasets: Mapping[str, Sequence[Line]] | None = None
    """The entries of the project's datasets by their type, as they were when it began; None if it has manifests."""


@dataclass(frozen=True)
class TrainingResult:
    """How a training went."""

    status: Outcome
    message: str
    ended_at: datetime
    billable_seconds: int | None = None
    """Simulated: half an hour, and two seconds an image. None if it failed."""
    f1: float | None = None
    """The summary's aggregate. None if it failed."""
    summary: Mapping[str, str] | None = None
    """The S3Object of the summary. None if it failed."""


def train(job: TrainingJob, ending: Transition, quality: Quality, ended_at: datetime) -> TrainingResult:
    """Does everything that a training does, in one go.

    Args:
        job: What to train.
        ending: How it was set to end.
        quality: How well the simulated model does.
        ended_at: When the training ended.

    Returns:
        How it went: failed if so set or if the manifests can't be used.
    """
    if ending.outcome == "TRAINING_FAILED":
        return TrainingResult("TRAINING_FAILED", ending.message or SERVICE_ISSUE, ended_at)
    try:
        return _completed(job, ending.message or SUCCESS, quality, ended_at)
    except TrainingError as error:
        return TrainingResult("TRAINING_FAILED", str(error), ended_at)


def _completed(job: TrainingJob, message: str, quality: Quality, ended_at: datetime) -> TrainingResult:
    storage = Storage(job.account_id, job.region)
    trial = _try(job, storage, quality)
    evaluation = trial.evaluate()
    output = job.request["OutputConfig"]
    location = {
        "Bucket": output["S3Bucket"],
        "Name": _output_key(output, f"EvaluationResultSummary-{job.project_name}-{job.version_name}.json"),
    }
    content = summary_document(trial, evaluation, version_arn=job.version_arn, ended_at=ended_at)
    try:
        storage.write(location["Bucket"], location["Name"], content, kms_key_id=job.request.get("KmsKeyId"))
    except StorageError as error:
        raise TrainingError(UNWRITABLE) from error
    return TrainingResult(
        "TRAINING_COMPLETED",
        message,
        ended_at,
        billable_seconds=_SECONDS_A_TRAINING + _SECONDS_AN_IMAGE * len(trial.training.images),
        f1=evaluation.f1,
        summary=location,
    )


def _try(job: TrainingJob, storage: Storage, quality: Quality) -> Trial:
    # the ARN would be another seed at every run, the names give the same model again
    seed = f"{job.project_name}/{job.version_name}"
    training = training_dataset(_images(job, storage, "TrainingData", "TRAIN"), _LEAST_LABELS[job.feature])
    if job.request.get("TestingData", {}).get("AutoCreate"):
        training, testing = hold_back(training, seed)
    else:
        testing = Dataset.about(training.use_case, _images(job, storage, "TestingData", "TEST"))
    labels = sorted(training.labels & testing.labels)
    return Trial(training, testing, {label: predict(testing, label, quality, seed) for label in labels})


def _images(job: TrainingJob, storage: Storage, member: str, dataset_type: str) -> list[Image]:
    if job.datasets is None:
        return read_images(storage, job.request[member]["Assets"])
    if not job.datasets[dataset_type]:
        raise TrainingError(EMPTY)
    return list(images_of(job.datasets[dataset_type]))


def _output_key(output: Mapping[str, str], name: str) -> str:
    prefix = output.get("S3KeyPrefix", "")
    return f"{prefix}{name}" if not prefix or prefix.endswith("/") else f"{prefix}/{name}"
