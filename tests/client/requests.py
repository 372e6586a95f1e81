"""Requests and responses of the tests of calls that must take effect exactly once."""

from datetime import UTC, datetime
from typing import Any

from rekog_versions import CreateProjectVersionRequest, OutputConfig, TestingData, TrainingData
from tests.wire import PROJECT, VERSION, HttpResponse, described, rejection, versions

CREATE, COPY, DESCRIBE = "CreateProjectVersion", "CopyProjectVersion", "DescribeProjectVersions"
START, STOP, DELETE = "StartProjectVersion", "StopProjectVersion", "DeleteProjectVersion"
STARTED = HttpResponse({"ProjectVersionArn": VERSION})
NAME_TAKEN = rejection("ResourceInUseException", "A version of that name exists")
LIMIT_REACHED = rejection("LimitExceededException", "Cannot create more than 2 ProjectVersions concurrently")
CREATED_AT = datetime(2026, 1, 10, 12, 0, 0, tzinfo=UTC)
NOT_FOUND = versions(date=CREATED_AT)
"""A lookup that finds no version."""

DESTINATION = "arn:aws:rekognition:us-east-1:123456789012:project/production/1574320000000"
COPY_ARN = "arn:aws:rekognition:us-east-1:123456789012:project/production/version/v1/1574330000000"
COPY_FIELDS: dict[str, Any] = {
    "source_project_arn": PROJECT,
    "source_project_version_arn": VERSION,
    "destination_project_arn": DESTINATION,
    "version_name": "v1",
    "output_config": OutputConfig(s3_bucket="results", s3_key_prefix="out"),
}


def create_request(**fields: Any) -> CreateProjectVersionRequest:
    """Return a request for a training."""
    return CreateProjectVersionRequest(
        **{
            "project_arn": PROJECT,
            "version_name": "v1",
            "output_config": OutputConfig(s3_bucket="results", s3_key_prefix="out"),
            "training_data": TrainingData.from_manifests("s3://data/train.manifest"),
            "testing_data": TestingData(auto_create=True),
            **fields,
        }
    )


def lookup(*, created: datetime = CREATED_AT, served: datetime | None = CREATED_AT, **members: Any) -> HttpResponse:
    """Return a lookup that finds the version.

    Args:
        created: When the version was created.
        served: The service's clock at the time of the lookup.
        **members: Other members of the description.
    """
    return versions(described(**{"CreationTimestamp": created.timestamp(), **members}), date=served)


RETRY_SETTINGS: list[dict[str, Any]] = [
    *[{"mode": mode, "total_max_attempts": 3} for mode in ("legacy", "standard", "adaptive")],
    *[{"mode": mode, "total_max_attempts": 1} for mode in ("legacy", "standard", "adaptive")],
    {"mode": "legacy", "max_attempts": 0},
    {"max_attempts": 1},
]
"""The settings of botocore's retries under which a call must take effect exactly once."""
