"""Making other people's boxes fit: clipped to their image, and without those that the service would refuse."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from rekog_versions.errors import ManifestError
from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.build.typed_lines import LabeledBox, ObjectLine
from rekog_versions.manifests.convert.conversion import ConversionReason, ConversionReport

_REASONS = {
    "ERROR_INVALID_BOUNDING_BOX": ConversionReason.OUTSIDE,
    "ERROR_BOUNDING_BOX_TOO_SMALL": ConversionReason.TOO_SMALL,
}
_TOO_MANY = "ERROR_TOO_MANY_BOUNDING_BOXES"

Placed: TypeAlias = tuple[str, LabeledBox]
"""A box, and where it stood."""


def clipped(box: LabeledBox, frame: Frame) -> LabeledBox | None:
    """The part of a box that is within its image; the box itself if all of it is, None if nothing is."""
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


def _length(start: float, end: float, most: float) -> float:
    length = end - start
    while start + length > most:  # floats: the difference may have been rounded up
        length = math.nextafter(length, 0)
    return length


class Fitting:
    """Makes the line of an image with those of its boxes that the service takes.

    Args:
        frame: The image's size.
        make: Makes the line of its boxes, and refuses as `ObjectLine` does.
        report: Takes what is left out or changed.
    """

    def __init__(
        self, frame: Frame, make: Callable[[Sequence[LabeledBox]], ObjectLine], report: ConversionReport
    ) -> None:
        self._frame = frame
        self._make = make
        self._report = report

    def line(self, place: str, boxes: Iterable[Placed], about: str = "") -> ObjectLine | None:
        """The line; None, with a note, if there can't be one.

        Args:
            place: Where the image stood.
            boxes: Its boxes, whether they are within it or not.
            about: Which image it is, if the place doesn't tell.
        """
        kept = self._clipped(boxes)
        while kept:
            try:
                return self._make([box for _, box in kept])
            except ManifestError as error:
                refused = _refused(error)
                if not refused:
                    self._give_up(place, len(kept), error)
                    return None
                for number, reason in refused.items():
                    self._note(reason, *kept[number])
                kept = [placed for number, placed in enumerate(kept) if number not in refused]
        self._report.note(ConversionReason.NO_BOX, place, about)
        return None

    def _give_up(self, place: str, boxes: int, error: ManifestError) -> None:
        if any(issue.code == _TOO_MANY for issue in error.issues):
            self._report.note(ConversionReason.TOO_MANY_BOXES, place, f"it has {boxes}")
        else:
            self._report.note(ConversionReason.REFUSED, place, str(error))

    def _clipped(self, boxes: Iterable[Placed]) -> list[Placed]:
        kept: list[Placed] = []
        for place, box in boxes:
            inside = clipped(box, self._frame)
            if inside is None:
                self._note(ConversionReason.OUTSIDE, place, box)
                continue
            if inside is not box:
                self._report.note(ConversionReason.CLIPPED, place, f"{_sides(box)} became {_sides(inside)}")
            kept.append((place, inside))
        return kept

    def _note(self, reason: ConversionReason, place: str, box: LabeledBox) -> None:
        size = f"{self._frame.width:g} x {self._frame.height:g}"
        self._report.note(reason, place, f"{_sides(box)} of an image of {size}")


def _refused(error: ManifestError) -> dict[int, ConversionReason]:
    """The boxes that the service would refuse, by their number: the reader of lines knows the rules."""
    return {
        int(issue.place[2]): _REASONS[issue.code]
        for issue in error.issues
        if issue.code in _REASONS and len(issue.place) > 2  # noqa: PLR2004 - (attribute, annotations, number)
    }


def _sides(box: LabeledBox) -> str:
    return f"{box.label} left {box.left:g}, top {box.top:g}, width {box.width:g}, height {box.height:g}"
