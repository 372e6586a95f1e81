"""The parts that all converters share: the lines to iterate or to write, and the report of what was left out."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from rekog_versions._json import JsonResult, dumps
from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.build.writer import ManifestWriter
from rekog_versions.manifests.counts import Counts
from rekog_versions.manifests.destinations import check_target
from rekog_versions.manifests.limits import MOST_LINES

LineT = TypeVar("LineT", bound=TypedLine)
T = TypeVar("T")

_MOST_KEPT = 1000  # issues of each reason; all are counted
_MOST_SHOWN = 3  # issues of each reason in the text of a report


class ConversionReason(Enum):
    """Why a conversion left something out or changed it."""

    NOT_AN_IMAGE = "not an image"
    HIDDEN = "hidden file or folder"
    NOT_FOLLOWED = "link to a folder, not followed"
    UNREADABLE = "could not be read"
    NO_LABEL = "no label"
    NO_BOX = "no box"
    CROWD = "crowd region: manifests have no box around many objects"
    UNKNOWN_CATEGORY = "category that is not defined"
    UNKNOWN_IMAGE = "image that is not listed"
    NO_SIZE = "image without width and height"
    DUPLICATE_IMAGE = "image that was listed before"
    DUPLICATE_CATEGORY = "category id that was defined before, with another name"
    OUTSIDE = "box outside of its image"
    TOO_SMALL = "box too small: at most 1 pixel after the image's longer side is scaled down to 1,280"
    TOO_MANY_BOXES = "image with over 50 boxes"
    AMBIGUOUS = "several attributes, and none of them was chosen"
    REJECTED = "the service would reject it"
    NOT_VERIFIED = "labels that a verification job rejected"
    CLIPPED = "box clipped to its image"
    REPEATED_LABEL = "label that the image has already"
    SAME_NAME = "category with the name of another one: both became one label"

    @property
    def is_change(self) -> bool:
        """True if nothing was left out, but the result differs from the source."""
        return self in (ConversionReason.CLIPPED, ConversionReason.REPEATED_LABEL, ConversionReason.SAME_NAME)


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
        self._lines = 0
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
    def is_complete(self) -> bool:
        """True if the conversion was iterated to its end."""
        return self._is_complete

    def add(self, reason: ConversionReason, place: str, text: str = "") -> None:
        """Add an issue."""
        self._counts[reason] += 1
        if self._counts[reason] <= _MOST_KEPT:
            self._issues.append(ConversionIssue(reason, place, text))

    def attempt(self, place: str, make: Callable[[], T]) -> T | None:
        """Return the result of `make`. If it raises a `ManifestError`, add an issue (`REJECTED`) and return None."""
        try:
            return make()
        except ManifestError as error:
            self.add(ConversionReason.REJECTED, place, str(error))
            return None

    def count_lines(self, lines: Iterator[LineT]) -> Iterator[LineT]:
        """Yield the lines of a conversion and count them."""
        for line in lines:
            self._lines += 1
            yield line
        self._is_complete = True

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, for JSON: the numbers and the issues, the first 1,000 of each reason."""
        return {
            "lines": self._lines,
            "is_complete": self._is_complete,
            "counts": {reason.value: count for reason, count in self._counts.items()},
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
        width = max((len(f"{count:,}") for count in self._counts.values()), default=0)
        for reason, count in sorted(self._counts.items(), key=lambda found: (found[0].is_change, -found[1])):
            text.append(f"  {count:{width},}  {reason.value}")
            examples = [str(found) for found in self._issues if found.reason is reason][:_MOST_SHOWN]
            text += [f"  {'':{width}}    {example}" for example in examples]
            if count > len(examples):
                text.append(f"  {'':{width}}    and {count - len(examples):,} more")
        return "\n".join(text)

    def _total(self, *, is_change: bool) -> str:
        return f"{sum(count for reason, count in self._counts.items() if reason.is_change is is_change):,}"


@dataclass(frozen=True, slots=True)
class WrittenManifest(JsonResult):
    """A manifest that a conversion wrote."""

    target: str
    """The path, or `s3://bucket/key`."""
    lines: int
    labels: Mapping[str, int]
    """The number of images with each label."""
    report: ConversionReport

    def __str__(self) -> str:
        return f"{printable(self.target)}: {len(self.labels):,} labels\n{self.report}"


class ConvertedLines(Generic[LineT]):
    """The lines of a conversion. Iterate them, or write them as a manifest.

    Each iteration reads the source again and starts a new report.

    Args:
        read: Read the source and yield the lines. Its argument is the report of this iteration.
    """

    def __init__(self, read: Callable[[ConversionReport], Iterator[LineT]]) -> None:
        self._read = read
        self._report = ConversionReport()

    @property
    def report(self) -> ConversionReport:
        """The issues of the last iteration."""
        return self._report

    def __iter__(self) -> Iterator[LineT]:
        self._report = report = ConversionReport()
        return report.count_lines(self._read(report))

    def write(self, target: str | os.PathLike[str], *, s3: Any = None, max_lines: int = MOST_LINES) -> WrittenManifest:
        """Write the lines as a manifest. If that fails, nothing is written.

        Args:
            target: A path, or `s3://bucket/key`, with an extension such as `.manifest`.
            s3: For S3: a boto3 client for it, or a `VersionsClient`.
            max_lines: The most lines; 28,000 (training) and 7,000 (testing) in ap-south-1 and eu-west-2.

        Raises:
            ManifestError: The conversion made no line, or the lines break a limit: 250 labels, 250,000 lines, 1 GB.
            ValueError: `target` is in S3 and `s3` is None.
            OSError: A file can't be read or written.
            botocore.exceptions.ClientError: S3 rejected a request.
        """
        name = check_target(target)
        lines = iter(self)
        # the first line is made before the file is created, which may be in the folder that is converted
        first = next(lines, None)
        if first is None:
            raise ManifestError(f"the conversion made no line for {shown(name)}. {self._report}")
        with ManifestWriter(name, s3=s3, max_lines=max_lines) as manifest:
            for line in chain([first], lines):
                manifest.write(line)
        return WrittenManifest(name, manifest.lines, Counts(manifest.labels), self._report)
