"""The example explain_failure.py, on the emulated service."""

import json
import re

import pytest

from tests.example_runs import run_example
from tests.test_examples import run, server as server_process, train
from tests.testing.emulator import Emulator, json_lines, line

server = server_process
"""The emulated service in a process of its own, for this module."""


@pytest.fixture
def failed(emulator: Emulator) -> str:
    """The ARN of a version whose training failed."""
    emulator.put(json_lines(line(number, "cat") for number in range(9)))
    return emulator.create(emulator.project())


def test_the_example_prints_the_reason_and_exits_with_1(failed: str) -> None:
    done = run_example("explain_failure.py", failed)
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[0] == f"The training of {failed} failed (TRAINING_FAILED)."
    assert "(ERROR_MANIFEST_TOO_FEW_LABELS)" in done.stdout


def test_the_example_prints_json(failed: str) -> None:
    document = json.loads(run_example("explain_failure.py", failed, "--json").stdout)
    assert document["reasons"][0]["code"] == "ERROR_MANIFEST_TOO_FEW_LABELS"


def test_the_example_rejects_an_invalid_arn_with_a_message() -> None:
    done = run_example("explain_failure.py", "v1")
    assert done.returncode == 1
    assert "ValueError: 'v1' is not a project version ARN" in done.stderr


@pytest.mark.slow
def test_the_example_runs_in_a_process_of_its_own(server: str) -> None:
    trained = train(server, "one", manifest="one-label.manifest")
    arn = re.search(r"arn:[\w:/-]+/version/one/\d+", trained.stderr)
    assert arn is not None
    done = run("explain_failure.py", arn.group(), url=server)
    assert done.returncode == 1, done.stderr
    assert "(ERROR_MANIFEST_TOO_FEW_LABELS)" in done.stdout
    assert "\x1b" not in done.stdout
    assert "Traceback" not in done.stderr
