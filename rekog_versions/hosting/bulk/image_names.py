"""The images of a bulk detection, by name: from a bucket, a manifest, a folder or an iterable."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias, cast

import msgspec

from rekog_versions._aws.s3 import S3Location, is_s3_uri, list_keys
from rekog_versions._text import printable, shown
from rekog_versions.hosting.bulk.journal import ListedImage
from rekog_versions.manifests.sources import LONGEST_LINE, ManifestLines, NamedSource, SourceError, open_source
from rekog_versions.models.assets import S3Object

ImageName: TypeAlias = str | os.PathLike[str] | S3Object
"""An image that can be found again: the path of a file, `s3://BUCKET/KEY` or an `S3Object` without a version."""
ImageNames: TypeAlias = str | os.PathLike[str] | Iterable[ImageName]
"""The images of a bulk detection: `s3://BUCKET/PREFIX`, a manifest, a folder, or an iterable of names."""

_SUFFIXES = (".jpg", ".jpeg", ".png")
_MANIFESTS = (".manifest", ".jsonl", ".json", ".ndjson")
_KINDS = "s3://BUCKET/PREFIX, a manifest, a folder, or an iterable of paths, s3:// URIs and S3Objects"


def images_of(images: object, s3: Callable[[], Any]) -> Iterator[ListedImage]:
    """Return the images that a caller means, each once for each time that it is named.

    An `s3://` URI that ends in .manifest, .jsonl, .ndjson or .json is a manifest, and any other one is a prefix, whose
    images end in .jpg, .jpeg or .png. A path is a folder, with all folders below it, or a manifest.

    Args:
        images: The images.
        s3: Return a boto3 client for S3, which is only needed for a bucket or a manifest in S3.

    Raises:
        TypeError: `images` is something else.
        ValueError: `images` is empty, an incomplete URI or an image instead of several.
        OSError: A file or folder cannot be read.
        BotoCoreError, ClientError: S3 cannot be reached or rejects a request.
    """
    if isinstance(images, str | os.PathLike):
        name = os.fspath(cast("str | os.PathLike[str]", images))
        if not isinstance(cast("object", name), str) or not name.strip():
            raise ValueError(f"images must be {_KINDS}, got an empty path")
        if is_s3_uri(name):
            return _in_s3(name, s3)
        return _below(Path(name)) if Path(name).is_dir() else _in_manifest(name, None, Path(name))
    if isinstance(images, bytes | S3Object) or not isinstance(images, Iterable):
        raise TypeError(f"images must be {_KINDS}, got {type(images).__name__}")
    return map(_named, cast("Iterable[object]", images))


def _in_s3(uri: str, s3: Callable[[], Any]) -> Iterator[ListedImage]:
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    if not bucket:
        raise ValueError(f"images must be {_KINDS}, got '{printable(uri, 200)}'")
    if prefix.lower().endswith(_SUFFIXES):
        raise ValueError(f"images must be several images, got '{printable(uri, 200)}'. For one, pass [{shown(uri)}]")
    if prefix.lower().endswith(_MANIFESTS):
        return _in_manifest(uri, s3(), S3Location(bucket, prefix))
    keys = list_keys(s3(), S3Location(bucket, prefix))
    return (ListedImage(f"s3://{bucket}/{key}") for key in keys if key.lower().endswith(_SUFFIXES))


def _below(folder: Path) -> Iterator[ListedImage]:
    for root, folders, files in os.walk(folder, onerror=_raise):
        folders.sort()
        for name in sorted(files):
            if name.lower().endswith(_SUFFIXES):
                yield _named(Path(root, name))


def _raise(error: OSError) -> None:
    raise error


class _Line(msgspec.Struct):
    source_ref: str = msgspec.field(name="source-ref")


def _in_manifest(name: str, s3: Any, content: Path | S3Location) -> Iterator[ListedImage]:
    decoder = msgspec.json.Decoder(_Line)
    try:
        with open_source(NamedSource(content, name), s3) as file:
            number = 0
            for lines in ManifestLines(file, name):
                for line in lines:
                    number += 1
                    if line.strip():
                        yield _of_line(line, decoder, f"{name}, line {number}")
    except SourceError as error:
        raise OSError(f"the manifest {shown(name)} cannot be read: {error}") from error


def _of_line(line: bytes, decoder: "msgspec.json.Decoder[_Line]", place: str) -> ListedImage:
    try:
        found = decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        reason = "it is too long" if len(line) > LONGEST_LINE else printable(str(error), 200)
        return ListedImage(printable(place, 500), f"the line is not a JSON object with a source-ref: {reason}")
    return _named(found.source_ref)


def _named(image: object) -> ListedImage:
    """Return an image by its name.

    Raises:
        TypeError: It is not a name.
    """
    match image:
        case S3Object():
            if image.version is not None:
                raise ValueError("images must be named without a version of the object, got an S3Object with one")
            name = str(S3Location.of(image))
        case str() | os.PathLike():
            name = os.fspath(cast("str | os.PathLike[str]", image))
        case _:
            raise TypeError(
                f"each image must be a path, s3://BUCKET/KEY or an S3Object, got {type(image).__name__}. Save "
                "images to files first: a rerun must find them again"
            )
    try:
        name.encode()
    except UnicodeEncodeError:
        return ListedImage(ascii(name), "its name is not valid UTF-8; rename it")
    return ListedImage(name)
