"""Detection for one line of a list, as a function that engines for many lines call in their own processes."""

import functools
import json
import os
from datetime import UTC, datetime
from typing import Any

from rekog_versions._aws.error_codes import error_code
from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.client import VersionsClient
from rekog_versions.hosting.bulk.detected_images import DetectedImage, FailedImage
from rekog_versions.hosting.bulk.dispatch import Consequence, consequence_of
from rekog_versions.hosting.bulk.options import DetectionFilter, check_filter
from rekog_versions.models.thresholds import Thresholds


def detect_line(
    line: str | bytes,
    *,
    version_arn: str,
    min_confidence: float | None = None,
    max_results: int | None = None,
    thresholds: Thresholds | None = None,
    raw: bool = False,
    region_name: str | None = None,
    endpoint_url: str | None = None,
) -> str:
    """Detect labels in the image that a line names, and return a line, for engines such as Step Functions or Spark.

        detect = functools.partial(detect_line, version_arn=version_arn, raw=True)  # can be pickled
        results = spark.sparkContext.textFile("images.txt").map(detect)

    The result is a line of `detect_all()`: the labels, or for an image that cannot be read, the error. The function
    keeps no state but a client for each process, which it creates with the credentials that it finds there.

    The model must be running, and the engine must keep the rate of all its processes below the model's capacity. boto3
    repeats the call if the service is busy. If that is not enough, the error is raised, so that the engine can retry.

    Args:
        line: The name of an image, a path or `s3://BUCKET/KEY`, or a JSON object with a `source-ref`.
        version_arn: The ARN of a running version.
        min_confidence: 0 to 100, for all labels.
        max_results: The number of labels of an image, the most confident first.
        thresholds: The least confidence of each label.
        raw: Keep the labels of all confidences.
        region_name: The region; by default, that of the ARN.
        endpoint_url: An endpoint other than AWS's, such as that of the emulated service.

    Raises:
        ValueError: The line does not name an image, or another argument is invalid.
        TypeError: An argument has the wrong type.
        ServiceError: The service is busy, or rejected the call for a reason that concerns all images.
    """
    wanted = DetectionFilter(min_confidence, max_results, thresholds, raw)
    check_filter(wanted)
    arn = ProjectVersionArn.parse(version_arn)
    source, now = line_source(line), datetime.now(UTC)
    client = _client(region_name or arn.region, endpoint_url, os.getpid())
    try:
        labels = client.detect_custom_labels(arn, source, **wanted.arguments())
    except Exception as error:
        if consequence_of(error)[0] is not Consequence.FAIL:
            raise
        name = error_code(error) or type(error).__name__
        return FailedImage(source, name, printable(str(error), 500), 0, now).to_line()
    return DetectedImage(source, tuple(labels), arn, now, min_confidence, thresholds, raw).to_line()


@functools.cache
def _client(region_name: str, endpoint_url: str | None, pid: int) -> VersionsClient:
    del pid  # a forked process must not use the connections of its parent
    return VersionsClient.connect(region_name=region_name, endpoint_url=endpoint_url)


def line_source(line: str | bytes) -> str:
    """Return the image that a line of a manifest or of a list names.

    Raises:
        ValueError: The line does not name an image.
    """
    text = (line.decode() if isinstance(line, bytes) else line).strip()
    if text and not text.startswith("{"):
        return text
    try:
        source: Any = json.loads(text)["source-ref"]
    except (ValueError, KeyError, RecursionError):
        source = None
    if not isinstance(source, str):
        raise ValueError(  # noqa: TRY004 (the text is invalid)
            f"line must be the name of an image or have a source-ref, got '{printable(text, 80)}'"
        )
    return source
