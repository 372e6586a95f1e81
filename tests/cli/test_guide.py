"""The commands of the guide and of the help pages run against the emulated service."""

import re
import shlex
from pathlib import Path

import boto3
import pytest

from rekog_versions.cli.app import app
from rekog_versions.cli.context import STDIN
from tests.cli.conftest import Rekog
from tests.testing.emulator import cats_and_dogs

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "how-to" / "shell.md"
ELSEWHERE = ("rekog emulator",)
"""Commands that run in processes of their own, in test_processes.py."""


def commands(text: str, *, children: bool = True) -> list[list[str]]:
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines()]
    found = [line for line in lines if line.startswith("rekog ") and not line.startswith(ELSEWHERE)]
    return [shlex.split(re.sub(r" [<>] .*" if children else r" ([<>]|--) .*", "", line))[1:] for line in found]


@pytest.fixture
def prepared(rekog: Rekog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rekog:
    """The command in a folder with the files of the guide, and with its buckets."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.manifest").write_bytes(cats_and_dogs(40))
    (tmp_path / "classify.py").write_text("import os; assert os.environ['REKOG_VERSION_ARN']")
    s3 = boto3.client("s3", region_name="us-east-1")
    for bucket in ("data", "results"):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket="data", Key="train.manifest", Body=cats_and_dogs(40))
    return rekog


def test_the_commands_of_the_guide_run_in_their_order(prepared: Rekog) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)
    lines = [command for block in blocks for command in commands(block)]
    assert len(lines) > 12
    train = ["--training-data", "s3://data/train.manifest", "--auto-create", "--output-config", "s3://results/old"]
    for command in lines:
        result = prepared(*command, *(["--yes"] if command[:2] == ["stop", "--all"] else []))
        assert result.code == 0, (command, result)
        if command[0] == "project":
            assert prepared("version", "train", "pets/v0", *train, "--yes").code == 0


def test_each_command_has_a_help_page_of_one_screen(rekog: Rekog) -> None:
    pages = {name: rekog(name, "--help") for name in app if not name.startswith("-")}
    assert len(pages) > 10
    for name, page in pages.items():
        assert page.code == 0
        assert len(page.out.splitlines()) <= 50, name


def test_the_examples_of_the_help_pages_are_valid_command_lines() -> None:
    pages = [
        page
        for group in ("project", "version", "manifest", "dataset", "eval")
        for name, page in app[group].resolved_commands().items()
        if not name.startswith("-")
    ]
    pages += [app[name] for name in app if not name.startswith("-")]
    examples = [command for page in pages for command in commands(page.help_epilogue or "", children=False)]
    assert len(examples) > 24
    for command in examples:
        app.parse_args(
            [STDIN if part == "-" else part for part in command if part not in ("--output", "json", "jsonl", "id")],
            exit_on_error=False,
            print_error=False,
        )
