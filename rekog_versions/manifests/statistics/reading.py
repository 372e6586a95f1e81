"""Read manifests line by line for statistics: every line is counted, and no content of a line raises an error."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rekog_versions.manifests.line_batches import decoded_line, line_batches
from rekog_versions.manifests.lines import Image, Line, read_line
from rekog_versions.manifests.sources import NamedSource

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
                found = _read(raw, counts)
                if found is not None:
                    yield counts.total, *found
    counts.digest = content.hexdigest()


def _read(raw: bytes, counts: LineCounts) -> tuple[Line, Image] | None:
    """Count a line; return it with its image if it names one."""
    counts.total += 1
    line = decoded_line(raw)
    if line.is_blank:
        counts.blank += 1
        return None
    image, issues = read_line(line, counts.total, feature=None)
    has_error = any(not found.is_warning for found in issues)
    counts.with_errors += has_error
    counts.without_image += image is None
    if has_error and len(counts.listed) < _MOST_LISTED:
        counts.listed.append(counts.total)
    return None if image is None else (line, image)
