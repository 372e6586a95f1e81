"""`detect_line()`, as engines call it."""

import functools
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rekog_versions.errors import ProvisionedThroughputExceededError, ResourceNotReadyError
from rekog_versions.hosting import DetectedImage, detect_line
from rekog_versions.hosting.bulk import image_lines
from tests.hosting.conftest import Trained
from tests.testing.emulator import BUCKET
from tests.testing.pictures import picture

URI = f"s3://{BUCKET}/a.png"


@pytest.fixture(autouse=True)
def _new_clients() -> Iterator[None]:
    image_lines._client.cache_clear()
    yield
    image_lines._client.cache_clear()


@pytest.fixture
def arn(trained: Trained) -> Iterator[str]:
    trained.emulator.put(picture(), "a.png")
    trained.start()
    assert trained.status == "RUNNING"
    yield trained.arn
    trained.emulator.rekognition.stop_project_version(ProjectVersionArn=trained.arn)


@pytest.mark.parametrize("line", [URI, f"{URI}\n", json.dumps({"source-ref": URI, "x": 1}), URI.encode()])
def test_a_line_becomes_a_line_with_the_labels(arn: str, line: str | bytes) -> None:
    result = DetectedImage.from_line(detect_line(line, version_arn=arn))
    assert (result.source, result.version_arn) == (URI, arn)
    assert result.labels


def test_the_function_can_be_pickled_and_has_the_filters_of_detect_all(arn: str) -> None:
    detect = pickle.loads(pickle.dumps(functools.partial(detect_line, version_arn=arn, raw=True)))
    result = DetectedImage.from_line(detect(URI))
    assert result.raw
    assert len(result.labels) == 2


def test_an_image_that_cannot_be_read_becomes_a_line_with_the_error(arn: str, tmp_path: Path) -> None:
    for source, error in (
        (f"s3://{BUCKET}/missing.png", "InvalidS3ObjectException"),
        (str(tmp_path / "missing.png"), "FileNotFoundError"),
    ):
        record: dict[str, Any] = json.loads(detect_line(source, version_arn=arn))
        assert (record["source"], record["error"]) == (source, error)


def test_errors_that_an_engine_should_retry_are_raised(arn: str, trained: Trained) -> None:
    trained.emulator.labels.inject("DetectCustomLabels", error="ProvisionedThroughputExceededException", times=9)
    with pytest.raises(ProvisionedThroughputExceededError):
        detect_line(URI, version_arn=arn)


def test_a_model_that_is_not_running_is_an_error(trained: Trained) -> None:
    with pytest.raises(ResourceNotReadyError):
        detect_line(URI, version_arn=trained.arn)


@pytest.mark.parametrize("line", ["", "\n", "{}", '{"source-ref": 1}', "{", b"\xef\xbb"])
def test_lines_without_an_image_are_rejected(line: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (bytes that are not UTF-8 have Python's message)
        detect_line(line, version_arn="arn:aws:rekognition:us-east-1:123456789012:project/p/version/v/1574317227432")


def test_the_version_must_be_an_arn() -> None:
    with pytest.raises(ValueError, match="arn"):
        detect_line(URI, version_arn="pets/v1")
