"""`rekog prune`: delete the versions that nothing needs."""

from __future__ import annotations

from datetime import timedelta

from cyclopts import App

from rekog_versions import registry as area
from rekog_versions.cli.arguments import Flag, confirm, shown_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, Table
from rekog_versions.cli.registry_arguments import Location, registry_at

app = App(
    name="prune",
    help_epilogue=examples("rekog prune pets --keep 90d --registry s3://results/registry"),
)


@app.default
def prune(
    project: str,
    /,
    *,
    keep: timedelta,
    registry: Location,
    files: Flag = False,
    delete: Flag = False,
    yes: Flag = False,
) -> Output:
    """Show the versions that no alias, running model or recent history needs.

    With --delete, it asks and deletes them. The exit code is 1 if a deletion fails.

    Args:
        project: The name or ARN of the project.
        keep: How long versions are kept that were trained or in use, such as 90d.
        registry: Its place, s3://BUCKET/PREFIX; by default, REKOG_REGISTRY.
        files: Include the files that the service wrote for these versions.
        delete: Delete them.
        yes: Do not ask.
    """
    context = current.get()
    opened = registry_at(registry, context)
    plan = opened.prune(project, keep=keep, files=files)
    doomed = [outcome for outcome in plan if outcome.action is area.PruneAction.WOULD_DELETE]
    if not delete or not doomed:
        return _shown(plan)
    noun = "this version" if len(doomed) == 1 else f"these {len(doomed)} versions"
    lines = [f"This deletes {noun}, which cannot be restored:", *(f"  {outcome}" for outcome in doomed)]
    confirm("\n".join(lines), yes=yes, context=context)
    return _shown(opened.prune(project, keep=keep, files=files, dry_run=False))


def _shown(report: area.PruneReport) -> Output:
    rows = [(shown_ref(outcome.version_arn), outcome.action, len(outcome.files), outcome.reason) for outcome in report]
    gone = [
        outcome for outcome in report if outcome.action in (area.PruneAction.WOULD_DELETE, area.PruneAction.DELETED)
    ]
    return Output(
        report,
        Table(("VERSION", "ACTION", "FILES", "REASON"), rows),
        ids=[str(outcome.version_arn) for outcome in gone],
        ok=report.is_complete,
        remarks=[f"{outcome.version_arn}: {error}" for outcome in report for error in outcome.errors],
    )
