"""`rekog cost`: what the trainings of a project cost."""

from __future__ import annotations

from cyclopts import App

from rekog_versions import hosting
from rekog_versions.cli.arguments import shown_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, Table
from rekog_versions.cli.waits import billed

app = App(
    name="cost",
    help_epilogue=examples("rekog cost pets --output json"),
)


@app.default
def cost(project: str, /) -> Output:
    """Show what the trainings of a project cost, at list prices.

    Args:
        project: The name or ARN of the project.
    """
    client = current.get().client
    costs = hosting.training_costs(client, project)
    rows = [(shown_ref(one.version_arn), one.status, billed(one.seconds), one.cost) for one in costs.versions]
    return Output(
        costs,
        Table(("VERSION", "STATUS", "BILLED", f"COST ({costs.currency})"), rows),
        remarks=[f"In total {costs.total:.2f} {costs.currency}, at list prices; AWS's bill is exact."],
    )
