"""Images as callers have them, converted to what DetectCustomLabels accepts.

Pillow is not imported. A Pillow image is recognised by its methods, so any object that can save itself is accepted.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from rekog_versions import models
from rekog_versions._text import printable

MOST_ENCODED_BYTES = 4 * 1024 * 1024
"""The developer guide's limit for the bytes of an image; the service model allows 5,242,880."""
_QUALITIES = (95, 90, 80, 70)
_DEEP_MODES = ("I", "F")
"""Modes with more than 8 bits a channel start with these. Pillow would clip their values to 0 to 255."""
_PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})


class PillowImage(Protocol):
    """The parts of a Pillow image that are used."""

    @property
    def mode(self) -> str:
        """The pixel format."""
        ...

    def save(self, fp: Any, format: str | None = None, **params: Any) -> None:  # noqa: A002  (Pillow's name)
        """Write the image to a file object."""
        ...

    def convert(self, mode: str) -> Any:
        """Return the image in another pixel format."""
        ...


ImageDict: TypeAlias = Mapping[str, Any]
"""The `Image` of a request as a dict."""
ImageRef: TypeAlias = (
    "bytes | bytearray | memoryview | str | PathLike[str] | models.S3Object | models.Image | ImageDict | PillowImage"
)
"""An image: its bytes, the path of a file, an object in S3 (also as `s3://BUCKET/KEY` or as a dict such as
`{"S3Object": {"Bucket": ..., "Name": ...}}`), or a Pillow image."""


def image_for_request(image: ImageRef) -> models.Image:
    """Convert an image to the `Image` of a request. Files are read, and Pillow images are encoded.

    A string that starts with `s3://` names an object in S3; any other string is a path. A Pillow image that was read
    from a JPEG file is encoded as JPEG, any other as PNG, or as JPEG if the PNG has more than 4 MB.

    Raises:
        OSError: The file cannot be read.
        ValueError: The image is empty or too large (`pydantic.ValidationError`), the URI is invalid, or the Pillow
            image has more than 8 bits a channel.
        TypeError: `image` has an unsupported type.
    """
    match image:
        case models.Image():
            return image
        case models.S3Object():
            return models.Image(s3_object=image)
        case Mapping():
            return models.Image.model_validate(image)
        case bytes() | bytearray() | memoryview():
            return models.Image(bytes=bytes(image))
        case str() if image.startswith("s3://"):
            return models.Image(s3_object=models.S3Object.from_uri(image))
        case str() if not image or "://" in image:
            raise ValueError(
                f"image must be the path of a file or s3://BUCKET/KEY, got '{printable(image, 80)}'; download an image "
                "from the web and pass its bytes"
            )
        case str() | PathLike():
            return models.Image(bytes=Path(image).read_bytes())
        case _ if callable(getattr(image, "save", None)) and callable(getattr(image, "convert", None)):
            return models.Image(bytes=_encoded(image))
        case _:
            raise TypeError(
                f"image must be bytes, a path, an S3Object, an s3:// URI or a Pillow image, got {type(image).__name__}"
            )


def _encoded(image: PillowImage) -> bytes:
    if image.mode.startswith(_DEEP_MODES):
        raise ValueError(
            f"a Pillow image of mode {printable(image.mode, 20)} has no defined value range; scale it to 0 to 255 and "
            "convert it to L or RGB, or pass the bytes or the path of its file"
        )
    if getattr(image, "format", None) not in ("JPEG", "MPO"):
        encoded = _saved(image if image.mode in _PNG_MODES else image.convert("RGB"), "PNG")
        if len(encoded) <= MOST_ENCODED_BYTES:
            return encoded
    opaque: PillowImage = image if image.mode in ("L", "RGB") else image.convert("RGB")
    for quality in _QUALITIES:
        encoded = _saved(opaque, "JPEG", quality=quality)
        if len(encoded) <= MOST_ENCODED_BYTES:
            return encoded
    raise ValueError(
        f"the image has more than 4 MB even as a JPEG of quality {_QUALITIES[-1]}; scale it down, or upload it to S3"
    )


def _saved(image: PillowImage, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()
