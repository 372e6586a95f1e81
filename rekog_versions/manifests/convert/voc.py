"""Convert a folder of Pascal VOC files: an XML file for each image."""

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from rekog_versions._text import shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.convert.assembly import LineOptions, convert
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.documents import read_text, read_xml, require_formats
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport, Split
from rekog_versions.manifests.convert.places import ImagePlaces
from rekog_versions.manifests.convert.records import SourceImage, Units, corners, pixels, split_named
from rekog_versions.manifests.convert.walking import check_folder, files_below
from rekog_versions.manifests.images.image_check import ImageReader

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_WHAT = "a Pascal VOC file, XML with an annotation and its objects"

_PRESENCE = re.compile(r"\s+-?[01]\Z")  # of a class, after the name of an image


def from_voc(
    folder: str | os.PathLike[str],
    images: str | ImagePlaces,
    *,
    image_sets: str | os.PathLike[str] | None = None,
    difficult: bool = True,
    units: Units = "pixels",
    sizes: ImageReader | None = None,
    attribute: str | None = None,
) -> ConvertedLines[TypedLine]:
    """Convert the Pascal VOC files (`*.xml`) below a folder to lines with boxes, sorted by their names.

    The name of an image is the folder of its XML file below `folder`, and its `filename`. The elements `folder` and
    `path` are not read, because they describe the machine of the labeling. The sides are taken as they are: left and
    top are not reduced by 1. An outer folder named `train`, `val` or `test` is the split of its files.

    These are left out: files that are not VOC, objects without a name or a box, and the boxes of parts. Segmentation,
    poses and truncation are not read.

    Args:
        folder: The folder.
        images: The place of the images in S3: `s3://bucket/prefix`, or `ImagePlaces`.
        image_sets: The folder with `train.txt`, `val.txt` and `test.txt`, such as `ImageSets/Main`. Each line begins
            with the name of an XML file without its suffix, perhaps with folders.
        difficult: False leaves out the objects that are marked as difficult.
        units: `"fractions"` if the sides of the boxes are fractions of the image.
        sizes: Read the sizes that files lack: `images_from_s3(client)` or `images_from_folder(...)`.
        attribute: The name of the boxes' attribute in the lines.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, or another argument is unknown.
        ImportError: defusedxml is not installed: `pip install "rekog_versions[formats]"`.
        NotADirectoryError: `folder` or `image_sets` is not a folder.
        ManifestError: While iterating: a file of `image_sets` is not a text.
        OSError: While iterating: a folder can't be read.
    """
    require_formats("defusedxml", "from_voc()")
    root, sets = check_folder(folder), None if image_sets is None else check_folder(image_sets)
    options = LineOptions(images, "boxes", attribute, units, sizes)
    return convert(lambda report: _images(root, sets, report, difficult=difficult), options)


def _images(root: Path, sets: Path | None, report: ConversionReport, *, difficult: bool) -> Iterator[SourceImage]:
    split_of = None if sets is None else _split_of(sets)
    for path in files_below(root, report):
        place = path.as_posix()
        if path.suffix.lower() != ".xml":
            continue
        try:
            image = _image(read_xml(root / path, _WHAT), path, report, difficult=difficult)
        except (ManifestError, OSError) as error:
            report.add(ConversionReason.UNREADABLE, place, str(error))
            continue
        if image is not None:
            outer = split_named(path.parts[0]) if len(path.parts) > 1 else None
            image.split = outer if split_of is None else _split_in(split_of, path)
            yield image


def _split_of(sets: Path) -> dict[str, Split]:
    """Return the split of each line. The first split counts: `trainval.txt` is not read."""
    found: dict[str, Split] = {}
    with_presence: dict[str, Split] = {}
    for path in sorted(sets.glob("*.txt")):
        split = split_named(path.stem)
        if split is not None:
            for line in read_text(path, "a list of names").splitlines():
                name = line.strip()
                found.setdefault(name, split)
                with_presence.setdefault(_PRESENCE.sub("", name), split)
    return with_presence | found  # a name may end like the presence of a class


def _split_in(split_of: dict[str, Split], path: PurePath) -> Split | None:
    """Return the split of a file, which lists name with its folders or without them."""
    names = (path.with_suffix("").as_posix(), path.stem)
    return next((split_of[name] for name in names if name in split_of), None)


def _image(root: "Element", path: PurePath, report: ConversionReport, *, difficult: bool) -> SourceImage | None:
    place = path.as_posix()
    name = (root.findtext("filename") or "").strip()
    if root.tag != "annotation" or not name:
        text = f"it must have an annotation with a filename, got {shown(root.tag)} and {shown(name)}"
        report.add(ConversionReason.UNREADABLE, place, text)
        return None
    # a name with folders is a path of its own; others are beside their XML file
    folder = "" if len(path.parts) == 1 or "/" in name or "\\" in name else f"{path.parent.as_posix()}/"
    image = SourceImage(
        place, f"{folder}{name}", pixels(root.findtext("size/width")), pixels(root.findtext("size/height"))
    )
    for number, found in enumerate(root.iterfind("object"), start=1):
        where = f"{place}, object {number}"
        label, box = (found.findtext("name") or "").strip(), found.find("bndbox")
        if not difficult and (found.findtext("difficult") or "").strip() == "1":
            report.add(ConversionReason.UNSUPPORTED, where, "it is marked as difficult")
            continue
        if box is None and found.find("robndbox") is not None:
            report.add(ConversionReason.UNSUPPORTED, where, "a rotated box (robndbox)")
            continue
        sides = [None if box is None else box.findtext(side) for side in ("xmin", "ymin", "xmax", "ymax")]
        made = corners(where, label, (sides[0], sides[1], sides[2], sides[3])) if label else None
        if made is None:
            report.add(ConversionReason.UNREADABLE, where, f"name {shown(label)}, xmin to ymax {shown(sides)}")
        else:
            image.boxes.append(made)
        if found.find("part") is not None:
            report.add(ConversionReason.UNSUPPORTED, where, "the box of a part")
    return image
