"""Runs mypy --strict and pyright strict over the files beside it, as users would who have the package installed.

Twice each: in an environment with boto3's stubs and in one with the package and nothing else. Every line that ends with
"# refused" must be an error, and no other line may be one.

    python typing_tests/check.py --with-stubs PYTHON --without-stubs PYTHON
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
MARK = "# refused"
NEED_STUBS = ("refused_clients.py", "with_stubs.py")
"""Left out where there are none; in pyrightconfig.without-stubs.json as well."""

Line: TypeAlias = tuple[str, int]
"""A file's name and a line's number."""


@dataclass(frozen=True)
class Run:
    """One checker in one environment."""

    name: str
    command: list[str]
    errors: Callable[[str], Iterator[Line]]
    """Finds the lines with errors in what the checker prints."""
    files: list[Path]

    def __call__(self) -> str:
        """What is wrong, with the checker's output; empty if all is as it should be."""
        done = subprocess.run(self.command, cwd=HERE, capture_output=True, text=True, check=False)
        try:
            found = set(self.errors(done.stdout))
        except (ValueError, KeyError, TypeError):
            return f"it can't be read:\n{done.stdout}{done.stderr}"
        wanted = set(_marked(self.files))
        wrong = [
            *(f"{name}:{line}: not refused" for name, line in sorted(wanted - found)),
            *(f"{name}:{line}: an error that is not wanted" for name, line in sorted(found - wanted)),
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
    # the stubs have an overload of client() for each service, and the checkers name them all
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


def _runs(with_stubs: str, without_stubs: str) -> Iterator[Run]:
    every = sorted(file for file in HERE.glob("*.py") if file.name != Path(__file__).name)
    for name, python, suffix in (("with stubs", with_stubs, ""), ("without stubs", without_stubs, ".without-stubs")):
        files = [file for file in every if not suffix or file.name not in NEED_STUBS]
        mypy = [with_stubs, "-m", "mypy", "--output=json", f"--config-file=mypy{suffix}.ini"]
        place = [f"--python-executable={python}", f"--cache-dir={CACHES / f'typing-tests{suffix}'}"]
        yield Run(f"mypy, {name}", [*mypy, *place, *(file.name for file in files)], _errors_of_mypy, files)
        pyright = [with_stubs, "-m", "pyright", "--outputjson", f"--project=pyrightconfig{suffix}.json"]
        yield Run(f"pyright, {name}", [*pyright, f"--pythonpath={python}"], _errors_of_pyright, files)


def main() -> int:
    """Prints a line for each run; 1 if one of them found something else than it should."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--with-stubs", required=True, metavar="PYTHON", help="it has the checkers, too")
    parser.add_argument("--without-stubs", required=True, metavar="PYTHON")
    arguments = parser.parse_args()
    # not resolved: a virtual environment's python is a link out of it
    pythons = [str(Path(python).absolute()) for python in (arguments.with_stubs, arguments.without_stubs)]
    runs = list(_runs(*pythons))
    with ThreadPoolExecutor() as pool:
        outcomes = [started.result() for started in [pool.submit(run) for run in runs]]
    for run, wrong in zip(runs, outcomes, strict=True):
        refused = sum(1 for _ in _marked(run.files))
        sys.stdout.write(f"{run.name}: ")
        sys.stdout.write(f"{wrong}\n" if wrong else f"ok, {len(run.files)} files, {refused} lines refused\n")
    return 1 if any(outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
