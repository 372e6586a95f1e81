"""The report of a conversion: everything that was left out or changed, with its place and the reason."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, TypeVar

from rekog_versions._json import JsonResult, dumps
from rekog_versions._text import printable
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import TypedLine

Split: TypeAlias = Literal["training", "validation", "testing"]
"""The part of a data set that an image is for."""

LineT = TypeVar("LineT", bound=TypedLine)
T = TypeVar("T")

_MOST_KEPT = 1000  # issues of each reason; all are counted
_MOST_KINDS = 100  # different texts that are counted
_MOST_SHOWN = 3  # issues of each reason in the text of a report


class ConversionReason(Enum):
    """Why a conversion left something out or changed it."""

    NOT_AN_IMAGE = "not an image"
    HIDDEN = "hidden file or folder"
    NOT_FOLLOWED = "link to a folder, not followed"
    LINK_OUTSIDE = "link to a file outside of the folder"
    UNREADABLE = "could not be read"
    UNSUPPORTED = "task, annotation or shape that manifests do not have"
    FAILED = "task that failed"
    OTHER_KIND = "labels of the other kind: of images, or boxes"
    NO_LABEL = "no label"
    NO_BOX = "no box"
    CROWD = "crowd region: manifests have no box around many objects"
    UNKNOWN_CATEGORY = "category that is not defined"
    UNKNOWN_IMAGE = "image that is not listed"
    FOREIGN_PLACE = "image whose name is not a path below the prefix"
    NO_SIZE = "image without width and height"
    DUPLICATE_IMAGE = "image that was listed before"
    DUPLICATE_CATEGORY = "category id that was defined before, with another name"
    OUTSIDE = "box outside of its image"
    TOO_SMALL = "box too small: at most 1 pixel after the image's longer side is scaled down to 1,280"
    TOO_MANY_BOXES = "image with over 50 boxes"
    FRACTIONS = "box that seems to be in fractions of its image, not in pixels"
    PIXELS = "box that seems to be in pixels, not in fractions of its image"
    AMBIGUOUS = "several attributes, and none of them was chosen"
    REJECTED = "the service would reject it"
    NOT_VERIFIED = "labels that a verification job rejected"
    NO_SPLIT = "image of a split that was not written"
    CLIPPED = "box clipped to its image"
    REDUCED = "shape or rotated box replaced by the box around it"
    REPEATED_LABEL = "label that the image has already"
    SAME_NAME = "category with the name of another one: both became one label"
    MERGED = "image that is listed several times: its labels were merged"
    NORMALIZED = "image name changed to a key"
    OTHER_SUFFIX = "key that does not end in .png, .jpg or .jpeg"
    URL_ESCAPES = "key with URL escapes, which S3 reads literally"
    TURNED = "image that its EXIF orientation turns: check on which frame its boxes were drawn"
    BELOW_THRESHOLD = "prediction below the threshold of its label"
    NOT_PREDICTED = "prediction with the confidence 0, which marks a label that was not found"
    NO_CONFIDENCE = "confidence that the format does not have"
    RENAMED = "image whose file has another name than its key"
    RENAMED_LABEL = "label with characters that the format does not have"
    ROUNDED = "box or size rounded to whole pixels"

    @property
    def is_change(self) -> bool:
        """True if nothing was left out, but the result differs from the source or deserves a check."""
        return self in _CHANGES


_CHANGES = frozenset(
    {
        ConversionReason.CLIPPED,
        ConversionReason.REDUCED,
        ConversionReason.REPEATED_LABEL,
        ConversionReason.SAME_NAME,
        ConversionReason.MERGED,
        ConversionReason.NORMALIZED,
        ConversionReason.OTHER_SUFFIX,
        ConversionReason.URL_ESCAPES,
        ConversionReason.TURNED,
        ConversionReason.RENAMED,
        ConversionReason.RENAMED_LABEL,
        ConversionReason.ROUNDED,
    }
)


_COUNTED_BY_TEXT = frozenset({ConversionReason.UNSUPPORTED, ConversionReason.FAILED})


@dataclass(frozen=True, slots=True)
class ConversionIssue(JsonResult):
    """An image, a label or a box that a conversion left out or changed."""

    reason: ConversionReason
    place: str
    """The place in the source: a file, a row, an id."""
    text: str = ""
    """Details."""

    def __str__(self) -> str:
        return printable(f"{self.place}: {self.text}" if self.text else self.place, 300)


class ConversionReport:
    """The issues of a conversion. The report grows while the conversion is iterated.

    `str()` of it is a text for a terminal. Iterating it yields the issues, the first 1,000 of each reason; `counts` has
    the number of all.
    """

    def __init__(self) -> None:
        self._counts: Counter[ConversionReason] = Counter()
        self._issues: list[ConversionIssue] = []
        self._kinds: Counter[tuple[ConversionReason, str]] = Counter()
        self._lines = 0
        self._splits: Counter[Split] = Counter()
        self._is_complete = False

    @property
    def counts(self) -> Mapping[ConversionReason, int]:
        """The number of issues of each reason."""
        return MappingProxyType(self._counts)

    @property
    def lines(self) -> int:
        """The number of lines made."""
        return self._lines

    @property
    def splits(self) -> Mapping[Split, int]:
        """The number of lines of each split; empty if the source has none."""
        return MappingProxyType(self._splits)

    @property
    def is_complete(self) -> bool:
        """True if the conversion was iterated to its end."""
        return self._is_complete

    def add(self, reason: ConversionReason, place: str, text: str = "") -> None:
        """Add an issue."""
        self._counts[reason] += 1
        if reason in _COUNTED_BY_TEXT and ((reason, text) in self._kinds or len(self._kinds) < _MOST_KINDS):
            self._kinds[reason, text] += 1
        if self._counts[reason] <= _MOST_KEPT:
            self._issues.append(ConversionIssue(reason, place, text))

    def attempt(self, place: str, make: Callable[[], T]) -> T | None:
        """Return the result of `make`. If it raises a `ManifestError`, add an issue (`REJECTED`) and return None."""
        try:
            return make()
        except ManifestError as error:
            self.add(ConversionReason.REJECTED, place, str(error))
            return None

    def include(self, other: "ConversionReport") -> None:
        """Add the issues of another report, of a step before this one."""
        self._counts.update(other.counts)
        self._kinds.update(other._kinds)  # noqa: SLF001  (of the same class)
        self._issues.extend(other)

    def count_lines(self, lines: Iterator[tuple[Split | None, T]]) -> Iterator[tuple[Split | None, T]]:
        """Yield the lines or images of a conversion with their splits, and count them."""
        for split, line in lines:
            self._lines += 1
            if split is not None:
                self._splits[split] += 1
            yield split, line
        self._is_complete = True

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, for JSON: the numbers and the issues, the first 1,000 of each reason."""
        return {
            "lines": self._lines,
            "splits": dict(self._splits),
            "is_complete": self._is_complete,
            "counts": {reason.value: count for reason, count in self._counts.items()},
            "kinds": [
                {"reason": reason.value, "text": text, "count": count} for (reason, text), count in self._kinds.items()
            ],
            "issues": [found.to_dict() for found in self._issues],
        }

    def to_json(self, *, indent: int | None = 4) -> str:
        """Return the JSON document of `to_dict()`."""
        return dumps(self.to_dict(), indent)

    def __len__(self) -> int:
        return self._counts.total()

    def __iter__(self) -> Iterator[ConversionIssue]:
        return iter(tuple(self._issues))

    def __str__(self) -> str:
        if not self._is_complete and not self._lines and not self._counts:
            return "nothing has been converted yet: iterate the lines, or call write()"
        so_far = "" if self._is_complete else " so far"
        text = [f"{self._lines:,} lines{so_far}; left out: {self._total(is_change=False)}"]
        text[0] += f", changed: {changed}" if (changed := self._total(is_change=True)) != "0" else ""
        if self._splits:
            text.append("  splits: " + ", ".join(f"{split} {count:,}" for split, count in self._splits.items()))
        width = max((len(f"{count:,}") for count in self._counts.values()), default=0)
        for reason, count in sorted(self._counts.items(), key=lambda found: (found[0].is_change, -found[1])):
            text.append(f"  {count:{width},}  {reason.value}")
            for (_, kind), number in [found for found in self._kinds.most_common() if found[0][0] is reason][
                :_MOST_SHOWN
            ]:
                text.append(f"  {'':{width}}    {number:,} times {printable(kind, 200)}")
            examples = [str(found) for found in self._issues if found.reason is reason][:_MOST_SHOWN]
            text += [f"  {'':{width}}    {example}" for example in examples]
            if count > len(examples):
                text.append(f"  {'':{width}}    and {count - len(examples):,} more")
        return "\n".join(text)

    def _total(self, *, is_change: bool) -> str:
        return f"{sum(count for reason, count in self._counts.items() if reason.is_change is is_change):,}"
