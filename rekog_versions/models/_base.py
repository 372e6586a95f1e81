"""The base classes: requests are validated strictly, responses are read tolerantly."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from inspect import Parameter, Signature, get_annotations
from threading import RLock
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_pascal
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from rekog_versions._html import html_of_fields
from rekog_versions._json import dumps, mapping, plain
from rekog_versions._keywords import closest
from rekog_versions.models._constraints import explain as explain_text

_building = RLock()


class Shape(BaseModel):
    """A structure of the service model.

    Fields are snake_case. The service's spelling (`S3Bucket`) is accepted on input and used on output. Instances are
    immutable.
    """

    model_config = ConfigDict(
        alias_generator=to_pascal,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        frozen=True,
        defer_build=True,  # an import would otherwise build validators for every operation
    )

    @classmethod
    def model_rebuild(cls, **options: Any) -> bool | None:
        """Build the validators. pydantic calls this on first use; the lock makes it safe in threads."""
        options["_parent_namespace_depth"] = options.get("_parent_namespace_depth", 2) + 1
        with _building:
            return super().model_rebuild(**options)

    def _repr_html_(self) -> str:
        """Return the text and the members as a table, which notebooks display."""
        return html_of_fields(str(self), self.to_dict())

    if not TYPE_CHECKING:  # type checkers find the misspelt name themselves

        def __getattr__(self, name: str) -> Any:
            try:
                return super().__getattr__(name)
            except AttributeError as error:
                public = (member for member in dir(type(self)) if not member.startswith(("_", "model_")))
                close = [] if name.startswith("_") else closest(name, [*type(self).model_fields, *public])
                if not close:
                    raise
                raise AttributeError(f"{error}. Did you mean {' or '.join(close)}?") from None

    def to_dict(self, spelling: Literal["service", "snake"] = "service") -> dict[str, Any]:
        """Return a dict of plain values for JSON or YAML, without None. Times are ISO 8601 in UTC.

        Args:
            spelling: `"service"` for keys such as `S3Bucket`, `"snake"` for keys such as `s3_bucket`.
        """
        # pydantic's own JSON mode rejects lone surrogates, which JSON may have, and keeps NaN, which it must not
        document: dict[str, Any] = plain(self.model_dump(by_alias=spelling == "service", exclude_none=True))
        return document

    def to_json(self, *, indent: int | None = 4) -> str:
        """Return the JSON document in the service's spelling. That of a request is for `aws ... --cli-input-json`."""
        return dumps(self.to_dict(), indent)


class Request(Shape):
    """A request or a part of one. Unknown fields are rejected, and every constraint of the service model is checked.

    An invalid value raises `pydantic.ValidationError`, which names the path of the field and the allowed values.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        cls._set_signature()

    @classmethod
    def __pydantic_on_complete__(cls) -> None:
        cls._set_signature()

    @classmethod
    def _set_signature(cls) -> None:
        # pydantic's signature has the service's spelling, which type checkers reject
        cls.__signature__ = Signature(
            [
                Parameter(
                    name,
                    Parameter.KEYWORD_ONLY,
                    default=Parameter.empty if field.is_required() else field.default,
                    annotation=field.annotation,
                )
                for name, field in cls.model_fields.items()
            ]
        )

    if not TYPE_CHECKING:  # type checkers derive the constructor from the fields, and know the other two from pydantic

        def __init__(self, /, **fields: Any) -> None:
            try:
                super().__init__(**fields)
            except ValidationError as error:
                raise _explained(type(self), error) from None

        # without this mark, pydantic-core would call the constructor for each nested model
        __init__.__pydantic_base_init__ = True

        @classmethod
        def model_validate(cls, obj: Any, **options: Any) -> Self:
            try:
                return super().model_validate(obj, **options)
            except ValidationError as error:
                raise _explained(cls, error) from None

        @classmethod
        def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
            try:
                return super().model_validate_json(json_data, **options)
            except ValidationError as error:
                raise _explained(cls, error) from None

    @classmethod
    def from_json(cls, document: str | bytes) -> Self:
        """Read a JSON document, such as one for `aws ... --cli-input-json`.

        Args:
            document: The JSON text, with keys in the service's spelling or in snake_case.

        Raises:
            pydantic.ValidationError: The text is not valid JSON, or a value in it is invalid.
        """
        return cls.model_validate_json(document)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Read a dict from a JSON or YAML parser, with keys in the service's spelling or in snake_case.

        Raises:
            pydantic.ValidationError: A value is invalid.
        """
        return cls.model_validate(document)

    def to_wire(self) -> dict[str, Any]:
        """Return the keyword arguments of boto3's method: the service's spelling, plain values, and no None."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    @classmethod
    def skeleton(cls) -> dict[str, Any]:
        """Return the empty document that `aws ... --generate-cli-skeleton` prints.

        It contains every member and is not valid until it is filled in. A member with a list of allowed values has the
        first of them.
        """
        own = get_annotations(cls)  # the service lists them before those of the base class
        fields = sorted(cls.model_fields.items(), key=lambda item: item[0] not in own)
        return {to_pascal(name): _empty(field.annotation) for name, field in fields}


def _empty(annotation: Any) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return _empty(next(argument for argument in arguments if argument is not type(None)))
    if origin is Annotated:
        return _empty(arguments[0])
    if origin is list:
        return [_empty(arguments[0])]
    if origin is dict:
        return {"KeyName": _empty(arguments[1])}
    if issubclass(annotation, Request):
        return annotation.skeleton()
    if issubclass(annotation, Enum):
        return next(iter(annotation)).value
    return {bool: True, int: 0, float: 0.0, bytes: None}.get(annotation, "")


def _explained(model: type[Request], error: ValidationError) -> ValidationError:
    """Return the error with messages that say what is allowed.

    pydantic-core's own validators are several times as fast as a Python function, but their messages do not name the
    characters that are not allowed, or the fields that exist. Therefore they are worded after the failure.
    """
    details = _in_the_callers_words(model, error.errors(include_url=False))
    messages = [_message(model, detail) for detail in details]
    return ValidationError.from_exception_data(error.title, list(map(_detail, details, messages)))


def _in_the_callers_words(model: type[Request], details: Sequence[ErrorDetails]) -> Sequence[ErrorDetails]:
    """Return the errors with missing fields in snake_case, unless the caller uses the service's spelling.

    A field that is missing because its name is misspelt is left out: the error for the misspelt name is enough.
    """
    misspelt = {
        (*detail["loc"][:-1], meant)
        for detail in details
        if detail["type"] == "extra_forbidden"
        for meant in _close(_model_at(model, detail["loc"][:-1]), str(detail["loc"][-1]))[:1]
    }
    result: list[ErrorDetails] = []
    for detail in details:
        if detail["type"] == "missing":
            *path, alias = detail["loc"]
            field = _field_of(_model_at(model, path), str(alias))
            if (*path, field) in misspelt:
                continue
            given = [str(name) for name in mapping(detail["input"])]
            if given and not any(name[:1].isupper() for name in given):
                detail["loc"] = (*path, field)
        result.append(detail)
    return result


def _field_of(model: type[Request], alias: str) -> str:
    return next((name for name, field in model.model_fields.items() if field.alias == alias), alias)


def _detail(detail: Mapping[str, Any], message: str | None) -> InitErrorDetails:
    kind: Any = PydanticCustomError
    return InitErrorDetails(
        type=kind(detail["type"], message or detail["msg"], detail.get("ctx")), loc=detail["loc"], input=detail["input"]
    )


def _message(model: type[Request], detail: Mapping[str, Any]) -> str | None:
    if detail["type"] == "extra_forbidden":
        *path, name = detail["loc"]
        return _known_fields(_model_at(model, path), str(name))
    return explain_text(detail)


def _model_at(model: type[Request], path: Iterable[str | int]) -> type[Request]:
    """Return the model of a nested value, by the path in an error."""
    for part in path:
        field = model.model_fields.get(str(part)) or next(
            (field for field in model.model_fields.values() if field.alias == part), None
        )
        model = (field and _model_in(field.annotation)) or model  # an index has no field
    return model


def _model_in(annotation: Any) -> type[Request] | None:
    if isinstance(annotation, type) and issubclass(annotation, Request):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _known_fields(model: type[Request], name: str) -> str:
    aliases = {field: to_pascal(field) for field in model.model_fields}
    if name in aliases or name in aliases.values():
        return "The field is given in both spellings. Give it once."
    close = _close(model, name)
    shown = close or list(aliases)
    if name[:1].isupper():
        shown = [aliases[field] for field in shown]
    if close:
        return f"{model.__name__} has no such field. Did you mean {' or '.join(shown)}?"
    return f"{model.__name__} has no such field. Its fields are {', '.join(shown)}."


def _close(model: type[Request], name: str) -> list[str]:
    return closest(name, model.model_fields)


class Response(Shape):
    """A response or a part of one. No pattern and no limit is checked, and missing members are None.

    Unknown members are in `model_extra`, if the boto3 client passes them on. Clients of `connect()` do; the parser of
    botocore, which other clients use, drops them.
    """

    model_config = ConfigDict(
        extra="allow",
        coerce_numbers_to_str=True,
        val_temporal_unit="seconds",
        protected_namespaces=(),
    )


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:  # pydantic only turns a ValueError into a ValidationError
        raise ValueError("in UTC it is before the year 1 or after 9999") from None


Timestamp = Annotated[datetime, AfterValidator(_in_utc)]
"""An aware time in UTC. The service sends seconds since 1970; botocore returns local time."""
