"""The training summary, as types: the file that EvaluationResult.Summary of a version points to.

Read with tolerance: unknown members are left in `raw`, what is missing or no number is None, numbers may stand in
strings.
"""

import json
import logging
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation.by_label import ByLabel, unknown_label
from rekog_versions.evaluation.files import File
from rekog_versions.evaluation.tables import number, shortened, table
from rekog_versions.manifests.lines import UseCase

logger = logging.getLogger("rekog_versions")

_KNOWN_VERSION = 1
_MOST_COLUMNS, _NARROW = 10, 12  # of a confusion matrix as text
_MEMBERS = ("EvaluationDetails", "AggregatedEvaluationResults", "LabelEvaluationResults")


@dataclass(frozen=True, slots=True)
class LabelEvaluation:
    """How well a model finds a label on the test set, by the training summary.

    Attributes:
        label: The label.
        testing_images: Test images that show it; None if the file doesn't say.
        threshold: The assumed threshold, 0 to 1: the confidence from which on DetectCustomLabels reports the label
            unless told otherwise. None if the file has none.
        precision: Of what was predicted, the share that is right, 0 to 1; None without test images.
        recall: Of what is there, the share that was found, 0 to 1; None without test images.
        f1_score: The harmonic mean of the two; None without test images.
    """

    label: str
    testing_images: int | None = None
    threshold: float | None = None
    precision: float | None = None
    recall: float | None = None
    f1_score: float | None = None


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """A label whose images were taken for another's.

    Attributes:
        truth: The label of the images.
        predicted: The label that was predicted for them.
        share: The share of the images of `truth`, 0 to 1 (for objects: of its boxes).
        count: How many; None where only the summary is known.
    """

    truth: str
    predicted: str
    share: float
    count: int | None = None

    def __str__(self) -> str:
        count = "" if self.count is None else f" ({self.count})"
        return f"'{printable(self.truth, 80)}' taken for '{printable(self.predicted, 80)}': {self.share:.1%}{count}"


@dataclass(frozen=True)
class ConfusionMatrix:
    """For the test images of each label, the share that each label was predicted for: 0 to 1.

    An image may show several labels, so a row needn't sum to 1, and what stands beside the diagonal may be right.

    Attributes:
        labels: The labels, in the order of the file; rows (truth) and columns (predicted) alike.
    """

    labels: Sequence[str]
    _cells: Mapping[tuple[str, str], float] = field(repr=False)

    @classmethod
    def of(cls, cells: Mapping[tuple[str, str], float], labels: Iterable[str] = ()) -> "ConfusionMatrix":
        """Makes it of its cells, by (truth, predicted); labels that have none come in the order given."""
        named = dict.fromkeys([*labels, *(label for pair in cells for label in pair)])
        return cls(tuple(named), dict(cells))

    def value(self, truth: str, predicted: str) -> float | None:
        """The share of the images of `truth` that `predicted` was predicted for; None if the file doesn't say.

        Raises:
            KeyError: There is no such label.
        """
        for label in (truth, predicted):
            if label not in self.labels:
                raise KeyError(unknown_label(label, self.labels))
        return self._cells.get((truth, predicted))

    def rows(self) -> Sequence[Sequence[float | None]]:
        """A row for each label of the images, in which there is a value for each predicted label."""
        return tuple(tuple(self._cells.get((truth, seen)) for seen in self.labels) for truth in self.labels)

    def most_confused(self, limit: int = 10) -> Sequence[ConfusedPair]:
        """The largest values beside the diagonal, the largest first.

        Raises:
            ValueError: `limit` is negative.
        """
        check_limit(limit)
        pairs = [
            ConfusedPair(truth, seen, share) for (truth, seen), share in self._cells.items() if truth != seen and share
        ]
        pairs.sort(key=lambda pair: (-pair.share, pair.truth, pair.predicted))
        return tuple(pairs[:limit])

    def __str__(self) -> str:
        if len(self.labels) > _MOST_COLUMNS:
            pairs = [f"  {pair}" for pair in self.most_confused()]
            return "\n".join([f"{len(self.labels)} labels; the most confused:", *pairs])
        rows = [["truth \\ predicted", *(shortened(label, _NARROW) for label in self.labels)]]
        rows += [
            [shortened(label), *(number(value) for value in row)]
            for label, row in zip(self.labels, self.rows(), strict=True)
        ]
        return table(rows)

    def __hash__(self) -> int:
        return hash((tuple(self.labels), frozenset(self._cells.items())))


@dataclass(frozen=True)
class TrainingSummary:
    """What the training summary says; see `Evaluation`, which has the same members.

    Attributes:
        version: The version of the file's format, as it stands there.
        raw: The whole document, unknown members included.
        remarks: What is unusual about the file.
    """

    version: object
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
    remarks: Sequence[str] = ()

    @classmethod
    def read(cls, file: File) -> "TrainingSummary":
        """Reads a summary.

        Raises:
            EvaluationError: It is none.
        """
        document = _document(file)
        details = _mapping(document.get("EvaluationDetails"))
        aggregated = _mapping(document.get("AggregatedEvaluationResults"))
        # the guide's reference page nests it once more, its example doesn't
        aggregate: Mapping[str, Any] = {**aggregated, **_mapping(aggregated.get("Metrics"))}
        labels = _labels(document, details)
        version = document.get("Version")
        return cls(
            version=version,
            version_arn=_arn(details.get("ProjectVersionArn")),
            ended_at=_moment(details.get("EvaluationEndTimestamp")),
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
            remarks=(*_remarks(file, version), *_remarks_on_thresholds(document, labels)),
        )


def check_limit(limit: int) -> None:
    """Refuses a limit under 0, which would leave out the last ones rather than all but the first.

    Raises:
        ValueError: It is negative.
    """
    if limit < 0:
        raise ValueError(f"limit must be 0 or more, got {limit}")


def _document(file: File) -> Mapping[str, Any]:
    content = file.read()
    try:
        read: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        why = "it is empty" if not content.strip() else f"it is no JSON document ({printable(str(error), 200)})"
        raise _unreadable(file, why, content) from error
    if not isinstance(read, dict):
        raise _unreadable(file, "it holds no JSON object", content)
    document = cast("dict[str, Any]", read)
    if not any(isinstance(document.get(name), dict | list) for name in _MEMBERS):
        raise _unreadable(file, f"it has none of {', '.join(_MEMBERS)}", content)
    return document


def _unreadable(file: File, why: str, content: bytes) -> EvaluationError:
    start = content[:4096]
    hint = "Fetch the file again from where EvaluationResult.Summary of the version's description points."
    if b'"source-ref"' in start:
        hint = "It looks like a manifest: the snapshot is the second argument, from_files(summary, snapshot)."
    elif b'"statistics"' in start:
        hint = "It looks like the summary of the manifests' validation (ManifestSummary), which is another file."
    return EvaluationError(
        f"{file.name} can't be read: {why}. Expected is a training summary: a JSON object with {', '.join(_MEMBERS)}. "
        f"{hint}"
    )


def _remarks(file: File, version: object) -> Iterator[str]:
    if version is not None and _number(version) != _KNOWN_VERSION:
        remark = (
            f"{file.name} has Version {printable(version, 40)}; this package knows {_KNOWN_VERSION}. It was read as "
            "far as it is known; `raw` has all of it"
        )
        if repr(version) not in _warned:
            _warned.add(repr(version))
            logger.warning("%s", remark)
        yield remark


def _remarks_on_thresholds(document: Mapping[str, Any], labels: ByLabel[LabelEvaluation]) -> Iterator[str]:
    for result in map(_mapping, _list(document.get("LabelEvaluationResults"))):
        label, written = result.get("Label"), _mapping(result.get("Metrics")).get("Threshold")
        if written is not None and isinstance(label, str) and labels[label].threshold is None:
            yield f"the Threshold of '{printable(label, 80)}' is {printable(written, 40)}, which is none from 0 to 1"


_warned: set[str] = set()
"""The versions that were warned of already: once is enough for a process."""


def _labels(document: Mapping[str, Any], details: Mapping[str, Any]) -> ByLabel[LabelEvaluation]:
    found: dict[str, LabelEvaluation] = {}
    for result in map(_mapping, _list(document.get("LabelEvaluationResults"))):
        label = result.get("Label")
        if isinstance(label, str):
            found[label] = _label(label, result)
    for label in _list(details.get("Labels")):
        if isinstance(label, str) and label not in found:
            found[label] = LabelEvaluation(label, testing_images=0)  # known to the model, and not tested
    return ByLabel(found)


def _label(label: str, result: Mapping[str, Any]) -> LabelEvaluation:
    metrics = _mapping(result.get("Metrics"))
    images = _count(result.get("NumberOfTestingImages"))
    threshold = _fraction(metrics.get("Threshold"))
    if images == 0:  # whatever the file says then, it was not measured
        return LabelEvaluation(label, 0, threshold)
    precision, recall, f1 = (_number(metrics.get(name)) for name in ("Precision", "Recall", "F1Score"))
    return LabelEvaluation(label, images, threshold, precision, recall, f1)


def _confusion_matrix(cells: object, labels: Iterable[str]) -> ConfusionMatrix | None:
    if not isinstance(cells, list):
        return None
    shares: dict[tuple[str, str], float] = {}
    for cell in map(_mapping, cast("list[object]", cells)):
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


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[object]:
    return cast("list[object]", value) if isinstance(value, list) else ()


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _fraction(value: object) -> float | None:
    number = _number(value)
    return number if number is not None and 0 <= number <= 1 else None


def _count(value: object) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number >= 0 else None


def _arn(value: object) -> ProjectVersionArn | None:
    return ProjectVersionArn(value) if isinstance(value, str) else None


def _moment(value: object) -> datetime | None:
    """A time; the service writes UTC without saying so."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
