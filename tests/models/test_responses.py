"""Responses: every document of the service is read, and unknown parts of it are kept."""

import copy
import json
import pickle
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import botocore.session
import pytest
from botocore.parsers import create_parser
from hypothesis import example, given, settings, strategies as st
from pydantic import ValidationError

from rekog_versions import (
    DatasetArn,
    DatasetStatus,
    ProjectArn,
    ProjectStatus,
    ProjectVersionArn,
    ProjectVersionDescription,
    ProjectVersionStatus,
)
from rekog_versions.models import (
    CustomizationFeature,
    DatasetType,
    DescribedS3Object,
    DescribeProjectsResponse,
    DescribeProjectVersionsResponse,
    ProjectDescription,
)
from rekog_versions.models._base import Response
from rekog_versions.models.projects import CreateProjectResponse, DeleteProjectResponse
from rekog_versions.models.versions import CreateProjectVersionResponse

VERSION = "arn:aws:rekognition:eu-west-1:123456789012:project/birds/version/birds.2024-03-01T10.20.30/1709288430123"
SERVICE = botocore.session.get_session().get_service_model("rekognition")


def manifest(bucket: str, name: str, **more: str) -> dict[str, Any]:
    return {"GroundTruthManifest": {"S3Object": {"Bucket": bucket, "Name": name, **more}}}


FAILED: dict[str, Any] = {
    "ProjectVersionArn": VERSION,
    "CreationTimestamp": 1709288430.123,
    "Status": "TRAINING_FAILED",
    "StatusMessage": "Amazon Rekognition experienced a service issue.",
    "OutputConfig": {"S3Bucket": "birds-out", "S3KeyPrefix": f"runs/{VERSION}"},
    "TrainingDataResult": {"Input": {"Assets": [manifest("birds-in", "train.manifest", Version="u7B.x_1")]}},
    "TestingDataResult": {"Input": {"Assets": [manifest("birds-in", "test.manifest", Version="u7B.x_2")]}},
}
"""A failure of the service's own: no end, no evaluation, no summary, no output, no validation."""

RUNNING_TRAINING: dict[str, Any] = {
    "ProjectVersionArn": VERSION,
    "CreationTimestamp": 1709288430,
    "Status": "TRAINING_IN_PROGRESS",
    "StatusMessage": "The model is being trained.",
    "OutputConfig": {"S3Bucket": "birds-out", "S3KeyPrefix": ""},
    "TrainingDataResult": {"Input": {"Assets": [manifest("birds-in", "train.manifest")]}},
    "TestingDataResult": {"Input": {"Assets": [], "AutoCreate": True}},
}
"""A running training. The service creates the test set later, so the list of assets is empty."""

COMPLETED: dict[str, Any] = {
    "ProjectVersionArn": VERSION,
    "CreationTimestamp": 1709288430.123,
    "MinInferenceUnits": 1,
    "Status": "TRAINING_COMPLETED",
    "StatusMessage": "The model is ready to run.",
    "BillableTrainingTimeInSeconds": 4321,
    "TrainingEndTimestamp": 1709293000.5,
    "OutputConfig": {"S3Bucket": "birds-out", "S3KeyPrefix": "runs"},
    "TrainingDataResult": {"Input": {}, "Output": {"Assets": [manifest("birds-out", "runs/train.manifest")]}},
    "TestingDataResult": {
        "Input": {"AutoCreate": False},
        "Output": {"Assets": [manifest("birds-out", "runs/evaluation.manifest")]},
        "Validation": {"Assets": [manifest("birds-out", "runs/testing_manifest_with_validation.json")]},
    },
    "EvaluationResult": {"F1Score": 1, "Summary": {"S3Object": {"Bucket": "birds-out", "Name": "runs/summary.json"}}},
    "ManifestSummary": {"S3Object": {"Bucket": "birds-out", "Name": "runs/manifest_summary.json"}},
    "KmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/12345678-90ab-cdef-1234-567890abcdef",
    "Feature": "CUSTOM_LABELS",
}
"""A success in a project with datasets, so the input is empty. The score is an integer."""

PAGE: dict[str, Any] = {"ProjectVersionDescriptions": [COMPLETED, FAILED, RUNNING_TRAINING], "NextToken": ""}


def parsed(document: Any, operation: str = "DescribeProjectVersions") -> Any:
    """Return the result of boto3 for a response with this body."""
    shape = SERVICE.operation_model(operation).output_shape
    assert shape is not None
    response = {"status_code": 200, "headers": {}, "body": json.dumps(document).encode()}
    found = create_parser("json").parse(response, shape)
    del found["ResponseMetadata"]
    return found


def read(member: str, value: Any) -> ProjectVersionDescription:
    """The description that is nothing but one member."""
    return ProjectVersionDescription.model_validate({member: value})


def test_the_wire_form_and_the_result_of_boto3_give_equal_responses() -> None:
    off_the_wire = DescribeProjectVersionsResponse.model_validate_json(json.dumps(PAGE))
    assert DescribeProjectVersionsResponse.model_validate(parsed(PAGE)) == off_the_wire
    assert DescribeProjectVersionsResponse.model_validate(PAGE) == off_the_wire
    assert off_the_wire.next_token == ""
    assert off_the_wire.project_version_descriptions is not None
    assert [version.status for version in off_the_wire.project_version_descriptions] == [
        ProjectVersionStatus.TRAINING_COMPLETED,
        ProjectVersionStatus.TRAINING_FAILED,
        ProjectVersionStatus.TRAINING_IN_PROGRESS,
    ]


def test_a_failed_training_is_read() -> None:
    version = ProjectVersionDescription.model_validate(FAILED)
    assert version.status is ProjectVersionStatus.TRAINING_FAILED
    assert version.status_message == "Amazon Rekognition experienced a service issue."
    assert version.version_name == "birds.2024-03-01T10.20.30"
    assert version.creation_timestamp == datetime(2024, 3, 1, 10, 20, 30, 123000, tzinfo=UTC)
    assert version.output_config is not None
    assert version.output_config.s3_key_prefix == f"runs/{VERSION}"
    assert version.training_data_result is not None
    assert version.training_data_result.input is not None
    assert version.training_data_result.input.assets is not None
    (asset,) = version.training_data_result.input.assets
    assert asset.s3_object == DescribedS3Object(bucket="birds-in", name="train.manifest", version="u7B.x_1")
    assert asset.s3_object.uri == "s3://birds-in/train.manifest"
    assert (version.training_data_result.output, version.training_data_result.validation) == (None, None)
    assert (version.training_end_timestamp, version.evaluation_result, version.manifest_summary) == (None, None, None)
    assert (version.billable_training_time_in_seconds, version.min_inference_units) == (None, None)


def test_a_running_training_is_read() -> None:
    version = ProjectVersionDescription.model_validate(RUNNING_TRAINING)
    assert version.status is ProjectVersionStatus.TRAINING_IN_PROGRESS
    assert version.testing_data_result is not None
    assert version.testing_data_result.input is not None
    assert version.testing_data_result.input.assets == []
    assert version.testing_data_result.input.auto_create is True
    assert version.output_config is not None
    assert version.output_config.s3_key_prefix == ""


def test_a_completed_training_is_read() -> None:
    version = ProjectVersionDescription.model_validate(COMPLETED)
    assert version.evaluation_result is not None
    assert version.evaluation_result.f1_score == 1
    assert type(version.evaluation_result.f1_score) is float
    assert version.evaluation_result.summary is not None
    assert version.evaluation_result.summary.s3_object is not None
    assert version.evaluation_result.summary.s3_object.uri == "s3://birds-out/runs/summary.json"
    assert version.training_data_result is not None
    assert version.training_data_result.input is not None
    assert version.training_data_result.input.assets is None
    assert version.billable_training_time_in_seconds == 4321
    assert version.training_end_timestamp == datetime(2024, 3, 1, 11, 36, 40, 500000, tzinfo=UTC)
    assert version.feature is CustomizationFeature.CUSTOM_LABELS
    assert version.manifest_summary is not None
    assert version.manifest_summary.s3_object is not None
    assert version.manifest_summary.s3_object.name == "runs/manifest_summary.json"


def test_projects_are_read() -> None:
    arn = "arn:aws:rekognition:eu-west-1:123456789012:project/birds/1709280000000"
    dataset = "arn:aws:rekognition:eu-west-1:123456789012:project/birds/dataset/train/1709280000001"
    described = {"DatasetType": "TRAIN", "DatasetArn": dataset, "Status": "CREATE_COMPLETE", "CreationTimestamp": 1.5}
    body = {"ProjectDescriptions": [{"ProjectArn": arn, "Status": "CREATED", "Datasets": [described]}]}
    page = DescribeProjectsResponse.model_validate_json(json.dumps(body))
    assert page == DescribeProjectsResponse.model_validate(parsed(body, "DescribeProjects"))
    assert page.project_descriptions is not None
    (project,) = page.project_descriptions
    assert (project.project_arn, project.project_name) == (ProjectArn(arn), "birds")
    assert project.status is ProjectStatus.CREATED
    assert project.datasets is not None
    (found,) = project.datasets
    assert (found.dataset_type, found.status) == (DatasetType.TRAIN, DatasetStatus.CREATE_COMPLETE)
    assert type(found.dataset_arn) is DatasetArn
    assert found.dataset_arn.dataset_type == "train"
    assert found.creation_timestamp == datetime(1970, 1, 1, 0, 0, 1, 500000, tzinfo=UTC)


@pytest.mark.parametrize(
    "kind",
    [
        CreateProjectResponse,
        CreateProjectVersionResponse,
        DeleteProjectResponse,
        DescribeProjectVersionsResponse,
        DescribeProjectsResponse,
        ProjectDescription,
        ProjectVersionDescription,
    ],
)
def test_an_empty_response_has_none_for_all_members(kind: type[Response]) -> None:
    response = kind.model_validate_json("{}")
    assert all(getattr(response, name) is None for name in kind.model_fields)
    assert response.to_dict() == {}


def test_a_description_without_an_arn_has_no_name() -> None:
    assert ProjectVersionDescription().version_name is None


def test_a_description_without_an_evaluation_has_no_f1_score() -> None:
    assert read("EvaluationResult", {"F1Score": 1}).f1_score == 1.0
    assert read("EvaluationResult", {}).f1_score is None
    assert ProjectVersionDescription().f1_score is None
    assert ProjectDescription().project_name is None


@pytest.mark.parametrize(
    ("bucket", "name", "uri"),
    [("b", "k", "s3://b/k"), (None, "k", None), ("b", None, None), ("", "k", None), ("b", "", None)],
)
def test_an_object_with_bucket_and_key_has_a_uri(bucket: str | None, name: str | None, uri: str | None) -> None:
    assert DescribedS3Object(bucket=bucket, name=name).uri == uri


def test_unknown_members_are_kept_at_every_level() -> None:
    new = {"Nested": [{"deep": None}], "n": 1.5}
    response = DescribeProjectVersionsResponse.model_validate_json(
        json.dumps(
            {
                "Page": 1,
                "ProjectVersionDescriptions": [
                    {"Ranking": new, "EvaluationResult": {"F1Score": 0.5, "Recall": 0.25}, "OutputConfig": {"Acl": ""}}
                ],
            }
        )
    )
    assert response.model_extra == {"Page": 1}
    assert response.project_version_descriptions is not None
    (version,) = response.project_version_descriptions
    assert version.model_extra == {"Ranking": new}
    assert version.evaluation_result is not None
    assert version.evaluation_result.model_extra == {"Recall": 0.25}
    assert version.output_config is not None
    assert version.output_config.model_extra == {"Acl": ""}
    assert response.to_dict()["Page"] == 1
    assert response.to_dict()["ProjectVersionDescriptions"][0]["EvaluationResult"] == {"F1Score": 0.5, "Recall": 0.25}


@pytest.mark.parametrize(
    "name", ["model_config", "to_dict", "status_code", "version_name", "model_fields", "__class__"]
)
def test_an_unknown_member_can_have_any_name(name: str) -> None:
    version = ProjectVersionDescription.model_validate({**FAILED, name: "new"})
    assert version.model_extra == {name: "new"}
    assert type(version) is ProjectVersionDescription
    assert version.to_dict()["Status"] == "TRAINING_FAILED"
    assert version.version_name == "birds.2024-03-01T10.20.30"


@pytest.mark.parametrize(
    "text", ["", "odd", VERSION + "/more", VERSION.replace("rekognition", "vision"), VERSION[:-14]]
)
def test_a_malformed_arn_has_no_parts(text: str) -> None:
    version = ProjectVersionDescription.model_validate_json(json.dumps({"ProjectVersionArn": text}))
    assert type(version.project_version_arn) is ProjectVersionArn
    assert version.project_version_arn == text
    assert not version.project_version_arn.is_valid
    assert version.project_version_arn.region is None
    assert version.version_name is None
    assert version.to_dict() == {"ProjectVersionArn": text}


def test_values_outside_the_limits_are_read() -> None:
    version = ProjectVersionDescription.model_validate(
        {
            "MinInferenceUnits": 0,
            "BillableTrainingTimeInSeconds": -1,
            "VersionDescription": "<ü>" * 1000,
            "KmsKeyId": "",
            "OutputConfig": {"S3Bucket": "a b", "S3KeyPrefix": "k" * 5000},
            "EvaluationResult": {"F1Score": 1.5},
            "FeatureConfig": {"ContentModeration": {"ConfidenceThreshold": 101}},
        }
    )
    assert (version.min_inference_units, version.billable_training_time_in_seconds) == (0, -1)
    assert version.version_description == "<ü>" * 1000
    assert version.evaluation_result is not None
    assert version.evaluation_result.f1_score == 1.5
    assert version.feature_config is not None
    assert version.feature_config.content_moderation is not None
    assert version.feature_config.content_moderation.confidence_threshold == 101


def test_an_unknown_status_keeps_its_value() -> None:
    for version in (
        ProjectVersionDescription.model_validate_json('{"Status": "TRAINING_PAUSED", "Feature": "NEW_FEATURE"}'),
        ProjectVersionDescription.model_validate({"Status": "TRAINING_PAUSED", "Feature": "NEW_FEATURE"}),
    ):
        assert version.status is ProjectVersionStatus("TRAINING_PAUSED")
        assert not version.status.is_known
        assert version.feature is CustomizationFeature("NEW_FEATURE")
        assert version.to_dict() == {"Status": "TRAINING_PAUSED", "Feature": "NEW_FEATURE"}


def test_a_number_in_a_string_member_becomes_text() -> None:
    assert read("BaseModelVersion", 7).base_model_version == "7"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("Status", 5),
        ("MinInferenceUnits", "many"),
        ("CreationTimestamp", "yesterday"),
        ("EvaluationResult", [0.9]),
        ("ProjectVersionArn", {"Arn": VERSION}),
    ],
)
def test_the_error_of_an_unreadable_value_names_the_member(member: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        read(member, value)
    assert [detail["loc"] for detail in caught.value.errors()] == [(member,)]


MOMENT = datetime(2020, 2, 27, 21, 30, 55, 56000, tzinfo=UTC)


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kolkata"])
def _somewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_somewhere")
@pytest.mark.parametrize(
    "spelling",
    [
        1582839055.056,
        "1582839055.056",
        "2020-02-27T21:30:55.056Z",
        "2020-02-27T21:30:55.056000+00:00",
        "2020-02-27T16:30:55.056-05:00",
        "2020-02-28T03:00:55.056+05:30",
        "2020-02-27T21:30:55.056",  # naive: the service means UTC, wherever the reader is
        "2020-02-27 21:30:55.056",
    ],
)
def test_every_form_of_a_time_is_read_as_utc(spelling: Any) -> None:
    for version in (
        read("CreationTimestamp", spelling),
        ProjectVersionDescription.model_validate_json(json.dumps({"CreationTimestamp": spelling})),
    ):
        assert version.creation_timestamp == MOMENT
        assert version.creation_timestamp.tzinfo is UTC


@pytest.mark.usefixtures("_somewhere")
def test_a_local_time_from_boto3_is_converted_to_utc() -> None:
    given_by_boto3 = parsed({"ProjectVersionDescriptions": [{"CreationTimestamp": 1582839055.056}]})
    moment = given_by_boto3["ProjectVersionDescriptions"][0]["CreationTimestamp"]
    assert moment.tzinfo is not None
    assert moment.utcoffset() == MOMENT.astimezone().utcoffset()
    for given_time in (moment, MOMENT.astimezone(timezone(timedelta(hours=9))), MOMENT.replace(tzinfo=None)):
        read_time = read("CreationTimestamp", given_time).creation_timestamp
        assert read_time == MOMENT
        assert read_time is not None
        assert read_time.tzinfo is UTC


@settings(deadline=None)
@given(st.integers(0, 2**33 * 1000))  # to the year 2242: later a float does not hold a millisecond exactly enough
@example(1709288430123)
@example(0)
def test_milliseconds_are_exact_in_json_and_through_botocore(milliseconds: int) -> None:
    body = {"ProjectVersionDescriptions": [{"CreationTimestamp": milliseconds / 1000}]}
    wanted = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    for page in (
        DescribeProjectVersionsResponse.model_validate_json(json.dumps(body)),
        DescribeProjectVersionsResponse.model_validate(body),
        DescribeProjectVersionsResponse.model_validate(parsed(body)),
    ):
        assert page.project_version_descriptions is not None
        assert page.project_version_descriptions[0].creation_timestamp == wanted


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", 1e12, -1e14])
def test_a_time_outside_the_years_1_to_9999_is_rejected(moment: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        read("TrainingEndTimestamp", moment)
    assert [detail["loc"] for detail in caught.value.errors()] == [("TrainingEndTimestamp",)]


RESPONSES = [
    FAILED,
    RUNNING_TRAINING,
    COMPLETED,
    {"Status": "NEW", "ProjectVersionArn": "odd", "New": {"a": [1, None]}},
]


@pytest.mark.parametrize("document", RESPONSES)
def test_a_dict_of_a_response_reads_as_the_same_response(document: dict[str, Any]) -> None:
    version = ProjectVersionDescription.model_validate(document)
    service, snake = version.to_dict(), version.to_dict("snake")
    assert ProjectVersionDescription.model_validate_json(json.dumps(service)) == version
    assert ProjectVersionDescription.model_validate_json(json.dumps(snake)) == version
    assert set(service) == set(document)


def test_a_dict_of_a_response_has_plain_values_in_the_chosen_spelling() -> None:
    version = ProjectVersionDescription.model_validate(COMPLETED)
    assert version.to_dict() == {
        **COMPLETED,
        "CreationTimestamp": "2024-03-01T10:20:30.123000Z",
        "TrainingEndTimestamp": "2024-03-01T11:36:40.500000Z",
    }
    snake = version.to_dict("snake")
    assert snake["evaluation_result"]["f1_score"] == 1
    assert snake["evaluation_result"]["summary"]["s3_object"] == {"bucket": "birds-out", "name": "runs/summary.json"}
    assert snake["billable_training_time_in_seconds"] == 4321
    assert type(snake["status"]) is str
    assert type(snake["project_version_arn"]) is str


@pytest.mark.parametrize("document", RESPONSES)
def test_a_response_survives_pickle_and_copies(document: dict[str, Any]) -> None:
    version = ProjectVersionDescription.model_validate(document)
    others = [pickle.loads(pickle.dumps(version, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]
    for other in (*others, copy.deepcopy(version)):
        assert other == version
        assert other.status is version.status
        assert type(other.project_version_arn) is ProjectVersionArn
        assert other.version_name == version.version_name
        assert other.model_extra == version.model_extra


def test_responses_with_equal_members_are_equal() -> None:
    version = ProjectVersionDescription.model_validate(FAILED)
    assert version == ProjectVersionDescription.model_validate(copy.deepcopy(FAILED))
    assert version != ProjectVersionDescription.model_validate({**FAILED, "StatusMessage": "other"})
    assert version != ProjectVersionDescription.model_validate({**FAILED, "New": 1})


def test_a_response_is_immutable() -> None:
    version = ProjectVersionDescription.model_validate(FAILED)
    with pytest.raises(ValidationError, match="frozen"):
        version.status = ProjectVersionStatus.RUNNING
    assert version.status is ProjectVersionStatus.TRAINING_FAILED
