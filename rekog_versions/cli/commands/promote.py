"""`rekog promote`: point an alias to a version that passes its gates."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from rekog_versions.cli.arguments import Flag, version_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output
from rekog_versions.cli.registry_arguments import Location, gates_of, registry_at, shown_entries, thresholds_from

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
    min_f1: float | None = None,
    min_label_f1: float | None = None,
    max_drop: float | None = None,
    max_label_drop: float | None = None,
    not_worse_by: float | None = None,
    confidence: float | None = None,
    same_test_set: Flag = False,
    thresholds: Path | None = None,
    reason: str | None = None,
) -> Output:
    """Point an alias to a version that passes its gates. No model is started.

    The exit code is 1 if a gate fails; nothing is changed then.

    Args:
        version: The ARN, or PROJECT/VERSION.
        alias: The alias, such as production.
        registry: Its place, s3://BUCKET/PREFIX; by default, REKOG_REGISTRY.
        min_f1: The lowest F1 over all labels.
        min_label_f1: The lowest F1 of any label.
        max_drop: How much lower than the old version the F1 may be.
        max_label_drop: How much lower the F1 of any label may be.
        not_worse_by: The F1 must be shown to be lower by less than this.
        confidence: The confidence of the intervals that gates use.
        same_test_set: Both versions must have the same test images.
        thresholds: A file with the thresholds of the alias.
        reason: A text for the history.
    """
    gates = gates_of(
        min_f1=min_f1,
        min_label_f1=min_label_f1,
        max_drop=max_drop,
        max_label_drop=max_label_drop,
        not_worse_by=not_worse_by,
        confidence=confidence,
        same_test_set=same_test_set,
    )
    entry = registry_at(registry, current.get()).promote(
        version_ref(version), alias, gates=gates, thresholds=thresholds_from(thresholds), reason=reason
    )
    return shown_entries([entry], entry)
