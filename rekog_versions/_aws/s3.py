"""S3 access: parse locations, read objects whole, as a stream or by range, and upload files.

Every function takes `s3`: a boto3 client for S3, or an object that has one as `.s3`, such as a `VersionsClient`. The
functions block. Coroutines call them in a thread: `await client.run_blocking(read_object, client.s3, location)`.

Errors of botocore pass through; `error_codes.describe_failure` describes them. Errors of this module are `OSError`s, so
a caller that handles files handles them too.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Self, cast

from rekog_versions._aws.async_clients import is_async
from rekog_versions._aws.error_codes import error_code, is_retryable
from rekog_versions._aws.errors import ClientError
from rekog_versions._notes import noted
from rekog_versions._text import printable
from rekog_versions.models.assets import DescribedS3Object, S3Object

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER_SIZE = 1024 * 1024
"""Bytes that `open_object` reads ahead."""
LARGEST_OBJECT = 16 * 1024 * 1024
"""Bytes that `read_object` reads at most by default."""

_SCHEME = "s3://"
_ATTEMPTS = 3  # botocore repeats requests, but not the reading of a response's body
_PART_SIZE = 8 * 1024 * 1024  # boto3's default threshold for an upload in parts
_MISSING_CLIENT = "pass s3=client, a VersionsClient or boto3.client('s3')"


class ObjectChangedError(OSError):
    """An object was replaced while it was read, or since it was read before."""


class ObjectTooLargeError(OSError):
    """An object is larger than the caller accepts."""


@dataclass(frozen=True, slots=True)
class S3Location:
    """The bucket, the key and, if one is named, the version of an object in S3."""

    bucket: str
    key: str
    version: str | None = None

    @classmethod
    def parse(cls, uri: str, *, version: str | None = None) -> Self:
        """Return the location that an `s3://` URI names. The key is taken literally: nothing in it is decoded.

        Raises:
            ValueError: `uri` does not have the form `s3://bucket/key`.
        """
        bucket, _, key = uri.removeprefix(_SCHEME).partition("/")
        if not is_s3_uri(uri) or not bucket or not key:
            raise ValueError(f"an object in S3 must be given as s3://bucket/key, got '{printable(uri, 300)}'")
        return cls(bucket, key, version)

    @classmethod
    def of(cls, s3_object: S3Object | DescribedS3Object) -> Self:
        """Return the location that a request or a response of the service names.

        Raises:
            ValueError: The response names no bucket or no key.
        """
        if not s3_object.bucket or not s3_object.name:
            raise ValueError("an object in S3 must have a bucket and a name; the response lacks one of them")
        return cls(s3_object.bucket, s3_object.name, s3_object.version)

    def arguments(self) -> dict[str, str]:
        """Return the arguments that name the object in a call of boto3: `Bucket`, `Key` and perhaps `VersionId`."""
        version = {"VersionId": self.version} if self.version else {}
        return {"Bucket": self.bucket, "Key": self.key, **version}

    def __str__(self) -> str:
        """Return `s3://bucket/key`, without the version."""
        return f"{_SCHEME}{self.bucket}/{self.key}"


def is_s3_uri(name: str) -> bool:
    """Return True if `name` starts with `s3://`."""
    return name.startswith(_SCHEME)


def s3_client(s3: object, needed_for: object = "the object") -> Any:
    """Return the boto3 client for S3.

    Args:
        s3: The client, or an object that has one as `.s3`; None if the caller has neither.
        needed_for: The name of the object to read or to write, for the error message.

    Raises:
        ValueError: `s3` is None.
        TypeError: `s3` is neither a client for S3 nor an object that has one, or its calls must be awaited.
    """
    if s3 is None:
        raise ValueError(f"'{printable(str(needed_for), 300)}' is in S3: {_MISSING_CLIENT}")
    try:
        client = s3 if hasattr(s3, "get_object") else cast("Any", s3).s3
    except AttributeError:
        raise TypeError(f"s3 must be a client for S3, got {type(s3).__name__}: {_MISSING_CLIENT}") from None
    if is_async(client, "get_object"):
        raise TypeError(f"s3 must be a client for S3 whose calls block, got an asyncio client: {_MISSING_CLIENT}")
    return client


def read_object(s3: object, location: S3Location, *, limit: int = LARGEST_OBJECT) -> bytes:
    """Return the content of a small object.

    Raises:
        ObjectTooLargeError: The object has more than `limit` bytes.
        ObjectChangedError: The object was replaced while it was read.
        BotoCoreError, ClientError: S3 can't be reached or rejects the request.
    """
    with open_object(s3, location) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise ObjectTooLargeError(
            f"'{printable(str(location), 300)}' has more than {limit:,} bytes, the limit for such a file: check the key"
        )
    return content


def open_object(s3: object, location: S3Location, *, etag: str | None = None) -> "ObjectReader":
    """Open an object to read it as a stream: by `read(size)`, by `readline(limit)` or by iterating over its lines.

    The request is made at once, so a missing object raises here. If the connection breaks while the body is read, the
    reader continues with a ranged request for the same ETag.

    Args:
        s3: A boto3 client for S3, or an object that has one as `.s3`.
        location: The object to read.
        etag: The ETag that the object must still have, from the `etag` of an earlier reader.

    Raises:
        ObjectChangedError: The object does not have this ETag any more. `read` raises it too.
        BotoCoreError, ClientError: S3 can't be reached or rejects the request. `read` raises these too.
    """
    return ObjectReader(_ObjectStream(s3_client(s3, location), location, etag))


class ObjectReader(io.BufferedReader):
    """A binary file that reads an object in S3. `open_object` makes it.

    Attributes:
        etag: The object's ETag; None if the response had none.
    """

    def __init__(self, stream: "_ObjectStream") -> None:
        super().__init__(stream, BUFFER_SIZE)
        self.etag = stream.etag


class _ObjectStream(io.RawIOBase):
    """The unbuffered stream below an `ObjectReader`. It counts the bytes read, so that it can continue there."""

    def __init__(self, client: Any, location: S3Location, etag: str | None) -> None:
        super().__init__()
        self._client = client
        self._location = location
        self._position = 0
        self.etag = etag
        response = self._request({"IfMatch": etag} if etag else {})
        self._body = response["Body"]
        self._size = response.get("ContentLength")
        found = response.get("ETag")
        if etag and found != etag:  # a service that ignores If-Match
            self._body.close()
            raise _changed(location)
        self.etag = found

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        content = self._read(len(view))
        view[: len(content)] = content
        self._position += len(content)
        return len(content)

    def close(self) -> None:
        if not self.closed and hasattr(self, "_body"):
            self._body.close()
        super().close()

    def _read(self, size: int) -> bytes:
        attempt = 1
        while True:
            try:
                return cast("bytes", self._body.read(size))
            except Exception as error:
                if not is_retryable(error) or attempt == _ATTEMPTS or not self.etag:
                    raise
                if self._position == self._size:
                    return b""
                attempt += 1
                self._continue(error)

    def _continue(self, error: Exception) -> None:
        """Request the rest of the object after `error` ended the reading of its body."""
        self._body.close()
        response = self._request({"Range": f"bytes={self._position}-", "IfMatch": self.etag or ""})
        self._body = response["Body"]
        if "ContentRange" not in response:  # a service that ignores ranges starts again from the first byte
            raise error

    def _request(self, conditions: Mapping[str, str]) -> Any:
        try:
            return self._client.get_object(**self._location.arguments(), **conditions)
        except ClientError as error:
            if error_code(error) in {"PreconditionFailed", "412"}:
                raise _changed(self._location) from error
            raise


def _changed(location: S3Location) -> ObjectChangedError:
    return ObjectChangedError(f"'{printable(str(location), 300)}' was replaced while it was read: read it again")


def list_keys(s3: object, prefix: S3Location) -> Iterator[str]:
    """Yield the keys of all objects whose keys begin with `prefix.key`, in the order of S3.

    Raises:
        BotoCoreError, ClientError: S3 can't be reached or rejects a request.
    """
    for page in _list_pages(s3, prefix):
        yield from (found["Key"] for found in page.get("Contents", ()))


def list_folders(s3: object, prefix: S3Location) -> Iterator[str]:
    """Yield the beginnings of keys from `prefix.key` up to the next slash, each once, with the slash.

    Raises:
        BotoCoreError, ClientError: S3 can't be reached or rejects a request.
    """
    for page in _list_pages(s3, prefix, Delimiter="/"):
        yield from (found["Prefix"] for found in page.get("CommonPrefixes", ()))


def _list_pages(s3: object, prefix: S3Location, **options: str) -> Iterator[Mapping[str, Any]]:
    paginator = s3_client(s3, prefix).get_paginator("list_objects_v2")
    return iter(paginator.paginate(Bucket=prefix.bucket, Prefix=prefix.key, **options))


def read_range(
    s3: object, location: S3Location, start: int, end: int, *, before_request: Callable[[], object] | None = None
) -> tuple[bytes, int]:
    """Return the bytes from `start` up to but not including `end`, and the size of the whole object.

    The request is repeated if the connection breaks while the body is read. A service that ignores ranges is
    supported: only the bytes up to `end` are read.

    Args:
        s3: A boto3 client for S3, or an object that has one as `.s3`.
        location: The object to read.
        start: The first byte.
        end: The byte after the last one.
        before_request: Called before each request, for example to limit the rate. Its exceptions pass through.

    Raises:
        BotoCoreError, ClientError: S3 can't be reached or rejects the request; `InvalidRange` if the object is not
            larger than `start` bytes.
    """
    client = s3_client(s3, location)
    attempt = 1
    while True:
        if before_request is not None:
            before_request()
        response = client.get_object(**location.arguments(), Range=f"bytes={start}-{end - 1}")
        ranged = response.get("ContentRange")
        try:
            with response["Body"] as body:
                content = cast("bytes", body.read() if ranged else body.read(end)[start:])
        except Exception as error:
            if not is_retryable(error) or attempt == _ATTEMPTS:
                raise
            attempt += 1
            continue
        size = str(ranged).rpartition("/")[2] if ranged else ""
        return content, int(size) if size.isdecimal() else int(response["ContentLength"])


def upload(s3: object, location: S3Location, file: IO[bytes]) -> None:
    """Upload a file, from its current position to its end, by boto3's managed transfer. It replaces the object.

    A large file is sent in parts, in several threads. If the upload fails, boto3 removes the parts.

    Raises:
        BotoCoreError, ClientError: S3 can't be reached or rejects a request.
    """
    client = s3_client(s3, location)
    start = file.tell()
    size = file.seek(0, io.SEEK_END) - start
    file.seek(start)
    try:
        client.upload_fileobj(file, location.bucket, location.key)
    except BaseException as error:
        if size >= _PART_SIZE:
            noted(
                error,
                f"if boto3 could not remove the parts of this upload to '{printable(str(location), 300)}', they are "
                "billed: list them with list_multipart_uploads() and remove them with abort_multipart_upload()",
            )
        raise
