"""Split a manifest into one for training and one for testing.

The images are divided by iterative stratification (Sechidis, Tsoumakas and Vlahavas, *On the Stratification of
Multi-Label Data*, 2011): the label with the fewest remaining images is divided first, and each of its images goes to
the part that still needs more of this label.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Any, TypeVar

from rekog_versions._aws.s3 import is_s3_uri
from rekog_versions._json import JsonResult, is_number
from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.check.rules import FileFacts, file_issue
from rekog_versions.manifests.counts import Counts
from rekog_versions.manifests.destinations import Destinations
from rekog_versions.manifests.formats import HEAD_BYTES
from rekog_versions.manifests.lines import Line, parse, read_line
from rekog_versions.manifests.sources import LONGEST_LINE, RereadableManifest, StoredManifest

ImageT = TypeVar("ImageT", bound=Hashable)

_TRAINING, _TESTING = 0, 1
_MOST_NAMES = 10  # of the labels and lines that a text lists
_NO_IMAGE = b""  # the key of lines that name no image
_NO_LABEL = ""  # the label of images without labels; a label is never empty
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class SplitPart(JsonResult):
    """One of the two manifests that a split wrote."""

    target: str
    """The path, or `s3://bucket/key`."""
    lines: int
    images: int
    """The number of different images."""
    labels: Mapping[str, int]
    """The number of images with each label, sorted by label."""


@dataclass(frozen=True, slots=True)
class ManifestSplit(JsonResult):
    """How a manifest was split."""

    training: SplitPart
    testing: SplitPart
    without_test: tuple[str, ...]
    """Labels without a test image: labels with one image, and rarely a label that always occurs with others."""
    unreadable: tuple[int, ...]
    """Numbers of the lines that name no image, counted from 1. They were copied to the training manifest."""
    unlabeled: int = 0
    """The number of images without a usable label. They were divided like the images of one more label. Negative images
    for Custom Moderation are among them; all others are ignored or invalid in a training."""

    def __str__(self) -> str:
        labels = sorted({*self.training.labels, *self.testing.labels})
        width = max((len(printable(label, 40)) for label in labels), default=5)
        rows = [f"{'':{width}}  {'training':>10}  {'testing':>10}  {'share':>6}"]
        for name, training, testing in (
            ("lines", self.training.lines, self.testing.lines),
            ("images", self.training.images, self.testing.images),
            *((label, self.training.labels.get(label, 0), self.testing.labels.get(label, 0)) for label in labels),
        ):
            share = testing / (training + testing) if training + testing else 0
            rows.append(f"{printable(name, 40):{width}}  {training:>10,}  {testing:>10,}  {share:>6.1%}")
        if self.without_test:
            rows.append(f"without a test image: {_first([printable(label, 40) for label in self.without_test])}")
        if self.unlabeled:
            rows.append(f"images without a usable label: {self.unlabeled:,}")
        if self.unreadable:
            rows.append(f"lines without an image, copied to training: {_first(list(map(str, self.unreadable)))}")
        return "\n".join(rows)


def split_manifest(
    source: StoredManifest,
    training: str | os.PathLike[str],
    testing: str | os.PathLike[str],
    *,
    test_fraction: float = 0.2,
    seed: int = 0,
    s3: Any = None,
) -> ManifestSplit:
    """Split a manifest into one for training and one for testing, stratified by label.

    Each label with at least two images gets its share of test images, rounded to whole images and at least one. An
    image with several labels counts for each of them. No image is in both manifests: lines with the same `source-ref`
    stay together.

    The result depends on the images, their labels and the seed, not on the order of the lines. Every line is copied
    unchanged to one of the two manifests, in the order of the source, invalid lines included. Both manifests appear
    when they are complete.

    Lines of both features are read: labels with metadata, and labels for Custom Moderation. A file that
    `check_manifests()` finds unusable as a whole, such as one that is not UTF-8, is rejected here too.

    The source is read twice. Memory: about 400 bytes an image.

    Args:
        source: The manifest: a path, `s3://bucket/key`, or an `S3Object` to name a version.
        training: The training manifest to write: a path, or `s3://bucket/key`.
        testing: The test manifest to write.
        test_fraction: The share of test images, between 0 and 1.
        seed: Another number results in another split.
        s3: For S3: a boto3 client for it, or a `VersionsClient`.

    Raises:
        ManifestError: The source is unusable as a whole, no label has two images, the source changed meanwhile, or a
            target has no extension.
        TypeError: `source` or `test_fraction` has an unsupported type.
        ValueError: `test_fraction` is not between 0 and 1, two of the manifests are the same, or one is in S3 and `s3`
            is None.
        OSError: A file can't be read or written.
        botocore.exceptions.ClientError: S3 rejected a request.
    """
    manifest = RereadableManifest(source, s3)
    _check_arguments(manifest.name, training, testing, test_fraction)
    images = _Images(seed)
    for number, line in enumerate(manifest.lines(), start=1):
        images.add(number, line)
    found = file_issue(images.facts)
    if found:
        raise ManifestError(f"{shown(manifest.name)} can't be split: {found.detail}", issues=[found])
    chosen = stratify(images.in_seeded_order(), test_fraction)
    if not chosen:
        raise ManifestError(
            f"{shown(manifest.name)} can't be split: none of the labels of its {len(images.labels):,} images has "
            "two images. Add images, or train with auto_create"
        )
    sides = bytes(_TESTING if image in chosen else _TRAINING for image in images.image_of_line)
    with Destinations() as destinations:
        opened = destinations.open(training, s3), destinations.open(testing, s3)
        for side, line in zip(sides, manifest.lines(), strict=True):
            opened[side].write(line)
    for_training = images.part(os.fspath(training), sides, _TRAINING)
    for_testing = images.part(os.fspath(testing), sides, _TESTING)
    return ManifestSplit(
        for_training,
        for_testing,
        without_test=tuple(label for label in for_training.labels if label not in for_testing.labels),
        unreadable=tuple(images.unreadable),
        unlabeled=sum(not labels for labels in images.labels.values()),
    )


def _check_arguments(
    source: str,
    training: str | os.PathLike[str],
    testing: str | os.PathLike[str],
    test_fraction: float,
) -> None:
    if not is_number(test_fraction) and test_fraction == test_fraction:  # noqa: PLR0124  (NaN is out of range below)
        raise TypeError(f"test_fraction must be a number above 0 and below 1, got {shown(test_fraction)}")
    if not 0 < test_fraction < 1:
        raise ValueError(f"test_fraction must be above 0 and below 1, got {test_fraction}")
    places = [os.fspath(place) for place in (source, training, testing)]
    if len({place if is_s3_uri(place) else os.path.realpath(place) for place in places}) != len(places):
        raise ValueError(
            f"source, training and testing must be three different files, got {', '.join(map(shown, places))}"
        )


class _Images:
    """The images of a manifest and their labels."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._names: dict[str, str] = {}
        self.image_of_line: list[bytes] = []
        self.labels: dict[bytes, list[str]] = {}
        self._repeated: dict[bytes, set[str]] = {}
        self.unreadable: list[int] = []
        self.facts = FileFacts()

    def add(self, number: int, line: bytes) -> None:
        """Add the image of a line."""
        image, _ = read_line(self._parse(number, line), number, feature=None)
        if image is None:
            self.unreadable.append(number)
            self.image_of_line.append(_NO_IMAGE)
            return
        # a hash is shorter than the name of an image, and sorting by it gives a random order that depends on the seed
        name = f"{self._seed} {image.source_ref}".encode("utf-8", "surrogatepass")
        key = hashlib.blake2b(name, digest_size=16).digest()
        self.image_of_line.append(key)
        added = dict.fromkeys(label for labels in image.labels.values() for label in labels)
        known = self.labels.setdefault(key, [])
        # a set takes much more memory than a list, and few images are in several lines
        seen = self._repeated.setdefault(key, set(known)) if known else set[str]()
        known += (self._names.setdefault(label, label) for label in added if label not in seen)
        seen.update(added)

    def _parse(self, number: int, line: bytes) -> Line:
        facts = self.facts
        facts.lines, facts.size = number, facts.size + len(line)
        if len(facts.head) < HEAD_BYTES:
            facts.head += line[:HEAD_BYTES]
        try:
            text = line.decode()
        except UnicodeDecodeError:
            if facts.not_utf8 is None:
                facts.not_utf8, facts.invalid_line = number, line
            return Line("", None)
        text = text.removeprefix(_BYTE_ORDER_MARK) if number == 1 else text
        parsed = parse(text) if len(line) <= LONGEST_LINE else Line(text, None)
        facts.blank += parsed.is_blank
        facts.objects += parsed.entry is not None
        return parsed

    def in_seeded_order(self) -> Mapping[bytes, list[str]]:
        """Return the labels of each image, in an order that depends on the images and the seed only."""
        return {image: self.labels[image] for image in sorted(self.labels)}

    def part(self, target: str, sides: bytes, side: int) -> SplitPart:
        """Return the counts of the manifest of one side.

        Args:
            target: The name of the manifest.
            sides: The side of each line.
            side: The side to count.
        """
        images = {
            image
            for image, found in zip(self.image_of_line, sides, strict=True)
            if found == side and image in self.labels
        }
        counts = Counter(label for image in images for label in self.labels[image])
        return SplitPart(target, sides.count(side), len(images), Counts(dict(sorted(counts.items()))))


def stratify(images: Mapping[ImageT, Sequence[str]], fraction: float) -> set[ImageT]:
    """Return the images to test with.

    A label with one image stays in training. Of each other label, at least one image is wanted on both sides; where
    images have several labels, this is not always possible.

    Args:
        images: The labels of each image, each label once. Among images with the same labels, the first ones in this
            order are assigned first.
        fraction: The share of test images, between 0 and 1.
    """
    remaining: dict[str, dict[ImageT, None]] = {}
    for image, labels in images.items():
        for label in labels or (_NO_LABEL,):
            remaining.setdefault(label, {})[image] = None
    for_testing = {label: _test_images(len(found), fraction) for label, found in remaining.items()}
    for_training = {label: len(found) - for_testing[label] for label, found in remaining.items()}
    wanted = round(len(images) * fraction)
    chosen: set[ImageT] = set()
    assigned = 0
    # A label is added again whenever it has fewer images left; entries with outdated counts are skipped.
    by_count = [(len(found), label) for label, found in remaining.items()]
    heapify(by_count)
    while by_count:
        count, rarest = heappop(by_count)
        if len(remaining.get(rarest, ())) != count:
            continue
        changed: set[str] = set()
        for image in list(remaining[rarest]):
            testing, training = for_testing[rarest], for_training[rarest]
            is_tie = testing == training > 0
            is_chosen = testing > training or (is_tie and (wanted - len(chosen)) * 2 > len(images) - assigned)
            if is_chosen:
                chosen.add(image)
            assigned += 1
            for label in images[image] or (_NO_LABEL,):
                (for_testing if is_chosen else for_training)[label] -= 1
                del remaining[label][image]
                if not remaining[label]:
                    del remaining[label]
                changed.add(label)
        for label in changed & remaining.keys():
            heappush(by_count, (len(remaining[label]), label))
    return chosen


def _test_images(count: int, fraction: float) -> int:
    if count == 1:
        return 0
    return min(max(round(count * fraction), 1), count - 1)


def _first(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else ""
    return f"{', '.join(names[:_MOST_NAMES])}{more}"
