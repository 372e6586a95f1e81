"""A model that isn't there: which images it is tested with, and what it predicts for them.

Everything here is simulated. The test images and their true labels are real; the predictions are drawn so that each
label's F1 score comes as near to the set quality as whole images allow. One seed always gives the same predictions.

What is predicted of a label in the test images: most of where it is, and some of where it isn't, with confidences from
0.5 on; below, faintly, more of where it isn't and some of what is missed, but never so that a lower threshold did
better; and of the rest of what is missed, nothing: a confidence of 0.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from random import Random

from rekog_versions.manifests.boxes import Box
from rekog_versions.manifests.lines import UseCase
from rekog_versions.testing.settings import Quality
from rekog_versions.testing.training.boxes import elsewhere, found, near
from rekog_versions.testing.training.manifests import Dataset
from rekog_versions.testing.training.metrics import Prediction, evaluate_label

_HELD_BACK = 0.2
"""The share of the training images that AutoCreate keeps for the test."""

_CLEAR, _FAINT = (0.5, 1.0), (0.01, 0.49)
_MOST_FAINT = 4  # faint predictions of a label where it isn't, for each place where it is: bounds the snapshot's size
_SOME_FAINT = 4  # of that many places where a label is, one faint prediction where it isn't
_CROWD = 8  # from more boxes of a label in an image on, their predictions are exact: to try others would take long

_Place = tuple[int, Box | None]


def random_of(*seeds: str) -> Random:
    """Chance that repeats itself: the same seeds give the same."""
    # labels may hold lone surrogates, which UTF-8 proper doesn't take
    return Random("\0".join(seeds).encode("utf-8", "surrogatepass"))  # noqa: S311 - a simulation, no secret


def hold_back(dataset: Dataset, seed: str) -> tuple[Dataset, Dataset]:
    """Splits the training images, as AutoCreate does.

    Args:
        dataset: All images.
        seed: The same seed splits the same way.

    Returns:
        Those to train with, and a fifth of all (at least one) to test with: of as many labels as it has room for, the
        rarest first.
    """
    chosen = choose_fifth([frozenset(dataset.labels_of(image)) for image in dataset.images], seed)
    places = range(len(dataset.images))
    return (
        dataset.of([place for place in places if place not in chosen]),
        dataset.of([place for place in places if place in chosen]),
    )


def choose_fifth(labels: Sequence[frozenset[str]], seed: str) -> Collection[int]:
    """Chooses the images of a test set out of those of a training set.

    Args:
        labels: The labels of each image.
        seed: The same seed chooses the same.

    Returns:
        The places of a fifth of the images, at least one: of as many labels as there is room for, the rarest first.
    """
    order = list(range(len(labels)))
    random_of(seed, "hold back").shuffle(order)
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


def predict(testing: Dataset, labels: Collection[str], quality: Quality, seed: str) -> dict[str, list[Prediction]]:
    """Draws the predictions for the test images.

    Args:
        testing: The test images.
        labels: The labels that the model knows.
        quality: The F1 scores to aim at, and the seed.
        seed: What makes this version another than its sisters.

    Returns:
        The predictions by label, for those labels that a test image shows, in no order that means anything. Every
        place where a label is has one, if only with a confidence of 0.
    """
    located = testing.use_case is UseCase.OBJECT_LOCALIZATION
    places: dict[str, list[_Place]] = defaultdict(list)
    for index, image in enumerate(testing.images):
        boxes: Sequence[Box | None] = image.boxes if located else [None] * len(testing.labels_of(image))
        for label, box in zip(testing.labels_of(image), boxes, strict=True):
            if label in labels:
                places[label].append((index, box))
    drawing = _LocatedDrawing if located else _Drawing
    return {
        label: drawing(testing, label, shown, random_of(str(quality.seed), seed, label)).draw(quality.of(label))
        for label, shown in sorted(places.items())
    }


class _Drawing:
    """The drawing of one label's predictions: in which images it is."""

    def __init__(self, testing: Dataset, label: str, shown: Sequence[_Place], random: Random) -> None:
        self._testing = testing
        self._label = label
        self._shown = shown
        self._random = random

    def draw(self, f1: float) -> list[Prediction]:
        """Draws all predictions of the label."""
        positives, room = len(self._shown), self._room()
        hits, invented = _counts(positives, min(room, positives), f1)
        faint_hits, faint_wrong = _faint_counts(positives, hits, invented, room - invented)
        real = self._random.sample(self._shown, positives)
        wrong = self._elsewhere(invented + faint_wrong)
        invented = min(invented, len(wrong))
        clear = self._ranked(real[:hits], wrong[:invented], _CLEAR, [])
        faint = self._ranked(real[hits : hits + faint_hits], wrong[invented:], _FAINT, clear)
        missed = [Prediction(index, 0.0, is_true=True, box=box) for index, box in real[hits + faint_hits :]]
        return self._placed([*clear, *faint, *missed])

    def _room(self) -> int:
        """How many predictions can be wrong."""
        return len(self._testing.images) - len(self._shown)

    def _elsewhere(self, count: int) -> list[_Place]:
        """That many images without the label."""
        taken = {index for index, _ in self._shown}
        everywhere = range(len(self._testing.images))
        if count * 2 > self._room():
            free: list[_Place] = [(index, None) for index in everywhere if index not in taken]
            return self._random.sample(free, count)
        chosen: dict[int, None] = {}
        while len(chosen) < count:
            index = self._random.choice(everywhere)
            if index not in taken:
                chosen[index] = None
        return [(index, None) for index in chosen]

    def _placed(self, predictions: list[Prediction]) -> list[Prediction]:
        """The predictions where the model sees them."""
        return predictions

    def _ranked(
        self, hits: Sequence[_Place], wrong: Sequence[_Place], band: tuple[float, float], above: Sequence[Prediction]
    ) -> list[Prediction]:
        """Gives confidences, at random but so that no threshold within does better than the one that is aimed at."""
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
        if evaluate_label(self._label, [*above, *drawn], positives=positives, testing_images=0).f1 > aim:
            # by chance a threshold leaves out more mistakes than hits; with the mistakes foremost none does
            drawn = _with_confidences([*wrong_ones, *right_ones], confidences)
        return drawn


def _with_confidences(ranked: Sequence[tuple[int, Box | None, bool]], confidences: Sequence[float]) -> list[Prediction]:
    return [
        Prediction(index, confidence, is_true, box)
        for (index, box, is_true), confidence in zip(ranked, confidences, strict=True)
    ]


class _LocatedDrawing(_Drawing):
    """The drawing of one label's predictions: where in the images it is."""

    def _room(self) -> int:
        return (1 + _MOST_FAINT) * len(self._shown)

    def _elsewhere(self, count: int) -> list[_Place]:
        """That many boxes that don't show the label, in any images that have room for them."""
        everywhere = range(len(self._testing.images))
        drawn: list[_Place] = []
        for _ in range(count):
            index = self._random.choice(everywhere)
            box = elsewhere(self._random, self._testing.images[index].frame, self._truth(index))
            if box is not None:
                drawn.append((index, box))
        return drawn

    def _truth(self, index: int) -> list[Box]:
        image = self._testing.images[index]
        labels = self._testing.labels_of(image)
        return [box for label, box in zip(labels, image.boxes, strict=True) if label == self._label]

    def _placed(self, predictions: list[Prediction]) -> list[Prediction]:
        by_image: dict[int, list[Prediction]] = defaultdict(list)
        for prediction in sorted(predictions, key=lambda drawn: drawn.confidence, reverse=True):
            by_image[prediction.image].append(prediction)
        return [placed for index, drawn in by_image.items() for placed in self._placed_in(index, drawn)]

    def _placed_in(self, index: int, predictions: Sequence[Prediction]) -> Sequence[Prediction]:
        """Moves the boxes of an image a little off the real ones, where that leaves clear which is meant."""
        truth = self._truth(index)
        if len(truth) > _CROWD:
            return predictions
        frame = self._testing.images[index].frame
        moved = [
            Prediction(index, drawn.confidence, drawn.is_true, near(self._random, drawn.box, frame))
            if drawn.is_true and drawn.confidence and drawn.box
            else drawn
            for drawn in predictions
        ]
        seen = found([drawn.box for drawn in moved if drawn.box], truth)
        return moved if seen == [drawn.is_true for drawn in moved] else predictions


def _counts(positives: int, room: int, f1: float) -> tuple[int, int]:
    """How many are found and how many wrongly seen: the F1 score nearest to the wish, as much missed as invented."""

    def invented(hits: int) -> int:
        return min(positives - hits, room)

    def distance(hits: int) -> float:
        return abs(2 * hits / (hits + invented(hits) + positives) - f1)

    hits = min(range(positives, -1, -1), key=distance)
    return hits, invented(hits)


def _faint_counts(positives: int, hits: int, invented: int, room: int) -> tuple[int, int]:
    """How many of the missed, and how many more wrong ones, are seen faintly.

    A lower threshold must not do better. With h hits among n predictions and positives, x more hits and y more mistakes
    leave the F1 score, 2h/n, below itself if y > x(n - h)/h.
    """
    most = min(room, _MOST_FAINT * positives)
    some = min(most, -(-positives // _SOME_FAINT))
    total = hits + invented + positives
    if not hits or not most:
        return 0, some
    more_hits = min(positives - hits, (most - 1) * hits // (total - hits))
    needed = more_hits * (total - hits) // hits + 1 if more_hits else 0
    return more_hits, max(needed, some)
