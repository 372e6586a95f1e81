"""Bounding boxes: how far two overlap, and which prediction finds which object.

The rule by which a predicted box counts as present in the ground truth (the service doesn't document its own): the
predictions of a label in an image take their turns by confidence, the highest first; each finds that one of the label's
boxes not yet found that it overlaps most, if their intersection over union is at least `SAME`.
"""

from collections.abc import Sequence
from random import Random

from rekog_versions.manifests.boxes import Box, Frame

SAME = 0.5
"""The intersection over union from which on two boxes show the same object."""

_NEARNESS = 0.8  # what a prediction that finds an object overlaps it by, at least
_WANDERING = 0.05
_TRIES = 16


def found(predicted: Sequence[Box], shown: Sequence[Box]) -> list[bool]:
    """Which predictions find an object.

    Args:
        predicted: The predictions of one label in one image, the highest confidence first.
        shown: Where the label really is.

    Returns:
        For each prediction, whether it finds one that none before has found.
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


def near(random: Random, box: Box, frame: Frame) -> Box:
    """Draws a box that shows the same object: a little off, or not at all if the object is too small for that."""
    wander = [random.uniform(-_WANDERING, _WANDERING) for _ in range(4)]
    left = max(0, round(box.left + wander[0] * box.width))
    top = max(0, round(box.top + wander[1] * box.height))
    right = min(int(frame.width), round(box.left + (1 + wander[2]) * box.width))
    bottom = min(int(frame.height), round(box.top + (1 + wander[3]) * box.height))
    drawn = Box(left, top, right - left, bottom - top)
    return drawn if right > left and bottom > top and drawn.overlap(box) >= _NEARNESS else box


def anywhere(random: Random, frame: Frame, share: float = 0.5) -> Box:
    """Draws a box whose sides are half of a share of the image's, or up to all of it; of one pixel at least."""
    width = max(1, int(frame.width * random.uniform(share / 2, share)))
    height = max(1, int(frame.height * random.uniform(share / 2, share)))
    left = random.randint(0, max(0, int(frame.width) - width))
    return Box(left, random.randint(0, max(0, int(frame.height) - height)), width, height)


def elsewhere(random: Random, frame: Frame, shown: Sequence[Box]) -> Box | None:
    """Draws a box that shows none of some objects; None if there seems to be no room for one."""
    for attempt in range(_TRIES):
        # each try smaller than the one before, down to one pixel
        drawn = anywhere(random, frame, 0.5 * (1 - attempt / (_TRIES - 1)))
        if all(drawn.overlap(box) < SAME for box in shown):
            return drawn
    return None
