"""Export manifests as a YOLO data set."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport, Split
from rekog_versions.manifests.export.dataset import WrittenDataset, check_has_images, report_confidences
from rekog_versions.manifests.export.file_names import FileNames
from rekog_versions.manifests.export.folder import NewFolder
from rekog_versions.manifests.export.images import ExportedBox, ExportedImage, ExportSource, of_splits, read_images
from rekog_versions.manifests.export.labels import LabelNumbers, PlainNames

_FOLDERS: dict[Split, str] = {"training": "train", "testing": "test"}
# readers replace "images" by "labels" in paths, and classes.txt has names
_RESERVED = frozenset({"images", "labels", "classes"})
_SUFFIXES = (".jpg", ".jpeg", ".png")
_SOURCE_REFS = "source-refs.jsonl"


def to_yolo(
    source: ExportSource,
    folder: str | os.PathLike[str],
    *,
    testing: ExportSource | None = None,
    images: str | None = None,
    names: Iterable[str] | None = None,
    flat: bool = False,
    s3: Any = None,
) -> WrittenDataset:
    """Write the boxes of a manifest as a YOLO data set for detection. If that fails, nothing is written.

    The folder gets `labels/train/KEY.txt` for each image, `data.yaml` with the names of the classes, and
    `source-refs.jsonl` with the file of each image. The images themselves are not copied: they belong in
    `images/train`. With `testing`, its images are in `labels/test`, and `data.yaml` names them as `val` and `test`.

    A file without lines is an image without boxes. These are left out, and are in the report: confidences below 1,
    which detection files do not have, lines and boxes that the service would reject, lines that have not been labeled,
    and further lines with the same image. Image-level labels are left out too: YOLO has them as folders of images.
    The dates, jobs and attribute names of labels are not written.

    Memory: at most 450 bytes an image.

    Args:
        source: The manifest: a path, `s3://bucket/key`, an `S3Object`, bytes or a binary file; a sequence of these;
            or typed lines, such as those of a converter.
        folder: The folder to make. It must be new or empty.
        testing: The manifest of the test images, in one of the same forms.
        images: The place that names of files are relative to: `s3://bucket/prefix`. The default is the bucket of the
            first image. Names of images elsewhere begin with their bucket.
        names: Labels that have the first numbers.
        flat: True leaves out the folders of the keys. Images of equal names get different files, which are reported.
        s3: For S3: a boto3 client for it, or a `VersionsClient`.

    Returns:
        The numbers of images and boxes, and the report.

    Raises:
        ManifestError: A manifest does not exist or can't be read, or there is no image with boxes.
        TypeError: `source` or `testing` is neither a manifest nor typed lines.
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, `names` has a label twice, or a manifest is
            in S3 and `s3` is None.
        FileExistsError: `folder` has files.
        OSError: A file can't be read or written.
        botocore.exceptions.ClientError: S3 rejected a request.
    """
    report, labels, name = ConversionReport(), LabelNumbers(names), os.fspath(folder)
    with NewFolder(folder) as written:
        for split, given in of_splits(source, testing):
            files = FileNames(images, report, flat=flat, suffix=".txt", reserved=_RESERVED)
            writer = _Writer(written, _FOLDERS[split], files, labels, report)
            for _, image in report.count_lines((split, found) for found in read_images(given, s3, "boxes", report)):
                writer.write(image)
        check_has_images(report, name, "boxes")
        written.write("data.yaml", _data(labels, report, has_test=testing is not None))
    return WrittenDataset(name, report.lines, labels.counts, report)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the images of a split."""

    written: NewFolder
    folder: str
    files: FileNames
    labels: LabelNumbers
    report: ConversionReport

    def write(self, image: ExportedImage) -> None:
        """Write the file of an image."""
        path = self.files.add(image.source_ref, image.place)
        if not path.lower().endswith(_SUFFIXES):
            text = f"{path}: readers of YOLO look for images that end so"
            self.report.add(ConversionReason.OTHER_SUFFIX, image.place, text)
        lines = [_line(box, image, self.labels.count(box.label)) for box in image.boxes]
        self.written.write(f"labels/{self.folder}/{self.files.annotations(path)}", "".join(lines))
        entry = {"file": f"images/{self.folder}/{path}", "source-ref": image.source_ref}
        self.written.append(_SOURCE_REFS, f"{json.dumps(entry)}\n")
        report_confidences(image, self.report)


def _line(box: ExportedBox, image: ExportedImage, number: int) -> str:
    across, down = image.width or 1, image.height or 1  # boxes always have the size of their image
    sides = (
        (box.box.left + box.box.width / 2) / across,
        (box.box.top + box.box.height / 2) / down,
        box.box.width / across,
        box.box.height / down,
    )
    return f"{number} {' '.join(f'{min(side, 1):.10g}' for side in sides)}\n"


def _data(labels: LabelNumbers, report: ConversionReport, *, has_test: bool) -> str:
    """Return the YAML file with the folders and the names. A JSON text on one line is a text of YAML too."""
    folders = {"train": "images/train"} | ({"val": "images/test", "test": "images/test"} if has_test else {})
    plain = PlainNames(report)
    lines = [f"{split}: {path}" for split, path in folders.items()]
    lines += [f"nc: {len(labels.counts)}", "names:"]
    lines += [
        f"  {number}: {json.dumps(plain.name(label), ensure_ascii=False)}" for number, label in enumerate(labels.counts)
    ]
    return "\n".join([*lines, ""])  # no "path": some readers would take it relative to the current folder
