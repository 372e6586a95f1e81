"""A typed Python SDK for the model versions of Amazon Rekognition Custom Labels.

    from rekog_versions import OutputConfig, TestingData, TrainingData, VersionsClient

    client = VersionsClient.connect(region_name="eu-west-1")
    version = client.train(
        project_arn="arn:aws:rekognition:eu-west-1:123456789012:project/shapes/1574310000000",
        version_name="v1",
        output_config=OutputConfig(s3_bucket="my-bucket", s3_key_prefix="results"),
        training_data=TrainingData.from_manifests("s3://my-bucket/train.manifest"),
        testing_data=TestingData(auto_create=True),
    )
    print(version.status, version.f1_score)

The names below are all that is public, with `rekog_versions.testing`. Each is imported when it is first used, so that
`import rekog_versions` costs nothing by itself.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rekog_versions._version import __version__
    from rekog_versions.aio import AsyncPager, AsyncVersionsClient
    from rekog_versions.arns import DatasetArn, KmsKeyForm, KmsKeyId, ProjectArn, ProjectVersionArn
    from rekog_versions.client import Pager, VersionsClient
    from rekog_versions.errors import (
        AccessDeniedError,
        InternalServerError,
        InvalidPaginationTokenError,
        InvalidParameterError,
        LimitExceededError,
        PaginationError,
        ProvisionedThroughputExceededError,
        RekogVersionsError,
        ResourceInUseError,
        ResourceNotFoundError,
        ResponseError,
        ServiceError,
        ServiceQuotaExceededError,
        ThrottlingError,
        TrainingFailedError,
        UnreachableStatusError,
        VersionNotFoundError,
        WaitError,
        WaitTimeoutError,
    )
    from rekog_versions.models.assets import (
        Asset,
        DescribedAsset,
        DescribedGroundTruthManifest,
        DescribedOutputConfig,
        DescribedS3Object,
        DescribedTestingData,
        DescribedTrainingData,
        EvaluationResult,
        GroundTruthManifest,
        OutputConfig,
        S3Object,
        Summary,
        TestingData,
        TestingDataResult,
        TrainingData,
        TrainingDataResult,
        ValidationData,
    )
    from rekog_versions.models.datasets import DatasetMetadata, DatasetStatusMessageCode, DatasetType
    from rekog_versions.models.projects import (
        CreateProjectRequest,
        CreateProjectResponse,
        CustomizationFeature,
        DeleteProjectRequest,
        DeleteProjectResponse,
        DescribeProjectsRequest,
        DescribeProjectsResponse,
        ProjectAutoUpdate,
        ProjectDescription,
    )
    from rekog_versions.models.versions import (
        CreateProjectVersionRequest,
        CreateProjectVersionResponse,
        CustomizationFeatureConfig,
        CustomizationFeatureContentModerationConfig,
        DescribedContentModerationConfig,
        DescribedFeatureConfig,
        DescribeProjectVersionsRequest,
        DescribeProjectVersionsResponse,
        ProjectVersionDescription,
    )
    from rekog_versions.operations import VersionRef
    from rekog_versions.statuses import DatasetStatus, ProjectStatus, ProjectVersionStatus
    from rekog_versions.transport import RekognitionClient
    from rekog_versions.waiting import Poll, Schedule

_HOMES = {
    "_version": ("__version__",),
    "aio": (
        "AsyncPager",
        "AsyncVersionsClient",
    ),
    "arns": (
        "DatasetArn",
        "KmsKeyForm",
        "KmsKeyId",
        "ProjectArn",
        "ProjectVersionArn",
    ),
    "client": (
        "Pager",
        "VersionsClient",
    ),
    "errors": (
        "AccessDeniedError",
        "InternalServerError",
        "InvalidPaginationTokenError",
        "InvalidParameterError",
        "LimitExceededError",
        "PaginationError",
        "ProvisionedThroughputExceededError",
        "RekogVersionsError",
        "ResourceInUseError",
        "ResourceNotFoundError",
        "ResponseError",
        "ServiceError",
        "ServiceQuotaExceededError",
        "ThrottlingError",
        "TrainingFailedError",
        "UnreachableStatusError",
        "VersionNotFoundError",
        "WaitError",
        "WaitTimeoutError",
    ),
    "models.assets": (
        "Asset",
        "DescribedAsset",
        "DescribedGroundTruthManifest",
        "DescribedOutputConfig",
        "DescribedS3Object",
        "DescribedTestingData",
        "DescribedTrainingData",
        "EvaluationResult",
        "GroundTruthManifest",
        "OutputConfig",
        "S3Object",
        "Summary",
        "TestingData",
        "TestingDataResult",
        "TrainingData",
        "TrainingDataResult",
        "ValidationData",
    ),
    "models.datasets": (
        "DatasetMetadata",
        "DatasetStatusMessageCode",
        "DatasetType",
    ),
    "models.projects": (
        "CreateProjectRequest",
        "CreateProjectResponse",
        "CustomizationFeature",
        "DeleteProjectRequest",
        "DeleteProjectResponse",
        "DescribeProjectsRequest",
        "DescribeProjectsResponse",
        "ProjectAutoUpdate",
        "ProjectDescription",
    ),
    "models.versions": (
        "CreateProjectVersionRequest",
        "CreateProjectVersionResponse",
        "CustomizationFeatureConfig",
        "CustomizationFeatureContentModerationConfig",
        "DescribedContentModerationConfig",
        "DescribedFeatureConfig",
        "DescribeProjectVersionsRequest",
        "DescribeProjectVersionsResponse",
        "ProjectVersionDescription",
    ),
    "operations": ("VersionRef",),
    "statuses": (
        "DatasetStatus",
        "ProjectStatus",
        "ProjectVersionStatus",
    ),
    "transport": ("RekognitionClient",),
    "waiting": (
        "Poll",
        "Schedule",
    ),
}
"""In which module each public name is at home."""

__all__ = [
    "AccessDeniedError",
    "Asset",
    "AsyncPager",
    "AsyncVersionsClient",
    "CreateProjectRequest",
    "CreateProjectResponse",
    "CreateProjectVersionRequest",
    "CreateProjectVersionResponse",
    "CustomizationFeature",
    "CustomizationFeatureConfig",
    "CustomizationFeatureContentModerationConfig",
    "DatasetArn",
    "DatasetMetadata",
    "DatasetStatus",
    "DatasetStatusMessageCode",
    "DatasetType",
    "DeleteProjectRequest",
    "DeleteProjectResponse",
    "DescribeProjectVersionsRequest",
    "DescribeProjectVersionsResponse",
    "DescribeProjectsRequest",
    "DescribeProjectsResponse",
    "DescribedAsset",
    "DescribedContentModerationConfig",
    "DescribedFeatureConfig",
    "DescribedGroundTruthManifest",
    "DescribedOutputConfig",
    "DescribedS3Object",
    "DescribedTestingData",
    "DescribedTrainingData",
    "EvaluationResult",
    "GroundTruthManifest",
    "InternalServerError",
    "InvalidPaginationTokenError",
    "InvalidParameterError",
    "KmsKeyForm",
    "KmsKeyId",
    "LimitExceededError",
    "OutputConfig",
    "Pager",
    "PaginationError",
    "Poll",
    "ProjectArn",
    "ProjectAutoUpdate",
    "ProjectDescription",
    "ProjectStatus",
    "ProjectVersionArn",
    "ProjectVersionDescription",
    "ProjectVersionStatus",
    "ProvisionedThroughputExceededError",
    "RekogVersionsError",
    "RekognitionClient",
    "ResourceInUseError",
    "ResourceNotFoundError",
    "ResponseError",
    "S3Object",
    "Schedule",
    "ServiceError",
    "ServiceQuotaExceededError",
    "Summary",
    "TestingData",
    "TestingDataResult",
    "ThrottlingError",
    "TrainingData",
    "TrainingDataResult",
    "TrainingFailedError",
    "UnreachableStatusError",
    "ValidationData",
    "VersionNotFoundError",
    "VersionRef",
    "VersionsClient",
    "WaitError",
    "WaitTimeoutError",
    "__version__",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


if not TYPE_CHECKING:  # type checkers would believe that every name exists

    def __getattr__(name: str) -> object:
        for home, names in _HOMES.items():
            if name in names:
                value = getattr(import_module(f"rekog_versions.{home}"), name)
                globals()[name] = value
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
