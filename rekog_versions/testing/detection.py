"""DetectCustomLabels: the detections of a running version in an image.

They come from the simulated model (see `training.simulated_model`). An image is in the test set if its S3 location is,
or if one of the test set's files in S3 has the same content now.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from rekog_versions.manifests.images.headers import read_header
from rekog_versions.manifests.images.image_check import LARGEST_ASPECT, LARGEST_FILE, LONGEST_SIDE, SHORTEST_SIDE
from rekog_versions.testing.entities import ProjectVersion
from rekog_versions.testing.exceptions import (
    ImageTooLargeException,
    InvalidImageFormatException,
    InvalidParameterException,
    InvalidS3ObjectException,
    ResourceNotReadyException,
)
from rekog_versions.testing.moto_s3 import Storage, StorageError
from rekog_versions.testing.training.simulated_model import Detection, SimulatedModel

_MOST_BYTES = 4 * 1024 * 1024  # of an image in the request


def check_image_source(request: Mapping[str, Any]) -> None:
    """Check the rules across the fields of DetectCustomLabels.

    Raises:
        InvalidParameterException: A rule is broken.
    """
    image = request["Image"]
    if ("Bytes" in image) == ("S3Object" in image):
        raise InvalidParameterException("Image must have either Bytes or an S3Object, and not both")
    if "S3Object" in image and not {"Bucket", "Name"} <= image["S3Object"].keys():
        raise InvalidParameterException("S3Object must have the Bucket and the Name of the image")


def running_model(version: ProjectVersion, status: str) -> SimulatedModel:
    """Return the model of a version that runs.

    Args:
        version: The version.
        status: The status of the version.

    Raises:
        InvalidParameterException: The version has another feature.
        ResourceNotReadyException: The version is not running.
    """
    if version.job.feature != "CUSTOM_LABELS":
        raise InvalidParameterException(
            f"The project version {version.arn} is of the feature {version.job.feature}, not of CUSTOM_LABELS"
        )
    # a running version is trained, so this only returns the result
    result = version.finish() if status == "RUNNING" else None
    if result is None or result.model is None:
        raise ResourceNotReadyException(f"The project version {version.arn} is {status} and not RUNNING")
    return result.model


def detect(model: SimulatedModel, storage: Storage, request: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the detections of a model in an image.

    Args:
        model: The model of a running version.
        storage: The bucket access.
        request: The validated request.

    Returns:
        The custom labels, the highest confidence first, as DetectCustomLabels returns them.

    Raises:
        InvalidS3ObjectException: The image cannot be read.
        ImageTooLargeException: The image has too many bytes, or a side over 4,096 pixels.
        InvalidImageFormatException: The image is neither PNG nor JPEG.
        InvalidParameterException: A side is under 64 pixels, or the sides differ by more than 20:1.
    """
    content = _content(request["Image"], storage)
    size = _checked_size(content)
    position = _position_in_test_set(model, content, request["Image"], storage)
    if position is None:
        detections = model.detect_in_other_image(hashlib.sha256(content).hexdigest(), *size)
    else:
        detections = model.detect_in_test_image(position)
    labels = sorted(
        _custom_labels(detections, model, request.get("MinConfidence")), key=lambda label: -label["Confidence"]
    )
    return labels[: request.get("MaxResults", len(labels))]


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
    if max(width, height) > LARGEST_ASPECT * min(width, height):
        raise InvalidParameterException(
            f"{shown}; one side may be at most {LARGEST_ASPECT} times as long as the other one"
        )
    return width, height


def _position_in_test_set(
    model: SimulatedModel, content: bytes, image: Mapping[str, Any], storage: Storage
) -> int | None:
    location = image.get("S3Object", {})
    if (
        location and "Version" not in location
    ):  # manifests do not name versions, and an older version may be another image
        position = model.test_images.get(f"s3://{location['Bucket']}/{location['Name']}")
        if position is not None:
            return position
    uri = storage.find(content, model.test_images)
    return None if uri is None else model.test_images[uri]


def _custom_labels(
    detections: list[Detection], model: SimulatedModel, min_confidence: float | None
) -> Iterator[dict[str, Any]]:
    for detected in detections:
        confidence = detected.confidence * 100
        least = model.thresholds[detected.label] * 100 if min_confidence is None else min_confidence
        if confidence >= least:
            label: dict[str, Any] = {"Name": detected.label, "Confidence": confidence}
            if detected.box:
                box = detected.box
                label["Geometry"] = {
                    "BoundingBox": {"Width": box.width, "Height": box.height, "Left": box.left, "Top": box.top}
                }
            yield label
