"""The example runs unchanged: in this process against the emulated service, and once in a process of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rekog_versions.hosting import process
from tests.example_runs import EXAMPLES, run_example
from tests.hosting.conftest import Trained
from tests.hosting.server import Service, served
from tests.testing.pictures import picture

SCRIPT = "run_a_model.py"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in (
        ("ACCESS_KEY_ID", "testing"),
        ("SECRET_ACCESS_KEY", "testing"),
        ("DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(f"AWS_{name}", value)
    yield
    assert process.owner().models == {}


def test_it_detects_labels_and_stops_the_model(trained: Trained, tmp_path: Path) -> None:
    trained.emulator.labels.set_hosting(times=3)
    image = tmp_path / "photo.png"
    image.write_bytes(picture())
    options = ["--project", "p1", "--version", "v1", "--every", "0.01"]
    done = run_example(SCRIPT, *options, str(image))
    assert done.returncode == 0, done.stderr
    assert [line.split()[-1] for line in done.stdout.splitlines()[:3]] == ["STARTING", "STARTING", "RUNNING"]
    assert "costs 4.00 USD an hour" in done.stdout
    assert f"{str(image)!a}: " in done.stdout
    assert "the model is being stopped and has cost 0.0" in done.stdout
    assert trained.status in {"STOPPING", "STOPPED"}


def test_an_error_in_an_image_stops_the_model_and_has_no_traceback(trained: Trained, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.png")
    done = run_example(SCRIPT, "--project", "p1", "--version", "v1", "--every", "0.01", missing)
    assert done.returncode == 1
    assert "FileNotFoundError" in done.stderr
    assert trained.status in {"STOPPING", "STOPPED"}


def test_it_lists_running_models_and_stops_them_after_a_question(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained.start()
    assert trained.status == "RUNNING"
    # the emulated CloudWatch knows the hour of the start, once the hour has a few minutes
    running = rf"{trained.arn} is RUNNING since (an unknown time|about [\d: -]+ UTC), 4.00 USD an hour"
    assert re.search(running, run_example(SCRIPT, "--list").stdout)
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert run_example(SCRIPT, "--stop-all").stdout == f"{trained.arn}: would be stopped\n"
    assert trained.status == "RUNNING"
    monkeypatch.setattr("builtins.input", lambda _: "y")
    assert f"{trained.arn}: is being stopped" in run_example(SCRIPT, "--stop-all").stdout
    assert trained.status in {"STOPPING", "STOPPED"}
    assert run_example(SCRIPT, "--list").stdout == "no model is running\n"


@pytest.mark.slow
def test_it_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    image = tmp_path / "photo.png"
    image.write_bytes(picture())
    with served() as service:
        version = service.version()
        done = run_alone(service, "--project", "models", "--version", version.split("/")[3], str(image))
        assert (done.returncode, done.stderr) == (0, "")
        assert service.stopped(version)
        assert run_alone(service, "--list").stdout == "no model is running\n"


def run_alone(service: Service, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(EXAMPLES / SCRIPT), *arguments, "--region", "us-east-1"],
        env=os.environ | {"AWS_ENDPOINT_URL": service.url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
