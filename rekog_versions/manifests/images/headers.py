"""Read the format, the size and the EXIF orientation of an image from its first bytes. The pixels are never decoded.

Pillow (the extra `images`) is imported when the first PNG or JPEG is read.
"""

import io
import struct
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_JPEG_SIGNATURE = b"\xff\xd8\xff"
_OTHER_SIGNATURES = (
    # The service accepts none of these, so their names are enough, and Pillow's readers for them are not run.
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
_EXIF_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_EXIF_ORIENTATION = 0x0112
_ORIENTATIONS = range(1, 9)
_ROTATED = frozenset({5, 6, 7, 8})  # orientations that swap height and width


@dataclass(frozen=True, slots=True)
class Header:
    """The content of an image's header."""

    format: str | None = None
    """`"PNG"`, `"JPEG"`, the name of another format, or None if the format is unknown."""
    width: int | None = None
    """Pixels, as stored; None unless the file is a PNG or a JPEG with a valid header."""
    height: int | None = None
    """Pixels, as stored; None unless the file is a PNG or a JPEG with a valid header."""
    is_rotated: bool = False
    """True if the EXIF orientation rotates the image by 90 degrees, so that viewers swap height and width."""
    is_incomplete: bool = False
    """True if the given bytes end within the header."""
    orientation: int | None = None
    """The EXIF orientation, 1 to 8; None if there is none."""


def read_header(head: bytes) -> Header:
    """Return the header of an image. Invalid bytes never raise an error.

    Args:
        head: The file, or its first bytes.

    Raises:
        ImportError: Pillow is not installed.
    """
    reader = image_reader(head)
    if reader is not None:
        return _read(reader, "PNG" if head.startswith(_PNG_SIGNATURE) else "JPEG", head)
    return Header(next((name for at, magic, name in _OTHER_SIGNATURES if head.startswith(magic, at)), None))


def image_reader(head: bytes) -> "type[ImageFile] | None":
    """Return Pillow's class for a PNG or a JPEG; None if the file is neither.

    `Image.open()` is not used: it reports a JPEG with a second image in it, as phones make them, as an MPO, and it does
    not return the size of very large images.

    Raises:
        ImportError: Pillow is not installed.
    """
    if head.startswith(_PNG_SIGNATURE):
        from PIL.PngImagePlugin import PngImageFile  # noqa: PLC0415  (an extra)

        return PngImageFile
    return _jpeg_reader() if head.startswith(_JPEG_SIGNATURE) else None


def require_pillow() -> None:
    """Check that Pillow is installed.

    Raises:
        ImportError: It is not installed; the message has the command that installs it.
    """
    try:
        import_module("PIL.Image")
    except ImportError as error:
        raise ImportError(
            'reading images needs Pillow, which is not installed. Run: pip install "rekog_versions[images]"'
        ) from error


class _Head(io.BytesIO):
    """The first bytes of a file. It records whether a reader asked for more."""

    is_incomplete = False

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        self.is_incomplete |= size is None or size < 0 or len(content) < size
        return content


@cache
def _jpeg_reader() -> "type[ImageFile]":
    from PIL.Image import Exif  # noqa: PLC0415  (an extra)
    from PIL.JpegImagePlugin import JpegImageFile  # noqa: PLC0415  (an extra)

    class Reader(JpegImageFile):
        def getexif(self) -> Exif:
            # Pillow looks for the resolution here and warns about a broken EXIF. Where warnings are errors, the whole
            # header would count as broken.
            return Exif()

    return Reader


def _read(reader: "type[ImageFile]", name: str, head: bytes) -> Header:
    file = _Head(head)
    try:
        image = reader(file)
    except Exception:  # noqa: BLE001  (Pillow's readers raise all kinds of errors for invalid files)
        return Header(name, is_incomplete=file.is_incomplete)
    orientation = _orientation(image.info.get("exif"))
    return Header(name, *image.size, is_rotated=orientation in _ROTATED, orientation=orientation)


def _orientation(exif: object) -> int | None:
    """Return the orientation in an EXIF; None if it has none or can't be read that far.

    Pillow's own EXIF reader is not used: it warns about broken ones, and warnings can't be turned off for one
    thread only.
    """
    content = exif.removeprefix(b"Exif\0\0") if isinstance(exif, bytes) else b""
    order = _EXIF_BYTE_ORDERS.get(content[:4])
    if order is None:
        return None
    try:
        (start,) = struct.unpack_from(f"{order}I", content, 4)
        (entries,) = struct.unpack_from(f"{order}H", content, start)
        for entry in range(entries):
            tag, value = struct.unpack_from(f"{order}H6xH", content, start + 2 + entry * 12)
            if tag == _EXIF_ORIENTATION:
                return int(value) if value in _ORIENTATIONS else None
    except struct.error:
        pass
    return None
