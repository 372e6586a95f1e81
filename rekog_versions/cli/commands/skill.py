"""`rekog skill`: instructions for coding agents, generated from the command tree."""

from __future__ import annotations

from cyclopts import App

from rekog_versions.cli.exit_codes import ExitCode
from rekog_versions.cli.output import Output

app = App(
    name="skill",
    help="Print a skill file for coding agents.",
    help_epilogue="Example:\n  rekog skill > SKILL.md",
)

_HEAD = """\
---
name: rekog
description: Train, evaluate and run Amazon Rekognition Custom Labels models with the rekog command.
---

# rekog

Practise on the emulated service, which needs no AWS account and costs nothing:

    rekog emulator --port 5000 &
    export AWS_ENDPOINT_URL=http://127.0.0.1:5000 AWS_DEFAULT_REGION=us-east-1
    export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing

Rules:

- Use `--output json` and read stdout. Errors are one JSON object, the last line of stderr.
- `train` and `start` cost money, `delete` destroys. They need `--yes` without a terminal: ask the user first.
- A running model is billed until `rekog stop VERSION`. Prefer `rekog version start VERSION --for 1h -- COMMAND`.
- Check a manifest with `rekog manifest check FILE --auto-create` and a training with `rekog preflight`.
- If the outcome of a call is unknown, look with `rekog version show` before you repeat it.
"""
_CODES = {
    ExitCode.OK: "success",
    ExitCode.NO: "a negative result: an invalid manifest, a failed training, a failed gate",
    ExitCode.USAGE: "the command line is wrong",
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.CONFIGURATION: "credentials or configuration",
    ExitCode.REJECTED: "the service rejected the request, or there is no such project or version",
    ExitCode.OTHER: "any other error",
}


@app.default
def skill() -> Output:
    """Print a skill file: what the commands do, and the rules for using them without a person."""
    from rekog_versions.cli.app import app as root

    codes = "\n".join(f"- {int(code)}: {meaning}" for code, meaning in _CODES.items())
    commands = root.generate_docs(output_format="markdown", heading_level=2)
    text = f"{_HEAD}\n## Exit codes\n\n{codes}\n\n{commands}"
    return Output({"skill": text}, text)
