"""Thumbnails of the worst images: from S3, a folder or a function, within a budget, and never from elsewhere."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from rekog_versions.manifests import images_from_folder
from rekog_versions.reports import Report, report_from_files
from rekog_versions.reports.thumbnails import MOST_IMAGES, source_of
from tests.evaluation import files
from tests.reports import samples
from tests.testing.pictures import picture


def wrong(count: int = 3, folder: str = "a/b/") -> Any:
    return files.evaluation([files.image(f"{folder}{number}", ["cat"], [("dog", 0.9)]) for number in range(count)])


def size_of(content: bytes | None) -> tuple[int, int]:
    assert content is not None
    with Image.open(io.BytesIO(content)) as opened:
        assert opened.format == "JPEG"
        return opened.size


def test_a_thumbnail_is_a_small_jpeg() -> None:
    report = report_from_files(wrong(), images=lambda _: picture(2000, 1000))
    assert [image.size for image in report.images] == [(400, 200)] * 3
    assert [size_of(image.thumbnail) for image in report.images] == [(400, 200)] * 3
    assert report.why_no_images is None
    assert report.images[0].missed == ("cat",)
    assert report.images[0].wrong == (("dog", 0.9),)
    assert report.images[0].truth == ("cat",)


def test_an_image_keeps_its_orientation_and_transparent_and_deep_images_are_converted() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    for options, expected in (
        ({"kind": "JPEG", "exif": exif}, (200, 400)),
        ({"mode": "RGBA"}, (400, 200)),
        ({"mode": "L"}, (400, 200)),
        ({"mode": "CMYK", "kind": "JPEG"}, (400, 200)),
    ):
        content = picture(1000, 500, **options)
        report = report_from_files(wrong(1), images=lambda _, content=content: content)
        assert report.images[0].size == expected


def test_boxes_are_drawn_where_they_are() -> None:
    box = (500, 250, 250, 125)
    evaluation = files.evaluation([files.boxes("1", [("cat", box)], [("dog", 0.9, False, (0, 0, 100, 100))])])
    report = report_from_files(evaluation, images=lambda _: picture(1000, 500, seed=1))
    thumbnail = report.images[0].thumbnail
    assert thumbnail is not None
    with Image.open(io.BytesIO(thumbnail)) as opened:
        drawn, plain = opened.convert("RGB"), Image.open(io.BytesIO(picture(1000, 500, seed=1))).resize((400, 200))

    def differs(x: int, y: int) -> bool:
        pair = zip(drawn.getpixel((x, y)), plain.convert("RGB").getpixel((x, y)), strict=True)  # type: ignore[arg-type]
        return sum(abs(a - b) for a, b in pair) > 60

    assert any(differs(199 + offset, 125) for offset in range(-3, 4))  # the left edge of the truth
    assert any(differs(300 + offset, 125) for offset in range(-3, 4))  # its right edge
    assert not differs(250, 125)
    assert not differs(380, 190)


def test_thumbnails_stay_within_the_budget() -> None:
    one = len(report_from_files(wrong(1), images=lambda _: picture(800, 600)).images[0].thumbnail or b"")
    report = report_from_files(wrong(5), images=lambda _: picture(800, 600), image_bytes=2 * one + 10)
    assert [image.thumbnail is not None for image in report.images] == [True, True, False, False, False]
    assert "do not fit into image_bytes" in str(report.why_no_images)
    assert "do not fit into image_bytes" in report.to_html()


def test_images_that_cannot_be_read_have_a_reason() -> None:
    def read(source_ref: str) -> bytes:
        if source_ref.endswith("/1.jpg"):
            raise OSError("no such \x1b[31mfile")
        return b"GIF89a" if source_ref.endswith("/2.jpg") else picture()

    report = report_from_files(wrong(4), images=read)
    assert [image.thumbnail is not None for image in report.images] == [True, False, False, True]
    assert report.why_no_images == "no such \\x1b[31mfile"


def test_the_reading_ends_after_three_failures_in_a_row() -> None:
    asked = []

    def read(source_ref: str) -> bytes:
        asked.append(source_ref)
        raise OSError("offline")

    report = report_from_files(wrong(10), images=read)
    assert (len(asked), len(report.images), report.why_no_images) == (3, 10, "offline")


def test_a_file_in_a_folder_is_found_by_the_end_of_its_key(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "0.jpg").write_bytes(picture(64, 32))
    (tmp_path / "1.jpg").write_bytes(picture(32, 64))
    report = report_from_files(wrong(), images=tmp_path)
    assert [image.thumbnail is not None for image in report.images] == [True, True, False]
    assert "the folder has no such image" in str(report.why_no_images)


def test_images_can_be_given_as_a_reader_of_images(tmp_path: Path) -> None:
    (tmp_path / "0.jpg").write_bytes(picture(64, 32))
    report = report_from_files(wrong(2, "a/"), images=images_from_folder(tmp_path, "s3://bucket/a"))
    assert [image.thumbnail is not None for image in report.images] == [True, False]
    assert "does not exist" in str(report.why_no_images)


@pytest.mark.parametrize(
    "key", ["../secret.jpg", "a/../../secret.jpg", "/etc/hostname", "link/secret.jpg", "a\0b", ".."]
)
def test_no_file_outside_of_the_folder_is_read(tmp_path: Path, key: str) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    (tmp_path / "secret.jpg").write_bytes(picture())
    (folder / "link").symlink_to(tmp_path)
    read = source_of(folder, None)
    assert read is not None
    with pytest.raises((OSError, ValueError)):
        read(f"s3://bucket/{key}")


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(NotADirectoryError, match="images must be a folder"):
        report_from_files(wrong(), images="/no/such/folder")
    with pytest.raises(TypeError, match="images must be a folder, a function, False or None, got int"):
        report_from_files(wrong(), images=3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Images in S3 need a client"):
        source_of(True, None)
    with pytest.raises(ValueError, match="image_bytes must be 0 or more, got -1"):
        report_from_files(wrong(), image_bytes=-1)
    with pytest.raises(TypeError, match="image_bytes must be a whole number of bytes, got float"):
        report_from_files(wrong(), image_bytes=1.5)  # type: ignore[arg-type]


def test_a_limited_number_of_images_is_shown() -> None:
    report: Report = report_from_files(wrong(40))
    assert len(report.images) == MOST_IMAGES
    assert report.why_no_images == "no images were given"
    assert samples.picture("x") == samples.picture("x")
