"""The evaluation manifest snapshot: the test images with their true labels and what the model predicted for them.

It is read as a stream. Kept are numbers in flat arrays, a few tens of bytes for each label of an image, and the images'
names.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rekog_versions.evaluation.files import File, whole_lines
from rekog_versions.manifests.boxes import Box
from rekog_versions.manifests.lines import UseCase

SIDES = 4
"""Of a box: left, top, width and height."""


def _doubles() -> "array[float]":
    return array("d")


def _places() -> "array[int]":
    return array("l")


def _flags() -> bytearray:
    return bytearray()


@dataclass
class Column:
    """Labels of images, one after the other, in the order of the file: the true ones, or the predicted ones."""

    images: "array[int]" = field(default_factory=_places)
    """The place of the image of each."""
    labels: "array[int]" = field(default_factory=_places)
    """The place of its label among `Snapshot.labels`."""
    boxes: "array[float]" = field(default_factory=_doubles)
    """Left, top, width and height of each, in pixels; empty for image-level labels."""

    def box(self, place: int) -> Box | None:
        """The box of one; None for image-level labels."""
        return Box(*self.sides(place)) if self.boxes else None

    def sides(self, place: int) -> tuple[float, ...]:
        """Left, top, width and height of one; empty for image-level labels."""
        return tuple(self.boxes[SIDES * place : SIDES * (place + 1)])

    def __len__(self) -> int:
        return len(self.images)


@dataclass
class Predictions(Column):
    """What the model predicted. A confidence of 0 stands for what is there and was missed altogether."""

    confidences: "array[float]" = field(default_factory=_doubles)
    """0 to 1."""
    present: bytearray = field(default_factory=_flags)
    """1 where it is in the ground truth."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The test images, what is in them, and what a model predicted to be in them.

    Attributes:
        source_refs: The images, in the order of the file.
        labels: Every label that stands in the file, true or predicted; also those that the model doesn't know.
        truth: The true labels: for image-level labels once an image, for objects once a box.
        predictions: What the model predicted, at any confidence.
        use_case: What the labels are about; None if there is none.
        unscored: Predictions without a confidence, which count as 0: as missed if present.
    """

    source_refs: Sequence[str]
    labels: Sequence[str]
    truth: Column
    predictions: Predictions
    use_case: UseCase | None = None
    unscored: int = 0

    @classmethod
    def read(cls, file: File) -> "Snapshot":
        """Reads a snapshot as a stream.

        Raises:
            EvaluationError: It is no snapshot; the message names the line.
        """
        from rekog_versions.evaluation.snapshot_lines import Reading  # noqa: PLC0415  (it needs msgspec)

        reading = Reading(file.name)
        for lines in whole_lines(file.open()):
            reading.add(lines)
        return Snapshot(*reading.result())

    @cached_property
    def scores(self) -> Sequence["Scores"]:
        """What counts for the metrics, for each of `labels` in their order."""
        return _scores(self)

    def __len__(self) -> int:
        return len(self.source_refs)

    def __repr__(self) -> str:
        return f"Snapshot({len(self)} images, {len(self.labels)} labels, {len(self.predictions)} predictions)"


@dataclass(frozen=True)
class Scores:
    """A label's predictions, sorted by confidence: what all metrics at all thresholds follow from."""

    hits: Sequence[float]
    """The confidences, over 0, of what is there, ascending."""
    mistakes: Sequence[float]
    """The confidences, over 0, of what isn't there, ascending."""
    positives: int
    """How often the label is there: images, or boxes."""
    testing_images: int
    """Test images that show it."""


def _scores(snapshot: Snapshot) -> Sequence[Scores]:
    size = len(snapshot.labels)
    hits: list[list[float]] = [[] for _ in range(size)]
    mistakes: list[list[float]] = [[] for _ in range(size)]
    present = [0] * size
    seen = snapshot.predictions
    images: list[set[int]] = [set() for _ in range(size)]
    for label, image in zip(snapshot.truth.labels, snapshot.truth.images, strict=True):
        images[label].add(image)
    positives = [0] * size
    for label in snapshot.truth.labels:
        positives[label] += 1
    for label, image, confidence, is_present in zip(
        seen.labels, seen.images, seen.confidences, seen.present, strict=True
    ):
        if is_present:
            present[label] += 1
            images[label].add(image)
            if confidence:
                hits[label].append(confidence)
        elif confidence:
            mistakes[label].append(confidence)
    for confidences in (*hits, *mistakes):
        confidences.sort()
    return [
        # the ground truth counts, also where nothing was predicted for it; a file without it has only the flags
        Scores(hits[label], mistakes[label], max(positives[label], present[label]), len(images[label]))
        for label in range(size)
    ]
