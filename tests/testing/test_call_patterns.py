"""The sequences of calls that scripts for the service make: loops over pages, polls of a status, waiters, resources."""

import json
import time
from typing import Any

import boto3
import pytest

from rekog_versions.testing import mock_custom_labels
from tests.testing.emulator import BUCKET, MANIFEST, cats_and_dogs, version_request
from tests.testing.pictures import picture


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


def poll(describe: Any, status: str) -> str:
    """Poll until a description no longer has the status that a call leads through."""
    for _ in range(10):
        found: str = describe()["Status"]
        if found != status:
            return found
        time.sleep(5)
    raise AssertionError(f"still {status}")


def test_a_script_that_does_all_there_is_runs_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_custom_labels() as labels:
        labels.set_datasets(times=2)
        labels.set_training(times=2)
        rekognition: Any = boto3.client("rekognition")
        s3: Any = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs(30))
        s3.put_object(Bucket=BUCKET, Key="photo.png", Body=picture())

        project = rekognition.create_project(ProjectName="shapes")["ProjectArn"]
        source = {"GroundTruthManifest": {"S3Object": {"Bucket": BUCKET, "Name": MANIFEST}}}
        datasets = {}
        for kind, others in (("TRAIN", {"DatasetSource": source}), ("TEST", {})):
            arn = rekognition.create_dataset(ProjectArn=project, DatasetType=kind, **others)["DatasetArn"]
            datasets[kind] = arn
            described = poll(lambda arn=arn: describe_dataset(rekognition, arn), "CREATE_IN_PROGRESS")
            assert described == "CREATE_COMPLETE"
        rekognition.distribute_dataset_entries(Datasets=[{"Arn": arn} for arn in datasets.values()])
        for arn in datasets.values():
            distributed = poll(lambda arn=arn: describe_dataset(rekognition, arn), "UPDATE_IN_PROGRESS")
            assert distributed == "UPDATE_COMPLETE"
        rekognition.update_dataset_entries(
            DatasetArn=datasets["TRAIN"], Changes={"GroundTruth": bytes(cats_and_dogs(4))}
        )
        updated = poll(lambda: describe_dataset(rekognition, datasets["TRAIN"]), "UPDATE_IN_PROGRESS")
        assert updated == "UPDATE_COMPLETE"
        assert [json.loads(entry)["source-ref"] for entry in all_entries(rekognition, datasets["TEST"])]

        version = rekognition.create_project_version(
            ProjectArn=project,
            VersionName="v1",
            OutputConfig=version_request(project)["OutputConfig"],
            Tags={"team": "vision"},
        )["ProjectVersionArn"]
        waiter = rekognition.get_waiter("project_version_training_completed")
        waiter.wait(ProjectArn=project, VersionNames=["v1"], WaiterConfig={"Delay": 0})
        assert tagged(rekognition, "team", "vision") == [version]
        assert tagged(rekognition, "team", "other") == []

        rekognition.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)
        rekognition.get_waiter("project_version_running").wait(ProjectArn=project, VersionNames=["v1"])
        for image in ({"Bytes": picture()}, {"S3Object": {"Bucket": BUCKET, "Name": "photo.png"}}):
            found = rekognition.detect_custom_labels(Image=image, MinConfidence=30, ProjectVersionArn=version)
            assert isinstance(found["CustomLabels"], list)
        status = rekognition.stop_project_version(ProjectVersionArn=version)["Status"]
        assert status == "STOPPING"
        assert poll(lambda: describe_version(rekognition, project), "STOPPING") == "STOPPED"

        rekognition.delete_project_version(ProjectVersionArn=version)
        while rekognition.describe_project_versions(ProjectArn=project, VersionNames=["v1"])[
            "ProjectVersionDescriptions"
        ]:
            time.sleep(5)
        for arn in datasets.values():
            rekognition.delete_dataset(DatasetArn=arn)
            with pytest.raises(rekognition.exceptions.ResourceNotFoundException):
                poll(lambda arn=arn: describe_dataset(rekognition, arn), "DELETE_IN_PROGRESS")
        rekognition.delete_project(ProjectArn=project)
        while rekognition.describe_projects(ProjectNames=["shapes"])["ProjectDescriptions"]:
            time.sleep(5)


def describe_dataset(rekognition: Any, arn: str) -> Any:
    return rekognition.describe_dataset(DatasetArn=arn)["DatasetDescription"]


def describe_version(rekognition: Any, project: str) -> Any:
    (found,) = rekognition.describe_project_versions(ProjectArn=project, VersionNames=["v1"])[
        "ProjectVersionDescriptions"
    ]
    return found


def all_entries(rekognition: Any, arn: str) -> list[str]:
    """List all entries with a loop that begins with an empty token."""
    entries: list[str] = []
    token, finished = "", False
    while not finished:
        page = rekognition.list_dataset_entries(DatasetArn=arn, HasErrors=False, MaxResults=2, NextToken=token)
        entries += page["DatasetEntries"]
        finished = "NextToken" not in page
        token = page.get("NextToken", "")
    return entries


def tagged(rekognition: Any, key: str, value: str) -> list[str]:
    """Return the versions with a tag, in all projects."""
    return [
        version["ProjectVersionArn"]
        for project in rekognition.describe_projects()["ProjectDescriptions"]
        for version in rekognition.describe_project_versions(ProjectArn=project["ProjectArn"])[
            "ProjectVersionDescriptions"
        ]
        if rekognition.list_tags_for_resource(ResourceArn=version["ProjectVersionArn"])["Tags"].get(key) == value
    ]
