"""Images as callers have them, converted to what DetectCustomLabels accepts.

Pillow is not imported. A Pillow image is recognised by its methods, so any object that can save itself is accepted.
"""

from __future__ import annotations

import io
import os
import re
import struct
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from rekog_versions import models
from rekog_versions._notes import noted
from rekog_versions._text import printable

MOST_ENCODED_BYTES = 4 * 1024 * 1024
"""The developer guide's limit for the bytes of an image; the service model allows 5,242,880."""
MOST_SENT_BYTES = 5_242_880
"""The service model's limit for the bytes of an image."""
_LONGEST_PATH = 4096
_ORIENTATION = 0x0112
_BASE64_STARTS = ("iVBORw0KGgo", "/9j/")
"""The first bytes of a PNG or JPEG file in base64."""
_DECODED_STARTS = ("\x89PNG", "\ufffdPNG", "\xff\xd8\xff", "\ufffd\ufffd\ufffd")
"""The first bytes of a PNG or JPEG file that was decoded as text."""
_BASE64 = re.compile(r"[A-Za-z0-9+/=_\-\s]+")
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
    from a JPEG file is encoded as JPEG, any other as PNG, or as JPEG if the PNG has more than 4 MB. Its EXIF
    orientation is kept, so that the result is the same as for the file; other metadata is left out.

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
        case str() if not image or "://" in image[:_LONGEST_PATH]:
            raise ValueError(
                f"image must be the path of a file or s3://BUCKET/KEY, got '{printable(image, 80)}'; download an image "
                "from the web and pass its bytes"
            )
        case str() if kind := _kind_of_text(image):
            raise ValueError(
                f"image must be bytes, the path of a file or s3://BUCKET/KEY, got {kind} of {len(image):,} characters, "
                f"which starts with '{printable(image, 30)}'"
            )
        case str() | PathLike():
            return models.Image(bytes=_content_of(Path(image)))
        case _ if callable(getattr(image, "save", None)) and callable(getattr(image, "convert", None)):
            return models.Image(bytes=_encoded(image))
        case _:
            raise TypeError(
                f"image must be bytes, a path, an S3Object, an s3:// URI or a Pillow image, got {type(image).__name__}"
            )


def _kind_of_text(text: str) -> str | None:
    """Return the kind of a text that is an image rather than the path of one; None if it may be a path."""
    start = text[:30]
    if start.startswith("data:"):
        return "a data URL (pass base64.b64decode(text.partition(',')[2]))"
    if start.startswith(_DECODED_STARTS):
        return "the bytes of an image as text (open the file in binary mode and pass its bytes)"
    if (
        len(text) > _LONGEST_PATH
        or "\0" in text
        or (start.startswith(_BASE64_STARTS) and not Path(text[:250]).exists())
    ):
        is_base64 = _BASE64.fullmatch(text[:200]) is not None
        return "a base64 text (pass base64.b64decode(text))" if is_base64 else "a text that is not a path"
    return None


def _content_of(path: Path) -> bytes:
    """Return the content of a file. At most as many bytes as an image may have are read.

    Raises:
        OSError: The file cannot be read.
        ValueError: It has too many bytes.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_SENT_BYTES + 1)
            size = max(os.fstat(file.fileno()).st_size, len(content))
    except FileNotFoundError as error:
        raise noted(
            error,
            f"image is the path of a file, and the current folder is {printable(str(Path.cwd()), 300)}. Check it, "
            "or pass the image's bytes or s3://BUCKET/KEY.",
        ) from None
    except IsADirectoryError as error:
        raise noted(error, "image must be one file; call this once for each file of the folder.") from None
    if len(content) > MOST_SENT_BYTES:
        raise ValueError(
            f"image must have at most {MOST_SENT_BYTES:,} bytes, got {size:,} bytes in {printable(str(path), 300)}. "
            "Scale it down, or upload it to S3, where 15 MB are allowed, and pass s3://BUCKET/KEY"
        )
    return content


def image_note(image: models.Image) -> str | None:
    """Return a note on the limit that the bytes of an image exceed, or None if they exceed none that can be checked."""
    from rekog_versions.manifests.images.headers import Header, read_header  # noqa: PLC0415  (for rejections only)
    from rekog_versions.manifests.images.image_check import (  # noqa: PLC0415
        LARGEST_ASPECT,
        LONGEST_SIDE,
        SHORTEST_SIDE,
    )

    content = image.bytes
    if content is None:
        return None
    try:
        header = read_header(content)
    except ImportError:  # the size in pixels needs Pillow
        header = Header()
    width, height = header.width, header.height
    size = f"The image has {width:,} x {height:,} pixels" if width and height else ""
    if width and height and max(width, height) > LONGEST_SIDE:
        return f"{size}, and each side may have at most {LONGEST_SIDE:,}. Scale it down."
    if width and height and min(width, height) < SHORTEST_SIDE:
        return f"{size}, and each side must have at least {SHORTEST_SIDE}."
    if width and height and max(width, height) > LARGEST_ASPECT * min(width, height):
        return f"{size}, and one side may be at most {LARGEST_ASPECT} times the other."
    if len(content) > MOST_ENCODED_BYTES:
        return (
            f"The image has {len(content):,} bytes, and the developer guide allows {MOST_ENCODED_BYTES:,} (4 MB). "
            "Scale it down, or upload it to S3, where 15 MB are allowed."
        )
    if header.format not in ("PNG", "JPEG"):
        return f"The image must be a PNG or JPEG file, and its format is {header.format or 'unknown'}."
    return None


def _encoded(image: PillowImage) -> bytes:
    if image.mode.startswith(_DEEP_MODES):
        raise ValueError(
            f"a Pillow image of mode {printable(image.mode, 20)} has no defined value range; scale it to 0 to 255 and "
            "convert it to L or RGB, or pass the bytes or the path of its file"
        )
    exif = _exif_of(image)
    if exif is None and getattr(image, "format", None) not in ("JPEG", "MPO"):
        encoded = _saved(image if image.mode in _PNG_MODES else image.convert("RGB"), "PNG")
        if len(encoded) <= MOST_ENCODED_BYTES:
            return encoded
    opaque: PillowImage = image if image.mode in ("L", "RGB") else image.convert("RGB")
    for quality in _QUALITIES:
        encoded = _saved(opaque, "JPEG", quality=quality, **({} if exif is None else {"exif": exif}))
        if len(encoded) <= MOST_ENCODED_BYTES:
            return encoded
    raise ValueError(
        f"the image has more than 4 MB even as a JPEG of quality {_QUALITIES[-1]}; scale it down, or upload it to S3"
    )


def _exif_of(image: PillowImage) -> bytes | None:
    """Return an EXIF with the orientation of an image and nothing else; None if the image is upright."""
    try:
        orientation = image.getexif().get(_ORIENTATION)  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001  (the EXIF is malformed, or the object has none)
        return None
    if not isinstance(orientation, int) or not 2 <= orientation <= 8:  # noqa: PLR2004  (the values of EXIF)
        return None
    return b"Exif\0\0" + struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)


def _saved(image: PillowImage, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()
