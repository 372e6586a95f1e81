"""Confusion matrices and pairs of confused labels: as types, and counted from a snapshot."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from rekog_versions._json import JsonResult
from rekog_versions._text import decimal, printable, shortened, table
from rekog_versions.evaluation.by_label import unknown_label
from rekog_versions.evaluation.snapshot import EvaluationSnapshot
from rekog_versions.manifests.lines import UseCase
from rekog_versions.models.thresholds import Thresholds

_COLUMNS, _COLUMN_WIDTH = 10, 12  # the largest matrix that is shown as a table of text
_SAME_OBJECT = 0.5
"""The intersection over union from which two boxes are taken for boxes of the same object."""


@dataclass(frozen=True, slots=True)
class ConfusedPair(JsonResult):
    """A label that was wrongly predicted for images, or boxes, of another label.

    Attributes:
        truth: The true label.
        predicted: The label that was predicted.
        share: The share of the images, or boxes, of `truth` that this happened to, from 0 to 1.
        count: The number of times; None if only the summary is known.
    """

    truth: str
    predicted: str
    share: float
    count: int | None = None

    def __str__(self) -> str:
        count = "" if self.count is None else f" ({self.count})"
        return f"'{printable(self.truth, 80)}' taken for '{printable(self.predicted, 80)}': {self.share:.1%}{count}"


@dataclass(frozen=True)
class ConfusionMatrix(JsonResult):
    """For the test images of each label, the share for which each label was predicted, from 0 to 1.

    An image can have several labels. So a row need not sum to 1, and a value beside the diagonal can be correct.

    Attributes:
        labels: The labels of the rows (truth) and of the columns (predicted), in the order of the file.
    """

    labels: Sequence[str]
    _cells: Mapping[tuple[str, str], float] = field(repr=False)

    @classmethod
    def of(cls, cells: Mapping[tuple[str, str], float], labels: Iterable[str] = ()) -> "ConfusionMatrix":
        """Return the matrix with these values by (truth, predicted).

        Args:
            cells: The values.
            labels: The order of the labels. Labels that are only in `cells` follow.
        """
        named = dict.fromkeys([*labels, *(label for pair in cells for label in pair)])
        return cls(tuple(named), dict(cells))

    def value(self, truth: str, predicted: str) -> float | None:
        """Return the share of the images of `truth` for which `predicted` was predicted; None if it is not known.

        Raises:
            KeyError: There is no such label.
        """
        for label in (truth, predicted):
            if label not in self.labels:
                raise KeyError(unknown_label(label, self.labels))
        return self._cells.get((truth, predicted))

    def rows(self) -> Sequence[Sequence[float | None]]:
        """Return a row for each true label, with a value for each predicted label."""
        return tuple(tuple(self._cells.get((truth, seen)) for seen in self.labels) for truth in self.labels)

    def to_dict(self) -> dict[str, Any]:
        """Return the labels, and the rows of `rows()`, as plain values."""
        return {"labels": list(self.labels), "rows": [list(row) for row in self.rows()]}

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a dict for each known value: the true label, the predicted label and the share."""
        return [
            {"truth": truth, "predicted": predicted, "share": share}
            for (truth, predicted), share in self._cells.items()
        ]

    def most_confused(self, limit: int = 10) -> Sequence[ConfusedPair]:
        """Return the largest values beside the diagonal, the largest first.

        Raises:
            ValueError: `limit` is negative.
        """
        check_limit(limit)
        pairs = [
            ConfusedPair(truth, seen, share) for (truth, seen), share in self._cells.items() if truth != seen and share
        ]
        pairs.sort(key=lambda pair: (-pair.share, pair.truth, pair.predicted))
        return tuple(pairs[:limit])

    def __str__(self) -> str:
        if len(self.labels) > _COLUMNS:
            pairs = [f"  {pair}" for pair in self.most_confused()]
            return "\n".join([f"{len(self.labels)} labels; the most confused:", *pairs])
        rows = [["truth \\ predicted", *(shortened(label, _COLUMN_WIDTH) for label in self.labels)]]
        rows += [
            [shortened(label), *(decimal(value) for value in row)]
            for label, row in zip(self.labels, self.rows(), strict=True)
        ]
        return table(rows)

    def __hash__(self) -> int:
        return hash((tuple(self.labels), frozenset(self._cells.items())))


def check_limit(limit: int) -> None:
    """Check that `limit` is 0 or more. A negative one would cut the list from its end.

    Raises:
        ValueError: `limit` is negative.
    """
    if limit < 0:
        raise ValueError(f"limit must be 0 or more, got {limit}")


_LabelsByImage: TypeAlias = tuple[Mapping[int, frozenset[int]], Mapping[int, frozenset[int]]]
"""The true labels of each image, and the labels that were predicted for it."""


def count_confusion_matrix(
    snapshot: EvaluationSnapshot,
    thresholds: Thresholds,
    labels: Sequence[str],
    by_image: _LabelsByImage | None = None,
    supported: Collection[str] | None = None,
) -> ConfusionMatrix:
    """Return the confusion matrix of a snapshot at thresholds, counted as the training summary counts.

    Args:
        snapshot: The snapshot.
        thresholds: The thresholds.
        labels: The labels of the model.
        by_image: The result of `labels_by_image`, if it is known.
        supported: The labels with thresholds that the snapshot supports, by default all. The columns of others are
            unknown.
    """
    truth, predicted = by_image or labels_by_image(snapshot, thresholds, labels)
    columns = labels if supported is None else supported
    counts: Counter[tuple[int, int]] = Counter()
    images: Counter[int] = Counter()
    for image, true_labels in truth.items():
        seen_labels = predicted.get(image, ())
        for label in true_labels:
            images[label] += 1
            for seen in seen_labels:
                counts[label, seen] += 1
    indices = {label: index for index, label in enumerate(snapshot.labels)}
    known = [(label, indices[label]) for label in labels if images[indices.get(label, -1)]]
    return ConfusionMatrix.of(
        {(real, seen): counts[at, of] / images[at] for real, at in known for seen, of in known if seen in columns},
        [label for label, _ in known],
    )


def count_confused_pairs(
    snapshot: EvaluationSnapshot,
    thresholds: Thresholds,
    labels: Sequence[str],
    limit: int,
    by_image: _LabelsByImage | None = None,
) -> Sequence[ConfusedPair]:
    """Return the pairs of labels of which one was wrongly predicted in place of the other, the largest share first."""
    if snapshot.use_case is UseCase.OBJECT_LOCALIZATION:
        counts, totals = _confused_boxes(snapshot, thresholds, labels)
    else:
        counts, totals = _confused_images(*(by_image or labels_by_image(snapshot, thresholds, labels)))
    pairs = [
        ConfusedPair(snapshot.labels[real], snapshot.labels[seen], count / totals[real], count)
        for (real, seen), count in counts.items()
    ]
    pairs.sort(key=lambda pair: (-pair.share, -(pair.count or 0), pair.truth, pair.predicted))
    return tuple(pairs[:limit])


def labels_by_image(snapshot: EvaluationSnapshot, thresholds: Thresholds, labels: Collection[str]) -> _LabelsByImage:
    """Return the true labels of each image, and the labels that were predicted for it."""
    truth: dict[int, frozenset[int]] = {}
    predicted: dict[int, frozenset[int]] = {}
    lowest = snapshot.lowest_counted(thresholds)
    wanted = [label in labels for label in snapshot.labels]
    single = [frozenset((label,)) for label in range(len(snapshot.labels))]  # most images share these
    for image, label in zip(snapshot.truth.images, snapshot.truth.labels, strict=True):
        known = truth.get(image)
        truth[image] = single[label] if known is None else known | single[label]
    seen = snapshot.predictions
    for image, label, confidence, present in zip(seen.images, seen.labels, seen.confidences, seen.present, strict=True):
        if present:
            known = truth.get(image)
            if known is None or label not in known:
                truth[image] = single[label] if known is None else known | single[label]
        if wanted[label] and confidence > 0 and confidence >= lowest[label]:
            known = predicted.get(image)
            predicted[image] = single[label] if known is None else known | single[label]
    return truth, predicted


def _confused_images(
    truth: Mapping[int, frozenset[int]], predicted: Mapping[int, frozenset[int]]
) -> tuple[Counter[tuple[int, int]], Counter[int]]:
    counts: Counter[tuple[int, int]] = Counter()
    totals: Counter[int] = Counter()
    for image, true_labels in truth.items():
        wrong = [seen for seen in predicted.get(image, ()) if seen not in true_labels]
        for label in true_labels:
            totals[label] += 1
            for seen in wrong:
                counts[label, seen] += 1
    return counts, totals


def _confused_boxes(
    snapshot: EvaluationSnapshot, thresholds: Thresholds, labels: Collection[str]
) -> tuple[Counter[tuple[int, int]], Counter[int]]:
    boxes, seen = snapshot.truth.boxes_by_image(), snapshot.predictions
    lowest = snapshot.lowest_counted(thresholds)
    wanted = [label in labels for label in snapshot.labels]
    counts: Counter[tuple[int, int]] = Counter()
    for index, (image, label, confidence, present) in enumerate(
        zip(seen.images, seen.labels, seen.confidences, seen.present, strict=True)
    ):
        box = seen.box(index)
        if present or not wanted[label] or not confidence or confidence < lowest[label] or box is None:
            continue
        others = [(box.overlap(other), real) for real, other in boxes.get(image, ()) if real != label]
        overlap, real = max(others, default=(0.0, -1))
        if overlap >= _SAME_OBJECT:
            counts[real, label] += 1
    return counts, Counter(snapshot.truth.labels)
