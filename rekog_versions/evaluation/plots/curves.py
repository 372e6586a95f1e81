# pyright: reportUnknownMemberType=false
# (matplotlib's types leave keyword arguments open)
"""Plots over all thresholds: precision over recall, and F1 score over the threshold."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rekog_versions._colours import BLUE, GREEN, MUTED, ORANGE, PURPLE, SKY, VERMILLION
from rekog_versions._plotting.label_text import is_drawable
from rekog_versions._plotting.plot import FONT_SIZE, TICKS, Plot, foreground, hatched_patch
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.intervals import DEFAULT_CONFIDENCE
from rekog_versions.evaluation.metrics import CurvePoint, LabelCurve, LabelMetrics, ModelMetrics
from rekog_versions.evaluation.plots import _arguments as arguments
from rekog_versions.evaluation.tuning import TunedThresholds
from rekog_versions.models.thresholds import Thresholds

_MAX_LABELS = 8
_COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
_DASHES = ("solid", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (3, 3)))
_CONTOURS = (0.2, 0.4, 0.6, 0.8)
_CURVE: dict[str, Any] = {"drawstyle": "steps-pre"}
_GREY_CURVE: dict[str, Any] = {"color": MUTED, "linewidth": 0.8}
_MARKS: Sequence[dict[str, Any]] = (
    {"marker": "o", "markersize": 11, "markerfacecolor": "none", "markeredgewidth": 1.6, "linestyle": "none"},
    {"marker": "*", "markersize": 8, "markeredgecolor": "black", "markeredgewidth": 0.5, "linestyle": "none"},
)
"""The marks of the assumed thresholds and of the given thresholds."""
_Point = tuple[float, float]
_Points = tuple[Sequence[float], Sequence[float]]
_Band = tuple[Sequence[float], Sequence[float], Sequence[float]]
"""Thresholds, lower and upper limits."""
_MAX_BANDS = 3


def plot_precision_recall(
    evaluation: Evaluation,
    ax: Axes | None = None,
    *,
    labels: Iterable[str] | None = None,
    thresholds: Thresholds | TunedThresholds | None = None,
    max_labels: int = _MAX_LABELS,
) -> Axes:
    """Draw precision over recall, with a curve for each label and marks at the assumed and the given thresholds.

    The curves are step functions, and `LabelCurve.average_precision` is the area under them. Grey lines connect points
    with the same F1 score. A mark at 0, 0 means that the label is not found at that threshold. If there are more than
    `max_labels` labels, those with the lowest average precision are coloured, and the others are grey.

    Args:
        evaluation: The evaluation, with a snapshot.
        ax: The axes to draw on. By default, a new figure.
        labels: The labels to show. By default, all labels.
        thresholds: Thresholds to mark, such as tuned ones, in addition to the assumed thresholds.
        max_labels: The highest number of coloured labels. `labels` may name more.

    Returns:
        The axes.

    Raises:
        EvaluationError: The evaluation has no snapshot.
        KeyError: The model does not have one of the labels.
        TypeError: `evaluation` is not an Evaluation, `ax` is not an Axes, or `labels` is a string.
        ValueError: `labels` is empty, or `max_labels` is less than 1.
    """
    axes = _plot(_PRECISION_OVER_RECALL, evaluation, ax, labels, thresholds=thresholds, max_labels=max_labels)
    for score in _CONTOURS:
        recalls = [score / 2 + (1 - score / 2) * step / 100 for step in range(1, 101)]
        axes.plot(recalls, [score * r / (2 * r - score) for r in recalls], color=MUTED, alpha=0.4, lw=0.7, zorder=0)
        # outside the axes, where no curve can cover it
        axes.text(1.0, score / (2 - score), f" F1 {score:.1f}", fontsize=FONT_SIZE - 1, color=MUTED, va="center")
    return axes


def plot_thresholds(
    evaluation: Evaluation,
    ax: Axes | None = None,
    *,
    labels: Iterable[str] | None = None,
    thresholds: Thresholds | TunedThresholds | None = None,
    max_labels: int = _MAX_LABELS,
) -> Axes:
    """Draw the F1 score over the threshold, with a curve for each label and marks at assumed and given thresholds.

    Up to three labels have a band, the 95 % confidence intervals of the F1 scores.

    If there are more than `max_labels` labels, those with the lowest average precision are coloured, and the others
    are grey.

    Args:
        evaluation: The evaluation, with a snapshot.
        ax: The axes to draw on. By default, a new figure.
        labels: The labels to show. By default, all labels.
        thresholds: Thresholds to mark, such as tuned ones, in addition to the assumed thresholds.
        max_labels: The highest number of coloured labels. `labels` may name more.

    Returns:
        The axes.

    Raises:
        EvaluationError: The evaluation has no snapshot.
        KeyError: The model does not have one of the labels.
        TypeError: `evaluation` is not an Evaluation, `ax` is not an Axes, or `labels` is a string.
        ValueError: `labels` is empty, or `max_labels` is less than 1.
    """
    return _plot(_F1_OVER_THRESHOLD, evaluation, ax, labels, thresholds=thresholds, max_labels=max_labels)


@dataclass(frozen=True)
class _View:
    """The quantities on both axes. `curve` and `mark` return the coordinates of a label, `band` those of intervals."""

    name: str
    xlabel: str
    ylabel: str
    curve: Callable[[LabelCurve], _Points]
    mark: Callable[[LabelMetrics], _Point | None]
    band: Callable[[Sequence[CurvePoint]], _Band] | None = None


def _point(x: float | None, y: float | None) -> _Point | None:
    return None if x is None or y is None else (x, y)


def _precision_over_recall(curve: LabelCurve) -> _Points:
    """Return steps: the precision of a point is valid from the recall of the previous point to its own recall."""
    first = curve.points[0].precision
    return [0.0, *(point.recall for point in curve.points)], [first, *(point.precision for point in curve.points)]


def _f1_over_threshold(curve: LabelCurve) -> _Points:
    """Return steps: the score of a point is valid from the next lower threshold to its own threshold."""
    rising = curve.points[::-1]
    thresholds, scores = [point.threshold for point in rising], [point.f1_score for point in rising]
    return [curve.lowest_supported, *thresholds, 1.0], [scores[0], *scores, scores[-1] if thresholds[-1] == 1 else 0.0]


def _f1_intervals(points: Sequence[CurvePoint]) -> _Band:
    known = [(point.threshold, point.f1_interval) for point in points[::-1] if point.f1_interval is not None]
    return (
        [threshold for threshold, _ in known],
        [interval.low for _, interval in known],
        [interval.high for _, interval in known],
    )


def _draw_band(ax: Axes, band: _Band, colour: str) -> None:
    ax.fill_between(*band, step="pre", color=colour, alpha=0.15, linewidth=0, zorder=1)


_PRECISION_OVER_RECALL = _View(
    "Precision and recall",
    "recall (share of the true labels that are found)",
    "precision (share of the found labels that are true)",
    _precision_over_recall,
    lambda metrics: _point(metrics.recall, metrics.precision),
)
_F1_OVER_THRESHOLD = _View(
    "F1 score by threshold",
    "threshold (confidence, 0 to 1)",
    "F1 score (0 to 1)",
    _f1_over_threshold,
    lambda metrics: _point(metrics.threshold or 0.0, metrics.f1_score),
    _f1_intervals,
)


def _plot(
    view: _View,
    evaluation: Evaluation,
    ax: Axes | None,
    labels: Iterable[str] | None,
    *,
    thresholds: Thresholds | TunedThresholds | None,
    max_labels: int,
) -> Axes:
    arguments.check_evaluation(evaluation)
    curves = evaluation.curves()
    chosen = arguments.check_labels(labels, curves, max_labels)
    if chosen is None:
        ranked = _ranked(curves.values(), max_labels)
        shown, others = ranked[:max_labels], ranked[max_labels:]
    else:
        shown, others = [curves[label] for label in chosen], ()
    metrics = [evaluation.recompute()]
    if thresholds is not None:
        metrics.append(evaluation.recompute(arguments.plain_thresholds(thresholds)))
    plot = Plot(ax)
    bands: list[str] = []
    if curves:
        _set_up(plot, view)
        _draw(plot.axes, view, shown, others, metrics)
        if view.band is not None and len(shown) <= _MAX_BANDS:
            bands = ["Bands are 95 % confidence intervals"]
            for place, curve in enumerate(shown):
                points = evaluation.curve(curve.label, confidence=DEFAULT_CONFIDENCE).points
                _draw_band(plot.axes, view.band(points), _style(place)["color"])
        plot.legend_beside(_legend(plot, shown, others, metrics), gap=4 * FONT_SIZE)
    else:
        plot.write_empty("The summary contains no labels")
    scope = arguments.labels_phrase(len(shown) + len(others), len(curves))
    return plot.finish(
        f"{view.name} · {arguments.version_name(evaluation)}",
        [
            f"{scope}, {arguments.images_phrase(evaluation.testing_images)}",
            *_greyed(shown, others),
            *bands,
            *_unsupported(evaluation, shown),
        ],
        warning=arguments.differing_phrase(evaluation, [curve.label for curve in (*shown, *others)]),
    )


def _unsupported(evaluation: Evaluation, shown: Sequence[LabelCurve]) -> Iterable[str]:
    """Yield a note on the labels without wrong predictions below their assumed thresholds."""
    cut = [
        f"{curve.lowest_supported:.3f}"
        for curve in shown
        if curve.lowest_supported and evaluation.labels[curve.label].threshold == curve.lowest_supported
    ]
    if cut:
        limits = cut[0] if len(cut) == 1 else f"{min(cut)} to {max(cut)}, by label"
        yield (
            f"The snapshot has no wrong predictions of {len(cut)} label{'s' if len(cut) > 1 else ''} below the assumed "
            f"threshold ({limits}), so curves begin there"
        )


def _ranked(curves: Iterable[LabelCurve], max_labels: int) -> Sequence[LabelCurve]:
    """Return few curves in their order, and many with the lowest average precision first."""
    known = list(curves)
    if len(known) > max_labels:
        known.sort(key=lambda curve: (curve.average_precision is None, curve.average_precision or 0.0))
    return known


def _greyed(shown: Sequence[LabelCurve], others: Sequence[LabelCurve]) -> Iterable[str]:
    if others:
        untested = sum(1 for curve in others if not curve.testing_images)
        without_images = f", {untested} of them without test images" if untested else ""
        yield (
            f"The {len(shown)} labels with the lowest average precision are coloured; the other {len(others)} are "
            f"grey{without_images}"
        )


def _set_up(plot: Plot, view: _View) -> None:
    ax = plot.axes
    ax.set(xlim=(0, 1), ylim=(0, 1.02), xticks=TICKS, yticks=TICKS)
    # given axes may be shorter than an explanation in brackets
    shown = (name if plot.is_new else name.partition(" (")[0] for name in (view.xlabel, view.ylabel))
    ax.set_xlabel(next(shown), fontsize=FONT_SIZE)
    ax.set_ylabel(next(shown), fontsize=FONT_SIZE)
    ax.tick_params(labelsize=FONT_SIZE)
    ax.grid(visible=True, color=MUTED, alpha=0.2, linewidth=0.6)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _draw(
    ax: Axes, view: _View, shown: Sequence[LabelCurve], others: Sequence[LabelCurve], metrics: Sequence[ModelMetrics]
) -> None:
    alpha = max(0.06, min(0.4, 12 / max(len(others), 1)))
    for curve in others:
        if curve.points:
            ax.plot(*view.curve(curve), **_CURVE, **_GREY_CURVE, alpha=alpha, zorder=1)
    for place, curve in enumerate(shown):
        style = _style(place)
        if curve.points:
            ax.plot(*view.curve(curve), **_CURVE, **style, zorder=2)
        for of_label, mark in zip((each.labels[curve.label] for each in metrics), _MARKS, strict=False):
            if (at := view.mark(of_label)) is not None:
                ax.plot(*at, **mark, color=style["color"], zorder=4, clip_on=False)


def _style(place: int) -> dict[str, Any]:
    return {
        "color": _COLOURS[place % len(_COLOURS)],
        "linestyle": _DASHES[place % len(_DASHES)],
        "linewidth": 1.7 + 0.8 * (place // (len(_COLOURS) * len(_DASHES))),
    }


def _legend(
    plot: Plot, shown: Sequence[LabelCurve], others: Sequence[LabelCurve], metrics: Sequence[ModelMetrics]
) -> Sequence[tuple[Artist, str, str]]:
    names = plot.names((curve.label for curve in shown), share=0.25)
    arrow = " \N{RIGHTWARDS ARROW} " if is_drawable("\N{RIGHTWARDS ARROW}") else " to "
    entries: list[tuple[Artist, str, str]] = []
    for place, curve in enumerate(shown):
        name = f"{names[curve.label]} ({curve.testing_images:,})"
        line = Line2D([], [], **_style(place))
        if not curve.testing_images:
            text = f"{name}: no test images"
            entries.append((hatched_patch(), text, text))
        elif not curve.points:
            entries.append((line, f"{name}: never predicted", f"{name}: never predicted"))
        else:
            at = arrow.join(_threshold_text(each.labels[curve.label].threshold) for each in metrics)
            area = "?" if curve.average_precision is None else f"{curve.average_precision:.2f}"
            entries.append((line, f"{name}: AP {area}, threshold {at}", name))
    common: list[tuple[Artist, str]] = []
    if others:
        common.append((Line2D([], [], alpha=0.5, **_GREY_CURVE), f"{len(others):,} other labels"))
    for _, mark, text in zip(metrics, _MARKS, ("assumed threshold", "threshold given"), strict=False):
        common.append((Line2D([], [], color=foreground(), **mark), text))
    return [*entries, *((artist, text, text) for artist, text in common)]


def _threshold_text(threshold: float | None) -> str:
    return "none" if threshold is None else f"{threshold:.2f}"
