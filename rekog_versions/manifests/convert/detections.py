"""Convert the labels that another library has read, or that a program has as tuples."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, cast, runtime_checkable

from rekog_versions._text import printable, shown
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.convert.assembly import LineOptions, convert
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.csv_boxes import BoxForm, box_of
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.convert.places import ImagePlaces
from rekog_versions.manifests.convert.records import Gathered, SourceImage, Units, numeric, pixels
from rekog_versions.manifests.images.image_check import ImageReader

Detection: TypeAlias = tuple[str, tuple[float, float] | None, str, Sequence[float]]
"""The name of an image, its width and height or None, a label, and the four numbers of a box."""

_MEMBERS = 4


@runtime_checkable
class DetectionSource(Protocol):
    """A reader of a data set, such as the input classes of labelformat. Nothing of that library is imported."""

    def get_categories(self) -> Iterable[Any]:
        """Return the categories, each with `id` and `name`."""
        ...

    def get_images(self) -> Iterable[Any]:
        """Return the images, each with `id`, `filename`, `width` and `height`."""
        ...

    def get_labels(self) -> Iterable[Any]:
        """Return the labels of images, each with `image` and `objects`, which have `category` and `box`."""
        ...


def from_detections(
    source: DetectionSource | Iterable[Detection],
    images: str | ImagePlaces | None = None,
    *,
    box_form: BoxForm = "sides",
    units: Units = "pixels",
    sizes: ImageReader | None = None,
    attribute: str | None = None,
) -> ConvertedLines[TypedLine]:
    """Convert boxes from another library, or from a program, to lines with boxes.

    `source` has the methods `get_categories()`, `get_images()` and `get_labels()`, as the input classes of labelformat
    have. Or it yields a tuple for each box: the name of the image, its size or None, the label, and the four numbers
    of the box. `(name, size, "", ())` is an image without boxes.

    Errors that the source raises pass through. An iterator can be read once; pass a list to read it several times.

    Memory: about 1 KB an image and 300 bytes a box for tuples, since any tuple may add a box to any image.

    Args:
        source: The reader or the tuples.
        images: The place of the images in S3: `s3://bucket/prefix`, or `ImagePlaces`. It may be omitted if all
            names are `s3://` URIs.
        box_form: For tuples: `"sides"` (left, top, width, height), `"corners"` or `"center"`.
        units: `"fractions"` if the sides of the boxes are fractions of the image.
        sizes: Read the sizes that the source lacks: `images_from_s3(client)` or `images_from_folder(...)`.
        attribute: The name of the boxes' attribute in the lines.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, or another argument is unknown.
        TypeError: `source` is neither.
    """
    if box_form not in ("corners", "sides", "center"):
        raise ValueError(f"box_form must be 'corners', 'sides' or 'center', got {shown(box_form)}")
    options = LineOptions(images, "boxes", attribute, units, sizes)
    if isinstance(source, DetectionSource):
        return convert(lambda report: _labeled_images(source, report), options)
    given = cast("Iterable[object]", source)
    if isinstance(given, str | bytes | Mapping) or not hasattr(given, "__iter__"):
        kind = type(cast("object", given)).__name__
        raise TypeError(
            f"source must have get_categories(), get_images() and get_labels(), or yield tuples, got {kind}"
        )
    return convert(lambda report: _from_tuples(given, box_form, report), options)


def _from_tuples(source: Iterable[object], form: BoxForm, report: ConversionReport) -> Iterator[SourceImage]:
    found = Gathered(report)
    for number, value in enumerate(source, start=1):
        place, kind = f"detection {number}", type(value).__name__
        given = list(cast("Sequence[object]", value)) if isinstance(value, tuple | list) else []
        if len(given) != _MEMBERS or not isinstance(given[0], str) or not given[0]:
            text = f"it must be (image, size, label, box), got a {kind} of {shown(repr(given))}"
            report.add(ConversionReason.UNREADABLE, place, text)
            continue
        image = found.image(given[0], place)
        size, values = _numbers(given[1]), _numbers(given[3])
        if image.width is None and len(size) == 2:  # noqa: PLR2004
            image.width, image.height = pixels(size[0]), pixels(size[1])
        if given[2] == "" and not values:
            continue
        is_box = isinstance(given[2], str) and given[2] and len(values) == _MEMBERS
        box = box_of(place, cast("str", given[2]), values, form) if is_box else None
        if box is None:
            report.add(ConversionReason.UNREADABLE, place, f"label {shown(given[2])}, box {shown(repr(given[3]))}")
        else:
            image.boxes.append(box)
    yield from found


def _labeled_images(source: DetectionSource, report: ConversionReport) -> Iterator[SourceImage]:
    names = {category.id: category.name for category in source.get_categories()}
    labeled: set[object] = set()
    for item in source.get_labels():
        image = _image(item.image, report)
        labeled.add(item.image.id)
        for number, found in enumerate(getattr(item, "objects", ()), start=1):
            place = f"{image.place}, object {number}" if image else ""
            if image is None:
                continue
            name = names.get(found.category.id)
            box = found.box
            sides = [getattr(box, side, None) for side in ("xmin", "ymin", "xmax", "ymax")]
            made = box_of(place, name, sides, "corners") if isinstance(name, str) and name else None
            if not isinstance(name, str) or not name:
                report.add(ConversionReason.UNKNOWN_CATEGORY, place, shown(repr(found.category.id)))
            elif made is None:
                report.add(ConversionReason.UNREADABLE, place, f"box {shown(repr(box))}")
            else:
                confidence = numeric(getattr(found, "confidence", None))
                made.confidence = 1 if confidence is None or not 0 <= confidence <= 1 else confidence
                image.boxes.append(made)
        if image is not None:
            yield image
    for given in source.get_images():
        if given.id not in labeled:
            report.add(ConversionReason.NO_BOX, f"image {printable(given.id, 50)}", printable(given.filename, 200))


def _image(image: Any, report: ConversionReport) -> SourceImage | None:
    place = f"image {printable(image.id, 50)}"
    if not isinstance(image.filename, str) or not image.filename:
        report.add(ConversionReason.UNREADABLE, place, f"filename {shown(repr(image.filename))}")
        return None
    where = f"{place} ({printable(image.filename, 200)})"
    return SourceImage(where, image.filename, pixels(image.width), pixels(image.height))


def _numbers(value: object) -> Sequence[object]:
    """Return the numbers of a sequence or of an array, as builtin ones."""
    to_list = getattr(value, "tolist", None)
    made = to_list() if callable(to_list) else value
    return [_builtin(item) for item in cast("Sequence[object]", made)] if isinstance(made, list | tuple) else []


def _builtin(value: object) -> object:
    to_builtin = getattr(value, "item", None)
    return to_builtin() if callable(to_builtin) else value
