"""Test your own code against the emulated service: no account, no cost, no waiting.

    python -m pytest examples/unit_test_with_pytest.py

The fixture `custom_labels` comes with `pip install "rekog_versions[testing]"`.
"""

import json
from typing import Any

import boto3
import pytest

from rekog_versions import OutputConfig, TestingData, TrainingData, TrainingFailedError, VersionsClient
from rekog_versions.testing import CustomLabelsControl


# The code under test. In a real project, it is in another module.
def nightly_training(client: VersionsClient, project_arn: str, night: str) -> str:
    """Train tonight's version and return one line about the result."""
    try:
        version = client.train(
            project_arn=project_arn,
            version_name=f"nightly-{night}",
            output_config=OutputConfig(s3_bucket="models", s3_key_prefix="nightly"),
            training_data=TrainingData.from_manifests("s3://models/today.manifest"),
            testing_data=TestingData(auto_create=True),
        )
    except TrainingFailedError as error:
        return f"{night}: failed, {error.status_message}"
    return f"{night}: trained, F1 {version.f1_score:.2f}"


def a_manifest() -> bytes:
    lines: list[dict[str, Any]] = [
        {
            "source-ref": f"s3://models/{label}/{number}.png",
            "kind": 0,
            "kind-metadata": {
                "class-name": label,
                "confidence": 1,
                "type": "groundtruth/image-classification",
                "human-annotated": "yes",
                "creation-date": "2026-01-01T00:00:00",
            },
        }
        for label in ("cat", "dog")
        for number in range(50)
    ]
    return "\n".join(json.dumps(line) for line in lines).encode()


@pytest.fixture
def client(custom_labels: CustomLabelsControl) -> VersionsClient:
    s3: Any = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="models")
    s3.put_object(Bucket="models", Key="today.manifest", Body=a_manifest())
    # this sleep returns at once: the emulated training ends after a number of polls
    return VersionsClient(boto3.client("rekognition", region_name="us-east-1"), sleep=lambda _: None)


def test_a_training_that_succeeds_is_reported_with_its_f1(
    client: VersionsClient, custom_labels: CustomLabelsControl
) -> None:
    custom_labels.set_training(times=3)  # the third poll finds the training completed
    custom_labels.set_quality(f1=0.8)
    report = nightly_training(client, client.create_project("cats-and-dogs"), "monday")
    assert report.startswith("monday: trained, F1 0.8")


def test_a_training_that_fails_is_reported_with_the_services_reason(
    client: VersionsClient, custom_labels: CustomLabelsControl
) -> None:
    custom_labels.set_training(outcome="TRAINING_FAILED", message="The manifest file has too few labels.")
    report = nightly_training(client, client.create_project("cats-and-dogs"), "tuesday")
    assert report == "tuesday: failed, The manifest file has too few labels."
