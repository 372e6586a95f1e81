"""The operations on versions without I/O: which calls they are, and whose version it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from rekog_versions._text import printable
from rekog_versions.arns import ProjectArn, ProjectVersionArn
from rekog_versions.errors import ResourceNotFoundError, VersionNotFoundError
from rekog_versions.models.lifecycle import (
    CopyProjectVersionResponse,
    DeleteProjectVersionResponse,
    StartProjectVersionResponse,
    StopProjectVersionResponse,
)
from rekog_versions.models.versions import (
    CreateProjectVersionResponse,
    DescribeProjectVersionsRequest,
    DescribeProjectVersionsResponse,
    ProjectVersionDescription,
)
from rekog_versions.operations.flows import Call, Flow, Operation, Reply, answer, request_of
from rekog_versions.operations.listings import Listing, chunks, following, listed
from rekog_versions.operations.projects import find_project

VersionRef: TypeAlias = str | tuple[str, str] | ProjectVersionDescription
"""How a version is named: by its ARN, by `(project_arn, version_name)`, or by a description of it."""

CREATE_PROJECT_VERSION = Operation("CreateProjectVersion", "create_project_version", CreateProjectVersionResponse)
COPY_PROJECT_VERSION = Operation("CopyProjectVersion", "copy_project_version", CopyProjectVersionResponse)
START_PROJECT_VERSION = Operation("StartProjectVersion", "start_project_version", StartProjectVersionResponse)
STOP_PROJECT_VERSION = Operation("StopProjectVersion", "stop_project_version", StopProjectVersionResponse)
DELETE_PROJECT_VERSION = Operation("DeleteProjectVersion", "delete_project_version", DeleteProjectVersionResponse)
DESCRIBE_PROJECT_VERSIONS = Operation(
    "DescribeProjectVersions", "describe_project_versions", DescribeProjectVersionsResponse
)


def describe_versions(**fields: object) -> Flow[DescribeProjectVersionsResponse]:
    """The flow of DescribeProjectVersions; takes the request's fields."""
    request = request_of(DescribeProjectVersionsRequest, None, fields)
    return answer(Call(DESCRIBE_PROJECT_VERSIONS, request.to_wire()))


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
        for names in chunks(listed(version_names, "version_names"))
    ]
    return Listing(
        DESCRIBE_PROJECT_VERSIONS,
        requests,
        lambda page: page.project_version_descriptions,
        lambda page: page.next_token,
    )


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
                self.where = replace(self.where, project_arn=found)
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

    def pin(self, arn: ProjectVersionArn) -> None:
        """Says which version of the name is meant, from now on; what has no form of an ARN says nothing."""
        if arn.is_valid:
            self.where = replace(self.where, version_arn=arn)

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


STAND_IN = "arn:aws:rekognition:us-east-1:000000000000:project/-/version/-/0"
"""Stands in a request for the ARN of a version that is still to be looked up, so that all else is checked first."""


def arn_of(look: Look) -> Flow[ProjectVersionArn]:
    """The ARN of the version that is meant; it is looked up if it is named otherwise.

    Raises:
        VersionNotFoundError: There is none.
    """
    if look.where.version_arn is None:
        found = yield from look()
        if found is None or not found.project_version_arn:
            raise VersionNotFoundError(look.why_missing(), version=str(look.where))
        look.pin(found.project_version_arn)
        return found.project_version_arn
    return look.where.version_arn


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
