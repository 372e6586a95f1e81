"""Values of parsed JSON whose shape cannot be trusted."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard, cast

LARGEST = 1e300
"""Numbers at or beyond this are treated as not a number: sums and products with them would overflow a float."""


def mapping(value: object) -> Mapping[str, Any]:
    """Return `value` if it is a JSON object, else an empty mapping."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def sequence(value: object) -> Sequence[object]:
    """Return `value` if it is a JSON array, else an empty sequence."""
    return cast("list[object]", value) if isinstance(value, list) else ()


def is_number(value: object, limit: float = LARGEST) -> TypeGuard[int | float]:
    """Return True if `value` is a number between `-limit` and `limit`, exclusive; booleans and NaN are not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -limit < value < limit


def number(value: object, limit: float = LARGEST) -> float | None:
    """Return `value` if it is a number (see `is_number`), else None."""
    return value if is_number(value, limit) else None


def text(value: object) -> str | None:
    """Return `value` if it is a string, else None."""
    return value if isinstance(value, str) else None
