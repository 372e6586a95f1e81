"""Evaluation files written by hand, as small as a test needs them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rekog_versions.evaluation import Evaluation

TRAINING, SEEN = "rekognition-custom-labels-training", "rekognition-custom-labels-evaluation"
ARN = "arn:aws:rekognition:us-east-1:123456789012:project/hats/version/v1/1574317227432"

CAP = {
    "Label": "CAP",
    "NumberOfTestingImages": 390,
    "Metrics": {
        "Threshold": 0.9879502058,
        "Precision": 0.9819587629,
        "Recall": 0.9769230769,
        "F1Score": 0.9794344473,
    },
}
WATCH = {
    "Label": "WATCH",
    "NumberOfTestingImages": 234,
    "Metrics": {
        "Threshold": 0.0144506833,
        "Precision": 0.9618644068,
        "Recall": 0.9700854701,
        "F1Score": 0.9659574468,
    },
}


def summary(*, nested: bool = False, aggregate: Mapping[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """Return the example of the service's guide, which has the members that matter."""
    aggregated: dict[str, Any] = {
        "F1Score": 0.9726959470546408,
        "Precision": 0.9719115848331294,
        "Recall": 0.9735042735042735,
        **(aggregate or {}),
    }
    return {
        "Version": 1,
        "EvaluationDetails": {
            "ProjectVersionArn": ARN,
            "EvaluationEndTimestamp": "2020-01-02T03:04:05.000006",
            "Labels": ["CAP", "WATCH"],
            "NumberOfTrainingImages": 1500,
            "NumberOfTestingImages": 624,
        },
        "AggregatedEvaluationResults": {"Metrics": aggregated} if nested else aggregated,
        "LabelEvaluationResults": [CAP, WATCH],
        **members,
    }


def result(label: str, images: Any, threshold: Any = 0.5, f1: Any = 0.5) -> dict[str, Any]:
    metrics = {"Threshold": threshold, "Precision": f1, "Recall": f1, "F1Score": f1}
    return {"Label": label, "NumberOfTestingImages": images, "Metrics": metrics}


def summary_of(*results: Mapping[str, Any], images: int | None = None, f1: Any = 0.5) -> bytes:
    return encoded(
        {
            "Version": 1,
            "EvaluationDetails": {"ProjectVersionArn": ARN, "NumberOfTestingImages": images},
            "AggregatedEvaluationResults": {"Precision": f1, "Recall": f1, "F1Score": f1},
            "LabelEvaluationResults": list(results),
        }
    )


def encoded(document: Any) -> bytes:
    return json.dumps(document).encode()


def lines(entries: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(encoded(entry) + b"\n" for entry in entries)


def image(
    name: object, truth: Sequence[str], predictions: Sequence[tuple[str, Any]], present: Sequence[bool] | None = None
) -> dict[str, Any]:
    """Return a line of a snapshot: the true labels, and the predicted ones with their confidences."""
    entry: dict[str, Any] = {"source-ref": f"s3://bucket/{name}.jpg"}
    for number, label in enumerate(truth):
        entry[f"{TRAINING}-{number}"] = 1
        entry[f"{TRAINING}-{number}-metadata"] = {"class-name": label, "confidence": 1.0, "human-annotated": "yes"}
    for number, (label, confidence) in enumerate(predictions):
        is_present = label in truth if present is None else present[number]
        entry[f"{SEEN}-{number}"] = 1
        entry[f"{SEEN}-{number}-metadata"] = {
            "class-name": label,
            "confidence": confidence,
            "human-annotated": "no",
            f"{SEEN}-details": {"version": 1, "is-present-in-ground-truth": is_present},
        }
    return entry


Placed = tuple[str, tuple[float, float, float, float]]


def boxes(name: object, truth: Sequence[Placed], predictions: Sequence[tuple[str, Any, bool, Any]]) -> dict[str, Any]:
    """Return a line of a snapshot with boxes: (label, box), and (label, confidence, is present, box)."""

    def located(found: Sequence[Placed], class_map: Mapping[str, int]) -> dict[str, Any]:
        sides = ("left", "top", "width", "height")
        return {
            "image_size": [{"width": 100, "height": 100, "depth": 3}],
            "annotations": [
                {"class_id": class_map[label], **dict(zip(sides, box, strict=True))} for label, box in found
            ],
        }

    # a class_id has a meaning on its own line only
    names = dict.fromkeys([*(label for label, _ in truth), *(label for label, *_ in predictions)])
    ids = {label: place for place, label in enumerate(names)}
    class_map = {str(place): label for label, place in ids.items()}
    return {
        "source-ref": f"s3://bucket/{name}.jpg",
        f"{TRAINING}-0": located(truth, ids),
        f"{TRAINING}-0-metadata": {"objects": [{"confidence": 1} for _ in truth], "class-map": class_map},
        f"{SEEN}-metadata": {
            "class-map": class_map,
            "objects": [
                {"confidence": confidence, f"{SEEN}-details": {"is-present-in-ground-truth": is_present}}
                for _, confidence, is_present, _ in predictions
            ],
        },
        SEEN: located([(label, box) for label, _, _, box in predictions], ids),
    }


def evaluation(entries: Sequence[Mapping[str, Any]], *results: Mapping[str, Any]) -> Evaluation:
    """Return the evaluation of a snapshot's lines, by default with the labels `cat` and `dog`."""
    known = results or (result("cat", 1), result("dog", 1))
    return Evaluation.from_files(summary_of(*known, images=len(entries)), lines(entries))
