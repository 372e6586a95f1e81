import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import Session

from rekog_versions.testing.exceptions import SerializationException, ValidationException
from rekog_versions.testing.request_validation import matches, validate
from rekog_versions.testing.responses import OPERATIONS
from tests.testing.emulator import Emulator, assets, client, version_request

ARN = "arn:aws:rekognition:us-east-1:123456789012:project/p1/1574310000000"
SHAPES: Any = Session().get_service_model("rekognition")

# the parameters of an operation, just outside of one constraint, and the words of the message
NAME = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.\\-]+"
LONGER = "Member must have length less than or equal to"
SHORTER = "Member must have length greater than or equal to"
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("CreateProject", {"ProjectName": "a" * 256}, "projectName", f"{LONGER} 255"),
    ("CreateProject", {"ProjectName": ""}, "projectName", f"{SHORTER} 1"),
    ("CreateProject", {"ProjectName": "a b"}, "projectName", NAME),
    ("CreateProject", {"ProjectName": "a\n"}, "projectName", NAME),
    ("CreateProject", {"ProjectName": "٣"}, "projectName", NAME),
    ("CreateProject", {}, "projectName", "Member must not be null"),
    ("CreateProject", {"ProjectName": None}, "projectName", "Member must not be null"),
    ("CreateProject", {"ProjectName": 5}, "projectName", "Member must be of type string"),
    ("CreateProject", {"ProjectName": "a", "Feature": "LABELS"}, "feature", "enum value set: [CONTENT_MODERATION, "),
    ("CreateProject", {"ProjectName": "a", "AutoUpdate": "enabled"}, "autoUpdate", "enum value set: [ENABLED, DIS"),
    ("CreateProject", {"ProjectName": "a", "Tags": {f"k{n}": "" for n in range(201)}}, "tags", f"{LONGER} 200"),
    ("CreateProject", {"ProjectName": "a", "Tags": {"k" * 129: ""}}, "tags.", f"{LONGER} 128"),
    ("CreateProject", {"ProjectName": "a", "Tags": {"k": "v" * 257}}, "tags.k.value", f"{LONGER} 256"),
    ("CreateProject", {"ProjectName": "a", "Tags": {"aws:k": "v"}}, "tags.aws:k.key", "pattern: ^(?!aws:)"),
    ("CreateProject", {"ProjectName": "a", "Tags": {"k": "a\u0301"}}, "tags.k.value", "pattern: ^(["),
    ("CreateProject", {"ProjectName": "a", "Tags": {"k": "😀"}}, "tags.k.value", "pattern: ^(["),
    ("CreateProject", {"ProjectName": "a", "Tags": []}, "tags", "Member must be of type map"),
    ("DescribeProjects", {"MaxResults": 0}, "maxResults", "Member must have value greater than or equal to 1"),
    ("DescribeProjects", {"MaxResults": 101}, "maxResults", "Member must have value less than or equal to 100"),
    ("DescribeProjects", {"MaxResults": True}, "maxResults", "Member must be of type integer"),
    ("DescribeProjects", {"MaxResults": 1.5}, "maxResults", "Member must be of type integer"),
    ("DescribeProjects", {"NextToken": "t" * 1025}, "nextToken", f"{LONGER} 1024"),
    ("DescribeProjects", {"ProjectNames": []}, "projectNames", f"{SHORTER} 1"),
    ("DescribeProjects", {"ProjectNames": ["a"] * 11}, "projectNames", f"{LONGER} 10"),
    ("DescribeProjects", {"ProjectNames": ["a", "ä"]}, "projectNames.2.member", NAME),
    ("DescribeProjects", {"Features": ["CUSTOM_LABELS"] * 3}, "features", f"{LONGER} 2"),
    ("DescribeProjects", {"Features": ["OTHER"]}, "features.1.member", "enum value set"),
    ("DeleteProject", {"ProjectArn": ARN + "x"}, "projectArn", "pattern: (^arn:"),
    ("DeleteProject", {"ProjectArn": ARN.replace("rekognition", "s3")}, "projectArn", "pattern: (^arn:"),
    ("DeleteProject", {"ProjectArn": ARN.replace("/p1/", "/p1/version/v1/")}, "projectArn", "pattern: (^arn:"),
    ("DeleteProject", {"ProjectArn": "arn:aws:rekognition"}, "projectArn", f"{SHORTER} 20"),
    ("DeleteProject", {"ProjectArn": ARN + "0" * 2048}, "projectArn", f"{LONGER} 2048"),
    ("DescribeProjectVersions", {"ProjectArn": ARN, "VersionNames": ["v"] * 11}, "versionNames", f"{LONGER} 10"),
    ("DescribeProjectVersions", {"ProjectArn": ARN, "MaxResults": 101}, "maxResults", "less than or equal to 100"),
]
CREATE_REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"VersionName": "v" * 256}, "versionName", f"{LONGER} 255"),
    ({"OutputConfig": None}, "outputConfig", "Member must not be null"),
    ({"OutputConfig": {"S3Bucket": "ab"}}, "outputConfig.s3Bucket", f"{SHORTER} 3"),
    ({"OutputConfig": {"S3Bucket": "a/b"}}, "outputConfig.s3Bucket", "pattern: [0-9A-Za-z\\.\\-_]*"),
    ({"OutputConfig": {"S3Bucket": "abc", "S3KeyPrefix": "k" * 1025}}, "outputConfig.s3KeyPrefix", f"{LONGER} 1024"),
    ({"TrainingData": assets("k" * 1025)}, "trainingData.assets.1.member.groundTruthManifest.s3Object.name", LONGER),
    ({"TrainingData": {"Assets": "x"}}, "trainingData.assets", "Member must be of type list"),
    ({"TrainingData": {"Assets": [None]}}, "trainingData.assets.1.member", "Member must be of type structure"),
    ({"TestingData": {"AutoCreate": 1}}, "testingData.autoCreate", "Member must be of type boolean"),
    ({"KmsKeyId": "-key"}, "kmsKeyId", "pattern: ^[A-Za-z0-9]"),
    ({"KmsKeyId": ""}, "kmsKeyId", f"{SHORTER} 1"),
    ({"VersionDescription": "d" * 256}, "versionDescription", f"{LONGER} 255"),
    ({"VersionDescription": "a/b"}, "versionDescription", "pattern: [a-zA-Z0-9-_. ()':,;?]+"),
    (
        {"FeatureConfig": {"ContentModeration": {"ConfidenceThreshold": 100.1}}},
        "featureConfig.contentModeration.confidenceThreshold",
        "Member must have value less than or equal to 100",
    ),
    (
        {"FeatureConfig": {"ContentModeration": {"ConfidenceThreshold": float("nan")}}},
        "featureConfig.contentModeration.confidenceThreshold",
        "Member must have value",
    ),
]
REFUSED += [
    ("CreateProjectVersion", {**version_request(ARN), **change}, path, words) for change, path, words in CREATE_REFUSED
]


@pytest.mark.parametrize(("operation", "parameters", "path", "words"), REFUSED)
def test_a_value_just_outside_of_a_constraint_is_rejected(
    emulator: Emulator, operation: str, parameters: dict[str, Any], path: str, words: str
) -> None:
    with pytest.raises(ClientError, match="ValidationException") as caught:
        send(emulator, operation, parameters)
    message: str = caught.value.response["Error"]["Message"]
    assert "validation error" in message
    assert f"at '{path}" in message
    assert words in message
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def send(emulator: Emulator, operation: str, parameters: dict[str, Any]) -> Any:
    """Send parameters that botocore itself rejects, including nulls."""
    unchecked = client("rekognition")

    def replace_body(request: Any, **_: object) -> None:
        request.data = json.dumps(parameters).encode()

    unchecked.meta.events.register("before-sign.rekognition", replace_body)
    valid = {"ProjectName": "x", "ProjectArn": ARN, "VersionName": "v", "OutputConfig": {}}
    needed = SHAPES.operation_model(operation).input_shape.required_members
    return getattr(unchecked, OPERATIONS[operation])(**{name: valid[name] for name in needed})


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("CreateProject", {"ProjectName": "a" * 255, "Tags": {"k" * 128: "v" * 256, "ключ 1\u2003Ⅷ": "@:/=+-_. é中"}}),
        ("CreateProject", {"ProjectName": "-._", "Tags": {f"k{number}": "" for number in range(200)}}),
        ("CreateProject", {"ProjectName": "a", "Tags": None, "Unknown": {"x": 1}}),
        ("DescribeProjects", {"MaxResults": 100, "ProjectNames": ["a"] * 10, "Features": ["CUSTOM_LABELS"] * 2}),
        ("DescribeProjects", {"MaxResults": 1}),
    ],
)
def test_a_value_just_inside_of_the_constraints_is_accepted(
    emulator: Emulator, operation: str, parameters: dict[str, Any]
) -> None:
    assert send(emulator, operation, parameters)


def test_all_violations_are_listed(emulator: Emulator) -> None:
    with pytest.raises(ClientError, match="ValidationException") as caught:
        send(emulator, "CreateProject", {"ProjectName": "ä" * 400, "Feature": "X"})
    message = caught.value.response["Error"]["Message"]
    assert message.startswith("3 validation errors detected: Value 'ä")
    assert "ä..." in message
    assert message.count("; Value") == 2


@pytest.mark.parametrize("body", [b"[]", b"{", b'"x"', b"[" * 100_000])
def test_a_body_that_is_not_a_json_object_is_rejected(emulator: Emulator, body: bytes) -> None:
    def replace_body(request: Any, **_: object) -> None:
        request.data = body

    sending = client("rekognition")
    sending.meta.events.register("before-sign.rekognition", replace_body)
    with pytest.raises(sending.exceptions.ClientError) as caught:
        sending.describe_projects()
    assert caught.value.response["Error"]["Code"] == "SerializationException"


@pytest.mark.parametrize("text", ["no*base64", "YQ", "YQ==\n", "ä", "YQ==YQ=="])
def test_a_blob_that_is_not_base64_is_a_serialization_error_before_any_constraint(text: str) -> None:
    shape = SHAPES.operation_model("UpdateDatasetEntries").input_shape
    body = {"DatasetArn": "no ARN", "Changes": {"GroundTruth": text}}
    with pytest.raises(SerializationException, match=re.escape("'changes.groundTruth' is not Base64-encoded")):
        validate(shape, body)
    with pytest.raises(ValidationException, match="datasetArn"):
        validate(shape, {**body, "Changes": {"GroundTruth": "YQ=="}})


def test_every_pattern_and_type_of_the_service_model_can_be_checked() -> None:
    for name in SHAPES.shape_names:
        shape = SHAPES.shape_for(name)
        if "pattern" in shape.metadata:
            assert matches(shape.metadata["pattern"], "\n\0") in (True, False)
    for operation in SHAPES.operation_names:
        shape = SHAPES.operation_model(operation).input_shape
        if shape.required_members:
            with pytest.raises(ValidationException):
                validate(shape, {})
