"""The headers of pictures, against pictures that Pillow made."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rekog_versions.testing.images import Size, read_size
from tests.testing.pictures import picture

sides = st.integers(1, 300)


@settings(deadline=None)
@given(sides, sides, st.sampled_from(["RGB", "L", "1", "P", "RGBA", "I;16"]), st.integers(0, 9))
def test_the_size_of_a_png_is_read(width: int, height: int, mode: str, level: int) -> None:
    assert read_size(picture(width, height, mode=mode, compress_level=level)) == Size(width, height)


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
    assert read_size(picture(width, height, kind="JPEG", mode=mode, **options)) == Size(width, height)


@settings(deadline=None)
@given(st.sampled_from(["PNG", "JPEG"]), st.data())
def test_a_picture_that_is_cut_off_has_its_size_or_none(kind: str, data: st.DataObject) -> None:
    whole = picture(70, 90, kind=kind)
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    assert read_size(cut) in (None, Size(70, 90))
    assert read_size(cut[:8]) is None


@settings(deadline=None)
@given(st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]), st.binary(max_size=200))
def test_no_bytes_make_it_fail(head: bytes, rest: bytes) -> None:
    size = read_size(head + rest)
    assert size is None or min(size) > 0


@pytest.mark.parametrize("kind", ["GIF", "BMP", "WEBP", "TIFF"])
def test_other_formats_are_none_of_the_two(kind: str) -> None:
    assert read_size(picture(kind=kind)) is None


def test_markers_that_stand_alone_and_fillers_are_passed() -> None:
    whole = picture(70, 90, kind="JPEG")
    assert read_size(whole[:2] + b"\xff\x01\xff\xd0\xff\xff\xff" + whole[2:]) == Size(70, 90)


@pytest.mark.parametrize("marker", [b"\xff\xd9", b"\xff\xda", b"\x00\x00"])
def test_a_jpeg_whose_pixels_begin_or_that_ends_before_its_size_has_none(marker: bytes) -> None:
    whole = picture(70, 90, kind="JPEG")
    header = whole[:20]  # the JFIF segment, whole
    assert read_size(header + marker + whole[20:]) is None


def test_a_png_that_does_not_begin_with_its_header_has_no_size() -> None:
    assert read_size(picture().replace(b"IHDR", b"IDAT", 1)) is None
