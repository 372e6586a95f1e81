"""Count the content of a manifest: everything that the rules about whole manifests need, in little memory."""

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.issues import Issue
from rekog_versions.manifests.limits import MOST_LABELS_OF_IMAGE
from rekog_versions.manifests.lines import Image, UseCase, bucket_of

SAME_BOXES_TWICE = "HINT_SAME_BOXES_TWICE"

_CLASSES, _BOXES = UseCase.IMAGE_LEVEL_LABELS, UseCase.OBJECT_LOCALIZATION


@dataclass(slots=True)
class ImageBatch:
    """The images of some lines, in no particular order.

    The fields are flat lists, because counting a list at once is much faster than counting image by image.
    """

    places: list[int] = field(default_factory=list[int])
    """The place of each image's line among the lines."""
    references: list[str] = field(default_factory=list[str])
    """The `source-ref` of each image."""
    classes: list[str] = field(default_factory=list[str])
    """The image-level labels, each once for each image."""
    located: list[str] = field(default_factory=list[str])
    """The labels of the boxes, each once for each image."""
    boxes: list[str] = field(default_factory=list[str])
    """The labels of the boxes, one for each box."""
    both: list[str] = field(default_factory=list[str])
    """The labels that an image has both as an image-level label and on a box."""
    classed: int = 0
    """The number of images with image-level labels."""
    boxed: int = 0
    """The number of images with boxes."""
    mixed: int = 0
    """The number of images with labels of both kinds."""
    moderated: int = 0
    """The number of images with labels for Custom Moderation."""
    hints: list[tuple[int, str, str]] = field(default_factory=list[tuple[int, str, str]])
    """The place, the code and the detail of each hint about an image."""
    frames: list[Frame | None] | None = None
    """The size of each image, None without boxes; None as a whole if the sizes are not needed."""
    class_maps: list[tuple[int, str, Mapping[str, str]]] | None = None
    """Places, attributes and their class maps; None if the class maps are not needed."""

    def add(self, place: int, reference: str, classes: Collection[str] = (), boxes: Sequence[str] = ()) -> None:
        """Add an image.

        Args:
            place: The place of its line.
            reference: Its `source-ref`.
            classes: Its image-level labels, each once.
            boxes: The labels of its boxes, one for each box.
        """
        self.places.append(place)
        self.references.append(reference)
        if not classes and not boxes:
            return
        if classes:
            self.classes += classes
            self.classed += 1
        if boxes:
            located = set(boxes)
            self.boxes += boxes
            self.located += located
            self.boxed += 1
            if classes:
                self.both += located.intersection(classes)
                self.mixed += 1
        if len(classes) + len(boxes) > MOST_LABELS_OF_IMAGE and len({*classes, *boxes}) > MOST_LABELS_OF_IMAGE:
            self.hints.append((place, "HINT_MANY_LABELS_IN_IMAGE", ""))

    def add_image(self, place: int, image: Image) -> None:
        """Add the image that `read_line` returned for the line at `place`."""
        labels = image.labels
        self.moderated += image.is_moderated
        self.add(place, image.source_ref, labels.get(_CLASSES, ()), labels.get(_BOXES, ()))

    @property
    def by_line(self) -> list[int]:
        """The indices of the images in the order of their lines."""
        return sorted(range(len(self.places)), key=self.places.__getitem__)


@dataclass(slots=True)
class ManifestTotals:
    """The counts of a manifest. Several files of one manifest are counted together."""

    total: int = 0
    """All lines."""
    invalid: int = 0
    """Lines with an error that concerns the whole line."""
    ignored: int = 0
    """Lines without an error, but with a warning that concerns the whole line."""
    error_lines: "array[int]" = field(default_factory=partial(array, "I"))
    """The numbers of the lines with any error, counted from 1."""
    invalid_lines: "array[int]" = field(default_factory=partial(array, "I"))
    """The numbers of the invalid lines."""
    ignored_lines: "array[int]" = field(default_factory=partial(array, "I"))
    """The numbers of the ignored lines."""
    images: Counter[UseCase] = field(default_factory=Counter[UseCase])
    """Images with labels of each kind."""
    mixed: int = 0
    """Images with labels of both kinds."""
    named: int = 0
    """Lines that name an image."""
    moderated: int = 0
    """Lines with labels for Custom Moderation."""
    labels: dict[UseCase, Counter[str]] = field(
        default_factory=lambda: {_CLASSES: Counter[str](), _BOXES: Counter[str]()}
    )
    """Images with each label, by the kind of the label."""
    both: Counter[str] = field(default_factory=Counter[str])
    """Images that have a label in both kinds."""
    boxes: Counter[str] = field(default_factory=Counter[str])
    """Boxes with each label."""
    buckets: Counter[str] = field(default_factory=Counter[str])
    """Images in each bucket."""
    images_asked: int = 0
    """Images for which a check was requested."""
    images_missing: int = 0
    """Images that do not exist."""
    images_unknown: int = 0
    """Images that could not be checked."""

    def add_images(self, batch: ImageBatch) -> None:
        """Count the images of some lines."""
        self.images[_CLASSES] += batch.classed
        self.images[_BOXES] += batch.boxed
        self.mixed += batch.mixed
        self.named += len(batch.references)
        self.moderated += batch.moderated
        self.labels[_CLASSES].update(batch.classes)
        self.labels[_BOXES].update(batch.located)
        self.boxes.update(batch.boxes)
        self.both.update(batch.both)
        self.buckets.update(count_buckets(batch.references))

    def add_issues(self, line_number: int, issues: Iterable[Issue]) -> None:
        """Count a line as invalid or ignored if its issues require it.

        Args:
            line_number: The number of the line, counted from 1.
            issues: The issues of the line, without hints.
        """
        has_error = is_invalid = is_ignored = False
        for found in issues:
            if not found.is_warning:
                has_error = True
                is_invalid = is_invalid or not found.place
            elif not found.place:
                is_ignored = True
        if has_error:
            self.error_lines.append(line_number)
        if is_invalid:
            self.invalid += 1
            self.invalid_lines.append(line_number)
        elif is_ignored:
            self.ignored += 1
            self.ignored_lines.append(line_number)

    def add_invalid(self, line_numbers: Iterable[int]) -> None:
        """Count lines as invalid that were counted before, because their images are invalid."""
        numbers = set(line_numbers)
        if not numbers:
            return
        new = numbers.difference(self.invalid_lines)
        self.invalid += len(new)
        self.ignored -= len(new.intersection(self.ignored_lines))
        self.invalid_lines = array("I", sorted([*self.invalid_lines, *new]))
        self.error_lines = array("I", sorted({*self.error_lines, *numbers}))

    @property
    def valid(self) -> int:
        """Lines that are neither invalid nor ignored."""
        return self.total - self.invalid - self.ignored

    def images_by_label(self) -> Counter[str]:
        """Return the number of images with each label, of either kind."""
        counted = self.labels[_CLASSES] + self.labels[_BOXES]
        counted.subtract(self.both)
        return counted


def count_buckets(references: Sequence[str]) -> Mapping[str, int]:
    """Return the number of valid `source-ref`s in each bucket."""
    if not references:
        return {}
    bucket = bucket_of(references[0])
    # if the first and the last in order have the same beginning, all of them have it
    if all(reference.startswith(f"s3://{bucket}/") for reference in (min(references), max(references))):
        return {bucket: len(references)}
    return Counter(map(bucket_of, references))
