"""The evaluation manifest snapshot: the test images, their true labels and the model's predictions.

The data are flat arrays of numbers, a few tens of bytes for each label of an image, and the names of the images.
"""

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rekog_versions._json import JsonResult, plain
from rekog_versions.manifests.boxes import Box
from rekog_versions.manifests.lines import UseCase
from rekog_versions.models.thresholds import Thresholds

SIDES = 4
"""The number of values of a box: left, top, width and height."""

ROUNDING = 1e-10
"""Rounding a threshold to ten digits, or converting it to percent and back, changes it by less than this."""


def _doubles() -> "array[float]":
    return array("d")


def _indices() -> "array[int]":
    return array("l")


def _flags() -> bytearray:
    return bytearray()


@dataclass
class LabelArrays:
    """Labels of images, in the order of the file. Element `i` of each array belongs to the same label.

    Attributes:
        images: The index of the image in `EvaluationSnapshot.source_refs`.
        labels: The index of the label in `EvaluationSnapshot.labels`.
        boxes: Left, top, width and height in pixels, four elements for each label; empty for image-level labels.
    """

    images: "array[int]" = field(default_factory=_indices)
    labels: "array[int]" = field(default_factory=_indices)
    boxes: "array[float]" = field(default_factory=_doubles)

    def box(self, index: int) -> Box | None:
        """Return the box of a label; None for image-level labels."""
        return Box(*self.sides(index)) if self.boxes else None

    def sides(self, index: int) -> tuple[float, ...]:
        """Return left, top, width and height of a label; empty for image-level labels."""
        return tuple(self.boxes[SIDES * index : SIDES * (index + 1)])

    def boxes_by_image(self) -> Mapping[int, Sequence[tuple[int, Box]]]:
        """Return for each image its labels with their boxes; empty for image-level labels."""
        boxes: dict[int, list[tuple[int, Box]]] = defaultdict(list)
        if self.boxes:
            for index, (image, label) in enumerate(zip(self.images, self.labels, strict=True)):
                boxes[image].append((label, Box(*self.sides(index))))
        return boxes

    def __len__(self) -> int:
        return len(self.images)


@dataclass
class PredictionArrays(LabelArrays):
    """Labels that the model predicted.

    Attributes:
        confidences: From 0 to 1. A confidence of 0 marks a label that is in the image and was not found at all.
        present: 1 if the label is in the ground truth, else 0.
    """

    confidences: "array[float]" = field(default_factory=_doubles)
    present: bytearray = field(default_factory=_flags)


@dataclass(frozen=True)
class LabelScores:
    """The predictions of one label, sorted by confidence. All metrics at all thresholds follow from them.

    Attributes:
        hits: The confidences over 0 of predictions that are in the ground truth, in ascending order.
        mistakes: The confidences over 0 of predictions that are not in the ground truth, in ascending order.
        positives: The number of images, or boxes, that have the label.
        testing_images: The number of test images that have the label.
        predictions: The number of predictions at any confidence, 0 included.
    """

    hits: Sequence[float]
    mistakes: Sequence[float]
    positives: int
    testing_images: int
    predictions: int = 0

    def count(self, confidence: float) -> tuple[int, int]:
        """Return the numbers of true and of false positives among the predictions with at least this confidence."""
        return (
            len(self.hits) - bisect_left(self.hits, confidence),
            len(self.mistakes) - bisect_left(self.mistakes, confidence),
        )

    def lowest_counted(self, threshold: float | None) -> float:
        """Return the lowest confidence that counts at a threshold from 0 to 1; None stands for no threshold.

        A threshold that was not predicted may be a rounded confidence. It is lowered by a rounding error, so that
        the prediction that it was rounded from still counts.
        """
        if not threshold:
            return 0.0
        for confidences in (self.hits, self.mistakes):
            index = bisect_left(confidences, threshold)
            if index < len(confidences) and confidences[index] == threshold:
                return threshold
        return max(threshold - ROUNDING, 0.0)


NO_SCORES = LabelScores((), (), 0, 0)
"""The scores of a label that is not in the snapshot."""


@dataclass(frozen=True)
class EvaluationSnapshot(JsonResult):
    """The test images with their true labels and the predicted ones.

    Attributes:
        source_refs: The URIs of the images, in the order of the file.
        labels: Every label in the file, true or predicted. The model may not have all of them.
        truth: The true labels: one for each label of an image, or one for each box.
        predictions: The predicted labels, at any confidence.
        use_case: Image-level labels or object localization; None if the file has no labels.
        missing_confidences: The number of predictions without a confidence. They count as 0, so as missed if present.
        sizes: Width and height of the images in pixels, two elements for each image; 0 if the file has none. Empty for
            image-level labels.
    """

    source_refs: Sequence[str]
    labels: Sequence[str]
    truth: LabelArrays
    predictions: PredictionArrays
    use_case: UseCase | None = None
    missing_confidences: int = 0
    sizes: "array[float]" = field(default_factory=_doubles, repr=False)

    def size(self, image: int) -> tuple[float, float] | None:
        """Return the width and the height of an image in pixels; None if they are not known."""
        sides = [int(side) if side.is_integer() else side for side in self.sizes[2 * image : 2 * image + 2]]
        return (sides[0], sides[1]) if any(sides) else None

    @cached_property
    def scores(self) -> Sequence[LabelScores]:
        """The scores of each label in `labels`, in the same order."""
        return _scores(self)

    def scores_of(self, labels: Iterable[str]) -> Mapping[str, LabelScores]:
        """Return the scores of labels, of which the snapshot may not have all."""
        known = dict(zip(self.labels, self.scores, strict=True))
        return {label: known.get(label, NO_SCORES) for label in labels}

    def lowest_counted(self, thresholds: Thresholds) -> Sequence[float]:
        """Return for each label in `labels` the lowest confidence that counts as predicted at these thresholds."""
        of_labels = zip(self.labels, self.scores, strict=True)
        return [scores.lowest_counted(thresholds.fraction(label)) for label, scores in of_labels]

    def limits(self, thresholds: Thresholds) -> Iterable[float]:
        """Return for each prediction the lowest confidence of its label that counts at these thresholds."""
        return map(self.lowest_counted(thresholds).__getitem__, self.predictions.labels)

    def to_dict(self) -> dict[str, Any]:
        """Return the labels and the numbers of images and predictions; the file itself is the document of the rest."""
        return {
            "use_case": plain(self.use_case),
            "labels": list(self.labels),
            "images": len(self),
            "true_labels": len(self.truth),
            "predictions": len(self.predictions),
            "missing_confidences": self.missing_confidences,
        }

    def __hash__(self) -> int:  # of a part of the fields, because the others are arrays
        return hash((tuple(self.source_refs), tuple(self.labels), self.use_case))

    def __len__(self) -> int:
        return len(self.source_refs)

    def __repr__(self) -> str:
        return f"EvaluationSnapshot({len(self)} images, {len(self.labels)} labels, {len(self.predictions)} predictions)"


def _scores(snapshot: EvaluationSnapshot) -> Sequence[LabelScores]:
    size = len(snapshot.labels)
    hits: list[list[float]] = [[] for _ in range(size)]
    mistakes: list[list[float]] = [[] for _ in range(size)]
    images: list[set[int]] = [set() for _ in range(size)]
    positives, present = [0] * size, [0] * size
    predictions = Counter(snapshot.predictions.labels)
    truth, predicted = snapshot.truth, snapshot.predictions
    for label, image in zip(truth.labels, truth.images, strict=True):
        images[label].add(image)
        positives[label] += 1
    for label, image, confidence, is_present in zip(
        predicted.labels, predicted.images, predicted.confidences, predicted.present, strict=True
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
        # the ground truth counts, even where nothing was predicted for it; a file without it has only the flags
        LabelScores(
            hits[label],
            mistakes[label],
            max(positives[label], present[label]),
            len(images[label]),
            predictions[label],
        )
        for label in range(size)
    ]
