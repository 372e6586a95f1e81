"""The training summary: the file that EvaluationResult.Summary of a version names.

The reader is tolerant. Unknown members stay in `raw`; missing and invalid values are None; numbers may be strings.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from rekog_versions import _json
from rekog_versions._json import JsonResult
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation.adapter_results import AdapterEvaluation, read_adapter
from rekog_versions.evaluation.by_label import ByLabel
from rekog_versions.evaluation.confusion_matrix import ConfusionMatrix
from rekog_versions.evaluation.input_files import InputFile
from rekog_versions.manifests.lines import UseCase

logger = logging.getLogger("rekog_versions")

_KNOWN_VERSION = 1
_MEMBERS = ("EvaluationDetails", "AggregatedEvaluationResults", "LabelEvaluationResults")


@dataclass(frozen=True, slots=True)
class LabelEvaluation(JsonResult):
    """How well a model finds a label in the test images, according to the training summary.

    Attributes:
        label: The label.
        testing_images: The number of test images that have the label; None if the file does not say.
        threshold: The assumed threshold, from 0 to 1. DetectCustomLabels reports the label from this confidence by
            default. None if the file has no threshold.
        precision: The share of the predictions that are right, from 0 to 1; None without test images.
        recall: The share of the occurrences that were found, from 0 to 1; None without test images.
        f1_score: The harmonic mean of precision and recall; None without test images.
    """

    label: str
    testing_images: int | None = None
    threshold: float | None = None
    precision: float | None = None
    recall: float | None = None
    f1_score: float | None = None


@dataclass(frozen=True)
class TrainingSummary(JsonResult):
    """The values in a training summary; None for values that the file does not have.

    Attributes:
        version_arn: The ARN of the version.
        ended_at: The time at which the evaluation ended, in UTC.
        use_case: Image-level labels or object localization.
        training_images: The number of images in the training dataset.
        testing_images: The number of images in the test dataset.
        precision: The mean over the labels, at the assumed thresholds.
        recall: The mean over the labels, at the assumed thresholds.
        f1_score: The mean over the labels, at the assumed thresholds.
        average_precision: The mean average precision (mAP), for object localization only.
        average_recall: The mean average recall (mAR), for object localization only.
        labels: The evaluation of each label, in the order of the file (by F1 score). Labels without test images have
            no metrics.
        confusion_matrix: The labels that were predicted for the images of each label, for image-level labels only.
        raw: The whole document, unknown members included.
        remarks: Notes about unusual files: a newer format, a missing snapshot, files that do not belong together.
        adapter: The counts of a Custom Moderation adapter; None for other models. The metrics of its labels come from
            them.
    """

    _left_out = frozenset({"raw"})

    version_arn: ProjectVersionArn | None
    ended_at: datetime | None
    use_case: UseCase | None
    training_images: int | None
    testing_images: int | None
    precision: float | None
    recall: float | None
    f1_score: float | None
    average_precision: float | None
    average_recall: float | None
    labels: ByLabel[LabelEvaluation]
    confusion_matrix: ConfusionMatrix | None
    raw: Mapping[str, Any] = field(repr=False, hash=False)
    remarks: Sequence[str]
    adapter: AdapterEvaluation | None = None

    def __iter__(self) -> Iterator[LabelEvaluation]:
        return iter(self.labels.values())


def read_summary(file: InputFile) -> TrainingSummary:
    """Return the training summary in a file.

    Raises:
        EvaluationError: The file is not a training summary.
    """
    document = _document(file)
    details = _json.mapping(document.get("EvaluationDetails"))
    aggregated = _json.mapping(document.get("AggregatedEvaluationResults"))
    # the reference page of the service's guide nests the metrics once more, its example does not
    aggregate: Mapping[str, Any] = {**aggregated, **_json.mapping(aggregated.get("Metrics"))}
    adapter = read_adapter(document)
    labels = _labels(document, details, adapter)
    return TrainingSummary(
        version_arn=_arn(details.get("ProjectVersionArn")),
        ended_at=_time(details.get("EvaluationEndTimestamp")),
        use_case=_use_case(aggregate),
        training_images=_count(details.get("NumberOfTrainingImages")),
        testing_images=_count(details.get("NumberOfTestingImages")),
        precision=_number(aggregate.get("Precision")),
        recall=_number(aggregate.get("Recall")),
        f1_score=_number(aggregate.get("F1Score")),
        average_precision=_number(aggregate.get("AveragePrecision")),
        average_recall=_number(aggregate.get("AverageRecall")),
        labels=labels,
        confusion_matrix=_confusion_matrix(aggregate.get("ConfusionMatrix"), labels),
        raw=document,
        remarks=(*_remarks(file, document.get("Version")), *_remarks_on_thresholds(document, labels)),
        adapter=adapter,
    )


def _document(file: InputFile) -> Mapping[str, Any]:
    content = file.read()
    try:
        read: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        reason = "it is empty" if not content.strip() else f"it is not a JSON document ({printable(str(error), 200)})"
        raise _unreadable(file, reason, content) from error
    document = _json.mapping(read)
    if not document and read != {}:
        raise _unreadable(file, "it is not a JSON object", content)
    if not any(isinstance(document.get(name), dict | list) for name in _MEMBERS):
        raise _unreadable(file, f"it has none of {', '.join(_MEMBERS)}", content)
    return document


def _unreadable(file: InputFile, reason: str, content: bytes) -> EvaluationError:
    start = content[:4096]
    hint = "Download the file that EvaluationResult.Summary of the version's description names."
    if b'"source-ref"' in start:
        hint = "It looks like a manifest: pass a snapshot as the second argument of from_files(summary, snapshot)."
    elif b'"statistics"' in start:
        hint = "It looks like the summary of the manifests' validation (ManifestSummary), which is another file."
    return EvaluationError(
        f"{file.name} could not be read: {reason}. It must be a training summary, a JSON object with "
        f"{', '.join(_MEMBERS)}. {hint}"
    )


_warned: set[str] = set()
"""The format versions that were logged already: one warning is enough for a process."""


def _remarks(file: InputFile, version: object) -> Iterator[str]:
    if version is not None and _number(version) != _KNOWN_VERSION:
        remark = (
            f"{file.name} has Version {printable(version, 40)}, and this package supports {_KNOWN_VERSION}: unknown "
            "members are only in `raw`"
        )
        if repr(version) not in _warned:
            _warned.add(repr(version))
            logger.warning("%s", remark)
        yield remark


def _remarks_on_thresholds(document: Mapping[str, Any], labels: ByLabel[LabelEvaluation]) -> Iterator[str]:
    for result in map(_json.mapping, _json.sequence(document.get("LabelEvaluationResults"))):
        label, written = result.get("Label"), _json.mapping(result.get("Metrics")).get("Threshold")
        if written is not None and isinstance(label, str) and labels[label].threshold is None:
            yield (
                f"the Threshold of '{printable(label, 80)}' must be a number from 0 to 1, got "
                f"{printable(written, 40)}: it was ignored"
            )


def _labels(
    document: Mapping[str, Any], details: Mapping[str, Any], adapter: AdapterEvaluation | None
) -> ByLabel[LabelEvaluation]:
    found = {} if adapter is None else _adapted_labels(adapter)
    for result in map(_json.mapping, _json.sequence(document.get("LabelEvaluationResults"))):
        label = result.get("Label")
        if isinstance(label, str):
            found[label] = _label(label, result)
    for label in _json.sequence(details.get("Labels")):
        if isinstance(label, str) and label not in found:
            # a label of the model that was not tested; the summary of an adapter does not say
            found[label] = LabelEvaluation(label, testing_images=0 if adapter is None else None)
    return ByLabel(found)


def _adapted_labels(adapter: AdapterEvaluation) -> dict[str, LabelEvaluation]:
    """Return the labels of an adapter with the metrics at the chosen threshold."""
    chosen = adapter.chosen
    return (
        {}
        if chosen is None
        else {
            label: LabelEvaluation(
                label, found.positives, chosen.threshold, found.precision, found.recall, found.f1_score
            )
            for label, counts in chosen.labels.items()
            if (found := counts.adapter) is not None
        }
    )


def _label(label: str, result: Mapping[str, Any]) -> LabelEvaluation:
    metrics = _json.mapping(result.get("Metrics"))
    images = _count(result.get("NumberOfTestingImages"))
    threshold = _fraction(metrics.get("Threshold"))
    if images == 0:  # any metrics in the file were not measured
        return LabelEvaluation(label, 0, threshold)
    precision, recall, f1 = (_number(metrics.get(name)) for name in ("Precision", "Recall", "F1Score"))
    return LabelEvaluation(label, images, threshold, precision, recall, f1)


def _confusion_matrix(cells: object, labels: Iterable[str]) -> ConfusionMatrix | None:
    if not isinstance(cells, list):
        return None
    shares: dict[tuple[str, str], float] = {}
    for cell in map(_json.mapping, _json.sequence(cast("object", cells))):
        truth, predicted, share = cell.get("GroundTruthLabel"), cell.get("PredictedLabel"), _number(cell.get("Value"))
        if isinstance(truth, str) and isinstance(predicted, str) and share is not None:
            shares[truth, predicted] = share
    named = {label for pair in shares for label in pair}
    return ConfusionMatrix.of(shares, [label for label in labels if label in named])


def _use_case(aggregate: Mapping[str, Any]) -> UseCase | None:
    if "ConfusionMatrix" in aggregate:
        return UseCase.IMAGE_LEVEL_LABELS
    if "AveragePrecision" in aggregate or "AverageRecall" in aggregate:
        return UseCase.OBJECT_LOCALIZATION
    return None


def _number(value: object) -> float | None:
    """Return a number, which may be written as a string; None for anything else."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    number = _json.number(value)
    return None if number is None else float(number)


def _fraction(value: object) -> float | None:
    number = _number(value)
    return number if number is not None and 0 <= number <= 1 else None


def _count(value: object) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number >= 0 else None


def _arn(value: object) -> ProjectVersionArn | None:
    return ProjectVersionArn(value) if isinstance(value, str) else None


def _time(value: object) -> datetime | None:
    """Return a time in UTC. The service writes times in UTC without an offset."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value.strip())
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
