"""Find images of manifests that look alike, also between the training and the test manifest."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rekog_versions._json import JsonResult
from rekog_versions._text import printable
from rekog_versions.manifests.images.image_check import ImageInfo, ImageReader
from rekog_versions.manifests.images.readers import stored_images
from rekog_versions.manifests.limits import Side
from rekog_versions.manifests.sources import ManifestSource, name_sources
from rekog_versions.manifests.statistics.reading import ContentsReader

_MOST_LISTED = 1000
_MOST_SHOWN = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class SimilarImage(JsonResult):
    """An image of a group."""

    source_ref: str
    side: Side
    """`"training"` or `"testing"`; the training side of an image that both manifests have."""
    distance: int
    """The bits of the hash, of 128, that differ from the first image of the group."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SimilarImages(JsonResult):
    """Images that look alike, those of the training manifest first."""

    images: tuple[SimilarImage, ...]
    is_leak: bool
    """True if images of both manifests are in the group."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SimilarityReport(JsonResult):
    """The images that look alike, as `find_similar_images()` found them. Its truth value is True if there are any.

    Iterating it yields the groups; those with images of both manifests are first.
    """

    images: int
    """Different images that were compared."""
    in_both: tuple[str, ...]
    """The first 1,000 `source-ref`s that both manifests have."""
    in_both_count: int
    groups: tuple[SimilarImages, ...]
    """The first 1,000 groups."""
    group_count: int
    leaks: int
    """Groups with images of both manifests."""
    unreadable: tuple[tuple[str, str], ...]
    """The first 1,000 images that could not be compared, and the reasons."""
    unreadable_count: int

    def __iter__(self) -> Iterator[SimilarImages]:
        """Yield the groups."""
        return iter(self.groups)

    def __len__(self) -> int:
        """Return the number of groups."""
        return self.group_count

    def __bool__(self) -> bool:
        """Return True if images look alike or are in both manifests."""
        return bool(self.group_count or self.in_both_count)

    def __str__(self) -> str:
        return "\n".join(_text(self))


def _text(found: SimilarityReport) -> Iterator[str]:
    yield (
        f"{found.images:,} images compared, {found.group_count:,} groups look alike, "
        f"{found.leaks:,} of them between training and test"
    )
    if found.in_both_count:
        yield f"images in both manifests: {found.in_both_count:,}"
        yield from (f"  {printable(name, 200)}" for name in found.in_both[:_MOST_SHOWN])
    for group in found.groups[:_MOST_SHOWN]:
        yield "in training and test:" if group.is_leak else "look alike:"
        for image in group.images[:_MOST_SHOWN]:
            yield f"  {image.side:8}  {printable(image.source_ref, 200)} ({image.distance} bits differ)"
    if found.unreadable_count:
        yield f"not compared: {found.unreadable_count:,}"
        yield from (f"  {printable(name, 200)}: {printable(why, 200)}" for name, why in found.unreadable[:_MOST_SHOWN])


def find_similar_images(
    training: ManifestSource | Sequence[ManifestSource],
    testing: ManifestSource | Sequence[ManifestSource] = (),
    *,
    images: ImageReader,
    max_distance: int = 6,
    s3: Any = None,
    on_progress: Callable[[int], object] | None = None,
) -> SimilarityReport:
    """Find the images that look alike, within a manifest and between the training and the test manifest.

    A model that is tested with copies of its training images seems better than it is. Copies that were scaled,
    compressed again, turned by EXIF or slightly changed are found by a perceptual hash of 128 bits. Crops, mirrored
    images and other photos of the same object are not.

    Each image is read once as a whole. Memory: about 300 bytes an image.

    Args:
        training: The training manifest, or several: paths, `s3://bucket/key`, `S3Object`s, bytes or binary files.
        testing: The test manifest. By default, only the training images are compared.
        images: `images_from_s3(client)` or `images_from_folder(folder, prefix)`.
        max_distance: The most bits of two hashes that differ, 0 to 24. Above about 10, different images may be found.
        s3: Reads manifests in S3: a boto3 client, or a `VersionsClient`.
        on_progress: Called with the number of images that were read so far, after each image.

    Returns:
        The groups of images that look alike. `print()` shows the first ones. Images that cannot be read or decoded are
        listed, and large ones are not decoded.

    Raises:
        ImportError: Pillow is not installed.
        ManifestError: A manifest does not exist, is compressed or not UTF-8, or has more than 1 GiB.
        TypeError: `images` cannot read whole images, or a manifest has an unsupported type.
        ValueError: `max_distance` is out of range, an S3 URI has no key, or `s3` is missing.
        OSError: A local file can't be read.
        botocore.exceptions.ClientError: S3 rejected the request for a manifest, or the credentials.
    """
    from rekog_versions.manifests.images.perceptual_hash import MOST_DISTANCE, perceptual_hash  # noqa: PLC0415

    if not 0 <= max_distance <= MOST_DISTANCE:
        raise ValueError(f"max_distance must be 0 to {MOST_DISTANCE} bits, got {max_distance}")
    reader = stored_images(images)
    run = _Run()
    run.add_manifests("training", training, s3)
    if not isinstance(testing, list | tuple) or testing:
        run.add_manifests("testing", testing, s3)
    for done, (place, found) in enumerate(reader.process(enumerate(run.names), perceptual_hash), start=1):
        run.add_hash(place, found)
        if on_progress is not None:
            on_progress(done)
    return run.report(max_distance)


class _Run:
    """One comparison."""

    def __init__(self) -> None:
        self.names: list[str] = []
        """The different images: those of the training manifest, then the others."""
        self._places: dict[str, int] = {}
        self._training = 0
        self._in_both: dict[str, None] = {}
        self._by_hash: dict[int, array[int]] = {}
        self._unreadable: list[tuple[str, str]] = []
        self._unreadable_count = 0

    def add_manifests(self, side: Side, given: ManifestSource | Sequence[ManifestSource], s3: Any) -> None:
        """Add the images of a side."""
        for _, contents in ContentsReader().read(name_sources(given, side), s3):
            for name in contents.references:
                place = self._places.setdefault(name, len(self.names))
                if place == len(self.names):
                    self.names.append(name)
                elif side == "testing" and place < self._training:
                    self._in_both[name] = None
        if side == "training":
            self._training = len(self.names)

    def add_hash(self, place: int, found: int | ImageInfo) -> None:
        """Add the hash of an image, or the problem of reading it."""
        if isinstance(found, ImageInfo):
            self._unreadable_count += 1
            if len(self._unreadable) < _MOST_LISTED:
                why = found.detail or (found.problem.value if found.problem else "unknown")
                self._unreadable.append((self.names[place], why))
        else:
            self._by_hash.setdefault(found, array("I")).append(place)

    def report(self, max_distance: int) -> SimilarityReport:
        """Return the groups of all images."""
        from rekog_versions.manifests.images.perceptual_hash import near_pairs  # noqa: PLC0415  (an extra)

        hashes = list(self._by_hash)
        roots = list(range(len(hashes)))

        def root(place: int) -> int:
            while roots[place] != place:
                roots[place] = roots[roots[place]]
                place = roots[place]
            return place

        for one, other, _ in near_pairs(hashes, max_distance):
            roots[root(other)] = root(one)
        members: dict[int, list[tuple[int, int]]] = {}
        for place, found in enumerate(hashes):
            members.setdefault(root(place), []).extend((image, found) for image in self._by_hash[found])
        similar = sorted(sorted(found) for found in members.values() if len(found) > 1)
        groups = [self._group(found) for found in similar]
        groups.sort(key=lambda group: not group.is_leak)
        return SimilarityReport(
            images=sum(map(len, self._by_hash.values())),
            in_both=tuple(self._in_both)[:_MOST_LISTED],
            in_both_count=len(self._in_both),
            groups=tuple(groups[:_MOST_LISTED]),
            group_count=len(groups),
            leaks=sum(group.is_leak for group in groups),
            unreadable=tuple(self._unreadable),
            unreadable_count=self._unreadable_count,
        )

    def _group(self, found: list[tuple[int, int]]) -> SimilarImages:
        first = found[0][1]
        is_training = [place < self._training for place, _ in found]
        return SimilarImages(
            images=tuple(
                SimilarImage(
                    source_ref=self.names[place],
                    side="training" if place < self._training else "testing",
                    distance=(bits ^ first).bit_count(),
                )
                for place, bits in found
            ),
            is_leak=any(is_training) and not all(is_training),
        )
