"""Plots of evaluations and comparisons, drawn with matplotlib. Install it with `pip install "rekog_versions[plots]"`.

    from rekog_versions.evaluation.plots import plot_confusion_matrix

    axes = plot_confusion_matrix(evaluation)
    axes.figure.savefig("confusion.png")

Each function draws on the given `Axes` and returns them. Without `ax` it creates a figure that is large enough for the
labels. pyplot is not used, so the functions work without a display and in threads. In a notebook, show `axes.figure`,
or pass an `Axes` from `plt.subplots(layout="constrained")`. A figure without a layout engine gets this one.

Label names are never interpreted as TeX or as formatting. Long names are shortened, and characters that are invisible
or missing in every font are escaped. Names that would be equal get a number. Each plot says what it leaves out.
"""

import lazy_loader

from rekog_versions._plotting import require_matplotlib

require_matplotlib()
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
