"""A model that isn't there: which images it is tested with, and what it predicts for them.

Everything here is simulated. The test images and their true labels are real; the predictions are drawn so that each
label's F1 score comes as near to the set quality as whole images allow. One seed always gives the same predictions.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from random import Random

from rekog_versions.testing.settings import Quality
from rekog_versions.testing.training.manifests import Dataset, UseCase
from rekog_versions.testing.training.metrics import Prediction, evaluate_label

_HELD_BACK = 0.2
"""The share of the training images that AutoCreate keeps for the test."""


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
    return (
        dataset.of([image for index, image in enumerate(dataset.images) if index not in chosen]),
        dataset.of([image for index, image in enumerate(dataset.images) if index in chosen]),
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
    _random(seed, "hold back").shuffle(order)
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


def predict(testing: Dataset, label: str, quality: Quality, seed: str) -> list[Prediction]:
    """Draws the predictions of one label.

    Args:
        testing: The test images; at least one shows the label.
        label: The label.
        quality: The F1 score to aim at, and the seed.
        seed: What makes this version another than its sisters.

    Returns:
        The predictions, in no order that means anything.
    """
    random = _random(str(quality.seed), seed, label)
    shown = [index for index, image in enumerate(testing.images) for name in testing.labels_of(image) if name == label]
    if testing.use_case is UseCase.OBJECT_LOCALIZATION:
        elsewhere = list(range(len(testing.images)))  # a wrong box may lie in any image
        room = len(shown)
    else:
        elsewhere = sorted(set(range(len(testing.images))) - set(shown))
        room = len(elsewhere)
    found, wrong = _counts(len(shown), room, quality.f1)
    true_images = random.sample(shown, found)
    false_images = random.sample(elsewhere, wrong) if wrong <= len(elsewhere) else random.choices(elsewhere, k=wrong)
    hits = [(index, True) for index in true_images]
    misses = [(index, False) for index in false_images]
    confidences = sorted((random.uniform(0.5, 1.0) for _ in range(found + wrong)), reverse=True)
    mixed = misses + hits[1:]
    random.shuffle(mixed)
    drawn = _with_confidences([*mixed, *hits[:1]], confidences)
    best = evaluate_label(label, drawn, positives=len(shown), testing_images=0)
    if best.f1 > 2 * found / (found + wrong + len(shown)):
        # by chance a threshold leaves out more mistakes than hits; with the mistakes foremost none does
        drawn = _with_confidences([*misses, *hits], confidences)
    return drawn


def _with_confidences(ranked: Sequence[tuple[int, bool]], confidences: Sequence[float]) -> list[Prediction]:
    return [
        Prediction(index, confidence, is_true) for (index, is_true), confidence in zip(ranked, confidences, strict=True)
    ]


def _counts(positives: int, room: int, f1: float) -> tuple[int, int]:
    """How many are found and how many wrongly seen: the F1 score nearest to the wish, as much missed as invented."""

    def invented(found: int) -> int:
        return min(positives - found, room)

    def distance(found: int) -> float:
        return abs(2 * found / (found + invented(found) + positives) - f1)

    found = min(range(positives, -1, -1), key=distance)
    return found, invented(found)


def _random(*seeds: str) -> Random:
    return Random("\0".join(seeds))  # noqa: S311 - a simulation that must repeat itself, no secret
