"""Requests and responses of the operations on projects."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from rekog_versions._text import printable
from rekog_versions.arns import ProjectArn
from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Request, Response, Timestamp
from rekog_versions.models.datasets import DatasetMetadata
from rekog_versions.statuses import OpenStrEnum, ProjectStatus


class CustomizationFeature(OpenStrEnum):
    """The kind of versions in a project: models for custom labels, or adapters for content moderation."""

    CONTENT_MODERATION = "CONTENT_MODERATION"
    CUSTOM_LABELS = "CUSTOM_LABELS"


class ProjectAutoUpdate(OpenStrEnum):
    """ENABLED lets the service retrain an adapter when its base model changes."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class CreateProjectRequest(Request):
    """The request of CreateProject. `auto_update` is required for content moderation and must be omitted otherwise."""

    project_name: c.ProjectName
    """1 to 255 characters, unique in the account and region."""
    feature: Annotated[CustomizationFeature, c.Known] | None = None
    """CUSTOM_LABELS by default."""
    auto_update: Annotated[ProjectAutoUpdate, c.Known] | None = None
    tags: c.TagMap | None = None

    @model_validator(mode="after")
    def _check_auto_update(self) -> Self:
        is_adapter = self.feature == CustomizationFeature.CONTENT_MODERATION
        if is_adapter and self.auto_update is None:
            raise PydanticCustomError(
                "auto_update", "auto_update must be 'ENABLED' or 'DISABLED' for a CONTENT_MODERATION project"
            )
        if not is_adapter and self.auto_update is not None:
            raise PydanticCustomError(
                "auto_update",
                "auto_update must be omitted for a CUSTOM_LABELS project; it is for CONTENT_MODERATION projects only",
            )
        return self


class CreateProjectResponse(Response):
    """The response of CreateProject."""

    project_arn: ProjectArn | None = None


class DescribeProjectsRequest(Request):
    """The request of DescribeProjects."""

    next_token: c.PaginationToken | None = None
    max_results: c.PageSize | None = None
    """1 to 100; 100 by default."""
    project_names: Annotated[list[c.ProjectName], Field(min_length=1, max_length=c.NAMES_PER_CALL)] | None = None
    """1 to 10 names."""
    features: Annotated[list[Annotated[CustomizationFeature, c.Known]], Field(min_length=1, max_length=2)] | None = None
    """By default, the service describes CUSTOM_LABELS projects."""


class ProjectDescription(Response):
    """The description of a project."""

    project_arn: ProjectArn | None = None
    creation_timestamp: Timestamp | None = None
    status: ProjectStatus | None = None
    datasets: list[DatasetMetadata] | None = None
    feature: CustomizationFeature | None = None
    auto_update: ProjectAutoUpdate | None = None

    def __str__(self) -> str:
        """Return one line; `repr()` has all details."""
        datasets = ", ".join(str(dataset.dataset_type) for dataset in self.datasets or ())
        with_datasets = f", datasets: {datasets}" if datasets else ""
        name = self.project_name or self.project_arn or "a project"
        return printable(f"{name}: {self.status or 'no status'}{with_datasets}", 700)

    @property
    def project_name(self) -> str | None:
        """The name in the project's ARN."""
        return self.project_arn.project_name if self.project_arn is not None else None


class DescribeProjectsResponse(Response):
    """The response of DescribeProjects: one page."""

    project_descriptions: list[ProjectDescription] | None = None
    next_token: str | None = None
    """The token of the next page. None or empty on the last page."""


class DeleteProjectRequest(Request):
    """The request of DeleteProject."""

    project_arn: c.ProjectArn


class DeleteProjectResponse(Response):
    """The response of DeleteProject."""

    status: ProjectStatus | None = None
