"""Thresholds per label for DetectCustomLabels, which the service itself does not offer."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

from rekog_versions import models
from rekog_versions._notes import warn
from rekog_versions._text import printable
from rekog_versions.errors import ResponseError

_ROUNDING = 1e-6
"""The service computes with 24 bits. A confidence this close to its threshold is not below it."""


def check_filters(min_confidence: float | None, thresholds: models.Thresholds | None) -> None:
    """Check that at most one of the two filters is given, and warn about fractions that are given as percents.

    Raises:
        ValueError: Both are given.
        TypeError: `thresholds` has another type.
    """
    if isinstance(min_confidence, int | float) and 0 < min_confidence <= 1:
        warn(
            f"min_confidence must be from 0 to 100, and {min_confidence} is {min_confidence} percent. For the "
            f"fraction, pass {min_confidence * 100:g}"
        )
    if thresholds is None:
        return
    if not isinstance(thresholds, models.Thresholds):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            f"thresholds must be a Thresholds, got {type(thresholds).__name__}; use Thresholds.fractions({{...}}) for "
            "values from 0 to 1 or Thresholds.percents({...}) for values from 0 to 100"
        )
    given = [threshold for threshold in (*thresholds.labels.values(), thresholds.default) if threshold]
    if thresholds.unit is models.ConfidenceUnit.PERCENT and given and max(given) <= 1:
        warn(
            f"no threshold is above {max(given):g} percent, so nearly every label counts. For values from 0 to 1, use "
            "Thresholds.fractions(...)"
        )
    if min_confidence is not None:
        raise ValueError(
            "pass min_confidence, which applies to all labels, or thresholds, not both; Thresholds take a default for "
            "labels without a value"
        )


def labels_above(labels: Sequence[models.CustomLabel], thresholds: models.Thresholds) -> list[models.CustomLabel]:
    """Return the labels that reach their thresholds, the most confident first.

    A label that has no threshold, although one is for a label with nearly the same name, causes a warning.

    Raises:
        ResponseError: A label has no name, or no number as its confidence.
    """
    found: list[tuple[float, models.CustomLabel]] = []
    for label in labels:
        if label.name is None or label.confidence is None or not math.isfinite(label.confidence):
            raise ResponseError(
                "DetectCustomLabels", label.to_dict(), f"the label {printable(label.name)} has no name or confidence"
            )
        least = thresholds.percent(label.name)
        if least is None or label.confidence >= least or math.isclose(label.confidence, least, rel_tol=_ROUNDING):
            found.append((label.confidence, label))
    _warn_of_misspelt_labels([str(label.name) for _, label in found], thresholds)
    return [label for _, label in sorted(found, key=lambda item: -item[0])]


def _warn_of_misspelt_labels(found: Sequence[str], thresholds: models.Thresholds) -> None:
    """Warn of labels without a threshold that nearly have the name of a label with one."""
    without = [name for name in found if name not in thresholds.labels] if thresholds.labels else ()
    for name in without:
        from difflib import get_close_matches  # noqa: PLC0415 (rarely needed)

        for close in get_close_matches(name, [label for label in thresholds.labels if label not in found], 1, 0.8):
            warnings.warn(
                f"the label '{printable(name, 80)}' was detected and has no threshold, but thresholds has one for "
                f"'{printable(close, 80)}'. Check the spelling of the label",
                UserWarning,
                stacklevel=2,
            )
