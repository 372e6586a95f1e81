"""Fit boxes to their image: clip them, and leave out those that the service would reject."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.build.quick_checks import are_certain_boxes
from rekog_versions.manifests.build.typed_lines import LabeledBox, ObjectLine
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.limits import MOST_BOXES
from rekog_versions.manifests.lines import box_error

_REASONS = {
    "ERROR_INVALID_BOUNDING_BOX": ConversionReason.OUTSIDE,
    "ERROR_BOUNDING_BOX_TOO_SMALL": ConversionReason.TOO_SMALL,
}

PlacedBox: TypeAlias = tuple[str, LabeledBox]
"""A box and its place in the source, for the report."""


class BoxFitter:
    """Make the line of an image with those of its boxes that the service accepts.

    Args:
        frame: The size of the image.
        make: Make the line with the given boxes, or raise a `ManifestError` as `ObjectLine` does.
        report: The report for boxes that are clipped or left out.
    """

    def __init__(
        self, frame: Frame, make: Callable[[Sequence[LabeledBox]], ObjectLine], report: ConversionReport
    ) -> None:
        self._frame = frame
        self._make = make
        self._report = report

    def line(self, place: str, boxes: Iterable[PlacedBox], about: str = "") -> ObjectLine | None:
        """Return the line; None if no line is possible, which is added to the report.

        Args:
            place: The place of the image in the source.
            boxes: The boxes of the image. They may be outside of it.
            about: The name of the image, if `place` does not contain it.
        """
        placed = list(boxes)
        kept, frame = [box for _, box in placed], self._frame
        if not are_certain_boxes(kept, len(kept), frame.width, frame.height, frame.depth):
            kept = self._fit(placed)
        if not kept:
            self._report.add(ConversionReason.NO_BOX, place, about)
        elif len(kept) > MOST_BOXES:
            self._report.add(ConversionReason.TOO_MANY_BOXES, place, f"it has {len(kept)}")
        else:
            return self._report.attempt(place, partial(self._make, kept))
        return None

    def _fit(self, boxes: Iterable[PlacedBox]) -> list[LabeledBox]:
        """Return the parts of boxes within the image, as far as the service accepts them."""
        kept: list[LabeledBox] = []
        for place, box in boxes:
            clipped = clip_box(box, self._frame)
            if clipped is None:
                self._report_box(ConversionReason.OUTSIDE, place, box)
                continue
            if clipped is not box:
                self._report.add(ConversionReason.CLIPPED, place, f"{_sides(box)} became {_sides(clipped)}")
            code = box_error(clipped, self._frame)
            if code is None:
                kept.append(clipped)
            else:
                self._report_box(_REASONS[code], place, clipped)
        return kept

    def _report_box(self, reason: ConversionReason, place: str, box: LabeledBox) -> None:
        size = f"{self._frame.width:g} x {self._frame.height:g}"
        self._report.add(reason, place, f"{_sides(box)} of an image of {size}")


def clip_box(box: LabeledBox, frame: Frame) -> LabeledBox | None:
    """Return the part of a box within its image: the same object if all of it is, None if no part is."""
    right, bottom = box.left + box.width, box.top + box.height
    if 0 <= box.left < right <= frame.width and 0 <= box.top < bottom <= frame.height:
        return box
    left, right = max(box.left, 0), min(right, frame.width)
    top, bottom = max(box.top, 0), min(bottom, frame.height)
    if left >= right or top >= bottom:
        return None
    return replace(
        box,
        left=left,
        top=top,
        width=_length(left, right, frame.width),
        height=_length(top, bottom, frame.height),
    )


def _length(start: float, end: float, limit: float) -> float:
    length = end - start
    while start + length > limit:  # the difference of two floats may be rounded up
        length = math.nextafter(length, 0)
    return length


def _sides(box: LabeledBox) -> str:
    return f"{box.label} left {box.left:g}, top {box.top:g}, width {box.width:g}, height {box.height:g}"
