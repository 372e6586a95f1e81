"""The plot of F1 scores by label."""

from typing import Any

import pytest
from matplotlib.axes import Axes

from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation import Evaluation
from rekog_versions.evaluation.plots import plot_f1_by_label
from rekog_versions.models.thresholds import Thresholds
from tests.evaluation.files import result, summary_of
from tests.evaluation.plots.drawing import SHAPES, row_names, written
from tests.evaluation.samples import evaluated, numbered
from tests.evaluation.test_support import PUBLISHED


def bar_lengths(axes: Axes) -> list[float]:
    patches: Any = axes.patches
    return [patch.get_width() for patch in patches]


def test_bars_are_f1_scores_with_the_lowest_at_the_top() -> None:
    evaluation = evaluated(SHAPES, worst={"star": 0.3, "circle": 0.5})
    axes = plot_f1_by_label(evaluation)
    assert bar_lengths(axes) == sorted(label.f1_score or 0.0 for label in evaluation.labels.values())
    assert row_names(axes)[:2] == ["star (12)", "circle (12)"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    assert f"mean F1 {evaluation.f1_score:.2f}" in written(axes)


def test_labels_without_a_row_are_counted_in_the_histogram() -> None:
    axes = plot_f1_by_label(evaluated(numbered(120), images=3, untested=("moon", "sun")))
    *rows, last = row_names(axes)
    others = 122 - len(rows)
    assert last == f"{others} other labels"
    text = written(axes)
    assert f"The {len(rows)} labels with the lowest F1 score have rows; the histogram below counts the other" in text
    assert "2 without test images" in text
    assert sum(int(text.get_text()) for text in axes.texts if text.get_text().isdecimal()) == 120 - len(rows)


def test_scores_are_recounted_at_given_thresholds() -> None:
    evaluation = evaluated(SHAPES)
    strict = Thresholds.fractions(dict.fromkeys(SHAPES, 0.99))
    axes = plot_f1_by_label(evaluation, thresholds=strict)
    assert bar_lengths(axes) == sorted(label.f1_score or 0.0 for label in evaluation.recompute(strict).labels.values())
    assert "at the thresholds given" in written(axes)


def test_given_thresholds_need_a_snapshot() -> None:
    without = Evaluation.from_files(summary_of(result("cat", 3)))
    with pytest.raises(EvaluationError, match="snapshot"):
        plot_f1_by_label(without, thresholds=Thresholds.fractions({"cat": 0.99}))
    assert row_names(plot_f1_by_label(without)) == ["cat (3)"]


def test_numbers_that_the_summary_lacks_are_not_zero() -> None:
    lacking = Evaluation.from_files(
        summary_of(result("cat", None, f1=None), result("dog", 0), result("cow", 5), f1=None)
    )
    axes = plot_f1_by_label(lacking)
    assert row_names(axes) == ["cow (5)", "cat (?)", "dog (0)"]
    assert "no F1 score in the summary" in written(axes)
    assert "mean" not in written(axes)
    assert "an unknown number of test images" in written(axes)


def test_the_interval_of_each_f1_score_is_drawn() -> None:
    evaluation = evaluated(SHAPES, worst={"star": 0.3})
    axes = plot_f1_by_label(evaluation, confidence=0.8)
    lines: Any = [line for line in axes.lines if line.get_marker() == "|"]
    drawn = [[float(x) for x in line.get_xdata()] for line in lines]
    expected = [found.f1_score for found in evaluation.intervals(0.8).labels.values()]
    assert sorted(drawn) == sorted([found.low, found.high] for found in expected if found is not None)
    assert "80 % interval" in written(axes)
    assert "interval" not in written(plot_f1_by_label(Evaluation.from_files(summary_of(result("cat", 3)))))


def test_labels_that_the_snapshot_does_not_support_or_reproduce_are_marked() -> None:
    axes = plot_f1_by_label(PUBLISHED, thresholds=Thresholds.fractions({"Swoosh": 0.1}))
    assert "not supported by the snapshot" in written(axes)
    assert bar_lengths(axes) == [1.0]  # the hatched row
    assert "The snapshot does NOT reproduce the summary for Swoosh" in written(axes)
    assert "NOT reproduce" not in written(plot_f1_by_label(evaluated(SHAPES)))
