"""Likely mistakes in requests, and what the errors say about them."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from rekog_versions import (
    CreateProjectVersionRequest,
    OutputConfig,
    ProjectVersionDescription,
    S3Object,
    TestingData,
    TrainingData,
)
from rekog_versions.models import DescribeProjectsRequest
from tests.wire import PROJECT


def problems(make: Any) -> dict[str, str]:
    """Return the messages of a ValidationError by the path of the field."""
    with pytest.raises(ValidationError) as caught:
        make()
    return {".".join(map(str, error["loc"])): error["msg"] for error in caught.value.errors()}


def request(**fields: Any) -> CreateProjectVersionRequest:
    valid: dict[str, Any] = {"project_arn": PROJECT, "version_name": "v1", "output_config": {"s3_bucket": "results"}}
    return CreateProjectVersionRequest(**{**valid, **fields})


def test_a_missing_field_has_the_callers_spelling() -> None:
    assert set(problems(lambda: CreateProjectVersionRequest(tags={}))) == {  # type: ignore[call-arg]
        "project_arn",
        "version_name",
        "output_config",
    }
    assert set(problems(lambda: CreateProjectVersionRequest.from_dict({"Tags": {}}))) == {
        "ProjectArn",
        "VersionName",
        "OutputConfig",
    }
    assert set(problems(lambda: request(output_config={"s3_key_prefix": "out"}))) == {"output_config.s3_bucket"}
    assert set(problems(lambda: request(output_config={"S3KeyPrefix": "out"}))) == {"output_config.S3Bucket"}


def test_a_misspelt_field_is_one_error() -> None:
    found = problems(
        lambda: CreateProjectVersionRequest(  # type: ignore[call-arg]
            projectArn=PROJECT, version_nme="v1", outputConfig=OutputConfig(s3_bucket="results")
        )
    )
    assert {path: message.partition("Did you mean ")[2] for path, message in found.items()} == {
        "projectArn": "project_arn?",
        "version_nme": "version_name?",
        "outputConfig": "output_config?",
    }
    nested = problems(lambda: request(output_config={"bucket": "results", "prefix": "out"}))
    assert {path: message.partition("Did you mean ")[2] for path, message in nested.items()} == {
        "output_config.bucket": "s3_bucket?",
        "output_config.prefix": "s3_key_prefix?",
    }


@pytest.mark.parametrize("manifest", ["s3://data/train.manifest", ["s3://data/train.manifest"]])
def test_a_manifest_in_place_of_the_data_names_from_manifests(manifest: Any) -> None:
    found = problems(lambda: request(training_data=manifest, testing_data=manifest))
    kind = type(manifest).__name__
    assert found == {
        "training_data": f"must be TrainingData.from_manifests('s3://BUCKET/KEY'), got {kind}",
        "testing_data": f"must be TestingData.from_manifests('s3://BUCKET/KEY'), got {kind}",
    }


@pytest.mark.parametrize("prefix", ["s3://", "arn:aws:s3:::", "https://"])
def test_a_uri_in_place_of_a_bucket_says_to_give_the_name_alone(prefix: str) -> None:
    (message,) = problems(lambda: OutputConfig(s3_bucket=f"{prefix}my-bucket")).values()
    assert message.endswith(f"Give the name alone, without '{prefix}'")


@pytest.mark.parametrize("kind", [TrainingData, TestingData])
def test_manifests_can_be_given_as_lists(kind: Any) -> None:
    uris = ["s3://data/1.manifest", "s3://data/2.manifest"]
    assert kind.from_manifests(uris) == kind.from_manifests(*uris) == kind.from_manifests(tuple(uris[:1]), uris[1])


@pytest.mark.parametrize("uri", [r"C:\data\train.manifest", "train.manifest", "/data/train.manifest", "./a b", ""])
def test_a_local_path_says_to_upload_the_file(uri: str) -> None:
    with pytest.raises(ValueError, match=r"form s3://BUCKET/KEY, got .*client\.s3\.upload_file"):
        TrainingData.from_manifests(uri)


@pytest.mark.parametrize("value", [Path("train.manifest"), 5, None, b"s3://data/a", {"Bucket": "data"}])
def test_another_type_than_a_string_says_to_upload_the_file(value: Any) -> None:
    with pytest.raises(TypeError, match=r"string of the form s3://BUCKET/KEY, got \w+\. .*upload_file"):
        TrainingData.from_manifests(value)
    with pytest.raises(TypeError, match="string of the form"):
        S3Object.from_uri(value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("f1score", "f1_score"),
        ("F1Score", "f1_score"),
        ("statusMessage", "status_message"),
        ("versionname", "version_name"),
    ],
)
def test_a_misspelt_attribute_has_the_closest_one(name: str, meant: str) -> None:
    with pytest.raises(AttributeError, match=rf"no attribute '{name}'\. Did you mean {meant}"):
        getattr(ProjectVersionDescription(), name)
    assert not hasattr(ProjectVersionDescription(), name)


@given(st.text(min_size=1))
def test_any_other_attribute_is_an_attribute_error(name: str) -> None:
    assert getattr(DescribeProjectsRequest(), f"x{name}", "missing") == "missing"


def test_an_unknown_member_of_a_response_is_an_attribute() -> None:
    described: Any = ProjectVersionDescription.model_validate({"NewMember": 5})
    assert described.NewMember == 5


@pytest.mark.parametrize("kind", [TrainingData, TestingData])
def test_a_manifest_can_be_named_with_its_version(kind: Any) -> None:
    versioned = S3Object(bucket="data", name="a.manifest", version="3sL4kqtJlcpXro")
    data = kind.from_manifests(versioned, ["s3://data/b.manifest", versioned])
    objects = [asset.ground_truth_manifest.s3_object for asset in data.assets]
    assert objects == [versioned, S3Object(bucket="data", name="b.manifest"), versioned]
    assert S3Object.from_uri("s3://data/a.manifest", version="3sL4kqtJlcpXro") == versioned
