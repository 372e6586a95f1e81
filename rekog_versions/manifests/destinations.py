"""Manifests to write: a file or an object in S3 that appears when it is complete."""

import errno
import os
import secrets
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import BinaryIO, Protocol, Self, cast

from rekog_versions._aws.s3 import S3Location, s3_client, upload
from rekog_versions._notes import noted
from rekog_versions._text import printable
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.naming import has_extension
from rekog_versions.manifests.sources import s3_location

_IN_MEMORY = 8 * 1024 * 1024  # larger manifests for S3 wait in a temporary file


class Destination(Protocol):
    """A file or an object in S3 that is written as a whole or not at all."""

    def write(self, content: bytes, /) -> object:
        """Add bytes."""
        ...

    def commit(self) -> None:
        """Make the content appear under its name."""
        ...

    def discard(self) -> None:
        """Remove what was written."""
        ...


class Destinations:
    """Destinations of a `with` block: all are committed at its end, or discarded if the block raises."""

    def __init__(self) -> None:
        self._opened: list[Destination] = []

    def open(self, target: str | os.PathLike[str], s3: object = None) -> Destination:
        """Open a destination.

        Args:
            target: A path, or `s3://bucket/key`.
            s3: For S3: a boto3 client for it, or an object that has one as `.s3`.

        Raises:
            ManifestError: The name has no extension, or is an incomplete S3 URI.
            ValueError: `target` is in S3 and `s3` is None.
            OSError: The file can't be created.
        """
        return self.open_file(check_target(target), s3)

    def open_file(self, name: str, s3: object = None) -> Destination:
        """Open a destination for a file that is not a manifest, so that its name needs no extension.

        Raises:
            ManifestError: The name is an incomplete S3 URI.
            ValueError: `name` is in S3 and `s3` is None.
            OSError: The file can't be created.
        """
        location = s3_location(name)
        opened = S3Destination(location, s3) if location else FileDestination(Path(name))
        self._opened.append(opened)
        return opened

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            _discard(self._opened, error)
            return
        # files come last because renaming one rarely fails: a rejected upload then leaves no file behind
        ordered = sorted(self._opened, key=lambda opened: isinstance(opened, FileDestination))
        for number, opened in enumerate(ordered):
            try:
                opened.commit()
            except BaseException as failure:
                _discard(ordered[number:], failure)
                raise


def check_target(target: str | os.PathLike[str]) -> str:
    """Check that `target` names a manifest that the service accepts, and return it as text.

    Raises:
        ManifestError: The name has no extension, or is an incomplete S3 URI.
        TypeError: It is not a text or a path.
    """
    name = os.fspath(target)
    if not isinstance(cast("object", name), str):
        raise TypeError(f"the name of a manifest must be a text or a Path, got {type(name).__name__}")
    if not has_extension(name):
        excerpt = printable(name, 300)
        raise ManifestError(
            f"the name of a manifest must have an extension, or the service rejects it, got '{excerpt}': "
            f"call it '{excerpt.rstrip('./')}.manifest'"
        )
    s3_location(name)
    return name


class FileDestination:
    """A file. Until it is complete, it is in the same folder under another name."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()  # a symbolic link remains one
        # the name is not derived from the file's own, which may have the maximum length already
        self._unfinished = self._path.with_name(f".unfinished-{secrets.token_hex(8)}.tmp")
        try:
            self._file: BinaryIO = self._unfinished.open("xb")
        except FileNotFoundError as error:
            text = "the folder of the manifest does not exist; create it"
            raise FileNotFoundError(errno.ENOENT, text, str(self._path.parent)) from error
        self.write = self._file.write

    def commit(self) -> None:
        """Rename the file to its name. It replaces a file of that name."""
        self._file.close()
        self._unfinished.replace(self._path)

    def discard(self) -> None:
        """Remove the file."""
        try:
            self._file.close()
        finally:
            self._unfinished.unlink(missing_ok=True)


class S3Destination:
    """An object in S3. Until it is uploaded, its content is in memory or in a temporary file."""

    def __init__(self, location: S3Location, s3: object) -> None:
        self._location = location
        self._s3 = s3_client(s3, location)
        self._file = SpooledTemporaryFile[bytes](_IN_MEMORY)
        self.write = self._file.write

    def commit(self) -> None:
        """Upload the object. It replaces an object with that key."""
        self._file.seek(0)
        upload(self._s3, self._location, self._file)
        self._file.close()

    def discard(self) -> None:
        """Remove the temporary file. Nothing has been sent to S3 yet, or boto3 has removed it."""
        self._file.close()


def _discard(destinations: list[Destination], error: BaseException) -> None:
    """Discard destinations because of `error`. If that fails too, add a note to `error`."""
    for destination in destinations:
        try:
            destination.discard()
        except Exception as failure:  # noqa: BLE001  (`error` is the one to raise)
            noted(error, f"the unfinished manifest could not be removed either: {printable(str(failure))}")
