"""Requests: accepted values, rejected values with their messages, and the wire form."""

import inspect
import json
import math
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

import pytest
from pydantic import ValidationError

from rekog_versions import (
    CreateProjectVersionRequest,
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
)
from rekog_versions.models._base import Request
from rekog_versions.models.projects import CreateProjectRequest, DeleteProjectRequest, DescribeProjectsRequest
from rekog_versions.models.versions import DescribeProjectVersionsRequest

PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/1574310000000"
KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-90ab-cdef-1234-567890abcdef"
OUTPUT = {"S3Bucket": "results"}
RequestT = TypeVar("RequestT", bound=Request)
LEAST = {"ProjectArn": PROJECT, "VersionName": "v1", "OutputConfig": OUTPUT}


def rejected(kind: type[Request], document: Any) -> tuple[tuple[Any, ...], str]:
    """Return the path and the message of the only error in a document."""
    with pytest.raises(ValidationError) as caught:
        kind.from_json(document) if isinstance(document, str) else kind.from_dict(document)
    (detail,) = caught.value.errors()
    return detail["loc"], detail["msg"]


def test_both_spellings_and_a_mixture_create_the_same_request() -> None:
    made = CreateProjectVersionRequest(
        project_arn=PROJECT,
        version_name="v1",
        output_config=OutputConfig(s3_bucket="results", s3_key_prefix="v1"),
        training_data=TrainingData.from_manifests("s3://data/train.manifest"),
        testing_data=TestingData(auto_create=True),
    )
    service = {
        "ProjectArn": PROJECT,
        "VersionName": "v1",
        "OutputConfig": {"S3Bucket": "results", "S3KeyPrefix": "v1"},
        "TrainingData": {
            "Assets": [{"GroundTruthManifest": {"S3Object": {"Bucket": "data", "Name": "train.manifest"}}}]
        },
        "TestingData": {"AutoCreate": True},
    }
    snake = {
        "project_arn": PROJECT,
        "version_name": "v1",
        "output_config": {"s3_bucket": "results", "s3_key_prefix": "v1"},
        "training_data": {
            "assets": [{"ground_truth_manifest": {"s3_object": {"bucket": "data", "name": "train.manifest"}}}]
        },
        "testing_data": {"auto_create": True},
    }
    mixed = {**service, "OutputConfig": snake["output_config"], "TestingData": snake["testing_data"]}
    for document in (service, snake, mixed):
        assert CreateProjectVersionRequest.from_dict(document) == made
        assert CreateProjectVersionRequest.from_json(json.dumps(document)) == made
    assert made.to_wire() == made.to_dict() == service
    assert made.to_dict("snake") == snake


@pytest.mark.parametrize("second", ["v1", "v2"])
def test_a_field_in_both_spellings_is_rejected(second: str) -> None:
    document = {**LEAST, "version_name": second}
    for form in (document, json.dumps(document)):
        assert rejected(CreateProjectVersionRequest, form) == (
            ("version_name",),
            "The field is given in both spellings. Give it once.",
        )


@pytest.mark.parametrize("name", ["versionName", "version-name", "VERSION_NAME", "S3_bucket", "", "model_config"])
def test_an_unknown_field_is_rejected_with_known_fields(name: str) -> None:
    where, says = rejected(CreateProjectVersionRequest, {**LEAST, name: "v1"})
    assert where == (name,)
    assert says.startswith("CreateProjectVersionRequest has no such field. ")
    assert "Did you mean " in says or "Its fields are " in says
    where, _ = rejected(CreateProjectVersionRequest, {**LEAST, "OutputConfig": {**OUTPUT, name: "v1"}})
    assert where == ("OutputConfig", name)


def test_a_key_that_is_not_a_string_is_rejected() -> None:
    where, says = rejected(CreateProjectVersionRequest, {**LEAST, 5: "v1"})
    assert (where, says) == ((5,), "Keys should be strings")


def test_any_mapping_is_accepted() -> None:
    document = MappingProxyType({**LEAST, "OutputConfig": MappingProxyType(OUTPUT)})
    assert CreateProjectVersionRequest.from_dict(document) == CreateProjectVersionRequest.from_dict(LEAST)


@pytest.mark.parametrize("document", ["", "{", "[]", "null", '"x"', "5", '{"ProjectArn": }'])
def test_text_that_is_not_a_json_object_is_rejected(document: str) -> None:
    where, says = rejected(DeleteProjectRequest, document)
    assert where == ()
    assert says.startswith(("Invalid JSON: ", "Input should be an object"))


@pytest.mark.parametrize("value", ["5", 5.0, Decimal(5), True, b"5", [5], {"N": 5}])
def test_an_integer_is_not_coerced(value: object) -> None:
    where, says = rejected(DescribeProjectVersionsRequest, {"ProjectArn": PROJECT, "MaxResults": value})
    assert (where, says) == (("MaxResults",), "Input should be a valid integer")


@pytest.mark.parametrize("value", ["50", True, b"50", [50.0], {"N": 50}])
def test_a_float_is_not_coerced(value: object) -> None:
    document = {"FeatureConfig": {"ContentModeration": {"ConfidenceThreshold": value}}}
    where, says = rejected(CreateProjectVersionRequest, {**LEAST, **document})
    assert where == ("FeatureConfig", "ContentModeration", "ConfidenceThreshold")
    assert says == "Input should be a valid number"


@pytest.mark.parametrize("value", ["true", "yes", 1, 0, 1.0, b"true"])
def test_a_boolean_is_not_coerced(value: object) -> None:
    with pytest.raises(ValidationError, match="Input should be a valid boolean"):
        TestingData.from_dict({"AutoCreate": value})


@pytest.mark.parametrize("value", [5, 1.5, True, b"v1", date(2024, 1, 1), ["v1"], None])
def test_a_string_is_not_coerced(value: object) -> None:
    where, says = rejected(CreateProjectVersionRequest, {**LEAST, "VersionName": value})
    assert (where, says) == (("VersionName",), "Input should be a valid string")


@pytest.mark.parametrize("value", ["NO_SUCH_FEATURE", "custom_labels", b"CUSTOM_LABELS", 1, True, ["CUSTOM_LABELS"]])
def test_an_enum_accepts_only_known_values(value: object) -> None:
    where, says = rejected(CreateProjectRequest, {"ProjectName": "shapes", "Feature": value})
    assert (where, says) == (("Feature",), "must be one of 'CONTENT_MODERATION', 'CUSTOM_LABELS'")


def test_an_enum_accepts_its_members_but_not_unknown_ones_from_responses() -> None:
    request = CreateProjectRequest(project_name="shapes", feature=CustomizationFeature.CUSTOM_LABELS)
    assert request.feature is CustomizationFeature.CUSTOM_LABELS
    assert CreateProjectRequest.from_dict({"ProjectName": "shapes", "Feature": "CUSTOM_LABELS"}) == request
    assert type(CreateProjectRequest.from_dict(request.to_wire()).feature) is CustomizationFeature
    with pytest.raises(ValidationError, match="must be one of 'CONTENT_MODERATION', 'CUSTOM_LABELS'"):
        CreateProjectRequest(project_name="shapes", feature=CustomizationFeature("BRAND_NEW"))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_are_rejected(value: float) -> None:
    with pytest.raises(ValidationError, match="Input should be a finite number"):
        CustomizationFeatureContentModerationConfig(confidence_threshold=value)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_nan_and_infinity_are_rejected_in_json(value: str) -> None:
    with pytest.raises(ValidationError):
        CustomizationFeatureContentModerationConfig.from_json(f'{{"ConfidenceThreshold": {value}}}')


@pytest.mark.parametrize(
    ("kind", "document", "where"),
    [
        (CreateProjectVersionRequest, {**LEAST, "OutputConfig": {**OUTPUT, "S3KeyPrefix": "\ud800"}}, "S3KeyPrefix"),
        (S3Object, {"Bucket": "data", "Name": "a\udfff"}, "Name"),
        (S3Object, {"Bucket": "data", "Name": "a", "Version": "\udc80b"}, "Version"),
        (DescribeProjectsRequest, {"NextToken": "\ud83d"}, "NextToken"),
        (CreateProjectRequest, {"ProjectName": "\ud800"}, "ProjectName"),
        (CreateProjectRequest, {"ProjectName": "a", "Tags": {"k": "\ud800"}}, "k"),
        (CreateProjectVersionRequest, {**LEAST, "VersionDescription": "\ud800"}, "VersionDescription"),
    ],
)
def test_lone_surrogates_are_rejected(kind: type[Request], document: Any, where: str) -> None:
    path, says = rejected(kind, document)
    assert path[-1] == where
    assert says == "must not contain lone surrogates, which cannot be encoded as UTF-8"


def tagged(key: str, value: str = "x") -> dict[str, Any]:
    return {**LEAST, "Tags": {key: value}}


@pytest.mark.parametrize(
    ("change", "where", "says"),
    [
        ({"VersionName": ""}, "VersionName", "must have at least 1 character, got 0"),
        ({"VersionName": "v" * 256}, "VersionName", "must have at most 255 characters, got 256"),
        ({"VersionName": "v 1"}, "VersionName", "must not contain ' '; allowed are the letters a to z and A to Z, dig"),
        ({"VersionName": "v\n"}, "VersionName", r"must not contain '\n'; allowed are the letters a to z and A to Z, d"),
        ({"VersionName": "ü/\u202e/"}, "VersionName", r"must not contain '/', '\xfc', '\u202e'; allowed are the lette"),
        ({"VersionDescription": "a<b>"}, "VersionDescription", "must not contain '<', '>'; allowed are the letters"),
        ({"ProjectArn": "shapes"}, "ProjectArn", "'shapes' is not a project ARN: an ARN starts with 'arn:'. The form "),
        (
            {"ProjectArn": PROJECT.replace("/15", "/version/v1/15")},
            "ProjectArn",
            "it is a project version ARN. The form is arn:PARTITION:rekognition:REGION:ACCOUNT:project/PROJECT/CREATED",
        ),
        (
            {"KmsKeyId": "my-key"},
            "KmsKeyId",
            "a key ARN (arn:aws:kms:REGION:ACCOUNT:key/ID), a key id (a UUID, or mrk-",
        ),
        (
            {"Tags": {"a#b": "x"}},
            "[key]",
            "must not contain '#'; allowed are letters, digits and spaces of any language",
        ),
        (
            {"Tags": {"aws:x": "x"}},
            "[key]",
            "must not start with 'aws:', which is reserved for AWS. Choose another key",
        ),
        ({"Tags": {"a": "\t"}}, "a", r"must not contain '\t'; allowed are letters, digits and spaces of any language"),
        ({"Tags": {"k": "v" * 257}}, "k", "must have at most 256 characters, got 257"),
        ({"OutputConfig": {"S3Bucket": "ab"}}, "S3Bucket", "must have at least 3 characters, got 2"),
        ({"OutputConfig": {}}, "S3Bucket", "Field required"),
        ({"Tags": {str(number): "" for number in range(201)}}, "Tags", "at most 200 items"),
    ],
)
def test_an_error_says_what_is_allowed(change: dict[str, Any], where: str, says: str) -> None:
    path, message = rejected(CreateProjectVersionRequest, {**LEAST, **change})
    assert path[-1] == where
    assert says in message
    assert message.isprintable()


def test_all_errors_are_reported_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        CreateProjectVersionRequest.from_dict({"version_name": "", "OutputConfig": {"S3Bucket": "a b", "Prefix": "x"}})
    assert {detail["loc"] for detail in caught.value.errors()} == {
        ("ProjectArn",),
        ("version_name",),
        ("OutputConfig", "S3Bucket"),
        ("OutputConfig", "Prefix"),
    }


@pytest.mark.parametrize(
    "key",
    [
        "train.manifest",
        "a/b/c.manifest",
        "with space.manifest",
        "100%25.manifest",
        "what?.manifest",
        "sharp#1.manifest",
        "plus+and&.manifest",
        "Größe/数据/😀.manifest",
        "/leading",
        "trailing/",
        "a//b",
        "../up",
        "s3://again/x",
        "k" * 1024,
    ],
)
def test_the_key_of_a_uri_is_not_decoded(key: str) -> None:
    found = S3Object.from_uri(f"s3://my.bucket-1/{key}")
    assert (found.bucket, found.name, found.version) == ("my.bucket-1", key, None)
    assert found.uri == f"s3://my.bucket-1/{key}"


def test_an_object_has_an_optional_version() -> None:
    assert S3Object.from_uri("s3://data/a", version="v7").to_wire() == {"Bucket": "data", "Name": "a", "Version": "v7"}


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "data/a",
        "/data/a",
        "s3:/data/a",
        "s3:///a",
        "s3://",
        "s3://data",
        "s3://data/",
        "S3://data/a",
        "https://data.s3.amazonaws.com/a",
        "file:///a",
        "arn:aws:s3:::data/a",
        " s3://data/a",
        "s3a://data/a",
    ],
)
def test_an_invalid_uri_is_rejected_with_the_valid_form(uri: str) -> None:
    with pytest.raises(ValueError, match="uri must have the form s3://BUCKET/KEY, got") as caught:
        S3Object.from_uri(uri)
    assert repr(uri) in str(caught.value)


@pytest.mark.parametrize(
    ("uri", "where", "says"),
    [
        ("s3://ab/x", "Bucket", "at least 3 characters"),
        ("s3://da ta/x", "Bucket", "must not contain ' '"),
        ("s3://user@data/x", "Bucket", "must not contain '@'"),
        ("s3://data/" + "k" * 1025, "Name", "must have at most 1,024 characters, got 1025"),
        ("s3://data/\ud800", "Name", "must not contain lone surrogates"),
    ],
)
def test_bucket_and_key_of_a_uri_are_validated(uri: str, where: str, says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        S3Object.from_uri(uri)
    (detail,) = caught.value.errors()
    assert str(detail["loc"][-1]).lower() == where.lower()
    assert says in detail["msg"]


def test_the_error_of_a_uri_is_printable_and_short() -> None:
    with pytest.raises(ValueError, match="uri must have the form") as caught:
        S3Object.from_uri("\x1b[2J\u202e" + "x" * 10_000)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


def test_data_keeps_the_order_of_uris() -> None:
    uris = ["s3://data/b c.manifest", "s3://data/a.manifest", "s3://other/c.manifest"]
    training, testing = TrainingData.from_manifests(*uris), TestingData.from_manifests(*uris)
    assert [asset.ground_truth_manifest.s3_object.uri for asset in training.assets] == uris
    assert testing.assets == training.assets
    assert testing.auto_create is None


@pytest.mark.parametrize("kind", [TrainingData, TestingData])
def test_data_with_an_invalid_uri_is_rejected(kind: type[TrainingData] | type[TestingData]) -> None:
    with pytest.raises(ValueError, match=r"uri must have the form s3://BUCKET/KEY, got 'data/train\.manifest'"):
        kind.from_manifests("s3://data/fine.manifest", "data/train.manifest")


def test_data_without_manifests_is_rejected() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        TrainingData.from_manifests()
    with pytest.raises(ValidationError, match=r"no test data\. Give assets, or auto_create=True"):
        TestingData.from_manifests()


def test_a_request_is_immutable() -> None:
    request = CreateProjectVersionRequest.from_dict(LEAST)
    with pytest.raises(ValidationError, match="frozen"):
        request.version_name = "v2"
    with pytest.raises(ValidationError, match="frozen"):
        request.output_config.s3_bucket = "other"
    assert request.to_wire() == LEAST


def test_a_request_does_not_share_data_with_its_arguments() -> None:
    tags = {"team": "vision"}
    request = CreateProjectVersionRequest.from_dict({**LEAST, "Tags": tags})
    tags["team"] = "aws:other"
    request.to_wire()["Tags"]["team"] = "another"
    assert request.to_wire()["Tags"] == {"team": "vision"}


def test_none_is_omitted_and_empty_values_are_sent() -> None:
    request = CreateProjectVersionRequest(
        project_arn=PROJECT,
        version_name="v1",
        output_config=OutputConfig(s3_bucket="results", s3_key_prefix=""),
        training_data=TrainingData.from_manifests("s3://data/a"),
        testing_data=TestingData(assets=TrainingData.from_manifests("s3://data/b").assets, auto_create=False),
        tags={},
        kms_key_id=None,
        feature_config=CustomizationFeatureConfig(
            content_moderation=CustomizationFeatureContentModerationConfig(confidence_threshold=0)
        ),
    )
    wire = request.to_wire()
    assert set(wire) == {*LEAST, "TrainingData", "TestingData", "Tags", "FeatureConfig"}
    assert wire["OutputConfig"] == {"S3Bucket": "results", "S3KeyPrefix": ""}
    assert wire["TestingData"]["AutoCreate"] is False
    assert wire["Tags"] == {}
    assert wire["FeatureConfig"] == {"ContentModeration": {"ConfidenceThreshold": 0}}
    assert CreateProjectVersionRequest.from_json(request.to_json()) == request


def test_null_equals_an_omitted_field() -> None:
    document = {**LEAST, "Tags": None, "TrainingData": None, "TestingData": None, "KmsKeyId": None}
    assert CreateProjectVersionRequest.from_json(json.dumps(document)).to_wire() == LEAST


def test_json_is_indented_by_default() -> None:
    request = DeleteProjectRequest(project_arn=PROJECT)
    assert request.to_json() == f'{{\n    "ProjectArn": "{PROJECT}"\n}}'
    assert request.to_json(indent=None) == f'{{"ProjectArn":"{PROJECT}"}}'


def test_arns_from_responses_become_plain_strings() -> None:
    request = DeleteProjectRequest(project_arn=ProjectArn(PROJECT))
    assert request == DeleteProjectRequest(project_arn=PROJECT)
    assert type(request.to_wire()["ProjectArn"]) is str


def test_the_signature_has_the_names_that_type_checkers_accept() -> None:
    signature = inspect.signature(CreateProjectVersionRequest)
    assert list(signature.parameters)[:3] == ["project_arn", "version_name", "output_config"]
    assert signature.parameters["project_arn"].default is inspect.Parameter.empty
    assert signature.parameters["tags"].default is None


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"Version": "v1"}, "CreateProjectVersionRequest has no such field. Did you mean VersionName?"),
        ({"project_arm": "x"}, "CreateProjectVersionRequest has no such field. Did you mean project_arn?"),
        ({"OutputConfig": {**OUTPUT, "KeyPrefix": "x"}}, "OutputConfig has no such field. Did you mean S3KeyPrefix?"),
        (
            {"OutputConfig": {**OUTPUT, "zzz": "x"}},
            "OutputConfig has no such field. Its fields are s3_bucket, s3",
        ),
    ],
)
def test_the_error_of_an_unknown_field_names_the_closest_fields(document: dict[str, Any], says: str) -> None:
    for form in ({**LEAST, **document}, json.dumps({**LEAST, **document})):
        assert rejected(CreateProjectVersionRequest, form)[1].startswith(says)


def test_an_unknown_field_does_not_change_the_other_errors() -> None:
    document = {**LEAST, "VersionName": "", "OutputConfig": {"S3Bucket": "{length}", "x": 1}, "y": 1}
    with pytest.raises(ValidationError) as caught:
        CreateProjectVersionRequest.from_dict(document)
    errors = {detail["loc"]: detail for detail in caught.value.errors()}
    assert errors["VersionName",]["type"] == "string_too_short"
    assert errors["VersionName",]["msg"] == "must have at least 1 character, got 0"
    assert errors["VersionName",]["ctx"] == {"min_length": 1}
    assert errors["OutputConfig", "S3Bucket"]["input"] == "{length}"
    assert errors["OutputConfig", "x"]["type"] == errors["y",]["type"] == "extra_forbidden"


def test_many_threads_can_build_a_model_for_the_first_time() -> None:
    class Part(Request):
        name: str

    class Whole(Request):
        parts: list[Part]

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: Whole.from_dict({"Parts": [{"Name": "a"}]}), range(64)))
    assert all(one == Whole(parts=[Part(name="a")]) for one in made)
    assert list(inspect.signature(Whole).parameters) == ["parts"]
