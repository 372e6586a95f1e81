"""Manifests to read: paths, bytes, binary files, `s3://` URIs and objects in S3.

`check_manifests` reads a source once, in batches of lines. Conversions and splits read a manifest several times, line
by line with the line ends.
"""

import difflib
import errno
import io
import os
import re
import stat
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias, cast, runtime_checkable

from rekog_versions._aws.error_codes import DENIED, MISSING, error_code
from rekog_versions._aws.errors import ClientError
from rekog_versions._aws.s3 import ObjectChangedError, S3Location, is_s3_uri, open_object, s3_client
from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.formats import HEAD_BYTES, unreadable
from rekog_versions.manifests.issues import Issue, issue
from rekog_versions.manifests.limits import MOST_BYTES
from rekog_versions.manifests.naming import has_extension
from rekog_versions.models.assets import DescribedS3Object, S3Object

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes of a line above which it is not parsed; a dataset accepts lines of up to 100,000 characters."""

_CHUNK = 128 * 1024  # larger chunks are slower: the objects of their lines need fresh memory
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://|(arn):aws", re.ASCII)
_KINDS = "a path, an s3:// URI, an S3Object, bytes or a binary file object"


@runtime_checkable
class BinaryFile(Protocol):
    """A file object that reads bytes."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes; none at the end of the file."""
        ...


ManifestSource: TypeAlias = str | os.PathLike[str] | bytes | BinaryFile | S3Object | DescribedS3Object
"""A manifest: a path, an `s3://bucket/key` URI, an `S3Object`, the content as bytes, or a binary file object.

An `S3Object` can name a version of the object. Responses have a `DescribedS3Object`, which can be passed too.
"""
StoredManifest: TypeAlias = str | os.PathLike[str] | S3Object | DescribedS3Object
"""A manifest that can be read several times: a path, an `s3://bucket/key` URI, or an `S3Object`."""


class SourceError(Exception):
    """A manifest could not be read, for a reason that would make a training fail too.

    Attributes:
        issue: The service's code and message for this reason.
    """

    def __init__(self, found: Issue) -> None:
        super().__init__(found.message)
        self.issue = found


@dataclass(frozen=True, slots=True)
class NamedSource:
    """A manifest to read, and its name in reports."""

    content: bytes | Path | S3Location | BinaryFile
    name: str

    @property
    def has_extension(self) -> bool:
        """False if the manifest is a file or an object whose name lacks an extension."""
        if isinstance(self.content, S3Location):
            return has_extension(str(self.content))
        return not isinstance(self.content, Path) or has_extension(self.name)


def name_sources(given: object, side: str) -> list[NamedSource]:
    """Return the sources that a caller passed as one manifest or as a sequence of manifests.

    Args:
        given: A `ManifestSource` or a sequence of them.
        side: `training` or `testing`. A source without a name is called after it.

    Raises:
        TypeError: `given` is or contains something that is not a manifest.
        ValueError: `given` is empty, an incomplete S3 URI, or the text of a manifest instead of its path.
    """
    if isinstance(
        given, str | bytes | bytearray | memoryview | os.PathLike | BinaryFile | S3Object | DescribedS3Object
    ):
        return [_name_source(cast("object", given), side, f"<{side}>")]
    if not isinstance(given, Sequence):
        raise TypeError(f"{side} must be {_KINDS}, or a sequence of these, got {type(given).__name__}")
    several = cast("Sequence[object]", given)
    if not several:
        raise ValueError(f"{side} must have at least one manifest, got an empty sequence")
    if len(several) == 1:
        return [_name_source(several[0], side, f"<{side}>")]
    return [_name_source(source, side, f"<{side} {number}>") for number, source in enumerate(several, start=1)]


def _name_source(source: object, side: str, default: str) -> NamedSource:
    if isinstance(source, str):
        if not source.strip() or source.lstrip().startswith("{"):
            got = "the text of a manifest" if source.strip() else "an empty path"
            raise ValueError(f"{side} must be a path or an s3:// URI, or the manifest as bytes, got {got}")
        if not is_s3_uri(source):
            _check_path(source, side)
        return NamedSource(S3Location.parse(source) if is_s3_uri(source) else Path(source), source)
    if isinstance(source, os.PathLike):
        path = os.fspath(cast("os.PathLike[str]", source))
        return NamedSource(Path(path), path)
    if isinstance(source, S3Object | DescribedS3Object):
        location = S3Location.of(source)
        return NamedSource(location, versioned_name(location))
    if isinstance(source, bytes | bytearray | memoryview):
        return NamedSource(bytes(cast("bytes", source)), default)
    if not isinstance(source, BinaryFile):
        raise TypeError(f"each manifest of {side} must be {_KINDS}, got {type(source).__name__}")
    name = getattr(source, "name", None)
    return NamedSource(source, name if isinstance(name, str) and name else default)


def versioned_name(location: S3Location) -> str:
    """Return the URI of an object, and its version if one is named."""
    return f"{location} (version {location.version})" if location.version else str(location)


def _check_path(name: str, side: str) -> None:
    """Check that a text is not the URI of another store, which is not a path either.

    Raises:
        ValueError: It is such a URI.
    """
    scheme = _SCHEME.match(name)
    if scheme:
        is_s3 = name.lower().startswith(("s3:", "s3a:", "s3n:", "arn:"))
        advice = "write s3://bucket/key" if is_s3 else "download it, or copy it to S3"
        raise ValueError(f"{side} must be a path or an s3:// URI, got {shown(name)}: {advice}")


@contextmanager
def open_source(source: NamedSource, s3: object) -> Generator[BinaryFile, None, None]:
    """Open a source for reading.

    Args:
        source: The manifest.
        s3: A boto3 client for S3, or an object that has one as `.s3`.

    Raises:
        OSError: A local file can't be read.
        ManifestError: A local file changed while it was read.
        ValueError: The manifest is in S3 and `s3` is None, or a file object is not at its beginning.
        SourceError: The object is missing, or the caller lacks the permission to read it.
        BotoCoreError, ClientError: S3 can't be reached, or rejects the request for another reason.
    """
    content = source.content
    if isinstance(content, bytes):
        yield io.BytesIO(content)
    elif isinstance(content, Path):
        with _open_file(content) as file:
            before = os.fstat(file.fileno())
            yield cast("BinaryFile", file)
            if stat.S_ISREG(before.st_mode) and _state(before) != _state(os.fstat(file.fileno())):
                raise ManifestError(f"{shown(source.name)} has changed while it was read: check it again")
    elif isinstance(content, S3Location):
        try:
            reader = open_object(s3, content)
        except ClientError as error:
            raise _as_source_error(error, content) from error
        with reader:
            yield reader
    else:
        _check_position(content, source.name)
        yield content


def _open_file(path: Path) -> io.RawIOBase:
    """Open a file for reading.

    Raises:
        OSError: As `Path.open` does, with the next step in the message.
    """
    try:
        return cast("io.RawIOBase", path.open("rb", buffering=0))
    except FileNotFoundError as error:
        names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        similar = difflib.get_close_matches(path.name, names, n=1)
        advice = f"did you mean {shown(similar[0])}?" if similar else f"the current folder is {shown(str(Path.cwd()))}"
        text = f"the manifest does not exist; check the path: {advice}"
        raise FileNotFoundError(errno.ENOENT, text, str(path)) from error
    except IsADirectoryError as error:
        text = "a manifest must be a file; pass the path of the manifest, or make one from images with from_folder()"
        raise IsADirectoryError(errno.EISDIR, text, str(path)) from error


def _state(found: os.stat_result) -> tuple[int, ...]:
    return found.st_size, found.st_mtime_ns


def _check_position(file: BinaryFile, name: str) -> None:
    """Check that a file object is at its beginning: the lines before its position would not be checked.

    Raises:
        ValueError: It is not.
    """
    try:
        position = cast("io.IOBase", file).tell()
    except (AttributeError, OSError):  # a pipe, or a stream without positions
        return
    if position:
        raise ValueError(
            f"{printable(name, 300)} must be at its beginning, got the position {position:,}: call seek(0) first"
        )


def _as_source_error(error: ClientError, location: S3Location) -> Exception:
    """Return the error that a training would end with; `error` itself if a training might succeed all the same."""
    code = error_code(error)
    detail = f"S3 responded with {printable(code)}"
    if "?versionId=" in location.key:
        detail += "; to name a version, pass S3Object(bucket=..., name=..., version=...)"
    if code in MISSING:
        return SourceError(issue("ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT", detail=detail))
    if code in DENIED:
        return SourceError(issue("ERROR_INVALID_PERMISSIONS_MANIFEST_S3_BUCKET", detail=detail))
    return error


class ManifestLines:
    """The lines of an open manifest, in batches. Iterate it once.

    Attributes:
        size: Bytes read so far.
        count: Lines read so far.
        head: The first bytes of the file.
        has_byte_order_mark: True if the file starts with a byte order mark.
        crlf_count: Lines that end in a carriage return and a line feed.
        first_crlf: The number of the first of these, counted from 1; 0 if no line ends so.
    """

    def __init__(self, file: BinaryFile, name: str = "the manifest") -> None:
        self._file = file
        self._name = name
        self.size = 0
        self.count = 0
        self.head = b""
        self.has_byte_order_mark = False
        self.crlf_count = 0
        self.first_crlf = 0

    def __iter__(self) -> Iterator[list[bytes]]:
        """Yield lists of lines, without their line feeds. The iteration ends early if the file is too large.

        A line of more than `LONGEST_LINE` bytes is cut, at more than `LONGEST_LINE` bytes.

        Raises:
            TypeError: The file object reads text.
        """
        rest: list[bytes] = []
        rest_size = 0
        for chunk in self._chunks():
            head, feed, tail = chunk.rpartition(b"\n")
            if feed:
                crlf_is_divided = bool(rest) and chunk.startswith(b"\n") and rest[-1].endswith(b"\r")
                lines = head.split(b"\n")
                if rest:
                    lines[0] = b"".join((*rest, lines[0]))
                rest, rest_size = ([tail], len(tail)) if tail else ([], 0)
                # searching for one byte first is faster: most manifests have no carriage return
                crlf_count = chunk.count(b"\r\n") if b"\r" in chunk else 0
                yield self._counted(lines, crlf_count + crlf_is_divided)
            elif rest_size <= LONGEST_LINE:
                rest.append(tail)
                rest_size += len(tail)
        if rest:
            yield self._counted([b"".join(rest)], 0)

    def _chunks(self) -> Iterator[bytes]:
        while self.size <= MOST_BYTES:
            chunk = self._file.read(_CHUNK)
            if not isinstance(cast("object", chunk), bytes):
                raise TypeError(
                    f"{printable(self._name)} must be opened in binary mode ('rb'): it reads {type(chunk).__name__}"
                )
            if not chunk:
                return
            if not self.size:
                chunk = self._without_byte_order_mark(chunk)
                self.head = chunk[:HEAD_BYTES]
            self.size += len(chunk)
            yield chunk

    def _without_byte_order_mark(self, chunk: bytes) -> bytes:
        while len(chunk) < len(_BYTE_ORDER_MARK) and (more := self._file.read(_CHUNK)):
            chunk += more
        if chunk.startswith(_BYTE_ORDER_MARK):
            self.has_byte_order_mark = True
            self.size = len(_BYTE_ORDER_MARK)
        return chunk.removeprefix(_BYTE_ORDER_MARK)

    def _counted(self, lines: list[bytes], crlf_count: int) -> list[bytes]:
        if crlf_count:
            if not self.crlf_count:
                position = next((index for index, line in enumerate(lines) if line.endswith(b"\r")), 0)
                self.first_crlf = self.count + 1 + position
            self.crlf_count += crlf_count
        self.count += len(lines)
        return lines


class RereadableManifest:
    """A manifest that is read several times, and must be the same each time.

    Args:
        source: A path, `s3://bucket/key`, or an `S3Object`, perhaps with a version.
        s3: For S3: a boto3 client for it, or an object that has one as `.s3`.

    Attributes:
        name: The path, or the URI of the object.

    Raises:
        ManifestError: `source` is an incomplete S3 URI, or the URI of another store.
        TypeError: `source` is something else.
        ValueError: `source` is in S3 and `s3` is None.
    """

    def __init__(self, source: StoredManifest, s3: object = None) -> None:
        if isinstance(source, S3Object | DescribedS3Object):
            self._location: S3Location | None = S3Location.of(source)
            self.name = versioned_name(self._location)
        elif isinstance(cast("object", source), str | os.PathLike):
            self.name = os.fspath(source)
            self._location = s3_location(self.name)
        else:
            raise TypeError(f"source must be a path, an s3:// URI or an S3Object, got {type(source).__name__}")
        self._s3 = s3_client(s3, self._location) if self._location else None
        self._etag: str | None = None
        self._file_status: tuple[int, ...] | None = None

    def lines(self) -> Iterator[bytes]:
        """Yield the lines with their line ends; the last line may have none.

        Raises:
            ManifestError: The manifest has changed since it was read first, is compressed, or is not UTF-8.
            OSError: The file can't be read.
            BotoCoreError, ClientError: S3 can't be reached or rejects the request.
        """
        if self._location is None:
            yield from self._file_lines()
            return
        try:
            with open_object(self._s3, self._location, etag=self._etag) as reader:
                self._etag = reader.etag
                self._check_head(reader)
                yield from reader
        except ObjectChangedError as error:
            raise self._changed() from error

    def _file_lines(self) -> Iterator[bytes]:
        with io.BufferedReader(_open_file(Path(self.name))) as file:
            found = os.fstat(file.fileno())
            status = (found.st_ino, *_state(found))
            if self._file_status not in (None, status):
                raise self._changed()
            self._file_status = status
            self._check_head(file)
            yield from file
            if stat.S_ISREG(found.st_mode) and _state(found) != _state(os.fstat(file.fileno())):
                raise self._changed()

    def _check_head(self, file: "io.BufferedReader[Any]") -> None:
        why = unreadable(file.peek(HEAD_BYTES)[:HEAD_BYTES])
        if why:
            raise ManifestError(f"{shown(self.name)} must be a manifest in UTF-8: {why}")

    def _changed(self) -> ManifestError:
        return ManifestError(f"'{printable(self.name, 300)}' has changed since it was read first: start again")


def s3_location(name: str) -> S3Location | None:
    """Return the location that an `s3://` URI names, or None for a path.

    Raises:
        ManifestError: The URI lacks the bucket or the key, or is the URI of another store.
    """
    try:
        if not is_s3_uri(name):
            _check_path(name, "a manifest")
            return None
        return S3Location.parse(name)
    except ValueError as error:
        raise ManifestError(str(error)) from error
