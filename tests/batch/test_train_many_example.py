"""The example train_many.py, on the emulated service."""

from pathlib import Path

import pytest

from rekog_versions.testing import CustomLabelsControl
from tests.example_runs import Run, run_example
from tests.test_examples import BUCKET as SERVER_BUCKET, run, server as server_process
from tests.testing.emulator import BUCKET, Emulator, cats_and_dogs, shared_client

server = server_process
"""The emulated service in a process of its own, for this module."""
MANIFESTS = [f"s3://{BUCKET}/{name}.manifest" for name in ("circles", "squares", "missing")]
OPTIONS = ("--project", "many", "--every", "0.01")


@pytest.fixture
def emulator(custom_labels: CustomLabelsControl) -> Emulator:
    """The emulated service with manifests, one of which is missing."""
    emulator = Emulator(custom_labels, shared_client("rekognition"), shared_client("s3"))
    emulator.s3.create_bucket(Bucket=BUCKET)
    for name in ("circles", "squares"):
        emulator.put(cats_and_dogs(40), f"{name}.manifest")
    return emulator


def train(*manifests: str) -> Run:
    return run_example("train_many.py", *OPTIONS, "--output", f"s3://{BUCKET}/results", *manifests)


def test_the_example_trains_each_manifest_once(emulator: Emulator) -> None:
    done = train(*MANIFESTS)
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert sorted(line.split()[0] for line in lines[:3]) == ["circles", "missing", "squares"]
    assert sum("trained, F1 " in line for line in lines) == 2
    assert "TrainingFailedError" in done.stdout
    assert lines[-1] == "2 of 3 are trained"

    again = train(*MANIFESTS)
    assert again.stdout.count("(was there already)") == 3, again.stderr
    (project,) = emulator.rekognition.describe_projects()["ProjectDescriptions"]
    assert len(emulator.statuses(project["ProjectArn"])) == 3

    waited = run_example("train_many.py", *OPTIONS, "--wait-only")
    assert (waited.returncode, waited.stdout) == (0, ""), waited.stderr


def test_the_example_rejects_two_manifests_with_the_same_name(emulator: Emulator) -> None:
    done = train(f"s3://{BUCKET}/a/v1.manifest", f"s3://{BUCKET}/b/v1.manifest")
    assert done.returncode == 1
    assert "request 2 (v1) names the same version as request 1" in done.stderr


@pytest.mark.slow
def test_the_example_runs_in_a_process_of_its_own(server: str, tmp_path: Path) -> None:
    output = f"s3://{SERVER_BUCKET}/results"
    done = run("train_many.py", *OPTIONS, "--output", output, f"s3://{SERVER_BUCKET}/train.manifest", url=server)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "1 of 1 are trained"
    assert "Traceback" not in done.stderr
