"""Small objects in S3 that several writers change: an object is only replaced if it is still the one that was read."""

from dataclasses import dataclass
from typing import Any

from rekog_versions._aws.error_codes import error_code
from rekog_versions._aws.errors import ClientError
from rekog_versions._aws.s3 import (
    LARGEST_OBJECT,
    ObjectChangedError,
    ObjectTooLargeError,
    S3Location,
    open_object,
    s3_client as client_of,
)
from rekog_versions._text import printable

_CHANGED = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409", "NoSuchKey"})
"""S3's codes for a write whose condition does not hold. `NoSuchKey` means that the object was deleted meanwhile."""


@dataclass(frozen=True, slots=True)
class CurrentObject:
    """The content of an object, and the ETag that names this content."""

    content: bytes
    etag: str


def read_current(s3: object, location: S3Location, *, limit: int = LARGEST_OBJECT) -> CurrentObject | None:
    """Return the content and the ETag of an object; None if there is no such object.

    Raises:
        ObjectTooLargeError: The object has more than `limit` bytes.
        ObjectChangedError: The object was replaced while it was read.
        OSError: The response has no ETag.
        BotoCoreError, ClientError: S3 can't be reached or rejects the request. Without `s3:ListBucket`, S3 denies
            missing objects.
    """
    try:
        stream = open_object(s3, location)
    except ClientError as error:
        if error_code(error) == "NoSuchKey":
            return None
        raise
    with stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise ObjectTooLargeError(f"'{_shown(location)}' has more than {limit:,} bytes, the limit for such a file")
    if not stream.etag:
        raise OSError(f"'{_shown(location)}' was read without an ETag, so it cannot be replaced safely")
    return CurrentObject(content, stream.etag)


def write_if_unchanged(s3: object, location: S3Location, content: bytes, etag: str | None) -> None:
    """Replace an object if it still has an ETag, or create it if it does not exist.

    S3 checks the condition (`If-Match`, `If-None-Match`). boto3 repeats a request whose response was lost, and the
    condition of the second request fails if the first one was carried out. So the caller must read the object after
    an `ObjectChangedError`, and recognize its own content.

    Args:
        s3: A boto3 client for S3, or an object that has one as `.s3`.
        location: The object.
        content: The new content, as JSON.
        etag: The ETag from `read_current`; None if there was no object.

    Raises:
        ObjectChangedError: The object was replaced, created or deleted meanwhile.
        BotoCoreError, ClientError: S3 can't be reached or rejects the request.
    """
    condition: dict[str, Any] = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
    request = {**location.arguments(), "Body": content, "ContentType": "application/json", **condition}
    try:
        client_of(s3, location).put_object(**request)
    except ClientError as error:
        if error_code(error) in _CHANGED:
            raise ObjectChangedError(f"'{_shown(location)}' was changed by another writer: read it again") from error
        raise


def delete_object(s3: object, location: S3Location) -> None:
    """Delete an object. It is not an error if it does not exist.

    Raises:
        BotoCoreError, ClientError: S3 can't be reached or rejects the request.
    """
    client_of(s3, location).delete_object(**location.arguments())


def _shown(location: S3Location) -> str:
    return printable(str(location), 300)
