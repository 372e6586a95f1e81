"""Responses are parsed from bytes (clients of `connect()`) or from botocore's dict (other clients), with one result."""

import asyncio
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError
from hypothesis import example, given, strategies as st
from pydantic import BaseModel

from rekog_versions import AsyncVersionsClient, ResponseError, ServiceError, VersionsClient
from rekog_versions._aws.transport import Reply, without_retries
from rekog_versions.errors import ProvisionedThroughputExceededError
from tests.wire import PROJECT, URL, VERSION, HttpResponse, Wire, described, rejection, response_lost

DETECTION = "DetectCustomLabels"
VERSIONS = "DescribeProjectVersions"
PROJECTS = "DescribeProjects"
DATASET = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/dataset/train/1574310000001"


def _s3_object(name: str) -> dict[str, Any]:
    return {"GroundTruthManifest": {"S3Object": {"Bucket": "bucket", "Name": name, "Version": "3"}}}


def _assets(*names: str) -> dict[str, Any]:
    return {"Assets": [_s3_object(name) for name in names]}


FULL_VERSION: dict[str, Any] = {
    "ProjectVersionArn": VERSION,
    "CreationTimestamp": 1574317227.432,
    "MinInferenceUnits": 1,
    "Status": "TRAINING_COMPLETED",
    "StatusMessage": "The model is ready to run.\u202e\U0001f600",
    "BillableTrainingTimeInSeconds": 3247,
    "TrainingEndTimestamp": 1574320474,
    "OutputConfig": {"S3Bucket": "results", "S3KeyPrefix": "out"},
    "TrainingDataResult": {"Input": _assets("a", "b"), "Output": _assets("c"), "Validation": _assets("d")},
    "TestingDataResult": {
        "Input": {**_assets("e"), "AutoCreate": True},
        "Output": {**_assets("f"), "AutoCreate": False},
        "Validation": _assets("g"),
    },
    "EvaluationResult": {"F1Score": 0.9137254901960784, "Summary": {"S3Object": {"Bucket": "b", "Name": "summary"}}},
    "ManifestSummary": _s3_object("summary")["GroundTruthManifest"],
    "KmsKeyId": "alias/key",
    "MaxInferenceUnits": 5,
    "SourceProjectVersionArn": VERSION,
    "VersionDescription": "round ones",
    "Feature": "CUSTOM_LABELS",
    "BaseModelVersion": "7",
    "FeatureConfig": {"ContentModeration": {"ConfidenceThreshold": 50.5}},
}
FULL_PROJECT: dict[str, Any] = {
    "ProjectArn": PROJECT,
    "CreationTimestamp": 1574310000.000123,
    "Status": "CREATED",
    "Datasets": [
        {
            "CreationTimestamp": 1574310000.5,
            "DatasetType": "TRAIN",
            "DatasetArn": DATASET,
            "Status": "CREATE_COMPLETE",
            "StatusMessage": "The dataset was created.",
            "StatusMessageCode": "SUCCESS",
        }
    ],
    "Feature": "CONTENT_MODERATION",
    "AutoUpdate": "ENABLED",
}


def _page(**members: Any) -> dict[str, Any]:
    return {"ProjectVersionDescriptions": [described(**members)]}


BODIES: dict[str, Any] = {
    "a full one": {"ProjectVersionDescriptions": [FULL_VERSION, FULL_VERSION], "NextToken": "more"},
    "a full one of projects": {"ProjectDescriptions": [FULL_PROJECT], "NextToken": "more"},
    "an empty page": {"ProjectVersionDescriptions": [], "ProjectDescriptions": [], "NextToken": "more"},
    "no members": {},
    "a version of no members": {"ProjectVersionDescriptions": [{}], "ProjectDescriptions": [{}]},
    "an empty token": {"NextToken": ""},
    "a malformed ARN": _page(ProjectVersionArn="arn:new:form"),
    "an unknown status": _page(Status="RETIRED"),
    "an empty status": _page(Status=""),
    "an unknown feature": _page(Feature="FACES"),
    "an integer F1": _page(EvaluationResult={"F1Score": 1}),
    "a number as a string": _page(EvaluationResult={"F1Score": "0.5"}),
    "a string as a number": _page(VersionDescription=7, KmsKeyId=1.5),
    "a whole float for an integer": _page(BillableTrainingTimeInSeconds=60.0),
    "a half for an integer": _page(BillableTrainingTimeInSeconds=60.5),
    "a huge integer": _page(BillableTrainingTimeInSeconds=10**30),
    "a list of strings": {"ProjectVersionDescriptions": "abc", "ProjectDescriptions": "abc"},
    "a list that is an object": {"ProjectVersionDescriptions": {"a": 1}, "ProjectDescriptions": {"a": 1}},
    "a version that is a number": {"ProjectVersionDescriptions": [5], "ProjectDescriptions": [5]},
    "a version that is null": {"ProjectVersionDescriptions": [None], "ProjectDescriptions": [None]},
    "a list that is a number": {"ProjectVersionDescriptions": 5, "ProjectDescriptions": 5},
    "an F1 of letters": _page(EvaluationResult={"F1Score": "abc"}),
    "an evaluation that is a string": _page(EvaluationResult="good"),
    "an F1 that is an object": _page(EvaluationResult={"F1Score": {"Value": 1}}),
    "a status that is a number": _page(Status=5),
    "a status that is an object": _page(Status={}),
    "an ARN that is a list": _page(ProjectVersionArn=[VERSION]),
    "a token that is an object": {"NextToken": {}},
    "text outside of Unicode": _page(StatusMessage="\ud800"),
    "a malformed ARN of a project": {"ProjectDescriptions": [{**FULL_PROJECT, "ProjectArn": "arn:new:form"}]},
    "unknown statuses of a project": {
        "ProjectDescriptions": [
            {**FULL_PROJECT, "Status": "NEW", "Datasets": [{"Status": "NEW", "DatasetType": "NEW"}]}
        ]
    },
    "datasets that are a string": {"ProjectDescriptions": [{**FULL_PROJECT, "Datasets": "abc"}]},
}
"""Documents. The response of each operation has those of its members that are in the document."""

NULLS: dict[str, Any] = {
    "null members": _page(Status=None, CreationTimestamp=None, OutputConfig=None, ProjectVersionArn=None),
    "null lists": {"ProjectVersionDescriptions": None, "ProjectDescriptions": None, "NextToken": None},
    "null deep inside": _page(TrainingDataResult={"Input": {"Assets": None}, "Output": None}),
}

TIMES: dict[str, Any] = {
    "zero": 0,
    "before 1970": -1.5,
    "seconds with nine digits behind the point": 1574310000.123456789,
    "milliseconds": 1574310000123,
    "far too large": 1e300,
    "ISO 8601 in UTC": "2019-11-21T04:20:00Z",
    "ISO 8601 with an offset": "2019-11-21T06:20:00.250+02:00",
    "ISO 8601 without a zone": "2019-11-21T04:20:00",
    "ISO 8601 without separators": "20191121T042000Z",
    "a date alone": "2019-11-21",
    "RFC 822": "Thu, 21 Nov 2019 04:20:00 GMT",
    "RFC 822 with an offset": "Thu, 21 Nov 2019 06:20:00 +0200",
    "seconds as a string": "1574310000.5",
    "seconds as a string with an exponent": "1e9",
    "a year": "2019",
    "no time at all": "yesterday",
    "an empty string": "",
    "a boolean": True,
    "a list": [1574310000],
    "an object": {},
}

RAW: dict[str, bytes] = {
    "an empty body": b"",
    "a blank body": b"  ",
    "no JSON": b"<html>busy</html>",
    "half of a document": b'{"ProjectVersionDescriptions": [{"Status"',
    "a list": b"[]",
    "a string": b'"text"',
    "a number": b"5",
    "null": b"null",
    "no UTF-8": b'{"NextToken": "\xff"}',
    "a byte order mark": b'\xef\xbb\xbf{"NextToken": "more"}',
    "a key that is there twice": b'{"NextToken": "first", "NextToken": "second"}',
    "no finite number": b'{"ProjectVersionDescriptions": [{"EvaluationResult": {"F1Score": NaN}}]}',
    "an infinite time": b'{"ProjectVersionDescriptions": [{"CreationTimestamp": Infinity}]}',
}


INVALID = {
    "a list of strings",
    "a version that is null",
    "an F1 of letters",
    "a status that is an object",
    "a token that is an object",
    "no time at all",
    "milliseconds",
    "a list",
    "null",
    "no UTF-8",
}
"""Documents that must raise, apart from the agreement of both parsers."""


def _documents() -> Iterator[Any]:
    for name, document in BODIES.items():
        for operation, other in ((VERSIONS, "ProjectDescriptions"), (PROJECTS, "ProjectVersionDescriptions")):
            members = {key: value for key, value in document.items() if key != other}
            if members or not document:
                yield pytest.param(operation, json.dumps(members).encode(), name, id=f"{operation}: {name}")
    for name, value in TIMES.items():
        yield pytest.param(VERSIONS, json.dumps(_page(CreationTimestamp=value)).encode(), name, id=f"time: {name}")
        project = {"ProjectDescriptions": [{"CreationTimestamp": value}]}
        yield pytest.param(PROJECTS, json.dumps(project).encode(), name, id=f"time of a project: {name}")
    for name, body in RAW.items():
        yield pytest.param(VERSIONS, body, name, id=f"body: {name}")


def _raw_client() -> Any:
    return _session().client("rekognition", config=Config(retries={"mode": "standard"}))


def _session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


class Parsers:
    """A client with each parser, and one response for both. The tests share them, because they are slow to create."""

    def __init__(self) -> None:
        self.connected = VersionsClient.connect(session=_session())
        self.given = VersionsClient(_raw_client())
        self.status, self.body = 200, b""
        for client in (self.connected, self.given):
            client.rekognition.meta.events.register("before-send.rekognition", self._respond)

    def _respond(self, **_: Any) -> AWSResponse:
        headers: Any = {"x-amzn-requestid": "request-1", "date": "Thu, 21 Nov 2019 04:20:00 GMT"}
        return AWSResponse(URL, self.status, headers, _Raw(self.body))

    def read(self, operation: str, body: bytes, status: int = 200) -> tuple[Any, Any]:
        """Return the model or the exception of each parser: of bytes first, then of botocore's dict."""
        self.status, self.body = status, body
        return _outcome(self.connected, operation), _outcome(self.given, operation)


@pytest.fixture(scope="module")
def parsers() -> Parsers:
    return Parsers()


def _outcome(client: VersionsClient, operation: str) -> Any:
    try:
        return client.describe_project_versions(PROJECT) if operation == VERSIONS else client.describe_projects()
    except Exception as error:  # noqa: BLE001  (both parsers must raise the same)
        return error


def _check_that_both_agree(read: Any, parsed: Any) -> None:
    if not isinstance(parsed, Exception):
        # NaN is not equal to itself
        assert read == parsed or "nan" in repr(parsed)
        assert repr(read) == repr(parsed)
        assert read.to_dict() == parsed.to_dict() or "nan" in repr(parsed)
        return
    assert type(read) is type(parsed), (read, parsed)
    assert str(read) == str(parsed)
    assert getattr(read, "__notes__", None) == getattr(parsed, "__notes__", None)
    if isinstance(read, ResponseError) and isinstance(parsed, ResponseError):
        assert (read.operation, read.response) == (parsed.operation, parsed.response)
        assert read.request_id == parsed.request_id


@pytest.mark.parametrize(("operation", "body", "name"), list(_documents()))
def test_both_parsers_agree_on_every_document(parsers: Parsers, operation: str, body: bytes, name: str) -> None:
    read, parsed = parsers.read(operation, body)
    _check_that_both_agree(read, parsed)
    if not isinstance(parsed, Exception):
        assert read.model_fields_set == parsed.model_fields_set
    if name in INVALID:
        assert isinstance(read, ResponseError)


def test_every_member_of_a_full_response_is_parsed(parsers: Parsers) -> None:
    body = json.dumps({"ProjectVersionDescriptions": [FULL_VERSION], "NextToken": "more"}).encode()
    for page in parsers.read(VERSIONS, body):
        assert page.next_token == "more"
        (version,) = page.project_version_descriptions
        assert version.model_fields_set == set(type(version).model_fields)
        assert version.evaluation_result.f1_score == 0.9137254901960784
        assert version.testing_data_result.validation.assets[0].s3_object.uri == "s3://bucket/g"
        assert version.creation_timestamp.isoformat() == "2019-11-21T06:20:27.432000+00:00"
        assert version.creation_timestamp.tzinfo is UTC
        assert version.training_end_timestamp.tzinfo is UTC


@pytest.mark.parametrize("name", NULLS)
@pytest.mark.parametrize("operation", [VERSIONS, PROJECTS])
def test_both_parsers_treat_null_as_missing(parsers: Parsers, operation: str, name: str) -> None:
    other = "ProjectDescriptions" if operation == VERSIONS else "ProjectVersionDescriptions"
    members = {key: value for key, value in NULLS[name].items() if key != other}
    if operation == PROJECTS and not members:
        members = {"ProjectDescriptions": [{"Status": None, "Datasets": [{"Status": None}], "ProjectArn": None}]}
    _check_that_both_agree(*parsers.read(operation, json.dumps(members).encode()))


@pytest.mark.parametrize("operation", [VERSIONS, PROJECTS])
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b'{"__type": "ResourceNotFoundException", "message": "no such project", "Code": "x"}'),
        (400, b'{"__type": "com.amazonaws.rekognition#ThrottlingException", "Message": "slow down"}'),
        (400, b'{"__type": "NewException"}'),
        (400, b"<html>bad request</html>"),
        (403, b"<AccessDenied/>"),
        (500, b"<html>oops</html>"),
        (500, b'{"__type": "InternalServerError", "message": "oops"}'),
        (503, b""),
    ],
)
def test_both_parsers_raise_the_same_service_error(parsers: Parsers, operation: str, status: int, body: bytes) -> None:
    read, parsed = parsers.read(operation, body, status)
    _check_that_both_agree(read, parsed)
    assert isinstance(read, ServiceError)
    assert read.response == parsed.response
    assert read.status_code == status


def test_both_parsers_agree_on_status_202(parsers: Parsers) -> None:
    _check_that_both_agree(*parsers.read(VERSIONS, b"{}", 202))


def test_unknown_members_are_kept_only_by_the_parser_of_bytes(parsers: Parsers) -> None:
    read, parsed = parsers.read(VERSIONS, json.dumps({**_page(Colour="red"), "Total": 1}).encode())
    assert (read.model_extra, parsed.model_extra) == ({"Total": 1}, {})
    assert read.project_version_descriptions[0].model_extra == {"Colour": "red"}
    assert read.model_copy(update={"Total": None}).next_token == parsed.next_token


_SECONDS = st.one_of(
    st.integers(-(10**9), 10**10),
    st.floats(-1e9, 1e10),
    st.floats(1.5e9, 1.6e9),
    st.integers(1_574_310_000_000, 1_574_319_999_999).map(lambda milliseconds: milliseconds / 1000),
)


@given(seconds=_SECONDS)
def test_both_parsers_agree_on_times_to_the_microsecond(parsers: Parsers, seconds: float) -> None:
    _check_that_both_agree(*parsers.read(VERSIONS, json.dumps(_page(CreationTimestamp=seconds)).encode()))


# no floats: pydantic turns a whole float into the string "0.0" if it comes from JSON, and into "0" if from a dict
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
_VALUES = st.sampled_from(sorted(FULL_VERSION)).flatmap(lambda name: st.tuples(st.just(name), _JSON))


@given(number=st.floats(allow_nan=False))
def test_both_parsers_agree_on_numbers(parsers: Parsers, number: float) -> None:
    _check_that_both_agree(*parsers.read(VERSIONS, json.dumps(_page(EvaluationResult={"F1Score": number})).encode()))


@given(member=_VALUES)
def test_both_parsers_agree_on_any_value_of_any_member(parsers: Parsers, member: tuple[str, Any]) -> None:
    name, value = member
    body = json.dumps({"ProjectVersionDescriptions": [{**FULL_VERSION, name: value}]}).encode()
    read, parsed = parsers.read(VERSIONS, body)
    if isinstance(parsed, Exception):
        _check_that_both_agree(read, parsed)
    else:
        assert repr(_without_unknown_members(read)) == repr(_without_unknown_members(parsed))


def _without_unknown_members(value: Any) -> Any:
    """Return a value without the unknown members, which only the parser of bytes keeps."""
    if isinstance(value, BaseModel):
        return {name: _without_unknown_members(getattr(value, name)) for name in type(value).model_fields}
    return [_without_unknown_members(item) for item in value] if isinstance(value, list) else value


def test_the_asyncio_client_parses_bytes_too(parsers: Parsers) -> None:
    body = json.dumps({"ProjectVersionDescriptions": [FULL_VERSION], "Total": 1}).encode()
    read, _ = parsers.read(VERSIONS, body)
    client = AsyncVersionsClient.connect(session=_session())
    client.rekognition.meta.events.register("before-send.rekognition", parsers._respond)
    assert asyncio.run(client.describe_project_versions(PROJECT)) == read


@pytest.mark.parametrize("kind", [VersionsClient, AsyncVersionsClient])
def test_a_client_that_is_passed_in_gets_only_listeners(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = _raw_client()
    registered: list[str] = []
    monkeypatch.setattr(client.meta.events, "register", lambda name, *_, **__: registered.append(name))
    kind(client)
    recorded = [f"{verb}ProjectVersion" for verb in ("Create", "Copy", "Start", "Stop", "Delete")]
    assert registered == [f"response-received.rekognition.{name}" for name in (*recorded, "DetectCustomLabels")]


def test_direct_calls_of_the_client_of_connect_return_whole_responses(parsers: Parsers) -> None:
    body = json.dumps({"ProjectVersionDescriptions": [FULL_VERSION]}).encode()
    read, _ = parsers.read(VERSIONS, body)
    hooked, plain = parsers.connected.rekognition, parsers.given.rekognition

    response = hooked.describe_project_versions(ProjectArn=PROJECT)
    assert response == plain.describe_project_versions(ProjectArn=PROJECT)
    assert set(response["ProjectVersionDescriptions"][0]) == set(FULL_VERSION)
    pages = list(hooked.get_paginator("describe_project_versions").paginate(ProjectArn=PROJECT))
    assert pages == [response]
    waiter = hooked.get_waiter("project_version_training_completed")
    waiter.wait(ProjectArn=PROJECT, WaiterConfig={"Delay": 0, "MaxAttempts": 1})

    # also while one of our listings is in progress
    for page in parsers.connected.iter_project_versions(PROJECT).pages():
        assert page == read
        assert hooked.describe_project_versions(ProjectArn=PROJECT) == response


def test_direct_calls_of_describe_projects_return_whole_responses(parsers: Parsers) -> None:
    parsers.read(PROJECTS, json.dumps({"ProjectDescriptions": [FULL_PROJECT]}).encode())
    response = parsers.connected.rekognition.describe_projects()
    assert response == parsers.given.rekognition.describe_projects()
    assert set(response["ProjectDescriptions"][0]) == set(FULL_PROJECT)
    assert list(parsers.connected.rekognition.get_paginator("describe_projects").paginate()) == [response]


DATES = st.one_of(
    st.text(),
    st.builds(
        "{}, {} {} {} {}:{}:{} {}".format,
        st.sampled_from(["Thu", "Nos", ""]),
        st.integers(-1, 10**6),
        st.sampled_from(["Jan", "Feb", "Dec", "Foo"]),
        st.integers(-1, 10**10),
        st.integers(-1, 10**10),
        st.integers(-1, 10**10),
        st.integers(-1, 10**10),
        st.one_of(st.sampled_from(["GMT", "-0000", "UT", ""]), st.integers(0, 10**20).map("+{}".format), st.text()),
    ),
)


@given(DATES)
@example("Thu, 01 Jan 1970 00:00:00 +99999999999999")
@example("Thu, 01 Jan 0001 00:00:00 +2300")
@example("Fri, 31 Dec 9999 23:59:59 GMT")
@example("Thu, " + "9" * 100_000 + " Jan 1970 00:00:00 GMT")
def test_any_date_header_is_a_plausible_time_in_utc_or_ignored(date: str) -> None:
    served = Reply(None, date).served_at  # type: ignore[type-var]
    assert served is None or (served.utcoffset() == timedelta(0) and 1999 <= served.year <= 2200)


def test_the_date_header_is_the_services_clock() -> None:
    served = Reply(None, "Sat, 10 Jan 2026 14:00:00 +0200").served_at  # type: ignore[type-var]
    assert served == datetime(2026, 1, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize("retries", [{"mode": "standard"}, {"mode": "legacy"}, {"mode": "adaptive"}])
@pytest.mark.parametrize("step", [rejection("InternalServerError", status=500), response_lost])
def test_a_detection_without_retries_is_sent_once(wire: Wire, retries: dict[str, Any], step: Any) -> None:
    client = VersionsClient(wire.on(DETECTION, step).client(retries={**retries, "total_max_attempts": 3}))
    for times in (1, 2):
        with without_retries(), pytest.raises((ServiceError, ConnectionClosedError)):
            client.detect_custom_labels(VERSION, b"image")
        assert len(wire.sent) == times
    with pytest.raises((ServiceError, ConnectionClosedError)):
        client.detect_custom_labels(VERSION, b"image")
    assert len(wire.sent) == 5, "the client retries again afterwards"


def test_without_retries_changes_neither_results_nor_errors(wire: Wire) -> None:
    labels = {"CustomLabels": [{"Name": "cat", "Confidence": 90.0}]}
    wire.on(DETECTION, HttpResponse(labels), rejection("ProvisionedThroughputExceededException"))
    client = VersionsClient(wire.client())
    with without_retries():
        (label,) = client.detect_custom_labels(VERSION, b"image")
        assert label.name == "cat"
        with pytest.raises(ProvisionedThroughputExceededError) as raised:
            client.detect_custom_labels(VERSION, b"image")
    assert raised.value.operation_name == DETECTION
