"""The constraints of the service model on single values, with one type for each of its shapes.

The limits are literals, so that they can be read here. tests/models/test_constraints.py proves them against botocore's
service model. A pattern must match the whole value, with ASCII digits and without a trailing newline.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, Strict, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, SchemaValidator, core_schema

from rekog_versions.arns import (
    DatasetArn as _DatasetArn,
    KmsKeyId as _KmsKeyId,
    ProjectArn as _ProjectArn,
    ProjectVersionArn as _ProjectVersionArn,
)
from rekog_versions.statuses import OpenStrEnum

NAMES_PER_CALL = 10
"""The highest number of names in one describe call (`VersionNames`, `ProjectNames`)."""


@dataclass(frozen=True)
class Text:
    """A constraint on a string: its length in code points, and its characters.

    pydantic-core checks it without a Python call. Its errors name the pattern only, so `explain` words them.
    """

    shortest: int
    longest: int
    allowed: str = ""
    """A class of a Rust regular expression for one allowed character; all are allowed without it."""
    says: str = ""
    """The allowed characters, as a message names them."""
    whole: str = "^{allowed}*$"
    """The pattern of the whole text."""

    @property
    def pattern(self) -> str | None:
        """The pattern for pydantic-core; None if all characters are allowed."""
        return self.whole.format(allowed=self.allowed) if self.allowed else None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if self.pattern:
            _TEXTS[self.pattern] = self
        return core_schema.str_schema(
            strict=True, min_length=self.shortest, max_length=self.longest, pattern=self.pattern
        )

    def strays(self, value: str) -> list[str]:
        """Return the characters of a text that are not allowed, or all of them if only the whole is not."""
        characters = sorted(set(value))
        one = SchemaValidator(core_schema.str_schema(pattern=f"^{self.allowed}$"))
        return [char for char in characters if not one.isinstance_python(char)] or characters


_TEXTS: dict[str, Text] = {}
"""The constraints of the fields whose validators have been built, by their patterns."""


def explain(detail: Mapping[str, Any]) -> str | None:
    """Return the message for an error of pydantic-core about a text; None for other errors."""
    value, context = detail["input"], detail.get("ctx", {})
    match detail["type"]:
        case "string_too_short":
            return f"must have at least {_characters(context['min_length'])}, got {len(value)}"
        case "string_too_long":
            return f"must have at most {_characters(context['max_length'])}, got {len(value)}"
        case "string_unicode":
            return "must not contain lone surrogates, which cannot be encoded as UTF-8"
        case "string_pattern_mismatch" if text := _TEXTS.get(context["pattern"]):
            strays = ", ".join(map(ascii, text.strays(value)[:5]))
            return f"must not contain {strays}; allowed are {text.says}{_step(value)}"
        case "model_type" if context.get("class_name") in {"TrainingData", "TestingData"}:
            return f"must be {context['class_name']}.from_manifests('s3://BUCKET/KEY'), got {type(value).__name__}"
        case _:
            return None


def _step(value: str) -> str:
    """Return the next step for a text that is a URI where a name is expected."""
    for prefix in ("s3://", "arn:aws:s3:::", "https://", "http://"):
        if value.startswith(prefix):
            return f". Give the name alone, without '{prefix}'"
    return ""


def _characters(count: int) -> str:
    return f"{count} character" if count == 1 else f"{count:,} characters"


_EMPTY = "It is empty. Check the file; a stream must be read from its start"


@dataclass(frozen=True)
class Blob:
    """A constraint on the number of bytes. A string is decoded from base64, as in JSON documents."""

    shortest: int
    longest: int
    advice: str
    """The next step if there are too many bytes."""

    def check(self, value: object) -> bytes:
        """Return the bytes if they are allowed.

        Raises:
            PydanticCustomError: They are not. pydantic turns this into a ValidationError.
        """
        if isinstance(value, str):
            value = _decoded(value)
        if not isinstance(value, bytes):
            raise PydanticCustomError(
                "bytes", "must be bytes or a base64 string, got {kind}", {"kind": type(value).__name__}
            )
        if not self.shortest <= len(value) <= self.longest:
            raise PydanticCustomError(
                "length",
                "must have {shortest} to {longest} bytes, got {length}. {advice}",
                {
                    "shortest": self.shortest,
                    "longest": f"{self.longest:,}",
                    "length": f"{len(value):,}",
                    "advice": self.advice if value else _EMPTY,
                },
            )
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.check,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda value: base64.b64encode(value).decode("ascii"), when_used="json-unless-none"
            ),
        )


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise PydanticCustomError("bytes", "must be bytes or a base64 string, got another string") from None


def _not_reserved(key: str) -> str:
    if key.startswith("aws:"):
        raise PydanticCustomError(
            "reserved", "must not start with 'aws:', which is reserved for AWS. Choose another key"
        )
    return key


@dataclass(frozen=True)
class _Known:
    """Restricts an enum to the values of the service model, given as text or as members."""

    def __get_pydantic_core_schema__(self, source: type[OpenStrEnum], handler: GetCoreSchemaHandler) -> CoreSchema:
        expected = ", ".join(repr(known.value) for known in source)

        def check(value: object) -> object:
            # pydantic would decode bytes, and the enum would create a member for an unknown value
            if not isinstance(value, str) or str(value) not in source.__members__:
                raise PydanticCustomError("enum", "must be one of {expected}", {"expected": expected})
            return value

        return core_schema.no_info_before_validator_function(check, handler(source))


Known = _Known()
"""Marks an enum of a request, which accepts only known values. Responses accept unknown values too."""

PROJECT_NAMES = "a project's name is accepted where its ARN is"
"""The context in which the methods of the clients validate a request. They look the name up before they send it."""


def _project(value: str, info: ValidationInfo) -> str:
    if info.context == PROJECT_NAMES and is_project_name(value):
        return value
    return _ProjectArn.parse(value)


_PROJECT_NAME = re.compile(r"[a-zA-Z0-9_.\-]{1,255}").fullmatch


def is_project_name(value: str) -> bool:
    """Return True if `value` can be the name of a project; an ARN cannot."""
    return _PROJECT_NAME(value) is not None


_NAME = r"[a-zA-Z0-9_.\-]"
_NAME_SAYS = "the letters a to z and A to Z, digits, '_', '.' and '-'"
_TAG = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]"
_TAGS_SAY = "letters, digits and spaces of any language, and _ . : / = + - @"
_DESCRIPTION = r"[a-zA-Z0-9\-_. ()':,;?]"
_DESCRIPTION_SAYS = "the letters a to z and A to Z, digits, spaces, and - _ . ( ) ' : , ; ?"

ProjectName = Annotated[str, Text(1, 255, _NAME, _NAME_SAYS)]
VersionName = Annotated[str, Text(1, 255, _NAME, _NAME_SAYS)]
VersionDescription = Annotated[str, Text(1, 255, _DESCRIPTION, _DESCRIPTION_SAYS)]
S3Bucket = Annotated[str, Text(3, 255, _NAME, _NAME_SAYS)]
S3KeyPrefix = Annotated[str, Text(0, 1024)]
S3ObjectName = Annotated[str, Text(1, 1024)]
S3ObjectVersion = Annotated[str, Text(1, 1024)]
TagKey = Annotated[str, Text(1, 128, _TAG, _TAGS_SAY), AfterValidator(_not_reserved)]
TagValue = Annotated[str, Text(0, 256, _TAG, _TAGS_SAY)]
TagMap = Annotated[dict[TagKey, TagValue], Field(max_length=200)]
PaginationToken = Annotated[str, Text(0, 1024)]
PageSize = Annotated[int, Strict(), Field(ge=1, le=100)]
Percent = Annotated[float, Strict(), Field(ge=0, le=100)]
Boolean = Annotated[bool, Strict()]
UInteger = Annotated[int, Strict(), Field(ge=0)]
DatasetLabel = Annotated[str, Text(1, 255, r"[^\n]", "all characters but line breaks")]
# the model's pattern is .*\S.*, with the spaces of ASCII
QueryString = Annotated[
    str,
    Text(
        1,
        2048,
        r"[^\n]",
        "text on one line that is more than spaces",
        whole=r"^{allowed}*[^\t\n\x0b\f\r ]{allowed}*$",
    ),
]
ProjectPolicyName = Annotated[str, Text(1, 128, _NAME, _NAME_SAYS)]
ProjectPolicyRevisionId = Annotated[str, Text(1, 64, "[0-9A-Fa-f]", "hexadecimal digits")]
ProjectPolicyDocument = Annotated[
    str,
    Text(1, 2000, r"[\t\n\r\x20-\x{ff}]", "tabs, line breaks and the characters U+0020 to U+00FF"),
]
PolicyPageSize = Annotated[int, Strict(), Field(ge=1, le=5)]
ResourceArn = Annotated[str, Text(20, 2048)]
GroundTruthBlob = Annotated[
    bytes,
    Blob(1, 5_242_880, "Use update_dataset_entries(...) of a client, which splits larger changes into several calls"),
]
ImageBlob = Annotated[
    bytes,
    Blob(
        1,
        5_242_880,
        "The developer guide allows 4 MB. Scale the image down, or upload it to S3, where 15 MB are allowed",
    ),
]
ProjectArn = Annotated[str, Strict(), AfterValidator(_project)]
DatasetArn = Annotated[str, Strict(), AfterValidator(_DatasetArn.parse)]
ProjectVersionArn = Annotated[str, Strict(), AfterValidator(_ProjectVersionArn.parse)]
KmsKeyId = Annotated[str, Strict(), AfterValidator(_KmsKeyId)]
InferenceUnits = Annotated[int, Strict(), Field(ge=1)]


def check_key_region(kms_key_id: str | None, project_arn: str) -> None:
    """Check that the key is in the region of the project, if its region is known.

    Raises:
        PydanticCustomError: It is in another region. pydantic turns this into a ValidationError.
    """
    # a validated request has the parsed objects already, whose parts are known
    wanted = (project_arn if isinstance(project_arn, _ProjectArn) else _ProjectArn(project_arn)).region
    key = _KmsKeyId(kms_key_id) if kms_key_id and not isinstance(kms_key_id, _KmsKeyId) else kms_key_id
    found = key.region if isinstance(key, _KmsKeyId) else None
    if found is not None and wanted is not None and found != wanted:
        raise PydanticCustomError(
            "kms_region",
            "kms_key_id must be a key in the region of the project, {wanted}, got a key in {found}",
            {"found": found, "wanted": wanted},
        )
