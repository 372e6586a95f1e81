# pyright: reportUnknownMemberType=false
# (matplotlib's types leave keyword arguments open)
"""Plots of the labels of a manifest: how many images they have, how large their boxes are, which occur together."""

from typing import Any

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rekog_versions._colours import BLUE, ORANGE, VERMILLION, readable_on
from rekog_versions._plotting.label_text import label_texts
from rekog_versions._plotting.plot import FONT_SIZE, ROW_HEIGHT, WIDTH, Plot
from rekog_versions.manifests.statistics.description import LabelDescription, ManifestDescription

_MAX_LABELS = 40
_MAX_CELLS = 20
_MAX_CELLS_WITH_NUMBERS = 15
_FEW_IMAGES = 10
"""Labels with fewer images are marked."""
_CELL = 0.36  # inches
_COLOURS = "cividis"


def plot_label_counts(
    description: ManifestDescription, *, ax: Axes | None = None, max_labels: int = _MAX_LABELS
) -> Axes:
    """Draw the number of images of each label, with the most frequent label at the top.

    The number of boxes is behind each label that has boxes. Labels with fewer than 10 images have another color.

    Args:
        description: The result of `describe_manifest()`.
        ax: The axes to draw on. By default, a new figure is as high as the labels need.
        max_labels: The highest number of rows. If there are more labels, those with the most and with the fewest images
            have rows.

    Returns:
        The axes.

    Raises:
        TypeError: `description` is not a ManifestDescription, or `ax` is not an Axes.
        ValueError: `max_labels` is less than 1.
    """
    plot = _plot(description, ax, max_labels)
    labels = description.labels
    rows = plot.max_rows(max_labels)
    shown = labels if len(labels) <= rows else (*labels[: -(-rows // 2)], *labels[len(labels) - rows // 2 :])
    few = [label for label in shown if label.images < _FEW_IMAGES]
    notes = [_scope(description, len(shown))]
    if len(shown) < len(labels):
        notes.append("The labels with the most and with the fewest images have rows")
    if not labels:
        plot.write_empty("The manifest has no labels")
        return plot.finish("Images by label", notes)
    plot.set_size(WIDTH, max(4, len(shown)) * ROW_HEIGHT)
    texts = plot.names((label.name for label in shown), reserved=8)
    names = [f"{texts[label.name]} ({label.boxes:,})" if label.boxes else texts[label.name] for label in shown]
    axis = "images  ·  in brackets: boxes of the label" if description.boxes else "images"
    plot.set_rows(names, range(len(names)), len(names) - 0.4, axis)
    ax = plot.axes
    colours = [VERMILLION if label.images < _FEW_IMAGES else BLUE for label in shown]
    ax.barh(range(len(shown)), [label.images for label in shown], height=0.68, color=colours)
    ax.set_xlim(0, 1.14 * max(label.images for label in shown))
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(_whole))
    for row, label in enumerate(shown):
        ax.annotate(
            f"{label.images:,}",
            (label.images, row),
            (3, 0),
            textcoords="offset points",
            va="center",
            fontsize=FONT_SIZE - 1,
        )
    if few:
        text = f"fewer than {_FEW_IMAGES} images"
        plot.legend_above([(Patch(color=BLUE), "images"), (Patch(color=VERMILLION), text)])
    return plot.finish("Images by label", notes)


def plot_box_sizes(description: ManifestDescription, *, ax: Axes | None = None, max_labels: int = _MAX_LABELS) -> Axes:
    """Draw how large the boxes of each label are, as shares of their images on a logarithmic scale.

    A dot is the median, a thick line has half of the boxes, and a thin line nine tenths of them. The label with the
    smallest boxes is at the top: small objects are hard to find in a scaled image.

    Args:
        description: The result of `describe_manifest()`.
        ax: The axes to draw on. By default, a new figure is as high as the labels need.
        max_labels: The highest number of rows.

    Returns:
        The axes.

    Raises:
        TypeError: `description` is not a ManifestDescription, or `ax` is not an Axes.
        ValueError: `max_labels` is less than 1.
    """
    plot = _plot(description, ax, max_labels)
    boxed = sorted(
        (label for label in description.labels if label.box_area.median), key=lambda label: label.box_area.median or 0
    )
    shown = boxed[: plot.max_rows(max_labels)]
    notes = [f"{description.boxes:,} boxes of {_many(len(boxed), 'label')}"]
    if len(shown) < len(boxed):
        notes.append(f"The {len(shown)} labels with the smallest boxes have rows")
    if not shown:
        plot.write_empty("The manifest has no boxes")
        return plot.finish("Box sizes by label", notes)
    plot.set_size(WIDTH, max(4, len(shown)) * ROW_HEIGHT)
    texts = plot.names((label.name for label in shown), reserved=8)
    names = [f"{texts[label.name]} ({label.boxes:,})" for label in shown]
    plot.set_rows(names, range(len(names)), len(names) - 0.4, "area of the box, in % of the image")
    ax = plot.axes
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(FuncFormatter(_percent))
    for row, label in enumerate(shown):
        area = label.box_area
        ax.plot([area.p5 or 0, area.p95 or 0], [row, row], color=BLUE, linewidth=1.2, solid_capstyle="butt")
        ax.plot([area.p25 or 0, area.p75 or 0], [row, row], color=BLUE, linewidth=5, solid_capstyle="butt")
        ax.plot([area.median or 0], [row], color=ORANGE, **_MEDIAN)
    ends = [end for label in shown for end in (label.box_area.p5, label.box_area.p95) if end]
    ax.set_xlim(min(ends) / 1.6, min(1.3, max(ends) * 1.6))
    plot.legend_above(
        [
            (Line2D([], [], color=ORANGE, **_MEDIAN), "median"),
            (Line2D([], [], color=BLUE, linewidth=5), "half of the boxes"),
            (Line2D([], [], color=BLUE, linewidth=1.2), "90 %"),
        ]
    )
    return plot.finish("Box sizes by label", notes)


def plot_labels_together(
    description: ManifestDescription, *, ax: Axes | None = None, max_labels: int = _MAX_CELLS
) -> Axes:
    """Draw which labels occur in the same images.

    A cell is the share of the images with the label of its row that also have the label of its column. Labels that
    always occur together are hard to distinguish for a model.

    Args:
        description: The result of `describe_manifest()`.
        ax: The axes to draw on. By default, a new figure is as large as the labels need.
        max_labels: The highest number of rows and columns: those of the labels that occur with others most often.

    Returns:
        The axes.

    Raises:
        TypeError: `description` is not a ManifestDescription, or `ax` is not an Axes.
        ValueError: `max_labels` is less than 1.
    """
    plot = _plot(description, ax, max_labels)
    pairs = {(pair.first, pair.second): pair.images for pair in description.together}
    often: dict[str, int] = {}
    for (first, second), images in pairs.items():
        often[first] = often.get(first, 0) + images
        often[second] = often.get(second, 0) + images
    kept = set(sorted(often, key=lambda name: (-often[name], name))[: plot.max_rows(max_labels)])
    shown = [label for label in description.labels if label.name in kept]
    notes = [f"{len(shown):,} of {_many(len(often), 'label')} that occur with another one"]
    if not shown:
        plot.write_empty("No image has two labels")
        return plot.finish("Labels in the same images", notes)
    side = max(4, len(shown)) * _CELL
    plot.set_size(side, side)
    texts = label_texts((label.name for label in shown), 20)
    shares = [[_share(pairs, row, column) for column in shown] for row in shown]
    ax = plot.axes
    norm: Any = PowerNorm(0.5, 0, 1)  # makes small shares visible
    colours: Any = colormaps[_COLOURS]
    cells = [[float("nan") if share is None else share for share in row] for row in shares]
    edges = [place - 0.5 for place in range(len(shown) + 1)]
    ax.pcolormesh(edges, edges, cells, cmap=colours, norm=norm, edgecolors="white", linewidth=0.5)
    ax.set_ylim(len(shown) - 0.5, -0.5)
    names = [texts[label.name] for label in shown]
    plot.set_ticks("y", range(len(shown)), names)
    plot.set_ticks("x", range(len(shown)), names, rotation=90)
    ax.tick_params(length=0)
    ax.set_xlabel("… also have this label", fontsize=FONT_SIZE)
    ax.set_ylabel("images with this label …", fontsize=FONT_SIZE)
    ax.set_facecolor("#DDDDDD")
    if len(shown) <= _MAX_CELLS_WITH_NUMBERS:
        for y, row in enumerate(shares):
            for x, share in enumerate(row):
                if share is not None:
                    colour = readable_on(colours(norm(share)))
                    ax.text(x, y, f"{100 * share:.0f}", ha="center", va="center", fontsize=FONT_SIZE - 1, color=colour)
        notes.append("in % of the images of the row")
    return plot.finish("Labels in the same images", notes)


_MEDIAN: dict[str, Any] = {"marker": "o", "markersize": 6.0, "markeredgecolor": "white", "linestyle": "none"}


def _whole(value: float, _: object) -> str:
    return f"{value:,.0f}"


def _percent(value: float, _: object) -> str:
    return f"{100 * value:g} %"


def _share(pairs: dict[tuple[str, str], int], row: LabelDescription, column: LabelDescription) -> float | None:
    """Return the share of the images of a label that have another label; None for the label itself."""
    if row is column:
        return None
    first, second = sorted((row.name, column.name))
    return pairs.get((first, second), 0) / row.images


def _plot(description: object, ax: Axes | None, max_labels: int) -> Plot:
    if not isinstance(description, ManifestDescription):
        raise TypeError(
            f"description must be a ManifestDescription, got {type(description).__name__}. "
            "Create one with describe_manifest(source)."
        )
    if max_labels < 1:
        raise ValueError(f"max_labels must be 1 or more, got {max_labels}.")
    return Plot(ax)


def _scope(description: ManifestDescription, shown: int) -> str:
    labels = _many(len(description.labels), "label")
    scope = labels if shown == len(description.labels) else f"{shown:,} of {labels}"
    return f"{scope}, {_many(description.images, 'image')}"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
