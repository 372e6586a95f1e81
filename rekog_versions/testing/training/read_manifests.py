"""Reads the manifests of trainings and datasets: their images, their labels, and the errors of the files themselves."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeAlias

from rekog_versions.manifests.check.rules import FileFacts, file_issue
from rekog_versions.manifests.check.totals import ImageBatch, ManifestTotals
from rekog_versions.manifests.images.image_check import ImageInfo, ImageProblem, check_image
from rekog_versions.manifests.images.readers import image_info_from_bytes
from rekog_versions.manifests.issues import MESSAGES, Issue, issue
from rekog_versions.manifests.limits import MOST_BYTES, Feature
from rekog_versions.manifests.lines import Image, Line, UseCase, parse, read_line
from rekog_versions.manifests.naming import has_extension
from rekog_versions.testing.moto_s3 import Storage, StorageDeniedError, StorageError

ReadImage: TypeAlias = Callable[[str], ImageInfo]
"""Reads the image that a `source-ref` names."""


class TrainingError(Exception):
    """An error that ends a training in TRAINING_FAILED. Its text is the service's StatusMessage."""


UNREADABLE = MESSAGES["ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT"]
EMPTY = MESSAGES["ERROR_EMPTY_MANIFEST"]
TOO_MANY_LINES = MESSAGES["ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM"]
DENIED = MESSAGES["ERROR_INVALID_PERMISSIONS_MANIFEST_S3_BUCKET"]


@dataclass(frozen=True)
class ParsedManifest:
    """The lines of one or more manifest files, read as one manifest."""

    lines: Sequence[Line] = ()
    images: Mapping[int, Image] = field(default_factory=dict[int, Image])
    """The images by the number of their line, counted from 1."""
    issues: Sequence[Issue] = ()
    totals: ManifestTotals = field(default_factory=ManifestTotals)
    """The numbers that the rules about whole manifests need."""

    @classmethod
    def of(
        cls, lines: Sequence[Line], read_image: ReadImage | None = None, *, feature: Feature = "CUSTOM_LABELS"
    ) -> Self:
        """Read the lines of a manifest or a dataset.

        Args:
            lines: The lines.
            read_image: Reads an image. None means that images are not checked.
            feature: The feature that the project customizes.
        """
        images: dict[int, Image] = {}
        issues: list[Issue] = []
        totals, batch = ManifestTotals(total=len(lines)), ImageBatch()
        for number, line in enumerate(lines, start=1):
            image, found = read_line(line, number, feature=feature)
            if image is not None:
                images[number] = image
                if read_image is not None:
                    found = [*found, *_image_issues(image, number, read_image(image.source_ref), totals)]
                batch.add_image(number, image)
            if found:
                issues.extend(found)
                totals.add_issues(number, found)
        totals.add_images(batch)
        return cls(lines, images, issues, totals)


def _image_issues(image: Image, number: int, info: ImageInfo, totals: ManifestTotals) -> Iterator[Issue]:
    totals.images_asked += 1
    totals.images_missing += info.problem is ImageProblem.NOT_FOUND
    checked = check_image(info, boxes=bool(image.boxes))
    if checked.code:
        yield issue(checked.code, number)


@dataclass(frozen=True)
class LabelledImages:
    """The images of one or more manifests that have labels for one use case."""

    use_case: UseCase
    images: Sequence[Image]
    lines: Sequence[int] = ()
    """The line of each image."""

    def labels_of(self, image: Image) -> tuple[str, ...]:
        """Return the labels of an image for this use case."""
        return image.labels[self.use_case]

    @property
    def labels(self) -> frozenset[str]:
        """All labels."""
        return frozenset(label for image in self.images for label in self.labels_of(image))

    @classmethod
    def of(cls, use_case: UseCase, manifest: ParsedManifest) -> Self:
        """Return the images of a manifest that have a label for the use case. The service ignores the others."""
        images = {number: image for number, image in manifest.images.items() if image.labels.get(use_case)}
        return cls(use_case, list(images.values()), list(images))

    def select(self, positions: Sequence[int]) -> Self:
        """Return some of the images by their positions."""
        return replace(
            self,
            images=[self.images[position] for position in positions],
            lines=[self.lines[position] for position in positions],
        )


def image_reader(storage: Storage) -> ReadImage:
    """Return a function that reads an image from the emulated S3."""

    def read_image(source_ref: str) -> ImageInfo:
        bucket, _, key = source_ref.removeprefix("s3://").partition("/")
        try:
            return image_info_from_bytes(storage.read(bucket, key))
        except StorageError as error:
            return ImageInfo(problem=ImageProblem.NOT_FOUND, detail=str(error))

    return read_image


def read_assets(storage: Storage, assets: Sequence[Mapping[str, Any]], most: int) -> Sequence[Line]:
    """Read the manifests of all assets as one manifest.

    Args:
        storage: The bucket access.
        assets: The assets of the request.
        most: The most lines that they may have together.

    Returns:
        The lines.

    Raises:
        TrainingError: A manifest file cannot be used.
    """
    lines = [line for asset in assets for line in read_lines(storage, asset["GroundTruthManifest"]["S3Object"])]
    if len(lines) > most:
        raise TrainingError(TOO_MANY_LINES)
    return lines


def read_lines(storage: Storage, location: Mapping[str, str], *, most: int | None = None) -> list[Line]:
    """Read a manifest file.

    Args:
        storage: The bucket access.
        location: The S3Object of the file.
        most: The most lines that it may have. None means any number.

    Returns:
        The lines, including blank ones.

    Raises:
        TrainingError: The file cannot be used.
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
    """Parse the content of a JSON Lines file.

    Args:
        content: The content.
        most: The most lines that it may have. None means any number.

    Returns:
        The lines, including blank ones.

    Raises:
        TrainingError: The content cannot be used.
    """
    facts = FileFacts(size=len(content))
    try:
        text = content.decode("utf-8-sig") if len(content) <= MOST_BYTES else ""
    except UnicodeDecodeError as error:
        text, facts.not_utf8 = "", content.count(b"\n", 0, error.start) + 1
    # not splitlines(): a label may contain U+2028 and the like, which do not end a line of a JSON Lines file
    lines = [parse(line) for line in text.removesuffix("\n").split("\n")]
    facts.lines = len(lines)
    facts.blank = sum(line.is_blank for line in lines)
    facts.objects = sum(line.entry is not None for line in lines)
    found = file_issue(facts, most=most)
    if found:
        raise TrainingError(found.message)
    return lines
