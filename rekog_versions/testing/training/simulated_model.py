"""The simulated model: its detections in an image.

For a test image it detects what the evaluation snapshot lists. For any other image the detections are drawn from the
hash of the image, at the same quality. So the same image always gets the same detections.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from rekog_versions.manifests.boxes import Box, Frame
from rekog_versions.manifests.lines import UseCase
from rekog_versions.testing.settings import Quality
from rekog_versions.testing.training.predictions import seeded_random
from rekog_versions.testing.training.result_files import Trial
from rekog_versions.testing.training.scoring import Prediction, Scores
from rekog_versions.testing.training.simulated_boxes import draw_anywhere

_UNTESTED = 0.5  # the assumed threshold of a label that no test image shows
_HIGHEST_FAINT = 0.9  # the highest confidence below the threshold, as a share of the threshold
_MOST_OBJECTS = 3


@dataclass(frozen=True)
class Detection:
    """A label that the model detects in an image."""

    label: str
    confidence: float
    """0 to 1, and more than 0."""
    box: Box | None = None
    """The position in ratios of the image's sides, for models that locate objects."""


class SimulatedModel:
    """The model that a training has made."""

    def __init__(self, trial: Trial, scores: Scores, quality: Quality, seed: str) -> None:
        """Make the model.

        Args:
            trial: The test images and their predictions.
            scores: The metrics, with the thresholds.
            quality: How good the model is with other images.
            seed: The seed of the version.
        """
        self._trial = trial
        self._quality = quality
        self._seed = seed
        self._labels = sorted(trial.training.labels)
        tested = {label.label: label.threshold for label in scores.labels}
        self.thresholds: Mapping[str, float] = {label: tested.get(label, _UNTESTED) for label in self._labels}
        """The assumed threshold of each label, 0 to 1."""

    def detect_in_test_image(self, position: int) -> list[Detection]:
        """Return the detections that the snapshot lists for a test image, without those that were missed."""
        frame = self._trial.testing.images[position].frame
        return [
            Detection(label, prediction.confidence, prediction.box and _in_ratios(prediction.box, frame))
            for label, prediction in self._predictions[position]
            if prediction.confidence > 0
        ]

    def detect_in_other_image(self, image_hash: str, width: int, height: int) -> list[Detection]:
        """Draw the detections for an image that is not in the test set, in any order.

        Args:
            image_hash: The hash of its bytes.
            width: The width in pixels.
            height: The height in pixels.
        """
        random = seeded_random(str(self._quality.seed), self._seed, image_hash)
        if self._trial.testing.use_case is UseCase.OBJECT_LOCALIZATION:
            return list(self._draw_objects(random, Frame(width, height)))
        return list(self._draw_labels(random))

    def _draw_labels(self, random: Random) -> Iterator[Detection]:
        """Draw one right label and wrong ones. The quality is the chance that the right one is above its threshold."""
        right = random.choice(self._labels)
        for label in self._labels:
            quality = self._quality.f1_of(label)
            is_clear = random.random() < (quality if label == right else (1 - quality) / len(self._labels))
            yield Detection(label, self._draw_confidence(random, label, is_clear=is_clear))

    def _draw_objects(self, random: Random, frame: Frame) -> Iterator[Detection]:
        """Draw some objects, and boxes that show none."""
        for _ in range(random.randint(1, _MOST_OBJECTS)):
            label = random.choice(self._labels)
            quality = self._quality.f1_of(label)
            for is_clear in (random.random() < quality, random.random() < 1 - quality):
                confidence = self._draw_confidence(random, label, is_clear=is_clear)
                yield Detection(label, confidence, _in_ratios(draw_anywhere(random, frame), frame))

    def _draw_confidence(self, random: Random, label: str, *, is_clear: bool) -> float:
        threshold = self.thresholds[label]
        return random.uniform(threshold, 1.0) if is_clear else (1 - random.random()) * threshold * _HIGHEST_FAINT

    @cached_property
    def test_images(self) -> Mapping[str, int]:
        """The positions of the test images by their `source-ref`. If several lines name an image, the first counts."""
        positions: dict[str, int] = {}
        for position, image in enumerate(self._trial.testing.images):
            positions.setdefault(image.source_ref, position)
        return positions

    @cached_property
    def _predictions(self) -> Sequence[Sequence[tuple[str, Prediction]]]:
        return self._trial.predictions_by_image()


def _in_ratios(box: Box, frame: Frame) -> Box:
    return Box(box.left / frame.width, box.top / frame.height, box.width / frame.width, box.height / frame.height)
