# pyright: reportUnknownMemberType=false
# (matplotlib's types leave keyword arguments open)
"""Curves over all thresholds: precision over recall, and F1 score over the threshold."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.metrics import Curve, LabelMetrics, Metrics
from rekog_versions.evaluation.plots import _arguments as arguments
from rekog_versions.evaluation.plots import _sheet as sheets
from rekog_versions.evaluation.plots._sheet import BLUE, GREEN, MUTED, ORANGE, PURPLE, SIZE, SKY, VERMILLION, Sheet
from rekog_versions.evaluation.thresholds import TunedThresholds
from rekog_versions.models.thresholds import Thresholds

_MANY = 8
_HIGH, _WIDE = 3.6, 4.6
_COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
_DASHES = ("solid", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (3, 3)))
_F1_LINES = (0.2, 0.4, 0.6, 0.8)
_Line = tuple[Sequence[float], Sequence[float]]


def plot_precision_recall(
    evaluation: Evaluation,
    ax: Axes | None = None,
    *,
    labels: Iterable[str] | None = None,
    thresholds: Thresholds | TunedThresholds | None = None,
    max_labels: int = _MANY,
) -> Axes:
    """Draws precision over recall, a curve for each label, with the assumed and the chosen thresholds marked.

    The curves are the step functions of which `Curve.average_precision` is the area; grey lines join what has the same
    F1 score. A mark at 0, 0 means that nothing is found at that threshold. If there are more labels than may have a
    colour, those with the lowest average precision have one, and the others are grey.

    Args:
        evaluation: What to show, with a snapshot.
        ax: Where to draw; otherwise on a new figure.
        labels: Which labels; otherwise all.
        thresholds: Thresholds to mark beside the assumed ones, such as tuned ones.
        max_labels: How many labels may have a colour unless they are chosen.

    Returns:
        The axes.

    Raises:
        EvaluationError: There is no snapshot.
        KeyError: There is no such label.
        TypeError: `evaluation` is no Evaluation, `ax` no Axes, or `labels` is a string.
        ValueError: `labels` is empty, or `max_labels` is less than 1.
    """
    view = _View(
        "Precision and recall",
        _precision_over_recall,
        lambda metrics: _pair(metrics.recall, metrics.precision),
        ("recall (share of what is there that is found)", "precision (share of what is found that is there)"),
    )
    drawn = _plot(view, evaluation, ax, labels, thresholds=thresholds, max_labels=max_labels)
    for score in _F1_LINES:
        recalls = [score / 2 + (1 - score / 2) * step / 100 for step in range(1, 101)]
        drawn.plot(recalls, [score * r / (2 * r - score) for r in recalls], color=MUTED, alpha=0.4, lw=0.7, zorder=0)
        drawn.text(
            1.0,
            score / (2 - score),
            f"F1 {score:.1f}",
            fontsize=SIZE - 2,
            color=MUTED,
            ha="right",
            va="bottom",
            zorder=0,
        )
    return drawn


def plot_thresholds(
    evaluation: Evaluation,
    ax: Axes | None = None,
    *,
    labels: Iterable[str] | None = None,
    thresholds: Thresholds | TunedThresholds | None = None,
    max_labels: int = _MANY,
) -> Axes:
    """Draws the F1 score over the threshold, a curve for each label, with the assumed and the chosen thresholds marked.

    If there are more labels than may have a colour, those with the lowest average precision have one, and the others
    are grey.

    Args:
        evaluation: What to show, with a snapshot.
        ax: Where to draw; otherwise on a new figure.
        labels: Which labels; otherwise all.
        thresholds: Thresholds to mark beside the assumed ones, such as tuned ones.
        max_labels: How many labels may have a colour unless they are chosen.

    Returns:
        The axes.

    Raises:
        EvaluationError: There is no snapshot.
        KeyError: There is no such label.
        TypeError: `evaluation` is no Evaluation, `ax` no Axes, or `labels` is a string.
        ValueError: `labels` is empty, or `max_labels` is less than 1.
    """
    view = _View(
        "F1 score by threshold",
        _f1_over_threshold,
        lambda metrics: _pair(metrics.threshold or 0.0, metrics.f1_score),
        ("threshold (confidence, 0 to 1)", "F1 score (0 to 1)"),
    )
    return _plot(view, evaluation, ax, labels, thresholds=thresholds, max_labels=max_labels)


@dataclass(frozen=True)
class _View:
    """What is drawn over what."""

    name: str
    line: Callable[[Curve], _Line]
    mark: Callable[[LabelMetrics], tuple[float, float] | None]
    axes: tuple[str, str]


def _pair(x: float | None, y: float | None) -> tuple[float, float] | None:
    return None if x is None or y is None else (x, y)


def _precision_over_recall(curve: Curve) -> _Line:
    """Each point's precision holds from the recall before up to its own."""
    first = curve.points[0].precision
    return [0.0, *(point.recall for point in curve.points)], [first, *(point.precision for point in curve.points)]


def _f1_over_threshold(curve: Curve) -> _Line:
    """Each point's score holds from the next lower threshold up to its own; above the highest nothing is found."""
    rising = curve.points[::-1]
    thresholds, scores = [point.threshold for point in rising], [point.f1_score for point in rising]
    return [0.0, *thresholds, 1.0], [scores[0], *scores, scores[-1] if thresholds[-1] == 1 else 0.0]


def _plot(
    view: _View,
    evaluation: Evaluation,
    ax: Axes | None,
    labels: Iterable[str] | None,
    *,
    thresholds: Thresholds | TunedThresholds | None,
    max_labels: int,
) -> Axes:
    arguments.check_kind(evaluation, Evaluation, "get_evaluation() or Evaluation.from_files()")
    curves = evaluation.curves()
    chosen = arguments.chosen_labels(labels, curves)
    arguments.check_most(max_labels)
    shown = [curves[label] for label in chosen] if chosen is not None else _hardest(curves.values(), max_labels)
    names_shown = {curve.label for curve in shown}
    others = [curve for curve in curves.values() if curve.label not in names_shown] if chosen is None else []
    marks = [evaluation.recompute()]
    if thresholds is not None:
        marks.append(evaluation.recompute(arguments.plain(thresholds)))
    sheet = Sheet(ax)
    sheet.ask_for(_WIDE, _HIGH)
    drawn = sheet.axes
    drawn.set(xlim=(0, 1), ylim=(0, 1.02), xticks=sheets.TICKS, yticks=sheets.TICKS)
    # axes that were given may be lower than an explanation is long
    across, up = view.axes if sheet.is_new else (name.partition(" (")[0] for name in view.axes)
    drawn.set_xlabel(across, fontsize=SIZE)
    drawn.set_ylabel(up, fontsize=SIZE)
    drawn.tick_params(labelsize=SIZE)
    drawn.grid(visible=True, color=MUTED, alpha=0.2, linewidth=0.6)
    for side in ("top", "right"):
        drawn.spines[side].set_visible(False)
    faint = max(0.06, min(0.4, 12 / max(len(others), 1)))
    for curve in others:
        if curve.points:
            drawn.plot(*view.line(curve), drawstyle="steps-pre", color=MUTED, alpha=faint, linewidth=0.8, zorder=1)
    for place, curve in enumerate(shown):
        if curve.points:
            drawn.plot(*view.line(curve), drawstyle="steps-pre", **_style(place), zorder=2)
        for metrics, kind in zip(marks, _MARKS, strict=False):
            at = view.mark(metrics.labels[curve.label])
            if at is not None:
                drawn.plot(*at, **kind, color=_style(place)["color"], zorder=4, clip_on=False)
    room = 0.0
    if curves:
        room = sheet.legend_beside(_legend(sheet, shown, others, marks))
    else:
        sheet.nothing_to_show("There are no labels in the summary")
    scope = arguments.scope(len(shown) + len(others), len(curves))
    return sheet.finish(
        f"{view.name} · {sheet.version(evaluation)}",
        [f"{scope}, {arguments.images(evaluation.testing_images)}", *_left_out(shown, others)],
        room=room,
    )


_MARKS: Sequence[dict[str, Any]] = (
    {"marker": "o", "markersize": 11, "markerfacecolor": "none", "markeredgewidth": 1.6, "linestyle": "none"},
    {"marker": "*", "markersize": 8, "markeredgecolor": "black", "markeredgewidth": 0.5, "linestyle": "none"},
)
"""Of the assumed thresholds, and of those that were given."""


def _style(place: int) -> dict[str, Any]:
    return {
        "color": _COLOURS[place % len(_COLOURS)],
        "linestyle": _DASHES[place % len(_DASHES)],
        "linewidth": 1.7 + 0.8 * (place // (len(_COLOURS) * len(_DASHES))),
    }


def _hardest(curves: Iterable[Curve], most: int) -> Sequence[Curve]:
    """In their order if there are few; otherwise those with the lowest average precision, the lowest first."""
    known = list(curves)
    if len(known) <= most:
        return known
    known.sort(key=lambda curve: (curve.average_precision is None, curve.average_precision or 0.0))
    return known[:most]


def _left_out(shown: Sequence[Curve], others: Sequence[Curve]) -> Iterable[str]:
    if others:
        untested = sum(1 for curve in others if curve.average_precision is None)
        rest = f", {untested} of which have no test images" if untested else ""
        yield (
            f"In colour: the {len(shown)} with the lowest average precision; in grey, without names: the other "
            f"{len(others)}{rest}"
        )


def _legend(
    sheet: Sheet, shown: Sequence[Curve], others: Sequence[Curve], marks: Sequence[Metrics]
) -> Sequence[tuple[Any, str, str]]:
    names = sheet.names(curve.label for curve in shown)
    then = " \N{RIGHTWARDS ARROW} " if sheet.lettering.has("\N{RIGHTWARDS ARROW}") else " to "
    entries: list[tuple[Any, str, str]] = []
    for place, curve in enumerate(shown):
        name = f"{names[curve.label]} ({curve.testing_images:,})"
        if curve.average_precision is None:
            entries.append((sheets.unknown(), f"{name}: no test images", f"{name}: no test images"))
            continue
        at = then.join(_threshold(metrics.labels[curve.label].threshold) for metrics in marks)
        what = f"AP {curve.average_precision:.2f}, threshold {at}" if curve.points else "never predicted"
        entries.append(
            (Line2D([], [], **_style(place)), f"{name}: {what}", name if curve.points else f"{name}: {what}")
        )
    more = [(Line2D([], [], color=MUTED, alpha=0.5, linewidth=0.8), f"{len(others):,} other labels")] if others else []
    meanings = ("assumed threshold", "threshold given")
    more += [
        (Line2D([], [], **kind, color=sheets.foreground()), meaning)
        for _, kind, meaning in zip(marks, _MARKS, meanings, strict=False)
    ]
    return [*entries, *((handle, text, text) for handle, text in more)]


def _threshold(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
