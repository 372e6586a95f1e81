"""The example plot_evaluation.py, with local files and on the emulated service."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rekog_versions.testing import CustomLabelsControl
from tests.evaluation.samples import files
from tests.example_runs import EXAMPLES, run_example
from tests.testing.emulator import BUCKET, Emulator, cats_and_dogs, shared_client

SCRIPT = "plot_evaluation.py"
PNG = b"\x89PNG\r\n\x1a\n"


def local_files(folder: Path, *, located: bool = False) -> list[str]:
    """Write a summary and a snapshot, and return the arguments that name them."""
    summary, snapshot = folder / "summary.json", folder / "snapshot.manifest"
    for path, content in zip((summary, snapshot), files(("cat", "dog$x$"), located=located), strict=True):
        path.write_bytes(content)
    return ["--summary", str(summary), "--snapshot", str(snapshot)]


@pytest.mark.parametrize("located", [False, True])
def test_local_files_are_plotted(tmp_path: Path, located: bool) -> None:
    output = tmp_path / "pictures"
    done = run_example(SCRIPT, *local_files(tmp_path, located=located), "--output", str(output))
    assert done.returncode == 0, done.stderr
    expected = {"f1-by-label", "precision-recall", "thresholds"} | (set() if located else {"confusion-matrix"})
    assert {path.stem for path in output.iterdir()} == expected
    assert all(path.read_bytes().startswith(PNG) for path in output.iterdir())
    assert sorted(done.stdout.split()) == sorted(str(path) for path in output.iterdir())


def test_existing_files_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "f1-by-label.png").write_text("mine")
    again = run_example(SCRIPT, *local_files(tmp_path), "--output", str(tmp_path))
    assert again.returncode == 1
    assert "FileExistsError" in again.stderr
    assert (tmp_path / "f1-by-label.png").read_text() == "mine"


def test_versions_are_plotted_and_compared(custom_labels: CustomLabelsControl, tmp_path: Path) -> None:
    emulator = Emulator(custom_labels, shared_client("rekognition"), shared_client("s3"))
    emulator.s3.create_bucket(Bucket=BUCKET)
    emulator.put(cats_and_dogs(40))
    project = emulator.project("shapes")
    for name in ("old", "new"):
        emulator.create(project, name)
    done = run_example(SCRIPT, "--project", "shapes", "--version", "new", "--against", "old", "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "comparison.png").read_bytes().startswith(PNG)
    assert len(list(tmp_path.iterdir())) == 5


def test_a_version_or_a_summary_must_be_named(tmp_path: Path) -> None:
    done = run_example(SCRIPT, "--project", "shapes")
    assert done.returncode == 2
    assert "name a version with --project and --version, or a file with --summary" in done.stderr
    missing = run_example(SCRIPT, "--summary", str(tmp_path / "none.json"), "--output", str(tmp_path))
    assert missing.returncode == 1
    assert "EvaluationError: the summary" in missing.stderr


@pytest.mark.slow
def test_the_example_runs_in_a_process_without_credentials(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / SCRIPT), *local_files(tmp_path), "--output", str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) == 4
