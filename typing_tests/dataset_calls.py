"""Datasets, policies and tags: types of arguments and results of both clients."""

from typing import Any, assert_type

from rekog_versions import AsyncVersionsClient, DatasetArn, DatasetStatus, VersionsClient
from rekog_versions.client import AsyncPager, Pager
from rekog_versions.errors import DatasetFailedError
from rekog_versions.models import DatasetType
from rekog_versions.models.datasets import (
    DatasetDescription,
    DatasetLabelDescription,
    DatasetSource,
    DatasetStats,
    DatasetStatusMessageCode,
    ListDatasetEntriesResponse,
    ListDatasetLabelsResponse,
)
from rekog_versions.models.policies import ListProjectPoliciesResponse, ProjectPolicy
from rekog_versions.waiting import DatasetPoll

PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/1574310000000"
TRAIN = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/dataset/train/1574310000000"
TEST = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/dataset/test/1574310000000"


class Line:
    """A line with a method that writes it."""

    def to_json(self) -> str:
        return "{}"


def say(poll: DatasetPoll) -> None:
    assert_type(poll.status, DatasetStatus | None)


async def tell(poll: DatasetPoll) -> None:
    assert_type(poll.description, DatasetDescription | None)


def datasets(client: VersionsClient) -> None:
    assert_type(client.create_dataset(PROJECT, "TRAIN"), DatasetArn)
    client.create_dataset(PROJECT, DatasetType.TEST, dataset_source=DatasetSource.from_manifest("s3://data/a"))
    client.create_dataset(PROJECT, "TEST", dataset_source=DatasetSource.from_dataset(TRAIN), tags={"team": "vision"})
    described = client.describe_dataset(DatasetArn(TRAIN))
    assert_type(described, DatasetDescription)
    assert_type(described.dataset_stats, DatasetStats | None)
    assert_type(client.wait_until_dataset_ready(TRAIN, timeout=60, on_poll=say), DatasetDescription)
    client.distribute_dataset_entries(TRAIN, TEST)
    client.delete_dataset(TRAIN)
    client.wait_until_dataset_deleted(TRAIN, on_poll=say)


def entries(client: VersionsClient) -> None:
    pager = client.iter_dataset_entries(TRAIN, contains_labels=["cat"], labeled=True, has_errors=False, page_size=10)
    assert_type(pager, Pager[str, ListDatasetEntriesResponse])
    assert_type(client.list_dataset_entries(TRAIN, source_ref_contains="/night/"), ListDatasetEntriesResponse)
    labels = client.iter_dataset_labels(TRAIN)
    assert_type(labels, Pager[DatasetLabelDescription, ListDatasetLabelsResponse])
    assert_type(client.list_dataset_labels(TRAIN), ListDatasetLabelsResponse)


def updates(client: VersionsClient, line: dict[str, Any], lines: list[str]) -> None:
    assert_type(client.update_dataset_entries(TRAIN, b"{}\n{}"), int)
    client.update_dataset_entries(TRAIN, "{}")
    client.update_dataset_entries(TRAIN, lines, timeout=None)
    client.update_dataset_entries(TRAIN, [line, Line(), "{}", b"{}"])
    client.update_dataset_entries(TRAIN, (Line() for _ in range(3)))


def failed(error: DatasetFailedError) -> None:
    assert_type(error.dataset_arn, DatasetArn | None)
    assert_type(error.dataset, DatasetDescription | None)
    assert_type(error.status_message, str | None)
    assert_type(error.status_message_code, DatasetStatusMessageCode | None)


def policies_and_tags(client: VersionsClient) -> None:
    assert_type(client.put_project_policy(PROJECT, "copies", {"Version": "2012-10-17"}), str | None)
    client.put_project_policy(PROJECT, "copies", "{}", policy_revision_id="0a")
    assert_type(client.list_project_policies(PROJECT), ListProjectPoliciesResponse)
    assert_type(client.iter_project_policies(PROJECT), Pager[ProjectPolicy, ListProjectPoliciesResponse])
    client.delete_project_policy(PROJECT, "copies")
    client.tag_resource(PROJECT, {"team": "vision"})
    client.untag_resource(PROJECT, ["team"])
    assert_type(client.list_tags_for_resource(PROJECT), dict[str, str])


async def awaited(client: AsyncVersionsClient) -> None:
    assert_type(await client.create_dataset(PROJECT, "TRAIN"), DatasetArn)
    assert_type(await client.describe_dataset(TRAIN), DatasetDescription)
    assert_type(await client.wait_until_dataset_ready(TRAIN, on_poll=tell), DatasetDescription)
    assert_type(client.iter_dataset_entries(TRAIN), AsyncPager[str, ListDatasetEntriesResponse])
    assert_type([label async for label in client.iter_dataset_labels(TRAIN)], list[DatasetLabelDescription])
    assert_type(await client.update_dataset_entries(TRAIN, ["{}"]), int)
    await client.distribute_dataset_entries(TRAIN, TEST)
    await client.delete_dataset(TRAIN)
    assert_type(await client.put_project_policy(PROJECT, "copies", "{}"), str | None)
    assert_type(client.iter_project_policies(PROJECT), AsyncPager[ProjectPolicy, ListProjectPoliciesResponse])
    assert_type(await client.list_tags_for_resource(PROJECT), dict[str, str])
