"""Export manifests as Pascal VOC files."""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport, Split
from rekog_versions.manifests.export.dataset import WrittenDataset, check_has_images, report_confidences
from rekog_versions.manifests.export.file_names import FileNames, without_suffix
from rekog_versions.manifests.export.folder import NewFolder
from rekog_versions.manifests.export.images import ExportedBox, ExportedImage, ExportSource, of_splits, read_images
from rekog_versions.manifests.export.labels import LabelNumbers, PlainNames, plain_text

_EXACT = 1e-6
_SETS: dict[Split, str] = {"training": "train", "testing": "test"}


def to_voc(
    source: ExportSource,
    folder: str | os.PathLike[str],
    *,
    testing: ExportSource | None = None,
    images: str | None = None,
    flat: bool = False,
    s3: Any = None,
) -> WrittenDataset:
    """Write the boxes of a manifest as Pascal VOC files. If that fails, nothing is written.

    The folder gets `Annotations/KEY.xml` for each image, and `ImageSets/Main/train.txt` with their names. The
    `filename` is the key of the image below `images`, and `path` is its `source-ref`. The images themselves are not
    copied: they belong in `JPEGImages`. With `testing`, its images are in `ImageSets/Main/test.txt`.

    Sides are whole pixels from 0: `xmin` is the left side and `xmax` the right one, as `from_voc()` reads them. Boxes
    are rounded, which the report shows. A file without objects is an image without boxes. These are left out, and are
    in the report: confidences below 1, which the format does not have, image-level labels, images without a size,
    lines and boxes that the service would reject, lines that have not been labeled, and further lines with the same
    image. The dates, jobs and attribute names of labels are not written.

    Memory: at most 450 bytes an image.

    Args:
        source: The manifest: a path, `s3://bucket/key`, an `S3Object`, bytes or a binary file; a sequence of these;
            or typed lines, such as those of a converter.
        folder: The folder to make. It must be new or empty.
        testing: The manifest of the test images, in one of the same forms.
        images: The place that names of files are relative to: `s3://bucket/prefix`. The default is the bucket of the
            first image. Names of images elsewhere begin with their bucket.
        flat: True leaves out the folders of the keys, which some readers do not know. Images of equal names get
            different files, which are reported.
        s3: For S3: a boto3 client for it, or a `VersionsClient`.

    Returns:
        The numbers of images and boxes, and the report.

    Raises:
        ManifestError: A manifest does not exist or can't be read, or there is no image with boxes.
        TypeError: `source` or `testing` is neither a manifest nor typed lines.
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, or a manifest is in S3 and `s3` is None.
        FileExistsError: `folder` has files.
        OSError: A file can't be read or written.
        botocore.exceptions.ClientError: S3 rejected a request.
    """
    report, labels, name = ConversionReport(), LabelNumbers(None), os.fspath(folder)
    files = FileNames(images, report, flat=flat, suffix=".xml")
    with NewFolder(folder) as written:
        writer = _Writer(written.path.name, labels, PlainNames(report), report)
        for split, image in report.count_lines(_images(of_splits(source, testing), s3, report)):
            path = files.add(image.source_ref, image.place)
            written.write(f"Annotations/{files.annotations(path)}", writer.document(image, path))
            written.append(f"ImageSets/Main/{_SETS[split or 'training']}.txt", f"{without_suffix(path)}\n")
        check_has_images(report, name, "boxes")
    return WrittenDataset(name, report.lines, labels.counts, report)


def _images(
    sources: list[tuple[Split, ExportSource]], s3: object, report: ConversionReport
) -> Iterator[tuple[Split | None, ExportedImage]]:
    """Yield the images with a size. An image in both manifests belongs to the first one."""
    seen: set[int] = set()
    for split, source in sources:
        for image in read_images(source, s3, "boxes", report, seen):
            if image.width is None or image.height is None:
                report.add(ConversionReason.NO_SIZE, image.place, "it has no boxes either")
            else:
                yield split, image


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes XML documents."""

    folder: str
    labels: LabelNumbers
    names: PlainNames
    report: ConversionReport

    def document(self, image: ExportedImage, path: str) -> str:
        """Return the document of an image."""
        width, height = math.ceil(image.width or 1), math.ceil(image.height or 1)  # _images() has checked them
        rounded = int((width, height) != (image.width, image.height))
        objects: list[str] = []
        for box in image.boxes:
            self.labels.count(box.label)
            corners, is_exact = _corners(box, width, height)
            rounded += not is_exact
            objects.append(_object(self.names.name(box.label), corners))
        if rounded:
            self.report.add(ConversionReason.ROUNDED, image.place, f"{rounded} boxes or sizes")
        report_confidences(image, self.report)
        return (
            f"<annotation>\n  <folder>{_escaped(self.folder)}</folder>\n  <filename>{_escaped(path)}</filename>\n"
            f"  <path>{_escaped(image.source_ref)}</path>\n"
            "  <source>\n    <database>Amazon Rekognition Custom Labels</database>\n  </source>\n"
            f"  <size>\n    <width>{width}</width>\n    <height>{height}</height>\n    <depth>{image.depth:g}</depth>\n"
            f"  </size>\n  <segmented>0</segmented>\n{''.join(objects)}</annotation>\n"
        )


def _corners(box: ExportedBox, width: int, height: int) -> tuple[tuple[int, int, int, int], bool]:
    """Return left, top, right and bottom in whole pixels, and whether they are exact."""
    exact = (box.box.left, box.box.top, box.box.left + box.box.width, box.box.top + box.box.height)
    left, top, right, bottom = map(round, exact)
    made = left, top, min(right, width), min(bottom, height)
    return made, all(abs(one - other) < _EXACT for one, other in zip(made, exact, strict=True))


def _object(name: str, corners: tuple[int, int, int, int]) -> str:
    sides = "".join(
        f"      <{side}>{value}</{side}>\n"
        for side, value in zip(("xmin", "ymin", "xmax", "ymax"), corners, strict=True)
    )
    return (
        f"  <object>\n    <name>{_escaped(name)}</name>\n    <pose>Unspecified</pose>\n    <truncated>0</truncated>\n"
        f"    <difficult>0</difficult>\n    <bndbox>\n{sides}    </bndbox>\n  </object>\n"
    )


def _escaped(text: str) -> str:
    return escape(plain_text(text), quote=False)
