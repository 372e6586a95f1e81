"""The things the service keeps: projects and their versions."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from rekog_versions.testing import clock
from rekog_versions.testing.settings import Quality
from rekog_versions.testing.states import PROJECT_DELETION, TRAINING, Stage, Transition
from rekog_versions.testing.training import TrainingJob, TrainingResult, train
from rekog_versions.testing.training.run import (
    EVALUATION_SUMMARY,
    MANIFEST_SUMMARY,
    SNAPSHOT,
    TESTING_VALIDATION,
    TRAINED_IMAGES,
    TRAINING_VALIDATION,
)

_BASE_MODEL_VERSION = "7.0"  # the base model of moderation adapters; Custom Labels models have none


class ProjectVersion:
    """A version of a project: here, one that CreateProjectVersion made."""

    def __init__(
        self,
        job: TrainingJob,
        created: int,
        find_transition: Callable[[], Transition],
        find_quality: Callable[[], Quality],
    ) -> None:
        """Begins the training.

        Args:
            job: What it has to do.
            created: The number at the ARN's end.
            find_transition: What says when the training ends, asked at every look until it has.
            find_quality: What says how well the model does, asked once, when the training ends.
        """
        self.job = job
        self.created = created
        self.training = Stage(TRAINING, "TRAINING_IN_PROGRESS", "TRAINING_ENDED", find_transition)
        """Ended doesn't say how it went: see `settle`. Looked at under the backend's lock."""
        self.tags: dict[str, str] = dict(job.request.get("Tags", {}))
        self.is_running = False
        """Whether it is hosted and answers to DetectCustomLabels."""
        self._find_quality = find_quality
        self._result: Future[TrainingResult] | None = None
        self._claim = Lock()

    @property
    def arn(self) -> str:
        """The version's ARN."""
        return self.job.version_arn

    @property
    def name(self) -> str:
        """The version's name."""
        return self.job.version_name

    def settle(self) -> TrainingResult | None:
        """Runs the training, if it has ended and nobody has run it yet.

        No lock is held while it reads and writes. Others who look meanwhile wait for its result.

        Returns:
            How it went; None while it goes on.
        """
        ending, ended_at = self.training.ended_by, self.training.ended_at
        if ending is None or ended_at is None:
            return None
        with self._claim:
            result, mine = self._result, self._result is None
            if result is None:
                result = self._result = Future()
        if mine:
            try:
                result.set_result(train(self.job, ending, self._find_quality(), ended_at))
            except BaseException as error:
                # a fault of the emulation or an interrupt: those who wait learn of it, the next look tries again
                self._result = None
                result.set_exception(error)
                raise
        return result.result()

    def describe(self) -> dict[str, Any]:
        """The version as DescribeProjectVersions shows it. Settles it first."""
        result = self.settle()
        request = self.job.request
        description: dict[str, Any] = {
            "ProjectVersionArn": self.arn,
            "CreationTimestamp": clock.from_milliseconds(self.created),
            "Status": "TRAINING_IN_PROGRESS",
            "StatusMessage": "The model is being trained.",
            "OutputConfig": request["OutputConfig"],
            "TrainingDataResult": _data_result(request["TrainingData"], result, TRAINED_IMAGES, TRAINING_VALIDATION),
            # with AutoCreate the service shows an empty list of assets
            "TestingDataResult": _data_result(
                {"Assets": [], **request["TestingData"]}, result, SNAPSHOT, TESTING_VALIDATION
            ),
            "Feature": self.job.feature,
            **{name: request[name] for name in ("KmsKeyId", "VersionDescription", "FeatureConfig") if name in request},
        }
        if self.job.feature == "CONTENT_MODERATION":
            description["BaseModelVersion"] = _BASE_MODEL_VERSION
        if result is not None:
            description |= _described(result)
        return description


def _described(result: TrainingResult) -> Mapping[str, Any]:
    outcome: dict[str, Any] = {"Status": result.status, "StatusMessage": result.message}
    files = result.files or {}
    if MANIFEST_SUMMARY in files:
        outcome["ManifestSummary"] = {"S3Object": files[MANIFEST_SUMMARY]}
    if result.status == "TRAINING_COMPLETED":
        outcome |= {
            "TrainingEndTimestamp": result.ended_at,
            "BillableTrainingTimeInSeconds": result.billable_seconds,
            "EvaluationResult": {"F1Score": result.f1, "Summary": {"S3Object": files[EVALUATION_SUMMARY]}},
        }
    return outcome


def _data_result(given: Mapping[str, Any], result: TrainingResult | None, output: str, validation: str) -> Any:
    """What went into a training and what came out of it: of its training data, or of its test data."""
    files = (result.files if result else None) or {}
    data: dict[str, Any] = {"Input": given}
    for member, name in (("Output", output), ("Validation", validation)):
        if name in files:
            data[member] = {"Assets": [{"GroundTruthManifest": {"S3Object": files[name]}}]}
    return data


@dataclass
class Project:
    """A project."""

    arn: str
    name: str
    created: int
    feature: str
    auto_update: str | None
    tags: dict[str, str]
    versions: dict[str, ProjectVersion] = field(default_factory=dict[str, ProjectVersion])
    deletion: Stage | None = None
    """Set when its deletion has begun; when that has ended, the project is gone."""

    def delete(self) -> None:
        """Begins the deletion."""
        self.deletion = Stage(PROJECT_DELETION, "DELETING", "DELETED")

    @property
    def is_gone(self) -> bool:
        """Whether its deletion has ended."""
        return self.deletion is not None and self.deletion.has_ended

    def describe(self) -> dict[str, Any]:
        """The project as DescribeProjects shows it."""
        return {
            "ProjectArn": self.arn,
            "CreationTimestamp": clock.from_milliseconds(self.created),
            "Status": "DELETING" if self.deletion else "CREATED",
            "Datasets": [],
            "Feature": self.feature,
            "AutoUpdate": self.auto_update,
        }
