"""`rekog cost`: the costs of the trainings of a project, and of running models."""

from __future__ import annotations

from datetime import timedelta

from cyclopts import App

from rekog_versions import hosting as library
from rekog_versions.cli.arguments import Flag, Many, shown_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, Table, UsageError
from rekog_versions.cli.waits import billed

app = App(
    name="cost",
    help_epilogue=examples("rekog cost pets --output json", "rekog cost --hosting --since 30d"),
)


@app.default
def cost(
    project: str | None = None,
    /,
    *,
    hosting: Flag = False,
    since: timedelta = timedelta(days=30),
    regions: Many = None,
) -> Output:
    """Show the costs of the trainings of a project, or of all models that ran, at list prices.

    With --hosting, the hours are those of CloudWatch's metrics, in which a begun hour counts as a whole.

    Args:
        project: The name or ARN of the project; with --hosting, all projects by default.
        hosting: Show the costs of running models instead.
        since: The time to add up, such as 30d, for --hosting.
        regions: The regions for --hosting; by default, the region of the configuration.
    """
    if hosting:
        return _hosting_costs(project, since, regions)
    if project is None:
        raise UsageError("cost must be used with a PROJECT or with --hosting")
    client = current.get().client
    costs = library.training_costs(client, project)
    rows = [(shown_ref(one.version_arn), one.status, billed(one.seconds), one.cost) for one in costs.versions]
    return Output(
        costs,
        Table(("VERSION", "STATUS", "BILLED", f"COST ({costs.currency})"), rows),
        remarks=[f"In total {costs.total:.2f} {costs.currency}, at list prices; AWS's bill is exact."],
    )


def _hosting_costs(project: str | None, since: timedelta, regions: list[str] | None) -> Output:
    clients = current.get().clients_in(regions)
    costs = library.hosting_costs(*clients, since=since, projects=None if project is None else [project])
    rows = [
        (f"{model.project_name}/{model.version_name}", model.region, model.hours, model.unit_hours, model.cost)
        for model in costs
    ]
    total = f"In total {costs.total:.2f} {costs.currency} for {costs.hours} hours since {costs.since:%Y-%m-%d}."
    return Output(
        costs,
        Table(("VERSION", "REGION", "HOURS", "UNIT HOURS", f"COST ({costs.currency})"), rows),
        ok=not costs.failed,
        remarks=[f"{total} These are list prices.", *(f"Note: {gap}." for gap in costs.gaps), *map(str, costs.failed)],
    )
