"""Everything that statistics need from the lines of a manifest, as flat lists: many are counted at once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from random import Random
from typing import Any

from rekog_versions._json import is_number, mapping, sequence
from rekog_versions.manifests.boxes import Sides
from rekog_versions.manifests.lines import CLASSIFICATION, DETECTION, NO_ATTRIBUTES, Image, UseCase

ORIGIN: Mapping[str, str] = {"creation-date": "date", "job-name": "job", "human-annotated": "annotated"}
"""The members of metadata that say when and how labels were made, and their names in the schemas of `fast`."""
IMAGES_FOR_ONE = 11
"""The images with boxes that one image of a sample represents: a prime, because images may be in a repeating order."""

_EACH_COUNTS = 3_000  # boxes of a label, before its images are sampled


@dataclass(slots=True)
class BoxLists:
    """The boxes of some images."""

    labels: list[str] = field(default_factory=list[str])
    widths: list[float] = field(default_factory=list[float])
    """In pixels."""
    heights: list[float] = field(default_factory=list[float])
    areas: list[float] = field(default_factory=list[float])
    """The area of the image of each box, in square pixels."""
    confidences: list[float] = field(default_factory=list[float])
    """The confidences of the boxes; not all of them are valid."""
    frames: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    """The width and the height of each image."""

    def add(
        self, labels: Sequence[Sequence[str]], boxes: Sequence[Sides], frames: Sequence[tuple[float, float]]
    ) -> None:
        """Add the boxes of some images.

        Args:
            labels: The labels of the boxes of each image.
            boxes: All boxes, image by image.
            frames: The width and the height of each image.
        """
        self.labels += chain.from_iterable(labels)
        self.widths += [box.width for box in boxes]
        self.heights += [box.height for box in boxes]
        self.frames += frames
        areas = [width * height for width, height in frames]
        self.areas += chain.from_iterable(map(repeat, areas, map(len, labels)))


class BoxSample:
    """The boxes to count.

    Counting every box would take longer than reading the manifest. So of images whose labels all have many boxes
    already, one of eleven is counted, eleven times.
    """

    def __init__(self) -> None:
        self.total: Counter[str] = Counter()
        """All boxes of each label, counted or not."""
        self.each = BoxLists()
        """The boxes of images that are counted once."""
        self.some = BoxLists()
        """The boxes of images that represent `IMAGES_FOR_ONE` images."""
        self._random = Random(0)  # noqa: S311  (the same result for the same manifest)

    def add_image(self, image: Image, labels: Sequence[str]) -> None:
        """Add the boxes of an image that `read_line` returned."""
        self.total.update(labels)
        self.each.add([labels], image.boxes, [(image.frame.width, image.frame.height)])

    def add(self, labels: Sequence[Sequence[str]], attributes: Sequence[Sequence[Any]]) -> None:
        """Add the boxes of images that the schemas of `fast` have decoded.

        Args:
            labels: The labels of the boxes of each image.
            attributes: For each image, its attributes with boxes, each followed by its metadata.
        """
        counts = Counter(chain.from_iterable(labels))
        self.total.update(counts)
        lists = self.each
        if min(map(self.total.__getitem__, counts), default=0) >= _EACH_COUNTS:
            lists, start = self.some, self._random.randrange(IMAGES_FOR_ONE)
            labels, attributes = labels[start::IMAGES_FOR_ONE], attributes[start::IMAGES_FOR_ONE]
        lists.add(
            labels,
            [box for found in attributes for attribute in found[::2] for box in attribute.annotations],
            [(found[0].image_size[0].width, found[0].image_size[0].height) for found in attributes],
        )
        lists.confidences += [
            each.confidence for found in attributes for metadata in found[1::2] for each in metadata.objects
        ]

    def taken(self, at_least: int) -> Iterator[tuple[BoxLists, int]]:
        """Yield boxes that were not taken before, if they are many, and how often each one is counted.

        Args:
            at_least: A number of boxes.
        """
        if len(self.each.labels) >= at_least:
            yield self.each, 1
            self.each = BoxLists()
        if len(self.some.labels) >= at_least:
            yield self.some, IMAGES_FOR_ONE
            self.some = BoxLists()


@dataclass(slots=True)
class ImageContents:
    """The contents of the images of some lines, in no particular order."""

    boxes: BoxSample
    """The boxes of these and all earlier lines."""
    places: list[int] = field(default_factory=list[int])
    """The place of each image's line among the lines."""
    references: list[str] = field(default_factory=list[str])
    """The `source-ref` of each image, in the order of `places`."""
    single: list[str] = field(default_factory=list[str])
    """The labels of images with one label."""
    sets: list[frozenset[str]] = field(default_factory=list[frozenset[str]])
    """The labels of the other images."""
    box_counts: list[int] = field(default_factory=list[int])
    """The number of boxes of each image with boxes."""
    confidences: list[float] = field(default_factory=list[float])
    """The confidences of image-level labels; not all of them are valid."""
    attributes: int = 0
    """The number of label attributes."""
    origins: dict[str, list[object]] = field(default_factory=lambda: {name: [] for name in ORIGIN})
    """The members of metadata in `ORIGIN`, as far as label attributes have them."""

    def add_image(self, place: int, image: Image, entry: Mapping[str, Any]) -> None:
        """Add the image that `read_line` returned for the line at `place`."""
        self.places.append(place)
        self.references.append(image.source_ref)
        self.sets.append(frozenset(chain.from_iterable(image.labels.values())))
        if image.boxes:
            labels = image.labels[UseCase.OBJECT_LOCALIZATION]
            self.boxes.add_image(image, labels)
            self.box_counts.append(len(labels))
        for name in entry:
            metadata = mapping(entry.get(f"{name}-metadata"))
            kind = metadata.get("type")
            if name in NO_ATTRIBUTES or kind not in (CLASSIFICATION, DETECTION):
                continue
            self.attributes += 1
            for member, values in self.origins.items():
                if member in metadata:
                    values.append(metadata[member])
            items = (metadata,) if kind == CLASSIFICATION else map(mapping, sequence(metadata.get("objects")))
            given = (item.get("confidence") for item in items)
            self.confidences += [value for value in given if is_number(value)]
