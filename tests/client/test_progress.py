"""`progress=True` writes to standard error: a live line in a terminal or notebook, and a line a change elsewhere."""

import contextlib
import fcntl
import io
import os
import struct
import sys
import termios
import types
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

import pytest

from rekog_versions import Poll, Schedule, TrainingFailedError, VersionsClient
from rekog_versions.client.progress import Progress
from tests.client.requests import create_request
from tests.conftest import Driver
from tests.waiting.waits import NAME as PAIR
from tests.wire import VERSION, FakeTime, HttpResponse, Wire, at, rejection

DESCRIBE = "DescribeProjectVersions"
EVERY_MINUTE = Schedule(first=60, most=60, jitter=0)
TRAINING = ("TRAINING_IN_PROGRESS",) * 3
NAME = "/".join(VERSION.split("/")[1:4:2])


class Terminal:
    """A pseudo terminal as standard error."""

    def __init__(self, columns: int = 200) -> None:
        self._reading, writing = os.openpty()
        os.set_blocking(self._reading, False)
        fcntl.ioctl(writing, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.file: TextIO = os.fdopen(writing, "w")

    def close(self) -> None:
        self.file.close()
        os.close(self._reading)

    def written(self) -> str:
        read = b""
        with contextlib.suppress(BlockingIOError):
            while True:
                read += os.read(self._reading, 100_000)
        return read.decode().replace("\r\n", "\n")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    made = Terminal()
    monkeypatch.setenv("COLUMNS", "200")
    yield made
    made.close()


def test_without_a_terminal_there_is_a_line_for_each_change(
    driver: Driver, wire: Wire, capsys: pytest.CaptureFixture[str]
) -> None:
    wire.on(DESCRIBE, *at(*TRAINING), rejection("ThrottlingException"), *at(*TRAINING, "TRAINING_COMPLETED"))
    polls: list[Poll] = []
    driver.over(wire.client())("wait_until_trained", PAIR, schedule=EVERY_MINUTE, on_poll=polls.append, progress=True)
    assert len(polls) >= 7  # on_poll is called as well
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"{NAME}: TRAINING_IN_PROGRESS after 0 s"
    assert lines[-1].startswith(f"{NAME}: TRAINING_COMPLETED after ")
    assert len(lines) <= 4
    assert not any("\r" in line or "\x1b" in line for line in lines)


def test_a_terminal_shows_one_live_line_for_each_status(
    wire: Wire, time: FakeTime, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal.file)  # here, because pytest sets it between fixtures and test
    wire.on(DESCRIBE, *at(*TRAINING, "TRAINING_COMPLETED"))
    client = VersionsClient(wire.client(), sleep=time.sleep, clock=time.clock)
    client.wait_until_trained(PAIR, schedule=EVERY_MINUTE, progress=True)
    first, second, rest = terminal.written().split("\n")
    assert rest == ""
    assert [shown.rstrip() for shown in first.split("\r")[1:]] == [
        f"{NAME}: TRAINING_IN_PROGRESS after {elapsed}, next poll in 1 min 0 s"
        for elapsed in ("0 s", "1 min 0 s", "2 min 0 s")
    ]
    assert second == f"\r{NAME}: TRAINING_COMPLETED after 3 min 0 s"


def test_a_live_line_is_never_wider_than_the_terminal_and_covers_the_one_before(
    wire: Wire, time: FakeTime, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal.file)  # here, because pytest sets it between fixtures and test
    monkeypatch.setenv("COLUMNS", "40")
    wire.on(DESCRIBE, *at(*TRAINING, "TRAINING_COMPLETED"))
    client = VersionsClient(wire.client(), sleep=time.sleep, clock=time.clock)
    client.wait_until_trained(PAIR, schedule=EVERY_MINUTE, progress=True)
    for line in terminal.written().split("\n"):
        widths = [len(shown) for shown in line.split("\r")[1:]]
        assert all(width <= 39 for width in widths)
        assert widths == sorted(widths)


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (200, f"{NAME}: TRAINING_IN_PROGRESS after 0 s, next poll in 1 min 0 s, expected end 10:32"),
        (80, f"{NAME}: TRAINING_IN_PROGRESS, 0 s, poll in 1 min 0 s, end 10:32"),
        (40, "TRAINING_IN_PROGRESS, 0 s, end 10:32"),
        (30, "TRAINING_IN_PROGRESS, 0 s"),
    ],
)
def test_a_narrow_terminal_shows_the_expected_end_in_fewer_words(
    wire: Wire, terminal: Terminal, monkeypatch: pytest.MonkeyPatch, columns: int, shown: str
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal.file)  # here, because pytest sets it between fixtures and test
    monkeypatch.setenv("COLUMNS", str(columns))
    wire.on(DESCRIBE, *at(*TRAINING, "TRAINING_COMPLETED"))
    client = VersionsClient(wire.client(), sleep=lambda _: None)
    progress = Progress(None, expected_end=datetime(2026, 1, 1, 10, 32, tzinfo=UTC))
    client.wait_until_trained(PAIR, schedule=EVERY_MINUTE, on_poll=progress)
    assert terminal.written().split("\r")[1].rstrip() == shown


def test_a_wait_that_ends_early_ends_its_live_line(
    wire: Wire, time: FakeTime, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal.file)  # here, because pytest sets it between fixtures and test

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    wire.on(DESCRIBE, *at(*TRAINING))
    client = VersionsClient(wire.client(), sleep=interrupt, clock=time.clock)
    with pytest.raises(KeyboardInterrupt):
        client.wait_until_trained(PAIR, progress=True)
    assert terminal.written().endswith("\n")


def test_a_notebook_gets_the_live_line(
    wire: Wire, time: FakeTime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    wire.on(DESCRIBE, *at(*TRAINING, "TRAINING_COMPLETED"))
    client = VersionsClient(wire.client(), sleep=time.sleep, clock=time.clock)
    client.wait_until_trained(PAIR, schedule=EVERY_MINUTE, progress=True)
    assert capsys.readouterr().err.count("\r") == 4


class Cell:
    """The outputs of a notebook's cell, as IPython displays them."""

    def __init__(self) -> None:
        self.outputs: list[list[dict[str, str]]] = []

    def display(self, content: dict[str, str], *, raw: bool, display_id: bool) -> "Cell":
        assert raw
        assert display_id
        self.outputs.append([content])
        return self

    def update(self, content: dict[str, str], *, raw: bool) -> None:
        assert raw
        self.outputs[-1].append(content)


def test_a_notebook_displays_one_line_for_each_status_in_its_cell(
    wire: Wire, time: FakeTime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cell, module = Cell(), types.ModuleType("IPython.display")
    vars(module)["display"] = cell.display
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    monkeypatch.setitem(sys.modules, "IPython", types.ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    wire.on(DESCRIBE, *at(*TRAINING, "TRAINING_COMPLETED"))
    client = VersionsClient(wire.client(), sleep=time.sleep, clock=time.clock)
    client.wait_until_trained(PAIR, schedule=EVERY_MINUTE, progress=True)
    assert capsys.readouterr().err == ""
    assert [len(contents) for contents in cell.outputs] == [3, 1]
    assert cell.outputs[0][-1]["text/plain"] == f"{NAME}: TRAINING_IN_PROGRESS after 2 min 0 s, next poll in 1 min 0 s"
    assert cell.outputs[1][0]["text/html"] == f"<code>{NAME}: TRAINING_COMPLETED after 3 min 0 s</code>"


def closed() -> TextIO:
    stream = io.StringIO()
    stream.close()
    return stream


class Broken(io.StringIO):
    """A pipe whose reader is gone."""

    def write(self, _: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize("stream", [None, closed(), Broken()], ids=["none", "closed", "broken"])
def test_a_standard_error_that_cannot_be_written_does_not_end_a_wait(
    stream: Any, wire: Wire, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    wire.on(DESCRIBE, *at(*TRAINING, "TRAINING_COMPLETED"))
    client = VersionsClient(wire.client(), sleep=time.sleep, clock=time.clock)
    assert client.wait_until_trained(PAIR, progress=True).status


def test_train_shows_progress_and_checks_the_argument_before_it_starts(
    wire: Wire, time: FakeTime, capsys: pytest.CaptureFixture[str]
) -> None:
    client = VersionsClient(wire.client(), sleep=time.sleep, clock=time.clock)
    with pytest.raises(TypeError, match="progress must be True or False, got str"):
        client.train(create_request(), progress="yes")  # type: ignore[call-overload]
    assert wire.sent == []
    wire.on("CreateProjectVersion", HttpResponse({"ProjectVersionArn": VERSION}))
    wire.on(DESCRIBE, *at("TRAINING_IN_PROGRESS", "TRAINING_FAILED"))
    with pytest.raises(TrainingFailedError):
        client.train(create_request(), progress=True)
    assert [line.split(" ")[1] for line in capsys.readouterr().err.splitlines()] == [
        "TRAINING_IN_PROGRESS",
        "TRAINING_FAILED",
    ]


@pytest.mark.parametrize("wait", ["trained", "running", "stopped", "copied", "deleted"])
def test_a_wait_is_silent_by_default(wait: str, wire: Wire, time: FakeTime, capsys: pytest.CaptureFixture[str]) -> None:
    ends = {"trained": "TRAINING_COMPLETED", "copied": "COPYING_COMPLETED", "deleted": "DELETING"}
    for progress in (False, True):
        wire.on(DESCRIBE, *at(ends.get(wait, wait.upper())), *([HttpResponse({"ProjectVersionDescriptions": []})] * 9))
        client = VersionsClient(wire.client(), sleep=time.sleep, clock=time.clock)
        getattr(client, f"wait_until_{wait}")(PAIR, progress=progress)
        assert bool(capsys.readouterr().err) == progress
