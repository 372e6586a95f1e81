"""The command `rekog`: the library for a shell. It needs the extra `cli`."""

import sys


def main() -> None:
    """Run the command with the arguments of this process, and exit with its code."""
    try:
        from rekog_versions.cli.app import run
    except ModuleNotFoundError as error:
        if error.name not in ("cyclopts", "rich", "yaml"):
            raise
        sys.exit(f'rekog needs {error.name}, which is not installed. Run: pip install "rekog_versions[cli]"')
    sys.exit(run(sys.argv[1:]))
