"""Reading manifests, of trainings and of datasets: the images, their labels, and the faults of the files themselves."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeAlias

from rekog_versions.manifests.check.rules import FileFacts, file_issue
from rekog_versions.manifests.check.totals import ImageBatch, ManifestTotals
from rekog_versions.manifests.images.image_check import ImageInfo, ImageProblem, check_image
from rekog_versions.manifests.issues import MESSAGES, Issue, issue
from rekog_versions.manifests.limits import MOST_BYTES
from rekog_versions.manifests.lines import Image, Line, UseCase, parse, read_line
from rekog_versions.manifests.naming import has_extension
from rekog_versions.testing.storage import Storage, StorageDeniedError, StorageError

LookAtImage: TypeAlias = Callable[[str], ImageInfo]
"""What finds the picture that a `source-ref` names."""


class TrainingError(Exception):
    """What ends a training in TRAINING_FAILED; its text is the service's StatusMessage, to the letter."""


UNREADABLE = MESSAGES["ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT"]
EMPTY = MESSAGES["ERROR_EMPTY_MANIFEST"]
TOO_MANY_LINES = MESSAGES["ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM"]
DENIED = MESSAGES["ERROR_INVALID_PERMISSIONS_MANIFEST_S3_BUCKET"]


@dataclass(frozen=True)
class Manifest:
    """The lines of one or several manifest files, as one."""

    lines: Sequence[Line] = ()
    images: Mapping[int, Image] = field(default_factory=dict[int, Image])
    """The images of the lines that name one, by the line, counted from 1."""
    issues: Sequence[Issue] = ()
    totals: ManifestTotals = field(default_factory=ManifestTotals)
    """What the rules about whole manifests look at."""

    @classmethod
    def of(cls, lines: Sequence[Line], look: LookAtImage | None = None) -> Self:
        """Reads lines, be they of a manifest or of a dataset.

        Args:
            lines: The lines.
            look: What finds the picture of an image; None if nobody is to look.
        """
        images: dict[int, Image] = {}
        issues: list[Issue] = []
        totals, batch = ManifestTotals(total=len(lines)), ImageBatch()
        for number, line in enumerate(lines, start=1):
            image, found = read_line(line, number)
            if image is not None:
                images[number] = image
                if look is not None:
                    found = [*found, *_of_image(image, number, look(image.source_ref), totals)]
                batch.add_image(number, image)
            if found:
                issues.extend(found)
                totals.add_issues(number, found)
        totals.add_images(batch)
        return cls(lines, images, issues, totals)


def _of_image(image: Image, number: int, picture: ImageInfo, totals: ManifestTotals) -> Iterator[Issue]:
    totals.images_asked += 1
    totals.images_missing += picture.problem is ImageProblem.NOT_FOUND
    judged = check_image(picture, boxes=bool(image.boxes))
    if judged.code:
        yield issue(judged.code, number)


@dataclass(frozen=True)
class Dataset:
    """The labelled images of one or several manifests that are about the same thing."""

    use_case: UseCase
    images: Sequence[Image]
    lines: Sequence[int] = ()
    """The line of each image."""

    def labels_of(self, image: Image) -> tuple[str, ...]:
        """The labels of an image that count here."""
        return image.labels[self.use_case]

    @property
    def labels(self) -> frozenset[str]:
        """Every label."""
        return frozenset(label for image in self.images for label in self.labels_of(image))

    @classmethod
    def about(cls, use_case: UseCase, manifest: Manifest) -> Self:
        """A dataset of those images that have a label of that kind: the service ignores the others."""
        of_use = {number: image for number, image in manifest.images.items() if image.labels.get(use_case)}
        return cls(use_case, list(of_use.values()), list(of_use))

    def of(self, places: Sequence[int]) -> Self:
        """A dataset of some of the images, by their places in this one."""
        return replace(
            self, images=[self.images[place] for place in places], lines=[self.lines[place] for place in places]
        )


def read_manifest(storage: Storage, assets: Sequence[Mapping[str, Any]], most: int) -> Sequence[Line]:
    """Reads the manifests of all assets as one.

    Args:
        storage: Where the manifests are.
        assets: The request's assets.
        most: How many lines they may have.

    Returns:
        Their lines.

    Raises:
        TrainingError: A manifest file can't be used.
    """
    lines = [line for asset in assets for line in read_lines(storage, asset["GroundTruthManifest"]["S3Object"])]
    if len(lines) > most:
        raise TrainingError(TOO_MANY_LINES)
    return lines


def read_lines(storage: Storage, location: Mapping[str, str], *, most: int | None = None) -> list[Line]:
    """Reads a manifest file.

    Args:
        storage: Where it is.
        location: Its S3Object.
        most: How many lines it may have; None means any number.

    Returns:
        Its lines, blank ones too.

    Raises:
        TrainingError: The file can't be used.
    """
    key = location["Name"]
    if not has_extension(key):
        raise TrainingError(UNREADABLE)
    try:
        content = storage.read(location["Bucket"], key, location.get("Version"))
    except StorageDeniedError as error:
        raise TrainingError(DENIED) from error
    except StorageError as error:
        raise TrainingError(UNREADABLE) from error
    return parse_lines(content, most=most)


def parse_lines(content: bytes, *, most: int | None = None) -> list[Line]:
    """Takes JSON Lines apart.

    Args:
        content: The file's content.
        most: How many lines it may have; None means any number.

    Returns:
        The lines, blank ones too.

    Raises:
        TrainingError: The content can't be used.
    """
    facts = FileFacts(size=len(content))
    try:
        text = content.decode("utf-8-sig") if len(content) <= MOST_BYTES else ""
    except UnicodeDecodeError as error:
        text, facts.not_utf8 = "", content.count(b"\n", 0, error.start) + 1
    # not splitlines(): a label may hold U+2028 and the like, which end no line of a JSON Lines file
    lines = [parse(line) for line in text.removesuffix("\n").split("\n")]
    facts.lines = len(lines)
    facts.blank = sum(line.is_blank for line in lines)
    facts.objects = sum(line.entry is not None for line in lines)
    found = file_issue(facts, most=most)
    if found:
        raise TrainingError(found.message)
    return lines
