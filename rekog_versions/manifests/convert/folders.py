"""Convert a folder of folders of images: the name of a folder is the label of its images."""

import os
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path, PurePath
from typing import Any, Protocol

from rekog_versions._aws.s3 import S3Location, is_s3_uri, list_folders, list_keys, s3_client
from rekog_versions._text import shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import ImageLevelLine
from rekog_versions.manifests.convert.assembly import LineOptions, convert_labels
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport, Split
from rekog_versions.manifests.convert.records import SourceImage, split_named
from rekog_versions.manifests.convert.walking import check_folder, files_below
from rekog_versions.manifests.images.headers import require_pillow
from rekog_versions.manifests.images.image_check import ImageInfo, ImageProblem, check_image
from rekog_versions.manifests.images.readers import image_info_from_file, images_from_s3
from rekog_versions.manifests.naming import image_prefix

_AT_ONCE = 1000  # images whose headers are read together
_EXTENSIONS = frozenset({".png", ".jpg", ".jpeg"})


def from_folder(
    folder: str | os.PathLike[str],
    images: str | None = None,
    *,
    splits: bool | None = None,
    check_images: bool = False,
    attribute: str = "label",
    s3: Any = None,
) -> ConvertedLines[ImageLevelLine]:
    """Convert a folder that has a folder of images for each label, on disk or in S3.

    The image `folder/cat/tabby/1.jpg` becomes `s3://bucket/prefix/cat/tabby/1.jpg` with the label `cat`. Folders within
    a label's folder do not change the label. Keys are the file names, unchanged, as `aws s3 sync folder
    s3://bucket/prefix` writes them. Files are sorted by name.

    A folder whose own folders are named after splits (`train`, `val`, `test`) has the label's folders in those. If only
    some of its folders are named so, `splits` must be given.

    These are left out: images outside of a label's folder, hidden files and folders, links to folders, broken links,
    and files whose names do not end in `.png`, `.jpg` or `.jpeg`.

    Args:
        folder: The folder on disk, or `s3://bucket/prefix`.
        images: The place of the folder in S3: `s3://bucket/prefix`. It is not given if `folder` is in S3.
        splits: True if the outer folders are splits, False if they are labels. By default, their names decide.
        check_images: Read the header of each image too, and leave out images that the service would reject, such as a
            WebP file named `.jpg` or a side under 64 pixels. Needs Pillow: `pip install "rekog_versions[images]"`.
        attribute: The name of the label's attribute in the lines.
        s3: For a folder in S3: a boto3 client for it, or a `VersionsClient`. It needs s3:ListBucket.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, or `s3` is missing.
        ImportError: `check_images` is True and Pillow is not installed.
        NotADirectoryError: `folder` is not a folder.
        ManifestError: While iterating: some folders have names of splits and others do not, or all labels have.
        botocore.exceptions.ClientError: While iterating: S3 rejected a request.
    """
    name = os.fspath(folder)
    if check_images:
        require_pillow()
    if is_s3_uri(name):
        if images is not None:
            raise ValueError(f"images must not be given for a folder in S3, got {shown(images)}")
        prefix = image_prefix(name)
        source: _Source = _BucketSource(prefix, s3_client(s3, prefix))
    else:
        prefix = image_prefix(images or "")
        source = _DiskSource(check_folder(folder), prefix)
    options = LineOptions(prefix, "labels", attribute)
    return convert_labels(partial(_images, source, splits, check_images), options)


def _images(
    source: "_Source", splits: bool | None, check_images: bool, report: ConversionReport
) -> Iterator[SourceImage]:
    has_splits = _has_splits(source.folders(), splits)
    are_labels_missing = has_splits
    keys = _image_keys(source, report)
    for key, label, split in _labeled(source.accepted(keys, report) if check_images else keys, report, has_splits):
        are_labels_missing = False
        yield SourceImage(key, source.source_ref(key), labels={label: 1}, split=split, is_key=True)
    if are_labels_missing and report.counts.get(ConversionReason.NO_LABEL):
        raise ManifestError(
            "the folders are all named after splits, and have no folders of labels in them. Pass splits=False if these "
            "names are the labels, or sort the images of each split into a folder for each label"
        )


def _has_splits(folders: list[str], splits: bool | None) -> bool:
    """Return True if the outer folders are splits.

    Raises:
        ManifestError: Only some of their names are names of splits.
    """
    if splits is not None:
        return splits
    named = [name for name in folders if split_named(name)]
    if named and len(named) < len(folders):
        other = next(name for name in folders if name not in named)
        raise ManifestError(
            f"the folder has {shown(named[0])}, the name of a split, beside {shown(other)}. Pass splits=False if all "
            "folders are labels, or splits=True to convert the folders of splits only"
        )
    return bool(named)


def _image_keys(source: "_Source", report: ConversionReport) -> Iterator[str]:
    for key in source.keys(report):
        if PurePath(key).suffix.lower() in _EXTENSIONS:
            yield key
        else:
            report.add(ConversionReason.NOT_AN_IMAGE, key, "its name does not end in .png, .jpg or .jpeg")


def _labeled(
    keys: Iterator[str], report: ConversionReport, has_splits: bool
) -> Iterator[tuple[str, str, Split | None]]:
    for key in keys:
        *folders, _ = key.split("/")
        split = split_named(folders[0]) if has_splits and folders else None
        if has_splits and split is None:
            report.add(ConversionReason.NO_LABEL, key, "it is not in the folder of a split")
        elif len(folders) <= has_splits:
            report.add(ConversionReason.NO_LABEL, key, "it is not in a label's folder")
        else:
            yield key, folders[has_splits], split


class _Source(Protocol):
    def folders(self) -> list[str]:
        """Return the names of the outer folders."""
        ...

    def keys(self, report: ConversionReport) -> Iterator[str]:
        """Yield the files, relative to the folder."""
        ...

    def source_ref(self, key: str) -> str:
        """Return the `source-ref` of a file."""
        ...

    def accepted(self, keys: Iterator[str], report: ConversionReport) -> Iterator[str]:
        """Yield the images that the service accepts, by their headers."""
        ...


class _DiskSource:
    def __init__(self, root: Path, prefix: str) -> None:
        self._root = root
        self._prefix = prefix

    def folders(self) -> list[str]:
        with os.scandir(self._root) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))

    def keys(self, report: ConversionReport) -> Iterator[str]:
        return (path.as_posix() for path in files_below(self._root, report))

    def source_ref(self, key: str) -> str:
        return f"{self._prefix}{key}"

    def accepted(self, keys: Iterator[str], report: ConversionReport) -> Iterator[str]:
        return (key for key in keys if _is_accepted(image_info_from_file(self._root / key), key, report))


class _BucketSource:
    def __init__(self, prefix: str, client: Any) -> None:
        self._location = S3Location(*prefix.removeprefix("s3://").split("/", 1))
        self._client = client

    def folders(self) -> list[str]:
        found = (name[len(self._location.key) : -1] for name in list_folders(self._client, self._location))
        return [name for name in found if name and not name.startswith(".")]

    def keys(self, report: ConversionReport) -> Iterator[str]:
        for name in list_keys(self._client, self._location):
            key = name[len(self._location.key) :]
            if any(part.startswith(".") for part in key.split("/")):
                report.add(ConversionReason.HIDDEN, key)
            elif key and not key.endswith("/"):  # consoles create empty objects for folders
                yield key

    def source_ref(self, key: str) -> str:
        return f"s3://{self._location.bucket}/{self._location.key}{key}"

    def accepted(self, keys: Iterator[str], report: ConversionReport) -> Iterator[str]:
        read = images_from_s3(self._client)
        while batch := list(islice(keys, _AT_ONCE)):
            infos = dict(read((key, self.source_ref(key)) for key in batch))
            yield from (key for key in batch if _is_accepted(infos[key], key, report))


def _is_accepted(image: ImageInfo, key: str, report: ConversionReport) -> bool:
    """Return True if the service accepts the image; otherwise add an issue to the report."""
    verdict = check_image(image, boxes=False)
    if image.problem is ImageProblem.NOT_CHECKED:
        report.add(ConversionReason.UNREADABLE, key, verdict.reason)
        return False
    if verdict.code:
        report.add(ConversionReason.REJECTED, key, verdict.reason)
        return False
    return True
