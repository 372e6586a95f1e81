"""The result of `compare_manifests`: as data, as JSON, and as tables for a terminal."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from rekog_versions._json import JsonResult
from rekog_versions._text import printable, shortened, table
from rekog_versions.manifests.counts import LineNumbers

_MOST_SHOWN = 10


class ChangeKind(StrEnum):
    """How an image differs between two manifests."""

    ADDED = "added"
    REMOVED = "removed"
    RELABELLED = "relabelled"
    """The image has other labels."""
    REDRAWN = "redrawn"
    """The image has the same labels, and other boxes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestSide(JsonResult):
    """The counts of one of two compared manifests."""

    sources: tuple[str, ...] = ()
    lines: int = 0
    images: int = 0
    """Different images."""
    lines_with_errors: int = 0
    """Lines that the service would reject as a whole or in part. The usable part of them is compared."""
    error_lines: LineNumbers = field(default_factory=LineNumbers)
    """The numbers of the first 1,000 of them, counted from 1 over all files."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestLabelChange(JsonResult):
    """The counts of a label in both manifests."""

    name: str
    old: int
    """Lines of the old manifest whose image has the label."""
    new: int
    """Lines of the new manifest whose image has the label."""
    added: int
    """Images with the label that only the new manifest has."""
    removed: int
    """Images with the label that only the old manifest has."""
    gained: int
    """Images of both manifests that have the label in the new one only."""
    lost: int
    """Images of both manifests that have the label in the old one only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageChange(JsonResult):
    """An image that differs."""

    kind: ChangeKind
    source_ref: str
    old: tuple[str, ...]
    """Its labels in the old manifest, sorted."""
    new: tuple[str, ...]
    """Its labels in the new manifest, sorted."""

    def __str__(self) -> str:
        labels = f"{_labels(self.old)} -> {_labels(self.new)}" if self.old != self.new else _labels(self.new)
        return f"{self.kind}: {printable(self.source_ref, 200)} ({labels})"


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestComparison(JsonResult):
    """The differences between two manifests, as `compare_manifests()` found them.

    `str()` of it is a text with tables. Iterating it yields the labels; the most frequent label is first.
    """

    _derived = ("is_same",)

    old: ManifestSide = field(default_factory=ManifestSide)
    new: ManifestSide = field(default_factory=ManifestSide)
    added: int = 0
    """Images that only the new manifest has."""
    removed: int = 0
    """Images that only the old manifest has."""
    relabelled: int = 0
    """Images with other labels."""
    redrawn: int = 0
    """Images with the same labels and other boxes."""
    unchanged: int = 0
    """Images with the same labels and boxes."""
    labels: tuple[ManifestLabelChange, ...] = ()
    changes: tuple[ImageChange, ...] = ()
    """The first 1,000 changes of each kind."""

    @property
    def is_same(self) -> bool:
        """True if both manifests have the same images with the same labels and boxes."""
        return not (self.added or self.removed or self.relabelled or self.redrawn)

    def __iter__(self) -> Iterator[ManifestLabelChange]:
        """Yield the labels."""
        return iter(self.labels)

    def __len__(self) -> int:
        """Return the number of labels."""
        return len(self.labels)

    def __bool__(self) -> bool:
        """Return True, also without labels."""
        return True

    def __str__(self) -> str:
        return "\n".join(_text(self))


def _text(found: ManifestComparison) -> Iterator[str]:
    for name, side in (("old", found.old), ("new", found.new)):
        errors = f", {side.lines_with_errors:,} lines with errors" if side.lines_with_errors else ""
        sources = ", ".join(map(printable, side.sources))
        yield f"{name}: {sources}: {side.lines:,} lines, {side.images:,} images{errors}"
    yield (
        f"{found.added:,} images added, {found.removed:,} removed, {found.relabelled:,} relabelled, "
        f"{found.redrawn:,} redrawn, {found.unchanged:,} unchanged"
    )
    rows = [
        (
            shortened(label.name),
            *(f"{count:,}" for count in (label.old, label.new, label.added, label.removed)),
            *(f"{count:,}" for count in (label.gained, label.lost)),
        )
        for label in found
    ]
    if rows:
        yield ""
        yield table([("LABEL", "OLD", "NEW", "ADDED", "REMOVED", "GAINED", "LOST"), *rows])
    for kind in ChangeKind:
        changes = (change for change in found.changes if change.kind is kind)
        shown = list(islice(changes, _MOST_SHOWN))
        if shown:
            yield ""
            yield from map(str, shown)
            more = getattr(found, kind.value) - len(shown)
            if more:
                yield f"and {more:,} more"


def _labels(names: tuple[str, ...]) -> str:
    return (
        ", ".join(shortened(name) for name in names[:_MOST_SHOWN]) + (", ..." if len(names) > _MOST_SHOWN else "")
        or "no label"
    )
