"""Upload many files to S3 at once, by one managed transfer of boto3."""

import hashlib
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from boto3.s3.transfer import TransferConfig, create_transfer_manager

from rekog_versions._aws.s3 import S3Location, s3_client

PART_SIZE = 8 * 1024 * 1024
"""Bytes of a part of an upload, and of the smallest file that is sent in parts; boto3's default."""
_PENDING_PER_THREAD = 4


class FileUpload(NamedTuple):
    """A file and the object that it becomes."""

    path: Path
    location: S3Location
    content_type: str


class StoredObject(NamedTuple):
    """The size and the ETag of an object, as a list of objects has them."""

    size: int
    etag: str


def stored_objects(s3: object, prefix: S3Location) -> Iterator[tuple[str, StoredObject]]:
    """Yield the keys that begin with `prefix.key`, with their sizes and ETags.

    Raises:
        BotoCoreError, ClientError: S3 can't be reached or rejects a request.
    """
    paginator = s3_client(s3, prefix).get_paginator("list_objects_v2")
    for page in paginator.paginate(Bucket=prefix.bucket, Prefix=prefix.key):
        for found in page.get("Contents", ()):
            yield found["Key"], StoredObject(found["Size"], found.get("ETag", "").strip('"'))


def is_unchanged(path: Path, stored: StoredObject) -> bool:
    """Return True if a file certainly has the content of an object.

    The ETag of an object is the MD5 of its content, or of the MD5s of its parts. With encryption by KMS it is neither.

    Raises:
        OSError: The file can't be read.
    """
    if path.stat().st_size != stored.size:
        return False
    with path.open("rb") as file:
        if "-" not in stored.etag:
            return stored.etag == _md5(iter(lambda: file.read(PART_SIZE), b"")).hex()
        digests = [_md5([part]) for part in iter(lambda: file.read(PART_SIZE), b"")]
    return stored.etag == f"{_md5(digests).hex()}-{len(digests)}"


def _md5(parts: Iterable[bytes]) -> bytes:
    digest = hashlib.md5(usedforsecurity=False)
    for part in parts:
        digest.update(part)
    return digest.digest()


def upload_files(
    s3: object, uploads: Iterable[FileUpload], threads: int
) -> Generator[tuple[FileUpload, Exception | None]]:
    """Upload files, several at once, and yield each one with its error, in their order.

    If the iteration ends early, the uploads in progress are cancelled and boto3 removes their parts.

    Args:
        s3: A boto3 client for S3, or an object that has one as `.s3`.
        uploads: The files. Only a few are taken in advance.
        threads: The number of requests at once.
    """
    config = TransferConfig(
        max_concurrency=threads,
        multipart_threshold=PART_SIZE,
        multipart_chunksize=PART_SIZE,
        preferred_transfer_client="classic",  # the other one ignores the client's endpoint and credentials
    )
    manager = create_transfer_manager(s3_client(s3), config)
    pending: list[tuple[FileUpload, Any]] = []
    try:
        for upload in uploads:
            bucket, key = upload.location.bucket, upload.location.key
            extra = {"ContentType": upload.content_type}
            pending.append((upload, manager.upload(str(upload.path), bucket, key, extra)))
            if len(pending) >= threads * _PENDING_PER_THREAD:
                yield _finished(*pending.pop(0))
        while pending:
            yield _finished(*pending.pop(0))
    finally:
        for _, future in pending:  # shutdown(cancel=True) raises a TypeError in s3transfer
            future.cancel()
        manager.shutdown()


def _finished(upload: FileUpload, future: Any) -> tuple[FileUpload, Exception | None]:
    try:
        future.result()
    except Exception as error:  # noqa: BLE001  (the caller decides which errors end the run)
        return upload, error
    return upload, None
