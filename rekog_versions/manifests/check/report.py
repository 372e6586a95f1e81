"""The result of `check_manifests`: as data, as JSON, and as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from rekog_versions._json import JsonResult
from rekog_versions._text import printable
from rekog_versions.manifests.codes import find_code
from rekog_versions.manifests.counts import Counts, LineNumbers
from rekog_versions.manifests.issues import Issue, Level
from rekog_versions.manifests.lines import UseCase

_MOST_PLACES = 5
_MOST_LABELS = 8
_LONGEST_DETAIL = 200
_LONGEST_REASON = 500  # of an error that ends the training: it may name the call that reads a file
_HEADINGS = {
    Level.REQUEST: "The request would be rejected:",
    Level.FILE: "Errors that end the training:",
    Level.CONTENT: "Errors that end the training:",
    Level.LINE: "Issues in lines (they do not end the training by themselves):",
    Level.HINT: "Hints (from this package; the service does not report these):",
}
_USE_CASES = {
    UseCase.IMAGE_LEVEL_LABELS: "image-level labels",
    UseCase.OBJECT_LOCALIZATION: "object locations",
    UseCase.NOT_DETERMINED: "use case not determined",
}


@dataclass(frozen=True, kw_only=True)
class ManifestStatistics(JsonResult):
    """The counts of the training or the test manifests: those of `manifest_summary.json`, and the labels."""

    sources: tuple[str, ...] = ()
    """The files; `<training>` or `<testing>` for a source without a name."""
    use_case: UseCase = UseCase.NOT_DETERMINED
    """The use case of the training."""
    total_json_lines: int = 0
    """All lines, including blank ones."""
    valid_json_lines: int = 0
    """Lines that the training uses. An attribute or a box of such a line may still be invalid."""
    invalid_json_lines: int = 0
    """Lines with an error that concerns the whole line."""
    ignored_json_lines: int = 0
    """Lines without labels: they have no error, but a warning that concerns the whole line."""
    error_json_line_indices: LineNumbers = field(default_factory=LineNumbers)
    """The numbers of the lines with any error, counted from 1 over all files."""
    labels: Mapping[str, int] = field(default_factory=Counts)
    """Images with each label; the label with most images is first."""
    image_level_labels: Mapping[str, int] = field(default_factory=Counts)
    """Images with each image-level label."""
    located_labels: Mapping[str, int] = field(default_factory=Counts)
    """Images with each label of a box."""
    boxes: Mapping[str, int] = field(default_factory=Counts)
    """Boxes with each label."""
    buckets: Mapping[str, int] = field(default_factory=Counts)
    """Images in each bucket."""
    counts: Mapping[str, int] = field(default_factory=Counts)
    """The number of issues with each code; `ManifestReport.issues` may have fewer."""
    images_not_checked: int = 0
    """Images that could not be checked."""


@dataclass(frozen=True, kw_only=True)
class ManifestReport(JsonResult):
    """The issues and the counts that `check_manifests` found.

    Iterating a report yields its issues. The truth value of a report is `ok`.
    """

    issues: tuple[Issue, ...] = ()
    """The service's errors and warnings and our hints. Errors that end the training are first. For each code and side,
    only the first issues are listed; `counts` has the number of all issues."""
    use_case: UseCase = UseCase.NOT_DETERMINED
    """The use case that the service would train for."""
    training: ManifestStatistics = field(default_factory=ManifestStatistics)
    """The training manifests."""
    testing: ManifestStatistics = field(default_factory=ManifestStatistics)
    """The test manifests; all counts are 0 without test manifests."""
    has_testing: bool = False
    """True if there were test manifests."""
    counts: Mapping[str, int] = field(default_factory=Counts)
    """The number of issues with each code."""
    files: tuple[Path, ...] = ()
    """The files that were written: the manifest summary and the validation manifests."""

    @property
    def ok(self) -> bool:
        """True if the training would start, as far as the manifests and the checked images show.

        Up to a fifth of the lines may be invalid, and the service leaves these out. `clean` is stricter.
        """
        return not self.terminal

    @property
    def clean(self) -> bool:
        """True if the training would start with every line: there is no error, no warning, and no unchecked image.

        This is the strict verdict, for example for CI. Hints do not count: require `not report.hints` too, or decide by
        their codes.
        """
        return not (self.testing.images_not_checked or self.training.images_not_checked) and all(
            code.startswith("HINT_") for code in self.counts
        )

    def __bool__(self) -> bool:
        """Return `ok`."""
        return self.ok

    def __iter__(self) -> Iterator[Issue]:
        """Yield the listed issues."""
        return iter(self.issues)

    def __len__(self) -> int:
        """Return the number of listed issues."""
        return len(self.issues)

    @property
    def terminal(self) -> tuple[Issue, ...]:
        """The errors because of which no model is trained. An error of the request is first.

        Without such an error, the message of the first one is the training's StatusMessage.
        """
        return tuple(found for found in self.issues if found.level in (Level.REQUEST, Level.FILE, Level.CONTENT))

    @property
    def hints(self) -> tuple[Issue, ...]:
        """Our hints: problems for which the service has no code, but which may make the model worse."""
        return tuple(found for found in self.issues if found.is_hint)

    @property
    def has_more(self) -> bool:
        """True if there are more issues than `issues` lists."""
        return sum(self.counts.values()) > len(self.issues)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, for JSON. Without test manifests, `testing` is None."""
        document = {"ok": self.ok, "clean": self.clean, **super().to_dict(), "has_more": self.has_more}
        return document if self.has_testing else {**document, "testing": None}

    def __str__(self) -> str:
        """Return the report as text: by code, with counts and fixes. Errors that end the training are first."""
        return "\n".join(_text(self))


def _text(report: ManifestReport) -> Iterator[str]:
    if report.ok:
        yield f"The training would start ({_USE_CASES[report.use_case]})."
    elif report.terminal[0].level is Level.REQUEST:
        yield "The training would not start."
    else:
        yield "The training would fail."
    yield from _statistics("training", report.training)
    if report.has_testing:
        yield from _statistics("testing", report.testing)
    shows_files = len(report.training.sources + report.testing.sources) > 1
    # not groupby(): the issues of one code need not be adjacent
    by_code: dict[str, list[Issue]] = {}
    for found in report.issues:
        by_code.setdefault(found.code, []).append(found)
    shown_heading = ""
    for level in Level:
        for code, issues in by_code.items():
            if issues[0].level is not level:
                continue
            if shown_heading != _HEADINGS[level]:
                shown_heading = _HEADINGS[level]
                yield ""
                yield shown_heading
            yield from _issues_of(code, issues, report.counts[code], shows_files=shows_files)
    if report.has_more:
        yield ""
        yield "Only the first issues of each code are listed; .counts has the number of all issues."


def _statistics(name: str, side: ManifestStatistics) -> Iterator[str]:
    yield f"  {name + ':':9} {', '.join(printable(source) for source in side.sources)}"
    yield (
        f"            {_many(side.total_json_lines, 'line')}: {side.valid_json_lines:,} valid, "
        f"{side.invalid_json_lines:,} invalid, {side.ignored_json_lines:,} ignored; {_many(len(side.labels), 'label')}"
    )
    labels = [f"{printable(label, 60)} {count:,}" for label, count in list(side.labels.items())[:_MOST_LABELS]]
    if labels:
        yield f"            {', '.join(labels)}{', ...' if len(side.labels) > _MOST_LABELS else ''}"
    if side.images_not_checked:
        yield f"            {_many(side.images_not_checked, 'image')} could not be checked"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _issues_of(code: str, issues: Sequence[Issue], count: int, *, shows_files: bool) -> Iterator[str]:
    known = find_code(code)
    if known is None:
        return
    # messages of one code may differ: the service puts the name of the attribute in them
    message = issues[0].message if len({one.message for one in issues}) == 1 else known.message.replace("{}", "...")
    yield f"  {code}{f' ({count:,} times)' if count > 1 else ''}: {printable(message, _LONGEST_DETAIL)}"
    if known.is_terminal:
        for one in issues:
            file = f"{printable(one.file)}: " if one.file and shows_files else ""
            if one.detail:
                yield f"      {file}{printable(one.detail, _LONGEST_REASON)}"
    else:
        for file, in_file in groupby(issues, key=lambda one: one.file):
            places = _places(list(in_file), count)
            if places:
                yield f"      {printable(file) + ': ' if file and shows_files else ''}{places}"
    yield f"      Fix: {known.fix}"


def _places(issues: Sequence[Issue], count: int) -> str:
    places = [place for place in map(_place, issues[:_MOST_PLACES]) if place]
    more = ", ..." if len(issues) > _MOST_PLACES or count > len(issues) >= _MOST_PLACES else ""
    return f"{', '.join(places)}{more}" if places else ""


def _place(one: Issue) -> str:
    parts = [f"line {one.line:,}"] if one.line is not None else []
    if one.place:
        parts.append(" ".join(printable(step, 60) for step in one.place))
    if one.detail:
        detail = printable(one.detail, _LONGEST_DETAIL)
        parts.append(f"({detail})" if parts else detail)
    return " ".join(parts)
