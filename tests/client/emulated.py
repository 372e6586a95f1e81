"""A project of the emulated service."""

import json
from typing import Any

from rekog_versions import OutputConfig, TestingData, TrainingData
from rekog_versions.testing import CustomLabelsControl
from tests.conftest import Driver
from tests.test_docs import a_line
from tests.testing.emulator import shared_client
from tests.testing.pictures import picture

BUCKET = "my-bucket"
LABELS = ("circle", "square")


class EmulatedProject:
    """A project of the emulated service with a manifest of two labels, and one of the two clients."""

    def __init__(self, control: CustomLabelsControl, driver: Driver) -> None:
        self.control = control
        self.s3: Any = shared_client("s3")
        self.s3.create_bucket(Bucket=BUCKET)
        self.lines = [a_line(label, number) for label in LABELS for number in range(10)]
        self.put("train.manifest", "\n".join(self.lines).encode())
        self.call = driver.over(shared_client("rekognition"))
        self.project = self.call("create_project", "shapes")

    def put(self, key: str, content: bytes) -> None:
        """Write an object of the bucket."""
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)

    def put_images(self) -> None:
        """Write the images of the manifest."""
        for seed, line in enumerate(self.lines):
            self.put(json.loads(line)["source-ref"].removeprefix(f"s3://{BUCKET}/"), picture(seed=seed))

    def read(self, s3_object: Any) -> str:
        """Return the content of an object as text."""
        content: bytes = self.s3.get_object(Bucket=s3_object.bucket, Key=s3_object.name)["Body"].read()
        return content.decode()

    def create_fields(self, name: str = "v1", prefix: str = "out") -> dict[str, Any]:
        """Return the fields of a request for a training."""
        return {
            "project_arn": self.project,
            "version_name": name,
            "output_config": OutputConfig(s3_bucket=BUCKET, s3_key_prefix=prefix),
            "training_data": TrainingData.from_manifests(f"s3://{BUCKET}/train.manifest"),
            "testing_data": TestingData(auto_create=True),
        }

    def create(self, name: str = "v1", prefix: str = "out") -> Any:
        """Start a training."""
        return self.call("create_project_version", **self.create_fields(name, prefix))

    def versions(self) -> list[Any]:
        """Return the versions of the project."""
        return self.call.items("iter_project_versions", self.project)

    def train(self, name: str = "v1", **others: Any) -> Any:
        """Train a version with the manifest as training and test data."""
        manifest = f"s3://{BUCKET}/train.manifest"
        fields = {
            "project_arn": self.project,
            "version_name": name,
            "output_config": OutputConfig(s3_bucket=BUCKET, s3_key_prefix="out"),
            "training_data": TrainingData.from_manifests(manifest),
            "testing_data": TestingData.from_manifests(manifest),
        }
        return self.call("train", **{**fields, **others})

    def run(self, name: str = "v1") -> Any:
        """Train a version and start it."""
        arn = self.train(name).project_version_arn
        self.call("start_project_version", arn)
        return self.call("wait_until_running", arn).project_version_arn
