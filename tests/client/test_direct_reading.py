"""Both ways of reading are one: from the bytes (clients of `connect()`) and of botocore's dict (clients passed in)."""

import asyncio
import io
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from rekog_versions import AsyncVersionsClient, ResponseError, ServiceError, VersionsClient
from tests.wire import PROJECT, URL, VERSION, described

VERSIONS = "DescribeProjectVersions"
PROJECTS = "DescribeProjects"
DATASET = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/dataset/train/1574310000001"


def _place(name: str) -> dict[str, Any]:
    return {"GroundTruthManifest": {"S3Object": {"Bucket": "bucket", "Name": name, "Version": "3"}}}


def _assets(*names: str) -> dict[str, Any]:
    return {"Assets": [_place(name) for name in names]}


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
    "ManifestSummary": _place("summary")["GroundTruthManifest"],
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
"""Documents; each operation is answered with those of its members that are there."""

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


UNREADABLE = {
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
"""Some of which it matters that they raise, and not only that both ways agree."""


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


class Both:
    """A client of each kind, with one wire; making them takes a while, so the tests share them."""

    def __init__(self) -> None:
        self.connected = VersionsClient.connect(session=_session())
        self.given = VersionsClient(_raw_client())
        self.status, self.body = 200, b""
        for client in (self.connected, self.given):
            client.rekognition.meta.events.register("before-send.rekognition", self._answer)

    def _answer(self, **_: Any) -> AWSResponse:
        headers: Any = {"x-amzn-requestid": "request-1", "date": "Thu, 21 Nov 2019 04:20:00 GMT"}
        return AWSResponse(URL, self.status, headers, _Raw(self.body))

    def read(self, operation: str, body: bytes, status: int = 200) -> tuple[Any, Any]:
        """What comes of an answer, from the bytes and from botocore's dict: a model or an exception."""
        self.status, self.body = status, body
        return _outcome(self.connected, operation), _outcome(self.given, operation)


@pytest.fixture(scope="module")
def both() -> Both:
    return Both()


def _outcome(client: VersionsClient, operation: str) -> Any:
    try:
        return client.describe_project_versions(PROJECT) if operation == VERSIONS else client.describe_projects()
    except Exception as error:  # noqa: BLE001  (whatever it is, both have to raise it)
        return error


def _agree(read: Any, parsed: Any) -> None:
    if not isinstance(parsed, Exception):
        # NaN differs from itself
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
def test_both_ways_agree(both: Both, operation: str, body: bytes, name: str) -> None:
    read, parsed = both.read(operation, body)
    _agree(read, parsed)
    if not isinstance(parsed, Exception):
        assert read.model_fields_set == parsed.model_fields_set
    if name in UNREADABLE:
        assert isinstance(read, ResponseError)


def test_a_full_answer_is_read_whole(both: Both) -> None:
    body = json.dumps({"ProjectVersionDescriptions": [FULL_VERSION], "NextToken": "more"}).encode()
    for page in both.read(VERSIONS, body):
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
def test_null_is_as_good_as_missing(both: Both, operation: str, name: str) -> None:
    other = "ProjectDescriptions" if operation == VERSIONS else "ProjectVersionDescriptions"
    members = {key: value for key, value in NULLS[name].items() if key != other}
    if operation == PROJECTS and not members:
        members = {"ProjectDescriptions": [{"Status": None, "Datasets": [{"Status": None}], "ProjectArn": None}]}
    _agree(*both.read(operation, json.dumps(members).encode()))


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
def test_refusals_are_the_same(both: Both, operation: str, status: int, body: bytes) -> None:
    read, parsed = both.read(operation, body, status)
    _agree(read, parsed)
    assert isinstance(read, ServiceError)
    assert read.response == parsed.response
    assert read.status_code == status


def test_a_202_is_read_alike(both: Both) -> None:
    _agree(*both.read(VERSIONS, b"{}", 202))


def test_unknown_members_are_kept_where_the_bytes_are_read(both: Both) -> None:
    read, parsed = both.read(VERSIONS, json.dumps({**_page(Colour="red"), "Total": 1}).encode())
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
def test_times_agree_to_the_microsecond(both: Both, seconds: float) -> None:
    _agree(*both.read(VERSIONS, json.dumps(_page(CreationTimestamp=seconds)).encode()))


# no floats: pydantic spells a whole one "0.0" where it takes it for a string out of JSON, and "0" out of a dict
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
_VALUES = st.sampled_from(sorted(FULL_VERSION)).flatmap(lambda name: st.tuples(st.just(name), _JSON))


@given(number=st.floats(allow_nan=False))
def test_numbers_agree(both: Both, number: float) -> None:
    _agree(*both.read(VERSIONS, json.dumps(_page(EvaluationResult={"F1Score": number})).encode()))


@given(member=_VALUES)
def test_whatever_stands_in_a_member_is_read_alike(both: Both, member: tuple[str, Any]) -> None:
    name, value = member
    body = json.dumps({"ProjectVersionDescriptions": [{**FULL_VERSION, name: value}]}).encode()
    read, parsed = both.read(VERSIONS, body)
    if isinstance(parsed, Exception):
        _agree(read, parsed)
    else:
        assert repr(_known(read)) == repr(_known(parsed))


def _known(value: Any) -> Any:
    """Without the unknown members, which only one of the two ways keeps."""
    if isinstance(value, BaseModel):
        return {name: _known(getattr(value, name)) for name in type(value).model_fields}
    return [_known(item) for item in value] if isinstance(value, list) else value


def test_asyncio_reads_the_same_way(both: Both) -> None:
    body = json.dumps({"ProjectVersionDescriptions": [FULL_VERSION], "Total": 1}).encode()
    read, _ = both.read(VERSIONS, body)
    client = AsyncVersionsClient.connect(session=_session())
    client.rekognition.meta.events.register("before-send.rekognition", both._answer)
    assert asyncio.run(client.describe_project_versions(PROJECT)) == read


# -- whose client is hooked --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [VersionsClient, AsyncVersionsClient])
def test_a_client_passed_in_is_listened_to_and_not_changed(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = _raw_client()
    registered: list[str] = []
    monkeypatch.setattr(client.meta.events, "register", lambda name, *_, **__: registered.append(name))
    kind(client)
    made_once = ("Create", "Copy", "Start", "Stop", "Delete")
    assert registered == [f"response-received.rekognition.{verb}ProjectVersion" for verb in made_once]


def test_the_client_of_connect_stays_whole_for_everybody_else(both: Both) -> None:
    body = json.dumps({"ProjectVersionDescriptions": [FULL_VERSION]}).encode()
    read, _ = both.read(VERSIONS, body)
    hooked, plain = both.connected.rekognition, both.given.rekognition

    answer = hooked.describe_project_versions(ProjectArn=PROJECT)
    assert answer == plain.describe_project_versions(ProjectArn=PROJECT)
    assert set(answer["ProjectVersionDescriptions"][0]) == set(FULL_VERSION)
    pages = list(hooked.get_paginator("describe_project_versions").paginate(ProjectArn=PROJECT))
    assert pages == [answer]
    waiter = hooked.get_waiter("project_version_training_completed")
    waiter.wait(ProjectArn=PROJECT, WaiterConfig={"Delay": 0, "MaxAttempts": 1})

    # in the midst of one of our listings, too
    for page in both.connected.iter_project_versions(PROJECT).pages():
        assert page == read
        assert hooked.describe_project_versions(ProjectArn=PROJECT) == answer


def test_raw_describes_of_projects_stay_whole_as_well(both: Both) -> None:
    both.read(PROJECTS, json.dumps({"ProjectDescriptions": [FULL_PROJECT]}).encode())
    answer = both.connected.rekognition.describe_projects()
    assert answer == both.given.rekognition.describe_projects()
    assert set(answer["ProjectDescriptions"][0]) == set(FULL_PROJECT)
    assert list(both.connected.rekognition.get_paginator("describe_projects").paginate()) == [answer]
