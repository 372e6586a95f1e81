"""Write the predictions of an evaluation as tasks of Label Studio."""

import json
import os
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.prediction_export import EvaluatedImage, EvaluatedImages, Found, WrittenPredictions
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.destinations import Destinations
from rekog_versions.manifests.export.labels import plain_text
from rekog_versions.models.thresholds import Thresholds

_PERCENT = 100


def predictions_to_label_studio(
    evaluation: Evaluation,
    target: str | os.PathLike[str],
    *,
    thresholds: Thresholds | None = None,
    ground_truth: bool = True,
    s3: Any = None,
) -> WrittenPredictions:
    """Write the test images with their predictions and true labels as tasks of Label Studio, to see and correct them.

    The image of a task is its `source-ref`, which Label Studio reads from a source storage in S3. Boxes are regions of
    the tag `RectangleLabels` named `label`, and image-level labels are choices of the tag `Choices` named `choice`.
    Both are for the `Image` named `image`, as in the configuration that `label_studio_config()` returns. The model
    version is the ARN, and the score of a prediction is the mean of its confidences. If that fails, nothing is written.

    These are left out, and are in the report: predictions below their threshold, marks of labels that were not found,
    images with boxes and without a size, which percents need, further lines with the same image, and the confidences
    of image-level labels, of which a prediction has one only.

    Args:
        evaluation: The evaluation with its snapshot, as `get_evaluation()` returns it.
        target: The JSON file to write, or `s3://bucket/key`.
        thresholds: The lowest confidences to write; None for the assumed thresholds of the version.
        ground_truth: True writes the true labels as annotations that are marked as ground truth. False writes the
            predictions only, as suggestions for a new annotation.
        s3: For S3: a boto3 client for it, or a `VersionsClient`.

    Returns:
        The numbers of images, true labels and predictions, and the report.

    Raises:
        EvaluationError: There is no snapshot, or it has no true labels.
        ValueError: A threshold is for an unknown label, or `target` is in S3 and `s3` is None.
        OSError: The file can't be written.
        botocore.exceptions.ClientError: S3 rejected a request.
    """
    name, report = os.fspath(target), ConversionReport()
    lowest = evaluation.thresholds if thresholds is None else thresholds
    evaluated = EvaluatedImages(evaluation, lowest, report, with_truth=ground_truth, needs_sizes=True)
    labels = dict.fromkeys(evaluated.labels, 0)
    with Destinations() as destinations:
        file, separator = destinations.open_file(name, s3), b"[\n"
        for number, (_, image) in enumerate(report.count_lines(iter(evaluated)), start=1):
            if len(image.predictions) > 1 and image.predictions[0][1] is None:
                text = f"{len(image.predictions)} labels have one score"
                report.add(ConversionReason.NO_CONFIDENCE, image.place, text)
            for label, _, _ in image.truth:
                labels[label] += 1
            task = _task(number, image, evaluation.version_arn, ground_truth=ground_truth)
            file.write(separator + json.dumps(task, separators=(",", ":")).encode())
            separator = b",\n"
        file.write(b"\n]\n" if separator == b",\n" else b"[]\n")
    return WrittenPredictions(name, report.lines, labels, evaluated.predicted, report)


def label_studio_config(labels: Iterable[str], *, boxes: bool) -> str:
    """Return the labeling configuration for the tasks of `predictions_to_label_studio()`.

    Args:
        labels: The labels, for example `evaluation.labels`.
        boxes: True for the labels of boxes, False for those of whole images.
    """
    kind, name, item = ("RectangleLabels", "label", "Label") if boxes else ("Choices", "choice", "Choice")
    more = "" if boxes else ' choice="multiple"'
    items = "".join(f'    <{item} value="{escape(plain_text(label))}"/>\n' for label in labels)
    return (
        '<View>\n  <Image name="image" value="$image"/>\n'
        f'  <{kind} name="{name}" toName="image"{more}>\n{items}  </{kind}>\n</View>\n'
    )


def _task(number: int, image: EvaluatedImage, version: str | None, *, ground_truth: bool) -> dict[str, Any]:
    predictions = _regions(f"{number}-predicted", image.predictions, image.size, scored=True)
    confidences = [confidence for _, _, confidence in image.predictions]
    made: dict[str, Any] = {
        "model_version": version or "unknown",
        "score": sum(confidences) / len(confidences) if confidences else 0,
        "result": predictions,
    }
    task: dict[str, Any] = {"data": {"image": image.source_ref}, "predictions": [made]}
    if ground_truth:
        truth = _regions(f"{number}-true", image.truth, image.size, scored=False)
        task["annotations"] = [{"ground_truth": True, "result": truth}]
    return task


def _regions(
    prefix: str, labels: Sequence[Found], size: tuple[float, float] | None, *, scored: bool
) -> list[dict[str, Any]]:
    choices = [label for label, box, _ in labels if box is None]
    if choices:
        value = {"choices": choices}
        return [{"id": prefix, "type": "choices", "from_name": "choice", "to_name": "image", "value": value}]
    across, down = (_PERCENT / side for side in size or (1, 1))  # boxes always have the size of their image
    return [
        {
            "id": f"{prefix}-{number}",
            "type": "rectanglelabels",
            "from_name": "label",
            "to_name": "image",
            "original_width": size[0] if size else None,
            "original_height": size[1] if size else None,
            "image_rotation": 0,
            "value": {
                "x": box.left * across,
                "y": box.top * down,
                "width": box.width * across,
                "height": box.height * down,
                "rotation": 0,
                "rectanglelabels": [label],
            },
            **({"score": confidence} if scored else {}),
        }
        for number, (label, box, confidence) in enumerate(labels)
        if box is not None
    ]
