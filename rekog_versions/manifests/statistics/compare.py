"""Compare two manifests image by image: what was added, removed, relabelled and redrawn."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from rekog_versions.errors import ManifestError
from rekog_versions.manifests.counts import LineNumbers
from rekog_versions.manifests.lines import Image, UseCase
from rekog_versions.manifests.sources import BinaryFile, NamedSource, StoredManifest, name_sources
from rekog_versions.manifests.statistics.differences import (
    ChangeKind,
    ImageChange,
    ManifestComparison,
    ManifestLabelChange,
    ManifestSide,
)
from rekog_versions.manifests.statistics.reading import LineCounts, read_images

_KEY = 8  # bytes of the hash of an image's name
_MOST_LISTED = 1000


def compare_manifests(
    old: StoredManifest | bytes | Sequence[StoredManifest | bytes],
    new: StoredManifest | bytes | Sequence[StoredManifest | bytes],
    *,
    s3: Any = None,
) -> ManifestComparison:
    """Compare the images and labels of two manifests, for example of two versions of a data set.

    Images are compared by `source-ref`, in any order of the lines. The labels of an image are those of all its lines.
    Attribute names, confidences and dates do not count. Lines without an image are counted and cannot be compared.

    The manifests are read once, and a second time if they differ. Memory: about 70 bytes for each line of both, and
    about 400 bytes for each image that differs.

    Args:
        old: The earlier manifest: a path, `s3://bucket/key`, an `S3Object` or bytes; or a sequence of these, which
            count as one manifest.
        new: The later manifest, given in the same way.
        s3: Reads `s3://` URIs: a boto3 client for S3, or a `VersionsClient`.

    Returns:
        The comparison. `print()` shows it as tables, and iterating it yields the labels.

    Raises:
        ManifestError: A manifest does not exist, is compressed or not UTF-8, has more than 1 GiB, or changed meanwhile.
        TypeError: A manifest has an unsupported type; file objects cannot be read twice.
        ValueError: An S3 URI has no key, or `s3` is missing.
        OSError: A local file can't be read.
        botocore.exceptions.ClientError: S3 rejected a request.
    """
    before, after = _Side(_sources(old, "old"), s3), _Side(_sources(new, "new"), s3)
    keys = set(_differing(before.read(), after.read()))
    return _result(before, after, _read_again((before, after), keys) if keys else ())


def _sources(given: object, side: str) -> list[NamedSource]:
    sources = name_sources(given, side)
    if any(isinstance(source.content, BinaryFile) for source in sources):
        raise TypeError(f"{side} must be a path, an s3:// URI, an S3Object or bytes, got a file object: read() it")
    return sources


class _Side:
    """One of the two manifests."""

    def __init__(self, sources: list[NamedSource], s3: object) -> None:
        self.sources = sources
        self._s3 = s3
        self.lines = LineCounts()
        self.labels: Counter[str] = Counter()
        """Lines whose image has each label."""
        self.images = 0

    def read(self) -> list[bytes]:
        """Return a sorted record for each line: the hash of the image's name, and the hash of its labels and boxes."""
        records: list[bytes] = []
        for _, _, image in read_images(self.sources, self._s3, self.lines):
            self.labels.update(_names(image))
            records.append(_key(image) + _digest(repr((image.labels, _boxes(image)))))
        records.sort()
        self.images = sum(1 for _ in groupby(records, _key_of))
        return records

    def again(self, keys: Collection[bytes]) -> Iterator[tuple[bytes, Image]]:
        """Read the manifest a second time, and yield the images with some of the keys.

        Raises:
            ManifestError: The manifest has changed.
        """
        counts = LineCounts()
        for _, _, image in read_images(self.sources, self._s3, counts):
            key = _key(image)
            if key in keys:
                yield key, image
        if counts.digest != self.lines.digest:
            names = ", ".join(source.name for source in self.sources)
            raise ManifestError(f"the manifest {names!a} has changed since it was read first: start again")

    def result(self) -> ManifestSide:
        """Return the counts of the manifest."""
        return ManifestSide(
            sources=tuple(source.name for source in self.sources),
            lines=self.lines.total,
            images=self.images,
            lines_with_errors=self.lines.with_errors,
            error_lines=LineNumbers(self.lines.listed),
        )


def _key_of(record: bytes) -> bytes:
    return record[:_KEY]


def _key(image: Image) -> bytes:
    return _digest(image.source_ref)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY).digest()


def _boxes(image: Image) -> list[tuple[str, float, float, float, float]]:
    """Return the boxes of an image in a fixed order, as shares of the image."""
    names, frame = image.labels.get(UseCase.OBJECT_LOCALIZATION, ()), image.frame
    return sorted(
        (name, box.left / frame.width, box.top / frame.height, box.width / frame.width, box.height / frame.height)
        for name, box in zip(names, image.boxes, strict=True)
    )


def _differing(old: list[bytes], new: list[bytes]) -> Iterator[bytes]:
    """Yield the keys of the images that may differ, from two sorted lists of records."""
    merged = merge(
        ((key, records, 0) for key, records in _groups(old)), ((key, records, 1) for key, records in _groups(new))
    )
    for key, group in groupby(merged, itemgetter(0)):
        sides = [records for _, records, _ in group]
        if len(sides) == 1 or sides[0] != sides[1]:
            yield key


def _groups(records: Iterable[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    return ((key, list(group)) for key, group in groupby(records, _key_of))


class _Changed:
    """An image that may differ: its name, and its labels and boxes in both manifests."""

    __slots__ = ("boxes", "labels", "source_ref")

    def __init__(self, source_ref: str) -> None:
        self.source_ref = source_ref
        self.labels: list[frozenset[str] | None] = [None, None]
        """The labels in the old and in the new manifest; None where the image is missing."""
        self.boxes = [0, 0]
        """A hash of the boxes in the old and in the new manifest, which does not depend on their order."""

    @property
    def kind(self) -> ChangeKind | None:
        """The kind of the change; None if the lines differ and the image does not."""
        old, new = self.labels
        if old is None or new is None:
            return ChangeKind.ADDED if old is None else ChangeKind.REMOVED
        if old != new:
            return ChangeKind.RELABELLED
        return ChangeKind.REDRAWN if self.boxes[0] != self.boxes[1] else None


def _read_again(sides: Sequence[_Side], keys: Collection[bytes]) -> Iterable[_Changed]:
    """Return the images with some keys, in the order of their first lines."""
    found: dict[bytes, _Changed] = {}
    known: dict[frozenset[str], frozenset[str]] = {}  # most images share their labels with others
    for place, side in enumerate(sides):
        for key, image in side.again(keys):
            changed = found.setdefault(key, _Changed(image.source_ref))
            names = (changed.labels[place] or frozenset()) | _names(image)
            changed.labels[place] = known.setdefault(names, names)
            changed.boxes[place] += sum(map(hash, _boxes(image)))
    return found.values()


def _names(image: Image) -> frozenset[str]:
    return frozenset(name for labels in image.labels.values() for name in labels)


def _result(before: _Side, after: _Side, found: Iterable[_Changed]) -> ManifestComparison:
    counts: Counter[ChangeKind] = Counter()
    by_label: dict[str, Counter[str]] = {name: Counter() for name in (*before.labels, *after.labels)}
    changes: list[ImageChange] = []
    for image in found:
        kind = image.kind
        if kind is None:
            continue
        counts[kind] += 1
        old, new = (names or frozenset[str]() for names in image.labels)
        for name in new - old:
            by_label[name]["added" if kind is ChangeKind.ADDED else "gained"] += 1
        for name in old - new:
            by_label[name]["removed" if kind is ChangeKind.REMOVED else "lost"] += 1
        if counts[kind] <= _MOST_LISTED:
            changes.append(
                ImageChange(kind=kind, source_ref=image.source_ref, old=tuple(sorted(old)), new=tuple(sorted(new)))
            )
    order = list(ChangeKind)
    return ManifestComparison(
        old=before.result(),
        new=after.result(),
        added=counts[ChangeKind.ADDED],
        removed=counts[ChangeKind.REMOVED],
        relabelled=counts[ChangeKind.RELABELLED],
        redrawn=counts[ChangeKind.REDRAWN],
        unchanged=after.images - counts.total() + counts[ChangeKind.REMOVED],
        labels=tuple(
            ManifestLabelChange(
                name=name,
                old=before.labels[name],
                new=after.labels[name],
                added=by_label[name]["added"],
                removed=by_label[name]["removed"],
                gained=by_label[name]["gained"],
                lost=by_label[name]["lost"],
            )
            for name in sorted(by_label, key=lambda name: (-before.labels[name] - after.labels[name], name))
        ),
        changes=tuple(sorted(changes, key=lambda change: order.index(change.kind))),
    )
