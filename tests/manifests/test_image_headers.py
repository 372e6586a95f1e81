"""Headers of images that Pillow wrote, and of damaged files."""

import struct
import sys
import zlib
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from rekog_versions.manifests.images.headers import read_header, require_pillow
from tests.testing.pictures import picture

sides = st.integers(1, 300)


def size(content: bytes) -> tuple[int | None, int | None]:
    header = read_header(content)
    return header.width, header.height


@settings(deadline=None)
@given(sides, sides, st.sampled_from(["RGB", "L", "1", "P", "RGBA", "I;16"]), st.integers(0, 9))
def test_the_size_of_a_png_is_read(width: int, height: int, mode: str, level: int) -> None:
    assert size(picture(width, height, mode=mode, compress_level=level)) == (width, height)


@settings(deadline=None)
@given(
    width=sides,
    height=sides,
    mode=st.sampled_from(["RGB", "L", "CMYK"]),
    options=st.fixed_dictionaries(
        {},
        optional={
            "progressive": st.booleans(),
            "optimize": st.booleans(),
            "quality": st.integers(1, 95),
            "comment": st.binary(max_size=300),
            "exif": st.binary(max_size=300).map(lambda content: b"Exif\0\0" + content),
            "icc_profile": st.sampled_from([b"", b"\xff\xc0\0\x11" * 30_000]),
            "dpi": st.just((300, 300)),
            "restart_marker_rows": st.integers(0, 3),
        },
    ),
)
def test_the_size_of_a_jpeg_is_read(width: int, height: int, mode: str, options: dict[str, Any]) -> None:
    assert size(picture(width, height, kind="JPEG", mode=mode, **options)) == (width, height)


@settings(deadline=None)
@given(st.sampled_from(["PNG", "JPEG"]), st.data())
def test_a_truncated_image_has_its_size_or_counts_as_incomplete(kind: str, data: st.DataObject) -> None:
    whole = picture(70, 90, kind=kind, exif=b"Exif\0\0" + b"e" * 300)
    cut = whole[: data.draw(st.integers(8, len(whole)))]
    header = read_header(cut)
    assert header.format == kind
    assert (header.width, header.height, header.is_incomplete) in ((70, 90, False), (None, None, True))
    assert read_header(whole[:8]).is_incomplete


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd8\xff\xe1\x00\x20Exif\0\0II*\0", b"BM"]),
    st.binary(max_size=200),
)
def test_no_content_raises(head: bytes, rest: bytes) -> None:
    header = read_header(head + rest)
    assert (header.width is None) == (header.height is None)
    assert header.width is None or header.width > 0


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(["PNG", "JPEG"]), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=5))
def test_no_damage_raises(kind: str, damage: list[tuple[int, int]]) -> None:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    content = bytearray(picture(70, 90, kind=kind, exif=exif))
    for place, value in damage:
        content[place % 150] = value
    read_header(bytes(content))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "WEBP", "TIFF", "AVIF", "JPEG2000"])
def test_other_formats_are_named_but_not_measured(kind: str) -> None:
    header = read_header(picture(kind=kind))
    assert (header.format, header.width, header.is_incomplete) == (kind, None, False)


def test_a_file_that_is_not_an_image_has_no_format() -> None:
    assert read_header(b"<html>Access denied</html>").format is None
    assert read_header(b"").format is None


@pytest.mark.parametrize(
    ("orientation", "is_rotated"), [(1, False), (3, False), (5, True), (6, True), (8, True), (99, False)]
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_an_exif_orientation_that_rotates_by_90_degrees_is_reported(
    kind: str, orientation: int, is_rotated: bool
) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = orientation
    header = read_header(picture(70, 90, kind=kind, exif=exif.tobytes()))
    assert (header.width, header.height, header.is_rotated) == (70, 90, is_rotated)


def test_a_broken_exif_neither_warns_nor_hides_the_size() -> None:
    broken = b"Exif\0\0MM\0*\0\0\0\x08\0\x09\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
    header = read_header(picture(70, 90, kind="JPEG", exif=broken))
    assert (header.width, header.height, header.is_rotated) == (70, 90, True)
    assert not read_header(picture(70, 90, kind="JPEG", exif=broken[:20])).is_rotated


def test_a_jpeg_with_a_second_image_in_it_is_a_jpeg() -> None:
    from PIL import Image

    second = Image.new("RGB", (20, 20))
    header = read_header(picture(70, 90, kind="MPO", save_all=True, append_images=[second]))
    assert (header.format, header.width, header.height) == ("JPEG", 70, 90)


def test_a_decompression_bomb_is_measured_but_not_decoded() -> None:
    head = b"IHDR" + struct.pack(">IIBBBBB", 200_000, 100_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    assert size(bomb + struct.pack(">I", 10**6) + b"IDAT") == (200_000, 100_000)


def test_fill_bytes_between_the_segments_of_a_jpeg_are_skipped() -> None:
    whole = picture(70, 90, kind="JPEG")
    assert size(whole[:2] + b"\xff\xd0\xff\xff\xff" + whole[2:]) == (70, 90)


def test_a_jpeg_whose_pixels_start_before_its_size_has_no_size() -> None:
    whole = picture(70, 90, kind="JPEG")
    header = whole[:20]  # the complete JFIF segment
    assert size(header + b"\xff\xda" + whole[20:]) == (None, None)


def test_a_png_that_does_not_start_with_its_header_has_no_size() -> None:
    assert size(picture().replace(b"IHDR", b"IDAT", 1)) == (None, None)


def test_the_error_without_pillow_has_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ImportError, match=r'pip install "rekog_versions\[images\]"'):
        require_pillow()
