"""Convert an export of CVAT: "CVAT for images 1.1", one XML file."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.convert.assembly import LineOptions, convert
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.documents import require_formats, stream_xml
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.convert.places import ImagePlaces
from rekog_versions.manifests.convert.records import Kind, SourceBox, SourceImage, corners, numeric, pixels, split_named
from rekog_versions.manifests.convert.shapes import read_points, reduced, turned

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_WHAT = 'an export of CVAT, "CVAT for images 1.1"'
_SHAPES = frozenset({"box", "polygon", "ellipse"})
_OTHERS = frozenset({"polyline", "points", "cuboid", "mask", "skeleton"})


def from_cvat(
    path: str | os.PathLike[str],
    images: str | ImagePlaces,
    *,
    kind: Kind = "boxes",
    attribute: str | None = None,
) -> ConvertedLines[TypedLine]:
    """Convert an export of CVAT ("CVAT for images 1.1", `annotations.xml`) to lines with boxes or image-level labels.

    Turned boxes, polygons and ellipses become the boxes around them, which the report counts. The subset of an image
    is its split. Tags are labels of the image. Attributes are not read.

    These are left out: polylines, points, cuboids, masks and skeletons, and the tracks of "CVAT for video 1.1".

    Args:
        path: The file. It is read as a stream.
        images: The place of the images in S3: `s3://bucket/prefix`, or `ImagePlaces`.
        kind: `"boxes"`, or `"labels"` to convert tags.
        attribute: The name of the labels' attribute in the lines.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, or `kind` is unknown.
        ImportError: defusedxml is not installed: `pip install "rekog_versions[formats]"`.
        ManifestError: While iterating: the file is not such an export.
        OSError: While iterating: the file can't be read.
    """
    require_formats("defusedxml", "from_cvat()")
    options = LineOptions(images, kind, attribute)
    return convert(lambda report: _images(Path(path), report), options)


def _images(path: Path, report: ConversionReport) -> Iterator[SourceImage]:
    root: Element | None = None
    depth = 0
    for event, element in stream_xml(path, _WHAT):
        if root is None:
            root = element
            if root.tag != "annotations":
                raise ManifestError(f"{shown(str(path))} must be {_WHAT}: its root is {shown(root.tag)}")
        depth += 1 if event == "start" else -1
        if event == "end" and depth == 1:
            if element.tag == "image":
                image = _image(element, report)
                if image is not None:
                    yield image
            elif element.tag == "track":
                place = f"track {printable(element.get('id'), 50)}"
                report.add(ConversionReason.UNSUPPORTED, place, 'a track: export "CVAT for images 1.1"')
            root.clear()  # of what was read


def _image(element: "Element", report: ConversionReport) -> SourceImage | None:
    place, name = f"image {printable(element.get('id'), 50)}", element.get("name")
    if not name:
        report.add(ConversionReason.UNREADABLE, place, "it has no name")
        return None
    size = pixels(element.get("width")), pixels(element.get("height"))
    image = SourceImage(f"{place} ({printable(name, 200)})", name, *size, split=split_named(element.get("subset")))
    for number, shape in enumerate(element, start=1):
        where, label = f"{place}, {printable(shape.tag, 50)} {number}", shape.get("label") or ""
        if shape.tag == "tag" and label:
            image.add_label(label, where, report)
        elif shape.tag in _OTHERS:
            report.add(ConversionReason.UNSUPPORTED, where, f"a {shape.tag}")
        elif shape.tag in _SHAPES:
            box = _box(shape, label, where, report) if label else None
            if box is None:
                report.add(ConversionReason.UNREADABLE, where, shown(dict(shape.attrib)))
            else:
                image.boxes.append(box)
    return image


def _box(shape: "Element", label: str, place: str, report: ConversionReport) -> SourceBox | None:
    if shape.tag == "polygon":
        pairs: list[object] = [list(pair.split(",")) for pair in (shape.get("points") or "").split(";") if pair]
        points = read_points(pairs)
        return reduced(place, label, points, "a polygon", report) if points else None
    rotation = shape.get("rotation")
    turn = numeric(rotation) if rotation else 0.0
    if shape.tag == "ellipse":
        x, y, across, down = (numeric(shape.get(name)) for name in ("cx", "cy", "rx", "ry"))
        if x is None or y is None or across is None or down is None or across < 0 or down < 0:
            return None
        report.add(ConversionReason.REDUCED, place, "an ellipse")
        box: SourceBox | None = SourceBox(place, label, x - across, y - down, 2 * across, 2 * down)
    else:
        box = corners(place, label, (shape.get("xtl"), shape.get("ytl"), shape.get("xbr"), shape.get("ybr")))
    return None if box is None or turn is None else turned(box, turn, report, around_center=True)
