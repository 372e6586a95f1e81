"""Where evaluation files are read from: paths, bytes and open files, in pieces."""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from rekog_versions._text import printable
from rekog_versions.errors import EvaluationError

_PIECE = 1 << 18
"""Bytes that are read, and decoded, at a time: what fits into a processor's cache is decoded fastest."""
_BOM = b"\xef\xbb\xbf"


class Readable(Protocol):
    """An open file, binary or text, or the body of an S3 answer."""

    def read(self, size: int = ..., /) -> bytes | str:
        """Reads at most that many bytes or characters; empty at the end."""
        ...


Source: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | Readable
"""A file to read: its path, what is in it as bytes, or an open file."""


@dataclass(frozen=True)
class File:
    """A file to be read once."""

    name: str
    """What to call it in messages; printable."""
    open: Callable[[], Iterator[bytes]]
    """Gives its content in pieces."""

    def read(self) -> bytes:
        """All of it."""
        return b"".join(self.open())


def file_of(source: Source, what: str) -> File:
    """The file that a path, bytes or an open file stand for.

    Args:
        source: What was given.
        what: What it should be, as in "the summary".

    Raises:
        EvaluationError: It is an S3 URI, which needs a client.
        TypeError: It is none of these.
    """
    if isinstance(source, str) and source.startswith("s3://"):
        raise EvaluationError(
            f"{what} is given as '{printable(source, 200)}', which is no path: get_evaluation(client, version) reads "
            "from S3; from_files() takes paths, bytes and open files"
        )
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        return File(f"{what} '{printable(str(path), 200)}'", lambda: _pieces_of_path(path, what))
    if isinstance(source, bytes | bytearray | memoryview):
        content = memoryview(source).cast("B")
        return File(what, lambda: (bytes(content[at : at + _PIECE]) for at in range(0, len(content), _PIECE)))
    read = getattr(source, "read", None)
    if read is None:
        raise TypeError(f"{what} must be a path, bytes or an open file, got {type(source).__name__}")
    name = getattr(source, "name", None)
    return File(f"{what} '{printable(name, 200)}'" if isinstance(name, str) else what, lambda: pieces(source.read))


def pieces(read: Callable[[int], bytes | str]) -> Iterator[bytes]:
    """What a read function gives, piece by piece."""
    while piece := read(_PIECE):
        yield piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogatepass")


def _pieces_of_path(path: Path, what: str) -> Iterator[bytes]:
    with _opening(path, what), path.open("rb") as opened:
        yield from pieces(opened.read)


@contextmanager
def _opening(path: Path, what: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise EvaluationError(
            f"{what} '{printable(str(path), 200)}' can't be read: {error.strerror or type(error).__name__}. "
            "A str is a path, content goes in as bytes; get_evaluation(client, version) reads the files of a version "
            "from where the service put them"
        ) from error


def whole_lines(given: Iterator[bytes]) -> Iterator[bytes]:
    """The same content, cut at ends of lines only, without a byte order mark at the start."""
    rest: list[bytes] = []
    is_first = True
    for piece in given:
        if is_first:
            piece = piece.removeprefix(_BOM)  # noqa: PLW2901 (a piece is a mebibyte, or all there is)
            is_first = False
        head, newline, tail = piece.rpartition(b"\n")
        if newline:
            yield b"".join((*rest, head))
            rest = [tail]
        else:
            rest.append(tail)
    last = b"".join(rest)
    if last:
        yield last
