"""upload_images uploads the images of a folder, and nothing from elsewhere or to elsewhere."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings, strategies as st
from moto import mock_aws

from rekog_versions.manifests import ConversionReason, UploadProgress, from_folder, upload_images

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff\xe0"
TARGET = "s3://pets/photos"


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client: Any = boto3.client(
            "s3", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        client.create_bucket(Bucket="pets")
        yield client


def puts(client: Any) -> list[str]:
    """Return the keys of the uploads from now on."""
    keys: list[str] = []
    client.meta.events.register("before-parameter-build.s3.PutObject", lambda params, **_: keys.append(params["Key"]))
    client.meta.events.register(
        "before-parameter-build.s3.CreateMultipartUpload", lambda params, **_: keys.append(params["Key"])
    )
    return keys


def keys_in(client: Any) -> set[str]:
    return {found["Key"] for found in client.list_objects_v2(Bucket="pets").get("Contents", ())}


def folder(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def test_only_changed_images_are_uploaded_again(s3: Any, tmp_path: Path) -> None:
    big = PNG + os.urandom(9 * 1024 * 1024)  # in two parts
    root = folder(tmp_path, {"cat/1.jpg": JPEG, "cat/ü +%20.PNG": PNG, "dog/big.png": big})
    first = upload_images(root, TARGET, s3=s3)
    assert (first.uploaded, first.unchanged, first.bytes_uploaded) == (3, 0, len(JPEG + PNG + big))
    assert keys_in(s3) == {"photos/cat/1.jpg", "photos/cat/ü +%20.PNG", "photos/dog/big.png"}
    assert s3.head_object(Bucket="pets", Key="photos/cat/1.jpg")["ContentType"] == "image/jpeg"
    assert {line.source_ref for line in from_folder(root, TARGET)} == {f"s3://pets/{key}" for key in keys_in(s3)}
    sent = puts(s3)
    assert upload_images(root, f"{TARGET}/", s3=s3).unchanged == 3
    assert sent == []
    folder(root, {"cat/1.jpg": JPEG[:-1] + b"\xe1", "dog/new.png": PNG})
    again = upload_images(root, TARGET, s3=s3)
    assert (again.uploaded, again.unchanged) == (2, 2)
    assert sorted(sent) == ["photos/cat/1.jpg", "photos/dog/new.png"]


def test_other_files_are_left_out_with_the_reason(s3: Any, tmp_path: Path) -> None:
    outside = folder(tmp_path / "outside", {"secret.png": PNG})
    root = folder(
        tmp_path / "root",
        {
            "a.png": PNG,
            "b.txt": PNG,
            "c.jpg": b"GIF89a",
            "empty.png": b"",
            ".hidden.png": PNG,
            ".git/x.png": PNG,
            "large.png": PNG + bytes(15 * 1024 * 1024),
        },
    )
    (root / "link.png").symlink_to(outside / "secret.png")
    (root / "inside.png").symlink_to(root / "a.png")
    (root / "broken.png").symlink_to(root / "none")
    (root / "folder").symlink_to(outside)
    (root / os.fsdecode(b"\xff.png")).write_bytes(PNG)
    report = upload_images(root, TARGET, s3=s3)
    assert keys_in(s3) == {"photos/a.png", "photos/inside.png"}
    found = {issue.place: issue.reason for issue in report.left_out}
    assert found == {
        "b.txt": ConversionReason.NOT_AN_IMAGE,
        "c.jpg": ConversionReason.NOT_AN_IMAGE,
        "empty.png": ConversionReason.NOT_AN_IMAGE,
        ".hidden.png": ConversionReason.HIDDEN,
        ".git": ConversionReason.HIDDEN,
        "large.png": ConversionReason.REJECTED,
        "link.png": ConversionReason.LINK_OUTSIDE,
        "broken.png": ConversionReason.UNREADABLE,
        "folder": ConversionReason.NOT_FOLLOWED,
        "\udcff.png": ConversionReason.FOREIGN_PLACE,
    }
    assert report.ok
    assert "link to a file outside of the folder" in str(report)
    assert report.to_json()


def test_the_progress_counts_to_the_total_in_the_calling_thread(s3: Any, tmp_path: Path) -> None:
    root = folder(tmp_path, {f"{number}.png": PNG for number in range(25)})
    upload_images(folder(tmp_path / "some", {"0.png": PNG}), TARGET, s3=s3)
    seen: list[tuple[UploadProgress, threading.Thread]] = []
    report = upload_images(
        root, TARGET, s3=s3, max_concurrent=3, on_progress=lambda one: seen.append((one, threading.current_thread()))
    )
    assert [one.done for one, _ in seen] == list(range(1, 27))
    assert {one.total for one, _ in seen} == {26}
    assert {thread for _, thread in seen} == {threading.current_thread()}
    assert (report.uploaded, report.unchanged) == (25, 1)


def test_an_error_of_the_progress_ends_the_upload(s3: Any, tmp_path: Path) -> None:
    root = folder(tmp_path, {f"{number:03}.png": PNG for number in range(100)})

    def stop(progress: UploadProgress) -> None:
        raise KeyError(progress.name)

    with pytest.raises(KeyError):
        upload_images(root, TARGET, s3=s3, max_concurrent=1, on_progress=stop)
    assert len(keys_in(s3)) < 20


def test_one_failed_image_is_reported_and_the_others_uploaded(s3: Any, tmp_path: Path) -> None:
    root = folder(tmp_path, {"a.png": PNG, "b.png": PNG, "c.png": PNG})

    def reject(params: dict[str, Any], **_: Any) -> None:
        if params["Key"].endswith("b.png"):
            raise ClientError({"Error": {"Code": "InvalidRequest", "Message": "no\x1b"}}, "PutObject")

    s3.meta.events.register("before-parameter-build.s3.PutObject", reject)
    report = upload_images(root, TARGET, s3=s3)
    assert (report.ok, report.uploaded, report.failed_count) == (False, 2, 1)
    assert report.failed[0][0] == "b.png"
    assert "InvalidRequest" in report.failed[0][1]
    assert "\x1b" not in str(report)


def test_a_missing_permission_ends_the_upload_at_once(s3: Any, tmp_path: Path) -> None:
    root = folder(tmp_path, {f"{number:03}.png": PNG for number in range(100)})
    asked: list[str] = []

    def deny(params: dict[str, Any], **_: Any) -> None:
        asked.append(params["Key"])
        response: Any = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
        raise ClientError(response, "PutObject")

    s3.meta.events.register("before-parameter-build.s3.PutObject", deny)
    with pytest.raises(ClientError, match="AccessDenied"):
        upload_images(root, TARGET, s3=s3, max_concurrent=2)
    assert len(asked) < 30


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"target": "pets/photos"}, ValueError, "target must be s3://bucket/prefix"),
        ({"folder": "no such folder"}, NotADirectoryError, "must be an existing folder"),
        ({"max_concurrent": 0}, ValueError, "max_concurrent must be at least 1"),
        ({"max_concurrent": 1.5}, TypeError, "whole number"),
        ({"s3": None}, ValueError, "pass s3="),
        ({"target": "s3://none/photos"}, ClientError, "NoSuchBucket"),
    ],
)
def test_invalid_arguments_are_named(
    s3: Any, tmp_path: Path, arguments: dict[str, Any], error: type[Exception], text: str
) -> None:
    given_too: dict[str, Any] = {"folder": tmp_path, "target": TARGET, "s3": s3}
    with pytest.raises(error, match=text):
        upload_images(**{**given_too, **arguments})


odd = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda name: name not in (".", "..") and len(name.encode()) < 200
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(odd, min_size=1, max_size=4, unique=True))
def test_names_never_leave_the_prefix(s3: Any, tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    root = tmp_path_factory.mktemp("root")
    for name in names:
        (root / name).mkdir(exist_ok=True)
        (root / name / f"{name}.png").write_bytes(PNG)
    sent = puts(s3)
    report = upload_images(root, TARGET, s3=s3)
    assert set(sent) <= {f"photos/{name}/{name}.png" for name in names}
    assert report.uploaded + report.unchanged + len(report.left_out) + report.failed_count == len(names)
