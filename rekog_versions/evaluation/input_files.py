"""The files that an evaluation is read from: paths, bytes and open files, read in pieces."""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from rekog_versions._text import printable
from rekog_versions.errors import EvaluationError

_PIECE = 1 << 18
"""Bytes that are read and decoded at a time. Pieces that fit into a processor's cache are decoded fastest."""
_BOM = b"\xef\xbb\xbf"


class Readable(Protocol):
    """An open file, binary or text."""

    def read(self, size: int = ..., /) -> bytes | str:
        """Return at most `size` bytes or characters; nothing at the end of the file."""
        ...


Source: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | Readable
"""A file to read: its path, its content as bytes, or an open file."""


@dataclass(frozen=True)
class InputFile:
    """A file that is read once.

    Attributes:
        name: The name of the file in messages; printable.
        open: Returns the content in pieces.
    """

    name: str
    open: Callable[[], Iterator[bytes]]

    def read(self) -> bytes:
        """Return the whole content."""
        return b"".join(self.open())


def input_file(source: Source, role: str) -> InputFile:
    """Return the file that a path, bytes or an open file stands for.

    Args:
        source: The path, the content or the open file.
        role: The name of the file in messages, such as "the summary".

    Raises:
        EvaluationError: `source` is an S3 URI, which only a client can read.
        TypeError: `source` has another type.
    """
    if isinstance(source, str) and source.startswith("s3://"):
        raise EvaluationError(
            f"{role} must be a path, bytes or an open file, got the S3 URI '{printable(source, 200)}'. "
            "Use get_evaluation(client, version) to read from S3"
        )
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        return InputFile(f"{role} '{printable(str(path), 200)}'", lambda: _pieces_of_path(path, role))
    if isinstance(source, bytes | bytearray | memoryview):
        content = memoryview(source).cast("B")
        return InputFile(role, lambda: (bytes(content[at : at + _PIECE]) for at in range(0, len(content), _PIECE)))
    read = getattr(source, "read", None)
    if read is None:
        raise TypeError(f"{role} must be a path, bytes or an open file, got {type(source).__name__}")
    name = getattr(source, "name", None)
    return InputFile(f"{role} '{printable(name, 200)}'" if isinstance(name, str) else role, lambda: pieces(source.read))


def pieces(read: Callable[[int], bytes | str]) -> Iterator[bytes]:
    """Yield what a file's `read` function returns, piece by piece, as bytes."""
    while piece := read(_PIECE):
        yield piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogatepass")


def _pieces_of_path(path: Path, role: str) -> Iterator[bytes]:
    with _reporting(path, role), path.open("rb") as opened:
        yield from pieces(opened.read)


@contextmanager
def _reporting(path: Path, role: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise EvaluationError(
            f"{role} '{printable(str(path), 200)}' could not be read: {error.strerror or type(error).__name__}. "
            "A string is taken as a path; pass content as bytes. Use get_evaluation(client, version) to read the "
            "files that a training wrote to S3"
        ) from error


def whole_lines(content: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the same content in pieces that end where a line ends, without a byte order mark at the start."""
    rest: list[bytes] = []
    is_first = True
    for piece in content:
        if is_first:
            piece = piece.removeprefix(_BOM)  # noqa: PLW2901 (the rest of the loop must not see the mark)
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
