# pyright: reportUnknownMemberType=false
# (matplotlib's types leave keyword arguments open)
"""A plot that compares two versions label by label."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rekog_versions._colours import BLUE, MUTED, VERMILLION
from rekog_versions._plotting.plot import ROW_HEIGHT, TICKS, WIDTH, Plot
from rekog_versions.evaluation.comparison import Comparison, LabelChange
from rekog_versions.evaluation.plots import _arguments as arguments
from rekog_versions.evaluation.summary import LabelEvaluation

_MAX_LABELS = 40
_TOLERANCE = 1e-9
_OLD: dict[str, Any] = {
    "marker": "o",
    "markersize": 6,
    "markerfacecolor": "white",
    "markeredgecolor": MUTED,
    "markeredgewidth": 1.5,
    "linestyle": "none",
}
_NEW: dict[str, Any] = {"markersize": 7, "linestyle": "none"}
_BETTER, _WORSE, _SAME = (">", BLUE), ("<", VERMILLION), ("D", MUTED)


def plot_comparison(
    comparison: Comparison,
    ax: Axes | None = None,
    *,
    labels: Iterable[str] | None = None,
    max_labels: int = _MAX_LABELS,
) -> Axes:
    """Draw the F1 score of each label in both versions, with the largest drop at the top.

    A circle is the old version, and a triangle is the new version. The triangle is blue and points right where the
    score rose. It is red and points left where the score fell. A star after the change means that chance does not
    explain it (a paired test on the same images, corrected for the number of labels). A label that cannot be compared
    says why. If there are
    more labels than rows, the labels that changed most are shown, and the last row sums up the others. A warning is
    above the axes if the versions were not tested on the same images.

    Args:
        comparison: The result of `compare(old, new)`.
        ax: The axes to draw on. By default, a new figure is as high as the labels need.
        labels: The labels to show. By default, all labels.
        max_labels: The highest number of rows. Given axes have no more rows than fit.

    Returns:
        The axes.

    Raises:
        KeyError: Neither version has one of the labels.
        TypeError: `comparison` is not a Comparison, `ax` is not an Axes, or `labels` is a string.
        ValueError: `labels` is empty, or `max_labels` is less than 1.
    """
    arguments.check_comparison(comparison)
    chosen = arguments.check_labels(labels, comparison.labels, max_labels)
    plot = Plot(ax)
    wanted = [comparison.labels[label] for label in chosen or comparison.labels]
    max_rows = plot.max_rows(max_labels if chosen is None else max(len(chosen), max_labels))
    shown, others = _ranked(wanted, max_rows)
    old, new = arguments.version_name(comparison.old), arguments.version_name(comparison.new)
    if wanted:
        texts = plot.names(change.label for change in shown)
        names = [*texts.values(), *([f"{len(others):,} other labels"] if others else ())]
        plot.set_size(WIDTH, ROW_HEIGHT * len(names))
        plot.set_rows(names, range(len(names)), len(names) - 0.4, "F1 score (0 to 1)  ·  on the right: its change")
        plot.axes.set_xticks(TICKS)
        _draw(plot, shown, others)
        plot.legend_above(_legend(old, new))
    else:
        plot.write_empty("Neither summary contains labels")
    return plot.finish(
        f"F1 score by label, {new} compared with {old}",
        [
            f"{arguments.labels_phrase(len(wanted), len(comparison.labels))}, {_tested(comparison)}",
            _mean(comparison),
            _significance(comparison),
        ],
        warning=_warning(comparison),
    )


def _ranked(wanted: Iterable[LabelChange], max_rows: int) -> tuple[Sequence[LabelChange], Sequence[LabelChange]]:
    """Return the changes with a row, the largest drop first, and the other changes, which are the smallest."""
    by_size = sorted(wanted, key=lambda change: -abs(change.f1_score or 0.0))
    # a label that only one version has matters too; a label that neither version was tested on comes last
    by_size.sort(key=lambda change: not (change.f1_score or change.is_added or change.is_removed))
    rows = len(by_size) if len(by_size) <= max_rows else max_rows - 1
    shown = sorted(by_size[:rows], key=lambda change: (change.f1_score is None, change.f1_score or 0.0))
    return shown, by_size[rows:]


def _tested(comparison: Comparison) -> str:
    old, new = (arguments.images_phrase(version.testing_images) for version in (comparison.old, comparison.new))
    return f"the same {new}" if comparison.same_test_set else f"{old} before, {new} now"


def _mean(comparison: Comparison) -> str:
    old, new = comparison.old.f1_score, comparison.new.f1_score
    if comparison.f1_score is None or old is None or new is None:
        return "The change of the mean F1 score is not known"
    test = comparison.f1_test
    limits = f"{_signed(comparison.f1_score, 3)}"
    if test is not None:
        limits += f", {test.interval.level} interval {_signed(test.interval.low)} to {_signed(test.interval.high)}"
    return f"Mean F1 of all labels {old:.3f} before, {new:.3f} now ({limits})"


def _significance(comparison: Comparison) -> str:
    tested = [change.f1_test for change in comparison.labels.values() if change.f1_test is not None]
    if not tested:
        return "Not tested: chance may explain all changes"
    found = sum(1 for test in tested if test.is_significant)
    return f"* Chance does not explain the change of {found} of {len(tested)} labels (paired test, Holm)"


def _warning(comparison: Comparison) -> str:
    if comparison.same_test_set is None:
        return "It is not known whether both versions were tested on the same images"
    return "" if comparison.same_test_set else "NOT tested on the same images: the images may cause the difference"


def _signed(change: float, digits: int = 2) -> str:
    return f"{change:+.{digits}f}".replace("-", "\N{MINUS SIGN}")


def _draw(plot: Plot, shown: Sequence[LabelChange], others: Sequence[LabelChange]) -> None:
    plot.axes.set_xlim(-0.02, 1.02)
    for row, change in enumerate(shown):
        _draw_label(plot, row, change)
    if others:
        row = len(shown)
        plot.axes.axhline(row - 0.5, color=MUTED, linewidth=0.6)
        plot.write(0.5, row, "; ".join(_summed_up(others)))


def _draw_label(plot: Plot, row: int, change: LabelChange) -> None:
    ax = plot.axes
    before = None if change.old is None else change.old.f1_score
    after = None if change.new is None else change.new.f1_score
    marker, colour = _SAME
    if before is None or after is None:
        plot.hatch(0, row - 0.35, 1, 0.7)
        known = before if before is not None else after
        # on the side where the mark of the known score is not
        x = 0.5 if known is None else 0.25 if known > 0.5 else 0.75  # noqa: PLR2004
        plot.write(x, row, _why_not_compared(change))
    else:
        rise = after - before
        marker, colour = _BETTER if rise > _TOLERANCE else _WORSE if rise < -_TOLERANCE else _SAME
        ax.plot([before, after], [row, row], color=colour, linewidth=2.2, solid_capstyle="butt", zorder=2)
        is_significant = change.f1_test is not None and change.f1_test.is_significant
        plot.write_right_of(row, _signed(rise) + (" *" if is_significant else ""))
    if before is not None:
        ax.plot(before, row, **_OLD, zorder=3, clip_on=False)
    if after is not None:
        ax.plot(after, row, marker=marker, color=colour, **_NEW, zorder=4, clip_on=False)


def _why_not_compared(change: LabelChange) -> str:
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


def _summed_up(others: Sequence[LabelChange]) -> Iterator[str]:
    changes = [change.f1_score for change in others if change.f1_score is not None]
    if changes:
        low, high = _signed(min(changes)), _signed(max(changes))
        yield f"F1 changed by {low} to {high}" if low != high else f"F1 changed by {low} each"
    if len(changes) < len(others):
        yield f"{len(others) - len(changes)} cannot be compared"


def _legend(old: str, new: str) -> Sequence[tuple[Artist, str]]:
    kinds = ((_BETTER, f"{new}, better"), (_WORSE, "worse"), (_SAME, "same"))
    marks = [(Line2D([], [], marker=marker, color=colour, **_NEW), text) for (marker, colour), text in kinds]
    return [(Line2D([], [], **_OLD), old), *marks]
