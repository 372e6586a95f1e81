"""Fit boxes to their image: clip them, and leave out those that the service would reject."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from rekog_versions.errors import ManifestError
from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.build.typed_lines import LabeledBox, ObjectLine
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport

_REASONS = {
    "ERROR_INVALID_BOUNDING_BOX": ConversionReason.OUTSIDE,
    "ERROR_BOUNDING_BOX_TOO_SMALL": ConversionReason.TOO_SMALL,
}
_TOO_MANY = "ERROR_TOO_MANY_BOUNDING_BOXES"

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
        kept = self._clip(boxes)
        while kept:
            try:
                return self._make([box for _, box in kept])
            except ManifestError as error:
                rejected = _rejected_boxes(error)
                if not rejected:
                    self._report_image(place, len(kept), error)
                    return None
                for index, reason in rejected.items():
                    self._report_box(reason, *kept[index])
                kept = [placed for index, placed in enumerate(kept) if index not in rejected]
        self._report.add(ConversionReason.NO_BOX, place, about)
        return None

    def _clip(self, boxes: Iterable[PlacedBox]) -> list[PlacedBox]:
        kept: list[PlacedBox] = []
        for place, box in boxes:
            clipped = clip_box(box, self._frame)
            if clipped is None:
                self._report_box(ConversionReason.OUTSIDE, place, box)
                continue
            if clipped is not box:
                self._report.add(ConversionReason.CLIPPED, place, f"{_sides(box)} became {_sides(clipped)}")
            kept.append((place, clipped))
        return kept

    def _report_image(self, place: str, boxes: int, error: ManifestError) -> None:
        if any(issue.code == _TOO_MANY for issue in error.issues):
            self._report.add(ConversionReason.TOO_MANY_BOXES, place, f"it has {boxes}")
        else:
            self._report.add(ConversionReason.REJECTED, place, str(error))

    def _report_box(self, reason: ConversionReason, place: str, box: LabeledBox) -> None:
        size = f"{self._frame.width:g} x {self._frame.height:g}"
        self._report.add(reason, place, f"{_sides(box)} of an image of {size}")


def clip_box(box: LabeledBox, frame: Frame) -> LabeledBox | None:
    """Return the part of a box within its image: the same object if all of it is, None if no part is."""
    left, right = max(box.left, 0), min(box.left + box.width, frame.width)
    top, bottom = max(box.top, 0), min(box.top + box.height, frame.height)
    if left >= right or top >= bottom:
        return None
    if (left, top, right, bottom) == (box.left, box.top, box.left + box.width, box.top + box.height):
        return box
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


def _rejected_boxes(error: ManifestError) -> dict[int, ConversionReason]:
    """Return the indices of the boxes that the service would reject, and why."""
    return {
        int(issue.place[2]): _REASONS[issue.code]
        for issue in error.issues
        if issue.code in _REASONS and len(issue.place) > 2  # noqa: PLR2004  (attribute, "annotations", index)
    }


def _sides(box: LabeledBox) -> str:
    return f"{box.label} left {box.left:g}, top {box.top:g}, width {box.width:g}, height {box.height:g}"
