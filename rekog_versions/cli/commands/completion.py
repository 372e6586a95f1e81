"""`rekog completion`: static completion scripts."""

from __future__ import annotations

from typing import Literal

from cyclopts import App

from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output

app = App(
    name="completion",
    help_epilogue=examples("rekog completion bash > ~/.local/share/bash-completion/completions/rekog"),
)


@app.default
def completion(shell: Literal["bash", "zsh", "fish"], /) -> Output:
    """Print the completion script for a shell. It completes without running rekog.

    Args:
        shell: bash, zsh or fish.
    """
    from rekog_versions.cli.app import app as root

    script = root.meta.generate_completion(shell=shell)
    return Output({"script": script}, script)
