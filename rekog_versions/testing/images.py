"""What kind of picture some bytes are and how large it is, read from its header.

Two formats of which a few bytes matter don't justify that everybody who tests has to install an imaging library.
"""

import struct
from typing import NamedTuple

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_SIZE = struct.Struct(">4x4sII")  # the first chunk: its length, its type, and for IHDR width and height
_JPEG_HEAD = b"\xff\xd8\xff"
_JPEG_SIZE = struct.Struct(">HxHH")  # a frame header: its length, precision, height and width
# markers C0 to CF begin a frame, but for DHT, JPG and DAC
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers that nothing belongs to
_JPEG_ENDS = frozenset({0xD9, 0xDA})  # the end, or the pixels: a size can't come any more


class Size(NamedTuple):
    """The size of a picture, in pixels."""

    width: int
    height: int


def kind_of(content: bytes) -> str | None:
    """What a file says that it is: `"PNG"`, `"JPEG"`, or None for anything else."""
    if content.startswith(_PNG_HEAD):
        return "PNG"
    return "JPEG" if content.startswith(_JPEG_HEAD) else None


def read_size(content: bytes) -> Size | None:
    """Reads how large a picture is.

    Args:
        content: A file.

    Returns:
        Its size, as stored (a JPEG's EXIF orientation isn't applied); None if it is neither PNG nor JPEG, or its header
        is broken.
    """
    try:
        match kind_of(content):
            case "PNG":
                size = _png_size(content)
            case "JPEG":
                size = _jpeg_size(content)
            case _:
                return None
    except (struct.error, IndexError):
        return None
    return size if size and size.width and size.height else None


def _png_size(content: bytes) -> Size | None:
    kind, width, height = _PNG_SIZE.unpack_from(content, len(_PNG_HEAD))
    return Size(width, height) if kind == b"IHDR" else None


def _jpeg_size(content: bytes) -> Size | None:
    at = 2
    while content[at] == 0xFF:  # noqa: PLR2004 - begins every marker
        marker = content[at + 1]
        at += 1
        if marker == 0xFF:  # noqa: PLR2004 - fills up
            continue
        at += 1
        if marker in _JPEG_ENDS:
            return None
        if marker in _JPEG_FRAMES:
            _, height, width = _JPEG_SIZE.unpack_from(content, at)
            return Size(width, height)
        if marker not in _JPEG_BARE:
            at += int.from_bytes(content[at : at + 2], "big")
    return None
