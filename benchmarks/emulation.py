"""The CPU time of the emulated service in this process, for small calls and for a large manifest.

A create and a describe are compared with moto's cheapest JSON operation: the one that takes the least CPU time of
several that do almost nothing. The describe ends the training, so its time includes reading the manifest, the
simulation and writing the files. The second row has the same calls while the training is in progress.
"""

import json
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import boto3

from benchmarks._measure import Row
from rekog_versions.testing import CustomLabelsControl, mock_custom_labels

LIMIT, PAIRS, BATCHES = 2.5, 1000, 10
BUCKET = "bench"
_NOTHINGS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("kms", "list_keys", {}),
    ("logs", "describe_log_groups", {}),
    ("rekognition", "start_face_search", {"CollectionId": "c", "Video": {"S3Object": {"Bucket": "abc", "Name": "v"}}}),
    ("secretsmanager", "list_secrets", {}),
    ("sqs", "list_queues", {}),
)


def rows() -> list[Row]:
    with mock_custom_labels() as labels:
        labels.set_limits(versions=10 * PAIRS, trainings=10 * PAIRS)
        s3: Any = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="small.manifest", Body=_manifest(20))
        s3.put_object(Bucket=BUCKET, Key="large.manifest", Body=(large := _manifest(10_000)))
        cheapest = min(_nothings(), key=lambda call: _seconds(call, 50))
        ending = _interleaved(_pair(labels, times=None), cheapest)
        in_progress = _interleaved(_pair(labels, times=2), cheapest)
        return [
            Row("a call of a create+describe that trains / moto's cheapest", *ending, LIMIT),
            Row("  the same while the training is in progress", *in_progress),
            Row("a training over 10,000 lines / json.loads of them", *_large(labels, large)),
        ]


def _nothings() -> list[Callable[[], object]]:
    return [_nothing(service, method, arguments) for service, method, arguments in _NOTHINGS]


def _nothing(service: str, method: str, arguments: dict[str, Any]) -> Callable[[], object]:
    make: Any = boto3.client
    call = getattr(make(service, region_name="us-east-1"), method)
    return lambda: call(**arguments)


def _pair(labels: CustomLabelsControl, times: int | None) -> Callable[[], None]:
    """Return a function that creates a version and describes it."""
    rekognition: Any = boto3.client("rekognition", region_name="us-east-1")
    name = f"pairs-{times}"
    project = rekognition.create_project(ProjectName=name)["ProjectArn"]
    labels.set_training(times=times, project=name)
    numbers = count()

    def pair() -> None:
        version = f"v{next(numbers)}"
        _create(rekognition, project, version, "small.manifest")
        rekognition.describe_project_versions(ProjectArn=project, VersionNames=[version])

    return pair


def _create(rekognition: Any, project: str, version: str, manifest: str) -> None:
    rekognition.create_project_version(
        ProjectArn=project,
        VersionName=version,
        OutputConfig={"S3Bucket": BUCKET, "S3KeyPrefix": "out"},
        TrainingData={"Assets": [{"GroundTruthManifest": {"S3Object": {"Bucket": BUCKET, "Name": manifest}}}]},
        TestingData={"AutoCreate": True},
    )


def _interleaved(pair: Callable[[], object], baseline: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Seconds a call: `PAIRS` pairs in batches, each beside a batch of the baseline."""
    size = PAIRS // BATCHES
    _seconds(pair, 5)
    ours, theirs = [], []
    for _ in range(BATCHES):
        ours.append(_seconds(pair, size) / 2)  # a pair is two calls
        theirs.append(_seconds(baseline, size))
    return ours, theirs


def _seconds(call: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - began) / times


def _large(labels: CustomLabelsControl, manifest: bytes, repetitions: int = 5) -> tuple[list[float], list[float]]:
    rekognition: Any = boto3.client("rekognition", region_name="us-east-1")
    project = rekognition.create_project(ProjectName="large")["ProjectArn"]
    labels.set_training(project="large")
    numbers = count()

    def train() -> float:
        version = f"v{next(numbers)}"
        _create(rekognition, project, version, "large.manifest")
        names = {"ProjectArn": project, "VersionNames": [version]}
        began = time.process_time()
        (described,) = rekognition.describe_project_versions(**names)["ProjectVersionDescriptions"]
        if described["Status"] != "TRAINING_COMPLETED":
            raise RuntimeError(described["StatusMessage"])
        return time.process_time() - began

    lines = manifest.splitlines()
    parsed = [_seconds(lambda: [json.loads(line) for line in lines], 1) for _ in range(repetitions)]
    return [train() for _ in range(repetitions)], parsed


def _manifest(lines: int) -> bytes:
    return "\n".join(
        json.dumps(
            {
                "source-ref": f"s3://{BUCKET}/images/{number:06}.png",
                "shape": number % 10,
                "shape-metadata": {
                    "class-name": f"label-{number % 10}",
                    "confidence": 1.0,
                    "type": "groundtruth/image-classification",
                    "human-annotated": "yes",
                    "creation-date": "2026-01-01T00:00:00.000000",
                },
            }
        )
        for number in range(lines)
    ).encode()
