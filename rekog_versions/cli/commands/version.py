"""`rekog version`: list, show, train, wait, explain, start, stop, delete and copy versions."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from cyclopts import App

from rekog_versions import failures, models
from rekog_versions.cli.arguments import (
    Flag,
    Many,
    confirm,
    output_from,
    pairs_from,
    shown_ref,
    target_ref,
    version_ref,
)
from rekog_versions.cli.commands.version_start import start
from rekog_versions.cli.commands.version_train import train
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, Table, prose
from rekog_versions.cli.waits import Target, billed, described, wait_for

app = App(
    name="version",
    help="Train, watch, start, stop and delete model versions.",
    help_epilogue=examples("rekog version train --help"),
)
app.command(
    train,
    help_epilogue=examples(
        "rekog version train pets/v1 --training-data s3://data/train.manifest --auto-create "
        "--output-config s3://results/x --yes"
    ),
)
app.command(
    start,
    help_epilogue=examples("rekog version start pets/v1 --for 2h --max-cost 10 --yes -- python classify.py"),
)


@app.command(name="list", help_epilogue=examples("rekog version list pets", "rekog version list pets --output id"))
def list_(project: str, /, *names: str, status: str | None = None) -> Output:
    """List the versions of a project, the latest first.

    Args:
        project: The name or ARN of the project.
        names: The names of versions; all by default.
        status: Only versions with this status, such as RUNNING.
    """
    versions = [
        version
        for version in current.get().client.iter_project_versions(project, version_names=names or None)
        if status is None or version.status == status.upper()
    ]
    return Output(
        versions,
        Table(("VERSION", "STATUS", "F1", "BILLED", "CREATED"), [_row(version) for version in versions]),
        ids=[str(version.project_version_arn) for version in versions],
    )


def _row(version: models.ProjectVersionDescription) -> Sequence[object]:
    return (
        version.version_name,
        version.status,
        version.f1_score,
        billed(version.billable_training_time_in_seconds),
        version.creation_timestamp,
    )


@app.command(help_epilogue=examples("rekog version show pets/v1"))
def show(version: str, /) -> Output:
    """Show one version.

    Args:
        version: The ARN, or PROJECT/VERSION.
    """
    return described(current.get().client.get_project_version(version_ref(version)))


@app.command(
    help_epilogue=examples("rekog version wait pets/v1", "rekog version wait pets/v1 --until running --timeout 1h")
)
def wait(version: str, /, *, until: Target = "trained", timeout: timedelta | None = None) -> Output:
    """Wait until a version is trained, running, stopped, deleted or copied.

    Ctrl-C ends the wait and nothing else. The exit code is 1 if the version cannot get there.

    Args:
        version: The ARN, or PROJECT/VERSION.
        until: The state to wait for.
        timeout: When to give up, such as 90m or 25h; the library's default for the target.
    """
    context = current.get()
    return wait_for(context, version, until, timeout)


@app.command(help_epilogue=examples("rekog version explain pets/v1 --output json"))
def explain(version: str, /, *, examples: int = 3) -> Output:
    """Explain why a training failed, or which lines of its manifests were left out.

    Args:
        version: The ARN, or PROJECT/VERSION.
        examples: The number of example lines for each error.
    """
    explanation = failures.explain_failure(current.get().client, version_ref(version), examples=examples)
    return Output(explanation, prose(explanation))


@app.command(help_epilogue=examples("rekog version stop pets/v1 --wait"))
def stop(version: str, /, *, wait: Flag = False) -> Output:
    """Stop a model, which ends its billing.

    Args:
        version: The ARN, or PROJECT/VERSION.
        wait: Wait until it is stopped.
    """
    context = current.get()
    status = context.client.stop_project_version(version_ref(version))
    if wait:
        return wait_for(context, version, "stopped", None)
    return Output({"Status": status}, f"{version}: {status}")


@app.command(help_epilogue=examples("rekog version delete pets/v1 --yes --wait"))
def delete(version: str, /, *, yes: Flag = False, wait: Flag = False) -> Output:
    """Delete a version. It must not be running. Its files in S3 stay.

    Args:
        version: The ARN, or PROJECT/VERSION.
        yes: Do not ask.
        wait: Wait until it is deleted.
    """
    context = current.get()
    found = context.client.get_project_version(version_ref(version))
    shown = f"{shown_ref(found.project_version_arn)} ({found.status})"
    confirm(f"This deletes the model {shown}. Only another training brings it back.", yes=yes, context=context)
    status = context.client.delete_project_version(found)
    if wait:
        logger = logging.getLogger("rekog_versions")
        level = logger.level
        logger.setLevel(logging.ERROR)  # a warning says that no poll has found the version; it may be gone already
        try:
            return wait_for(context, str(found.project_version_arn), "deleted", None)
        finally:
            logger.setLevel(level)
    return Output({"Status": status}, f"{version}: {status}")


@app.command(help_epilogue=examples("rekog version copy pets/v1 live/v1 --output-config s3://results/copies --wait"))
def copy(
    source: str,
    destination: str,
    /,
    *,
    output_config: str,
    source_project_arn: str | None = None,
    tags: Many = None,
    kms_key_id: str | None = None,
    wait: Flag = False,
) -> Output:
    """Copy a trained version to another project, exactly once.

    Args:
        source: The version to copy: its ARN, or PROJECT/VERSION.
        destination: The copy, PROJECT/VERSION.
        output_config: The place of the copy's files, s3://BUCKET/PREFIX.
        source_project_arn: The source's project, if it belongs to another account.
        tags: Tags, KEY=VALUE each.
        kms_key_id: The key that encrypts the copy.
        wait: Wait until it is copied.
    """
    context = current.get()
    client = context.client
    reference = version_ref(source)
    project, name = target_ref(destination)
    found = client.get_project_version(reference) if source_project_arn is None else None
    arn = client.copy_project_version(
        source_project_arn=source_project_arn or shown_ref(reference).partition("/")[0],
        source_project_version_arn=str(found.project_version_arn) if found else source,
        destination_project_arn=project,
        version_name=name,
        output_config=output_from(output_config),
        tags=pairs_from(tags) or None,
        kms_key_id=kms_key_id,
    )
    if wait:
        return wait_for(context, str(arn), "copied", None)
    return Output({"ProjectVersionArn": arn}, str(arn), ids=[arn])
