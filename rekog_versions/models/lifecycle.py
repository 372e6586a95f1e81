"""StartProjectVersion, StopProjectVersion, DeleteProjectVersion and CopyProjectVersion: what they take and answer."""

from collections.abc import Mapping
from typing import Required, Self, TypedDict

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from rekog_versions.arns import ProjectVersionArn
from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Answer, Request
from rekog_versions.models.assets import OutputConfig
from rekog_versions.statuses import ProjectVersionStatus


class InferenceUnits(Request):
    """The members of a StartProjectVersion request other than the version. Each unit is billed until the stop."""

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


class StartProjectVersionResponse(Answer):
    """What StartProjectVersion answers."""

    status: ProjectVersionStatus | None = None


class StopProjectVersionRequest(Request):
    """What StopProjectVersion takes."""

    project_version_arn: c.ProjectVersionArn


class StopProjectVersionResponse(Answer):
    """What StopProjectVersion answers."""

    status: ProjectVersionStatus | None = None


class DeleteProjectVersionRequest(Request):
    """What DeleteProjectVersion takes."""

    project_version_arn: c.ProjectVersionArn


class DeleteProjectVersionResponse(Answer):
    """What DeleteProjectVersion answers."""

    status: ProjectVersionStatus | None = None


class CopyProjectVersionRequest(Request):
    """What CopyProjectVersion takes: which version, and where the copy is to be.

    The source may be in another account, whose project then needs a policy that allows it (`put_project_policy`); the
    region is the same for both.

    Raises:
        pydantic.ValidationError: A value, or values together, break a rule.
    """

    source_project_arn: c.ProjectArn
    source_project_version_arn: c.ProjectVersionArn
    destination_project_arn: c.ProjectArn
    version_name: c.VersionName
    """Unique in the destination project, 1 to 255 characters."""
    output_config: OutputConfig
    tags: c.TagMap | None = None
    """At most 200. The source's are not copied."""
    kms_key_id: c.KmsKeyId | None = None
    """A key ARN, key id, alias name or alias ARN, in the region of the destination project."""

    @model_validator(mode="after")
    def _key_is_in_the_region(self) -> Self:
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


class CopyProjectVersionResponse(Answer):
    """What CopyProjectVersion answers."""

    project_version_arn: ProjectVersionArn | None = None
