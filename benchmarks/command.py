"""The CPU time of the command `rekog`, against the same work without it, each in a process of its own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks._measure import Row, interleaved, process

_CYCLOPTS = """
from cyclopts import App
app = App(name="rekog", version="1")
@app.command
def show(version: str): ...
try:
    app(["--version"])
except SystemExit:
    pass
"""
_LIST = """
from rekog_versions import VersionsClient
print([version.to_dict() for version in VersionsClient.connect().iter_project_versions("pets")])
"""
_CHECK = """
import sys
from rekog_versions.manifests import check_manifests
print(check_manifests(sys.argv[1], auto_create=True))
"""
_REKOG = (sys.executable, "-m", "rekog_versions")


def rows(repetitions: int = 11) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, _emulator(Path(folder) / "bytecode") as environment:
        manifest = Path(folder) / "large.manifest"
        manifest.write_text("".join(_line(number) for number in range(50_000)))
        list_versions = (*_REKOG, "version", "list", "pets")
        samples = [
            process(sys.executable, "-c", "pass", environment=environment),
            process(*_REKOG, "--version", environment=environment),
            process(sys.executable, "-c", _CYCLOPTS, environment=environment),
            process(*list_versions, "--output", "json", environment=environment),
            process(*list_versions, environment=environment),
            process(sys.executable, "-c", _LIST, environment=environment),
            process(*_REKOG, "manifest", "check", str(manifest), "--auto-create", environment=environment),
            process(sys.executable, "-c", _CHECK, str(manifest), environment=environment),
        ]
        python, version, bare, as_json, as_table, library, check, checked = interleaved(
            *samples, repetitions=repetitions, warm_up=1
        )
    start_up = [ours - baseline for ours, baseline in zip(version, python, strict=True)]
    return [
        Row("rekog --version / a program with cyclopts alone", version, bare, 1.5),
        Row("rekog version list, JSON / the same with the library", as_json, library, 1.3),
        Row("rekog version list, table / the same with the library", as_table, library, 1.4),
        Row(
            "rekog manifest check, 50,000 lines / check_manifests() and start-up",
            check,
            [seconds + extra for seconds, extra in zip(checked, start_up, strict=True)],
            1.1,
        ),
    ]


def _line(number: int) -> str:
    label = "cat" if number % 2 else "dog"
    return (
        f'{{"source-ref": "s3://b/{number}.jpg", "label": 1, "label-metadata": {{"class-name": "{label}", '
        '"confidence": 1, "type": "groundtruth/image-classification", "human-annotated": "yes", '
        '"creation-date": "2026-01-02T03:04:05.000Z"}}\n'
    )


@contextmanager
def _emulator(bytecode: Path) -> Iterator[dict[str, str]]:
    """Start the emulated service, and return the environment of the samples: bytecode is read, as when installed."""
    command: Sequence[str] = (sys.executable, "-m", "rekog_versions.testing.server", "--port", "0")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        environment = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "PYTHONPYCACHEPREFIX": str(bytecode),
            "AWS_ENDPOINT_URL": server.stdout.readline().strip(),
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        subprocess.run([*_REKOG, "project", "create", "pets"], env=environment, stdout=subprocess.DEVNULL, check=True)
        try:
            yield environment
        finally:
            server.terminate()
