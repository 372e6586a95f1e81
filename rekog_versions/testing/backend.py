"""The emulated service: all operations of Custom Labels, and those on projects and trainings.

The operations on other subjects are in `operations`.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from moto.core.base_backend import BackendDict

from rekog_versions.testing import clock, detection, metrics, pages
from rekog_versions.testing.capacity import CallBucket, Capacity
from rekog_versions.testing.entities import Project, ProjectVersion
from rekog_versions.testing.exceptions import (
    InvalidParameterException,
    LimitExceededException,
    ProvisionedThroughputExceededException,
    ResourceInUseException,
    ThrottlingException,
)
from rekog_versions.testing.moto_s3 import Storage
from rekog_versions.testing.operations.copying import CopyOperations
from rekog_versions.testing.operations.datasets import DatasetOperations
from rekog_versions.testing.operations.lifecycle import LifecycleOperations
from rekog_versions.testing.operations.policies import PolicyOperations
from rekog_versions.testing.operations.tags import TagOperations
from rekog_versions.testing.request_validation import check_new_project, check_new_version
from rekog_versions.testing.settings import ImageChecks, Quality, settings_of
from rekog_versions.testing.training.job import TrainingJob
from rekog_versions.testing.transitions import TrainingTransition

_Setting = TypeVar("_Setting")


class CustomLabelsBackend(LifecycleOperations, CopyOperations, DatasetOperations, PolicyOperations, TagOperations):
    """Custom Labels in one account and region.

    The requests are validated dicts in the spelling of the service, and the results are the members of the response.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._detections = CallBucket()
        """The calls of DetectCustomLabels in this account and region."""

    def reset(self) -> None:
        """Remove everything, as moto's reset does."""
        super().reset()
        self._detections = CallBucket()

    def in_account(self, account_id: str) -> "CustomLabelsBackend":
        """Return the backend of an account in the same region."""
        return custom_labels_backends[account_id][self.region_name]

    def create_project(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Create a project."""
        name, feature = request["ProjectName"], request.get("Feature", "CUSTOM_LABELS")
        check_new_project(feature, request.get("AutoUpdate"))
        with self._lock:
            projects = self._present_projects()
            if name in projects:
                raise ResourceInUseException(f"A project with the name {name} already exists")
            limit = self._limits().projects
            if limit is not None and len(projects) >= limit:
                raise LimitExceededException(f"Cannot create more than {limit} Projects")
            created = self._next_created()
            arn = f"{self._arn_prefix}:project/{name}/{created}"
            self._projects[name] = Project(
                arn, name, created, feature, request.get("AutoUpdate"), dict(request.get("Tags", {}))
            )
        return {"ProjectArn": arn}

    def describe_projects(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Describe projects, latest first."""
        names: Sequence[str] | None = request.get("ProjectNames")
        features: Sequence[str] = request.get("Features", ["CUSTOM_LABELS"])
        with self._lock:
            found, token = pages.page(
                [
                    project
                    for project in reversed(self._present_projects().values())
                    if project.feature in features and (names is None or project.name in names)
                ],
                size=request.get("MaxResults"),
                token=request.get("NextToken"),
                identity=["DescribeProjects", self._arn_prefix, names and sorted(names), sorted(features)],
            )
            for project in found:
                if project.deletion:
                    project.deletion.count_describe()
                for dataset in project.present_datasets().values():
                    dataset.count_describe()
        with self._without_due_work(
            lambda: [dataset for project in found for dataset in project.present_datasets().values()]
        ):
            described = [project.describe() for project in found if not project.is_gone]
        return {"ProjectDescriptions": described, "NextToken": token}

    def delete_project(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Begin to delete a project."""
        with self._lock:
            project = self._project(request["ProjectArn"])
            if project.versions:
                raise ResourceInUseException(
                    f"The project {project.arn} still has {len(project.versions)} project version(s)"
                )
            if datasets := project.present_datasets():
                raise ResourceInUseException(f"The project {project.arn} still has {len(datasets)} dataset(s)")
            if project.deletion is None:
                project.delete()
        return {"Status": "DELETING"}

    def create_project_version(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Create a version, and begin its training."""
        check_new_version(request)
        name = request["VersionName"]
        with self._without_due_work(lambda: [*self._project(request["ProjectArn"]).present_datasets().values()]):
            project = self._project(request["ProjectArn"])
            self._check_new_version(project, request)
            datasets = self._training_lines(project, request)
            created = self._next_created()
            job = TrainingJob(
                self.account_id,
                self.region_name,
                f"{self._arn_prefix}:project/{project.name}/version/{name}/{created}",
                project.name,
                name,
                project.feature,
                request,
                datasets,
            )
            project.versions[name] = ProjectVersion(
                job,
                created,
                partial(self._transition, TrainingTransition, project.name, name),
                partial(self._setting, Quality, project.name, name),
                partial(self._setting, ImageChecks, project.name, name),
            )
            self._in_training.append(project.versions[name])
        return {"ProjectVersionArn": job.version_arn}

    def describe_project_versions(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Describe versions of a project, latest first."""
        names: Sequence[str] | None = request.get("VersionNames")
        with self._lock:
            project = self._project(request["ProjectArn"])
            versions = project.versions
            chosen = versions.values() if names is None else (versions[name] for name in versions.keys() & set(names))
            found, token = pages.page(
                sorted(chosen, key=lambda version: version.created, reverse=True),
                size=request.get("MaxResults"),
                token=request.get("NextToken"),
                identity=["DescribeProjectVersions", project.arn, names and sorted(names)],
            )
            counted = [(version, version.count_describe()) for version in found]
            present = [(version, members) for version, members in counted if not version.is_gone]
        # without the lock, because this may run trainings and copies
        described = [{**version.describe(), **members} for version, members in present]
        return {"ProjectVersionDescriptions": described, "NextToken": token}

    def detect_custom_labels(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Detect labels in an image with a running model."""
        with self._lock:
            self._check_account_rate()
        detection.check_image_source(request)
        outcome = self._finished_outcome(request)
        with self._lock:
            version = self._version(request["ProjectVersionArn"])
            status = version.status(outcome)
        # without the lock, because this reads files
        model = detection.running_model(version, status)
        if latency := self._checked_capacity(version).latency:
            clock.sleep(latency)
        return {"CustomLabels": detection.detect(model, Storage(self.account_id, self.region_name), request)}

    def write_metrics(self) -> None:
        """Write the metrics of the running models since the last call of this to moto's CloudWatch."""
        with self._lock:
            for project in self._projects.values():
                for version in project.versions.values():
                    if version.model_state is not None:
                        times = version.model_state.take_metric_times(clock.now())
                        least, most = version.model_state.units
                        metrics.put_units(self._place, (project.name, version.name), times, least, most)

    def count_call(self, operation: str, metric: str) -> None:
        """Count a call of an operation in moto's CloudWatch."""
        metrics.put_call(self._place, operation, metric, clock.now())

    @property
    def _place(self) -> tuple[str, str]:
        return self.account_id, self.region_name

    def _check_account_rate(self) -> None:
        """Check the rate of the account. Callers hold the lock."""
        rate = settings_of(self.account_id).capacity(self.region_name).per_account
        if rate is not None and not self._detections.take(rate, clock.now()):
            raise ThrottlingException

    def _checked_capacity(self, version: ProjectVersion) -> Capacity:
        """Check the capacity of a running model, and return it."""
        capacity = settings_of(self.account_id).capacity(self.region_name, version.project_name, version.name)
        if capacity.per_unit is not None:
            with self._lock:
                state = version.model_state
                if state is not None and not state.take_image(capacity.per_unit, clock.now()):
                    raise ProvisionedThroughputExceededException
        return capacity

    def _check_new_version(self, project: Project, request: Mapping[str, Any]) -> None:
        """Check the rules for a new version that depend on the project and on other versions."""
        limits = self._limits()
        if "FeatureConfig" in request and project.feature != "CONTENT_MODERATION":
            raise InvalidParameterException(
                f"FeatureConfig does not match the feature {project.feature} of the project"
            )
        self._check_new_name(project, request["VersionName"])
        self._check_tags(request.get("Tags", {}))
        # `has_ended` ends the trainings whose time is over, but does not run them
        self._in_training = [version for version in self._in_training if not version.training.has_ended]
        if limits.trainings is not None and len(self._in_training) >= limits.trainings:
            raise LimitExceededException(f"Cannot create more than {limits.trainings} ProjectVersions concurrently")

    def _setting(self, kind: type[_Setting], project: str, version: str) -> _Setting:
        found = settings_of(self.account_id).find(kind, region=self.region_name, project=project, version=version)
        return found[0] if found else kind()


custom_labels_backends = BackendDict(CustomLabelsBackend, "rekognition")
"""The backends by account and region. They register themselves with moto, whose reset clears them."""
