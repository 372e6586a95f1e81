"""The geometry of the charts in a report: whole numbers for SVG, so that they are small and always the same."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from rekog_versions.evaluation.metrics import ratios
from rekog_versions.evaluation.snapshot import LabelScores
from rekog_versions.manifests import Distribution

LEFT, TOP, WIDTH, HEIGHT = 30, 8, 300, 120
"""The plot of a threshold explorer within its picture of 344 x 152."""
_STEPS = 100


@dataclass(frozen=True, slots=True)
class ThresholdChart:
    """The curves of a label over the threshold.

    Attributes:
        f1_score: The path of the F1 score.
        precision: The path of the precision. It ends where nothing is predicted.
        recall: The path of the recall.
        positives: The number of images, or boxes, that have the label.
        found: True positives at each hundredth from 0 to 1, as `decoded` in the script reads them.
        wrong: False positives at each hundredth.
        first: The lowest hundredth that the snapshot supports.
    """

    f1_score: str
    precision: str
    recall: str
    positives: int
    found: str
    wrong: str
    first: int


def threshold_chart(scores: LabelScores, every: int, lowest: float = 0.0) -> ThresholdChart:
    """Return the chart of a label with a point for each `every`th hundredth.

    Args:
        scores: The predictions of the label.
        every: The distance of the points in hundredths.
        lowest: The lowest threshold that the snapshot supports. Nothing is drawn below it.
    """
    first = math.ceil(lowest * _STEPS)
    counts = [scores.count(scores.lowest_counted(step / _STEPS)) for step in range(_STEPS + 1)]
    points = [
        (step, *ratios(found, wrong, scores.positives), found + wrong)
        for step, (found, wrong) in enumerate(counts)
        if (step % every == 0 or step in (first, _STEPS)) and step >= first
    ]
    return ThresholdChart(
        f1_score=_path([(step, f1) for step, _, _, f1, _ in points]),
        precision=_path([(step, precision) for step, precision, _, _, predicted in points if predicted]),
        recall=_path([(step, recall) for step, _, recall, _, _ in points]),
        positives=scores.positives,
        found=_encoded([found for found, _ in counts]),
        wrong=_encoded([wrong for _, wrong in counts]),
        first=first,
    )


def threshold_x(threshold: float) -> int:
    """Return the place of a threshold in the chart."""
    return LEFT + round(threshold * WIDTH)


def _path(points: Sequence[tuple[int, float]]) -> str:
    """Return a line through points (hundredths, 0 to 1), with relative coordinates and without points in between."""
    places = [(LEFT + step * WIDTH // _STEPS, TOP + round((1 - value) * HEIGHT)) for step, value in points]
    if not places:
        return ""
    drawn = [f"M{places[0][0]} {places[0][1]}"]
    for (down, _), moves in groupby(pairwise(places), key=lambda move: (_slope(*move), None)):
        steps = list(moves)
        (x, y), (end_x, end_y) = steps[0][0], steps[-1][1]
        drawn.append(f"h{end_x - x}" if down == 0 else f"l{end_x - x} {end_y - y}".replace(" -", "-"))
    return "".join(drawn)


def _slope(start: tuple[int, int], end: tuple[int, int]) -> float:
    return (end[1] - start[1]) / (end[0] - start[0])


def _encoded(counts: Sequence[int]) -> str:
    """Return counts that never rise as their falls; a run of equal falls is written as `fall*times`."""
    falls = [counts[0], *(before - after for before, after in pairwise(counts))]
    return ",".join(_runs(falls))


def _runs(values: Sequence[int]) -> Iterator[str]:
    for value, run in groupby(values):
        times = sum(1 for _ in run)
        yield str(value) if times == 1 else f"{value}*{times}"


@dataclass(frozen=True, slots=True)
class BoxPlot:
    """A distribution, drawn between its 5th and its 95th percentile: places from 0 to 200."""

    p5: int
    p25: int
    median: int
    p75: int
    p95: int


def box_plot(of: Distribution, largest: float) -> BoxPlot | None:
    """Return the box plot of a distribution on a scale that ends with `largest`; None without numbers."""
    if of.count == 0 or not largest:
        return None
    values = (of.p5, of.p25, of.median, of.p75, of.p95)
    return BoxPlot(*(round(min((value or 0.0) / largest, 1.0) * 200) for value in values))


def level(share: float | None) -> int:
    """Return the shade of a share, 0 to 10. Only 0 itself has no shade."""
    return 0 if not share else max(1, min(10, round(share * 10)))
