"""Labels: what a model reports, and from which confidence on it counts."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self, cast

from rekog_versions._text import printable


class Unit(StrEnum):
    """How confidences are counted: the service's files do it from 0 to 1, DetectCustomLabels from 0 to 100."""

    FRACTION = "fraction"
    PERCENT = "percent"

    @property
    def most(self) -> int:
        """The highest value."""
        return 1 if self is Unit.FRACTION else 100


@dataclass(frozen=True, init=False)
class Thresholds:
    """From which confidence on a label counts, label by label.

    The unit is told, never guessed: 0.5 may be half a per cent as well as a half.

        Thresholds.fractions({"cat": 0.62, "dog": 0.4})      # as the training summary and the snapshot count
        Thresholds.percents({"cat": 62, "dog": 40})          # as DetectCustomLabels counts

    Attributes:
        labels: The threshold of each label, in `unit`.
        unit: How they are counted.
        default: That of any other label; None lets every other label through, for nothing was said of it.

    Raises:
        ValueError: A threshold is out of range, or the unit is none.
        TypeError: A label is no string, or a threshold no number.
    """

    labels: Mapping[str, float]
    unit: Unit
    default: float | None

    def __init__(self, labels: Mapping[str, float], *, unit: Unit | str, default: float | None = None) -> None:
        try:
            counted = Unit(unit)
        except ValueError:
            raise ValueError(f"unit must be 'fraction' (0 to 1) or 'percent' (0 to 100), got {unit!r}") from None
        if default is not None:
            _check("the default", default, counted)
        if not isinstance(labels, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"labels takes a dict of thresholds by label, not a {type(labels).__name__}; "
                "one threshold for every label is the default: Thresholds.fractions({}, default=0.5)"
            )
        for label, threshold in labels.items():
            if not isinstance(label, str):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"a label must be a string, got {type(label).__name__}")
            _check(f"the threshold of '{printable(label, 80)}'", threshold, counted)
        object.__setattr__(self, "labels", MappingProxyType(dict(labels)))
        object.__setattr__(self, "unit", counted)
        object.__setattr__(self, "default", default)

    @classmethod
    def fractions(cls, labels: Mapping[str, float], *, default: float | None = None) -> Self:
        """Thresholds from 0 to 1, as the training summary counts them."""
        return cls(labels, unit=Unit.FRACTION, default=default)

    @classmethod
    def percents(cls, labels: Mapping[str, float], *, default: float | None = None) -> Self:
        """Thresholds from 0 to 100, as DetectCustomLabels counts them."""
        return cls(labels, unit=Unit.PERCENT, default=default)

    def fraction(self, label: str) -> float | None:
        """The threshold of a label from 0 to 1; None if none is set."""
        threshold = self.labels.get(label, self.default)
        return threshold if threshold is None or self.unit is Unit.FRACTION else threshold / 100

    def percent(self, label: str) -> float | None:
        """The threshold of a label from 0 to 100; None if none is set."""
        threshold = self.labels.get(label, self.default)
        return threshold if threshold is None or self.unit is Unit.PERCENT else threshold * 100

    def to_dict(self) -> dict[str, Any]:
        """A dict of plain values for JSON or YAML, with the unit in it."""
        document: dict[str, Any] = {"unit": self.unit.value, "labels": dict(self.labels)}
        return document if self.default is None else {**document, "default": self.default}

    def to_json(self, *, indent: int | None = 4) -> str:
        """A JSON document, with the unit in it."""
        return json.dumps(self.to_dict(), indent=indent)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Reads what `to_dict()` wrote.

        Raises:
            ValueError: A member is missing, unknown or out of range.
            TypeError: A label is no string, or a threshold no number.
        """
        unknown = document.keys() - {"unit", "labels", "default"}
        missing = {"unit", "labels"} - document.keys()
        labels: Any = document.get("labels")
        if unknown or missing or not isinstance(labels, Mapping):
            raise ValueError(
                "thresholds are an object of unit ('fraction' or 'percent'), labels (an object of numbers by label) "
                f"and, if need be, default; got {printable(dict(document), 200)}"
            )
        return cls(cast("Mapping[str, float]", labels), unit=document["unit"], default=document.get("default"))

    @classmethod
    def from_json(cls, document: str | bytes) -> Self:
        """Reads what `to_json()` wrote.

        Raises:
            ValueError: It is no JSON object, or a member is missing, unknown or out of range.
            TypeError: A threshold is no number.
        """
        read = json.loads(document)
        if not isinstance(read, dict):
            raise ValueError(f"thresholds are a JSON object, got {printable(read, 80)}")  # noqa: TRY004 (bad text)
        return cls.from_dict(cast("dict[str, Any]", read))

    def __reduce__(self) -> tuple[Any, ...]:  # a MappingProxyType does not pickle
        return _rebuilt, (type(self), dict(self.labels), self.unit, self.default)

    def __hash__(self) -> int:
        return hash((frozenset(self.labels.items()), self.unit, self.default))


def _rebuilt(kind: type[Thresholds], labels: dict[str, float], unit: Unit, default: float | None) -> Thresholds:
    return kind(labels, unit=unit, default=default)


def _check(what: str, threshold: object, unit: Unit) -> None:
    if isinstance(threshold, bool) or not isinstance(threshold, int | float):
        raise TypeError(f"{what} must be a number from 0 to {unit.most}, got {type(threshold).__name__}")
    if math.isnan(threshold) or not 0 <= threshold <= unit.most:
        other = "; for values from 0 to 100, use Thresholds.percents(...)" if unit is Unit.FRACTION else ""
        raise ValueError(f"{what} must be from 0 to {unit.most}, for the unit is {unit.value}; got {threshold}{other}")
