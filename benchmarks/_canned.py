"""boto3 clients with canned responses: botocore does all of its work except for the network."""

import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config

REGION = "us-east-1"
ACCOUNT = "123456789012"
PROJECT = f"arn:aws:rekognition:{REGION}:{ACCOUNT}:project/shapes/1574310000000"
BUCKET = "custom-labels-console-us-east-1-0a1b2c3d4e"


def session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name=REGION)


def raw_client() -> Any:
    """Return a client as users create it, with the retries that `connect()` sets."""
    return session().client("rekognition", config=Config(retries={"mode": "standard"}))


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def respond_with(client: Any, operation: str, body: bytes) -> None:
    """Make a client's operation return this body, without sending a request."""
    headers: Any = {
        "content-type": "application/x-amz-json-1.1",
        "date": "Thu, 21 Nov 2019 04:20:00 GMT",
        "x-amzn-requestid": "f1d1a8a4-2f5e-4c5a-9d5e-0c5b6f5a7e11",
        "content-length": str(len(body)),
    }

    def respond(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, 200, headers, _Raw(body))

    client.meta.events.register(f"before-send.rekognition.{operation}", respond)


def version_arn(number: int) -> str:
    return f"arn:aws:rekognition:{REGION}:{ACCOUNT}:project/shapes/version/shapes.v{number}/{1574310000000 + number}"


def _assets(*keys: str) -> dict[str, Any]:
    return {"Assets": [{"GroundTruthManifest": {"S3Object": {"Bucket": BUCKET, "Name": key}}} for key in keys]}


def version_description(number: int) -> dict[str, Any]:
    """Return the description of a trained version with all members, in the format of the service."""
    results = f"evaluation/shapes.v{number}"
    validation = f"{results}/EvaluationResults"
    return {
        "ProjectVersionArn": version_arn(number),
        "CreationTimestamp": 1574310000.123 + number,
        "Status": "TRAINING_COMPLETED",
        "StatusMessage": "The model is ready to run.",
        "BillableTrainingTimeInSeconds": 3247 + number,
        "TrainingEndTimestamp": 1574313321.456 + number,
        "OutputConfig": {"S3Bucket": BUCKET, "S3KeyPrefix": results},
        "TrainingDataResult": {
            "Input": _assets("datasets/shapes/train.manifest"),
            "Output": _assets(f"{results}/training/output.manifest"),
            "Validation": _assets(f"{validation}/validation/training_manifest_with_validation.json"),
        },
        "TestingDataResult": {
            "Input": {**_assets("datasets/shapes/test.manifest"), "AutoCreate": False},
            "Output": {**_assets(f"{results}/testing/output.manifest"), "AutoCreate": False},
            "Validation": _assets(f"{validation}/validation/testing_manifest_with_validation.json"),
        },
        "EvaluationResult": {
            "F1Score": 0.9137254901960784,
            "Summary": {"S3Object": {"Bucket": BUCKET, "Name": f"{validation}-summary.json"}},
        },
        "ManifestSummary": {"S3Object": {"Bucket": BUCKET, "Name": f"{results}/validation/manifest_summary.json"}},
        "KmsKeyId": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "VersionDescription": "Trained on the shapes of the third line.",
        "Feature": "CUSTOM_LABELS",
    }


def body_of(document: Any) -> bytes:
    return json.dumps(document).encode()
