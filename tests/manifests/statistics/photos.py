"""Pictures that differ from each other, as files and as manifests."""

import io
from random import Random
from typing import Any

from PIL import Image, ImageDraw


def photo(seed: int, width: int = 200, height: int = 150) -> Image.Image:
    """Return a picture with circles that depend on a number."""
    random = Random(seed)

    def colour() -> tuple[int, int, int]:
        return random.randrange(256), random.randrange(256), random.randrange(256)

    image = Image.new("RGB", (width, height), colour())
    draw = ImageDraw.Draw(image)
    for _ in range(25):
        x, y = random.randrange(width), random.randrange(height)
        draw.ellipse((x, y, x + random.randrange(10, 80), y + random.randrange(10, 80)), fill=colour())
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """Return an image as a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
