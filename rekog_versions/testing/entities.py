"""Projects and their versions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rekog_versions.testing import clock
from rekog_versions.testing.datasets.dataset import Dataset
from rekog_versions.testing.policies import Policy
from rekog_versions.testing.run_once import RunOnce
from rekog_versions.testing.settings import ImageChecks, Quality
from rekog_versions.testing.training.job import (
    EVALUATION_SUMMARY,
    MANIFEST_SUMMARY,
    SNAPSHOT,
    TESTING_VALIDATION,
    TRAINED_IMAGES,
    TRAINING_VALIDATION,
    TrainingJob,
    TrainingResult,
    train,
)
from rekog_versions.testing.transitions import ProjectDeletion, Stage, TrainingTransition, VersionDeletion

if TYPE_CHECKING:
    from rekog_versions.testing.model_states import ModelState

_BASE_MODEL_VERSION = "7.0"  # of moderation adapters; Custom Labels models have none


class ProjectVersion:
    """A version of a project that was made by CreateProjectVersion. `operations.copying` has those that are copies."""

    def __init__(
        self,
        job: TrainingJob,
        created: int,
        find_transition: Callable[[], TrainingTransition],
        find_quality: Callable[[], Quality],
        find_image_checks: Callable[[], ImageChecks],
    ) -> None:
        """Begin the training.

        Args:
            job: The input of the training.
            created: The creation number, which is the last part of the ARN.
            find_transition: Returns the transition that counts now. It is called until the training has ended.
            find_quality: Returns the quality of the model. It is called once, when the training ends.
            find_image_checks: Returns whether images are checked. It is called once, when the training ends.
        """
        self.job = job
        self.created = created
        self.training = Stage(find_transition)
        """The time of the training. Callers hold the backend's lock. See `finish` for the result."""
        self.tags: dict[str, str] = dict(job.request.get("Tags", {}))
        self.model_state: ModelState | None = None
        """The state since the latest start, or None if the model was never started. Callers hold the backend's lock."""
        self.deletion: Stage[VersionDeletion] | None = None
        """The deletion, if it has begun. The version is gone when it has ended."""
        self._find_quality = find_quality
        self._find_image_checks = find_image_checks
        self._result = RunOnce[TrainingResult]()

    @property
    def arn(self) -> str:
        """The ARN of the version."""
        return self.job.version_arn

    @property
    def name(self) -> str:
        """The name of the version."""
        return self.job.version_name

    @property
    def project_name(self) -> str:
        """The name of the version's project."""
        return self.job.project_name

    def finish(self) -> TrainingResult | None:
        """Run the training, if its time is over and no other caller has run it.

        No lock is held meanwhile. Other callers wait for the result.

        Returns:
            The result, or None while the training is in progress.
        """
        transition, ended_at = self.training.ended_by, self.training.ended_at
        if transition is None or ended_at is None:
            return None
        return self._result.get(
            lambda: train(self.job, transition, self._find_quality(), self._find_image_checks(), ended_at)
        )

    def outcome(self) -> str:
        """Return the status after the training or the copying, whatever came later. Finish the training first."""
        result = self.finish()
        return "TRAINING_IN_PROGRESS" if result is None else result.status

    def status(self, outcome: str) -> str:
        """Return the status. Callers hold the backend's lock.

        Args:
            outcome: The result of `outcome()`, which is called without the lock.
        """
        if self.deletion:
            return "DELETING"
        return self.model_state.status if self.model_state else outcome

    def count_describe(self) -> Mapping[str, Any]:
        """Count a describe call. Callers hold the backend's lock.

        Returns:
            The members of the description that replace those of `describe()`.
        """
        if self.deletion:
            self.deletion.count_describe()
            return {"Status": "DELETING", "StatusMessage": "The model is being deleted."}
        if self.model_state:
            self.model_state.count_describe()
            return self.model_state.describe()
        self._making.count_describe()
        self.update()
        return {}

    def update(self) -> None:
        """End the training or the copying if its time is over. Callers hold the backend's lock."""
        _ = self._making.has_ended

    @property
    def _making(self) -> Stage[Any]:
        return self.training

    @property
    def is_active(self) -> bool:
        """True if the model starts, runs or stops."""
        return self.model_state is not None and self.model_state.is_active

    @property
    def is_copying(self) -> bool:
        """True if this is a copy in progress."""
        return False

    def delete(self) -> None:
        """Begin the deletion."""
        self.deletion = Stage(VersionDeletion.default)

    @property
    def is_gone(self) -> bool:
        """True if the deletion has ended."""
        return self.deletion is not None and self.deletion.has_ended

    def describe(self) -> dict[str, Any]:
        """Return the version as DescribeProjectVersions shows it before any start. Finish the training first."""
        result = self.finish()
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
            description |= _described_result(result)
        return description


def _described_data(request: Mapping[str, Any], result: TrainingResult | None) -> Mapping[str, Any]:
    training: Mapping[str, Any] = request.get("TrainingData", {})
    testing: Mapping[str, Any] = request.get("TestingData", {})
    if testing:
        testing = {"Assets": [], **testing}  # with AutoCreate the service shows an empty list of assets
    # after a training on datasets both inputs are empty, because they are not in files of the user
    return {
        "TrainingDataResult": _data_result(training, result, TRAINED_IMAGES, TRAINING_VALIDATION),
        "TestingDataResult": _data_result(testing, result, SNAPSHOT, TESTING_VALIDATION),
    }


def _described_result(result: TrainingResult) -> Mapping[str, Any]:
    described: dict[str, Any] = {"Status": result.status, "StatusMessage": result.message}
    files = result.files or {}
    if MANIFEST_SUMMARY in files:
        described["ManifestSummary"] = {"S3Object": files[MANIFEST_SUMMARY]}
    if result.status == "TRAINING_COMPLETED":
        described |= {
            "TrainingEndTimestamp": result.ended_at,
            "BillableTrainingTimeInSeconds": result.billable_seconds,
            "EvaluationResult": {"F1Score": result.f1, "Summary": {"S3Object": files[EVALUATION_SUMMARY]}},
        }
    return described


def _data_result(given: Mapping[str, Any], result: TrainingResult | None, output: str, validation: str) -> Any:
    """Return the input and the files of the training data, or of the test data."""
    files = (result.files if result else None) or {}
    data: dict[str, Any] = {"Input": given}
    for member, kind in (("Output", output), ("Validation", validation)):
        if kind in files:
            data[member] = {"Assets": [{"GroundTruthManifest": {"S3Object": files[kind]}}]}
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
    """The datasets by type. They may include deleted ones (see `present_datasets`)."""
    deletion: Stage[ProjectDeletion] | None = None
    """The deletion, if it has begun. The project is gone when it has ended."""
    _deleting: list[ProjectVersion] = field(default_factory=list[ProjectVersion])
    """The versions whose deletion has begun."""

    def delete(self) -> None:
        """Begin the deletion."""
        self.deletion = Stage(ProjectDeletion.default)

    def present_datasets(self) -> Mapping[str, Dataset]:
        """Return the datasets by type, without those whose deletion has ended."""
        for dataset_type in [dataset_type for dataset_type, dataset in self.datasets.items() if dataset.is_gone]:
            del self.datasets[dataset_type]
        return self.datasets

    @property
    def is_gone(self) -> bool:
        """True if the deletion has ended."""
        return self.deletion is not None and self.deletion.has_ended

    def delete_version(self, version: ProjectVersion) -> None:
        """Begin to delete a version, unless its deletion has begun."""
        if version.deletion is None:
            version.delete()
            self._deleting.append(version)

    def drop_deleted(self) -> None:
        """Remove the versions whose deletion has ended."""
        for version in [version for version in self._deleting if version.is_gone]:
            self._deleting.remove(version)
            del self.versions[version.name]

    def describe(self) -> dict[str, Any]:
        """Return the project as DescribeProjects shows it."""
        return {
            "ProjectArn": self.arn,
            "CreationTimestamp": clock.from_milliseconds(self.created),
            "Status": "DELETING" if self.deletion else "CREATED",
            "Datasets": [dataset.metadata() for dataset in self.present_datasets().values()],
            "Feature": self.feature,
            "AutoUpdate": self.auto_update,
        }
