"""Images for the tests, created with Pillow."""

import io
from random import Random
from typing import Any
from unittest.mock import patch

from PIL import Image, ImageFile


def picture(width: int = 80, height: int = 64, *, kind: str = "PNG", seed: int = 0, **options: Any) -> bytes:
    """Return an encoded image. Another seed gives another image."""
    random = Random(seed)
    mode = options.pop("mode", "RGB")
    drawn = Image.new("RGB", (width, height), tuple(random.randrange(256) for _ in range(3))).convert(mode)
    written = io.BytesIO()
    # Pillow's default buffer is too small for some combinations of Exif data, comment and color profile in a JPEG
    with patch.object(ImageFile, "MAXBLOCK", 2**20):
        drawn.save(written, kind, **options)
    return written.getvalue()
