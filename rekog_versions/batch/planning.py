"""Which calls find many versions of a project with the fewest of them, without I/O.

DescribeProjectVersions takes ten names, or lists the whole project in pages of a hundred, the latest version first.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rekog_versions.arns import ProjectArn
from rekog_versions.batch.pacing import Pacer
from rekog_versions.errors import ResponseError
from rekog_versions.models._base import Response
from rekog_versions.models._constraints import NAMES_PER_CALL
from rekog_versions.models.projects import CustomizationFeature, ProjectDescription
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.operations.flows import Flow, Reply
from rekog_versions.operations.listings import Listing, following
from rekog_versions.operations.projects import list_projects
from rekog_versions.operations.versions import DESCRIBE_PROJECT_VERSIONS, list_versions

PAGE_SIZE = 100

ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT", bound=Response)


@dataclass
class Reach:
    """How many pages of a project hold the versions that are asked for, as far as earlier looks showed.

    An account may have 100 versions a project unless its quota was raised, so one page is a good first guess.
    """

    pages: int = 1

    def left(self, read: int) -> int:
        """How many more pages are needed after some were read; if the guess was wrong, as many again."""
        return self.pages - read if read < self.pages else read


def is_cheaper_by_name(wanted: int, pages: int) -> bool:
    """Whether calls by ten names are no more than calls for pages; names are certain to find what is there."""
    return -(-wanted // NAMES_PER_CALL) <= pages


def find_versions(
    project_arn: str,
    names: Collection[str],
    found: dict[str, ProjectVersionDescription],
    reach: Reach,
    pacer: Pacer,
) -> Flow[None]:
    """Asks for versions by their names, one call for ten names or for a page of a hundred, whichever needs fewer calls.

    Args:
        project_arn: The project.
        names: Which versions.
        found: Where to put what was seen, by name, also when a later call fails; versions that were not asked for
            may be among it. What is not in it at the end is not there.
        reach: What is known of the project's pages; it learns.
        pacer: When to call.

    Raises:
        ResponseError: An answer can't be read, or lists a version whose ARN names none while others are missing: it
            may be one of them.
    """
    wanted = dict.fromkeys(names)
    nameless: list[ProjectVersionDescription] = []
    read = 0

    def take(descriptions: Sequence[ProjectVersionDescription]) -> None:
        for description in descriptions:
            name = description.version_name
            if name is None:
                nameless.append(description)
            else:
                found[name] = description
                wanted.pop(name, None)

    def take_page(descriptions: Sequence[ProjectVersionDescription]) -> bool:
        nonlocal read
        read += 1
        take(descriptions)
        return bool(wanted) and not is_cheaper_by_name(len(wanted), reach.left(read))

    def take_named(descriptions: Sequence[ProjectVersionDescription]) -> bool:
        take(descriptions)
        return True

    is_whole = False
    if not is_cheaper_by_name(len(wanted), reach.pages):
        is_whole = yield from _walk(list_versions(project_arn, None, PAGE_SIZE), pacer, take_page)
        reach.pages = read if is_whole or not wanted else read + reach.left(read)
    if wanted and not is_whole:
        yield from _walk(list_versions(project_arn, list(wanted), None), pacer, take_named)
    if wanted and nameless:
        raise ResponseError(
            DESCRIBE_PROJECT_VERSIONS.name,
            [description.to_dict() for description in nameless],
            f"it has a version whose ARN names none, so that it can't be told from {', '.join(map(repr, wanted))}; "
            "wait_until_trained() asks for one version at a time",
        )


def find_projects(names: Collection[str], found: dict[str, ProjectArn], pacer: Pacer) -> Flow[None]:
    """Asks for the ARNs of projects, of whatever feature, ten names a call.

    Args:
        names: Their names.
        found: Where to put the ARNs, by name.
        pacer: When to call.
    """

    def take(projects: Sequence[ProjectDescription]) -> bool:
        for project in projects:
            if project.project_name is not None and project.project_arn is not None:
                found[project.project_name] = project.project_arn
        return True

    yield from _walk(list_projects(list(names), list(CustomizationFeature), None), pacer, take)


def count_versions(project_arn: str, pacer: Pacer) -> Flow[int]:
    """Counts the versions of a project."""
    count = 0

    def take(descriptions: Sequence[ProjectVersionDescription]) -> bool:
        nonlocal count
        count += len(descriptions)
        return True

    yield from _walk(list_versions(project_arn, None, PAGE_SIZE), pacer, take)
    return count


def _walk(listing: Listing[ItemT, PageT], pacer: Pacer, take: Callable[[Sequence[ItemT]], bool]) -> Flow[bool]:
    """Makes a listing's calls until `take` has enough; whether they were made to the end."""
    operation = listing.operation.name
    calls = listing.calls()
    call = next(calls, None)
    while call is not None:
        yield from pacer.turn(operation)
        try:
            reply: Reply[PageT] = yield call
        except Exception as error:
            pacer.failed(operation, error)
            raise
        pacer.answered(operation)
        goes_on = take(listing.items(reply))
        call = following(calls, reply)
        if call is not None and not goes_on:
            return False
    return True
