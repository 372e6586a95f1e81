"""The service's limits for manifests, as far as several modules use them.

They are from the Custom Labels Developer Guide ("Debugging a failed model training", "Guidelines and quotas"). The
limits for images are in `images.image_check`.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

Side: TypeAlias = Literal["training", "testing"]
Feature: TypeAlias = Literal["CUSTOM_LABELS", "CONTENT_MODERATION"]
"""The feature that a project customizes. The lines of the two features differ."""

# The guide says 1 GB, which may mean 10**9 or 2**30 bytes. A check accepts up to the larger number, so that it never
# rejects a manifest that the service accepts. A manifest that this package writes has at most the smaller number.
MOST_BYTES = 2**30
"""Bytes of a manifest file that is read."""
MOST_BYTES_TO_WRITE = 10**9
"""Bytes of a manifest file that is written."""

MOST_LINES = 250_000
"""Lines of a manifest. Some regions have a lower limit, see `most_lines`."""
LONGEST_ENTRY = 100_000
"""Characters of a line. A dataset drops longer lines without an error."""
MOST_INVALID = 0.2
"""The share of a manifest's lines that may be invalid."""

LONGEST_BUCKET = 255
"""Characters of the bucket in a `source-ref`. Longer buckets cannot exist."""
LONGEST_KEY = 1024
"""Characters of the key in a `source-ref`. Longer keys cannot exist: S3 allows 1,024 bytes."""

MOST_LABELS = 250
"""Labels of a training."""
LONGEST_LABEL = 256
"""Characters of a label."""
MOST_LABELS_OF_IMAGE = 50
"""Labels of an image."""
MOST_TEST_IMAGES_OF_LABEL = 1000
"""Images of a label in a test manifest. Only an older page about the limits has it, and there is no code for it."""
LEAST_OVERLAP = 0.5
"""The share of the training labels that the test manifest must have too."""
LEAST_IMAGES_TO_SPLIT = 2
"""Images that a label needs for AutoCreate: one to train with, and one to hold back. The guide says that 20 % of a
label's images are held back, but not how many images that needs; fewer than two cannot be split."""

MOST_BOXES = 50
"""Boxes of an attribute."""
SCALED_SIDE = 1280
"""Pixels of the longer side of an image after the service has scaled it down. Boxes are checked at this size."""

_SMALL_REGIONS = frozenset({"ap-south-1", "eu-west-2"})
_MOST_LINES_OF_SMALL: Mapping[Side, int] = {"training": 28_000, "testing": 7_000}


def most_lines(region: str | None, side: Side) -> int:
    """Return the number of lines that a manifest, or of images that a dataset, may have in a region."""
    return _MOST_LINES_OF_SMALL[side] if region in _SMALL_REGIONS else MOST_LINES
