"""Writing a manifest, line by line, to a path or to S3."""

import os
from collections.abc import Iterable, Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Self, cast

from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.parsing import entry_of
from rekog_versions.manifests.build.typed_lines import ImageLevelLine, ObjectLine, TypedLine, checked
from rekog_versions.manifests.limits import MOST_BYTES_TO_WRITE, MOST_LABELS, MOST_LINES
from rekog_versions.manifests.lines import Image, UseCase, bucket_of
from rekog_versions.manifests.messages import shown
from rekog_versions.manifests.destinations import Destinations


class ManifestWriter:
    """Writes a manifest that the service reads: a context manager that takes lines and refuses what would be refused.

    On a path, the manifest appears under its name at the end of the `with` block, in place of one that had it; if the
    block raises, nothing is left. In S3 it is sent in parts of 8 MiB (a small one with one request), which are removed
    again if the block raises. What it remembers are the `source-ref`s and the labels.

        with ManifestWriter("train.manifest") as manifest:
            manifest.write(ImageLevelLine("s3://my-bucket/images/1.jpg", ["cat"]))

    A refused line raises and is not written; the writer takes the next one all the same.

    Args:
        target: A path, or `s3://bucket/key`, with an extension such as `.manifest`.
        s3: For S3: a boto3 client for it, or a `VersionsClient`. It needs s3:PutObject and s3:AbortMultipartUpload.
        max_lines: The most lines; 28,000 (training) and 7,000 (testing) in ap-south-1 and eu-west-2.

    Raises:
        ManifestError: The target has no extension, or a line is refused; at the end, that there is no line.
        ValueError: The target is in S3 and there is no client.
        OSError: The file can't be written.
        botocore.exceptions.ClientError: S3 refused.
    """

    def __init__(self, target: str | os.PathLike[str], *, s3: Any = None, max_lines: int = MOST_LINES) -> None:
        self._target = os.fspath(target)
        self._max_lines = max_lines
        self._s3 = s3
        self._writing: Destinations | None = None
        self._is_used = False
        self._lines = 0
        self._size = 0
        self._bucket: str | None = None
        self._source_refs: set[str] = set()
        self._labels: dict[str, int] = {}

    @property
    def lines(self) -> int:
        """How many lines have been written."""
        return self._lines

    @property
    def size(self) -> int:
        """How many bytes have been written."""
        return self._size

    @property
    def labels(self) -> Mapping[str, int]:
        """How many of the images that have been written show each label."""
        return MappingProxyType(self._labels)

    def write(self, line: TypedLine | Mapping[str, Any] | str | bytes) -> None:
        """Writes a line.

        Args:
            line: A typed line; a mapping, as JSON would have it; or a line's text, which is written as it is.

        Raises:
            ManifestError: The service would refuse it, drop it, or end the training because of it; `.issues` says by
                which codes where these concern a line.
            TypeError: It is none of these.
            ValueError: The writer is used outside its `with` block.
        """
        if self._writing is None:
            raise ValueError("a ManifestWriter writes within its block: with ManifestWriter(...) as manifest:")
        text, image = _checked(line)
        content = f"{text}\n".encode()
        labels = dict.fromkeys(label for labels in image.labels.values() for label in labels)
        self._check(image, len(content), [label for label in labels if label not in self._labels])
        self._sink.write(content)
        self._bucket = bucket_of(image.source_ref)
        self._source_refs.add(image.source_ref)
        self._lines += 1
        self._size += len(content)
        for label in labels:
            self._labels[label] = self._labels.get(label, 0) + 1

    def _check(self, image: Image, size: int, new_labels: list[str]) -> None:
        name = shown(image.source_ref)
        if image.source_ref in self._source_refs:
            raise ManifestError(f"the image {name} is in the manifest already: the service would drop one of the lines")
        if self._bucket not in (None, bucket_of(image.source_ref)):
            raise ManifestError(
                f"the image {name} is in another bucket than those before, {shown(self._bucket)}: a manifest's images "
                "must be in one (ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS); copy it there"
            )
        if len(self._labels) + len(new_labels) > MOST_LABELS:
            raise ManifestError(
                f"with {shown(new_labels[0])} of {name} the manifest would have "
                f"{len(self._labels) + len(new_labels)} labels; a model may have {MOST_LABELS} "
                "(ERROR_MANIFEST_TOO_MANY_LABELS): merge some, or train several models"
            )
        if self._lines >= self._max_lines:
            raise ManifestError(
                f"the manifest has {self._lines:,} lines, and no more are allowed "
                "(ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM): leave images out"
            )
        if self._size + size > MOST_BYTES_TO_WRITE:
            raise ManifestError(
                f"with {name} the manifest would have {self._size + size:,} bytes; {MOST_BYTES_TO_WRITE:,} are allowed "
                "(ERROR_MANIFEST_SIZE_TOO_LARGE): leave out images, or what the service doesn't read of each line"
            )

    def __enter__(self) -> Self:
        if self._is_used:
            raise ValueError("a ManifestWriter writes one manifest: make another one")
        self._is_used = True
        writing = Destinations()
        self._sink = writing.open(self._target, self._s3)
        self._writing = writing
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        writing, self._writing = self._writing, None
        if writing is None:
            return
        empty = (
            None
            if error or self._lines
            else ManifestError(
                f"nothing was written to {shown(self._target)}, and the service refuses an empty manifest "
                "(ERROR_EMPTY_MANIFEST): write a line for each labelled image"
            )
        )
        writing.__exit__(kind or (type(empty) if empty else None), error or empty, trace)
        if empty:
            raise empty


def _checked(line: TypedLine | Mapping[str, Any] | str | bytes) -> tuple[str, Image]:
    """A line's text, and what it says of which image."""
    # typed lines were checked when they were made
    if isinstance(line, ImageLevelLine):
        return line.to_json(), _image(line, UseCase.IMAGE_LEVEL_LABELS, (label.name for label in line.labels))
    if isinstance(line, ObjectLine):
        return line.to_json(), _image(line, UseCase.OBJECT_LOCALIZATION, (box.label for box in line.boxes))
    if isinstance(line, Mapping):
        return checked(line)
    if not isinstance(cast("object", line), str | bytes):
        raise TypeError(
            f"a line must be an ImageLevelLine, an ObjectLine, a mapping or a line's text, not a {type(line).__name__}"
        )
    entry = entry_of(line)
    text = (line.decode() if isinstance(line, bytes) else line).rstrip("\r\n")
    if "\n" in text or "\r" in text:
        raise ManifestError(
            f"the line of {shown(entry.get('source-ref'))} has line breaks within it, and each line of a manifest must "
            "be a whole JSON object: write json.loads(line) instead"
        )
    return checked(entry, text)


def _image(line: TypedLine, use_case: UseCase, labels: Iterable[str]) -> Image:
    return Image(line.source_ref, {use_case: tuple(labels)})
