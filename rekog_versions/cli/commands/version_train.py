"""`rekog version train`: start a training, exactly once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from rekog_versions import hosting, models
from rekog_versions._text import duration
from rekog_versions.cli.arguments import Flag, confirm, shown_ref
from rekog_versions.cli.context import Context, current
from rekog_versions.cli.output import Output
from rekog_versions.cli.shell_words import short_names
from rekog_versions.cli.training_request import TrainingOptions
from rekog_versions.cli.waits import earlier_trainings, wait_for

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
    request = _request(context, options.request(version))
    confirm(_consequence(context, request, ask=not yes), yes=yes, context=context)
    arn = context.client.create_project_version(request)
    if wait:
        return wait_for(context, str(arn), "trained", timeout)
    return Output(
        {"ProjectVersionArn": arn},
        str(arn),
        ids=[arn],
        remarks=[f"The training has started. Wait for it with: rekog version wait {shown_ref(arn)}{context.options}"],
    )


def _request(context: Context, fields: dict[str, Any]) -> models.CreateProjectVersionRequest:
    """Return the request of the fields, in which the project may be a name."""
    project = str(fields["project_arn"])
    arn = project if project.startswith("arn:") else context.client.project(project)
    given: dict[str, Any] = {**fields, "project_arn": arn}
    return models.CreateProjectVersionRequest(**given)


def _consequence(context: Context, request: models.CreateProjectVersionRequest, *, ask: bool) -> str:
    """Return the lines that say what is about to be trained, and what it costs."""
    training, testing, output = request.training_data, request.testing_data, request.output_config
    held_back = "20 % of the training images" if testing and testing.auto_create else "the test dataset of the project"
    prices = hosting.Prices()
    shown = {
        "Training data": _uris(training.assets if training else None) or "the training dataset of the project",
        "Test data": _uris(testing.assets if testing else None) or held_back,
        "Results": f"s3://{output.s3_bucket}/{output.s3_key_prefix or ''}",
        "Price": f"{prices.training_hour:.2f} {prices.currency} an hour at list prices",
    }
    earlier = earlier_trainings(context.client.iter_project_versions(request.project_arn)) if ask else None
    if earlier is not None:
        cost = Decimal(earlier.billed / timedelta(hours=1)) * prices.training_hour
        shown["Earlier ones"] = (
            f"{duration(earlier.billed.total_seconds())} billed, {cost:.2f} {prices.currency} "
            f"(the median of {earlier.count})"
        )
    heading = (
        f"This starts the training of {short_names(request.project_arn)}/{request.version_name}. It is billed and "
        "cannot be cancelled."
    )
    return "\n".join([heading, *(f"  {name:<13}  {value}" for name, value in shown.items())])


def _uris(assets: Sequence[models.Asset] | None) -> str:
    """Return the manifests among the assets."""
    return ", ".join(asset.ground_truth_manifest.s3_object.uri for asset in assets or ())
