"""What the operations of the service stand on: the projects of an account and region, their lock, names and limits."""

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
from rekog_versions.testing.states import EndingT


class Store(BaseBackend):
    """Custom Labels of one account in one region, without its operations.

    The lock is held while the backend's own data is looked at, never while a training or a copy reads or writes. No
    two accounts' locks are held at a time.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._lock = RLock()
        self._projects: dict[str, Project] = {}
        self._in_training: list[ProjectVersion] = []
        """Those whose training was not known to have ended at the last look."""
        self._last_created = 0

    def reset(self) -> None:
        """Forgets everything. In place, unlike moto's, which leaves other threads an object without attributes."""
        with self._lock:
            self._projects.clear()
            self._in_training.clear()

    @property
    def _arn_head(self) -> str:
        return f"arn:{self.partition}:rekognition:{self.region_name}:{self.account_id}"

    def _next_created(self) -> int:
        """The time in milliseconds, but never twice the same: ARNs stay distinct and in order."""
        self._last_created = max(self._last_created + 1, clock.to_milliseconds(clock.now()))
        return self._last_created

    def _present_projects(self) -> dict[str, Project]:
        """The projects, in the order of their creation, without what has been deleted: projects and versions."""
        for name in [name for name, project in self._projects.items() if project.is_gone]:
            del self._projects[name]
        for project in self._projects.values():
            project.drop_deleted()
        return self._projects

    def _project(self, arn: str) -> Project:
        for project in self._present_projects().values():
            if project.arn == arn:
                return project
        raise ResourceNotFoundException(f"The project {arn} does not exist")

    def _custom_labels_project(self, arn: str) -> Project:
        """A project that is no adapter's, for the operations that only Custom Labels have."""
        project = self._project(arn)
        if project.feature != "CUSTOM_LABELS":
            raise InvalidParameterException(f"The project {arn} is not a Custom Labels project")
        return project

    def _version(self, arn: str) -> ProjectVersion:
        for project in self._present_projects().values():
            for version in project.versions.values():
                if version.arn == arn:
                    return version
        raise ResourceNotFoundException(f"The project version {arn} does not exist")

    def _versions(self) -> list[ProjectVersion]:
        """Every version there is."""
        return [version for project in self._present_projects().values() for version in project.versions.values()]

    def _check_room(self, project: Project, name: str) -> None:
        """Whether a project can take another version of that name."""
        if project.deletion:
            raise ResourceInUseException(f"The project {project.arn} is being deleted")
        if name in project.versions:
            raise ResourceInUseException(f"A project version with the name {name} already exists")
        limit = self._limits().versions
        if limit is not None and len(project.versions) >= limit:
            raise LimitExceededException(f"Cannot create more than {limit} ProjectVersions")

    def _check_tags(self, tags: Mapping[str, str]) -> None:
        """Whether a resource can have all these tags."""
        limit = self._limits().tags
        if limit is not None and len(tags) > limit:
            raise ServiceQuotaExceededException(f"Cannot have more than {limit} tags a resource")

    def _limits(self) -> Limits:
        return settings_of(self.account_id).limits(self.region_name)

    def _ending(self, kind: type[EndingT], project: str, version: str | None = None) -> EndingT:
        """What is set for a version of a project, or for the project: the most specific setting, or the default."""
        found = settings_of(self.account_id).find(kind, region=self.region_name, project=project, version=version)
        return found[0] if found else kind.default()
