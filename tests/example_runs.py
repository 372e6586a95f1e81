"""Run an example in this process, with the emulated service that the test has set up."""

import io
import runpy
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

EXAMPLES = Path(__file__).parent.parent / "examples"


@dataclass(frozen=True)
class Run:
    """The exit code and the output of an example."""

    returncode: int
    stdout: str
    stderr: str


def run_example(script: str, *arguments: str) -> Run:
    """Run an example as `python examples/SCRIPT ARGUMENTS` does, but in this process."""
    stdout, stderr = io.StringIO(), io.StringIO()
    code: object = None
    with (
        patch.object(sys, "argv", [script, *arguments]),
        patch.object(sys, "path", [str(EXAMPLES), *sys.path]),
        redirect_stdout(stdout),
        redirect_stderr(stderr),
    ):
        try:
            runpy.run_path(str(EXAMPLES / script), run_name="__main__")
        except SystemExit as end:
            code = end.code
    if code is None or isinstance(code, int):
        return Run(code or 0, stdout.getvalue(), stderr.getvalue())
    return Run(1, stdout.getvalue(), f"{stderr.getvalue()}{code}\n")
