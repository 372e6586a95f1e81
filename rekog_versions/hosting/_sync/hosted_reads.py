# Generated from rekog_versions/hosting/_async/hosted_reads.py. Change that file, then run scripts/unasync.py.
"""Read from CloudWatch since when models run, and whether they were used."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rekog_versions._aws.cloudwatch import ModelName, calls_in, listed_models, units_by_hour
from rekog_versions._aws.errors import BotoCoreError, ClientError
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client import VersionsClient
from rekog_versions.hosting.costs import hours_of
from rekog_versions.hosting.hosted_time import ModelUse, full_hour, judge_use, running_since
from rekog_versions.hosting.overview import ActiveModel
from rekog_versions.hosting.process import used_at_of

logger = logging.getLogger("rekog_versions")

LOOK_BACK = timedelta(days=63)
"""How far back the start of a running model is searched."""
UNREADABLE = (BotoCoreError, ClientError, ValueError)
"""The errors of a lookup in CloudWatch; a ValueError means that there is no session to create a client from."""
_OPERATION = "DetectCustomLabels"
ONE_HOUR = timedelta(hours=1)
"""The time that is added to an end that means now: the end is exclusive, and clocks differ."""


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def name_of(version_arn: ProjectVersionArn | None) -> ModelName | None:
    """Return the names by which CloudWatch names a model; None if the ARN is missing or has an unknown form."""
    project, version = (version_arn.project_name, version_arn.version_name) if version_arn else (None, None)
    return None if project is None or version is None else (project, version)


def with_starts(client: VersionsClient, models: Sequence[ActiveModel]) -> list[ActiveModel]:
    """Return models with the times of their starts, as far as CloudWatch shows them."""
    names = {name for model in models if model.started_at is None and (name := name_of(model.version_arn)) is not None}
    if not names:
        return list(models)
    moment = now()
    try:
        cloudwatch: Any = client.service("cloudwatch")
        since = full_hour(moment - LOOK_BACK)
        units = client.run_blocking(units_by_hour, cloudwatch, sorted(names), since, moment + ONE_HOUR)
    except UNREADABLE as error:
        logger.info("the starts of models are not known, because CloudWatch cannot be read: %s", printable(str(error)))
        return list(models)
    starts = {name: running_since(points, moment) for name, points in units.items()}
    return [_with_start(model, starts, moment) for model in models]


def _with_start(model: ActiveModel, starts: Mapping[ModelName, datetime | None], moment: datetime) -> ActiveModel:
    name = name_of(model.version_arn)
    start = starts.get(name) if name else None
    if model.started_at is not None or start is None:
        return model
    hourly = model.cost_an_hour
    cost = None if hourly is None else hourly.times(hours_of((moment - start).total_seconds()))
    return replace(model, started_at=start, is_start_exact=False, cost=cost)


def judged(client: VersionsClient, models: Sequence[ActiveModel], for_time: timedelta) -> list[ModelUse]:
    """Return whether running models of one client were used in some time up to now."""
    if not models:
        return []
    moment = now()
    since = moment - for_time
    calls: float | None = None
    ran: set[ModelName] = {name for model in models if (name := name_of(model.version_arn)) is not None}
    try:
        cloudwatch: Any = client.service("cloudwatch")
        ran |= set(client.run_blocking(list, listed_models(cloudwatch)))
        period = full_hour(since), moment + ONE_HOUR
        units = client.run_blocking(units_by_hour, cloudwatch, sorted(ran), *period)
        calls = client.run_blocking(calls_in, cloudwatch, _OPERATION, *period)
        ran = {name for name, points in units.items() if points}
    except UNREADABLE as error:
        logger.info("the use of models is not known, because CloudWatch cannot be read: %s", printable(str(error)))
    uses: list[ModelUse] = []
    for model in models:
        start = model.started_at
        latest = None if start is None else start if model.is_start_exact else start + ONE_HOUR
        others = (version for name in ran - {name_of(model.version_arn)} for version in [name[1]])
        used_at = used_at_of(client, model.version_arn)
        uses.append(ModelUse(model, *judge_use(latest, used_at, calls, others, since)))
    return uses
