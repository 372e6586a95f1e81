"""S3 from inside: the files of a training in moto's S3, without a request over the wire."""

from collections.abc import Iterable
from typing import Protocol, cast

from moto.s3.exceptions import MissingBucket, S3ClientError
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition


class StorageError(Exception):
    """A file can't be read or written."""


class StorageDeniedError(StorageError):
    """It can't because it belongs to somebody else."""


class _Bucket(Protocol):
    region_name: str


class _Object(Protocol):
    @property
    def value(self) -> bytes: ...
    @property
    def size(self) -> int: ...


class _S3(Protocol):
    """What is used of moto's S3 backend, which says little about its types."""

    def get_bucket(self, bucket_name: str) -> _Bucket: ...
    def get_object(self, bucket_name: str, key_name: str, version_id: str | None = None) -> _Object | None: ...
    def put_object(
        self, bucket_name: str, key_name: str, value: bytes, *, encryption: str | None, kms_key_id: str | None
    ) -> object: ...


class Storage:
    """The buckets that a training of one account and region can reach: those of its region."""

    def __init__(self, account_id: str, region: str) -> None:
        self._s3 = cast("_S3", s3_backends[account_id][get_partition(region)])
        self._region = region

    def check_bucket(self, bucket: str) -> None:
        """Checks that a bucket can be used.

        Raises:
            StorageError: There is no such bucket, or it is in another region.
            StorageDeniedError: It belongs to another account, and moto is set to forbid that.
        """
        try:
            region = self._s3.get_bucket(bucket).region_name
        except MissingBucket as error:
            raise StorageError(f"there is no bucket {bucket!r}") from error
        except S3ClientError as error:
            raise StorageDeniedError(f"the bucket {bucket!r} may not be used: {error}") from error
        if region != self._region:
            raise StorageError(f"the bucket {bucket!r} is in {region}, the training in {self._region}")

    def check(self, bucket: str, key: str, version: str | None = None) -> None:
        """Checks that a file can be read.

        Raises:
            StorageError: As `read` does.
        """
        self._find(bucket, key, version)

    def read(self, bucket: str, key: str, version: str | None = None) -> bytes:
        """Reads a file.

        Raises:
            StorageError: There is no such bucket in the region, no such file or no such version of it.
            StorageDeniedError: The bucket belongs to another account, and moto is set to forbid that.
        """
        return self._find(bucket, key, version).value

    def _find(self, bucket: str, key: str, version: str | None) -> _Object:
        self.check_bucket(bucket)
        found = self._s3.get_object(bucket, key, version)
        if found is None:
            raise StorageError(f"there is no {key!r} in the bucket {bucket!r}")
        return found

    def find(self, content: bytes, uris: Iterable[str]) -> str | None:
        """Finds out which of some files has a content now; files that can't be read have none.

        Args:
            content: What to look for.
            uris: The files, as `s3://bucket/key`.

        Returns:
            The first of the files that has it; None if none has.
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
        """Writes a file, encrypted with a KMS key if one is given.

        Raises:
            StorageError: There is no such bucket in the region.
            StorageDeniedError: The bucket belongs to another account, and moto is set to forbid that.
        """
        self.check_bucket(bucket)
        encryption = "aws:kms" if kms_key_id else None
        self._s3.put_object(bucket, key, content, encryption=encryption, kms_key_id=kms_key_id)
