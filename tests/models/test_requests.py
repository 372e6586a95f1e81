"""Requests: what is accepted, what is refused and with which words, and what goes out."""

import copy
import inspect
import json
import math
import pickle
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

import botocore.session
import pytest
import yaml
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

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
    CreateProjectRequest,
    CustomizationFeature,
    CustomizationFeatureConfig,
    CustomizationFeatureContentModerationConfig,
    DeleteProjectRequest,
    DescribeProjectsRequest,
    DescribeProjectVersionsRequest,
    ProjectAutoUpdate,
)
from rekog_versions.models._base import Request

PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/1574310000000"
KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-90ab-cdef-1234-567890abcdef"
OUTPUT = {"S3Bucket": "results"}
RequestT = TypeVar("RequestT", bound=Request)
LEAST = {"ProjectArn": PROJECT, "VersionName": "v1", "OutputConfig": OUTPUT}


def refused(kind: type[Request], document: Any) -> tuple[tuple[Any, ...], str]:
    """Where and with which words a document is refused, for one reason."""
    with pytest.raises(ValidationError) as caught:
        kind.from_json(document) if isinstance(document, str) else kind.from_dict(document)
    (detail,) = caught.value.errors()
    return detail["loc"], detail["msg"]


# -- spellings ---------------------------------------------------------------------------------------------------------


def test_both_spellings_make_the_same_request_also_mixed() -> None:
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
def test_a_member_in_both_spellings_at_once_is_refused(second: str) -> None:
    document = {**LEAST, "version_name": second}
    for form in (document, json.dumps(document)):
        assert refused(CreateProjectVersionRequest, form) == (("version_name",), "Extra inputs are not permitted")


@pytest.mark.parametrize("name", ["versionName", "version-name", "VERSION_NAME", "S3_bucket", "", "model_config"])
def test_a_member_that_there_is_not_is_refused(name: str) -> None:
    where, says = refused(CreateProjectVersionRequest, {**LEAST, name: "v1"})
    assert (where, says) == ((name,), "Extra inputs are not permitted")
    where, _ = refused(CreateProjectVersionRequest, {**LEAST, "OutputConfig": {**OUTPUT, name: "v1"}})
    assert where == ("OutputConfig", name)


def test_a_key_that_is_no_text_is_refused() -> None:
    where, says = refused(CreateProjectVersionRequest, {**LEAST, 5: "v1"})
    assert (where, says) == ((5,), "Keys should be strings")


def test_any_mapping_is_read() -> None:
    document = MappingProxyType({**LEAST, "OutputConfig": MappingProxyType(OUTPUT)})
    assert CreateProjectVersionRequest.from_dict(document) == CreateProjectVersionRequest.from_dict(LEAST)


@pytest.mark.parametrize("document", ["", "{", "[]", "null", '"x"', "5", '{"ProjectArn": }'])
def test_what_is_no_json_object_is_refused(document: str) -> None:
    where, says = refused(DeleteProjectRequest, document)
    assert where == ()
    assert says.startswith(("Invalid JSON: ", "Input should be an object"))


# -- nothing is coerced ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["5", 5.0, Decimal(5), True, b"5", [5], {"N": 5}])
def test_a_number_must_be_a_number(value: object) -> None:
    where, says = refused(DescribeProjectVersionsRequest, {"ProjectArn": PROJECT, "MaxResults": value})
    assert (where, says) == (("MaxResults",), "Input should be a valid integer")


@pytest.mark.parametrize("value", ["50", True, b"50", [50.0], {"N": 50}])
def test_a_fraction_must_be_a_number(value: object) -> None:
    document = {"FeatureConfig": {"ContentModeration": {"ConfidenceThreshold": value}}}
    where, says = refused(CreateProjectVersionRequest, {**LEAST, **document})
    assert where == ("FeatureConfig", "ContentModeration", "ConfidenceThreshold")
    assert says == "Input should be a valid number"


@pytest.mark.parametrize("value", ["true", "yes", 1, 0, 1.0, b"true"])
def test_a_truth_value_must_be_one(value: object) -> None:
    with pytest.raises(ValidationError, match="Input should be a valid boolean"):
        TestingData.from_dict({"AutoCreate": value})


@pytest.mark.parametrize("value", [5, 1.5, True, b"v1", date(2024, 1, 1), ["v1"], None])
def test_a_text_must_be_a_text(value: object) -> None:
    where, says = refused(CreateProjectVersionRequest, {**LEAST, "VersionName": value})
    assert (where, says) == (("VersionName",), "Input should be a valid string")


@pytest.mark.parametrize("value", ["NO_SUCH_FEATURE", "custom_labels", b"CUSTOM_LABELS", 1, True, ["CUSTOM_LABELS"]])
def test_an_enum_must_be_one_of_its_listed_values(value: object) -> None:
    where, says = refused(CreateProjectRequest, {"ProjectName": "shapes", "Feature": value})
    assert (where, says) == (("Feature",), "allowed are 'CONTENT_MODERATION', 'CUSTOM_LABELS'")


def test_an_enum_takes_its_members_but_none_that_an_answer_brought() -> None:
    request = CreateProjectRequest(project_name="shapes", feature=CustomizationFeature.CUSTOM_LABELS)
    assert request.feature is CustomizationFeature.CUSTOM_LABELS
    assert CreateProjectRequest.from_dict({"ProjectName": "shapes", "Feature": "CUSTOM_LABELS"}) == request
    assert type(CreateProjectRequest.from_dict(request.to_wire()).feature) is CustomizationFeature
    with pytest.raises(ValidationError, match="allowed are 'CONTENT_MODERATION', 'CUSTOM_LABELS'"):
        CreateProjectRequest(project_name="shapes", feature=CustomizationFeature("BRAND_NEW"))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_are_refused(value: float) -> None:
    with pytest.raises(ValidationError, match="Input should be a finite number"):
        CustomizationFeatureContentModerationConfig(confidence_threshold=value)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_nan_and_infinity_are_refused_in_json_too(value: str) -> None:
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
def test_half_a_character_is_refused_since_it_could_not_be_sent(kind: type[Request], document: Any, where: str) -> None:
    path, says = refused(kind, document)
    assert path[-1] == where
    assert says == "half a character (a lone surrogate) can't be sent"


# -- messages ----------------------------------------------------------------------------------------------------------


def tagged(key: str, value: str = "x") -> dict[str, Any]:
    return {**LEAST, "Tags": {key: value}}


@pytest.mark.parametrize(
    ("change", "where", "says"),
    [
        ({"VersionName": ""}, "VersionName", "1 to 255 characters are allowed, this has 0"),
        ({"VersionName": "v" * 256}, "VersionName", "1 to 255 characters are allowed, this has 256"),
        ({"VersionName": "v 1"}, "VersionName", "' ' not allowed here; allowed are the letters a to z and A to Z, dig"),
        ({"VersionName": "v\n"}, "VersionName", r"'\n' not allowed here; allowed are the letters a to z and A to Z, d"),
        ({"VersionName": "ü/\u202e/"}, "VersionName", r"'/', '\xfc', '\u202e' not allowed here; allowed are the lette"),
        ({"VersionDescription": "a<b>"}, "VersionDescription", "'<', '>' not allowed here; allowed are the letters"),
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
            "'#' not allowed here; allowed are letters, digits and spaces of any language",
        ),
        ({"Tags": {"aws:x": "x"}}, "[key]", "tag keys that start with 'aws:' are reserved for AWS; choose another"),
        ({"Tags": {"a": "\t"}}, "a", r"'\t' not allowed here; allowed are letters, digits and spaces of any language"),
        ({"Tags": {"k": "v" * 257}}, "k", "0 to 256 characters are allowed, this has 257"),
        ({"OutputConfig": {"S3Bucket": "ab"}}, "S3Bucket", "3 to 255 characters are allowed, this has 2"),
        ({"OutputConfig": {}}, "S3Bucket", "Field required"),
        ({"Tags": {str(number): "" for number in range(201)}}, "Tags", "at most 200 items"),
    ],
)
def test_a_refusal_says_what_is_allowed(change: dict[str, Any], where: str, says: str) -> None:
    path, message = refused(CreateProjectVersionRequest, {**LEAST, **change})
    assert path[-1] == where
    assert says in message
    assert message.isprintable()


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        CreateProjectVersionRequest.from_dict({"version_name": "", "OutputConfig": {"S3Bucket": "a b", "Prefix": "x"}})
    assert {detail["loc"] for detail in caught.value.errors()} == {
        ("ProjectArn",),
        ("version_name",),
        ("OutputConfig", "S3Bucket"),
        ("OutputConfig", "Prefix"),
    }


# -- S3 URIs -----------------------------------------------------------------------------------------------------------


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
def test_a_key_is_taken_from_a_uri_as_it_stands(key: str) -> None:
    found = S3Object.from_uri(f"s3://my.bucket-1/{key}")
    assert (found.bucket, found.name, found.version) == ("my.bucket-1", key, None)
    assert found.uri == f"s3://my.bucket-1/{key}"


def test_a_uri_may_come_with_a_version() -> None:
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
def test_what_is_no_uri_of_an_object_is_refused_with_the_form(uri: str) -> None:
    with pytest.raises(ValueError, match="is no S3 URI of an object; the form is s3://BUCKET/KEY") as caught:
        S3Object.from_uri(uri)
    assert repr(uri) in str(caught.value)


@pytest.mark.parametrize(
    ("uri", "where", "says"),
    [
        ("s3://ab/x", "Bucket", "3 to 255 characters"),
        ("s3://da ta/x", "Bucket", "' ' not allowed here"),
        ("s3://user@data/x", "Bucket", "'@' not allowed here"),
        ("s3://data/" + "k" * 1025, "Name", "1 to 1024 characters are allowed, this has 1025"),
        ("s3://data/\ud800", "Name", "half a character"),
    ],
)
def test_bucket_and_key_of_a_uri_keep_the_rules(uri: str, where: str, says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        S3Object.from_uri(uri)
    (detail,) = caught.value.errors()
    assert str(detail["loc"][-1]).lower() == where.lower()
    assert says in detail["msg"]


def test_the_error_of_a_hostile_uri_is_harmless() -> None:
    with pytest.raises(ValueError, match="is no S3 URI") as caught:
        S3Object.from_uri("\x1b[2J\u202e")
    assert str(caught.value).isprintable()


def test_data_is_made_of_uris_in_their_order() -> None:
    uris = ["s3://data/b c.manifest", "s3://data/a.manifest", "s3://other/c.manifest"]
    training, testing = TrainingData.from_manifests(*uris), TestingData.from_manifests(*uris)
    assert [asset.ground_truth_manifest.s3_object.uri for asset in training.assets] == uris
    assert testing.assets == training.assets
    assert testing.auto_create is None


@pytest.mark.parametrize("kind", [TrainingData, TestingData])
def test_data_of_a_bad_uri_is_refused(kind: type[TrainingData] | type[TestingData]) -> None:
    with pytest.raises(ValueError, match=r"'data/train\.manifest' is no S3 URI"):
        kind.from_manifests("s3://data/fine.manifest", "data/train.manifest")


def test_data_of_no_manifest_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        TrainingData.from_manifests()
    with pytest.raises(ValidationError, match="nothing to test on: give assets, or auto_create=True"):
        TestingData.from_manifests()


# -- what goes out -----------------------------------------------------------------------------------------------------


def test_a_request_does_not_change() -> None:
    request = CreateProjectVersionRequest.from_dict(LEAST)
    with pytest.raises(ValidationError, match="frozen"):
        request.version_name = "v2"
    with pytest.raises(ValidationError, match="frozen"):
        request.output_config.s3_bucket = "other"
    assert request.to_wire() == LEAST


def test_a_request_does_not_change_with_what_it_was_made_of() -> None:
    tags = {"team": "vision"}
    request = CreateProjectVersionRequest.from_dict({**LEAST, "Tags": tags})
    tags["team"] = "aws:other"
    request.to_wire()["Tags"]["team"] = "another"
    assert request.to_wire()["Tags"] == {"team": "vision"}


def test_what_is_none_is_left_out_and_what_is_empty_is_not() -> None:
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


def test_an_explicit_null_means_that_nothing_is_given() -> None:
    document = {**LEAST, "Tags": None, "TrainingData": None, "TestingData": None, "KmsKeyId": None}
    assert CreateProjectVersionRequest.from_json(json.dumps(document)).to_wire() == LEAST


def test_json_is_indented_for_people_and_on_one_line_on_request() -> None:
    request = DeleteProjectRequest(project_arn=PROJECT)
    assert request.to_json() == f'{{\n    "ProjectArn": "{PROJECT}"\n}}'
    assert request.to_json(indent=None) == f'{{"ProjectArn":"{PROJECT}"}}'


def test_identifiers_of_answers_go_into_requests_as_plain_text() -> None:
    request = DeleteProjectRequest(project_arn=ProjectArn(PROJECT))
    assert request == DeleteProjectRequest(project_arn=PROJECT)
    assert type(request.to_wire()["ProjectArn"]) is str


# -- any valid request -------------------------------------------------------------------------------------------------


def of(kind: type[RequestT], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[RequestT]:
    return st.fixed_dictionaries(fields).map(kind.from_dict)


PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
names = st.text(PLAIN + "_.-", min_size=1, max_size=255)
tag_texts = st.text(st.one_of(st.characters(categories=["L", "N", "Z"]), st.sampled_from("_.:/=+-@")), max_size=40)
tag_maps = st.dictionaries(tag_texts.filter(lambda key: key and not key.startswith("aws:")), tag_texts, max_size=5)
s3_objects = of(
    S3Object,
    bucket=st.text(PLAIN + "_.-", min_size=3, max_size=63),
    name=st.text(min_size=1, max_size=60),
    version=st.none() | st.text(min_size=1, max_size=20),
)
assets = st.lists(s3_objects.map(lambda o: Asset(ground_truth_manifest=GroundTruthManifest(s3_object=o))), max_size=3)
some_assets = assets.filter(bool)
project_arns = st.builds(
    "arn:{}:rekognition:{}:{}:project/{}/{}".format,
    st.sampled_from(["aws", "aws-cn", "aws-iso-b"]),
    st.sampled_from(["us-east-1", "cn-north-1"]),
    st.text("0123456789", min_size=12, max_size=12),
    names,
    st.integers(0, 10**13),
)
data = st.none() | st.tuples(
    of(TrainingData, assets=some_assets),
    of(TestingData, assets=some_assets, auto_create=st.none() | st.booleans())
    | of(TestingData, assets=st.none() | assets, auto_create=st.just(value=True)),
)
tokens = st.none() | st.text(max_size=40)
page_sizes = st.none() | st.integers(1, 100)
feature_configs = of(
    CustomizationFeatureConfig,
    content_moderation=st.none()
    | of(
        CustomizationFeatureContentModerationConfig,
        confidence_threshold=st.none() | st.floats(0, 100) | st.integers(0, 100),
    ),
)


@st.composite
def creates(draw: st.DrawFn) -> CreateProjectVersionRequest:
    training, testing = draw(data) or (None, None)
    arn = draw(project_arns)
    region = ProjectArn(arn).region
    keys = ["alias/x", KEY.rpartition("/")[2], KEY.replace("us-east-1", str(region))]
    return CreateProjectVersionRequest(
        project_arn=arn,
        version_name=draw(names),
        output_config=OutputConfig(s3_bucket="results", s3_key_prefix=draw(tokens)),
        training_data=training,
        testing_data=testing,
        tags=draw(st.none() | tag_maps),
        kms_key_id=draw(st.none() | st.sampled_from(keys)),
        version_description=draw(st.none() | st.text(PLAIN + "-_. ()':,;?", min_size=1, max_size=255)),
        feature_config=draw(st.none() | feature_configs),
    )


others = st.one_of(
    of(
        DescribeProjectVersionsRequest,
        project_arn=project_arns,
        version_names=st.none() | st.lists(names, min_size=1, max_size=10),
        next_token=tokens,
        max_results=page_sizes,
    ),
    of(
        CreateProjectRequest,
        project_name=names,
        feature=st.none() | st.just(CustomizationFeature.CUSTOM_LABELS),
        tags=st.none() | tag_maps,
    ),
    of(
        CreateProjectRequest,
        project_name=names,
        feature=st.just(CustomizationFeature.CONTENT_MODERATION),
        auto_update=st.sampled_from(ProjectAutoUpdate),
    ),
    of(
        DescribeProjectsRequest,
        next_token=tokens,
        max_results=page_sizes,
        project_names=st.none() | st.lists(names, min_size=1, max_size=10),
        features=st.none() | st.lists(st.sampled_from(CustomizationFeature), min_size=1, max_size=2),
    ),
    of(DeleteProjectRequest, project_arn=project_arns),
)
any_request = st.one_of(creates(), others)
thorough = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@thorough
@given(any_request)
def test_a_request_comes_back_from_json_dicts_and_yaml(request_: Request) -> None:
    kind = type(request_)
    assert kind.from_json(request_.to_json()) == request_
    assert kind.from_json(request_.to_json(indent=None).encode()) == request_
    assert kind.from_dict(json.loads(request_.to_json())) == request_
    assert kind.from_dict(request_.to_dict()) == request_
    assert kind.from_dict(request_.to_dict("snake")) == request_
    assert kind.from_dict(yaml.safe_load(yaml.safe_dump(request_.to_dict()))) == request_
    assert kind.from_dict(yaml.safe_load(yaml.safe_dump(request_.to_dict("snake")))) == request_


@thorough
@given(any_request)
def test_a_request_survives_pickle_and_copies(request_: Request) -> None:
    for other in (pickle.loads(pickle.dumps(request_)), copy.deepcopy(request_), copy.copy(request_)):
        assert other == request_
        assert other.to_json() == request_.to_json()


SERVICE = botocore.session.get_session().get_service_model("rekognition")


@thorough
@given(any_request)
def test_what_goes_out_is_plain_and_passes_botocores_own_check(request_: Request) -> None:
    wire = request_.to_wire()
    operation = type(request_).__name__.removesuffix("Request")
    shape = SERVICE.operation_model(operation).input_shape
    assert shape is not None
    report = ParamValidator().validate(wire, shape)
    assert not report.has_errors(), report.generate_report()
    assert set(plain_types(wire)) <= {dict, list, str, int, float, bool}
    assert json.loads(request_.to_json()) == wire == request_.to_dict()


def plain_types(value: Any) -> set[type]:
    parts = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return {type(value)}.union(*(plain_types(part) for part in parts))


def test_help_shows_the_names_that_type_checkers_take() -> None:
    signature = inspect.signature(CreateProjectVersionRequest)
    assert list(signature.parameters)[:3] == ["project_arn", "version_name", "output_config"]
    assert signature.parameters["project_arn"].default is inspect.Parameter.empty
    assert signature.parameters["tags"].default is None
