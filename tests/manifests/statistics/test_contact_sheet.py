"""A contact sheet shows images with their labels, and the reason where it cannot."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import (
    ImageLevelLine,
    LabeledBox,
    ObjectLine,
    contact_sheet,
    images_from_folder,
    images_from_s3,
)
from rekog_versions.testing import mock_custom_labels
from tests.manifests.statistics.photos import encoded
from tests.testing.emulator import shared_client

GREY = Image.new("RGB", (200, 100), (128, 128, 128))
TILE = (12, 12, 12 + 200, 12 + 100)
BLUE = (0x00, 0x72, 0xB2)


def one(line: ObjectLine | ImageLevelLine, folder: Path, **options: Any) -> Image.Image:
    """Return the only tile of a sheet."""
    sheet = contact_sheet(line.to_json().encode(), images_from_folder(folder, "s3://b"), size=(200, 100), **options)
    return sheet.crop(TILE)


def changed(tile: Image.Image) -> tuple[int, int, int, int] | None:
    return ImageChops.difference(tile, GREY).getbbox()


def test_boxes_are_drawn_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(encoded(GREY.resize((800, 400)), "PNG"))
    found = one(ObjectLine("s3://b/1.png", 800, 400, [LabeledBox("cat", 400, 200, 200, 100)]), tmp_path)
    left, top, right, bottom = changed(found) or (0, 0, 0, 0)
    assert (left, right, bottom) == (100 - 3, 150 + 3, 75 + 3)
    assert top < 50
    assert found.getpixel((125, 76)) == BLUE


def test_labels_of_whole_images_are_in_the_corner(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(encoded(GREY, "PNG"))
    found = changed(one(ImageLevelLine("s3://b/1.png", ["cat"]), tmp_path))
    assert found is not None
    assert found[:2] == (0, 0)
    assert found[3] < 30


@pytest.mark.parametrize("as_shown", [True, False])
def test_boxes_follow_the_orientation_that_image_size_has(tmp_path: Path, as_shown: bool) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned clockwise when it is shown
    (tmp_path / "1.jpg").write_bytes(encoded(GREY, exif=exif))
    size = (100, 200) if as_shown else (200, 100)
    line = ObjectLine("s3://b/1.jpg", *size, [LabeledBox("cat", 0, 0, 50, 50)])
    sheet = contact_sheet(line.to_json().encode(), images_from_folder(tmp_path, "s3://b"), size=(200, 200))
    tile = sheet.crop((12, 12, 212, 212))
    grey = ImageChops.difference(tile, Image.new("RGB", tile.size, "white")).getbbox()
    assert grey == ((50, 0, 150, 200) if as_shown else (0, 50, 200, 150))


def test_an_image_that_cannot_be_shown_has_the_reason_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "2.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    lines = "\n".join(ImageLevelLine(f"s3://b/{number}.png", ["\x1b[2J"]).to_json() for number in (1, 2))
    sheet = contact_sheet(lines.encode(), images_from_folder(tmp_path, "s3://b"), size=(200, 100))
    assert sheet.getpixel((20, 20)) == (0xEE, 0xEE, 0xEE)
    assert len(sheet.crop(TILE).getcolors() or ()) > 2


def test_images_are_chosen_from_the_whole_manifest_and_by_label(tmp_path: Path) -> None:
    lines = [ImageLevelLine(f"s3://b/{number}.png", ["rare" if number == 77 else "cat"]) for number in range(200)]
    content = "".join(f"{line.to_json()}\n" for line in lines).encode() + b"{broken\n\n"
    asked: list[int] = []

    reader = images_from_folder(tmp_path, "s3://b")
    process = reader.process

    def noted(requests: Any, make: Any) -> Any:
        requests = list(requests)
        asked.extend(tile.line for tile, _ in requests)
        return process(requests, make)

    reader.process = noted  # type: ignore[method-assign]
    contact_sheet(content, reader, count=20)
    assert len(asked) == 20
    assert asked == sorted(asked)
    assert max(asked) > 150
    first = list(asked)
    asked.clear()
    contact_sheet(content, reader, count=20, seed=1)
    assert asked != first
    asked.clear()
    sheet = contact_sheet(content, reader, label="rare", size=(200, 100))
    assert asked == [78]
    assert sheet.width == 200 + 24


def test_images_in_s3_are_shown() -> None:
    with mock_custom_labels():
        s3 = shared_client("s3")
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="1.png", Body=encoded(GREY, "PNG"))
        line = ImageLevelLine("s3://bucket/1.png", ["cat"]).to_json()
        s3.put_object(Bucket="bucket", Key="a.manifest", Body=line.encode())
        sheet = contact_sheet("s3://bucket/a.manifest", images_from_s3(s3), s3=s3, size=(200, 100))
    assert sheet.getpixel((150, 80)) == (128, 128, 128)


def test_wrong_arguments_are_named(tmp_path: Path) -> None:
    reader = images_from_folder(tmp_path, "s3://b")
    with pytest.raises(ManifestError, match=r"source must have an image with the label 'dog', got none"):
        contact_sheet(ImageLevelLine("s3://b/1.png", ["cat"]).to_json().encode(), reader, label="dog")
    with pytest.raises(ManifestError, match="source must have an image with labels, got none"):
        contact_sheet(b"", reader)
    with pytest.raises(ValueError, match="count must be 1 to 400, got 0"):
        contact_sheet(b"", reader, count=0)
    with pytest.raises(ValueError, match=r"size must be a width and a height of 64 to 2000 pixels, got \(1, 1\)"):
        contact_sheet(b"", reader, size=(1, 1))
