"""Read manifests line by line for statistics: every line is counted, and no content of a line raises an error."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from rekog_versions.manifests.check.contents import BoxSample, ImageContents
from rekog_versions.manifests.check.fast import FastReader
from rekog_versions.manifests.issues import Issue
from rekog_versions.manifests.line_batches import decoded_line, line_batches
from rekog_versions.manifests.lines import Image, Line, read_line
from rekog_versions.manifests.sources import LONGEST_LINE, NamedSource

_MOST_LISTED = 1000


@dataclass(slots=True)
class LineCounts:
    """The lines of the manifests that were read, and the first ones that name no image or have an error."""

    total: int = 0
    blank: int = 0
    without_image: int = 0
    with_errors: int = 0
    listed: list[int] = field(default_factory=list[int])
    """The numbers of the first lines that name no image or have an error, over all files."""
    unlabeled: int = 0
    """Lines whose image has no usable label."""
    unlabeled_lines: list[int] = field(default_factory=list[int])
    """The numbers of the first ones of them, over all files."""
    digest: str = ""
    """A hash of everything that was read."""


def read_images(sources: Sequence[NamedSource], s3: object, counts: LineCounts) -> Iterator[tuple[int, Line, Image]]:
    """Yield the number, the line and the image of each line that names an image. Numbers count over all files.

    Args:
        sources: The manifests.
        s3: Reads objects: a boto3 client for S3, or an object that has one as `.s3`.
        counts: The lines are counted here.

    Raises:
        ManifestError: A manifest does not exist, is compressed or not UTF-8, is too large, or changed meanwhile.
        OSError: A local file can't be read.
        ValueError: A manifest is in S3 and `s3` is None.
        BotoCoreError, ClientError: S3 can't be reached, or rejects the request.
    """
    content = hashlib.blake2b(digest_size=16)
    for source in sources:
        for batch in line_batches(source, s3):
            for raw in batch:
                content.update(raw)
                content.update(b"\n")
                counts.total += 1
                line, image, _ = _read(raw, counts.total, counts)
                if image is not None:
                    yield counts.total, line, image
    counts.digest = content.hexdigest()


class ContentsReader:
    """Reads manifests in batches: good lines fast, the others line by line."""

    def __init__(self) -> None:
        self.lines = LineCounts()
        self.boxes = BoxSample()
        self._fast = FastReader()

    def read(self, sources: Sequence[NamedSource], s3: object) -> Iterator[tuple[int, ImageContents]]:
        """Yield the contents of some lines, and the number of the first of them. Numbers count over all files.

        Args:
            sources: The manifests.
            s3: Reads objects: a boto3 client for S3, or an object that has one as `.s3`.

        Raises:
            ManifestError: As `read_images()` does.
            OSError: A local file can't be read.
            ValueError: A manifest is in S3 and `s3` is None.
            BotoCoreError, ClientError: S3 can't be reached, or rejects the request.
        """
        for source in sources:
            for batch in line_batches(source, s3):
                first, contents = self.lines.total + 1, ImageContents(self.boxes)
                read_slowly = partial(self._read_slowly, batch, first, contents)
                longest = max(map(len, batch))
                if longest > LONGEST_LINE:  # such a line is cut, and the rest of it must not be accepted
                    for place in range(len(batch)):
                        read_slowly(place)
                else:
                    self._fast.read(batch, contents, read_slowly, longest=longest)
                self.lines.total += len(batch)
                yield first, contents

    def _read_slowly(
        self, batch: Sequence[bytes], first: int, contents: ImageContents, place: int
    ) -> Mapping[str, Any] | None:
        """Read a line with `read_line`; return its members if it has an image and no issue."""
        number = first + place
        line, image, issues = _read(batch[place], number, self.lines)
        if image is None or line.entry is None:
            return None
        contents.add_image(place, image, line.entry)
        if not image.labels:
            self.lines.unlabeled += 1
            if len(self.lines.unlabeled_lines) < _MOST_LISTED:
                self.lines.unlabeled_lines.append(number)
        # a schema has no place for the labels for Custom Moderation, and would accept any value there
        return None if issues or image.is_moderated else line.entry


def _read(raw: bytes, number: int, counts: LineCounts) -> tuple[Line, Image | None, Sequence[Issue]]:
    """Read a line, and count it if it is blank, names no image or has an error."""
    line = decoded_line(raw)
    if line.is_blank:
        counts.blank += 1
        return line, None, ()
    image, issues = read_line(line, number, feature=None)
    has_error = any(not found.is_warning for found in issues)
    counts.with_errors += has_error
    counts.without_image += image is None
    if has_error and len(counts.listed) < _MOST_LISTED:
        counts.listed.append(number)
    return line, image, issues
