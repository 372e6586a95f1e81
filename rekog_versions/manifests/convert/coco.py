"""Convert a COCO file: the JSON of an object detection data set, such as `instances_train2017.json`."""

import codecs
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from rekog_versions._aws.s3 import is_s3_uri
from rekog_versions._json import number, sequence
from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.build.typed_lines import LabeledBox, ObjectLine
from rekog_versions.manifests.convert.conversion import ConversionReason, ConversionReport, ConvertedLines
from rekog_versions.manifests.convert.fitting import BoxFitter, PlacedBox
from rekog_versions.manifests.lines import FAR
from rekog_versions.manifests.naming import image_prefix

_Sides: TypeAlias = tuple[float, float, float, float]
_Box: TypeAlias = tuple[str, str, _Sides]  # its place in the file, its label, and left, top, width and height


# Any value may have any type: one wrong value is not a reason to reject the whole file.
class _Image(msgspec.Struct, gc=False):
    id: Any = None
    file_name: Any = None
    width: Any = None
    height: Any = None


class _Annotation(msgspec.Struct):
    id: Any = None
    image_id: Any = None
    category_id: Any = None
    bbox: Any = None
    iscrowd: Any = 0


class _Category(msgspec.Struct):
    id: Any = None
    name: Any = None


class _File(msgspec.Struct):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category]


def from_coco(path: str | os.PathLike[str], images: str, *, attribute: str = "boxes") -> ConvertedLines[ObjectLine]:
    """Convert a COCO detection file to lines with boxes, in the order of the file's images.

    The `source-ref` of an image is `images` and its `file_name`, unchanged. Boxes are clipped to their image.

    These are left out: crowd regions (`iscrowd`), boxes outside of their image or too small for the service,
    annotations of unknown images or categories, and images without boxes, without width and height, or with over
    50 boxes. Segmentation and keypoints are not read.

    Memory: the size of the file, and about 400 bytes an annotation.

    Args:
        path: The file.
        images: The place of the images in S3: `s3://bucket/prefix`.
        attribute: The name of the boxes' attribute in the lines.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`.
        ManifestError: While iterating: the file is not a COCO file.
        OSError: While iterating: the file can't be read.
    """
    prefix = image_prefix(images)
    return ConvertedLines(lambda report: _Converter(_decode(Path(path)), report).lines(prefix, attribute))


def _decode(path: Path) -> _File:
    try:
        return msgspec.json.decode(path.read_bytes().removeprefix(codecs.BOM_UTF8), type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ManifestError(
            f"{shown(str(path))} must be a COCO detection file, a JSON object with the lists images, annotations and "
            f"categories: {printable(str(error), 300)}"
        ) from error


class _Converter:
    """The content of a file, and the report of its conversion."""

    def __init__(self, file: _File, report: ConversionReport) -> None:
        self._report = report
        self._categories = self._read_categories(file.categories)
        self._images = self._read_images(file.images)
        self._boxes = self._read_annotations(file.annotations)

    def lines(self, prefix: str, attribute: str) -> Iterator[ObjectLine]:
        created = datetime.now(UTC)
        for id_, image in self._images.items():
            place = f"image {printable(id_)} ({printable(image.file_name, 200)})"
            width, height = number(image.width, FAR), number(image.height, FAR)
            if width is None or height is None or min(width, height) < 1:
                self._report.add(ConversionReason.NO_SIZE, place)
                continue
            name = image.file_name if is_s3_uri(image.file_name) else f"{prefix}{image.file_name}"
            make = partial(ObjectLine, name, width, height, attribute=attribute, creation_date=created)
            line = BoxFitter(Frame(width, height), make, self._report).line(
                place, self._placed_boxes(self._boxes.get(id_, ()))
            )
            if line is not None:
                yield line

    def _read_categories(self, categories: Sequence[_Category]) -> Mapping[object, str]:
        """Return the name of each category by its id."""
        names: dict[object, str] = {}
        for category in categories:
            if not _is_id(category.id) or not isinstance(category.name, str) or not category.name:
                place = f"category {printable(category.id)}"
                self._report.add(ConversionReason.UNREADABLE, place, f"name {shown(category.name)}")
            elif names.setdefault(category.id, category.name) != category.name:
                self._report.add(ConversionReason.DUPLICATE_CATEGORY, f"category {category.id}", category.name)
        first: dict[str, object] = {}
        for id_, name in names.items():
            if first.setdefault(name, id_) != id_:
                self._report.add(ConversionReason.SAME_NAME, f"category {id_}", f"{name}, as category {first[name]}")
        return names

    def _read_images(self, images: Sequence[_Image]) -> Mapping[object, _Image]:
        """Return the images by their ids."""
        by_id: dict[object, _Image] = {}
        names: set[str] = set()
        for image in images:
            place = f"image {printable(image.id)}"
            if not _is_id(image.id) or not isinstance(image.file_name, str) or not image.file_name:
                self._report.add(ConversionReason.UNREADABLE, place, f"file_name {shown(image.file_name)}")
            elif image.id in by_id or image.file_name in names:
                self._report.add(ConversionReason.DUPLICATE_IMAGE, place, image.file_name)
            else:
                by_id[image.id] = image
                names.add(image.file_name)
        return by_id

    def _read_annotations(self, annotations: Sequence[_Annotation]) -> Mapping[object, list[_Box]]:
        """Return the boxes of each image by the image's id."""
        found: dict[object, list[_Box]] = defaultdict(list)
        for annotation in annotations:
            place, image_id = f"annotation {printable(annotation.id)}", annotation.image_id
            category_id = annotation.category_id
            if annotation.iscrowd:
                self._report.add(ConversionReason.CROWD, place, f"image {printable(image_id)}")
            elif not _is_id(image_id) or image_id not in self._images:
                self._report.add(ConversionReason.UNKNOWN_IMAGE, place, f"image_id {shown(image_id)}")
            elif not _is_id(category_id) or category_id not in self._categories:
                self._report.add(ConversionReason.UNKNOWN_CATEGORY, place, f"category_id {shown(category_id)}")
            elif (sides := _sides(annotation.bbox)) is None:
                text = f"bbox must be [x, y, width, height], got {shown(annotation.bbox)}"
                self._report.add(ConversionReason.UNREADABLE, place, text)
            else:
                found[image_id].append((place, self._categories[category_id], sides))
        return found

    def _placed_boxes(self, boxes: Iterable[_Box]) -> Iterator[PlacedBox]:
        for place, label, sides in boxes:
            box = self._report.attempt(place, partial(LabeledBox, label, *sides))
            if box is not None:
                yield place, box


def _is_id(value: object) -> bool:
    # spreadsheets turn ids into floats; True would equal 1
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _sides(bbox: object) -> _Sides | None:
    match [number(value, FAR) for value in sequence(bbox)]:
        case [float() | int() as left, float() | int() as top, float() | int() as width, float() | int() as height]:
            return (left, top, width, height) if width >= 0 and height >= 0 else None
        case _:
            return None
