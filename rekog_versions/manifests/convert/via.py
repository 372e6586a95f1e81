"""Convert a project of the VGG Image Annotator (VIA 2): JSON or CSV."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rekog_versions._json import mapping, sequence, text
from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.convert.assembly import LineOptions, convert
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.csv_table import CsvTable
from rekog_versions.manifests.convert.documents import read_json
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.convert.places import ImagePlaces
from rekog_versions.manifests.convert.records import Gathered, Kind, SourceBox, SourceImage, numeric
from rekog_versions.manifests.convert.shapes import reduced
from rekog_versions.manifests.images.image_check import ImageReader

_WHAT = "a project or an export of VIA 2"
_COLUMNS = ("filename", "file_attributes", "region_shape_attributes", "region_attributes")


def from_via(
    path: str | os.PathLike[str],
    images: str | ImagePlaces,
    *,
    label: str,
    kind: Kind = "boxes",
    sizes: ImageReader | None = None,
    attribute: str | None = None,
) -> ConvertedLines[TypedLine]:
    """Convert a project or an export of VIA 2 to lines with boxes or image-level labels.

    The label is the value of one attribute of the regions, or of the files for image-level labels. Options that are
    chosen by a checkbox are several labels. Polygons, circles and ellipses become the boxes around them, which the
    report counts.

    These are left out: points, polylines, and regions without the attribute.

    Memory: the size of the parsed file.

    Args:
        path: The file: a project or an export as `.json`, or an export as `.csv`.
        images: The place of the images in S3: `s3://bucket/prefix`, or `ImagePlaces`.
        label: The name of the attribute that has the label.
        kind: `"boxes"`, or `"labels"` to convert the attributes of files.
        sizes: For boxes: `images_from_s3(client)` or `images_from_folder(...)`, since the file has no sizes.
        attribute: The name of the labels' attribute in the lines.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, or `sizes` is missing for boxes.
        ManifestError: While iterating: the file is not of VIA.
        OSError: While iterating: the file can't be read.
    """
    options = LineOptions(images, kind, attribute, "pixels", sizes)
    if kind == "boxes" and sizes is None:
        raise ValueError(
            "sizes must be given for boxes, because the file has no image sizes. Pass images_from_s3(client), or "
            "kind='labels' for image-level labels"
        )
    reader = _Reader(label, kind)
    is_csv = Path(path).suffix.lower() == ".csv"
    return convert(lambda report: (reader.table if is_csv else reader.document)(Path(path), report), options)


class _Reader:
    def __init__(self, label: str, kind: Kind) -> None:
        self._label = label
        self._kind = kind

    def document(self, path: Path, report: ConversionReport) -> Iterator[SourceImage]:
        """Yield the images of a JSON file."""
        content = read_json(path, dict[str, Any], _WHAT)
        found = mapping(content.get("_via_img_metadata", content))
        if content and not any("filename" in mapping(value) for value in found.values()):
            raise ManifestError(f"{shown(str(path))} must be {_WHAT}: no entry has a filename")
        images = Gathered(report)
        for key, value in found.items():
            file, place = mapping(value), f"image {printable(key, 200)}"
            name = text(file.get("filename"))
            if not name:
                report.add(ConversionReason.UNREADABLE, place, f"filename {shown(file.get('filename'))}")
                continue
            image = images.image(name, place)
            self._read_file(image, mapping(file.get("file_attributes")), place, report)
            regions = file.get("regions")
            listed = [*sequence(regions), *mapping(regions).values()]  # a dict in VIA 1
            for number, region in enumerate(listed, start=1):
                shape = mapping(mapping(region).get("shape_attributes"))
                chosen = mapping(mapping(region).get("region_attributes"))
                self._read_region(image, shape, chosen, f"{place}, region {number}", report)
        yield from images

    def table(self, path: Path, report: ConversionReport) -> Iterator[SourceImage]:
        """Yield the images of a CSV file."""
        images = Gathered(report)
        for row, cells in CsvTable(path, _COLUMNS, arguments="an export of VIA 2").read(report):
            place = f"row {row}"
            try:
                file, shape, chosen = (mapping(json.loads(cell or "{}")) for cell in cells[1:])
            except (ValueError, RecursionError) as error:
                report.add(ConversionReason.UNREADABLE, place, printable(str(error), 200))
                continue
            if not cells[0].strip():
                report.add(ConversionReason.NOT_AN_IMAGE, place, f"its filename is empty: {shown(cells)}")
                continue
            image = images.image(cells[0], place)
            if not image.labels:  # each row repeats them
                self._read_file(image, file, place, report)
            if shape:
                self._read_region(image, shape, chosen, place, report)
        yield from images

    def _read_file(
        self, image: SourceImage, attributes: Mapping[str, Any], place: str, report: ConversionReport
    ) -> None:
        if self._kind == "labels":
            for label in self._labels(attributes):
                image.add_label(label, place, report)

    def _labels(self, attributes: Mapping[str, Any]) -> list[str]:
        value = attributes.get(self._label)
        if isinstance(value, str):
            return [value.strip()] if value.strip() else []
        return [name for name, is_chosen in mapping(value).items() if is_chosen is True and name]

    def _read_region(
        self,
        image: SourceImage,
        shape: Mapping[str, Any],
        attributes: Mapping[str, Any],
        place: str,
        report: ConversionReport,
    ) -> None:
        labels = self._labels(attributes)
        if not labels:
            found = f"its attributes are {shown(', '.join(attributes))}: label='its name' chooses one"
            report.add(ConversionReason.NO_LABEL, place, found)
        for label in labels:
            kind = shape.get("name")
            if kind not in ("rect", "circle", "ellipse", "polygon"):
                report.add(ConversionReason.UNSUPPORTED, place, f"a {printable(kind, 100)}")
                continue
            box = _box(place, label, shape, report)
            if box is None:
                report.add(ConversionReason.UNREADABLE, place, shown(dict(shape)))
            else:
                image.boxes.append(box)


def _box(place: str, label: str, shape: Mapping[str, Any], report: ConversionReport) -> SourceBox | None:
    if shape["name"] == "polygon":
        across = [numeric(value) for value in sequence(shape.get("all_points_x"))]
        down = [numeric(value) for value in sequence(shape.get("all_points_y"))]
        points = [(x, y) for x, y in zip(across, down, strict=False) if x is not None and y is not None]
        is_whole = points and len(points) == len(across) == len(down)
        return reduced(place, label, points, "a polygon", report) if is_whole else None
    names = {
        "rect": ("x", "y", "width", "height"),
        "ellipse": ("cx", "cy", "rx", "ry"),
        "circle": ("cx", "cy", "r", "r"),
    }
    x, y, width, height = (numeric(shape.get(name)) for name in names[shape["name"]])
    if x is None or y is None or width is None or height is None or width < 0 or height < 0:
        return None
    if shape["name"] == "rect":
        return SourceBox(place, label, x, y, width, height)
    if shape["name"] == "ellipse" and (numeric(shape.get("theta", 0)) or 0):
        width = height = max(width, height)  # a turned ellipse is within the circle around it
    report.add(ConversionReason.REDUCED, place, f"a {shape['name']}")
    return SourceBox(place, label, x - width, y - height, 2 * width, 2 * height)
