"""The help pages fit a screen, and their examples run."""

import json
import re
import shlex
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import jsonschema
import pytest

from rekog_versions.cli.app import COMMANDS, app
from rekog_versions.cli.help_pages import WIDTH, page, pages
from rekog_versions.cli.json_schema import outputs, schema_of
from tests.cli import world
from tests.cli.conftest import Rekog
from tests.testing.emulator import cats_and_dogs

PAGES = dict(pages(app))
LEAVES = {path: text for path, text in PAGES.items() if "COMMAND" not in text.splitlines()[0]}
SCREEN = 40
ELSEWHERE = ("emulator",)
"""The command does not end by itself; test_processes.py runs it."""


def examples(text: str) -> list[str]:
    _, _, listed = text.replace(" \\\n", " ").partition("\nExample")
    return [line.strip() for line in listed.splitlines() if line.startswith("  rekog ")]


@pytest.mark.parametrize("path", PAGES, ids=" ".join)
def test_a_help_page_fits_a_screen_and_has_an_example(path: tuple[str, ...]) -> None:
    lines = PAGES[path].splitlines()
    assert len(lines) <= SCREEN
    assert max(map(len, lines)) <= WIDTH
    assert lines[0].startswith(" ".join(("Usage: rekog", *path)))
    assert examples(PAGES[path])
    if path in LEAVES:
        assert all(example.startswith(" ".join(("rekog", *path))) for example in examples(PAGES[path]))


def test_a_help_page_fits_a_narrow_terminal() -> None:
    lines = page(app, "version", "train", width=40).partition("\nExample")[0].splitlines()
    assert max(map(len, lines)) <= 40


def test_an_option_of_a_command_is_asked_for_in_any_order(rekog: Rekog) -> None:
    asked = rekog("version", "train", "--help")
    assert (asked.code, asked.out.rstrip()) == (0, PAGES["version", "train"].rstrip())
    assert rekog("--region", "eu-west-1", "version", "--help", "train").code == 0


def test_each_command_has_a_summary_on_the_first_page() -> None:
    for name, summary in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(summary)}$", PAGES[()], re.MULTILINE)


_RUN = ["version start pets/v1 --yes --wait"]
_AT = "--registry s3://results/registry"
_PREPARED = {
    "history": [f"promote pets/v2 production {_AT}"],
    "prune": [f"promote pets/v2 production {_AT}"],
    "rollback": [f"promote pets/v2 production {_AT}", f"promote pets/v1 production {_AT}"],
    "eval": ["version wait pets/v1"],
    "detect": _RUN,
    "version stop": _RUN,
    "stop": _RUN,
    "version wait pets/v1 --until running": _RUN,
    "version delete": ["stop pets/v1 --wait"],
    "project delete": ["version delete pets/v2 --yes --wait"],
}
"""The commands that must run before the examples that begin so."""
_LAST = ("version copy", "dataset distribute", "dataset delete", "version delete", "project delete")
"""The examples that change or delete what others need, in their order."""


def test_the_examples_of_the_help_pages_run(rekog: Rekog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    world.fill(tmp_path)
    for name in ("pets", "live", "idle"):
        assert rekog("project", "create", name).code == 0
    assert rekog("version", "train", "pets/v2", *world.TRAINING, "--yes", "--wait").code == 0
    arns = {
        word: rekog("dataset", "create", project, kind, "--wait", "--output", "id", *manifest).out.strip()
        for word, project, kind, manifest in (
            ("ARN", "idle", "test", ()),
            ("TRAIN_ARN", "live", "train", ("--manifest", "s3://data/train.manifest")),
            ("TEST_ARN", "live", "test", ()),
        )
    }
    found = [example for path, text in LEAVES.items() if path[0] not in ELSEWHERE for example in examples(text)]
    assert len(found) > 40
    for example in sorted(found, key=_turn):
        for prefix, commands in _PREPARED.items():
            if example.startswith(f"rekog {prefix}"):
                for command in commands:
                    rekog(*command.split())
        world.write_manifests(tmp_path)
        words = [arns.get(word, word) for word in shlex.split(re.sub(r" [<>] \S+", "", example))[1:]]
        with monkeypatch.context() as patched:
            patched.setattr("sys.stdin", TextIOWrapper(BytesIO(cats_and_dogs(40))))
            words = [sys.executable if word == "python" else word for word in words]
            described = _described_command(example)
            if described:
                words = [
                    "--output",
                    "json",
                    *(word for word in words if word not in ("--output", "json", "jsonl", "id")),
                ]
            result = rekog(*words)
        assert result.code == 0, (example, result)
        if described and "--" not in words and "--format" not in words:
            jsonschema.validate(json.loads(result.out), schema_of(described), format_checker=jsonschema.FormatChecker())


def _described_command(example: str) -> str | None:
    """Return the command of an example, if its output has a schema."""
    found = [name for name in outputs() if example.startswith(f"rekog {name}")]
    return max(found, key=len, default=None)


def _turn(example: str) -> int:
    if example.startswith("rekog version train"):
        return -1
    return next((turn for turn, last in enumerate(_LAST, 1) if example.startswith(f"rekog {last}")), 0)
