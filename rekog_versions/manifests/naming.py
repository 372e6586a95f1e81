"""Names of manifests and prefixes of images."""

import re
from typing import cast
from urllib.parse import unquote, unquote_plus

from rekog_versions._aws.s3 import is_s3_uri
from rekog_versions._text import shown

_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")


def has_extension(name: str) -> bool:
    """Return True if a key or a path ends in a file extension, which the service requires of a manifest."""
    stem, dot, extension = name.rpartition("/")[2].rpartition(".")
    return bool(stem.lstrip(".") and dot and extension)


def image_prefix(images: str) -> str:
    """Return the prefix of the images' `source-ref`s, with a slash at its end.

    Raises:
        ValueError: `images` does not start with `s3://bucket`.
    """
    if (
        not isinstance(cast("object", images), str)
        or not is_s3_uri(images)
        or not images.removeprefix("s3://").partition("/")[0]
    ):
        raise ValueError(
            f"images must be the place of the images in S3, s3://bucket/prefix, got {shown(images)}: each line names "
            "its image by it"
        )
    return images if images.endswith("/") else f"{images}/"


def decoded_key(source_ref: str, *, plus: bool = False) -> str | None:
    """Return the key of a valid `source-ref` without URL escapes; None if it has none, or they are invalid UTF-8.

    Args:
        source_ref: The image, `s3://bucket/key`.
        plus: True if a `+` is an escape too, for a space.
    """
    key = source_ref.removeprefix("s3://").partition("/")[2]
    if not _ESCAPE.search(key) and not (plus and "+" in key):
        return None
    try:
        return unquote_plus(key, errors="strict") if plus or "+" in key else unquote(key, errors="strict")
    except UnicodeDecodeError:
        return None
