"""The example draws, of local files and of a version, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evaluation.samples import files
from tests.test_examples import EXAMPLES, run, server, train

__all__ = ["server"]  # a fixture

PNG = b"\x89PNG\r\n\x1a\n"


def without_an_account(*arguments: object) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / "plot_evaluation.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("located", [False, True])
def test_local_files_are_drawn_without_an_account_and_nothing_is_overwritten(tmp_path: Path, located: bool) -> None:
    summary, snapshot = tmp_path / "summary.json", tmp_path / "snapshot.manifest"
    for path, content in zip((summary, snapshot), files(("cat", "dog$x$"), located=located), strict=True):
        path.write_bytes(content)
    output = tmp_path / "pictures"
    done = without_an_account("--summary", summary, "--snapshot", snapshot, "--output", output)
    assert done.returncode == 0, done.stderr
    expected = {"f1-by-label", "precision-recall", "thresholds"} | (set() if located else {"confusion-matrix"})
    assert {path.stem for path in output.iterdir()} == expected
    assert all(path.read_bytes().startswith(PNG) for path in output.iterdir())
    assert sorted(done.stdout.split()) == sorted(str(path) for path in output.iterdir())

    (output / "f1-by-label.png").write_text("mine")
    again = without_an_account("--summary", summary, "--output", output)
    assert again.returncode == 1
    assert "FileExistsError" in again.stderr
    assert "Traceback" not in again.stderr
    assert (output / "f1-by-label.png").read_text() == "mine"


def test_versions_are_drawn_and_compared(server: str, tmp_path: Path) -> None:
    assert [train(server, name).returncode for name in ("drawn-1", "drawn-2")] == [0, 0]
    version = ["--project", "shapes", "--version", "drawn-2", "--against", "drawn-1"]
    done = run("plot_evaluation.py", *version, "--output", str(tmp_path), url=server)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "comparison.png").read_bytes().startswith(PNG)
    assert len(list(tmp_path.iterdir())) == 5


def test_what_is_to_be_drawn_must_be_said(tmp_path: Path) -> None:
    done = without_an_account("--project", "shapes")
    assert done.returncode == 2
    assert "name a version with --project and --version, or a file with --summary" in done.stderr
    missing = without_an_account("--summary", tmp_path / "none.json", "--output", tmp_path)
    assert missing.returncode == 1
    assert "EvaluationError: the summary" in missing.stderr
