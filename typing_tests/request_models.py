"""Requests take snake_case keywords, and strings for ARNs."""

from typing import Any, Literal, assert_type

from rekog_versions import (
    Asset,
    CreateProjectVersionRequest,
    GroundTruthManifest,
    OutputConfig,
    ProjectArn,
    S3Object,
    TestingData,
    TrainingData,
)
from rekog_versions.models import (
    CustomizationFeature,
    CustomizationFeatureConfig,
    CustomizationFeatureContentModerationConfig,
    ProjectAutoUpdate,
)
from rekog_versions.models.projects import CreateProjectRequest, DeleteProjectRequest, DescribeProjectsRequest
from rekog_versions.models.versions import DescribeProjectVersionsRequest

ARN = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/1574310000000"

output = OutputConfig(s3_bucket="results", s3_key_prefix="shapes/v1")
OutputConfig(s3_bucket="results")
manifest = S3Object(bucket="data", name="train.manifest", version="3")
assert_type(S3Object.from_uri("s3://data/train.manifest"), S3Object)
assert_type(S3Object.from_uri("s3://data/train.manifest", version="3").uri, str)
training = TrainingData(assets=[Asset(ground_truth_manifest=GroundTruthManifest(s3_object=manifest))])
assert_type(TrainingData.from_manifests("s3://data/a", "s3://data/b"), TrainingData)
assert_type(TestingData.from_manifests("s3://data/c"), TestingData)
assert_type(TestingData.from_manifests(S3Object(bucket="data", name="c", version="1"), ["s3://data/d"]), TestingData)
testing = TestingData(auto_create=True)

CreateProjectVersionRequest(project_arn=ARN, version_name="v1", output_config=output)
request = CreateProjectVersionRequest(
    project_arn=ProjectArn(ARN),
    version_name="v1",
    output_config=output,
    training_data=training,
    testing_data=testing,
    tags={"team": "vision"},
    kms_key_id="alias/training",
    version_description="round ones",
    feature_config=CustomizationFeatureConfig(
        content_moderation=CustomizationFeatureContentModerationConfig(confidence_threshold=50)
    ),
)
assert_type(request.project_arn, str)
assert_type(request.version_name, str)
assert_type(request.output_config, OutputConfig)
assert_type(request.output_config.s3_key_prefix, str | None)
assert_type(request.training_data, TrainingData | None)
assert_type(request.tags, dict[str, str] | None)
assert_type(request.to_wire(), dict[str, Any])
assert_type(request.to_json(indent=2), str)
spelling: Literal["service", "snake"] = "snake"
assert_type(request.to_dict(spelling), dict[str, Any])
assert_type(CreateProjectVersionRequest.from_json(b"{}"), CreateProjectVersionRequest)
assert_type(CreateProjectVersionRequest.from_dict({"ProjectArn": ARN}), CreateProjectVersionRequest)
assert_type(CreateProjectVersionRequest.skeleton(), dict[str, Any])

DescribeProjectVersionsRequest(project_arn=ARN, version_names=["v1"], max_results=10, next_token="more")
CreateProjectRequest(
    project_name="shapes", feature=CustomizationFeature.CONTENT_MODERATION, auto_update=ProjectAutoUpdate.ENABLED
)
DescribeProjectsRequest(project_names=["shapes"], features=[CustomizationFeature.CUSTOM_LABELS])
DeleteProjectRequest(project_arn=ARN)
