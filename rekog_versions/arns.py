"""The identifiers of the service, as strings with properties for their parts.

The three ARN classes are subclasses of `str`. Creating one never fails, because responses must stay readable even if
the service changes the form: `is_valid` is then False and the parts are None. `parse` is strict and explains what is
wrong.
The forms are those of the service model (`ProjectArn`, `ProjectVersionArn` and `DatasetArn` in botocore's
rekognition/2016-06-27/service-2.json), matched against the whole value with ASCII digits.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from rekog_versions._text import printable

__all__ = [
    "DatasetArn",
    "KmsKeyForm",
    "KmsKeyId",
    "ProjectArn",
    "ProjectVersionArn",
]

_HEAD = r"arn:(?P<partition>[a-z0-9-]+):rekognition:(?P<region>[a-z0-9-]+):(?P<account_id>[0-9]{12})"
_PROJECT = r":project/(?P<project_name>[a-zA-Z0-9_.\-]{1,255})"
_TAIL = r"/(?P<created>[0-9]+)"
_MIN_LENGTH, _MAX_LENGTH = 20, 2048
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Arn(str):
    """The parts that all ARNs of the service have."""

    what: ClassVar[str]
    """The kind of ARN, for messages."""
    form: ClassVar[str]
    """The form of the ARN, for messages."""
    _pattern: ClassVar[re.Pattern[str]]

    @classmethod
    def parse(cls, value: str) -> Self:
        """Create an ARN from a string that must have its form.

        Args:
            value: The string.

        Returns:
            The ARN; none of its parts is None.

        Raises:
            ValueError: The string has another form. The message names the form and, if the string is another kind of
                ARN of the service, that kind.
        """
        arn = cls(value)
        if not arn.is_valid:
            raise ValueError(f"'{printable(value, 300)}' is not a {cls.what}: {_why_not(cls, value)}")
        return arn

    @property
    def is_valid(self) -> bool:
        """True if the string has the form of this kind of ARN; otherwise its parts are None."""
        return bool(self._parts)

    @property
    def aws_partition(self) -> str | None:
        """The partition: `aws`, `aws-cn`, `aws-us-gov`, ... (`partition` is the method that every `str` has)."""
        return self._parts.get("partition")

    @property
    def region(self) -> str | None:
        """The region's code, such as `eu-west-1`."""
        return self._parts.get("region")

    @property
    def account_id(self) -> str | None:
        """The account: 12 digits."""
        return self._parts.get("account_id")

    @property
    def project_name(self) -> str | None:
        """The name of the project."""
        return self._parts.get("project_name")

    @property
    def created_at(self) -> datetime | None:
        """The creation time in UTC. The number at the end of the ARN is milliseconds since 1970."""
        created = self._parts.get("created")
        try:
            return None if created is None else _EPOCH + timedelta(milliseconds=int(created))
        except (OverflowError, ValueError):  # the form allows more digits than int() accepts
            return None

    @cached_property
    def _parts(self) -> Mapping[str, str]:
        fits = _MIN_LENGTH <= len(self) <= _MAX_LENGTH
        match = self._pattern.fullmatch(self) if fits else None
        return match.groupdict() if match else {}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(), serialization=core_schema.to_string_ser_schema()
        )


class ProjectArn(_Arn):
    """`arn:PARTITION:rekognition:REGION:ACCOUNT:project/PROJECT/CREATED`."""

    _pattern = re.compile(_HEAD + _PROJECT + _TAIL)
    what = "project ARN"
    form = "arn:PARTITION:rekognition:REGION:ACCOUNT:project/PROJECT/CREATED"


class ProjectVersionArn(_Arn):
    """`arn:PARTITION:rekognition:REGION:ACCOUNT:project/PROJECT/version/VERSION/CREATED`.

    `CREATED` is the creation time of the version. The project's ARN ends with that of the project, so it cannot be
    derived from this one; DescribeProjects finds it by `project_name`.
    """

    _pattern = re.compile(_HEAD + _PROJECT + r"/version/(?P<version_name>[a-zA-Z0-9_.\-]{1,255})" + _TAIL)
    what = "project version ARN"
    form = "arn:PARTITION:rekognition:REGION:ACCOUNT:project/PROJECT/version/VERSION/CREATED"

    @property
    def version_name(self) -> str | None:
        """The name of the version, unique in its project."""
        return self._parts.get("version_name")


class DatasetArn(_Arn):
    """`arn:PARTITION:rekognition:REGION:ACCOUNT:project/PROJECT/dataset/train|test/CREATED`."""

    _pattern = re.compile(_HEAD + _PROJECT + r"/dataset/(?P<dataset_type>train|test)" + _TAIL)
    what = "dataset ARN"
    form = "arn:PARTITION:rekognition:REGION:ACCOUNT:project/PROJECT/dataset/train|test/CREATED"

    @property
    def dataset_type(self) -> str | None:
        """`train` or `test`."""
        return self._parts.get("dataset_type")


def _why_not(wanted: type[_Arn], value: str) -> str:
    for other in (ProjectArn, ProjectVersionArn, DatasetArn):
        if other is not wanted and other(value).is_valid:
            return f"it is a {other.what}. The form is {wanted.form}"
    if not value.startswith("arn:"):
        hint = (
            ". client.project(name) returns the ARN of a project; the methods of a client accept the name too"
            if wanted is ProjectArn
            else ""
        )
        return f"an ARN starts with 'arn:'. The form is {wanted.form}{hint}"
    if not _MIN_LENGTH <= len(value) <= _MAX_LENGTH:
        return f"it has {len(value)} characters; {_MIN_LENGTH} to {_MAX_LENGTH} are allowed"
    return f"the form is {wanted.form}"


class KmsKeyForm(StrEnum):
    """The four ways to name a KMS key."""

    KEY_ARN = "key ARN"
    KEY_ID = "key id"
    ALIAS_NAME = "alias name"
    ALIAS_ARN = "alias ARN"


_KEY_ID = r"(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|mrk-[0-9a-fA-F]{32})"
_ALIAS = r"alias/[a-zA-Z0-9:/_-]+"
_KMS_HEAD = r"arn:(?P<partition>aws(?:-[a-z]+)*):kms:(?P<region>[a-z0-9-]+):(?P<account_id>[0-9]{12}):"
_KMS_FORMS: Mapping[KmsKeyForm, re.Pattern[str]] = {
    KmsKeyForm.KEY_ARN: re.compile(rf"{_KMS_HEAD}key/(?P<key_id>{_KEY_ID})"),
    KmsKeyForm.KEY_ID: re.compile(rf"(?P<key_id>{_KEY_ID})"),
    KmsKeyForm.ALIAS_NAME: re.compile(rf"(?P<alias_name>{_ALIAS})"),
    KmsKeyForm.ALIAS_ARN: re.compile(rf"{_KMS_HEAD}(?P<alias_name>{_ALIAS})"),
}


class KmsKeyId(str):
    """A KMS key in one of the four forms that CreateProjectVersion accepts.

    A key ARN, a key id (a UUID, or `mrk-` and 32 hexadecimal digits), an alias name (`alias/...`) or an alias ARN, of
    any partition `aws(-[a-z]+)*`; at most 2,048 characters (service model, `KmsKeyId`).

    Raises:
        ValueError: The string has none of the four forms.
    """

    form: KmsKeyForm
    """The form of the string."""
    _parts: Mapping[str, str]

    def __new__(cls, value: str) -> Self:
        """Check the string and store its parts."""
        found = super().__new__(cls, value)
        for form, pattern in _KMS_FORMS.items():
            match = pattern.fullmatch(value) if len(value) <= _MAX_LENGTH else None
            if match:
                found.form, found._parts = form, match.groupdict()
                return found
        raise ValueError(
            f"'{printable(value, 300)}' is not a KMS key. Allowed are a key ARN "
            "(arn:aws:kms:REGION:ACCOUNT:key/ID), a key id (a UUID, or mrk- and 32 hexadecimal digits), an alias name "
            f"(alias/NAME) and an alias ARN (arn:aws:kms:REGION:ACCOUNT:alias/NAME), at most {_MAX_LENGTH} characters"
        )

    @property
    def aws_partition(self) -> str | None:
        """The partition of a key or alias ARN, else None."""
        return self._parts.get("partition")

    @property
    def region(self) -> str | None:
        """The region of a key or alias ARN, else None."""
        return self._parts.get("region")

    @property
    def account_id(self) -> str | None:
        """The account of a key or alias ARN, else None."""
        return self._parts.get("account_id")

    @property
    def key_id(self) -> str | None:
        """The key id; None if the string is an alias."""
        return self._parts.get("key_id")

    @property
    def alias_name(self) -> str | None:
        """The alias with its prefix `alias/`; None if the string is a key."""
        return self._parts.get("alias_name")
