"""The operations without I/O: which call takes what, how pages follow each other, whose version it is.

What takes more than one call is written as a flow: a generator that yields the `Call`s and `Sleep`s it wants done and
is sent their results. The clients for boto3 and asyncio run the same flows, so a decision is made in one place only.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeAlias, TypeVar

from rekog_versions._text import printable
from rekog_versions.arns import ProjectArn, ProjectVersionArn
from rekog_versions.errors import PaginationError, ResourceNotFoundError, ResponseError, VersionNotFoundError
from rekog_versions.models._base import Answer, Request
from rekog_versions.models._constraints import NAMES_PER_CALL
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
from rekog_versions.models.versions import (
    CreateProjectVersionResponse,
    DescribeProjectVersionsRequest,
    DescribeProjectVersionsResponse,
    ProjectVersionDescription,
)

VersionRef: TypeAlias = str | tuple[str, str] | ProjectVersionDescription
"""How a version is named: by its ARN, by `(project_arn, version_name)`, or by a description of it."""

AnswerT = TypeVar("AnswerT", bound=Answer)
RequestT = TypeVar("RequestT", bound=Request)
PageT = TypeVar("PageT", bound=Answer)
ItemT = TypeVar("ItemT")
T = TypeVar("T")


@dataclass(frozen=True)
class Operation(Generic[AnswerT]):
    """An operation of the service."""

    name: str
    method: str
    """The name of boto3's method."""
    answer: type[AnswerT]


CREATE_PROJECT = Operation("CreateProject", "create_project", CreateProjectResponse)
DELETE_PROJECT = Operation("DeleteProject", "delete_project", DeleteProjectResponse)
DESCRIBE_PROJECTS = Operation("DescribeProjects", "describe_projects", DescribeProjectsResponse)
CREATE_PROJECT_VERSION = Operation("CreateProjectVersion", "create_project_version", CreateProjectVersionResponse)
DESCRIBE_PROJECT_VERSIONS = Operation(
    "DescribeProjectVersions", "describe_project_versions", DescribeProjectVersionsResponse
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time that a call was put on the wire; botocore's retries make several of one call."""

    error: Exception | None = None
    """What botocore raised, where no answer came."""
    status_code: int | None = None
    code: str | None = None
    """The service's error code, where it refused."""


@dataclass(frozen=True)
class Call(Generic[AnswerT]):
    """A call that a flow wants made; it is sent a `Reply`."""

    operation: Operation[AnswerT]
    wire: Mapping[str, Any]
    attempts: list[Attempt] | None = None
    """Where to note what became of each attempt."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """A pause that a flow wants made."""

    seconds: float


@dataclass(frozen=True)
class Reply(Generic[AnswerT]):
    """What came back of a call."""

    answer: AnswerT
    date: str | None = None
    """The answer's Date header."""
    request_id: str | None = None
    """What the service calls the call; None where something else answered, such as a proxy."""

    @property
    def served_at(self) -> datetime | None:
        """The service's clock; None where the answer does not tell it."""
        try:
            moment = parsedate_to_datetime(self.date or "")
        except ValueError:
            return None
        return moment if moment.tzinfo else None


Flow: TypeAlias = Generator[Call[Any] | Sleep, Any, T]


def request_of(kind: type[RequestT], request: RequestT | None, fields: Mapping[str, object]) -> RequestT:
    """The request that a method was given: whole, or as keyword arguments.

    Raises:
        TypeError: Neither or both were given, or something else than a request.
        pydantic.ValidationError: The keyword arguments break a rule.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    if request is None:
        return kind.model_validate(given)
    if not isinstance(request, kind):
        raise TypeError(
            f"expected a {kind.__name__} or its fields as keyword arguments, got {type(request).__name__}; "
            f"{kind.__name__}.from_dict(...) reads a dict"
        )
    if given:
        raise TypeError(f"give a {kind.__name__} or its fields as keyword arguments, not both: {', '.join(given)}")
    return request


def describe_versions(**fields: object) -> Flow[DescribeProjectVersionsResponse]:
    """The flow of DescribeProjectVersions; takes the request's fields."""
    request = request_of(DescribeProjectVersionsRequest, None, fields)
    return _answer(Call(DESCRIBE_PROJECT_VERSIONS, request.to_wire()))


def describe_projects(**fields: object) -> Flow[DescribeProjectsResponse]:
    """The flow of DescribeProjects; takes the request's fields."""
    request = request_of(DescribeProjectsRequest, None, fields)
    return _answer(Call(DESCRIBE_PROJECTS, request.to_wire()))


def delete_project(**fields: object) -> Flow[DeleteProjectResponse]:
    """The flow of DeleteProject; takes the request's fields."""
    request = request_of(DeleteProjectRequest, None, fields)
    return _answer(Call(DELETE_PROJECT, request.to_wire()))


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


def _answer(call: Call[AnswerT]) -> Flow[AnswerT]:
    reply: Reply[AnswerT] = yield call
    return reply.answer


# -- pages -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listing(Generic[ItemT, PageT]):
    """What is listed, and by which calls: for each chunk of ten names all of its pages."""

    operation: Operation[PageT]
    requests: Sequence[Mapping[str, Any]]
    """The first call of each chunk."""
    list_of: Callable[[PageT], Sequence[ItemT] | None]
    token_of: Callable[[PageT], str | None]

    def items(self, reply: Reply[PageT]) -> Sequence[ItemT]:
        """What a page lists.

        Raises:
            ResponseError: The answer has neither a list nor a token nor a request id: it is not the service's, and
                "nothing is there" would be a guess.
        """
        listed = self.list_of(reply.answer)
        if listed is None and reply.request_id is None and not self.token_of(reply.answer):
            raise ResponseError(self.operation.name, reply.answer.to_dict(), "it lists nothing and has no request id")
        return listed or ()

    def calls(self) -> Generator[Call[PageT], Reply[PageT], None]:
        """The calls, one after the other; each wants the reply to the one before.

        Raises:
            PaginationError: A token came a second time.
        """
        for request in self.requests:
            token: str | None = None
            seen: set[str] = set()
            while True:
                reply = yield Call(self.operation, {**request, "NextToken": token} if token else request)
                token = self.token_of(reply.answer)
                if not token:  # the service ends with none or with an empty one
                    break
                if token in seen:
                    raise PaginationError(self.operation.name, token)
                seen.add(token)


def following(calls: Generator[Call[PageT], Reply[PageT], None], reply: Reply[PageT]) -> Call[PageT] | None:
    """The call after the one that got this reply; None after the last."""
    try:
        return calls.send(reply)
    except StopIteration:
        return None


def chunks(names: Sequence[str] | None) -> Iterator[list[str] | None]:
    """Splits names into what one call takes, each name once, in their order; None, for all, stays one call."""
    if names is None:
        yield None
        return
    unique = list(dict.fromkeys(names))
    yield from (unique[start : start + NAMES_PER_CALL] for start in range(0, max(len(unique), 1), NAMES_PER_CALL))


def list_versions(
    project_arn: str, version_names: Sequence[str] | None, page_size: int | None
) -> Listing[ProjectVersionDescription, DescribeProjectVersionsResponse]:
    """The listing of a project's versions; all of its calls are checked before the first is made.

    Raises:
        pydantic.ValidationError: A value breaks a rule.
        TypeError: `version_names` is a single string.
    """
    requests = [
        request_of(
            DescribeProjectVersionsRequest,
            None,
            {"project_arn": project_arn, "version_names": names, "max_results": page_size},
        ).to_wire()
        for names in chunks(_listed(version_names, "version_names"))
    ]
    return Listing(
        DESCRIBE_PROJECT_VERSIONS,
        requests,
        lambda page: page.project_version_descriptions,
        lambda page: page.next_token,
    )


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
            {"project_names": names, "features": _listed(features, "features"), "max_results": page_size},
        ).to_wire()
        for names in chunks(_listed(project_names, "project_names"))
    ]
    return Listing(DESCRIBE_PROJECTS, requests, lambda page: page.project_descriptions, lambda page: page.next_token)


def _listed(values: Sequence[T] | None, parameter: str) -> Sequence[T] | None:
    # a lone string is a sequence too: each of its letters would be taken for a name
    if isinstance(values, str):
        raise TypeError(f"{parameter} takes a list of strings; for one, write [{values!a}]")
    return values


# -- whose version it is -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Whereabouts:
    """Where a version is found: by its name, in a project that is known by its ARN or, for now, by name only."""

    version_name: str
    project_name: str
    project_arn: str | None = None
    version_arn: ProjectVersionArn | None = None
    """The one version that is meant, where it is known; another of the same name is not it."""

    def __str__(self) -> str:
        return self.version_arn or f"version {self.version_name!r} of project {self.project_arn or self.project_name}"

    @property
    def spelling(self) -> str:
        """The reference as Python code that names the version in any process."""
        return repr(str(self.version_arn)) if self.version_arn else repr((str(self.project_arn), self.version_name))


def whereabouts(version: VersionRef) -> Whereabouts:
    """Reads a reference to a version.

    Raises:
        ValueError: It names no version; the message says what does. (`pydantic.ValidationError` where a
            `(project_arn, version_name)` pair breaks a rule of the service.)
        TypeError: It is of another type.
    """
    match version:
        case ProjectVersionDescription(project_version_arn=None):
            raise ValueError("this description has no project_version_arn; pass (project_arn, version_name) instead")
        case ProjectVersionDescription(project_version_arn=str() as text) | str(text):
            try:
                arn = ProjectVersionArn.parse(text)
            except ValueError as error:
                raise ValueError(f"{error}. Pass that, or (project_arn, version_name)") from None
            return Whereabouts(str(arn.version_name), str(arn.project_name), None, arn)
        case (str() as project_arn, str() as version_name):
            request = DescribeProjectVersionsRequest(project_arn=project_arn, version_names=[version_name])
            return Whereabouts(version_name, str(ProjectArn(request.project_arn).project_name), project_arn)
        case _:
            raise TypeError(
                "a version is named by its ARN, by (project_arn, version_name) or by a ProjectVersionDescription, "
                f"not by a {type(version).__name__}"
            )


@dataclass
class Look:
    """Looks a version up, again and again: the project's ARN is asked for once."""

    where: Whereabouts
    other_arn: ProjectVersionArn | None = None
    """The version that has the name now, where it is not the one that is meant."""
    served_at: datetime | None = None
    """The service's clock at the last answer."""

    def __call__(self) -> Flow[ProjectVersionDescription | None]:
        """Asks for the version's description; None if there is no such version, or no such project."""
        try:
            if self.where.project_arn is None:
                found: ProjectArn | None = yield from find_project(self.where.project_name)
                if found is None:
                    return None
                self.where = Whereabouts(
                    self.where.version_name, self.where.project_name, found, self.where.version_arn
                )
            listing = list_versions(str(self.where.project_arn), [self.where.version_name], None)
            calls = listing.calls()
            call = next(calls, None)
            while call is not None:
                reply: Reply[DescribeProjectVersionsResponse] = yield call
                self.served_at = reply.served_at
                if (version := self._pick(listing.items(reply))) is not None:
                    return version
                call = following(calls, reply)
        except ResourceNotFoundError:
            pass
        return None

    def _pick(self, descriptions: Sequence[ProjectVersionDescription]) -> ProjectVersionDescription | None:
        for description in descriptions:
            arn = description.project_version_arn
            if description.version_name not in (self.where.version_name, None):
                continue
            if self.where.version_arn is None or arn == self.where.version_arn:
                return description
            self.other_arn = arn
        return None

    def why_missing(self) -> str:
        """What to say when the last look found nothing."""
        if self.other_arn is not None:
            return f"there is no {self.where}; the version that has the name now is {printable(self.other_arn)}"
        if self.where.project_arn is None:
            reason = f"no project {self.where.project_name!r} was found"
        else:
            reason = "the project has no such version, or is gone"
        return f"there is no {self.where}: {reason}. Check that the client calls its account and region"


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


def get_version(version: VersionRef) -> Flow[ProjectVersionDescription]:
    """Asks for the description of one version.

    Raises:
        VersionNotFoundError: There is none.
    """
    look = Look(whereabouts(version))
    found = yield from look()
    if found is None:
        raise VersionNotFoundError(look.why_missing(), version=str(look.where), version_arn=look.where.version_arn)
    return found
