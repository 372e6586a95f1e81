"""What files and objects in S3 are called, and which client opens those in S3."""

from typing import Any

from rekog_versions._text import printable
from rekog_versions.manifests.messages import shown


def has_extension(name: str) -> bool:
    """Whether a key or a path ends in a file extension, as the service wants it."""
    stem, dot, extension = name.rpartition("/")[2].rpartition(".")
    return bool(stem.lstrip(".") and dot and extension)


def is_in_s3(name: str) -> bool:
    """Whether a name is meant to be an `s3://` URI."""
    return name.startswith("s3://")


def s3_place(uri: str) -> tuple[str, str] | None:
    """The bucket and the key of an `s3://` URI; None if it lacks one of the two."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return (bucket, key) if is_in_s3(uri) and bucket and key else None


def prefix_of(images: str) -> str:
    """What stands before the images' names in their `source-ref`s, with a slash at its end.

    Raises:
        ValueError: It is no place in S3.
    """
    bucket = images.removeprefix("s3://").partition("/")[0]
    if not is_in_s3(images) or not bucket:
        raise ValueError(
            f"images must say where in S3 the images are, s3://bucket/prefix, not {shown(images)}: the manifest names "
            "them by it"
        )
    return images if images.endswith("/") else f"{images}/"


def s3_client(s3: Any, name: str) -> Any:
    """The boto3 client for S3.

    Args:
        s3: The client, or anything that has one as `.s3`, such as a `VersionsClient`; None if there is none.
        name: What it is needed for.

    Raises:
        ValueError: There is none.
    """
    if s3 is None:
        raise ValueError(f"'{printable(name, 300)}' is in S3: pass s3=client, a VersionsClient or boto3.client('s3')")
    return s3 if hasattr(s3, "get_object") else s3.s3
