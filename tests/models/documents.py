"""Documents of requests with one value changed, and the errors that our request models raise for them."""

import copy
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from pydantic import ValidationError

from tests.models.operations import OPERATIONS

ONE_OF: Mapping[tuple[str, str], tuple[str, str]] = {
    ("CreateDataset", "DatasetSource"): ("GroundTruthManifest", "DatasetArn"),
    ("DetectCustomLabels", "Image"): ("Bytes", "S3Object"),
}
"""Structures with exactly one of two members. The service model allows both members and neither."""


class Mark(Enum):
    """Steps of a path other than members and indexes, and a marker for an absent value."""

    KEY = "{key}"
    VALUE = "{value}"
    ABSENT = "absent"


Path = tuple[str | int | Mark, ...]


def written(path: Path) -> str:
    steps = (f"[{s}]" if isinstance(s, int) else s.value if isinstance(s, Mark) else f".{s}" for s in path)
    return "".join(steps).lstrip(".")


def rejections(operation: str, document: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the paths of the values that our request model rejects, the same in JSON and in dicts."""
    kind, _ = OPERATIONS[operation]
    found = _locations(lambda: kind.from_dict(document))
    try:
        text = json.dumps(document, allow_nan=False)
    except (TypeError, ValueError):  # bytes and NaN have no JSON
        return found
    if json.loads(text) == document:  # JSON turns other keys into strings
        assert _locations(lambda: kind.from_json(text)) == found
    return found


def _locations(read: Callable[[], object]) -> list[tuple[Any, ...]]:
    try:
        read()
    except ValidationError as error:
        return [detail["loc"] for detail in error.errors()]
    return []


def changed(full: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Return the full document with another value at a path."""
    document: dict[str, Any] = _changed(full, path, value)
    return document


def _changed(holder: Any, path: Path, value: Any) -> Any:
    step, *rest = path
    if isinstance(step, Mark):
        ((key, old),) = holder.items()
        return {value: old} if step is Mark.KEY else {key: value}
    other = copy.copy(holder)
    if rest:
        other[step] = _changed(holder[step], tuple(rest), value)
    elif value is Mark.ABSENT:
        del other[step]
    else:
        other[step] = value
    return other


def location(full: Mapping[str, Any], path: Path, value: Any) -> tuple[Any, ...]:
    """Return the path that pydantic reports for an invalid value at `path`."""
    if not isinstance(path[-1], Mark):
        return path
    holder: Any = full
    for step in path[:-1]:
        holder = holder[step]
    (key,) = holder
    shown = value if isinstance(value, str | int) else ascii(value) if isinstance(value, datetime) else str(value)
    return (*path[:-1], *((shown, "[key]") if path[-1] is Mark.KEY else (key,)))


def with_one(operation: str, document: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the document with only one of two exclusive members, the one on the path."""
    for (name, structure), members in ONE_OF.items():
        given = [
            m for m in members if isinstance(document.get(structure), dict) and document[structure].get(m) is not None
        ]
        if name == operation and len(given) > 1:
            kept = path[1] if path[:1] == (structure,) and path[1:2] in [(m,) for m in members] else members[0]
            others = {m: value for m, value in document[structure].items() if m == kept or m not in members}
            document = {**document, structure: others}
    return document


def settled(operation: str, document: dict[str, Any], full: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document without members that contradict the changed value."""
    least, most = document.get("MinInferenceUnits"), document.get("MaxInferenceUnits")
    if least is not None and most is not None and least > most:
        changed_most = least == full["MinInferenceUnits"]
        fitting = {"MinInferenceUnits": most} if changed_most else {"MaxInferenceUnits": None}
        return {**document, **fitting}
    pairs = {"CreateProjectVersion": ("TrainingData", "TestingData"), "CreateProject": ("Feature", "AutoUpdate")}
    pair = pairs.get(operation, ())
    if any(document.get(member) is None for member in pair):
        return {member: value for member, value in document.items() if member not in pair}
    if document.get("Feature") == "CUSTOM_LABELS":
        return {member: value for member, value in document.items() if member != "AutoUpdate"}
    return document
