"""Names of manifests and prefixes of images."""

from rekog_versions._aws.s3 import is_s3_uri
from rekog_versions._text import shown


def has_extension(name: str) -> bool:
    """Return True if a key or a path ends in a file extension, which the service requires of a manifest."""
    stem, dot, extension = name.rpartition("/")[2].rpartition(".")
    return bool(stem.lstrip(".") and dot and extension)


def image_prefix(images: str) -> str:
    """Return the prefix of the images' `source-ref`s, with a slash at its end.

    Raises:
        ValueError: `images` does not start with `s3://bucket`.
    """
    if not is_s3_uri(images) or not images.removeprefix("s3://").partition("/")[0]:
        raise ValueError(
            f"images must be the place of the images in S3, s3://bucket/prefix, got {shown(images)}: each line names "
            "its image by it"
        )
    return images if images.endswith("/") else f"{images}/"
