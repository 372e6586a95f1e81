"""Pictures for the tests, made with Pillow."""

import io
from random import Random
from typing import Any

from PIL import Image


def picture(width: int = 80, height: int = 64, *, kind: str = "PNG", seed: int = 0, **options: Any) -> bytes:
    """A picture: another seed is another picture."""
    random = Random(seed)
    mode = options.pop("mode", "RGB")
    drawn = Image.new("RGB", (width, height), tuple(random.randrange(256) for _ in range(3))).convert(mode)
    written = io.BytesIO()
    drawn.save(written, kind, **options)
    return written.getvalue()
