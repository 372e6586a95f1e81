import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from rekog_versions.testing import CustomLabelsControl, mock_custom_labels, server
from rekog_versions.testing.transitions import TRAINING
from tests.testing.emulator import BUCKET, Emulator, cats_and_dogs, client, version_request

AWS = Path(sys.executable).with_name("aws")
SERVICE_ERROR = (254, 255)  # the second is that of version 1 of the CLI
SOON = {"Delay": 0, "MaxAttempts": 5}


def start(*options: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "rekog_versions.testing.server", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def stop(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    return process.returncode, errors


@pytest.fixture(scope="module")
def running() -> Iterator[str]:
    process, url = start("--training-times", "2")
    yield url
    assert stop(process) == (0, "")


@pytest.fixture
def url(running: str) -> str:
    post(running, "/moto-api/reset")
    post(running, "/moto-api/state-manager/unset-transition", {"model_name": TRAINING})
    return running


def post(url: str, path: str, body: object = None) -> None:
    request = urllib.request.Request(url + path, data=json.dumps(body).encode() if body else b"", method="POST")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status in (200, 201)


def emulator_at(url: str, region: str = "us-east-1") -> Emulator:
    # the control does not reach another process; the tests change settings over HTTP
    made = Emulator(
        CustomLabelsControl(), client("rekognition", region, endpoint_url=url), client("s3", endpoint_url=url)
    )
    made.s3.create_bucket(Bucket=BUCKET)
    made.put(cats_and_dogs())
    return made


def aws(url: str, *arguments: str, region: str = "us-east-1") -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }
    return subprocess.run(
        [sys.executable, str(AWS), "rekognition", *arguments, "--endpoint-url", url, "--output", "json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def answered(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.slow
def test_the_aws_cli_trains_a_version(url: str) -> None:
    emulator = emulator_at(url)
    # the waiter of the CLI polls every two minutes
    post(
        url,
        "/moto-api/state-manager/set-transition",
        {"model_name": TRAINING, "transition": {"progression": "immediate"}},
    )
    project = answered(aws(url, "create-project", "--project-name", "p1"))["ProjectArn"]
    request = json.dumps(version_request(project))
    created = answered(aws(url, "create-project-version", "--cli-input-json", request))["ProjectVersionArn"]
    named = ("--project-arn", project, "--version-names", "v1")
    waited = aws(url, "wait", "project-version-training-completed", *named)
    assert (waited.returncode, waited.stderr) == (0, "")
    (version,) = answered(aws(url, "describe-project-versions", *named))["ProjectVersionDescriptions"]
    assert (version["ProjectVersionArn"], version["Status"]) == (created, "TRAINING_COMPLETED")
    assert emulator.summary(version)["EvaluationDetails"]["Labels"] == ["cat", "dog"]
    again = aws(url, "create-project-version", "--cli-input-json", request)
    assert again.returncode in SERVICE_ERROR
    assert "(ResourceInUseException) when calling the CreateProjectVersion operation" in again.stderr


@pytest.mark.slow
def test_the_aws_cli_reports_an_error(url: str) -> None:
    done = aws(url, "create-project", "--project-name", "a b")
    assert done.returncode in SERVICE_ERROR
    assert "(ValidationException) when calling the CreateProject operation: 1 validation error" in done.stderr


def test_the_state_manager_is_set_over_http(url: str) -> None:
    emulator = emulator_at(url)
    transition = {"progression": "manual", "times": 2, "outcome": "TRAINING_FAILED", "message": "Set over HTTP."}
    post(url, "/moto-api/state-manager/set-transition", {"model_name": TRAINING, "transition": transition})
    project = emulator.project()
    emulator.create(project)
    assert emulator.statuses(project) == ["TRAINING_IN_PROGRESS"]
    assert emulator.describe(project)[0]["StatusMessage"] == "Set over HTTP."


def test_a_reset_over_http_clears_everything(url: str) -> None:
    emulator = emulator_at(url)
    project = emulator.project()
    emulator.create(project)
    post(url, "/moto-api/reset")
    assert emulator.rekognition.describe_projects()["ProjectDescriptions"] == []
    with pytest.raises(emulator.rekognition.exceptions.ResourceNotFoundException):
        emulator.describe(project)


@pytest.mark.slow
def test_the_server_mode_of_moto_works_with_the_server(url: str) -> None:
    code = (
        "import boto3; from rekog_versions.testing import mock_custom_labels\n"
        "with mock_custom_labels():\n"
        "    rekognition = boto3.client('rekognition', region_name='eu-west-1')\n"
        "    print(rekognition.create_project(ProjectName='p1')['ProjectArn'])\n"
        "    print(len(rekognition.describe_projects()['ProjectDescriptions']))\n"
    )
    environment = {
        **os.environ,
        "TEST_SERVER_MODE": "true",
        "TEST_SERVER_MODE_ENDPOINT": url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    arn, count = done.stdout.split()
    assert arn.startswith("arn:aws:rekognition:eu-west-1:123456789012:project/p1/")
    assert count == "1"


def test_regions_are_separate_on_the_server(url: str) -> None:
    emulator_at(url).project("p1")
    assert client("rekognition", "eu-west-1", endpoint_url=url).describe_projects()["ProjectDescriptions"] == []


def test_unsetting_a_transition_restores_the_option_of_the_server(url: str) -> None:
    emulator = emulator_at(url)
    project = emulator.project()
    emulator.create(project)
    assert [emulator.statuses(project)[0] for _ in range(2)] == ["TRAINING_IN_PROGRESS", "TRAINING_COMPLETED"]


@pytest.mark.slow
def test_the_options_set_how_trainings_end() -> None:
    process, url = start("--training-seconds", "3600")
    try:
        emulator = emulator_at(url)
        project = emulator.project()
        emulator.create(project)
        assert [emulator.statuses(project)[0] for _ in range(3)] == ["TRAINING_IN_PROGRESS"] * 3
    finally:
        assert stop(process, signal.SIGINT) == (0, "")


@pytest.mark.parametrize(
    "options",
    [
        ["--training-times", "0"],
        ["--training-times", "x"],
        ["--training-seconds", "-1"],
        ["--training-seconds", "nan"],
        ["--training-times", "1", "--training-seconds", "1"],
    ],
)
def test_invalid_options_are_rejected(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        server.main(options)
    assert caught.value.code == 2
    assert "--training-" in capsys.readouterr().err


@pytest.mark.parametrize(("host", "verbose"), [("127.0.0.1", False), ("::1", True)])
def test_the_server_runs_in_the_process_that_calls_it(
    host: str, verbose: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as found:
        found.bind((host, 0))
        port = found.getsockname()[1]
    monkeypatch.setenv("MOTO_PORT", "0")  # restores it afterwards
    monkeypatch.delenv("MOTO_PORT")
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    answers: list[object] = []

    def ask() -> None:
        try:
            for _ in range(200):
                with socket.socket(family) as tried:
                    if tried.connect_ex((host, port)) == 0:
                        break
                time.sleep(0.01)
            answers.append(client("rekognition", endpoint_url=url).describe_projects()["ProjectDescriptions"])
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    asking = threading.Thread(target=ask)
    asking.start()
    try:
        with pytest.raises(SystemExit) as caught:
            server.main(["--host", host, "--port", str(port), *(["--verbose"] if verbose else [])])
    finally:
        asking.join()
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert caught.value.code == 0
    assert answers == [[]]
    assert os.environ["MOTO_PORT"] == str(port)
    assert capsys.readouterr().out == url + "\n"


@pytest.fixture(scope="module")  # to stop one takes half a second
def threaded() -> Iterator[str]:
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    host, port = made.get_host_and_port()
    yield f"http://{host}:{port}"
    made.stop()


def test_a_threaded_moto_server_shares_its_state_with_the_mock(threaded: str) -> None:
    with mock_custom_labels() as labels:
        labels.set_training(times=2, project="p1")
        remote, inside = emulator_at(threaded), client("rekognition")
        project = remote.project("p1")
        remote.create(project)
        assert len(inside.describe_projects()["ProjectDescriptions"]) == 1
        assert remote.statuses(project) == ["TRAINING_IN_PROGRESS"]
        assert remote.statuses(project) == ["TRAINING_COMPLETED"]


@pytest.mark.parametrize("where", ["in process", "threaded server"])
def test_the_waiter_of_botocore_waits(where: str, threaded: str) -> None:
    with mock_custom_labels() as labels:
        emulator = (
            emulator_at(threaded)
            if where == "threaded server"
            else Emulator(labels, client("rekognition"), client("s3"))
        )
        if where == "in process":
            emulator.s3.create_bucket(Bucket=BUCKET)
            emulator.put(cats_and_dogs())
        labels.set_training(times=3)
        project = emulator.project()
        emulator.create(project)
        waiter = emulator.rekognition.get_waiter("project_version_training_completed")
        waiter.wait(ProjectArn=project, VersionNames=["v1"], WaiterConfig=SOON)
        labels.set_training(times=2, outcome="TRAINING_FAILED")
        emulator.create(project, "v2")
        with pytest.raises(Exception, match="terminal failure state"):
            waiter.wait(ProjectArn=project, VersionNames=["v2"], WaiterConfig=SOON)
        labels.set_limits(projects=10, trainings=10)
        for number in range(4):
            emulator.create(project, f"more{number}")
        pages = emulator.rekognition.get_paginator("describe_project_versions").paginate(
            ProjectArn=project, PaginationConfig={"PageSize": 4}
        )
        assert [len(page["ProjectVersionDescriptions"]) for page in pages] == [4, 2]


def test_an_error_has_its_http_status_on_the_server(threaded: str) -> None:
    with mock_custom_labels():
        rekognition = client("rekognition", endpoint_url=threaded)
        with pytest.raises(ClientError, match="ValidationException") as caught:
            rekognition.create_project(ProjectName="a b")
    metadata = caught.value.response["ResponseMetadata"]
    assert (metadata["HTTPStatusCode"], metadata["RetryAttempts"]) == (400, 0)


def test_the_server_explains_only_missing_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(name: str) -> None:
        def serve(options: object) -> None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

        monkeypatch.setattr(server, "_serve", serve)

    failing("moto.moto_api")
    with pytest.raises(SystemExit, match=r"pip install \"rekog_versions\[server\]\""):
        server.main([])
    failing("rekog_versions.gone")
    with pytest.raises(ModuleNotFoundError):
        server.main([])
