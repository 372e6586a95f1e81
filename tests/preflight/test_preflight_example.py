"""The example preflight.py, on the emulated service."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from rekog_versions.testing import CustomLabelsControl
from tests.example_runs import run_example
from tests.test_examples import BUCKET as SERVER_BUCKET, run, server as server_process
from tests.testing.emulator import (
    BUCKET,
    MANIFEST,
    Emulator,
    cats_and_dogs,
    json_lines,
    line,
    shared_client,
    version_request,
)

server = server_process
"""The emulated service in a process of its own, for this module."""


@pytest.fixture
def emulator(custom_labels: CustomLabelsControl) -> Emulator:
    """The emulated service with a bucket."""
    emulator = Emulator(custom_labels, shared_client("rekognition"), shared_client("s3"))
    emulator.s3.create_bucket(Bucket=BUCKET)
    return emulator


@pytest.mark.parametrize("fails", [False, True])
def test_the_example_reports_whether_the_training_would_fail(emulator: Emulator, tmp_path: Path, fails: bool) -> None:
    emulator.put(json_lines(line(number, "cat") for number in range(20)) if fails else cats_and_dogs(40))
    request = tmp_path / "request.json"
    request.write_text(json.dumps(version_request(emulator.project())))
    done = run_example("preflight.py", str(request), "--probe-output")
    assert done.returncode == int(fails), done.stdout + done.stderr
    assert ("ERROR_MANIFEST_TOO_FEW_LABELS" in done.stdout) is fails
    assert "an object could be written here" in done.stdout
    assert [found["Key"] for found in emulator.s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == [MANIFEST]


def test_the_example_rejects_an_invalid_request_with_a_message(tmp_path: Path) -> None:
    request = tmp_path / "request.json"
    request.write_text("{}")
    done = run_example("preflight.py", str(request))
    assert done.returncode == 1
    assert "ProjectArn" in done.stderr


@pytest.mark.slow
def test_the_example_runs_in_a_process_of_its_own(server: str, tmp_path: Path) -> None:
    make: Any = boto3.client
    rekognition = make("rekognition", region_name="us-east-1", endpoint_url=server)
    document = version_request(rekognition.create_project(ProjectName="p1")["ProjectArn"])
    document["OutputConfig"]["S3Bucket"] = SERVER_BUCKET
    place = {"Bucket": SERVER_BUCKET, "Name": "train.manifest"}
    document["TrainingData"]["Assets"][0]["GroundTruthManifest"]["S3Object"] = place
    request = tmp_path / "request.json"
    request.write_text(json.dumps(document))
    done = run("preflight.py", str(request), url=server)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Preflight of v1" in done.stdout
    assert "Traceback" not in done.stderr
