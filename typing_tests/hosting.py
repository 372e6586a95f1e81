"""The functions of `rekog_versions.hosting`: the client decides the type of the result."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import assert_type

from rekog_versions import AsyncVersionsClient, Poll, ProjectVersionDescription, VersionsClient
from rekog_versions.hosting import (
    ActiveModel,
    AsyncRunningModel,
    BulkProgress,
    BulkReport,
    CapacityMeasurement,
    CostRange,
    Detections,
    HostingCosts,
    IdleModels,
    Prices,
    RunningModel,
    RunningModels,
    StopReport,
    TrainingCosts,
    detect_all,
    hosting_costs,
    idle_models,
    measure_capacity,
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


def accept(estimate: BulkProgress) -> bool:
    return estimate.advise_units(deadline=2).units is not None


async def bulk(client: VersionsClient, other: AsyncVersionsClient) -> None:
    report = detect_all(client, VERSION, "s3://bucket/photos/", output="r.jsonl", max_cost=10, on_estimate=accept)
    assert_type(report, BulkReport)
    assert_type(report.results, Detections)
    assert_type(await detect_all(other, VERSION, ["a.png"], output="r.jsonl", raw=True), BulkReport)
    assert_type(measure_capacity(client, VERSION, "photos"), CapacityMeasurement | None)
    assert_type(await measure_capacity(other, VERSION, "photos"), CapacityMeasurement | None)
    detect_all(client, VERSION, "photos")  # rejected
    detect_all(client, VERSION, [b"..."], output="r.jsonl")  # rejected
    detect_all(client, VERSION, "photos", output="r.jsonl", threshold=5)  # rejected


async def hosted(client: VersionsClient, other: AsyncVersionsClient) -> None:
    assert_type(hosting_costs(client, client, since=timedelta(days=30)), HostingCosts)
    assert_type(await hosting_costs(other, since=datetime(2026, 1, 1, tzinfo=UTC)), HostingCosts)
    assert_type(idle_models(client, for_hours=3), IdleModels)
    assert_type(await idle_models(other, for_hours=timedelta(hours=3)), IdleModels)
    hosting_costs(client)  # rejected
    idle_models(client, 3)  # rejected
