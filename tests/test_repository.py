"""The files around the code: workflows, links into the repository, addresses and hooks."""

import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def steps(workflow: Path) -> list[dict[str, Any]]:
    return [step for job in load(workflow)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", ["README.md", "SECURITY.md", "CODE_OF_CONDUCT.md"])
def test_a_page_links_only_to_files_that_exist_and_with_absolute_links(name: str) -> None:
    links = re.findall(r"\]\(([^)]+)\)", (ROOT / name).read_text("utf-8"))
    repository = PYPROJECT["project"]["urls"]["Repository"]
    assert [link for link in links if not link.startswith("https://")] == []
    inside = [re.sub(rf"{repository}/(blob|tree)/main/", "", link) for link in links if "/main/" in link]
    assert [path for path in inside if not (ROOT / path.partition("#")[0]).exists()] == []


def copy_of_the_addresses(tmp_path: Path) -> Path:
    files = runpy.run_path(str(ROOT / "scripts" / "project_urls.py"))["FILES"]
    for name in ["scripts/project_urls.py", *files]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    return tmp_path


def test_the_owner_fills_the_addresses_in_one_file(tmp_path: Path) -> None:
    copy = copy_of_the_addresses(tmp_path)
    pyproject = (copy / "pyproject.toml").read_text("utf-8")
    urls = PYPROJECT["project"]["urls"]
    for old, new in (
        (f'Repository = "{urls["Repository"]}"', 'Repository = "https://git.test/vision/custom-labels"'),
        (f'Documentation = "{urls["Documentation"]}"', 'Documentation = "https://docs.test/"'),
        (PYPROJECT["tool"]["rekog_versions"]["security-contact"], "safety@vision.test"),
    ):
        assert old in pyproject
        pyproject = pyproject.replace(old, new)
    (copy / "pyproject.toml").write_text(pyproject, "utf-8")
    script = [sys.executable, str(copy / "scripts" / "project_urls.py")]
    before = subprocess.run([*script, "--check"], capture_output=True, text=True, check=False)
    assert before.returncode == 1
    assert "README.md" in before.stdout
    subprocess.run(script, check=True)
    assert subprocess.run([*script, "--check"], check=False).returncode == 0
    text = "".join((copy / name).read_text("utf-8") for name in ("README.md", "SECURITY.md", "CODE_OF_CONDUCT.md"))
    assert urls["Repository"] not in text
    assert text.count("<safety@vision.test>") == 2
    written = tomllib.loads((copy / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
    assert written["Issues"] == "https://git.test/vision/custom-labels/issues"


def test_the_workflows_run_every_supported_python() -> None:
    supported = {name.rpartition(" ")[2] for name in PYPROJECT["project"]["classifiers"] if ":: 3." in name}
    checks = load(ROOT / ".github" / "workflows" / "checks.yml")
    assert set(checks["jobs"]["test"]["strategy"]["matrix"]["python"]) == supported
    (setup,) = (step for step in steps(ROOT / ".github" / "workflows" / "release.yml") if "setup-python" in str(step))
    assert set(setup["with"]["python-version"].split()) == supported


def test_the_workflows_run_targets_that_make_has() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    commands = [step["run"] for workflow in WORKFLOWS for step in steps(workflow) if "run" in step]
    assert {command.split()[1] for command in commands if command.startswith("make ")} <= targets
    assert any("release-check" in command for command in commands)


def test_only_the_jobs_that_publish_can_request_a_token() -> None:
    holders = {
        (workflow.stem, name)
        for workflow in WORKFLOWS
        for name, job in load(workflow)["jobs"].items()
        if set(job["permissions"].values()) != {"read"}
    }
    assert holders == {("release", "publish"), ("site", "deploy")}


def test_all_hooks_of_pre_commit_are_local_and_run_scripts_that_exist() -> None:
    repositories = load(ROOT / ".pre-commit-config.yaml")["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    entries = " ".join(hook["entry"] for hook in repositories[0]["hooks"])
    assert all((ROOT / script).exists() for script in re.findall(r"scripts/\w+\.py", entries))


def test_a_workflow_that_runs_texts_of_strangers_is_rejected(tmp_path: Path) -> None:
    """zizmor runs in `make lint`; here it must find a template injection."""
    text = (ROOT / ".github" / "workflows" / "checks.yml").read_text("utf-8")
    assert "run: make docs" in text
    workflow = tmp_path / ".github" / "workflows" / "checks.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(text.replace("run: make docs", "run: echo ${{ github.event.pull_request.title }}"))
    zizmor = [str(Path(sys.executable).parent / "zizmor"), "--offline", "--quiet", "--no-progress"]
    found = subprocess.run([*zizmor, str(tmp_path)], capture_output=True, text=True, check=False)
    assert found.returncode != 0
    assert "template-injection" in found.stdout
