"""Snapshots of simulated models whose true metrics are known, for tests of statistics."""

from collections.abc import Callable, Sequence
from random import Random
from statistics import fmean

from rekog_versions.evaluation import ByLabel, Evaluation, LabelEvaluation
from rekog_versions.evaluation.snapshot import EvaluationSnapshot, LabelArrays, PredictionArrays
from rekog_versions.manifests.lines import UseCase

Item = tuple[int, float, bool, bool]
"""A label of an image: its index, its confidence (0 without a prediction), if it is present, and if it is predicted."""
Draw = Callable[[Random], Sequence[Item]]
"""Returns the labels of a random image."""


def one_label_an_image(labels: int, right: float) -> Draw:
    """Return images with one label each. A wrong prediction is another label, so the labels depend on each other."""

    def draw(random: Random) -> Sequence[Item]:
        truth = random.randrange(labels)
        chance = right + (1 - right) * 0.5 * (truth / labels)
        if random.random() < chance:
            return [(truth, 0.5 + random.random() / 2, True, True)]
        other = (truth + 1 + random.randrange(labels - 1)) % labels
        return [
            (truth, random.random() / 2, True, False),
            (other, 0.5 + random.random() / 2 * random.random(), False, True),
        ]

    return draw


def boxes_in_clusters(labels: int, right: float) -> Draw:
    """Return images with several boxes of a label. Some images are harder, so the boxes depend on each other."""

    def draw(random: Random) -> Sequence[Item]:
        chance = right * random.choice((0.55, 1.0, 1.0))
        items: list[Item] = []
        label = random.randrange(labels)
        for _ in range(random.choice((1, 1, 2, 3, 6))):
            found = random.random() < chance
            items.append((label, (0.5 + random.random() / 2) if found else random.random() / 2, True, found))
        items.extend(
            (label, 0.5 + random.random() / 2 * random.random(), False, True)
            for _ in range(random.choice((0, 0, 0, 1, 3)))
            if random.random() > chance
        )
        return items

    return draw


def snapshot_of(images: Sequence[Sequence[Item]], labels: int, *, located: bool) -> EvaluationSnapshot:
    """Return the snapshot of images."""
    truth, seen = LabelArrays(), PredictionArrays()
    box = (1.0, 1.0, 9.0, 9.0) if located else ()
    for image, items in enumerate(images):
        for label, confidence, present, _ in items:
            if present:
                truth.images.append(image)
                truth.labels.append(label)
                truth.boxes.extend(box)
            seen.images.append(image)
            seen.labels.append(label)
            seen.confidences.append(confidence)
            seen.present.append(present)
            seen.boxes.extend(box)
    return EvaluationSnapshot(
        [f"s3://bucket/{image}.jpg" for image in range(len(images))],
        [str(label) for label in range(labels)],
        truth,
        seen,
        UseCase.OBJECT_LOCALIZATION if located else UseCase.IMAGE_LEVEL_LABELS,
    )


def plain_metrics(images: Sequence[Sequence[Item]], label: int) -> tuple[float, ...]:
    """Return precision, recall, F1 score, average precision and average recall of a label, counted plainly."""
    items = [item for image in images for item in image if item[0] == label]
    positives = sum(item[2] for item in items)
    predicted = sum(item[3] for item in items)
    found = sum(item[2] and item[3] for item in items)
    if not positives:
        return (0.0,) * 5
    ranked = sorted(((item[1], item[2]) for item in items if item[1]), reverse=True)
    area = hits = 0.0
    for place, (_, present) in enumerate(ranked, 1):
        if present:
            hits += 1
            area += hits / place / positives
    return (
        found / predicted if predicted else 0.0,
        found / positives,
        2 * found / (predicted + positives),
        area,
        hits / positives,
    )


def plain_means(images: Sequence[Sequence[Item]], labels: int) -> tuple[float, ...]:
    """Return the means over the labels that are in the images."""
    columns = [
        plain_metrics(images, label)
        for label in range(labels)
        if any(item[0] == label and item[2] for image in images for item in image)
    ]
    return tuple(map(fmean, zip(*columns, strict=True)))


def two_models(
    labels: int, old: float, new: float, *, located: bool
) -> Callable[[Random], tuple[list[Item], list[Item]]]:
    """Return what two models predict for a random image. Both find hard images hard.

    Args:
        labels: The number of labels.
        old: The share of easy occurrences that the old model finds.
        new: The same for the new model.
        located: True for several boxes in an image.
    """

    def draw(random: Random) -> tuple[list[Item], list[Item]]:
        label, hardness = random.randrange(labels), random.choice((0.6, 1.0, 1.0))
        count = random.choice((1, 1, 2, 4)) if located else 1
        found: tuple[list[Item], list[Item]] = ([], [])
        for _ in range(count):
            luck = random.random()
            for chance, items in zip((old, new), found, strict=True):
                # half of the luck is the image's, and half is the model's
                is_found = (luck if random.random() < 0.5 else random.random()) < chance * hardness
                items.append((label, 0.9 if is_found else 0.1, True, is_found))
                if not is_found and random.random() < 0.5:
                    items.append(((label + 1) % labels, 0.8, False, True))
        return found

    return draw


def evaluated_snapshot(snapshot: EvaluationSnapshot) -> Evaluation:
    """Return the evaluation of a snapshot with thresholds of 0.5 and a summary without metrics."""
    return Evaluation(
        *(None, None, snapshot.use_case, None, len(snapshot), None, None, None, None, None),
        ByLabel((label, LabelEvaluation(label, threshold=0.5)) for label in snapshot.labels),
        *(None, {}, ()),
        snapshot=snapshot,
    )
