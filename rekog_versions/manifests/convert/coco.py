"""Convert COCO files: the JSON of an object detection data set, such as `instances_train2017.json`."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from rekog_versions._json import is_number, number, sequence
from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.convert.assembly import LineOptions, convert
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.documents import read_json
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport, Split
from rekog_versions.manifests.convert.places import ImagePlaces, below
from rekog_versions.manifests.convert.records import Kind, SourceBox, SourceImage, Units, pixels, split_named
from rekog_versions.manifests.convert.walking import files_below
from rekog_versions.manifests.images.image_check import ImageReader
from rekog_versions.manifests.lines import FAR

_WHAT = "a COCO detection file, a JSON object with the lists images, annotations and categories"
_PLAIN_NUMBER = re.compile("0|[1-9][0-9]{0,18}")  # "01" is another id than 1
_NOT_CROWDS = frozenset({"", "0", "false", "no"})


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
    score: Any = None
    iscrowd: Any = 0


class _Category(msgspec.Struct):
    id: Any = None
    name: Any = None


class _File(msgspec.Struct):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category]


def from_coco(
    path: str | os.PathLike[str] | Mapping[Split, str | os.PathLike[str]],
    images: str | ImagePlaces,
    *,
    kind: Kind = "boxes",
    crowds: bool = False,
    units: Units = "pixels",
    sizes: ImageReader | None = None,
    attribute: str | None = None,
) -> ConvertedLines[TypedLine]:
    """Convert COCO files to lines with boxes or with image-level labels, in the order of the images in the files.

    A dict of files by their splits, or a folder of files, makes lines with splits. The split of a file in a folder is
    in its name, as in `instances_train2017.json`, or is the name of its outer folder, as in
    `valid/_annotations.coco.json`. Names of images are relative to such an outer folder.

    The `source-ref` of an image is `images` and its `file_name`. Boxes are clipped to their image. An image that is
    listed under several ids gets the boxes of all of them. Ids may be texts in one place and numbers in another.

    These are left out: crowd regions (`iscrowd`), boxes outside of their image or too small for the service,
    annotations of unknown images or categories, and images without boxes, without width and height, or with over
    50 boxes. Segmentation and keypoints are not read. An annotation without a box is a label of the whole image. A
    `score` from 0 to 1 is the confidence.

    Memory: the size of the largest file, and about 400 bytes an annotation in it.

    Args:
        path: The file, a dict such as `{"training": "train.json", "testing": "val.json"}`, or a folder.
        images: The place of the images in S3: `s3://bucket/prefix`, or `ImagePlaces`.
        kind: `"boxes"`, or `"labels"` to convert the annotations that have no box.
        crowds: True converts the boxes of crowd regions too. Some tools mark single objects with masks as crowds.
        units: `"fractions"` if the sides of the boxes are fractions of the image.
        sizes: Read the sizes that the file lacks: `images_from_s3(client)` or `images_from_folder(...)`.
        attribute: The name of the labels' attribute in the lines.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, or another argument is unknown.
        ManifestError: While iterating: the file is not a COCO file, or a folder has none. Other files in a folder are
            left out.
        OSError: While iterating: the file can't be read.
    """
    options = LineOptions(images, kind, attribute, units, sizes)
    if isinstance(path, str | os.PathLike):
        given = Path(path)
        return convert(lambda report: _read(_sources(given, report), report, kind, crowds=crowds), options)
    for split in path:
        if split_named(split) != split:
            raise ValueError(f"path must have the splits training, validation and testing, got {shown(split)}")
    files = [_Source(Path(file), split, f"{shown(os.fspath(file))}, ") for split, file in path.items()]
    return convert(lambda report: _read(files, report, kind, crowds=crowds), options)


@dataclass(frozen=True, slots=True)
class _Source:
    """A file, and where its images belong."""

    path: Path
    split: Split | None = None
    where: str = ""
    """The beginning of places in the file."""
    folder: str = ""
    """The folder that names of images are relative to."""
    is_found: bool = False
    """True for a file that was found in a folder, so that it may be something else."""


def _sources(path: Path, report: ConversionReport) -> Iterator[_Source]:
    """Yield the files at a path with their splits.

    Raises:
        ManifestError: The path is a folder without JSON files.
    """
    if not path.is_dir():
        yield _Source(path)
        return
    is_empty = True
    for found in files_below(path, report):
        if found.suffix.lower() != ".json":
            continue
        is_empty = False
        outer = split_named(found.parts[0]) if len(found.parts) > 1 else None
        words: list[str] = re.findall("[a-z]+", found.stem.lower())
        named: set[Split] = {one for one in map(split_named, words) if one is not None}
        split = outer or (named.pop() if len(named) == 1 else None)
        folder = f"{found.parent.as_posix()}/" if outer else ""
        yield _Source(path / found, split, f"{printable(found.as_posix(), 100)}, ", folder, is_found=True)
    if is_empty:
        raise ManifestError(f"{shown(str(path))} must be {_WHAT}, or a folder with such files, got no .json file in it")


def _read(sources: Iterable[_Source], report: ConversionReport, kind: Kind, *, crowds: bool) -> Iterator[SourceImage]:
    for source in sources:
        try:
            file = read_json(source.path, _File, _WHAT)
        except ManifestError as error:
            if not source.is_found:
                raise
            report.add(ConversionReason.UNREADABLE, source.where.removesuffix(", "), str(error))
            continue
        yield from _Reader(file, source, report, kind, crowds=crowds).images()


class _Reader:
    """The content of a file, and the report of its conversion."""

    def __init__(self, file: _File, source: _Source, report: ConversionReport, kind: Kind, *, crowds: bool) -> None:
        self._source = source
        self._where = source.where
        self._report = report
        self._kind = kind
        self._crowds = crowds
        self._categories = self._read_categories(file.categories)
        self._images: dict[object, SourceImage] = {}
        self._read_images(file.images)
        self._read_annotations(file.annotations)

    def images(self) -> Iterator[SourceImage]:
        """Yield each image once, also if it has several ids."""
        return iter({id(image): image for image in self._images.values()}.values())

    def _read_categories(self, categories: Sequence[_Category]) -> Mapping[object, str]:
        """Return the name of each category by its id."""
        names: dict[object, str] = {}
        for category in categories:
            id_ = _id(category.id)
            if id_ is None or not isinstance(category.name, str) or not category.name:
                place = f"{self._where}category {printable(category.id)}"
                self._report.add(ConversionReason.UNREADABLE, place, f"name {shown(category.name)}")
            elif names.setdefault(id_, category.name) != category.name:
                self._report.add(ConversionReason.DUPLICATE_CATEGORY, f"{self._where}category {id_}", category.name)
        first: dict[str, object] = {}
        for id_, name in names.items():
            if first.setdefault(name, id_) != id_:
                text = f"{name}, as category {first[name]}"
                self._report.add(ConversionReason.SAME_NAME, f"{self._where}category {id_}", text)
        return names

    def _read_images(self, images: Sequence[_Image]) -> None:
        by_name: dict[str, SourceImage] = {}
        for image in images:
            place, id_ = f"{self._where}image {printable(image.id)}", _id(image.id)
            if id_ is None or not isinstance(image.file_name, str) or not image.file_name:
                self._report.add(ConversionReason.UNREADABLE, place, f"file_name {shown(image.file_name)}")
            elif id_ in self._images:
                self._report.add(ConversionReason.DUPLICATE_IMAGE, place, image.file_name)
            elif (known := by_name.get(image.file_name)) is not None:
                self._merge(known, image, place)
                self._images[id_] = known
            else:
                where = f"{place} ({printable(image.file_name, 200)})"
                name = below(self._source.folder, image.file_name)
                found = SourceImage(where, name, pixels(image.width), pixels(image.height), split=self._source.split)
                self._images[id_] = by_name[image.file_name] = found

    def _merge(self, known: SourceImage, image: _Image, place: str) -> None:
        self._report.add(ConversionReason.MERGED, place, f"{shown(known.name)}, as {known.place}")
        size = pixels(image.width), pixels(image.height)
        if known.width is None or known.height is None:
            known.width, known.height = size
        elif None not in size and size != (known.width, known.height):
            text = f"{shown(known.name)} has two sizes: {known.width:g} x {known.height:g} counts, as {known.place}"
            self._report.add(ConversionReason.MERGED, place, text)

    def _read_annotations(self, annotations: Sequence[_Annotation]) -> None:
        for annotation in annotations:
            place = f"{self._where}annotation {_shown_id(annotation.id)}"
            image = self._images.get(_id(annotation.image_id))
            label = self._categories.get(_id(annotation.category_id))
            is_whole = annotation.bbox is None or annotation.bbox == []
            if not self._crowds and _is_crowd(annotation.iscrowd):
                text = f"image {printable(annotation.image_id)}: pass crowds=True to convert its box"
                self._report.add(ConversionReason.CROWD, place, text)
            elif image is None:
                self._report.add(ConversionReason.UNKNOWN_IMAGE, place, f"image_id {shown(annotation.image_id)}")
            elif label is None:
                text = f"category_id {shown(annotation.category_id)}"
                self._report.add(ConversionReason.UNKNOWN_CATEGORY, place, text)
            elif is_whole and self._kind == "boxes":
                text = "it has no bbox: pass kind='labels' to convert it as a label of the image"
                self._report.add(ConversionReason.UNREADABLE, place, text)
            elif is_whole:
                image.add_label(label, place, self._report, _confidence(annotation.score))
            elif (sides := _sides(annotation.bbox)) is None:
                text = f"bbox must be [x, y, width, height], got {shown(annotation.bbox)}"
                self._report.add(ConversionReason.UNREADABLE, place, text)
            else:
                image.boxes.append(SourceBox(place, label, *sides, _confidence(annotation.score)))


def _id(value: object) -> object:
    """Return an id in one form: the integer that a text or a float of a spreadsheet means; None if it is not an id."""
    if type(value) is int:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        return int(value) if _PLAIN_NUMBER.fullmatch(value) else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _confidence(score: object) -> float:
    """Return the confidence of an annotation. Annotations of people have no score."""
    found = number(score)
    return found if found is not None and 0 <= found <= 1 else 1


def _is_crowd(value: object) -> bool:
    return value.strip().casefold() not in _NOT_CROWDS if isinstance(value, str) else bool(value)


def _shown_id(value: object) -> str:
    return str(value) if type(value) is int and -FAR < value < FAR else printable(value)


def _sides(bbox: object) -> tuple[float, float, float, float] | None:
    values = sequence(bbox)
    if len(values) != 4:  # noqa: PLR2004
        return None
    left, top, width, height = values
    if not (is_number(left, FAR) and is_number(top, FAR) and is_number(width, FAR) and is_number(height, FAR)):
        return None
    return (left, top, width, height) if width >= 0 and height >= 0 else None
