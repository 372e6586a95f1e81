"""`submit_all()` in processes that are killed or interrupted, with the emulated service in another process."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest

from tests.test_docs import a_line
from tests.test_examples import BUCKET

pytestmark = pytest.mark.slow

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}

SUBMIT = """
import json, sys
from rekog_versions import CreateProjectVersionRequest, OutputConfig, Schedule, TestingData, TrainingData
from rekog_versions import VersionsClient
from rekog_versions.batch import submit_all
client = VersionsClient.connect(region_name="us-east-1", endpoint_url=sys.argv[1])
requests = [
    CreateProjectVersionRequest(
        project_arn=sys.argv[2],
        version_name=f"v{number}",
        output_config=OutputConfig(s3_bucket="my-bucket", s3_key_prefix="out"),
        training_data=TrainingData.from_manifests("s3://my-bucket/train.manifest"),
        testing_data=TestingData(auto_create=True),
    )
    for number in range(4)
]
fast = {"schedule": Schedule(first=0.05, most=0.05), "rate": 200}
for outcome in submit_all(client, requests, on_poll=lambda poll: print("poll", flush=True), **fast):
    fields = [outcome.request.version_name, outcome.version_arn, outcome.ok, outcome.was_there_already]
    print(json.dumps(fields), flush=True)
"""


class Service:
    """The emulated service in a process of its own, with a manifest in its S3."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.rekognition = self._client("rekognition")
        s3 = self._client("s3")
        s3.create_bucket(Bucket=BUCKET)
        lines = "\n".join(a_line(label, number) for label in ("circle", "square") for number in range(20))
        for name in ("train", "circles", "squares", "triangles"):
            s3.put_object(Bucket=BUCKET, Key=f"{name}.manifest", Body=lines.encode())

    def _client(self, name: str) -> Any:
        make: Any = boto3.client
        return make(name, region_name="us-east-1", endpoint_url=self.url, **KEYS)

    def control(self, action: str, **arguments: Any) -> None:
        """Change the emulation's settings."""
        body = json.dumps(arguments).encode()
        with urlopen(Request(f"{self.url}/_custom-labels/{action}", body, method="POST")) as response:
            assert response.status == 200

    def versions(self, project_arn: str) -> dict[str, str]:
        found = self.rekognition.describe_project_versions(ProjectArn=project_arn)["ProjectVersionDescriptions"]
        return {version["ProjectVersionArn"].split("/")[3]: version["ProjectVersionArn"] for version in found}


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    process = subprocess.Popen(
        [sys.executable, "-m", "rekog_versions.testing.server", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"},
    )
    assert process.stdout is not None
    yield Service(process.stdout.readline().strip())
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    process.stdout.close()


def start(service: Service, project_arn: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", SUBMIT, service.url, project_arn],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(service: Service, project_arn: str, count: int, process: "subprocess.Popen[str]") -> dict[str, str]:
    until = time.monotonic() + 30
    while len(found := service.versions(project_arn)) < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
    return found


@pytest.mark.parametrize("started", [1, 2])
def test_after_a_kill_the_same_requests_start_only_the_missing_trainings(started: int, service: Service) -> None:
    name = f"killed-{started}"
    project = service.rekognition.create_project(ProjectName=name)["ProjectArn"]
    service.control("set-training", times=1_000_000, project=name)
    killed = start(service, project)
    wait_for(service, project, started, killed)  # the response to the create may not have arrived yet
    killed.kill()
    out, _ = killed.communicate(timeout=30)
    assert killed.returncode == -signal.SIGKILL
    assert "[" not in out  # nothing was reported

    before = service.versions(project)
    assert started <= len(before) <= 2
    service.control("set-training", times=3, project=name)
    out, err = start(service, project).communicate(timeout=60)
    outcomes = {name: fields for name, *fields in (json.loads(line) for line in out.splitlines() if line != "poll")}
    assert sorted(outcomes) == ["v0", "v1", "v2", "v3"], err
    assert all(ok for _, ok, _ in outcomes.values())
    assert {version: arn for version, (arn, _, was_there) in outcomes.items() if was_there} == before
    assert service.versions(project) == {version: arn for version, (arn, _, _) in outcomes.items()}


def test_ctrl_c_says_what_continues_and_how_to_resume(service: Service) -> None:
    project = service.rekognition.create_project(ProjectName="ctrl-c")["ProjectArn"]
    service.control("set-training", times=1_000_000, project="ctrl-c")
    process = start(service, project)
    arns = wait_for(service, project, 2, process)
    assert process.stdout is not None
    process.stdout.readline()  # a poll: the process knows both versions
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in err
    assert "These trainings continue and are billed" in err
    assert all(arn in err for arn in arns.values())
    assert "2 requests had not been started" in err
    service.control("set-training", project="ctrl-c")  # frees the slots
    service.versions(project)
