"""The emulated service in a process that the command starts, and the command in processes of its own."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from rekog_versions.testing.http_control import PREFIX
from tests.testing.emulator import BUCKET, MANIFEST, cats_and_dogs, client

REKOG = (sys.executable, "-m", "rekog_versions")
TRAIN = ("--training-data", f"s3://{BUCKET}/{MANIFEST}", "--auto-create", "--output-config", f"s3://{BUCKET}/out")
_PATIENCE = 60
"""The seconds after which a silent terminal fails a test."""


@dataclass
class Service:
    """The emulated service at a URL."""

    url: str

    def control(self, name: str, **arguments: Any) -> None:
        """Call the control of the service, such as `set-training`."""
        request = Request(f"{self.url}{PREFIX}{name}", json.dumps(arguments).encode())
        request.add_header("Content-Type", "application/json")
        urlopen(request).close()

    def put(self, key: str, content: bytes) -> None:
        """Write an object to the bucket of the tests."""
        client("s3", endpoint_url=self.url).put_object(Bucket=BUCKET, Key=key, Body=content)

    def trained(self, version: str) -> None:
        """Train a version at once."""
        self.control("set-training", seconds=0)
        assert rekog("version", "train", version, *TRAIN, "--yes", "--wait").returncode == 0
        self.control("undo")

    def training(self, version: str) -> None:
        """Start a training that does not end."""
        self.control("set-training", seconds=100_000)
        assert rekog("version", "train", version, *TRAIN, "--yes").returncode == 0


@contextmanager
def service() -> Iterator[Service]:
    """Start `rekog emulator`, and end it with Ctrl-C."""
    with subprocess.Popen(
        [*REKOG, "emulator", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as emulator:
        assert emulator.stdout is not None
        url = emulator.stdout.readline().strip()
        s3 = client("s3", endpoint_url=url)
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=cats_and_dogs(40))
        yield Service(url)
        emulator.send_signal(signal.SIGINT)
        assert emulator.wait(20) == 0


def rekog(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process, without a terminal."""
    return subprocess.run(
        [*REKOG, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | environment,
    )


def until_line(child: subprocess.Popen[str], text: str) -> list[str]:
    """Read stderr of a process until a line has the text."""
    assert child.stderr is not None
    lines: list[str] = []
    while not lines or text not in lines[-1]:
        line = child.stderr.readline()
        assert line, lines
        lines.append(line)
    return lines


@dataclass
class Terminal:
    """A command on a pseudo terminal, and what it has shown."""

    child: subprocess.Popen[bytes]
    file: int
    shown: str = ""

    def until(self, text: str) -> str:
        """Read until the terminal shows a text."""
        while text not in self.shown:
            assert select.select([self.file], [], [], _PATIENCE)[0], self.shown
            self.shown += os.read(self.file, 10_000).decode()
        return self.shown

    def type(self, text: str) -> None:
        """Type a text."""
        os.write(self.file, text.encode())

    def end(self) -> int:
        """Read the rest, and return the exit code."""
        try:
            while read := os.read(self.file, 10_000):
                self.shown += read.decode()
        except OSError:  # the other side is closed
            pass
        return self.child.wait(30)


@contextmanager
def on_terminal(*arguments: str, **environment: str) -> Iterator[Terminal]:
    """Run the command on a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [*REKOG, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"COLUMNS": "80", "TERM": "xterm-256color"} | environment,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(child, ours)
    finally:
        os.close(ours)
        child.kill()
        child.wait()
