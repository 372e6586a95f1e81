"""Describe a manifest in one pass: its labels, boxes, images, sources and duplicates."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

from rekog_versions._json import is_number, mapping, sequence
from rekog_versions.manifests.build.parsing import read_origin
from rekog_versions.manifests.counts import Counts, LineNumbers
from rekog_versions.manifests.limits import MOST_LABELS_OF_IMAGE
from rekog_versions.manifests.lines import CLASSIFICATION, DETECTION, NO_ATTRIBUTES, Image, UseCase, bucket_of
from rekog_versions.manifests.sources import ManifestSource, name_sources
from rekog_versions.manifests.statistics.description import (
    LabelDescription,
    LabelPair,
    ManifestDescription,
    RepeatedImage,
)
from rekog_versions.manifests.statistics.distribution import Sketch
from rekog_versions.manifests.statistics.reading import LineCounts, read_images
from rekog_versions.manifests.statistics.repeated import ImageIndex

_MOST_LISTED = 1000
_MOST_PAIRS = 50_000  # different pairs of labels; 250 labels have 31,125
_MOST_NAMES = 1000  # of jobs and extensions
_LONGEST_EXTENSION = 8


def describe_manifest(source: ManifestSource | Sequence[ManifestSource], *, s3: Any = None) -> ManifestDescription:
    """Describe the images, labels and boxes of a manifest, in one pass.

    Lines that the service would reject are counted, and what is usable in them is described, as a training would use
    it. `check_manifests()` explains their errors. Labels of both features are read.

    Memory: at most 60 bytes an image, and a few kilobytes a label. Quantiles are exact to 1 %.

    Args:
        source: The manifest: a path, `s3://bucket/key`, an `S3Object`, bytes or a binary file; or a sequence of these,
            which are described together.
        s3: Reads `s3://` URIs: a boto3 client for S3, or a `VersionsClient`.

    Returns:
        The description. `print()` shows it as tables, and iterating it yields the labels.

    Raises:
        ManifestError: A manifest does not exist, is compressed or not UTF-8, or has more than 1 GiB.
        TypeError: `source` has an unsupported type.
        ValueError: An S3 URI has no key, or `s3` is missing.
        OSError: A local file can't be read.
        botocore.exceptions.ClientError: S3 rejected a request.
    """
    return describe_images(source, s3, lambda _: None)


def describe_images(
    source: ManifestSource | Sequence[ManifestSource], s3: Any, each: Callable[[str], object]
) -> ManifestDescription:
    """Describe a manifest as `describe_manifest` does, and call `each` with the `source-ref` of each line's image."""
    sources = name_sources(source, "source")
    lines, totals = LineCounts(), _Totals()
    for number, line, image in read_images(sources, s3, lines):
        totals.add(number, image, line.entry or {})
        each(image.source_ref)
    return totals.result(tuple(named.name for named in sources), lines)


class _Label:
    """The counts of a label."""

    __slots__ = ("area", "aspect", "boxes", "images")

    def __init__(self) -> None:
        self.images = self.boxes = 0
        self.area = Sketch()
        self.aspect = Sketch()


class _Totals:
    """The counts of all lines so far."""

    def __init__(self) -> None:
        self._images = ImageIndex()
        self._labels: dict[str, _Label] = {}
        self._labels_per_image: Counter[int] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._has_all_pairs = True
        self._unlabeled = 0
        self._unlabeled_lines: list[int] = []
        self._buckets: Counter[str] = Counter()
        self._extensions: Counter[str] = Counter()
        self._jobs: Counter[str] = Counter()
        self._months: Counter[str] = Counter()
        self._first_date: datetime | None = None
        self._last_date: datetime | None = None
        self._by_people = self._by_machines = 0
        names = ("box_width", "box_height", "box_area", "box_aspect", "boxes_per_image", "image_width", "image_height")
        self._sketches = {name: Sketch() for name in (*names, "confidence")}

    def add(self, number: int, image: Image, entry: Mapping[str, Any]) -> None:
        """Count the image of a line."""
        self._add_reference(number, image.source_ref)
        located = image.labels.get(UseCase.OBJECT_LOCALIZATION, ())
        names = dict.fromkeys((*image.labels.get(UseCase.IMAGE_LEVEL_LABELS, ()), *located))
        for name in names:
            self._label(name).images += 1
        self._labels_per_image[len(names)] += 1
        if not names:
            self._unlabeled += 1
            if len(self._unlabeled_lines) < _MOST_LISTED:
                self._unlabeled_lines.append(number)
        elif 1 < len(names) <= MOST_LABELS_OF_IMAGE:  # the pairs of thousands of labels would take forever
            self._add_pairs(sorted(names))
        if image.boxes:
            self._add_boxes(image, located)
        self._add_origins(entry)

    def _label(self, name: str) -> _Label:
        found = self._labels.get(name)
        if found is None:
            found = self._labels[name] = _Label()
        return found

    def _add_reference(self, number: int, source_ref: str) -> None:
        self._images.add(number, source_ref)
        self._buckets[bucket_of(source_ref)] += 1
        stem, dot, extension = source_ref.rpartition(".")
        is_extension = dot and stem and "/" not in extension and len(extension) <= _LONGEST_EXTENSION
        _count(self._extensions, f".{extension}" if is_extension else "")

    def _add_pairs(self, names: Sequence[str]) -> None:
        for pair in combinations(names, 2):
            if pair in self._pairs or len(self._pairs) < _MOST_PAIRS:
                self._pairs[pair] += 1
            else:
                self._has_all_pairs = False

    def _add_boxes(self, image: Image, located: Sequence[str]) -> None:
        frame, boxes, add = image.frame, image.boxes, self._sketches
        for name, box in zip(located, boxes, strict=True):
            label = self._label(name)
            label.boxes += 1
            label.area.add((box.width * box.height / (frame.width * frame.height),))
            label.aspect.add((box.width / box.height,))
        add["box_width"].add(box.width for box in boxes)
        add["box_height"].add(box.height for box in boxes)
        add["box_area"].add(box.width * box.height / (frame.width * frame.height) for box in boxes)
        add["box_aspect"].add(box.width / box.height for box in boxes)
        add["boxes_per_image"].add((len(boxes),))
        add["image_width"].add((frame.width,))
        add["image_height"].add((frame.height,))

    def _add_origins(self, entry: Mapping[str, Any]) -> None:
        for name in entry:
            metadata = mapping(entry.get(f"{name}-metadata"))
            kind = metadata.get("type")
            if name in NO_ATTRIBUTES or kind not in (CLASSIFICATION, DETECTION):
                continue
            by_people, date, job = read_origin(metadata)
            self._by_people += by_people
            self._by_machines += not by_people
            if job:
                _count(self._jobs, job)
            if date is not None:
                self._add_date(date)
            items = (metadata,) if kind == CLASSIFICATION else map(mapping, sequence(metadata.get("objects")))
            given = (item.get("confidence") for item in items)
            self._sketches["confidence"].add(value for value in given if is_number(value) and 0 <= value <= 1)

    def _add_date(self, date: datetime) -> None:
        try:
            utc = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
        except OverflowError:  # a zone that leads out of the years 1 to 9999
            return
        self._months[f"{utc:%Y-%m}".rjust(7, "0")] += 1
        self._first_date = min(self._first_date or utc, utc)
        self._last_date = max(self._last_date or utc, utc)

    def result(self, sources: tuple[str, ...], lines: LineCounts) -> ManifestDescription:
        """Return the description of the lines."""
        images, repeated, repeated_images = self._images.result(_MOST_LISTED)
        labels = sorted(self._labels.items(), key=lambda found: (-found[1].images, found[0]))
        return ManifestDescription(
            sources=sources,
            lines=lines.total,
            blank_lines=lines.blank,
            lines_without_image=lines.without_image,
            lines_with_errors=lines.with_errors,
            error_lines=LineNumbers(lines.listed),
            images=images,
            boxes=sum(label.boxes for label in self._labels.values()),
            labels=tuple(
                LabelDescription(
                    name=name,
                    images=label.images,
                    boxes=label.boxes,
                    box_area=label.area.result(),
                    box_aspect=label.aspect.result(),
                )
                for name, label in labels
            ),
            labels_per_image=dict(sorted(self._labels_per_image.items())),
            together=tuple(
                LabelPair(first=first, second=second, images=images)
                for (first, second), images in sorted(self._pairs.items(), key=lambda found: (-found[1], found[0]))
            ),
            has_all_pairs=self._has_all_pairs,
            unlabeled=self._unlabeled,
            unlabeled_lines=LineNumbers(self._unlabeled_lines),
            repeated=repeated,
            repeated_images=tuple(
                RepeatedImage(source_ref=source_ref, lines=LineNumbers(numbers))
                for source_ref, numbers in repeated_images.items()
            ),
            buckets=_counted(self._buckets),
            extensions=_counted(self._extensions),
            jobs=_counted(self._jobs),
            by_people=self._by_people,
            by_machines=self._by_machines,
            first_date=self._first_date,
            last_date=self._last_date,
            months=Counts(dict(sorted(self._months.items()))),
            **{name: sketch.result() for name, sketch in self._sketches.items()},
        )


def _count(counter: Counter[str], name: str) -> None:
    """Count a name of a manifest; the counter's size is limited, because all names could be different."""
    if name in counter or len(counter) < _MOST_NAMES:
        counter[name] += 1


def _counted(counter: Counter[str]) -> Counts:
    return Counts(dict(sorted(counter.items(), key=lambda found: (-found[1], found[0]))))
