"""Request and response of DetectCustomLabels."""

from typing import Any, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from rekog_versions._text import printable
from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Request, Response
from rekog_versions.models.assets import S3Object


class Image(Request):
    """A PNG or JPEG image, as bytes or in S3."""

    bytes: c.ImageBlob | None = None
    """1 to 5,242,880 bytes by the service model, at most 4 MB by the developer guide. Base64 in JSON documents."""
    s3_object: S3Object | None = None
    """At most 15 MB; the bucket must be in the region of the call."""

    @model_validator(mode="after")
    def _check_one_image(self) -> Self:
        if (self.bytes is None) == (self.s3_object is None):
            raise PydanticCustomError("image", "give exactly one of bytes and s3_object")
        return self


class DetectionSettings(Request):
    """The members of a DetectCustomLabels request other than the version."""

    image: Image
    max_results: c.UInteger | None = None
    """The service returns at most this many labels, the most confident first."""
    min_confidence: c.Percent | None = None
    """0 to 100, for all labels. By default, each label's assumed threshold applies."""

    def to_wire(self) -> dict[str, Any]:
        """Return the keyword arguments of boto3's method, which encodes the bytes itself."""
        if self.image.bytes is None:
            return super().to_wire()
        wire = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"image"})
        return {**wire, "Image": {"Bytes": self.image.bytes}}


class DetectCustomLabelsRequest(DetectionSettings):
    """The request of DetectCustomLabels."""

    project_version_arn: c.ProjectVersionArn


class BoundingBox(Response):
    """The position of a label in an image, in fractions (0 to 1) of the image's width and height."""

    width: float | None = None
    height: float | None = None
    left: float | None = None
    top: float | None = None


class Point(Response):
    """A point in an image, in fractions (0 to 1) of the image's width and height."""

    x: float | None = None
    y: float | None = None


class Geometry(Response):
    """The position of a label in an image. Models for image-level labels do not return it."""

    bounding_box: BoundingBox | None = None
    polygon: list[Point] | None = None


class CustomLabel(Response):
    """A label that a model detected in an image."""

    name: str | None = None
    """The label. Escape this text before you write it to a terminal or a web page."""
    confidence: float | None = None
    """0 to 100."""
    geometry: Geometry | None = None

    def __str__(self) -> str:
        """Return the label and its confidence; `repr()` has all details."""
        confidence = "no confidence" if self.confidence is None else f"{self.confidence:.1f} %"
        return f"{printable(self.name or 'a label without a name', 300)}: {confidence}"


class DetectCustomLabelsResponse(Response):
    """The response of DetectCustomLabels, with the most confident label first."""

    custom_labels: list[CustomLabel] | None = None
