# pyright: reportUnknownMemberType=false
# (matplotlib's types leave keyword arguments open)
"""The axes that a picture is drawn on, with what stands around them, and how much fits."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text  # noqa: TC002 (matplotlib is there anyway)

from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.plots._lettering import Lettering
from rekog_versions.evaluation.tables import width

BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9"
"""The colours of Okabe and Ito, which colour-blind people can tell apart."""
MUTED = "#767676"
"""A grey that can be read on white and on black."""

SIZE = 9.0
"""Points of what is written, the heading apart."""
LINE = 1.25
"""The height of a line of text in its size."""
_COLUMN, _COLUMN_OF_PROSE = 0.6, 0.54
"""About the width of a column of text in its size, in names and in sentences."""
_WIDEST_NAME, _NARROWEST_NAME = 28, 8
_LONGEST_LEGEND = 24
_MARGIN = 0.1  # inches around everything
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_SLACK = 1.05  # text is a little wider at other resolutions
_HATCHES: Mapping[str, Any] = {"facecolor": "none", "edgecolor": "#BBBBBB", "hatch": "////", "linewidth": 0}
"""What stands for: nothing is known."""


class Sheet:
    """Axes to draw on.

    Args:
        ax: Those that a user gave; None makes a figure for them.

    Raises:
        TypeError: What was given is no Axes.
    """

    def __init__(self, ax: Axes | None) -> None:
        self.lettering = Lettering()
        self._inches: tuple[float, float] | None = None
        if ax is None:
            figure = Figure()
            FigureCanvasAgg(figure)
            ax = figure.add_subplot()
            self._inches = (4.6, 3.6)
        elif not isinstance(ax, Axes):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"ax must be a matplotlib Axes, got {type(ax).__name__}; where plt.subplots() gives an array of them, "
                "pass one, as in axes[0]"
            )
        self.axes = ax
        self._reserved = 0.0
        self._width_given = self.points[0]

    @property
    def is_new(self) -> bool:
        """Whether the figure was made for this picture, and can have any size."""
        return self._inches is not None

    def ask_for(self, wide: float, high: float) -> None:
        """Says how many inches new axes are to have."""
        if self._inches is not None:
            self._inches = (wide, high)

    @property
    def points(self) -> tuple[float, float]:
        """The width and the height of the axes in points."""
        if self._inches is not None:
            return self._inches[0] * 72, self._inches[1] * 72
        box = self.axes.get_window_extent()
        scale = 72 / _figure(self.axes).dpi
        return box.width * scale - self._reserved, box.height * scale

    def reserve(self, columns: int) -> None:
        """Tells that so many columns beside the axes are needed, where a layout engine will take them from these."""
        if not self.is_new and _figure(self.axes).get_layout_engine() is not None:
            self._reserved = min(columns * SIZE * _COLUMN, self._width_given / 3)

    @property
    def rows_that_fit(self) -> int:
        """How many lines of text axes that were given have room for, once there is a title over them."""
        return max(4, int(0.55 * self.points[1] / (SIZE * LINE)))

    def names(self, labels: Iterable[str], *, share: float = 0.45, less: int = 0) -> Mapping[str, str]:
        """What to write for labels beside the axes, so that enough is left of these.

        Args:
            labels: The labels.
            share: How much of the width of axes that were given they may take.
            less: The columns that something else needs.
        """
        columns = _WIDEST_NAME if self.is_new else min(_WIDEST_NAME, int(share * self._width_given / (SIZE * _COLUMN)))
        return self.lettering.names(labels, max(_NARROWEST_NAME, columns - less))

    def version(self, evaluation: Evaluation) -> str:
        """What to call a version."""
        arn = evaluation.version_arn
        return self.lettering.text("an unnamed version" if not arn else arn.version_name or arn, 40)

    def rows(self, names: Sequence[str], places: Sequence[float], lowest: float) -> None:
        """Sets axes up for a row a label, scores from 0 to 1 across."""
        ax = self.axes
        self.reserve(widest(names) + 4)
        ax.set_ylim(lowest, -0.6)
        ax.set_xticks(TICKS)
        ax.set_yticks(places, names, fontsize=SIZE)
        self.lettering.set(ax.get_yticklabels())
        ax.tick_params(axis="x", labelsize=SIZE)
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=True, axis="x", color=MUTED, alpha=0.25, linewidth=0.6)
        ax.set_axisbelow(True)
        for side in ("top", "right", "left"):
            ax.spines[side].set_visible(False)

    def legend_over(self, entries: Sequence[tuple[Any, str]]) -> float:
        """Puts a legend on top, in as many lines as it takes; returns how many points it is high."""
        self._shrink()
        room = self.points[0] / 72
        widths = [inches(width(text)) + 0.4 for _, text in entries]
        columns = next(
            (count for count in range(len(entries), 1, -1) if sum(map(max, _split(widths, count))) <= room), 1
        )
        self._legend(entries, columns, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, borderpad=0.2)
        return -(-len(entries) // columns) * SIZE * 1.4 + 6

    def legend_beside(self, entries: Sequence[tuple[Any, str, str]]) -> float:
        """Puts a legend to the right, of each entry's first text; or on top, of the second ones, if that is too wide.

        Returns:
            How many points it is high on top.
        """
        beside = [(handle, text) for handle, text, _ in entries]
        if self.is_new or inches(widest(text for _, text in beside)) + 0.6 < 0.45 * self.points[0] / 72:
            columns = -(-len(entries) // _LONGEST_LEGEND)
            self._legend(beside, columns, loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0.0)
            return 0.0
        return self.legend_over([(handle, text) for handle, _, text in entries])

    def _legend(self, entries: Sequence[tuple[Any, str]], columns: int, **where: Any) -> None:
        # a text that begins with an underscore would be left out, so the texts are set afterwards
        blank = ["?"] * len(entries)
        handles = [handle for handle, _ in entries]
        options: dict[str, Any] = {"frameon": False, "handlelength": 2.2, "fontsize": SIZE, **where}
        legend = self.axes.legend(handles, blank, ncols=columns, **options)
        self.lettering.set(legend.get_texts())
        for text, (_, written) in zip(legend.get_texts(), entries, strict=True):
            text.set_text(written)

    def finish(self, heading: str, notes: Iterable[str], *, alarm: str = "", room: float = 0.0) -> Axes:
        """Writes over the axes what they show, what is left out and, in another colour, what is to be heeded.

        Args:
            heading: What they show.
            notes: What follows it.
            alarm: What is to be heeded.
            room: Points to leave free below.

        Returns:
            The axes, with room for all that stands around them.
        """
        self._shrink()
        columns = max(24, int(self.points[0] / (SIZE * _COLUMN_OF_PROSE)))
        lines = [line for note in notes for line in textwrap.wrap(note, columns)]
        alarms = textwrap.wrap(alarm, int(columns * 0.85))  # bold is wider
        texts: list[Text] = []
        offset = 5.0 + room
        for block, colour, weight in ((lines, MUTED, "normal"), (alarms, VERMILLION, "bold")):
            if block:
                texts.append(
                    self.axes.annotate(
                        "\n".join(block),
                        (0, 1),
                        (0, offset),
                        xycoords="axes fraction",
                        textcoords="offset points",
                        fontsize=SIZE,
                        color=colour,
                        fontweight=weight,
                        linespacing=LINE,
                        verticalalignment="bottom",
                        annotation_clip=False,
                    )
                )
                offset += len(block) * SIZE * LINE * 1.1 + 3
        wrapped = textwrap.wrap(heading, max(20, int(columns * SIZE / (SIZE + 3))))
        texts.append(self.axes.set_title("\n".join(wrapped), loc="left", fontsize=SIZE + 3, pad=offset + 1))
        self.lettering.set(texts)
        if self._inches is not None:
            _grow(self.axes, _figure(self.axes), *self._inches)
        self._shrink()
        return self.axes

    def _shrink(self) -> None:
        """Makes axes that were given smaller, unless a layout engine will."""
        figure = _figure(self.axes)
        if not self.is_new and figure.get_layout_engine() is None:
            _shrink(self.axes, figure)

    def nothing_to_show(self, why: str) -> None:
        """Says on empty axes why they are."""
        self.axes.set_axis_off()
        self.axes.text(0.5, 0.5, why, transform=self.axes.transAxes, ha="center", va="center", fontsize=SIZE + 1)


def _figure(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("the Axes are in no figure; they may have been removed from theirs")
    return figure


def _grow(ax: Axes, figure: Figure, wide: float, high: float) -> None:
    """Gives a figure the size at which its axes have so many inches, and lets a layout engine keep watch."""
    room = 10.0
    whole = (wide + 2 * room, high + 2 * room)
    figure.set_size_inches(*whole)
    ax.set_position((room / whole[0], room / whole[1], wide / whole[0], high / whole[1]))
    outer, box = ax.get_tightbbox(), ax.get_window_extent()
    if outer is None:
        return
    left, right = (box.x0 - outer.x0) / figure.dpi + _MARGIN, (outer.x1 - box.x1) / figure.dpi + _MARGIN
    down, up = (box.y0 - outer.y0) / figure.dpi + _MARGIN, (outer.y1 - box.y1) / figure.dpi + _MARGIN
    size = (left + wide + right, down + high + up)
    figure.set_size_inches(*size)
    ax.set_position((left / size[0], down / size[1], wide / size[0], high / size[1]))
    # for what a user adds
    ax.set_in_layout(True)
    figure.set_layout_engine(ConstrainedLayoutEngine(w_pad=_MARGIN, h_pad=_MARGIN))


def _shrink(ax: Axes, figure: Figure) -> None:
    """Makes axes smaller by what sticks out of the figure, or into axes to the left or below."""
    outer = ax.get_tightbbox()
    position = ax.get_position()  # where an aspect has made them smaller, what is left beside them is room
    box = position.transformed(figure.transSubfigure)
    if outer is None:
        return
    others = [other.get_window_extent() for other in figure.axes if other is not ax and other.get_visible()]
    beside = [other for other in others if other.y0 < box.y1 and other.y1 > box.y0]
    over = [other for other in others if other.x0 < box.x1 and other.x1 > box.x0]
    edge = 4.0 * figure.dpi / 72
    left = max((other.x1 for other in beside if other.x1 <= box.x0), default=0.0) + edge
    bottom = max(((other.y1 + box.y0) / 2 for other in over if other.y1 <= box.y0), default=0.0) + edge
    right = min((other.x0 for other in beside if other.x0 >= box.x1), default=figure.bbox.x1) - edge
    top = min(((other.y0 + box.y1) / 2 for other in over if other.y0 >= box.y1), default=figure.bbox.y1) - edge
    low, high = max(0.0, left - outer.x0) * _SLACK, max(0.0, outer.x1 - right) * _SLACK
    down, up = max(0.0, bottom - outer.y0) * _SLACK, max(0.0, outer.y1 - top) * _SLACK
    wide, tall = max(box.width - low - high, box.width / 4), max(box.height - down - up, box.height / 4)
    ax.set_position(
        (
            position.x0 + low / figure.bbox.width,
            position.y0 + down / figure.bbox.height,
            wide / figure.bbox.width,
            tall / figure.bbox.height,
        )
    )


def _split(values: Sequence[float], columns: int) -> Iterable[Sequence[float]]:
    """Values in columns, as matplotlib's legends have them: the first ones are longer."""
    least, more = divmod(len(values), columns)
    start = 0
    for column in range(columns):
        end = start + least + (column < more)
        yield values[start:end]
        start = end


def inches(columns: float, size: float = SIZE) -> float:
    """About how wide a text of so many columns is."""
    return columns * size * _COLUMN / 72


def widest(names: Iterable[str]) -> int:
    """The columns of the widest of some texts."""
    return max((width(name) for name in names), default=0)


def readable_on(colour: Sequence[float]) -> str:
    """Black or white, whichever is read more easily on a colour (by the contrast ratio of WCAG 2)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]]  # noqa: PLR2004
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "black" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "white"


def foreground() -> str:
    """What is written with: black, or what the style in use has."""
    return str(rcParams["text.color"])


def remark(ax: Axes, across: float, down: float, text: str) -> None:
    """Writes in axes what is to be said of a row."""
    ax.text(
        across,
        down,
        text,
        ha="center",
        va="center",
        fontsize=SIZE - 1,
        color=foreground(),
        bbox={"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 1.0},
        parse_math=False,
    )


def beside(ax: Axes, row: float, text: str) -> None:
    """Writes to the right of a row of axes."""
    ax.text(1.02, row, text, transform=ax.get_yaxis_transform(), va="center", fontsize=SIZE, parse_math=False)


def hatched(ax: Axes, corner: tuple[float, float], wide: float, high: float) -> None:
    """Fills a rectangle in the way that stands for: nothing is known."""
    ax.add_patch(Rectangle(corner, wide, high, **_HATCHES))


def unknown() -> Patch:
    """The same for a legend."""
    return Patch(**_HATCHES)
