"""`rekog skill`: instructions for coding agents, generated from the command tree."""

from __future__ import annotations

from cyclopts import App

from rekog_versions.cli.exit_codes import ExitCode
from rekog_versions.cli.help_pages import examples, pages
from rekog_versions.cli.output import Output

app = App(
    name="skill",
    help_epilogue=examples("rekog skill > SKILL.md"),
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


@app.default
def skill() -> Output:
    """Print a skill file: what the commands do, and the rules for using them without a person."""
    from rekog_versions.cli.app import app as root

    codes = "\n".join(f"- {code}: {code.meaning}" for code in ExitCode)
    sections = [f"## {' '.join(('rekog', *path))}\n\n```text\n{text}```\n" for path, text in pages(root)]
    text = "\n".join([f"{_HEAD}\n## Exit codes\n\n{codes}\n", *sections])
    return Output({"skill": text}, text.rstrip())
