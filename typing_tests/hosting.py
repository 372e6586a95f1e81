"""The functions of `rekog_versions.hosting`: the client decides the type of the result."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import assert_type

from rekog_versions import AsyncVersionsClient, Poll, ProjectVersionDescription, VersionsClient
from rekog_versions.hosting import (
    ActiveModel,
    AsyncRunningModel,
    CostRange,
    Prices,
    RunningModel,
    RunningModels,
    StopReport,
    TrainingCosts,
    running,
    running_models,
    stop_all,
    training_cost,
    training_costs,
)
from rekog_versions.models.detection import CustomLabel
from rekog_versions.models.thresholds import Thresholds

PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/1574310000000"
VERSION = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/version/v1/1574317227432"


def say(poll: Poll) -> None:
    poll.status


async def tell(poll: Poll) -> None:
    poll.status


def run(client: VersionsClient, version: ProjectVersionDescription) -> None:
    with running(client, version, max_hours=2, max_cost="3.50", on_poll=say) as model:
        assert_type(model, RunningModel)
        assert_type(model.detect("photo.jpg", thresholds=Thresholds.percents({"cat": 60})), list[CustomLabel])
        assert_type(model.cost, CostRange | None)
        assert_type(model.started_at, datetime | None)
    with running(client, (PROJECT, "v1"), min_inference_units=1, max_inference_units=5, prices=Prices()):
        pass
    running(client, VERSION, units=2)  # rejected
    running(client, VERSION, max_hours="2")  # rejected
    running(VERSION)  # rejected


async def run_async(client: AsyncVersionsClient) -> None:
    async with running(client, VERSION, max_cost=Decimal(8), on_poll=tell) as model:
        assert_type(model, AsyncRunningModel)
        assert_type(await model.detect(b"..."), list[CustomLabel])
        model.hours.hex()
    with running(client, VERSION):  # rejected
        pass


async def look(client: VersionsClient, other: AsyncVersionsClient) -> None:
    found = running_models(client, client, prices=Prices(inference_unit_hour="3.20"))
    assert_type(found, RunningModels)
    assert_type(found.models, Sequence[ActiveModel])
    assert_type(await running_models(other), RunningModels)
    assert_type(stop_all(client), StopReport)
    assert_type(await stop_all(other, dry_run=False, only=lambda model: model.region == "eu-west-1"), StopReport)
    running_models(client, other)  # rejected
    running_models()  # rejected
    stop_all(client, True)  # rejected


async def trainings(client: VersionsClient, other: AsyncVersionsClient, version: ProjectVersionDescription) -> None:
    assert_type(training_cost(version), Decimal | None)
    assert_type(training_costs(client, PROJECT), TrainingCosts)
    assert_type(await training_costs(other, PROJECT), TrainingCosts)
    Prices(4)  # rejected
    Prices(inference_unit_hour=None)  # rejected
