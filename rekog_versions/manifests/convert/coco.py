"""From COCO: the JSON of an object detection data set, such as `instances_train2017.json`."""

import codecs
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias, cast

from rekog_versions._text import printable
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.build.typed_lines import LabeledBox, ObjectLine
from rekog_versions.manifests.convert.conversion import ConversionReason, ConversionReport, ConvertedLines
from rekog_versions.manifests.convert.fitting import Fitting, Placed
from rekog_versions.manifests.messages import shown
from rekog_versions.manifests.naming import image_prefix

_SIDES = 4
_FAR = 1e9  # no pixel is that far off

_Box: TypeAlias = tuple[str, str, tuple[float, float, float, float]]  # place, label, and sides as they stand there


def from_coco(path: str | os.PathLike[str], images: str, *, attribute: str = "boxes") -> ConvertedLines[ObjectLine]:
    """Makes lines with boxes from a COCO detection file.

    An image's place is `images` and its `file_name`, to the letter. A box is clipped to its image. Left out: crowd
    regions (`iscrowd`), boxes that lie outside of their image or that the service finds too small, annotations of
    unknown images or categories, images without boxes, without width and height, or with over 50 boxes. Segmentation
    and keypoints are not read. The order is that of the file's images.

    Memory: the file is read as a whole, which takes its size and about 400 bytes an annotation besides.

    Args:
        path: The file.
        images: Where in S3 the images are or will be: `s3://bucket/prefix`.
        attribute: What to call the boxes in the lines.

    Raises:
        ValueError: `images` is no place in S3.
        ManifestError: While iterating: the file is no COCO file.
        OSError: While iterating: the file can't be read.
    """
    prefix = image_prefix(images)
    return ConvertedLines(lambda report: _Coco(Path(path), report).lines(prefix, attribute))


class _Coco:
    """The content of a file. Nothing in it is trusted to be of the type that it should be."""

    def __init__(self, path: Path, report: ConversionReport) -> None:
        self._report = report
        images, annotations, categories = _decoded(path)
        self._categories = self._named(categories)
        self._images = self._listed(images)
        self._boxes = self._by_image(annotations)

    def lines(self, prefix: str, attribute: str) -> Iterator[ObjectLine]:
        created = datetime.now(UTC)
        for id_, image in self._images.items():
            place = f"image {printable(id_)} ({printable(image.file_name, 200)})"
            width, height = _length(image.width), _length(image.height)
            if width is None or height is None:
                self._report.note(ConversionReason.NO_SIZE, place)
                continue
            name = image.file_name if image.file_name.startswith("s3://") else f"{prefix}{image.file_name}"
            frame = Frame(width, height)
            fitting = Fitting(
                frame,
                lambda boxes, name=name, frame=frame: ObjectLine(  # type: ignore[misc]
                    name, frame.width, frame.height, boxes, attribute=attribute, creation_date=created
                ),
                self._report,
            )
            line = fitting.line(place, self._placed(self._boxes.get(id_, ())))
            if line is not None:
                yield line

    def _named(self, categories: list[Any]) -> Mapping[object, str]:
        names: dict[object, str] = {}
        for category in categories:
            if not _is_id(category.id) or not isinstance(category.name, str) or not category.name:
                self._report.note(
                    ConversionReason.UNREADABLE, f"category {printable(category.id)}", shown(category.name)
                )
            elif names.setdefault(category.id, category.name) != category.name:
                self._report.note(ConversionReason.DUPLICATE_CATEGORY, f"category {category.id}", category.name)
        first: dict[str, object] = {}
        for id_, name in names.items():
            if first.setdefault(name, id_) != id_:
                self._report.note(ConversionReason.SAME_NAME, f"category {id_}", f"{name}, as category {first[name]}")
        return names

    def _listed(self, images: list[Any]) -> Mapping[Any, Any]:
        by_id: dict[object, Any] = {}
        names: set[str] = set()
        for image in images:
            place = f"image {printable(image.id)}"
            if not _is_id(image.id) or not isinstance(image.file_name, str) or not image.file_name:
                self._report.note(ConversionReason.UNREADABLE, place, f"file_name {shown(image.file_name)}")
            elif image.id in by_id or image.file_name in names:
                self._report.note(ConversionReason.DUPLICATE_IMAGE, place, image.file_name)
            else:
                by_id[image.id] = image
                names.add(image.file_name)
        return by_id

    def _by_image(self, annotations: list[Any]) -> Mapping[object, list[_Box]]:
        found: dict[object, list[_Box]] = defaultdict(list)
        for annotation in annotations:
            place, of = f"annotation {printable(annotation.id)}", annotation.image_id
            if annotation.iscrowd:
                self._report.note(ConversionReason.CROWD, place, f"image {printable(of)}")
            elif not _is_id(of) or of not in self._images:
                self._report.note(ConversionReason.UNKNOWN_IMAGE, place, f"image_id {shown(of)}")
            elif not _is_id(annotation.category_id) or annotation.category_id not in self._categories:
                self._report.note(
                    ConversionReason.UNKNOWN_CATEGORY, place, f"category_id {shown(annotation.category_id)}"
                )
            elif (sides := _sides(annotation.bbox)) is None:
                self._report.note(
                    ConversionReason.UNREADABLE,
                    place,
                    f"bbox must be [x, y, width, height], not {shown(annotation.bbox)}",
                )
            else:
                found[of].append((place, self._categories[annotation.category_id], sides))
        return found

    def _placed(self, boxes: Iterable[_Box]) -> Iterator[Placed]:
        for place, label, sides in boxes:
            try:
                yield place, LabeledBox(label, *sides)
            except ManifestError as error:
                self._report.note(ConversionReason.REFUSED, place, str(error))


def _decoded(path: Path) -> tuple[list[Any], list[Any], list[Any]]:
    """Images, annotations and categories."""
    import msgspec  # noqa: PLC0415 - only conversions from COCO need it here

    from rekog_versions.manifests.convert.coco_file import CocoFile  # noqa: PLC0415 - it imports msgspec

    try:
        document = msgspec.json.decode(path.read_bytes().removeprefix(codecs.BOM_UTF8), type=CocoFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ManifestError(
            f"{shown(str(path))} is no COCO detection file: {printable(str(error), 300)}. It must be a JSON object "
            "with the lists images, annotations and categories"
        ) from error
    return document.images, document.annotations, document.categories


def _is_id(value: object) -> bool:
    # table programs make floats of ids; true would be the same as 1
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _length(value: object) -> float | None:
    return cast("float", value) if _is_number(value) and cast("float", value) >= 1 else None


def _sides(bbox: object) -> tuple[float, float, float, float] | None:
    sides = cast("list[object]", bbox) if isinstance(bbox, list) else []
    if len(sides) != _SIDES or not all(map(_is_number, sides)):
        return None
    left, top, width, height = cast("list[float]", sides)
    return (left, top, width, height) if width >= 0 and height >= 0 else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _FAR
