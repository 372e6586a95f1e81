"""The example runs as it stands, in a process of its own, against the emulated service."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosting.server import Service, served
from tests.testing.pictures import picture

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "run_a_model.py"


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with served() as service:
        yield service


def run(service: Service, *arguments: str, said: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(EXAMPLE), *arguments],
        env=os.environ | {"AWS_ENDPOINT_URL": service.url},
        input=said,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_looks_at_images_and_stops_the_model(service: Service, tmp_path: Path) -> None:
    version = service.version(times=3)
    image = tmp_path / "photo.png"
    image.write_bytes(picture())
    name = ["--project", "models", "--version", version.split("/")[3], "--every", "0.01"]
    done = run(service, *name, str(image))
    assert done.returncode == 0, done.stderr
    assert [line.split()[-1] for line in done.stdout.splitlines()[:3]] == ["STARTING", "STARTING", "RUNNING"]
    assert "costs 4.00 USD an hour" in done.stdout
    assert f"{str(image)!a}: " in done.stdout
    assert "it is being stopped, and has cost 0.0" in done.stdout
    assert service.stopped(version)

    broken = run(service, *name, str(tmp_path / "missing.png"))
    assert broken.returncode == 1
    assert "FileNotFoundError" in broken.stderr
    assert "Traceback" not in broken.stderr
    assert service.stopped(version)


def test_it_lists_what_runs_and_stops_it_when_it_is_told_to(service: Service) -> None:
    version = service.version(running=True)
    assert f"{version} is RUNNING since an unknown time, 4.00 USD an hour" in run(service, "--list").stdout
    assert f"{version}: would be stopped" in run(service, "--stop-all", said="n\n").stdout
    assert service.status(version) == "RUNNING"
    assert f"{version}: is being stopped" in run(service, "--stop-all", said="y\n").stdout
    assert service.stopped(version)
    assert run(service, "--list").stdout == "no model is running\n"
