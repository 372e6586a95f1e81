"""AsyncVersionsClient: types of arguments and results, which are awaited."""

from collections.abc import AsyncIterator
from typing import assert_type

from rekog_versions import (
    AsyncVersionsClient,
    CreateProjectVersionRequest,
    OutputConfig,
    Poll,
    ProjectArn,
    ProjectStatus,
    ProjectVersionArn,
    ProjectVersionDescription,
    Schedule,
)
from rekog_versions.client import AsyncPager
from rekog_versions.models import (
    DescribeProjectsResponse,
    DescribeProjectVersionsResponse,
    ProjectDescription,
)

PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/1574310000000"
OUTPUT = OutputConfig(s3_bucket="results", s3_key_prefix="shapes")


def say(poll: Poll) -> None:
    poll.status


async def tell(poll: Poll) -> None:
    poll.status


async def count(poll: Poll) -> int:
    return poll.number


async def sleep(seconds: float) -> None:
    seconds.hex()


def make(client: AsyncVersionsClient) -> None:
    AsyncVersionsClient(client.rekognition, sleep=sleep)


async def create(client: AsyncVersionsClient, request: CreateProjectVersionRequest) -> None:
    assert_type(await client.create_project_version(request), ProjectVersionArn)
    assert_type(
        await client.create_project_version(project_arn=PROJECT, version_name="v1", output_config=OUTPUT, tags={}),
        ProjectVersionArn,
    )


async def train(client: AsyncVersionsClient, request: CreateProjectVersionRequest) -> None:
    assert_type(await client.train(request, on_poll=tell), ProjectVersionDescription)
    assert_type(
        await client.train(project_arn=PROJECT, version_name="v1", output_config=OUTPUT, on_poll=say),
        ProjectVersionDescription,
    )


async def describe(client: AsyncVersionsClient) -> None:
    page = await client.describe_project_versions(PROJECT, version_names=["v1"])
    assert_type(page, DescribeProjectVersionsResponse)
    assert_type(await client.get_project_version((PROJECT, "v1")), ProjectVersionDescription)


async def list_versions(client: AsyncVersionsClient) -> None:
    pager = client.iter_project_versions(PROJECT, page_size=10)
    assert_type(pager, AsyncPager[ProjectVersionDescription, DescribeProjectVersionsResponse])
    assert_type([version async for version in pager], list[ProjectVersionDescription])
    assert_type(pager.pages(), AsyncIterator[DescribeProjectVersionsResponse])
    async for page in pager.pages():
        assert_type(page, DescribeProjectVersionsResponse)


async def wait(client: AsyncVersionsClient, version: ProjectVersionDescription) -> None:
    assert_type(await client.wait_until_trained(version, on_poll=say), ProjectVersionDescription)
    await client.wait_until_trained("arn:aws:...", timeout=None, schedule=Schedule(jitter=0), on_poll=tell)
    await client.wait_until_trained((PROJECT, "v1"), on_poll=count)
    await client.wait_until_trained((PROJECT, "v1"), on_poll=print)
    await client.wait_until_trained((PROJECT, "v1"), on_poll=lambda poll: poll.status)


async def projects(client: AsyncVersionsClient) -> None:
    assert_type(await client.create_project("shapes"), ProjectArn)
    assert_type(await client.describe_projects(), DescribeProjectsResponse)
    assert_type(client.iter_projects(), AsyncPager[ProjectDescription, DescribeProjectsResponse])
    assert_type(await client.delete_project(PROJECT), ProjectStatus | None)
