"""Files that can't be read: denied, deleted, broken, or of another format. Nothing raises."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError
from hypothesis import given, settings, strategies as st

from rekog_versions import VersionsClient
from rekog_versions.failures import explain_failure
from tests.failures.helpers import (
    BAD_LINE,
    UNANNOTATED,
    Bucket,
    FakeS3,
    causes,
    failed_version,
    statistics,
    summary,
)
from tests.testing.emulator import BUCKET, Emulator, client, json_lines, line, shared_client
from tests.wire import VERSION


def test_without_an_s3_client_only_the_status_message_is_explained(emulator: Emulator) -> None:
    explanation = explain_failure(VersionsClient(emulator.rekognition), failed_version())
    assert explanation.reason is not None
    assert explanation.reason.code == "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST"
    assert len(explanation.unreadable_files) == 3
    assert all("s3=boto3.client('s3')" in unreadable.why for unreadable in explanation.unreadable_files)
    assert explanation.line_errors_are_fatal is None


def test_missing_files_are_listed_with_the_error_code_of_s3(bucket: Bucket) -> None:
    gone = failed_version(ManifestSummary={"S3Object": {"Bucket": "no-such-bucket", "Name": "summary.json"}})
    explanation = bucket.explain(gone)
    assert "NoSuchBucket" in causes(explanation)["manifest summary"]
    assert "NoSuchKey" in causes(explanation)["training validation manifest"]
    assert [unreadable.uri for unreadable in explanation.unreadable_files] == [
        "s3://no-such-bucket/summary.json",
        f"s3://{BUCKET}/training.json",
        f"s3://{BUCKET}/testing.json",
    ]
    assert any("Make the unreadable files readable" in step for step in explanation.next_steps)


def s3_that_returns(response: AWSResponse | Exception) -> Any:
    """Return a client for S3 that gets the same response to each request."""

    def send(request: Any, **_: Any) -> AWSResponse:
        if isinstance(response, Exception):
            raise response
        return response

    s3 = client("s3")
    s3.meta.events.register_first("before-send.s3", send)
    return s3


class RawBody:
    """The body of an HTTP response."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, amount: int = 1024, decode_content: bool = True) -> Iterator[bytes]:
        yield self._content

    def read(self, amount: int | None = None) -> bytes:
        return self._content


DENIAL = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


@pytest.mark.parametrize(
    ("response", "why"),
    [
        (AWSResponse("https://s3", 403, HTTPHeaders(), RawBody(DENIAL)), "the caller needs s3:GetObject"),
        (EndpointConnectionError(endpoint_url="https://s3"), "EndpointConnectionError: .*try again later"),
        (RuntimeError("unexpected"), "RuntimeError: unexpected"),
    ],
)
def test_the_cause_of_each_unreadable_file_is_reported(emulator: Emulator, response: Any, why: str) -> None:
    explanation = explain_failure(VersionsClient(emulator.rekognition, s3=s3_that_returns(response)), failed_version())
    assert len(explanation.unreadable_files) == 3
    for unreadable in explanation.unreadable_files:
        assert re.search(why, unreadable.why)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "the file is not JSON"),
        (b"{", "the file is not JSON"),
        (b"[" * 100_000, "the file is not JSON"),
        (b"\xff\xfe", "the file is not JSON"),
        (b"[1]", "has a list instead of an object"),
        (b'{"version": 2, "stats": {}}', "has the keys stats, version"),
        (b'{"statistics": 3, "errors": 4}', "has the keys errors, statistics"),
    ],
)
def test_a_summary_of_an_unknown_format_is_reported_and_the_lines_are_counted_instead(
    bucket: Bucket, content: bytes, why: str
) -> None:
    lines = [line(1, "cat"), {**line(2), "errors": [BAD_LINE]}, {**line(3), "warnings": [UNANNOTATED]}]
    bucket.put(summary=content, training=json_lines(lines), testing=json_lines(lines))
    explanation = bucket.explain()
    assert why in causes(explanation)["manifest summary"]
    assert explanation.training is not None
    assert explanation.training.counted_from_lines
    assert explanation.training.total_json_lines == 3
    assert explanation.training.valid_json_lines == 1
    assert explanation.training.invalid_json_lines == 1
    assert explanation.training.ignored_json_lines == 1
    assert "counted in the validation manifest" in str(explanation)


def test_unknown_members_and_codes_of_a_newer_format_are_kept(bucket: Bucket) -> None:
    new = {"code": "ERROR_TOO_BLURRED", "message": "The image is blurred.", "severity": 3}
    document = {
        "format": 2,
        "statistics": {"training": {**statistics(2), "images": 2}, "validation": {}},
        "errors": [new, {"code": 4}, "?"],
    }
    mask = {**line(1), "mask": {"regions": [{"polygon": [], "errors": [new]}]}}
    bucket.put(summary=json.dumps(document).encode(), training=json_lines([mask]), testing=b"")
    explanation = bucket.explain()
    assert [error.code for error in explanation.content_errors] == ["ERROR_TOO_BLURRED", None]
    (group,) = explanation.line_errors
    assert (group.code, group.fix, group.examples[0].place) == ("ERROR_TOO_BLURRED", None, ("mask", "regions", 0))
    assert explanation.unreadable_files == ()
    assert "ERROR_TOO_BLURRED" in str(explanation)


def test_lines_that_are_not_json_are_counted_and_the_others_are_read(bucket: Bucket) -> None:
    lines = [b'{"errors": [', json.dumps({"errors": [BAD_LINE]}).encode(), b'["errors"]', b'{"errors": "\xff"}']
    bucket.put(summary=summary(statistics(4), statistics(0)), training=b"\n".join(lines), testing=b"")
    explanation = bucket.explain()
    assert [group.count for group in explanation.line_errors] == [1]
    assert "3 of its lines" in causes(explanation)["training validation manifest"]
    assert "first: 1, 3, 4" in causes(explanation)["training validation manifest"]


def test_the_lines_before_a_broken_connection_are_kept(bucket: Bucket) -> None:
    bad = json.dumps({"errors": [BAD_LINE]}).encode() + b"\n"
    bucket.put(summary=summary(statistics(9), statistics(0)), training=bad * 9, testing=b"")

    def break_body(parsed: dict[str, Any], **_: Any) -> None:
        if "Body" in parsed and parsed["ContentLength"] == len(bad) * 9:
            parsed["Body"] = BrokenBody(bad * 3)

    s3 = client("s3")
    s3.meta.events.register("after-call.s3.GetObject", break_body)
    explanation = explain_failure(VersionsClient(bucket.emulator.rekognition, s3=s3), failed_version())
    assert [group.count for group in explanation.line_errors] == [3]
    assert "from line 4 on" in causes(explanation)["training validation manifest"]


class BrokenBody:
    """A response body whose connection breaks after its content."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, size: int) -> bytes:
        if not self._content:
            raise ConnectionResetError("the connection was reset")
        chunk, self._content = self._content[:size], self._content[size:]
        return chunk

    def close(self) -> None:
        pass


def test_a_file_that_is_not_a_manifest_is_not_counted(bucket: Bucket) -> None:
    page = b"<html>\n<body>Service Unavailable</body>\n</html>\n"
    explanation = bucket.put(training=page, testing=b'\xef\xbb\xbf {"source-ref": "s3://b/k"}\r\n\r\n').explain()
    assert causes(explanation)["training validation manifest"] == (
        "3 of its lines are not JSON objects, first: 1, 2, 3"
    )
    assert explanation.training is None
    assert explanation.testing is not None
    assert explanation.testing.total_json_lines == 2


_NAMES = st.sampled_from(["errors", "warnings", "code", "message", "x"])
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(_ANYTHING, max_size=5), _ANYTHING)
@settings(max_examples=100, deadline=None)
def test_no_content_of_any_file_raises(lines: list[object], document: object) -> None:
    body = "\n".join(json.dumps(entry) for entry in lines).encode()
    s3 = FakeS3({"summary.json": json.dumps(document).encode(), "training.json": body, "testing.json": body})
    explanation = explain_failure(VersionsClient(shared_client("rekognition"), s3=s3), failed_version())
    assert explanation.failed
    assert str(explanation)
    assert json.loads(explanation.to_json())["version"] == VERSION
