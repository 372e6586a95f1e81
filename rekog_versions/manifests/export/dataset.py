"""The result of an export, and what all exports check."""

from collections.abc import Mapping
from dataclasses import dataclass

from rekog_versions._json import JsonResult
from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.convert.records import Kind
from rekog_versions.manifests.export.images import ExportedImage


@dataclass(frozen=True, slots=True)
class WrittenDataset(JsonResult):
    """A data set that an export wrote."""

    target: str
    """The file or the folder."""
    images: int
    labels: Mapping[str, int]
    """The number of boxes, or of images, with each label, in the order of the numbers of the labels."""
    report: ConversionReport
    """Everything that was left out or changed."""

    def __str__(self) -> str:
        annotations = sum(self.labels.values())
        return (
            f"{printable(self.target)}: {self.images:,} images, {annotations:,} annotations of {len(self.labels):,} "
            f"labels\n{self.report}"
        )


def check_has_images(report: ConversionReport, target: str, kind: Kind) -> None:
    """Check that an export has an image, so that a wrong argument does not make an empty data set.

    Raises:
        ManifestError: It has none.
    """
    if not report.lines:
        advice = (
            "to_coco(kind='labels') exports labels of whole images" if kind == "boxes" else "kind='boxes' exports boxes"
        )
        raise ManifestError(f"the source must have an image with {kind} for {shown(target)}: {advice}. {report}")


def report_confidences(image: ExportedImage, report: ConversionReport) -> None:
    """Add the confidences below 1 of an image to the report of a format that does not have them."""
    unsure = sum(box.confidence != 1 for box in image.boxes)
    if unsure:
        report.add(ConversionReason.NO_CONFIDENCE, image.place, f"{unsure} boxes have a confidence below 1")
