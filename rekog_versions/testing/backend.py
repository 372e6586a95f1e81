"""The emulated service itself: the rules that hold between projects, versions and trainings.

The operations of other subjects are in `operations`, a module each.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from moto.core.base_backend import BackendDict

from rekog_versions.testing import detection, pages, validation
from rekog_versions.testing.entities import Project, ProjectVersion
from rekog_versions.testing.exceptions import (
    InvalidParameterException,
    LimitExceededException,
    ResourceInUseException,
)
from rekog_versions.testing.operations.copying import CopyOperations
from rekog_versions.testing.operations.datasets import DatasetOperations
from rekog_versions.testing.operations.lifecycle import LifecycleOperations
from rekog_versions.testing.operations.project_policies import PolicyOperations
from rekog_versions.testing.operations.tagging import TagOperations
from rekog_versions.testing.settings import Images, Quality, settings_of
from rekog_versions.testing.states import Transition
from rekog_versions.testing.storage import Storage
from rekog_versions.testing.training import TrainingJob

_Setting = TypeVar("_Setting")


class CustomLabelsBackend(LifecycleOperations, CopyOperations, DatasetOperations, PolicyOperations, TagOperations):
    """Custom Labels of one account in one region.

    Requests come as the response class has checked them: `dict`s in the service's own spelling.
    """

    def in_account(self, account_id: str) -> "CustomLabelsBackend":
        """The backend of an account in the same region."""
        return custom_labels_backends[account_id][self.region_name]

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
                for dataset in project.present_datasets().values():
                    dataset.count_describe()
        with self.at_rest(lambda: [dataset for project in cut for dataset in project.present_datasets().values()]):
            return [project.describe() for project in cut if not project.is_gone], token

    def delete_project(self, request: Mapping[str, Any]) -> str:
        """Begins the deletion of a project and answers its status."""
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
        return "DELETING"

    def create_project_version(self, request: Mapping[str, Any]) -> str:
        """Makes a version, begins its training and answers its ARN."""
        validation.check_new_version(request)
        name = request["VersionName"]
        with self.at_rest(lambda: [*self._project(request["ProjectArn"]).present_datasets().values()]):
            project = self._project(request["ProjectArn"])
            self._check_new_version(project, request)
            datasets = self.training_lines(project, request)
            created = self._next_created()
            job = TrainingJob(
                self.account_id,
                self.region_name,
                f"{self._arn_head}:project/{project.name}/version/{name}/{created}",
                project.name,
                name,
                project.feature,
                request,
                datasets,
            )
            project.versions[name] = ProjectVersion(
                job,
                created,
                lambda: self._transition(job),
                lambda: self._setting(Quality, job),
                lambda: self._setting(Images, job),
            )
            self._in_training.append(project.versions[name])
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
            seen = [(version, version.advance()) for version in cut]
            present = [(version, over) for version, over in seen if not version.is_gone]
        # outside of the lock: it may run trainings and copies
        return [{**version.describe(), **over} for version, over in present], token

    def detect_custom_labels(self, request: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Answers what a running version sees in a picture."""
        detection.check_image_source(request)
        made = self._outcome(request)
        with self._lock:
            version = self._version(request["ProjectVersionArn"])
            status = version.status(made)
        # outside of the lock: it reads files
        model = detection.running_model(version, status)
        return detection.detect(model, Storage(self.account_id, self.region_name), request)

    def _check_new_version(self, project: Project, request: Mapping[str, Any]) -> None:
        """What must hold for a new version, seen together with what is there already."""
        limits = self._limits()
        if "FeatureConfig" in request and project.feature != "CONTENT_MODERATION":
            raise InvalidParameterException(
                f"FeatureConfig does not match the feature {project.feature} of the project"
            )
        self._check_room(project, request["VersionName"])
        self._check_tags(request.get("Tags", {}))
        # to ask `has_ended` is to let those end whose time has come; nothing is read or written for that
        self._in_training = [version for version in self._in_training if not version.training.has_ended]
        if limits.trainings is not None and len(self._in_training) >= limits.trainings:
            raise LimitExceededException(f"Cannot create more than {limits.trainings} ProjectVersions concurrently")

    def _transition(self, job: TrainingJob) -> Transition:
        return self._ending(Transition, job.project_name, job.version_name)

    def _setting(self, kind: type[_Setting], job: TrainingJob) -> _Setting:
        found = settings_of(self.account_id).find(
            kind, region=self.region_name, project=job.project_name, version=job.version_name
        )
        return found[0] if found else kind()


custom_labels_backends = BackendDict(CustomLabelsBackend, "rekognition")
"""The backends by account and region. It registers itself with moto, whose reset clears it."""
