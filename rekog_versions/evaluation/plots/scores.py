# pyright: reportUnknownMemberType=false
# (matplotlib's types leave keyword arguments open)
"""F1 score, precision and recall label by label."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.metrics import LabelMetrics, Metrics
from rekog_versions.evaluation.plots import _arguments as arguments
from rekog_versions.evaluation.plots import _sheet as sheets
from rekog_versions.evaluation.plots._sheet import BLUE, MUTED, ORANGE, SIZE, SKY, Sheet
from rekog_versions.evaluation.summary import LabelEvaluation
from rekog_versions.evaluation.thresholds import TunedThresholds
from rekog_versions.models.thresholds import Thresholds

_ROW, _WIDE = 0.25, 4.6
_MANY = 40
_OTHERS = 3
"""The height of the histogram of those without a row, in rows."""
_BINS = 20
_Measured = LabelEvaluation | LabelMetrics


@dataclass(frozen=True)
class _Ranking:
    """The labels that are shown, the worst first, and those that are not."""

    shown: Sequence[_Measured]
    others: Sequence[_Measured]

    @classmethod
    def of(cls, measured: Iterable[_Measured], most: int) -> "_Ranking":
        ranked = sorted(measured, key=lambda label: (label.f1_score is None, label.f1_score or 0.0))
        if len(ranked) <= most:
            return cls(ranked, ())
        named = max(1, most - _OTHERS)
        return cls(ranked[:named], ranked[named:])

    @property
    def rows(self) -> int:
        """How many rows that takes."""
        return len(self.shown) + (_OTHERS if self.others else 0)

    def left_out(self) -> Iterator[str]:
        """What the picture must say of the others."""
        if self.others:
            known = [label.f1_score for label in self.others if label.f1_score is not None]
            span = f"F1 {min(known):.2f} to {max(known):.2f}" if known else ""
            unknown = len(self.others) - len(known)
            untested = f"{unknown} without test images" if unknown else ""
            yield (
                f"Of the {len(self.shown)} worst, each has a row; the other {len(self.others)} are counted below "
                f"({', '.join(filter(None, (span, untested)))})"
            )


def plot_f1_by_label(
    evaluation: Evaluation,
    ax: Axes | None = None,
    *,
    labels: Iterable[str] | None = None,
    thresholds: Thresholds | TunedThresholds | None = None,
    max_labels: int = _MANY,
) -> Axes:
    """Draws F1 score, precision and recall of each label, the worst F1 score on top.

    Behind each label stands the number of its test images. Labels without test images have a hatched row. If there are
    more labels than rows, the last row has a line for each of the others, without its name.

    Args:
        evaluation: What to show; of models for image-level labels, or for objects.
        ax: Where to draw; otherwise on a new figure, as high as the labels need.
        labels: Which labels; otherwise all.
        thresholds: At which thresholds, counted from the snapshot; otherwise at the assumed ones.
        max_labels: How many rows there may be. On axes that are given there are no more than they have room for.

    Returns:
        The axes.

    Raises:
        EvaluationError: Thresholds are given, and there is no snapshot.
        KeyError: There is no such label.
        TypeError: `evaluation` is no Evaluation, `ax` no Axes, or `labels` is a string.
        ValueError: `labels` is empty, or `max_labels` is less than 1.
    """
    arguments.check_kind(evaluation, Evaluation, "get_evaluation() or Evaluation.from_files()")
    chosen = arguments.chosen_labels(labels, evaluation.labels)
    most = arguments.check_most(max_labels) if chosen is None else max(len(chosen), max_labels)
    measured, mean = _measured(evaluation, thresholds)
    sheet = Sheet(ax)
    wanted = [measured[label] for label in (chosen or measured)]
    ranking = _Ranking.of(wanted, most if sheet.is_new else min(most, sheet.rows_that_fit))
    room = 0.0
    if wanted:
        sheet.ask_for(_WIDE, _ROW * ranking.rows)
        _name(sheet, ranking)
        _draw(sheet.axes, ranking, mean)
        room = sheet.legend_over(_legend(ranking, mean))
    else:
        sheet.nothing_to_show("There are no labels in the summary")
    at = "assumed thresholds" if thresholds is None else "the thresholds given"
    scope = arguments.scope(len(wanted), len(measured))
    return sheet.finish(
        f"F1 score by label · {sheet.version(evaluation)}",
        [f"{scope}, {arguments.images(evaluation.testing_images)}, at {at}", *ranking.left_out()],
        room=room,
    )


def _name(sheet: Sheet, ranking: _Ranking) -> None:
    """Names the rows."""
    named = sheet.names((label.label for label in ranking.shown), less=5)
    names = [f"{named[label.label]} ({arguments.tested_on(label.testing_images)})" for label in ranking.shown]
    places: list[float] = list(range(len(names)))
    if ranking.others:
        names.append(f"{len(ranking.others):,} other labels")
        places.append(len(ranking.shown) + _OTHERS / 2 - 0.5)
    sheet.rows(names, places, ranking.rows - 0.5)
    sheet.axes.set_xlim(0, 1)
    sheet.axes.set_xlabel("score (0 to 1)  ·  in brackets: test images of the label", fontsize=SIZE)


def _measured(
    evaluation: Evaluation, thresholds: Thresholds | TunedThresholds | None
) -> tuple[Mapping[str, _Measured], float | None]:
    if thresholds is None:
        return evaluation.labels, evaluation.f1_score
    recomputed: Metrics = evaluation.recompute(arguments.plain(thresholds))
    return recomputed.labels, recomputed.f1_score


def _draw(ax: Axes, ranking: _Ranking, mean: float | None) -> None:
    for row, label in enumerate(ranking.shown):
        if label.f1_score is None:
            sheets.hatched(ax, (0, row - 0.35), 1, 0.7)
            why = "no test images" if label.testing_images == 0 else "no F1 score in the summary"
            sheets.remark(ax, 0.5, row, why)
            continue
        ax.barh(row, label.f1_score, height=0.7, color=BLUE, alpha=0.85, linewidth=0)
        sheets.beside(ax, row, f"{label.f1_score:.2f}")
        for value, marker, off in ((label.precision, ">", -0.17), (label.recall, "o", 0.17)):
            if value is not None:
                ax.plot(value, row + off, marker=marker, **_marker(marker), clip_on=False, zorder=3)
    if ranking.others:
        _histogram(ax, ranking.others, len(ranking.shown) - 0.5)
    if mean is not None:
        ax.axvline(mean, color=sheets.foreground(), linestyle=(0, (4, 2)), linewidth=1.1)


def _histogram(ax: Axes, others: Sequence[_Measured], top: float) -> None:
    """How many of the labels that have no row have which F1 score, below a line across the axes."""
    counts = Counter(
        min(int(label.f1_score * _BINS + 1e-9), _BINS - 1) for label in others if label.f1_score is not None
    )
    bottom, highest = top + _OTHERS, _OTHERS - 1.0
    for place, count in counts.items():
        high = max(highest * count / max(counts.values()), 0.06)
        ax.bar((place + 0.5) / _BINS, -high, 0.9 / _BINS, bottom, color=SKY, edgecolor=BLUE, linewidth=0.6)
        ax.text((place + 0.5) / _BINS, bottom - high, str(count), ha="center", va="bottom", fontsize=SIZE - 2)
    ax.axhline(top, color=MUTED, linewidth=0.6)


def _marker(marker: str) -> Mapping[str, Any]:
    filling = ORANGE if marker == ">" else "white"
    return {"markerfacecolor": filling, "markeredgecolor": "black", "markersize": 4.5, "linestyle": "none"}


def _legend(ranking: _Ranking, mean: float | None) -> Sequence[tuple[Any, str]]:
    line = Line2D([], [], color=sheets.foreground(), linestyle=(0, (4, 2)), linewidth=1.1)
    return [
        (Patch(color=BLUE, alpha=0.85), "F1 score"),
        (Line2D([], [], marker=">", **_marker(">")), "precision"),
        (Line2D([], [], marker="o", **_marker("o")), "recall"),
        *([(line, f"mean F1 {mean:.2f}")] if mean is not None else ()),
        *([(Patch(facecolor=SKY, edgecolor=BLUE), "other labels")] if ranking.others else ()),
    ]
