"""Rules for every plot: it can be read, shows labels as plain text, checks its arguments and leaves pyplot alone."""

import importlib
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rekog_versions.evaluation import Evaluation, compare
from rekog_versions.evaluation.plots import (
    plot_comparison,
    plot_confusion_matrix,
    plot_f1_by_label,
    plot_precision_recall,
    plot_thresholds,
)
from tests.evaluation.files import encoded
from tests.evaluation.plots.drawing import (
    HOSTILE,
    SHAPES,
    Draw,
    check_legible,
    figure_of,
    legend_names,
    row_names,
    texts,
    written,
)
from tests.evaluation.samples import evaluated, numbered


def compared(evaluation: Evaluation, ax: Axes | None = None, **options: Any) -> Axes:
    return plot_comparison(compare(evaluation, evaluation), ax, **options)


OF_EVALUATIONS: Sequence[Draw] = (plot_confusion_matrix, plot_f1_by_label, plot_precision_recall, plot_thresholds)
every_plot = pytest.mark.parametrize("draw", [*OF_EVALUATIONS, compared], ids=lambda draw: draw.__name__)


@pytest.fixture(autouse=True)
def _pyplot_is_not_imported() -> Iterator[None]:
    before = "matplotlib.pyplot" in sys.modules
    yield
    assert before == ("matplotlib.pyplot" in sys.modules)


@every_plot
@pytest.mark.parametrize("count", [1, 2, 20, pytest.param(250, marks=pytest.mark.slow)])
def test_a_plot_of_any_number_of_labels_is_legible(draw: Draw, count: int) -> None:
    axes = draw(evaluated(numbered(count), images=3))
    check_legible(axes)
    assert "v1" in axes.get_title(loc="left")
    assert f"{3 * count:,} test images" in written(axes)
    assert axes.get_xlabel()


@every_plot
def test_the_labels_of_an_object_model_are_legible(draw: Draw) -> None:
    if draw is not plot_confusion_matrix:
        check_legible(draw(evaluated(SHAPES, located=True)))


@every_plot
def test_hostile_labels_are_plain_text_and_differ(draw: Draw) -> None:
    axes = draw(evaluated(HOSTILE, images=3), labels=HOSTILE)
    check_legible(axes)
    names = [*legend_names(axes), *row_names(axes)]
    assert len(names) >= len(HOSTILE)
    assert len(set(names)) == len(names)
    assert all(name.isprintable() for name in names)
    for start in ("cost $x$ and $\\frac{", "_hidden", "\\x1b[31mred", "rtl \\u202eabc", "<b>{0}%s&amp;"):
        assert any(name.startswith(start) for name in names), start
    of_labels = [text for text in texts(axes) if "$" in text.get_text()]
    assert of_labels
    assert not any(text.get_usetex() or text.get_parse_math() for text in of_labels)


@every_plot
@pytest.mark.parametrize("layout", ["constrained", None])
def test_given_axes_are_drawn_on_and_returned(draw: Draw, layout: Any) -> None:
    figure = Figure(figsize=(12, 5), layout=layout)
    left, right = figure.subplots(1, 2)
    assert draw(evaluated(SHAPES), right) is right
    assert figure_of(right) is figure
    assert tuple(figure.get_size_inches()) == (12, 5)
    assert not left.has_data()
    check_legible(right)


@every_plot
def test_long_names_fit_on_given_axes_of_a_figure_without_a_layout(draw: Draw) -> None:
    axes = Figure(figsize=(8, 6)).subplots()
    check_legible(draw(evaluated(HOSTILE, images=3), axes, labels=HOSTILE[:12]))


@every_plot
def test_ax_must_be_an_axes(draw: Draw) -> None:
    several: Any = Figure().subplots(1, 2)
    with pytest.raises(TypeError, match=r"ax must be a matplotlib Axes, got ndarray\. .* such as axes\[0\]"):
        draw(evaluated(SHAPES), several)
    removed = Figure().subplots()
    removed.remove()
    with pytest.raises(ValueError, match="ax must belong to a figure"):
        draw(evaluated(SHAPES), removed)


def test_the_first_argument_must_have_the_right_type() -> None:
    evaluation: Any = evaluated(SHAPES)
    with pytest.raises(TypeError, match=r"comparison must be a Comparison, got Evaluation.* compare\(old, new\)"):
        plot_comparison(evaluation)
    for draw in OF_EVALUATIONS:
        with pytest.raises(TypeError, match=r"evaluation must be an Evaluation, got Comparison.* get_evaluation\("):
            draw(compare(evaluation, evaluation))


@every_plot
def test_chosen_labels_must_be_a_collection_of_known_labels(draw: Draw) -> None:
    evaluation = evaluated(SHAPES)
    with pytest.raises(TypeError, match="labels must be a collection of labels, got the string 'circle'"):
        draw(evaluation, labels="circle")
    with pytest.raises(KeyError, match=r"'cirle'.*'circle'"):
        draw(evaluation, labels=["cirle"])
    with pytest.raises(ValueError, match="labels must not be empty"):
        draw(evaluation, labels=[])
    with pytest.raises(ValueError, match="max_labels must be 1 or more, got 0"):
        draw(evaluation, max_labels=0)


@every_plot
def test_only_chosen_labels_are_shown(draw: Draw) -> None:
    axes = draw(evaluated(SHAPES), labels=iter(["star", "circle"]))
    assert "2 of 5 labels" in written(axes)
    names = "\n".join([*row_names(axes), *legend_names(axes)])
    assert "star" in names
    assert "circle" in names
    assert "square" not in names


@every_plot
def test_labels_without_test_images_are_hatched_and_named(draw: Draw) -> None:
    axes = draw(evaluated(SHAPES, untested=("moon",)))
    assert "no test images" in written(axes)
    legend = axes.get_legend()
    patches = [*axes.patches, *(legend.get_patches() if legend else ())]
    assert any(patch.get_hatch() for patch in patches)
    assert not any("moon" in text.get_text() and "0.00" in text.get_text() for text in texts(axes))
    check_legible(axes)


@every_plot
def test_a_summary_without_labels_gives_an_empty_plot_with_the_reason(draw: Draw) -> None:
    empty: dict[str, Any] = {"EvaluationDetails": {}, "AggregatedEvaluationResults": {"ConfusionMatrix": []}}
    axes = draw(Evaluation.from_files(encoded(empty), b'{"source-ref": "s3://b/k"}\n'))
    assert "ummary contain" in written(axes)
    assert "an unnamed version" in axes.get_title(loc="left")


def test_plots_can_be_drawn_in_threads() -> None:
    evaluation = evaluated(SHAPES)
    with ThreadPoolExecutor(3) as pool:
        results = {written(axes) for axes in pool.map(lambda _: plot_f1_by_label(evaluation), range(3))}
    assert len(results) == 1


@every_plot
def test_dark_styles_and_other_text_settings_are_supported(draw: Draw) -> None:
    style: Any = {
        "text.color": "white",
        "axes.facecolor": "black",
        "text.parse_math": True,
        "font.family": ["DejaVu Serif"],
    }
    with mpl.rc_context(style):
        figure_of(draw(evaluated(HOSTILE, images=3))).draw_without_rendering()


def test_an_import_without_matplotlib_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "rekog_versions.evaluation.plots")
    with pytest.raises(ModuleNotFoundError, match=r'plots need matplotlib.*pip install "rekog_versions\[plots\]"'):
        importlib.import_module("rekog_versions.evaluation.plots")
