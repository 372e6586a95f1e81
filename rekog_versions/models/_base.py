"""The two bases: what we send is strict, what the service answers is read with tolerance."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from inspect import Parameter, Signature
from types import UnionType
from typing import Annotated, Any, Literal, Self, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal


class Request(BaseModel):
    """What we send: unknown fields are refused, and every constraint of the service model holds.

    Fields are snake_case; the service's spelling (`S3Bucket`) is accepted too and is what goes out. Instances don't
    change. A value that breaks a rule raises `pydantic.ValidationError`, which names the field's path and what is
    allowed there.
    """

    model_config = ConfigDict(
        alias_generator=to_pascal,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        # pydantic's own signature shows the aliases, which help() would then teach and type checkers refuse
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

    @classmethod
    def from_json(cls, document: str | bytes) -> Self:
        """Reads a JSON document, such as `aws ... --cli-input-json` takes.

        Args:
            document: The JSON text, keys in the service's spelling or in snake_case.

        Raises:
            pydantic.ValidationError: The text is no JSON, or a value in it breaks a rule.
        """
        return cls.model_validate_json(document)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Reads a dict as JSON and YAML parsers make it, keys in the service's spelling or in snake_case.

        Raises:
            pydantic.ValidationError: A value breaks a rule.
        """
        return cls.model_validate(document)

    def to_wire(self) -> dict[str, Any]:
        """The keyword arguments of boto3's method: the service's spelling, plain values, nothing that is None."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def to_dict(self, spelling: Literal["service", "snake"] = "service") -> dict[str, Any]:
        """A dict of plain values for JSON or YAML, without what is None.

        Args:
            spelling: `"service"` for keys as in `S3Bucket`, `"snake"` for keys as in `s3_bucket`.
        """
        return self.model_dump(mode="json", by_alias=spelling == "service", exclude_none=True)

    def to_json(self, *, indent: int | None = 4) -> str:
        """The document that `aws ... --cli-input-json` takes."""
        return self.model_dump_json(by_alias=True, exclude_none=True, indent=indent)

    @classmethod
    def skeleton(cls) -> dict[str, Any]:
        """The empty document that `aws ... --generate-cli-skeleton` prints, to be filled in.

        It names every member, so it is no valid request as it is. Where the service lists the allowed values, the
        first stands there.
        """
        return {to_pascal(name): _empty(field.annotation) for name, field in cls.model_fields.items()}


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


class Answer(BaseModel):
    """What the service answers: no pattern and no limit is checked, what is missing is None, what is new is kept.

    Members that this package does not know are in `model_extra`, where the client that read the answer passes them on:
    clients made by `connect()` do; botocore's own parser, which reads for any other client, drops them.
    """

    model_config = ConfigDict(
        alias_generator=to_pascal,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        extra="allow",
        frozen=True,
        coerce_numbers_to_str=True,
        val_temporal_unit="seconds",
        protected_namespaces=(),
    )

    def to_dict(self, spelling: Literal["service", "snake"] = "service") -> dict[str, Any]:
        """A dict of plain values for JSON or YAML, without what is None; times are ISO 8601 in UTC.

        Args:
            spelling: `"service"` for keys as in `F1Score`, `"snake"` for keys as in `f1_score`.
        """
        return self.model_dump(mode="json", by_alias=spelling == "service", exclude_none=True)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:  # pydantic takes a ValueError for its own, and nothing else
        raise ValueError("in UTC it is before the year 1 or after 9999") from None


Timestamp = Annotated[datetime, AfterValidator(_in_utc)]
"""A time that is aware, in UTC: on the wire it is seconds since 1970; botocore hands it over in local time."""
