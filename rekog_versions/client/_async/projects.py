"""The asyncio client's methods for projects."""

from collections.abc import Mapping, Sequence

from rekog_versions.arns import ProjectArn
from rekog_versions.client._async.driver import AsyncDriver, AsyncPager
from rekog_versions.models.projects import (
    CustomizationFeature,
    DescribeProjectsResponse,
    ProjectAutoUpdate,
    ProjectDescription,
)
from rekog_versions.operations.projects import create_project, delete_project, describe_projects, list_projects
from rekog_versions.statuses import ProjectStatus


class AsyncProjects(AsyncDriver):
    """Making, describing and deleting projects."""

    async def create_project(
        self,
        project_name: str,
        *,
        feature: CustomizationFeature | str | None = None,
        auto_update: ProjectAutoUpdate | str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> ProjectArn:
        """Makes a project.

        Args:
            project_name: 1 to 255 characters, unique in the account and region.
            feature: The service's default is CUSTOM_LABELS.
            auto_update: For CONTENT_MODERATION projects, and needed there.
            tags: At most 200.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused: `ResourceInUseError` if the name is taken.
            ResponseError: The answer has no ARN.
        """
        return await self.run_flow(
            create_project(project_name=project_name, feature=feature, auto_update=auto_update, tags=tags)
        )

    async def describe_projects(
        self,
        *,
        project_names: Sequence[str] | None = None,
        features: Sequence[CustomizationFeature | str] | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> DescribeProjectsResponse:
        """Describes projects: one call, one page.

        Args:
            project_names: At most 10; without them, all.
            features: Of which features; without it, CUSTOM_LABELS only.
            max_results: Projects a page, 1 to 100; the service's default is 100.
            next_token: Where to go on, from the page before.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service refused.
            ResponseError: The answer can't be read.
        """
        return await self.run_flow(
            describe_projects(
                project_names=project_names, features=features, max_results=max_results, next_token=next_token
            )
        )

    def iter_projects(
        self,
        *,
        project_names: Sequence[str] | None = None,
        features: Sequence[CustomizationFeature | str] | None = None,
        page_size: int | None = None,
    ) -> AsyncPager[ProjectDescription, DescribeProjectsResponse]:
        """Describes all projects, or those of any number of names.

        Args:
            project_names: Which ones; more than 10 are asked for in calls of ten.
            features: Of which features; without it, CUSTOM_LABELS only.
            page_size: Projects a call, 1 to 100; the service's default is 100.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing is sent.
        """
        return AsyncPager(self._transport.call, list_projects(project_names, features, page_size))

    async def delete_project(self, project_arn: str) -> ProjectStatus | None:
        """Deletes a project, which must have no versions and no datasets left.

        Returns:
            The project's status, DELETING.

        Raises:
            pydantic.ValidationError: That is no project's ARN; nothing was sent.
            ServiceError: The service refused: `ResourceInUseError` if something is left in the project.
        """
        return (await self.run_flow(delete_project(project_arn=project_arn))).status
