"""A plot of the time that models ran, drawn with matplotlib. Install it with `pip install "rekog_versions[plots]"`.

from rekog_versions.hosting.plots import plot_hosting_hours

axes = plot_hosting_hours(hosting_costs(client, since=timedelta(days=30)))
axes.figure.savefig("hours.png")
"""

import lazy_loader

from rekog_versions._plotting import require_matplotlib

require_matplotlib()
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
