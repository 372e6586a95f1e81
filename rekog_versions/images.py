"""Images as people have them, made into what DetectCustomLabels takes.

Pillow is not imported: an image of it is known by its methods, so that any object that saves itself will do.
"""

import io
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from rekog_versions._text import printable
from rekog_versions.models.assets import S3Object
from rekog_versions.models.detection import Image

GUIDES_LIMIT = 4 * 1024 * 1024
"""What the developer guide allows for the bytes of an image; the service model allows 5,242,880."""
_QUALITIES = (95, 90, 80, 70)
_DEEP = ("I", "F")
"""How modes of more than 8 bits a channel begin: Pillow clips them to 0 to 255, whatever their range is."""
_PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})


class PillowImage(Protocol):
    """What is used of an image of Pillow's."""

    @property
    def mode(self) -> str:
        """How its pixels are counted."""
        ...

    def save(self, fp: Any, format: str | None = None, **params: Any) -> None:  # noqa: A002  (Pillow's name)
        """Writes it."""
        ...

    def convert(self, mode: str) -> Any:
        """The same image with its pixels counted in another way."""
        ...


ImageRef: TypeAlias = "bytes | bytearray | memoryview | str | PathLike[str] | S3Object | Image | PillowImage"
"""An image: its bytes, a file's path, an object in S3 (also as `s3://BUCKET/KEY`), or an image of Pillow's."""


def image_of(image: ImageRef) -> Image:
    """Makes of an image what DetectCustomLabels takes. A file is read, an image of Pillow's is encoded.

    A string that starts with `s3://` names an object in S3, any other a file. What came out of a JPEG file is encoded
    as JPEG, anything else as PNG, and as JPEG if that is more than 4 MB.

    Raises:
        OSError: The file can't be read.
        ValueError: The image has no bytes or too many of them (`pydantic.ValidationError`), the URI is none, or the
            image of Pillow's has more than 8 bits a channel.
        TypeError: It is nothing of the kind.
    """
    match image:
        case Image():
            return image
        case S3Object():
            return Image(s3_object=image)
        case bytes() | bytearray() | memoryview():
            return Image(bytes=bytes(image))
        case str() if image.startswith("s3://"):
            return Image(s3_object=S3Object.from_uri(image))
        case str() if not image or "://" in image:
            raise ValueError(
                f"an image as text is the path of a file or s3://BUCKET/KEY, not '{printable(image, 80)}'; of what is "
                "on the web, pass the bytes"
            )
        case str() | PathLike():
            return Image(bytes=Path(image).read_bytes())
        case _ if callable(getattr(image, "save", None)) and callable(getattr(image, "convert", None)):
            return Image(bytes=_encoded(image))
        case _:
            raise TypeError(
                "an image is bytes, a path, an S3Object, an s3:// URI or an image of Pillow's, "
                f"not a {type(image).__name__}"
            )


def _encoded(image: PillowImage) -> bytes:
    if image.mode.startswith(_DEEP):
        raise ValueError(
            f"an image of mode {printable(image.mode, 20)} has no range of its own of values; scale it to 0 to 255 "
            "and convert it to L or RGB, or pass the bytes or the path of its file, which goes out as it is"
        )
    if getattr(image, "format", None) not in ("JPEG", "MPO"):
        encoded = _saved(image if image.mode in _PNG_MODES else image.convert("RGB"), "PNG")
        if len(encoded) <= GUIDES_LIMIT:
            return encoded
    opaque: PillowImage = image if image.mode in ("L", "RGB") else image.convert("RGB")
    for quality in _QUALITIES:
        encoded = _saved(opaque, "JPEG", quality=quality)
        if len(encoded) <= GUIDES_LIMIT:
            return encoded
    raise ValueError(
        f"the image has more than 4 MB even as a JPEG of quality {_QUALITIES[-1]}; scale it down, or put it into S3"
    )


def _saved(image: PillowImage, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()
