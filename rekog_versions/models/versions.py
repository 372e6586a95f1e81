"""Requests and responses that create and describe versions."""

from collections.abc import Mapping
from typing import Annotated, Required, Self, TypedDict

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from rekog_versions._text import printable
from rekog_versions.arns import ProjectVersionArn
from rekog_versions.models import _constraints as c
from rekog_versions.models._base import Request, Response, Timestamp
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
    """The settings of an adapter for content moderation."""

    confidence_threshold: c.Percent | None = None
    """0 to 100. The training treats predictions below it as wrong."""


class CustomizationFeatureConfig(Request):
    """The settings of an adapter. Models for custom labels do not have them."""

    content_moderation: CustomizationFeatureContentModerationConfig | None = None


class CreateProjectVersionRequest(Request):
    """The request of CreateProjectVersion: the version, its data, and the place for the results.

    The service starts a training that is billed and cannot be cancelled. Therefore every known rule is checked here.

    Raises:
        pydantic.ValidationError: A value is invalid, or values contradict each other.
    """

    project_arn: c.ProjectArn
    version_name: c.VersionName
    """Unique in the project; 1 to 255 characters. Only the name prevents a second, billed training."""
    output_config: OutputConfig
    training_data: TrainingData | None = None
    """Required with `testing_data`, and only for a project without datasets."""
    testing_data: TestingData | None = None
    tags: c.TagMap | None = None
    """At most 200; keys of 1 to 128 characters, values of at most 256."""
    kms_key_id: c.KmsKeyId | None = None
    """The ARN or id of a key, or the name or ARN of an alias, in the region of the project."""
    version_description: c.VersionDescription | None = None
    """1 to 255 characters."""
    feature_config: CustomizationFeatureConfig | None = None

    @model_validator(mode="after")
    def _check_data(self) -> Self:
        if (self.training_data is None) != (self.testing_data is None):
            given, missing = (
                ("training_data", "testing_data") if self.training_data else ("testing_data", "training_data")
            )
            raise PydanticCustomError(
                "training_and_testing_data",
                "{given} is given without {missing}. Give both, or neither to train on the project's datasets",
                {"given": given, "missing": missing},
            )
        return self

    @model_validator(mode="after")
    def _check_key_region(self) -> Self:
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


class PartialCreateFields(TypedDict, total=False):
    """The fields of `CreateProjectVersionRequest` for a function that also takes the request itself."""

    project_arn: str
    version_name: str
    output_config: OutputConfig
    training_data: TrainingData | None
    testing_data: TestingData | None
    tags: Mapping[str, str] | None
    kms_key_id: str | None
    version_description: str | None
    feature_config: CustomizationFeatureConfig | None


class CreateProjectVersionResponse(Response):
    """The response of CreateProjectVersion."""

    project_version_arn: ProjectVersionArn | None = None


class DescribeProjectVersionsRequest(Request):
    """The request of DescribeProjectVersions."""

    project_arn: c.ProjectArn
    version_names: Annotated[list[c.VersionName], Field(min_length=1, max_length=c.NAMES_PER_CALL)] | None = None
    """1 to 10 names. By default, all versions are described, page by page."""
    next_token: c.PaginationToken | None = None
    max_results: c.PageSize | None = None
    """1 to 100; 100 by default."""


class DescribedContentModerationConfig(Response):
    """The settings of an adapter for content moderation, as a response returns them."""

    confidence_threshold: float | None = None


class DescribedFeatureConfig(Response):
    """The settings of an adapter, as a response returns them."""

    content_moderation: DescribedContentModerationConfig | None = None


class ProjectVersionDescription(Response):
    """The description of a version."""

    project_version_arn: ProjectVersionArn | None = None
    creation_timestamp: Timestamp | None = None
    min_inference_units: int | None = None
    """The lowest number of inference units of a running model."""
    status: ProjectVersionStatus | None = None
    status_message: str | None = None
    """The reason of a failed training. Escape this text before you write it to a terminal or a web page."""
    billable_training_time_in_seconds: int | None = None
    """The billed time. It is present only after a successful training."""
    training_end_timestamp: Timestamp | None = None
    output_config: DescribedOutputConfig | None = None
    training_data_result: TrainingDataResult | None = None
    testing_data_result: TestingDataResult | None = None
    evaluation_result: EvaluationResult | None = None
    """It is present only after a successful training."""
    manifest_summary: DescribedGroundTruthManifest | None = None
    """The file that summarizes the errors of the manifests. None if a manifest file could not be read."""
    kms_key_id: str | None = None
    max_inference_units: int | None = None
    """The highest number of inference units of a running model."""
    source_project_version_arn: ProjectVersionArn | None = None
    """The version that this one was copied from."""
    version_description: str | None = None
    feature: CustomizationFeature | None = None
    base_model_version: str | None = None
    feature_config: DescribedFeatureConfig | None = None

    def __str__(self) -> str:
        """Return one line, and the status message in a second one if there is one. `repr()` has all details."""
        arn = self.project_version_arn
        name = f"{arn.project_name}/{arn.version_name}" if arn is not None and arn.is_valid else arn or "a version"
        facts = [f"{name}: {self.status or 'no status'}"]
        if self.f1_score is not None:
            facts.append(f"F1 {self.f1_score:.4f}")
        if self.min_inference_units is not None and self.status in (
            ProjectVersionStatus.STARTING,
            ProjectVersionStatus.RUNNING,
        ):
            facts.append(f"{self.min_inference_units} inference unit{'s'[: self.min_inference_units != 1]}")
        if self.creation_timestamp is not None:
            facts.append(f"created {self.creation_timestamp:%Y-%m-%d %H:%M} UTC")
        first = printable(", ".join(facts), 700)
        return f"{first}\n  {printable(self.status_message, 300)}" if self.status_message else first

    @property
    def version_name(self) -> str | None:
        """The name in the version's ARN."""
        return self.project_version_arn.version_name if self.project_version_arn is not None else None

    @property
    def f1_score(self) -> float | None:
        """The F1 score over all labels, 0 to 1. None unless the training succeeded."""
        return self.evaluation_result.f1_score if self.evaluation_result is not None else None


class DescribeProjectVersionsResponse(Response):
    """The response of DescribeProjectVersions: one page, with the latest version first."""

    project_version_descriptions: list[ProjectVersionDescription] | None = None
    next_token: str | None = None
    """The token of the next page. None or empty on the last page."""
