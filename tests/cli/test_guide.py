"""The commands of the guide run against the emulated service, and its tables are those of the code."""

import re
import shlex
from pathlib import Path

import pytest

from rekog_versions.cli.exit_codes import ExitCode
from tests.cli import world
from tests.cli.conftest import Rekog

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "how-to" / "shell.md"
ELSEWHERE = ("rekog emulator",)
"""Commands that run in processes of their own, in test_processes.py."""


def commands(text: str) -> list[list[str]]:
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines()]
    found = [line for line in lines if line.startswith("rekog ") and not line.startswith(ELSEWHERE)]
    return [shlex.split(re.sub(r" [<>] .*", "", line))[1:] for line in found]


def test_the_commands_of_the_guide_run_in_their_order(
    rekog: Rekog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    world.fill(tmp_path)
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)
    lines = [command for block in blocks for command in commands(block)]
    assert len(lines) > 12
    for command in lines:
        result = rekog(*command, *(["--yes"] if command[:2] == ["stop", "--all"] else []))
        assert result.code == 0, (command, result)
        if command[0] == "project":
            assert rekog("version", "train", "pets/v0", *world.TRAINING, "--yes").code == 0


def test_the_guide_lists_the_exit_codes() -> None:
    assert all(f"| {code} | {code.meaning} |" in GUIDE.read_text() for code in ExitCode)
