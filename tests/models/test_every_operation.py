"""Rules for the models of every operation: round trips, the wire form, empty responses, bytes and messages."""

import base64
import copy
import json
import pickle
from typing import Any

import botocore.session
import pytest
import yaml
from botocore.validate import ParamValidator
from hypothesis import given, strategies as st
from pydantic import ValidationError

from rekog_versions import S3Object
from rekog_versions.models._base import Request, Response
from rekog_versions.models.datasets import (
    CreateDatasetRequest,
    DatasetChanges,
    DatasetSource,
    ListDatasetEntriesRequest,
    UpdateDatasetEntriesRequest,
)
from rekog_versions.models.detection import DetectCustomLabelsRequest, DetectCustomLabelsResponse, Image
from rekog_versions.models.lifecycle import CopyProjectVersionRequest, StartProjectVersionRequest
from tests.models.operations import OPERATIONS
from tests.models.service_model import variants

SERVICE = botocore.session.get_session().get_service_model("rekognition")
REQUESTS = [(operation, document) for operation in OPERATIONS for document in variants(operation)]
TRAIN = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/dataset/train/1574310000000"
VERSION = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/version/v1/1574317227432"


def made(operation: str, document: dict[str, Any]) -> Request:
    return OPERATIONS[operation][0].from_dict(document)


@pytest.mark.parametrize(("operation", "document"), REQUESTS)
def test_a_request_survives_json_dicts_yaml_pickle_and_copies(operation: str, document: dict[str, Any]) -> None:
    request = made(operation, document)
    kind = type(request)
    for again in (
        kind.from_json(request.to_json()),
        kind.from_dict(request.to_dict()),
        kind.from_dict(request.to_dict("snake")),
        kind.from_dict(yaml.safe_load(yaml.safe_dump(request.to_dict()))),
        pickle.loads(pickle.dumps(request)),
        copy.deepcopy(request),
    ):
        assert again == request
        assert again.to_wire() == request.to_wire()


@pytest.mark.parametrize(("operation", "document"), REQUESTS)
def test_the_wire_form_is_plain_and_passes_botocores_validation(operation: str, document: dict[str, Any]) -> None:
    wire = made(operation, document).to_wire()
    shape = SERVICE.operation_model(operation).input_shape
    assert shape is not None
    report = ParamValidator().validate(wire, shape)
    assert not report.has_errors(), report.generate_report()
    assert set(plain_types(wire)) <= {dict, list, str, int, float, bool, bytes}


def plain_types(value: Any) -> set[type]:
    parts = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return {type(value)}.union(*(plain_types(part) for part in parts))


@pytest.mark.parametrize("kind", [response for _, response in OPERATIONS.values()])
def test_an_empty_response_has_none_for_all_members(kind: type[Response]) -> None:
    response = kind.model_validate_json("{}")
    assert all(getattr(response, name) is None for name in kind.model_fields)
    assert response.to_dict() == {}
    assert kind.model_validate_json('{"New": 1}').model_extra == {"New": 1}


@given(content=st.binary(min_size=1, max_size=200))
def test_bytes_are_sent_unchanged_and_are_base64_in_documents(content: bytes) -> None:
    update = UpdateDatasetEntriesRequest(dataset_arn=TRAIN, changes=DatasetChanges(ground_truth=content))
    detect = DetectCustomLabelsRequest(project_version_arn=VERSION, image=Image(bytes=content), min_confidence=50)
    assert update.to_wire()["Changes"] == {"GroundTruth": content}
    assert detect.to_wire()["Image"] == {"Bytes": content}
    text = base64.b64encode(content).decode()
    assert json.loads(update.to_json())["Changes"] == {"GroundTruth": text}
    assert json.loads(detect.to_json())["Image"] == {"Bytes": text}
    assert UpdateDatasetEntriesRequest.from_json(update.to_json()) == update
    assert DetectCustomLabelsRequest.from_json(detect.to_json()) == detect


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("ä", "got another string"),
        ("YQ", "got another string"),
        ("Y Q==", "got another string"),
        ("", "must have 1 to 5,242,880 bytes, got 0"),
        (None, "must be bytes or a base64 string, got NoneType"),
        (bytearray(b"x"), "got bytearray"),
        (b"x" * 5_242_881, "splits larger changes into several calls"),
    ],
)
def test_invalid_bytes_are_rejected(value: Any, says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        DatasetChanges(ground_truth=value)
    (detail,) = caught.value.errors()
    assert detail["loc"] == ("ground_truth",)
    assert says in detail["msg"]
    assert len(detail["msg"]) < 200


@pytest.mark.parametrize(
    ("kind", "document", "says"),
    [
        (
            StartProjectVersionRequest,
            {"ProjectVersionArn": VERSION, "MinInferenceUnits": 3, "MaxInferenceUnits": 2},
            "min_inference_units (3) must not be larger than max_inference_units (2)",
        ),
        (
            ListDatasetEntriesRequest,
            {"DatasetArn": TRAIN, "ContainsLabels": ["a\nb"]},
            "all characters but line breaks",
        ),
        (ListDatasetEntriesRequest, {"DatasetArn": TRAIN, "SourceRefContains": "\t"}, "more than spaces"),
        (ListDatasetEntriesRequest, {"DatasetArn": VERSION}, "it is a project version ARN. The form is arn:PARTITION"),
        (CreateDatasetRequest, {"ProjectArn": TRAIN, "DatasetType": "TRAIN"}, "it is a dataset ARN"),
    ],
)
def test_an_error_says_what_is_allowed(kind: type[Request], document: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.from_dict(document)
    (detail,) = caught.value.errors()
    assert says in detail["msg"]
    assert detail["msg"].isprintable()


def test_the_key_of_a_copy_must_be_in_the_region_of_the_destination() -> None:
    with pytest.raises(
        ValidationError,
        match=r"kms_key_id must be .* us-east-1, got a key in eu",
    ):
        CopyProjectVersionRequest.from_dict(
            {
                **variants("CopyProjectVersion")[0],
                "KmsKeyId": "arn:aws:kms:eu-west-1:123456789012:alias/copies",
            }
        )


def test_a_source_is_created_from_a_uri_or_an_arn() -> None:
    manifest = DatasetSource.from_manifest("s3://data/a.manifest").ground_truth_manifest
    assert manifest is not None
    assert manifest.s3_object == S3Object(bucket="data", name="a.manifest")
    assert DatasetSource.from_dataset(TRAIN).dataset_arn == TRAIN


def test_a_detection_is_read_with_unknown_and_odd_members() -> None:
    document = {
        "CustomLabels": [
            {
                "Name": "a cat",
                "Confidence": 99.5,
                "Geometry": {
                    "BoundingBox": {"Width": 0.5, "Height": 0.25, "Left": 0.125, "Top": 1.5},
                    "Polygon": [{"X": 0.5, "Y": 0.25}],
                },
                "Colour": "grey",
            },
            {"Name": 5, "Confidence": 250.0},
        ]
    }
    response = DetectCustomLabelsResponse.model_validate(document)
    assert response.custom_labels is not None
    cat, odd = response.custom_labels
    assert cat.geometry is not None
    assert cat.geometry.polygon is not None
    assert cat.geometry.polygon[0].x == 0.5
    assert cat.model_extra == {"Colour": "grey"}
    assert (odd.name, odd.confidence) == ("5", 250.0)
    assert cat.to_dict() == document["CustomLabels"][0]
