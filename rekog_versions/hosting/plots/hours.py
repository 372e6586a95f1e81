# pyright: reportUnknownMemberType=false
# (matplotlib's types leave keyword arguments open)
"""A plot of the hours that models ran on each day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from rekog_versions._colours import BLUE, MUTED, ORANGE, SKY, VERMILLION
from rekog_versions._plotting.plot import FONT_SIZE, HEIGHT, Plot
from rekog_versions.hosting.hosted_time import HostedModel, HostingCosts

_COLOURS = (BLUE, ORANGE, SKY, VERMILLION)
_DAY_WIDTH, _LEAST_WIDTH, _MOST_WIDTH = 0.22, 4.6, 14.0  # inches
_MOST_TICKS = 10


def plot_hosting_hours(costs: HostingCosts, ax: Axes | None = None) -> Axes:
    """Draw the hours that models ran on each day, as stacked bars.

    The four most expensive models have colours of their own, and the others are one gray part.

    Args:
        costs: The costs, as `hosting_costs()` returns them.
        ax: The axes to draw on. By default, a new figure is as wide as the days need.

    Returns:
        The axes.

    Raises:
        TypeError: `costs` is not a HostingCosts, or `ax` is not an Axes.
    """
    if not isinstance(costs, HostingCosts):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"costs must be a HostingCosts, got {type(costs).__name__}. Call hosting_costs()")
    plot = Plot(ax)
    days = list(costs.hours_by_day())
    if costs.models:
        plot.set_size(min(max(_DAY_WIDTH * len(days), _LEAST_WIDTH), _MOST_WIDTH), HEIGHT)
        plot.legend_above(_draw(plot, costs.models, days))
        _label(plot, days)
    else:
        plot.write_empty("No model ran in this time")
    total = f"{costs.hours:,} hours, {costs.unit_hours:,.0f} unit hours, {costs.total:,.2f} {costs.currency}"
    incomplete = "Some regions or projects could not be read" if costs.failed else ""
    return plot.finish("Hours of running models by day (UTC)", [total, *costs.gaps], warning=incomplete)


def _draw(plot: Plot, models: Sequence[HostedModel], days: Sequence[date]) -> list[tuple[Artist, str]]:
    shown, others = models[: len(_COLOURS)], models[len(_COLOURS) :]
    names = plot.names([f"{model.project_name}/{model.version_name}" for model in shown])
    parts = [(_hours([model]), colour) for model, colour in zip(shown, _COLOURS, strict=False)]
    texts = [names[f"{model.project_name}/{model.version_name}"] for model in shown]
    if others:
        parts.append((_hours(others), MUTED))
        texts.append(f"{len(others):,} others")
    bottoms = [0] * len(days)
    entries: list[tuple[Artist, str]] = []
    for (hours, colour), text in zip(parts, texts, strict=True):
        heights = [hours.get(day, 0) for day in days]
        plot.axes.bar(range(len(days)), heights, bottom=bottoms, color=colour, width=0.8)
        bottoms = [bottom + height for bottom, height in zip(bottoms, heights, strict=True)]
        entries.append((Patch(color=colour), text))
    return entries


def _hours(models: Sequence[HostedModel]) -> dict[date, int]:
    hours: dict[date, int] = {}
    for model in models:
        for day in model.days:
            hours[day.day] = hours.get(day.day, 0) + day.hours
    return hours


def _label(plot: Plot, days: Sequence[date]) -> None:
    step = -(-len(days) // _MOST_TICKS)
    places = range(0, len(days), step)
    plot.set_ticks("x", list(places), [f"{days[place]:%b %d}" for place in places])
    style: dict[str, Any] = {"axis": "y", "color": MUTED, "alpha": 0.25, "linewidth": 0.6}
    plot.axes.grid(visible=True, **style)
    plot.axes.set_axisbelow(True)
    plot.axes.set_ylabel("hours", fontsize=FONT_SIZE)
    plot.axes.tick_params(axis="y", labelsize=FONT_SIZE)
