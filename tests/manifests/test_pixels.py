"""Decoding of images that other people made."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image

from rekog_versions.manifests.images.pixels import UndecodableImageError, decode_image


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims to have a size."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_images_are_decoded(kind: str) -> None:
    image = decode_image(encoded(Image.new("RGB", (80, 60), "red"), kind))
    assert image.size == (80, 60)
    assert [low > 250 for low, _ in image.convert("RGB").getextrema()] == [True, False, False]  # type: ignore[misc]


def test_a_jpeg_is_decoded_at_a_lower_resolution() -> None:
    content = encoded(Image.new("RGB", (1600, 1200)), "JPEG")
    assert 200 <= decode_image(content, fit=(200, 200)).width <= 400
    assert decode_image(content).size == (1600, 1200)


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_decompression_bombs_are_not_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(UndecodableImageError, match=r"pixels; at most 64,000,000 are decoded"):
        decode_image(bomb(*size))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP"])
def test_other_formats_are_not_decoded(kind: str) -> None:
    with pytest.raises(UndecodableImageError, match="it is not a PNG or a JPEG"):
        decode_image(encoded(Image.new("RGB", (80, 60)), kind))


WHOLE = [encoded(Image.effect_noise((40, 30), 90), kind) for kind in ("PNG", "JPEG")]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_broken_images_raise_one_error(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(0, len(content))) :]
    with suppress(UndecodableImageError):
        decode_image(bytes(content))


def test_an_incomplete_image_is_an_error() -> None:
    for content in WHOLE:
        with pytest.raises(UndecodableImageError):
            decode_image(content[: len(content) // 2])
