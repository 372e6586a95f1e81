"""Helpers for tests with the emulated service: clients, manifests, requests."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from rekog_versions.testing import CustomLabelsControl

BUCKET = "custom-labels"
MANIFEST = "data/train.manifest"
OF_CATS = {"class-name": "cat", "confidence": 1, "type": "groundtruth/image-classification"}
"""The metadata of an image-level label."""


# One session, so that botocore reads its models once. It has its own credentials, so that tests do not depend on the
# environment. It is created after the import of moto, so that moto mocks its clients.
_session: Any = boto3.session.Session(aws_access_key_id="testing", aws_secret_access_key="testing")


def client(service: str, region: str = "us-east-1", **options: Any) -> Any:
    options.setdefault("config", Config(retries={"mode": "standard"}))  # older botocores have another default
    return _session.client(service, region_name=region, **options)


@cache
def shared_client(service: str) -> Any:
    """Return a client that all tests share, because creating one is slow. For event handlers, create another client."""
    return client(service)


def line(image: object, *labels: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"source-ref": f"s3://{BUCKET}/images/{image}.jpg"}
    for number, label in enumerate(labels):
        entry[f"label{number}"] = number
        entry[f"label{number}-metadata"] = {
            "class-name": label,
            "confidence": 1,
            "human-annotated": "yes",
            "creation-date": "2026-01-02T03:04:05.000Z",
            "type": "groundtruth/image-classification",
        }
    return entry


def boxed_line(image: object, *labels: str) -> dict[str, Any]:
    names = sorted(set(labels))
    box = {"top": 1, "left": 1, "width": 10, "height": 10}
    return {
        "source-ref": f"s3://{BUCKET}/images/{image}.jpg",
        "boxes": {
            "image_size": [{"width": 100, "height": 100, "depth": 3}],
            "annotations": [{"class_id": names.index(label), **box} for label in labels],
        },
        "boxes-metadata": {
            "objects": [{"confidence": 1} for _ in labels],
            "class-map": {str(index): name for index, name in enumerate(names)},
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": "2026-01-02T03:04:05.000Z",
        },
    }


def json_lines(entries: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries).encode()


def cats_and_dogs(count: int = 20) -> bytes:
    return json_lines(line(number, "cat" if number % 2 else "dog") for number in range(count))


def assets(*keys: str, bucket: str = BUCKET) -> dict[str, Any]:
    return {"Assets": [{"GroundTruthManifest": {"S3Object": {"Bucket": bucket, "Name": key}}} for key in keys]}


def version_request(project_arn: str, name: str = "v1", **others: Any) -> dict[str, Any]:
    request = {
        "ProjectArn": project_arn,
        "VersionName": name,
        "OutputConfig": {"S3Bucket": BUCKET, "S3KeyPrefix": "output"},
        "TrainingData": assets(MANIFEST),
        "TestingData": {"AutoCreate": True},
        **others,
    }
    return {key: value for key, value in request.items() if value is not None}


@dataclass
class Emulator:
    """The emulated service, with a bucket and a manifest in it."""

    labels: CustomLabelsControl
    rekognition: Any
    s3: Any

    def put(self, content: bytes, key: str = MANIFEST) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)

    def project(self, name: str = "p1", **others: Any) -> str:
        arn: str = self.rekognition.create_project(ProjectName=name, **others)["ProjectArn"]
        return arn

    def create(self, project_arn: str, name: str = "v1", **others: Any) -> str:
        answer = self.rekognition.create_project_version(**version_request(project_arn, name, **others))
        arn: str = answer["ProjectVersionArn"]
        return arn

    def describe(self, project_arn: str, *names: str) -> list[dict[str, Any]]:
        named = {"VersionNames": list(names)} if names else {}
        answer = self.rekognition.describe_project_versions(ProjectArn=project_arn, **named)
        described: list[dict[str, Any]] = answer["ProjectVersionDescriptions"]
        return described

    def statuses(self, project_arn: str, *names: str) -> list[str]:
        return [description["Status"] for description in self.describe(project_arn, *names)]

    def train(self, manifest: bytes, *, testing: bytes | None = None, **others: Any) -> dict[str, Any]:
        """Train a version of a new project, and return its description."""
        self.put(manifest)
        if testing is not None:
            self.put(testing, "data/test.manifest")
            others["TestingData"] = assets("data/test.manifest")
        project = self.project()
        self.create(project, **others)
        return self.describe(project)[0]

    def summary(self, description: Mapping[str, Any]) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.read(description["EvaluationResult"]["Summary"]))
        return read

    def read(self, place: Mapping[str, Any]) -> str:
        """Return the content of the file that a response names, as an S3Object or as an asset."""
        found = place.get("GroundTruthManifest", place)["S3Object"]
        content: bytes = self.s3.get_object(Bucket=found["Bucket"], Key=found["Name"])["Body"].read()
        return content.decode()

    def snapshot(self, description: Mapping[str, Any]) -> str:
        (asset,) = description["TestingDataResult"]["Output"]["Assets"]
        return self.read(asset)


def names_of(descriptions: Sequence[Mapping[str, Any]]) -> list[str]:
    return [description["ProjectVersionArn"].split("/")[3] for description in descriptions]
