"""Documents that are exchanged with the AWS CLI: skeletons, `--cli-input-json`, and output.

The CLI runs in the test process. A slow smoke test starts the installed command.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from awscli.clidriver import create_clidriver  # type: ignore[import-untyped]

from rekog_versions import CreateProjectVersionRequest, OutputConfig, S3Object, TestingData, TrainingData
from rekog_versions.models import (
    CustomizationFeatureConfig,
    CustomizationFeatureContentModerationConfig,
    DescribeProjectVersionsResponse,
)
from rekog_versions.models._base import Request
from rekog_versions.models.assets import Asset, GroundTruthManifest
from rekog_versions.models.datasets import (
    CreateDatasetRequest,
    DeleteDatasetRequest,
    DescribeDatasetRequest,
    DistributeDatasetEntriesRequest,
    ListDatasetEntriesRequest,
    ListDatasetLabelsRequest,
    UpdateDatasetEntriesRequest,
)
from rekog_versions.models.detection import DetectCustomLabelsRequest
from rekog_versions.models.lifecycle import (
    CopyProjectVersionRequest,
    DeleteProjectVersionRequest,
    StartProjectVersionRequest,
    StopProjectVersionRequest,
)
from rekog_versions.models.policies import (
    DeleteProjectPolicyRequest,
    ListProjectPoliciesRequest,
    PutProjectPolicyRequest,
)
from rekog_versions.models.projects import CreateProjectRequest, DeleteProjectRequest, DescribeProjectsRequest
from rekog_versions.models.tags import ListTagsForResourceRequest, TagResourceRequest, UntagResourceRequest
from rekog_versions.models.versions import DescribeProjectVersionsRequest
from tests.models.operations import OPERATIONS

PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/birds/1709280000000"
VERSION = "arn:aws:rekognition:eu-west-1:123456789012:project/birds/version/v1/1709288430123"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command of the CLI in this process, and return its output."""
    for name, value in {"AWS_MAX_ATTEMPTS": "1", "AWS_PAGER": "", "NO_PROXY": "127.0.0.1"}.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> str:
        # a new CLI for each command: its handlers pile up, and it reads its configuration once
        code = create_clidriver().main(["rekognition", *arguments, "--output", "json"])
        printed = capsys.readouterr()
        assert code == 0, printed.err
        return printed.out

    return run


PLAIN: dict[str, type[Request]] = {
    "create-project-version": CreateProjectVersionRequest,
    "describe-project-versions": DescribeProjectVersionsRequest,
    "delete-project": DeleteProjectRequest,
    "start-project-version": StartProjectVersionRequest,
    "stop-project-version": StopProjectVersionRequest,
    "delete-project-version": DeleteProjectVersionRequest,
    "copy-project-version": CopyProjectVersionRequest,
    "describe-dataset": DescribeDatasetRequest,
    "list-dataset-entries": ListDatasetEntriesRequest,
    "list-dataset-labels": ListDatasetLabelsRequest,
    "update-dataset-entries": UpdateDatasetEntriesRequest,
    "distribute-dataset-entries": DistributeDatasetEntriesRequest,
    "delete-dataset": DeleteDatasetRequest,
    "detect-custom-labels": DetectCustomLabelsRequest,
    "put-project-policy": PutProjectPolicyRequest,
    "list-project-policies": ListProjectPoliciesRequest,
    "delete-project-policy": DeleteProjectPolicyRequest,
    "tag-resource": TagResourceRequest,
    "untag-resource": UntagResourceRequest,
    "list-tags-for-resource": ListTagsForResourceRequest,
}
WITH_CHOICES: dict[str, type[Request]] = {
    "create-project": CreateProjectRequest,
    "describe-projects": DescribeProjectsRequest,
    "create-dataset": CreateDatasetRequest,
}
"""The commands with enums, for which the CLI prints any value."""


def test_all_operations_have_a_skeleton() -> None:
    assert {*PLAIN.values(), *WITH_CHOICES.values()} == {request for request, _ in OPERATIONS.values()}


@pytest.mark.parametrize("command", PLAIN)
def test_a_skeleton_equals_that_of_the_cli(command: str, aws: Callable[..., str]) -> None:
    printed = json.loads(aws(command, "--generate-cli-skeleton"))
    assert PLAIN[command].skeleton() == printed
    assert list(PLAIN[command].skeleton()) == list(printed)  # also in its order


@pytest.mark.parametrize("command", WITH_CHOICES)
def test_a_skeleton_has_the_first_allowed_value_of_an_enum(command: str, aws: Callable[..., str]) -> None:
    def without_choices(document: Any) -> Any:
        choices = {"CONTENT_MODERATION", "CUSTOM_LABELS", "ENABLED", "DISABLED", "TRAIN", "TEST"}
        if isinstance(document, dict):
            return {key: without_choices(value) for key, value in document.items()}
        if isinstance(document, list):
            return [without_choices(value) for value in document]
        return "(one of them)" if document in choices else document

    printed, ours = json.loads(aws(command, "--generate-cli-skeleton")), WITH_CHOICES[command].skeleton()
    assert without_choices(ours) == without_choices(printed)
    assert "(one of them)" in json.dumps(without_choices(printed))
    first = "TRAIN" if command == "create-dataset" else "CONTENT_MODERATION"
    assert f'"{first}"' in json.dumps(ours)


@dataclass
class Service:
    """A service on the loopback interface that records requests and returns a fixed response."""

    url: str
    response: dict[str, Any]
    requests: list[tuple[str, Any]] = field(default_factory=list)


@pytest.fixture
def service() -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            recorded.requests.append((self.headers["X-Amz-Target"], body))
            content = json.dumps(recorded.response).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        recorded = Service(f"http://127.0.0.1:{server.server_port}", {})
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield recorded
        server.shutdown()
        thread.join()


LEAST = CreateProjectVersionRequest(
    project_arn=PROJECT, version_name="v1", output_config=OutputConfig(s3_bucket="birds-out")
)
FULL = CreateProjectVersionRequest(
    project_arn=PROJECT,
    version_name="v1.0_b-2",
    output_config=OutputConfig(s3_bucket="birds-out", s3_key_prefix='runs/ü "1"\\'),
    training_data=TrainingData(
        assets=[
            Asset(
                ground_truth_manifest=GroundTruthManifest(
                    s3_object=S3Object(bucket="birds-in", name="Größe/数据 😀\n#?%.manifest", version="v7")
                )
            ),
            *TrainingData.from_manifests("s3://birds-in/more.manifest").assets,
        ]
    ),
    testing_data=TestingData(auto_create=True),
    tags={"team": "vision", "Größe": "", "a:b/c=d+e-f@g": "1 2"},
    kms_key_id="alias/training",
    version_description="birds, first try: (a; b)?",
    feature_config=CustomizationFeatureConfig(
        content_moderation=CustomizationFeatureContentModerationConfig(confidence_threshold=52.5)
    ),
)


@pytest.mark.parametrize("request_", [LEAST, FULL], ids=["least", "full"])
def test_the_cli_sends_our_json_unchanged(
    request_: CreateProjectVersionRequest, service: Service, tmp_path: Path, aws: Callable[..., str]
) -> None:
    document = tmp_path / "create.json"
    document.write_text(request_.to_json(), encoding="utf-8")
    service.response = {"ProjectVersionArn": VERSION}
    printed = aws(
        "create-project-version",
        "--cli-input-json",
        document.as_uri(),
        "--endpoint-url",
        service.url,
    )
    assert service.requests == [("RekognitionService.CreateProjectVersion", request_.to_wire())]
    assert json.loads(printed) == service.response


def test_a_filled_in_skeleton_of_the_cli_is_a_request(aws: Callable[..., str]) -> None:
    skeleton = json.loads(aws("create-project-version", "--generate-cli-skeleton"))
    s3_object = {"Bucket": "birds-in", "Name": "train.manifest", "Version": "v7"}
    assets = [{"GroundTruthManifest": {"S3Object": s3_object}}]
    skeleton |= {
        "ProjectArn": PROJECT,
        "VersionName": "v1",
        "OutputConfig": {"S3Bucket": "birds-out", "S3KeyPrefix": ""},
        "TrainingData": {"Assets": assets},
        "TestingData": {"Assets": assets, "AutoCreate": False},
        "Tags": {"KeyName": ""},
        "KmsKeyId": "alias/training",
        "VersionDescription": "birds",
    }
    assert CreateProjectVersionRequest.from_json(json.dumps(skeleton)).to_wire() == skeleton


DESCRIBED: dict[str, Any] = {
    "ProjectVersionDescriptions": [
        {
            "ProjectVersionArn": VERSION,
            "CreationTimestamp": 1709288430.123,
            "MinInferenceUnits": 1,
            "Status": "TRAINING_COMPLETED",
            "StatusMessage": "The model is ready to run: Größe.",
            "BillableTrainingTimeInSeconds": 4321,
            "TrainingEndTimestamp": 1709293000.0,
            "OutputConfig": {"S3Bucket": "birds-out", "S3KeyPrefix": ""},
            "TrainingDataResult": {"Input": {}},
            "TestingDataResult": {"Input": {"Assets": [], "AutoCreate": True}},
            "EvaluationResult": {"F1Score": 1, "Summary": {"S3Object": {"Bucket": "birds-out", "Name": "s.json"}}},
        },
        {"ProjectVersionArn": VERSION, "CreationTimestamp": 1582839055.056, "Status": "TRAINING_PAUSED"},
    ]
}


@pytest.fixture(params=["UTC", "America/New_York"])
def _time_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_time_zone")
@pytest.mark.parametrize("timestamps", ["none", "iso8601", "wire"])
def test_the_output_of_the_cli_reads_as_the_response(
    timestamps: str, service: Service, tmp_path: Path, aws: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text(f"[default]\ncli_timestamp_format = {timestamps}\n", encoding="utf-8")
    service.response = DESCRIBED
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    command = ["describe-project-versions", "--project-arn", PROJECT, "--endpoint-url", service.url]
    printed = aws(*command)
    assert ("2024-03-01T" in printed) == (timestamps == "iso8601")
    response = DescribeProjectVersionsResponse.model_validate_json(printed)
    assert response == DescribeProjectVersionsResponse.model_validate_json(json.dumps(DESCRIBED))
    (sent,) = service.requests
    assert sent[0] == "RekognitionService.DescribeProjectVersions"


SERVICE_YAML = """
ProjectArn: arn:aws:rekognition:eu-west-1:123456789012:project/birds/1709280000000
VersionName: v1
OutputConfig:
  S3Bucket: birds-out
  S3KeyPrefix: runs   # the results lie under this
TrainingData:
  Assets:
    - GroundTruthManifest: {S3Object: {Bucket: birds-in, Name: "train #1.manifest"}}
TestingData:
  AutoCreate: yes
Tags: {team: vision, number: "7"}
FeatureConfig: {ContentModeration: {ConfidenceThreshold: 50}}
"""
SNAKE_YAML = """
project_arn: arn:aws:rekognition:eu-west-1:123456789012:project/birds/1709280000000
version_name: v1
output_config: {s3_bucket: birds-out, s3_key_prefix: runs}
training_data:
  assets:
    - ground_truth_manifest: {s3_object: {bucket: birds-in, name: "train #1.manifest"}}
testing_data: {auto_create: true, assets: null}
tags: {team: vision, number: "7"}
kms_key_id:
feature_config: {content_moderation: {confidence_threshold: 50.0}}
"""


@pytest.mark.parametrize("document", [SERVICE_YAML, SNAKE_YAML])
def test_yaml_is_read_in_both_spellings(document: str) -> None:
    request = CreateProjectVersionRequest.from_dict(yaml.safe_load(document))
    assert request == CreateProjectVersionRequest(
        project_arn=PROJECT,
        version_name="v1",
        output_config=OutputConfig(s3_bucket="birds-out", s3_key_prefix="runs"),
        training_data=TrainingData.from_manifests("s3://birds-in/train #1.manifest"),
        testing_data=TestingData(auto_create=True),
        tags={"team": "vision", "number": "7"},
        feature_config=CustomizationFeatureConfig(
            content_moderation=CustomizationFeatureContentModerationConfig(confidence_threshold=50)
        ),
    )


@pytest.mark.parametrize(
    ("line", "member"),
    [
        ("VersionName: 1.0", "VersionName"),
        ("VersionName: 2024-03-01", "VersionName"),
        ("VersionName: no", "VersionName"),
        ("VersionName:", "VersionName"),
        ("Tags: {number: 7}", "number"),
        ("TestingData: {AutoCreate: 'yes'}", "AutoCreate"),
        ("FeatureConfig: {ContentModeration: {ConfidenceThreshold: .nan}}", "ConfidenceThreshold"),
    ],
)
def test_yaml_values_of_another_type_are_rejected(line: str, member: str) -> None:
    document = yaml.safe_load(SERVICE_YAML) | yaml.safe_load(line)
    with pytest.raises(ValueError, match="validation error") as caught:
        CreateProjectVersionRequest.from_dict(document)
    assert member in str(caught.value)


@pytest.mark.slow
def test_the_installed_command_prints_a_skeleton() -> None:
    command = [str(Path(sys.executable).parent / "aws"), "rekognition", "delete-project", "--generate-cli-skeleton"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=60)
    assert json.loads(done.stdout) == DeleteProjectRequest.skeleton()
