"""The check of a request on the server's side.

botocore sends what violates a pattern, a maximum, an enumeration or the size of a list; the service refuses it. Here
every constraint of the service model is checked, read from the model itself, and answered in the words in which AWS
services report constraint violations. Rules across fields stand at the end.
"""

import base64
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias, cast

from rekog_versions.testing.exceptions import InvalidParameterException, SerializationException

Shape: TypeAlias = Any
"""A shape of botocore's model; its attributes are descriptors that type checkers can't see through."""

_SHOWN = 300
"""That many characters of a refused value stand in the message."""

# The tag patterns use classes that `re` doesn't have. Each stands for a general category; a character of the category
# that isn't ASCII is checked as if it were the category's stand-in, an ASCII character that every such class contains.
# The stand-in for letters is upper case, so that no word can become the `aws:` that the patterns forbid.
_CATEGORIES = {r"\p{L}": ("a-zA-Z", "L"), r"\p{Z}": (" ", " "), r"\p{N}": ("0-9", "0")}
_STAND_INS = {name[3]: stand_in for name, (_, stand_in) in _CATEGORIES.items()}

_CHECKED = frozenset({"min", "max", "enum", "pattern"})
_TYPES: Mapping[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "blob": (str,),  # base64 in the JSON protocol
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (int, float),
}


def validated(shape: Shape, body: Mapping[str, Any]) -> dict[str, Any]:
    """Checks a request against the service model.

    Args:
        shape: The operation's input.
        body: The request as it came, decoded from JSON.

    Returns:
        The request without nulls and without members that the model doesn't know, which the service ignores.

    Raises:
        InvalidParameterException: A constraint is violated; the message names each that is.
        SerializationException: A blob is no base64; that goes before any constraint.
    """
    checked = _cleaned(shape, body)
    found = list(_violations(shape, checked, ""))
    if found:
        count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected"
        raise InvalidParameterException(f"{count}: {'; '.join(found)}")
    return dict(checked)


def _cleaned(shape: Shape, value: Any) -> Any:
    if shape.type_name == "structure" and isinstance(value, dict):
        given = cast("dict[str, Any]", value)
        members: Mapping[str, Shape] = shape.members
        return {name: _cleaned(member, given[name]) for name, member in members.items() if given.get(name) is not None}
    if shape.type_name == "list" and isinstance(value, list):
        return [_cleaned(shape.member, item) for item in _items(value)]
    return value


def _items(value: Any) -> list[Any]:
    return value  # type: ignore[no-any-return]  # a list, says who calls


def _violations(shape: Shape, value: Any, path: str) -> Iterator[str]:
    kind: str = shape.type_name
    if not _has_type(kind, value):
        yield _violation(value, path, f"Member must be of type {kind}")
        return
    if kind == "blob":
        _check_base64(value, path)
    yield from _own_violations(shape, value, path)
    if kind == "structure":
        for name in shape.required_members:
            if name not in value:
                yield _violation(None, _below(path, name), "Member must not be null")
        for name, member in value.items():
            yield from _violations(shape.members[name], member, _below(path, name))
    elif kind == "list":
        for position, item in enumerate(value, start=1):
            yield from _violations(shape.member, item, f"{path}.{position}.member")
    elif kind == "map":
        for key, item in value.items():
            yield from _violations(shape.key, key, f"{path}.{key}.key")
            yield from _violations(shape.value, item, f"{path}.{key}.value")


def _has_type(kind: str, value: object) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _check_base64(text: str, path: str) -> None:
    """Checks that a blob can be decoded: what can't be is an error of the protocol, and violates no constraint."""
    try:
        base64.b64decode(text, validate=True)
    except ValueError as error:  # also what a text of other than ASCII characters raises
        raise SerializationException(f"The value at '{path}' is not Base64-encoded") from error


def _measured(kind: str, value: Any) -> tuple[float, str]:
    """What the model's min and max are about: a number's value, or how long anything else is."""
    if kind == "blob":
        return len(base64.b64decode(value)), "length"  # of the bytes, not of the text that they travel as
    return (value, "value") if int in _TYPES[kind] else (len(value), "length")


def _own_violations(shape: Shape, value: Any, path: str) -> Iterator[str]:
    constraints: Mapping[str, Any] = shape.metadata
    if not constraints.keys() & _CHECKED:
        return
    measured, what = _measured(shape.type_name, value)
    # a number that is none (NaN) violates both
    if "min" in constraints and not measured >= constraints["min"]:
        yield _violation(value, path, f"Member must have {what} greater than or equal to {constraints['min']}")
    if "max" in constraints and not measured <= constraints["max"]:
        yield _violation(value, path, f"Member must have {what} less than or equal to {constraints['max']}")
    if "enum" in constraints and value not in constraints["enum"]:
        yield _violation(value, path, f"Member must satisfy enum value set: [{', '.join(constraints['enum'])}]")
    if "pattern" in constraints and not matches(constraints["pattern"], value):
        yield _violation(value, path, f"Member must satisfy regular expression pattern: {constraints['pattern']}")


def _violation(value: Any, path: str, constraint: str) -> str:
    text = str(value)
    shown = "null" if value is None else f"'{text[:_SHOWN]}{'...' if len(text) > _SHOWN else ''}'"
    return f"Value {shown} at '{path or 'request'}' failed to satisfy constraint: {constraint}"


def _below(path: str, name: str) -> str:
    spelled = name[:1].lower() + name[1:]
    return f"{path}.{spelled}" if path else spelled


def matches(pattern: str, value: str) -> bool:
    """Whether the whole value matches a pattern of the service model, with ASCII digits and no trailing newline."""
    compiled, has_categories = _compiled(pattern)
    if has_categories and not value.isascii():
        value = "".join(
            c if c.isascii() else _STAND_INS.get(unicodedata.category(c)[0], "\N{REPLACEMENT CHARACTER}") for c in value
        )
    return compiled.fullmatch(value) is not None


@lru_cache
def _compiled(pattern: str) -> tuple[re.Pattern[str], bool]:
    plain = pattern
    for name, (ascii_members, _) in _CATEGORIES.items():
        plain = plain.replace(name, ascii_members)
    return re.compile(plain, re.ASCII), plain != pattern


def check_new_project(feature: str, auto_update: str | None) -> None:
    """The rules across the fields of CreateProject.

    Raises:
        InvalidParameterException: AutoUpdate is missing for an adapter, or given for another project.
    """
    if feature == "CONTENT_MODERATION" and auto_update is None:
        raise InvalidParameterException("AutoUpdate is required when Feature is CONTENT_MODERATION")
    if feature != "CONTENT_MODERATION" and auto_update is not None:
        raise InvalidParameterException("AutoUpdate is only applicable when Feature is CONTENT_MODERATION")


def check_new_dataset(request: Mapping[str, Any]) -> None:
    """The rules across the fields of CreateDataset.

    Raises:
        InvalidParameterException: The source isn't exactly one, or its manifest isn't named in full.
    """
    if "DatasetSource" not in request:
        return
    source = request["DatasetSource"]
    if len(source) != 1:
        raise InvalidParameterException("DatasetSource must contain either a GroundTruthManifest or a DatasetArn")
    location = source.get("GroundTruthManifest", {}).get("S3Object", {})
    if "GroundTruthManifest" in source and not (location.get("Bucket") and location.get("Name")):
        raise InvalidParameterException("GroundTruthManifest must name the Bucket and the Name of the manifest")


def check_new_version(request: Mapping[str, Any]) -> None:
    """The rules across the fields of CreateProjectVersion that don't depend on the project.

    Raises:
        InvalidParameterException: A rule is violated.
    """
    if not request["OutputConfig"].get("S3Bucket"):
        raise InvalidParameterException("OutputConfig must name an S3Bucket")
    if ("TrainingData" in request) != ("TestingData" in request):
        raise InvalidParameterException("TrainingData and TestingData must be specified together")
    if "TrainingData" not in request:
        return
    if not request["TrainingData"].get("Assets"):
        raise InvalidParameterException("TrainingData must contain at least one asset")
    testing = request["TestingData"]
    if not testing.get("Assets") and not testing.get("AutoCreate"):
        raise InvalidParameterException("TestingData must contain at least one asset, or AutoCreate must be true")
    for name in ("TrainingData", "TestingData"):
        for asset in request[name].get("Assets", []):
            location = asset.get("GroundTruthManifest", {}).get("S3Object", {})
            if not location.get("Bucket") or not location.get("Name"):
                raise InvalidParameterException(
                    f"Each asset of {name} must name the Bucket and the Name of its manifest"
                )
