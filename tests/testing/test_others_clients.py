"""Other clients go through the whole life of a model, with the server in another process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from PIL import Image

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
AIOBOTOCORE = ROOT / ".venv" / "aiobotocore" / "bin" / "python"
BUCKET, MANIFEST = "shapes-bucket", "train.manifest"
LABELS = ("circle", "square")


def _line(label: str, number: int) -> str:
    return json.dumps(
        {
            "source-ref": f"s3://{BUCKET}/pictures/{label}-{number}.png",
            "shape": LABELS.index(label),
            "shape-metadata": {
                "class-name": label,
                "confidence": 1,
                "type": "groundtruth/image-classification",
                "human-annotated": "yes",
                "creation-date": "2026-01-01T00:00:00",
            },
        }
    )


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "rekog_versions.testing.server", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    s3 = _boto3("s3", url)
    s3.create_bucket(Bucket=BUCKET)
    file = BytesIO()
    Image.new("RGB", (96, 96), "red").save(file, "PNG")
    lines = [_line(label, number) for label in LABELS for number in range(20)]
    for label in LABELS:
        for number in range(20):
            s3.put_object(Bucket=BUCKET, Key=f"pictures/{label}-{number}.png", Body=file.getvalue())
    s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body="\n".join(lines).encode())
    yield url
    process.terminate()
    assert process.wait(20) == 0
    process.stdout.close()


def _boto3(service: str, url: str) -> Any:
    make: Any = boto3.client
    return make(
        service,
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


def test_the_waiters_and_paginators_of_botocore_work(server: str) -> None:
    rekognition = _boto3("rekognition", server)
    project = rekognition.create_project(ProjectName="boto")["ProjectArn"]
    manifest = {"GroundTruthManifest": {"S3Object": {"Bucket": BUCKET, "Name": MANIFEST}}}
    version = rekognition.create_project_version(
        ProjectArn=project,
        VersionName="v1",
        OutputConfig={"S3Bucket": BUCKET, "S3KeyPrefix": "boto"},
        TrainingData={"Assets": [manifest]},
        TestingData={"AutoCreate": True},
    )["ProjectVersionArn"]
    names = {"ProjectArn": project, "VersionNames": ["v1"]}
    soon = {"WaiterConfig": {"Delay": 0, "MaxAttempts": 20}}
    rekognition.get_waiter("project_version_training_completed").wait(**names, **soon)
    rekognition.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)
    rekognition.get_waiter("project_version_running").wait(**names, **soon)
    image = {"S3Object": {"Bucket": BUCKET, "Name": "pictures/circle-0.png"}}
    first = rekognition.detect_custom_labels(ProjectVersionArn=version, Image=image, MinConfidence=0)["CustomLabels"]
    again = rekognition.detect_custom_labels(ProjectVersionArn=version, Image=image, MinConfidence=0)["CustomLabels"]
    assert first == again
    assert {label["Name"] for label in first} <= set(LABELS)
    assert rekognition.stop_project_version(ProjectVersionArn=version)["Status"] in ("STOPPING", "STOPPED")
    pages = rekognition.get_paginator("describe_project_versions").paginate(ProjectArn=project)
    assert [item["Status"] for item in pages.search("ProjectVersionDescriptions")] == ["STOPPED"]
    assert rekognition.delete_project_version(ProjectVersionArn=version)["Status"] == "DELETING"
    assert rekognition.describe_project_versions(ProjectArn=project)["ProjectVersionDescriptions"] == []
    rekognition.delete_project(ProjectArn=project)
    assert rekognition.describe_projects(ProjectNames=["boto"])["ProjectDescriptions"] == []


def test_the_aws_cli_works(server: str, tmp_path: Path) -> None:
    def aws(*arguments: str, fails: str = "") -> Any:
        command = [str(Path(sys.executable).with_name("aws")), "rekognition", *arguments, "--endpoint-url", server]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if fails:
            assert done.returncode != 0
            assert fails in done.stderr
            return None
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    project = aws("create-project", "--project-name", "cli")["ProjectArn"]
    source = json.dumps({"GroundTruthManifest": {"S3Object": {"Bucket": BUCKET, "Name": MANIFEST}}})
    dataset = ["create-dataset", "--project-arn", project, "--dataset-type"]
    train = aws(*dataset, "TRAIN", "--dataset-source", source)["DatasetArn"]
    test = aws(*dataset, "TEST")["DatasetArn"]
    for arn in (train, test):
        assert aws("describe-dataset", "--dataset-arn", arn)["DatasetDescription"]["Status"] == "CREATE_COMPLETE"
    aws("distribute-dataset-entries", "--datasets", json.dumps([{"Arn": train}, {"Arn": test}]))
    for arn, entries in ((train, 32), (test, 8)):
        stats = aws("describe-dataset", "--dataset-arn", arn)["DatasetDescription"]["DatasetStats"]
        assert stats["TotalEntries"] == entries

    asked = tmp_path / "create.json"
    output = {"S3Bucket": BUCKET, "S3KeyPrefix": "cli"}
    asked.write_text(json.dumps({"ProjectArn": project, "VersionName": "v1", "OutputConfig": output}))
    version = aws("create-project-version", "--cli-input-json", asked.as_uri())["ProjectVersionArn"]
    names = ["--project-arn", project, "--version-names", "v1"]
    aws("wait", "project-version-training-completed", *names)
    (described,) = aws("describe-project-versions", *names)["ProjectVersionDescriptions"]
    assert described["Status"] == "TRAINING_COMPLETED"
    image = ["--image", json.dumps({"S3Object": {"Bucket": BUCKET, "Name": "pictures/square-1.png"}})]
    detect = ["detect-custom-labels", "--project-version-arn", version, *image]
    aws(*detect, fails="ResourceNotReadyException")
    aws("start-project-version", "--project-version-arn", version, "--min-inference-units", "1")
    aws("wait", "project-version-running", *names)
    assert "CustomLabels" in aws(*detect)
    aws("delete-project-version", "--project-version-arn", version, fails="ResourceInUseException")
    aws("tag-resource", "--resource-arn", version, "--tags", "team=vision")
    assert aws("list-tags-for-resource", "--resource-arn", version) == {"Tags": {"team": "vision"}}
    aws("stop-project-version", "--project-version-arn", version)
    assert aws("describe-project-versions", *names)["ProjectVersionDescriptions"][0]["Status"] == "STOPPED"
    assert aws("delete-project-version", "--project-version-arn", version) == {"Status": "DELETING"}
    aws("describe-project-versions", *names)
    aws("delete-project", "--project-arn", project, fails="ResourceInUseException")
    for arn in (train, test):
        aws("delete-dataset", "--dataset-arn", arn)
    assert aws("delete-project", "--project-arn", project) == {"Status": "DELETING"}


def test_aiobotocore_in_an_environment_of_its_own(server: str) -> None:
    assert AIOBOTOCORE.exists(), f"{AIOBOTOCORE} is missing; make test-slow creates it"
    script = Path(__file__).parent / "clients" / "aiobotocore_life.py"
    done = subprocess.run(
        [str(AIOBOTOCORE), str(script), server, BUCKET, MANIFEST],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": ""},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert told.pop("labels") in ("['circle', 'square']", "['circle']", "['square']", "[]")
    assert told == {
        "dataset": "CREATE_COMPLETE",
        "training": "TRAINING_COMPLETED",
        "stop": "STOPPING",
        "listed": "['STOPPED']",
        "delete": "DELETING",
        "left": "0",
        "detect": "ResourceNotFoundException",
    }
