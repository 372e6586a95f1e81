"""The steps of the workflows in the guide run on the emulated service, in their order."""

import re
from pathlib import Path

import pytest
import yaml

from tests.cli import world
from tests.cli.conftest import Rekog
from tests.cli.test_guide import commands

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "pipelines.md"


def test_the_steps_of_the_workflows_run(rekog: Rekog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REKOG_REGISTRY", "s3://results/registry")
    world.fill(tmp_path)
    assert rekog("project", "create", "pets").code == 0
    scripts = [
        step["run"]
        for block in re.findall(r"```yaml\n(.*?)```", GUIDE.read_text("utf-8"), flags=re.DOTALL)
        for job in yaml.safe_load(block)["jobs"].values()
        for step in job["steps"]
        if "run" in step
    ]
    lines = commands("\n".join(scripts).replace("$(date +%F)", "2026-05-01"))
    assert len(lines) == 5
    for command in lines:
        result = rekog(*command)
        assert result.code == 0, (command, result)
    assert rekog("history", "pets", "candidate").code == 0
