# pyright: reportUnknownMemberType=false
# (matplotlib's types leave keyword arguments open)
"""Two versions beside each other, label by label."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rekog_versions.evaluation.comparison import Comparison, LabelChange
from rekog_versions.evaluation.plots import _arguments as arguments
from rekog_versions.evaluation.plots import _sheet as sheets
from rekog_versions.evaluation.plots._sheet import BLUE, MUTED, SIZE, VERMILLION, Sheet
from rekog_versions.evaluation.summary import LabelEvaluation

_ROW, _WIDE = 0.25, 4.6
_MANY = 40
_SLACK = 1e-9


def plot_comparison(
    comparison: Comparison,
    ax: Axes | None = None,
    *,
    labels: Iterable[str] | None = None,
    max_labels: int = _MANY,
) -> Axes:
    """Draws the F1 score of each label in the old and in the new version, the largest fall on top.

    A circle is the old version, a triangle the new one; it points to the right, in blue, where the score rose, and to
    the left, in red, where it fell. Labels that one version doesn't know, or has no test images of, say so. If there
    are more labels than rows, those that changed most are shown, and the last row says what became of the others. That
    the versions were not tested on the same images stands over it all.

    Args:
        comparison: What `compare(old, new)` gives.
        ax: Where to draw; otherwise on a new figure, as high as the labels need.
        labels: Which labels; otherwise all.
        max_labels: How many rows there may be. On axes that are given there are no more than they have room for.

    Returns:
        The axes.

    Raises:
        KeyError: There is no such label.
        TypeError: `comparison` is no Comparison, `ax` no Axes, or `labels` is a string.
        ValueError: `labels` is empty, or `max_labels` is less than 1.
    """
    arguments.check_kind(comparison, Comparison, "compare(old, new)")
    chosen = arguments.chosen_labels(labels, comparison.labels)
    most = arguments.check_most(max_labels) if chosen is None else max(len(chosen), max_labels)
    sheet = Sheet(ax)
    wanted = [comparison.labels[label] for label in (chosen or comparison.labels)]
    shown, others = _ranked(wanted, most if sheet.is_new else min(most, sheet.rows_that_fit))
    old, new = sheet.version(comparison.old), sheet.version(comparison.new)
    room = 0.0
    if wanted:
        named = sheet.names(change.label for change in shown)
        names = [*named.values(), *([f"{len(others):,} other labels"] if others else ())]
        sheet.ask_for(_WIDE, _ROW * len(names))
        sheet.rows(names, range(len(names)), len(names) - 0.4)
        _draw(sheet.axes, shown, others)
        room = sheet.legend_over(_legend(old, new))
    else:
        sheet.nothing_to_show("There are no labels in either summary")
    before, now = (arguments.images(version.testing_images) for version in (comparison.old, comparison.new))
    tested = f"the same {now}" if comparison.same_test_set else f"{before} before, {now} now"
    scope = arguments.scope(len(wanted), len(comparison.labels))
    return sheet.finish(
        f"F1 score by label, {new} compared with {old}",
        [f"{scope}, {tested}", _overall(comparison)],
        alarm=_alarm(comparison),
        room=room,
    )


def _ranked(wanted: Sequence[LabelChange], most: int) -> tuple[Sequence[LabelChange], Sequence[LabelChange]]:
    """What is shown, the largest fall first, then what can't be compared; and the rest, which changed least."""
    by_size = sorted(wanted, key=lambda change: -abs(change.f1_score or 0.0))
    # what only one version knows is news as well, and what neither could be measured on is none
    by_size.sort(key=lambda change: not (change.f1_score or change.is_added or change.is_removed))
    shown = by_size if len(by_size) <= most else by_size[: most - 1]
    return sorted(shown, key=_place), by_size[len(shown) :]


def _place(change: LabelChange) -> tuple[bool, float]:
    return change.f1_score is None, change.f1_score or 0.0


def _overall(comparison: Comparison) -> str:
    if comparison.f1_score is None or comparison.old.f1_score is None or comparison.new.f1_score is None:
        return "The change over all labels is not known"
    return (
        f"Mean of all labels {comparison.old.f1_score:.3f} before, {comparison.new.f1_score:.3f} now "
        f"({_signed(comparison.f1_score, 3)})"
    )


def _alarm(comparison: Comparison) -> str:
    if comparison.same_test_set is None:
        return "It is not known if both were tested on the same images"
    return "" if comparison.same_test_set else "NOT tested on the same images: the difference may be the images'"


def _signed(change: float, digits: int = 2) -> str:
    return f"{change:+.{digits}f}".replace("-", "\N{MINUS SIGN}")


def _draw(ax: Axes, shown: Sequence[LabelChange], others: Sequence[LabelChange]) -> None:
    ax.set_xlim(-0.02, 1.02)
    ax.set_xlabel("F1 score (0 to 1)  ·  on the right: its change", fontsize=SIZE)
    for row, change in enumerate(shown):
        _draw_label(ax, row, change)
    if others:
        row = len(shown)
        ax.axhline(row - 0.5, color=MUTED, linewidth=0.6)
        sheets.remark(ax, 0.5, row, "; ".join(_others(others)))


def _draw_label(ax: Axes, row: int, change: LabelChange) -> None:
    before = None if change.old is None else change.old.f1_score
    after = None if change.new is None else change.new.f1_score
    if before is None or after is None:
        sheets.hatched(ax, (0, row - 0.35), 1, 0.7)
        known = before if before is not None else after
        # on the side where its mark isn't
        across = 0.5 if known is None else 0.25 if known > 0.5 else 0.75  # noqa: PLR2004
        sheets.remark(ax, across, row, _why_not(change))
    if before is not None and after is not None:
        rose = after - before
        colour = _colour(rose)
        ax.plot([before, after], [row, row], color=colour, linewidth=2.2, solid_capstyle="butt", zorder=2)
        sheets.beside(ax, row, _signed(rose))
    if before is not None:
        ax.plot(before, row, **_BEFORE, zorder=3, clip_on=False)
    if after is not None:
        rose = 0.0 if before is None else after - before
        marker = ">" if rose > _SLACK else "<" if rose < -_SLACK else "D"
        ax.plot(after, row, marker=marker, markersize=7, color=_colour(rose), linestyle="none", zorder=4, clip_on=False)


_BEFORE: dict[str, Any] = {
    "marker": "o",
    "markersize": 6,
    "markerfacecolor": "white",
    "markeredgecolor": MUTED,
    "markeredgewidth": 1.5,
    "linestyle": "none",
}


def _colour(rose: float) -> str:
    return BLUE if rose > _SLACK else VERMILLION if rose < -_SLACK else MUTED


def _why_not(change: LabelChange) -> str:
    if change.old is None:
        return "only in the new version" + _untested(change.new)
    if change.new is None:
        return "only in the old version" + _untested(change.old)
    missing = [which for which, label in (("old", change.old), ("new", change.new)) if label.f1_score is None]
    if any(label.f1_score is None and label.testing_images != 0 for label in (change.old, change.new)):
        return f"no F1 score in the {' and '.join(missing)} summary"
    return "no test images" if len(missing) > 1 else f"no test images of the {missing[0]} version"


def _untested(label: LabelEvaluation | None) -> str:
    return ", no test images" if label is not None and label.testing_images == 0 else ""


def _others(others: Sequence[LabelChange]) -> Iterator[str]:
    changes = [change.f1_score for change in others if change.f1_score is not None]
    if changes:
        low, high = _signed(min(changes)), _signed(max(changes))
        yield f"F1 changed by {low} to {high}" if low != high else f"F1 changed by {low} each"
    if len(changes) < len(others):
        yield f"{len(others) - len(changes)} can't be compared"


def _legend(old: str, new: str) -> Sequence[tuple[Any, str]]:
    marks = [
        (Line2D([], [], marker=marker, color=colour, markersize=7, linestyle="none"), text)
        for marker, colour, text in (
            (">", BLUE, f"{new}, better"),
            ("<", VERMILLION, "worse"),
            ("D", MUTED, "as before"),
        )
    ]
    return [(Line2D([], [], **_BEFORE), old), *marks]
