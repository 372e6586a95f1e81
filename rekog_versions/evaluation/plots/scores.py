# pyright: reportUnknownMemberType=false
# (matplotlib's types leave keyword arguments open)
"""A plot of F1 score, precision and recall for each label."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from rekog_versions._colours import BLUE, MUTED, ORANGE, SKY
from rekog_versions._plotting.plot import FONT_SIZE, ROW_HEIGHT, TICKS, WIDTH, Plot, foreground
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.intervals import DEFAULT_CONFIDENCE, Interval
from rekog_versions.evaluation.metrics import LabelMetrics
from rekog_versions.evaluation.plots import _arguments as arguments
from rekog_versions.evaluation.summary import LabelEvaluation
from rekog_versions.evaluation.tuning import TunedThresholds
from rekog_versions.models.thresholds import Thresholds

_MAX_LABELS = 40
_HISTOGRAM_ROWS = 3
_BINS = 20
_MEAN_LINE: dict[str, Any] = {"linestyle": (0, (4, 2)), "linewidth": 1.1}
_MARKER: dict[str, Any] = {"markeredgecolor": "black", "markersize": 4.5, "linestyle": "none"}
_PRECISION: dict[str, Any] = {**_MARKER, "marker": ">", "markerfacecolor": ORANGE}
_RECALL: dict[str, Any] = {**_MARKER, "marker": "o", "markerfacecolor": "white"}
_INTERVAL: dict[str, Any] = {"linewidth": 1.2, "marker": "|", "markersize": 5}
_Label = LabelEvaluation | LabelMetrics


def plot_f1_by_label(
    evaluation: Evaluation,
    ax: Axes | None = None,
    *,
    labels: Iterable[str] | None = None,
    thresholds: Thresholds | TunedThresholds | None = None,
    max_labels: int = _MAX_LABELS,
    confidence: float = DEFAULT_CONFIDENCE,
) -> Axes:
    """Draw F1 score, precision and recall of each label, with the lowest F1 score at the top.

    A line across the end of a bar is the confidence interval of the F1 score. The number of test images is behind each
    label. The row of a label without test images, or whose threshold the snapshot does not support, is hatched. If
    there are more labels than rows, a histogram at the bottom shows the F1 scores of the other labels.

    Args:
        evaluation: The evaluation, of a model for image-level labels or for objects.
        ax: The axes to draw on. By default, a new figure is as high as the labels need.
        labels: The labels to show. By default, all labels.
        thresholds: The thresholds at which the snapshot is counted. By default, the assumed thresholds.
        max_labels: The highest number of rows. Given axes have no more rows than fit.
        confidence: The confidence of the intervals, between 0 and 1.

    Returns:
        The axes.

    Raises:
        EvaluationError: `thresholds` are given, and the evaluation has no snapshot.
        KeyError: The model does not have one of the labels.
        TypeError: `evaluation` is not an Evaluation, `ax` is not an Axes, or `labels` is a string.
        ValueError: `labels` is empty, `max_labels` is less than 1, or `confidence` is not between 0 and 1.
    """
    arguments.check_evaluation(evaluation)
    chosen = arguments.check_labels(labels, evaluation.labels, max_labels)
    measured: Mapping[str, _Label] = evaluation.labels
    mean = evaluation.f1_score
    limits = {label: found.f1_score for label, found in evaluation.intervals(confidence).labels.items()}
    if thresholds is not None:
        recomputed = evaluation.recompute(arguments.plain_thresholds(thresholds), confidence=confidence)
        measured, mean = recomputed.labels, recomputed.f1_score
        limits = {label: found.f1_interval for label, found in recomputed.labels.items()}
    plot = Plot(ax)
    wanted = [measured[label] for label in chosen or measured]
    max_rows = plot.max_rows(max_labels if chosen is None else max(len(chosen), max_labels))
    shown, others = _ranked(wanted, max_rows)
    if wanted:
        plot.set_size(WIDTH, ROW_HEIGHT * (len(shown) + (_HISTOGRAM_ROWS if others else 0)))
        _name_rows(plot, shown, others)
        _draw(plot, shown, others, mean)
        drawn = [limits[label.label] for label in shown]
        _draw_intervals(plot, drawn)
        plot.legend_above(_legend(others, mean, next((limit for limit in drawn if limit is not None), None)))
    else:
        plot.write_empty("The summary contains no labels")
    scope = arguments.labels_phrase(len(wanted), len(measured))
    at = "assumed thresholds" if thresholds is None else "the thresholds given"
    return plot.finish(
        f"F1 score by label · {arguments.version_name(evaluation)}",
        [f"{scope}, {arguments.images_phrase(evaluation.testing_images)}, at {at}", *_left_out(shown, others)],
        warning=arguments.differing_phrase(evaluation, [label.label for label in wanted]),
    )


def _ranked(labels: Iterable[_Label], max_rows: int) -> tuple[Sequence[_Label], Sequence[_Label]]:
    """Return the labels with a row, the lowest F1 score first, and the labels that the histogram counts."""
    ranked = sorted(labels, key=lambda label: (label.f1_score is None, label.f1_score or 0.0))
    rows = len(ranked) if len(ranked) <= max_rows else max(1, max_rows - _HISTOGRAM_ROWS)
    return ranked[:rows], ranked[rows:]


def _left_out(shown: Sequence[_Label], others: Sequence[_Label]) -> Iterator[str]:
    if not others:
        return
    scores = [label.f1_score for label in others if label.f1_score is not None]
    facts = [f"F1 {min(scores):.2f} to {max(scores):.2f}"] if scores else []
    if untested := len(others) - len(scores):
        facts.append(f"{untested} without test images")
    yield (
        f"The {len(shown)} labels with the lowest F1 score have rows; the histogram below counts the other "
        f"{len(others)} ({', '.join(facts)})"
    )


def _name_rows(plot: Plot, shown: Sequence[_Label], others: Sequence[_Label]) -> None:
    texts = plot.names((label.label for label in shown), reserved=5)
    names = [f"{texts[label.label]} ({arguments.count_text(label.testing_images)})" for label in shown]
    places: list[float] = list(range(len(names)))
    bottom = len(names) - 0.5
    if others:
        names.append(f"{len(others):,} other labels")
        places.append(bottom + _HISTOGRAM_ROWS / 2)
        bottom += _HISTOGRAM_ROWS
    plot.set_rows(names, places, bottom, "score (0 to 1)  ·  in brackets: test images of the label")
    plot.axes.set_xticks(TICKS)
    plot.axes.set_xlim(0, 1)


def _draw(plot: Plot, shown: Sequence[_Label], others: Sequence[_Label], mean: float | None) -> None:
    ax = plot.axes
    for row, label in enumerate(shown):
        if label.f1_score is None:
            plot.hatch(0, row - 0.35, 1, 0.7)
            plot.write(0.5, row, _why_unknown(label))
            continue
        ax.barh(row, label.f1_score, height=0.7, color=BLUE, alpha=0.85, linewidth=0)
        plot.write_right_of(row, f"{label.f1_score:.2f}")
        for value, style, offset in ((label.precision, _PRECISION, -0.17), (label.recall, _RECALL, 0.17)):
            if value is not None:
                ax.plot(value, row + offset, **style, clip_on=False, zorder=3)
    if others:
        _draw_histogram(ax, others, len(shown) - 0.5)
    if mean is not None:
        ax.axvline(mean, color=foreground(), **_MEAN_LINE)


def _why_unknown(label: _Label) -> str:
    if label.testing_images == 0:
        return "no test images"
    is_counted = isinstance(label, LabelMetrics)
    return "not supported by the snapshot" if is_counted else "no F1 score in the summary"


def _draw_intervals(plot: Plot, limits: Sequence[Interval | None]) -> None:
    for row, limit in enumerate(limits):
        if limit is not None:
            plot.axes.plot([limit.low, limit.high], [row, row], **_INTERVAL, color=foreground(), zorder=2.5)


def _draw_histogram(ax: Axes, labels: Sequence[_Label], top: float) -> None:
    bins = (min(int(label.f1_score * _BINS + 1e-9), _BINS - 1) for label in labels if label.f1_score is not None)
    counts = Counter(bins)
    bottom, full_height = top + _HISTOGRAM_ROWS, _HISTOGRAM_ROWS - 1.0
    for place, count in counts.items():
        height = max(full_height * count / max(counts.values()), 0.06)
        x = (place + 0.5) / _BINS
        ax.bar(x, -height, 0.9 / _BINS, bottom, color=SKY, edgecolor=BLUE, linewidth=0.6)
        box = {"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 0.5}
        ax.text(x, bottom - height, f"{count}", ha="center", va="bottom", fontsize=FONT_SIZE - 2, bbox=box, zorder=4)
    ax.axhline(top, color=MUTED, linewidth=0.6)


def _legend(others: Sequence[_Label], mean: float | None, interval: Interval | None) -> Sequence[tuple[Artist, str]]:
    entries: list[tuple[Artist, str]] = [
        (Patch(color=BLUE, alpha=0.85), "F1 score"),
        (Line2D([], [], **_PRECISION), "precision"),
        (Line2D([], [], **_RECALL), "recall"),
    ]
    if interval is not None:
        entries.append((Line2D([], [], color=foreground(), **_INTERVAL), f"{interval.level} interval"))
    if mean is not None:
        entries.append((Line2D([], [], color=foreground(), **_MEAN_LINE), f"mean F1 {mean:.2f}"))
    if others:
        entries.append((Patch(facecolor=SKY, edgecolor=BLUE), "other labels"))
    return entries
