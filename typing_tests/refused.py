"""What type checkers have to refuse: each marked line, and no other."""

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
    VersionsClient()  # refused
    VersionsClient.connect("eu-west-1")  # refused
    VersionsClient.connect(region="eu-west-1")  # refused


def models() -> None:
    OutputConfig(s3_bucket=5)  # refused
    OutputConfig(s3_key_prefix="shapes")  # refused
    OutputConfig(s3_bucket="results", prefix="shapes")  # refused
    S3Object(bucket="data")  # refused
    TestingData(auto_create="yes")  # refused
    TrainingData(assets=["s3://data/train.manifest"])  # refused
    TrainingData.from_manifests(["s3://data/train.manifest"])  # refused
    CreateProjectVersionRequest(project_arn=PROJECT, version_name="v1")  # refused
    CreateProjectVersionRequest(project_arn=PROJECT, version_name=1, output_config=OUTPUT)  # refused
    CreateProjectVersionRequest(project_arn=PROJECT, version_name="v1", output_config="s3://results")  # refused
    DescribeProjectVersionsRequest(project_arn=PROJECT, version_names="v1", max_results=3)  # refused


def frozen(request: CreateProjectVersionRequest) -> None:
    request.to_dict("camel")  # refused
    request.version = "v2"  # refused


def create(client: VersionsClient, request: CreateProjectVersionRequest) -> None:
    client.create_project_version()  # refused
    client.create_project_version(request, version_name="v2")  # refused
    client.create_project_version({"ProjectArn": PROJECT})  # refused
    client.create_project_version(project_arn=PROJECT, version_name="v1")  # refused
    client.create_project_version(project_arn=PROJECT, version_name="v1", output_config={})  # refused
    client.create_project_version(project_arn=PROJECT, version_name="v1", output_config=OUTPUT, tag={})  # refused
    client.create_project_version(project_arn=PROJECT, version_name="v1", output_config=OUTPUT, tags=["a"])  # refused
    client.train(request, timeout="1h")  # refused
    client.train(project_arn=PROJECT, version_name="v1", output_config=OUTPUT, on_poll=5)  # refused
    client.train(project_arn=PROJECT, output_config=OUTPUT)  # refused


def takes_nothing() -> None:
    """No callback: it takes no poll."""


def takes_text(text: str) -> None:
    """No callback: it takes no poll."""


def calls(client: VersionsClient) -> None:
    client.describe_project_versions()  # refused
    client.describe_project_versions(PROJECT, ["v1"])  # refused
    client.describe_project_versions(PROJECT, version_names=[1])  # refused
    client.describe_project_versions(PROJECT, max_results="10")  # refused
    client.iter_project_versions(PROJECT, max_results=10)  # refused
    client.get_project_version(("project", "v1", "v2"))  # refused
    client.get_project_version(None)  # refused
    client.wait_until_trained(5)  # refused
    client.wait_until_trained((PROJECT, "v1"), 60)  # refused
    client.wait_until_trained((PROJECT, "v1"), schedule=60)  # refused
    client.wait_until_trained((PROJECT, "v1"), on_poll=takes_nothing)  # refused
    client.wait_until_trained((PROJECT, "v1"), on_poll=takes_text)  # refused
    client.create_project("shapes", tags={"count": 1})  # refused
    client.describe_projects(["shapes"])  # refused
    client.delete_project(None)  # refused
    client.start_training(PROJECT)  # refused
    Schedule(15)  # refused


def results(client: VersionsClient, poll: Poll) -> Iterator[object]:
    arn: str = client.get_project_version("arn:aws:...").project_version_arn  # refused
    yield arn
    pages: list[ProjectVersionDescription] = client.iter_project_versions(PROJECT)  # refused
    yield pages
    score: float = client.get_project_version("arn:aws:...").evaluation_result.f1_score  # refused
    yield score
    poll.number = 2  # refused
    yield ProjectVersionStatus.TRAINED  # refused
    yield ProjectVersionArn.parse(None)  # refused


async def awaited(client: AsyncVersionsClient, request: CreateProjectVersionRequest) -> None:
    arn: ProjectVersionArn = client.create_project_version(request)  # refused
    arn.upper()
    for _ in client.iter_project_versions(PROJECT):  # refused
        pass
    await client.iter_project_versions(PROJECT)  # refused
    await client.train(request, on_poll=takes_nothing)  # refused
    await client.train()  # refused
    AsyncVersionsClient(client.rekognition, sleep=print)  # refused
    await client.wait_until_trained(None)  # refused
