"""The example runs as it stands, in a process of its own, against the emulated service."""

import json
from pathlib import Path

from rekog_versions.models.thresholds import Thresholds
from tests.test_examples import run, server, train

__all__ = ["server"]  # a fixture


def test_evaluate_shows_a_version(server: str) -> None:
    assert train(server, "shown").returncode == 0
    done = run("evaluate.py", "--project", "shapes", "--version", "shown", url=server)
    assert done.returncode == 0, done.stderr
    for part in ("32 training images, 8 testing images", "most confused:", "images to look at:", "the best F1 score"):
        assert part in done.stdout
    assert "circle\\x1b[2J" in done.stdout
    assert "\x1b" not in done.stdout


def test_evaluate_saves_thresholds(server: str, tmp_path: Path) -> None:
    assert train(server, "tuned").returncode == 0
    path = tmp_path / "thresholds.json"
    options = ["--project", "shapes", "--version", "tuned", "--precision", "0.9", "--save", str(path)]
    done = run("evaluate.py", *options, url=server)
    assert done.returncode == 0, done.stderr
    assert "thresholds for a precision of at least 0.9" in done.stdout
    saved = Thresholds.from_json(path.read_bytes())
    assert set(saved.labels) == {"circle\x1b[2J", "square"}
    assert json.loads(path.read_text())["unit"] == "fraction"


def test_evaluate_ends_with_the_verdict(server: str) -> None:
    assert [train(server, name).returncode for name in ("old", "new")] == [0, 0]
    options = ["--project", "shapes", "--version", "new", "--against", "old"]
    done = run("evaluate.py", *options, "--max-drop", "1", url=server)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("passed")
    assert "WARNING: the versions were NOT tested on the same images" in done.stdout
    missing = run("evaluate.py", "--project", "shapes", "--version", "none", url=server)
    assert missing.returncode == 1
    assert "VersionNotFoundError" in missing.stderr
    assert "Traceback" not in missing.stderr
