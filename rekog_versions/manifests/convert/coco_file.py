"""What is read of a COCO file. Any value may be of any type here: one wrong value is no reason to refuse all others."""

from typing import Any

import msgspec


class CocoImage(msgspec.Struct, gc=False):
    """An image."""

    id: Any = None
    file_name: Any = None
    width: Any = None
    height: Any = None


class CocoAnnotation(msgspec.Struct):
    """A box."""

    id: Any = None
    image_id: Any = None
    category_id: Any = None
    bbox: Any = None
    iscrowd: Any = 0


class CocoCategory(msgspec.Struct):
    """A category."""

    id: Any = None
    name: Any = None


class CocoFile(msgspec.Struct):
    """The file."""

    images: list[CocoImage]
    annotations: list[CocoAnnotation]
    categories: list[CocoCategory]
