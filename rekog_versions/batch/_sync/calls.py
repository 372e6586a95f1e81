# Generated from rekog_versions/batch/_async/calls.py. Change that file, then run scripts/unasync.py.
"""The calls of a batch, each below the rate of its operation."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from rekog_versions._aws.operations import CREATE_PROJECT_VERSION, DESCRIBE_PROJECT_VERSIONS, DESCRIBE_PROJECTS
from rekog_versions._aws.rate_limit import RateLimiter
from rekog_versions.batch.actions import Action, Pause, ProjectSearch, Start, VersionCount
from rekog_versions.batch.planning import PAGE_SIZE, VersionSearch
from rekog_versions.client import VersionsClient
from rekog_versions.client.pager import Listing, PageWalk, chunks
from rekog_versions.models._base import Response
from rekog_versions.models.projects import CustomizationFeature, DescribeProjectsRequest, ProjectDescription
from rekog_versions.models.versions import (
    DescribeProjectVersionsRequest,
    DescribeProjectVersionsResponse,
    ProjectVersionDescription,
)

T = TypeVar("T")
ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT", bound=Response)

RATE = 4.0
"""Calls a second of each operation. The service allows 5 in an account and region, which all callers share (AWS
General Reference, quotas of Rekognition)."""


def check_rate(rate: object) -> None:
    """Check that `rate` is a positive number of calls a second.

    Raises:
        ValueError: It is not above 0, or not finite.
        TypeError: It is not a number.
    """
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        raise TypeError(f"rate must be a number of calls a second, got {type(rate).__name__}")
    if not 0 < rate < math.inf:
        raise ValueError(f"rate must be a positive number of calls a second, got {rate}; the service allows 5")


class Calls:
    """Carries out the actions of a batch.

    Args:
        client: The client.
        rate: The most calls a second of each operation.

    Raises:
        ValueError: `rate` is not above 0.
        TypeError: `rate` is not a number.
    """

    def __init__(self, client: VersionsClient, rate: float) -> None:
        check_rate(rate)
        self._client = client
        self._limiters = defaultdict[str, RateLimiter](lambda: RateLimiter(rate, client.clock))

    def carry_out(self, action: Action) -> None:
        """Carry out an action, and store the result in it."""
        match action:
            case Pause():
                self._client.sleep(action.seconds)
            case ProjectSearch():
                self._find_projects(action)
            case VersionSearch():
                self._find_versions(action)
            case VersionCount():
                self._count_versions(action)
            case Start():
                request = action.request
                action.version_arn = self._limited(
                    CREATE_PROJECT_VERSION.name, lambda: self._client.create_project_version(request)
                )

    def _find_projects(self, search: ProjectSearch) -> None:
        features = list(CustomizationFeature)
        requests = [
            DescribeProjectsRequest(project_names=names, features=features) for names in chunks([*search.names])
        ]

        def take(projects: Sequence[ProjectDescription]) -> bool:
            for project in projects:
                if project.project_name is not None and project.project_arn is not None:
                    search.found[project.project_name] = project.project_arn
            return True

        self._walk(Listing(DESCRIBE_PROJECTS, requests, lambda page: page.project_descriptions), take)

    def _find_versions(self, search: VersionSearch) -> None:
        if search.reads_pages:
            search.end_pages(is_whole=self._walk(_pages(search.project_arn), search.take_page))
        if search.missing:
            self._walk(_named(search.project_arn, search.missing), search.take_named)
        search.check_names()

    def _count_versions(self, action: VersionCount) -> None:
        def take(versions: Sequence[ProjectVersionDescription]) -> bool:
            action.count += len(versions)
            return True

        self._walk(_pages(action.project_arn), take)

    def _walk(self, listing: Listing[ItemT, PageT], take: Callable[[Sequence[ItemT]], bool]) -> bool:
        """Request the pages of a listing until `take` returns False. Return True if the last page was read."""
        walk = PageWalk(listing.operation, listing.requests)
        wire = walk.wire
        while wire is not None:
            call = partial(self._client.call, listing.operation, wire)
            reply = self._limited(listing.operation.name, call)
            wants_more = take(listing.items(reply))
            walk.take(reply)
            wire = walk.wire
            if wire is not None and not wants_more:
                return False
        return True

    def _limited(self, operation: str, call: Callable[[], T]) -> T:
        limiter = self._limiters[operation]
        wait = limiter.reserve()
        if wait > 0:
            self._client.sleep(wait)
        try:
            result = call()
        except Exception as error:
            limiter.report(error)
            raise
        limiter.report(None)
        return result


def _pages(project_arn: str) -> Listing[ProjectVersionDescription, DescribeProjectVersionsResponse]:
    requests = [DescribeProjectVersionsRequest(project_arn=project_arn, max_results=PAGE_SIZE)]
    return Listing(DESCRIBE_PROJECT_VERSIONS, requests, lambda page: page.project_version_descriptions)


def _named(
    project_arn: str, names: Sequence[str]
) -> Listing[ProjectVersionDescription, DescribeProjectVersionsResponse]:
    requests = [DescribeProjectVersionsRequest(project_arn=project_arn, version_names=chunk) for chunk in chunks(names)]
    return Listing(DESCRIBE_PROJECT_VERSIONS, requests, lambda page: page.project_version_descriptions)
