"""Looking up one version."""

from __future__ import annotations

from typing import TypeVar

from rekog_versions import models
from rekog_versions._aws.operations import DESCRIBE_PROJECT_VERSIONS, DESCRIBE_PROJECTS
from rekog_versions.arns import ProjectArn, ProjectVersionArn
from rekog_versions.client.async_base import AsyncClientBase
from rekog_versions.client.pager import Listing, PageWalk
from rekog_versions.errors import ProjectNotFoundError, ResourceNotFoundError, VersionNotFoundError
from rekog_versions.models._base import Request
from rekog_versions.models._constraints import is_project_name
from rekog_versions.models.references import SoughtVersion, VersionRef, VersionReference

RequestT = TypeVar("RequestT", bound=Request)


async def find_version(client: AsyncClientBase, sought: SoughtVersion) -> models.ProjectVersionDescription | None:
    """Return the version's description; None if the version or its project does not exist.

    The project's ARN is looked up once and kept in `sought`.

    Raises:
        ValueError: The version is in another region than the client's.
    """
    client.check_region({"ProjectVersionArn": sought.reference.version_arn})
    try:
        if sought.reference.project_arn is None:
            project_arn = await find_project(client, sought.reference.project_name)
            if project_arn is None:
                return None
            sought.set_project(project_arn)
        listing = Listing(DESCRIBE_PROJECT_VERSIONS, [sought.request], lambda page: page.project_version_descriptions)
        walk = PageWalk(listing.operation, listing.requests)
        while walk.wire is not None:
            reply = await client.call(listing.operation, walk.wire)
            sought.served_at = reply.served_at
            version = sought.pick(listing.items(reply))
            if version is not None:
                return version
            walk.take(reply)
    except ResourceNotFoundError:
        pass
    return None


async def find_project(client: AsyncClientBase, project_name: str) -> ProjectArn | None:
    """Return the ARN of the project with this name, of any feature; None if there is none."""
    request = models.DescribeProjectsRequest(project_names=[project_name], features=list(models.CustomizationFeature))
    listing = Listing(DESCRIBE_PROJECTS, [request], lambda page: page.project_descriptions)
    walk = PageWalk(listing.operation, listing.requests)
    while walk.wire is not None:
        reply = await client.call(listing.operation, walk.wire)
        for project in listing.items(reply):
            if project.project_name == project_name:
                return project.project_arn
        walk.take(reply)
    return None


async def project_arn(client: AsyncClientBase, project_name: str) -> ProjectArn:
    """Return the ARN of the project with this name, which is looked up once.

    Raises:
        ProjectNotFoundError: There is no such project.
    """
    known = client.project_arns.get(project_name)
    if known is None:
        known = await find_project(client, project_name)
        if known is None:
            raise ProjectNotFoundError(project_name)
        client.project_arns[project_name] = known
    return known


async def with_arns(client: AsyncClientBase, request: RequestT) -> RequestT:
    """Return a request with the ARNs of the projects that it names.

    Raises:
        ProjectNotFoundError: A project does not exist.
        pydantic.ValidationError: A value breaks a rule that depends on the project's region.
    """
    named = {
        field: name
        for field, name in vars(request).items()
        if field.endswith("project_arn") and isinstance(name, str) and is_project_name(name)
    }
    if not named:
        return request
    arns = {field: await project_arn(client, name) for field, name in named.items()}
    return type(request).model_validate({**dict(request), **arns})


async def version_arn(client: AsyncClientBase, sought: SoughtVersion) -> ProjectVersionArn:
    """Return the version's ARN, which is looked up if the version is named by project and name.

    Raises:
        VersionNotFoundError: The version does not exist.
    """
    if sought.reference.version_arn is None:
        found = await find_version(client, sought)
        if found is None or not found.project_version_arn:
            raise VersionNotFoundError(sought.why_missing(), version=str(sought.reference))
        sought.pin(found.project_version_arn)
        return found.project_version_arn
    return sought.reference.version_arn


async def describe_version(client: AsyncClientBase, version: VersionRef) -> models.ProjectVersionDescription:
    """Return the description of one version.

    Raises:
        VersionNotFoundError: The version does not exist.
    """
    sought = SoughtVersion(VersionReference.parse(version))
    found = await find_version(client, sought)
    if found is None:
        reference = sought.reference
        raise VersionNotFoundError(sought.why_missing(), version=str(reference), version_arn=reference.version_arn)
    return found
