"""The trained model that isn't there: what it answers to a picture.

To a test image it answers what the evaluation manifest snapshot says. To any other it answers what the same chance
draws from the picture's hash, at the same quality: so the same picture always gets the same answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from rekog_versions.manifests.boxes import Box, Frame
from rekog_versions.manifests.lines import UseCase
from rekog_versions.testing.settings import Quality
from rekog_versions.testing.training.boxes import anywhere
from rekog_versions.testing.training.metrics import Evaluation, Prediction
from rekog_versions.testing.training.simulation import random_of
from rekog_versions.testing.training.snapshot import by_image
from rekog_versions.testing.training.summary import Trial

_UNTESTED = 0.5
"""The assumed threshold of a label that no test image shows."""
_FAINTNESS = 0.9  # faint confidences stay that far below the threshold
_MOST_OBJECTS = 3


@dataclass(frozen=True)
class Detected:
    """A label that the model sees in a picture."""

    label: str
    confidence: float
    """0 to 1, and more than 0."""
    box: Box | None = None
    """Where it is, as shares of the picture's sides, for models that locate objects."""


class Model:
    """What a training has made."""

    def __init__(self, trial: Trial, evaluation: Evaluation, quality: Quality, seed: str) -> None:
        """Takes over what the evaluation has shown.

        Args:
            trial: The test images and what is predicted for them.
            evaluation: The thresholds.
            quality: How well it does with other pictures.
            seed: What makes it another model than its sisters.
        """
        self._trial = trial
        self._quality = quality
        self._seed = seed
        self._labels = sorted(trial.training.labels)
        tested = {metrics.label: metrics.threshold for metrics in evaluation.labels}
        self.thresholds: Mapping[str, float] = {label: tested.get(label, _UNTESTED) for label in self._labels}
        """The assumed threshold of each label, 0 to 1."""

    def of_test_image(self, place: int) -> list[Detected]:
        """What the snapshot says of a test image. What was missed altogether isn't seen."""
        frame = self._trial.testing.images[place].frame
        return [
            Detected(
                label,
                prediction.confidence,
                prediction.box and _shares(prediction.box, frame),
            )
            for label, prediction in self._predictions[place]
            if prediction.confidence > 0
        ]

    def of_picture(self, digest: str, width: int, height: int) -> list[Detected]:
        """What is seen in any other picture, in no order that means anything.

        Args:
            digest: The hash of its bytes.
            width: In pixels.
            height: In pixels.
        """
        random = random_of(str(self._quality.seed), self._seed, digest)
        if self._trial.testing.use_case is UseCase.OBJECT_LOCALIZATION:
            return list(self._objects(random, Frame(width, height)))
        return list(self._classes(random))

    def _classes(self, random: Random) -> Iterator[Detected]:
        """One label is right, each other wrong; how often which of them is seen clearly, the quality says."""
        right = random.choice(self._labels)
        for label in self._labels:
            quality = self._quality.of(label)
            is_clear = random.random() < (quality if label == right else (1 - quality) / len(self._labels))
            yield Detected(label, self._confidence(random, label, is_clear=is_clear))

    def _objects(self, random: Random, frame: Frame) -> Iterator[Detected]:
        """Some objects, and boxes that show none."""
        for _ in range(random.randint(1, _MOST_OBJECTS)):
            label = random.choice(self._labels)
            quality = self._quality.of(label)
            for is_clear in (random.random() < quality, random.random() < 1 - quality):
                confidence = self._confidence(random, label, is_clear=is_clear)
                yield Detected(label, confidence, _shares(anywhere(random, frame), frame))

    def _confidence(self, random: Random, label: str, *, is_clear: bool) -> float:
        threshold = self.thresholds[label]
        return random.uniform(threshold, 1.0) if is_clear else (1 - random.random()) * threshold * _FAINTNESS

    @cached_property
    def tested(self) -> Mapping[str, int]:
        """The places in the test set of the test images, by their `source-ref`, in the order of the test set."""
        places: dict[str, int] = {}
        for place, image in enumerate(self._trial.testing.images):
            places.setdefault(image.source_ref, place)  # of several lines with one image the first counts
        return places

    @cached_property
    def _predictions(self) -> Sequence[Sequence[tuple[str, Prediction]]]:
        return by_image(self._trial)


def _shares(box: Box, frame: Frame) -> Box:
    return Box(box.left / frame.width, box.top / frame.height, box.width / frame.width, box.height / frame.height)
