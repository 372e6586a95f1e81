"""The images that a reader finds in a source, before they become lines."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from rekog_versions._json import number
from rekog_versions._text import printable, shown
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport, Split
from rekog_versions.manifests.lines import FAR

Kind: TypeAlias = Literal["boxes", "labels"]
"""The labels to convert: boxes, or labels of whole images."""
Units: TypeAlias = Literal["pixels", "fractions"]
"""The unit of the sides of boxes."""

_SPLITS: dict[str, Split] = {
    **dict.fromkeys(("train", "training", "trn"), "training"),
    **dict.fromkeys(("val", "valid", "validate", "validation", "dev"), "validation"),
    **dict.fromkeys(("test", "testing", "tst"), "testing"),
}


@dataclass(slots=True)
class SourceBox:
    """A box of a source, in its units."""

    place: str
    label: str
    left: float
    top: float
    width: float
    height: float
    confidence: float = 1


@dataclass(slots=True)
class SourceImage:
    """An image of a source, with the labels that it has there."""

    place: str
    name: str
    width: float | None = None
    height: float | None = None
    labels: dict[str, float] = field(default_factory=dict[str, float])
    """The labels of the whole image and their confidences."""
    boxes: list[SourceBox] = field(default_factory=list[SourceBox])
    split: Split | None = None
    is_key: bool = False
    """True if the name is the `source-ref`, of an image that was found there."""

    def add_label(self, label: str, place: str, report: ConversionReport, confidence: float = 1) -> None:
        """Add a label of the whole image."""
        if label in self.labels:
            report.add(ConversionReason.REPEATED_LABEL, place, f"{shown(label)} of {shown(self.name)}")
        else:
            self.labels[label] = confidence


class Gathered:
    """The images of a source that may list an image several times, by their names."""

    def __init__(self, report: ConversionReport) -> None:
        self._report = report
        self._images: dict[str, SourceImage] = {}

    def image(self, name: str, place: str, split: Split | None = None) -> SourceImage:
        """Return the image with a name, and make it if it is new."""
        found = self._images.get(name)
        if found is None:
            found = self._images[name] = SourceImage(place, name, split=split)
        elif split != found.split:
            text = f"{shown(name)} is in the splits {found.split} and {split}: the first one counts"
            self._report.add(ConversionReason.MERGED, place, text)
        return found

    def __iter__(self) -> Iterator[SourceImage]:
        return iter(self._images.values())


def split_named(name: object) -> Split | None:
    """Return the split that a name such as `val` or `TRAIN` means; None if it means none."""
    return _SPLITS.get(name.strip().casefold()) if isinstance(name, str) else None


def numeric(value: object) -> float | None:
    """Return the number that a value is, or that its text is; None for others, for NaN and for huge ones."""
    if (type(value) is float or type(value) is int) and -FAR < value < FAR:
        return value
    if isinstance(value, str):
        try:
            found = float(value)
        except ValueError:
            return None
        return found if -FAR < found < FAR else None
    return number(value, FAR)


def pixels(value: object) -> float | None:
    """Return the length of a side of an image; None if it is not a number of at least 1."""
    found = numeric(value)
    return None if found is None or found < 1 else int(found) if found == int(found) else found


def corners(place: str, label: str, values: "tuple[object, object, object, object]") -> SourceBox | None:
    """Return the box with the given left, top, right and bottom, or None. Swapped corners are accepted."""
    left, top, right, bottom = map(numeric, values)
    if left is None or top is None or right is None or bottom is None:
        return None
    if right < left:
        left, right = right, left
    if bottom < top:
        top, bottom = bottom, top
    return SourceBox(place, label, left, top, right - left, bottom - top)


def about(name: object) -> str:
    """Return the name of an image as a place shows it."""
    return printable(name, 200)
