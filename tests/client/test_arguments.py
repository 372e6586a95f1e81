"""Arguments of the clients: what they are created from, keyword arguments in any spelling, and the region."""

import inspect
import warnings
from typing import Any

import boto3
import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from rekog_versions import AsyncVersionsClient, OutputConfig, TrainingData, VersionsClient
from rekog_versions._aws.regions import REGIONS
from rekog_versions.testing import CustomLabelsControl
from tests.client.requests import CREATE, STARTED, create_request
from tests.conftest import Driver
from tests.wire import PROJECT, VERSION, HttpResponse, Wire, at, shared_session, versions

BOTH = [VersionsClient, AsyncVersionsClient]
CREATE_FIELDS: dict[str, Any] = dict(create_request())


def boto(service: str = "rekognition", region: str = "us-east-1", **options: Any) -> Any:
    """Return a boto3 client."""
    session: Any = shared_session()
    return session.client(service, region_name=region, **options)


# what a client is created from


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("us-east-1", "the string 'us-east-1'"),
        (None, "a value of type NoneType"),
        (5, "a value of type int"),
        (boto3.Session(region_name="us-east-1"), "a value of type Session"),
        (boto3.Session, "the class Session"),
        (boto("s3"), "a client for s3"),
        (boto("sagemaker"), "a client for sagemaker"),
    ],
    ids=["region", "None", "number", "session", "class", "S3", "SageMaker"],
)
def test_a_client_is_created_from_a_client_for_rekognition_only(kind: Any, given: Any, says: str) -> None:
    with pytest.raises(TypeError) as caught:
        kind(given)
    assert f"rekognition must be a boto3 client for Rekognition, got {says}" in str(caught.value)
    assert "VersionsClient.connect(region_name='us-east-1')" in str(caught.value)


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("arguments", [{}, {"region_name": "us-east-1"}, {"rekogniton": None}])
def test_arguments_of_a_constructor_that_do_not_fit_lead_to_connect(kind: Any, arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=rf"{kind.__name__}\(\): .*VersionsClient\.connect\(region_name="):
        kind(**arguments)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"s3": boto("rekognition")}, "s3 must be a boto3 client for S3, got a client for rekognition"),
        ({"session": "default"}, "session must be a boto3.Session, got the string 'default'"),
    ],
)
def test_other_clients_of_a_wrong_kind_are_rejected(arguments: dict[str, Any], says: str, wire: Wire) -> None:
    with pytest.raises(TypeError, match=says):
        VersionsClient(wire.client(), **arguments)


def test_connect_takes_the_region_first() -> None:
    assert VersionsClient.connect("eu-west-1").rekognition.meta.region_name == "eu-west-1"
    wrong: Any = boto3.Session()
    with pytest.raises(TypeError, match="region_name must be a string such as 'us-east-1', got Session"):
        VersionsClient.connect(wrong)
    with pytest.raises(TypeError, match=r"connect\(\) has no parameter 'region'. Did you mean region_name\?"):
        VersionsClient.connect(region="eu-west-1")  # type: ignore[call-arg]


# regions


@pytest.mark.parametrize(
    ("region", "meant"),
    [
        ("us-east1", "us-east-1"),
        ("useast-1", "us-east-1"),
        ("EU-WEST-1", "eu-west-1"),
    ],
)
def test_a_region_in_a_wrong_form_is_rejected_with_the_closest_region(region: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"region_name must be a region.* got '{region}'.* Did you mean .*{meant}"):
        VersionsClient(boto(region=region))


def test_connect_rejects_a_region_in_a_wrong_form() -> None:
    with pytest.raises(ValueError, match="Did you mean us-east-1"):
        VersionsClient.connect("us-east1")


@pytest.mark.parametrize("region", ["us-west-1", "ca-central-1", "us-gov-west-1", "eu-isoe-west-1", "mx-central-1"])
def test_another_region_leads_to_a_warning_because_aws_may_add_it(region: str) -> None:
    with pytest.warns(UserWarning, match=f"not known to be available in {region}; .* us-east-1, us-east-2") as caught:
        VersionsClient(boto(region=region, endpoint_url=f"https://rekognition.{region}.amazonaws.com"))
    assert caught[0].filename == __file__


@pytest.mark.parametrize("region", REGIONS)
def test_the_regions_of_custom_labels_are_accepted_silently(region: str) -> None:
    VersionsClient(boto(region=region))
    assert region in boto3.Session().get_available_regions("rekognition")


@pytest.mark.parametrize("endpoint", ["http://localhost:5000", "https://labels.example.com", "http://[::1]:80"])
def test_other_endpoints_than_awss_may_use_any_region(endpoint: str, wire: Wire) -> None:
    client = wire.on("DescribeProjectVersions", versions()).attach(boto(region="moon-1", endpoint_url=endpoint))
    assert VersionsClient(client).describe_project_versions(PROJECT).project_version_descriptions == []


ELSEWHERE = PROJECT.replace("us-east-1", "eu-west-1")
VERSION_ELSEWHERE = VERSION.replace("us-east-1", "eu-west-1")
DATASET_ELSEWHERE = ELSEWHERE.replace("/1574310000000", "/dataset/train/1574310000001")
TEST_ELSEWHERE = DATASET_ELSEWHERE.replace("train", "test")


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("create_project_version", [{**CREATE_FIELDS, "project_arn": ELSEWHERE}]),
        ("train", [{**CREATE_FIELDS, "project_arn": ELSEWHERE}]),
        ("describe_project_versions", [ELSEWHERE]),
        ("get_project_version", [VERSION_ELSEWHERE]),
        ("get_project_version", [(ELSEWHERE, "v1")]),
        ("wait_until_trained", [VERSION_ELSEWHERE]),
        ("wait_until_running", [(ELSEWHERE, "v1")]),
        ("start_project_version", [VERSION_ELSEWHERE]),
        ("stop_project_version", [(ELSEWHERE, "v1")]),
        ("delete_project_version", [VERSION_ELSEWHERE]),
        ("delete_project", [ELSEWHERE]),
        ("detect_custom_labels", [VERSION_ELSEWHERE, b"image"]),
        ("create_dataset", [ELSEWHERE, "TRAIN"]),
        ("describe_dataset", [DATASET_ELSEWHERE]),
        ("wait_until_dataset_ready", [DATASET_ELSEWHERE]),
        ("update_dataset_entries", [DATASET_ELSEWHERE, b"{}"]),
        ("distribute_dataset_entries", [DATASET_ELSEWHERE, TEST_ELSEWHERE]),
        ("delete_dataset", [DATASET_ELSEWHERE]),
        ("put_project_policy", [ELSEWHERE, "policy", {}]),
        ("list_tags_for_resource", [ELSEWHERE]),
    ],
)
def test_an_arn_of_another_region_is_found_before_any_call(
    method: str, arguments: list[Any], wire: Wire, driver: Driver
) -> None:
    with pytest.raises(ValueError, match=r"is in eu-west-1, but the client calls us-east-1\. .*eu-west-1'") as caught:
        driver.over(wire.client())(method, *arguments)
    assert wire.sent == []
    assert not getattr(caught.value, "__notes__", None)


def test_a_listing_of_another_region_is_found_before_any_call(wire: Wire, driver: Driver) -> None:
    driver.over(wire.client())
    with pytest.raises(ValueError, match="but the client calls us-east-1"):
        driver.items("iter_project_versions", ELSEWHERE)
    assert wire.sent == []


# keyword arguments


def public_methods() -> list[str]:
    """Return the names of the methods that send requests."""
    return [
        name
        for name, method in inspect.getmembers(VersionsClient, inspect.isfunction)
        if not name.startswith("_") and method.__module__.startswith("rekog_versions.client._sync")
    ]


def parameters_of(method: str) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(getattr(VersionsClient, method)).parameters)


METHODS_WITH_KEYWORDS = [name for name in public_methods() if len(parameters_of(name)) > 1]


def spellings(name: str) -> tuple[str, str]:
    """Return a parameter in PascalCase and in camelCase."""
    pascal = "".join(word.capitalize() for word in name.split("_"))
    return pascal, pascal[0].lower() + pascal[1:]


def test_most_methods_take_keywords() -> None:
    assert len(METHODS_WITH_KEYWORDS) > 30


@pytest.mark.parametrize("method", METHODS_WITH_KEYWORDS)
def test_the_error_for_a_misspelt_keyword_argument_has_the_closest_one(method: str, wire: Wire, driver: Driver) -> None:
    call = driver.over(wire.client())
    known = [name for name, p in parameters_of(method).items() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    known = [name for name in known if name != "self"] or ["version_name", "output_config", "tags", "kms_key_id"]
    for name in known:
        _, camel = spellings(name)
        for wrong in {camel, name[:-1], f"{name}z", name.replace("_", "")} - {name, *known}:
            with pytest.raises(TypeError) as caught:
                call(method, **{wrong: 1})
            assert f"has no parameter '{wrong}'. Did you mean " in str(caught.value)
            assert name in str(caught.value).partition("Did you mean ")[2]
    assert wire.sent == []


@given(st.text(min_size=1))
def test_any_keyword_argument_is_explained_in_a_short_message(name: str) -> None:
    client = VersionsClient(Wire().client())
    with pytest.raises(TypeError) as caught:
        client.describe_projects(**{"x\x1b" + name * 1000: 1})  # type: ignore[arg-type]
    assert len(str(caught.value)) < 1200
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("method", "arguments", "sent"),
    [
        (
            "describe_project_versions",
            {"ProjectArn": PROJECT, "MaxResults": 5},
            {"ProjectArn": PROJECT, "MaxResults": 5},
        ),
        ("describe_projects", {"ProjectNames": ["a"]}, {"ProjectNames": ["a"]}),
        ("stop_project_version", {"ProjectVersionArn": VERSION}, {"ProjectVersionArn": VERSION}),
        (
            "start_project_version",
            {"ProjectVersionArn": VERSION, "MinInferenceUnits": 2},
            {"ProjectVersionArn": VERSION, "MinInferenceUnits": 2},
        ),
        (
            "detect_custom_labels",
            {"ProjectVersionArn": VERSION, "Image": {"S3Object": {"Bucket": "bucket", "Name": "a.png"}}},
            {"ProjectVersionArn": VERSION, "Image": {"S3Object": {"Bucket": "bucket", "Name": "a.png"}}},
        ),
        ("tag_resource", {"ResourceArn": VERSION, "Tags": {"a": "b"}}, {"ResourceArn": VERSION, "Tags": {"a": "b"}}),
        (CREATE, {"VersionName": "v2", "ProjectArn": PROJECT, "OutputConfig": {"S3Bucket": "results"}}, None),
    ],
)
def test_the_services_spelling_is_accepted_by_every_method(
    method: str, arguments: dict[str, Any], sent: dict[str, Any] | None, wire: Wire, driver: Driver
) -> None:
    operation = "".join(word.capitalize() for word in method.split("_")) if method != CREATE else CREATE
    wire.on(operation, STARTED if method == CREATE else HttpResponse({"Status": "STARTING"}))
    driver.over(wire.client())("create_project_version" if method == CREATE else method, **arguments)
    assert wire.requests_of(operation) == [sent or arguments]


def test_a_keyword_argument_in_both_spellings_is_rejected(wire: Wire, driver: Driver) -> None:
    call = driver.over(wire.client())
    with pytest.raises(TypeError, match="project_arn in both spellings"):
        call("describe_project_versions", project_arn=PROJECT, ProjectArn=PROJECT)
    with pytest.raises(ValidationError, match="both spellings"):
        call("create_project_version", **CREATE_FIELDS, ProjectArn=PROJECT)


def test_a_typo_in_a_field_of_a_create_names_only_the_typo(wire: Wire, driver: Driver) -> None:
    fields = {"projectArn": PROJECT, "version_nme": "v1", "outputConfig": OutputConfig(s3_bucket="results")}
    with pytest.raises(TypeError) as caught:
        driver.over(wire.client())("train", **fields)
    assert str(caught.value) == (
        "CreateProjectVersionRequest has no parameter 'projectArn'. Did you mean project_arn?; "
        "CreateProjectVersionRequest has no parameter 'version_nme'. Did you mean version_name?; "
        "CreateProjectVersionRequest has no parameter 'outputConfig'. Did you mean output_config?"
    )


@pytest.mark.parametrize("spelling", ["service", "snake"])
@pytest.mark.parametrize("method", ["create_project_version", "train"])
def test_a_dict_is_accepted_in_place_of_a_request(method: str, spelling: Any, wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, STARTED).on("DescribeProjectVersions", *at("TRAINING_COMPLETED"))
    driver.over(wire.client())(method, create_request().to_dict(spelling))
    assert wire.requests_of(CREATE) == [create_request().to_wire()]


def test_methods_of_the_asyncio_client_are_still_coroutine_functions() -> None:
    for name in public_methods():
        original = inspect.unwrap(getattr(AsyncVersionsClient, name))
        assert inspect.iscoroutinefunction(getattr(AsyncVersionsClient, name)) is inspect.iscoroutinefunction(original)


def test_a_mocked_client_is_silent(custom_labels: CustomLabelsControl) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client = VersionsClient(boto())
        assert client.describe_projects().project_descriptions == []


@pytest.mark.parametrize("bucket", ["My_Bucket", "MyBucket", "my_bucket", "-bucket", "bucket-", "b" * 64])
def test_a_bucket_name_that_s3_no_longer_gives_leads_to_a_warning(bucket: str, wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, STARTED)
    with pytest.warns(UserWarning, match=f"'{bucket}' is not a name that S3 gives to buckets"):
        driver.over(wire.client())("create_project_version", create_request(output_config={"s3_bucket": bucket}))
    assert len(wire.requests_of(CREATE)) == 1  # an old bucket of us-east-1 can have such a name


def test_manifests_for_the_test_beside_auto_create_lead_to_a_warning(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, STARTED)
    both = {"auto_create": True, "assets": TrainingData.from_manifests("s3://data/test.manifest").assets}
    with pytest.warns(UserWarning, match=r"testing_data has assets and auto_create=True"):
        driver.over(wire.client())("create_project_version", create_request(testing_data=both))
