"""The whole life of a model through the command alone, in real processes against `rekog emulator`."""

import json
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.service_process import REKOG, Service, rekog, service, until_line
from tests.testing.emulator import BUCKET, boxed_line, json_lines
from tests.testing.pictures import picture

pytestmark = pytest.mark.slow
DATA = "--training-data s3://custom-labels/train.manifest --auto-create --output-config s3://custom-labels/results"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with service() as started:
        monkeypatch.setenv("AWS_ENDPOINT_URL", started.url)
        yield started


@pytest.fixture
def run() -> Run:
    """Run a command line, and print it with its output as a transcript, which `pytest -s` shows."""

    def call(line: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = rekog(*shlex.split(line))
        sys.stdout.write(f"$ rekog {line}\n{done.stderr}{done.stdout}[exit {done.returncode}]\n\n")
        assert done.returncode == code, done.stderr
        return done

    return call


def test_the_whole_life_of_a_model(server: Service, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("photos").mkdir()
    for number in range(40):
        Path(f"photos/{number}.jpg").write_bytes(picture())
    lines = [boxed_line(number, "cat" if number % 2 else "dog") for number in range(40)]
    Path("train.manifest").write_bytes(json_lines(lines))
    Path("bad.manifest").write_bytes(b"{}\n" * 20 + json_lines(lines))
    Path("classify.py").write_text("import os; print('classifying with', os.environ['REKOG_VERSION_ARN'])")

    run("project create pets --tags team=vision")
    assert "40" in run("manifest upload photos s3://custom-labels/images").stdout
    run("manifest check train.manifest --auto-create")
    run("manifest check bad.manifest --auto-create --format github", code=1)
    for name in ("train", "bad"):
        server.put(f"{name}.manifest", Path(f"{name}.manifest").read_bytes())
    run(f"preflight pets/v1 {DATA}")
    run(f"version train pets/v1 {DATA}", code=2)  # without a terminal, --yes is needed

    server.control("set-training", seconds=100_000)
    run(f"version train pets/v1 {DATA} --yes")
    resume = interrupted(["version", "wait", "pets/v1"])
    server.control("set-training", seconds=0)
    assert "TRAINING_COMPLETED" in run(resume.removeprefix("rekog ")).stdout

    bad = DATA.replace("train.manifest", "bad.manifest")
    failed = run(f"version train pets/bad {bad} --yes --wait", code=1)
    assert "rekog version explain pets/bad" in failed.stderr
    assert "ERROR_MISSING_SOURCE_REF" in run("version explain pets/bad").stdout

    assert "all labels" in run("eval show pets/v1").stdout
    run("eval thresholds pets/v1")
    run(f"version train pets/v2 {DATA} --yes --wait")
    run("eval compare pets/v1 pets/v2 --max-drop 1")
    run("eval compare pets/v1 pets/v2 --min-f1 1 --min-label-f1 1 --output json", code=0)

    python = shlex.quote(sys.executable)
    ran = run(f"version start pets/v1 --for 2h --max-cost 10 --yes -- {python} classify.py")
    assert "classifying with arn:" in ran.stdout
    run(f"version start pets/v1 --for 2h --yes -- {python} -c 'raise SystemExit(7)'", code=7)

    run("version start pets/v1 --yes --wait")
    run("version start pets/v2 --yes --wait")
    assert len(json.loads(run("running --output json").stdout)["models"]) == 2
    run("running")
    assert "LABEL" in run(f"detect pets/v1 s3://{BUCKET}/images/1.jpg").stdout
    run("stop --all --dry-run")
    run("stop --all --yes")
    run("version wait pets/v1 --until stopped")
    run("version wait pets/v2 --until stopped")
    assert run("running --output id").stdout == ""

    run("cost pets")
    for version in ("v1", "v2", "bad"):
        run(f"version delete pets/{version} --yes --wait")
    run("project delete pets --yes")
    assert run("project list --output json").stdout == "[]\n"


def interrupted(command: list[str]) -> str:
    """Interrupt a wait with Ctrl-C, and return the command that it prints to resume."""
    with subprocess.Popen([*REKOG, *command], stderr=subprocess.PIPE, text=True) as child:
        shown = until_line(child, "TRAINING_IN_PROGRESS")
        child.send_signal(signal.SIGINT)
        assert child.stderr is not None
        shown += child.stderr.readlines()
    sys.stdout.write(f"$ rekog {' '.join(command)}\n{''.join(shown)}[exit {child.returncode}]\n\n")
    assert child.returncode == 130
    assert "The training continues and is billed.\n" in shown
    return shown[-1].partition("Resume the wait with: ")[2].strip()
