"""`rekog deploy`: replace the running model of an alias."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cyclopts import App

from rekog_versions.cli.arguments import Flag, confirm, version_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.gate_options import NO_GATES, GateOptions
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, prose
from rekog_versions.cli.registry_arguments import Location, registry_at, thresholds_from

app = App(
    name="deploy",
    help_epilogue=examples("rekog deploy pets/v1 production --registry s3://results/registry --dry-run"),
)


@app.default
def deploy(
    version: str,
    alias: str,
    /,
    *,
    registry: Location,
    gate_options: GateOptions = NO_GATES,
    thresholds: Path | None = None,
    reason: str | None = None,
    min_inference_units: int = 1,
    max_inference_units: int | None = None,
    max_running: int = 2,
    dry_run: Flag = False,
    yes: Flag = False,
) -> Output:
    """Start a version that passes its gates, move the alias to it, and stop the old model.

    A failure leaves the old model serving. A deployment that was killed is resumed or undone first.

    Args:
        version: The ARN, or PROJECT/VERSION.
        alias: The alias, such as production.
        registry: Its place, s3://BUCKET/PREFIX; by default, REKOG_REGISTRY.
        gate_options: The gates.
        thresholds: A file with the thresholds of the alias.
        reason: A text for the history.
        min_inference_units: The inference units; each one is billed.
        max_inference_units: The units to which the service may scale.
        max_running: The quota of the account for running models.
        dry_run: Only check the gates, and show the cost.
        yes: Do not ask.
    """
    from rekog_versions.client.progress import Progress, closing

    context = current.get()
    options: dict[str, Any] = {
        "gates": gate_options.gates,
        "thresholds": thresholds_from(thresholds),
        "reason": reason,
        "min_inference_units": min_inference_units,
        "max_inference_units": max_inference_units,
        "max_running": max_running,
    }
    opened = registry_at(registry, context)
    plan = opened.deploy(version_ref(version), alias, dry_run=True, **options)
    if dry_run:
        return Output(plan, prose(plan))
    confirm(f"{plan}, until it is stopped, at list prices.", yes=yes, context=context)
    with closing(progress := Progress(None)):
        report = opened.deploy(version_ref(version), alias, on_poll=progress, **options)
    return Output(report, prose(report), ids=[str(report.version_arn)])
