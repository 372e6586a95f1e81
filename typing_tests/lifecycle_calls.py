"""Start, stop, copy, delete and detection: types of arguments and results of both clients."""

from pathlib import Path
from typing import assert_type

from rekog_versions import (
    AsyncVersionsClient,
    OutputConfig,
    Poll,
    ProjectVersionArn,
    ProjectVersionDescription,
    ProjectVersionStatus,
    S3Object,
    Schedule,
    VersionRef,
    VersionsClient,
)
from rekog_versions.errors import CopyFailedError, StartFailedError
from rekog_versions.models.detection import BoundingBox, CustomLabel, Geometry
from rekog_versions.models.lifecycle import CopyProjectVersionRequest
from rekog_versions.models.thresholds import Thresholds

PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/1574310000000"
OUTPUT = OutputConfig(s3_bucket="results")


def say(poll: Poll) -> None:
    poll.next_in


async def tell(poll: Poll) -> None:
    poll.next_in


class Picture:
    """An object with the `save` method of Pillow's images."""

    mode: str = "RGB"

    def save(self, fp: object, format: str | None = None, **params: object) -> None: ...  # noqa: A002

    def convert(self, mode: str) -> "Picture":
        return self


def steps(client: VersionsClient, version: VersionRef) -> None:
    assert_type(client.start_project_version(version), ProjectVersionStatus | None)
    client.start_project_version("arn:aws:...", min_inference_units=2, max_inference_units=None)
    assert_type(client.stop_project_version((PROJECT, "v1")), ProjectVersionStatus | None)
    assert_type(client.delete_project_version(version), ProjectVersionStatus | None)


def copy(client: VersionsClient, request: CopyProjectVersionRequest) -> None:
    assert_type(client.copy_project_version(request), ProjectVersionArn)
    assert_type(
        client.copy_project_version(
            source_project_arn=PROJECT,
            source_project_version_arn=ProjectVersionArn("arn:aws:..."),
            destination_project_arn=PROJECT,
            version_name="v1",
            output_config=OUTPUT,
            tags={"team": "vision"},
            kms_key_id=None,
        ),
        ProjectVersionArn,
    )


def waits(client: VersionsClient, version: ProjectVersionDescription) -> None:
    assert_type(client.wait_until_running(version), ProjectVersionDescription)
    assert_type(client.wait_until_stopped(version, timeout=None), ProjectVersionDescription)
    assert_type(client.wait_until_copied(version, schedule=Schedule(first=5)), ProjectVersionDescription)
    client.wait_until_deleted(version, on_poll=say)
    client.wait_until_running(version, on_poll=lambda poll: poll.status)


def detect(client: VersionsClient, label: CustomLabel) -> None:
    found = client.detect_custom_labels("arn:aws:...", b"...")
    assert_type(found, list[CustomLabel])
    client.detect_custom_labels((PROJECT, "v1"), "s3://data/1.png", min_confidence=50, max_results=3)
    client.detect_custom_labels("arn:aws:...", Path("1.png"), thresholds=Thresholds.fractions({"cat": 0.5}))
    client.detect_custom_labels("arn:aws:...", S3Object.from_uri("s3://data/1.png"))
    client.detect_custom_labels("arn:aws:...", bytearray(b"..."))
    client.detect_custom_labels("arn:aws:...", Picture())
    assert_type(label.name, str | None)
    assert_type(label.confidence, float | None)
    assert_type(label.geometry, Geometry | None)
    if label.geometry:
        assert_type(label.geometry.bounding_box, BoundingBox | None)


def errors(start: StartFailedError, copied: CopyFailedError) -> None:
    assert_type(start.status_message, str | None)
    assert_type(copied.version_arn, ProjectVersionArn | None)


async def awaited(client: AsyncVersionsClient, request: CopyProjectVersionRequest) -> None:
    assert_type(await client.start_project_version("arn:aws:...", min_inference_units=1), ProjectVersionStatus | None)
    assert_type(await client.stop_project_version("arn:aws:..."), ProjectVersionStatus | None)
    assert_type(await client.delete_project_version("arn:aws:..."), ProjectVersionStatus | None)
    assert_type(await client.copy_project_version(request), ProjectVersionArn)
    assert_type(await client.wait_until_running("arn:aws:...", on_poll=tell), ProjectVersionDescription)
    assert_type(await client.wait_until_stopped("arn:aws:...", on_poll=say), ProjectVersionDescription)
    assert_type(await client.wait_until_copied("arn:aws:...", on_poll=print), ProjectVersionDescription)
    await client.wait_until_deleted("arn:aws:...", on_poll=tell)
    assert_type(await client.detect_custom_labels("arn:aws:...", b"..."), list[CustomLabel])
