"""Write the predictions of an evaluation as COCO results, with the ground truth that belongs to them."""

import json
import os
from typing import Any

from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.prediction_export import EvaluatedImages, WrittenPredictions
from rekog_versions.manifests.convert.left_out import ConversionReport
from rekog_versions.manifests.destinations import Destinations
from rekog_versions.manifests.export.coco import CocoFile, coco_label
from rekog_versions.manifests.export.file_names import FileNames
from rekog_versions.manifests.export.labels import LabelNumbers
from rekog_versions.models.thresholds import Thresholds


def predictions_to_coco(
    evaluation: Evaluation,
    ground_truth: str | os.PathLike[str],
    results: str | os.PathLike[str],
    *,
    thresholds: Thresholds | None = None,
    images: str | None = None,
    s3: Any = None,
) -> WrittenPredictions:
    """Write the predictions on the test images as COCO results, and the true labels as the COCO file of these images.

    pycocotools and other evaluators read both files: `COCO(ground_truth).loadRes(results)`. Image ids and category ids
    are the same in both. The categories are the labels of the model in the order of the summary, numbered from 1, and
    then labels that only test images have. The `file_name` of an image is its key below `images`, as `to_coco()` writes
    it. If that fails, neither file is written.

    Image-level labels are annotations and results without a `bbox`. These are left out, and are in the report: marks of
    labels that were not found, which a snapshot has as predictions with the confidence 0, and further lines with the
    same image. A snapshot does not have predictions of every confidence, so precision at a low one is an upper bound.

    Args:
        evaluation: The evaluation with its snapshot, as `get_evaluation()` returns it.
        ground_truth: The COCO file to write, or `s3://bucket/key`.
        results: The file of results to write, or `s3://bucket/key`.
        thresholds: The lowest confidences to write, for example `evaluation.thresholds`; None for all predictions, as
            evaluators need them.
        images: The place that file names are relative to: `s3://bucket/prefix`. The default is the bucket of the first
            image.
        s3: For S3: a boto3 client for it, or a `VersionsClient`.

    Returns:
        The numbers of images, true labels and predictions, and the report.

    Raises:
        EvaluationError: There is no snapshot, or it has no true labels.
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`, both files are the same, a threshold is for
            an unknown label, or a file is in S3 and `s3` is None.
        OSError: A file can't be written.
        botocore.exceptions.ClientError: S3 rejected a request.
    """
    truth_name, name, report = os.fspath(ground_truth), os.fspath(results), ConversionReport()
    if truth_name == name:
        raise ValueError(f"ground_truth and results must be different files, got {name!a} for both")
    evaluated = EvaluatedImages(evaluation, thresholds, report)
    labels, files = LabelNumbers(evaluated.labels), FileNames(images, report)
    numbers = {label: number for number, label in enumerate(evaluated.labels)}
    with Destinations() as destinations:
        written = destinations.open_file(name, s3)
        with CocoFile(destinations.open_file(truth_name, s3), labels) as truth:
            separator = b"[\n"
            for _, image in report.count_lines(iter(evaluated)):
                size = image.size or (None, None)
                id_ = truth.add_image(files.add(image.source_ref, image.place), image.source_ref, *size)
                for label, box, _ in image.truth:
                    truth.add_annotation(id_, label, box)
                for label, box, confidence in image.predictions:
                    result = {**coco_label(id_, numbers[label], box), "score": confidence}
                    written.write(separator + json.dumps(result, separators=(",", ":")).encode())
                    separator = b",\n"
        written.write(b"\n]\n" if separator == b",\n" else b"[]\n")
    return WrittenPredictions(name, report.lines, labels.counts, evaluated.predicted, report)
