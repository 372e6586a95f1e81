"""Draw boxes and labels on images. Needs Pillow, so import this module where it is used.

    picture = draw_marks(image, [Mark("cat 97 %", (0.1, 0.2, 0.5, 0.6))])

Lines and captions are sized for the picture, visible on any background, and distinct for colour-blind people. Captions
are untrusted: they are escaped, shortened, and never interpreted.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, TypeAlias

from PIL import Image, ImageColor, ImageDraw, ImageFont

from rekog_versions._colours import PALETTE, readable_on
from rekog_versions._text import escaped_for_drawing, is_visible, printable, shortened_in_middle

MOST_MARKS = 20_000
"""Marks that are drawn on one image; the largest boxes first."""
_MOST_CAPTIONS = 200
_LONGEST_CAPTION = 200  # characters that are looked at
_LEAST_COLUMNS = 4
_SMALLEST = 320  # pixels: smaller images are enlarged, because captions would hide them
_SMALLEST_FONT = 12
_LINES_ON_IMAGE = 30  # of text, from the top to the bottom of a picture
_LINE_SHARE = 250  # a line is as wide as this part of the picture
_DEEP_MODES = ("I", "F")  # modes with more than 8 bits a pixel begin with one of these

_FONTS = (
    *("DejaVuSans.ttf", "NotoSans-Regular.ttf", "segoeui.ttf", "Arial Unicode.ttf", "Arial.ttf"),
    *("NotoSansCJK-Regular.ttc", "Hiragino Sans GB.ttc", "msyh.ttc", "YuGothM.ttc", "malgun.ttf", "wqy-zenhei.ttc"),
    *("NotoSansDevanagari-Regular.ttf", "NotoSansThai-Regular.ttf", "NotoSansBengali-Regular.ttf", "Nirmala.ttf"),
)
"""Fonts for the captions that Pillow's own font cannot draw, if they are installed."""
_NO_CHARACTER = "\U0010fffe"  # a font draws its sign for missing characters

Rectangle: TypeAlias = tuple[float, float, float, float]
"""Left, top, width and height."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A label on an image."""

    caption: str = ""
    """The text at the box, such as a label and its confidence. It may be empty."""
    box: Rectangle | None = None
    """Left, top, width and height. None means the whole image: the caption is then in the upper left corner."""
    colour: str | None = None
    """A colour as CSS writes it, `#0072B2`. By default, each caption of the image has a colour of `label_colours()`."""
    is_dashed: bool = False
    """True for a dashed line, so that two kinds of boxes differ without colours."""


def label_colours(labels: Iterable[str]) -> Mapping[str, str]:
    """Return a colour for each label, in the order of the labels. After six labels, the colours repeat."""
    return {label: PALETTE[place % len(PALETTE)] for place, label in enumerate(dict.fromkeys(labels))}


def draw_marks(
    image: Image.Image,
    marks: Iterable[Mark],
    *,
    frame: tuple[float, float] = (1.0, 1.0),
    fit: tuple[int, int] | None = None,
) -> Image.Image:
    """Return a copy of an image with marks on it.

    Boxes are cut at the edges of the image, and those without an area have one pixel. A box that is not finite is not
    drawn, and its caption is written in the corner. At most 200 captions are drawn, those of the largest boxes.

    Args:
        image: The image, in any mode. It is not changed.
        marks: The labels.
        frame: The width and the height that the boxes refer to: `(1, 1)` for fractions of the image, and
            `image.size`, or the `image_size` of a manifest, for pixels.
        fit: The width and the height that the picture must fit in. It is scaled before the marks are drawn, so they are
            readable at this size. By default the size remains, but an image whose longer side has under 320 pixels is
            enlarged by a whole factor.

    Returns:
        An RGB image.

    Raises:
        ValueError: `frame` or `fit` is not positive, or the image has no pixels.
    """
    if not all(0 < side < math.inf for side in frame):
        raise ValueError(f"frame must be a width and a height above 0, got {printable(frame, 80)}")
    picture = scaled(as_rgb(image), fit)
    drawn = sorted((_placed(mark, frame, picture.size) for mark in marks), key=lambda mark: -mark.area)[:MOST_MARKS]
    colours = label_colours(mark.caption for mark in drawn)
    draw, style = ImageDraw.Draw(picture), _Style.of(picture.size)
    for mark in drawn:
        if mark.box is not None:
            _draw_box(draw, mark.box, mark.colour or colours[mark.caption], style, is_dashed=mark.is_dashed)
    captions = _Captions(draw, picture.size, style)
    for mark in [mark for mark in drawn if mark.caption][:_MOST_CAPTIONS]:
        captions.write(mark, mark.colour or colours[mark.caption])
    return picture


def as_rgb(image: Image.Image) -> Image.Image:
    """Return a copy of an image as RGB, on white where it is transparent. 16-bit images are scaled to 8 bits."""
    if image.mode.startswith(_DEEP_MODES):
        return image.convert("F").point(lambda value: value / 257).convert("L").convert("RGB")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return image.copy() if image.mode == "RGB" else image.convert("RGB")


def scaled(image: Image.Image, fit: tuple[int, int] | None = None) -> Image.Image:
    """Return an image scaled to fit in a width and a height, with the same aspect ratio.

    Args:
        image: The image.
        fit: The width and the height. By default the size remains, but an image whose longer side has under 320 pixels
            is enlarged by a whole factor.

    Raises:
        ValueError: `fit` is not positive, or the image has no pixels.
    """
    width, height = image.size
    if not width or not height:
        raise ValueError(f"image must have pixels, got {width} x {height}")
    if fit is None:
        factor: float = max(1, -(-_SMALLEST // max(width, height)))
    elif min(fit) < 1:
        raise ValueError(f"fit must be a width and a height above 0, got {printable(fit, 80)}")
    else:
        factor = min(fit[0] / width, fit[1] / height)
    if factor == 1:
        return image
    size = max(1, round(width * factor)), max(1, round(height * factor))
    how = Image.Resampling.LANCZOS if factor < 2 else Image.Resampling.BICUBIC  # noqa: PLR2004
    return image.resize(size, how, reducing_gap=3.0 if factor < 1 else None)


class _Placed(NamedTuple):
    """A mark whose box is in whole pixels of the picture: left, top, right and bottom, both edges included."""

    caption: str
    box: tuple[int, int, int, int] | None
    colour: str | None
    is_dashed: bool

    @property
    def area(self) -> float:
        """The number of pixels; infinite without a box."""
        if self.box is None:
            return math.inf
        left, top, right, bottom = self.box
        return (right - left + 1) * (bottom - top + 1)


def _placed(mark: Mark, frame: tuple[float, float], size: tuple[int, int]) -> _Placed:
    box = None
    if mark.box is not None and all(map(math.isfinite, mark.box)):
        left, top, width, height = mark.box
        across = _edges(left, left + width, size[0] / frame[0], size[0])
        down = _edges(top, top + height, size[1] / frame[1], size[1])
        box = (across[0], down[0], across[1], down[1])
    return _Placed(mark.caption, box, mark.colour, mark.is_dashed)


def _edges(start: float, end: float, scale: float, pixels: int) -> tuple[int, int]:
    first, last = sorted(min(max(edge * scale, 0.0), float(pixels)) for edge in (start, end))
    low = min(round(first), pixels - 1)
    return low, max(low, round(last) - 1)


class _Style(NamedTuple):
    """The sizes of lines and captions in pixels."""

    line: int
    font: int

    @classmethod
    def of(cls, size: tuple[int, int]) -> "_Style":
        """Return the style for a picture of a width and a height."""
        # a panorama is as low as its lines are long, and still needs captions of a readable size
        side = min(min(size) * 2, (size[0] * size[1]) ** 0.5)
        return cls(max(2, round(side / _LINE_SHARE)), max(_SMALLEST_FONT, round(side / _LINES_ON_IMAGE * 0.8)))


def _draw_box(
    draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], colour: str, style: _Style, *, is_dashed: bool
) -> None:
    """Draw a box around its pixels, as far as the picture has space there."""
    line, (width, height) = style.line, draw.im.size
    left, top = max(0, box[0] - line), max(0, box[1] - line)
    right, bottom = min(width - 1, box[2] + line), min(height - 1, box[3] + line)
    # a thin edge in black or white separates the line from a background of the same colour
    edge = readable_on(_parts(colour))
    outer = max(0, left - 1), max(0, top - 1), min(width - 1, right + 1), min(height - 1, bottom + 1)
    draw.rectangle(outer, outline=edge, width=line + 2)
    if not is_dashed:
        draw.rectangle((left, top, right, bottom), outline=colour, width=line)
        return
    dash = 4 * line
    for start in range(left, right + 1, 2 * dash):
        end = min(start + dash - 1, right)
        draw.rectangle((start, top, end, min(top + line - 1, bottom)), fill=colour)
        draw.rectangle((start, max(bottom - line + 1, top), end, bottom), fill=colour)
    for start in range(top, bottom + 1, 2 * dash):
        end = min(start + dash - 1, bottom)
        draw.rectangle((left, start, min(left + line - 1, right), end), fill=colour)
        draw.rectangle((max(right - line + 1, left), start, right, end), fill=colour)


def _parts(colour: str) -> Sequence[float]:
    return [part / 255 for part in ImageColor.getrgb(colour)[:3]]


class _Captions:
    """Writes captions where they hide as little of each other as possible."""

    def __init__(self, draw: ImageDraw.ImageDraw, size: tuple[int, int], style: _Style) -> None:
        self._draw = draw
        self._width, self._height = size
        self._style = style
        self._padding = max(2, style.font // 5)
        self._taken: list[tuple[int, int, int, int]] = []
        self._corner = 0

    def write(self, mark: _Placed, colour: str) -> None:
        """Write the caption of a mark at its box, or in the corner of the picture."""
        space = self._width if mark.box is None else max(self._width // 2, mark.box[2] - mark.box[0])
        caption = fitted_text(mark.caption, space - 2 * self._padding, self._style.font)
        width = min(self._width, math.ceil(caption.font.getlength(caption.text)) + 2 * self._padding)
        height = min(self._height, line_height(self._style.font) + self._padding)
        if mark.box is None:
            left, top = 0, min(self._corner, self._height - height)
            self._corner += height
        else:
            left, top = min(
                self._places(mark.box, width, height), key=lambda at: self._hidden(at[0], at[1], width, height)
            )
        self._taken.append((left, top, left + width, top + height))
        self._draw.rectangle((left, top, left + width - 1, top + height - 1), fill=colour)
        self._draw.text(
            (left + self._padding, top + height / 2),
            caption.text,
            fill=readable_on(_parts(colour)),
            font=caption.font,
            anchor="lm",
        )

    def _places(self, box: tuple[int, int, int, int], width: int, height: int) -> list[tuple[int, int]]:
        """Return the upper left corners at which a caption fits in the picture, the best ones first."""
        line = self._style.line
        left, top, right, bottom = box[0] - line, box[1] - line, box[2] + line + 1, box[3] + line + 1
        most_left, most_top = self._width - width, self._height - height
        columns = (left, right - width)
        wanted = [(x, y) for y in (top - height, bottom, top, bottom - height) for x in columns]
        inside = [(x, y) for x, y in wanted if 0 <= y <= most_top]
        return [(min(max(x, 0), most_left), min(max(y, 0), most_top)) for x, y in inside or wanted]

    def _hidden(self, left: int, top: int, width: int, height: int) -> int:
        """Return the number of pixels of other captions that a caption would hide."""
        return sum(
            max(0, min(left + width, right) - max(left, other_left))
            * max(0, min(top + height, bottom) - max(top, other_top))
            for other_left, other_top, right, bottom in self._taken
        )


class Text(NamedTuple):
    """Text that is safe to draw, and the font that has its characters."""

    text: str
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont


def fitted_text(text: str, width: float, size: int) -> Text:
    """Return untrusted text on one line that is at most as wide as `width` pixels, with an ellipsis in its middle.

    Characters that are invisible or missing in all fonts are escaped.

    Args:
        text: The text.
        width: The number of pixels.
        size: The size of the font in pixels.
    """
    characters = [char for char in text[:_LONGEST_CAPTION] if is_visible(char)]
    cut = shortened_in_middle(printable(text[: 2 * _LONGEST_CAPTION], 2 * _LONGEST_CAPTION), _LONGEST_CAPTION)
    name = max(("", *_FONTS), key=lambda name: sum(_has_glyph(name, char) for char in characters))
    font = _font(name, size)
    safe = escaped_for_drawing(cut, lambda char: _has_glyph(name, char))
    columns = len(safe)
    fitting = shortened_in_middle(safe, _LONGEST_CAPTION)
    while font.getlength(fitting) > width and columns > _LEAST_COLUMNS:
        columns = min(columns - 1, int(columns * width / font.getlength(fitting)) + 1)
        fitting = shortened_in_middle(safe, max(columns, _LEAST_COLUMNS))
    return Text(fitting, font)


def line_height(size: int) -> int:
    """Return the height of a line of text in pixels."""
    return math.ceil(size * 1.25)


@lru_cache(maxsize=10_000)
def _has_glyph(name: str, char: str) -> bool:
    """Return True if a font has a character. All fonts have those of ASCII."""
    if char.isascii():
        return not name or _path(name) is not None
    if name and _path(name) is None:
        return False
    return _picture(name, char) != _picture(name, _NO_CHARACTER)


def _picture(name: str, char: str) -> bytes:
    picture = Image.new("L", (2 * _SMALLEST_FONT, 2 * _SMALLEST_FONT))
    ImageDraw.Draw(picture).text((2, 2), char, fill=255, font=_font(name, _SMALLEST_FONT))
    return picture.tobytes()


@lru_cache(maxsize=200)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return a font; Pillow's own font for an empty name, or if Pillow was built without FreeType."""
    path = _path(name) if name else None
    return ImageFont.load_default(size) if path is None else ImageFont.truetype(path, size)


@cache
def _path(name: str) -> str | None:
    """Return the file of a font; None if it is not installed."""
    try:
        return str(ImageFont.truetype(name, _SMALLEST_FONT).path)
    except (ImportError, OSError):
        pass
    matplotlib = find_spec("matplotlib")  # it has a font with many more characters than Pillow's
    if matplotlib is None or matplotlib.origin is None:
        return None
    path = Path(matplotlib.origin).parent / "mpl-data" / "fonts" / "ttf" / name
    return str(path) if path.is_file() else None
