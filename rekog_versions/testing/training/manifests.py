"""Reading manifests, of trainings and of datasets: the images, their labels, and the faults of the files themselves."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from rekog_versions.manifests.issues import Issue, issue
from rekog_versions.manifests.lines import Image, Line, UseCase, parse, read_line
from rekog_versions.testing.storage import Storage, StorageDeniedError, StorageError


class TrainingError(Exception):
    """What ends a training in TRAINING_FAILED; its text is the service's StatusMessage, to the letter."""


class ContentError(TrainingError):
    """What the manifests hold ends the training: the one failure of which the service writes files."""

    def __init__(self, found: Issue) -> None:
        super().__init__(found.message)
        self.issue = found


UNREADABLE = "The manifest file extension or contents are invalid."
EMPTY = "The manifest file is empty."
TOO_LARGE = "The manifest file size exceeds the maximum supported size."
TOO_MANY_LINES = "The manifest file has too many rows."
DENIED = "The S3 bucket permissions are incorrect."

MOST_BYTES = 2**30
"""The largest manifest file: 1 GB."""


@dataclass(frozen=True)
class Manifest:
    """The lines of one or several manifest files, as one."""

    lines: Sequence[Line] = ()
    images: Mapping[int, Image] = field(default_factory=dict[int, Image])
    """The images of the lines that name one, by the line, counted from 1."""
    issues: Sequence[Issue] = ()

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Self:
        """Reads lines, be they of a manifest or of a dataset."""
        images: dict[int, Image] = {}
        issues: list[Issue] = []
        for number, line in enumerate(lines, start=1):
            image, found = read_line(line, number)
            issues.extend(found)
            if image is not None:
                images[number] = image
        return cls(lines, images, issues)


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


def read_manifest(storage: Storage, assets: Sequence[Mapping[str, Any]]) -> Manifest:
    """Reads the manifests of all assets as one.

    Args:
        storage: Where the manifests are.
        assets: The request's assets.

    Returns:
        What they hold.

    Raises:
        TrainingError: A manifest file can't be used.
    """
    return Manifest.of(
        [line for asset in assets for line in read_lines(storage, asset["GroundTruthManifest"]["S3Object"])]
    )


def training_dataset(manifest: Manifest, least_labels: Mapping[UseCase, int]) -> Dataset:
    """Settles what the training is about: what most of its images show.

    Raises:
        ContentError: There are fewer labels than a model of that kind needs.
    """
    images = manifest.images.values()
    boxed = sum(UseCase.OBJECT_LOCALIZATION in image.labels for image in images)
    classed = sum(UseCase.IMAGE_LEVEL_LABELS in image.labels for image in images)
    dataset = Dataset.about(UseCase.OBJECT_LOCALIZATION if boxed > classed else UseCase.IMAGE_LEVEL_LABELS, manifest)
    if len(dataset.labels) < least_labels[dataset.use_case]:
        raise ContentError(issue("ERROR_MANIFEST_TOO_FEW_LABELS"))
    return dataset


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
    if posixpath.splitext(key)[1] in ("", "."):
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
    if len(content) > MOST_BYTES:
        raise TrainingError(TOO_LARGE)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TrainingError(UNREADABLE) from error
    # not splitlines(): a label may hold U+2028 and the like, which end no line of a JSON Lines file
    texts = text.removesuffix("\n").split("\n")
    if most is not None and len(texts) > most:
        raise TrainingError(TOO_MANY_LINES)
    lines = [parse(line) for line in texts]
    if all(line.is_blank for line in lines):
        raise TrainingError(EMPTY)
    if all(line.entry is None for line in lines):
        raise TrainingError(UNREADABLE)
    return lines
