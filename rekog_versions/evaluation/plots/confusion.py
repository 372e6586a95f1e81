# pyright: reportUnknownMemberType=false
# (matplotlib's types leave keyword arguments open)
"""A plot of the confusion matrix as a heat map."""

import math
from collections.abc import Iterable, Sequence

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm

from rekog_versions._colours import readable_on
from rekog_versions._plotting.plot import FONT_SIZE, LINE_HEIGHT, Plot
from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation.confusion_matrix import ConfusionMatrix
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.plots import _arguments as arguments
from rekog_versions.evaluation.tuning import TunedThresholds
from rekog_versions.models.thresholds import Thresholds

_MAX_LABELS = 40
_MAX_LABELS_WITH_NUMBERS = 15
_MIN_FONT_SIZE = 5.0
# the share of given axes that remains when names, title and colour bar have their place: usual, and in the worst case
_USUAL_SHARE, _LOWEST_SHARE = 0.55, 0.35
_COLOURS = "cividis"
_NORM = PowerNorm(0.5, 0, 1)  # makes small confusions visible
_BAR_TICKS = (0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1)
_TOLERANCE = 1e-6
_Rows = Sequence[Sequence[float | None]]


def plot_confusion_matrix(
    evaluation: Evaluation,
    ax: Axes | None = None,
    *,
    labels: Iterable[str] | None = None,
    thresholds: Thresholds | TunedThresholds | None = None,
    max_labels: int = _MAX_LABELS,
) -> Axes:
    """Draw which labels were predicted for the test images of each label, as shares of these images.

    A row is a true label with the number of its test images, and a column is a predicted label. With up to 15 labels,
    the cells contain percentages. The colours follow the square root of the share, so that small confusions are
    visible. Labels without test images are hatched. If there are more than `max_labels` labels, those with the largest
    confusions are shown, and a note says what is left out.

    Args:
        evaluation: The evaluation of a model for image-level labels.
        ax: The axes to draw on. The colour bar takes part of their space. By default, a new figure fits the labels.
        labels: The labels to show, in this order. By default, all labels or the most confused labels.
        thresholds: The thresholds at which the snapshot is counted. By default, the assumed thresholds.
        max_labels: The highest number of labels. `labels` may name more.

    Returns:
        The axes.

    Raises:
        EvaluationError: The evaluation has no confusion matrix, for example because the model locates objects. Or
            `thresholds` are given, and the evaluation has no snapshot.
        KeyError: The model does not have one of the labels.
        TypeError: `evaluation` is not an Evaluation, `ax` is not an Axes, or `labels` is a string.
        ValueError: `labels` is empty, or `max_labels` is less than 1.
    """
    arguments.check_evaluation(evaluation)
    matrix = _matrix(evaluation, thresholds)
    known = list(dict.fromkeys([*matrix.labels, *evaluation.labels]))
    chosen = arguments.check_labels(labels, known, max_labels)
    shown = chosen if chosen is not None else _most_confused(matrix, known, max_labels)
    plot = Plot(ax)
    notes: Sequence[str] = ()
    if shown:
        cell = 0.62 if len(shown) <= _MAX_LABELS_WITH_NUMBERS else 0.22  # inches
        side = min(max(cell * len(shown), 3.2), 20)
        plot.set_size(side, side)
        notes = _name(plot, evaluation, shown)
        _draw(plot, matrix, shown)
    else:
        plot.write_empty("The summary contains no labels")
    scope = arguments.labels_phrase(len(shown), len(known))
    at = "assumed thresholds" if thresholds is None else "the thresholds given"
    return plot.finish(
        f"Confusion matrix · {arguments.version_name(evaluation)}",
        [
            f"{scope}, {arguments.images_phrase(evaluation.testing_images)}, at {at}",
            *_left_out(matrix, shown, known, is_chosen=chosen is not None),
            *_large_sums(matrix),
            *notes,
        ],
    )


def _matrix(evaluation: Evaluation, thresholds: Thresholds | TunedThresholds | None) -> ConfusionMatrix:
    matrix = (
        evaluation.confusion_matrix
        if thresholds is None
        else evaluation.confusion_matrix_at(arguments.plain_thresholds(thresholds))
    )
    if matrix is not None:
        return matrix
    reason = (
        "the model locates objects"
        if evaluation.average_precision is not None
        else "the training summary does not contain one"
    )
    raise EvaluationError(
        f"the evaluation has no confusion matrix to plot: {reason}. Use plot_f1_by_label() or plot_precision_recall(), "
        "which support every model, or evaluation.most_confused(), which finds confused objects in the snapshot."
    )


def _most_confused(matrix: ConfusionMatrix, known: Sequence[str], max_labels: int) -> Sequence[str]:
    """Return the labels with the largest confusions, then those that were found least, in their original order."""
    if len(known) <= max_labels:
        return known
    wanted: set[str] = set()
    for pair in matrix.most_confused(len(known) ** 2):
        more = wanted | {pair.truth, pair.predicted}
        if len(more) > max_labels:
            break
        wanted = more
    tested = sorted(matrix.labels, key=lambda label: matrix.value(label, label) or 0.0)
    rest = [label for label in dict.fromkeys([*tested, *known]) if label not in wanted]
    wanted.update(rest[: max_labels - len(wanted)])
    return [label for label in known if label in wanted]


def _left_out(matrix: ConfusionMatrix, shown: Sequence[str], known: Sequence[str], *, is_chosen: bool) -> Iterable[str]:
    missing = set(known) - set(shown)
    if not missing:
        return
    pairs = matrix.most_confused(len(known) ** 2)
    largest = next((pair.share for pair in pairs if {pair.truth, pair.predicted} & missing), 0.0)
    which = "the chosen labels" if is_chosen else "the labels with the largest confusions"
    yield f"Shown are {which}. The largest confusion of the other {len(missing)} is {_percent(largest)}"


def _large_sums(matrix: ConfusionMatrix) -> Iterable[str]:
    if any(math.fsum(value or 0.0 for value in row) > 1 + _TOLERANCE for row in matrix.rows()):
        yield "Rows can sum to more than 100%, because an image can have several true or predicted labels"


def _percent(share: float) -> str:
    """Return a percentage that is 0% or 100% only if the share is exactly 0 or 1."""
    rounded = f"{share:.0%}"
    if rounded == "0%" and share > 0:
        return "<1%"
    return ">99%" if rounded == "100%" and share < 1 else rounded


def _name(plot: Plot, evaluation: Evaluation, labels: Sequence[str]) -> Sequence[str]:
    """Name as many rows and columns as fit, and return a note about the others."""
    ax = plot.axes
    side = min(plot.points) * (1 if plot.is_new else _LOWEST_SHARE)
    step = max(1, math.ceil(len(labels) * LINE_HEIGHT / side - _TOLERANCE))
    places = range(0, len(labels), step)
    texts = plot.names(labels, share=0.25)
    tested = {label: evaluation.labels[label].testing_images for label in labels if label in evaluation.labels}
    rows = [f"{texts[labels[place]]} ({arguments.count_text(tested.get(labels[place]))})" for place in places]
    columns = [texts[labels[place]] for place in places]
    plot.set_ticks("y", places, rows)
    fits = plot.text_width(columns) <= side / len(labels) * step
    plot.set_ticks("x", places, columns, rotation=0 if fits else 90)
    ax.tick_params(length=0 if step == 1 else 3)
    ax.set_ylabel("true label (its test images)", fontsize=FONT_SIZE)
    ax.set_xlabel("predicted label", fontsize=FONT_SIZE)
    return [f"One of every {step} rows and columns is named"] if step > 1 else []


def _draw(plot: Plot, matrix: ConfusionMatrix, labels: Sequence[str]) -> None:
    ax, rows = plot.axes, _rows(matrix, labels)
    values = [[math.nan if value is None else value for value in row] for row in rows]
    # the axes of a new figure are square anyway
    image = ax.imshow(
        values, cmap=_COLOURS, norm=_NORM, interpolation="nearest", aspect="auto" if plot.is_new else "equal"
    )
    ax.set_anchor("W")  # the texts above begin at the left edge and may be wider than a square
    for spine in ax.spines.values():
        spine.set_visible(False)
    for row, shares in enumerate(rows):
        for column, share in enumerate(shares):
            if share is None:
                plot.hatch(column - 0.5, row - 0.5, 1, 1)
        if labels[row] not in matrix.labels and len(labels) <= _MAX_LABELS:
            plot.write((len(labels) - 1) / 2, row, "no test images")
    _write_numbers(plot, rows)
    bar_axes = ax.inset_axes((1.03, 0.0, 0.04, 1.0))
    bar = ax.figure.colorbar(image, cax=bar_axes, ticks=_BAR_TICKS)
    bar_axes.set_yticks(_BAR_TICKS, [f"{tick:.0%}" for tick in _BAR_TICKS], fontsize=FONT_SIZE)
    bar.set_label("share of the true label's test images" if plot.is_new else "share of the images", fontsize=FONT_SIZE)


def _rows(matrix: ConfusionMatrix, labels: Sequence[str]) -> _Rows:
    place = {label: number for number, label in enumerate(matrix.labels)}
    rows = matrix.rows()
    return [
        [
            rows[place[truth]][place[predicted]] if truth in place and predicted in place else None
            for predicted in labels
        ]
        for truth in labels
    ]


def _write_numbers(plot: Plot, rows: _Rows) -> None:
    """Write the shares into the cells if they are large enough."""
    side = min(plot.points) * (1 if plot.is_new else _USUAL_SHARE)
    size = min(FONT_SIZE + 1, side / len(rows) / 3)
    if len(rows) > _MAX_LABELS_WITH_NUMBERS or size < _MIN_FONT_SIZE:
        return
    for row, shares in enumerate(rows):
        for column, share in enumerate(shares):
            if share is not None:
                colour = readable_on(colormaps[_COLOURS](_NORM(share)))
                plot.axes.text(column, row, _percent(share), ha="center", va="center", fontsize=size, color=colour)
