"""check_manifests reads manifests from files, bytes and S3."""

import io
import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import (
    ImageInfo,
    ImageProblem,
    check_manifests,
    from_ground_truth,
    sources,
    split_manifest,
)
from rekog_versions.manifests.naming import has_extension
from rekog_versions.models import DescribedS3Object, S3Object
from tests.manifests.entries import classed, codes, few_of, manifest, pets


def test_a_file_needs_an_extension_but_bytes_do_not(tmp_path: Path) -> None:
    for name, is_fine in (("a.manifest", True), ("a.json", True), ("a", False), ("a.", False), (".manifest", False)):
        path = tmp_path / name
        path.write_bytes(manifest(*pets()))
        assert check_manifests(path, auto_create=True).ok is is_fine
        assert check_manifests(str(path), auto_create=True).ok is is_fine


@pytest.mark.parametrize(
    ("name", "has_one"),
    [
        *((name, True) for name in ("a.manifest", "a.b/c.jsonl", ".a.b")),
        *((name, False) for name in ("a", "a.b/c", "a.", ".manifest", "..manifest", "a/.manifest", "")),
    ],
)
def test_has_extension_accepts_names_with_a_stem_and_a_suffix(name: str, has_one: bool) -> None:
    assert has_extension(name) is has_one


def test_sources_may_be_paths_bytes_and_binary_files(tmp_path: Path) -> None:
    content = manifest(*pets())
    path = tmp_path / "a.manifest"
    path.write_bytes(content)

    class Trickle:
        """A file object that has only `read`, which returns one byte."""

        def __init__(self) -> None:
            self._rest = b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")

        def read(self, size: int, /) -> bytes:
            piece, self._rest = self._rest[:1], self._rest[1:]
            return piece

    with path.open("rb") as file:
        sources: list[Any] = [path, str(path), content, bytearray(content), file, Trickle()]
        reports = [check_manifests(source, auto_create=True) for source in sources]
    assert all(report.training.labels == {"cat": 20, "dog": 20} for report in reports)
    assert reports[-1].counts == {"HINT_BYTE_ORDER_MARK": 1, "HINT_CRLF": 1}
    assert "40 of 40 lines" in reports[-1].hints[1].detail


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"training": 5}, TypeError, "training must be a path"),
        ({"training": [5]}, TypeError, "each manifest of training must be"),
        ({"training": []}, ValueError, "at least one manifest"),
        ({"training": io.StringIO("{}")}, TypeError, "must be opened in binary mode"),
        ({"training": "s3://bucket/a.manifest"}, ValueError, "pass s3="),
        ({"training": "s3://bucket"}, ValueError, "must be given as s3://bucket/key"),
        ({"training": b"", "testing": b"", "auto_create": True}, ValueError, "leave out one of the two"),
        ({"training": b"", "feature": "X"}, ValueError, "feature must be .*, got 'X'"),
        ({"training": b"", "max_issues": 0}, ValueError, "at least 1"),
        ({"training": "/no/such.manifest"}, FileNotFoundError, "check the path: the current folder is .*no/such"),
        ({"training": "https://x.org/a.manifest"}, ValueError, "got 'https://x.org/a.manifest': download it"),
        ({"training": "S3://pets/a.manifest"}, ValueError, "write s3://bucket/key"),
        ({"training": b"", "testing": ["s3a://pets/a.manifest"]}, ValueError, "testing must .*: write s3://bucket/key"),
        ({"training": "arn:aws:s3:::pets/a.manifest"}, ValueError, "write s3://bucket/key"),
        ({"training": "gs://pets/a.manifest"}, ValueError, "download it"),
        (
            {"training": b"", "region": "us-east1"},
            ValueError,
            "region must be a region .* got 'us-east1'. Did you mean us-east-1",
        ),
        (
            {"training": b"", "region": "Ireland"},
            ValueError,
            "region must be a region such as us-east-1, got 'Ireland'",
        ),
        ({"training": b"", "auto_create": "false"}, TypeError, "auto_create must be True or False, got 'false'"),
        ({"training": b"", "class_ids": "no"}, TypeError, "class_ids must be True or False, got 'no'"),
        ({"training": b"", "max_issues": "5"}, ValueError, "max_issues must be at least 1, got '5'"),
        ({"training": b"", "images": object()}, TypeError, r"images must be an ImageReader, such as images_from_s3"),
        (
            {"training": "s3://pets/a.manifest", "s3": boto3.client("rekognition", region_name="us-east-1")},
            TypeError,
            r"s3 must be a client for S3, got Rekognition: pass s3=client, a VersionsClient or boto3.client\('s3'\)",
        ),
        (
            {"training": "s3://pets/a.manifest", "s3": boto3.session.Session()},
            TypeError,
            "s3 must be a client for S3, got Session: pass s3=client",
        ),
    ],
)
def test_invalid_arguments_are_rejected_with_the_valid_alternatives(
    arguments: dict[str, Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        check_manifests(**arguments)


class Wrapper:
    def __init__(self, s3: object) -> None:
        self.s3 = s3


@mock_aws
def test_manifests_are_read_from_s3_through_a_client_or_an_object_that_has_one() -> None:
    s3: Any = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="pets")
    s3.put_object(Bucket="pets", Key="a/b c.manifest", Body=manifest(*pets(5000)))
    for reader in (s3, Wrapper(s3)):
        report = check_manifests("s3://pets/a/b c.manifest", auto_create=True, s3=reader)
        assert report.ok
        assert report.training.total_json_lines == 5000
    for uri in ("s3://pets/missing.manifest", "s3://no-such-bucket/a.manifest"):
        report = check_manifests(uri, auto_create=True, s3=s3)
        assert codes(report) == {"ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT"}
        assert report.issues[0].file == uri
    assert codes(check_manifests("s3://pets/a/b c.manifest", "s3://pets/x", s3=s3)) == {
        "ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT"
    }


def test_a_denied_manifest_has_its_own_code_and_other_s3_errors_pass_through() -> None:
    from botocore.exceptions import ClientError

    class Refusing:
        def __init__(self, code: str) -> None:
            self._code = code

        def get_object(self, **_: object) -> object:
            raise ClientError({"Error": {"Code": self._code}}, "GetObject")

    report = check_manifests("s3://pets/a.manifest", s3=Refusing("AccessDenied"))
    assert codes(report) == {"ERROR_INVALID_PERMISSIONS_MANIFEST_S3_BUCKET"}
    with pytest.raises(ClientError, match="SlowDown"):
        check_manifests("s3://pets/a.manifest", s3=Refusing("SlowDown"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (manifest(*pets()).decode(), "the text of a manifest"),
        ([json.dumps(entry) for entry in pets()], "the text of a manifest"),
        ("", "an empty path"),
    ],
)
def test_the_text_of_a_manifest_is_rejected_as_a_path(text: Any, what: str) -> None:
    with pytest.raises(ValueError, match=f"^training must be a path or an s3:// URI, or .* as bytes, got {what}$"):
        check_manifests(text)


def test_an_endless_line_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LONGEST_LINE", 2000)
    monkeypatch.setattr(sources, "_CHUNK", 500)
    lines = [line for some in sources.ManifestLines(io.BytesIO(b"{}\n" + b"x" * 100_000 + b"\n{}\n")) for line in some]
    assert (lines[0], lines[2]) == (b"{}", b"{}")
    assert 2000 < len(lines[1]) <= 3500


def test_a_very_long_line_is_invalid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rekog_versions.manifests.sources.LONGEST_LINE", 2000)
    monkeypatch.setattr("rekog_versions.manifests.check.manifest_reader.LONGEST_LINE", 2000)
    monkeypatch.setattr("rekog_versions.manifests.sources._CHUNK", 500)
    long = manifest({**classed("long", "cat"), "remark": "x" * 100_000})
    report = check_manifests(manifest(*pets(4)) + long + manifest(*pets(4)))
    assert report.training.total_json_lines == 9
    assert report.training.error_json_line_indices == [5]


def test_a_file_over_the_size_limit_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    content = manifest(*pets())
    for most, is_fine in ((len(content), True), (len(content) - 1, False)):
        monkeypatch.setattr("rekog_versions.manifests.check.rules.MOST_BYTES", most)
        monkeypatch.setattr("rekog_versions.manifests.sources.MOST_BYTES", most)
        report = check_manifests(content)
        assert ("ERROR_MANIFEST_SIZE_TOO_LARGE" in report.counts) is not is_fine
    monkeypatch.setattr("rekog_versions.manifests.sources._CHUNK", 1000)
    monkeypatch.setattr("rekog_versions.manifests.sources.MOST_BYTES", 2000)
    file = io.BytesIO(content)
    check_manifests(file)
    assert file.tell() == 3000


def test_the_last_line_may_lack_a_line_feed() -> None:
    content = manifest(*pets())
    assert check_manifests(content.rstrip(b"\n")).training == check_manifests(content).training


@mock_aws
def test_a_manifest_is_read_in_the_version_that_an_s3_object_names() -> None:
    s3: Any = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="pets")
    s3.put_bucket_versioning(Bucket="pets", VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket="pets", Key="a.manifest", Body=manifest(*pets(4)))["VersionId"]
    s3.put_object(Bucket="pets", Key="a.manifest", Body=manifest(*pets(6)))
    old, new = S3Object(bucket="pets", name="a.manifest", version=first), S3Object(bucket="pets", name="a.manifest")
    reports = check_manifests(old, new, s3=s3), check_manifests([new, old], s3=s3)
    assert [report.training.total_json_lines for report in reports] == [4, 10]
    assert reports[0].testing.total_json_lines == 6


def test_a_missing_file_is_reported_with_the_file_that_may_be_meant(tmp_path: Path) -> None:
    (tmp_path / "train.manifest").write_bytes(b"")
    for check in (check_manifests, lambda path: split_manifest(path, tmp_path / "a.x", tmp_path / "b.x")):
        with pytest.raises(
            FileNotFoundError, match=r"does not exist; check the path: did you mean 'train\.manifest'\?"
        ):
            check(str(tmp_path / "trian.manifest"))


def test_a_folder_is_rejected_with_the_function_that_reads_folders(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match=r"a manifest must be a file; .* from_folder\(\)") as caught:
        check_manifests(tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_a_file_that_was_read_before_is_rejected_instead_of_checked_in_part(tmp_path: Path) -> None:
    path = tmp_path / "a.manifest"
    path.write_bytes(manifest(*pets()))
    with path.open("rb") as file:
        file.readline()
        with pytest.raises(ValueError, match=r"must be at its beginning, got the position \d+: call seek\(0\) first"):
            check_manifests(file, auto_create=True)
        file.seek(0)
        assert check_manifests(file, auto_create=True).ok
        with pytest.raises(ValueError, match="must be at its beginning"):
            check_manifests(b"{}", file)


def test_the_files_of_a_check_do_not_replace_the_manifest_that_is_checked(tmp_path: Path) -> None:
    first = check_manifests(manifest(*pets()), auto_create=True, write_to=tmp_path)
    with pytest.raises(ValueError, match="write_to must be another folder"):
        check_manifests(first.files[1], auto_create=True, write_to=tmp_path / ".." / tmp_path.name)
    assert check_manifests(first.files[1], auto_create=True, write_to=tmp_path / "again").clean


@pytest.mark.parametrize(
    ("options", "is_ok", "says"),
    [
        ({}, False, ("The training would not start.", "auto_create=True", "split_manifest()")),
        ({"auto_create": True}, True, ("The training would start",)),
        ({"testing": manifest(*pets(4))}, True, ("The training would start",)),
    ],
)
def test_a_training_manifest_alone_is_not_enough_for_a_training(
    options: dict[str, Any], is_ok: bool, says: tuple[str, ...]
) -> None:
    report = check_manifests(manifest(*pets()), **options)
    assert (report.ok, bool(report), report.clean) == (is_ok, is_ok, is_ok)
    assert all(text in str(report) for text in says)
    if not is_ok:
        assert [found.code for found in report] == ["REQUEST_WITHOUT_TEST_DATA"]
        assert report.terminal == report.issues
        assert report.to_dict()["issues"][0]["level"] == "request"
        assert report.to_dict()["issues"][0]["fix"]


@pytest.mark.parametrize(
    ("entries", "is_ok", "is_clean"),
    [
        (pets(40), True, True),
        ([*pets(40), *few_of(2, "bird")], True, True),  # a hint only
        ([*pets(79), *[{"a": 1}] * 17], True, False),
        ([*pets(40), {"source-ref": "s3://pets/bare.jpg"}], True, False),
        ([*pets(40), *[{"a": 1}] * 20], False, False),
    ],
)
def test_the_strict_verdict_accepts_no_error_and_no_warning(entries: list[Any], is_ok: bool, is_clean: bool) -> None:
    report = check_manifests(manifest(*entries), auto_create=True)
    assert (report.ok, report.clean) == (is_ok, is_clean)
    assert (report.to_dict()["ok"], report.to_dict()["clean"]) == (is_ok, is_clean)
    assert bool(report) is is_ok
    assert list(report) == list(report.issues)
    assert len(report) == len(report.issues)


def test_the_strict_verdict_needs_every_image() -> None:
    def reader(requests: Any, /) -> Any:
        return ((key, ImageInfo(problem=ImageProblem.NOT_CHECKED)) for key, _ in requests)

    report = check_manifests(manifest(*pets()), auto_create=True, images=reader)
    assert report.ok
    assert not report.clean


@mock_aws
def test_reports_and_splits_name_the_version_of_a_manifest(tmp_path: Path) -> None:
    s3: Any = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="pets")
    s3.put_bucket_versioning(Bucket="pets", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="pets", Key="a.manifest", Body=manifest(*pets(40)))["VersionId"]
    s3.put_object(Bucket="pets", Key="a.manifest", Body=b"")
    name = f"s3://pets/a.manifest (version {version})"
    for kind in (S3Object, DescribedS3Object):
        source = kind(bucket="pets", name="a.manifest", version=version)
        report = check_manifests(source, auto_create=True, s3=s3)
        assert report.ok
        assert report.training.sources == (name,)
        split = split_manifest(source, tmp_path / "a.manifest", tmp_path / "b.manifest", s3=s3)
        assert split.training.lines + split.testing.lines == 40
        assert len(list(from_ground_truth(source, s3=s3))) == 40
    with pytest.raises(ManifestError, match=r"a\.manifest' can't be split: the file is empty"):
        split_manifest("s3://pets/a.manifest", tmp_path / "a.manifest", tmp_path / "b.manifest", s3=s3)
    (found,) = check_manifests(f"s3://pets/a.manifest?versionId={version}", auto_create=True, s3=s3).terminal
    assert "pass S3Object(bucket=..., name=..., version=...)" in found.detail
    s3.put_object(Bucket="pets", Key="a", Body=manifest(*pets(40)))
    plain = S3Object(bucket="pets", name="a")
    assert "its name has no extension" in str(check_manifests(plain, auto_create=True, s3=s3))


@pytest.mark.parametrize("source", [5, None, ["a.manifest"], b"{}", io.BytesIO()])
def test_sources_that_must_be_read_twice_are_paths_or_objects(source: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="source must be a path, an s3:// URI or an S3Object, got"):
        split_manifest(source, tmp_path / "a.manifest", tmp_path / "b.manifest")
