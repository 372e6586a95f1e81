"""What type checkers have to refuse of running versions, datasets, policies and tags: each marked line, no other."""

from rekog_versions import AsyncVersionsClient, OutputConfig, Poll, S3Object, VersionsClient
from rekog_versions.models.datasets import DatasetSource
from rekog_versions.models.detection import Image
from rekog_versions.models.lifecycle import CopyProjectVersionRequest, StartProjectVersionRequest

PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/1574310000000"
ARN = "arn:aws:..."


def takes_a_poll_of_versions(poll: Poll) -> None:
    """No callback of a dataset's wait."""


def versions(client: VersionsClient, request: CopyProjectVersionRequest) -> None:
    client.start_project_version()  # refused
    client.start_project_version(ARN, 1)  # refused
    client.start_project_version(ARN, min_inference_units="1")  # refused
    client.stop_project_version(None)  # refused
    client.delete_project_version(PROJECT, "v1")  # refused
    client.copy_project_version()  # refused
    client.copy_project_version(request, version_name="v2")  # refused
    client.copy_project_version(source_project_arn=PROJECT, version_name="v1")  # refused
    client.wait_until_running(ARN, 60)  # refused
    client.wait_until_stopped(ARN, schedule=60)  # refused
    client.wait_until_deleted(5)  # refused
    StartProjectVersionRequest(project_version_arn=ARN)  # refused
    StartProjectVersionRequest(project_version_arn=ARN, min_inference_units="1")  # refused
    CopyProjectVersionRequest(version_name="v1", output_config=OutputConfig(s3_bucket="results"))  # refused


def images(client: VersionsClient) -> None:
    client.detect_custom_labels(ARN)  # refused
    client.detect_custom_labels(ARN, 5)  # refused
    client.detect_custom_labels(ARN, [b"..."])  # refused
    client.detect_custom_labels(ARN, b"...", thresholds={"cat": 0.5})  # refused
    client.detect_custom_labels(ARN, b"...", 50)  # refused
    client.detect_custom_labels(ARN, b"...", min_confidence="50")  # refused
    Image(bytes="...")  # refused
    Image(s3_object="s3://data/1.png")  # refused


def datasets(client: VersionsClient) -> None:
    client.create_dataset(PROJECT)  # refused
    client.create_dataset(PROJECT, "TRAIN", DatasetSource.from_dataset(ARN))  # refused
    client.create_dataset(PROJECT, "TRAIN", dataset_source="s3://data/train.manifest")  # refused
    client.iter_dataset_entries(ARN, max_results=10)  # refused
    client.list_dataset_entries(ARN, labeled="yes")  # refused
    client.update_dataset_entries(ARN)  # refused
    client.update_dataset_entries(ARN, [5])  # refused
    client.update_dataset_entries(ARN, [S3Object(bucket="data", name="1.png"), 5])  # refused
    client.distribute_dataset_entries([ARN, ARN])  # refused
    client.wait_until_dataset_ready(ARN, on_poll=takes_a_poll_of_versions)  # refused
    DatasetSource(ground_truth_manifest="s3://data/train.manifest")  # refused


def policies_and_tags(client: VersionsClient) -> None:
    client.put_project_policy(PROJECT, "copies")  # refused
    client.put_project_policy(PROJECT, "copies", ["{}"])  # refused
    client.tag_resource(PROJECT, ["team"])  # refused
    client.untag_resource(PROJECT, {"team"})  # refused
    client.list_tags_for_resource(None)  # refused


async def awaited(client: AsyncVersionsClient) -> None:
    await client.iter_dataset_entries(ARN)  # refused
    for _ in client.iter_project_policies(PROJECT):  # refused
        pass
    await client.wait_until_dataset_ready(ARN, on_poll=takes_a_poll_of_versions)  # refused
    await client.detect_custom_labels(ARN, None)  # refused
