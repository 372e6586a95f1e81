"""Validation of requests on the server's side.

botocore sends values that violate a pattern, a maximum, an enumeration or the size of a list, and the service rejects
them. Every constraint of the service model is checked here. The messages are worded as AWS services word constraint
violations. The rules across fields are at the end of the module.

The constraints come from botocore's service model, not from `rekog_versions.models`: the emulation must not share a
mistake with the client that it tests.
"""

import base64
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias, cast

from rekog_versions._json import sequence
from rekog_versions.testing.exceptions import InvalidParameterException, SerializationException, ValidationException

Shape: TypeAlias = Any
"""A shape of botocore's model. Type checkers do not understand its attributes."""

_SHOWN = 300  # characters of an invalid value in the message

# The patterns of tags use character classes that `re` does not have: letters, separators and numbers. For each there
# are the ASCII members of the class, and one of them that replaces a character that is not ASCII. For letters it is an
# upper-case one, so that no word becomes the prefix `aws:`, which the patterns forbid.
_CLASSES = {r"\p{L}": "a-zA-Z", r"\p{Z}": " ", r"\p{N}": "0-9"}
_REPLACEMENTS = {"L": "L", "Z": " ", "N": "0"}

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


def validate(shape: Shape, body: Mapping[str, Any]) -> dict[str, Any]:
    """Validate a request against the service model.

    Args:
        shape: The input shape of the operation.
        body: The decoded JSON body.

    Returns:
        The request without nulls, and without members that the model does not know. The service ignores those too.

    Raises:
        ValidationException: A constraint is violated. The message lists all violations.
        SerializationException: A blob is not valid base64. This comes before any violation.
    """
    request = _without_unknown(shape, body)
    violations = list(_violations(shape, request, ""))
    if violations:
        count = f"{len(violations)} validation error{'s' if len(violations) > 1 else ''} detected"
        raise ValidationException(f"{count}: {'; '.join(violations)}")
    return cast("dict[str, Any]", request)


def _without_unknown(shape: Shape, value: Any) -> Any:
    if shape.type_name == "structure" and isinstance(value, dict):
        given = cast("dict[str, Any]", value)
        members: Mapping[str, Shape] = shape.members
        return {
            name: _without_unknown(member, given[name])
            for name, member in members.items()
            if given.get(name) is not None
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_without_unknown(shape.member, item) for item in sequence(cast("object", value))]
    return value


def _violations(shape: Shape, value: Any, path: str) -> Iterator[str]:
    kind: str = shape.type_name
    if not _has_type(kind, value):
        yield _violation(value, path, f"Member must be of type {kind}")
        return
    for constraint in _broken_constraints(shape, value, path):
        yield _violation(value, path, constraint)
    if kind == "structure":
        for name in shape.required_members:
            if name not in value:
                yield _violation(None, _member_path(path, name), "Member must not be null")
        for name, member in value.items():
            yield from _violations(shape.members[name], member, _member_path(path, name))
    elif kind == "list":
        for position, item in enumerate(value, start=1):
            yield from _violations(shape.member, item, f"{path}.{position}.member")
    elif kind == "map":
        for key, item in value.items():
            yield from _violations(shape.key, key, f"{path}.{key}.key")
            yield from _violations(shape.value, item, f"{path}.{key}.value")


def _has_type(kind: str, value: object) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _broken_constraints(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """Yield the broken constraints of a value itself, without those of its members."""
    what, measured = "length", value
    if shape.type_name == "blob":
        measured = _decoded(value, path)  # the limit is for the bytes, not for their base64
    elif int in _TYPES[shape.type_name]:
        what = "value"
    constraints: Mapping[str, Any] = shape.metadata
    if "min" in constraints or "max" in constraints:
        size = measured if what == "value" else len(measured)
        # NaN breaks both
        if "min" in constraints and not size >= constraints["min"]:
            yield f"Member must have {what} greater than or equal to {constraints['min']}"
        if "max" in constraints and not size <= constraints["max"]:
            yield f"Member must have {what} less than or equal to {constraints['max']}"
    if "enum" in constraints and value not in constraints["enum"]:
        yield f"Member must satisfy enum value set: [{', '.join(constraints['enum'])}]"
    if "pattern" in constraints and not matches(constraints["pattern"], value):
        yield f"Member must satisfy regular expression pattern: {constraints['pattern']}"


def _decoded(text: str, path: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:  # also raised for characters that are not ASCII
        raise SerializationException(f"The value at '{path}' is not Base64-encoded") from error


def _violation(value: Any, path: str, constraint: str) -> str:
    text = str(value)
    shown = "null" if value is None else f"'{text[:_SHOWN]}{'...' if len(text) > _SHOWN else ''}'"
    return f"Value {shown} at '{path or 'request'}' failed to satisfy constraint: {constraint}"


def _member_path(path: str, name: str) -> str:
    spelled = name[:1].lower() + name[1:]
    return f"{path}.{spelled}" if path else spelled


def matches(pattern: str, value: str) -> bool:
    """Return whether the whole value matches a pattern of the service model."""
    compiled, has_classes = _compiled(pattern)
    if has_classes and not value.isascii():
        value = "".join(
            c if c.isascii() else _REPLACEMENTS.get(unicodedata.category(c)[0], "\N{REPLACEMENT CHARACTER}")
            for c in value
        )
    return compiled.fullmatch(value) is not None


@lru_cache
def _compiled(pattern: str) -> tuple[re.Pattern[str], bool]:
    plain = pattern
    for name, ascii_members in _CLASSES.items():
        plain = plain.replace(name, ascii_members)
    return re.compile(plain, re.ASCII), plain != pattern


def check_new_project(feature: str, auto_update: str | None) -> None:
    """Check the rules across the fields of CreateProject.

    Raises:
        InvalidParameterException: AutoUpdate is missing for an adapter, or given for another project.
    """
    if feature == "CONTENT_MODERATION" and auto_update is None:
        raise InvalidParameterException("AutoUpdate is required when Feature is CONTENT_MODERATION")
    if feature != "CONTENT_MODERATION" and auto_update is not None:
        raise InvalidParameterException("AutoUpdate is only applicable when Feature is CONTENT_MODERATION")


def check_new_dataset(request: Mapping[str, Any]) -> None:
    """Check the rules across the fields of CreateDataset.

    Raises:
        InvalidParameterException: There is not exactly one source, or its manifest has no bucket or name.
    """
    source = request.get("DatasetSource")
    if source is None:
        return
    if len(source) != 1:
        raise InvalidParameterException("DatasetSource must contain either a GroundTruthManifest or a DatasetArn")
    if "GroundTruthManifest" in source and not _names_object(source):
        raise InvalidParameterException("GroundTruthManifest must name the Bucket and the Name of the manifest")


def check_new_version(request: Mapping[str, Any]) -> None:
    """Check the rules across the fields of CreateProjectVersion that do not depend on the project.

    Raises:
        InvalidParameterException: A rule is broken.
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
        if not all(_names_object(asset) for asset in request[name].get("Assets", [])):
            raise InvalidParameterException(f"Each asset of {name} must name the Bucket and the Name of its manifest")


def _names_object(source: Mapping[str, Any]) -> bool:
    location = source.get("GroundTruthManifest", {}).get("S3Object", {})
    return bool(location.get("Bucket") and location.get("Name"))
