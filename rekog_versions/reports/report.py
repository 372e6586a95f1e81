"""The report of a version, as data. It is written as HTML, as Markdown, or as JSON."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from rekog_versions._json import JsonResult
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.evaluation import (
    Comparison,
    ConfusedPair,
    ConfusionMatrix,
    Evaluation,
    GateVerdict,
    Interval,
    ModelIntervals,
    TunedThresholds,
)
from rekog_versions.hosting import CostRange
from rekog_versions.manifests import ManifestDescription
from rekog_versions.reports.box_errors import BoxErrors
from rekog_versions.statuses import ProjectVersionStatus


@dataclass(frozen=True, kw_only=True)
class ReportedVersion(JsonResult):
    """The version that a report is about. Values are None if they are not known, as for a report from files."""

    arn: ProjectVersionArn | None = None
    status: ProjectVersionStatus | None = None
    created: datetime | None = None
    trained: datetime | None = None
    """When the training ended."""
    evaluated: datetime | None = None
    """When the evaluation ended."""
    billed_seconds: int | None = None
    """The billed time of the training."""
    training_cost: Decimal | None = None
    hourly_cost: CostRange | None = None
    """The cost of the model for an hour with one inference unit."""
    training_manifests: Sequence[str] = ()
    """The manifests of the training set: their URIs, or their paths."""
    testing_manifests: Sequence[str] = ()
    auto_create: bool | None = None
    """True if the service held back training images for the test."""

    @property
    def name(self) -> str:
        """The names of the project and the version, as `rekog` takes them."""
        if self.arn is None:
            return "an unnamed version"
        return f"{self.arn.project_name}/{self.arn.version_name}" if self.arn.is_valid else str(self.arn)


@dataclass(frozen=True, kw_only=True)
class ReportedLabel(JsonResult):
    """A label of the model. Metrics are from 0 to 1, at the assumed threshold; None if they are not known.

    Scores are those of the training summary. Intervals have the confidence of `Report.intervals`.
    """

    label: str
    f1_score: float | None = None
    precision: float | None = None
    recall: float | None = None
    f1_interval: Interval | None = None
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None
    true_positives: int | None = None
    false_positives: int | None = None
    false_negatives: int | None = None
    testing_images: int | None = None
    """Test images that have the label."""
    training_images: int | None = None
    """Training images that have the label."""
    training_boxes: int | None = None
    assumed_threshold: float | None = None
    tuned_threshold: float | None = None
    tuned_f1: float | None = None
    """The F1 score at the tuned threshold, on the images that it was tuned on. It is too good."""
    held_out_f1: float | None = None
    """An honest estimate of it, by cross-validation; None if there are over 20,000 test images."""
    held_out_interval: Interval | None = None
    lowest_threshold: float | None = None
    """The lowest threshold for which the snapshot has all predictions; None without a snapshot."""
    is_reproduced: bool | None = None
    """False if the snapshot does not reproduce the scores of the summary; None without a snapshot."""


@dataclass(frozen=True, kw_only=True)
class ReportedImage(JsonResult):
    """A test image with mistakes.

    Attributes:
        source_ref: The URI of the image.
        truth: The true labels.
        missed: Labels that were not found.
        wrong: Labels that were wrongly predicted, with their confidences from 0 to 1.
        thumbnail: A small JPEG image with the boxes drawn on it; None if the image could not be read.
        size: The width and the height of the thumbnail, in pixels.
    """

    _left_out = frozenset({"thumbnail"})

    source_ref: str
    truth: Sequence[str] = ()
    missed: Sequence[str] = ()
    wrong: Sequence[tuple[str, float]] = ()
    thumbnail: bytes | None = field(default=None, repr=False)
    size: tuple[int, int] | None = None


class Importance(StrEnum):
    """How much a recommendation matters."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class RecommendationKind(StrEnum):
    """The subject of a recommendation."""

    OTHER_SNAPSHOT = "other_snapshot"
    """The snapshot does not reproduce the summary."""
    SHARED_IMAGES = "shared_images"
    """The training set and the test set have images in common."""
    NOT_TESTED = "not_tested"
    """Labels have no test images."""
    MANY_MISSES = "many_misses"
    """Labels are often not found."""
    MANY_FALSE_ALARMS = "many_false_alarms"
    """Labels are often wrongly predicted."""
    CONFUSED_LABELS = "confused_labels"
    """Labels are predicted in place of others."""
    FEW_TRAINING_IMAGES = "few_training_images"
    """Labels have few training images."""
    BACKGROUND = "background"
    """Objects are found where there are none."""
    SMALL_OBJECTS = "small_objects"
    """Small objects are missed more often than others."""
    BETTER_THRESHOLDS = "better_thresholds"
    """Other thresholds have better F1 scores."""
    FEW_TEST_IMAGES = "few_test_images"
    """The test set is too small to judge some labels: they have few test images, or wide intervals."""
    LINES_WITH_ERRORS = "lines_with_errors"
    """The training manifests have lines that the service rejects."""
    REPEATED_IMAGES = "repeated_images"
    """The training manifests list images more than once."""


@dataclass(frozen=True, kw_only=True)
class Recommendation(JsonResult):
    """A suggestion for the next version, with the numbers that it follows from. All texts are printable.

    Attributes:
        kind: The subject.
        importance: How much it matters.
        title: The suggestion in a few words.
        numbers: The numbers that it follows from, such as one line for each label.
        advice: The next step.
        labels: The labels concerned.
        affected: The number of test images, boxes or training images concerned. More rank higher.
    """

    kind: RecommendationKind
    importance: Importance
    title: str
    numbers: Sequence[str] = ()
    advice: str = ""
    labels: Sequence[str] = ()
    affected: int = 0


@dataclass(frozen=True, kw_only=True)
class Report(JsonResult):
    """Everything that is known about a trained version.

    `build_report(client, version)` builds it, and `report_from_files()` needs no client. `write_html()` writes one file
    that needs no network. The same input gives the same bytes.
    """

    version: ReportedVersion
    evaluation: Evaluation
    verdict: GateVerdict | None = None
    """The result of the gates; None if none were given."""
    recommendations: Sequence[Recommendation] = ()
    """The next steps, the most important first."""
    intervals: ModelIntervals | None = None
    """The confidence intervals of all scores."""
    labels: Sequence[ReportedLabel] = ()
    """The labels, the one with the lowest F1 score first. Labels without a score are last."""
    tuned: TunedThresholds | None = None
    """Thresholds with the best F1 scores; None without a snapshot."""
    confusion_matrix: ConfusionMatrix | None = None
    confused: Sequence[ConfusedPair] = ()
    """Pairs of labels of which one was predicted in place of the other, the most frequent first."""
    box_errors: BoxErrors | None = None
    """The mistakes of a model for object localization, by the size of the boxes."""
    images: Sequence[ReportedImage] = ()
    """The test images with the mistakes that the model was most certain of."""
    why_no_images: str | None = None
    """The reason why images are missing; None if all are there."""
    training_data: ManifestDescription | None = None
    why_no_training_data: str | None = None
    """The reason why `training_data` is None."""
    shared_images: Sequence[str] | None = None
    """Images that are in the training set and in the test set; None if that is not known."""
    comparison: Comparison | None = None
    """The comparison with the baseline."""

    def to_html(self) -> str:
        """Return the report as one HTML document, which needs no other file and no network.

        Raises:
            ImportError: Jinja2 is not installed.
        """
        from rekog_versions.reports.html import html_of  # noqa: PLC0415 (needs an extra)

        return html_of(self)

    def write_html(self, path: str | os.PathLike[str]) -> Path:
        """Write the report as one HTML file, and return its path. An existing file is replaced.

        Raises:
            ImportError: Jinja2 is not installed.
            OSError: The file cannot be written.
        """
        written = Path(path)
        written.write_bytes(self.to_html().encode())
        return written

    def to_markdown(self) -> str:
        """Return a short form of the report in GitHub's Markdown, for a pull request or the summary of a CI job."""
        from rekog_versions.reports.markdown import markdown_of  # noqa: PLC0415 (imports this module)

        return markdown_of(self)

    def __str__(self) -> str:
        """Return the verdict, the scores and the recommendations as text."""
        from rekog_versions.reports.markdown import text_of  # noqa: PLC0415 (imports this module)

        return text_of(self)

    def _repr_html_(self) -> str:
        """Return the report for a notebook, in a frame of its own, so that its styles do not affect the notebook."""
        from rekog_versions.reports.html import frame_of  # noqa: PLC0415 (needs an extra)

        return frame_of(self)
