"""Generate the sync twin of each `_async` package: `python scripts/unasync.py`, or with `--check` compare only.

The async code is written by hand. The twin has the same text without `async` and `await`, with the sync names of `NAMES`,
and with a first line that says where it comes from. The rules apply to comments and docstrings too. A line that ends in
`# async only` is left out of the twin.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "rekog_versions"

NAMES = {
    r"\b_async\b": "_sync",
    r"\basync_base\b": "base",
    r"\bAsync(?=[A-Z])": "",
    r"\basync (?=def\b|for\b|with\b)": "",
    r"\bawait ": "",
    r"\b__aenter__\b": "__enter__",
    r"\b__aexit__\b": "__exit__",
    r"\b__aiter__\b": "__iter__",
    r"\b__anext__\b": "__next__",
    r"\baclose\b": "close",
    r"\basynccontextmanager\b": "contextmanager",
    r"\bStopAsyncIteration\b": "StopIteration",
    r"(?<=\w)_async\b": "",
    r"\baiter\(": "iter(",
    r"\banext\(": "next(",
    # what the docstrings say
    r", for asyncio\.": ".",
    r"        max_workers: [^\n]*\n": "",
    r"\bThe asyncio client's\b": "The client's",
    r"an asynchronous (iterator|context manager)": r"a \1",
    r", and awaited if it is a coroutine function": "",
    r" Each call runs in a thread, where it continues if it is\n    cancelled\.": " They can be called from several threads.\n   ",
    r"\bAwaitable\[((?:[^\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])*)\]": r"\1",
}


def sync_text(text: str, source: str) -> str:
    """Return the sync twin of a module's text."""
    lines = [line for line in text.splitlines(keepends=True) if not line.rstrip().endswith("# async only")]
    result = "".join(lines)
    for pattern, replacement in NAMES.items():
        result = re.sub(pattern, replacement, result)
    return f"# Generated from {source}. Change that file, then run scripts/unasync.py.\n{result}"


def formatted(text: str, path: Path) -> str:
    """Return `text` with sorted imports and ruff's format, as `make format` would leave it at `path`."""
    for arguments in (["check", "--select=I,F401", "--fix-only", "--quiet"], ["format", "--quiet"]):
        command = [str(Path(sys.executable).parent / "ruff"), *arguments, "--stdin-filename", str(path), "-"]
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    return text


def main(arguments: list[str]) -> int:
    """Write the twins, or report those that differ; returns the exit code."""
    check = "--check" in arguments
    wanted: dict[Path, str] = {}
    for source in sorted(PACKAGE.rglob("_async/*.py")):
        path = source.parent.parent / "_sync" / source.name
        text = source.read_text()
        wanted[path] = formatted(sync_text(text, source.relative_to(ROOT).as_posix()), path) if text else ""
    stale = [path for path in PACKAGE.rglob("_sync/*.py") if path not in wanted]
    differing = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    for path in stale + differing:
        print(f"{path.relative_to(ROOT)}: {'not up to date' if check else 'written' if path in wanted else 'removed'}")
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(wanted[path]) if path in wanted else path.unlink()
    if check and (stale or differing):
        print("Run: python scripts/unasync.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
