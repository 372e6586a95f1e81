"""DetectCustomLabels: what a running version sees in a picture.

The answer comes from the simulated model of the version's training (see `training.model`). A picture is one of the test
set if its S3 location is, or if one of the test set's files in S3 has its content now.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from rekog_versions.manifests.images.headers import read_header
from rekog_versions.manifests.images.image_check import LARGEST_FILE, LONGEST_SIDE, SHORTEST_SIDE
from rekog_versions.testing.entities import ProjectVersion
from rekog_versions.testing.exceptions import (
    ImageTooLargeException,
    InvalidImageFormatException,
    InvalidParameterException,
    InvalidS3ObjectException,
    ResourceNotReadyException,
)
from rekog_versions.testing.storage import Storage, StorageError
from rekog_versions.testing.training.model import Detected, Model

_MOST_BYTES = 4 * 1024 * 1024
"""Of an image that comes with the request."""


def check_image_source(request: Mapping[str, Any]) -> None:
    """The rules across the fields of DetectCustomLabels.

    Raises:
        InvalidParameterException: A rule is violated.
    """
    image = request["Image"]
    if ("Bytes" in image) == ("S3Object" in image):
        raise InvalidParameterException("Image must have either Bytes or an S3Object, and not both")
    if "S3Object" in image and not {"Bucket", "Name"} <= image["S3Object"].keys():
        raise InvalidParameterException("S3Object must have the Bucket and the Name of the image")


def running_model(version: ProjectVersion, status: str) -> Model:
    """Answers the model of a version that runs.

    Args:
        version: The version.
        status: Its status.

    Raises:
        InvalidParameterException: It is of another feature.
        ResourceNotReadyException: It isn't running.
    """
    if version.job.feature != "CUSTOM_LABELS":
        raise InvalidParameterException(
            f"The project version {version.arn} is of the feature {version.job.feature}, not of CUSTOM_LABELS"
        )
    # what runs is trained, so this only looks up how the training went
    result = version.settle() if status == "RUNNING" else None
    if result is None or result.model is None:
        raise ResourceNotReadyException(f"The project version {version.arn} is {status} and not RUNNING")
    return result.model


def detect(model: Model, storage: Storage, request: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Answers what a model sees in a picture.

    Args:
        model: The model of a version that runs.
        storage: Where pictures in S3 are.
        request: The checked request.

    Returns:
        The custom labels, the highest confidence first, as DetectCustomLabels shows them.

    Raises:
        InvalidS3ObjectException: The picture can't be read.
        ImageTooLargeException: It has too many bytes, or a side over 4,096 pixels.
        InvalidImageFormatException: It is neither PNG nor JPEG.
        InvalidParameterException: A side is under 64 pixels.
    """
    content = _content(request["Image"], storage)
    size = _checked_size(content)
    place = _place_in_test_set(model, content, request["Image"], storage)
    seen = model.of_picture(hashlib.sha256(content).hexdigest(), *size) if place is None else model.of_test_image(place)
    answers = sorted(_answers(seen, model, request.get("MinConfidence")), key=lambda answer: -answer["Confidence"])
    return answers[: request.get("MaxResults", len(answers))]


def _content(image: Mapping[str, Any], storage: Storage) -> bytes:
    if "Bytes" in image:
        content = base64.b64decode(image["Bytes"])
        most = _MOST_BYTES
    else:
        location = image["S3Object"]
        try:
            content = storage.read(location["Bucket"], location["Name"], location.get("Version"))
        except StorageError as error:
            raise InvalidS3ObjectException from error
        most = LARGEST_FILE
    if len(content) > most:
        raise ImageTooLargeException(f"The image has {len(content)} bytes; at most {most} are allowed")
    return content


def _checked_size(content: bytes) -> tuple[int, int]:
    header = read_header(content)
    width, height = header.width, header.height
    if width is None or height is None:
        raise InvalidImageFormatException("Request has invalid image format")
    shown = f"The image has {width} x {height} pixels"
    if min(width, height) < SHORTEST_SIDE:
        raise InvalidParameterException(f"{shown}; each side must have at least {SHORTEST_SIDE}")
    if max(width, height) > LONGEST_SIDE:
        raise ImageTooLargeException(f"{shown}; each side may have at most {LONGEST_SIDE}")
    return width, height


def _place_in_test_set(model: Model, content: bytes, image: Mapping[str, Any], storage: Storage) -> int | None:
    location = image.get("S3Object", {})
    if location and "Version" not in location:  # a manifest names no version; an older one may be another picture
        place = model.tested.get(f"s3://{location['Bucket']}/{location['Name']}")
        if place is not None:
            return place
    uri = storage.find(content, model.tested)
    return None if uri is None else model.tested[uri]


def _answers(seen: list[Detected], model: Model, min_confidence: float | None) -> Iterator[dict[str, Any]]:
    for detected in seen:
        confidence = detected.confidence * 100
        least = model.thresholds[detected.label] * 100 if min_confidence is None else min_confidence
        if confidence >= least:
            answer: dict[str, Any] = {"Name": detected.label, "Confidence": confidence}
            if detected.box:
                box = detected.box
                answer["Geometry"] = {
                    "BoundingBox": {"Width": box.width, "Height": box.height, "Left": box.left, "Top": box.top}
                }
            yield answer
