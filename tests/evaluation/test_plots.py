"""The pictures: what stands on them, that all of it can be read, and that nothing in a label is obeyed."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from operator import attrgetter
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation import Evaluation, compare
from rekog_versions.evaluation.plots import (
    plot_comparison,
    plot_confusion_matrix,
    plot_f1_by_label,
    plot_precision_recall,
    plot_thresholds,
)
from rekog_versions.evaluation.plots._lettering import Lettering
from rekog_versions.evaluation.plots._names import display_names
from rekog_versions.evaluation.plots._sheet import readable_on
from rekog_versions.models.thresholds import Thresholds
from tests.evaluation.files import encoded, result, summary, summary_of
from tests.evaluation.samples import evaluated, numbered

SHAPES = ["circle", "square", "triangle", "star", "hexagon"]
HOSTILE = [
    *("cost $x$ and $\\frac{", "a\nb", "\x1b[31mred", "rtl \u202eabc", "zero\u200bwidth", "zerowidth", "\U0001f984"),
    *(" ", "cat", "cat ", "\u0441at", "\u6f22\u5b57", "_hidden", "x" * 256, "x" * 200 + "y" + "x" * 55, "a\\nb"),
    *("e\u0301a" + 20 * "\u0301", "<b>{0}%s&amp;", "\ud800", "\ufe0f", "%", "\u05d0\u05d1\u05d2", "\t", "'cat '"),
]

Draw = Callable[..., Axes]


def compared(evaluation: Evaluation, ax: Axes | None = None, **options: Any) -> Axes:
    return plot_comparison(compare(evaluation, evaluation), ax, **options)


DRAWN: Sequence[Draw] = (
    plot_confusion_matrix,
    plot_f1_by_label,
    plot_precision_recall,
    plot_thresholds,
    compared,
)
all_pictures = pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)


@pytest.fixture(autouse=True)
def no_figure_of_pyplots() -> Iterator[None]:
    """pyplot isn't even imported, unless a test does so itself."""
    before = "matplotlib.pyplot" in sys.modules
    yield
    assert before == ("matplotlib.pyplot" in sys.modules)


def figure_of(axes: Axes) -> Figure:
    figure = axes.get_figure(root=True)
    assert figure is not None
    return figure


def drawn(axes: Axes) -> Any:
    """Draws a figure; returns what measures texts."""
    canvas: Any = FigureCanvasAgg(figure_of(axes))
    canvas.draw()
    return canvas.get_renderer()


def texts(axes: Axes) -> list[Any]:
    """Everything that is written on and around axes."""
    found: list[Any] = axes.findobj(Text)
    return [text for text in found if text.get_visible() and text.get_text()]


def written(axes: Axes) -> str:
    return "\n".join(text.get_text() for text in texts(axes))


def row_names(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.get_yticklabels()]


def column_names(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.get_xticklabels()]


def check_legible(axes: Axes) -> None:
    """All that is written lies within the figure, and no two names of rows or columns touch."""
    renderer = drawn(axes)
    page = figure_of(axes).bbox
    for text in texts(axes):
        box = text.get_window_extent(renderer)
        assert box.x0 >= page.x0 - 1, text.get_text()
        assert box.x1 <= page.x1 + 1, text.get_text()
        assert box.y0 >= page.y0 - 1, text.get_text()
        assert box.y1 <= page.y1 + 1, text.get_text()
    for labels in (axes.get_yticklabels(), axes.get_xticklabels()):
        boxes = [label.get_window_extent(renderer) for label in labels if label.get_text()]
        for one, other in pairwise(boxes):
            assert not (one.x0 < other.x1 and other.x0 < one.x1 and one.y0 < other.y1 and other.y0 < one.y1)


@all_pictures
@pytest.mark.parametrize("count", [1, 2, 40, 250])
def test_a_picture_of_any_number_of_labels_can_be_read(draw: Draw, count: int) -> None:
    axes = draw(evaluated(numbered(count), images=3))
    check_legible(axes)
    assert "v1" in axes.get_title(loc="left")
    assert f"{3 * count:,} test images" in written(axes)
    assert axes.get_xlabel()


@all_pictures
def test_hostile_labels_are_shown_and_not_obeyed(draw: Draw) -> None:
    axes = draw(evaluated(HOSTILE, images=3), labels=HOSTILE)
    check_legible(axes)
    legend = axes.get_legend()
    names = [] if legend is None else [text.get_text() for text in legend.get_texts()]
    names += row_names(axes)
    assert len(names) >= len(HOSTILE)
    assert len(set(names)) == len(names)
    assert all(name.isprintable() for name in names)
    assert any(name.startswith("cost $x$ and $\\frac{") for name in names)
    assert any(name.startswith("_hidden") for name in names)
    assert any(name.startswith("\\x1b[31mred") for name in names)
    assert any(name.startswith("\\u202e") or "\\u202eabc" in name for name in names)
    assert not any(text.get_usetex() for text in texts(axes) if "$" in text.get_text())


@all_pictures
def test_axes_that_are_given_are_drawn_on_and_returned(draw: Draw) -> None:
    figure = Figure(figsize=(12, 5), layout="constrained")
    left, right = figure.subplots(1, 2)
    assert draw(evaluated(SHAPES), right) is right
    assert figure_of(right) is figure
    assert tuple(figure.get_size_inches()) == (12, 5)
    assert not left.has_data()
    check_legible(right)


@all_pictures
@pytest.mark.parametrize("labels", [SHAPES, HOSTILE], ids=["few", "hostile"])
def test_axes_in_a_figure_without_a_layout_make_room_for_what_stands_beside_them(draw: Draw, labels: list[str]) -> None:
    axes = draw(evaluated(labels, images=3), Figure(figsize=(8, 6)).subplots())
    check_legible(axes)


@all_pictures
def test_what_is_no_axes_is_refused(draw: Draw) -> None:
    several: Any = Figure().subplots(1, 2)
    with pytest.raises(TypeError, match=r"must be a matplotlib Axes, got ndarray; .* pass one, as in axes\[0\]"):
        draw(evaluated(SHAPES), several)


def test_what_is_not_of_the_kind_that_a_picture_shows_is_refused() -> None:
    evaluation: Any = evaluated(SHAPES)
    with pytest.raises(TypeError, match=r"what compare\(old, new\) gives, .* got Evaluation"):
        plot_comparison(evaluation)
    for draw in DRAWN[:-1]:
        with pytest.raises(TypeError, match=r"what get_evaluation\(\) or .* got Comparison"):
            draw(compare(evaluation, evaluation))


@all_pictures
def test_labels_that_are_chosen_must_be_several_and_known(draw: Draw) -> None:
    evaluation = evaluated(SHAPES)
    with pytest.raises(TypeError, match=r"got one string; .* labels=\['circle'\]"):
        draw(evaluation, labels="circle")
    with pytest.raises(KeyError, match="there is no label 'cirle'; there are: 'circle'"):
        draw(evaluation, labels=["cirle"])
    with pytest.raises(ValueError, match="labels is empty"):
        draw(evaluation, labels=[])
    with pytest.raises(ValueError, match="max_labels must be 1 or more, got 0"):
        draw(evaluation, max_labels=0)


@all_pictures
def test_chosen_labels_are_shown_and_no_others(draw: Draw) -> None:
    axes = draw(evaluated(SHAPES), labels=iter(["star", "circle"]))
    assert "2 of 5 labels" in written(axes)
    legend = axes.get_legend()
    names = "\n".join([*row_names(axes), *([text.get_text() for text in legend.get_texts()] if legend else ())])
    assert "star" in names
    assert "circle" in names
    assert "square" not in names


@all_pictures
def test_labels_without_test_images_say_so(draw: Draw) -> None:
    axes = draw(evaluated(SHAPES, untested=("moon",)))
    assert "no test images" in written(axes)
    hatched = [patch for patch in axes.patches if patch.get_hatch()]
    legend = axes.get_legend()
    hatched += [patch for patch in (legend.get_patches() if legend else ()) if patch.get_hatch()]
    assert hatched
    assert not any("moon" in text.get_text() and "0.00" in text.get_text() for text in texts(axes))
    check_legible(axes)


@all_pictures
def test_a_summary_without_labels_is_an_empty_picture_that_says_so(draw: Draw) -> None:
    empty: dict[str, Any] = {"EvaluationDetails": {}, "AggregatedEvaluationResults": {"ConfusionMatrix": []}}
    axes = draw(Evaluation.from_files(encoded(empty), b'{"source-ref": "s3://b/k"}\n'))
    assert "There are no labels in" in written(axes)
    assert "an unnamed version" in axes.get_title(loc="left")


@all_pictures
def test_pictures_are_drawn_in_threads(draw: Draw) -> None:
    evaluation = evaluated(SHAPES)
    with ThreadPoolExecutor(3) as pool:
        written_by = [written(axes) for axes in pool.map(lambda _: draw(evaluation), range(3))]
    assert len(set(written_by)) == 1


@all_pictures
def test_dark_styles_and_tex_are_got_along_with(draw: Draw) -> None:
    with mpl.rc_context({"text.color": "white", "axes.facecolor": "black"}):
        drawn(draw(evaluated(SHAPES)))
    with mpl.rc_context({"text.parse_math": True, "font.family": ["DejaVu Serif"]}):
        drawn(draw(evaluated(HOSTILE, images=3)))


def test_a_confusion_matrix_holds_the_shares_of_the_summary() -> None:
    evaluation = evaluated(SHAPES, f1=0.6)
    axes = plot_confusion_matrix(evaluation)
    matrix = evaluation.confusion_matrix
    assert matrix is not None
    order = list(evaluation.labels)
    assert column_names(axes) == order
    assert row_names(axes) == [f"{label} (12)" for label in order]
    values = axes.images[0].get_array()
    assert values is not None
    assert values.tolist() == [[matrix.value(truth, seen) for seen in order] for truth in order]
    assert axes.images[0].get_clim() == (0, 1)
    cells = [text for text in axes.texts if text.get_text().endswith("%")]
    assert len(cells) == 25


def test_numbers_in_cells_can_be_read_on_any_of_the_colours() -> None:
    for value in np.linspace(0, 1, 101):
        colour = mpl.colormaps["cividis"](value)
        assert contrast(to_rgb(readable_on(colour)), to_rgb(colour)) >= 4.5


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """As WCAG 2 defines it."""

    def luminance(colour: Sequence[float]) -> float:
        red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in colour)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_of_many_labels_the_most_confused_are_chosen_and_the_others_counted() -> None:
    labels = numbered(60)
    evaluation = evaluated(labels, images=10, f1=0.9, worst={labels[30]: 0.4, labels[50]: 0.5})
    axes = plot_confusion_matrix(evaluation, max_labels=12)
    assert len(row_names(axes)) == 12
    assert {f"{labels[30]} (10)", f"{labels[50]} (10)"} <= set(row_names(axes))
    assert evaluation.confusion_matrix is not None
    hidden = set(labels) - set(column_names(axes))
    largest = max(
        pair.share
        for pair in evaluation.confusion_matrix.most_confused(10_000)
        if {pair.truth, pair.predicted} & hidden
    )
    said = written(axes).replace("\n", " ")
    assert "12 of 60 labels" in said
    assert f"left out are 48 labels, whose largest confusion is {largest:.0%}" in said


def test_250_chosen_labels_are_all_drawn_and_as_many_named_as_there_is_room_for() -> None:
    labels = numbered(250)
    axes = plot_confusion_matrix(evaluated(labels, images=3), labels=labels)
    check_legible(axes)
    values = axes.images[0].get_array()
    assert values is not None
    assert values.shape == (250, 250)
    assert row_names(axes)[0] == "part 000 (3)"
    assert len(row_names(axes)) < 250
    assert "neighbouring rows and columns, the first is named" in written(axes).replace("\n", " ")


def test_models_that_locate_objects_have_no_confusion_matrix_and_all_else() -> None:
    evaluation = evaluated(SHAPES, located=True)
    with pytest.raises(EvaluationError, match=r"the model locates objects.* plot_f1_by_label\(\)"):
        plot_confusion_matrix(evaluation)
    with pytest.raises(EvaluationError, match="the model locates objects"):
        plot_confusion_matrix(evaluation, thresholds=evaluation.tune_thresholds())
    for draw in DRAWN[1:]:
        check_legible(draw(evaluation))
    with pytest.raises(EvaluationError, match="the summary has none"):
        plot_confusion_matrix(Evaluation.from_files(encoded(summary())))


def test_bars_are_the_f1_scores_the_worst_on_top() -> None:
    evaluation = evaluated(SHAPES, worst={"star": 0.3, "circle": 0.5})
    axes = plot_f1_by_label(evaluation)
    scores = sorted(label.f1_score or 0.0 for label in evaluation.labels.values())
    bars = [bar for bar in axes.patches if bar.get_width() > 0]  # type: ignore[attr-defined]
    assert [bar.get_width() for bar in bars] == scores  # type: ignore[attr-defined]
    assert row_names(axes)[:2] == ["star (12)", "circle (12)"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    assert f"mean F1 {evaluation.f1_score:.2f}" in written(axes)


def test_the_labels_without_a_bar_are_counted_below() -> None:
    evaluation = evaluated(numbered(120), images=3, untested=("moon", "sun"))
    axes = plot_f1_by_label(evaluation)
    *rows, last = row_names(axes)
    assert last == f"{122 - len(rows)} other labels"
    said = written(axes).replace("\n", " ")
    assert f"Of the {len(rows)} worst, each has a row; the other {122 - len(rows)} are counted below" in said
    assert "2 without test images" in said
    counts = [int(text.get_text()) for text in axes.texts if text.get_text().isdecimal()]
    assert sum(counts) == 120 - len(rows)


def test_f1_scores_are_recounted_at_thresholds() -> None:
    evaluation = evaluated(SHAPES)
    strict = Thresholds.fractions(dict.fromkeys(SHAPES, 0.99))
    axes = plot_f1_by_label(evaluation, thresholds=strict)
    bars = [bar.get_width() for bar in axes.patches]  # type: ignore[attr-defined]
    assert bars == sorted(label.f1_score or 0.0 for label in evaluation.recompute(strict).labels.values())
    assert "at the thresholds given" in written(axes)
    without = Evaluation.from_files(summary_of(result("cat", 3)))
    with pytest.raises(EvaluationError, match="there is none: none was given"):
        plot_f1_by_label(without, thresholds=strict)
    assert row_names(plot_f1_by_label(without)) == ["cat (3)"]


def marks(axes: Axes, marker: str) -> set[tuple[float, float]]:
    found = [line for line in axes.lines if line.get_marker() == marker]
    return {(float(np.asarray(line.get_xdata())[0]), float(np.asarray(line.get_ydata())[0])) for line in found}


def test_assumed_and_given_thresholds_are_marked_where_they_are() -> None:
    evaluation = evaluated(SHAPES)
    given = Thresholds.percents(dict.fromkeys(SHAPES, 80), default=80)
    for draw, x, y in ((plot_precision_recall, "recall", "precision"), (plot_thresholds, "threshold", "f1_score")):
        place = attrgetter(x, y)
        axes = draw(evaluation, thresholds=given)
        assert marks(axes, "o") == {place(metrics) for metrics in evaluation.recompute().labels.values()}
        assert marks(axes, "*") == {place(metrics) for metrics in evaluation.recompute(given).labels.values()}
        assert marks(draw(evaluation), "*") == set()
        curves = [line for line in axes.lines if line.get_drawstyle() == "steps-pre"]
        assert len({(line.get_color(), str(line.get_linestyle())) for line in curves}) == len(SHAPES)


def test_a_tuning_is_marked_as_its_thresholds_are() -> None:
    evaluation = evaluated(SHAPES, f1=0.5)
    tuned = evaluation.tune_thresholds()
    of_tuning, of_thresholds = (plot_thresholds(evaluation, thresholds=given) for given in (tuned, tuned.thresholds))
    assert marks(of_tuning, "*") == marks(of_thresholds, "*")


def test_the_area_under_a_curve_is_the_average_precision() -> None:
    evaluation = evaluated(["cat", "dog"], f1=0.6)
    axes = plot_precision_recall(evaluation, labels=["cat"])
    (line,) = [line for line in axes.lines if line.get_drawstyle() == "steps-pre"]
    recalls, precisions = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    assert float(np.sum(np.diff(recalls) * precisions[1:])) == pytest.approx(evaluation.curve("cat").average_precision)


def test_an_f1_score_is_read_off_its_curve_at_any_threshold() -> None:
    evaluation = evaluated(["cat", "dog"], f1=0.6)
    axes = plot_thresholds(evaluation, labels=["cat"])
    (line,) = [line for line in axes.lines if line.get_drawstyle() == "steps-pre"]
    thresholds, scores = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    for threshold in np.linspace(0.001, 0.999, 50):
        said = scores[int(np.searchsorted(thresholds, threshold))]
        counted = evaluation.recompute(Thresholds.fractions({}, default=float(threshold))).labels["cat"].f1_score
        assert said == pytest.approx(counted)


def test_of_many_curves_the_hardest_have_colours_and_the_others_are_counted() -> None:
    labels = numbered(30)
    evaluation = evaluated(labels, worst={labels[7]: 0.2, labels[20]: 0.3})
    axes = plot_precision_recall(evaluation, max_labels=2)
    legend = axes.get_legend()
    assert legend is not None
    names = [text.get_text() for text in legend.get_texts()]
    assert names[0].startswith(f"{labels[7]} (12): AP 0.")
    assert names[1].startswith(f"{labels[20]} (12): AP 0.")
    assert names[2:] == ["28 other labels", "assumed threshold"]
    said = written(axes).replace("\n", " ")
    assert "In colour: the 2 with the lowest average precision; in grey, without names: the other 28" in said
    assert len([line for line in axes.lines if line.get_drawstyle() == "steps-pre"]) == 30


def test_curves_need_a_snapshot() -> None:
    without = Evaluation.from_files(summary_of(result("cat", 3)))
    for draw in (plot_precision_recall, plot_thresholds):
        with pytest.raises(EvaluationError, match="there is none: none was given"):
            draw(without)


def test_a_comparison_shows_falls_first_and_what_can_not_be_compared_last() -> None:
    old = evaluated(["cat", "dog", "cow", "gone"], untested=("moon",), f1=0.7)
    new = evaluated(
        ["cat", "dog", "cow", "added"], untested=("moon",), worst={"cat": 0.4, "dog": 0.9}, f1=0.7, name="v2"
    )
    axes = plot_comparison(compare(old, new))
    check_legible(axes)
    names = row_names(axes)
    assert names[0] == "cat"
    assert names.index("dog") == 2
    assert set(names[3:]) == {"gone", "added", "moon"}
    said = written(axes)
    for part in ("only in the old version", "only in the new version", "no test images", "v2 compared with v1"):
        assert part in said
    change = (new.labels["cat"].f1_score or 0) - (old.labels["cat"].f1_score or 0)
    assert f"\N{MINUS SIGN}{-change:.2f}" in said
    shapes = {line.get_marker(): line.get_color() for line in axes.lines if line.get_marker() in ("<", ">")}
    assert len(set(shapes.values())) == len(shapes) == 2


def test_a_comparison_on_other_images_says_so_in_another_colour() -> None:
    old, new = evaluated(SHAPES), evaluated(SHAPES, name="v2", first=7)
    (alarm,) = [text for text in texts(plot_comparison(compare(old, new))) if "NOT tested" in text.get_text()]
    assert alarm.get_color() == "#D55E00"
    unknown = plot_comparison(compare(Evaluation.from_files(summary_of(result("cat", 3))), new))
    assert "It is not known if both were tested on the same images" in written(unknown).replace("\n", " ")
    same = written(plot_comparison(compare(old, evaluated(SHAPES, name="v2"))))
    assert "NOT" not in same
    assert "the same 60 test images" in same


def test_the_rest_of_a_comparison_is_summed_up() -> None:
    labels = numbered(100)
    old, new = evaluated(labels, images=4), evaluated(labels, images=4, name="v2", worst={labels[60]: 0.2})
    axes = plot_comparison(compare(old, new), max_labels=10)
    assert row_names(axes)[0] == labels[60]
    assert row_names(axes)[-1] == "91 other labels"
    assert "F1 changed by" in written(axes)


def test_numbers_that_the_summary_lacks_are_not_zero() -> None:
    lacking = Evaluation.from_files(
        summary_of(result("cat", None, f1=None), result("dog", 0), result("cow", 5), f1=None)
    )
    axes = plot_f1_by_label(lacking)
    assert row_names(axes) == ["cow (5)", "cat (?)", "dog (0)"]
    assert "no F1 score in the summary" in written(axes)
    assert "mean" not in written(axes)
    assert "an unknown number of test images" in written(axes)
    compared_with_itself = plot_comparison(compare(lacking, lacking))
    assert "no F1 score in the old and new summary" in written(compared_with_itself)
    assert "The change over all labels is not known" in written(compared_with_itself)


TRICKY = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.text(alphabet="ab \\x\u0441a\u0301\u200b'#2\n", max_size=12),
        st.text(alphabet="ab", min_size=25, max_size=60),
        st.builds(lambda head, tail: "a" * head + "b" + "a" * tail, st.integers(0, 250), st.integers(0, 250)),
    ),
    unique=True,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(labels=TRICKY, widest=st.sampled_from([8, 12, 28]))
def test_no_two_labels_have_one_name(labels: list[str], widest: int) -> None:
    names = display_names(labels, widest, Lettering().has)
    assert list(names) == labels
    shown = [" ".join(name.split()) for name in names.values()]
    assert len(set(shown)) == len(labels)
    assert all(name.strip() and name.isprintable() for name in shown)


def test_names_say_what_labels_are() -> None:
    has = Lettering().has
    assert display_names(["cat"], 28, has) == {"cat": "cat"}
    assert display_names(["\u0441at", "cat"], 28, has) == {"\u0441at": "\\u0441at", "cat": "cat"}
    assert display_names(["\u0441at"], 28, has) == {"\u0441at": "\u0441at"}
    assert list(display_names(["a\nb", "a\\nb"], 28, has).values()) == ["a\\nb", "a\\\\nb"]
    assert list(display_names(["", " "], 28, has).values()) == ["''", "\\x20"]
    assert list(display_names(["e\u0301", "\u00e9"], 28, has).values()) == ["e\\u0301", "\\xe9"]
    long = display_names(["x" * 256, "x" * 200 + "y" + "x" * 55], 28, has)
    assert all(len(name) <= 28 for name in long.values())
    assert "y" in long["x" * 200 + "y" + "x" * 55]
    named = "the long name of a thing, the left one"
    assert display_names([named], 20, has)[named] == "the long na\u2026left one"


def test_without_matplotlib_the_error_says_what_to_install() -> None:
    script = "import sys; sys.modules['matplotlib'] = None; import rekog_versions.evaluation.plots"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert ran.stderr.rstrip().endswith('pictures need matplotlib: pip install "rekog_versions[plots]"')
    assert "ModuleNotFoundError" in ran.stderr


@pytest.mark.parametrize("plot", [plot_precision_recall, plot_thresholds])
def test_in_narrow_axes_the_legend_covers_no_curve(plot: Any) -> None:
    figure = Figure(figsize=(14, 10))
    axes = figure.subplots(2, 2)[1][0]
    plot(evaluated(numbered(30), images=3), axes)
    figure.draw_without_rendering()
    legend = axes.get_legend()
    assert legend.get_window_extent().y0 >= axes.get_window_extent().y1 - 1
    assert axes.yaxis.label.get_window_extent().height < axes.get_window_extent().height


def test_labels_that_changed_alike_are_no_range() -> None:
    compared = compare(evaluated(numbered(60), images=3), evaluated(numbered(60), images=3, name="v1"))
    assert "F1 changed by +0.00 each" in written(plot_comparison(compared))
