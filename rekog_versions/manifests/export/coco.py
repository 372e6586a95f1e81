"""Export a manifest as a COCO file."""

import json
import os
from collections.abc import Iterable, Mapping
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Any, Self

from rekog_versions._text import shown
from rekog_versions.manifests.boxes import Box
from rekog_versions.manifests.convert.left_out import ConversionReport
from rekog_versions.manifests.convert.records import Kind
from rekog_versions.manifests.destinations import Destination, Destinations
from rekog_versions.manifests.export.dataset import WrittenDataset, check_has_images
from rekog_versions.manifests.export.file_names import FileNames
from rekog_versions.manifests.export.images import ExportSource, read_images
from rekog_versions.manifests.export.labels import LabelNumbers

_IN_MEMORY = 8 * 1024 * 1024
_CHUNK = 1024 * 1024
_INFO = {"description": "Exported from manifests of Amazon Rekognition Custom Labels by rekog_versions"}


def to_coco(
    source: ExportSource,
    target: str | os.PathLike[str],
    *,
    images: str | None = None,
    kind: Kind = "boxes",
    names: Iterable[str] | None = None,
    s3: Any = None,
) -> WrittenDataset:
    """Write the boxes, or the image-level labels, of a manifest as a COCO file. If that fails, nothing is written.

    The `file_name` of an image is its key below `images`, with its folders, and `coco_url` is its `source-ref`. Parts
    of a key that are not allowed in file names are replaced, which the report shows. Categories are numbered from 1 in
    the order of the manifest. A confidence below 1 becomes a `score`, which `from_coco()` and most readers know.

    An image without boxes is an image without annotations. These are left out, and are in the report: lines and boxes
    that the service would reject, lines that have not been labeled, further lines with the same image, and labels of
    the other kind. The dates, jobs and attribute names of labels are not written.

    Memory: at most 450 bytes an image, and 8 MB. More annotations wait in a temporary file.

    Args:
        source: The manifest: a path, `s3://bucket/key`, an `S3Object`, bytes or a binary file; a sequence of these;
            or typed lines, such as those of a converter.
        target: The file, or `s3://bucket/key`.
        images: The place that file names are relative to: `s3://bucket/prefix`. The default is the bucket of the first
            image. Names of images elsewhere begin with their bucket.
        kind: `"boxes"`, or `"labels"` to write image-level labels as annotations without a `bbox`, as `from_coco()`
            reads them.
        names: Labels that have the first numbers. To number several manifests alike, pass the `labels` of the first
            result to the next call.
        s3: For S3: a boto3 client for it, or a `VersionsClient`.

    Returns:
        The numbers of images and annotations, and the report.

    Raises:
        ManifestError: A manifest does not exist or can't be read, or has no image with labels of the kind.
        TypeError: `source` is neither a manifest nor typed lines.
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, `kind` is unknown, `names` has a label twice,
            or a place is in S3 and `s3` is None.
        OSError: A file can't be read or written.
        botocore.exceptions.ClientError: S3 rejected a request.
    """
    if kind not in ("boxes", "labels"):
        raise ValueError(f"kind must be 'boxes' or 'labels', got {shown(kind)}")
    report, labels, name = ConversionReport(), LabelNumbers(names), os.fspath(target)
    files = FileNames(images, report)
    with Destinations() as destinations, CocoFile(destinations.open_file(name, s3), labels) as file:
        for _, image in report.count_lines((None, found) for found in read_images(source, s3, kind, report)):
            id_ = file.add_image(files.add(image.source_ref, image.place), image.source_ref, image.width, image.height)
            for label, confidence in image.labels.items():
                file.add_annotation(id_, label, None, confidence)
            for box in image.boxes:
                file.add_annotation(id_, box.label, box.box, box.confidence)
        check_has_images(report, name, kind)
    return WrittenDataset(name, report.lines, labels.counts, report)


class CocoFile:
    """A COCO file that is written image by image in a `with` block.

    Args:
        file: The file, which is committed after the block.
        labels: The numbers of the categories. They are counted here.
    """

    def __init__(self, file: Destination, labels: LabelNumbers) -> None:
        self._file = file
        self._labels = labels
        self._images = self._annotated = 0
        # the file has all images before the first annotation
        self._annotations = SpooledTemporaryFile[bytes](_IN_MEMORY)
        file.write(b'{"info":' + _encoded(_INFO) + b',"images":[\n')

    def add_image(self, file_name: str, source_ref: str, width: float | None, height: float | None) -> int:
        """Add an image, and return its id."""
        image: dict[str, Any] = {"id": self._images + 1, "file_name": file_name, "coco_url": source_ref}
        if width is not None and height is not None:
            image |= {"width": _plain(width), "height": _plain(height)}
        self._file.write(b",\n" if self._images else b"")
        self._file.write(_encoded(image))
        self._images += 1
        return self._images

    def add_annotation(self, image_id: int, label: str, box: Box | None, confidence: float = 1) -> None:
        """Add a box, or a label of a whole image, which has no box."""
        annotation: dict[str, Any] = {"id": self._annotated + 1, **coco_label(image_id, self._labels.count(label), box)}
        if box is not None:
            annotation |= {"area": box.width * box.height, "iscrowd": 0, "segmentation": []}
        if confidence != 1:
            annotation["score"] = confidence
        self._annotations.write(b",\n" if self._annotated else b"")
        self._annotations.write(_encoded(annotation))
        self._annotated += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._annotations:
            if error is None:
                self._finish()

    def _finish(self) -> None:
        self._file.write(b'\n],"annotations":[\n')
        self._annotations.seek(0)
        while chunk := self._annotations.read(_CHUNK):
            self._file.write(chunk)
        categories = [{"id": number, "name": label} for number, label in enumerate(self._labels.counts, start=1)]
        self._file.write(b'\n],"categories":' + _encoded(categories) + b',"licenses":[]}\n')


def coco_label(image_id: int, number: int, box: Box | None) -> dict[str, Any]:
    """Return the members that annotations and results share."""
    made: dict[str, Any] = {"image_id": image_id, "category_id": number + 1}
    if box is not None:
        made["bbox"] = [box.left, box.top, box.width, box.height]
    return made


def _plain(side: float) -> float:
    return int(side) if side == int(side) else side


def _encoded(value: Mapping[str, Any] | list[Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()  # in ASCII, for lone surrogates
