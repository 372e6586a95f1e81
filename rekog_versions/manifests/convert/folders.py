"""Convert a folder of folders of images: the name of a folder is the label of its images."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePath

from rekog_versions._text import printable
from rekog_versions.manifests.build.typed_lines import ImageLabel, ImageLevelLine
from rekog_versions.manifests.convert.conversion import ConversionReason, ConversionReport, ConvertedLines
from rekog_versions.manifests.images.headers import require_pillow
from rekog_versions.manifests.images.image_check import ImageProblem, check_image
from rekog_versions.manifests.images.readers import image_info_from_file
from rekog_versions.manifests.naming import image_prefix

_EXTENSIONS = frozenset({".png", ".jpg", ".jpeg"})


def from_folder(
    folder: str | os.PathLike[str], images: str, *, check_images: bool = False, attribute: str = "label"
) -> ConvertedLines[ImageLevelLine]:
    """Convert a folder that has a folder of images for each label.

    The image `folder/cat/tabby/1.jpg` becomes `s3://bucket/prefix/cat/tabby/1.jpg` with the label `cat`. Folders within
    a label's folder do not change the label. Keys are the file names, unchanged, as `aws s3 sync folder
    s3://bucket/prefix` writes them. Files are sorted by name.

    These are left out: images outside of a label's folder, hidden files and folders, links to folders, broken links,
    and files whose names do not end in `.png`, `.jpg` or `.jpeg`.

    Args:
        folder: The folder on disk.
        images: The place of the folder in S3: `s3://bucket/prefix`.
        check_images: Read the header of each image too, and leave out images that the service would reject, such as a
            WebP file named `.jpg` or a side under 64 pixels. Needs Pillow: `pip install "rekog_versions[images]"`.
        attribute: The name of the label's attribute in the lines.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`.
        ImportError: `check_images` is True and Pillow is not installed.
        NotADirectoryError: `folder` is not a folder.
    """
    root, prefix = Path(folder), image_prefix(images)
    if not root.is_dir():
        raise NotADirectoryError(f"folder must be an existing folder, got '{printable(str(root), 300)}'")
    if check_images:
        require_pillow()
    return ConvertedLines(lambda report: _lines(root, prefix, attribute, report, check_images=check_images))


def _lines(
    root: Path, prefix: str, attribute: str, report: ConversionReport, *, check_images: bool
) -> Iterator[ImageLevelLine]:
    created = datetime.now(UTC)

    def make_line(key: str, label: str) -> ImageLevelLine:
        return ImageLevelLine(f"{prefix}{key}", [ImageLabel(label, creation_date=created)], attribute=attribute)

    for path in _files(root, PurePath(), report):
        key, *folders = path.as_posix(), *path.parts[:-1]
        if path.suffix.lower() not in _EXTENSIONS:
            report.add(ConversionReason.NOT_AN_IMAGE, key, "its name does not end in .png, .jpg or .jpeg")
        elif not folders:
            report.add(ConversionReason.NO_LABEL, key, "it is not in a label's folder")
        elif not check_images or _is_accepted(root / path, key, report):
            line = report.attempt(key, lambda key=key, label=folders[0]: make_line(key, label))  # type: ignore[misc]
            if line is not None:
                yield line


def _is_accepted(path: Path, key: str, report: ConversionReport) -> bool:
    """Return True if the service accepts the image; otherwise add an issue to the report."""
    image = image_info_from_file(path)
    verdict = check_image(image, boxes=False)
    if image.problem is ImageProblem.NOT_CHECKED:
        report.add(ConversionReason.UNREADABLE, key, verdict.reason)
        return False
    if verdict.code:
        report.add(ConversionReason.REJECTED, key, verdict.reason)
        return False
    return True


def _files(root: Path, folder: PurePath, report: ConversionReport) -> Iterator[PurePath]:
    """Yield the files below `root / folder`, sorted by name, as paths relative to `root`."""
    # a stack and not recursion: folders may be nested more deeply than calls
    stack = [(folder, iter(_entries(root, folder, report)))]
    while stack:
        folder, entries = stack[-1]
        entry = next(entries, None)
        if entry is None:
            stack.pop()
            continue
        path = folder / entry.name
        if entry.name.startswith("."):
            report.add(ConversionReason.HIDDEN, path.as_posix())
        elif entry.is_dir(follow_symlinks=False):
            stack.append((path, iter(_entries(root, path, report))))
        elif entry.is_dir():
            report.add(ConversionReason.NOT_FOLLOWED, path.as_posix(), "copy the folder, or convert it separately")
        elif entry.is_file():
            yield path
        else:
            report.add(ConversionReason.UNREADABLE, path.as_posix(), "it is not a file, or it is a broken link")


def _entries(root: Path, folder: PurePath, report: ConversionReport) -> "list[os.DirEntry[str]]":
    """Return the entries of a folder, sorted by name."""
    try:
        with os.scandir(root / folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        if not folder.parts:
            raise
        report.add(ConversionReason.UNREADABLE, folder.as_posix(), error.strerror or str(error))
        return []
