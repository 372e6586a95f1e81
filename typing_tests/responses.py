"""Types of responses: every member may be None, ARNs have parts, and times are datetimes."""

from datetime import datetime
from typing import Any, assert_type

from rekog_versions import (
    DatasetArn,
    DatasetStatus,
    KmsKeyId,
    ProjectArn,
    ProjectStatus,
    ProjectVersionArn,
    ProjectVersionDescription,
    ProjectVersionStatus,
    ServiceError,
    TrainingFailedError,
    WaitError,
)
from rekog_versions.arns import KmsKeyForm
from rekog_versions.models import (
    DatasetMetadata,
    DescribedAsset,
    DescribedOutputConfig,
    DescribedS3Object,
    EvaluationResult,
    ProjectDescription,
    Summary,
    TestingDataResult,
    TrainingDataResult,
)


def of_a_version(version: ProjectVersionDescription) -> None:
    assert_type(version.project_version_arn, ProjectVersionArn | None)
    assert_type(version.version_name, str | None)
    assert_type(version.f1_score, float | None)
    assert_type(version.status, ProjectVersionStatus | None)
    assert_type(version.creation_timestamp, datetime | None)
    assert_type(version.training_end_timestamp, datetime | None)
    assert_type(version.billable_training_time_in_seconds, int | None)
    assert_type(version.output_config, DescribedOutputConfig | None)
    assert_type(version.training_data_result, TrainingDataResult | None)
    assert_type(version.testing_data_result, TestingDataResult | None)
    assert_type(version.evaluation_result, EvaluationResult | None)
    assert_type(version.to_dict(), dict[str, Any])
    if version.evaluation_result is not None:
        assert_type(version.evaluation_result.f1_score, float | None)
        assert_type(version.evaluation_result.summary, Summary | None)
    result = version.training_data_result
    if result is not None and result.validation is not None and result.validation.assets is not None:
        assert_type(result.validation.assets, list[DescribedAsset])
        assert_type(result.validation.assets[0].s3_object, DescribedS3Object | None)


def of_a_project(project: ProjectDescription) -> None:
    assert_type(project.project_arn, ProjectArn | None)
    assert_type(project.project_name, str | None)
    assert_type(project.status, ProjectStatus | None)
    assert_type(project.datasets, list[DatasetMetadata] | None)
    for dataset in project.datasets or ():
        assert_type(dataset.dataset_arn, DatasetArn | None)
        assert_type(dataset.status, DatasetStatus | None)


def of_an_arn(arn: ProjectVersionArn) -> None:
    assert_type(ProjectVersionArn.parse("arn:aws:..."), ProjectVersionArn)
    assert_type(ProjectArn.parse("arn:aws:..."), ProjectArn)
    assert_type(arn.version_name, str | None)
    assert_type(arn.created_at, datetime | None)
    assert_type(arn.is_valid, bool)
    assert_type(KmsKeyId("alias/key").form, KmsKeyForm)
    text: str = arn
    text.upper()


def of_a_status(status: ProjectVersionStatus) -> None:
    assert_type(ProjectVersionStatus("NEW"), ProjectVersionStatus)
    assert_type(status.is_known, bool)
    text: str = status
    text.lower()


def of_the_errors(error: ServiceError, failed: TrainingFailedError, wait: WaitError) -> None:
    assert_type(error.code, str)
    assert_type(error.message, str)
    assert_type(error.operation, str)
    assert_type(error.request_id, str | None)
    assert_type(error.status_code, int | None)
    assert_type(failed.status_message, str | None)
    assert_type(failed.manifest_summary, DescribedS3Object | None)
    assert_type(failed.validation_manifests, list[DescribedS3Object])
    assert_type(wait.version_arn, ProjectVersionArn | None)
    assert_type(wait.description, ProjectVersionDescription | None)
