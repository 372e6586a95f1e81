"""The things the service keeps: projects and their versions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rekog_versions.testing import clock
from rekog_versions.testing.datasets import Dataset
from rekog_versions.testing.once import Once
from rekog_versions.testing.policies import Policy
from rekog_versions.testing.settings import Images, Quality
from rekog_versions.testing.states import (
    PROJECT_DELETION,
    TRAINING,
    VERSION_DELETION,
    ProjectDeletion,
    Stage,
    Transition,
    VersionDeletion,
)
from rekog_versions.testing.training import TrainingJob, TrainingResult, train
from rekog_versions.testing.training.run import (
    EVALUATION_SUMMARY,
    MANIFEST_SUMMARY,
    SNAPSHOT,
    TESTING_VALIDATION,
    TRAINED_IMAGES,
    TRAINING_VALIDATION,
)

if TYPE_CHECKING:
    from rekog_versions.testing.hosting import Hosting

_BASE_MODEL_VERSION = "7.0"  # the base model of moderation adapters; Custom Labels models have none


class ProjectVersion:
    """A version of a project: here, one that CreateProjectVersion made (`copies` has those of CopyProjectVersion)."""

    def __init__(
        self,
        job: TrainingJob,
        created: int,
        find_transition: Callable[[], Transition],
        find_quality: Callable[[], Quality],
        find_images: Callable[[], Images],
    ) -> None:
        """Begins the training.

        Args:
            job: What it has to do.
            created: The number at the ARN's end.
            find_transition: What says when the training ends, asked at every look until it has.
            find_quality: What says how well the model does, asked once, when the training ends.
            find_images: What says whether the training looks at images, asked at the same time.
        """
        self.job = job
        self.created = created
        self.training = Stage(TRAINING, "TRAINING_IN_PROGRESS", "TRAINING_ENDED", find_transition)
        """Ended doesn't say how it went: see `settle`. Looked at under the backend's lock."""
        self.tags: dict[str, str] = dict(job.request.get("Tags", {}))
        self.hosting: Hosting | None = None
        """Its latest start, if it was started. Looked at under the backend's lock."""
        self.deletion: Stage[VersionDeletion] | None = None
        """Set when its deletion has begun; when that has ended, the version is gone."""
        self._find_quality = find_quality
        self._find_images = find_images
        self._result = Once[TrainingResult]()

    @property
    def arn(self) -> str:
        """The version's ARN."""
        return self.job.version_arn

    @property
    def name(self) -> str:
        """The version's name."""
        return self.job.version_name

    @property
    def project_name(self) -> str:
        """The name of the project that the version is in."""
        return self.job.project_name

    def settle(self) -> TrainingResult | None:
        """Runs the training, if it has ended and nobody has run it yet.

        No lock is held while it reads and writes. Others who look meanwhile wait for its result.

        Returns:
            How it went; None while it goes on.
        """
        ending, ended_at = self.training.ended_by, self.training.ended_at
        if ending is None or ended_at is None:
            return None
        return self._result.get(lambda: train(self.job, ending, self._find_quality(), self._find_images(), ended_at))

    def outcome(self) -> str:
        """The status that making the version has led to, whatever came after. Settles it first."""
        result = self.settle()
        return "TRAINING_IN_PROGRESS" if result is None else result.status

    def status(self, made: str) -> str:
        """The status, under the backend's lock.

        Args:
            made: The `outcome()`, which is asked for without the lock.
        """
        if self.deletion:
            return "DELETING"
        return self.hosting.status if self.hosting else made

    def advance(self) -> Mapping[str, Any]:
        """Counts a describe for what is going on, and ends it if its time has come. Under the backend's lock.

        Returns:
            What a description shows in place of how the version was made.
        """
        if self.deletion:
            self.deletion.advance()
            return {"Status": "DELETING", "StatusMessage": "The model is being deleted."}
        if self.hosting:
            self.hosting.advance()
            return self.hosting.describe()
        self._making.advance()
        self.look()
        return {}

    def look(self) -> None:
        """Ends the making of the version if its time has come, without counting a describe. Under the lock."""
        _ = self._making.status  # the look makes it end

    @property
    def _making(self) -> Stage[Any]:
        return self.training

    @property
    def is_active(self) -> bool:
        """Whether the model starts, runs or stops."""
        return self.hosting is not None and self.hosting.is_active

    @property
    def is_copying(self) -> bool:
        """Whether it is a copy that is still being made."""
        return False

    def delete(self) -> None:
        """Begins the deletion."""
        self.deletion = Stage(VERSION_DELETION, "DELETING", "DELETED", VersionDeletion.default)

    @property
    def is_gone(self) -> bool:
        """Whether its deletion has ended."""
        return self.deletion is not None and self.deletion.has_ended

    def describe(self) -> dict[str, Any]:
        """The version as DescribeProjectVersions shows it as long as it is only trained. Settles it first."""
        result = self.settle()
        request = self.job.request
        description: dict[str, Any] = {
            "ProjectVersionArn": self.arn,
            "CreationTimestamp": clock.from_milliseconds(self.created),
            "Status": "TRAINING_IN_PROGRESS",
            "StatusMessage": "The model is being trained.",
            "OutputConfig": request["OutputConfig"],
            **_described_data(request, result),
            "Feature": self.job.feature,
            **{name: request[name] for name in ("KmsKeyId", "VersionDescription", "FeatureConfig") if name in request},
        }
        if self.job.feature == "CONTENT_MODERATION":
            description["BaseModelVersion"] = _BASE_MODEL_VERSION
        if result is not None:
            description |= _described(result)
        return description


def _described_data(request: Mapping[str, Any], result: TrainingResult | None) -> Mapping[str, Any]:
    training: Mapping[str, Any] = request.get("TrainingData", {})
    testing: Mapping[str, Any] = request.get("TestingData", {})
    if testing:
        testing = {"Assets": [], **testing}  # with AutoCreate the service shows an empty list of assets
    # trained on the project's datasets, both inputs are empty: those lie in no file of the user's
    return {
        "TrainingDataResult": _data_result(training, result, TRAINED_IMAGES, TRAINING_VALIDATION),
        "TestingDataResult": _data_result(testing, result, SNAPSHOT, TESTING_VALIDATION),
    }


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
    policies: dict[str, Policy] = field(default_factory=dict[str, Policy])
    datasets: dict[str, Dataset] = field(default_factory=dict[str, Dataset])
    """By type; with those that are gone (see `present_datasets`)."""
    deletion: Stage[ProjectDeletion] | None = None
    """Set when its deletion has begun; when that has ended, the project is gone."""

    def delete(self) -> None:
        """Begins the deletion."""
        self.deletion = Stage(PROJECT_DELETION, "DELETING", "DELETED", ProjectDeletion.default)

    def present_datasets(self) -> Mapping[str, Dataset]:
        """The datasets by type, without those whose deletion has ended."""
        for dataset_type in [dataset_type for dataset_type, dataset in self.datasets.items() if dataset.is_gone]:
            del self.datasets[dataset_type]
        return self.datasets

    @property
    def is_gone(self) -> bool:
        """Whether its deletion has ended."""
        return self.deletion is not None and self.deletion.has_ended

    def drop_deleted(self) -> None:
        """Forgets the versions whose deletion has ended."""
        for name in [name for name, version in self.versions.items() if version.is_gone]:
            del self.versions[name]

    def describe(self) -> dict[str, Any]:
        """The project as DescribeProjects shows it."""
        return {
            "ProjectArn": self.arn,
            "CreationTimestamp": clock.from_milliseconds(self.created),
            "Status": "DELETING" if self.deletion else "CREATED",
            "Datasets": [dataset.metadata() for dataset in self.present_datasets().values()],
            "Feature": self.feature,
            "AutoUpdate": self.auto_update,
        }
