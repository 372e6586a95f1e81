"""The asyncio client's methods for projects."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from rekog_versions import models
from rekog_versions._aws.operations import CREATE_PROJECT, DELETE_PROJECT, DESCRIBE_PROJECTS
from rekog_versions.arns import ProjectArn
from rekog_versions.client._async.lookup import find_project, project_arn, with_arns
from rekog_versions.client.arguments import checked_list, request_from
from rekog_versions.client.async_base import AsyncClientBase
from rekog_versions.client.pager import AsyncPager, Listing, chunks
from rekog_versions.errors import ProjectNotFoundError, ResourceInUseError, ResponseError
from rekog_versions.statuses import ProjectStatus

logger = logging.getLogger("rekog_versions")


class AsyncProjects(AsyncClientBase):
    """Creating, describing and deleting projects."""

    async def create_project(
        self,
        project_name: str,
        *,
        feature: models.CustomizationFeature | str | None = None,
        auto_update: models.ProjectAutoUpdate | str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> ProjectArn:
        """Create a project.

        Args:
            project_name: 1 to 255 characters, unique in the account and region.
            feature: The service's default is CUSTOM_LABELS.
            auto_update: Required for CONTENT_MODERATION projects, and only allowed there.
            tags: At most 200.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request: `ResourceInUseError` if the name is taken.
            ResponseError: The response has no ARN.
        """
        request = request_from(
            models.CreateProjectRequest, project_name=project_name, feature=feature, auto_update=auto_update, tags=tags
        )
        reply = await self.call(CREATE_PROJECT, request.to_wire())
        if not reply.response.project_arn:
            raise ResponseError(
                CREATE_PROJECT.name, reply.response.to_dict(), "it has no ProjectArn", request_id=reply.request_id
            )
        return reply.response.project_arn

    async def project(self, project_name: str, *, create: bool = False) -> ProjectArn:
        """Return the ARN of the project with a name, which is looked up once for each client.

        The other methods of the client accept the name of a project wherever they take its ARN.

        Args:
            project_name: The name.
            create: True to create the project if it does not exist.

        Raises:
            ProjectNotFoundError: The project does not exist, and `create` is False.
            pydantic.ValidationError: `project_name` is not a valid name; nothing was sent.
            ServiceError: The service rejected the request.
        """
        request_from(models.DescribeProjectsRequest, project_names=[project_name])
        try:
            return await project_arn(self, project_name)
        except ProjectNotFoundError:
            if not create:
                raise
        try:
            self.project_arns[project_name] = await self.create_project(project_name)
        except ResourceInUseError as error:  # another writer, or an attempt whose response was lost
            found = await find_project(self, project_name)
            if found is None:
                raise
            logger.info("the project %s was created meanwhile (%s)", found, error.code)
            self.project_arns[project_name] = found
        return self.project_arns[project_name]

    async def describe_projects(
        self,
        *,
        project_names: Sequence[str] | None = None,
        features: Sequence[models.CustomizationFeature | str] | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
    ) -> models.DescribeProjectsResponse:
        """Describe projects: one call and one page.

        Args:
            project_names: At most 10 names; by default, all projects.
            features: The features; by default, CUSTOM_LABELS only.
            max_results: Projects per page, 1 to 100; the service's default is 100.
            next_token: The token from the page before.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing was sent.
            ServiceError: The service rejected the request.
            ResponseError: The response cannot be parsed.
        """
        request = request_from(
            models.DescribeProjectsRequest,
            project_names=project_names,
            features=features,
            max_results=max_results,
            next_token=next_token,
        )
        return (await self.call(DESCRIBE_PROJECTS, request.to_wire())).response

    def iter_projects(
        self,
        *,
        project_names: Sequence[str] | None = None,
        features: Sequence[models.CustomizationFeature | str] | None = None,
        page_size: int | None = None,
    ) -> AsyncPager[models.ProjectDescription, models.DescribeProjectsResponse]:
        """Describe all projects, or the projects with the given names.

        Args:
            project_names: The names. More than 10 are requested in calls of ten.
            features: The features; by default, CUSTOM_LABELS only.
            page_size: Projects per call, 1 to 100; the service's default is 100.

        Raises:
            pydantic.ValidationError: A value breaks a rule; nothing is sent.
        """
        requests = [
            request_from(
                models.DescribeProjectsRequest,
                project_names=names,
                features=checked_list(features, "features"),
                max_results=page_size,
            )
            for names in chunks(checked_list(project_names, "project_names"))
        ]
        return AsyncPager(self.call, Listing(DESCRIBE_PROJECTS, requests, lambda page: page.project_descriptions))

    async def delete_project(self, project_arn: str) -> ProjectStatus | None:
        """Delete a project. It must have no versions and no datasets.

        Args:
            project_arn: The project's ARN or name.

        Returns:
            The project's status, DELETING.

        Raises:
            pydantic.ValidationError: `project_arn` is not the ARN of a project; nothing was sent.
            ServiceError: The service rejected the request: `ResourceInUseError` if the project is not empty.
        """
        request = await with_arns(self, request_from(models.DeleteProjectRequest, project_arn=project_arn))
        status = (await self.call(DELETE_PROJECT, request.to_wire())).response.status
        self.forget_projects()
        return status
