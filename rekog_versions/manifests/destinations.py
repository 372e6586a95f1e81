"""Where manifests are written: a file that appears when it is whole, or an object in S3."""

import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

from rekog_versions._text import printable
from rekog_versions.errors import ManifestError, noted
from rekog_versions.manifests.naming import has_extension, is_in_s3, s3_client, s3_place

PART_SIZE = 8 * 1024 * 1024
"""Bytes of a part of an upload in parts: the memory that a sink in S3 takes."""


class Sink(Protocol):
    """Something that takes bytes and is there as a whole in the end, or not at all."""

    def write(self, content: bytes) -> None:
        """Takes bytes."""
        ...

    def commit(self) -> None:
        """Makes what was written appear."""
        ...

    def discard(self) -> None:
        """Leaves nothing behind."""
        ...


def open_sink(target: str | os.PathLike[str], s3: Any = None) -> Sink:
    """Opens what a manifest is written to.

    Args:
        target: A path, or `s3://bucket/key`.
        s3: A boto3 client for S3, or anything that has one as `.s3`, such as a `VersionsClient`.

    Raises:
        ManifestError: The name has no extension, or is no place.
        ValueError: It is in S3 and there is no client.
        OSError: The file can't be made.
    """
    name = checked_target(target)
    place = s3_place(name)
    return S3Sink(s3_client(s3, name), *place) if place else FileSink(Path(name))


def checked_target(target: str | os.PathLike[str]) -> str:
    """The name of a manifest that is to be written.

    Raises:
        ManifestError: It has no extension, or is no place.
    """
    name = os.fspath(target)
    if not has_extension(name):
        shown = printable(name, 300)
        raise ManifestError(
            "the service refuses a manifest whose name has no extension: "
            f"call '{shown}' '{shown.rstrip('./')}.manifest'"
        )
    if is_in_s3(name) and not s3_place(name):
        raise ManifestError(f"'{printable(name, 300)}' is no place in S3: write s3://bucket/key")
    return name


class FileSink:
    """A file that appears under its name when it is whole; until then it stands beside, under another."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()  # a link stays one
        # not after the file's own name, which may be as long as names may be
        self._beside = self._path.with_name(f".unfinished-{secrets.token_hex(8)}.tmp")
        self._file: BinaryIO = self._beside.open("xb")

    def write(self, content: bytes) -> None:
        """Takes bytes."""
        self._file.write(content)

    def commit(self) -> None:
        """Gives the file its name, in place of one that had it."""
        self._file.close()
        self._beside.replace(self._path)

    def discard(self) -> None:
        """Removes the file."""
        try:
            self._file.close()
        finally:
            self._beside.unlink(missing_ok=True)


class S3Sink:
    """An object in S3, sent in parts of 8 MiB while it is written, or with one request if it is smaller."""

    def __init__(self, s3: Any, bucket: str, key: str) -> None:
        self._s3 = s3
        self._where = {"Bucket": bucket, "Key": key}
        self._rest = bytearray()
        self._upload: str | None = None
        self._parts: list[dict[str, Any]] = []

    def write(self, content: bytes) -> None:
        """Takes bytes, and sends them when there are enough."""
        self._rest += content
        if len(self._rest) >= PART_SIZE:
            self._send()

    def commit(self) -> None:
        """Makes the object appear, in place of one that had the key."""
        if self._upload is None:
            self._s3.put_object(**self._where, Body=bytes(self._rest))
            return
        if self._rest:
            self._send()
        self._s3.complete_multipart_upload(**self._where, UploadId=self._upload, MultipartUpload={"Parts": self._parts})
        self._upload = None

    def discard(self) -> None:
        """Gives up the upload: its parts would be billed for as long as they are there."""
        if self._upload is None:
            return
        try:
            self._s3.abort_multipart_upload(**self._where, UploadId=self._upload)
        except Exception as error:
            noted(
                error,
                f"the parts of the upload {self._upload} to s3://{self._where['Bucket']}/"
                f"{printable(self._where['Key'])} may be there still and are billed: abort it with "
                "abort_multipart_upload()",
            )
            raise
        self._upload = None

    def _send(self) -> None:
        if self._upload is None:
            self._upload = self._s3.create_multipart_upload(**self._where)["UploadId"]
        number = len(self._parts) + 1
        sent = self._s3.upload_part(**self._where, UploadId=self._upload, PartNumber=number, Body=bytes(self._rest))
        # with a checksum, where botocore made one: S3 then wants to see it again
        checksums = {name: value for name, value in sent.items() if name.startswith("Checksum")}
        self._parts.append({"ETag": sent["ETag"], "PartNumber": number, **checksums})
        self._rest.clear()


class Writing:
    """Sinks that are opened in a `with` block, and committed together at its end or discarded if it raises."""

    def __init__(self) -> None:
        self._sinks: list[Sink] = []

    def open(self, target: str | os.PathLike[str], s3: Any = None) -> Sink:
        """Opens a sink.

        Raises:
            ManifestError, ValueError, OSError: As `open_sink()` does.
        """
        sink = open_sink(target, s3)
        self._sinks.append(sink)
        return sink

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            _discard(self._sinks, error)
            return
        # files come last: giving one its name hardly ever fails, so that what S3 refuses leaves none behind
        sinks = sorted(self._sinks, key=lambda sink: isinstance(sink, FileSink))
        for number, sink in enumerate(sinks):
            try:
                sink.commit()
            except BaseException as failure:
                _discard(sinks[number:], failure)
                raise


def _discard(sinks: list[Sink], error: BaseException) -> None:
    """Discards sinks because of an error, to which a failure to do so is added as a note."""
    for sink in sinks:
        try:
            sink.discard()
        except Exception as failure:  # noqa: BLE001 - the error that ends the writing is the one to raise
            for note in (
                f"besides, what was written could not be removed: {printable(str(failure))}",
                *getattr(failure, "__notes__", ()),
            ):
                noted(error, note)
