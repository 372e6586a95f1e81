"""`rekog version train`: start a training, exactly once."""

from __future__ import annotations

import json
from datetime import timedelta

from rekog_versions import models
from rekog_versions.cli.arguments import Flag, confirm, shown_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.output import Output
from rekog_versions.cli.training_request import TrainingOptions
from rekog_versions.cli.waits import wait_for

_NO_OPTIONS = TrainingOptions()


def train(
    version: str | None = None,
    /,
    *,
    options: TrainingOptions = _NO_OPTIONS,
    generate_cli_skeleton: Flag = False,
    dry_run: Flag = False,
    wait: Flag = False,
    timeout: timedelta | None = None,
    yes: Flag = False,
) -> Output:
    """Start a training, exactly once. It costs money and cannot be cancelled.

    Without data, the version is trained on the datasets of the project.

    Args:
        version: PROJECT/VERSION; PROJECT is a name or an ARN.
        options: The training.
        generate_cli_skeleton: Print an empty request and do nothing else.
        dry_run: Check everything with preflight, and start nothing.
        wait: Wait until the version is trained.
        timeout: When the wait gives up, such as 25h.
        yes: Do not ask.
    """
    if generate_cli_skeleton:
        skeleton = models.CreateProjectVersionRequest.skeleton()
        return Output(skeleton, json.dumps(skeleton, indent=4))
    if dry_run:
        from rekog_versions.cli.commands.preflight import preflight

        return preflight(version, options=options)
    context = current.get()
    fields = options.request(version)
    name = f"{fields['project_arn']}/{fields['version_name']}"
    confirm(
        f"This starts the training of {name}. It is billed by the hour and cannot be cancelled.",
        yes=yes,
        context=context,
    )
    arn = context.client.create_project_version(fields)
    if wait:
        return wait_for(context, str(arn), "trained", timeout)
    return Output(
        {"ProjectVersionArn": arn},
        str(arn),
        ids=[arn],
        remarks=[f"The training has started. Wait for it with: rekog version wait {shown_ref(arn)}{context.options}"],
    )
