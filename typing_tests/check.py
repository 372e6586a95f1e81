"""Run mypy --strict and pyright strict over the files beside this one, as users of the installed package would.

Every line that ends with "# rejected" must have an error, and no other line may have one. Both checkers run for each
environment that is named: one that has boto3's stubs, one that has the package and nothing else, or both.

    python typing_tests/check.py [--with-stubs PYTHON] [--without-stubs PYTHON]
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

HERE = Path(__file__).resolve().parent
CACHES = HERE.parent / ".mypy_cache"
MARK = "# rejected"
NEED_STUBS = ("rejected_clients.py", "with_stubs.py")
"""Files that are left out without stubs. pyrightconfig.without-stubs.json lists them too."""

Line: TypeAlias = tuple[str, int]
"""A file's name and a line's number."""


@dataclass(frozen=True)
class Run:
    """One checker in one environment."""

    name: str
    command: list[str]
    errors: Callable[[str], Iterator[Line]]
    """Return the lines with errors that the checker's output names."""
    files: list[Path]

    def __call__(self) -> str:
        """Return the unexpected results and the checker's output, or an empty text if there are none."""
        done = subprocess.run(self.command, cwd=HERE, capture_output=True, text=True, check=False)
        try:
            found = set(self.errors(done.stdout))
        except (ValueError, KeyError, TypeError):
            return f"its output could not be read:\n{done.stdout}{done.stderr}"
        wanted = set(_marked(self.files))
        wrong = [
            *(f"{name}:{line}: no error" for name, line in sorted(wanted - found)),
            *(f"{name}:{line}: unexpected error" for name, line in sorted(found - wanted)),
        ]
        if not wrong and (not found or done.returncode != 1):
            wrong = [f"it ended with {done.returncode}"]
        return "\n".join([*wrong, _shortened(done.stdout), done.stderr]) if wrong else ""


def _marked(files: list[Path]) -> Iterator[Line]:
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if line.endswith(MARK):
                yield file.name, number


def _shortened(output: str) -> str:
    # the stubs have an overload of client() for each service, and the checkers list all of them
    return "\n".join(line[:600] for line in output.splitlines())


def _errors_of_mypy(output: str) -> Iterator[Line]:
    for line in output.splitlines():
        message: dict[str, Any] = json.loads(line)
        if message["severity"] == "error":
            yield Path(message["file"]).name, int(message["line"])


def _errors_of_pyright(output: str) -> Iterator[Line]:
    for message in json.loads(output)["generalDiagnostics"]:
        if message["severity"] == "error":
            yield Path(message["file"]).name, int(message["range"]["start"]["line"]) + 1


def _runs(name: str, python: str, suffix: str) -> Iterator[Run]:
    every = sorted(file for file in HERE.glob("*.py") if file.name != Path(__file__).name)
    files = [file for file in every if not suffix or file.name not in NEED_STUBS]
    mypy = [sys.executable, "-m", "mypy", "--output=json", f"--config-file=mypy{suffix}.ini"]
    options = [f"--python-executable={python}", f"--cache-dir={CACHES / f'typing-tests{suffix}'}"]
    yield Run(f"mypy, {name}", [*mypy, *options, *(file.name for file in files)], _errors_of_mypy, files)
    pyright = [sys.executable, "-m", "pyright", "--outputjson", f"--project=pyrightconfig{suffix}.json"]
    yield Run(f"pyright, {name}", [*pyright, f"--pythonpath={python}"], _errors_of_pyright, files)


def main() -> int:
    """Print a line for each run; return 1 if a run had an unexpected result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--with-stubs", metavar="PYTHON", help="the interpreter of an environment with boto3's stubs")
    parser.add_argument("--without-stubs", metavar="PYTHON", help="the interpreter of an environment without stubs")
    arguments = parser.parse_args()
    environments = (
        ("with stubs", arguments.with_stubs, ""),
        ("without stubs", arguments.without_stubs, ".without-stubs"),
    )
    runs = [
        run
        for name, python, suffix in environments
        if python
        for run in _runs(name, str(Path(python).absolute()), suffix)  # not resolved: a venv's python is a symbolic link
    ]
    if not runs:
        parser.error("name at least one environment: --with-stubs PYTHON or --without-stubs PYTHON")
    with ThreadPoolExecutor() as pool:
        outcomes = [started.result() for started in [pool.submit(run) for run in runs]]
    for run, wrong in zip(runs, outcomes, strict=True):
        rejected = sum(1 for _ in _marked(run.files))
        sys.stdout.write(f"{run.name}: ")
        sys.stdout.write(f"{wrong}\n" if wrong else f"ok, {len(run.files)} files, {rejected} lines rejected\n")
    return 1 if any(outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
