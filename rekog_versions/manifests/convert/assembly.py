"""Make the lines of a conversion from the images that a reader found."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice

from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.build.typed_lines import ImageLabel, ImageLevelLine, LabeledBox, ObjectLine, TypedLine
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.fitting import BoxFitter, PlacedBox
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport, Split
from rekog_versions.manifests.convert.places import ImagePlaces, image_places
from rekog_versions.manifests.convert.records import Kind, SourceBox, SourceImage, Units
from rekog_versions.manifests.images.image_check import ImageReader

_AT_ONCE = 1000  # images whose headers are read together
_ONE = 1.001  # fractions may be rounded
_FAR_OUTSIDE = 2  # a fraction beyond this is a number of pixels

_UNITS = {ConversionReason.FRACTIONS: "units='fractions'", ConversionReason.PIXELS: "units='pixels'"}


@dataclass(frozen=True, slots=True)
class LineOptions:
    """The choices of a caller for the lines of a conversion.

    Raises:
        ValueError: A choice is unknown, or the prefix is invalid.
    """

    images: str | ImagePlaces | None
    kind: Kind
    attribute: str | None = None
    units: Units = "pixels"
    sizes: ImageReader | None = None
    human_annotated: bool = True

    def __post_init__(self) -> None:
        for name, value, known in (
            ("kind", self.kind, ("boxes", "labels")),
            ("units", self.units, ("pixels", "fractions")),
        ):
            if value not in known:
                raise ValueError(f"{name} must be {known[0]!r} or {known[1]!r}, got {shown(value)}")
        image_places(self.images)


def convert(
    read: Callable[[ConversionReport], Iterable[SourceImage]], options: LineOptions
) -> ConvertedLines[TypedLine]:
    """Return the lines of the images that `read` yields. It reads the source when the lines are iterated."""
    return ConvertedLines(lambda report: LineMaker(options, report).lines(read(report)))


def convert_labels(
    read: Callable[[ConversionReport], Iterable[SourceImage]], options: LineOptions
) -> ConvertedLines[ImageLevelLine]:
    """Return the lines with labels of whole images."""
    return ConvertedLines(lambda report: LineMaker(options, report).label_lines(read(report)))


class LineMaker:
    """Makes lines, and reports what is left out."""

    def __init__(self, options: LineOptions, report: ConversionReport) -> None:
        self._options = options
        self._report = report
        self._places = image_places(options.images)
        self._created = datetime.now(UTC)
        self._seen: set[int] = set()  # hashes take less memory than names

    def lines(self, images: Iterable[SourceImage]) -> Iterator[tuple[Split | None, TypedLine]]:
        """Yield the lines of images in the order of the images, with their splits."""
        if self._options.kind == "labels":
            yield from self.label_lines(images)
        else:
            yield from self._object_lines(images)

    def label_lines(self, images: Iterable[SourceImage]) -> Iterator[tuple[Split | None, ImageLevelLine]]:
        """Yield the lines with labels of whole images."""
        for image in images:
            if image.boxes:
                text = f"{len(image.boxes)} boxes: pass kind='boxes' to convert them"
                self._report.add(ConversionReason.OTHER_KIND, image.place, text)
            if not image.labels:
                if not image.boxes:
                    self._report.add(ConversionReason.NO_LABEL, image.place, printable(image.name, 200))
                continue
            source_ref = self._source_ref(image)
            line = source_ref and self._report.attempt(image.place, partial(self._label_line, image, source_ref))
            if line:
                yield image.split, line

    def _label_line(self, image: SourceImage, source_ref: str) -> ImageLevelLine:
        labels = [
            ImageLabel(name, confidence, self._options.human_annotated, self._created)
            for name, confidence in image.labels.items()
        ]
        return ImageLevelLine(source_ref, labels, attribute=self._options.attribute or "label")

    def _object_lines(self, images: Iterable[SourceImage]) -> Iterator[tuple[Split | None, ObjectLine]]:
        with_boxes = ((image, ref) for image in images if self._has_boxes(image) and (ref := self._source_ref(image)))
        while batch := list(islice(with_boxes, _AT_ONCE)):
            self._read_sizes(batch)
            for image, source_ref in batch:
                line = self._object_line(image, source_ref)
                if line is not None:
                    yield image.split, line
            batch.clear()  # before the next images are read

    def _has_boxes(self, image: SourceImage) -> bool:
        if image.labels:
            text = f"{len(image.labels)} labels of the image: pass kind='labels' to convert them"
            self._report.add(ConversionReason.OTHER_KIND, image.place, text)
        if not image.boxes and not image.labels:
            self._report.add(ConversionReason.NO_BOX, image.place)
        return bool(image.boxes)

    def _source_ref(self, image: SourceImage) -> str | None:
        is_key = image.is_key
        source_ref = image.name if is_key else self._places.source_ref(image.name, image.place, self._report)
        if source_ref is None:
            return None
        if hash(source_ref) in self._seen:
            self._report.add(ConversionReason.DUPLICATE_IMAGE, image.place, source_ref)
            return None
        self._seen.add(hash(source_ref))
        return source_ref

    def _read_sizes(self, batch: list[tuple[SourceImage, str]]) -> None:
        """Read the missing sizes of images from their headers."""
        if self._options.sizes is None:
            return
        missing = [(image, ref) for image, ref in batch if image.width is None or image.height is None]
        for number, found in self._options.sizes(((number, ref) for number, (_, ref) in enumerate(missing))):
            image = missing[number][0]
            image.width, image.height = found.width, found.height
            if found.width is None:
                self._report.add(ConversionReason.UNREADABLE, image.place, found.detail or "its header is invalid")
            if found.orientation not in (None, 1):
                text = f"orientation {found.orientation}, stored as {found.width} x {found.height}"
                self._report.add(ConversionReason.TURNED, image.place, text)

    def _object_line(self, image: SourceImage, source_ref: str) -> ObjectLine | None:
        if image.width is None or image.height is None:
            advice = "pass sizes=images_from_folder(folder, prefix) or images_from_s3(client) to read it from the image"
            self._report.add(ConversionReason.NO_SIZE, image.place, advice)
            return None
        make = partial(
            ObjectLine,
            source_ref,
            image.width,
            image.height,
            attribute=self._options.attribute or "boxes",
            human_annotated=self._options.human_annotated,
            creation_date=self._created,
        )
        frame = Frame(image.width, image.height)
        return BoxFitter(frame, make, self._report).line(image.place, self._placed(image.boxes, frame))

    def _placed(self, boxes: Iterable[SourceBox], frame: Frame) -> Iterator[PlacedBox]:
        in_pixels = self._options.units == "pixels"
        for box in boxes:
            left, top, width, height = box.left, box.top, box.width, box.height
            if (wrong := self._wrong_unit(left, top, width, height)) is not None:
                text = f"left {left:g}, top {top:g}, width {width:g}, height {height:g}"
                self._report.add(wrong, box.place, f"{text}: pass {_UNITS[wrong]}")
                continue
            if not in_pixels:
                left, width = left * frame.width, width * frame.width
                top, height = top * frame.height, height * frame.height
            try:
                made = LabeledBox(box.label, left, top, width, height, box.confidence)
            except ManifestError as error:
                self._report.add(ConversionReason.REJECTED, box.place, str(error))
            else:
                yield box.place, made

    def _wrong_unit(self, left: float, top: float, width: float, height: float) -> ConversionReason | None:
        """Return the reason to leave a box out if its sides are in the other unit."""
        right, bottom = left + width, top + height
        if self._options.units == "pixels":
            if right > _ONE or bottom > _ONE or left < 0 or top < 0 or width <= 0 or height <= 0:
                return None
            # integers are pixels: a box of 1 x 1 is too small, whatever its unit
            is_integer = all(float(side).is_integer() for side in (left, top, width, height))
            return None if is_integer else ConversionReason.FRACTIONS
        is_far = max(abs(left), abs(top), abs(right), abs(bottom)) > _FAR_OUTSIDE
        return ConversionReason.PIXELS if is_far else None
