"""The example evaluate.py, on the emulated service."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rekog_versions.models.thresholds import Thresholds
from tests.example_runs import EXAMPLES, Run, run_example
from tests.testing.conftest import emulator as emulator  # noqa: PLC0414  (a fixture)
from tests.testing.emulator import Emulator, json_lines, line

SCRIPT = "evaluate.py"
HOSTILE = "circle\x1b[2J"


@pytest.fixture(autouse=True)
def _trained(emulator: Emulator) -> None:
    """Train the versions `old` and `new` of the project `shapes`."""
    emulator.put(json_lines(line(number, (HOSTILE, "square")[number % 2]) for number in range(40)))
    project = emulator.project("shapes")
    for name in ("old", "new"):
        emulator.create(project, name)
    emulator.describe(project)


def evaluate(*arguments: str) -> Run:
    return run_example(SCRIPT, "--project", "shapes", *arguments)


def test_the_metrics_mistakes_and_thresholds_of_a_version_are_shown() -> None:
    done = evaluate("--version", "new")
    assert done.returncode == 0, done.stderr
    for part in ("32 training images, 8 testing images", "most confused:", "images to look at:", "the best F1 score"):
        assert part in done.stdout
    assert "circle\\x1b[2J" in done.stdout
    assert "\x1b" not in done.stdout


def test_thresholds_for_a_precision_are_saved(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.json"
    done = evaluate("--version", "new", "--precision", "0.9", "--save", str(path))
    assert done.returncode == 0, done.stderr
    assert "thresholds for a precision of at least 0.9" in done.stdout
    saved = Thresholds.from_json(path.read_bytes())
    assert set(saved.labels) == {HOSTILE, "square"}
    assert json.loads(path.read_text())["unit"] == "fraction"


def test_a_comparison_ends_with_the_verdict() -> None:
    done = evaluate("--version", "new", "--against", "old", "--max-drop", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("passed")
    assert "WARNING: the versions were NOT tested on the same images" in done.stdout


def test_a_missing_version_ends_with_an_error_message() -> None:
    missing = evaluate("--version", "none")
    assert missing.returncode == 1
    assert "VersionNotFoundError" in missing.stderr
    assert "Traceback" not in missing.stderr


def test_the_example_starts_in_a_process_of_its_own() -> None:
    command = [sys.executable, "-W", "error", str(EXAMPLES / SCRIPT), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "--max-drop" in done.stdout
