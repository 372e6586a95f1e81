"""Type checkers must reject each marked line about running versions, datasets, policies and tags."""

from rekog_versions import AsyncVersionsClient, OutputConfig, Poll, S3Object, VersionsClient
from rekog_versions.models.datasets import DatasetSource
from rekog_versions.models.detection import Image
from rekog_versions.models.lifecycle import CopyProjectVersionRequest, StartProjectVersionRequest

PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/1574310000000"
ARN = "arn:aws:..."


def takes_a_poll_of_versions(poll: Poll) -> None:
    """Not a callback of a wait for a dataset."""


def versions(client: VersionsClient, request: CopyProjectVersionRequest) -> None:
    client.start_project_version()  # rejected
    client.start_project_version(ARN, 1)  # rejected
    client.start_project_version(ARN, min_inference_units="1")  # rejected
    client.stop_project_version(None)  # rejected
    client.delete_project_version(PROJECT, "v1")  # rejected
    client.copy_project_version()  # rejected
    client.copy_project_version(request, version_name="v2")  # rejected
    client.copy_project_version(source_project_arn=PROJECT, version_name="v1")  # rejected
    client.wait_until_running(ARN, 60)  # rejected
    client.wait_until_stopped(ARN, schedule=60)  # rejected
    client.wait_until_deleted(5)  # rejected
    StartProjectVersionRequest(project_version_arn=ARN)  # rejected
    StartProjectVersionRequest(project_version_arn=ARN, min_inference_units="1")  # rejected
    CopyProjectVersionRequest(version_name="v1", output_config=OutputConfig(s3_bucket="results"))  # rejected


def images(client: VersionsClient) -> None:
    client.detect_custom_labels(ARN)  # rejected
    client.detect_custom_labels(ARN, 5)  # rejected
    client.detect_custom_labels(ARN, [b"..."])  # rejected
    client.detect_custom_labels(ARN, b"...", thresholds={"cat": 0.5})  # rejected
    client.detect_custom_labels(ARN, b"...", 50)  # rejected
    client.detect_custom_labels(ARN, b"...", min_confidence="50")  # rejected
    Image(bytes="...")  # rejected
    Image(s3_object="s3://data/1.png")  # rejected


def datasets(client: VersionsClient) -> None:
    client.create_dataset(PROJECT)  # rejected
    client.create_dataset(PROJECT, "TRAIN", DatasetSource.from_dataset(ARN))  # rejected
    client.create_dataset(PROJECT, "TRAIN", dataset_source="s3://data/train.manifest")  # rejected
    client.iter_dataset_entries(ARN, max_results=10)  # rejected
    client.list_dataset_entries(ARN, labeled="yes")  # rejected
    client.update_dataset_entries(ARN)  # rejected
    client.update_dataset_entries(ARN, [5])  # rejected
    client.update_dataset_entries(ARN, [S3Object(bucket="data", name="1.png"), 5])  # rejected
    client.distribute_dataset_entries([ARN, ARN])  # rejected
    client.wait_until_dataset_ready(ARN, on_poll=takes_a_poll_of_versions)  # rejected
    DatasetSource(ground_truth_manifest="s3://data/train.manifest")  # rejected


def policies_and_tags(client: VersionsClient) -> None:
    client.put_project_policy(PROJECT, "copies")  # rejected
    client.put_project_policy(PROJECT, "copies", ["{}"])  # rejected
    client.tag_resource(PROJECT, ["team"])  # rejected
    client.untag_resource(PROJECT, {"team"})  # rejected
    client.list_tags_for_resource(None)  # rejected


async def awaited(client: AsyncVersionsClient) -> None:
    await client.iter_dataset_entries(ARN)  # rejected
    for _ in client.iter_project_policies(PROJECT):  # rejected
        pass
    await client.wait_until_dataset_ready(ARN, on_poll=takes_a_poll_of_versions)  # rejected
    await client.detect_custom_labels(ARN, None)  # rejected
