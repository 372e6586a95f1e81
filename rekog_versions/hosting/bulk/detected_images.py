"""The results of a bulk detection: one record for each image, as JSON lines, and what they can be turned into."""

import io
import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from rekog_versions._aws.s3 import S3Location, is_s3_uri, open_object
from rekog_versions._json import JsonResult
from rekog_versions._text import printable, shown
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client.detection_thresholds import labels_above
from rekog_versions.hosting.bulk.detection_exports import DetectionRow, lines_of, rows_of, write_rows
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.convert.conversion import ConvertedLines
from rekog_versions.manifests.convert.places import ImagePlaces
from rekog_versions.manifests.convert.records import Kind
from rekog_versions.manifests.images.image_check import ImageReader
from rekog_versions.models.detection import CustomLabel
from rekog_versions.models.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class DetectedImage(JsonResult):
    """The labels that a model detected in an image.

    Attributes:
        source: The image: a path, or `s3://BUCKET/KEY`.
        labels: The labels, the most confident first.
        version_arn: The version that detected them.
        time: When the response arrived.
        min_confidence: The lowest confidence that was requested for all labels, 0 to 100.
        thresholds: The thresholds of the labels that were applied.
        raw: True if the labels have all confidences, so that thresholds can be applied later.
    """

    source: str
    labels: tuple[CustomLabel, ...]
    version_arn: ProjectVersionArn
    time: datetime
    min_confidence: float | None = None
    thresholds: Thresholds | None = None
    raw: bool = False

    def to_line(self) -> str:
        """Return the record as one line of JSON, without a line end."""
        record = {  # the document of to_dict(), which takes twice as long
            "source": self.source,
            "labels": [label.to_dict() for label in self.labels],
            "version_arn": str(self.version_arn),
            "time": self.time.isoformat().replace("+00:00", "Z"),
            "min_confidence": self.min_confidence,
            "thresholds": None if self.thresholds is None else self.thresholds.to_dict(),
            "raw": self.raw,
        }
        try:
            return json.dumps(record, separators=(",", ":"), allow_nan=False)
        except ValueError:  # JSON has no NaN and no infinity
            return self.to_json(indent=None)

    @classmethod
    def from_line(cls, line: str | bytes) -> "DetectedImage":
        """Read a record from `to_line()`.

        Raises:
            ValueError: The line is not such a record.
        """
        try:
            found = _decoder().decode(line)
            thresholds = None if found.thresholds is None else Thresholds.from_dict(found.thresholds)
            return cls(
                found.source,
                tuple(CustomLabel.model_validate(label) for label in found.labels),
                ProjectVersionArn(found.version_arn),
                found.time,
                found.min_confidence,
                thresholds,
                found.raw,
            )
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
            raise ValueError(f"line must be a result of detect_all(), got '{printable(line, 80)}': {error}") from error


@dataclass(frozen=True, slots=True)
class FailedImage(JsonResult):
    """An image without a result.

    Attributes:
        source: The image: a path, or `s3://BUCKET/KEY`.
        error: The service's error code, or the class of another error.
        message: The reason.
        attempts: The calls that failed for a retryable reason.
        time: When the last call failed.
    """

    source: str
    error: str
    message: str
    attempts: int
    time: datetime

    def to_line(self) -> str:
        """Return the record as one line of JSON, without a line end."""
        return self.to_json(indent=None)


class _Record(msgspec.Struct):
    source: str
    labels: list[dict[str, Any]]
    version_arn: str
    time: datetime
    min_confidence: float | None = None
    thresholds: dict[str, Any] | None = None
    raw: bool = False


def _decoder() -> "msgspec.json.Decoder[_Record]":
    return msgspec.json.Decoder(_Record)


class Detections:
    """The results of many images. They are read again each time they are iterated.

    Args:
        read: Return the results.
    """

    def __init__(self, read: Callable[[], Iterator[DetectedImage]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[DetectedImage]:
        return self._read()

    def rows(self) -> Iterator[DetectionRow]:
        """Yield a dict for each label, for tables and data frames. An image without labels has one row."""
        return rows_of(self)

    def write_csv(self, target: str | os.PathLike[str], *, s3: Any = None) -> int:
        """Write the rows as a CSV file, and return their number. If that fails, nothing is written.

        A text that a spreadsheet would take for a formula begins with an apostrophe in the file.

        Args:
            target: A path, or `s3://bucket/key`.
            s3: For S3: a boto3 client for it, or a `VersionsClient`.

        Raises:
            ValueError: `target` is in S3 and `s3` is None.
            OSError: A file can't be read or written.
            botocore.exceptions.ClientError: S3 rejected a request.
        """
        return write_rows(self.rows(), target, s3)

    def to_lines(
        self,
        images: str | ImagePlaces | None = None,
        *,
        kind: Kind | None = None,
        sizes: ImageReader | None = None,
        attribute: str | None = None,
    ) -> ConvertedLines[TypedLine]:
        """Return the lines of a manifest, as labels of a machine: to review them, or to train the next version.

        `to_lines(...).write("machine.manifest")` writes the manifest. `to_coco(results.to_lines(...), "machine.json")`
        writes a COCO file with a score for each box. Images without labels are left out, which the report shows.

        Args:
            images: For images that are files: the place of the images in S3, `s3://bucket/prefix`, or `ImagePlaces`.
            kind: `"boxes"` or `"labels"`. The default is the kind of the first label.
            sizes: For boxes: read the sizes of images, `images_from_s3(client)` or `images_from_folder(...)`.
            attribute: The name of the attribute in the lines.

        Raises:
            ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, or `kind` is unknown.
            OSError: The results can't be read.
        """
        return lines_of(self, images, kind, sizes, attribute)


def read_detections(results: str | os.PathLike[str], *, s3: Any = None) -> Detections:
    """Return the results that `detect_all()` wrote.

    They are read while they are iterated, so their number does not matter for the memory. A last line without a line
    end, as another process may be writing it, is ignored.

    Args:
        results: The file of results: a path, or `s3://BUCKET/KEY`.
        s3: For S3: a boto3 client for it, or a `VersionsClient`.

    Raises:
        ValueError: `results` is in S3 and `s3` is None. While iterating: a line is not a result.
        OSError: While iterating: the file cannot be read.
        botocore.exceptions.ClientError: While iterating: S3 rejected a request.
    """
    name = os.fspath(results)
    if is_s3_uri(name) and s3 is None:
        raise ValueError(f"{shown(name)} is in S3: pass s3=client, a VersionsClient or boto3.client('s3')")

    def read() -> Iterator[DetectedImage]:
        with _opened(name, s3) as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield DetectedImage.from_line(line)

    return Detections(read)


@contextmanager
def _opened(name: str, s3: Any) -> Generator[BinaryIO]:
    if is_s3_uri(name):
        with open_object(s3, S3Location.parse(name)) as reader:
            yield cast("io.BufferedReader", reader)
    else:
        with Path(name).open("rb") as file:
            yield file


def apply_thresholds(results: Iterable[DetectedImage], thresholds: Thresholds) -> Detections:
    """Leave out the labels below their thresholds, without new calls.

    The results must have been detected with `raw=True`. A label without a threshold counts always, as in
    `detect_custom_labels()`.

    Args:
        results: The results. Pass a collection, such as `read_detections(...)`, to iterate the outcome repeatedly.
        thresholds: The least confidence of each label.

    Raises:
        TypeError: `thresholds` is not a `Thresholds`.
        ValueError: While iterating: a result does not have all confidences.
    """
    if not isinstance(thresholds, Thresholds):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"thresholds must be a Thresholds, got {type(thresholds).__name__}")

    def read() -> Iterator[DetectedImage]:
        for result in results:
            if not result.raw:
                raise ValueError(
                    f"results must have all confidences, got those of {shown(result.source)} without the low ones. "
                    "Detect with raw=True"
                )
            yield replace(
                result, labels=tuple(labels_above(result.labels, thresholds)), thresholds=thresholds, raw=False
            )

    return Detections(read)
