"""CreateProjectVersion and DescribeProjectVersions: what they take and what they answer."""

from collections.abc import Mapping
from typing import Annotated, Required, Self, TypedDict

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from rekog_versions.arns import ProjectVersionArn
from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Answer, Request, Timestamp
from rekog_versions.models.assets import (
    DescribedGroundTruthManifest,
    DescribedOutputConfig,
    EvaluationResult,
    OutputConfig,
    TestingData,
    TestingDataResult,
    TrainingData,
    TrainingDataResult,
)
from rekog_versions.models.projects import CustomizationFeature
from rekog_versions.statuses import ProjectVersionStatus


class CustomizationFeatureContentModerationConfig(Request):
    """How an adapter for content moderation is made."""

    confidence_threshold: c.Percent | None = None
    """0 to 100: predictions under it are taken for wrong while the adapter is trained."""


class CustomizationFeatureConfig(Request):
    """What only adapters for other features than Custom Labels have."""

    content_moderation: CustomizationFeatureContentModerationConfig | None = None


class CreateProjectVersionRequest(Request):
    """What CreateProjectVersion takes: what to train, on what, and where the results go.

    The service starts a training that costs money and can't be cancelled, so every rule that can be known is checked
    here. (Service model, `CreateProjectVersionRequest`.)

    Raises:
        pydantic.ValidationError: A value, or values together, break a rule.
    """

    project_arn: c.ProjectArn
    version_name: c.VersionName
    """Unique in its project, 1 to 255 characters. It is the only guard against a second, billed training."""
    output_config: OutputConfig
    training_data: TrainingData | None = None
    """Together with `testing_data`, and only for a project without datasets."""
    testing_data: TestingData | None = None
    tags: c.TagMap | None = None
    """At most 200; keys of 1 to 128 characters, values of at most 256."""
    kms_key_id: c.KmsKeyId | None = None
    """A key ARN, key id, alias name or alias ARN, in the region of the project."""
    version_description: c.VersionDescription | None = None
    """1 to 255 characters."""
    feature_config: CustomizationFeatureConfig | None = None

    @model_validator(mode="after")
    def _data_goes_together(self) -> Self:
        if (self.training_data is None) != (self.testing_data is None):
            given, missing = (
                ("training_data", "testing_data") if self.training_data else ("testing_data", "training_data")
            )
            raise PydanticCustomError(
                "training_and_testing_data",
                "{given} is given without {missing}: give both, or neither to train on the project's datasets",
                {"given": given, "missing": missing},
            )
        return self

    @model_validator(mode="after")
    def _key_is_in_the_region(self) -> Self:
        c.check_key_region(self.kms_key_id, self.project_arn)
        return self


class CreateProjectVersionFields(TypedDict, total=False):
    """The fields of `CreateProjectVersionRequest` as keyword arguments."""

    project_arn: Required[str]
    version_name: Required[str]
    output_config: Required[OutputConfig]
    training_data: TrainingData | None
    testing_data: TestingData | None
    tags: Mapping[str, str] | None
    kms_key_id: str | None
    version_description: str | None
    feature_config: CustomizationFeatureConfig | None


class CreateProjectVersionResponse(Answer):
    """What CreateProjectVersion answers."""

    project_version_arn: ProjectVersionArn | None = None


class DescribeProjectVersionsRequest(Request):
    """What DescribeProjectVersions takes."""

    project_arn: c.ProjectArn
    version_names: Annotated[list[c.VersionName], Field(min_length=1, max_length=c.NAMES_PER_CALL)] | None = None
    """1 to 10 names; without them all versions are described, a page at a time."""
    next_token: c.PaginationToken | None = None
    max_results: c.PageSize | None = None
    """1 to 100; the service's default is 100."""


class DescribedContentModerationConfig(Answer):
    """How an adapter was made, as an answer shows it."""

    confidence_threshold: float | None = None


class DescribedFeatureConfig(Answer):
    """What only adapters have, as an answer shows it."""

    content_moderation: DescribedContentModerationConfig | None = None


class ProjectVersionDescription(Answer):
    """All that the service says of a version."""

    project_version_arn: ProjectVersionArn | None = None
    creation_timestamp: Timestamp | None = None
    min_inference_units: int | None = None
    """The fewest inference units of a model that runs."""
    status: ProjectVersionStatus | None = None
    status_message: str | None = None
    """Why a training failed; text of the service, not to be trusted with a terminal or a page as it stands."""
    billable_training_time_in_seconds: int | None = None
    """What is paid for; after successful trainings only."""
    training_end_timestamp: Timestamp | None = None
    output_config: DescribedOutputConfig | None = None
    training_data_result: TrainingDataResult | None = None
    testing_data_result: TestingDataResult | None = None
    evaluation_result: EvaluationResult | None = None
    """After successful trainings only."""
    manifest_summary: DescribedGroundTruthManifest | None = None
    """Where the errors of the manifests are summed up; None where a manifest file could not be read at all."""
    kms_key_id: str | None = None
    max_inference_units: int | None = None
    """The most inference units that a running model scales to."""
    source_project_version_arn: ProjectVersionArn | None = None
    """What it was copied from."""
    version_description: str | None = None
    feature: CustomizationFeature | None = None
    base_model_version: str | None = None
    feature_config: DescribedFeatureConfig | None = None

    @property
    def version_name(self) -> str | None:
        """The version's name, from its ARN."""
        return self.project_version_arn.version_name if self.project_version_arn is not None else None

    @property
    def f1_score(self) -> float | None:
        """How good the model is on the test set, 0 to 1, over all labels; None unless the training succeeded."""
        return self.evaluation_result.f1_score if self.evaluation_result is not None else None


class DescribeProjectVersionsResponse(Answer):
    """What DescribeProjectVersions answers: one page, the latest version first."""

    project_version_descriptions: list[ProjectVersionDescription] | None = None
    next_token: str | None = None
    """There is more, unless it is None or empty."""
