# pyright: reportUnknownMemberType=false
# (matplotlib's types leave keyword arguments open)
"""The axes of a plot, with the title, notes and legend around them."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation

from rekog_versions._colours import MUTED, VERMILLION
from rekog_versions._plotting.label_text import font_families, label_texts
from rekog_versions._text import display_width

FONT_SIZE = 9.0  # points
LINE_HEIGHT = 1.25 * FONT_SIZE
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
ROW_HEIGHT, WIDTH, HEIGHT = 0.25, 4.6, 3.6  # inches

_COLUMN_WIDTH, _MIN_COLUMN_WIDTH = 0.6 * FONT_SIZE, 0.48 * FONT_SIZE
_MIN_COLUMNS = 20  # of a wrapped line
_MAX_NAME_WIDTH, _MIN_NAME_WIDTH = 28, 8
_MAX_LEGEND_ROWS = 24
_PADDING = 0.1  # inches around the axes and their texts
_HATCHING: Mapping[str, Any] = {"facecolor": "none", "edgecolor": "#BBBBBB", "hatch": "////", "linewidth": 0}


class _ShownFigure(Figure):
    """A figure that notebooks display without pyplot."""

    def _repr_png_(self) -> bytes:
        return _png(self)


class _ShownAxes(Axes):
    """The axes of such a figure, which notebooks display too."""

    def _repr_png_(self) -> bytes | None:
        figure = self.get_figure(root=True)
        return None if figure is None else _png(figure)


def _png(figure: Figure) -> bytes:
    written = BytesIO()
    figure.savefig(written, format="png", dpi=2 * figure.dpi)  # sharp on screens with many pixels
    return written.getvalue()


class Plot:
    """Axes with texts around them. matplotlib's constrained layout makes space for all of them.

    Args:
        ax: The axes to draw on. None creates a figure for them.

    Attributes:
        axes: The axes.
        is_new: True if the figure was created for this plot, so that its size can be chosen.

    Raises:
        TypeError: `ax` is not an Axes.
        ValueError: `ax` does not belong to a figure.
    """

    def __init__(self, ax: Axes | None) -> None:
        self.is_new = ax is None
        self._size = (WIDTH, HEIGHT)
        self._above = 4.0  # points between the axes and the next text
        self._is_laid_out = self.is_new
        self._text_style: Mapping[str, Any] = {
            "parse_math": False,
            "usetex": False,
            "fontfamily": font_families(),
        }
        if ax is None:
            figure = _ShownFigure(layout=ConstrainedLayoutEngine(w_pad=_PADDING, h_pad=_PADDING))
            FigureCanvasAgg(figure)
            ax = figure.add_subplot(axes_class=_ShownAxes)
        elif not isinstance(ax, Axes):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"ax must be a matplotlib Axes, got {type(ax).__name__}. "
                "plt.subplots() may return an array of Axes; pass one of them, such as axes[0]."
            )
        self.axes = ax
        owner = ax.get_figure(root=True)
        if owner is None:
            raise ValueError("ax must belong to a figure, got an Axes that was removed from its figure.")
        self._figure = owner
        if owner.get_layout_engine() is None:
            owner.set_layout_engine("constrained")

    def set_size(self, width: float, height: float) -> None:
        """Choose the size of the axes in inches. Given axes keep their size."""
        self._size = (width, height)

    @property
    def points(self) -> tuple[float, float]:
        """The width and the height of the axes in points."""
        if self.is_new:
            return self._size[0] * 72, self._size[1] * 72
        box = self.axes.get_window_extent()
        return self._in_points(box.width), self._in_points(box.height)

    def max_rows(self, max_labels: int) -> int:
        """Return the number of rows that the axes have space for, and at most `max_labels`."""
        return max_labels if self.is_new else min(max_labels, max(4, int(0.45 * self.points[1] / LINE_HEIGHT)))

    def names(self, labels: Iterable[str], *, share: float = 0.45, reserved: int = 0) -> Mapping[str, str]:
        """Return the texts of labels that are written beside the axes.

        Args:
            labels: The labels.
            share: The share of the width of given axes that the texts may take.
            reserved: The columns that are needed for something else.
        """
        columns = _MAX_NAME_WIDTH
        if not self.is_new:
            columns = min(columns, int(share * self.points[0] / _COLUMN_WIDTH))
        return label_texts(labels, max(_MIN_NAME_WIDTH, columns - reserved))

    def text_width(self, texts: Iterable[str]) -> float:
        """Return about how wide the widest of some texts is, in points."""
        return max(map(display_width, texts), default=0) * _COLUMN_WIDTH

    def set_ticks(self, which: str, places: Sequence[float], names: Sequence[str], **options: Any) -> None:
        """Label the ticks of the axis "x" or "y" with names."""
        axis = self.axes.xaxis if which == "x" else self.axes.yaxis
        axis.set_ticks(places, names, fontsize=FONT_SIZE, **self._text_style, **options)

    def set_rows(self, names: Sequence[str], places: Sequence[float], bottom: float, xlabel: str) -> None:
        """Set the axes up for horizontal rows, from the top down."""
        ax = self.axes
        ax.set_ylim(bottom, -0.6)
        ax.set_xlabel(xlabel, fontsize=FONT_SIZE)
        self.set_ticks("y", places, names)
        ax.tick_params(axis="x", labelsize=FONT_SIZE)
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=True, axis="x", color=MUTED, alpha=0.25, linewidth=0.6)
        ax.set_axisbelow(True)
        for side in ("top", "right", "left"):
            ax.spines[side].set_visible(False)

    def write(self, x: float, y: float, text: str) -> None:
        """Write a remark on the axes."""
        box = {"facecolor": self.axes.get_facecolor(), "edgecolor": "none", "pad": 1.0}
        self.axes.text(
            x, y, text, ha="center", va="center", fontsize=FONT_SIZE - 1, color=foreground(), bbox=box, parse_math=False
        )

    def write_right_of(self, row: float, text: str) -> None:
        """Write to the right of a row."""
        transform = self.axes.get_yaxis_transform()
        self.axes.text(1.02, row, text, transform=transform, va="center", fontsize=FONT_SIZE, parse_math=False)

    def write_empty(self, reason: str) -> None:
        """Write on empty axes why they are empty."""
        self.axes.set_axis_off()
        self.axes.text(0.5, 0.5, reason, transform=self.axes.transAxes, ha="center", va="center")

    def hatch(self, x: float, y: float, width: float, height: float) -> None:
        """Hatch a rectangle, which means that a value is unknown."""
        self.axes.add_patch(Rectangle((x, y), width, height, **_HATCHING))

    def legend_above(self, entries: Sequence[tuple[Artist, str]]) -> None:
        """Add a legend above the axes, in as few rows as their width allows."""
        self._lay_out()
        place: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1), "borderaxespad": 0.2, "borderpad": 0.2}
        columns = len(entries)
        legend = self._legend(entries, columns, **place)
        while columns > 1 and self._in_points(legend.get_window_extent().width) > self.points[0]:
            columns -= 1
            legend = self._legend(entries, columns, **place)
        self._above += self._in_points(legend.get_window_extent().height)

    def legend_beside(self, entries: Sequence[tuple[Artist, str, str]], gap: float) -> None:
        """Add a legend to the right of the axes, or above given axes that are narrow.

        Args:
            entries: Each entry with its text beside the axes and its text above them.
            gap: The points between the axes and a legend beside them.
        """
        columns = -(-len(entries) // _MAX_LEGEND_ROWS)
        beside = [(artist, text) for artist, text, _ in entries]
        corner = self.axes.transAxes + ScaledTranslation(gap / 72, 0, self._figure.dpi_scale_trans)
        legend = self._legend(
            beside, columns, loc="upper left", bbox_to_anchor=(1, 1), bbox_transform=corner, borderaxespad=0.0
        )
        if not self.is_new and self._in_points(legend.get_window_extent().width) > 0.45 * self.points[0]:
            legend.remove()
            self.legend_above([(artist, text) for artist, _, text in entries])

    def finish(self, heading: str, notes: Iterable[str], *, warning: str = "") -> Axes:
        """Write the heading, the notes and the warning above the axes, and return the axes."""
        self._lay_out()
        self._write_above(notes, color=MUTED)
        self._write_above([warning], color=VERMILLION, fontweight="bold")
        style: dict[str, Any] = {"fontsize": FONT_SIZE + 3, **self._text_style}
        self._wrap(self.axes.set_title("", loc="left", pad=self._above + 2, **style), [heading])
        if self.is_new:
            self._fit()
        return self.axes

    def _legend(self, entries: Sequence[tuple[Artist, str]], columns: int, **place: Any) -> Legend:
        # matplotlib omits entries whose text begins with an underscore, so the texts are set afterwards
        artists = [artist for artist, _ in entries]
        style: dict[str, Any] = {"frameon": False, "fontsize": FONT_SIZE, "handlelength": 1.9, "handletextpad": 0.5}
        style |= {"columnspacing": 1.0, "labelspacing": 0.35, "ncols": columns}
        legend = self.axes.legend(artists, ["?"] * len(entries), **style, **place)
        for text, (_, shown) in zip(legend.get_texts(), entries, strict=True):
            text.set(text=shown, **self._text_style)
        return legend

    def _write_above(self, lines: Iterable[str], **style: Any) -> None:
        lines = [line for line in lines if line]
        if not lines:
            return
        text = self.axes.annotate(
            "",
            (0, 1),
            (0, self._above),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=FONT_SIZE,
            verticalalignment="bottom",
            annotation_clip=False,
            **self._text_style,
            **style,
        )
        self._wrap(text, lines)
        self._above += self._in_points(text.get_window_extent().height) + 3

    def _wrap(self, text: Text, lines: Sequence[str]) -> None:
        """Write lines that are as long as the width of the axes allows."""
        width = self.points[0]
        for columns in range(max(_MIN_COLUMNS, int(width / _MIN_COLUMN_WIDTH)), _MIN_COLUMNS - 1, -1):
            text.set_text("\n".join(part for line in lines for part in textwrap.wrap(line, columns)))
            if self._in_points(text.get_window_extent().width) <= width:
                return

    def _in_points(self, pixels: float) -> float:
        return pixels * 72 / self._figure.dpi

    def _lay_out(self) -> None:
        """Let the layout engine of given axes choose their width once, so that it can be measured."""
        if not self._is_laid_out:
            self._execute_layout()
        self._is_laid_out = True

    def _fit(self) -> None:
        """Give the new figure the size at which its axes have the chosen size."""
        width, height = self._size
        self._figure.set_size_inches(width + 8, height + 6)
        self._execute_layout()
        page, box = self._figure.bbox, self.axes.get_window_extent()
        dpi = self._figure.dpi
        self._figure.set_size_inches(width + (page.width - box.width) / dpi, height + (page.height - box.height) / dpi)

    def _execute_layout(self) -> None:
        if engine := self._figure.get_layout_engine():
            engine.execute(self._figure)


def foreground() -> str:
    """Return the text colour of matplotlib's current style."""
    return str(rcParams["text.color"])


def hatched_patch() -> Patch:
    """Return the legend entry for an unknown value."""
    return Patch(**_HATCHING)
