"""List the models that are running, stop them, and add up the costs of trainings."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from rekog_versions._aws.error_codes import is_retryable
from rekog_versions._aws.errors import BotoCoreError
from rekog_versions._aws.rate_limit import RateLimiter
from rekog_versions.client import AsyncPager, AsyncVersionsClient
from rekog_versions.errors import (
    ModelStillRunningError,
    RekogVersionsError,
    ResourceNotFoundError,
    ResponseError,
)
from rekog_versions.hosting._async.hosted_reads import judged, with_starts
from rekog_versions.hosting._async.stopping import stop_model
from rekog_versions.hosting.costs import LIST_PRICES, Prices, TrainingCosts, check_prices, hourly_cost, hours_limit
from rekog_versions.hosting.hosted_time import IdleModels, Idleness, ModelUse
from rekog_versions.hosting.overview import (
    ActiveModel,
    FailedLookup,
    RunningModels,
    StopAction,
    StopAllError,
    StopOutcome,
    StopReport,
)
from rekog_versions.hosting.process import stopwatch_of
from rekog_versions.hosting.session import key_of
from rekog_versions.hosting.side_by_side import AsyncSleep, check_clients, side_by_side_async
from rekog_versions.hosting.stopping import is_active
from rekog_versions.models.projects import CustomizationFeature, DescribeProjectsResponse, ProjectDescription
from rekog_versions.models.references import VersionRef
from rekog_versions.models.versions import DescribeProjectVersionsResponse, ProjectVersionDescription
from rekog_versions.statuses import ProjectVersionStatus

CALLS_A_SECOND = 5
"""The service's limit for each operation, by account and region."""
PAUSES = (1.0, 2.0, 4.0)
"""Seconds before a listing is repeated after a retryable error."""
MOST_PAGES = 1_000
"""A listing of projects or versions that does not end after this many pages is an error."""

_FAILURES = (RekogVersionsError, BotoCoreError, ValueError)  # ValueError: an ARN or a name of an unknown form


ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT", DescribeProjectsResponse, DescribeProjectVersionsResponse)


@dataclass(frozen=True, slots=True)
class _Found:
    """A model, the client that found it, and a reference that needs no further lookup."""

    client: AsyncVersionsClient
    version: VersionRef
    model: ActiveModel


@dataclass(frozen=True, slots=True)
class _Lookup:
    """The models and the failed lookups of one client."""

    found: list[_Found] = field(default_factory=list["_Found"])
    failed: list[FailedLookup] = field(default_factory=list[FailedLookup])


async def running_models(
    client: AsyncVersionsClient, /, *clients: AsyncVersionsClient, prices: Prices = LIST_PRICES
) -> RunningModels:
    """List every model that is starting, running or stopping, in all projects, with its cost.

    A client covers one region of one account; pass several clients to cover several. Each project takes at least one
    call, and no more than 5 calls a second are made: 100 projects take 20 seconds. A failed lookup does not hide the
    other models and is listed in `failed`. Examples are a denial, a region without the service, and a project with an
    ARN of an unknown form. A model whose status this release does not know may be running, so it is listed too.

    Args:
        client: The first client.
        *clients: More clients of the same class.
        prices: The price list.

    Returns:
        The models and the failed lookups. A model that several clients find is listed once.

    Raises:
        TypeError: The clients are not of one class, or another argument has the wrong type.
    """
    every = check_clients(AsyncVersionsClient, client, *clients)
    check_prices(prices)
    lookup = await _look_up(every, prices)
    return RunningModels(tuple(found.model for found in lookup.found), tuple(lookup.failed))


async def stop_all(
    client: AsyncVersionsClient,
    /,
    *clients: AsyncVersionsClient,
    dry_run: bool = True,
    only: Callable[[ActiveModel], bool] | None = None,
    idle_for: float | timedelta | None = None,
    prices: Prices = LIST_PRICES,
) -> StopReport:
    """Stop every running model, no matter who started it. By default, only report which models that would be.

    Models in use are stopped too, so nothing is stopped unless you pass `dry_run=False`. Running models are stopped
    first. A model that is STARTING can only be stopped once it is running, which is waited for. A failure does not keep
    the other models from being stopped.

    Args:
        client: The first client, for one region of one account.
        *clients: More clients of the same class.
        dry_run: Stop nothing.
        only: Return True for the models to stop; by default, all of them.
        idle_for: Stop only models that were certainly not used for so many hours; see `idle_models()`. A model whose
            use is unknown is never stopped then.
        prices: The price list.

    Returns:
        The outcome for each model.

    Raises:
        StopAllError: Not in a dry run: a model could not be stopped, or a lookup failed. The error has the report.
        TypeError: The clients are not of one class, or another argument has the wrong type.
    """
    every = check_clients(AsyncVersionsClient, client, *clients)
    _check_stop_all(dry_run, only, prices)
    idle_hours = None if idle_for is None else hours_limit(idle_for, "idle_for")
    lookup = await _look_up(every, prices)
    chosen = [found for found in lookup.found if only is None or only(found.model)]
    if idle_hours is not None:
        uses = await _uses_of(every, lookup, idle_hours)
        idle = {id(use.model) for use in uses if use.idleness is Idleness.IDLE}
        chosen = [found for found in chosen if id(found.model) in idle]

    async def stop(client: AsyncVersionsClient, sleep: AsyncSleep) -> list[StopOutcome]:
        mine = [found for found in chosen if found.client is client]
        # the wait for a model that is STARTING must not delay the others
        mine.sort(key=lambda found: found.model.status is ProjectVersionStatus.STARTING)
        return [await _stop(found, sleep, dry_run=dry_run) for found in mine]

    outcomes = await side_by_side_async(stop, every)
    report = StopReport(tuple(outcome for part in outcomes for outcome in part), tuple(lookup.failed), dry_run)
    if not (dry_run or report.is_complete):
        raise StopAllError(report)
    return report


async def idle_models(
    client: AsyncVersionsClient,
    /,
    *clients: AsyncVersionsClient,
    for_hours: float | timedelta,
    prices: Prices = LIST_PRICES,
) -> IdleModels:
    """List the running models, and whether each was used in the last hours.

    CloudWatch counts calls for a region, a few minutes late, and does not name their models. So a model is certainly
    idle only if no images were sent to any model in its region. It was certainly used if this process used it, or if
    images were sent and no other model ran in that time. Otherwise its use is unknown. A model that was started within
    the time counts as used.

    Args:
        client: The first client, for one region of one account, with a session or created by `connect()`.
        *clients: More clients of the same class.
        for_hours: The time to examine, up to now.
        prices: The price list.

    Returns:
        The use of each running model. Iterating it yields those that are certainly idle.

    Raises:
        ValueError: `for_hours` is not above 0.
        TypeError: The clients are not of one class, or another argument has the wrong type.
    """
    every = check_clients(AsyncVersionsClient, client, *clients)
    check_prices(prices)
    hours = hours_limit(for_hours, "for_hours")
    lookup = await _look_up(every, prices)
    return IdleModels(tuple(await _uses_of(every, lookup, hours)), tuple(lookup.failed), hours)


async def _uses_of(clients: Sequence[AsyncVersionsClient], lookup: _Lookup, hours: float) -> list[ModelUse]:
    """Return the use of the running models that were found."""
    uses: list[ModelUse] = []
    for client in clients:
        running = ProjectVersionStatus.RUNNING
        mine = [found.model for found in lookup.found if found.client is client and found.model.status is running]
        uses += await judged(client, mine, timedelta(hours=hours))
    return uses


async def training_costs(
    client: AsyncVersionsClient, project_arn: str, *, prices: Prices = LIST_PRICES
) -> TrainingCosts:
    """Return the costs of a project's trainings, version by version; see `training_cost`.

    Args:
        client: The client.
        project_arn: The project's ARN or name.
        prices: The price list.

    Returns:
        The costs. Deleted versions are not included.

    Raises:
        pydantic.ValidationError: `project_arn` is neither the ARN nor the name of a project.
        ProjectNotFoundError: There is no project with this name.
        ServiceError: The service rejected a request.
    """
    check_prices(prices)
    versions = client.iter_project_versions(project_arn)
    return TrainingCosts.of([version async for version in versions], prices)


def _check_stop_all(dry_run: object, only: object, prices: object) -> None:
    check_prices(prices)
    if not isinstance(dry_run, bool):  # None would stop everything
        raise TypeError(f"dry_run must be True or False, got {type(dry_run).__name__}")
    if only is not None and not callable(only):
        raise TypeError(f"only must be a function that takes an ActiveModel, got {type(only).__name__}")


async def _look_up(clients: Sequence[AsyncVersionsClient], prices: Prices) -> _Lookup:
    """Find the models of all clients; a model that several clients find is listed once."""

    async def find(client: AsyncVersionsClient, sleep: AsyncSleep) -> _Lookup:
        return await _find_active(client, sleep, prices)

    lookups = await side_by_side_async(find, clients)
    unique: dict[object, _Found] = {}
    for found in (found for lookup in lookups for found in lookup.found):
        arn = found.model.version_arn
        unique.setdefault(key_of(found.client, arn) if arn else id(found), found)
    return _Lookup(list(unique.values()), [failure for lookup in lookups for failure in lookup.failed])


async def _find_active(client: AsyncVersionsClient, sleep: AsyncSleep, prices: Prices) -> _Lookup:
    """Find the models of one region of one account that are not idle.

    Only projects of Custom Labels are listed. Adapters for content moderation are not started and not billed by the
    hour (service model: StartProjectVersion "applies only to Amazon Rekognition Custom Labels").
    """
    lookup = _Lookup()
    found: list[tuple[str | None, ActiveModel]] = []
    async for project_arn, version in every_version(client, sleep, lookup.failed):
        if _is_listed(version.status):
            found.append((project_arn, _active(client, version, prices)))
    models = await with_starts(client, [model for _, model in found])
    for (project_arn, _), model in zip(found, models, strict=True):
        reference = (str(project_arn), str(model.description.version_name))
        lookup.found.append(_Found(client, reference, model))
    return lookup


async def every_version(
    client: AsyncVersionsClient, sleep: AsyncSleep, failed: list[FailedLookup]
) -> AsyncIterator[tuple[str | None, ProjectVersionDescription]]:
    """Yield the versions of all projects of Custom Labels, with the ARNs of their projects.

    Args:
        client: The client.
        sleep: Pause for some seconds.
        failed: A list to which failed lookups are appended.
    """
    listing = _Listing(client, sleep)
    region: str | None = getattr(getattr(client.rekognition, "meta", None), "region_name", None)
    projects: dict[object, ProjectDescription] = {}
    try:
        pager = client.iter_projects(features=[CustomizationFeature.CUSTOM_LABELS])
        async for project in listing.items(pager, lambda page: page.project_descriptions):
            projects[project.project_arn or object()] = project
    except _FAILURES as error:
        failed.append(FailedLookup(region, None, error))
    for project in projects.values():
        versions: dict[object, ProjectVersionDescription] = {}
        try:
            if project.project_arn is None:
                raise ResponseError("DescribeProjects", project.to_dict(), "a project has no ProjectArn")
            pager_of_versions = client.iter_project_versions(project.project_arn)
            async for version in listing.items(pager_of_versions, lambda page: page.project_version_descriptions):
                versions[version.project_version_arn or object()] = version
        except ResourceNotFoundError:  # it was deleted meanwhile, with all of its versions
            continue
        except _FAILURES as error:
            failed.append(FailedLookup(region, project.project_arn, error))
        for version in versions.values():
            yield project.project_arn, version


def _is_listed(status: ProjectVersionStatus | None) -> bool:
    return status is ProjectVersionStatus.STOPPING or is_active(status)


class _Listing:
    """List items at the service's rate, and repeat a listing after a retryable error."""

    def __init__(self, client: AsyncVersionsClient, sleep: AsyncSleep) -> None:
        self._sleep = sleep
        self._limiter = RateLimiter(CALLS_A_SECOND, client.clock)

    async def items(
        self, pager: AsyncPager[ItemT, PageT], items_of: Callable[[PageT], Sequence[ItemT] | None]
    ) -> AsyncIterator[ItemT]:
        """Iterate over the items of a listing. After a retryable error the first items come again."""
        for pause in (*PAUSES, None):
            try:
                async for item in self._once(pager, items_of):
                    yield item
            except _FAILURES as error:
                self._limiter.report(error)
                if pause is None or not is_retryable(error):
                    raise
                await self._sleep(pause)
            else:
                return

    async def _once(
        self, pager: AsyncPager[ItemT, PageT], items_of: Callable[[PageT], Sequence[ItemT] | None]
    ) -> AsyncIterator[ItemT]:
        await self._sleep(self._limiter.reserve())
        pages_left = MOST_PAGES
        async for page in pager.pages():
            pages_left -= 1
            self._limiter.report(None)
            items, token = items_of(page), page.next_token
            if items is None and not token:
                # the service did not list anything, or did not send this response: the pager knows which
                async for item in pager:
                    yield item
            for item in items or ():
                yield item
            if token and not pages_left:
                raise ResponseError(
                    type(page).__name__, page.to_dict(), f"the listing has more than {MOST_PAGES} pages"
                )
            if token:
                await self._sleep(self._limiter.reserve())


def _active(client: AsyncVersionsClient, version: ProjectVersionDescription, prices: Prices) -> ActiveModel:
    arn = version.project_version_arn
    stopwatch = stopwatch_of(client, arn) if arn else None
    hourly = hourly_cost(version, prices)
    return ActiveModel(
        version,
        region=arn.region if arn else None,
        account_id=arn.account_id if arn else None,
        cost_an_hour=hourly,
        started_at=stopwatch.began_at if stopwatch else None,
        cost=stopwatch.cost(hourly) if stopwatch and hourly else None,
    )


async def _stop(found: _Found, sleep: AsyncSleep, *, dry_run: bool) -> StopOutcome:
    model = found.model
    if model.status is ProjectVersionStatus.STOPPING:
        return StopOutcome(model, StopAction.LEFT)
    if dry_run:
        return StopOutcome(model, StopAction.WOULD_STOP)
    try:
        await stop_model(found.client, found.version, model.version_arn, hourly=model.cost_an_hour, sleep=sleep)
    except ModelStillRunningError as error:
        return StopOutcome(model, StopAction.FAILED, error)
    return StopOutcome(model, StopAction.STOPPED)
