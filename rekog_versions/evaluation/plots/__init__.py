"""Pictures of how good a version is: matplotlib is needed, `pip install "rekog_versions[plots]"`.

    from rekog_versions.evaluation.plots import plot_confusion_matrix

    axes = plot_confusion_matrix(evaluation)
    axes.figure.savefig("confusion.png")

Each function draws on the `Axes` that it is given, or on a figure of its own that is as large as the labels need, and
returns the `Axes`. pyplot is not used, so this works without a display and in threads. In a notebook, draw on an `Axes`
of `plt.subplots(layout="constrained")`, or show `axes.figure`.

Labels are shown so that no two look the same and nothing in them is obeyed: what is long is shortened, what can't be
seen or drawn is escaped. What a picture leaves out, it says.
"""

try:
    import matplotlib as mpl  # noqa: F401  # pyright: ignore[reportUnusedImport]
except ModuleNotFoundError as error:
    if error.name != "matplotlib":
        raise
    raise ModuleNotFoundError(
        'pictures need matplotlib: pip install "rekog_versions[plots]"', name="matplotlib"
    ) from error

from rekog_versions.evaluation.plots.changes import plot_comparison
from rekog_versions.evaluation.plots.confusion import plot_confusion_matrix
from rekog_versions.evaluation.plots.curves import plot_precision_recall, plot_thresholds
from rekog_versions.evaluation.plots.scores import plot_f1_by_label

__all__ = [
    "plot_comparison",
    "plot_confusion_matrix",
    "plot_f1_by_label",
    "plot_precision_recall",
    "plot_thresholds",
]
