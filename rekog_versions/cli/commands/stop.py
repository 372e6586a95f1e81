"""`rekog stop`: stop one model, or all of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from cyclopts import App, Parameter

from rekog_versions import hosting
from rekog_versions.cli.arguments import Flag, Many, confirm, shown_ref
from rekog_versions.cli.commands.version import stop as stop_version
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, Table, UsageError

app = App(
    name="stop",
    help_epilogue=examples(
        "rekog stop pets/v1", "rekog stop --all --dry-run", "rekog stop --all --idle-for 3h --dry-run"
    ),
)


@app.default
def stop(
    version: str | None = None,
    /,
    *,
    all_: Annotated[bool, Parameter("--all", negative=(), show_default=False)] = False,
    idle_for: timedelta | None = None,
    regions: Many = None,
    wait: Flag = False,
    dry_run: Flag = False,
    yes: Flag = False,
) -> Output:
    """Stop one model, or all models of the account.

    Args:
        version: The ARN, or PROJECT/VERSION.
        all_: Stop all models. It shows which, and asks.
        idle_for: With --all, only models that were certainly not used for so long, such as 3h.
        regions: The regions for --all; by default, the region of the configuration.
        wait: Wait until the one model is stopped.
        dry_run: Only show what --all would stop.
        yes: Do not ask.
    """
    if all_ == (version is not None):
        raise UsageError("stop must be used with a VERSION or with --all")
    if version is not None:
        return stop_version(version, wait=wait)
    context = current.get()
    clients = context.clients_in(regions)
    planned = hosting.stop_all(*clients, idle_for=idle_for)
    if dry_run or not planned.outcomes:
        return _shown(planned)
    lines = [
        f"  {shown_ref(model.version_arn)}, {model.region}, {model.status}, {model.cost_an_hour or 'unknown'} an hour"
        for model in (outcome.model for outcome in planned.outcomes)
    ]
    noun = "this model" if len(lines) == 1 else f"these {len(lines)} models"
    confirm("\n".join([f"This stops {noun}:", *lines]), yes=yes, context=context)
    return _shown(hosting.stop_all(*clients, dry_run=False, idle_for=idle_for))


def _shown(report: hosting.StopReport) -> Output:
    models = [outcome.model for outcome in report.outcomes]
    rows = [
        (shown_ref(model.version_arn), model.region, outcome.action, model.cost_an_hour)
        for model, outcome in zip(models, report.outcomes, strict=True)
    ]
    return Output(
        report,
        Table(("VERSION", "REGION", "ACTION", "COST AN HOUR"), rows),
        ids=[str(outcome.model.version_arn) for outcome in report.outcomes],
        ok=report.is_complete,
        remarks=[*map(str, report.failed), *(str(outcome.error) for outcome in report.outcomes if outcome.error)],
    )
