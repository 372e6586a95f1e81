"""The files that a training writes: the summary, the manifest of the training images, and the evaluation snapshot.

The snapshot is the manifest of the test images with the model's predictions. Every place where an evaluated label is
has a prediction in it, possibly with a confidence of 0. So the whole curve of precision over recall can be computed
from it.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rekog_versions.manifests.boxes import Box
from rekog_versions.manifests.lines import Image, UseCase
from rekog_versions.testing.training.read_manifests import LabelledImages
from rekog_versions.testing.training.scoring import Prediction, Scores, aggregate, confusion_matrix, score_label

_TRAINING, _EVALUATION = "rekognition-custom-labels-training", "rekognition-custom-labels-evaluation"
_DETAILS = f"{_EVALUATION}-details"
_TYPES = {
    UseCase.IMAGE_LEVEL_LABELS: "groundtruth/image-classification",
    UseCase.OBJECT_LOCALIZATION: "groundtruth/object-detection",
}


@dataclass(frozen=True)
class Trial:
    """The predictions of a model for its test images."""

    training: LabelledImages
    testing: LabelledImages
    predictions: Mapping[str, Sequence[Prediction]]
    """The predictions by label, for labels that are in both sets."""

    def score(self) -> Scores:
        """Compute the metrics of the predictions."""
        positives: Counter[str] = Counter()
        images: Counter[str] = Counter()
        for image in self.testing.images:
            labels = self.testing.labels_of(image)
            positives.update(labels)
            images.update(set(labels))
        return aggregate(
            [
                score_label(label, predictions, positives=positives[label], testing_images=images[label])
                for label, predictions in self.predictions.items()
            ]
        )

    def predictions_by_image(self) -> list[list[tuple[str, Prediction]]]:
        """Return the labels and predictions of each test image, the highest confidence first."""
        by_image: list[list[tuple[str, Prediction]]] = [[] for _ in self.testing.images]
        for label, predictions in self.predictions.items():
            for prediction in predictions:
                by_image[prediction.image].append((label, prediction))
        for of_image in by_image:
            of_image.sort(key=lambda pair: -pair[1].confidence)
        return by_image


def summary_document(trial: Trial, scores: Scores, *, version_arn: str, ended_at: datetime) -> bytes:
    """Return the content of the summary file. It does not list labels without test images.

    Args:
        trial: The predictions.
        scores: Their label.
        version_arn: The ARN of the version.
        ended_at: The time when the evaluation ended.
    """
    aggregated: dict[str, Any] = {
        "Precision": scores.precision,
        "Recall": scores.recall,
        "F1Score": scores.f1,
    }
    if trial.testing.use_case is UseCase.OBJECT_LOCALIZATION:
        aggregated |= {"AveragePrecision": scores.average_precision, "AverageRecall": scores.average_recall}
    else:
        truth = [frozenset(trial.testing.labels_of(image)) for image in trial.testing.images]
        aggregated["ConfusionMatrix"] = [
            {"GroundTruthLabel": real, "PredictedLabel": predicted, "Value": share}
            for (real, predicted), share in confusion_matrix(scores, trial.predictions, truth).items()
        ]
    document = {
        "Version": 1,
        "EvaluationDetails": {
            "ProjectVersionArn": version_arn,
            # UTC without a time zone, as the service writes it
            "EvaluationEndTimestamp": ended_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"),
            "Labels": sorted(label.label for label in scores.labels),
            "NumberOfTrainingImages": len(trial.training.images),
            "NumberOfTestingImages": len(trial.testing.images),
        },
        "AggregatedEvaluationResults": aggregated,
        "LabelEvaluationResults": [
            {
                "Label": label.label,
                "NumberOfTestingImages": label.testing_images,
                "Metrics": {
                    "Threshold": label.threshold,
                    "Precision": label.precision,
                    "Recall": label.recall,
                    "F1Score": label.f1,
                },
            }
            for label in scores.labels
        ],
    }
    return json.dumps(document).encode("ascii")


def training_manifest(training: LabelledImages, ended_at: datetime) -> bytes:
    """Return the manifest of the images that a model was trained with."""
    attributes = _Attributes(training, ended_at)
    return _json_lines({"source-ref": image.source_ref, **attributes.of_truth(image)} for image in training.images)


def snapshot(trial: Trial, scores: Scores, ended_at: datetime) -> bytes:
    """Return the evaluation manifest snapshot."""
    attributes = _Attributes(trial.testing, ended_at)
    thresholds = {label.label: label.threshold for label in scores.labels}
    return _json_lines(
        {
            "source-ref": image.source_ref,
            **attributes.of_truth(image),
            **attributes.of_predictions(image, predictions, thresholds),
        }
        for image, predictions in zip(trial.testing.images, trial.predictions_by_image(), strict=True)
    )


def _json_lines(entries: Iterator[Mapping[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(entry)}\n" for entry in entries).encode("ascii")


class _Attributes:
    """Builds the label attributes of a manifest line, for images or for boxes."""

    def __init__(self, images: LabelledImages, ended_at: datetime) -> None:
        self._images = images
        self._is_located = images.use_case is UseCase.OBJECT_LOCALIZATION
        self._created = ended_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
        self._class_ids = {label: number for number, label in enumerate(sorted(images.labels))}

    def of_truth(self, image: Image) -> dict[str, Any]:
        """Return the attributes of the real labels."""
        labels = self._images.labels_of(image)
        name = f"{_TRAINING}-0"
        if self._is_located:
            return {
                name: self._boxes(image, labels, image.boxes),
                f"{name}-metadata": self._boxes_metadata(
                    _TRAINING, "yes", labels, [{"confidence": 1.0} for _ in labels]
                ),
            }
        attributes: dict[str, Any] = {}
        for number, label in enumerate(labels):
            attributes[f"{_TRAINING}-{number}"] = 1
            attributes[f"{_TRAINING}-{number}-metadata"] = self._metadata(_TRAINING, "yes", label, 1.0)
        return attributes

    def of_predictions(
        self, image: Image, predictions: Sequence[tuple[str, Prediction]], thresholds: Mapping[str, float]
    ) -> dict[str, Any]:
        """Return the attributes of the predicted labels, with their evaluation."""
        labels = [label for label, _ in predictions]
        details = [_evaluation_details(prediction, thresholds[label]) for label, prediction in predictions]
        if self._is_located:
            objects = [
                {"confidence": prediction.confidence, _DETAILS: detail}
                for (_, prediction), detail in zip(predictions, details, strict=True)
            ]
            return {
                _EVALUATION: self._boxes(image, labels, [prediction.box for _, prediction in predictions]),
                f"{_EVALUATION}-metadata": {
                    # the first box's, as in the guide's example
                    "confidence": predictions[0][1].confidence if predictions else 0.0,
                    **self._boxes_metadata(_EVALUATION, "no", labels, objects),
                },
            }
        attributes: dict[str, Any] = {}
        for number, ((label, prediction), detail) in enumerate(zip(predictions, details, strict=True)):
            name = f"{_EVALUATION}-{number}"
            metadata = self._metadata(_EVALUATION, "no", label, prediction.confidence)
            attributes |= {name: 1, f"{name}-metadata": metadata | {_DETAILS: detail}}
        return attributes

    def _metadata(self, job: str, human: str, label: str, confidence: float) -> dict[str, Any]:
        return {
            "confidence": confidence,
            "job-name": f"{job}-job",
            "class-name": label,
            "human-annotated": human,
            "creation-date": self._created,
            "type": _TYPES[self._images.use_case],
        }

    def _boxes(self, image: Image, labels: Sequence[str], boxes: Sequence[Box | None]) -> dict[str, Any]:
        frame = image.frame
        return {
            "annotations": [
                {
                    "class_id": self._class_ids[label],
                    "width": box.width,
                    "top": box.top,
                    "height": box.height,
                    "left": box.left,
                }
                for label, box in zip(labels, boxes, strict=True)
                if box is not None
            ],
            "image_size": [{"width": frame.width, "depth": frame.depth, "height": frame.height}],
        }

    def _boxes_metadata(
        self, job: str, human: str, labels: Sequence[str], objects: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        return {
            "job-name": f"{job}-job",
            "class-map": {str(self._class_ids[label]): label for label in sorted(set(labels))},
            "human-annotated": human,
            "objects": objects,
            "creation-date": self._created,
            "type": _TYPES[self._images.use_case],
        }


def _evaluation_details(prediction: Prediction, threshold: float) -> dict[str, Any]:
    is_predicted = prediction.confidence >= threshold
    return {
        "version": 1,
        "ground-truth-labelling-jobs": [f"{_TRAINING}-job"],
        "is-true-positive": is_predicted and prediction.is_true,
        "is-true-negative": not is_predicted and not prediction.is_true,
        "is-false-positive": is_predicted and not prediction.is_true,
        "is-false-negative": not is_predicted and prediction.is_true,
        "is-present-in-ground-truth": prediction.is_true,
    }
