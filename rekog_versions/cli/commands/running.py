"""`rekog running`: the running models of the account, and what they cost."""

from __future__ import annotations

from cyclopts import App

from rekog_versions import hosting
from rekog_versions.cli.arguments import Many, shown_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, Table

app = App(
    name="running",
    help_epilogue=examples("rekog running --regions us-east-1 eu-west-1"),
)


@app.default
def running(*, regions: Many = None) -> Output:
    """List the models that run, over regions, and what they cost.

    The exit code is 1 if a part of the account could not be listed.

    Args:
        regions: The regions; by default, the region of the configuration.
    """
    found = hosting.running_models(*current.get().clients_in(regions))
    rows = [
        (
            shown_ref(model.version_arn),
            model.region,
            model.status,
            model.min_inference_units,
            model.max_inference_units,
            model.cost_an_hour,
            f"{model.started_at:%Y-%m-%d %H:%M} UTC" if model.started_at else None,
        )
        for model in found.models
    ]
    total = [f"All of them cost {found.cost_an_hour} an hour at list prices."] if rows and found.cost_an_hour else []
    return Output(
        found,
        Table(("VERSION", "REGION", "STATUS", "UNITS", "AT MOST", "COST AN HOUR", "SINCE"), rows),
        ids=[str(model.version_arn) for model in found.models],
        ok=not found.failed,
        remarks=[*total, *map(str, found.failed)],
    )
