"""The command `rekog`: the library for a shell. It needs the extra `cli`."""

import gc
import os
import sys

_GARBAGE_THRESHOLD = 50_000
"""Imports create many objects and little garbage: fewer collections save a tenth of the CPU time of a command."""


def main() -> None:
    """Run the command with the arguments of this process, and exit with its code."""
    os.environ.setdefault("PYDANTIC_ERRORS_INCLUDE_URL", "0")  # read when pydantic writes its first error
    gc.set_threshold(_GARBAGE_THRESHOLD, 20, 20)
    try:
        from rekog_versions.cli.app import run
    except ModuleNotFoundError as error:
        if error.name not in ("cyclopts", "rich", "yaml"):
            raise
        sys.exit(f'rekog needs {error.name}, which is not installed. Run: pip install "rekog_versions[cli]"')
    sys.exit(run(sys.argv[1:]))
