# pyright: reportUnknownMemberType=false
# (matplotlib's types leave paths open)
"""Label names as a plot shows them: short, drawable in the available fonts, and different from each other."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from matplotlib import font_manager, rcParams

from rekog_versions._text import escaped_for_drawing, is_visible, shortened_in_middle

_FALLBACK_FAMILIES = (
    *(f"Noto Sans CJK {country}" for country in ("JP", "SC", "TC", "KR")),
    *("Hiragino Sans", "PingFang SC", "Yu Gothic", "Microsoft YaHei", "Malgun Gothic", "WenQuanYi Zen Hei"),
    *("Noto Sans Devanagari", "Noto Sans Thai", "Noto Sans Bengali", "Noto Sans Tamil", "Nirmala UI", "Leelawadee UI"),
    *("Arial Unicode MS", "Noto Sans Symbols", "Noto Sans Symbols 2", "Segoe UI Symbol"),
)
_GENERIC_FAMILIES = ("serif", "sans-serif", "cursive", "fantasy", "monospace")


@cache
def _characters(family: str) -> frozenset[int]:
    """Return the code points that a font family can draw. The set is empty if the family is not installed."""
    if family not in font_manager.get_font_names() or family.startswith("Last Resort"):
        return frozenset()
    path = font_manager.findfont(font_manager.FontProperties(family=[family]), fallback_to_default=False)
    return frozenset(font_manager.get_font(path).get_charmap())


def font_families() -> Sequence[str]:
    """Return the installed families of matplotlib's configuration, then installed families for other scripts."""
    settings: Any = rcParams  # typed with literal names only
    configured = [
        name
        for family in settings["font.family"]
        for name in (settings[f"font.{family}"] if family in _GENERIC_FAMILIES else [family])
    ]
    return [family for family in dict.fromkeys((*configured, *_FALLBACK_FAMILIES)) if _characters(family)]


def is_drawable(char: str) -> bool:
    """Return whether `char` is visible and an installed font has it."""
    return is_visible(char) and _has_glyph(char)


def _has_glyph(char: str) -> bool:
    return char.isascii() or any(ord(char) in _characters(family) for family in font_families())


def label_texts(labels: Iterable[str], max_width: int) -> Mapping[str, str]:
    """Return one line of text for each label. No two texts are equal.

    Args:
        labels: The labels.
        max_width: The number of columns to which a text is shortened. The number that makes equal texts different is
            added to this.
    """
    texts: dict[str, str] = {}
    taken: set[str] = set()
    for label in labels:
        escaped = escaped_for_drawing(label, _has_glyph)
        text = shortened_in_middle(escaped if label and label == label.strip() else f"'{escaped}'", max_width)
        number, distinct = 1, text
        while distinct in taken:
            number += 1
            distinct = f"{text} #{number}"
        taken.add(distinct)
        texts[label] = distinct
    return texts
