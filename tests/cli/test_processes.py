"""The command as a process: signals, exit codes, pipes, and a terminal."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest

from tests.testing.emulator import BUCKET, MANIFEST, cats_and_dogs

pytestmark = pytest.mark.slow
REKOG = (sys.executable, "-m", "rekog_versions")
TRAIN = ("--training-data", f"s3://{BUCKET}/{MANIFEST}", "--auto-create", "--output-config", f"s3://{BUCKET}/out")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The emulator started by the command itself; trainings never end."""
    emulator = subprocess.Popen(
        [*REKOG, "emulator", "--port", "0", "--training-seconds", "100000"], stdout=subprocess.PIPE, text=True
    )
    assert emulator.stdout is not None
    url = emulator.stdout.readline().strip()
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    s3: Any = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs(40))
    rekog("project", "create", "pets")
    yield url
    emulator.send_signal(signal.SIGINT)
    assert emulator.wait(20) == 0
    emulator.stdout.close()


def rekog(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*REKOG, *arguments], capture_output=True, text=True, check=False, timeout=60)


def until_line(child: subprocess.Popen[str], text: str) -> list[str]:
    """Read stderr of a process until a line has the text."""
    assert child.stderr is not None
    lines: list[str] = []
    while not lines or text not in lines[-1]:
        line = child.stderr.readline()
        assert line, lines
        lines.append(line)
    return lines


def test_ctrl_c_ends_a_wait_with_the_command_that_resumes_it(server: str) -> None:
    assert rekog("version", "train", "pets/v1", *TRAIN, "--yes").returncode == 0
    with subprocess.Popen([*REKOG, "version", "wait", "pets/v1"], stderr=subprocess.PIPE, text=True) as child:
        until_line(child, "TRAINING_IN_PROGRESS")
        child.send_signal(signal.SIGINT)
        assert child.stderr is not None
        rest = child.stderr.read()
    assert child.returncode == 130
    assert "The training continues and is billed." in rest
    assert "Resume the wait with: rekog version wait pets/v1" in rest


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_and_stops_the_model(server: str, number: signal.Signals, tmp_path: Path) -> None:
    body = {"model_name": "rekognition::custom-labels-training", "transition": {"progression": "immediate"}}
    request = Request(f"{server}/moto-api/state-manager/set-transition", json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    urlopen(request).close()
    assert rekog("version", "train", "pets/v1", *TRAIN, "--yes", "--wait").returncode == 0
    marker = tmp_path / "started"
    code = f"import pathlib, time; pathlib.Path({str(marker)!r}).touch(); time.sleep(600)"
    command = [*REKOG, "version", "start", "pets/v1", "--for", "2h", "--yes", "--", sys.executable, "-c", code]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        deadline = time.monotonic() + 60
        while not marker.exists():
            assert time.monotonic() < deadline
            assert child.poll() is None
            os.sched_yield()
        child.send_signal(number)
        child.communicate(timeout=60)
    assert child.returncode in (130, -number)
    assert json.loads(rekog("running", "--output", "json").stdout)["models"] == []


def test_a_command_line_is_parsed_without_the_heavy_libraries() -> None:
    """cyclopts validates each argument with pydantic if pydantic is imported, which is slow."""
    code = "\n".join(
        [
            "import sys",
            "from rekog_versions.cli.app import COMMANDS, app",
            "for name in set(COMMANDS) - {'emulator'}:",
            "    list(app[name].resolved_commands())",
            "print({'boto3', 'pydantic', 'msgspec', 'rich'} & {*sys.modules})",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_reader_that_ends_early_is_not_an_error(server: str) -> None:
    done = subprocess.run(
        f"{sys.executable} -m rekog_versions skill | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1] in ("0", "141")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("reply", "code"), [("n\n", 2), ("y\n", 0)])
def test_a_question_is_asked_on_a_terminal(server: str, reply: str, code: int) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen([*REKOG, "project", "delete", "pets"], stdin=theirs, stdout=theirs, stderr=theirs) as child:
        os.close(theirs)
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(ours, 1000)
        os.write(ours, reply.encode())
        assert child.wait(30) == code
    os.close(ours)


def test_a_wait_on_a_terminal_rewrites_one_line(server: str) -> None:
    assert rekog("version", "train", "pets/v1", *TRAIN, "--yes").returncode == 0
    ours, theirs = pty.openpty()
    with subprocess.Popen([*REKOG, "version", "wait", "pets/v1"], stdin=theirs, stdout=theirs, stderr=theirs) as child:
        os.close(theirs)
        shown = b""
        while b"next poll in" not in shown:
            shown += os.read(ours, 1000)
        child.send_signal(signal.SIGINT)
        assert child.wait(30) == 130
    os.close(ours)
    assert b"v1" in shown
    assert b"TRAINING_IN_PROGRESS" in shown
