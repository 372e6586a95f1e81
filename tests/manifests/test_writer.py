"""Writing manifests to files and to moto's S3."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from rekog_versions import VersionsClient
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build import writer
from rekog_versions.manifests.build.typed_lines import ImageLevelLine
from rekog_versions.manifests.build.writer import ManifestWriter
from rekog_versions.manifests.check.check import check_manifests
from rekog_versions.testing import mock_custom_labels
from tests.testing.emulator import client, shared_client


def line(number: int, *labels: str) -> ImageLevelLine:
    return ImageLevelLine(f"s3://bucket/{number}.jpg", labels or ["cat"])


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "train.manifest"


def test_typed_lines_mappings_and_texts_become_lines(path: Path) -> None:
    text = (
        '{"label": 1,  "source-ref": "s3://bucket/é\\u003d.jpg", "label-metadata": '
        + json.dumps({"class-name": "dog", "confidence": 1, "type": "groundtruth/image-classification"})
        + "}"
    )
    with ManifestWriter(path) as manifest:
        manifest.write(line(1, "cat", "dog"))
        manifest.write(line(2).to_dict())
        manifest.write(f"{text}\r\n")
        manifest.write(line(4).to_json().encode())
        assert (manifest.lines, dict(manifest.labels)) == (4, {"cat": 3, "dog": 2})
    written = path.read_text("utf-8").split("\n")
    assert [json.loads(each)["source-ref"] for each in written[:-1]] == [
        "s3://bucket/1.jpg", "s3://bucket/2.jpg", "s3://bucket/é=.jpg", "s3://bucket/4.jpg",
    ]  # fmt: skip
    assert (written[2], written[-1]) == (text, "")
    assert manifest.size == path.stat().st_size


def test_the_file_appears_when_it_is_complete(path: Path) -> None:
    path.write_text("before")
    with ManifestWriter(str(path)) as manifest:
        manifest.write(line(1))
        assert path.read_text() == "before"
    assert json.loads(path.read_text())["source-ref"] == "s3://bucket/1.jpg"
    assert files(path.parent) == ["train.manifest"]


def write_and_raise(target: str | Path, lines: Iterable[Any], error: type[BaseException], s3: Any = None) -> None:
    with ManifestWriter(target, s3=s3) as manifest:
        for each in lines:
            manifest.write(each)
        raise error


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_block_that_raises_leaves_the_previous_file_and_nothing_else(path: Path, error: type[BaseException]) -> None:
    path.write_text("before")
    with pytest.raises(error):
        write_and_raise(path, [line(1)], error)
    assert path.read_text() == "before"
    assert files(path.parent) == ["train.manifest"]


def test_a_symbolic_link_remains_and_its_target_is_replaced(path: Path) -> None:
    path.write_text("before")
    link = path.with_name("link.manifest")
    link.symlink_to(path)
    with ManifestWriter(link) as manifest:
        manifest.write(line(1))
    assert link.is_symlink()
    assert "s3://bucket/1.jpg" in path.read_text()


def test_a_rejected_line_is_not_written_and_the_next_one_is(path: Path) -> None:
    with ManifestWriter(path) as manifest:
        with pytest.raises(ManifestError) as caught:
            manifest.write({"source-ref": "1.jpg"})
        manifest.write(line(1))
    assert [issue.code for issue in caught.value.issues] == ["ERROR_INVALID_SOURCE_REF_FORMAT"]
    assert len(path.read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("rejected", "message"),
    [
        (line(1, "dog"), "'s3://bucket/1.jpg' is in the manifest already"),
        (
            ImageLevelLine("s3://other/2.jpg", ["cat"]),
            "in one bucket, got .s3://other/2.jpg. after images in .bucket.",
        ),
        ("{", "must be a JSON object, got '{'"),
        ('{"source-ref":\n"s3://bucket/2.jpg"}', "must not contain line breaks"),
        ({**line(2).to_dict(), "note": "n" * 100_000}, "must have at most 100,000 characters"),
        ({**line(2).to_dict(), "note": {1, 2}}, "can't be written as JSON"),
        ({**line(2).to_dict(), "note": float("nan")}, "can't be written as JSON"),
        ({"source-ref": "s3://bucket/2.jpg", "a": 1, "a-metadata": {}}, "use case type of the a label attribute"),
        ({"a": 1}, "The source-ref key is missing. Add"),
    ],
)
def test_lines_that_the_service_rejects_or_drops_are_rejected(path: Path, rejected: Any, message: str) -> None:
    with ManifestWriter(path) as manifest:
        manifest.write(line(1))
        with pytest.raises(ManifestError, match=message):
            manifest.write(rejected)
        assert (manifest.lines, dict(manifest.labels)) == (1, {"cat": 1})


def test_a_line_without_labels_may_be_written(path: Path) -> None:
    with ManifestWriter(path) as manifest:
        manifest.write({"source-ref": "s3://bucket/1.jpg"})
    assert json.loads(path.read_text()) == {"source-ref": "s3://bucket/1.jpg"}


def test_the_limits_of_a_manifest_are_enforced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ManifestWriter(path, max_lines=251) as manifest:
        for number in range(250):
            manifest.write(line(number, f"label {number}"))
        with pytest.raises(ManifestError, match=r"at most 250 labels, got 251 with 'dog' of 's3://bucket/250.jpg'"):
            manifest.write(line(250, "label 0", "dog"))
        manifest.write(line(250, "label 0", "label 1"))
        with pytest.raises(ManifestError, match="at most 251 lines, got one more"):
            manifest.write(line(251, "label 0"))
    most = 2 * len(f"{line(0).to_json()}\n")
    monkeypatch.setattr(writer, "MOST_BYTES_TO_WRITE", most)
    with ManifestWriter(path) as manifest:
        manifest.write(line(0))
        manifest.write(line(1))
        with pytest.raises(ManifestError, match=f"at most {most} bytes, got"):
            manifest.write(line(2))


def test_an_empty_manifest_is_rejected_and_not_written(path: Path) -> None:
    with pytest.raises(ManifestError, match="nothing was written"), ManifestWriter(path):
        pass
    assert files(path.parent) == []


@pytest.mark.parametrize("name", ["train", "s3://bucket/folder.d/train", "folder/", "s3://bucket/a.manifest/"])
def test_a_name_without_an_extension_is_rejected(tmp_path: Path, name: str) -> None:
    with pytest.raises(ManifestError, match=r"must have an extension, .*: call it"), ManifestWriter(name, s3=object()):
        pass


@pytest.mark.parametrize("name", ["train", "train.", ".manifest", "..manifest", "of.d/train"])
def test_the_writer_and_the_check_reject_the_same_names(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with pytest.raises(ManifestError, match="must have an extension"), ManifestWriter(path):
        pass
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{line(1).to_json()}\n")
    found = [(each.code, each.detail) for each in check_manifests(path, auto_create=True).terminal]
    assert found == [("ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT", "its name has no extension")]


def test_a_writer_can_be_used_once_and_in_its_block_only(path: Path) -> None:
    manifest = ManifestWriter(path)
    with pytest.raises(ValueError, match="in its block"):
        manifest.write(line(1))
    with manifest:
        manifest.write(line(1))
    with pytest.raises(ValueError, match="in its block"):
        manifest.write(line(2))
    with pytest.raises(ValueError, match="create another one"), manifest:
        pass
    assert len(path.read_text().splitlines()) == 1


class Recorded:
    """A client for S3 that records its calls and can fail some of them."""

    def __init__(self) -> None:
        self.s3 = client("s3")
        self.calls: list[str] = []
        self.s3.meta.events.register("before-send.s3", self._note)
        self.failing: set[str] = set()

    def _note(self, event_name: str, **_: Any) -> None:
        name = event_name.rpartition(".")[2]
        self.calls.append(name)
        if name in self.failing:
            raise EndpointConnectionError(endpoint_url="https://s3")

    def read(self) -> bytes:
        content: bytes = self.s3.get_object(Bucket="bucket", Key="data/train.manifest")["Body"].read()
        return content

    @property
    def uploads(self) -> list[Any]:
        uploads: list[Any] = self.s3.list_multipart_uploads(Bucket="bucket").get("Uploads", [])
        return uploads


URI = "s3://bucket/data/train.manifest"


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    with mock_custom_labels():
        made = Recorded()
        made.s3.create_bucket(Bucket="bucket")
        made.calls.clear()
        yield made


def test_a_small_manifest_is_sent_with_one_request(recorded: Recorded) -> None:
    with ManifestWriter(URI, s3=VersionsClient(shared_client("rekognition"), s3=recorded.s3)) as manifest:
        manifest.write(line(1))
    assert recorded.calls == ["PutObject"]
    assert len(recorded.read()) == manifest.size


def large(number: int) -> dict[str, Any]:
    return {**line(number).to_dict(), "note": "n" * 90_000}


def test_a_large_manifest_is_uploaded_in_parts(recorded: Recorded) -> None:
    with ManifestWriter(URI, s3=recorded.s3) as manifest:
        for number in range(200):
            manifest.write(large(number))
    assert sorted(recorded.calls[1:-1]) == ["UploadPart"] * 3
    assert (recorded.calls[0], recorded.calls[-1]) == ("CreateMultipartUpload", "CompleteMultipartUpload")
    written = recorded.read().splitlines()
    assert [json.loads(each)["source-ref"] for each in written] == [f"s3://bucket/{n}.jpg" for n in range(200)]


def test_a_block_that_raises_sends_nothing_to_s3(recorded: Recorded) -> None:
    with pytest.raises(KeyboardInterrupt):
        write_and_raise(URI, map(large, range(100)), KeyboardInterrupt, recorded.s3)
    assert recorded.calls == []
    with pytest.raises(ClientError):
        recorded.read()


def write_large(recorded: Recorded) -> None:
    with ManifestWriter(URI, s3=recorded.s3) as manifest:
        for number in range(100):
            manifest.write(large(number))


def test_a_failed_upload_is_aborted(recorded: Recorded) -> None:
    recorded.failing = {"CompleteMultipartUpload"}
    with pytest.raises(EndpointConnectionError):
        write_large(recorded)
    assert recorded.calls[-1] == "AbortMultipartUpload"
    assert recorded.uploads == []


def test_parts_that_may_remain_are_reported(recorded: Recorded) -> None:
    recorded.failing = {"CompleteMultipartUpload", "AbortMultipartUpload"}
    with pytest.raises(EndpointConnectionError) as caught:
        write_large(recorded)
    assert len(recorded.uploads) == 1
    (note,) = caught.value.__notes__
    assert f"the parts of this upload to '{URI}'" in note
    assert "abort_multipart_upload()" in note


def test_writing_to_s3_needs_a_client_and_a_bucket(recorded: Recorded) -> None:
    with pytest.raises(ValueError, match="is in S3: pass s3=client"), ManifestWriter(URI):
        pass
    with (
        pytest.raises(ManifestError, match="must be given as s3://bucket/key"),
        ManifestWriter("s3:///a.manifest", s3=recorded.s3),
    ):
        pass
    with pytest.raises(ClientError, match="NoSuchBucket"), ManifestWriter("s3://none/a.manifest", s3=recorded.s3) as m:
        m.write(line(1))


def test_a_file_name_may_have_the_maximum_length(tmp_path: Path) -> None:
    path = tmp_path / f"{'犬' * 82}.manifest"
    with ManifestWriter(path) as manifest:
        manifest.write(line(1))
    assert files(tmp_path) == [path.name]


@pytest.mark.parametrize("given", [5, None, [1]])
def test_an_object_that_is_not_a_line_is_rejected(path: Path, given: Any) -> None:
    with ManifestWriter(path) as manifest:
        manifest.write(line(1))
        with pytest.raises(TypeError, match=f"a line must be .*, got {type(given).__name__}"):
            manifest.write(given)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(FileNotFoundError, match="the folder of the manifest does not exist; create it") as caught,
        ManifestWriter(tmp_path / "none" / "a.manifest"),
    ):
        pass
    assert caught.value.filename == str(tmp_path / "none")


@pytest.mark.parametrize("name", [b"a.manifest", None, 5])
def test_the_name_of_a_manifest_is_text(name: Any) -> None:
    with pytest.raises(TypeError), ManifestWriter(name):
        pass


@pytest.mark.parametrize("most", [0, -1, True, "5", 2.5])
def test_the_most_lines_are_a_positive_number(most: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="max_lines must be at least 1, got"):
        ManifestWriter(tmp_path / "a.manifest", max_lines=most)
