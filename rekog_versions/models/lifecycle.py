"""Requests and responses that start, stop, delete and copy versions."""

from collections.abc import Mapping
from typing import Required, Self, TypedDict

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from rekog_versions.arns import ProjectVersionArn
from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Request, Response
from rekog_versions.models.assets import OutputConfig
from rekog_versions.statuses import ProjectVersionStatus


class InferenceUnits(Request):
    """The inference units of a StartProjectVersion request. Each unit is billed until the model stops."""

    min_inference_units: c.InferenceUnits
    """1 or more; an account can use 5 per model unless its quota is increased."""
    max_inference_units: c.InferenceUnits | None = None
    """The most units to which the service scales the model; by default, it does not scale."""

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.max_inference_units is not None and self.max_inference_units < self.min_inference_units:
            raise PydanticCustomError(
                "inference_units",
                "min_inference_units ({least}) must not be larger than max_inference_units ({most})",
                {"least": self.min_inference_units, "most": self.max_inference_units},
            )
        return self


class StartProjectVersionRequest(InferenceUnits):
    """The request of StartProjectVersion."""

    project_version_arn: c.ProjectVersionArn


class StartProjectVersionResponse(Response):
    """The response of StartProjectVersion."""

    status: ProjectVersionStatus | None = None


class StopProjectVersionRequest(Request):
    """The request of StopProjectVersion."""

    project_version_arn: c.ProjectVersionArn


class StopProjectVersionResponse(Response):
    """The response of StopProjectVersion."""

    status: ProjectVersionStatus | None = None


class DeleteProjectVersionRequest(Request):
    """The request of DeleteProjectVersion."""

    project_version_arn: c.ProjectVersionArn


class DeleteProjectVersionResponse(Response):
    """The response of DeleteProjectVersion."""

    status: ProjectVersionStatus | None = None


class CopyProjectVersionRequest(Request):
    """The request of CopyProjectVersion.

    The source can be in another account of the same region. Its project then needs a policy that allows the copy; see
    `put_project_policy`.

    Raises:
        pydantic.ValidationError: A value is invalid, or values contradict each other.
    """

    source_project_arn: c.ProjectArn
    source_project_version_arn: c.ProjectVersionArn
    destination_project_arn: c.ProjectArn
    version_name: c.VersionName
    """The name of the copy, unique in the destination project; 1 to 255 characters."""
    output_config: OutputConfig
    tags: c.TagMap | None = None
    """At most 200. The tags of the source are not copied."""
    kms_key_id: c.KmsKeyId | None = None
    """The ARN or id of a key, or the name or ARN of an alias, in the region of the destination project."""

    @model_validator(mode="after")
    def _check_key_region(self) -> Self:
        c.check_key_region(self.kms_key_id, self.destination_project_arn)
        return self


class CopyProjectVersionFields(TypedDict, total=False):
    """The fields of `CopyProjectVersionRequest` as keyword arguments."""

    source_project_arn: Required[str]
    source_project_version_arn: Required[str]
    destination_project_arn: Required[str]
    version_name: Required[str]
    output_config: Required[OutputConfig]
    tags: Mapping[str, str] | None
    kms_key_id: str | None


class CopyProjectVersionResponse(Response):
    """The response of CopyProjectVersion."""

    project_version_arn: ProjectVersionArn | None = None
