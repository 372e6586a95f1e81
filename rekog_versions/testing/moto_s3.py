"""The files of a training in moto's S3, read and written without a request over the wire."""

from collections.abc import Iterable
from typing import Protocol, cast

from moto.s3.exceptions import MissingBucket, S3ClientError
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition


class StorageError(Exception):
    """A file cannot be read or written."""


class StorageDeniedError(StorageError):
    """The bucket belongs to another account, and moto is configured to forbid access."""


class _Bucket(Protocol):
    region_name: str


class _Object(Protocol):
    @property
    def value(self) -> bytes: ...
    @property
    def size(self) -> int: ...


class _S3(Protocol):
    """The methods of moto's S3 backend that are called here. moto does not type them."""

    def get_bucket(self, bucket_name: str) -> _Bucket: ...
    def get_object(self, bucket_name: str, key_name: str, version_id: str | None = None) -> _Object | None: ...
    def put_object(
        self, bucket_name: str, key_name: str, value: bytes, *, encryption: str | None, kms_key_id: str | None
    ) -> object: ...


class Storage:
    """The buckets that a training can use: those of its region."""

    def __init__(self, account_id: str, region: str) -> None:
        self._s3 = cast("_S3", s3_backends[account_id][get_partition(region)])
        self._region = region

    def check_bucket(self, bucket: str) -> None:
        """Check that a bucket can be used.

        Raises:
            StorageError: The bucket does not exist, or is in another region.
            StorageDeniedError: The bucket belongs to another account, and moto is configured to forbid access.
        """
        try:
            region = self._s3.get_bucket(bucket).region_name
        except MissingBucket as error:
            raise StorageError(f"the bucket {bucket!r} does not exist") from error
        except S3ClientError as error:
            raise StorageDeniedError(f"the bucket {bucket!r} must not be used: {error}") from error
        if region != self._region:
            raise StorageError(f"the bucket {bucket!r} is in {region}, but the training is in {self._region}")

    def check(self, bucket: str, key: str, version: str | None = None) -> None:
        """Check that a file can be read.

        Raises:
            StorageError: As `read` does.
        """
        self._find(bucket, key, version)

    def read(self, bucket: str, key: str, version: str | None = None) -> bytes:
        """Return the content of a file.

        Raises:
            StorageError: The bucket, the file or its version does not exist in the region.
            StorageDeniedError: The bucket belongs to another account, and moto is configured to forbid access.
        """
        return self._find(bucket, key, version).value

    def _find(self, bucket: str, key: str, version: str | None) -> _Object:
        self.check_bucket(bucket)
        found = self._s3.get_object(bucket, key, version)
        if found is None:
            raise StorageError(f"the bucket {bucket!r} has no object {key!r}")
        return found

    def find(self, content: bytes, uris: Iterable[str]) -> str | None:
        """Return the first of some files that has the given content now. Skip files that cannot be read.

        Args:
            content: The content.
            uris: The files, as `s3://bucket/key`.

        Returns:
            The URI of the file, or None if no file has the content.
        """
        usable: dict[str, bool] = {}
        for uri in uris:
            bucket, _, key = uri.removeprefix("s3://").partition("/")
            if bucket not in usable:
                usable[bucket] = self._is_usable(bucket)
            found = self._s3.get_object(bucket, key) if usable[bucket] else None
            if found is not None and found.size == len(content) and found.value == content:
                return uri
        return None

    def _is_usable(self, bucket: str) -> bool:
        try:
            self.check_bucket(bucket)
        except StorageError:
            return False
        return True

    def write(self, bucket: str, key: str, content: bytes, *, kms_key_id: str | None = None) -> None:
        """Write a file, and encrypt it with the KMS key if one is given.

        Raises:
            StorageError: The bucket does not exist in the region.
            StorageDeniedError: The bucket belongs to another account, and moto is configured to forbid access.
        """
        self.check_bucket(bucket)
        encryption = "aws:kms" if kms_key_id else None
        self._s3.put_object(bucket, key, content, encryption=encryption, kms_key_id=kms_key_id)
