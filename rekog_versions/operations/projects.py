"""CreateProject, DescribeProjects and DeleteProject without I/O."""

from collections.abc import Sequence

from rekog_versions.arns import ProjectArn
from rekog_versions.errors import ResponseError
from rekog_versions.models.projects import (
    CreateProjectRequest,
    CreateProjectResponse,
    CustomizationFeature,
    DeleteProjectRequest,
    DeleteProjectResponse,
    DescribeProjectsRequest,
    DescribeProjectsResponse,
    ProjectDescription,
)
from rekog_versions.operations.flows import Call, Flow, Operation, Reply, answer, request_of
from rekog_versions.operations.listings import Listing, chunks, following, listed

CREATE_PROJECT = Operation("CreateProject", "create_project", CreateProjectResponse)
DELETE_PROJECT = Operation("DeleteProject", "delete_project", DeleteProjectResponse)
DESCRIBE_PROJECTS = Operation("DescribeProjects", "describe_projects", DescribeProjectsResponse)


def describe_projects(**fields: object) -> Flow[DescribeProjectsResponse]:
    """The flow of DescribeProjects; takes the request's fields."""
    request = request_of(DescribeProjectsRequest, None, fields)
    return answer(Call(DESCRIBE_PROJECTS, request.to_wire()))


def delete_project(**fields: object) -> Flow[DeleteProjectResponse]:
    """The flow of DeleteProject; takes the request's fields."""
    request = request_of(DeleteProjectRequest, None, fields)
    return answer(Call(DELETE_PROJECT, request.to_wire()))


def create_project(**fields: object) -> Flow[ProjectArn]:
    """The flow of CreateProject; takes the request's fields.

    Raises:
        ResponseError: The answer has no ARN.
    """
    request = request_of(CreateProjectRequest, None, fields)
    reply: Reply[CreateProjectResponse] = yield Call(CREATE_PROJECT, request.to_wire())
    if not reply.answer.project_arn:
        raise ResponseError(
            CREATE_PROJECT.name, reply.answer.to_dict(), "it has no ProjectArn", request_id=reply.request_id
        )
    return reply.answer.project_arn


def list_projects(
    project_names: Sequence[str] | None,
    features: Sequence[CustomizationFeature | str] | None,
    page_size: int | None,
) -> Listing[ProjectDescription, DescribeProjectsResponse]:
    """The listing of projects; all of its calls are checked before the first is made.

    Raises:
        pydantic.ValidationError: A value breaks a rule.
        TypeError: `project_names` or `features` is a single string.
    """
    requests = [
        request_of(
            DescribeProjectsRequest,
            None,
            {"project_names": names, "features": listed(features, "features"), "max_results": page_size},
        ).to_wire()
        for names in chunks(listed(project_names, "project_names"))
    ]
    return Listing(DESCRIBE_PROJECTS, requests, lambda page: page.project_descriptions, lambda page: page.next_token)


def find_project(project_name: str) -> Flow[ProjectArn | None]:
    """Asks for the ARN of the project of a name, of whatever feature; None if there is none."""
    listing = list_projects([project_name], list(CustomizationFeature), None)
    calls = listing.calls()
    call = next(calls, None)
    while call is not None:
        reply: Reply[DescribeProjectsResponse] = yield call
        for project in listing.items(reply):
            if project.project_name == project_name:
                return project.project_arn
        call = following(calls, reply)
    return None
