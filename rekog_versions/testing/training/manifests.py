"""Reading manifests, of trainings and of datasets: the images, their labels, and the faults of the files themselves."""

import json
import math
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, NoReturn, Self, cast

from rekog_versions.testing.storage import Storage, StorageDeniedError, StorageError


class TrainingError(Exception):
    """What ends a training in TRAINING_FAILED; its text is the service's StatusMessage, to the letter."""


UNREADABLE = "The manifest file extension or contents are invalid."
EMPTY = "The manifest file is empty."
TOO_LARGE = "The manifest file size exceeds the maximum supported size."
TOO_MANY_LINES = "The manifest file has too many rows."
DENIED = "The S3 bucket permissions are incorrect."
TOO_FEW_LABELS = "The manifest file has too few labels."

MOST_BYTES = 2**30
"""The largest manifest file: 1 GB."""


class UseCase(Enum):
    """What the labels of a manifest are about."""

    IMAGE_LEVEL_LABELS = "IMAGE_LEVEL_LABELS"
    OBJECT_LOCALIZATION = "OBJECT_LOCALIZATION"


@dataclass(frozen=True)
class Line:
    """A line of a manifest, as it stands there."""

    text: str
    entry: Mapping[str, Any] | None
    """What it holds; None if it is no JSON object, or blank."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not self.text.strip()


@dataclass(frozen=True)
class Image:
    """What a line of a manifest says about an image."""

    source_ref: str
    labels: Mapping[UseCase, tuple[str, ...]]
    """The labels in the order of the line; with boxes, one for each box, so a label may stand there several times."""


@dataclass(frozen=True)
class Dataset:
    """The labelled images of one or several manifests that are about the same thing."""

    use_case: UseCase
    images: Sequence[Image]

    def labels_of(self, image: Image) -> tuple[str, ...]:
        """The labels of an image that count here."""
        return image.labels[self.use_case]

    @property
    def labels(self) -> frozenset[str]:
        """Every label."""
        return frozenset(label for image in self.images for label in self.labels_of(image))

    @classmethod
    def about(cls, use_case: UseCase, images: Sequence[Image]) -> Self:
        """A dataset of those images that have a label of that kind: the service ignores the others."""
        return cls(use_case, [image for image in images if image.labels.get(use_case)])

    def of(self, images: Sequence[Image]) -> Self:
        """A dataset of some of the images."""
        return replace(self, images=images)


def read_images(storage: Storage, assets: Sequence[Mapping[str, Any]]) -> list[Image]:
    """Reads the images of all manifests.

    Args:
        storage: Where the manifests are.
        assets: The request's assets.

    Returns:
        The images. Lines that can't be read have none.

    Raises:
        TrainingError: A manifest file can't be used.
    """
    return [
        image for asset in assets for image in images_of(read_lines(storage, asset["GroundTruthManifest"]["S3Object"]))
    ]


def images_of(lines: Iterable[Line]) -> Iterator[Image]:
    """The images of the lines that name one: what a training learns from, be it a manifest's or a dataset's."""
    for line in lines:
        if line.entry is not None and "source-ref" in line.entry:
            yield Image(str(line.entry["source-ref"]), _labels(line.entry))


def training_dataset(images: Sequence[Image], least_labels: Mapping[UseCase, int]) -> Dataset:
    """Settles what the training is about: what most of its images show.

    Raises:
        TrainingError: There are fewer labels than a model of that kind needs.
    """
    boxed = sum(UseCase.OBJECT_LOCALIZATION in image.labels for image in images)
    classed = sum(UseCase.IMAGE_LEVEL_LABELS in image.labels for image in images)
    dataset = Dataset.about(UseCase.OBJECT_LOCALIZATION if boxed > classed else UseCase.IMAGE_LEVEL_LABELS, images)
    if len(dataset.labels) < least_labels[dataset.use_case]:
        raise TrainingError(TOO_FEW_LABELS)
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
    lines = [Line(line, _entry(line)) for line in texts]
    if all(line.is_blank for line in lines):
        raise TrainingError(EMPTY)
    if all(line.entry is None for line in lines):
        raise TrainingError(UNREADABLE)
    return lines


def _entry(line: str) -> Mapping[str, Any] | None:
    try:
        entry = json.loads(line, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return cast("Mapping[str, Any]", entry) if isinstance(entry, dict) else None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON, although Python reads it")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is out of range")
    return number


def _labels(entry: Mapping[str, Any]) -> Mapping[UseCase, tuple[str, ...]]:
    found: dict[UseCase, list[str]] = {}
    for name, value in entry.items():
        metadata = entry.get(f"{name}-metadata")
        if not isinstance(metadata, dict):
            continue
        described = cast("Mapping[str, Any]", metadata)
        class_name = described.get("class-name")
        if isinstance(class_name, str):
            labels = found.setdefault(UseCase.IMAGE_LEVEL_LABELS, [])
            if class_name not in labels:
                labels.append(class_name)
        elif isinstance(value, dict) and isinstance(described.get("class-map"), dict):
            boxes = found.setdefault(UseCase.OBJECT_LOCALIZATION, [])
            boxes.extend(_boxed_labels(cast("Mapping[str, Any]", value), described["class-map"]))
    return {use_case: tuple(labels) for use_case, labels in found.items()}


def _boxed_labels(attribute: Mapping[str, Any], class_map: Mapping[str, Any]) -> Iterator[str]:
    annotations = attribute.get("annotations")
    for annotation in cast("Sequence[Any]", annotations) if isinstance(annotations, list) else ():
        if isinstance(annotation, dict):
            # a class_id means something only with its own line's class map
            label = class_map.get(str(cast("Mapping[str, Any]", annotation).get("class_id")))
            if isinstance(label, str):
                yield label
