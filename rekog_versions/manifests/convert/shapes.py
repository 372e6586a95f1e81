"""Reduce shapes to the boxes around them."""

import math
from collections.abc import Iterable

from rekog_versions._json import sequence
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.convert.records import SourceBox, numeric

Points = list[tuple[float, float]]


def read_points(values: object) -> Points | None:
    """Return the points of a list of pairs; None if a point is not a pair of numbers, or there is none."""
    found: Points = []
    for value in sequence(values):
        pair = sequence(value)
        if len(pair) != 2:  # noqa: PLR2004
            return None
        x, y = numeric(pair[0]), numeric(pair[1])
        if x is None or y is None:
            return None
        found.append((x, y))
    return found or None


def box_around(place: str, label: str, points: Iterable[tuple[float, float]]) -> SourceBox:
    """Return the box around points."""
    across, down = zip(*points, strict=True)
    left, top = min(across), min(down)
    return SourceBox(place, label, left, top, max(across) - left, max(down) - top)


def reduced(place: str, label: str, points: Points, shape: str, report: ConversionReport) -> SourceBox:
    """Return the box around a shape that is not a box, and add that to the report."""
    report.add(ConversionReason.REDUCED, place, f"{shape} of {len(points)} points")
    return box_around(place, label, points)


def turned(box: SourceBox, degrees: float, report: ConversionReport, *, around_center: bool) -> SourceBox:
    """Return the box around a box in pixels that is turned clockwise around its center or its upper left corner."""
    if not degrees % 360:
        return box
    report.add(ConversionReason.REDUCED, box.place, f"a box that is turned by {degrees:g} degrees")
    center = (box.left + box.width / 2, box.top + box.height / 2) if around_center else (box.left, box.top)
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    points = [
        (
            center[0] + (x - center[0]) * cosine - (y - center[1]) * sine,
            center[1] + (x - center[0]) * sine + (y - center[1]) * cosine,
        )
        for x in (box.left, box.left + box.width)
        for y in (box.top, box.top + box.height)
    ]
    made = box_around(box.place, box.label, points)
    made.confidence = box.confidence
    return made
