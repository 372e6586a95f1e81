"""`running_models`, `stop_all` and `training_costs`: the drivers for boto3 and for asyncio."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, CancelledError, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, overload

from botocore.exceptions import BotoCoreError

from rekog_versions._text import printable
from rekog_versions.client import AsyncVersionsClient, VersionsClient, check_client
from rekog_versions.errors import ModelStillRunningError, RekogVersionsError
from rekog_versions.hosting.costs import LIST_PRICES, Prices, TrainingCosts, check_prices, hosting_an_hour
from rekog_versions.hosting.hosted import command_for, registry
from rekog_versions.hosting.inventory import ActiveModel, FailedLook, Findings, RunningModels, find_active
from rekog_versions.hosting.limits import cost_so_far
from rekog_versions.hosting.stopping import still_running, stopping
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.operations.flows import Flow
from rekog_versions.operations.versions import Look, whereabouts
from rekog_versions.statuses import ProjectVersionStatus

logger = logging.getLogger("rekog_versions")

T = TypeVar("T")
_S = ProjectVersionStatus


class StopAction(StrEnum):
    """What `stop_all` did about a model."""

    WOULD_STOP = "would be stopped"
    STOPPED = "is being stopped"
    LEFT = "stops already"
    FAILED = "could not be stopped"


@dataclass(frozen=True, slots=True)
class StopOutcome:
    """What became of one model.

    Attributes:
        model: The model as it was found.
        action: What was done.
        error: Why it could not be stopped, with the command that stops it by hand.
    """

    model: ActiveModel
    action: StopAction
    error: ModelStillRunningError | None = None

    def __str__(self) -> str:
        return printable(f"{self.model.version_arn}: {self.error or self.action}")


@dataclass(frozen=True, slots=True)
class StopReport:
    """What `stop_all` did, or would do.

    Attributes:
        outcomes: For each model that was found.
        failed: What could not be looked at: models may run there.
        dry_run: Whether nothing was stopped.
    """

    outcomes: Sequence[StopOutcome]
    failed: Sequence[FailedLook]
    dry_run: bool

    @property
    def is_complete(self) -> bool:
        """Whether everything could be looked at, and everything that was to be stopped is being stopped."""
        return not self.failed and all(outcome.error is None for outcome in self.outcomes)

    def __str__(self) -> str:
        return "\n".join(str(line) for line in (*self.outcomes, *self.failed)) or "no model runs"


class StopAllError(RekogVersionsError):
    """Some models could not be stopped, or not be looked for; all others are being stopped.

    Attributes:
        report: What became of each.
    """

    def __init__(self, report: StopReport) -> None:
        self.report = report
        bad = [*(outcome for outcome in report.outcomes if outcome.error), *report.failed]
        lines = "".join(f"\n- {line}" for line in bad)
        super().__init__(f"models may run on, and are billed until they are stopped:{lines}")


@overload
def running_models(client: VersionsClient, /, *clients: VersionsClient, prices: Prices = ...) -> RunningModels: ...


@overload
def running_models(
    client: AsyncVersionsClient, /, *clients: AsyncVersionsClient, prices: Prices = ...
) -> Awaitable[RunningModels]: ...


def running_models(
    client: VersionsClient | AsyncVersionsClient,
    /,
    *clients: VersionsClient | AsyncVersionsClient,
    prices: Prices = LIST_PRICES,
) -> RunningModels | Awaitable[RunningModels]:
    """Lists every model that starts, runs or stops, over all projects, and what it costs.

    One client is one region of one account; give several to look at several, side by side. A call is made for each
    project, and no more than 5 a second: 100 projects take 20 seconds. What one client can't see (a denial, a region
    without the service, a project that fails) does not hide the rest: it is in the result's `failed`.

    Args:
        client: The first client.
        *clients: More of its kind.
        prices: What things cost.

    Returns:
        The models and the failures; to be awaited with `AsyncVersionsClient`s.

    Raises:
        TypeError: The clients are not all of one kind, or another value is of another type.
    """
    kind, every = _of_one_kind(client, *clients)
    check_prices(prices)
    if kind is VersionsClient:
        return _overview(every, _side_by_side(every, _find), prices)

    async def look() -> RunningModels:
        return _overview(every, await _all_at_once(every, _find), prices)

    return look()


@overload
def stop_all(
    client: VersionsClient,
    /,
    *clients: VersionsClient,
    dry_run: bool = ...,
    only: Callable[[ActiveModel], bool] | None = ...,
    prices: Prices = ...,
) -> StopReport: ...


@overload
def stop_all(
    client: AsyncVersionsClient,
    /,
    *clients: AsyncVersionsClient,
    dry_run: bool = ...,
    only: Callable[[ActiveModel], bool] | None = ...,
    prices: Prices = ...,
) -> Awaitable[StopReport]: ...


def stop_all(
    client: VersionsClient | AsyncVersionsClient,
    /,
    *clients: VersionsClient | AsyncVersionsClient,
    dry_run: bool = True,
    only: Callable[[ActiveModel], bool] | None = None,
    prices: Prices = LIST_PRICES,
) -> StopReport | Awaitable[StopReport]:
    """Stops every model that runs, whoever started it; with the default `dry_run=True`, says which that would be.

    A model that somebody works with is stopped as well as a forgotten one, so nothing is stopped unless that is asked
    for. Models that run are stopped first; those that start must run before they can be stopped, which is waited for.
    A failure does not keep the others from being stopped.

    Args:
        client: The first client: one region of one account.
        *clients: More of its kind.
        dry_run: Stop nothing.
        only: Which models; without it, all.
        prices: What things cost.

    Returns:
        What became of each model; to be awaited with `AsyncVersionsClient`s.

    Raises:
        StopAllError: Not in a dry run: something could not be stopped or not be looked at. It has the report.
        TypeError: The clients are not all of one kind, or another value is of another type.
    """
    kind, every = _of_one_kind(client, *clients)
    check_prices(prices)
    if not isinstance(dry_run, bool):  # pyright: ignore[reportUnnecessaryIsInstance]  (None would stop everything)
        raise TypeError(f"dry_run takes True or False, not a {type(dry_run).__name__}")
    if only is not None and not callable(only):  # pyright: ignore[reportUnnecessaryComparison]
        raise TypeError(f"only takes a function that says which models, not a {type(only).__name__}")

    def stop(one: Any) -> Flow[tuple[Sequence[StopOutcome], Sequence[FailedLook]]]:
        return _stop_those_of(one, dry_run=dry_run, only=only, prices=prices)

    if kind is VersionsClient:
        return _report(_side_by_side(every, stop), dry_run)

    async def stop_them() -> StopReport:
        return _report(await _all_at_once(every, stop), dry_run)

    return stop_them()


@overload
def training_costs(client: VersionsClient, project_arn: str, *, prices: Prices = ...) -> TrainingCosts: ...


@overload
def training_costs(
    client: AsyncVersionsClient, project_arn: str, *, prices: Prices = ...
) -> Awaitable[TrainingCosts]: ...


def training_costs(
    client: VersionsClient | AsyncVersionsClient, project_arn: str, *, prices: Prices = LIST_PRICES
) -> TrainingCosts | Awaitable[TrainingCosts]:
    """What the trainings of a project cost, version by version; see `training_cost`.

    Args:
        client: A client.
        project_arn: The project.
        prices: What things cost.

    Returns:
        The costs; to be awaited with an `AsyncVersionsClient`. Versions that were deleted are not in them.

    Raises:
        pydantic.ValidationError: That is no project's ARN.
        ServiceError: The service refused.
    """
    check_client(client)
    check_prices(prices)
    if isinstance(client, VersionsClient):
        return TrainingCosts.of(list(client.iter_project_versions(project_arn)), prices)
    pager = client.iter_project_versions(project_arn)

    async def add_up() -> TrainingCosts:
        return TrainingCosts.of([version async for version in pager], prices)

    return add_up()


# -- for several clients ----------------------------------------------------------------------------------------------


def _of_one_kind(*clients: Any) -> tuple[type, list[Any]]:
    for client in clients:
        check_client(client)
    for kind in (VersionsClient, AsyncVersionsClient):
        if all(isinstance(client, kind) for client in clients):
            # the same one twice would list its models twice, and call twice as often as it may
            return kind, list(dict.fromkeys(clients))
    given = ", ".join(type(client).__name__ for client in clients)
    raise TypeError(f"give VersionsClients, or AsyncVersionsClients, but all of one kind; got {given}")


def _side_by_side(clients: Sequence[Any], flow_for: Callable[[Any], Flow[T]]) -> list[T]:
    given_up = threading.Event()

    def work(client: Any) -> T:
        result: T = client.run_flow(_unless(given_up, flow_for(client)))
        return result

    with ThreadPoolExecutor(max_workers=len(clients)) as pool:
        futures = [pool.submit(work, client) for client in clients]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        finally:  # Ctrl-C, or one has failed: the others end with their next step
            given_up.set()
        for future in done:
            future.result()
        return [future.result() for future in futures]


async def _all_at_once(clients: Sequence[Any], flow_for: Callable[[Any], Flow[T]]) -> list[T]:
    tasks = [asyncio.ensure_future(client.run_flow(flow_for(client))) for client in clients]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _unless(given_up: threading.Event, flow: Flow[T]) -> Flow[T]:
    """The flow, until somebody gives it up."""
    result: Any = None
    error: BaseException | None = None
    while True:
        if given_up.is_set():
            raise CancelledError
        try:
            step = flow.send(result) if error is None else flow.throw(error)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        result, error = None, None
        try:
            result = yield step
        except Exception as raised:  # noqa: BLE001  (handed on)
            error = raised


def _find(client: VersionsClient | AsyncVersionsClient) -> Flow[Findings]:
    return find_active(getattr(getattr(client.rekognition, "meta", None), "region_name", None), client.clock)


def _overview(clients: Sequence[Any], findings: Sequence[Findings], prices: Prices) -> RunningModels:
    models = [
        _model_of(client, version, prices)
        for client, found in zip(clients, findings, strict=True)
        for version in found.versions
    ]
    return RunningModels(tuple(models), tuple(failure for found in findings for failure in found.failed))


def _model_of(client: Any, description: ProjectVersionDescription, prices: Prices) -> ActiveModel:
    arn = description.project_version_arn
    hosted = registry.find(client, arn) if arn else None
    started_here = hosted if hosted is not None and hosted.was_started_here else None
    an_hour = hosting_an_hour(description, prices)
    return ActiveModel(
        description,
        region=arn.region if arn else None,
        account_id=arn.account_id if arn else None,
        cost_an_hour=an_hour,
        started_at=started_here.meter.began_at if started_here else None,
        cost=cost_so_far(started_here.meter, an_hour) if started_here and an_hour else None,
    )


def _stop_those_of(
    client: Any, *, dry_run: bool, only: Callable[[ActiveModel], bool] | None, prices: Prices
) -> Flow[tuple[Sequence[StopOutcome], Sequence[FailedLook]]]:
    found = yield from _find(client)
    models = [_model_of(client, version, prices) for version in found.versions]
    outcomes: list[StopOutcome] = []
    chosen = [model for model in models if only is None or only(model)]
    # what starts keeps everybody behind it waiting
    for model in sorted(chosen, key=lambda model: model.status is _S.STARTING):
        outcome = yield from _stop_one(client, model, dry_run=dry_run)
        outcomes.append(outcome)
    return outcomes, found.failed


def _stop_one(client: Any, model: ActiveModel, *, dry_run: bool) -> Flow[StopOutcome]:
    if model.status is _S.STOPPING:
        return StopOutcome(model, StopAction.LEFT)
    if dry_run:
        return StopOutcome(model, StopAction.WOULD_STOP)
    arn = model.version_arn
    try:
        yield from stopping(Look(whereabouts(str(arn))), arn, clock=client.clock)
    except (RekogVersionsError, BotoCoreError, ValueError) as error:
        failure = still_running(arn, command_for(client, arn), model.cost_an_hour, error)
        logger.critical("%s", failure)
        return StopOutcome(model, StopAction.FAILED, failure)
    return StopOutcome(model, StopAction.STOPPED)


def _report(done: Sequence[tuple[Sequence[StopOutcome], Sequence[FailedLook]]], dry_run: bool) -> StopReport:
    report = StopReport(
        tuple(outcome for outcomes, _ in done for outcome in outcomes),
        tuple(failure for _, failed in done for failure in failed),
        dry_run,
    )
    if not (dry_run or report.is_complete):
        raise StopAllError(report)
    return report
