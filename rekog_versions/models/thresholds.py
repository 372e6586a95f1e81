"""Thresholds: the confidence from which a label counts as detected."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self, cast

from rekog_versions._json import JsonResult, as_float
from rekog_versions._text import printable


class ConfidenceUnit(StrEnum):
    """The unit of confidences: 0 to 1 in the service's files, 0 to 100 in DetectCustomLabels."""

    FRACTION = "fraction"
    PERCENT = "percent"

    @property
    def maximum(self) -> int:
        """The highest confidence in this unit."""
        return 1 if self is ConfidenceUnit.FRACTION else 100


@dataclass(frozen=True, init=False)
class Thresholds(JsonResult):
    """The confidence of each label from which it counts as detected.

    The unit is always explicit, because 0.5 can mean one half or half a percent.

        Thresholds.fractions({"cat": 0.62, "dog": 0.4})      # as in the training summary and the snapshot
        Thresholds.percents({"cat": 62, "dog": 40})          # as in DetectCustomLabels

    Attributes:
        labels: The threshold of each label, in `unit`.
        unit: The unit of the thresholds.
        default: The threshold of all other labels. With None, other labels have no threshold and always count.

    Raises:
        ValueError: A threshold is out of range, or the unit is invalid.
        TypeError: A label is not a string, or a threshold is not a number.
    """

    labels: Mapping[str, float]
    unit: ConfidenceUnit
    default: float | None

    def __new__(cls, *_: Any, **kwargs: Any) -> Self:
        """Check that the unit is given; Python's own message would not say how."""
        if kwargs.get("unit") is None:
            raise TypeError(
                "Thresholds needs the unit of its values: use Thresholds.fractions({'cat': 0.62}) for values from 0 to "
                "1, or Thresholds.percents({'cat': 62}) for values from 0 to 100"
            )
        return super().__new__(cls)

    def __init__(
        self, labels: Mapping[str, float], *, unit: ConfidenceUnit | str, default: float | None = None
    ) -> None:
        try:
            known_unit = ConfidenceUnit(unit)
        except ValueError:
            raise ValueError(f"unit must be 'fraction' (0 to 1) or 'percent' (0 to 100), got {unit!r}") from None
        if default is not None:
            _check("default", default, known_unit)
        if not isinstance(labels, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"labels must be a dict of thresholds by label, got {type(labels).__name__}. "
                "For one threshold for all labels, use Thresholds.fractions({}, default=0.5)."
            )
        for label, threshold in labels.items():
            if not isinstance(label, str):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"labels must have strings as keys, got {type(label).__name__}")
            _check(f"the threshold of '{printable(label, 80)}'", threshold, known_unit)
        object.__setattr__(self, "labels", MappingProxyType(dict(labels)))
        object.__setattr__(self, "unit", known_unit)
        object.__setattr__(self, "default", default)

    @classmethod
    def fractions(cls, labels: Mapping[str, float], *, default: float | None = None) -> Self:
        """Create thresholds from 0 to 1, as in the training summary."""
        return cls(labels, unit=ConfidenceUnit.FRACTION, default=default)

    @classmethod
    def percents(cls, labels: Mapping[str, float], *, default: float | None = None) -> Self:
        """Create thresholds from 0 to 100, as in DetectCustomLabels."""
        return cls(labels, unit=ConfidenceUnit.PERCENT, default=default)

    def fraction(self, label: str) -> float | None:
        """Return the threshold of a label from 0 to 1, or None if it has no threshold."""
        threshold = self.labels.get(label, self.default)
        return threshold if threshold is None or self.unit is ConfidenceUnit.FRACTION else threshold / 100

    def percent(self, label: str) -> float | None:
        """Return the threshold of a label from 0 to 100, or None if it has no threshold."""
        threshold = self.labels.get(label, self.default)
        return threshold if threshold is None or self.unit is ConfidenceUnit.PERCENT else threshold * 100

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values for JSON or YAML, which includes the unit."""
        document: dict[str, Any] = {"unit": self.unit.value, "labels": dict(self.labels)}
        return document if self.default is None else {**document, "default": self.default}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Read a dict from `to_dict()`.

        Raises:
            ValueError: A member is missing, unknown or out of range.
            TypeError: A label is not a string, or a threshold is not a number.
        """
        unknown = document.keys() - {"unit", "labels", "default"}
        missing = {"unit", "labels"} - document.keys()
        labels: Any = document.get("labels")
        if unknown or missing or not isinstance(labels, Mapping):
            raise ValueError(
                "thresholds must be an object with unit ('fraction' or 'percent'), labels (numbers by label) "
                f"and optionally default, got {printable(dict(document), 200)}"
            )
        return cls(cast("Mapping[str, float]", labels), unit=document["unit"], default=document.get("default"))

    @classmethod
    def from_json(cls, document: str | bytes) -> Self:
        """Read a JSON document from `to_json()`.

        Raises:
            ValueError: The text is not a JSON object, or a member is missing, unknown or out of range.
            TypeError: A threshold is not a number.
        """
        try:
            read = json.loads(document)
        except RecursionError:
            raise ValueError(f"thresholds must be a JSON object, got {printable(document, 80)}") from None
        if not isinstance(read, dict):
            raise ValueError(f"thresholds must be a JSON object, got {printable(read, 80)}")  # noqa: TRY004 (bad text)
        return cls.from_dict(cast("dict[str, Any]", read))

    def __reduce__(self) -> tuple[Any, ...]:  # a MappingProxyType does not pickle
        return _rebuilt, (type(self), dict(self.labels), self.unit, self.default)

    def __hash__(self) -> int:
        return hash((frozenset(self.labels.items()), self.unit, self.default))


def _rebuilt(
    kind: type[Thresholds], labels: dict[str, float], unit: ConfidenceUnit, default: float | None
) -> Thresholds:
    return kind(labels, unit=unit, default=default)


def _check(what: str, threshold: object, unit: ConfidenceUnit) -> None:
    if isinstance(threshold, bool) or not isinstance(threshold, int | float):
        raise TypeError(f"{what} must be a number from 0 to {unit.maximum}, got {type(threshold).__name__}")
    if not 0 <= as_float(threshold) <= unit.maximum:
        advice = " For values from 0 to 100, use Thresholds.percents(...)." if unit is ConfidenceUnit.FRACTION else ""
        raise ValueError(
            f"{what} must be from 0 to {unit.maximum} (unit {unit.value}), got {printable(threshold, 40)}.{advice}"
        )
