"""How a version is named by the caller, and which description in a response is that version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from typing import TypeAlias

from rekog_versions import models
from rekog_versions._text import printable
from rekog_versions.arns import ProjectArn, ProjectVersionArn
from rekog_versions.models._constraints import PROJECT_NAMES, is_project_name

VersionRef: TypeAlias = "str | tuple[str, str] | models.ProjectVersionDescription"
"""A version: its ARN, `(project_arn, version_name)` or `(project_name, version_name)`, or a description of it."""


@dataclass(frozen=True)
class VersionReference:
    """A parsed `VersionRef`.

    Attributes:
        version_name: The version's name.
        project_name: The name of its project.
        project_arn: The project's ARN. An ARN of a version does not contain it, so it is None until it is looked up.
        version_arn: The version's ARN, if it is known. Another version of the same name is then not the one meant.
    """

    version_name: str
    project_name: str
    project_arn: str | None = None
    version_arn: ProjectVersionArn | None = None

    @classmethod
    def parse(cls, version: VersionRef) -> VersionReference:
        """Parse a `VersionRef`.

        Raises:
            ValueError: The text is not the ARN of a version, or the description has no ARN. (`pydantic.ValidationError`
                if a part of a `(project_arn, version_name)` pair breaks a rule of the service.)
            TypeError: `version` has another type.
        """
        match version:
            case models.ProjectVersionDescription(project_version_arn=None):
                raise ValueError(
                    "this description has no project_version_arn; pass (project_arn, version_name) instead"
                )
            case models.ProjectVersionDescription(project_version_arn=str() as text) | str(text):
                return _reference_by_arn(text)
            case (str() as project_arn, str() as version_name):
                models.DescribeProjectVersionsRequest.model_validate(
                    {"project_arn": project_arn, "version_names": [version_name]}, context=PROJECT_NAMES
                )
                if is_project_name(project_arn):
                    return cls(version_name, project_arn)
                return cls(version_name, str(ProjectArn(project_arn).project_name), project_arn)
            case _:
                raise TypeError(
                    "version must be an ARN, (project_arn, version_name) or a ProjectVersionDescription, "
                    f"got {type(version).__name__}"
                )

    def __str__(self) -> str:
        return self.version_arn or f"version {self.version_name!r} of project {self.project_arn or self.project_name}"

    @property
    def as_python(self) -> str:
        """The reference as a Python expression that names the version in any process."""
        return (
            repr(str(self.version_arn))
            if self.version_arn
            else repr((self.project_arn or self.project_name, self.version_name))
        )


@lru_cache(maxsize=256)  # a run of detections names one version for each image
def _reference_by_arn(text: str) -> VersionReference:
    try:
        arn = ProjectVersionArn.parse(text)
    except ValueError as error:
        raise ValueError(f"{error}. Pass that, or (project_arn, version_name)") from None
    return VersionReference(str(arn.version_name), str(arn.project_name), None, arn)


@dataclass
class SoughtVersion:
    """A version that is looked up, with what the lookups so far have found.

    Attributes:
        reference: How the version is named; lookups complete it.
        other_arn: The ARN of a version that has the name but is not the one meant.
        served_at: The service's clock at the last response.
    """

    reference: VersionReference
    other_arn: ProjectVersionArn | None = None
    served_at: datetime | None = None

    @cached_property
    def request(self) -> models.DescribeProjectVersionsRequest:
        """The request for the description of the version. The project's ARN must be known."""
        return models.DescribeProjectVersionsRequest(
            project_arn=str(self.reference.project_arn), version_names=[self.reference.version_name]
        )

    def set_project(self, project_arn: ProjectArn) -> None:
        """Record the ARN of the version's project."""
        self.reference = replace(self.reference, project_arn=project_arn)

    def pin(self, arn: ProjectVersionArn) -> None:
        """Accept only the version with this ARN from now on. A malformed ARN is ignored."""
        if arn.is_valid:
            self.reference = replace(self.reference, version_arn=arn)

    def pick(self, descriptions: Sequence[models.ProjectVersionDescription]) -> models.ProjectVersionDescription | None:
        """Return the description of the version, or None if it is not among `descriptions`."""
        for description in descriptions:
            arn = description.project_version_arn
            if description.version_name not in (self.reference.version_name, None):
                continue
            if self.reference.version_arn is None or arn == self.reference.version_arn:
                return description
            self.other_arn = arn
        return None

    def why_missing(self) -> str:
        """Explain why the last lookup found nothing."""
        if self.other_arn is not None:
            return f"there is no {self.reference}; the version with that name is now {printable(self.other_arn)}"
        if self.reference.project_arn is None:
            reason = f"no project {self.reference.project_name!r} was found"
        else:
            reason = "the project has no such version, or was deleted"
        return f"there is no {self.reference}: {reason}. Check the client's account and region"
