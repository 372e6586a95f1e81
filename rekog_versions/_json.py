"""JSON: values of parsed documents whose shape cannot be trusted, and the dicts of results."""

import base64
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import Any, ClassVar, TypeGuard, cast

from rekog_versions._html import flattened, html_of

_NUMBERS = (int, float)
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
    return isinstance(value, _NUMBERS) and value is not True and value is not False and -limit < value < limit


def as_float(value: float) -> float:
    """Return a number as a float; infinity if it is too large for one, as an int can be."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def number(value: object, limit: float = LARGEST) -> float | None:
    """Return `value` if it is a number (see `is_number`), else None."""
    return value if is_number(value, limit) else None


def text(value: object) -> str | None:
    """Return `value` if it is a string, else None."""
    return value if isinstance(value, str) else None


class JsonResult:
    """The base class of results that are derived from the service's data: reports, costs, evaluations.

    The dict has the fields of the dataclass in snake_case, and the properties that `_derived` lists. Shapes of the
    service in it keep the service's spelling, as `Shape.to_dict()` returns them.
    """

    __slots__ = ()
    _derived: ClassVar[tuple[str, ...]] = ()
    """The properties that belong to the dict, after the fields."""
    _left_out: ClassVar[frozenset[str]] = frozenset()
    """The fields that do not belong to the dict."""

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values for JSON or YAML. Shapes of the service in it keep the service's spelling.

        Times are ISO 8601 in UTC, amounts of money are strings with all their digits, and errors are objects with
        `type` and `message`. Unknown values and numbers that JSON does not have (NaN, infinity) are None.
        """
        return {name: plain(getattr(self, name)) for name in self._names()}

    def to_json(self, *, indent: int | None = 4) -> str:
        """Return the JSON document of `to_dict()`."""
        return dumps(self.to_dict(), indent)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a flat dict for each item, for `pandas.DataFrame(...)` or `polars.DataFrame(...)`.

        The items are those of `for item in result`. A result without items is one row. Names of nested values are
        joined with an underscore.
        """
        items = cast("Iterable[object]", self) if isinstance(self, Iterable) else (self,)
        return [row_of(item) for item in items]

    def _repr_html_(self) -> str | None:
        """Return the text of the result as HTML, which notebooks display."""
        return html_of(self)

    def _names(self) -> Iterator[str]:
        for field in fields(cast("Any", self)):
            if not field.name.startswith("_") and field.name not in self._left_out:
                yield field.name
        yield from self._derived


def row_of(item: object) -> dict[str, Any]:
    """Return an item of a result as a flat dict; a value that is not an object is the only member, `value`."""
    document = plain(item)
    fields = cast("dict[str, Any]", document) if isinstance(document, dict) else {"value": document}
    return dict(flattened(fields, "_"))


def dumps(document: dict[str, Any], indent: int | None) -> str:
    """Return a JSON document in ASCII, on one line without spaces if `indent` is None."""
    return json.dumps(document, indent=indent, separators=(",", ":") if indent is None else None)


def plain(value: object) -> Any:
    """Return a value of a result as a value of JSON."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return str.__str__(value)  # the text of an enum's member, an ARN without its class
        case float():
            return value if math.isfinite(value) else None
        case BaseException():
            code = getattr(value, "code", None)
            described = {"type": type(value).__name__, "message": str(value)}
            return {**described, "code": code} if isinstance(code, str) else described
        case _ if callable(to_dict := getattr(value, "to_dict", None)):
            return to_dict()
        case Mapping():
            return {str(key): plain(item) for key, item in cast("Mapping[object, object]", value).items()}
        case AbstractSet():
            return sorted(map(plain, cast("AbstractSet[object]", value)))
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case Iterable():
            return [plain(item) for item in cast("Iterable[object]", value)]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            from pydantic_core import to_jsonable_python  # noqa: PLC0415 (for times, amounts and paths)

            return to_jsonable_python(value, fallback=repr)
