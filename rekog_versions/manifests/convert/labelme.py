"""Convert a folder of labelme files: a JSON file for each image."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

import msgspec

from rekog_versions._json import mapping, sequence, text
from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.convert.assembly import LineOptions, convert
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.documents import read_json
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.convert.places import ImagePlaces
from rekog_versions.manifests.convert.records import Kind, SourceBox, SourceImage, pixels, split_named
from rekog_versions.manifests.convert.shapes import box_around, read_points, reduced
from rekog_versions.manifests.convert.walking import check_folder, files_below
from rekog_versions.manifests.images.image_check import ImageReader

_WHAT = "a labelme file, a JSON object with imagePath and shapes"
_LARGEST = 128 * 1024 * 1024  # a file may contain its image
_CORNERS = 2


class _File(msgspec.Struct):
    image_path: Any = msgspec.field(default=None, name="imagePath")
    image_width: Any = msgspec.field(default=None, name="imageWidth")
    image_height: Any = msgspec.field(default=None, name="imageHeight")
    shapes: Any = None
    flags: Any = None


def from_labelme(
    folder: str | os.PathLike[str],
    images: str | ImagePlaces,
    *,
    kind: Kind = "boxes",
    sizes: ImageReader | None = None,
    attribute: str | None = None,
) -> ConvertedLines[TypedLine]:
    """Convert the labelme files (`*.json`) below a folder to lines with boxes or image-level labels.

    The name of an image is its `imagePath`, relative to the folder of its JSON file. Polygons and circles become the
    boxes around them, which the report counts. Flags that are true are labels of the image. An outer folder named
    `train`, `val` or `test` is the split of its files. The image within a file (`imageData`) is not read.

    These are left out: points, lines, line strips and masks, and files that are not labelme.

    Args:
        folder: The folder.
        images: The place of the folder in S3: `s3://bucket/prefix`, or `ImagePlaces`.
        kind: `"boxes"`, or `"labels"` to convert flags.
        sizes: Read the sizes that files lack: `images_from_s3(client)` or `images_from_folder(...)`.
        attribute: The name of the labels' attribute in the lines.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, or `kind` is unknown.
        NotADirectoryError: `folder` is not a folder.
        OSError: While iterating: the folder can't be read.
    """
    root = check_folder(folder)
    options = LineOptions(images, kind, attribute, "pixels", sizes)
    return convert(lambda report: _images(root, report), options)


def _images(root: Path, report: ConversionReport) -> Iterator[SourceImage]:
    for path in files_below(root, report):
        if path.suffix.lower() != ".json":
            continue
        place = path.as_posix()
        try:
            file = read_json(root / path, _File, _WHAT, limit=_LARGEST)
        except (ManifestError, OSError) as error:
            report.add(ConversionReason.UNREADABLE, place, str(error))
            continue
        name = text(file.image_path)
        if not name or not isinstance(file.shapes, list):
            report.add(ConversionReason.UNREADABLE, place, f"it is not {_WHAT}: imagePath {shown(file.image_path)}")
            continue
        yield _image(file, name, path, report)


def _image(file: _File, name: str, path: PurePath, report: ConversionReport) -> SourceImage:
    place, folders = path.as_posix(), path.parts[:-1]
    # an absolute path stays one, and is left out
    is_relative = folders and not name.startswith(("/", "\\")) and ":" not in name
    image = SourceImage(
        place,
        f"{'/'.join(folders)}/{name}" if is_relative else name,
        pixels(file.image_width),
        pixels(file.image_height),
        split=split_named(folders[0]) if folders else None,
    )
    for flag, value in mapping(file.flags).items():
        if value is True and flag:
            image.add_label(flag, place, report)
    for number, value in enumerate(sequence(file.shapes), start=1):
        shape, where = mapping(value), f"{place}, shape {number}"
        kind = text(shape.get("shape_type")) or "polygon"
        if kind not in ("rectangle", "polygon", "circle"):
            report.add(ConversionReason.UNSUPPORTED, where, f"a {printable(kind, 100)}")
            continue
        label = text(shape.get("label"))
        box = _box(where, label, kind, shape.get("points"), report) if label else None
        if box is None:
            report.add(ConversionReason.UNREADABLE, where, f"label {shown(label)}, points {shown(shape.get('points'))}")
        else:
            image.boxes.append(box)
    return image


def _box(place: str, label: str, kind: str, values: object, report: ConversionReport) -> SourceBox | None:
    points = read_points(values)
    if points is None or (kind != "polygon" and len(points) < _CORNERS):
        return None
    if kind == "polygon":
        return reduced(place, label, points, "a polygon", report)
    if kind == "circle":
        (x, y), (edge_x, edge_y) = points[:_CORNERS]
        radius = ((edge_x - x) ** 2 + (edge_y - y) ** 2) ** 0.5
        report.add(ConversionReason.REDUCED, place, "a circle")
        return SourceBox(place, label, x - radius, y - radius, 2 * radius, 2 * radius)
    return box_around(place, label, points)
