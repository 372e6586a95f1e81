"""Bounding boxes of predictions: where they are drawn, and which objects they find.

The service does not document its rule for a predicted box that is present in the ground truth. The rule here: the
predictions of a label in an image are taken by confidence, the highest first. Each finds the box of the label that it
overlaps most, among those not found yet, if their intersection over union is at least `SAME`.
"""

from collections.abc import Sequence
from random import Random

from rekog_versions.manifests.boxes import Box, Frame

SAME = 0.5
"""The least intersection over union of two boxes that show the same object."""

_LEAST_OVERLAP = 0.8  # of a prediction with the object that it finds
_LARGEST_SHIFT = 0.05
_TRIES = 16


def find_hits(predicted: Sequence[Box], shown: Sequence[Box]) -> list[bool]:
    """Return for each prediction whether it finds an object that no prediction before it has found.

    Args:
        predicted: The predictions of one label in one image, the highest confidence first.
        shown: The real boxes of the label.
    """
    left = list(shown)
    hits: list[bool] = []
    for box in predicted:
        best = max(left, key=box.overlap, default=None)
        hit = best is not None and box.overlap(best) >= SAME
        if best is not None and hit:
            left.remove(best)
        hits.append(hit)
    return hits


def draw_near(random: Random, box: Box, frame: Frame) -> Box:
    """Draw a slightly shifted box that shows the same object, or return `box` if the object is too small."""
    shifts = [random.uniform(-_LARGEST_SHIFT, _LARGEST_SHIFT) for _ in range(4)]
    left = max(0, round(box.left + shifts[0] * box.width))
    top = max(0, round(box.top + shifts[1] * box.height))
    right = min(int(frame.width), round(box.left + (1 + shifts[2]) * box.width))
    bottom = min(int(frame.height), round(box.top + (1 + shifts[3]) * box.height))
    drawn = Box(left, top, right - left, bottom - top)
    return drawn if right > left and bottom > top and drawn.overlap(box) >= _LEAST_OVERLAP else box


def draw_anywhere(random: Random, frame: Frame, share: float = 0.5) -> Box:
    """Draw a box anywhere in the image. Its sides are between a half and all of `share` of the image's."""
    width = max(1, int(frame.width * random.uniform(share / 2, share)))
    height = max(1, int(frame.height * random.uniform(share / 2, share)))
    left = random.randint(0, max(0, int(frame.width) - width))
    return Box(left, random.randint(0, max(0, int(frame.height) - height)), width, height)


def draw_elsewhere(random: Random, frame: Frame, shown: Sequence[Box]) -> Box | None:
    """Draw a box that shows none of some objects. Return None if none was found."""
    for attempt in range(_TRIES):
        # each try is smaller, down to one pixel
        drawn = draw_anywhere(random, frame, 0.5 * (1 - attempt / (_TRIES - 1)))
        if all(drawn.overlap(box) < SAME for box in shown):
            return drawn
    return None
