"""What a manifest may have: every number of the service's that more than one part of this package goes by.

They are from the Custom Labels Developer Guide ("Debugging a failed model training", "Guidelines and quotas"). Those of
images stand with the images, in `images.image_check`.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

Side: TypeAlias = Literal["training", "testing"]

# The guide says 1 GB, and not which. So a check calls only that too large which is so in both readings (a manifest that
# the service takes must not be refused here), and what is written is small enough in both.
MOST_BYTES = 2**30
"""The bytes above which a manifest file is too large."""
MOST_BYTES_TO_WRITE = 10**9
"""The most bytes of a manifest that is written here."""

MOST_LINES = 250_000
"""The most lines of a manifest; `most_lines()` knows the regions with fewer."""
LONGEST_ENTRY = 100_000
"""The most characters of a line: longer ones are dropped from a dataset without a word."""
MOST_INVALID = 0.2
"""The largest share of a manifest's lines that may be invalid."""

MOST_LABELS = 250
"""The most labels of a training."""
LONGEST_LABEL = 256
"""The most characters of a label."""
MOST_LABELS_OF_IMAGE = 50
"""The most image-level labels of an image."""
LEAST_OVERLAP = 0.5
"""The smallest share of the training labels that the test manifest must have, too."""
LEAST_IMAGES_TO_SPLIT = 2
"""The fewest images of a label that AutoCreate can split: one to train with, and one to hold back. The guide says
that 20 % of a label's images are held back and not how many it needs for that; fewer than two can't be split at all."""

MOST_BOXES = 50
"""The most boxes of an attribute."""
SCALED_SIDE = 1280
"""What the service scales the longer side of an image down to, in pixels, before it looks at the boxes."""

_SMALL_REGIONS = frozenset({"ap-south-1", "eu-west-2"})
_MOST_LINES_OF_SMALL: Mapping[Side, int] = {"training": 28_000, "testing": 7_000}


def most_lines(region: str | None, side: Side) -> int:
    """How many lines a manifest, or images a dataset, may have: 250,000, in Mumbai and London fewer."""
    return _MOST_LINES_OF_SMALL[side] if region in _SMALL_REGIONS else MOST_LINES
