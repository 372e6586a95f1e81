"""Any valid request survives JSON, YAML, pickle and copies, and passes botocore's validation."""

import copy
import json
import pickle
from typing import Any, TypeVar

import botocore.session
import yaml
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, given, settings, strategies as st

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
from rekog_versions.models._base import Request
from rekog_versions.models.projects import CreateProjectRequest, DeleteProjectRequest, DescribeProjectsRequest
from rekog_versions.models.versions import DescribeProjectVersionsRequest

PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/1574310000000"
KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-90ab-cdef-1234-567890abcdef"
RequestT = TypeVar("RequestT", bound=Request)


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
def test_a_request_survives_json_dicts_and_yaml(request_: Request) -> None:
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
def test_the_wire_form_is_plain_and_passes_botocores_validation(request_: Request) -> None:
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
