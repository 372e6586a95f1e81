"""Convert the images of an Azure Custom Vision project, as its training API returns them."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from rekog_versions._json import mapping, sequence, text
from rekog_versions._text import printable, shown
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.convert.assembly import LineOptions, convert
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.csv_boxes import box_of
from rekog_versions.manifests.convert.documents import read_json
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.convert.places import ImagePlaces
from rekog_versions.manifests.convert.records import Kind, SourceImage, pixels
from rekog_versions.manifests.images.image_check import ImageReader

_WHAT = "images of Azure Custom Vision, the JSON array of GetTaggedImages"
_SIDES = ("left", "top", "width", "height")


def from_azure_custom_vision(
    path: str | os.PathLike[str],
    images: str | ImagePlaces,
    *,
    kind: Kind = "boxes",
    suffix: str = ".jpg",
    sizes: ImageReader | None = None,
    attribute: str | None = None,
) -> ConvertedLines[TypedLine]:
    """Convert the exported images of an Azure Custom Vision project to lines with boxes or image-level labels.

    The file is the JSON array that `GetTaggedImages` returns, or an array of such pages. The name of an image is its
    `name`, if the export has one, or its `id` and `suffix`. Regions are fractions of the image.

    An image with regions has a tag for each of them, which is not converted as a label of the image. Regions
    without a tag name and negative tags are left out. The URLs of the images, which expire, are not read.

    Memory: the size of the parsed file.

    Args:
        path: The file.
        images: The place of the images in S3: `s3://bucket/prefix`, or `ImagePlaces`.
        kind: `"boxes"`, or `"labels"` to convert tags of images without regions.
        suffix: The suffix of images that have an id and no name.
        sizes: Read the sizes that the file lacks: `images_from_s3(client)` or `images_from_folder(...)`.
        attribute: The name of the labels' attribute in the lines.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, or `kind` is unknown.
        ManifestError: While iterating: the file is not such an array.
        OSError: While iterating: the file can't be read.
    """
    options = LineOptions(images, kind, attribute, "fractions", sizes)
    return convert(lambda report: _images(Path(path), suffix, report), options)


def _images(path: Path, suffix: str, report: ConversionReport) -> Iterator[SourceImage]:
    pages = read_json(path, list[Any], _WHAT)
    listed = (value for page in pages for value in (sequence(cast("object", page)) or (page,)))
    for number, value in enumerate(listed, start=1):
        found = mapping(value)
        id_, name = text(found.get("id")), text(found.get("name"))
        place = f"image {printable(id_ or name or number, 200)}"
        if not id_ and not name:
            report.add(ConversionReason.UNREADABLE, place, f"it has no id, but {shown(', '.join(found))}")
            continue
        size = pixels(found.get("width")), pixels(found.get("height"))
        image = SourceImage(place, name or f"{id_}{suffix}", *size)
        regions = sequence(found.get("regions"))
        for at, region in enumerate(regions, start=1):
            _add_region(image, mapping(region), f"{place}, region {at}", report)
        if not regions:
            _add_tags(image, found, place, report)
        yield image


def _add_tags(image: SourceImage, found: Mapping[str, Any], place: str, report: ConversionReport) -> None:
    for value in sequence(found.get("tags")):
        tag = mapping(value)
        label = text(tag.get("tagName"))
        if not label:
            report.add(ConversionReason.UNREADABLE, place, f"a tag without a tagName: {shown(value)}")
        elif tag.get("type") == "Negative":
            report.add(ConversionReason.NO_LABEL, place, f"the negative tag {shown(label)}")
        else:
            image.add_label(label, place, report)


def _add_region(image: SourceImage, region: Mapping[str, Any], place: str, report: ConversionReport) -> None:
    label = text(region.get("tagName"))
    box = box_of(place, label, [*map(region.get, _SIDES)], "sides") if label else None
    if box is None:
        report.add(ConversionReason.UNREADABLE, place, shown(dict(region)))
    else:
        image.boxes.append(box)
