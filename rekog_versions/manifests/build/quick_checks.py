"""Recognize typed lines that are certainly valid, without making their JSON. Others may be valid too."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol

from rekog_versions.manifests.boxes import Sides
from rekog_versions.manifests.limits import LONGEST_LABEL, MOST_BOXES, SCALED_SIDE
from rekog_versions.manifests.lines import FAR, SOURCE_REF

_NUMBERS = frozenset({int, float})
_LONGEST_NAME = 1000  # characters of an attribute or a job: the line is then shorter than the longest entry


class _Box(Sides, Protocol):
    @property
    def label(self) -> str: ...
    @property
    def confidence(self) -> float: ...


def is_certain_box(box: _Box) -> bool:
    """Return True if the label, the sides and the confidence of a box are certainly valid."""
    left, top, width, height, confidence = box.left, box.top, box.width, box.height, box.confidence
    return (
        type(box.label) is str
        and 0 < len(box.label) <= LONGEST_LABEL
        and {type(left), type(top), type(width), type(height), type(confidence)} <= _NUMBERS
        and -FAR < left < FAR
        and -FAR < top < FAR
        and -FAR < width < FAR
        and -FAR < height < FAR
        and 0 <= confidence <= 1
    )


def are_certain_boxes(boxes: Iterable[_Box], count: int, width: float, height: float, depth: float) -> bool:
    """Return True if the size of an image and its boxes, which are valid themselves, are certainly valid in a line."""
    if not (
        0 < count <= MOST_BOXES
        and {type(width), type(height), type(depth)} <= _NUMBERS
        and 1 <= width < FAR
        and 1 <= height < FAR
        and -FAR < depth < FAR
    ):
        return False
    scale = min(1.0, SCALED_SIDE / max(width, height))  # calculated as in `read_line`, to the last bit
    for box in boxes:
        if (
            box.left < 0
            or box.top < 0
            or box.left + box.width > width
            or box.top + box.height > height
            or box.width * scale <= 1
            or box.height * scale <= 1
            or not box.label.isascii()
        ):
            return False
    return True


def are_certain_names(source_ref: str, *names: str | None) -> bool:
    """Return True if an image and the names of an attribute, labels or a job, are certainly valid in a line."""
    if type(source_ref) is not str or not source_ref.isascii() or not SOURCE_REF.fullmatch(source_ref):
        return False
    return all(name is None or (type(name) is str and len(name) <= _LONGEST_NAME and name.isascii()) for name in names)


def is_certain_date(created: datetime | None) -> bool:
    """Return True if a time can certainly be written: another zone could lead out of the years 1 to 9999."""
    return created is None or created.tzinfo is None or created.tzinfo is UTC
