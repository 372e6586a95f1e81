# pyright: reportUnknownMemberType=false
# (matplotlib's types leave paths open)
"""Fonts that have the characters that others wrote."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from matplotlib import font_manager, rcParams
from matplotlib.text import Text

from rekog_versions.evaluation.plots._names import display_names

_MORE_FAMILIES = (
    *(f"Noto Sans CJK {country}" for country in ("JP", "SC", "TC", "KR")),
    *("Hiragino Sans", "PingFang SC", "Yu Gothic", "Microsoft YaHei", "Malgun Gothic", "WenQuanYi Zen Hei"),
    *("Noto Sans Devanagari", "Noto Sans Thai", "Noto Sans Bengali", "Noto Sans Tamil", "Nirmala UI", "Leelawadee UI"),
    *("Arial Unicode MS", "Noto Sans Symbols", "Noto Sans Symbols 2", "Segoe UI Symbol"),
)
"""Fonts for other scripts, which are asked, where they are installed, for what the configured ones lack."""


_GENERIC_FAMILIES = ("serif", "sans-serif", "cursive", "fantasy", "monospace")


@lru_cache(maxsize=64)
def _characters(family: str) -> frozenset[int]:
    """What a family can draw; nothing if it is not installed, or is one that has a box for everything."""
    if family not in {entry.name for entry in font_manager.fontManager.ttflist} or family.startswith("Last Resort"):
        return frozenset()
    path = font_manager.findfont(font_manager.FontProperties(family=[family]), fallback_to_default=False)
    return frozenset(font_manager.get_font(path).get_charmap())


def _configured_families() -> Sequence[str]:
    settings: Any = rcParams  # whose type knows literal names only
    return [
        name
        for family in settings["font.family"]
        for name in (settings[f"font.{family}"] if family in _GENERIC_FAMILIES else [family])
    ]


class Lettering:
    """Writes what others wrote, in fonts that have it."""

    def __init__(self) -> None:
        self._families = [family for family in _configured_families() if _characters(family)]
        self._more: list[str] = []

    def has(self, char: str) -> bool:
        """Whether there is a font for a character."""
        if any(ord(char) in _characters(family) for family in (*self._families, *self._more)):
            return True
        found = next((family for family in _MORE_FAMILIES if ord(char) in _characters(family)), None)
        if found is not None:
            self._more.append(found)
        return found is not None

    def names(self, labels: Iterable[str], widest: int) -> Mapping[str, str]:
        """What to write for labels; see `display_names`."""
        return display_names(labels, widest, self.has)

    def text(self, text: str, widest: int = 60) -> str:
        """What to write for a text by itself."""
        return self.names([text], widest)[text]

    def set(self, texts: Iterable[Text]) -> None:
        """Has texts drawn as they are, not as mathematics or TeX."""
        for text in texts:
            text.set_parse_math(False)
            text.set_usetex(False)
            if self._more:
                text.set_fontfamily([*self._families, *self._more])
