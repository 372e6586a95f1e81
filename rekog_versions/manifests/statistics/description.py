"""The result of `describe_manifest`: as data, as JSON, and as tables for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rekog_versions._json import JsonResult
from rekog_versions._text import printable, shortened, table
from rekog_versions.manifests.counts import Counts, LineNumbers
from rekog_versions.manifests.statistics.distribution import Distribution

_MOST_SHOWN = 10
_SIZES = {
    "image_width": "image width (pixels)",
    "image_height": "image height (pixels)",
    "box_width": "box width (pixels)",
    "box_height": "box height (pixels)",
    "box_area": "box area (share of the image)",
    "box_aspect": "box width / height",
    "boxes_per_image": "boxes of an image with boxes",
    "confidence": "confidence",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelDescription(JsonResult):
    """The counts of a label."""

    name: str
    images: int
    """Lines whose image has the label, of either kind."""
    boxes: int
    box_area: Distribution
    """The area of its boxes, as shares of their images, 0 to 1."""
    box_aspect: Distribution
    """The width of its boxes divided by the height."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelPair(JsonResult):
    """Two labels that occur in the same images."""

    first: str
    second: str
    images: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RepeatedImage(JsonResult):
    """An image that several lines have."""

    source_ref: str
    lines: LineNumbers
    """The numbers of the lines, counted from 1 over all files."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestDescription(JsonResult):
    """The images, labels and boxes of a manifest, as `describe_manifest()` counted them.

    `str()` of it is a text with tables. Iterating it yields the labels; the label with most images is first. Counts of
    lines are over all files.
    """

    sources: tuple[str, ...] = ()
    """The files; `<source>` for one without a name."""
    lines: int = 0
    """All lines, including blank ones."""
    blank_lines: int = 0
    lines_without_image: int = 0
    """Lines that are not blank and name no image: they are not JSON objects, or have no valid `source-ref`."""
    lines_with_errors: int = 0
    """Lines that the service would reject as a whole or in part; those without an image are among them."""
    error_lines: LineNumbers = field(default_factory=LineNumbers)
    """The numbers of the first 1,000 lines with errors."""
    images: int = 0
    """Different images."""
    boxes: int = 0
    labels: tuple[LabelDescription, ...] = ()
    labels_per_image: Mapping[int, int] = field(default_factory=dict[int, int])
    """The number of lines with 0, 1, 2 and more different labels."""
    together: tuple[LabelPair, ...] = ()
    """Labels that occur in the same images, the most frequent pair first. Images with over 50 labels do not count."""
    has_all_pairs: bool = True
    """False if there are more pairs than `together` has, which is limited to 50,000."""
    unlabeled: int = 0
    """Lines whose image has no usable label."""
    unlabeled_lines: LineNumbers = field(default_factory=LineNumbers)
    """The numbers of the first 1,000 of them."""
    repeated: int = 0
    """Images that several lines have."""
    repeated_images: tuple[RepeatedImage, ...] = ()
    """The first 1,000 of them."""
    buckets: Mapping[str, int] = field(default_factory=Counts)
    """Lines with an image in each bucket."""
    extensions: Mapping[str, int] = field(default_factory=Counts)
    """Lines with each extension of the image's key, such as `.jpg`; at most 1,000 different ones are counted."""
    jobs: Mapping[str, int] = field(default_factory=Counts)
    """Label attributes of each labeling job; at most 1,000 different ones are counted."""
    by_people: int = 0
    """Label attributes that people made; it is the default of a line."""
    by_machines: int = 0
    """Label attributes with `human-annotated: no`."""
    first_date: datetime | None = None
    """The earliest `creation-date`. Times without a zone count as UTC."""
    last_date: datetime | None = None
    months: Mapping[str, int] = field(default_factory=Counts)
    """Label attributes created in each month, such as `2026-01`."""
    confidence: Distribution = field(default_factory=Distribution)
    """The confidences of labels and boxes between 0 and 1."""
    image_width: Distribution = field(default_factory=Distribution)
    """The `image_size` of images with boxes, in pixels."""
    image_height: Distribution = field(default_factory=Distribution)
    boxes_per_image: Distribution = field(default_factory=Distribution)
    """The number of boxes of each image that has any."""
    box_width: Distribution = field(default_factory=Distribution)
    """Pixels of the image."""
    box_height: Distribution = field(default_factory=Distribution)
    box_area: Distribution = field(default_factory=Distribution)
    """Shares of the image, 0 to 1."""
    box_aspect: Distribution = field(default_factory=Distribution)
    """Width divided by height."""

    def __iter__(self) -> Iterator[LabelDescription]:
        """Yield the labels."""
        return iter(self.labels)

    def __len__(self) -> int:
        """Return the number of labels."""
        return len(self.labels)

    def __bool__(self) -> bool:
        """Return True if there is a line."""
        return self.lines > 0

    def __str__(self) -> str:
        return "\n".join(_text(self))


def _text(found: ManifestDescription) -> Iterator[str]:
    yield ", ".join(map(printable, found.sources))
    yield f"{found.lines:,} lines, {found.images:,} images, {len(found.labels):,} labels, {found.boxes:,} boxes"
    if found.labels:
        yield ""
        yield _labels(found)
    sizes = [(title, getattr(found, name)) for name, title in _SIZES.items()]
    rows = [_row(title, of) for title, of in sizes if of.count]
    if rows:
        yield ""
        yield table([("", "MIN", "5 %", "25 %", "MEDIAN", "75 %", "95 %", "MAX"), *rows])
    if found.together:
        pairs = found.together[:_MOST_SHOWN]
        cells = [(shortened(pair.first), shortened(pair.second), f"{pair.images:,}") for pair in pairs]
        yield ""
        yield table([("LABEL", "TOGETHER WITH", "IMAGES"), *cells], left=(0, 1))
    yield ""
    yield from _facts(found)


def _labels(found: ManifestDescription) -> str:
    named = max(found.lines - found.blank_lines - found.lines_without_image, 1)
    rows: list[Sequence[str]] = [("LABEL", "IMAGES", "SHARE", "BOXES", "BOX AREA", "WIDTH / HEIGHT")]
    for label in found:
        area, aspect = label.box_area.median, label.box_aspect.median
        boxes = (f"{label.boxes:,}", "-" if area is None else f"{area:.1%}", _number(aspect))
        rows.append((shortened(label.name), f"{label.images:,}", f"{label.images / named:.1%}", *boxes))
    return table(rows)


def _row(title: str, of: Distribution) -> Sequence[str]:
    values = (of.minimum, of.p5, of.p25, of.median, of.p75, of.p95, of.maximum)
    return title, *map(_number, values)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}" if value < 1000 else f"{value:,.0f}"  # noqa: PLR2004


def _facts(found: ManifestDescription) -> Iterator[str]:
    per_image = ", ".join(f"{labels:,}: {lines:,}" for labels, lines in _first(found.labels_per_image.items()))
    yield f"labels per image: {per_image or '-'}"
    for title, counts in (("buckets", found.buckets), ("extensions", found.extensions), ("jobs", found.jobs)):
        if counts:
            shown = ", ".join(f"{shortened(name) or '(none)'} {count:,}" for name, count in _first(counts.items()))
            yield f"{title}: {shown}"
    if found.first_date and found.last_date:
        yield f"labeled: {found.first_date:%Y-%m-%d} to {found.last_date:%Y-%m-%d}"
    if found.by_machines:
        yield f"labeled by machines: {found.by_machines:,} of {found.by_people + found.by_machines:,} attributes"
    if found.unlabeled:
        yield f"images without labels: {found.unlabeled:,} ({_lines(found.unlabeled_lines, found.unlabeled)})"
    if found.repeated:
        yield f"images in several lines: {found.repeated:,}"
        for image in found.repeated_images[:_MOST_SHOWN]:
            yield f"  {printable(image.source_ref, 200)} ({_lines(image.lines, len(image.lines))})"
    if found.blank_lines:
        yield f"blank lines: {found.blank_lines:,}"
    if found.lines_with_errors:
        yield (
            f"lines with errors: {found.lines_with_errors:,} ({_lines(found.error_lines, found.lines_with_errors)}), "
            f"{found.lines_without_image:,} of them without an image; check_manifests() explains them"
        )


def _lines(numbers: Sequence[int], count: int) -> str:
    some = ", ".join(f"{number:,}" for number in numbers[:_MOST_SHOWN])
    return f"{'line' if count == 1 else 'lines'} {some}{', ...' if count > _MOST_SHOWN else ''}"


def _first(items: Any) -> list[Any]:
    return list(items)[:_MOST_SHOWN]
