"""CreateProject, DescribeProjects and DeleteProject: what they take and what they answer."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from rekog_versions.arns import ProjectArn
from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Answer, Request, Timestamp
from rekog_versions.models.datasets import DatasetMetadata
from rekog_versions.statuses import OpenStrEnum, ProjectStatus


class CustomizationFeature(OpenStrEnum):
    """What a project's versions are: models of one's own labels, or adapters for content moderation."""

    CONTENT_MODERATION = "CONTENT_MODERATION"
    CUSTOM_LABELS = "CUSTOM_LABELS"


class ProjectAutoUpdate(OpenStrEnum):
    """Whether the service retrains an adapter when its base model gets a new version."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class CreateProjectRequest(Request):
    """What CreateProject takes. `auto_update` goes with adapters for content moderation, and only with them."""

    project_name: c.ProjectName
    """1 to 255 characters, unique in the account and region."""
    feature: Annotated[CustomizationFeature, c.Known] | None = None
    """The service's default is CUSTOM_LABELS."""
    auto_update: Annotated[ProjectAutoUpdate, c.Known] | None = None
    tags: c.TagMap | None = None

    @model_validator(mode="after")
    def _auto_update_is_for_adapters(self) -> Self:
        is_adapter = self.feature == CustomizationFeature.CONTENT_MODERATION
        if is_adapter and self.auto_update is None:
            raise PydanticCustomError(
                "auto_update", "a CONTENT_MODERATION project needs auto_update: 'ENABLED' or 'DISABLED'"
            )
        if not is_adapter and self.auto_update is not None:
            raise PydanticCustomError(
                "auto_update", "auto_update is for CONTENT_MODERATION projects only; this is one of CUSTOM_LABELS"
            )
        return self


class CreateProjectResponse(Answer):
    """What CreateProject answers."""

    project_arn: ProjectArn | None = None


class DescribeProjectsRequest(Request):
    """What DescribeProjects takes."""

    next_token: c.PaginationToken | None = None
    max_results: c.PageSize | None = None
    """1 to 100; the service's default is 100."""
    project_names: Annotated[list[c.ProjectName], Field(min_length=1, max_length=c.NAMES_PER_CALL)] | None = None
    """1 to 10 names."""
    features: Annotated[list[Annotated[CustomizationFeature, c.Known]], Field(min_length=1, max_length=2)] | None = None
    """Without it the service describes CUSTOM_LABELS projects."""


class ProjectDescription(Answer):
    """All that the service says of a project."""

    project_arn: ProjectArn | None = None
    creation_timestamp: Timestamp | None = None
    status: ProjectStatus | None = None
    datasets: list[DatasetMetadata] | None = None
    feature: CustomizationFeature | None = None
    auto_update: ProjectAutoUpdate | None = None

    @property
    def project_name(self) -> str | None:
        """The project's name, from its ARN."""
        return self.project_arn.project_name if self.project_arn is not None else None


class DescribeProjectsResponse(Answer):
    """What DescribeProjects answers: one page."""

    project_descriptions: list[ProjectDescription] | None = None
    next_token: str | None = None
    """There is more, unless it is None or empty."""


class DeleteProjectRequest(Request):
    """What DeleteProject takes."""

    project_arn: c.ProjectArn


class DeleteProjectResponse(Answer):
    """What DeleteProject answers."""

    status: ProjectStatus | None = None
