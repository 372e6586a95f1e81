"""The constraints of the service model on single values, with one type for each of its shapes.

The limits are literals, so that they can be read here. tests/models/test_constraints.py proves them against botocore's
service model. A pattern must match the whole value, with ASCII digits and without a trailing newline.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, Strict
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

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
    """A constraint on a string: its length in code points, and its characters."""

    shortest: int
    longest: int
    strays: Callable[[str], Iterable[str]] = lambda _: ()
    """Returns the characters of a text that are not allowed."""
    says: str = ""
    """The allowed characters, as a message names them."""

    def check(self, value: str) -> str:
        """Return the value if it is allowed.

        Raises:
            PydanticCustomError: It is not. pydantic turns this into a ValidationError.
        """
        if not self.shortest <= len(value) <= self.longest:
            raise PydanticCustomError(
                "length",
                "must have {shortest} to {longest} characters, got {length}",
                {"shortest": self.shortest, "longest": self.longest, "length": len(value)},
            )
        if not value.isascii() and _SURROGATES(value):
            raise PydanticCustomError("unicode", "must not contain lone surrogates, which cannot be encoded as UTF-8")
        strays = self.strays(value)
        if strays:
            raise PydanticCustomError(
                "characters",
                "must not contain {strays}; allowed are {says}",
                {"strays": ", ".join(ascii(char) for char in sorted(set(strays))[:5]), "says": self.says},
            )
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, core_schema.str_schema(strict=True))


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
                    "advice": self.advice,
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


_SURROGATES = re.compile("[\ud800-\udfff]").search


def _strays_in_tags(text: str) -> list[str]:
    # the model's pattern uses \p{L}, \p{Z} and \p{N}, which pydantic's regular expressions do not support
    return [char for char in text if char not in "_.:/=+-@" and unicodedata.category(char)[0] not in "LZN"]


def _strays_in_query(text: str) -> list[str]:
    # the model's pattern is .*\S.*, with the spaces of ASCII
    return _LINE_BREAKS(text) or ([] if text.strip(" \t\r\f\v") else list(text))


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

_NAME = re.compile(r"[^a-zA-Z0-9_.\-]").findall
_NAME_SAYS = "the letters a to z and A to Z, digits, '_', '.' and '-'"
_LINE_BREAKS = re.compile("\n").findall
_TAGS_SAY = "letters, digits and spaces of any language, and _ . : / = + - @"
_DESCRIPTION = re.compile(r"[^a-zA-Z0-9\-_. ()':,;?]").findall
_DESCRIPTION_SAYS = "the letters a to z and A to Z, digits, spaces, and - _ . ( ) ' : , ; ?"

ProjectName = Annotated[str, Text(1, 255, _NAME, _NAME_SAYS)]
VersionName = Annotated[str, Text(1, 255, _NAME, _NAME_SAYS)]
VersionDescription = Annotated[str, Text(1, 255, _DESCRIPTION, _DESCRIPTION_SAYS)]
S3Bucket = Annotated[str, Text(3, 255, _NAME, _NAME_SAYS)]
S3KeyPrefix = Annotated[str, Text(0, 1024)]
S3ObjectName = Annotated[str, Text(1, 1024)]
S3ObjectVersion = Annotated[str, Text(1, 1024)]
TagKey = Annotated[str, Text(1, 128, _strays_in_tags, _TAGS_SAY), AfterValidator(_not_reserved)]
TagValue = Annotated[str, Text(0, 256, _strays_in_tags, _TAGS_SAY)]
TagMap = Annotated[dict[TagKey, TagValue], Field(max_length=200)]
PaginationToken = Annotated[str, Text(0, 1024)]
PageSize = Annotated[int, Strict(), Field(ge=1, le=100)]
Percent = Annotated[float, Strict(), Field(ge=0, le=100)]
Boolean = Annotated[bool, Strict()]
UInteger = Annotated[int, Strict(), Field(ge=0)]
DatasetLabel = Annotated[str, Text(1, 255, _LINE_BREAKS, "all characters but line breaks")]
QueryString = Annotated[str, Text(1, 2048, _strays_in_query, "text on one line that is more than spaces")]
ProjectPolicyName = Annotated[str, Text(1, 128, _NAME, _NAME_SAYS)]
ProjectPolicyRevisionId = Annotated[str, Text(1, 64, re.compile("[^0-9A-Fa-f]").findall, "hexadecimal digits")]
ProjectPolicyDocument = Annotated[
    str,
    Text(1, 2000, re.compile("[^\t\n\r\x20-\xff]").findall, "tabs, line breaks and the characters U+0020 to U+00FF"),
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
ProjectArn = Annotated[str, Strict(), AfterValidator(_ProjectArn.parse)]
DatasetArn = Annotated[str, Strict(), AfterValidator(_DatasetArn.parse)]
ProjectVersionArn = Annotated[str, Strict(), AfterValidator(_ProjectVersionArn.parse)]
KmsKeyId = Annotated[str, Strict(), AfterValidator(_KmsKeyId)]
InferenceUnits = Annotated[int, Strict(), Field(ge=1)]


def check_key_region(kms_key_id: str | None, project_arn: str) -> None:
    """Check that the key is in the region of the project, if its region is known.

    Raises:
        PydanticCustomError: It is in another region. pydantic turns this into a ValidationError.
    """
    wanted = _ProjectArn(project_arn).region
    found = _KmsKeyId(kms_key_id).region if kms_key_id else None
    if found is not None and found != wanted:
        raise PydanticCustomError(
            "kms_region",
            "kms_key_id must be a key in the region of the project, {wanted}, got a key in {found}",
            {"found": found, "wanted": wanted},
        )
