"""Tables for a terminal: aligned, also where labels are wide, long or hostile."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Protocol

from rekog_versions._text import printable

_WIDEST = 40


class Averaged(Protocol):
    """What has the three metrics; None for what isn't known."""

    @property
    def f1_score(self) -> float | None:
        """The harmonic mean of the other two."""
        ...

    @property
    def precision(self) -> float | None:
        """Of what was found, the share that is there."""
        ...

    @property
    def recall(self) -> float | None:
        """Of what is there, the share that was found."""
        ...


class Judged(Averaged, Protocol):
    """What is known of a label at a threshold."""

    @property
    def label(self) -> str:
        """The label."""
        ...

    @property
    def threshold(self) -> float | None:
        """The threshold."""
        ...

    @property
    def testing_images(self) -> int | None:
        """Test images that show it."""
        ...


def width(text: str) -> int:
    """How many columns a text takes on a terminal."""
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def shortened(text: str, widest: int = _WIDEST) -> str:
    """A text that others wrote, made fit for a terminal and cut where it is too wide, which an ellipsis shows."""
    shown = printable(text, 4 * widest)
    if width(shown) <= widest:
        return shown
    kept, columns = "", 0
    for char in shown:
        columns += _width(char)
        if columns >= widest:
            break
        kept += char
    return f"{kept}…"


def number(value: float | None, digits: int = 3) -> str:
    """A number, or a dash if there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def delta(value: float | None) -> str:
    """A difference with its sign, or a dash."""
    if value is None:
        return "-"
    shown = f"{value:+.3f}"
    return shown if float(shown) else shown[1:]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns, the first of which is the head; the first column is text, the others are numbers."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            f"{cell}{' ' * (wide - width(cell))}" if column == 0 else f"{' ' * (wide - width(cell))}{cell}"
            for column, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def metrics_table(labels: Iterable[Judged], total: Averaged) -> str:
    """Labels with their metrics, and all of them in the last row."""
    rows: list[Sequence[str]] = [("label", "F1", "precision", "recall", "threshold", "images")]
    for label in labels:
        images = "-" if label.testing_images is None else str(label.testing_images)
        rows.append((shortened(label.label), *_metrics(label), number(label.threshold), images))
    rows.append(("all", *_metrics(total), "", ""))
    return table(rows)


def _metrics(of: Averaged) -> tuple[str, str, str]:
    return number(of.f1_score), number(of.precision), number(of.recall)
