"""The plots over all thresholds."""

from operator import attrgetter
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation import Evaluation
from rekog_versions.evaluation.plots import plot_precision_recall, plot_thresholds
from rekog_versions.models.thresholds import Thresholds
from tests.evaluation.files import result, summary_of
from tests.evaluation.plots.drawing import SHAPES, legend_names, written
from tests.evaluation.samples import evaluated, numbered
from tests.evaluation.test_support import PUBLISHED

both = pytest.mark.parametrize("plot", [plot_precision_recall, plot_thresholds])


def curves(axes: Axes) -> list[Any]:
    return [line for line in axes.lines if line.get_drawstyle() == "steps-pre"]


def marks(axes: Axes, marker: str) -> set[tuple[float, float]]:
    found = [line for line in axes.lines if line.get_marker() == marker]
    return {(float(np.asarray(line.get_xdata())[0]), float(np.asarray(line.get_ydata())[0])) for line in found}


@pytest.mark.parametrize(
    ("plot", "x", "y"), [(plot_precision_recall, "recall", "precision"), (plot_thresholds, "threshold", "f1_score")]
)
def test_assumed_and_given_thresholds_are_marked(plot: Any, x: str, y: str) -> None:
    evaluation = evaluated(SHAPES)
    given = Thresholds.percents(dict.fromkeys(SHAPES, 80), default=80)
    place = attrgetter(x, y)
    axes = plot(evaluation, thresholds=given)
    assert marks(axes, "o") == {place(metrics) for metrics in evaluation.recompute().labels.values()}
    assert marks(axes, "*") == {place(metrics) for metrics in evaluation.recompute(given).labels.values()}
    assert marks(plot(evaluation), "*") == set()


@both
def test_every_curve_has_its_own_colour_and_dashes(plot: Any) -> None:
    axes = plot(evaluated(SHAPES))
    assert len({(line.get_color(), str(line.get_linestyle())) for line in curves(axes)}) == len(SHAPES)


def test_a_tuning_is_marked_as_its_thresholds_are() -> None:
    evaluation = evaluated(SHAPES, f1=0.5)
    tuned = evaluation.tune_thresholds()
    of_tuning, of_thresholds = (plot_thresholds(evaluation, thresholds=given) for given in (tuned, tuned.thresholds))
    assert marks(of_tuning, "*") == marks(of_thresholds, "*")


def test_the_area_under_a_curve_is_the_average_precision() -> None:
    evaluation = evaluated(["cat", "dog"], f1=0.6)
    (line,) = curves(plot_precision_recall(evaluation, labels=["cat"]))
    recalls, precisions = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    assert float(np.sum(np.diff(recalls) * precisions[1:])) == pytest.approx(evaluation.curve("cat").average_precision)


def test_a_curve_shows_the_f1_score_at_any_threshold() -> None:
    evaluation = evaluated(["cat", "dog"], f1=0.6)
    (line,) = curves(plot_thresholds(evaluation, labels=["cat"]))
    thresholds, scores = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    lowest = evaluation.curve("cat").lowest_supported
    assert thresholds[0] == lowest
    for threshold in np.linspace(lowest, 0.999, 50):
        shown = scores[int(np.searchsorted(thresholds, threshold))]
        counted = evaluation.recompute(Thresholds.fractions({}, default=float(threshold))).labels["cat"].f1_score
        assert shown == pytest.approx(counted)


def test_the_labels_with_the_lowest_average_precision_are_coloured() -> None:
    labels = numbered(30)
    axes = plot_precision_recall(evaluated(labels, worst={labels[7]: 0.2, labels[20]: 0.3}), max_labels=2)
    names = legend_names(axes)
    assert names[0].startswith(f"{labels[7]} (12): AP 0.")
    assert names[1].startswith(f"{labels[20]} (12): AP 0.")
    assert names[2:] == ["28 other labels", "assumed threshold"]
    assert "The 2 labels with the lowest average precision are coloured; the other 28 are grey" in written(axes)
    assert len(curves(axes)) == 30


@both
def test_curves_need_a_snapshot(plot: Any) -> None:
    with pytest.raises(EvaluationError, match="snapshot"):
        plot(Evaluation.from_files(summary_of(result("cat", 3))))


@both
def test_the_legend_covers_no_curve_of_narrow_axes(plot: Any) -> None:
    figure = Figure(figsize=(14, 10))
    axes = figure.subplots(2, 2)[1][0]
    plot(evaluated(numbered(30), images=3), axes)
    figure.draw_without_rendering()
    legend = axes.get_legend()
    assert legend.get_window_extent().y0 >= axes.get_window_extent().y1 - 1
    assert axes.yaxis.label.get_window_extent().height < axes.get_window_extent().height


@both
def test_the_legend_beside_the_axes_covers_no_text(plot: Any) -> None:
    axes = plot(evaluated(numbered(30), images=3))
    axes.figure.draw_without_rendering()
    legend = axes.get_legend().get_window_extent()
    assert not any(text.get_window_extent().overlaps(legend) for text in axes.texts)


@both
def test_curves_begin_where_the_snapshot_has_all_predictions(plot: Any) -> None:
    axes = plot(PUBLISHED)
    (line,) = curves(axes)
    assert len(np.asarray(line.get_xdata())) == len(PUBLISHED.curve("Swoosh").points) + (
        2 if plot is plot_thresholds else 1
    )
    text = written(axes)
    assert "no wrong predictions of 1 label below the assumed threshold (0.258), so curves begin there" in text
    assert "The snapshot does NOT reproduce the summary for Swoosh" in text
    assert "AP ?" in text


def test_few_labels_have_a_band_of_intervals() -> None:
    evaluation = evaluated(SHAPES)
    assert len(plot_thresholds(evaluation, labels=SHAPES[:3]).collections) == 3
    assert len(plot_thresholds(evaluation).collections) == 0
    (band,) = plot_thresholds(evaluation, labels=["star"]).collections
    points = evaluation.curve("star", confidence=0.95).points
    lowest = min(point.f1_interval.low for point in points if point.f1_interval is not None)
    assert band.get_datalim(band.axes.transData).y0 == pytest.approx(lowest)  # type: ignore[union-attr]
