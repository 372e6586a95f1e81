"""Where manifests come from: paths, bytes, file objects and `s3://` URIs, all read once, piece by piece."""

import io
import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias, cast, runtime_checkable

from rekog_versions._text import printable
from rekog_versions.manifests.issues import Issue, issue
from rekog_versions.manifests.limits import MOST_BYTES
from rekog_versions.manifests.naming import has_extension, is_in_s3, s3_client, s3_place

_PIECE = 256 * 1024
_BOM = b"\xef\xbb\xbf"

LONGEST_LINE = 4 * 1024 * 1024
"""The bytes of a line from which on it is not read: of a manifest's lines, a dataset takes 100,000 characters."""

_DENIED = frozenset({"403", "AccessDenied", "AllAccessDisabled", "Forbidden"})
_MISSING = frozenset({"404", "NoSuchBucket", "NoSuchKey", "NoSuchVersion", "NotFound"})


@runtime_checkable
class Readable(Protocol):
    """A file object that reads bytes."""

    def read(self, size: int, /) -> bytes:
        """Reads at most that many bytes; none at the end."""
        ...


Source: TypeAlias = str | os.PathLike[str] | bytes | Readable
"""A manifest: a path, an `s3://bucket/key` URI, its bytes, or a file object that reads bytes."""


class SourceError(Exception):
    """A manifest can't be read, for a reason for which a training would fail, too."""

    def __init__(self, found: Issue) -> None:
        super().__init__(found.message)
        self.issue = found


@dataclass(frozen=True, slots=True)
class Named:
    """A manifest and what to call it."""

    source: Source
    name: str
    has_name: bool
    """Whether the name is the file's own, and so has an extension or lacks it."""


def sources_of(given: object, side: str) -> list[Named]:
    """Tells one source from several, and names them.

    Args:
        given: What the caller gave.
        side: `training` or `testing`: what to call a source without a name.

    Raises:
        TypeError: It is nothing that can be read.
        ValueError: There is no source in it.
    """
    if isinstance(given, str | bytes | bytearray | memoryview | os.PathLike | Readable):
        several = [cast("Source", given)]
    elif isinstance(given, Sequence):
        several = list(cast("Sequence[Source]", given))
    else:
        raise TypeError(
            f"{side} is a {type(given).__name__}; it must be a path, an s3:// URI, bytes, a binary file object, or "
            "a sequence of these"
        )
    if not several:
        raise ValueError(f"{side} is an empty sequence; it must have at least one manifest")
    return [_named(source, side, number if len(several) > 1 else 0) for number, source in enumerate(several, start=1)]


def _named(source: Source, side: str, number: int) -> Named:
    if isinstance(source, str):
        if not source.strip() or source.lstrip().startswith("{"):
            what = "the text of a manifest" if source.strip() else "an empty path"
            raise ValueError(f"{side} is {what}; it must be a path or an s3:// URI, or the manifest as bytes")
        return Named(source, source, has_name=True)
    if isinstance(source, os.PathLike):
        return Named(source, os.fspath(source), has_name=True)
    given: object = source
    if isinstance(given, bytearray | memoryview):
        return Named(bytes(given), f"<{side}>", has_name=False)
    if not isinstance(source, bytes) and not isinstance(given, Readable):
        raise TypeError(
            f"{side} holds a {type(given).__name__}; a manifest is a path, an s3:// URI, bytes or a binary file object"
        )
    name = getattr(source, "name", None)
    if isinstance(name, str) and name:
        return Named(source, name, has_name=False)
    return Named(source, f"<{side} {number}>" if number else f"<{side}>", has_name=False)


@contextmanager
def opened(named: Named, s3: object | None) -> Generator[Readable, None, None]:
    """Opens a source.

    Args:
        named: What to open.
        s3: A boto3 client for S3, or something that has one as `.s3`.

    Raises:
        OSError: A local file can't be read.
        ValueError: It is an S3 URI without a key, or there is no client for it.
        SourceError: There is no such object in S3, or it may not be read.
        botocore.exceptions.BotoCoreError: S3 can't be reached.
    """
    source = named.source
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif isinstance(source, str) and is_in_s3(source):
        with _s3_object(source, s3) as body:
            yield body
    elif isinstance(source, str | os.PathLike):
        with Path(source).open("rb", buffering=0) as file:
            yield cast("Readable", file)
    else:
        yield source


@contextmanager
def _s3_object(uri: str, s3: object | None) -> Generator[Readable, None, None]:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - only who reads from S3 needs it

    place = s3_place(uri)
    if place is None:
        raise ValueError(f"{printable(uri)!r} is no S3 object; it must be s3://bucket/key")
    bucket, key = place
    client = s3_client(s3, uri)
    try:
        body: Any = client.get_object(Bucket=bucket, Key=key)["Body"]
    except ClientError as error:
        code = str(cast("Any", error.response).get("Error", {}).get("Code", ""))
        if code in _MISSING:
            found = "ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT"
        elif code in _DENIED:
            found = "ERROR_INVALID_PERMISSIONS_MANIFEST_S3_BUCKET"
        else:
            raise
        raise SourceError(issue(found, detail=f"S3 answers {printable(code)}")) from error
    try:
        yield body
    finally:
        body.close()


class Lines:
    """The lines of a manifest, read piece by piece; what was learnt of the file on the way stands in its fields."""

    def __init__(self, file: Readable, *, name: str = "", has_name: bool = False) -> None:
        self._file = file
        self.name = name
        self.has_extension = not has_name or has_extension(name)
        self.size = 0
        """Bytes that were read."""
        self.count = 0
        """Lines that were read."""
        self.has_mark = False
        """Whether a byte order mark begins the file."""
        self.returns = 0
        """Lines that end in a carriage return and a line feed."""
        self.first_return = 0
        """The first of them."""

    def __iter__(self) -> Iterator[list[bytes]]:
        """Yields lists of lines, without their line feeds; ends early if the file is larger than a manifest may be.

        A line of more than `LONGEST_LINE` comes cut, but longer than that.

        Raises:
            TypeError: The file object reads text.
        """
        rest: list[bytes] = []
        waiting = 0
        for piece in self._pieces():
            head, feed, tail = piece.rpartition(b"\n")
            if feed:
                split = bool(rest) and piece.startswith(b"\n") and rest[-1].endswith(b"\r")
                lines = head.split(b"\n")
                if rest:
                    lines[0] = b"".join((*rest, lines[0]))
                rest, waiting = ([tail], len(tail)) if tail else ([], 0)
                # the first search is by far the faster one
                returns = piece.count(b"\r\n") if b"\r" in piece else 0
                yield self._counted(lines, returns + split)
            elif waiting <= LONGEST_LINE:
                rest.append(tail)
                waiting += len(tail)
        if rest:
            yield self._counted([b"".join(rest)], 0)

    def _pieces(self) -> Iterator[bytes]:
        while self.size <= MOST_BYTES:
            piece = self._file.read(_PIECE)
            if not isinstance(cast("object", piece), bytes):
                raise TypeError(
                    f"{printable(self.name)} reads {type(piece).__name__}; open a manifest in binary mode ('rb')"
                )
            if not piece:
                return
            if not self.size and (piece := self._filled(piece)).startswith(_BOM):
                self.has_mark = True
                self.size = len(_BOM)
                piece = piece[len(_BOM) :]
            self.size += len(piece)
            yield piece

    def _filled(self, piece: bytes) -> bytes:
        """The first piece, long enough to tell whether a byte order mark begins it."""
        while len(piece) < len(_BOM) and (more := self._file.read(_PIECE)):
            piece += more
        return piece

    def _counted(self, lines: list[bytes], returns: int) -> list[bytes]:
        if returns:
            if not self.returns:
                self.first_return = (
                    self.count + 1 + next((place for place, line in enumerate(lines) if line.endswith(b"\r")), 0)
                )
            self.returns += returns
        self.count += len(lines)
        return lines
