"""Reading the headers of images in moto's S3 and on disk."""

import io
import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, NoCredentialsError, ReadTimeoutError
from PIL import Image

from rekog_versions import VersionsClient
from rekog_versions.manifests.convert.folders import from_folder
from rekog_versions.manifests.images import readers
from rekog_versions.manifests.images.image_check import ImageInfo, ImageProblem, ImageReader
from rekog_versions.manifests.images.readers import (
    FIRST_BYTES,
    MOST_BYTES,
    image_info_from_bytes,
    image_info_from_file,
    images_from_folder,
    images_from_s3,
)
from rekog_versions.testing import mock_custom_labels
from tests.testing.emulator import shared_client
from tests.testing.pictures import picture
from tests.wire import FakeTime


class S3:
    """A client for moto's S3 that records its requests and can return another response."""

    def __init__(self) -> None:
        self.client = shared_client("s3")
        self.meta = self.client.meta
        self.ranges: list[tuple[str, str]] = []
        self.answer: Callable[[str], Any] = lambda key: None
        self._lock = threading.Lock()

    def put(self, key: str, content: bytes) -> str:
        self.client.put_object(Bucket="bucket", Key=key, Body=content)
        return f"s3://bucket/{key}"

    def get_object(self, **request: Any) -> Any:
        with self._lock:
            self.ranges.append((request["Key"], request["Range"]))
            answer = self.answer(request["Key"])
        if isinstance(answer, Exception):
            raise answer
        return self.client.get_object(**request) if answer is None else answer


@pytest.fixture
def s3() -> Iterator[S3]:
    with mock_custom_labels():
        made = S3()
        made.client.create_bucket(Bucket="bucket")
        yield made


def only(reader: ImageReader, source_ref: str) -> ImageInfo:
    ((key, found),) = reader([("key", source_ref)])
    assert key == "key"
    return found


def error(code: str, status: int = 403) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "GetObject")


def test_one_small_request_returns_format_sides_and_size(s3: S3) -> None:
    content = picture(300, 200, mode="L") + b"pixels" * 100_000
    found = only(images_from_s3(s3), s3.put("a b/c+d%2Fé#.png", content))
    assert found == ImageInfo("PNG", 300, 200, len(content))
    assert s3.ranges == [("a b/c+d%2Fé#.png", f"bytes=0-{FIRST_BYTES - 1}")]


def test_more_is_read_only_if_the_header_is_longer_and_no_byte_twice(s3: S3) -> None:
    content = picture(300, 200, kind="JPEG", icc_profile=b"profile" * 20_000)
    found = only(images_from_s3(s3), s3.put("large-profile.jpg", content))
    assert found == ImageInfo("JPEG", 300, 200, len(content))
    assert [asked for _, asked in s3.ranges] == ["bytes=0-16383", "bytes=16384-65535", "bytes=65536-262143"]


def test_reading_stops_at_a_maximum_for_an_endless_header(s3: S3) -> None:
    endless = b"\xff\xd8\xff" + b"\xff\xfe\xff\xff" + (b"-" * 65533 + b"\xff\xfe\xff\xff") * 80
    found = only(images_from_s3(s3), s3.put("endless.jpg", endless))
    assert (found.problem, found.format) == (ImageProblem.NOT_CHECKED, "JPEG")
    assert s3.ranges[-1][1].endswith(f"-{MOST_BYTES - 1}")


@pytest.mark.parametrize(
    ("content", "kind", "detail"),
    [
        (b"", None, "the file is empty"),
        (b"text", None, ""),
        (picture(kind="GIF"), "GIF", ""),
        (picture()[:30], "PNG", "the PNG file ends within its header"),
        (picture().replace(b"IHDR", b"IDAT"), "PNG", "its PNG header is invalid"),
    ],
)
def test_other_files_are_reported_with_their_format(s3: S3, content: bytes, kind: str | None, detail: str) -> None:
    found = only(images_from_s3(s3), s3.put("file", content))
    assert found == ImageInfo(kind, size=len(content), problem=ImageProblem.NOT_AN_IMAGE, detail=detail)


@pytest.mark.parametrize("source_ref", ["s3://bucket/none.png", "s3://nobodys-bucket/a.png", "s3://bucket/\ud800"])
def test_a_missing_image_is_reported_as_not_found(s3: S3, source_ref: str) -> None:
    assert only(images_from_s3(s3), source_ref).problem is ImageProblem.NOT_FOUND


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (error("AccessDenied"), "GetObject was denied: the caller needs s3:GetObject"),
        (error("SlowDown", 503), "GetObject failed with SlowDown"),
        (ConnectTimeoutError(endpoint_url="https://s3"), "ConnectTimeoutError: Connect timeout"),
        (OSError("no route\x1b[31m"), r"OSError: no route\x1b[31m"),
    ],
)
def test_an_image_that_could_not_be_read_counts_as_not_checked(s3: S3, answer: Exception, detail: str) -> None:
    s3.answer = lambda key: answer
    found = only(images_from_s3(s3), "s3://bucket/a.png")
    assert found.problem is ImageProblem.NOT_CHECKED
    assert found.detail.startswith(detail)


@pytest.mark.parametrize(
    "source_ref", ["a.png", "s3://bucket", "s3:///a.png", "https://bucket/a.png", "s3://b b/a.png"]
)
def test_a_source_ref_that_is_not_in_s3_counts_as_not_checked(s3: S3, source_ref: str) -> None:
    assert only(images_from_s3(s3), source_ref).problem is ImageProblem.NOT_CHECKED


@pytest.mark.parametrize("rejection", [NoCredentialsError(), error("ExpiredToken", 400)])
def test_rejected_credentials_raise(s3: S3, rejection: Exception) -> None:
    s3.answer = lambda key: rejection
    with pytest.raises(type(rejection)):
        only(images_from_s3(s3), "s3://bucket/a.png")


class BrokenBody(io.BytesIO):
    def read(self, *_: Any) -> bytes:
        raise ReadTimeoutError(endpoint_url="https://s3")


def test_a_request_is_repeated_if_its_response_breaks(s3: S3) -> None:
    source_ref = s3.put("a.png", picture())

    def broken(key: str) -> dict[str, Any]:
        return {"Body": BrokenBody(), "ContentRange": "bytes 0-9/10"}

    answers = iter([broken("a.png"), broken("a.png"), None])
    s3.answer = lambda key: next(answers)
    assert only(images_from_s3(s3), source_ref).format == "PNG"
    s3.answer = broken
    assert only(images_from_s3(s3), source_ref).problem is ImageProblem.NOT_CHECKED


def test_a_service_that_ignores_ranges_is_supported(s3: S3) -> None:
    content = picture(90, 80, kind="JPEG", icc_profile=b"profile" * 5_000)

    def whole(key: str) -> dict[str, Any]:
        return {"Body": io.BytesIO(content), "ContentLength": len(content)}

    s3.answer = whole
    assert only(images_from_s3(s3), "s3://bucket/a.jpg") == ImageInfo("JPEG", 90, 80, len(content))


def test_every_key_is_returned_once_and_every_image_is_requested_once(s3: S3) -> None:
    refs = [s3.put(f"{n}.png", picture(64 + n, 64)) for n in range(7)]
    requests = [(n, refs[n % 7]) for n in range(200)]
    found = dict(images_from_s3(s3, max_concurrent=3)(requests))
    assert {n: seen.width for n, seen in found.items()} == {n: 64 + n % 7 for n in range(200)}
    assert len(s3.ranges) == 7


def test_only_the_last_images_are_remembered(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_REMEMBERED", 2)
    refs = [s3.put(f"{name}.png", picture()) for name in "abc"]
    asked = [refs[place] for place in (0, 1, 2, 2, 1, 0)]
    list(images_from_s3(s3, max_concurrent=1)((place, ref) for place, ref in enumerate(asked)))
    assert len(s3.ranges) in (3, 4)  # the first was forgotten, unless its second request came before its response
    s3.ranges.clear()
    monkeypatch.setattr(readers, "_REQUESTS_PER_THREAD", 1)
    list(images_from_s3(s3, max_concurrent=1)((place, ref) for place, ref in enumerate(asked)))
    assert [key for key, _ in s3.ranges] == ["a.png", "b.png", "c.png", "a.png"]


def test_a_bounded_number_of_requests_is_taken_in_advance(s3: S3) -> None:
    s3.put("a.png", picture())
    taken = itertools.count()
    reader = images_from_s3(s3, max_concurrent=2)
    answers = reader((n, "s3://bucket/a.png" if n % 2 else f"s3://bucket/{n}") for n in taken)
    for _ in range(50):
        next(answers)
    assert next(taken) <= 50 + 2 * 2 + 1
    answers.close()  # type: ignore[attr-defined]


def test_closing_the_iterator_ends_the_threads(s3: S3) -> None:
    source_ref = s3.put("a.png", picture())
    # the second request would start after 1,000 seconds
    answers = images_from_s3(s3, max_concurrent=4, per_second=0.001)(
        (n, source_ref if not n else f"s3://bucket/{n}") for n in itertools.count()
    )
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("images_from_s3")]
    assert len(s3.ranges) == 1


def test_an_error_of_the_requests_passes_through_and_leaves_no_threads(s3: S3) -> None:
    def requests() -> Iterator[tuple[int, str]]:
        yield 1, "s3://bucket/none"
        raise RuntimeError("the manifest's disk is gone")

    with pytest.raises(RuntimeError, match="disk"):
        list(images_from_s3(s3)(requests()))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("images_from_s3")]


def test_the_rate_limit_holds(s3: S3, time: FakeTime) -> None:
    reader = images_from_s3(s3, max_concurrent=1, per_second=4, sleep=time.sleep, clock=time.clock)
    start = time.clock()
    list(reader((n, f"s3://bucket/{n}") for n in range(9)))
    assert time.clock() - start == pytest.approx(8 / 4)


def test_a_versions_client_is_accepted(s3: S3) -> None:
    client = VersionsClient(shared_client("rekognition"), s3=s3.client)
    assert only(images_from_s3(client), s3.put("a.png", picture())).format == "PNG"


def test_there_are_as_many_threads_as_connections(s3: S3) -> None:
    few = boto3.client("s3", region_name="us-east-1", config=Config(max_pool_connections=2))
    seen: set[str] = set()
    few.meta.events.register("before-send.s3.GetObject", lambda **_: seen.add(threading.current_thread().name))
    list(images_from_s3(few)((n, f"s3://bucket/{n}") for n in range(20)))
    assert len(seen) == 2


@pytest.mark.parametrize("wrong", [{"max_concurrent": 0}, {"per_second": 0}, {"per_second": float("nan")}])
def test_numbers_that_are_not_positive_are_rejected(s3: S3, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be above 0"):
        images_from_s3(s3, **wrong)


def test_images_in_a_folder_are_found_by_their_key_under_the_prefix(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    (folder / "cats").mkdir(parents=True)
    (folder / "cats" / "1 é.png").write_bytes(picture(70, 90))
    (folder / "large.jpg").write_bytes(picture(80, 90, kind="JPEG", icc_profile=b"profile" * 20_000))
    (tmp_path / "secret.png").write_bytes(picture())
    reader = images_from_folder(folder, "s3://bucket/prefix/")
    assert only(reader, "s3://bucket/prefix/cats/1 é.png").width == 70
    assert only(reader, "s3://bucket/prefix/large.jpg").width == 80
    assert only(reader, "s3://bucket/prefix/none.png").problem is ImageProblem.NOT_FOUND
    assert only(reader, "s3://bucket/prefix/cats").problem is ImageProblem.NOT_FOUND
    for elsewhere in (
        "s3://bucket/other/large.jpg",
        "s3://bucket/prefix/../secret.png",
        "s3://bucket/prefix//etc/hosts",
    ):
        assert only(reader, elsewhere).problem is ImageProblem.NOT_CHECKED
    assert only(reader, "s3://bucket/prefix/a\0b").problem is not None


def test_the_lines_of_a_converted_folder_find_their_images(tmp_path: Path) -> None:
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "1.png").write_bytes(picture(70, 90))
    for images in ("s3://bucket", "s3://bucket/", "s3://bucket/pets", "s3://bucket/pets/", "s3://bucket/pets//"):
        (line,) = from_folder(tmp_path, images)
        assert only(images_from_folder(tmp_path, images), line.source_ref).width == 70


def test_bytes_are_read_as_files_are() -> None:
    content = picture(70, 90)
    assert image_info_from_bytes(content) == ImageInfo("PNG", 70, 90, len(content))
    assert image_info_from_bytes(b"").detail == "the file is empty"


def test_a_prefix_outside_of_s3_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="s3://bucket/prefix, got 'images'"):
        images_from_folder(tmp_path, "images")


def test_a_folder_that_does_not_exist_is_an_error_instead_of_a_folder_without_images(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for name in ("none", "file"):
        with pytest.raises(NotADirectoryError, match="folder must be a folder of images; check the path"):
            images_from_folder(tmp_path / name, "s3://bucket/photos")


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    assert f"the file does not exist: '{tmp_path}/none.png'" in image_info_from_file(str(tmp_path / "none.png")).detail
    assert image_info_from_file(tmp_path).detail == "it is a folder, not an image"


def test_the_content_of_an_image_is_bytes() -> None:
    for content in ("iVBORw0KGgo=", None, Path("1.png")):
        with pytest.raises(TypeError, match=r"content must be the bytes of an image, got .*: read the file first"):
            image_info_from_bytes(content)  # type: ignore[arg-type]
    assert image_info_from_bytes(bytearray(picture())) == image_info_from_bytes(picture())  # type: ignore[arg-type]


@pytest.mark.parametrize("orientation", [None, 1, 2, 3, 6, 8, 9])
def test_the_orientation_of_an_image_is_read(orientation: int | None) -> None:
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    info = image_info_from_bytes(picture(kind="JPEG", exif=exif))
    assert info.orientation == (None if orientation == 9 else orientation)
    assert info.is_rotated is (orientation in (6, 8))


def test_the_place_of_the_images_and_the_threads_are_checked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"images must be the place of the images in S3, .*, got None"):
        images_from_folder(tmp_path, None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"max_concurrent must be a whole number of threads, got 2\.5"):
        images_from_s3(shared_client("s3"), max_concurrent=2.5)  # type: ignore[arg-type]
