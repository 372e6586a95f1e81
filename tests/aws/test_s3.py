"""S3 access: locations, and reading and writing objects in moto's S3."""

import io
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, Self

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, IncompleteReadError, ReadTimeoutError

from rekog_versions._aws.errors import ClientError
from rekog_versions._aws.s3 import (
    BUFFER_SIZE,
    ObjectChangedError,
    ObjectTooLargeError,
    S3Location,
    open_object,
    read_object,
    read_range,
    s3_client,
    upload,
)
from rekog_versions.models.assets import DescribedS3Object, S3Object
from rekog_versions.testing import mock_custom_labels
from tests.testing.emulator import client, shared_client

LOCATION = S3Location("bucket", "a b/c+d%2Fé#.json")
BROKEN: Exception = IncompleteReadError(actual_bytes=1, expected_bytes=2)


class BreakingBody:
    """The body of a response whose connection breaks after some bytes."""

    def __init__(self, body: Any, bytes_left: int, error: Exception) -> None:
        self._body = body
        self._bytes_left = bytes_left
        self._error = error
        self.close = body.close

    def read(self, size: int | None = None) -> bytes:
        if not self._bytes_left or size is None:
            raise self._error
        content: bytes = self._body.read(min(size, self._bytes_left))
        self._bytes_left -= len(content)
        return content

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class S3:
    """A client for moto's S3 that records its requests and can break the connection while a body is read."""

    def __init__(self) -> None:
        self.client = shared_client("s3")
        self.requests: list[dict[str, Any]] = []
        self.breaks: list[tuple[int, Exception]] = []
        self.change: Callable[[Any], Any] = lambda response: response

    def get_object(self, **request: Any) -> Any:
        self.requests.append({name: value for name, value in request.items() if name not in {"Bucket", "Key"}})
        response = self.change(self.client.get_object(**request))
        if self.breaks:
            response["Body"] = BreakingBody(response["Body"], *self.breaks.pop(0))
        return response

    def put(self, content: bytes, location: S3Location = LOCATION) -> str:
        response = self.client.put_object(Bucket=location.bucket, Key=location.key, Body=content)
        return str(response["ETag"])


@pytest.fixture
def s3() -> Iterator[S3]:
    with mock_custom_labels():
        made = S3()
        made.client.create_bucket(Bucket="bucket")
        yield made


def test_a_location_is_parsed_literally_and_turned_back_into_its_uri() -> None:
    uri = "s3://bucket/a b/c+d%2Fé#.json"
    assert S3Location.parse(uri) == LOCATION
    assert str(LOCATION) == uri
    assert LOCATION.arguments() == {"Bucket": "bucket", "Key": "a b/c+d%2Fé#.json"}


@pytest.mark.parametrize("uri", ["", "s3://", "s3://bucket", "s3://bucket/", "s3:///key", "https://bucket/key", "key"])
def test_an_incomplete_uri_is_rejected(uri: str) -> None:
    with pytest.raises(ValueError, match=f"must be given as s3://bucket/key, got '{uri}'"):
        S3Location.parse(uri)


def test_the_error_for_a_wrong_uri_is_short_and_printable() -> None:
    with pytest.raises(ValueError, match="must be given as") as caught:
        S3Location.parse("\x1b[2J" + "a" * 10_000)
    assert len(str(caught.value)) < 500
    assert str(caught.value).isprintable()


def test_a_location_is_made_from_objects_of_requests_and_responses() -> None:
    assert S3Location.of(S3Object(bucket="bucket", name="key", version="3")) == S3Location("bucket", "key", "3")
    assert S3Location.of(DescribedS3Object(bucket="b", name="key")) == S3Location("b", "key")
    with pytest.raises(ValueError, match="must have a bucket and a name"):
        S3Location.of(DescribedS3Object(bucket="bucket"))


def test_a_client_and_an_object_that_has_one_are_accepted() -> None:
    client = SimpleNamespace(get_object=None)
    assert s3_client(client) is client
    assert s3_client(SimpleNamespace(s3=client)) is client
    with pytest.raises(ValueError, match=r"'s3://b/k\\n' is in S3: pass s3=client, a VersionsClient or boto3"):
        s3_client(None, S3Location("b", "k\n"))
    with pytest.raises(TypeError, match="s3 must be a client for S3, got int: pass s3=client"):
        s3_client(5)


def test_a_small_object_is_read_whole(s3: S3) -> None:
    s3.put(b"content")
    assert read_object(s3, LOCATION) == b"content"
    assert read_object(s3, LOCATION, limit=7) == b"content"


def test_an_object_over_the_limit_is_not_read_further(s3: S3) -> None:
    s3.put(b"content")
    with pytest.raises(ObjectTooLargeError, match=r"'s3://bucket/a b.*' has more than 6 bytes"):
        read_object(s3, LOCATION, limit=6)


def test_a_version_of_an_object_is_read(s3: S3) -> None:
    s3.client.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    first = s3.client.put_object(Bucket="bucket", Key="key", Body=b"first")["VersionId"]
    s3.client.put_object(Bucket="bucket", Key="key", Body=b"second")
    assert read_object(s3, S3Location("bucket", "key", first)) == b"first"
    assert read_object(s3, S3Location("bucket", "key")) == b"second"


def test_a_missing_object_raises_when_it_is_opened(s3: S3) -> None:
    with pytest.raises(ClientError, match="NoSuchKey"):
        open_object(s3, LOCATION)


def test_a_stream_is_read_in_pieces_and_by_lines(s3: S3) -> None:
    s3.put(b"first\nsecond\nthird")
    with open_object(s3, LOCATION) as stream:
        assert list(stream) == [b"first\n", b"second\n", b"third"]
    with open_object(s3, LOCATION) as stream:
        assert [stream.read(8), stream.readline(3), stream.read()] == [b"first\nse", b"con", b"d\nthird"]
        assert stream.read(1) == b""


@pytest.mark.parametrize("error", [BROKEN, ReadTimeoutError(endpoint_url="https://s3")])
def test_a_broken_connection_is_continued_where_it_broke(s3: S3, error: Exception) -> None:
    content = bytes(range(256)) * (BUFFER_SIZE // 100)
    etag = s3.put(content)
    s3.breaks = [(1000, error), (BUFFER_SIZE + 5, error)]
    assert read_object(s3, LOCATION) == content
    assert s3.requests == [
        {},
        {"Range": "bytes=1000-", "IfMatch": etag},
        {"Range": f"bytes={1000 + BUFFER_SIZE + 5}-", "IfMatch": etag},
    ]


def test_a_connection_that_breaks_after_the_last_byte_needs_no_request(s3: S3) -> None:
    s3.put(b"content")
    s3.breaks = [(7, BROKEN)]
    assert read_object(s3, LOCATION) == b"content"
    assert len(s3.requests) == 1


def test_a_connection_that_breaks_again_and_again_raises(s3: S3) -> None:
    s3.put(b"content")
    s3.breaks = [(3, BROKEN), *[(0, BROKEN)] * 5]
    with pytest.raises(IncompleteReadError):
        read_object(s3, LOCATION)
    assert len(s3.requests) == 3


def test_other_errors_while_a_body_is_read_are_not_retried(s3: S3) -> None:
    s3.put(b"content")
    s3.breaks = [(3, MemoryError())]
    with pytest.raises(MemoryError):
        read_object(s3, LOCATION)
    assert len(s3.requests) == 1


def test_an_object_that_is_replaced_while_it_is_read_is_an_error(s3: S3) -> None:
    s3.put(b"content")
    s3.breaks = [(3, BROKEN)]
    with open_object(s3, LOCATION) as stream:
        s3.put(b"another")
        with pytest.raises(ObjectChangedError, match="was replaced while it was read: read it again"):
            stream.read()


def test_an_object_can_be_required_to_be_the_one_read_before(s3: S3) -> None:
    etag = s3.put(b"content")
    with open_object(s3, LOCATION) as stream:
        assert stream.etag == etag
    with open_object(s3, LOCATION, etag=etag) as stream:
        assert stream.read() == b"content"
    s3.put(b"another")
    with pytest.raises(ObjectChangedError):
        open_object(s3, LOCATION, etag=etag)


def test_a_changed_object_is_noticed_where_the_service_ignores_conditions(s3: S3) -> None:
    s3.put(b"content")

    def get_object(**request: Any) -> Any:
        del request["IfMatch"]
        return s3.get_object(**request)

    with pytest.raises(ObjectChangedError):
        open_object(SimpleNamespace(get_object=get_object), LOCATION, etag='"another"')


@pytest.mark.parametrize("lacking", ["ETag", "ContentRange"])
def test_a_service_without_etags_or_ranges_is_not_asked_to_continue(s3: S3, lacking: str) -> None:
    s3.put(b"content")
    s3.change = lambda response: {name: value for name, value in response.items() if name != lacking}
    s3.breaks = [(3, BROKEN)]
    with pytest.raises(IncompleteReadError):
        read_object(s3, LOCATION)


def test_a_range_comes_with_the_size_of_the_whole_object(s3: S3) -> None:
    s3.put(b"0123456789")
    assert read_range(s3, LOCATION, 2, 5) == (b"234", 10)
    assert read_range(s3, LOCATION, 8, 100) == (b"89", 10)
    assert s3.requests == [{"Range": "bytes=2-4"}, {"Range": "bytes=8-99"}]
    with pytest.raises(ClientError, match="InvalidRange"):
        read_range(s3, LOCATION, 10, 12)


def test_a_service_that_ignores_ranges_is_supported() -> None:
    def get_object(**_: object) -> Any:
        return {"Body": io.BytesIO(b"0123456789"), "ContentLength": 10}

    assert read_range(SimpleNamespace(get_object=get_object), LOCATION, 2, 5) == (b"234", 10)


def test_a_range_is_requested_again_if_its_body_breaks(s3: S3) -> None:
    s3.put(b"0123456789")
    s3.breaks = [(1, BROKEN), (0, BROKEN)]
    turns = iter("abc")
    assert read_range(s3, LOCATION, 2, 5, before_request=lambda: next(turns)) == (b"234", 10)
    assert next(turns, None) is None
    s3.breaks = [(1, BROKEN)] * 3
    with pytest.raises(IncompleteReadError):
        read_range(s3, LOCATION, 2, 5)


def test_a_request_that_fails_is_left_to_botocores_retries() -> None:
    calls: list[object] = []

    def get_object(**request: object) -> None:
        calls.append(request)
        raise ConnectTimeoutError(endpoint_url="https://s3")

    failing = SimpleNamespace(get_object=get_object)
    with pytest.raises(ConnectTimeoutError):
        read_object(failing, LOCATION)
    with pytest.raises(ConnectTimeoutError):
        read_range(failing, LOCATION, 0, 5)
    assert len(calls) == 2


def test_a_file_is_uploaded_from_its_position(s3: S3) -> None:
    file = io.BytesIO(b"0123456789")
    file.seek(4)
    upload(s3.client, LOCATION, file)
    assert read_object(s3, LOCATION) == b"456789"


def _failing(operation: str, calls: list[str]) -> Any:
    made = client("s3")

    def before_send(event_name: str, **_: Any) -> None:
        name = event_name.rpartition(".")[2]
        calls.append(name)
        if name == operation:
            raise EndpointConnectionError(endpoint_url="https://s3")

    made.meta.events.register("before-send.s3", before_send)
    return made


def test_a_large_file_is_sent_in_parts_and_none_are_left_after_a_failure(s3: S3) -> None:
    calls: list[str] = []
    failing = _failing("CompleteMultipartUpload", calls)
    with pytest.raises(EndpointConnectionError) as caught:
        upload(failing, LOCATION, io.BytesIO(bytes(9 << 20)))
    assert calls.count("UploadPart") == 2
    assert calls[-1] == "AbortMultipartUpload"
    assert "Uploads" not in s3.client.list_multipart_uploads(Bucket="bucket")
    (note,) = caught.value.__notes__
    assert "'s3://bucket/a b/c+d%2Fé#.json'" in note
    assert "abort_multipart_upload()" in note


def test_a_small_file_that_can_not_be_sent_leaves_nothing_to_remove(s3: S3) -> None:
    calls: list[str] = []
    failing = _failing("PutObject", calls)
    with pytest.raises(EndpointConnectionError) as caught:
        upload(failing, LOCATION, io.BytesIO(b"small"))
    assert set(calls) == {"PutObject"}
    assert not hasattr(caught.value, "__notes__")
