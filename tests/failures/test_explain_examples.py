"""The examples explain_failure.py and preflight.py run as they stand, against the emulated service."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.test_examples import BUCKET, run, train
from tests.test_examples import server as server_process

server = server_process
"""The emulated service in a process of its own, of this module's."""


def client(service: str, url: str) -> Any:
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    make: Any = boto3.client
    return make(service, region_name="us-east-1", endpoint_url=url, **keys)


def test_explain_failure_tells_the_reason_and_the_lines(server: str) -> None:
    assert train(server, "one", manifest="one-label.manifest").returncode == 1
    rekognition = client("rekognition", server)
    (project,) = rekognition.describe_projects()["ProjectDescriptions"]
    (version,) = rekognition.describe_project_versions(ProjectArn=project["ProjectArn"])["ProjectVersionDescriptions"]
    arn = version["ProjectVersionArn"]

    done = run("explain_failure.py", arn, url=server)
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[0] == f"The training of {arn} failed (TRAINING_FAILED)."
    assert "(ERROR_MANIFEST_TOO_FEW_LABELS)" in done.stdout
    assert "\x1b" not in done.stdout
    told = json.loads(run("explain_failure.py", arn, "--json", url=server).stdout)
    assert told["reasons"][0]["code"] == "ERROR_MANIFEST_TOO_FEW_LABELS"

    wrong = run("explain_failure.py", "v1", url=server)
    assert wrong.returncode == 1
    assert "ValueError: 'v1' is not a project version ARN" in wrong.stderr
    assert "Traceback" not in wrong.stderr


@pytest.mark.parametrize(("manifest", "code"), [("train.manifest", 0), ("one-label.manifest", 1)])
def test_preflight_tells_whether_the_training_would_fail(server: str, tmp_path: Path, manifest: str, code: int) -> None:
    made = client("rekognition", server).create_project(ProjectName=f"for-{manifest}")
    document = {
        "ProjectArn": made["ProjectArn"],
        "VersionName": "v1",
        "OutputConfig": {"S3Bucket": BUCKET, "S3KeyPrefix": "results"},
        "TrainingData": {"Assets": [{"GroundTruthManifest": {"S3Object": {"Bucket": BUCKET, "Name": manifest}}}]},
        "TestingData": {"AutoCreate": True},
    }
    request = tmp_path / "request.json"
    request.write_text(json.dumps(document))

    done = run("preflight.py", str(request), "--probe-output", url=server)
    assert done.returncode == code, done.stdout + done.stderr
    assert ("ERROR_MANIFEST_TOO_FEW_LABELS" in done.stdout) is bool(code)
    assert "an object could be written here" in done.stdout
    assert not client("s3", server).list_objects_v2(Bucket=BUCKET, Prefix="results/rekog").get("Contents")

    request.write_text("{}")
    wrong = run("preflight.py", str(request), url=server)
    assert wrong.returncode == 1
    assert "ProjectArn" in wrong.stderr
    assert "Traceback" not in wrong.stderr
