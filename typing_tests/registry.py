"""The registry: `Registry` takes the sync client, `AsyncRegistry` the one for asyncio."""

from datetime import timedelta
from typing import assert_type

from rekog_versions import AsyncVersionsClient, Poll, VersionsClient
from rekog_versions.evaluation import Gates
from rekog_versions.models.detection import CustomLabel
from rekog_versions.models.thresholds import Thresholds
from rekog_versions.registry import (
    AsyncRegistry,
    DeploymentReport,
    HistoryEntry,
    PruneReport,
    RecoveredDeployment,
    Registry,
)

VERSION = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/version/v1/1574317227432"


def say(poll: Poll) -> None:
    poll.status


async def say_later(poll: Poll) -> None:
    poll.status


def use(client: VersionsClient) -> None:
    registry = Registry(client, "s3://bucket/prefix", project="shapes", max_age=30)
    assert_type(registry.promote(VERSION, "production", gates=Gates(min_f1=0.8)), HistoryEntry)
    assert_type(registry.resolve("production").thresholds, Thresholds | None)
    assert_type(registry.history("production"), list[HistoryEntry])
    assert_type(registry.aliases(), dict[str, HistoryEntry])
    assert_type(registry.rollback("production", version=("shapes", "v1")), HistoryEntry)
    assert_type(registry.deploy(VERSION, "production", on_poll=say), DeploymentReport)
    assert_type(registry.recover("production"), RecoveredDeployment | None)
    assert_type(registry.detect("production", b"..."), list[CustomLabel])
    assert_type(registry.prune("shapes", keep=timedelta(days=90)), PruneReport)
    registry.prune("shapes", keep=90)  # rejected


async def use_async(client: AsyncVersionsClient) -> None:
    registry = AsyncRegistry(client, "s3://bucket/prefix")
    assert_type(await registry.promote(VERSION, "production"), HistoryEntry)
    assert_type(await registry.deploy(VERSION, "production", on_poll=say_later), DeploymentReport)
    assert_type(await registry.redeploy("production"), DeploymentReport)
    assert_type(await registry.detect("production", b"..."), list[CustomLabel])
