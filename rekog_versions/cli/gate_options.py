"""The options of gates, which `eval compare`, `report`, `promote` and `deploy` share."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from cyclopts import Parameter

from rekog_versions import evaluation
from rekog_versions.cli.arguments import Flag


@Parameter(name="*")  # its fields are options of their own
@dataclass(frozen=True, kw_only=True)
class GateOptions:
    """The gates that a version must pass. The old version is the one that it is compared with.

    Attributes:
        min_f1: The lowest F1 over all labels.
        min_label_f1: The lowest F1 of any label.
        max_drop: How much lower than the old version the F1 may be.
        max_label_drop: How much lower the F1 of any label may be.
        not_worse_by: The F1 must be shown to be lower by less than this.
        confidence: The confidence of the intervals that gates use.
        same_test_set: Both versions must have the same test images.
    """

    min_f1: float | None = None
    min_label_f1: float | None = None
    max_drop: float | None = None
    max_label_drop: float | None = None
    not_worse_by: float | None = None
    confidence: float | None = None
    same_test_set: Flag = False

    @property
    def gates(self) -> evaluation.Gates | None:
        """The gates; None without any."""
        fields: dict[str, Any] = asdict(self)
        given = {name: value for name, value in fields.items() if value is not None and value is not False}
        return evaluation.Gates(**given) if given.keys() - {"confidence"} else None


NO_GATES = GateOptions()
