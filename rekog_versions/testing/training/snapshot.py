"""The manifests of what a training used: the images it trained with, and the evaluation manifest snapshot.

The snapshot is the test set with the model's predictions. Every place where an evaluated label really is has a
prediction there, if only with a confidence of 0, so the whole curve of precision over recall can be read off it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rekog_versions.manifests.boxes import Box
from rekog_versions.manifests.lines import Image, UseCase
from rekog_versions.testing.training.manifests import Dataset
from rekog_versions.testing.training.metrics import Evaluation, Prediction
from rekog_versions.testing.training.summary import Trial

_TRAINING, _EVALUATION = "rekognition-custom-labels-training", "rekognition-custom-labels-evaluation"
_DETAILS = f"{_EVALUATION}-details"
_TYPES = {
    UseCase.IMAGE_LEVEL_LABELS: "groundtruth/image-classification",
    UseCase.OBJECT_LOCALIZATION: "groundtruth/object-detection",
}


def training_manifest(dataset: Dataset, ended_at: datetime) -> bytes:
    """Writes the manifest of the images that a model was trained with."""
    writer = _Writer(dataset, ended_at)
    return _json_lines({"source-ref": image.source_ref, **writer.truth(image)} for image in dataset.images)


def snapshot(trial: Trial, evaluation: Evaluation, ended_at: datetime) -> bytes:
    """Writes the evaluation manifest snapshot."""
    writer = _Writer(trial.testing, ended_at)
    thresholds = {metrics.label: metrics.threshold for metrics in evaluation.labels}
    return _json_lines(
        {
            "source-ref": image.source_ref,
            **writer.truth(image),
            **writer.evaluation(image, seen, thresholds),
        }
        for image, seen in zip(trial.testing.images, by_image(trial), strict=True)
    )


def by_image(trial: Trial) -> list[list[tuple[str, Prediction]]]:
    """The predictions for each test image with their labels, the highest confidence first."""
    seen: list[list[tuple[str, Prediction]]] = [[] for _ in trial.testing.images]
    for label, predictions in trial.predictions.items():
        for prediction in predictions:
            seen[prediction.image].append((label, prediction))
    for of_image in seen:
        of_image.sort(key=lambda pair: -pair[1].confidence)
    return seen


def _json_lines(entries: Iterator[Mapping[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(entry)}\n" for entry in entries).encode("ascii")


class _Writer:
    """The attributes of a line, in the form that fits what the labels are about."""

    def __init__(self, dataset: Dataset, ended_at: datetime) -> None:
        self._dataset = dataset
        self._is_located = dataset.use_case is UseCase.OBJECT_LOCALIZATION
        self._created = ended_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
        self._class_ids = {label: number for number, label in enumerate(sorted(dataset.labels))}

    def truth(self, image: Image) -> dict[str, Any]:
        """The labels that the image really has."""
        labels = self._dataset.labels_of(image)
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

    def evaluation(
        self, image: Image, seen: Sequence[tuple[str, Prediction]], thresholds: Mapping[str, float]
    ) -> dict[str, Any]:
        """The labels that the model sees in the image, and what became of them."""
        labels = [label for label, _ in seen]
        details = [_details(prediction, thresholds[label]) for label, prediction in seen]
        if self._is_located:
            objects = [
                {"confidence": prediction.confidence, _DETAILS: detail}
                for (_, prediction), detail in zip(seen, details, strict=True)
            ]
            return {
                _EVALUATION: self._boxes(image, labels, [prediction.box for _, prediction in seen]),
                f"{_EVALUATION}-metadata": {
                    # as in the guide's example: the first box's
                    "confidence": seen[0][1].confidence if seen else 0.0,
                    **self._boxes_metadata(_EVALUATION, "no", labels, objects),
                },
            }
        attributes: dict[str, Any] = {}
        for number, ((label, prediction), detail) in enumerate(zip(seen, details, strict=True)):
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
            "type": _TYPES[self._dataset.use_case],
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
            "type": _TYPES[self._dataset.use_case],
        }


def _details(prediction: Prediction, threshold: float) -> dict[str, Any]:
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
