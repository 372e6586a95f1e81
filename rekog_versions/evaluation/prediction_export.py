"""The predictions of an evaluation, as exports write them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from rekog_versions._json import JsonResult
from rekog_versions._text import printable
from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation.by_label import check_known_labels
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.snapshot import EvaluationSnapshot, LabelArrays
from rekog_versions.manifests.boxes import Box
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.lines import UseCase
from rekog_versions.models.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class WrittenPredictions(JsonResult):
    """The predictions of an evaluation that an export wrote."""

    target: str
    """The file with the predictions."""
    images: int
    labels: Mapping[str, int]
    """The number of true boxes, or of images, with each label."""
    predictions: Mapping[str, int]
    """The number of predictions of each label."""
    report: ConversionReport
    """Everything that was left out or changed."""

    def __str__(self) -> str:
        return (
            f"{printable(self.target)}: {self.images:,} images, {sum(self.predictions.values()):,} predictions, "
            f"{sum(self.labels.values()):,} true labels\n{self.report}"
        )


Found: TypeAlias = tuple[str, Box | None, float]
"""A label, its box, and its confidence."""


@dataclass(slots=True)
class EvaluatedImage:
    """A test image with its true labels and the predicted ones."""

    place: str
    source_ref: str
    size: tuple[float, float] | None
    truth: list[Found] = field(default_factory=list[Found])
    predictions: list[Found] = field(default_factory=list[Found])


class EvaluatedImages:
    """The test images of an evaluation with the predictions to export.

    Args:
        evaluation: The evaluation.
        thresholds: The lowest confidences to export; None for all predictions.
        report: The report for what is left out.
        with_truth: True if the true labels are exported too.
        needs_sizes: True if images with boxes and without a size cannot be exported.

    Raises:
        EvaluationError: There is no snapshot, or it has no true labels.
        ValueError: A threshold is for a label that the model does not have.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        thresholds: Thresholds | None,
        report: ConversionReport,
        *,
        with_truth: bool = True,
        needs_sizes: bool = False,
    ) -> None:
        if evaluation.snapshot is None:
            raise EvaluationError(
                "evaluation must have its evaluation manifest snapshot, which has the predictions: "
                f"{evaluation.why_no_snapshot or 'pass it to Evaluation.from_files(summary, snapshot)'}"
            )
        if with_truth and not evaluation.snapshot.truth and evaluation.snapshot.predictions:
            raise EvaluationError("evaluation must have true labels in its snapshot, got predictions only")
        if thresholds is not None:
            check_known_labels(thresholds, evaluation.labels)
        self._snapshot: EvaluationSnapshot = evaluation.snapshot
        self._thresholds = thresholds
        self._report = report
        self._needs_sizes = needs_sizes
        self.labels = dict.fromkeys([*evaluation.labels, *self._snapshot.labels])
        """The labels of the model, and those that only test images have."""
        self.predicted: Counter[str] = Counter(dict.fromkeys(self.labels, 0))
        """The number of predictions of each label, counted while the images are iterated."""

    def __iter__(self) -> Iterator[tuple[None, EvaluatedImage]]:
        """Yield the images without a split, for a report to count."""
        snapshot, seen = self._snapshot, set[int]()
        has_boxes = snapshot.use_case is UseCase.OBJECT_LOCALIZATION
        truth, predictions = _by_image(snapshot.truth), _by_image(snapshot.predictions)
        lowest = None if self._thresholds is None else snapshot.lowest_counted(self._thresholds)
        for number, source_ref in enumerate(snapshot.source_refs):
            place = f"image {number + 1} ({printable(source_ref, 200)})"
            image = EvaluatedImage(place, source_ref, snapshot.size(number))
            if hash(source_ref) in seen:
                self._report.add(ConversionReason.DUPLICATE_IMAGE, image.place)
                continue
            seen.add(hash(source_ref))
            if self._needs_sizes and has_boxes and image.size is None:
                self._report.add(ConversionReason.NO_SIZE, image.place, "its boxes need it")
                continue
            for index in truth.get(number, ()):
                image.truth.append((snapshot.labels[snapshot.truth.labels[index]], snapshot.truth.box(index), 1))
            for index in predictions.get(number, ()):
                self._add(image, index, lowest)
            yield None, image

    def _add(self, image: EvaluatedImage, index: int, lowest: Sequence[float] | None) -> None:
        predictions, number = self._snapshot.predictions, self._snapshot.predictions.labels[index]
        label, confidence = self._snapshot.labels[number], predictions.confidences[index]
        if confidence <= 0:
            self._report.add(ConversionReason.NOT_PREDICTED, image.place, printable(label, 200))
        elif lowest is not None and confidence < lowest[number]:
            text = f"{printable(label, 200)} {confidence:.3f}"
            self._report.add(ConversionReason.BELOW_THRESHOLD, image.place, text)
        else:
            self.predicted[label] += 1
            image.predictions.append((label, predictions.box(index), confidence))


def _by_image(arrays: LabelArrays) -> Mapping[int, Sequence[int]]:
    """Return the indices of the labels of each image."""
    found: dict[int, list[int]] = defaultdict(list)
    for index, image in enumerate(arrays.images):
        found[image].append(index)
    return found
