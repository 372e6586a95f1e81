"""The evaluation of a Custom Moderation adapter, which its training summary has as counts of images.

The counts are of the adapter and of the model that it adapts, at the chosen confidence threshold and at others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rekog_versions import _json
from rekog_versions._json import JsonResult
from rekog_versions.evaluation.by_label import ByLabel

_COUNTS = ("TruePositive", "TrueNegative", "FalsePositive", "FalseNegative")


@dataclass(frozen=True, slots=True)
class OutcomeCounts(JsonResult):
    """How many images were right and wrong.

    Attributes:
        true_positives: Images to moderate that were found.
        true_negatives: Images without anything to moderate, and without a prediction.
        false_positives: Images that were wrongly found.
        false_negatives: Images to moderate that were missed.
    """

    _derived = ("precision", "recall", "f1_score")

    true_positives: int
    true_negatives: int
    false_positives: int
    false_negatives: int

    @property
    def positives(self) -> int:
        """The number of images that have something to moderate."""
        return self.true_positives + self.false_negatives

    @property
    def precision(self) -> float | None:
        """The share of the found images that are right; None without images to moderate, 0 if nothing was found."""
        predicted = self.true_positives + self.false_positives
        return self._of_positives(self.true_positives / predicted if predicted else 0.0)

    @property
    def recall(self) -> float | None:
        """The share of the images to moderate that were found; None if there are none."""
        return self._of_positives(self.true_positives / max(self.positives, 1))

    @property
    def f1_score(self) -> float | None:
        """The harmonic mean of precision and recall; None without images to moderate."""
        wrong = self.false_positives + self.false_negatives
        return self._of_positives(2 * self.true_positives / max(2 * self.true_positives + wrong, 1))

    def _of_positives(self, value: float) -> float | None:
        return value if self.positives else None


@dataclass(frozen=True, slots=True)
class AdapterCounts(JsonResult):
    """The counts of an adapter and of the model that it adapts; None where the file does not have them.

    Attributes:
        base_model: The counts without the adapter.
        adapter: The counts with the adapter.
    """

    base_model: OutcomeCounts | None
    adapter: OutcomeCounts | None


@dataclass(frozen=True, slots=True)
class AdapterMetrics(JsonResult):
    """The counts of an adapter at a confidence threshold.

    Attributes:
        threshold: The threshold, from 0 to 1; None if the file does not say.
        total: The counts over all labels.
        labels: The counts of each label.
    """

    threshold: float | None
    total: AdapterCounts
    labels: ByLabel[AdapterCounts]


@dataclass(frozen=True, slots=True)
class AdapterEvaluation(JsonResult):
    """The evaluation of a Custom Moderation adapter.

    Attributes:
        chosen: The counts at the confidence threshold that the training was given; None if the file has none.
        thresholds: The counts at all thresholds in the file.
    """

    chosen: AdapterMetrics | None
    thresholds: Sequence[AdapterMetrics]

    def __str__(self) -> str:
        lines: list[str] = []
        if self.chosen is not None:
            for name, counts in (("adapter", self.chosen.total.adapter), ("base model", self.chosen.total.base_model)):
                if counts is not None:
                    lines.append(
                        f"{name}: {counts.true_positives} found, {counts.false_positives} wrongly found, "
                        f"{counts.false_negatives} missed, {counts.true_negatives} rightly not found"
                    )
        return "\n".join(lines)


def read_adapter(document: Mapping[str, Any]) -> AdapterEvaluation | None:
    """Return the evaluation of an adapter in a training summary; None if it is of another model."""
    if "ContentModeration" not in document:
        return None
    moderation = _json.mapping(document["ContentModeration"])
    chosen = moderation.get("InputConfidenceThresholdEvalResults")
    others = map(_json.mapping, _json.sequence(moderation.get("AllConfidenceThresholdsEvalResults")))
    return AdapterEvaluation(None if chosen is None else _metrics(_json.mapping(chosen)), tuple(map(_metrics, others)))


def _metrics(result: Mapping[str, Any]) -> AdapterMetrics:
    threshold = _json.number(result.get("ConfidenceThreshold"))
    labels = map(_json.mapping, _json.sequence(result.get("LabelEvaluationResults")))
    return AdapterMetrics(
        threshold / 100 if threshold is not None and 0 <= threshold <= 100 else None,  # noqa: PLR2004 (percent)
        _both(_json.mapping(result.get("AggregatedEvaluationResults"))),
        ByLabel(_labels(labels)),
    )


def _labels(results: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, AdapterCounts]]:
    return [(label, _both(result)) for result in results if isinstance(label := result.get("Label"), str)]


def _both(result: Mapping[str, Any]) -> AdapterCounts:
    return AdapterCounts(_counts(result.get("BaseModel")), _counts(result.get("Adapter")))


def _counts(value: object) -> OutcomeCounts | None:
    counts = [_json.number(_json.mapping(value).get(name)) for name in _COUNTS]
    known = [int(count) for count in counts if count is not None and count >= 0]
    return OutcomeCounts(*known) if len(known) == len(_COUNTS) else None
