"""What all conversions have in common: lines to iterate or to write, and a report of what was left out and why."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from rekog_versions._text import printable
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import TypedLine
from rekog_versions.manifests.build.writer import ManifestWriter
from rekog_versions.manifests.counts import Counts
from rekog_versions.manifests.destinations import check_target
from rekog_versions.manifests.limits import MOST_LINES
from rekog_versions.manifests.messages import shown

LineT = TypeVar("LineT", bound=TypedLine)

_KEPT = 1000  # records of each reason: all are counted
_SHOWN = 3  # of each reason, in a report's text


class ConversionReason(Enum):
    """Why something was left out of a conversion, or changed."""

    NO_IMAGE = "not an image"
    HIDDEN = "hidden file or folder"
    NOT_FOLLOWED = "link to a folder, not followed"
    UNREADABLE = "could not be read"
    NO_LABEL = "no label"
    NO_BOX = "no box"
    CROWD = "crowd region: a box around many objects has no place in a manifest"
    UNKNOWN_CATEGORY = "category that is not defined"
    UNKNOWN_IMAGE = "image that is not listed"
    NO_SIZE = "image without width and height"
    DUPLICATE_IMAGE = "image that was there before"
    DUPLICATE_CATEGORY = "category id that was defined before, with another name"
    OUTSIDE = "box outside of its image"
    TOO_SMALL = "box too small: at most 1 pixel once the image's longer side is scaled down to 1,280"
    TOO_MANY_BOXES = "image with over 50 boxes"
    AMBIGUOUS = "several attributes, none of them chosen"
    REFUSED = "the service would refuse it"
    CLIPPED = "box clipped to its image"
    REPEATED_LABEL = "label that the image has already"
    SAME_NAME = "category of the same name as another: both became one label"

    @property
    def is_change(self) -> bool:
        """Whether nothing was left out, but something is not as it was."""
        return self in (ConversionReason.CLIPPED, ConversionReason.REPEATED_LABEL, ConversionReason.SAME_NAME)


@dataclass(frozen=True, slots=True)
class ConversionIssue:
    """Something that was left out of a conversion, or changed."""

    reason: ConversionReason
    place: str
    """Where it stood: a file, a row, an id."""
    text: str = ""
    """More about it."""

    def __str__(self) -> str:
        return printable(f"{self.place}: {self.text}" if self.text else self.place, 300)


class ConversionReport:
    """What a conversion left out or changed, and why. It grows while the conversion is iterated.

    `str()` of it is a text for a terminal. Iterating it gives the records, of each reason the first 1,000; `counts` has
    all.
    """

    def __init__(self) -> None:
        self._counts: Counter[ConversionReason] = Counter()
        self._records: list[ConversionIssue] = []
        self._lines = 0
        self._is_complete = False

    @property
    def counts(self) -> Mapping[ConversionReason, int]:
        """How often each reason was met."""
        return MappingProxyType(self._counts)

    @property
    def lines(self) -> int:
        """How many lines were made."""
        return self._lines

    @property
    def is_complete(self) -> bool:
        """Whether the conversion has been iterated to its end."""
        return self._is_complete

    def note(self, reason: ConversionReason, place: str, text: str = "") -> None:
        """Adds something that was left out or changed."""
        self._counts[reason] += 1
        if self._counts[reason] <= _KEPT:
            self._records.append(ConversionIssue(reason, place, text))

    def __len__(self) -> int:
        return self._counts.total()

    def __iter__(self) -> Iterator[ConversionIssue]:
        return iter(tuple(self._records))

    def __str__(self) -> str:
        if not self._is_complete and not self._lines and not self._counts:
            return "nothing has been converted yet: iterate the conversion, or write() it"
        so_far = "" if self._is_complete else " so far"
        text = [f"{self._lines:,} lines{so_far}; left out: {self._total(is_change=False)}"]
        text[0] += f", changed: {changed}" if (changed := self._total(is_change=True)) != "0" else ""
        width = max((len(f"{count:,}") for count in self._counts.values()), default=0)
        for reason, count in sorted(self._counts.items(), key=lambda found: (found[0].is_change, -found[1])):
            text.append(f"  {count:{width},}  {reason.value}")
            examples = [str(record) for record in self._records if record.reason is reason][:_SHOWN]
            text += [f"  {'':{width}}    {example}" for example in examples]
            if count > len(examples):
                text.append(f"  {'':{width}}    and {count - len(examples):,} more")
        return "\n".join(text)

    def _total(self, *, is_change: bool) -> str:
        return f"{sum(count for reason, count in self._counts.items() if reason.is_change is is_change):,}"

    def counted(self, lines: Iterator[LineT]) -> Iterator[LineT]:
        """Passes lines on and counts them."""
        for line in lines:
            self._lines += 1
            yield line
        self._is_complete = True


@dataclass(frozen=True, slots=True)
class WrittenManifest:
    """A manifest that was written."""

    target: str
    """The path, or `s3://bucket/key`."""
    lines: int
    labels: Mapping[str, int]
    """How many images show each label."""
    report: ConversionReport

    def __str__(self) -> str:
        return f"{printable(self.target)}: {len(self.labels):,} labels\n{self.report}"


class ConvertedLines(Generic[LineT]):
    """Lines made from what people have: iterate them, or write them as a manifest.

    Nothing is read before that. Each iteration reads anew, and begins a new report.
    """

    def __init__(self, read: Callable[[ConversionReport], Iterator[LineT]]) -> None:
        self._read = read
        self._report = ConversionReport()

    @property
    def report(self) -> ConversionReport:
        """What the last iteration left out or changed so far."""
        return self._report

    def __iter__(self) -> Iterator[LineT]:
        self._report = report = ConversionReport()
        return report.counted(self._read(report))

    def write(self, target: str | os.PathLike[str], *, s3: Any = None, max_lines: int = MOST_LINES) -> WrittenManifest:
        """Writes the lines as a manifest, at once or not at all.

        Args:
            target: A path, or `s3://bucket/key`, with an extension such as `.manifest`.
            s3: For S3: a boto3 client for it, or a `VersionsClient`.
            max_lines: The most lines; 28,000 (training) and 7,000 (testing) in ap-south-1 and eu-west-2.

        Raises:
            ManifestError: No line could be made, or together they break a limit: 250 labels, 250,000 lines, 1 GB.
            OSError: A file can't be read or written.
            botocore.exceptions.ClientError: S3 refused.
        """
        name = check_target(target)
        lines = iter(self)
        # before the file is made: it may stand in the folder that is converted
        first = next(lines, None)
        if first is None:
            raise ManifestError(f"no line could be made for {shown(name)}. {self._report}")
        with ManifestWriter(name, s3=s3, max_lines=max_lines) as manifest:
            for line in chain([first], lines):
                manifest.write(line)
        return WrittenManifest(name, manifest.lines, Counts(manifest.labels), self._report)
