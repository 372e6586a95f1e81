# pyright: reportUnknownMemberType=false
# (matplotlib's types leave keyword arguments open)
"""The confusion matrix as a heat map."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm

from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.plots import _arguments as arguments
from rekog_versions.evaluation.plots import _sheet as sheets
from rekog_versions.evaluation.plots._sheet import LINE, SIZE, Sheet
from rekog_versions.evaluation.summary import ConfusionMatrix
from rekog_versions.evaluation.thresholds import TunedThresholds
from rekog_versions.models.thresholds import Thresholds

_MANY = 40
_WITH_NUMBERS = 15  # from more labels on, numbers in the cells would be too small to read
_LEAST_SIZE = 5.0  # points
# of axes that were given, what names, titles and a scale beside them leave: about, and in the worst case
_LEFT, _LEFT_AT_LEAST = 0.55, 0.35
_COLOURS = "cividis"
_SHARES = PowerNorm(0.5, 0, 1)  # small shares beside the diagonal are what one looks for
_SLACK = 1e-6


def plot_confusion_matrix(
    evaluation: Evaluation,
    ax: Axes | None = None,
    *,
    labels: Iterable[str] | None = None,
    thresholds: Thresholds | TunedThresholds | None = None,
    max_labels: int = _MANY,
) -> Axes:
    """Draws which labels were predicted for the test images of which, as shares of these images.

    A row is a true label, with the number of its test images; a column a predicted one. Up to 15 labels, the cells hold
    percentages. The colours follow the square root of the share, so that small confusions are seen. Labels without
    test images are hatched. If there are more labels than may be shown, those with the largest confusions are chosen,
    and the title says what is left out.

    Args:
        evaluation: What to show, of a model for image-level labels.
        ax: Where to draw (the colour bar takes some of its room); otherwise on a new figure that fits the labels.
        labels: Which labels, in this order; otherwise all, or those most confused.
        thresholds: At which thresholds, counted from the snapshot; otherwise at the assumed ones.
        max_labels: How many labels there may be unless they are chosen.

    Returns:
        The axes.

    Raises:
        EvaluationError: The model locates objects, for which there is no confusion matrix, or the summary has none; or
            thresholds are given, and there is no snapshot.
        KeyError: There is no such label.
        TypeError: `evaluation` is no Evaluation, `ax` no Axes, or `labels` is a string.
        ValueError: `labels` is empty, or `max_labels` is less than 1.
    """
    arguments.check_kind(evaluation, Evaluation, "get_evaluation() or Evaluation.from_files()")
    matrix = _matrix(evaluation, thresholds)
    known = list(dict.fromkeys([*matrix.labels, *evaluation.labels]))
    chosen = arguments.chosen_labels(labels, known)
    arguments.check_most(max_labels)
    shown = chosen if chosen is not None else _most_confused(matrix, known, max_labels)
    sheet = Sheet(ax)
    tested = {label: evaluation.labels[label].testing_images for label in shown if label in evaluation.labels}
    picture = _Picture(sheet, matrix, shown, tested)
    notes: Sequence[str] = ()
    if shown:
        notes = picture.draw()
    else:
        sheet.nothing_to_show("There are no labels in the summary")
    at = "assumed thresholds" if thresholds is None else "the thresholds given"
    return sheet.finish(
        f"Confusion matrix · {sheet.version(evaluation)}",
        [
            f"{arguments.scope(len(shown), len(known))}, {arguments.images(evaluation.testing_images)}, at {at}",
            *_left_out(matrix, shown, known, is_chosen=chosen is not None),
            *_several(matrix),
            *notes,
        ],
    )


def _matrix(evaluation: Evaluation, thresholds: Thresholds | TunedThresholds | None) -> ConfusionMatrix:
    made = (
        evaluation.confusion_matrix
        if thresholds is None
        else evaluation.confusion_matrix_at(arguments.plain(thresholds))
    )
    if made is not None:
        return made
    why = (
        "the model locates objects, and for these there is none"
        if evaluation.average_precision is not None
        else "the summary has none"
    )
    raise EvaluationError(
        f"there is no confusion matrix to draw: {why}. plot_f1_by_label() and plot_precision_recall() show any model; "
        "evaluation.most_confused() names what objects were taken for"
    )


def _most_confused(matrix: ConfusionMatrix, known: Sequence[str], most: int) -> Sequence[str]:
    """As many labels as there may be: those with the largest confusions, then those found least, in their order."""
    if len(known) <= most:
        return known
    wanted: dict[str, None] = {}
    for pair in matrix.most_confused(len(known) ** 2):
        more = [label for label in (pair.truth, pair.predicted) if label not in wanted]
        if len(wanted) + len(more) > most:
            break
        wanted.update(dict.fromkeys(more))
    tested = [label for label in matrix.labels if label not in wanted]
    tested.sort(key=lambda label: matrix.value(label, label) or 0.0)
    wanted.update(dict.fromkeys([*tested, *known][: most - len(wanted)]) if len(wanted) < most else {})
    return [label for label in known if label in wanted]


def _left_out(matrix: ConfusionMatrix, shown: Sequence[str], known: Sequence[str], *, is_chosen: bool) -> Iterable[str]:
    missing = set(known) - set(shown)
    if not missing:
        return
    largest = next(
        (pair.share for pair in matrix.most_confused(len(known) ** 2) if {pair.truth, pair.predicted} & missing), 0.0
    )
    how = "chosen" if is_chosen else "those with the largest confusions"
    yield f"Shown are {how}; left out are {len(missing)} labels, whose largest confusion is {_per_cent(largest)}"


def _several(matrix: ConfusionMatrix) -> Iterable[str]:
    """A row that sums to more than 1 has images with several labels, or for which several were predicted."""
    if any(math.fsum(value or 0.0 for value in row) > 1 + _SLACK for row in matrix.rows()):
        yield (
            "Rows can sum to more than 100%, for an image may show several labels, or several may be predicted for it"
        )


def _per_cent(share: float) -> str:
    """A share that is none only if it is 0, and all only if it is 1."""
    rounded = f"{share:.0%}"
    if rounded == "0%" and share > 0:
        return "<1%"
    return ">99%" if rounded == "100%" and share < 1 else rounded


@dataclass(frozen=True)
class _Picture:
    sheet: Sheet
    matrix: ConfusionMatrix
    labels: Sequence[str]
    images: Mapping[str, int | None]

    def draw(self) -> Sequence[str]:
        """Draws it all, and returns what is to be said of it."""
        cell = 0.62 if len(self.labels) <= _WITH_NUMBERS else 0.22
        side = min(max(cell * len(self.labels), 3.2), 20)
        self.sheet.ask_for(side, side)
        self._draw_cells()
        notes = self._name()
        self._write_numbers()
        return notes

    def _draw_cells(self) -> None:
        ax, rows = self.sheet.axes, self._rows()
        values = [[math.nan if value is None else value for value in row] for row in rows]
        # axes of our own are square anyway, and the layout is surer without
        image = ax.imshow(values, cmap=_COLOURS, norm=_SHARES, interpolation="nearest")
        ax.set_aspect("auto" if self.sheet.is_new else "equal")
        for row, of_row in enumerate(rows):
            for column, value in enumerate(of_row):
                if value is None:
                    sheets.hatched(ax, (column - 0.5, row - 0.5), 1, 1)
        for row, label in enumerate(self.labels):
            if label not in self.matrix.labels and len(self.labels) <= _MANY:
                sheets.remark(ax, (len(self.labels) - 1) / 2, row, "no test images")
        scale = ax.inset_axes((1.03, 0.0, 0.04, 1.0))
        ticks = (0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1)
        bar = ax.figure.colorbar(image, cax=scale, ticks=ticks)
        scale.set_yticks(ticks, [f"{tick:.0%}" for tick in ticks], fontsize=SIZE)
        what = "share of the true label's test images" if self.sheet.is_new else "share of the images"
        bar.set_label(what, fontsize=SIZE)

    def _write_numbers(self) -> None:
        """Writes the shares into the cells, if there is room."""
        if len(self.labels) > _WITH_NUMBERS:
            return
        side = min(self.sheet.points) * (1 if self.sheet.is_new else _LEFT)
        size = min(SIZE + 1, side / len(self.labels) / 3)
        if size < _LEAST_SIZE:
            return
        for row, of_row in enumerate(self._rows()):
            for column, value in enumerate(of_row):
                if value is not None:
                    colour = sheets.readable_on(colormaps[_COLOURS](_SHARES(value)))
                    self.sheet.axes.text(
                        column, row, _per_cent(value), ha="center", va="center", fontsize=size, color=colour
                    )

    def _name(self) -> Sequence[str]:
        """Names rows and columns, as many as there is room for; returns what to say of the others."""
        ax, count = self.sheet.axes, len(self.labels)
        side = min(self.sheet.points) * (1 if self.sheet.is_new else _LEFT_AT_LEAST)
        every = max(1, math.ceil(count * SIZE * LINE / side - _SLACK))
        places = list(range(0, count, every))
        named = self.sheet.names(self.labels, share=0.25)
        self.sheet.reserve(sheets.widest(named.values()) + 16)
        down = [f"{named[label]} ({arguments.tested_on(self.images.get(label))})" for label in self.labels]
        across = [named[label] for label in self.labels]
        fits = sheets.inches(sheets.widest(across) + 1) * 72 <= side / count * every
        ax.set_yticks(places, [down[place] for place in places], fontsize=SIZE)
        ax.set_xticks(places, [across[place] for place in places], fontsize=SIZE, rotation=0 if fits else 90)
        ax.tick_params(length=0 if every == 1 else 3)
        ax.set_ylabel("true label (its test images)", fontsize=SIZE)
        ax.set_xlabel("predicted label", fontsize=SIZE)
        self.sheet.lettering.set([*ax.get_xticklabels(), *ax.get_yticklabels()])
        for spine in ax.spines.values():
            spine.set_visible(False)
        return [f"Of {every} neighbouring rows and columns, the first is named"] if every > 1 else []

    def _rows(self) -> Sequence[Sequence[float | None]]:
        known = frozenset(self.matrix.labels)
        return [
            [self.matrix.value(truth, seen) if truth in known and seen in known else None for seen in self.labels]
            for truth in self.labels
        ]
