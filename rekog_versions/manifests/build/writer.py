"""Write a manifest, line by line, to a path or to S3."""

import os
from collections.abc import Iterable, Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Self, cast

from rekog_versions._text import shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.parsing import parse_entry
from rekog_versions.manifests.build.typed_lines import (
    ImageLevelLine,
    ModerationLine,
    ObjectLine,
    TypedLine,
    check_entry,
)
from rekog_versions.manifests.destinations import Destinations
from rekog_versions.manifests.limits import MOST_BYTES_TO_WRITE, MOST_LABELS, MOST_LINES
from rekog_versions.manifests.lines import Image, UseCase, bucket_of


class ManifestWriter:
    """Write a manifest in a `with` block, and reject the lines that the service would reject.

        with ManifestWriter("train.manifest") as manifest:
            manifest.write(ImageLevelLine("s3://my-bucket/images/1.jpg", ["cat"]))

    The manifest appears at the end of the block and replaces one of the same name. If the block raises, nothing is
    written. A manifest for S3 is kept in a temporary file until the end of the block.

    A rejected line raises and is not written; further lines can be written. The writer keeps the `source-ref`s and the
    labels in memory.

    Args:
        target: A path, or `s3://bucket/key`, with an extension such as `.manifest`.
        s3: For S3: a boto3 client for it, or a `VersionsClient`. It needs s3:PutObject and s3:AbortMultipartUpload.
        max_lines: The most lines; 28,000 (training) and 7,000 (testing) in ap-south-1 and eu-west-2.

    Raises:
        ManifestError: The target has no extension, a line is rejected, or the block ends without a line.
        ValueError: The target is in S3 and `s3` is None, or `max_lines` is not a positive integer.
        OSError: The file can't be written.
        botocore.exceptions.ClientError: S3 rejected a request.
    """

    def __init__(self, target: str | os.PathLike[str], *, s3: Any = None, max_lines: int = MOST_LINES) -> None:
        if isinstance(max_lines, bool) or not isinstance(cast("object", max_lines), int) or max_lines < 1:
            raise ValueError(f"max_lines must be at least 1, got {shown(max_lines)}")
        self._target = os.fspath(target)
        self._max_lines = max_lines
        self._s3 = s3
        self._destinations: Destinations | None = None
        self._is_used = False
        self._lines = 0
        self._size = 0
        self._bucket: str | None = None
        self._is_moderated: bool | None = None
        self._source_refs: set[str] = set()
        self._labels: dict[str, int] = {}

    @property
    def lines(self) -> int:
        """The number of lines written."""
        return self._lines

    @property
    def size(self) -> int:
        """The number of bytes written."""
        return self._size

    @property
    def labels(self) -> Mapping[str, int]:
        """The number of images written with each label."""
        return MappingProxyType(self._labels)

    def write(self, line: TypedLine | Mapping[str, Any] | str | bytes) -> None:
        """Write a line.

        Args:
            line: A typed line, a JSON object as a mapping, or the text of a line, which is written unchanged.

        Raises:
            ManifestError: The service would reject or drop the line, or fail the training because of it. `.issues` has
                the service's codes where these are about a line.
            TypeError: `line` is something else.
            ValueError: The writer is used outside of its `with` block.
        """
        if self._destinations is None:
            raise ValueError("a ManifestWriter must be used in its block: with ManifestWriter(...) as manifest:")
        text, image = _check_line(line)
        content = f"{text}\n".encode()
        labels = dict.fromkeys(label for labels in image.labels.values() for label in labels)
        self._check_limits(image, len(content), [label for label in labels if label not in self._labels])
        self._destination.write(content)
        self._bucket = bucket_of(image.source_ref)
        self._is_moderated = image.is_moderated
        self._source_refs.add(image.source_ref)
        self._lines += 1
        self._size += len(content)
        for label in labels:
            self._labels[label] = self._labels.get(label, 0) + 1

    def _check_limits(self, image: Image, size: int, new_labels: list[str]) -> None:
        name = shown(image.source_ref)
        if image.source_ref in self._source_refs:
            raise ManifestError(
                f"the image {name} is in the manifest already, and the service would drop one of the lines. "
                "Write it once"
            )
        if self._bucket not in (None, bucket_of(image.source_ref)):
            raise ManifestError(
                f"all images of a manifest must be in one bucket, got {name} after images in {shown(self._bucket)} "
                "(ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS). Copy the image there"
            )
        if self._is_moderated not in (None, image.is_moderated):
            raise ManifestError(
                f"all lines of a manifest must be for one feature, got {name} with labels for "
                f"{'Custom Moderation' if image.is_moderated else 'Custom Labels'} after lines for the other feature. "
                "Write two manifests"
            )
        if len(self._labels) + len(new_labels) > MOST_LABELS:
            raise ManifestError(
                f"a manifest must have at most {MOST_LABELS} labels, got {len(self._labels) + len(new_labels)} with "
                f"{shown(new_labels[0])} of {name} (ERROR_MANIFEST_TOO_MANY_LABELS). Merge labels, or train several "
                "models"
            )
        if self._lines >= self._max_lines:
            raise ManifestError(
                f"the manifest must have at most {self._max_lines:,} lines, got one more with {name} "
                "(ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM). Leave images out"
            )
        if self._size + size > MOST_BYTES_TO_WRITE:
            raise ManifestError(
                f"the manifest must have at most {MOST_BYTES_TO_WRITE:,} bytes, got {self._size + size:,} with {name} "
                "(ERROR_MANIFEST_SIZE_TOO_LARGE). Leave out images, or the members that the service does not read"
            )

    def __enter__(self) -> Self:
        if self._is_used:
            raise ValueError("a ManifestWriter can be used for one manifest only: create another one")
        self._is_used = True
        destinations = Destinations()
        self._destination = destinations.open(self._target, self._s3)
        self._destinations = destinations
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        destinations, self._destinations = self._destinations, None
        if destinations is None:
            return
        empty = (
            None
            if error or self._lines
            else ManifestError(
                f"nothing was written to {shown(self._target)}, and the service rejects an empty manifest "
                "(ERROR_EMPTY_MANIFEST). Write a line for each labeled image"
            )
        )
        destinations.__exit__(kind or (type(empty) if empty else None), error or empty, trace)
        if empty:
            raise empty


def _check_line(line: TypedLine | Mapping[str, Any] | str | bytes) -> tuple[str, Image]:
    """Return the text of a line and the image that it describes."""
    # typed lines were checked when they were made
    if isinstance(line, ImageLevelLine):
        return line.to_json(), _image(line, UseCase.IMAGE_LEVEL_LABELS, (label.name for label in line.labels))
    if isinstance(line, ObjectLine):
        return line.to_json(), _image(line, UseCase.OBJECT_LOCALIZATION, (box.label for box in line.boxes))
    if isinstance(line, ModerationLine):
        image = _image(line, UseCase.IMAGE_LEVEL_LABELS, line.labels)
        image.is_moderated = True
        return line.to_json(), image
    if isinstance(line, Mapping):
        return check_entry(line)
    if not isinstance(cast("object", line), str | bytes):
        raise TypeError(
            "a line must be an ImageLevelLine, an ObjectLine, a ModerationLine, a mapping or the text of a line, got "
            f"{type(line).__name__}"
        )
    entry = parse_entry(line)
    text = (line.decode() if isinstance(line, bytes) else line).rstrip("\r\n")
    if "\n" in text or "\r" in text:
        raise ManifestError(
            f"the line of {shown(entry.get('source-ref'))} must not contain line breaks, because each line of a "
            "manifest is a JSON object. Write json.loads(line) instead"
        )
    return check_entry(entry, text)


def _image(line: TypedLine, use_case: UseCase, labels: Iterable[str]) -> Image:
    return Image(line.source_ref, {use_case: tuple(labels)})
