"""A training from its end: what it finds in the manifests decides how it went.

Nothing happens while a training goes on; when it has ended and somebody looks, this runs once. The numbers for the
billed time are simulated as the metrics are.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from rekog_versions.manifests.check.rules import Feature, check_content
from rekog_versions.manifests.check.service_files import Checked, manifest_summary, validation_manifest
from rekog_versions.manifests.issues import MESSAGES, Issue
from rekog_versions.manifests.limits import most_lines
from rekog_versions.manifests.lines import Line, UseCase
from rekog_versions.testing.settings import Images, Quality
from rekog_versions.testing.states import Outcome, Transition
from rekog_versions.testing.storage import Storage, StorageError
from rekog_versions.testing.training import snapshot
from rekog_versions.testing.training.manifests import (
    EMPTY,
    Dataset,
    LookAtImage,
    Manifest,
    TrainingError,
    read_manifest,
)
from rekog_versions.testing.training.model import Model
from rekog_versions.testing.training.pictures import Pictures
from rekog_versions.testing.training.simulation import hold_back, predict
from rekog_versions.testing.training.summary import Trial, summary_document

SUCCESS = "The model is ready to run."
SERVICE_ISSUE = "Amazon Rekognition experienced a service issue."
UNWRITABLE = MESSAGES["ERROR_CANNOT_WRITE_OUTPUT_S3_BUCKET"]

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
    files: Mapping[str, Mapping[str, str]] | None = None
    """The S3Objects of what was written, by what it is (the names at the end of this module). None if nothing was."""
    model: Model | None = None
    """What answers to pictures. None if it failed."""


EVALUATION_SUMMARY = "EvaluationResultSummary"
TRAINED_IMAGES = "TrainingGroundTruth"
SNAPSHOT = "TestingGroundTruth"
TRAINING_VALIDATION = "TrainingManifestWithValidation"
TESTING_VALIDATION = "TestingManifestWithValidation"
MANIFEST_SUMMARY = "ManifestSummary"


def train(job: TrainingJob, ending: Transition, quality: Quality, images: Images, ended_at: datetime) -> TrainingResult:
    """Does everything that a training does, in one go.

    Args:
        job: What to train.
        ending: How it was set to end.
        quality: How well the simulated model does.
        images: Whether to look at the images.
        ended_at: When the training ended.

    Returns:
        How it went: failed if so set or if the manifests can't be used.
    """
    if ending.outcome == "TRAINING_FAILED":
        return TrainingResult("TRAINING_FAILED", ending.message or SERVICE_ISSUE, ended_at)
    try:
        return _trained(job, ending.message or SUCCESS, quality, images, ended_at)
    except TrainingError as error:
        return TrainingResult("TRAINING_FAILED", str(error), ended_at)


def _trained(job: TrainingJob, message: str, quality: Quality, images: Images, ended_at: datetime) -> TrainingResult:
    """The training, after whose reading no more can go wrong with a file.

    Raises:
        TrainingError: A file can't be read or written; then none is written.
    """
    storage = Storage(job.account_id, job.region)
    output = _Output(job, storage)
    training, testing = _read(job, storage, Pictures(storage).look if images.checked else None)
    output.check()
    # the checks are those that users have, too: `check_manifests` says the same of these manifests
    content = check_content(
        training.totals,
        testing.totals if testing else None,
        auto_create=testing is None,
        feature=cast("Feature", job.feature),
    )
    if content.issues:
        files = _validation_files(
            _checked(training, content.use_case, content.training),
            # of what would have been held back, nothing is known
            _checked(testing, content.use_case, content.testing) if testing else Checked(),
            content.both,
        )
        # of several reasons the version names one
        return TrainingResult("TRAINING_FAILED", content.issues[0].message, ended_at, files=output.write(files))
    dataset = Dataset.about(content.use_case, training)
    # the ARN would be another seed at every run, the names give the same model again
    seed = f"{job.project_name}/{job.version_name}"
    if testing is None:
        dataset, tested = hold_back(dataset, seed)
        testing = Manifest([training.lines[number - 1] for number in tested.lines])
    else:
        tested = Dataset.about(dataset.use_case, testing)
    trial = Trial(dataset, tested, predict(tested, dataset.labels, quality, seed))
    evaluation = trial.evaluate()
    files = {
        EVALUATION_SUMMARY: summary_document(trial, evaluation, version_arn=job.version_arn, ended_at=ended_at),
        TRAINED_IMAGES: snapshot.training_manifest(dataset, ended_at),
        SNAPSHOT: snapshot.snapshot(trial, evaluation, ended_at),
        **_validation_files(_checked(training, dataset.use_case), _checked(testing, dataset.use_case)),
    }
    return TrainingResult(
        "TRAINING_COMPLETED",
        message,
        ended_at,
        billable_seconds=_SECONDS_A_TRAINING + _SECONDS_AN_IMAGE * len(dataset.images),
        f1=evaluation.f1,
        files=output.write(files),
        model=Model(trial, evaluation, quality, seed),
    )


def _read(job: TrainingJob, storage: Storage, look: LookAtImage | None) -> tuple[Manifest, Manifest | None]:
    """The training and the test manifest; None for the latter if some of the training images are to be held back."""
    if job.datasets is not None:
        return _lines_of(job.datasets["TRAIN"], look), _lines_of(job.datasets["TEST"], look)
    training = read_manifest(storage, job.request["TrainingData"]["Assets"], most_lines(job.region, "training"))
    if job.request["TestingData"].get("AutoCreate"):
        return Manifest.of(training, look), None
    testing = read_manifest(storage, job.request["TestingData"]["Assets"], most_lines(job.region, "testing"))
    return Manifest.of(training, look), Manifest.of(testing, look)


def _lines_of(entries: Sequence[Line], look: LookAtImage | None) -> Manifest:
    if not entries:
        raise TrainingError(EMPTY)
    return Manifest.of(entries, look)


def _checked(manifest: Manifest, use_case: UseCase | None, more: Sequence[Issue] = ()) -> Checked:
    return Checked([line.text for line in manifest.lines], use_case, [*manifest.issues, *more])


def _validation_files(training: Checked, testing: Checked, both: Sequence[Issue] = ()) -> Mapping[str, bytes]:
    return {
        TRAINING_VALIDATION: validation_manifest(training),
        TESTING_VALIDATION: validation_manifest(testing),
        MANIFEST_SUMMARY: manifest_summary(training, testing, both),
    }


def folder_of(output: Mapping[str, str]) -> str:
    """What stands before the names of the files that go where an OutputConfig says."""
    prefix = output.get("S3KeyPrefix", "")
    return prefix if not prefix or prefix.endswith("/") else f"{prefix}/"


class _Output:
    """Where a training writes."""

    def __init__(self, job: TrainingJob, storage: Storage) -> None:
        config: Mapping[str, str] = job.request["OutputConfig"]
        self._bucket = config["S3Bucket"]
        self._folder = folder_of(config)
        self._version = f"{job.project_name}-{job.version_name}"
        self._kms_key_id: str | None = job.request.get("KmsKeyId")
        self._storage = storage

    def check(self) -> None:
        """Checks that it can be written to.

        Raises:
            TrainingError: It can't.
        """
        with _writing():
            self._storage.check_bucket(self._bucket)

    def write(self, files: Mapping[str, bytes]) -> Mapping[str, Mapping[str, str]]:
        """Writes files and answers the S3Object of each.

        The names are those of recorded answers: with the project and the version in them, so that versions that share
        a prefix don't overwrite each other's files.

        Raises:
            TrainingError: The bucket is gone.
        """
        written: dict[str, Mapping[str, str]] = {}
        for name, content in files.items():
            key = f"{self._folder}{name}-{self._version}.json"
            with _writing():
                self._storage.write(self._bucket, key, content, kms_key_id=self._kms_key_id)
            written[name] = {"Bucket": self._bucket, "Name": key}
        return written


@contextmanager
def _writing() -> Generator[None, None, None]:
    try:
        yield
    except StorageError as error:
        raise TrainingError(UNWRITABLE) from error
