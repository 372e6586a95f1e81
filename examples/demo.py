"""Train on the emulated service: draw images, train, wait and evaluate; then explain a training that fails.

    make demo

The demo needs no AWS account, and sends nothing to other machines. The emulated service simulates the model's quality.
Plots of the evaluation are saved to a new temporary folder.
"""

import json
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
from PIL import Image, ImageDraw
from train_and_wait import show_progress, show_result

from rekog_versions import (
    OutputConfig,
    Schedule,
    TestingData,
    TrainingData,
    TrainingFailedError,
    VersionsClient,
)
from rekog_versions.evaluation import AtLeastRecall, ConfusionMatrix, Evaluation, get_evaluation
from rekog_versions.evaluation.plots import plot_confusion_matrix, plot_precision_recall
from rekog_versions.failures import explain_failure
from rekog_versions.manifests import check_manifests
from rekog_versions.testing import mock_custom_labels

BUCKET = "shapes-demo"
SHAPES = ("circle", "square", "triangle")
IMAGES_PER_SHAPE = 60
SCHEDULE = Schedule(first=0.3, most=0.3)


def draw(shape: str, number: int) -> bytes:
    """Return a PNG of 96 x 96 pixels. Place, size and colour of the shape depend on `number`."""
    image = Image.new("RGB", (96, 96), "white")
    pen = ImageDraw.Draw(image)
    left, top, side = 8 + 3 * number % 24, 6 + 5 * number % 28, 32 + 4 * number % 24
    box = (left, top, left + side, top + side)
    colour = (40 + 13 * number % 200, 70 + 29 * number % 160, 90 + 17 * number % 140)
    match shape:
        case "circle":
            pen.ellipse(box, fill=colour)
        case "square":
            pen.rectangle(box, fill=colour)
        case _:
            pen.polygon([(left, top + side), (left + side, top + side), (left + side // 2, top)], fill=colour)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def manifest_line(key: str, shape: str) -> str:
    """Return a manifest line in the format of SageMaker Ground Truth, with one label."""
    return json.dumps(
        {
            "source-ref": f"s3://{BUCKET}/{key}",
            "shape": SHAPES.index(shape),
            "shape-metadata": {
                "class-name": shape,
                "confidence": 1.0,
                "type": "groundtruth/image-classification",
                "job-name": "shapes",
                "human-annotated": "yes",
                "creation-date": "2026-01-01T00:00:00.000000",
            },
        }
    )


def put_images(s3: Any) -> Iterator[str]:
    for shape in SHAPES:
        for number in range(IMAGES_PER_SHAPE):
            key = f"images/{shape}-{number:02}.png"
            s3.put_object(Bucket=BUCKET, Key=key, Body=draw(shape, number))
            yield manifest_line(key, shape)


def show_confusion(matrix: ConfusionMatrix) -> None:
    """Print the share of the test images of each label for which each label was predicted."""
    print(f"{'':<12}" + "".join(f"{label:>12}" for label in matrix.labels))
    for truth, row in zip(matrix.labels, matrix.rows(), strict=True):
        print(f"{truth:<12}" + "".join(f"{'-' if share is None else f'{share:.0%}':>12}" for share in row))


def show_evaluation(evaluation: Evaluation) -> None:
    print(f"\nevaluation:\n{evaluation}")
    if evaluation.confusion_matrix is not None:
        print("\npredicted (columns) for the test images of each label (rows):")
        show_confusion(evaluation.confusion_matrix)
    tuned = evaluation.tune_thresholds(AtLeastRecall(0.9))
    print(f"\nthresholds tuned for a recall of at least 0.9, as detect_custom_labels() takes them:\n{tuned}\n")
    folder = Path(tempfile.mkdtemp(prefix="rekog-versions-demo-"))
    for name, axes in (
        ("confusion-matrix", plot_confusion_matrix(evaluation)),
        ("precision-recall", plot_precision_recall(evaluation, thresholds=tuned)),
    ):
        path = folder / f"{name}.png"
        figure = axes.get_figure(root=True)
        assert figure is not None
        figure.savefig(path, dpi=150)
        print(f"plot        {path}")


def main() -> None:
    with mock_custom_labels() as labels:
        session = boto3.Session(region_name="us-east-1")
        client = VersionsClient.connect(session=session)
        client.s3.create_bucket(Bucket=BUCKET)
        lines = list(put_images(client.s3))
        client.s3.put_object(Bucket=BUCKET, Key="train.manifest", Body="\n".join(lines).encode())
        kms: Any = session.client("kms")
        kms.create_alias(AliasName="alias/shapes", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
        print(f"{len(lines)} images and their manifest are in s3://{BUCKET} (emulated)\n")

        project = client.create_project("shapes")
        labels.set_training(times=5)  # the fifth poll finds the training completed
        labels.set_quality(f1=0.85)
        print("training v1:")
        version = client.train(
            project_arn=project,
            version_name="v1",
            version_description="circles, squares and triangles",
            output_config=OutputConfig(s3_bucket=BUCKET, s3_key_prefix="results"),
            training_data=TrainingData.from_manifests(f"s3://{BUCKET}/train.manifest"),
            testing_data=TestingData(auto_create=True),
            tags={"team": "vision", "cost center": "42"},
            kms_key_id="alias/shapes",
            schedule=SCHEDULE,
            on_poll=show_progress,
        )
        show_result(client, version)
        show_evaluation(get_evaluation(client, version))

        print("\ntraining v2, with a manifest that has only one shape:")
        client.s3.put_object(Bucket=BUCKET, Key="circles.manifest", Body="\n".join(lines[:IMAGES_PER_SHAPE]).encode())
        try:
            client.train(
                project_arn=project,
                version_name="v2",
                output_config=OutputConfig(s3_bucket=BUCKET, s3_key_prefix="results"),
                training_data=TrainingData.from_manifests(f"s3://{BUCKET}/circles.manifest"),
                testing_data=TestingData(auto_create=True),
                schedule=SCHEDULE,
                on_poll=show_progress,
            )
        except TrainingFailedError as error:
            print(f"\n{type(error).__name__}; explain_failure() says why:")
            print(explain_failure(client, (project, "v2")))
        print("\ncheck_manifests() reports the same before the training is paid for:")
        report = check_manifests(f"s3://{BUCKET}/circles.manifest", auto_create=True, s3=client)
        for issue in report.terminal:
            print(f"{issue.code}: {issue.message} ({issue.detail})")


if __name__ == "__main__":
    main()
