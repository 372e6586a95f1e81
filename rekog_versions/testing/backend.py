"""The emulated service itself: the rules that hold between projects, versions and trainings."""

from collections.abc import Mapping, Sequence
from threading import RLock
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend

from rekog_versions.testing import clock, detection, pages, validation
from rekog_versions.testing.entities import Project, ProjectVersion
from rekog_versions.testing.exceptions import (
    InvalidParameterException,
    LimitExceededException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from rekog_versions.testing.settings import Limits, Quality, settings_of
from rekog_versions.testing.states import TRAINING, Transition, default_transition
from rekog_versions.testing.storage import Storage
from rekog_versions.testing.training import TrainingJob


class CustomLabelsBackend(BaseBackend):
    """Custom Labels of one account in one region.

    Requests come as the response class has checked them: `dict`s in the service's own spelling. The lock is held while
    the backend's own data is looked at, never while a training reads or writes.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._lock = RLock()
        self._projects: dict[str, Project] = {}
        self._last_created = 0

    def reset(self) -> None:
        """Forgets everything. In place, unlike moto's, which leaves other threads an object without attributes."""
        with self._lock:
            self._projects.clear()

    def create_project(self, request: Mapping[str, Any]) -> str:
        """Makes a project and answers its ARN."""
        name, feature = request["ProjectName"], request.get("Feature", "CUSTOM_LABELS")
        validation.check_new_project(feature, request.get("AutoUpdate"))
        with self._lock:
            projects = self._present_projects()
            if name in projects:
                raise ResourceInUseException(f"A project with the name {name} already exists")
            limit = self._limits().projects
            if limit is not None and len(projects) >= limit:
                raise LimitExceededException(f"Cannot create more than {limit} Projects")
            created = self._next_created()
            arn = f"{self._arn_head}:project/{name}/{created}"
            self._projects[name] = Project(
                arn, name, created, feature, request.get("AutoUpdate"), dict(request.get("Tags", {}))
            )
        return arn

    def describe_projects(self, request: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str | None]:
        """Describes projects, latest first, and answers the token for the next page."""
        names: Sequence[str] | None = request.get("ProjectNames")
        features: Sequence[str] = request.get("Features", ["CUSTOM_LABELS"])
        with self._lock:
            cut, token = pages.page(
                [
                    project
                    for project in reversed(self._present_projects().values())
                    if project.feature in features and (names is None or project.name in names)
                ],
                size=request.get("MaxResults"),
                token=request.get("NextToken"),
                identity=["DescribeProjects", self._arn_head, names and sorted(names), sorted(features)],
            )
            for project in cut:
                if project.deletion:
                    project.deletion.advance()
            return [project.describe() for project in cut if not project.is_gone], token

    def delete_project(self, request: Mapping[str, Any]) -> str:
        """Begins the deletion of a project and answers its status."""
        with self._lock:
            project = self._project(request["ProjectArn"])
            if project.versions:
                raise ResourceInUseException(
                    f"The project {project.arn} still has {len(project.versions)} project version(s)"
                )
            if project.deletion is None:
                project.delete()
        return "DELETING"

    def create_project_version(self, request: Mapping[str, Any]) -> str:
        """Makes a version, begins its training and answers its ARN."""
        validation.check_new_version(request)
        name = request["VersionName"]
        with self._lock:
            project = self._project(request["ProjectArn"])
            self._check_new_version(project, request)
            created = self._next_created()
            job = TrainingJob(
                self.account_id,
                self.region_name,
                f"{self._arn_head}:project/{project.name}/version/{name}/{created}",
                project.name,
                name,
                project.feature,
                request,
            )
            project.versions[name] = ProjectVersion(
                job, created, lambda: self._transition(job), lambda: self._quality(job)
            )
        return job.version_arn

    def describe_project_versions(self, request: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str | None]:
        """Describes versions of a project, latest first, and answers the token for the next page."""
        names: Sequence[str] | None = request.get("VersionNames")
        with self._lock:
            project = self._project(request["ProjectArn"])
            cut, token = pages.page(
                [version for version in reversed(project.versions.values()) if names is None or version.name in names],
                size=request.get("MaxResults"),
                token=request.get("NextToken"),
                identity=["DescribeProjectVersions", project.arn, names and sorted(names)],
            )
            for version in cut:
                version.training.advance()
                _ = version.training.status  # the look makes it end
        # outside of the lock: it may run trainings
        return [version.describe() for version in cut], token

    def detect_custom_labels(self, request: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Answers what a running version sees in a picture."""
        detection.check_image_source(request)
        with self._lock:
            version = self._version(request["ProjectVersionArn"])
            detection.check_version(version)
        # outside of the lock: it reads files
        return detection.detect(version, Storage(self.account_id, self.region_name), request)

    def _check_new_version(self, project: Project, request: Mapping[str, Any]) -> None:
        """What must hold for a new version, seen together with what is there already."""
        name, limits = request["VersionName"], self._limits()
        if project.deletion:
            raise ResourceInUseException(f"The project {project.arn} is being deleted")
        if "FeatureConfig" in request and project.feature != "CONTENT_MODERATION":
            raise InvalidParameterException(
                f"FeatureConfig does not match the feature {project.feature} of the project"
            )
        if "TrainingData" not in request:
            raise InvalidParameterException(
                "TrainingData and TestingData must be specified: the project has no datasets"
            )
        if name in project.versions:
            raise ResourceInUseException(f"A project version with the name {name} already exists")
        if limits.versions is not None and len(project.versions) >= limits.versions:
            raise LimitExceededException(f"Cannot create more than {limits.versions} ProjectVersions")
        # to ask `has_ended` is to let those end whose time has come; nothing is read or written for that
        in_progress = sum(
            not version.training.has_ended for other in self._projects.values() for version in other.versions.values()
        )
        if limits.trainings is not None and in_progress >= limits.trainings:
            raise LimitExceededException(f"Cannot create more than {limits.trainings} ProjectVersions concurrently")

    @property
    def _arn_head(self) -> str:
        return f"arn:{self.partition}:rekognition:{self.region_name}:{self.account_id}"

    def _next_created(self) -> int:
        """The time in milliseconds, but never twice the same: ARNs stay distinct and in order."""
        self._last_created = max(self._last_created + 1, clock.to_milliseconds(clock.now()))
        return self._last_created

    def _present_projects(self) -> dict[str, Project]:
        """The projects, in the order of their creation, without those whose deletion has ended."""
        for name in [name for name, project in self._projects.items() if project.is_gone]:
            del self._projects[name]
        return self._projects

    def _project(self, arn: str) -> Project:
        for project in self._present_projects().values():
            if project.arn == arn:
                return project
        raise ResourceNotFoundException(f"The project {arn} does not exist")

    def _version(self, arn: str) -> ProjectVersion:
        for project in self._present_projects().values():
            for version in project.versions.values():
                if version.arn == arn:
                    return version
        raise ResourceNotFoundException(f"The project version {arn} does not exist")

    def _limits(self) -> Limits:
        return settings_of(self.account_id).limits(self.region_name)

    def _transition(self, job: TrainingJob) -> Transition:
        found = settings_of(self.account_id).find(
            Transition, region=self.region_name, project=job.project_name, version=job.version_name
        )
        if found:
            return found[0]
        return default_transition(TRAINING)

    def _quality(self, job: TrainingJob) -> Quality:
        found = settings_of(self.account_id).find(
            Quality, region=self.region_name, project=job.project_name, version=job.version_name
        )
        return found[0] if found else Quality()


custom_labels_backends = BackendDict(CustomLabelsBackend, "rekognition")
"""The backends by account and region. It registers itself with moto, whose reset clears it."""
