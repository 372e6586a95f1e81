"""The geometry of charts: what is drawn is what was counted."""

import re

from hypothesis import given, strategies as st

from rekog_versions.evaluation.snapshot import LabelScores
from rekog_versions.manifests import Distribution
from rekog_versions.reports.charts import HEIGHT, LEFT, TOP, BoxPlot, box_plot, level, threshold_chart, threshold_x

CONFIDENCES = st.lists(st.floats(0.001, 1), max_size=30).map(sorted)


def ends(path: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the first and the last point of a path."""
    start = re.match(r"M(\d+) (\d+)", path)
    assert start is not None
    x, y = int(start[1]), int(start[2])
    for kind, first, second in re.findall(r"([hl])(-?\d+)(?: ?(-?\d+))?", path[start.end() :]):
        x += int(first)
        y += int(second) if kind == "l" else 0
    return (int(start[1]), int(start[2])), (x, y)


@given(CONFIDENCES, CONFIDENCES, st.integers(1, 10), st.sampled_from([1, 2, 5]))
def test_a_curve_begins_and_ends_where_the_metrics_do(
    hits: list[float], mistakes: list[float], missed: int, every: int
) -> None:
    scores = LabelScores(hits, mistakes, len(hits) + missed, 1)
    chart = threshold_chart(scores, every)
    (x, y), (last_x, last_y) = ends(chart.recall)
    assert (x, last_x) == (LEFT, threshold_x(1))
    assert y == TOP + round((1 - len(hits) / scores.positives) * HEIGHT)
    assert last_y == TOP + round((1 - scores.count(scores.lowest_counted(1.0))[0] / scores.positives) * HEIGHT)


def test_equal_steps_are_one_line_and_precision_ends_where_nothing_is_predicted() -> None:
    chart = threshold_chart(LabelScores([0.5], [], 1, 1), 1)
    assert chart.precision == "M30 8h150"
    assert chart.recall == "M30 8h150l3 120h147"
    assert (chart.found, chart.wrong) == ("1,0*50,1,0*49", "0*101")
    assert threshold_chart(LabelScores([], [], 1, 1), 1).precision == ""


def test_a_box_plot_is_within_its_scale() -> None:
    of = Distribution(count=5, p5=1.0, p25=2.0, median=3.0, p75=4.0, p95=5.0, maximum=9.0)
    assert box_plot(of, 5.0) == BoxPlot(40, 80, 120, 160, 200)
    assert box_plot(Distribution(), 1.0) is None


def test_only_zero_has_no_shade() -> None:
    assert [level(share) for share in (None, 0.0, 0.001, 0.5, 1.0, 1.2)] == [0, 0, 1, 5, 10, 10]
