"""The mistakes of a model that locates objects: what was missed, and what was wrongly found, by the size of the box."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rekog_versions._json import JsonResult
from rekog_versions.evaluation import EvaluationSnapshot
from rekog_versions.manifests.boxes import Box
from rekog_versions.models.thresholds import Thresholds

_SAME_OBJECT, _NEAR = 0.5, 0.1
"""The intersection over union of boxes of the same object, and of boxes that touch the same object."""
_SIZES = (("small", 32.0**2), ("medium", 96.0**2), ("large", float("inf")))
"""Names of sizes, and the areas in square pixels below which they apply. These are the sizes of the COCO benchmark."""


@dataclass(frozen=True, kw_only=True)
class BoxErrorCounts(JsonResult):
    """The objects of a size, and the mistakes of that size.

    Attributes:
        size: `small` (below 32 x 32 pixels), `medium` (below 96 x 96) or `large`.
        objects: Objects in the test images.
        missed: Objects that were not found.
        wrong_label: Boxes on an object of another label.
        misplaced: Boxes near an object of the same label, whose overlap is too small.
        repeated: Further boxes on an object of the same label.
        background: Boxes where there is no object.
    """

    size: str
    objects: int = 0
    missed: int = 0
    wrong_label: int = 0
    misplaced: int = 0
    repeated: int = 0
    background: int = 0


@dataclass(frozen=True, kw_only=True)
class BoxErrors(JsonResult):
    """The mistakes of a model that locates objects, by the size of the box."""

    _derived = ("total",)

    sizes: Sequence[BoxErrorCounts] = ()

    @property
    def total(self) -> BoxErrorCounts:
        """The sum over all sizes."""
        names = ("objects", "missed", "wrong_label", "misplaced", "repeated", "background")
        return BoxErrorCounts(size="all", **{name: sum(getattr(size, name) for size in self.sizes) for name in names})


def count_box_errors(snapshot: EvaluationSnapshot, thresholds: Thresholds, labels: Collection[str]) -> BoxErrors:
    """Return the mistakes at thresholds.

    A wrong box counts once. If it covers an object of another label by an intersection over union of 0.5 or more, its
    label is wrong. Otherwise, the closest object of its own label decides.
    """
    lowest = snapshot.lowest_counted(thresholds)
    wanted = [label in labels for label in snapshot.labels]
    boxes, seen = snapshot.truth.boxes_by_image(), snapshot.predictions
    objects: Counter[str] = Counter(
        _size(box) for of_image in boxes.values() for label, box in of_image if wanted[label]
    )
    found: Counter[str] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for index, (image, label, confidence, present) in enumerate(
        zip(seen.images, seen.labels, seen.confidences, seen.present, strict=True)
    ):
        if not wanted[label] or not confidence or confidence < lowest[label]:
            continue
        box = Box(*seen.sides(index))
        others = boxes.get(image, ())
        if present:
            found[_size(_closest(box, label, others) or box)] += 1
        else:
            wrong[_size(box), _kind(box, label, others)] += 1
    return BoxErrors(
        sizes=tuple(
            BoxErrorCounts(
                size=size,
                objects=objects[size],
                missed=max(objects[size] - found[size], 0),
                **{kind: wrong[size, kind] for kind in ("wrong_label", "misplaced", "repeated", "background")},
            )
            for size, _ in _SIZES
        )
    )


def _size(box: Box) -> str:
    area = box.width * box.height
    return next(size for size, limit in _SIZES if area < limit or limit == float("inf"))


def _closest(box: Box, label: int, others: Sequence[tuple[int, Box]]) -> Box | None:
    """Return the object of a label that a box covers best."""
    same = [other for real, other in others if real == label]
    return max(same, key=box.overlap, default=None) if len(same) != 1 else same[0]


def _kind(box: Box, label: int, others: Sequence[tuple[int, Box]]) -> str:
    same = other = 0.0
    for real, at in others:
        overlap = box.overlap(at)
        if real == label:
            same = max(same, overlap)
        else:
            other = max(other, overlap)
    if same >= _SAME_OBJECT and same >= other:
        return "repeated"
    if other >= _SAME_OBJECT:
        return "wrong_label"
    return "misplaced" if same >= _NEAR else "background"
