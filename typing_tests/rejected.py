"""Type checkers must reject each marked line, and no other."""

from collections.abc import Iterator

from rekog_versions import (
    AsyncVersionsClient,
    CreateProjectVersionRequest,
    OutputConfig,
    Poll,
    ProjectVersionArn,
    ProjectVersionDescription,
    ProjectVersionStatus,
    S3Object,
    Schedule,
    TestingData,
    TrainingData,
    VersionsClient,
)
from rekog_versions.models.versions import DescribeProjectVersionsRequest

PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/1574310000000"
OUTPUT = OutputConfig(s3_bucket="results")


def clients() -> None:
    VersionsClient()  # rejected
    VersionsClient.connect("eu-west-1", "default")  # rejected
    VersionsClient.connect(region="eu-west-1")  # rejected


def models() -> None:
    OutputConfig(s3_bucket=5)  # rejected
    OutputConfig(s3_key_prefix="shapes")  # rejected
    OutputConfig(s3_bucket="results", prefix="shapes")  # rejected
    S3Object(bucket="data")  # rejected
    TestingData(auto_create="yes")  # rejected
    TrainingData(assets=["s3://data/train.manifest"])  # rejected
    TrainingData.from_manifests({"s3://data/train.manifest"})  # rejected
    CreateProjectVersionRequest(project_arn=PROJECT, version_name="v1")  # rejected
    CreateProjectVersionRequest(project_arn=PROJECT, version_name=1, output_config=OUTPUT)  # rejected
    CreateProjectVersionRequest(project_arn=PROJECT, version_name="v1", output_config="s3://results")  # rejected
    DescribeProjectVersionsRequest(project_arn=PROJECT, version_names="v1", max_results=3)  # rejected


def frozen(request: CreateProjectVersionRequest) -> None:
    request.to_dict("camel")  # rejected
    request.version = "v2"  # rejected


def create(client: VersionsClient, request: CreateProjectVersionRequest) -> None:
    client.create_project_version()  # rejected
    client.create_project_version(request, version_name="v2")  # rejected
    client.create_project_version("v1")  # rejected
    client.get_project_version(PROJECT).f1score  # rejected
    AsyncVersionsClient.connect().get_project_version(PROJECT).f1_score  # rejected
    client.create_project_version(project_arn=PROJECT, version_name="v1")  # rejected
    client.create_project_version(project_arn=PROJECT, version_name="v1", output_config={})  # rejected
    client.create_project_version(project_arn=PROJECT, version_name="v1", output_config=OUTPUT, tag={})  # rejected
    client.create_project_version(project_arn=PROJECT, version_name="v1", output_config=OUTPUT, tags=["a"])  # rejected
    client.train(request, timeout="1h")  # rejected
    client.train(project_arn=PROJECT, version_name="v1", output_config=OUTPUT, on_poll=5)  # rejected
    client.train(project_arn=PROJECT, output_config=OUTPUT)  # rejected


def takes_nothing() -> None:
    """Not a callback, because it does not accept a poll."""


def takes_text(text: str) -> None:
    """Not a callback, because it does not accept a poll."""


def calls(client: VersionsClient) -> None:
    client.describe_project_versions()  # rejected
    client.describe_project_versions(PROJECT, ["v1"])  # rejected
    client.describe_project_versions(PROJECT, version_names=[1])  # rejected
    client.describe_project_versions(PROJECT, max_results="10")  # rejected
    client.iter_project_versions(PROJECT, max_results=10)  # rejected
    client.get_project_version(("project", "v1", "v2"))  # rejected
    client.get_project_version(None)  # rejected
    client.wait_until_trained(5)  # rejected
    client.wait_until_trained((PROJECT, "v1"), 60)  # rejected
    client.wait_until_trained((PROJECT, "v1"), schedule=60)  # rejected
    client.wait_until_trained((PROJECT, "v1"), on_poll=takes_nothing)  # rejected
    client.wait_until_trained((PROJECT, "v1"), on_poll=takes_text)  # rejected
    client.create_project("shapes", tags={"count": 1})  # rejected
    client.describe_projects(["shapes"])  # rejected
    client.delete_project(None)  # rejected
    client.start_training(PROJECT)  # rejected
    Schedule(15)  # rejected


def results(client: VersionsClient, poll: Poll) -> Iterator[object]:
    arn: str = client.get_project_version("arn:aws:...").project_version_arn  # rejected
    yield arn
    pages: list[ProjectVersionDescription] = client.iter_project_versions(PROJECT)  # rejected
    yield pages
    score: float = client.get_project_version("arn:aws:...").evaluation_result.f1_score  # rejected
    yield score
    poll.number = 2  # rejected
    yield ProjectVersionStatus.TRAINED  # rejected
    yield ProjectVersionArn.parse(None)  # rejected


async def awaited(client: AsyncVersionsClient, request: CreateProjectVersionRequest) -> None:
    arn: ProjectVersionArn = client.create_project_version(request)  # rejected
    arn.upper()
    for _ in client.iter_project_versions(PROJECT):  # rejected
        pass
    await client.iter_project_versions(PROJECT)  # rejected
    await client.train(request, on_poll=takes_nothing)  # rejected
    await client.train()  # rejected
    AsyncVersionsClient(client.rekognition, sleep=print)  # rejected
    await client.wait_until_trained(None)  # rejected
