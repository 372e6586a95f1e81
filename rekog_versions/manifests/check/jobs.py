"""Find labeling jobs that are in a line together with their adjustment or verification. Decisions only.

A job of Ground Truth that adjusts or verifies the labels of another job keeps the attribute of that job and adds one of
its own: `NAME-chain` by default. Its metadata has an `adjustment-status`, or the type of a verification.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rekog_versions._json import mapping
from rekog_versions._text import shown
from rekog_versions.manifests.lines import CLASSIFICATION, DETECTION, NO_ATTRIBUTES

VERIFICATION = "groundtruth/label-verification"
"""The type of the verdicts of a verification job."""
ADJUSTMENT_STATUS = "adjustment-status"
"""The member that the metadata of an adjustment has."""

_REJECTIONS = frozenset(
    {"bad", "delete", "discard", "fail", "failed", "failure", "inaccurate", "incorrect", "invalid"}
    | {"no", "not", "reject", "rejected", "remove", "wrong"}
)
_MOST_CHAINED = 10  # adjustments of one job


def adjustment(names: Sequence[str], adjusted: Sequence[str]) -> str | None:
    """Describe an attribute that is beside the attribute which it adjusts; None if there is none.

    Args:
        names: The attributes of one type.
        adjusted: Those of them whose metadata has an `adjustment-status`.
    """
    if len(names) < 2:  # noqa: PLR2004
        return None
    for name in sorted(adjusted):
        return f"{shown(name)} is an adjustment, beside {shown(min(other for other in names if other != name))}"
    known = frozenset(names)
    for name in sorted(names):
        base = name
        for _ in range(_MOST_CHAINED):
            base, _, rest = base.rpartition("-chain")
            if not base or (rest and not rest.isdecimal()):
                break
            if base in known:
                return f"{shown(name)} is an adjustment, beside {shown(base)}"
    return None


def adjustment_in(entry: Mapping[str, Any]) -> str | None:
    """Describe an attribute of a line that is beside the attribute which it adjusts; None if there is none."""
    names: dict[object, list[str]] = {CLASSIFICATION: [], DETECTION: []}
    adjusted: dict[object, list[str]] = {CLASSIFICATION: [], DETECTION: []}
    for name in entry:
        metadata = mapping(entry.get(f"{name}-metadata"))
        kind = metadata.get("type")
        if name not in NO_ATTRIBUTES and isinstance(kind, str) and kind in names:
            names[kind].append(name)
            if ADJUSTMENT_STATUS in metadata:
                adjusted[kind].append(name)
    found = (adjustment(names[kind], adjusted[kind]) for kind in names)
    return next((each for each in found if each), None)


def verdicts_in(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the attributes of verification jobs in a line, and their verdicts."""
    found: list[tuple[str, str]] = []
    for name in entry:
        metadata = mapping(entry.get(f"{name}-metadata"))
        if metadata.get("type") == VERIFICATION:
            verdict = metadata.get("class-name")
            found.append((name, verdict if isinstance(verdict, str) else ""))
    return found


def is_rejection(verdict: str) -> bool:
    """Return True if the verdict of a verification job rejects the labels, by the words that are usual for it.

    The categories are named by the owner of the job: `reject`, `bad` (in the guide), `Incorrect - object missed`.
    """
    return re.split(r"[\W_]+", verdict.strip().casefold()[:100], maxsplit=1)[0] in _REJECTIONS
