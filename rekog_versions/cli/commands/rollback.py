"""`rekog rollback`: return an alias to the version before."""

from __future__ import annotations

from cyclopts import App

from rekog_versions.cli.arguments import Flag, confirm, version_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, UsageError, prose
from rekog_versions.cli.registry_arguments import Location, registry_at, shown_entries

app = App(
    name="rollback",
    help_epilogue=examples("rekog rollback pets production --registry s3://results/registry"),
)


@app.default
def rollback(
    project: str,
    alias: str,
    /,
    *,
    registry: Location,
    to: str | None = None,
    reason: str | None = None,
    deploy: Flag = False,
    recover: Flag = False,
    yes: Flag = False,
) -> Output:
    """Return an alias to the version before the current one, with its thresholds.

    No model is started or stopped, unless --deploy is given.

    Args:
        project: The name or ARN of the project.
        alias: The alias, such as production.
        registry: Its place, s3://BUCKET/PREFIX; by default, REKOG_REGISTRY.
        to: An earlier version of the alias, PROJECT/VERSION or the ARN.
        reason: A text for the history.
        deploy: Start the earlier model, and stop the current one.
        recover: Only undo or finish a deployment that was killed.
        yes: Do not ask.
    """
    context = current.get()
    opened = registry_at(registry, context)
    if recover:
        if deploy or to is not None:
            raise UsageError("--recover must not be used with --deploy or --to")
        found = opened.recover(alias, project=project)
        return Output(found, prose(found) if found is not None else "no deployment of the alias was unfinished")
    version = None if to is None else version_ref(to)
    if not deploy:
        entry = opened.rollback(alias, version=version, reason=reason, project=project)
        return shown_entries([entry], entry)
    plan = opened.redeploy(alias, version=version, reason=reason, project=project, dry_run=True)
    confirm(f"{plan}, until it is stopped, at list prices.", yes=yes, context=context)
    report = opened.redeploy(alias, version=version, reason=reason, project=project)
    return Output(report, prose(report), ids=[str(report.version_arn)])
