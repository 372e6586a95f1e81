"""Whether the fast way and the slow way of checking lines find the same, and what else must hold for any lines."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rekog_versions.manifests.check.check import check
from rekog_versions.manifests.check.report import ManifestReport
from rekog_versions.manifests.images.image_check import ImageInfo

FILES = ("manifest_summary.json", "training_manifest_with_validation.json", "testing_manifest_with_validation.json")


@dataclass
class Album:
    """A way to look at images that remembers what it was asked."""

    asked: list[tuple[int, str, Any]] = field(default_factory=list[tuple[int, str, Any]])

    def __call__(self, requests: Any) -> Iterator[tuple[Any, ImageInfo]]:
        for key, source_ref in requests:
            frame = key.frame and (key.frame.width, key.frame.height)
            self.asked.append((key.row, source_ref, frame))
            yield key, ImageInfo("JPEG", 640, 480, 1000)


def both_ways(
    lines: Sequence[bytes], folder: Path | None = None, **options: Any
) -> tuple[ManifestReport, ManifestReport]:
    """Checks lines in both ways, and asserts that everything that is found is the same.

    Args:
        lines: The lines; the good ones among them are there three times, so that schemas are made for them.
        folder: Where to write the service's files; None writes none.
        options: More for the check.
    """
    content = b"\n".join(lines) + b"\n"
    reports: list[ManifestReport] = []
    written: list[list[bytes]] = []
    albums = Album(), Album()
    for is_fast, album in zip((True, False), albums, strict=True):
        place = folder and folder / str(is_fast)
        report = check(
            content, None, most_issues=10**6, class_ids=True, is_fast=is_fast, write_to=place, images=album, **options
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
        # what is written is as good as what was read, or better
        assert text.strip() == b"" or isinstance(json.loads(text.decode()), dict)
    return fast, slow
