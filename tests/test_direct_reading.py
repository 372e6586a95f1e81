"""Both ways of reading are one: from the bytes (clients of `connect()`) and of botocore's dict (clients passed in)."""

import asyncio
import io
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from hypothesis import given
from hypothesis import strategies as st

from rekog_versions import AsyncVersionsClient, ResponseError, VersionsClient
from tests.wire import PROJECT, VERSION, URL, Answer, Wire, described, refusal

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
}
"""Documents, each as the answer of both operations; an operation leaves the other's members aside."""

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


def _answering(client: Any, body: bytes) -> Any:
    class Raw(io.BytesIO):
        def stream(self, **_: Any) -> Iterator[bytes]:
            yield self.read()

    def answer(**_: Any) -> AWSResponse:
        headers: Any = {"x-amzn-requestid": "request-1", "date": "Thu, 21 Nov 2019 04:20:00 GMT"}
        return AWSResponse(URL, 200, headers, Raw(body))

    client.meta.events.register("before-send.rekognition", answer, unique_id="canned")
    return client


class Both:
    """A client of each kind; making one takes a while, so all tests share them."""

    def __init__(self) -> None:
        self.connected = VersionsClient.connect(region_name="us-east-1")
        self.given = VersionsClient(Wire().client())

    def outcomes(self, operation: str, body: bytes) -> tuple[Any, Any]:
        for client in (self.connected, self.given):
            # the newest handler answers: first come, first served holds for the script that was there before
            client.rekognition.meta.events.unregister("before-send.rekognition", unique_id="canned")
            _answering(client.rekognition, body)
        return _outcome(self.connected, operation), _outcome(self.given, operation)


@pytest.fixture
def both() -> Both:
    return Both()


def _outcome(client: VersionsClient, operation: str) -> Any:
    try:
        answer: Any = client.describe_project_versions(PROJECT) if operation == VERSIONS else client.describe_projects()
    except Exception as error:  # whatever it is, both have to raise it
        return type(error), str(error), {**vars(error), "__cause__": type(error.__cause__)}
    return answer
