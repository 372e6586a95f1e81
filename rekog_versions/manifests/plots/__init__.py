"""Plots of what is in a manifest, drawn with matplotlib. Install it with `pip install "rekog_versions[plots]"`.

    from rekog_versions.manifests import describe_manifest
    from rekog_versions.manifests.plots import plot_label_counts

    axes = plot_label_counts(describe_manifest("train.manifest"))
    axes.figure.savefig("labels.png")

The functions draw as those of `rekog_versions.evaluation.plots` do: on the given `Axes` or on a new figure that is
large enough, without pyplot, and with names of labels that are never interpreted.
"""

import lazy_loader

from rekog_versions._plotting import require_matplotlib

require_matplotlib()
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
