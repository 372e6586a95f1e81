"""What kind of picture some bytes are and how large it is, read by Pillow from the first of them, never decoded.

Pillow is the extra `images`, and is imported when the first picture is looked at.
"""

import io
import struct
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_JPEG_HEAD = b"\xff\xd8\xff"
_OTHERS = (
    # the service takes none of these, so a name for the message is all that matters, and their (many) readers rest
    (0, b"GIF8", "GIF"),
    (0, b"BM", "BMP"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (8, b"WEBP", "WEBP"),
    (4, b"ftypavif", "AVIF"),
    (4, b"ftypheic", "HEIF"),
    (4, b"ftypheix", "HEIF"),
    (4, b"ftypmif1", "HEIF"),
    (0, b"\x00\x00\x00\x0cjP  ", "JPEG2000"),
    (0, b"8BPS", "PSD"),
    (0, b"%PDF-", "PDF"),
)
_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_ORIENTATION = 0x0112  # the EXIF tag
_QUARTER_TURNS = frozenset({5, 6, 7, 8})


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes of a file say."""

    format: str | None = None
    """`"PNG"`, `"JPEG"`, the name of another format, or None if it is none that is known."""
    width: int | None = None
    """Pixels, as stored; None unless it is a PNG or JPEG whose header could be read."""
    height: int | None = None
    is_turned: bool = False
    """Whether the EXIF orientation turns the picture by a quarter, so that viewers show height and width swapped."""
    goes_on: bool = False
    """Whether the bytes end before the header does, so that more of the file would tell."""


def read_header(head: bytes) -> Header:
    """Reads the header of a picture.

    Args:
        head: The file, or its first bytes.

    Returns:
        What they say. No bytes make it raise.

    Raises:
        ImportError: Pillow isn't installed.
    """
    if head.startswith(_PNG_HEAD):
        from PIL.PngImagePlugin import PngImageFile  # noqa: PLC0415 - an extra

        return _read(PngImageFile, "PNG", head)
    if head.startswith(_JPEG_HEAD):
        return _read(_jpeg_reader(), "JPEG", head)
    return Header(next((name for at, magic, name in _OTHERS if head.startswith(magic, at)), None))


def require_pillow() -> None:
    """Checks that headers can be read.

    Raises:
        ImportError: Pillow isn't installed; the message says how to get it.
    """
    try:
        import_module("PIL.Image")
    except ImportError as error:
        raise ImportError(
            'to look at images, Pillow is needed, and it is not installed: pip install "rekog_versions[images]"'
        ) from error


class _Head(io.BytesIO):
    """Bytes that know whether more was wanted than there is."""

    ran_out = False

    def read(self, size: int | None = -1, /) -> bytes:
        got = super().read(size)
        self.ran_out |= size is None or size < 0 or len(got) < size
        return got


@cache
def _jpeg_reader() -> "type[ImageFile]":
    from PIL.Image import Exif  # noqa: PLC0415 - an extra
    from PIL.JpegImagePlugin import JpegImageFile  # noqa: PLC0415 - an extra

    # not Image.open(): that calls a JPEG with a second picture in it (as telephones make them) an MPO, and refuses to
    # tell the size of very large ones
    class Reader(JpegImageFile):
        def getexif(self) -> Exif:
            # Pillow looks there for the resolution, and warns of what is broken: where warnings are errors, the header
            # would count as broken, too
            return Exif()

    return Reader


def _read(reader: "type[ImageFile]", name: str, head: bytes) -> Header:
    file = _Head(head)
    try:
        picture = reader(file)
    except Exception:  # noqa: BLE001 - on a hostile file, Pillow's readers raise whatever happens to go wrong
        return Header(name, goes_on=file.ran_out)
    return Header(name, *picture.size, is_turned=_orientation(picture.info.get("exif")) in _QUARTER_TURNS)


def _orientation(exif: object) -> int | None:
    """The orientation in the first directory of an EXIF, if it can be read: a broken one turns nothing."""
    content = exif.removeprefix(b"Exif\0\0") if isinstance(exif, bytes) else b""
    order = _BYTE_ORDERS.get(content[:4])
    if order is None:
        return None
    try:
        (at,) = struct.unpack_from(f"{order}I", content, 4)
        (entries,) = struct.unpack_from(f"{order}H", content, at)
        for entry in range(entries):
            tag, value = struct.unpack_from(f"{order}H6xH", content, at + 2 + entry * 12)
            if tag == _ORIENTATION:
                return int(value)
    except struct.error:
        pass
    return None
