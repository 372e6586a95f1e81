"""Decode PNG and JPEG images that other people made. Needs Pillow, so import this module where it is used."""

from io import BytesIO

from PIL import Image

from rekog_versions._text import printable
from rekog_versions.manifests.images.headers import image_reader

MOST_PIXELS = 64_000_000
"""Images with more pixels are not decoded. The service accepts 16,777,216."""


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""The operation that makes an image with an EXIF orientation upright."""


class UndecodableImageError(ValueError):
    """An image can't be decoded. The message is printable."""


def decode_image(content: bytes, *, fit: tuple[int, int] | None = None) -> Image.Image:
    """Decode a PNG or JPEG image, with the pixels as stored. No other format is decoded.

    Args:
        content: The file.
        fit: The width and the height that the picture will be scaled to. A JPEG is then decoded at a lower resolution
            that is not below this, which is several times as fast.

    Returns:
        The image, in the mode of the file.

    Raises:
        UndecodableImageError: It is in another format, invalid or incomplete, or has over 64 million pixels.
    """
    reader = image_reader(content)
    if reader is None:
        raise UndecodableImageError("it is not a PNG or a JPEG")
    try:
        image = reader(BytesIO(content))
    except Exception as error:  # Pillow's readers raise all kinds of errors for invalid files
        raise _undecodable(error) from error
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise UndecodableImageError(f"it has {width:,} x {height:,} pixels; at most {MOST_PIXELS:,} are decoded")
    try:
        if fit is not None:
            image.draft(None, fit)
        image.load()
    except Exception as error:
        raise _undecodable(error) from error
    return image


def upright(image: Image.Image, orientation: int | None) -> Image.Image:
    """Return an image as viewers show it.

    Args:
        image: The pixels as stored.
        orientation: The EXIF orientation from the header, 1 to 8.
    """
    turn = _TURNS.get(orientation or 1)
    return image if turn is None else image.transpose(turn)


def _undecodable(error: Exception) -> UndecodableImageError:
    return UndecodableImageError(f"it can't be decoded: {printable(str(error), 200)}")
