"""Entries of manifests for the tests, and what the tests ask of a report."""

import json
from typing import Any

from rekog_versions.manifests import Level, ManifestReport
from tests.manifests.odd_lines import BOXES, CLASS, SMALL

CLASS_TOO: dict[str, Any] = {
    "a": 1,
    "a-metadata": {"class-name": "cat", "confidence": 1, "type": "groundtruth/image-classification"},
}
"""An attribute with an image-level label, to be added to an entry."""


def classed(number: object, *labels: str, bucket: str = "pets") -> dict[str, Any]:
    """Return an entry with image-level labels."""
    entry: dict[str, Any] = {"source-ref": f"s3://{bucket}/{number}.jpg"}
    for place, label in enumerate(labels):
        entry |= {f"a{place}": place, f"a{place}-metadata": {**CLASS, "class-name": label}}
    return entry


def boxed(number: object, *labels: str) -> dict[str, Any]:
    """Return an entry with one box for each label."""
    names = sorted(set(labels))
    box = {"top": 1, "left": 1, "width": 10, "height": 10}
    return {
        "source-ref": f"s3://pets/{number}.jpg",
        "boxes": {**SMALL, "annotations": [{"class_id": names.index(label), **box} for label in labels]},
        "boxes-metadata": {
            **BOXES,
            "objects": [{"confidence": 1} for _ in labels],
            "class-map": {str(place): name for place, name in enumerate(names)},
        },
    }


def few_of(count: int, label: str) -> list[dict[str, Any]]:
    """Return entries with one image-level label."""
    return [classed(f"few{number}", label) for number in range(count)]


def pets(count: int = 40, start: int = 0) -> list[dict[str, Any]]:
    """Return good entries, half with the label cat and half with the label dog."""
    return [classed(number, "dog" if number % 2 else "cat") for number in range(start, start + count)]


def two_boxes(number: object = 0, sides: tuple[float, ...] = (1, 1, 9, 9), **others: Any) -> dict[str, Any]:
    """Return an entry with two boxes of one label. The second box has these sides: left, top, width and height."""
    boxes = [dict(zip(("left", "top", "width", "height"), its, strict=True)) for its in ((5, 5, 50, 50), sides)]
    width, height = others.get("size", (100, 80))
    return {
        "source-ref": others.get("image", f"s3://pets/{number}.jpg"),
        "boxes": {
            "image_size": [{"width": width, "height": height}],
            "annotations": [{"class_id": 0, **box} for box in boxes] * others.get("times", 1),
        },
        "boxes-metadata": {
            "objects": [{"confidence": 0}] * others.get("objects", 2),
            "class-map": {others.get("id", "0"): others.get("label", "cat")},
            "type": "groundtruth/object-detection",
        },
    }


def manifest(*entries: dict[str, Any]) -> bytes:
    """Return the entries as the content of a manifest."""
    return "".join(json.dumps(entry) + "\n" for entry in entries).encode()


def codes(report: ManifestReport, *levels: Level) -> set[str]:
    """Return the codes of the issues with these levels; by default, of the errors that end a training."""
    return {found.code for found in report.issues if found.level in (levels or (Level.FILE, Level.CONTENT))}
