"""Describe a manifest in one pass: its labels, boxes, images, sources and duplicates."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from operator import add, itemgetter, mul, truediv  # pyright: ignore[reportUnknownVariableType]
from typing import Any

from rekog_versions.manifests.check.contents import BoxLists, ImageContents
from rekog_versions.manifests.check.totals import count_buckets
from rekog_versions.manifests.counts import Counts, LineNumbers
from rekog_versions.manifests.limits import MOST_LABELS_OF_IMAGE
from rekog_versions.manifests.sources import ManifestSource, name_sources
from rekog_versions.manifests.statistics.description import (
    LabelDescription,
    LabelPair,
    ManifestDescription,
    RepeatedImage,
)
from rekog_versions.manifests.statistics.distribution import Distribution, Sketch, buckets, count_each, distribution
from rekog_versions.manifests.statistics.reading import ContentsReader, LineCounts
from rekog_versions.manifests.statistics.repeated import ImageIndex

_MOST_LISTED = 1000
_MOST_PAIRS = 50_000  # different pairs of labels; 250 labels have 31,125
_MOST_NAMES = 1000  # of jobs and extensions
_LONGEST_EXTENSION = 8
_USUAL_ENDING = 5  # characters, with the dot
_MOST_WAITING = 5000  # boxes that are counted at once
_BUCKET_BITS = 16
_BUCKET_MASK = (1 << _BUCKET_BITS) - 1


def describe_manifest(source: ManifestSource | Sequence[ManifestSource], *, s3: Any = None) -> ManifestDescription:
    """Describe the images, labels and boxes of a manifest, in one pass.

    Lines that the service would reject are counted, and what is usable in them is described, as a training would use
    it. `check_manifests()` explains their errors. Labels of both features are read.

    Memory: about 70 bytes an image, a few kilobytes a label, and 4 MB. Sizes are exact to 1 %. Counting the sizes of
    all boxes would take longer than reading the manifest. So once all labels of an image have 3,000 boxes, the sizes of
    its boxes and their confidences are counted for one of eleven such images. All other counts are exact.

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
    source: ManifestSource | Sequence[ManifestSource], s3: Any, each: Callable[[Sequence[str]], object]
) -> ManifestDescription:
    """Describe a manifest as `describe_manifest` does, and call `each` with the `source-ref`s of some lines."""
    sources = name_sources(source, "source")
    reader, totals = ContentsReader(), _Totals()
    for first, contents in reader.read(sources, s3):
        totals.add(first, contents)
        totals.add_boxes(reader.boxes.taken(at_least=_MOST_WAITING))
        each(contents.references)
    totals.add_boxes(reader.boxes.taken(at_least=0))
    return totals.result(tuple(named.name for named in sources), reader.lines, reader.boxes.total)


class _Totals:
    """The counts of all lines so far."""

    def __init__(self) -> None:
        self._images = ImageIndex()
        self._labels: Counter[str] = Counter()
        self._labels_per_image: Counter[int] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._has_all_pairs = True
        self._buckets: Counter[str] = Counter()
        self._extensions: Counter[str] = Counter()
        self._jobs: Counter[str] = Counter()
        self._dates = _Dates()
        self._attributes = self._by_machines = 0
        self._boxes_per_image = Sketch()
        self._sizes = _BoxSizes()

    def add(self, first: int, found: ImageContents) -> None:
        """Count the images of some lines.

        Args:
            first: The number of the first line.
            found: The contents of the lines.
        """
        self._images.add(first, found.places, found.references)
        self._buckets.update(count_buckets(found.references))
        for name, count in _extensions(found.references).items():
            _count(self._extensions, name, count)
        self._add_labels(found)
        if found.box_counts:
            self._boxes_per_image.add(found.box_counts)
        self._sizes.add_confidences(found.confidences)
        self._attributes += found.attributes
        self._by_machines += found.origins["human-annotated"].count("no")
        for job, count in _counted_texts(found.origins["job-name"]).items():
            if job:
                _count(self._jobs, job, count)
        self._dates.add(_counted_texts(found.origins["creation-date"]))

    def add_boxes(self, boxes: Iterable[tuple[BoxLists, int]]) -> None:
        """Count boxes, each as often as it is given with."""
        for found, times in boxes:
            self._sizes.add(found, times)

    def _add_labels(self, found: ImageContents) -> None:
        self._labels.update(found.single)
        self._labels_per_image[1] += len(found.single)
        for names, count in Counter(found.sets).items():
            self._labels_per_image[len(names)] += count
            for name in names:
                self._labels[name] += count
            if 1 < len(names) <= MOST_LABELS_OF_IMAGE:  # the pairs of thousands of labels would take forever
                self._add_pairs(sorted(names), count)

    def _add_pairs(self, names: Sequence[str], count: int) -> None:
        for pair in combinations(names, 2):
            if pair in self._pairs or len(self._pairs) < _MOST_PAIRS:
                self._pairs[pair] += count
            else:
                self._has_all_pairs = False

    def result(self, sources: tuple[str, ...], lines: LineCounts, boxes: Counter[str]) -> ManifestDescription:
        """Return the description of the lines.

        Args:
            sources: The names of the files.
            lines: The counts of lines.
            boxes: The number of boxes of each label.
        """
        images, repeated, repeated_images = self._images.result(_MOST_LISTED)
        none = Distribution()
        labels = sorted(self._labels.items(), key=lambda found: (-found[1], found[0]))
        sizes, areas, aspects = self._sizes, self._sizes.areas(), self._sizes.aspects()
        return ManifestDescription(
            sources=sources,
            lines=lines.total,
            blank_lines=lines.blank,
            lines_without_image=lines.without_image,
            lines_with_errors=lines.with_errors,
            error_lines=LineNumbers(lines.listed),
            images=images,
            boxes=boxes.total(),
            labels=tuple(
                LabelDescription(
                    name=name,
                    images=images,
                    boxes=boxes[name],
                    box_area=areas.get(name, none),
                    box_aspect=aspects.get(name, none),
                )
                for name, images in labels
            ),
            labels_per_image={labels: count for labels, count in sorted(self._labels_per_image.items()) if count},
            together=tuple(
                LabelPair(first=first, second=second, images=images)
                for (first, second), images in sorted(self._pairs.items(), key=lambda found: (-found[1], found[0]))
            ),
            has_all_pairs=self._has_all_pairs,
            unlabeled=lines.unlabeled,
            unlabeled_lines=LineNumbers(lines.unlabeled_lines),
            repeated=repeated,
            repeated_images=tuple(
                RepeatedImage(source_ref=source_ref, lines=LineNumbers(numbers))
                for source_ref, numbers in repeated_images.items()
            ),
            buckets=_counted(self._buckets),
            extensions=_counted(self._extensions),
            jobs=_counted(self._jobs),
            by_people=self._attributes - self._by_machines,
            by_machines=self._by_machines,
            first_date=self._dates.first,
            last_date=self._dates.last,
            months=Counts(dict(sorted(self._dates.months.items()))),
            confidence=sizes.confidence.result(),
            image_width=sizes.image_width.result(),
            image_height=sizes.image_height.result(),
            boxes_per_image=self._boxes_per_image.result(),
            box_width=sizes.box_width.result(),
            box_height=sizes.box_height.result(),
            box_area=sizes.box_area,
            box_aspect=sizes.box_aspect,
        )


class _BoxSizes:
    """The sizes of boxes, their images and their confidences.

    The areas and aspect ratios of all labels are in one counter each: their keys have the label above the bucket.
    """

    def __init__(self) -> None:
        self._bases: dict[str, int] = {}
        self._areas: Counter[int] = Counter()
        self._aspects: Counter[int] = Counter()
        self.box_width = Sketch()
        self.box_height = Sketch()
        self.image_width = Sketch()
        self.image_height = Sketch()
        self.confidence = Sketch()

    def add(self, found: BoxLists, times: int) -> None:
        """Count the boxes of some images, each several times."""
        for label in set(found.labels).difference(self._bases):
            self._bases[label] = len(self._bases) << _BUCKET_BITS
        bases = list(map(self._bases.__getitem__, found.labels))
        areas = list(map(_ratio, map(_product, found.widths, found.heights), found.areas))
        aspects = list(map(_ratio, found.widths, found.heights))
        count_each(self._areas, map(_sum, bases, buckets(areas)), times)
        count_each(self._aspects, map(_sum, bases, buckets(aspects)), times)
        self.box_width.add(found.widths, times)
        self.box_height.add(found.heights, times)
        self.add_confidences(found.confidences, times)
        for (width, height), count in Counter(found.frames).items():
            self.image_width.add((width,), count * times)
            self.image_height.add((height,), count * times)

    def add_confidences(self, found: Sequence[float], times: int = 1) -> None:
        """Count confidences, and ignore those that are not between 0 and 1."""
        distinct = set(found)
        if not distinct:
            return
        if min(distinct) < 0 or max(distinct) > 1:
            found = [value for value in found if 0 <= value <= 1]
        elif len(distinct) == 1:  # as people's labels have
            found, times = [found[0]], times * len(found)
        self.confidence.add(found, times)

    @property
    def box_area(self) -> Distribution:
        """The areas of all boxes."""
        return distribution(_without_labels(self._areas))

    @property
    def box_aspect(self) -> Distribution:
        """The aspect ratios of all boxes."""
        return distribution(_without_labels(self._aspects))

    def areas(self) -> Mapping[str, Distribution]:
        """Return the areas of the boxes of each label."""
        return self._by_label(self._areas)

    def aspects(self) -> Mapping[str, Distribution]:
        """Return the aspect ratios of the boxes of each label."""
        return self._by_label(self._aspects)

    def _by_label(self, counts: Mapping[int, int]) -> Mapping[str, Distribution]:
        found: dict[int, dict[int, int]] = {base: {} for base in self._bases.values()}
        for key, count in counts.items():
            found[key & ~_BUCKET_MASK][key & _BUCKET_MASK] = count
        return {label: distribution(found[base]) for label, base in self._bases.items()}


def _without_labels(counts: Mapping[int, int]) -> Counter[int]:
    found: Counter[int] = Counter()
    for key, count in counts.items():
        found[key & _BUCKET_MASK] += count
    return found


class _Dates:
    """The first and the last date, and the number of dates in each month."""

    def __init__(self) -> None:
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.months: Counter[str] = Counter()

    def add(self, texts: Mapping[str, int]) -> None:
        """Count dates in ISO format, and ignore other texts. Times without a zone count as UTC."""
        found: list[datetime] = []
        for text, count in texts.items():
            try:
                date = datetime.fromisoformat(text)
                date = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
            except (ValueError, OverflowError):  # a zone can lead out of the years 1 to 9999
                continue
            found.append(date)
            self.months[f"{date.year:04}-{date.month:02}"] += count
        if found:
            self.first = min(found) if self.first is None else min(self.first, *found)
            self.last = max(found) if self.last is None else max(self.last, *found)


_sum: Callable[[int, int], int] = add
_product: Callable[[float, float], float] = mul
_ratio: Callable[[float, float], float] = truediv  # pyright: ignore[reportUnknownVariableType]
_ending: Callable[[str], str] = itemgetter(slice(-_USUAL_ENDING, None))


def _extensions(references: Sequence[str]) -> Mapping[str, int]:
    """Return the number of keys with each extension; empty for keys without one."""
    endings = Counter(map(_ending, references))
    if not all("." in ending and "/" not in ending for ending in endings):
        endings = Counter(f".{reference.rpartition('.')[2]}" for reference in references)
    found: Counter[str] = Counter()
    for ending, count in endings.items():
        extension = ending.rpartition(".")[2]
        is_extension = "/" not in extension and len(extension) <= _LONGEST_EXTENSION
        found[f".{extension}" if is_extension else ""] += count
    return found


def _counted_texts(values: Sequence[object]) -> Counter[str]:
    """Count the texts among members of metadata, which can have any value."""
    try:
        counted = Counter(values)
    except TypeError:  # an array or an object
        return Counter(value for value in values if isinstance(value, str))
    return Counter({value: count for value, count in counted.items() if isinstance(value, str)})


def _count(counter: Counter[str], name: str, count: int) -> None:
    """Count a name of a manifest; the counter's size is limited, because all names could be different."""
    if name in counter or len(counter) < _MOST_NAMES:
        counter[name] += count


def _counted(counter: Counter[str]) -> Counts:
    return Counts(dict(sorted(counter.items(), key=lambda found: (-found[1], found[0]))))
