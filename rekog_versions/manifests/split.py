"""Dividing a manifest into one for training and one for testing."""

import hashlib
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rekog_versions._text import printable
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.counts import Counts
from rekog_versions.manifests.destinations import Writing
from rekog_versions.manifests.lines import parse, read_line
from rekog_versions.manifests.messages import shown
from rekog_versions.manifests.naming import is_in_s3
from rekog_versions.manifests.rereading import Rereadable
from rekog_versions.manifests.stratification import stratified

_TRAINING, _TESTING = 0, 1
_SHOWN = 10
_UNREADABLE = b""  # stands for the image of a line that names none
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class SplitPart:
    """One of the two manifests."""

    target: str
    """The path, or `s3://bucket/key`."""
    lines: int
    images: int
    """Of its images, each counted once."""
    labels: Mapping[str, int]
    """How many images show each label, sorted by label."""


@dataclass(frozen=True, slots=True)
class ManifestSplit:
    """How a manifest was divided."""

    training: SplitPart
    testing: SplitPart
    without_test: tuple[str, ...]
    """Labels that no test image shows: those with one image, and rarely one that only stands beside others."""
    unreadable: tuple[int, ...]
    """Lines that name no image, counted from 1: they went to training as they are."""

    def __str__(self) -> str:
        labels = sorted({*self.training.labels, *self.testing.labels})
        width = max((len(printable(label, 40)) for label in labels), default=5)
        rows = [f"{'':{width}}  {'training':>10}  {'testing':>10}  {'share':>6}"]
        for name, here, there in (
            ("lines", self.training.lines, self.testing.lines),
            ("images", self.training.images, self.testing.images),
            *((label, self.training.labels.get(label, 0), self.testing.labels.get(label, 0)) for label in labels),
        ):
            share = there / (here + there) if here + there else 0
            rows.append(f"{printable(name, 40):{width}}  {here:>10,}  {there:>10,}  {share:>6.1%}")
        if self.without_test:
            rows.append(f"without a test image: {_few([printable(label, 40) for label in self.without_test])}")
        if self.unreadable:
            rows.append(f"lines that name no image, put into training: {_few(list(map(str, self.unreadable)))}")
        return "\n".join(rows)


def split_manifest(
    source: str | os.PathLike[str],
    training: str | os.PathLike[str],
    testing: str | os.PathLike[str],
    *,
    test_fraction: float = 0.2,
    seed: int = 0,
    s3: Any = None,
) -> ManifestSplit:
    """Divides a manifest into one for training and one for testing, so that both show the labels alike.

    Each label with at least two images gets its share of test images, to the nearest image and at least one; an image
    with several labels counts for each of them. No image is in both: lines with the same `source-ref` stay together.
    The result depends on the images, their labels and the seed only, not on the order of the lines. Lines are copied
    byte for byte in their order, each to one of the two, also those that the service would refuse. Both manifests
    appear when they are whole.

    The source is read twice. Memory: about 400 bytes an image.

    Args:
        source: The manifest: a path, or `s3://bucket/key`.
        training: Where to write the one for training: a path, or `s3://bucket/key`.
        testing: Where to write the one for testing.
        test_fraction: The share of the test images, between 0 and 1.
        seed: Another number gives another division.
        s3: For S3: a boto3 client for it, or a `VersionsClient`.

    Raises:
        ManifestError: There is nothing to divide, the source changed meanwhile, or a target has no extension.
        ValueError: The fraction is not between 0 and 1, two of the places are the same, or one is in S3 and there is no
            client.
        OSError: A file can't be read or written.
        botocore.exceptions.ClientError: S3 refused.
    """
    if not 0 < test_fraction < 1:
        raise ValueError(f"test_fraction must be more than 0 and less than 1, not {test_fraction}")
    places = [_place(place) for place in (source, training, testing)]
    if len(set(places)) != len(places):
        raise ValueError(f"source, training and testing must be three places, not {', '.join(map(shown, places))}")
    manifest = Rereadable(source, s3)
    found = _Found(seed)
    for number, line in enumerate(manifest.lines(), start=1):
        found.take(number, line)
    chosen = stratified(found.in_order(), test_fraction)
    if not chosen:
        raise ManifestError(
            f"{shown(os.fspath(source))} can't be divided: no label of its {len(found.labels):,} images has two of them"
        )
    sides = bytes(_TESTING if image in chosen else _TRAINING for image in found.image_of_line)
    with Writing() as writing:
        sinks = writing.open(training, s3), writing.open(testing, s3)
        for side, line in zip(sides, manifest.lines(), strict=True):
            sinks[side].write(line)
    stay, go = found.part(os.fspath(training), sides, _TRAINING), found.part(os.fspath(testing), sides, _TESTING)
    return ManifestSplit(
        stay,
        go,
        without_test=tuple(label for label in stay.labels if label not in go.labels),
        unreadable=tuple(found.unreadable),
    )


class _Found:
    """What a manifest says, as far as it decides where its lines go."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._names: dict[str, str] = {}
        self.image_of_line: list[bytes] = []
        self.labels: dict[bytes, list[str]] = {}
        self.unreadable: list[int] = []

    def take(self, number: int, line: bytes) -> None:
        """Takes a line."""
        try:
            text = line.decode()
        except UnicodeDecodeError:
            text = ""
        image, _ = read_line(parse(text.removeprefix(_MARK) if number == 1 else text), number)
        if image is None:
            self.unreadable.append(number)
            self.image_of_line.append(_UNREADABLE)
            return
        # shorter than the name of an image, and in an order that is the seed's
        name = f"{self._seed} {image.source_ref}".encode("utf-8", "surrogatepass")
        key = hashlib.blake2b(name, digest_size=16).digest()
        known = self.labels.setdefault(key, [])
        self.image_of_line.append(key)
        for labels in image.labels.values():
            for label in labels:
                if label not in known:
                    known.append(self._names.setdefault(label, label))

    def in_order(self) -> Mapping[bytes, list[str]]:
        """The images in the order that the seed gives them."""
        return {image: self.labels[image] for image in sorted(self.labels)}

    def part(self, target: str, sides: bytes, side: int) -> SplitPart:
        """What one side has got."""
        images = {
            image for image, its in zip(self.image_of_line, sides, strict=True) if its == side and image in self.labels
        }
        counts = Counter(label for image in images for label in self.labels[image])
        return SplitPart(target, sides.count(side), len(images), Counts(dict(sorted(counts.items()))))


def _place(place: str | os.PathLike[str]) -> str:
    name = os.fspath(place)
    return name if is_in_s3(name) else os.path.realpath(name)


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"
