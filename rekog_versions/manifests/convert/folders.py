"""From a folder of folders of images: a folder's name is the label of what is in it."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePath

from rekog_versions._text import printable
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import ImageLabel, ImageLevelLine
from rekog_versions.manifests.convert.conversion import ConversionReason, ConversionReport, ConvertedLines
from rekog_versions.manifests.images.headers import require_pillow
from rekog_versions.manifests.images.image_check import ImageProblem, check_image
from rekog_versions.manifests.images.readers import image_info_from_file
from rekog_versions.manifests.naming import image_prefix

_EXTENSIONS = frozenset({".png", ".jpg", ".jpeg"})


def from_folder(
    folder: str | os.PathLike[str], images: str, *, look: bool = False, attribute: str = "label"
) -> ConvertedLines[ImageLevelLine]:
    """Makes image-level lines from a folder that has a folder for each label.

    The image `folder/cat/tabby/1.jpg` becomes `s3://bucket/prefix/cat/tabby/1.jpg` with the label `cat`: folders within
    a label's folder don't change the label. Keys are the files' names to the letter, with blanks, `+` and accents, as
    `aws s3 sync folder s3://bucket/prefix` makes them. Files are taken in the order of their names. Left out: images
    that stand in no label's folder, hidden files and folders, links to folders or to nothing, and what is no file that
    is called `.png`, `.jpg` or `.jpeg`.

    Args:
        folder: The folder, on disk.
        images: Where in S3 it is or will be: `s3://bucket/prefix`.
        look: Whether to read each image's header, too, and leave out what the service would refuse (a WebP that is
            called `.jpg`, one side under 64 pixels). Needs Pillow: `pip install "rekog_versions[images]"`.
        attribute: What to call the label in the lines.

    Raises:
        ValueError: `images` is no place in S3.
        ImportError: Pillow isn't installed, and is needed to look.
        NotADirectoryError: There is no such folder.
    """
    root, prefix = Path(folder), image_prefix(images)
    if not root.is_dir():
        raise NotADirectoryError(f"{printable(str(root))} is no folder")
    if look:
        require_pillow()
    return ConvertedLines(lambda report: _read(root, prefix, attribute, report, look=look))


def _why_not(path: Path) -> tuple[ConversionReason, str] | None:
    """Why an image can't be used, if it can't."""
    picture = image_info_from_file(path)
    judgement = check_image(picture, boxes=False)
    if picture.problem is ImageProblem.NOT_CHECKED:
        return ConversionReason.UNREADABLE, judgement.reason
    return (ConversionReason.REFUSED, judgement.reason) if judgement.code else None


def _read(root: Path, prefix: str, attribute: str, report: ConversionReport, *, look: bool) -> Iterator[ImageLevelLine]:
    created = datetime.now(UTC)
    for name in _files(root, PurePath(), report):
        shown, *folders = name.as_posix(), *name.parts[:-1]
        if name.suffix.lower() not in _EXTENSIONS:
            report.note(ConversionReason.NO_IMAGE, shown, "its name doesn't end in .png, .jpg or .jpeg")
            continue
        if not folders:
            report.note(ConversionReason.NO_LABEL, shown, "it stands in no label's folder")
            continue
        if look and (found := _why_not(root / name)):
            report.note(found[0], shown, found[1])
            continue
        try:
            yield ImageLevelLine(
                f"{prefix}{shown}", [ImageLabel(folders[0], creation_date=created)], attribute=attribute
            )
        except ManifestError as error:
            report.note(ConversionReason.REFUSED, shown, str(error))


def _files(root: Path, below: PurePath, report: ConversionReport) -> Iterator[PurePath]:
    """The files of a folder and those in it, in the order of their names, by their places in the root."""
    try:
        with os.scandir(root / below) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        if not below.parts:
            raise
        report.note(ConversionReason.UNREADABLE, below.as_posix(), error.strerror or str(error))
        return
    for entry in found:
        place = below / entry.name
        if entry.name.startswith("."):
            report.note(ConversionReason.HIDDEN, place.as_posix())
        elif entry.is_dir(follow_symlinks=False):
            yield from _files(root, place, report)
        elif entry.is_dir():
            report.note(
                ConversionReason.NOT_FOLLOWED, place.as_posix(), "copy the folder there, or convert it by itself"
            )
        elif entry.is_file():
            yield place
        else:
            report.note(ConversionReason.UNREADABLE, place.as_posix(), "it is no file, or a link to nothing")
