"""Helpers that read texts and shapes from drawn axes, and checks that everything can be read."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

SHAPES = ["circle", "square", "triangle", "star", "hexagon"]
HOSTILE = [
    *("cost $x$ and $\\frac{", "a\nb", "\x1b[31mred", "rtl \u202eabc", "zero\u200bwidth", "zerowidth", "\U0001f984"),
    *(" ", "cat", "cat ", "\u0441at", "\u6f22\u5b57", "_hidden", "x" * 256, "x" * 200 + "y" + "x" * 55, "a\\nb"),
    *("e\u0301a" + 20 * "\u0301", "<b>{0}%s&amp;", "\ud800", "\ufe0f", "%", "\u05d0\u05d1\u05d2", "\t", "'cat '"),
]
"""Labels with markup, control characters, other scripts, and similar names."""

Draw = Callable[..., Axes]


def figure_of(axes: Axes) -> Figure:
    figure = axes.get_figure(root=True)
    assert figure is not None
    return figure


def texts(axes: Axes) -> list[Any]:
    """Return the visible texts on and around the axes."""
    found: list[Any] = axes.findobj(Text)
    return [text for text in found if text.get_visible() and text.get_text()]


def written(axes: Axes) -> str:
    """Return everything that is written, without line breaks of wrapped texts."""
    return "\n".join(text.get_text().replace("\n", " ") for text in texts(axes))


def row_names(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.get_yticklabels()]


def column_names(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.get_xticklabels()]


def legend_names(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def check_legible(axes: Axes) -> None:
    """Check that all texts lie within the figure and that no names of rows or columns overlap."""
    figure = figure_of(axes)
    figure.draw_without_rendering()
    page = figure.bbox
    for text in texts(axes):
        box = text.get_window_extent()
        assert box.x0 >= page.x0 - 1, text.get_text()
        assert box.x1 <= page.x1 + 1, text.get_text()
        assert box.y0 >= page.y0 - 1, text.get_text()
        assert box.y1 <= page.y1 + 1, text.get_text()
    for labels in (axes.get_yticklabels(), axes.get_xticklabels()):
        boxes = [label.get_window_extent() for label in labels if label.get_text()]
        for one, other in pairwise(boxes):
            assert not (one.x0 < other.x1 and other.x0 < one.x1 and one.y0 < other.y1 and other.y0 < one.y1)
