"""The time to check a request: `create_project_version` with keyword fields, against boto3 with an equal dict.

Both sides build their arguments for each call, as a program that starts a training does.
"""

from benchmarks import _canned
from benchmarks._measure import Row, cpu, interleaved
from rekog_versions import OutputConfig, ProjectVersionArn, TestingData, TrainingData, VersionsClient

LIMIT = 1.2
_KEY = f"arn:aws:kms:{_canned.REGION}:{_canned.ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def rows(repetitions: int = 41, times: int = 50) -> list[Row]:
    raw, given = _canned.raw_client(), _canned.raw_client()
    for client in (raw, given):
        _canned.respond_with(
            client, "CreateProjectVersion", _canned.body_of({"ProjectVersionArn": _canned.version_arn(1)})
        )
    versions = VersionsClient(given)

    def ours() -> ProjectVersionArn:
        return versions.create_project_version(
            project_arn=_canned.PROJECT,
            version_name="shapes.v1",
            output_config=OutputConfig(s3_bucket=_canned.BUCKET, s3_key_prefix="evaluation/shapes.v1"),
            training_data=TrainingData.from_manifests(f"s3://{_canned.BUCKET}/datasets/shapes/train.manifest"),
            testing_data=TestingData.from_manifests(f"s3://{_canned.BUCKET}/datasets/shapes/test.manifest"),
            tags={"team": "vision", "cost-centre": "4711"},
            kms_key_id=_KEY,
            version_description="Trained on the shapes of the third line.",
        )

    def boto() -> str:
        response = raw.create_project_version(
            ProjectArn=_canned.PROJECT,
            VersionName="shapes.v1",
            OutputConfig={"S3Bucket": _canned.BUCKET, "S3KeyPrefix": "evaluation/shapes.v1"},
            TrainingData={
                "Assets": [
                    {
                        "GroundTruthManifest": {
                            "S3Object": {"Bucket": _canned.BUCKET, "Name": "datasets/shapes/train.manifest"}
                        }
                    }
                ]
            },
            TestingData={
                "Assets": [
                    {
                        "GroundTruthManifest": {
                            "S3Object": {"Bucket": _canned.BUCKET, "Name": "datasets/shapes/test.manifest"}
                        }
                    }
                ]
            },
            Tags={"team": "vision", "cost-centre": "4711"},
            KmsKeyId=_KEY,
            VersionDescription="Trained on the shapes of the third line.",
        )
        return str(response["ProjectVersionArn"])

    if ours() != boto():
        raise RuntimeError("both sides must return the same ARN")
    of_ours, of_boto = interleaved(cpu(ours, times), cpu(boto, times), repetitions=repetitions)
    return [Row("create_project_version(fields) / boto3", of_ours, of_boto, LIMIT)]
