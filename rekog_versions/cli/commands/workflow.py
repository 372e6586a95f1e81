"""`rekog workflow`: definitions for AWS's workflow services."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from cyclopts import App

from rekog_versions.cli.arguments import Many
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output
from rekog_versions.cli.training_request import TrainingOptions

app = App(
    name="workflow",
    help="Print workflows that train without a process that waits.",
    help_epilogue=examples(
        "rekog workflow print pets/v1 --training-data s3://data/train.manifest --auto-create "
        "--output-config s3://results/x > training.asl.json"
    ),
)
_NO_OPTIONS = TrainingOptions()


@app.command(name="print")
def print_definition(
    version: str | None = None,
    /,
    *,
    options: TrainingOptions = _NO_OPTIONS,
    from_input: Many = None,
    poll_every: timedelta | None = None,
    timeout: timedelta | None = None,
    explain_function: str | None = None,
) -> Output:
    """Print a Step Functions state machine that starts a training exactly once and waits until it ends.

    Args:
        version: PROJECT/VERSION; PROJECT is a name or an ARN.
        options: The training.
        from_input: The fields that each execution gives, such as version_name (the default) and training_data.
        poll_every: The time between two polls, such as 2m.
        timeout: When an execution gives up, such as 25h.
        explain_function: The name or ARN of a Lambda function that explains failures.
    """
    from rekog_versions.workflows.state_machine import training_definition

    fields = options.request(version)
    if not str(fields["project_arn"]).startswith("arn:"):
        fields["project_arn"] = current.get().client.project(fields["project_arn"])
    given: dict[str, Any] = {
        "from_input": from_input,
        "poll_every": poll_every,
        "timeout": timeout,
        "explain_function": explain_function,
    }
    definition = training_definition(fields, **{name: value for name, value in given.items() if value is not None})
    return Output(definition, json.dumps(definition, indent=2))
