"""Check images by the service's limits: format, size in bytes, sides, and the size that a manifest gives for them.

`readers` has the two ways to read the images, `images_from_s3()` and `images_from_folder()`. Both are an `ImageReader`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeVar

from rekog_versions._json import JsonResult
from rekog_versions.manifests.boxes import Frame

LARGEST_FILE = 15 * 1024 * 1024
"""The maximum number of bytes of an image."""
SHORTEST_SIDE = 64
"""The minimum number of pixels of each side."""
LONGEST_SIDE = 4096
"""The maximum number of pixels of each side."""
LARGEST_ASPECT = 20
"""The maximum ratio of the longer side to the shorter one."""

K = TypeVar("K")

_FORMATS = frozenset({"PNG", "JPEG"})
_INVALID = "ERROR_INVALID_IMAGE"
_DIMENSION = "ERROR_INVALID_IMAGE_DIMENSION"


class ImageProblem(Enum):
    """Why an image could not be read."""

    NOT_FOUND = "not found"
    """The file or the bucket does not exist."""
    NOT_AN_IMAGE = "not an image"
    """The file is neither PNG nor JPEG, or its header is invalid."""
    NOT_CHECKED = "not checked"
    """Reading failed, for example for a missing permission or a timeout. The image may be fine."""


@dataclass(frozen=True, slots=True)
class ImageInfo(JsonResult):
    """The format and the size of an image, from its header."""

    format: str | None = None
    """`"PNG"`, `"JPEG"`, the name of another format such as `"GIF"`, or None if the format is unknown."""
    width: int | None = None
    """Pixels, as stored; None if they could not be read."""
    height: int | None = None
    """Pixels, as stored; None if they could not be read."""
    size: int | None = None
    """Bytes; None if the file could not be read."""
    is_rotated: bool = False
    """True if the EXIF orientation rotates the image by 90 degrees, so that viewers swap height and width."""
    problem: ImageProblem | None = None
    """Why the image could not be read; None if it could."""
    detail: str = ""
    """More about the problem, printable."""
    orientation: int | None = None
    """The EXIF orientation, 1 to 8; None if the image has none. Viewers turn or mirror the image unless it is 1."""


class ImageReader(Protocol):
    """A callable that reads the headers of many images: `images_from_s3()`, `images_from_folder()` or your own."""

    def __call__(self, requests: Iterable[tuple[K, str]], /) -> Iterator[tuple[K, ImageInfo]]:
        """Read images and yield each key with the `ImageInfo` of its image, in any order.

        Closing the iterator ends the work.

        Args:
            requests: Pairs of a key and a `source-ref`. The key is anything that identifies the image to the caller. A
                bounded number of pairs is taken in advance.
        """
        ...


class ImageSizeMatch(Enum):
    """How the size that a manifest gives for an image compares to the size of the image.

    A JPEG may have an EXIF orientation that rotates it by 90 degrees when it is displayed. Labeling tools that run in a
    browser (Ground Truth, the console) draw boxes on the rotated image, others on the pixels as stored. The service's
    guide does not say which one it expects, so both count as a match.
    """

    SAME = "same"
    """The size of the pixels as stored."""
    ROTATED = "rotated"
    """The size as displayed, after the EXIF orientation has rotated the image by 90 degrees."""
    DIFFERENT = "different"
    """Another size: the boxes were drawn on another version of the image, or height and width are swapped."""


@dataclass(frozen=True, slots=True)
class ImageVerdict(JsonResult):
    """The result of checking an image by the service's limits."""

    code: str | None = None
    """`ERROR_INVALID_IMAGE` or `ERROR_INVALID_IMAGE_DIMENSION`; None if the image is fine or was not checked."""
    reason: str = ""
    """The error, with the value and the limit, or why the image was not checked; empty if the image is fine."""
    size_match: ImageSizeMatch | None = None
    """How the manifest's `image_size` compares to the image; None if one of the two is unknown."""


def check_image(image: ImageInfo, *, boxes: bool, frame: Frame | None = None) -> ImageVerdict:
    """Check an image by the service's limits: PNG or JPEG, 15 MB, sides of 64 to 4,096 pixels, aspect ratio 20:1.

    Args:
        image: The image, as an `ImageReader` yields it.
        boxes: True if its line has boxes. Wrong sides then have another error code.
        frame: The image's size in its line (`image_size`).
    """
    if image.problem is ImageProblem.NOT_CHECKED:
        return ImageVerdict(reason=image.detail or image.problem.value)
    if image.problem is ImageProblem.NOT_FOUND:
        return ImageVerdict(_INVALID, image.detail or image.problem.value)
    match = _size_match(image, frame)
    if image.format not in _FORMATS:
        found = f"a {image.format} file" if image.format else "not an image"
        return ImageVerdict(_INVALID, f"it is {found}; the service accepts PNG and JPEG only", match)
    if image.size is not None and image.size > LARGEST_FILE:
        return ImageVerdict(_INVALID, f"it has {image.size:,} bytes; at most {LARGEST_FILE:,} are allowed", match)
    if image.problem or image.width is None or image.height is None:
        return ImageVerdict(_INVALID, image.detail or f"its {image.format} header is invalid", match)
    wrong = wrong_sides(image.width, image.height)
    wrong = f"it has {wrong}" if wrong else ""
    return ImageVerdict((_DIMENSION if boxes else _INVALID) if wrong else None, wrong, match)


def wrong_sides(width: float, height: float) -> str:
    """Return the size of an image and the limit that it breaks; empty if the size is fine."""
    found = f"{width:,} x {height:,} pixels"
    shorter, longer = sorted((width, height))
    if shorter < SHORTEST_SIDE:
        return f"{found}; each side must have at least {SHORTEST_SIDE}"
    if longer > LONGEST_SIDE:
        return f"{found}; each side may have at most {LONGEST_SIDE:,}"
    if longer > shorter * LARGEST_ASPECT:
        return f"{found}; the longer side may be at most {LARGEST_ASPECT} times as long as the shorter one"
    return ""


def _size_match(image: ImageInfo, frame: Frame | None) -> ImageSizeMatch | None:
    if frame is None or image.width is None or image.height is None:
        return None
    if (frame.width, frame.height) == (image.width, image.height):
        return ImageSizeMatch.SAME
    is_rotated = image.is_rotated and (frame.width, frame.height) == (image.height, image.width)
    return ImageSizeMatch.ROTATED if is_rotated else ImageSizeMatch.DIFFERENT
