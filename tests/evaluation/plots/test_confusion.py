"""The plot of the confusion matrix."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from rekog_versions._colours import readable_on
from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation import Evaluation
from rekog_versions.evaluation.plots import plot_confusion_matrix
from tests.evaluation.files import encoded, summary
from tests.evaluation.plots.drawing import SHAPES, check_legible, column_names, row_names, written
from tests.evaluation.samples import evaluated, numbered


def test_the_cells_are_the_shares_of_the_summary() -> None:
    evaluation = evaluated(SHAPES, f1=0.6)
    axes = plot_confusion_matrix(evaluation)
    matrix = evaluation.confusion_matrix
    assert matrix is not None
    order = list(evaluation.labels)
    assert column_names(axes) == order
    assert row_names(axes) == [f"{label} (12)" for label in order]
    values = axes.images[0].get_array()
    assert values is not None
    assert values.tolist() == [[matrix.value(truth, predicted) for predicted in order] for truth in order]
    assert axes.images[0].get_clim() == (0, 1)
    assert len([text for text in axes.texts if text.get_text().endswith("%")]) == 25


def test_numbers_are_readable_on_every_colour() -> None:
    for value in np.linspace(0, 1, 101):
        colour = mpl.colormaps["cividis"](value)
        assert contrast(to_rgb(readable_on(colour)), to_rgb(colour)) >= 4.5


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the contrast ratio as WCAG 2 defines it."""

    def luminance(colour: Sequence[float]) -> float:
        red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in colour)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_most_confused_of_many_labels_are_shown_and_the_others_counted() -> None:
    labels = numbered(60)
    evaluation = evaluated(labels, images=10, f1=0.9, worst={labels[30]: 0.4, labels[50]: 0.5})
    axes = plot_confusion_matrix(evaluation, max_labels=12)
    assert len(row_names(axes)) == 12
    assert {f"{labels[30]} (10)", f"{labels[50]} (10)"} <= set(row_names(axes))
    assert evaluation.confusion_matrix is not None
    hidden = set(labels) - set(column_names(axes))
    pairs = evaluation.confusion_matrix.most_confused(10_000)
    largest = max(pair.share for pair in pairs if {pair.truth, pair.predicted} & hidden)
    text = written(axes)
    assert "12 of 60 labels" in text
    assert f"The largest confusion of the other 48 is {largest:.0%}" in text


def test_250_chosen_labels_are_all_drawn_and_as_many_named_as_fit() -> None:
    labels = numbered(250)
    axes = plot_confusion_matrix(evaluated(labels, images=3), labels=labels)
    check_legible(axes)
    values = axes.images[0].get_array()
    assert values is not None
    assert values.shape == (250, 250)
    assert row_names(axes)[0] == "part 000 (3)"
    assert "One of every 2 rows and columns is named" in written(axes)
    assert len(row_names(axes)) == 125


def test_a_model_that_locates_objects_has_no_confusion_matrix() -> None:
    evaluation = evaluated(SHAPES, located=True)
    with pytest.raises(EvaluationError, match=r"no confusion matrix to plot: the model locates objects.* plot_f1_by_"):
        plot_confusion_matrix(evaluation)
    with pytest.raises(EvaluationError, match="the model locates objects"):
        plot_confusion_matrix(evaluation, thresholds=evaluation.tune_thresholds())
    with pytest.raises(EvaluationError, match="the training summary does not contain one"):
        plot_confusion_matrix(Evaluation.from_files(encoded(summary())))
