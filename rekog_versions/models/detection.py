"""DetectCustomLabels: what it takes and what it answers."""

from typing import Any, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Answer, Request
from rekog_versions.models.assets import S3Object


class Image(Request):
    """An image to look at, as bytes or in S3: PNG or JPEG."""

    bytes: c.ImageBlob | None = None
    """1 to 5,242,880 bytes by the service model, 4 MB by the developer guide; in JSON documents as base64."""
    s3_object: S3Object | None = None
    """At most 15 MB, in the region of the call."""

    @model_validator(mode="after")
    def _one_image(self) -> Self:
        if (self.bytes is None) == (self.s3_object is None):
            raise PydanticCustomError("image", "give either bytes or s3_object")
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


class BoundingBox(Answer):
    """Where a label is on an image; all four from 0 to 1, of the image's width and height."""

    width: float | None = None
    height: float | None = None
    left: float | None = None
    top: float | None = None


class Point(Answer):
    """A point on an image; both from 0 to 1, of the image's width and height."""

    x: float | None = None
    y: float | None = None


class Geometry(Answer):
    """Where a label is on an image; models of whole images have none."""

    bounding_box: BoundingBox | None = None
    polygon: list[Point] | None = None


class CustomLabel(Answer):
    """A label that a model sees on an image."""

    name: str | None = None
    """The label; text of whoever made the dataset, not to be trusted with a terminal or a page as it stands."""
    confidence: float | None = None
    """0 to 100."""
    geometry: Geometry | None = None


class DetectCustomLabelsResponse(Answer):
    """What DetectCustomLabels answers, the most confident label first."""

    custom_labels: list[CustomLabel] | None = None
