"""Compare the fast and the slow way to check lines, and assert what must hold for any lines."""

import json
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rekog_versions.manifests.check.check import check_manifests
from rekog_versions.manifests.check.fast import FastReader
from rekog_versions.manifests.check.report import ManifestReport
from rekog_versions.manifests.images.image_check import ImageInfo

FILES = ("manifest_summary.json", "training_manifest_with_validation.json", "testing_manifest_with_validation.json")


@dataclass
class Album:
    """An image reader that remembers the requests."""

    asked: list[tuple[int, str, Any]] = field(default_factory=list[tuple[int, str, Any]])

    def __call__(self, requests: Any) -> Iterator[tuple[Any, ImageInfo]]:
        for key, source_ref in requests:
            frame = key.frame and (key.frame.width, key.frame.height)
            self.asked.append((key.row, source_ref, frame))
            yield key, ImageInfo("JPEG", 640, 480, 1000)


def slow_only() -> Any:
    """Return a context in which every line is read by `read_line`."""
    return patch.object(FastReader, "reject", lambda self, lines, places, batch: places)


def both_ways(
    lines: Sequence[bytes], folder: Path | None = None, **options: Any
) -> tuple[ManifestReport, ManifestReport]:
    """Check lines with and without the fast reader, and assert that all results are the same.

    Args:
        lines: The lines. Good lines should be there three times, so that schemas are compiled for them.
        folder: The folder for the service's files; None writes none.
        options: More arguments of `check_manifests`.
    """
    content = b"\n".join(lines) + b"\n"
    reports: list[ManifestReport] = []
    written: list[list[bytes]] = []
    albums = Album(), Album()
    for way, context, album in zip(("fast", "slow"), (nullcontext(), slow_only()), albums, strict=True):
        with context:
            report = check_manifests(
                content,
                max_issues=10**6,
                class_ids=True,
                write_to=folder and folder / way,
                images=album,
                **options,
            )
        assert str(report)
        json.loads(report.to_json())
        written.append([path.read_bytes() for path in report.files])
        reports.append(report)
    fast, slow = reports
    assert fast.training == slow.training
    assert sorted(map(repr, fast.issues)) == sorted(map(repr, slow.issues))
    assert fast.use_case == slow.use_case
    assert sorted(albums[0].asked, key=repr) == sorted(albums[1].asked, key=repr)
    assert written[0] == written[1]
    for text in written[0][1].split(b"\n") if written[0] else ():
        # each written line is valid JSON, even if the line that was read is not
        assert text.strip() == b"" or isinstance(json.loads(text.decode()), dict)
    return fast, slow
