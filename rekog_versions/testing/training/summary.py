"""The training summary: the file that EvaluationResult.Summary points to."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rekog_versions.manifests.lines import UseCase
from rekog_versions.testing.training.manifests import Dataset
from rekog_versions.testing.training.metrics import (
    Evaluation,
    Prediction,
    aggregate,
    confusion_matrix,
    evaluate_label,
)


@dataclass(frozen=True)
class Trial:
    """A model's predictions for the test images."""

    training: Dataset
    testing: Dataset
    predictions: Mapping[str, Sequence[Prediction]]
    """By label: those that stand in the training images and in the test images."""

    def evaluate(self) -> Evaluation:
        """Counts what the predictions are worth."""
        positives: Counter[str] = Counter()
        images: Counter[str] = Counter()
        for image in self.testing.images:
            labels = self.testing.labels_of(image)
            positives.update(labels)
            images.update(set(labels))
        return aggregate(
            [
                evaluate_label(label, predictions, positives=positives[label], testing_images=images[label])
                for label, predictions in self.predictions.items()
            ]
        )


def summary_document(trial: Trial, evaluation: Evaluation, *, version_arn: str, ended_at: datetime) -> bytes:
    """Writes the summary as the service lays it out.

    Labels without test images can't be evaluated and have no place in it.

    Args:
        trial: What was tested.
        evaluation: What it was worth.
        version_arn: The version's ARN.
        ended_at: When the evaluation ended.

    Returns:
        The file's content.
    """
    aggregated: dict[str, Any] = {
        "Precision": evaluation.precision,
        "Recall": evaluation.recall,
        "F1Score": evaluation.f1,
    }
    if trial.testing.use_case is UseCase.OBJECT_LOCALIZATION:
        aggregated |= {"AveragePrecision": evaluation.average_precision, "AverageRecall": evaluation.average_recall}
    else:
        truth = [frozenset(trial.testing.labels_of(image)) for image in trial.testing.images]
        aggregated["ConfusionMatrix"] = [
            {"GroundTruthLabel": real, "PredictedLabel": predicted, "Value": share}
            for (real, predicted), share in confusion_matrix(evaluation, trial.predictions, truth).items()
        ]
    document = {
        "Version": 1,
        "EvaluationDetails": {
            "ProjectVersionArn": version_arn,
            # the service writes UTC without saying so
            "EvaluationEndTimestamp": ended_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"),
            "Labels": sorted(metrics.label for metrics in evaluation.labels),
            "NumberOfTrainingImages": len(trial.training.images),
            "NumberOfTestingImages": len(trial.testing.images),
        },
        "AggregatedEvaluationResults": aggregated,
        "LabelEvaluationResults": [
            {
                "Label": metrics.label,
                "NumberOfTestingImages": metrics.testing_images,
                "Metrics": {
                    "Threshold": metrics.threshold,
                    "Precision": metrics.precision,
                    "Recall": metrics.recall,
                    "F1Score": metrics.f1,
                },
            }
            for metrics in evaluation.labels
        ],
    }
    return json.dumps(document).encode("ascii")
