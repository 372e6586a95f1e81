"""Add up the hours and the costs of all models that ran, from CloudWatch's metrics."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from rekog_versions._aws.cloudwatch import ModelName, listed_models, units_by_hour
from rekog_versions._text import shown
from rekog_versions.arns import ProjectArn
from rekog_versions.client import AsyncVersionsClient
from rekog_versions.hosting._async import hosted_reads
from rekog_versions.hosting._async.hosted_reads import ONE_HOUR, UNREADABLE, name_of
from rekog_versions.hosting._async.overview import every_version
from rekog_versions.hosting.costs import LIST_PRICES, Prices, check_prices
from rekog_versions.hosting.hosted_time import HostedModel, HostingCosts, full_hour, gaps_of, hosted_model
from rekog_versions.hosting.overview import FailedLookup
from rekog_versions.hosting.side_by_side import AsyncSleep, check_clients, side_by_side_async


async def hosting_costs(
    client: AsyncVersionsClient,
    /,
    *clients: AsyncVersionsClient,
    since: datetime | date | timedelta,
    until: datetime | None = None,
    projects: Iterable[str] | None = None,
    prices: Prices = LIST_PRICES,
) -> HostingCosts:
    """Return the hours and costs of all models that ran, no matter who started them, by version and day.

    The source is CloudWatch's metric `InServiceInferenceUnits`, which has a value for each hour in which a model ran.
    An hour in which it ran for a part counts as a whole, so the costs are upper bounds. Only AWS's bill is exact.

    Args:
        client: The first client, for one region of one account, with a session or created by `connect()`.
        *clients: More clients of the same class.
        since: The beginning: a time, a day in UTC, or a time ago such as `timedelta(days=30)`.
        until: The end; by default now.
        projects: The names or ARNs of the projects to count; by default all.
        prices: The price list.

    Returns:
        The costs. `gaps` lists what CloudWatch cannot show for this time, and `failed` what could not be read.

    Raises:
        ValueError: A time has no time zone, or `since` is not before `until`.
        TypeError: An argument has the wrong type.
    """
    every = check_clients(AsyncVersionsClient, client, *clients)
    check_prices(prices)
    moment = hosted_reads.now()
    begin, end = full_hour(_begin(since, moment)), moment if until is None else until
    full_hour(end)  # it must have a time zone
    if begin >= end:
        raise ValueError(f"since must be before until, got {begin} and {end}")
    period = begin, end + ONE_HOUR if until is None else end
    chosen = _project_names(projects)

    async def read(client: AsyncVersionsClient, sleep: AsyncSleep) -> tuple[list[HostedModel], list[FailedLookup]]:
        return await _of_client(client, sleep, period, chosen, prices)

    parts = await side_by_side_async(read, every)
    models = sorted((model for found, _ in parts for model in found), key=lambda model: -model.cost)
    failed = [failure for _, failures in parts for failure in failures]
    return HostingCosts(tuple(models), begin, end, tuple(failed), tuple(gaps_of(begin, moment)), prices.currency)


async def _of_client(
    client: AsyncVersionsClient,
    sleep: AsyncSleep,
    period: tuple[datetime, datetime],
    projects: frozenset[str] | None,
    prices: Prices,
) -> tuple[list[HostedModel], list[FailedLookup]]:
    region: str | None = getattr(getattr(client.rekognition, "meta", None), "region_name", None)
    failed: list[FailedLookup] = []
    names: set[ModelName] = set()
    async for _, version in every_version(client, sleep, failed):
        if (name := name_of(version.project_version_arn)) is not None:
            names.add(name)
    try:
        cloudwatch: Any = client.service("cloudwatch")
        names.update(await client.run_blocking(list, listed_models(cloudwatch)))
        wanted = sorted(name for name in names if projects is None or name[0] in projects)
        units = await client.run_blocking(units_by_hour, cloudwatch, wanted, *period)
    except UNREADABLE as error:
        failed.append(FailedLookup(region, None, error))
        return [], failed
    found = (hosted_model(name, region, points, prices) for name, points in units.items())
    return [model for model in found if model is not None], failed


def _begin(since: object, moment: datetime) -> datetime:
    match since:
        case datetime():
            return since
        case date():
            return datetime.combine(since, time(), UTC)
        case timedelta():
            return moment - since
        case _:
            raise TypeError(f"since must be a datetime, a date or a timedelta, got {type(since).__name__}")


def _project_names(projects: Iterable[str] | None) -> frozenset[str] | None:
    if projects is None:
        return None
    if isinstance(projects, str):
        raise TypeError(f"projects must be several names or ARNs, got the string {shown(projects)}. Pass a list")
    return frozenset(str(ProjectArn.parse(name).project_name) if name.startswith("arn:") else name for name in projects)
