"""Reading a manifest more than once, line by line, with the bytes as they stand there."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from rekog_versions._text import printable
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.naming import is_in_s3, s3_client, s3_place

_BUFFER = 1024 * 1024


class Rereadable:
    """A manifest that can be read several times, and is the same each time or an error.

    Args:
        place: A path, or `s3://bucket/key`.
        s3: For S3: a boto3 client for it, or anything that has one as `.s3`.

    Raises:
        ManifestError: It is no place in S3.
        ValueError: It is in S3 and there is no client.
    """

    def __init__(self, place: str | os.PathLike[str], s3: Any = None) -> None:
        self.name = os.fspath(place)
        self._state: object = None
        self._s3 = s3_client(s3, self.name) if is_in_s3(self.name) else None
        self._place = s3_place(self.name)
        if self._s3 is not None and self._place is None:
            raise ManifestError(f"'{printable(self.name, 300)}' is no place in S3: write s3://bucket/key")

    def lines(self) -> Iterator[bytes]:
        """The lines with their ends; the last may have none.

        Raises:
            ManifestError: The file has changed since it was read first.
            OSError: It can't be read.
            botocore.exceptions.ClientError: S3 refused.
        """
        if self._place is None:
            path = Path(self.name)
            with path.open("rb") as file:
                status = path.stat()
                self._check((status.st_ino, status.st_size, status.st_mtime_ns))
                yield from file
            return
        bucket, key = self._place
        answer = cast("Any", self._s3).get_object(Bucket=bucket, Key=key)
        with answer["Body"] as body:
            self._check(answer.get("ETag"))
            yield from io.BufferedReader(cast("io.RawIOBase", body), _BUFFER)

    def _check(self, state: object) -> None:
        if self._state not in (None, state):
            raise ManifestError(f"'{printable(self.name, 300)}' has changed while it was read: begin again")
        self._state = state
