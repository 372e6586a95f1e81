"""The plot of a comparison."""

from rekog_versions.evaluation import Evaluation, compare
from rekog_versions.evaluation.plots import plot_comparison
from tests.evaluation.files import result, summary_of
from tests.evaluation.plots.drawing import SHAPES, check_legible, row_names, texts, written
from tests.evaluation.samples import evaluated, numbered
from tests.evaluation.test_paired import judged


def test_drops_come_first_and_labels_that_cannot_be_compared_last() -> None:
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
    for part in ("only in the old version", "only in the new version", "no test images", "v2 compared with v1"):
        assert part in written(axes)
    change = (new.labels["cat"].f1_score or 0) - (old.labels["cat"].f1_score or 0)
    assert f"\N{MINUS SIGN}{-change:.2f}" in written(axes)


def test_better_and_worse_differ_in_colour_and_in_shape() -> None:
    old, new = evaluated(["cat", "dog"]), evaluated(["cat", "dog"], worst={"cat": 0.4, "dog": 0.95}, name="v2")
    lines = plot_comparison(compare(old, new)).lines
    shapes = {line.get_marker(): line.get_color() for line in lines if line.get_marker() in ("<", ">")}
    assert shapes == {"<": "#D55E00", ">": "#0072B2"}


def test_different_test_images_are_a_warning_in_another_colour() -> None:
    old, new = evaluated(SHAPES), evaluated(SHAPES, name="v2", first=7)
    (warning,) = [text for text in texts(plot_comparison(compare(old, new))) if "NOT tested" in text.get_text()]
    assert warning.get_color() == "#D55E00"


def test_missing_snapshots_are_a_warning() -> None:
    axes = plot_comparison(compare(Evaluation.from_files(summary_of(result("cat", 3))), evaluated(SHAPES)))
    assert "It is not known whether both versions were tested on the same images" in written(axes)


def test_equal_test_images_cause_no_warning() -> None:
    text = written(plot_comparison(compare(evaluated(SHAPES), evaluated(SHAPES, name="v2"))))
    assert "NOT" not in text
    assert "the same 60 test images" in text


def test_the_last_row_sums_up_the_labels_that_are_not_shown() -> None:
    labels = numbered(100)
    old, new = evaluated(labels, images=3), evaluated(labels, images=3, name="v2", worst={labels[60]: 0.2})
    axes = plot_comparison(compare(old, new), max_labels=10)
    assert row_names(axes)[0] == labels[60]
    assert row_names(axes)[-1] == "91 other labels"
    assert "F1 changed by" in written(axes)


def test_equal_changes_are_not_shown_as_a_range() -> None:
    evaluation = evaluated(numbered(60), images=3)
    assert "F1 changed by +0.00 each" in written(plot_comparison(compare(evaluation, evaluation)))


def test_missing_scores_are_not_zero() -> None:
    lacking = Evaluation.from_files(
        summary_of(result("cat", None, f1=None), result("dog", 0), result("cow", 5), f1=None)
    )
    text = written(plot_comparison(compare(lacking, lacking)))
    assert "no F1 score in the old and new summary" in text
    assert "The change of the mean F1 score is not known" in text


def test_changes_that_chance_does_not_explain_have_a_star() -> None:
    truth = [["cat", "dog"]] * 30
    old = judged([["dog"]] * 20 + [["cat", "dog"]] * 10, truth, ("cat", "dog"))
    new = judged([["cat", "dog"]] * 29 + [["cat"]], truth, ("cat", "dog"))
    text = written(plot_comparison(compare(old, new)))
    assert "+0.50 *" in text
    assert "Chance does not explain the change of 1 of 2 labels (paired test, Holm)" in text
    assert "95 % interval +0." in text
    without = Evaluation.from_files(summary_of(result("cat", 3)))
    assert "Not tested: chance may explain all changes" in written(plot_comparison(compare(without, without)))
