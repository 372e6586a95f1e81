"""The command as a process: signals, exit codes, pipes, and a terminal."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.service_process import REKOG, TRAIN, Service, on_terminal, rekog, service, until_line

pytestmark = pytest.mark.slow
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLETOKEN"


@pytest.fixture(scope="module")
def _server() -> Iterator[Service]:
    with service() as started:
        yield started


@pytest.fixture
def server(_server: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """One service for all tests of this module, which use other names for what they change."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", _server.url)
    if rekog("project", "list", "pets", "--output", "id").stdout == "":
        assert rekog("project", "create", "pets").returncode == 0
    yield _server
    _server.control("undo")


def test_ctrl_c_ends_a_wait_with_the_command_that_resumes_it(server: Service) -> None:
    server.training("pets/interrupted")
    command = [*REKOG, "version", "wait", "pets/interrupted", "--region", "us-east-1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as child:
        until_line(child, "TRAINING_IN_PROGRESS")
        child.send_signal(signal.SIGINT)
        assert child.stderr is not None
        rest = child.stderr.read()
    assert child.returncode == 130
    resume = "rekog version wait pets/interrupted --until trained --region us-east-1"
    assert rest.splitlines() == [
        "rekog: interrupted",
        "The training continues and is billed.",
        f"Resume the wait with: {resume}",
    ]
    server.control("set-training", seconds=0)
    assert rekog(*resume.split()[1:]).returncode == 0


def test_an_interruption_is_an_object_under_json(server: Service) -> None:
    server.training("pets/json")
    command = [*REKOG, "version", "wait", "pets/json", "--output", "json"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        until_line(child, "TRAINING_IN_PROGRESS")
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    error = json.loads(err.splitlines()[-1])
    assert (child.returncode, out, error["exit_code"], error["error"]) == (130, "", 130, "KeyboardInterrupt")
    assert "The training continues and is billed." in error["notes"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_and_stops_the_model(server: Service, number: signal.Signals, tmp_path: Path) -> None:
    version = f"pets/{number.name}"
    server.trained(version)
    marker = tmp_path / "started"
    code = f"import pathlib, time; pathlib.Path({str(marker)!r}).touch(); time.sleep(600)"
    command = [*REKOG, "version", "start", version, "--for", "2h", "--yes", "--", sys.executable, "-c", code]
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


def test_the_exit_code_of_a_command_under_a_model_is_passed_on(server: Service) -> None:
    server.trained("pets/under")
    codes = {
        "pass": 0,
        "raise SystemExit(7)": 7,
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": 128 + signal.SIGKILL,
    }
    for code, expected in codes.items():
        ran = rekog("version", "start", "pets/under", "--for", "1h", "--yes", "--", sys.executable, "-c", code)
        assert (ran.returncode, "Traceback" in ran.stderr) == (expected, False)
    assert "pets/under ran for" in ran.stdout


def test_a_failed_stop_is_not_hidden_behind_a_successful_command(server: Service) -> None:
    server.trained("pets/stuck")
    server.control("inject", operation="StopProjectVersion", error="AccessDeniedException", times=100)
    command = ("version", "start", "pets/stuck", "--for", "1h", "--yes", "--output", "json")
    ran = rekog(*command, "--", sys.executable, "-c", "print('worked')")
    error = json.loads(ran.stderr.splitlines()[-1])
    assert ran.stdout == "worked\n"
    assert (ran.returncode, error["error"]) == (255, "ModelStillRunningError")
    assert "costs 4.00 USD an hour until it is stopped. Stop it with: rekog stop pets/stuck" in error["message"]
    server.control("undo")
    assert rekog("stop", "pets/stuck", "--wait").returncode == 0


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


def test_a_missing_extra_is_named() -> None:
    code = "import sys; sys.modules['cyclopts'] = None; import rekog_versions.cli as cli; cli.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert 'pip install "rekog_versions[cli]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_ends_early_is_not_an_error() -> None:
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


@pytest.mark.parametrize(("reply", "code"), [("n\n", 2), ("\n", 2), ("y\n", 0)])
def test_a_question_is_asked_on_a_terminal(server: Service, reply: str, code: int) -> None:
    rekog("project", "create", "asked")
    with on_terminal("project", "delete", "asked") as terminal:
        terminal.until("[y/N]")
        terminal.type(reply)
        assert terminal.end() == code
    assert (rekog("project", "list", "asked", "--output", "id").stdout == "") == (code == 0)


def test_a_training_is_described_before_the_question(server: Service) -> None:
    server.trained("pets/earlier")
    with on_terminal("version", "train", "pets/asked", *TRAIN) as terminal:
        shown = terminal.until("[y/N]")
        terminal.type("n\n")
        assert terminal.end() == 2
    for text in ("pets/asked", "s3://custom-labels/data/train.manifest", "1.00 USD an hour", "USD (the median of"):
        assert text in shown
    assert rekog("version", "list", "pets", "asked", "--output", "id").stdout == ""


@pytest.mark.parametrize("arguments", [("version", "train", "pets/x", *TRAIN), ("project", "delete", "pets")])
def test_without_a_terminal_nothing_is_asked_and_nothing_is_done(server: Service, arguments: tuple[str, ...]) -> None:
    refused = rekog(*arguments, "--output", "json")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Add --yes" in json.loads(refused.stderr.splitlines()[-1])["message"]
    assert rekog("version", "list", "pets", "x", "--output", "id").stdout == ""


def test_a_wait_on_a_terminal_rewrites_one_line_with_the_expected_end(server: Service) -> None:
    server.trained("pets/before")
    server.training("pets/live")
    with on_terminal("version", "wait", "pets/live", COLUMNS="120") as terminal:
        terminal.until(", expected end ")
        terminal.child.send_signal(signal.SIGINT)
        assert terminal.end() == 130
    assert "\rpets/live: TRAINING_IN_PROGRESS after" in terminal.shown
    assert "Earlier trainings of pets took" in terminal.shown


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}])
@pytest.mark.parametrize("arguments", [("--help",), ("version", "train", "--help"), ("version", "list", "pets")])
def test_nothing_is_coloured(server: Service, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    with on_terminal(*arguments, **environment) as terminal:
        assert terminal.end() == 0
    assert "\x1b" not in terminal.shown


@pytest.mark.parametrize(
    "arguments",
    [
        ("version", "show", "pets/nope"),
        ("version", "list", "pets", "--region", "mars-1"),
        ("version", "list", "pets", "--endpoint-url", f"http://user:{SECRET}@127.0.0.1:9"),
        ("version", "show", "pets/nope", "--debug"),
        ("version", "start", "pets/nope", "--yes", "--", "env"),
    ],
)
def test_secrets_never_appear(server: Service, arguments: tuple[str, ...]) -> None:
    environment = {"AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN, "AWS_MAX_ATTEMPTS": "1"}
    failed = rekog(*arguments, **environment)
    assert failed.returncode > 2
    for secret in (SECRET, TOKEN):
        assert secret not in failed.stdout + failed.stderr


def test_an_error_of_pydantic_has_no_url(server: Service) -> None:
    for arguments in (("project", "create", "a b"), ("version", "list", "a b"), ("version", "show", "pets/a b")):
        failed = rekog(*arguments)
        assert failed.returncode != 0
        assert "errors.pydantic.dev" not in failed.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_valid(shell: str, tmp_path: Path) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "rekog"
    script.write_text(rekog("completion", shell).stdout)
    subprocess.run([program, "-n", str(script)], check=True, timeout=60)


def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    script = tmp_path / "rekog.bash"
    script.write_text(rekog("completion", "bash").stdout)

    def completions(*words: str) -> set[str]:
        quoted = " ".join(f"'{word}'" for word in words)
        code = (
            f"source {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; "
            f"COMP_LINE='{' '.join(words)}'; COMP_POINT=${{#COMP_LINE}}; "
            "f=$(complete -p rekog | sed 's/.*-F \\([^ ]*\\).*/\\1/'); $f rekog; printf '%s\\n' \"${COMPREPLY[@]}\""
        )
        done = subprocess.run(["/bin/bash", "-c", code], capture_output=True, text=True, check=False, timeout=60)
        return {line.strip() for line in done.stdout.splitlines()}

    assert {"version", "manifest"} <= completions("rekog", "")
    assert {"train", "wait"} <= completions("rekog", "version", "")
    assert "--auto-create" in completions("rekog", "version", "train", "--auto")
