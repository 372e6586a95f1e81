"""The JSON Schema of the output of each command under `--output json`, derived from the types of the results."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping, Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias, cast

from rekog_versions._json import JsonResult

Schema: TypeAlias = dict[str, Any]
_TEXTS = (str, Decimal, Path)
_NULL: Schema = {"type": "null"}


@dataclass(frozen=True)
class OneOf:
    """The types of a command that prints different documents, depending on its options."""

    kinds: tuple[Any, ...]


def outputs() -> Mapping[str, Any]:
    """Return the type of the output of each command: a type, the members of an object, or alternatives."""
    from rekog_versions import evaluation, failures, hosting, manifests, models, preflight, reports

    status = {"Status": str}
    description = models.ProjectVersionDescription
    ran = {"VersionArn": str, "Hours": float, "Cost": hosting.CostRange | None, "ExitCode": int}
    deleted = {"Deleted": str}
    return {
        "project list": list[models.ProjectDescription],
        "project create": {"ProjectArn": str},
        "project delete": status,
        "version list": list[models.ProjectVersionDescription],
        "version show": models.ProjectVersionDescription,
        "version train": OneOf(({"ProjectVersionArn": str}, description, preflight.PreflightReport)),
        "version wait": OneOf((description, deleted)),
        "version explain": failures.FailureExplanation,
        "version start": OneOf((status, description, ran)),
        "version stop": OneOf((status, description)),
        "version delete": OneOf((status, deleted)),
        "version copy": OneOf(({"ProjectVersionArn": str}, description)),
        "manifest check": manifests.ManifestReport,
        "manifest convert": list[manifests.WrittenManifest],
        "manifest export": manifests.WrittenDataset,
        "manifest split": manifests.ManifestSplit,
        "manifest stats": manifests.ManifestDescription,
        "manifest compare": manifests.ManifestComparison,
        "manifest upload": manifests.UploadReport,
        "dataset create": {"DatasetArn": str},
        "dataset list": list[models.DatasetMetadata],
        "dataset entries": list[dict[str, Any]],
        "dataset update": {"Entries": int},
        "dataset distribute": {},
        "dataset delete": {},
        "eval show": evaluation.Evaluation,
        "eval thresholds": evaluation.TunedThresholds,
        "eval compare": evaluation.Comparison,
        "eval plot": {"File": str},
        "running": hosting.RunningModels,
        "stop": OneOf((status, description, hosting.StopReport)),
        "preflight": preflight.PreflightReport,
        "cost": OneOf((hosting.TrainingCosts, hosting.HostingCosts)),
        "report": reports.Report,
    }


def schema_of(command: str) -> Schema:
    """Return the JSON Schema of the output of a command, such as `version list`."""
    return _schema(outputs()[command])


def _schema(kind: Any) -> Schema:
    if isinstance(kind, OneOf):
        return {"anyOf": [_schema(one) for one in kind.kinds]}
    if isinstance(kind, Mapping):
        members = {name: _schema(member) for name, member in cast("Mapping[str, Any]", kind).items()}
        return _object(members, required=members)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _schema(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_schema(argument) for argument in arguments]}
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if not arguments:
        return _plain(kind) if isinstance(kind, type) else {}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema(arguments[-1])}
    if isinstance(origin, type) and issubclass(origin, Iterable | AbstractSet):
        return {"type": "array", "items": _schema(arguments[0])}
    return {}


def _plain(kind: type[Any]) -> Schema:
    """Return the schema of a class that has no parameters."""
    simple: Mapping[type, Schema] = {
        types.NoneType: _NULL,
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        float: {"type": ["number", "null"]},  # NaN and infinity are null
        datetime: {"type": "string", "format": "date-time"},
        date: {"type": "string", "format": "date"},
    }
    if kind in simple:
        return simple[kind]
    if issubclass(kind, _TEXTS):
        return {"type": "string"}
    if issubclass(kind, BaseException):
        return {"type": "object", "properties": {name: {"type": "string"} for name in ("type", "code", "message")}}
    if issubclass(kind, JsonResult) and "to_dict" not in _overridden(kind):
        return {**_result(kind), "title": kind.__name__}
    if hasattr(cast("Any", kind), "model_fields"):
        return {**_shape(kind), "title": kind.__name__}
    return {"title": kind.__name__}


def _overridden(kind: type) -> set[str]:
    return {name for base in kind.__mro__[: kind.__mro__.index(JsonResult)] for name in vars(base)}


def _result(kind: type[JsonResult]) -> Schema:
    hints = typing.get_type_hints(kind)
    members: dict[str, Schema] = {}
    derived: Any = kind  # the names are those of a result; the class has them too
    for name in derived._names(kind):  # noqa: SLF001
        attribute = getattr(kind, name, None)
        getter = attribute.fget if isinstance(attribute, property) else getattr(attribute, "func", None)
        members[name] = _schema(typing.get_type_hints(getter)["return"] if getter else hints[name])
    return _object(members, required=tuple(members))


def _shape(kind: Any) -> Schema:
    members = {field.alias or name: _schema(field.annotation) for name, field in kind.model_fields.items()}
    return {"type": "object", "properties": members}  # the service may add members


def _object(members: Mapping[str, Schema], required: Iterable[str]) -> Schema:
    return {
        "type": "object",
        "properties": dict(members),
        "required": list(required),
        "additionalProperties": False,
    }
