"""check_manifests checks the images of the lines."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
from moto import mock_aws

from rekog_versions.manifests import Level, check_manifests
from rekog_versions.manifests.images.image_check import ImageInfo, ImageProblem
from rekog_versions.manifests.images.readers import images_from_s3
from tests.manifests.entries import boxed, classed, codes, manifest, pets
from tests.testing.pictures import picture


def album(pictures: dict[str, ImageInfo]) -> Any:
    def look(requests: Iterable[tuple[Any, str]]) -> Iterator[tuple[Any, ImageInfo]]:
        asked = list(requests)
        for key, source_ref in reversed(asked):  # in any order
            yield key, pictures.get(source_ref, ImageInfo("JPEG", 640, 480, 1000))

    return look


def test_invalid_images_make_their_lines_invalid_but_unchecked_images_do_not(tmp_path: Path) -> None:
    pictures = {
        "s3://pets/0.jpg": ImageInfo(problem=ImageProblem.NOT_FOUND),
        "s3://pets/1.jpg": ImageInfo("GIF", 640, 480, 1000),
        "s3://pets/2.jpg": ImageInfo(problem=ImageProblem.NOT_CHECKED, detail="AccessDenied"),
        "s3://pets/b.jpg": ImageInfo("PNG", 20, 480, 1000),
        "s3://pets/c.jpg": ImageInfo("PNG", 600, 480, 1000),
        "s3://pets/d.jpg": ImageInfo("PNG", 20, 20, 1000),
    }
    entries = [*pets(20), boxed("b", "cat"), boxed("c", "cat"), {"source-ref": "s3://pets/d.jpg", "a": 1}]
    report = check_manifests(manifest(*entries), images=album(pictures), write_to=tmp_path)
    found = sorted((one.code, one.line) for one in report.issues if one.level is Level.LINE)
    assert found == [
        ("ERROR_INVALID_IMAGE", 1),
        ("ERROR_INVALID_IMAGE", 2),
        ("ERROR_INVALID_IMAGE", 23),
        ("ERROR_INVALID_IMAGE_DIMENSION", 21),
        ("ERROR_NO_LABEL_ATTRIBUTES", 23),
    ]
    assert report.training.error_json_line_indices == [1, 2, 21, 23]
    assert (report.training.valid_json_lines, report.training.invalid_json_lines) == (19, 4)
    assert report.training.images_not_checked == 1
    assert [one.line for one in report.hints if one.code == "HINT_IMAGE_NOT_CHECKED"] == [3]
    sizes = {one.line: one.detail for one in report.hints if one.code == "HINT_IMAGE_SIZE_DIFFERS"}
    assert sizes[22] == "image_size is 640 x 480, the image has 600 x 480"
    lines = [json.loads(line) for line in report.files[1].read_bytes().splitlines()]
    marked = {
        place: [note["code"] for note in line["errors"]] for place, line in enumerate(lines, 1) if "errors" in line
    }
    assert marked == {
        1: ["ERROR_INVALID_IMAGE"],
        2: ["ERROR_INVALID_IMAGE"],
        21: ["ERROR_INVALID_IMAGE_DIMENSION"],
        23: ["ERROR_NO_LABEL_ATTRIBUTES", "ERROR_INVALID_IMAGE"],
    }


def test_the_training_ends_if_all_images_are_missing() -> None:
    class Nowhere(dict[str, ImageInfo]):
        def get(self, key: str, default: Any = None) -> Any:
            return ImageInfo(problem=ImageProblem.NOT_FOUND)

    assert "ERROR_FAILED_IMAGES_S3_COPY" in codes(check_manifests(manifest(*pets()), images=album(Nowhere())))


@mock_aws
def test_images_and_manifest_are_read_from_s3_at_the_same_time() -> None:
    s3: Any = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="pets")
    for number in range(40):
        s3.put_object(Bucket="pets", Key=f"{number}.jpg", Body=picture() if number else b"GIF89a")
    s3.put_object(Bucket="pets", Key="a.manifest", Body=manifest(*pets(40)))
    report = check_manifests(
        "s3://pets/a.manifest", auto_create=True, s3=s3, images=images_from_s3(SimpleNamespace(s3=s3))
    )
    assert report.ok
    (found,) = (one for one in report.issues if not one.is_hint)
    assert (found.code, found.line) == ("ERROR_INVALID_IMAGE", 1)
    assert "GIF" in found.detail
    assert report.training.invalid_json_lines == 1


def test_an_invalid_image_turns_an_ignored_line_into_an_invalid_line() -> None:
    pictures = {"s3://pets/bare.jpg": ImageInfo(problem=ImageProblem.NOT_FOUND)}
    content = manifest(*pets(40), classed("bare"))
    plain, looked = check_manifests(content), check_manifests(content, images=album(pictures))
    assert (plain.training.ignored_json_lines, plain.training.invalid_json_lines) == (1, 0)
    assert (looked.training.ignored_json_lines, looked.training.invalid_json_lines) == (0, 1)
