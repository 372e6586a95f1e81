"""The base of all operations: the projects of an account and region, their lock, names and quotas."""

from collections.abc import Mapping
from threading import RLock

from moto.core.base_backend import BaseBackend

from rekog_versions.testing import clock
from rekog_versions.testing.entities import Project, ProjectVersion
from rekog_versions.testing.exceptions import (
    InvalidParameterException,
    LimitExceededException,
    ResourceInUseException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
)
from rekog_versions.testing.settings import Limits, settings_of
from rekog_versions.testing.transitions import TransitionT


class OperationsBase(BaseBackend):
    """The projects of one account in one region, without the operations.

    The lock is held while the backend's own data is used. It is not held while a training or a copy reads or writes
    files. No thread holds the locks of two accounts at the same time.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._lock = RLock()
        self._projects: dict[str, Project] = {}
        self._in_training: list[ProjectVersion] = []
        """The versions whose training had not ended when this was last updated."""
        self._last_created = 0

    def reset(self) -> None:
        """Remove everything. Unlike moto's reset, this keeps the object usable for other threads."""
        with self._lock:
            self._projects.clear()
            self._in_training.clear()

    @property
    def _arn_prefix(self) -> str:
        return f"arn:{self.partition}:rekognition:{self.region_name}:{self.account_id}"

    def _next_created(self) -> int:
        """Return the time in milliseconds, or a later one so that numbers are distinct and in order."""
        self._last_created = max(self._last_created + 1, clock.to_milliseconds(clock.now()))
        return self._last_created

    def _present_projects(self) -> dict[str, Project]:
        """Return the projects in the order of their creation, without deleted projects and versions."""
        for name in [name for name, project in self._projects.items() if project.is_gone]:
            del self._projects[name]
        for project in self._projects.values():
            project.drop_deleted()
        return self._projects

    def _project(self, arn: str) -> Project:
        project = self._projects.get(arn.split("/")[1])  # ...:project/NAME/...
        if project is None or project.arn != arn or project.is_gone:
            raise ResourceNotFoundException(f"The project {arn} does not exist")
        project.drop_deleted()
        return project

    def _custom_labels_project(self, arn: str) -> Project:
        """Return a project for an operation that is not available for adapters."""
        project = self._project(arn)
        if project.feature != "CUSTOM_LABELS":
            raise InvalidParameterException(f"The project {arn} is not a Custom Labels project")
        return project

    def _version(self, arn: str) -> ProjectVersion:
        _, project_name, _, name, _ = arn.split("/")  # ...:project/NAME/version/NAME/...
        project = self._projects.get(project_name)
        version = project.versions.get(name) if project else None
        if version is None or version.arn != arn or version.is_gone:
            raise ResourceNotFoundException(f"The project version {arn} does not exist")
        return version

    def _versions(self) -> list[ProjectVersion]:
        """Return the versions of all projects."""
        return [version for project in self._present_projects().values() for version in project.versions.values()]

    def _check_new_name(self, project: Project, name: str) -> None:
        """Check that a project can have another version with this name."""
        if project.deletion:
            raise ResourceInUseException(f"The project {project.arn} is being deleted")
        if name in project.versions:
            raise ResourceInUseException(f"A project version with the name {name} already exists")
        limit = self._limits().versions
        if limit is not None and len(project.versions) >= limit:
            raise LimitExceededException(f"Cannot create more than {limit} ProjectVersions")

    def _check_tags(self, tags: Mapping[str, str]) -> None:
        """Check that a resource can have all these tags."""
        limit = self._limits().tags
        if limit is not None and len(tags) > limit:
            raise ServiceQuotaExceededException(f"Cannot have more than {limit} tags a resource")

    def _limits(self) -> Limits:
        return settings_of(self.account_id).limits(self.region_name)

    def _transition(self, kind: type[TransitionT], project: str, version: str | None = None) -> TransitionT:
        """Return the transition for a version or a project: the most specific setting, or the default."""
        found = settings_of(self.account_id).find(kind, region=self.region_name, project=project, version=version)
        return found[0] if found else kind.default()
