"""Images as the service judges them: their format, sides, size in bytes, and the size that a manifest gives for them.

How images are looked at is another subject: `ImageReader` is its shape, `images_from_s3()` and `images_from_folder()` (in
`looking`) are two ways.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeVar

from rekog_versions.manifests.boxes import Frame

LARGEST_FILE = 15 * 1024 * 1024
"""The most bytes of an image."""
SHORTEST_SIDE = 64
"""The fewest pixels of an image's side."""
LONGEST_SIDE = 4096
"""The most pixels of an image's side."""
LARGEST_ASPECT = 20
"""How many times as long as the other a side of an image may be."""

K = TypeVar("K")

_FORMATS = frozenset({"PNG", "JPEG"})
_INVALID = "ERROR_INVALID_IMAGE"
_DIMENSION = "ERROR_INVALID_IMAGE_DIMENSION"


class ImageProblem(Enum):
    """What kept an image from being read."""

    NOT_FOUND = "not found"
    """There is no such file or bucket."""
    NOT_AN_IMAGE = "not an image"
    """The file is neither PNG nor JPEG, or its header is broken."""
    NOT_CHECKED = "not checked"
    """It could not be looked at (no permission, a time-out), which says nothing about the image."""


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What was found where a `source-ref` points."""

    format: str | None = None
    """`"PNG"`, `"JPEG"`, the name of another format such as `"GIF"`, or None if it is none that is known."""
    width: int | None = None
    """Pixels, as stored; None if they couldn't be read."""
    height: int | None = None
    """Pixels, as stored; None if they couldn't be read."""
    size: int | None = None
    """Bytes; None if the file couldn't be read."""
    is_turned: bool = False
    """Whether its EXIF orientation turns it by a quarter, so that viewers show height and width swapped."""
    problem: ImageProblem | None = None
    """What kept it from being read; None if nothing did."""
    detail: str = ""
    """More about the problem, fit for a message."""


class ImageReader(Protocol):
    """A way to look at images: called with keys and places, it yields the same keys with what it found."""

    def __call__(self, requests: Iterable[tuple[K, str]], /) -> Iterator[tuple[K, ImageInfo]]:
        """Looks at images.

        Args:
            requests: Pairs of a key, which is anything that tells the caller which image it was, and a `source-ref`.
                They are taken as they are needed, a bounded number ahead of the answers.

        Returns:
            Each key with the picture, as they come, in any order. Closing the iterator ends the work.
        """
        ...


class ImageSizeMatch(Enum):
    """Whether the size that a manifest gives for an image is the image's.

    A JPEG may have an EXIF orientation that turns it by a quarter when it is shown. Labelling tools that run in a
    browser (Ground Truth, the console) draw their boxes on the turned picture, others on the pixels as they are stored.
    Neither is wrong by itself and the service's guide doesn't say which one it expects, so that both count as a match;
    but it can be told which of the two was drawn on.
    """

    SAME = "same"
    """It is the size of the pixels as stored."""
    TURNED = "turned"
    """It is the size as shown, after the EXIF orientation has turned the image by a quarter."""
    DIFFERENT = "different"
    """It is another size: the boxes were drawn on another version of the image, or the sides are swapped."""


@dataclass(frozen=True, slots=True)
class ImageVerdict:
    """What the service will say of an image."""

    code: str | None = None
    """`ERROR_INVALID_IMAGE`, `ERROR_INVALID_IMAGE_DIMENSION`, or None if the image is fine or was not looked at."""
    reason: str = ""
    """What is wrong or unknown, with the value and the limit, fit for a message; empty if all is well."""
    size_match: ImageSizeMatch | None = None
    """Whether the manifest's `image_size` is the image's; None if it gives none or the image couldn't be read."""


def check_image(picture: ImageInfo, *, boxes: bool, frame: Frame | None = None) -> ImageVerdict:
    """Judges an image by the service's limits: PNG or JPEG, 15 MB, sides of 64 to 4,096 pixels, aspect 20:1.

    Args:
        picture: What was found.
        boxes: Whether its line has boxes: sides that don't fit then have a code of their own.
        frame: The size that the line gives for the image (`image_size`).
    """
    if picture.problem is ImageProblem.NOT_CHECKED:
        return ImageVerdict(reason=picture.detail or picture.problem.value)
    if picture.problem is ImageProblem.NOT_FOUND:
        return ImageVerdict(_INVALID, picture.detail or picture.problem.value)
    size = _match(picture, frame)
    if picture.format not in _FORMATS:
        return ImageVerdict(_INVALID, f"it is {_kind(picture.format)}, and only PNG and JPEG are accepted", size)
    if picture.size is not None and picture.size > LARGEST_FILE:
        return ImageVerdict(_INVALID, f"it has {picture.size:,} bytes; at most {LARGEST_FILE:,} are allowed", size)
    if picture.problem or picture.width is None or picture.height is None:
        return ImageVerdict(_INVALID, picture.detail or f"its {picture.format} header is broken", size)
    wrong = _wrong_sides(picture.width, picture.height)
    return ImageVerdict((_DIMENSION if boxes else _INVALID) if wrong else None, wrong, size)


def _kind(name: str | None) -> str:
    return f"a {name} file" if name else "no picture"


def _wrong_sides(width: int, height: int) -> str:
    shown = f"it has {width:,} x {height:,} pixels"
    shorter, longer = sorted((width, height))
    if shorter < SHORTEST_SIDE:
        return f"{shown}; each side must have at least {SHORTEST_SIDE}"
    if longer > LONGEST_SIDE:
        return f"{shown}; each side may have at most {LONGEST_SIDE:,}"
    if longer > shorter * LARGEST_ASPECT:
        return f"{shown}; a side may be at most {LARGEST_ASPECT} times as long as the other"
    return ""


def _match(picture: ImageInfo, frame: Frame | None) -> ImageSizeMatch | None:
    if frame is None or picture.width is None or picture.height is None:
        return None
    if (frame.width, frame.height) == (picture.width, picture.height):
        return ImageSizeMatch.SAME
    is_turned = picture.is_turned and (frame.width, frame.height) == (picture.height, picture.width)
    return ImageSizeMatch.TURNED if is_turned else ImageSizeMatch.DIFFERENT
