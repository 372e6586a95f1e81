"""The examples run unchanged: in this process, and one process each as a smoke test."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from rekog_versions.testing import CustomLabelsControl
from tests.example_runs import EXAMPLES, Run, run_example
from tests.test_docs import a_line
from tests.testing.pictures import picture

PROJECT, BUCKET = "shapes", "my-bucket"


def put_manifests(s3: Any) -> None:
    """Create a bucket with a valid manifest and one that has a single label."""
    s3.create_bucket(Bucket=BUCKET)
    lines = [a_line(label, number) for label in ("circle\x1b[2J", "square") for number in range(20)]
    s3.put_object(Bucket=BUCKET, Key="train.manifest", Body="\n".join(lines).encode())
    s3.put_object(Bucket=BUCKET, Key="one-label.manifest", Body="\n".join(lines[:20]).encode())


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The emulated service in a process of its own."""
    environment = os.environ | {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    command = [sys.executable, "-m", "rekog_versions.testing.server", "--port", "0", "--training-times", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        make: Any = boto3.client
        put_manifests(
            make(
                "s3",
                region_name="us-east-1",
                endpoint_url=url,
                aws_access_key_id="testing",
                aws_secret_access_key="testing",
            )
        )
        yield url
        process.terminate()
        assert process.wait(20) == 0


@pytest.fixture
def emulated(custom_labels: CustomLabelsControl, monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulated service in this process. The third poll finds a training completed."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    custom_labels.set_training(times=3)
    make: Any = boto3.client
    put_manifests(make("s3", region_name="us-east-1"))


def run(script: str, *arguments: str, url: str = "") -> "subprocess.CompletedProcess[str]":
    """Run an example in a process of its own."""
    environment = os.environ | {"AWS_ENDPOINT_URL": url}
    return subprocess.run(
        [sys.executable, str(EXAMPLES / script), *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )


def training_arguments(version: str, manifest: str = "train.manifest") -> list[str]:
    data = ["--manifest", f"s3://{BUCKET}/{manifest}", "--output", f"s3://{BUCKET}/results"]
    return ["--project", PROJECT, "--version", version, *data, "--every", "0.01"]


def train(url: str, version: str, manifest: str = "train.manifest") -> "subprocess.CompletedProcess[str]":
    return run("train_and_wait.py", *training_arguments(version, manifest), url=url)


@pytest.mark.usefixtures("emulated")
def test_train_and_wait_shows_each_poll_and_the_result() -> None:
    done = run_example("train_and_wait.py", *training_arguments("v1"))
    assert done.returncode == 0, done.stderr
    assert [line.split()[-1] for line in done.stdout.splitlines()[:3]] == [
        "TRAINING_IN_PROGRESS",
        "TRAINING_IN_PROGRESS",
        "TRAINING_COMPLETED",
    ]
    assert "F1 score" in done.stdout
    assert f"s3://{BUCKET}/results/" in done.stdout
    assert "'circle\\x1b[2J'" in done.stdout
    assert "\x1b" not in done.stdout

    again = run_example("train_and_wait.py", "--project", PROJECT, "--version", "v1", "--wait-only")
    assert "TRAINING_COMPLETED" in again.stdout, again.stderr

    listed = run_example("list_versions.py", "--project", PROJECT)
    assert listed.returncode == 0, listed.stderr
    assert "v1" in listed.stdout
    assert "F1 " in listed.stdout


@pytest.mark.usefixtures("emulated")
def test_train_and_wait_reports_why_a_training_failed() -> None:
    done = run_example("train_and_wait.py", *training_arguments("one-label", "one-label.manifest"))
    assert done.returncode == 1
    assert "TrainingFailedError" in done.stderr
    assert "too few labels" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("emulated")
def test_train_and_wait_reports_invalid_arguments() -> None:
    done = run_example("train_and_wait.py", *training_arguments("not a name"))
    assert done.returncode == 1
    assert "version_name" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("emulated")
def test_async_train_reports_each_version() -> None:
    manifests = [f"s3://{BUCKET}/{name}.manifest" for name in ("train", "one-label", "train")]
    options = ["--project", PROJECT, "--prefix", "async-", "--output", f"s3://{BUCKET}/results", "--every", "0.01"]
    done = run_example("async_train.py", *options, *manifests)
    assert done.returncode == 0, done.stderr
    lines = sorted(done.stdout.splitlines())
    assert lines[0].startswith("async-1: TRAINING_COMPLETED, F1 ")
    assert lines[1].startswith("async-2: TrainingFailedError: ")
    assert lines[2].startswith("async-3: TRAINING_COMPLETED, F1 ")


def check_from_a_folder(done: "Run | subprocess.CompletedProcess[str]") -> None:
    assert done.returncode == 0, done.stderr
    shown = done.stdout
    assert "24 images uploaded" in shown
    assert shown.index("2 labels") < shown.index("the F1 score is ")
    assert shown.splitlines()[-1].endswith("%")


def pictures_in(folder: Path) -> Path:
    for label in ("circle", "square"):
        (folder / label).mkdir(parents=True)
        for number in range(12):
            (folder / label / f"{number}.png").write_bytes(picture(100 + number, 80))
    return folder


@pytest.mark.usefixtures("emulated")
def test_a_folder_of_pictures_becomes_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = pictures_in(tmp_path / "pictures")
    check_from_a_folder(
        run_example("from_a_folder.py", str(folder), BUCKET, "pets", str(folder / "circle/1.png"), "0.01")
    )


def check_demo(done: "Run | subprocess.CompletedProcess[str]", folder: Path) -> None:
    assert done.returncode == 0, done.stderr
    for part in ("180 images", "TRAINING_COMPLETED", "F1 score", "summary", "'triangle'", "TrainingFailedError"):
        assert part in done.stdout
    for part in ("predicted (columns)", "thresholds tuned for a recall of at least 0.9"):
        assert part in done.stdout
    assert re.search(r"F1 +precision +recall +threshold", done.stdout)
    assert "Reason: The manifest file has too few labels. (ERROR_MANIFEST_TOO_FEW_LABELS)" in done.stdout
    assert "warning: " not in done.stdout  # there are enough test images
    saved = [Path(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("plot ")]
    assert len(saved) == 2
    for path in saved:
        assert path.is_relative_to(folder)
        assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_the_demo_runs_in_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    check_demo(run("demo.py"), tmp_path)


@pytest.mark.slow
def test_the_scripts_run_in_processes_against_the_server(server: str) -> None:
    trained = train(server, "v1")
    assert trained.returncode == 0, trained.stderr
    assert "TRAINING_COMPLETED" in trained.stdout
    listed = run("list_versions.py", url=server)
    assert listed.returncode == 0, listed.stderr
    assert "v1" in listed.stdout
    output = ["--output", f"s3://{BUCKET}/results", "--every", "0.01"]
    done = run(
        "async_train.py",
        "--project",
        PROJECT,
        "--prefix",
        "async-",
        *output,
        f"s3://{BUCKET}/one-label.manifest",
        url=server,
    )
    assert done.returncode == 0, done.stderr
    assert "TrainingFailedError" in done.stdout


@pytest.mark.slow
def test_the_unit_test_with_pytest_passes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLES / "unit_test_with_pytest.py")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
