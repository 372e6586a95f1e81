"""Marks on images."""

from io import BytesIO

import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image, ImageChops

from rekog_versions._colours import BLUE, PALETTE, VERMILLION
from rekog_versions._drawing import Mark, as_rgb, draw_marks, fitted_text, label_colours, scaled

GREY = (128, 128, 128)


def grey(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    return Image.new("RGB", (width, height), GREY).convert(mode)


def changed(picture: Image.Image) -> tuple[int, int, int, int] | None:
    """Return the rectangle of the pixels that are not grey."""
    return ImageChops.difference(picture, Image.new("RGB", picture.size, GREY)).getbbox()


def test_a_box_is_drawn_around_its_pixels() -> None:
    picture = draw_marks(grey(), [Mark(box=(0.25, 0.5, 0.5, 0.25))])
    assert changed(picture) == (100 - 3, 150 - 3, 300 + 3, 225 + 3)
    assert picture.getpixel((99, 200)) == (0x00, 0x72, 0xB2)
    inside = picture.crop((101, 151, 299, 224))  # the edge of the line is one pixel wide
    assert changed(inside) is None


def test_boxes_in_pixels_are_scaled_from_their_frame() -> None:
    fractions = draw_marks(grey(), [Mark(box=(0.25, 0.5, 0.5, 0.25))])
    pixels = draw_marks(grey(), [Mark(box=(1000, 1500, 2000, 750))], frame=(4000, 3000))
    assert pixels.tobytes() == fractions.tobytes()


def test_the_image_is_not_changed() -> None:
    image = grey()
    draw_marks(image, [Mark("cat", (0.1, 0.1, 0.5, 0.5))])
    assert changed(image) is None


def test_a_caption_has_the_colour_of_its_box_and_is_inside_of_the_picture() -> None:
    for box in ((0.0, 0.0, 1.0, 1.0), (0.9, 0.0, 0.1, 0.1), (0.0, 0.9, 0.1, 0.1), (0.9, 0.9, 0.1, 0.1)):
        without = draw_marks(grey(), [Mark("", box, VERMILLION)])
        picture = draw_marks(grey(), [Mark("a label", box, VERMILLION)])
        caption = ImageChops.difference(picture, without).getbbox()
        assert caption is not None
        colours = picture.crop(caption).getcolors(10_000)
        assert colours is not None
        assert max(colours)[1] == (0xD5, 0x5E, 0x00)
        assert caption[2] - caption[0] > 20


def test_captions_of_equal_boxes_do_not_hide_each_other() -> None:
    box = (0.3, 0.4, 0.3, 0.3)
    picture = draw_marks(grey(), [Mark("one", box, "#ff0000"), Mark("two", box, "#0000ff")])
    without = draw_marks(grey(), [Mark("", box, "#ff0000"), Mark("", box, "#0000ff")])
    added = picture.crop(ImageChops.difference(picture, without).getbbox()).getcolors(10_000)
    assert added is not None
    pixels = {colour: count for count, colour in added}
    assert min(pixels[255, 0, 0], pixels[0, 0, 255]) > 200


def test_labels_of_the_whole_image_are_below_each_other() -> None:
    one = changed(draw_marks(grey(), [Mark("cat")]))
    two = changed(draw_marks(grey(), [Mark("cat"), Mark("dog")]))
    assert one is not None
    assert two is not None
    assert one[:2] == two[:2] == (0, 0)
    assert two[3] == 2 * one[3]


def test_dashed_lines_differ_without_colours() -> None:
    solid = draw_marks(grey(), [Mark(box=(0.1, 0.1, 0.8, 0.8))]).convert("L")
    dashed = draw_marks(grey(), [Mark(box=(0.1, 0.1, 0.8, 0.8), is_dashed=True)]).convert("L")
    assert solid.tobytes() != dashed.tobytes()


def test_colours_are_given_by_label_and_repeat() -> None:
    colours = label_colours(["a", "b", "a", *"cdefgh"])
    assert colours["a"] == BLUE
    assert [colours[label] for label in "abcdef"] == list(PALETTE)
    assert colours["g"] == BLUE


def test_a_small_image_is_enlarged_by_a_whole_factor() -> None:
    assert draw_marks(grey(64, 50), []).size == (320, 250)
    assert draw_marks(grey(320, 10), []).size == (320, 10)
    assert draw_marks(grey(64, 50), [], fit=(100, 100)).size == (100, 78)
    assert draw_marks(grey(4000, 10), [], fit=(100, 100)).size == (100, 1)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK", "YCbCr", "HSV", "I", "F", "PA", "RGBa", "LAB"])
def test_images_of_every_mode_can_be_drawn_on(mode: str) -> None:
    image = Image.new(mode, (400, 300))
    assert changed(draw_marks(image, [Mark("cat", (0.1, 0.1, 0.5, 0.5))])) is not None


def test_transparent_pixels_are_white_and_16_bit_images_keep_their_brightness() -> None:
    assert as_rgb(Image.new("RGBA", (2, 2), (255, 0, 0, 0))).getpixel((0, 0)) == (255, 255, 255)
    buffer = BytesIO()
    Image.new("I;16", (2, 2), 257 * 100).save(buffer, "PNG")
    assert as_rgb(Image.open(buffer)).getpixel((0, 0)) == (100, 100, 100)


def test_captions_are_escaped_and_fit() -> None:
    assert fitted_text("a\nb\u202e\x1b", 1000, 12).text == "a\\nb\\u202e\\x1b"
    assert fitted_text("\U0010f8ff", 1000, 12).text == "\\U0010f8ff"
    text, font = fitted_text("the left one of many " * 10_000 + "the end", 150, 12)
    assert font.getlength(text) <= 150
    assert text.startswith("the left")
    assert "\u2026" in text


@pytest.mark.parametrize("frame", [(0, 1), (1, -1), (1, float("nan")), (float("inf"), 1)])
def test_a_frame_without_a_size_is_an_error(frame: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="frame must be a width and a height above 0, got"):
        draw_marks(grey(), [], frame=frame)


def test_a_picture_without_a_size_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"fit must be a width and a height above 0, got \(0, 10\)"):
        scaled(grey(), (0, 10))
    with pytest.raises(ValueError, match="image must have pixels, got 0 x 10"):
        scaled(Image.new("RGB", (0, 10)))


NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-2, 2)
BOXES = st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS)


@settings(max_examples=60, deadline=None)
@given(
    size=st.tuples(st.integers(1, 500), st.integers(1, 500)),
    marks=st.lists(
        st.tuples(st.text(max_size=30), st.none() | st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS)), max_size=5
    ),
    is_dashed=st.booleans(),
)
def test_any_text_and_any_box_can_be_drawn(
    size: tuple[int, int], marks: list[tuple[str, tuple[float, float, float, float] | None]], is_dashed: bool
) -> None:
    drawn = draw_marks(grey(*size), [Mark(caption, box, is_dashed=is_dashed) for caption, box in marks])
    assert drawn.mode == "RGB"
    assert max(drawn.size) >= 320 or max(size) >= 320
