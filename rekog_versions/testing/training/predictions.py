"""The predictions of a simulated model: which images it is tested with, and what it predicts for them.

The test images and their true labels are real. The predictions are drawn so that the F1 score of each label comes as
close to the set quality as whole images allow. The same seed always gives the same predictions.

For each label, most of the places where it is are predicted, and some where it is not, with confidences of at least
0.5. With lower confidences follow more places where it is not, and some of those that were missed. These never make a
lower threshold better. The remaining places where the label is get a confidence of 0.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from random import Random

from rekog_versions.manifests.boxes import Box
from rekog_versions.manifests.lines import UseCase
from rekog_versions.testing.settings import Quality
from rekog_versions.testing.training.read_manifests import LabelledImages
from rekog_versions.testing.training.scoring import Prediction, score_label
from rekog_versions.testing.training.simulated_boxes import draw_elsewhere, draw_near, find_hits

_HELD_BACK = 0.2
"""The share of the training images that AutoCreate takes for the test set."""

_CLEAR, _FAINT = (0.5, 1.0), (0.01, 0.49)
_MOST_FAINT = 4  # faint wrong predictions for each place where the label is; limits the size of the snapshot
_SOME_FAINT = 4  # places where the label is for each faint wrong prediction
_MOST_SHIFTED = 8  # boxes of a label in an image; if there are more, predictions are exact, because shifting takes long

_Place = tuple[int, Box | None]
"""The position of an image in the test set, and a box in it for models that locate objects."""


def seeded_random(*seeds: str) -> Random:
    """Return a random generator. The same seeds give the same numbers."""
    # labels may contain lone surrogates, which plain UTF-8 cannot encode
    return Random("\0".join(seeds).encode("utf-8", "surrogatepass"))  # noqa: S311 - a simulation, not a secret


def hold_back(images: LabelledImages, seed: str) -> tuple[LabelledImages, LabelledImages]:
    """Split the training images as AutoCreate does.

    Args:
        images: All images.
        seed: The same seed gives the same split.

    Returns:
        The images to train with, and a fifth of all images to test with, at least one. The test images have as many
        labels as possible, the rarest first.
    """
    chosen = choose_fifth([frozenset(images.labels_of(image)) for image in images.images], seed)
    positions = range(len(images.images))
    return (
        images.select([position for position in positions if position not in chosen]),
        images.select([position for position in positions if position in chosen]),
    )


def choose_fifth(labels: Sequence[frozenset[str]], seed: str) -> Collection[int]:
    """Choose the images of a test set among those of a training set.

    Args:
        labels: The labels of each image.
        seed: The same seed gives the same choice.

    Returns:
        The positions of a fifth of the images, at least one. They have as many labels as possible, the rarest first.
    """
    order = list(range(len(labels)))
    seeded_random(seed, "hold back").shuffle(order)
    wanted = max(1, round(len(order) * _HELD_BACK))
    first: dict[str, int] = {}
    for index in order:
        for label in labels[index]:
            first.setdefault(label, index)
    frequency = Counter(label for of_image in labels for label in of_image)
    chosen: dict[int, None] = {}
    tested: set[str] = set()
    for label in sorted(frequency, key=lambda name: (frequency[name], name)):
        if label not in tested and len(chosen) < wanted:
            chosen[first[label]] = None
            tested |= labels[first[label]]
    chosen.update(dict.fromkeys([index for index in order if index not in chosen][: wanted - len(chosen)]))
    return chosen


def predict(
    testing: LabelledImages, labels: Collection[str], quality: Quality, seed: str
) -> dict[str, list[Prediction]]:
    """Draw the predictions for the test images.

    Args:
        testing: The test images.
        labels: The labels of the model.
        quality: The F1 scores to aim at, and the seed of the setting.
        seed: The seed of the version.

    Returns:
        The predictions by label, in any order, for the labels that a test image shows. Every place where a label is has
        a prediction, possibly with a confidence of 0.
    """
    located = testing.use_case is UseCase.OBJECT_LOCALIZATION
    places: dict[str, list[_Place]] = defaultdict(list)
    for index, image in enumerate(testing.images):
        boxes: Sequence[Box | None] = image.boxes if located else [None] * len(testing.labels_of(image))
        for label, box in zip(testing.labels_of(image), boxes, strict=True):
            if label in labels:
                places[label].append((index, box))
    drawing = _BoxDrawing if located else _ImageDrawing
    return {
        label: drawing(testing, label, shown, seeded_random(str(quality.seed), seed, label)).draw(quality.f1_of(label))
        for label, shown in sorted(places.items())
    }


class _ImageDrawing:
    """Draws the predictions of one label: the images that have it."""

    def __init__(self, testing: LabelledImages, label: str, shown: Sequence[_Place], random: Random) -> None:
        self._testing = testing
        self._label = label
        self._shown = shown
        self._random = random

    def draw(self, f1: float) -> list[Prediction]:
        """Draw all predictions of the label."""
        positives, most_wrong = len(self._shown), self._most_wrong()
        hits, clear_wrong = _clear_counts(positives, min(most_wrong, positives), f1)
        faint_hits, faint_wrong = _faint_counts(positives, hits, clear_wrong, most_wrong - clear_wrong)
        right = self._random.sample(self._shown, positives)
        wrong = self._draw_wrong(clear_wrong + faint_wrong)
        clear_wrong = min(clear_wrong, len(wrong))
        clear = self._ranked(right[:hits], wrong[:clear_wrong], _CLEAR, [])
        faint = self._ranked(right[hits : hits + faint_hits], wrong[clear_wrong:], _FAINT, clear)
        missed = [Prediction(index, 0.0, is_true=True, box=box) for index, box in right[hits + faint_hits :]]
        return self._shift([*clear, *faint, *missed])

    def _most_wrong(self) -> int:
        """Return the largest number of wrong predictions."""
        return len(self._testing.images) - len(self._shown)

    def _draw_wrong(self, count: int) -> list[_Place]:
        """Draw images without the label."""
        taken = {index for index, _ in self._shown}
        everywhere = range(len(self._testing.images))
        if count * 2 > self._most_wrong():
            free: list[_Place] = [(index, None) for index in everywhere if index not in taken]
            return self._random.sample(free, count)
        chosen: dict[int, None] = {}
        while len(chosen) < count:
            index = self._random.choice(everywhere)
            if index not in taken:
                chosen[index] = None
        return [(index, None) for index in chosen]

    def _shift(self, predictions: list[Prediction]) -> list[Prediction]:
        """Return the predictions with their boxes shifted. Images have no boxes."""
        return predictions

    def _ranked(
        self, hits: Sequence[_Place], wrong: Sequence[_Place], band: tuple[float, float], above: Sequence[Prediction]
    ) -> list[Prediction]:
        """Draw the confidences, such that no threshold within the band is better than the one to aim at."""
        confidences = sorted((self._random.uniform(*band) for _ in range(len(hits) + len(wrong))), reverse=True)
        right_ones = [(index, box, True) for index, box in hits]
        wrong_ones = [(index, box, False) for index, box in wrong]
        mixed = wrong_ones + right_ones[1:]
        self._random.shuffle(mixed)
        positives = len(self._shown)
        aim = 2 * sum(drawn.is_true for drawn in above) / (len(above) + positives)
        if not above:
            aim = 2 * len(hits) / (len(hits) + len(wrong) + positives)
        drawn = _with_confidences([*mixed, *right_ones[:1]], confidences)
        if score_label(self._label, [*above, *drawn], positives=positives, testing_images=0).f1 > aim:
            # by chance a threshold leaves out more mistakes than hits; with the mistakes first, none does
            drawn = _with_confidences([*wrong_ones, *right_ones], confidences)
        return drawn


def _with_confidences(ranked: Sequence[tuple[int, Box | None, bool]], confidences: Sequence[float]) -> list[Prediction]:
    return [
        Prediction(index, confidence, is_true, box)
        for (index, box, is_true), confidence in zip(ranked, confidences, strict=True)
    ]


class _BoxDrawing(_ImageDrawing):
    """Draws the predictions of one label: the boxes that have it."""

    def _most_wrong(self) -> int:
        return (1 + _MOST_FAINT) * len(self._shown)

    def _draw_wrong(self, count: int) -> list[_Place]:
        """Draw boxes that do not show the label, in images that have space for them."""
        everywhere = range(len(self._testing.images))
        places: list[_Place] = []
        for _ in range(count):
            index = self._random.choice(everywhere)
            box = draw_elsewhere(self._random, self._testing.images[index].frame, self._real_boxes(index))
            if box is not None:
                places.append((index, box))
        return places

    def _real_boxes(self, index: int) -> list[Box]:
        image = self._testing.images[index]
        labels = self._testing.labels_of(image)
        return [box for label, box in zip(labels, image.boxes, strict=True) if label == self._label]

    def _shift(self, predictions: list[Prediction]) -> list[Prediction]:
        by_image: dict[int, list[Prediction]] = defaultdict(list)
        for prediction in sorted(predictions, key=lambda drawn: drawn.confidence, reverse=True):
            by_image[prediction.image].append(prediction)
        return [shifted for index, drawn in by_image.items() for shifted in self._shift_in_image(index, drawn)]

    def _shift_in_image(self, index: int, predictions: Sequence[Prediction]) -> Sequence[Prediction]:
        """Shift the boxes of an image, unless it becomes unclear then which object each finds."""
        real_boxes = self._real_boxes(index)
        if len(real_boxes) > _MOST_SHIFTED:
            return predictions
        frame = self._testing.images[index].frame
        shifted = [
            Prediction(index, drawn.confidence, drawn.is_true, draw_near(self._random, drawn.box, frame))
            if drawn.is_true and drawn.confidence and drawn.box
            else drawn
            for drawn in predictions
        ]
        hits = find_hits([drawn.box for drawn in shifted if drawn.box], real_boxes)
        return shifted if hits == [drawn.is_true for drawn in shifted] else predictions


def _clear_counts(positives: int, most_wrong: int, f1: float) -> tuple[int, int]:
    """Return the numbers of hits and of wrong predictions that bring the F1 score closest to `f1`."""

    def wrong(hits: int) -> int:
        return min(positives - hits, most_wrong)

    def distance(hits: int) -> float:
        return abs(2 * hits / (hits + wrong(hits) + positives) - f1)

    hits = min(range(positives, -1, -1), key=distance)
    return hits, wrong(hits)


def _faint_counts(positives: int, hits: int, clear_wrong: int, most_wrong: int) -> tuple[int, int]:
    """Return the numbers of faint hits and of faint wrong predictions.

    A lower threshold must not be better. With h hits, and n predictions and positives together, x more hits and y more
    wrong predictions keep the F1 score below 2h/n if y > x(n - h)/h.
    """
    most = min(most_wrong, _MOST_FAINT * positives)
    some = min(most, -(-positives // _SOME_FAINT))
    total = hits + clear_wrong + positives
    if not hits or not most:
        return 0, some
    more_hits = min(positives - hits, (most - 1) * hits // (total - hits))
    needed = more_hits * (total - hits) // hits + 1 if more_hits else 0
    return more_hits, max(needed, some)
