"""A training: reads the manifests, trains the simulated model, and writes the results.

All of this runs once, when a describe call finds the training ended. The billed time is simulated.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from rekog_versions.manifests.check.rules import check_content
from rekog_versions.manifests.check.service_files import Checked, manifest_summary, validation_manifest
from rekog_versions.manifests.issues import MESSAGES, Issue
from rekog_versions.manifests.limits import Feature, most_lines
from rekog_versions.manifests.lines import Line, UseCase
from rekog_versions.testing.moto_s3 import Storage, StorageError
from rekog_versions.testing.settings import ImageChecks, Quality
from rekog_versions.testing.training.predictions import hold_back, predict
from rekog_versions.testing.training.read_manifests import (
    EMPTY,
    LabelledImages,
    ParsedManifest,
    ReadImage,
    TrainingError,
    image_reader,
    read_assets,
)
from rekog_versions.testing.training.result_files import Trial, snapshot, summary_document, training_manifest
from rekog_versions.testing.training.simulated_model import SimulatedModel
from rekog_versions.testing.transitions import TrainingOutcome, TrainingTransition

SUCCESS = "The model is ready to run."
SERVICE_ISSUE = "Amazon Rekognition experienced a service issue."
UNWRITABLE = MESSAGES["ERROR_CANNOT_WRITE_OUTPUT_S3_BUCKET"]

# the kinds of files, as they are in the names of the files
EVALUATION_SUMMARY = "EvaluationResultSummary"
TRAINED_IMAGES = "TrainingGroundTruth"
SNAPSHOT = "TestingGroundTruth"
TRAINING_VALIDATION = "TrainingManifestWithValidation"
TESTING_VALIDATION = "TestingManifestWithValidation"
MANIFEST_SUMMARY = "ManifestSummary"

_SECONDS_PER_TRAINING, _SECONDS_PER_IMAGE = 1800, 2


@dataclass(frozen=True)
class TrainingJob:
    """The input of a training."""

    account_id: str
    region: str
    version_arn: str
    project_name: str
    version_name: str
    feature: str
    request: Mapping[str, Any]
    """The validated request of CreateProjectVersion."""
    datasets: Mapping[str, Sequence[Line]] | None = None
    """The lines of the project's datasets at the time of the request, by type. None if manifests are used."""


@dataclass(frozen=True)
class TrainingResult:
    """The result of a training."""

    status: TrainingOutcome
    message: str
    ended_at: datetime
    billable_seconds: int | None = None
    """The simulated time: half an hour, and two seconds for each image. None if the training failed."""
    f1: float | None = None
    """The F1 score of the summary. None if the training failed."""
    files: Mapping[str, Mapping[str, str]] | None = None
    """The S3Objects of the written files by kind. None if nothing was written."""
    model: SimulatedModel | None = None
    """The model. None if the training failed."""


def train(
    job: TrainingJob, transition: TrainingTransition, quality: Quality, checks: ImageChecks, ended_at: datetime
) -> TrainingResult:
    """Run a whole training.

    Args:
        job: The input.
        transition: The outcome that is set.
        quality: How good the simulated model is.
        checks: True in it means that the images are checked.
        ended_at: The time when the training ended.

    Returns:
        The result. The training fails if that is set, or if the manifests cannot be used.
    """
    if transition.outcome == "TRAINING_FAILED":
        return TrainingResult("TRAINING_FAILED", transition.message or SERVICE_ISSUE, ended_at)
    try:
        return _train(job, transition.message or SUCCESS, quality, checks, ended_at)
    except TrainingError as error:
        return TrainingResult("TRAINING_FAILED", str(error), ended_at)


def _train(job: TrainingJob, message: str, quality: Quality, checks: ImageChecks, ended_at: datetime) -> TrainingResult:
    storage = Storage(job.account_id, job.region)
    output = _Output(job, storage)
    training, testing = _read(job, storage, image_reader(storage) if checks.checked else None)
    output.check()
    # the same rules as in `check_manifests`, so it finds the same issues in these manifests
    content = check_content(
        training.totals,
        testing.totals if testing else None,
        auto_create=testing is None,
        feature=cast("Feature", job.feature),
    )
    if content.issues:
        files = _validation_files(
            _checked(training, content.use_case, content.training),
            # nothing is held back from a training set that cannot be used
            _checked(testing, content.use_case, content.testing) if testing else Checked(),
            content.both,
        )
        # the StatusMessage has one of several reasons
        return TrainingResult("TRAINING_FAILED", content.issues[0].message, ended_at, files=output.write(files))
    images = LabelledImages.of(content.use_case, training)
    # not the ARN: with the names, the next run gives the same model
    seed = f"{job.project_name}/{job.version_name}"
    if testing is None:
        images, tested = hold_back(images, seed)
        testing = ParsedManifest([training.lines[number - 1] for number in tested.lines])
    else:
        tested = LabelledImages.of(content.use_case, testing)
    trial = Trial(images, tested, predict(tested, images.labels, quality, seed))
    scores = trial.score()
    files = {
        EVALUATION_SUMMARY: summary_document(trial, scores, version_arn=job.version_arn, ended_at=ended_at),
        TRAINED_IMAGES: training_manifest(images, ended_at),
        SNAPSHOT: snapshot(trial, scores, ended_at),
        **_validation_files(_checked(training, content.use_case), _checked(testing, content.use_case)),
    }
    return TrainingResult(
        "TRAINING_COMPLETED",
        message,
        ended_at,
        billable_seconds=_SECONDS_PER_TRAINING + _SECONDS_PER_IMAGE * len(images.images),
        f1=scores.f1,
        files=output.write(files),
        model=SimulatedModel(trial, scores, quality, seed),
    )


def _read(
    job: TrainingJob, storage: Storage, read_image: ReadImage | None
) -> tuple[ParsedManifest, ParsedManifest | None]:
    """Return the training manifest and the test manifest. The latter is None with AutoCreate."""

    def read(lines: Sequence[Line]) -> ParsedManifest:
        return ParsedManifest.of(lines, read_image, feature=cast("Feature", job.feature))

    if job.datasets is not None:
        if not job.datasets["TRAIN"] or not job.datasets["TEST"]:
            raise TrainingError(EMPTY)
        return read(job.datasets["TRAIN"]), read(job.datasets["TEST"])
    training = read_assets(storage, job.request["TrainingData"]["Assets"], most_lines(job.region, "training"))
    if job.request["TestingData"].get("AutoCreate"):
        return read(training), None
    testing = read_assets(storage, job.request["TestingData"]["Assets"], most_lines(job.region, "testing"))
    return read(training), read(testing)


def _checked(manifest: ParsedManifest, use_case: UseCase | None, more: Sequence[Issue] = ()) -> Checked:
    return Checked([line.text for line in manifest.lines], use_case, [*manifest.issues, *more])


def _validation_files(training: Checked, testing: Checked, both: Sequence[Issue] = ()) -> Mapping[str, bytes]:
    return {
        TRAINING_VALIDATION: validation_manifest(training),
        TESTING_VALIDATION: validation_manifest(testing),
        MANIFEST_SUMMARY: manifest_summary(training, testing, both),
    }


def folder_of(output: Mapping[str, str]) -> str:
    """Return the prefix of the keys that an OutputConfig leads to, with a slash at the end unless it is empty."""
    prefix = output.get("S3KeyPrefix", "")
    return prefix if not prefix or prefix.endswith("/") else f"{prefix}/"


class _Output:
    """The output location of a training."""

    def __init__(self, job: TrainingJob, storage: Storage) -> None:
        config: Mapping[str, str] = job.request["OutputConfig"]
        self._bucket = config["S3Bucket"]
        self._folder = folder_of(config)
        self._version = f"{job.project_name}-{job.version_name}"
        self._kms_key_id: str | None = job.request.get("KmsKeyId")
        self._storage = storage

    def check(self) -> None:
        """Check that files can be written, before any is written.

        Raises:
            TrainingError: The bucket cannot be used.
        """
        with _write_errors():
            self._storage.check_bucket(self._bucket)

    def write(self, files: Mapping[str, bytes]) -> Mapping[str, Mapping[str, str]]:
        """Write files, and return the S3Object of each.

        The keys are those of the service. They contain the project and the version, so that versions with the same
        prefix do not overwrite each other's files.

        Raises:
            TrainingError: The bucket has been deleted since the check.
        """
        written: dict[str, Mapping[str, str]] = {}
        for kind, content in files.items():
            key = f"{self._folder}{kind}-{self._version}.json"
            with _write_errors():
                self._storage.write(self._bucket, key, content, kms_key_id=self._kms_key_id)
            written[kind] = {"Bucket": self._bucket, "Name": key}
        return written


@contextmanager
def _write_errors() -> Generator[None, None, None]:
    try:
        yield
    except StorageError as error:
        raise TrainingError(UNWRITABLE) from error
