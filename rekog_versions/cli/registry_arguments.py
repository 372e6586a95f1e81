"""Arguments that the commands of the registry share: its location and thresholds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, TypeAlias, cast

from cyclopts import Parameter

from rekog_versions import models, registry
from rekog_versions._text import printable
from rekog_versions.cli.context import Context
from rekog_versions.cli.output import Output, Table, UsageError

Location: TypeAlias = Annotated[str, Parameter("--registry", env_var="REKOG_REGISTRY", show_env_var=False)]
"""The place of the registry."""


def registry_at(location: str, context: Context) -> registry.Registry:
    """Return the registry at a place in S3."""
    return registry.Registry(context.client, location)


def thresholds_from(path: Path | None) -> models.Thresholds | None:
    """Return the thresholds in a file: those of `rekog eval thresholds --output json`, or the object itself.

    Raises:
        UsageError: The file has another form.
    """
    if path is None:
        return None
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        document = cast("dict[str, Any]", read)
        return models.Thresholds.from_dict(document.get("thresholds", document))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"--thresholds must be a file with thresholds, got {printable(str(path), 200)}: "
            f"{printable(str(error), 200)}. Write one with: rekog eval thresholds VERSION --output json"
        ) from None


def shown_entries(entries: list[registry.HistoryEntry], document: object, *remarks: str) -> Output:
    """Return entries of the history as data and as a table."""
    rows = [
        (
            entry.at,
            entry.alias,
            entry.action.value,
            entry.version_arn.version_name,
            entry.previous_arn.version_name if entry.previous_arn is not None else None,
            entry.evaluation.f1_score,
            entry.reason,
        )
        for entry in entries
    ]
    headings = ("TIME", "ALIAS", "ACTION", "VERSION", "WAS", "F1", "REASON")
    return Output(document, Table(headings, rows), ids=[str(entry.version_arn) for entry in entries], remarks=remarks)
