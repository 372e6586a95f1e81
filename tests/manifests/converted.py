"""Helpers of the tests of converters: the lines by kind, the issues, and a check by `check_manifests()`."""

from collections.abc import Iterable
from typing import Any

from rekog_versions.manifests.build.typed_lines import ImageLevelLine, ObjectLine
from rekog_versions.manifests.check.check import check_manifests
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.left_out import ConversionReason, Split

PREFIX = "s3://bucket/data"
Boxes = dict[str, list[tuple[str, float, float, float, float]]]


def object_lines(converted: Iterable[Any]) -> list[ObjectLine]:
    found = list(converted)
    assert all(isinstance(line, ObjectLine) for line in found)
    return found


def boxes(converted: Iterable[Any]) -> Boxes:
    """Return the boxes of each image, rounded, by its key below the prefix."""
    return {
        line.source_ref.removeprefix(f"{PREFIX}/"): [
            (box.label, round(box.left, 3), round(box.top, 3), round(box.width, 3), round(box.height, 3))
            for box in line.boxes
        ]
        for line in object_lines(converted)
    }  # fmt: skip


def labels(converted: Iterable[Any]) -> dict[str, list[str]]:
    """Return the labels of each image by its key below the prefix."""
    found: dict[str, list[str]] = {}
    for line in converted:
        assert isinstance(line, ImageLevelLine)
        found[line.source_ref.removeprefix(f"{PREFIX}/")] = [label.name for label in line.labels]
    return found


def issues(converted: ConvertedLines[Any]) -> list[tuple[ConversionReason, str]]:
    return [(found.reason, found.place) for found in converted.report]


def splits(converted: ConvertedLines[Any]) -> dict[str, Split | None]:
    return {line.source_ref.removeprefix(f"{PREFIX}/"): split for split, line in converted.with_splits()}


def check_lines(converted: ConvertedLines[Any]) -> int:
    """Check that `check_manifests()` accepts all lines, and that everything can be shown. Return their number."""
    lines = list(converted)
    for text in (str(converted.report), converted.report.to_json()):
        assert "\x1b" not in text
    assert len({line.source_ref for line in lines}) == len(lines)
    if lines:
        manifest = "".join(f"{line.to_json()}\n" for line in lines).encode()
        report = check_manifests(manifest)
        assert report.training.invalid_json_lines == 0, report
        assert not [found for found in report if found.line is not None and found.code.startswith("ERROR")], report
    for line in lines:
        name = line.source_ref
        assert name.startswith("s3://")
        if name.startswith(PREFIX):
            assert ".." not in name.split("/")
            assert "" not in name.removeprefix("s3://").split("/")
    return len(lines)
