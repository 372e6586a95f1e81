"""The images of a bulk detection by name."""

from pathlib import Path
from typing import Any

import pytest

from rekog_versions.hosting.bulk.image_names import images_of
from rekog_versions.hosting.bulk.journal import ListedImage
from rekog_versions.models import S3Object
from tests.testing.emulator import BUCKET, Emulator


def no_s3() -> Any:
    raise AssertionError("S3 is not needed")


def named(images: object) -> list[str]:
    return [image.source for image in images_of(images, no_s3)]


def test_a_prefix_lists_its_images(emulator: Emulator) -> None:
    for key in ("in/a.PNG", "in/b/c d+e%20.jpg", "in/notes.txt", "in/", "in/f.jpeg", "other/g.png"):
        emulator.put(b"1", key)
    found = [image.source for image in images_of(f"s3://{BUCKET}/in/", lambda: emulator.s3)]
    assert found == [f"s3://{BUCKET}/in/{name}" for name in ("a.PNG", "b/c d+e%20.jpg", "f.jpeg")]


def test_a_manifest_lists_the_images_of_its_lines(emulator: Emulator, tmp_path: Path) -> None:
    lines = b'{"source-ref": "s3://b/1.png", "x": 1}\n\n{"source-ref": 5}\nnot json\n{"source-ref": "s3://b/2.png"}\n'
    path = tmp_path / "list"
    path.write_bytes(lines)
    emulator.put(lines, "lists/all.manifest")
    for source in (path, f"s3://{BUCKET}/lists/all.manifest"):
        found = list(images_of(source, lambda: emulator.s3))
        assert [image.source for image in found] == [
            "s3://b/1.png",
            f"{source}, line 3",
            f"{source}, line 4",
            "s3://b/2.png",
        ]
        assert found[1].problem is not None
        assert "source-ref" in found[1].problem


def test_a_folder_lists_the_images_below_it(tmp_path: Path) -> None:
    for name in ("b/2.jpg", "a.png", "b/1.JPEG", "b/text.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"1")
    assert named(tmp_path) == [str(tmp_path / name) for name in ("a.png", "b/1.JPEG", "b/2.jpg")]
    assert named(str(tmp_path)) == named(tmp_path)


def test_an_iterable_lists_names() -> None:
    assert named(["a.png", Path("b.png"), S3Object(bucket="bucket", name="c.png")]) == [
        "a.png",
        "b.png",
        "s3://bucket/c.png",
    ]
    assert named(name for name in ("a", "b")) == ["a", "b"]
    (odd,) = images_of(["a\udcff.png"], no_s3)
    assert odd == ListedImage("'a\\udcff.png'", "its name is not valid UTF-8; rename it")


@pytest.mark.parametrize(
    ("images", "error", "message"),
    [
        ("", ValueError, "got an empty path"),
        ("s3://", ValueError, "images must be s3://BUCKET/PREFIX"),
        ("s3://bucket/photo.jpg", ValueError, r"must be several images.*\['s3://bucket/photo.jpg'\]"),
        (b"bytes", TypeError, "got bytes"),
        (5, TypeError, "got int"),
        ([b"bytes"], TypeError, "Save images to files first"),
        ([S3Object(bucket="bucket", name="a.png", version="1")], ValueError, "without a version"),
        ("missing.manifest", FileNotFoundError, "the manifest does not exist"),
        ("s3://custom-labels/missing.manifest", OSError, "cannot be read"),
    ],
)
def test_other_values_are_rejected(images: object, error: type[Exception], message: str, emulator: Emulator) -> None:
    with pytest.raises(error, match=message):
        list(images_of(images, lambda: emulator.s3))
