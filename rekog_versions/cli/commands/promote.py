"""`rekog promote`: point an alias to a version that passes its gates."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from rekog_versions.cli.arguments import version_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.gate_options import NO_GATES, GateOptions
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output
from rekog_versions.cli.registry_arguments import Location, registry_at, shown_entries, thresholds_from

app = App(
    name="promote",
    help_epilogue=examples("rekog promote pets/v1 candidate --registry s3://results/registry --min-f1 0.5"),
)


@app.default
def promote(
    version: str,
    alias: str,
    /,
    *,
    registry: Location,
    gate_options: GateOptions = NO_GATES,
    thresholds: Path | None = None,
    reason: str | None = None,
) -> Output:
    """Point an alias to a version that passes its gates. No model is started.

    The exit code is 1 if a gate fails; nothing is changed then.

    Args:
        version: The ARN, or PROJECT/VERSION.
        alias: The alias, such as production.
        registry: Its place, s3://BUCKET/PREFIX; by default, REKOG_REGISTRY.
        gate_options: The gates.
        thresholds: A file with the thresholds of the alias.
        reason: A text for the history.
    """
    entry = registry_at(registry, current.get()).promote(
        version_ref(version), alias, gates=gate_options.gates, thresholds=thresholds_from(thresholds), reason=reason
    )
    return shown_entries([entry], entry)
