"""Boxes and the sizes of their images, in pixels."""

from dataclasses import dataclass
from typing import Protocol


class Sides(Protocol):
    """Anything with the sides of a box in pixels."""

    @property
    def left(self) -> float:
        """The distance from the left side of the image."""
        ...

    @property
    def top(self) -> float:
        """The distance from the upper side of the image."""
        ...

    @property
    def width(self) -> float:
        """The width of the box."""
        ...

    @property
    def height(self) -> float:
        """The height of the box."""
        ...


@dataclass(frozen=True, slots=True)
class Box:
    """A box, in pixels of its image."""

    left: float
    top: float
    width: float
    height: float

    def overlap(self, other: "Box") -> float:
        """Return the intersection over union, 0 to 1."""
        width = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        height = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        if width <= 0 or height <= 0:
            return 0.0
        shared = width * height
        return shared / (self.width * self.height + other.width * other.height - shared)

    def scaled(self, frame: "Frame", other: "Frame") -> "Box":
        """Return the box in an image that is scaled from `frame` to `other`."""
        if (frame.width, frame.height) == (other.width, other.height):
            return self  # without arithmetic, so that integers remain integers
        across, down = other.width / frame.width, other.height / frame.height
        return Box(self.left * across, self.top * down, self.width * across, self.height * down)


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of an image, in pixels."""

    width: float
    height: float
    depth: float = 3
    """The number of color channels."""


PIXEL = Frame(1, 1)
