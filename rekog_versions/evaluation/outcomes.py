"""What became of each prediction: found, missed, invented, or rightly left out; and where the mistakes are."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from rekog_versions._text import printable
from rekog_versions.evaluation.metrics import lowest_counted
from rekog_versions.evaluation.snapshot import Snapshot
from rekog_versions.evaluation.summary import ConfusedPair, ConfusionMatrix
from rekog_versions.manifests.boxes import Box
from rekog_versions.manifests.lines import UseCase
from rekog_versions.models.thresholds import Thresholds

_SAME_PLACE = 0.5
"""The intersection over union from which on a box is taken for being where another is."""


class OutcomeKind(StrEnum):
    """What became of a prediction at a threshold."""

    TRUE_POSITIVE = "true_positive"
    FALSE_POSITIVE = "false_positive"
    FALSE_NEGATIVE = "false_negative"
    TRUE_NEGATIVE = "true_negative"

    @property
    def is_mistake(self) -> bool:
        """Whether the model was wrong."""
        return self in (OutcomeKind.FALSE_POSITIVE, OutcomeKind.FALSE_NEGATIVE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A label of a test image, or of a box in it, and what the model made of it.

    Attributes:
        source_ref: The image, as in `s3://BUCKET/KEY`.
        label: The label.
        confidence: The model's, 0 to 1; 0 for what is there and was missed altogether.
        is_present: Whether it is there, by the ground truth.
        outcome: What that comes to at the threshold.
        box: Where, for models that locate objects, in pixels. None for image-level labels, and for what is missed and
            has no prediction in the snapshot.
    """

    source_ref: str
    label: str
    confidence: float
    is_present: bool
    outcome: OutcomeKind
    box: Box | None = None

    @property
    def sureness(self) -> float:
        """How sure the model was of what it said, 0 to 1: of its being there, or of its not being there."""
        return self.confidence if self.outcome in _FOUND else 1 - self.confidence

    def __str__(self) -> str:
        return f"'{printable(self.label, 80)}' {_WORDS[self.outcome]} ({self.confidence:.3f})"


_FOUND = (OutcomeKind.TRUE_POSITIVE, OutcomeKind.FALSE_POSITIVE)
_WORDS: Mapping[OutcomeKind, str] = {
    OutcomeKind.TRUE_POSITIVE: "found",
    OutcomeKind.FALSE_POSITIVE: "invented",
    OutcomeKind.FALSE_NEGATIVE: "missed",
    OutcomeKind.TRUE_NEGATIVE: "left out",
}


@dataclass(frozen=True, slots=True)
class WorstImage:
    """A test image and what the model got wrong in it.

    Attributes:
        source_ref: The image.
        mistakes: What was invented or missed; what the model was surest of comes first.
    """

    source_ref: str
    mistakes: Sequence[Outcome]

    def __str__(self) -> str:
        return f"{printable(self.source_ref, 1100)}: {', '.join(map(str, self.mistakes))}"


def outcomes(snapshot: Snapshot, thresholds: Thresholds, labels: Collection[str]) -> Iterator[Outcome]:
    """What became of each of some labels in each image, image by image in the order of the file."""
    least = _least(snapshot, thresholds)
    wanted = [label in labels for label in snapshot.labels]
    seen = snapshot.predictions
    missing = _unpredicted(snapshot)
    places = zip(seen.images, seen.labels, seen.confidences, seen.present, range(len(seen)), strict=True)
    by_image = groupby(places, key=lambda place: place[0])
    image, of_image = next(by_image, (-1, iter(())))
    for at, source_ref in enumerate(snapshot.source_refs):
        if at == image:
            for _, label, confidence, present, place in of_image:
                if wanted[label]:
                    kind = _kind(present=bool(present), is_predicted=confidence > 0 and confidence >= least[label])
                    yield Outcome(source_ref, snapshot.labels[label], confidence, bool(present), kind, seen.box(place))
            image, of_image = next(by_image, (-1, iter(())))
        for label in missing.get(at, ()):
            if wanted[label]:
                yield Outcome(source_ref, snapshot.labels[label], 0.0, True, OutcomeKind.FALSE_NEGATIVE)


def _least(snapshot: Snapshot, thresholds: Thresholds) -> Sequence[float]:
    """For each of the snapshot's labels, from which confidence on it counts."""
    of_labels = zip(snapshot.labels, snapshot.scores, strict=True)
    return [lowest_counted(scores, thresholds.fraction(label)) for label, scores in of_labels]


def _kind(*, present: bool, is_predicted: bool) -> OutcomeKind:
    if is_predicted:
        return OutcomeKind.TRUE_POSITIVE if present else OutcomeKind.FALSE_POSITIVE
    return OutcomeKind.FALSE_NEGATIVE if present else OutcomeKind.TRUE_NEGATIVE


def _unpredicted(snapshot: Snapshot) -> Mapping[int, Sequence[int]]:
    """The labels, by image, that are there and have no prediction at all, not even one with a confidence of 0."""
    truth, seen = snapshot.truth, snapshot.predictions
    left = Counter(zip(truth.images, truth.labels, strict=True))
    left.subtract(
        (image, label) for image, label, present in zip(seen.images, seen.labels, seen.present, strict=True) if present
    )
    missing: dict[int, list[int]] = defaultdict(list)
    for (image, label), count in left.items():
        if count > 0:
            missing[image].extend([label] * count)
    return missing


def worst_images(found: Iterator[Outcome], limit: int) -> Sequence[WorstImage]:
    """The images with the mistakes that the model was surest of."""
    mistakes = (outcome for outcome in found if outcome.outcome.is_mistake)
    images = [
        WorstImage(source_ref, tuple(sorted(of_image, key=lambda outcome: -outcome.sureness)))
        for source_ref, of_image in groupby(mistakes, key=lambda outcome: outcome.source_ref)
    ]
    images.sort(key=lambda image: (-image.mistakes[0].sureness, -len(image.mistakes)))
    return tuple(images[:limit])


def confusion_matrix(snapshot: Snapshot, thresholds: Thresholds, labels: Sequence[str]) -> ConfusionMatrix:
    """The shares of the images of each label that each label was predicted for, as the summary counts them."""
    truth, predicted = _labels_by_image(snapshot, thresholds, labels)
    counts: Counter[tuple[int, int]] = Counter()
    images: Counter[int] = Counter()
    for image, shown in truth.items():
        images.update(shown)
        for seen in predicted.get(image, ()):
            counts.update((label, seen) for label in shown)
    places = {label: place for place, label in enumerate(snapshot.labels)}
    known = [(label, places[label]) for label in labels if images[places.get(label, -1)]]
    return ConfusionMatrix.of(
        {(real, seen): counts[at, of] / images[at] for real, at in known for seen, of in known},
        [label for label, _ in known],
    )


def most_confused(
    snapshot: Snapshot, thresholds: Thresholds, labels: Sequence[str], limit: int
) -> Sequence[ConfusedPair]:
    """The pairs of labels of which one was wrongly predicted where the other is, the largest share first."""
    counting = _confused_boxes if snapshot.use_case is UseCase.OBJECT_LOCALIZATION else _confused_images
    counts, totals = counting(snapshot, thresholds, labels)
    pairs = [
        ConfusedPair(snapshot.labels[real], snapshot.labels[seen], count / totals[real], count)
        for (real, seen), count in counts.items()
    ]
    pairs.sort(key=lambda pair: (-pair.share, -(pair.count or 0), pair.truth, pair.predicted))
    return tuple(pairs[:limit])


def _labels_by_image(
    snapshot: Snapshot, thresholds: Thresholds, labels: Collection[str]
) -> tuple[Mapping[int, set[int]], Mapping[int, set[int]]]:
    """The labels that each image has, and those that were predicted for it."""
    truth: dict[int, set[int]] = defaultdict(set)
    predicted: dict[int, set[int]] = defaultdict(set)
    least = _least(snapshot, thresholds)
    wanted = [label in labels for label in snapshot.labels]
    for image, label in zip(snapshot.truth.images, snapshot.truth.labels, strict=True):
        truth[image].add(label)
    seen = snapshot.predictions
    for image, label, confidence, present in zip(seen.images, seen.labels, seen.confidences, seen.present, strict=True):
        if present:
            truth[image].add(label)
        if wanted[label] and confidence > 0 and confidence >= least[label]:
            predicted[image].add(label)
    return truth, predicted


def _confused_images(
    snapshot: Snapshot, thresholds: Thresholds, labels: Collection[str]
) -> tuple[Counter[tuple[int, int]], Counter[int]]:
    truth, predicted = _labels_by_image(snapshot, thresholds, labels)
    counts: Counter[tuple[int, int]] = Counter()
    totals: Counter[int] = Counter()
    for image, shown in truth.items():
        totals.update(shown)
        for seen in predicted.get(image, set()) - shown:
            counts.update((label, seen) for label in shown)
    return counts, totals


def _confused_boxes(
    snapshot: Snapshot, thresholds: Thresholds, labels: Collection[str]
) -> tuple[Counter[tuple[int, int]], Counter[int]]:
    boxes: dict[int, list[tuple[int, Box]]] = defaultdict(list)
    truth, seen = snapshot.truth, snapshot.predictions
    for place, (image, label) in enumerate(zip(truth.images, truth.labels, strict=True)):
        box = truth.box(place)
        if box is not None:
            boxes[image].append((label, box))
    least = _least(snapshot, thresholds)
    wanted = [label in labels for label in snapshot.labels]
    counts: Counter[tuple[int, int]] = Counter()
    for place, (image, label, confidence, present) in enumerate(
        zip(seen.images, seen.labels, seen.confidences, seen.present, strict=True)
    ):
        box = seen.box(place)
        if present or not wanted[label] or not confidence or confidence < least[label] or box is None:
            continue
        rivals = [(box.overlap(other), real) for real, other in boxes[image] if real != label]
        overlap, real = max(rivals, default=(0.0, -1))
        if overlap >= _SAME_PLACE:
            counts[real, label] += 1
    return counts, Counter(truth.labels)
