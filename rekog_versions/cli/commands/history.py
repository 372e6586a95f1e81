"""`rekog history`: the moves of aliases."""

from __future__ import annotations

from cyclopts import App

from rekog_versions.cli.arguments import Flag
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output
from rekog_versions.cli.registry_arguments import Location, registry_at, shown_entries

app = App(
    name="history",
    help_epilogue=examples("rekog history pets production --registry s3://results/registry"),
)


@app.default
def history(project: str, alias: str | None = None, /, *, registry: Location, now: Flag = False) -> Output:
    """Show which version an alias pointed to, since when, and why.

    Args:
        project: The name or ARN of the project.
        alias: The alias; by default, all aliases.
        registry: Its place, s3://BUCKET/PREFIX; by default, REKOG_REGISTRY.
        now: Only show where the aliases point now.
    """
    opened = registry_at(registry, current.get())
    if now and alias is not None:
        entries = [opened.resolve(alias, project=project)]
    elif now:
        entries = list(opened.aliases(project=project).values())
    else:
        entries = opened.history(alias, project=project)
    return shown_entries(entries, entries)
