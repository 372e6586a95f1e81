"""VersionsClient: types of arguments and results."""

from collections.abc import Iterator
from typing import assert_type

from rekog_versions import (
    CreateProjectVersionRequest,
    OutputConfig,
    Poll,
    ProjectArn,
    ProjectStatus,
    ProjectVersionArn,
    ProjectVersionDescription,
    Schedule,
    TestingData,
    TrainingData,
    VersionRef,
    VersionsClient,
)
from rekog_versions.client import Pager
from rekog_versions.models import (
    CustomizationFeature,
    DescribeProjectsResponse,
    DescribeProjectVersionsResponse,
    ProjectDescription,
)

PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/1574310000000"
OUTPUT = OutputConfig(s3_bucket="results", s3_key_prefix="shapes")
TRAINING = TrainingData.from_manifests("s3://data/train.manifest")


def say(poll: Poll) -> None:
    poll.next_in


def note(poll: Poll) -> int:
    return poll.number


def create(client: VersionsClient, request: CreateProjectVersionRequest) -> None:
    assert_type(client.create_project_version(request), ProjectVersionArn)
    assert_type(
        client.create_project_version(project_arn=PROJECT, version_name="v1", output_config=OUTPUT), ProjectVersionArn
    )
    client.create_project_version(
        project_arn=ProjectArn(PROJECT),
        version_name="v1",
        output_config=OUTPUT,
        training_data=TRAINING,
        testing_data=TestingData(auto_create=True),
        tags={"team": "vision"},
        kms_key_id=None,
        version_description="round ones",
        feature_config=None,
    )


def train(client: VersionsClient, request: CreateProjectVersionRequest) -> None:
    assert_type(client.train(request), ProjectVersionDescription)
    client.train(request, timeout=None, schedule=Schedule(first=5), on_poll=say)
    assert_type(
        client.train(project_arn=PROJECT, version_name="v1", output_config=OUTPUT, timeout=60, on_poll=note),
        ProjectVersionDescription,
    )


def describe(client: VersionsClient, version: ProjectVersionDescription, either: VersionRef) -> None:
    page = client.describe_project_versions(PROJECT, version_names=("v1", "v2"), max_results=10, next_token="more")
    assert_type(page, DescribeProjectVersionsResponse)
    assert_type(page.project_version_descriptions, list[ProjectVersionDescription] | None)
    assert_type(page.next_token, str | None)
    assert_type(client.get_project_version("arn:aws:..."), ProjectVersionDescription)
    client.get_project_version(ProjectVersionArn("arn:aws:..."))
    client.get_project_version((PROJECT, "v1"))
    client.get_project_version((ProjectArn(PROJECT), "v1"))
    client.get_project_version(version)
    client.get_project_version(either)


def list_versions(client: VersionsClient) -> None:
    pager = client.iter_project_versions(PROJECT, version_names=["v1"], page_size=10)
    assert_type(pager, Pager[ProjectVersionDescription, DescribeProjectVersionsResponse])
    assert_type(list(pager), list[ProjectVersionDescription])
    assert_type(pager.pages(), Iterator[DescribeProjectVersionsResponse])
    for version in pager:
        assert_type(version, ProjectVersionDescription)
    assert_type([page.next_token for page in pager.pages()], list[str | None])


def wait(client: VersionsClient) -> None:
    assert_type(client.wait_until_trained((PROJECT, "v1")), ProjectVersionDescription)
    client.wait_until_trained("arn:aws:...", timeout=3600, schedule=Schedule(most=60), on_poll=say)
    client.wait_until_trained("arn:aws:...", on_poll=note)
    client.wait_until_trained("arn:aws:...", on_poll=print)
    client.wait_until_trained("arn:aws:...", on_poll=lambda poll: poll.status)


def projects(client: VersionsClient) -> None:
    assert_type(client.create_project("shapes"), ProjectArn)
    client.create_project("shapes", feature="CUSTOM_LABELS", tags={"team": "vision"})
    client.create_project("shapes", feature=CustomizationFeature.CONTENT_MODERATION, auto_update="ENABLED")
    assert_type(client.describe_projects(project_names=["shapes"]), DescribeProjectsResponse)
    pager = client.iter_projects(features=["CUSTOM_LABELS"])
    assert_type(pager, Pager[ProjectDescription, DescribeProjectsResponse])
    assert_type(next(iter(pager)), ProjectDescription)
    assert_type(client.delete_project(PROJECT), ProjectStatus | None)
