"""Every example runs as it stands, in a process of its own, against the emulated service."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.test_docs import a_line

EXAMPLES = Path(__file__).parent.parent / "examples"
PROJECT, BUCKET = "shapes", "my-bucket"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The emulated service in a process of its own, with a manifest in its S3."""
    environment = os.environ | {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    process = subprocess.Popen(
        [sys.executable, "-m", "rekog_versions.testing.server", "--port", "0", "--training-times", "3"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    s3: Any = boto3.client(
        "s3", region_name="us-east-1", endpoint_url=url, aws_access_key_id="testing", aws_secret_access_key="testing"
    )
    s3.create_bucket(Bucket=BUCKET)
    lines = [a_line(label, number) for label in ("circle\x1b[2J", "square") for number in range(20)]
    s3.put_object(Bucket=BUCKET, Key="train.manifest", Body="\n".join(lines).encode())
    s3.put_object(Bucket=BUCKET, Key="one-label.manifest", Body="\n".join(lines[:20]).encode())
    yield url
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    process.stdout.close()


def run(script: str, *arguments: str, url: str = "") -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"AWS_ENDPOINT_URL": url}
    return subprocess.run(
        [sys.executable, str(EXAMPLES / script), *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )


def train(url: str, version: str, manifest: str = "train.manifest") -> "subprocess.CompletedProcess[str]":
    where = ["--manifest", f"s3://{BUCKET}/{manifest}", "--output", f"s3://{BUCKET}/results"]
    return run("train_and_wait.py", "--project", PROJECT, "--version", version, *where, "--every", "0.01", url=url)


def test_train_and_wait_then_list(server: str) -> None:
    done = train(server, "v1")
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

    again = run("train_and_wait.py", "--project", PROJECT, "--version", "v1", "--wait-only", url=server)
    assert "TRAINING_COMPLETED" in again.stdout, again.stderr

    listed = run("list_versions.py", "--project", PROJECT, url=server)
    assert listed.returncode == 0, listed.stderr
    assert "v1" in listed.stdout
    assert "F1 " in listed.stdout


def test_train_and_wait_says_why_a_training_failed(server: str) -> None:
    done = train(server, "one-label", manifest="one-label.manifest")
    assert done.returncode == 1
    assert "TrainingFailedError" in done.stderr
    assert "too few labels" in done.stderr
    assert "Traceback" not in done.stderr


def test_train_and_wait_says_what_is_wrong_with_its_arguments(server: str) -> None:
    done = train(server, "not a name")
    assert done.returncode == 1
    assert "version_name" in done.stderr
    assert "Traceback" not in done.stderr


def test_async_train(server: str) -> None:
    manifests = [f"s3://{BUCKET}/{name}.manifest" for name in ("train", "one-label", "train")]
    options = ["--project", PROJECT, "--prefix", "async-", "--output", f"s3://{BUCKET}/results", "--every", "0.01"]
    done = run("async_train.py", *options, *manifests, url=server)
    assert done.returncode == 0, done.stderr
    lines = sorted(done.stdout.splitlines())
    assert lines[0].startswith("async-1: TRAINING_COMPLETED, F1 ")
    assert lines[1].startswith("async-2: TrainingFailedError: ")
    assert lines[2].startswith("async-3: TRAINING_COMPLETED, F1 ")


def test_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    done = run("demo.py")
    assert done.returncode == 0, done.stderr
    for part in ("180 pictures", "TRAINING_COMPLETED", "F1 score", "summary", "'triangle'", "TrainingFailedError"):
        assert part in done.stdout
    for part in ("precision  recall", "predicted (columns)", "thresholds tuned for a recall of at least 0.9"):
        assert part in done.stdout
    assert "Reason: The manifest file has too few labels. (ERROR_MANIFEST_TOO_FEW_LABELS)" in done.stdout
    assert "warning: " not in done.stdout  # there are test images enough
    saved = [Path(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("picture ")]
    assert len(saved) == 2
    for path in saved:
        assert path.is_relative_to(tmp_path)
        assert path.read_bytes().startswith(b"\x89PNG")


def test_the_unit_test_with_pytest() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLES / "unit_test_with_pytest.py")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
