"""The result of `explain_failure()`: `FailureExplanation`, its parts, and its text for a terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rekog_versions._json import JsonResult
from rekog_versions._text import printable
from rekog_versions.manifests.issues import Place
from rekog_versions.manifests.limits import MOST_INVALID
from rekog_versions.statuses import ProjectVersionStatus

Manifest: TypeAlias = Literal["training", "testing"]
"""One of the two manifests of a training."""
MANIFESTS: Sequence[Manifest] = ("training", "testing")
Subject: TypeAlias = Literal["training", "start", "copy"]
"""The operation that failed: the training, the start of the trained model, or the copy of the version."""

_MOST_SHOWN = 20
"""The number of errors of the manifest summary that the text has; the fields have all of them."""
_HEADLINES: dict[Subject, str] = {"training": "The training of", "start": "The start of", "copy": "The copying of"}
_FATAL = {True: "would stop a training", False: "would not stop a training", None: "may stop a training"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureReason(JsonResult):
    """A reason that ended a training, or that would have ended it alone."""

    message: str
    """The service's message, unchanged. Escape it before it is shown in a terminal or on a page."""
    code: str | None = None
    """ERROR_...; None if the message is not a documented one."""
    fix: str | None = None
    """How to fix it; None if no fix is known."""
    manifest: Manifest | None = None
    """The manifest concerned; None for both together, or if the service does not name one."""

    def __str__(self) -> str:
        where = f" [{self.manifest} manifest]" if self.manifest else ""
        return f"{printable(self.message)}{f' ({printable(self.code, 100)})' if self.code else ''}{where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineExample(JsonResult):
    """One error or warning of a line."""

    manifest: Manifest
    line: int
    """The line number, from 1."""
    place: Place = ()
    """The path in the line: () is the image, `("boxes", "annotations", 2)` the third box of the attribute `boxes`."""
    source_ref: str | None = None
    """The image; None if the line names none, or if the service replaced the line by its error."""
    message: str = ""
    """The service's message, unchanged."""
    file: str = ""
    """The validation manifest, s3://BUCKET/KEY."""

    def __str__(self) -> str:
        image = f", {printable(self.source_ref, 300)}" if self.source_ref else ""
        place = f", at {printable('/'.join(map(str, self.place)), 300)}" if self.place else ""
        return f"{self.manifest} line {self.line:,}{image}{place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineErrors(JsonResult):
    """All errors or warnings with one code, in the lines of both manifests."""

    code: str | None
    """ERROR_... or WARNING_...; None if the service gave no code, or more different codes than are counted apart."""
    message: str
    """The service's message in the first of them, unchanged."""
    fix: str | None
    """How to fix it; None if the code is unknown."""
    is_warning: bool
    """True if the service ignores lines with this code; False if it counts them as invalid."""
    count: int
    """The number of occurrences. A line can have several."""
    training_lines: int
    """The number of lines of the training manifest with this code."""
    testing_lines: int
    """The number of lines of the test manifest with this code."""
    examples: tuple[LineExample, ...]
    """The first occurrences in each manifest, training before testing."""

    @property
    def lines(self) -> str:
        """The numbers of lines as text, such as `3 training lines and 1 testing line`."""
        counts: Sequence[tuple[int, Manifest]] = ((self.training_lines, "training"), (self.testing_lines, "testing"))
        return " and ".join(f"{count:,} {name} line{'s'[: count != 1]}" for count, name in counts if count)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationStatistics(JsonResult):
    """The numbers of lines of a manifest, as the service counted them; None for a number that is missing."""

    use_case: str | None = None
    """IMAGE_LEVEL_LABELS, OBJECT_LOCALIZATION or NOT_DETERMINED."""
    total_json_lines: int | None = None
    valid_json_lines: int | None = None
    invalid_json_lines: int | None = None
    ignored_json_lines: int | None = None
    counted_from_lines: bool = False
    """True if the manifest summary could not be read and the lines of the validation manifest were counted."""

    @property
    def invalid_share(self) -> float | None:
        """The share of invalid lines, 0 to 1; None if it is unknown."""
        if not self.total_json_lines or self.invalid_json_lines is None:
            return None
        return self.invalid_json_lines / self.total_json_lines

    @property
    def fatal_because(self) -> str | None:
        """The reason why the errors of the lines alone stop a training; None if they do not, or if it is unknown."""
        if self.invalid_share is not None and self.invalid_share > MOST_INVALID:
            return f"{self.invalid_share:.1%} of the lines are invalid, more than {MOST_INVALID:.0%}"
        if self.total_json_lines and self.valid_json_lines == 0:
            return "no line is usable"
        return None

    @property
    def line_errors_are_fatal(self) -> bool | None:
        """True if the errors of the lines alone stop a training; None if it is unknown."""
        if self.fatal_because:
            return True
        if self.total_json_lines == 0:
            return False
        return None if self.invalid_share is None else False

    def __str__(self) -> str:
        counts = {
            "lines": self.total_json_lines,
            "valid": self.valid_json_lines,
            "invalid": self.invalid_json_lines,
            "ignored": self.ignored_json_lines,
        }
        listed = ", ".join(f"{'?' if count is None else format(count, ',')} {name}" for name, count in counts.items())
        return f"{listed}{f', {printable(self.use_case, 100)}' if self.use_case else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableFile(JsonResult):
    """A file of the service that could not be read, or could be read in part only."""

    file: str
    """"manifest summary", "training validation manifest" or "testing validation manifest"."""
    why: str
    """The cause, and how to remove it."""
    uri: str | None = None
    """s3://BUCKET/KEY; None if the service names no such file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureExplanation(JsonResult):
    """Why a training failed.

    The fields hold the text of the service and of the manifests unchanged. `str()` escapes it for a terminal.
    """

    _derived = ("failed", "line_errors_are_fatal", "billing")

    version: str
    """The version's ARN, or its name and project if the service returned no ARN."""
    status: ProjectVersionStatus | None
    subject: Subject | None
    """The operation that failed; None if none did."""
    status_message: str | None
    """The service's status message, unchanged."""
    reasons: tuple[FailureReason, ...]
    """The reasons in the status message: usually one."""
    content_errors: tuple[FailureReason, ...]
    """Errors of a whole manifest, or of both, from the manifest summary."""
    line_errors: tuple[LineErrors, ...]
    """Errors and warnings of lines, grouped by code: errors before warnings, the most frequent first."""
    training: ValidationStatistics | None
    testing: ValidationStatistics | None
    unreadable_files: tuple[UnreadableFile, ...]
    """The files that could not be read. The explanation lacks their content."""
    billable_seconds: int | None
    """The billed training time; None unless a training succeeded."""
    next_steps: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """True if an operation failed. A training that succeeded can have warnings and errors of lines too."""
        return self.subject is not None

    @property
    def reason(self) -> FailureReason | None:
        """The first reason; None if nothing failed or the service gave no reason."""
        return next(iter((*self.reasons, *self.content_errors)), None) if self.failed else None

    @property
    def line_errors_are_fatal(self) -> bool | None:
        """True if the errors of the lines alone would have stopped the training; None if it is unknown.

        They are fatal if more than 20 % of a manifest's lines are invalid, or if no line is usable.
        """
        verdicts = {found.line_errors_are_fatal for found in (self.training, self.testing) if found is not None}
        if True in verdicts:
            return True
        return None if None in verdicts or self.training is None else False

    @property
    def billing(self) -> str:
        """One sentence on whether the training is billed."""
        if self.subject == "training":
            return "A failed training is not billed."
        if self.billable_seconds is not None:
            return f"The training is billed: {self.billable_seconds:,} seconds."
        return "Only successful trainings are billed; the service reports no billed time for this version."

    def __str__(self) -> str:
        return "\n".join(self._text())

    def _text(self) -> Iterator[str]:
        yield self._headline()
        if self.failed and not self.reasons:
            yield "The service gave no reason."
        for reason in self.reasons:
            yield from _reason_text(reason, "Reason: ")
        explained = {reason.code for reason in self.reasons if reason.code}
        for error in self.content_errors[:_MOST_SHOWN]:
            # the fix of a code is shown once
            yield from _reason_text(error, "In the manifest summary: ", with_fix=error.code not in explained)
        if (hidden := len(self.content_errors) - _MOST_SHOWN) > 0:
            yield f"In the manifest summary: and {hidden:,} more"
        for name, statistics in zip(MANIFESTS, (self.training, self.testing), strict=True):
            if statistics is not None:
                yield _statistics_text(name, statistics)
        yield from self._line_errors_text()
        yield from self._unreadable_text()
        yield self.billing
        yield from (f"Next: {step}" for step in self.next_steps)

    def _headline(self) -> str:
        status = f" ({printable(str(self.status), 100)})" if self.status else ""
        version = printable(self.version)
        return (
            f"{_HEADLINES[self.subject]} {version} failed{status}."
            if self.subject
            else f"{version} has not failed{status}."
        )

    def _line_errors_text(self) -> Iterator[str]:
        if self.line_errors:
            yield f"Errors and warnings of lines; alone they {_FATAL[self.line_errors_are_fatal]}:"
        for found in self.line_errors:
            code = printable(found.code, 100) if found.code else "without a code of its own"
            yield f"  {code}: {found.count:,} on {found.lines}. {printable(found.message, 500)}"
            if found.fix:
                yield f"    {found.fix}"
            yield from (f"    - {example}" for example in found.examples)
            more = found.count - len(found.examples)
            if found.examples and more > 0:
                yield f"    - and {more:,} more"

    def _unreadable_text(self) -> Iterator[str]:
        by_cause: dict[str, list[UnreadableFile]] = {}
        for unreadable in self.unreadable_files:
            by_cause.setdefault(unreadable.why, []).append(unreadable)
        for why, files in by_cause.items():
            named = ", ".join(f"{file.file}{f' {printable(file.uri)}' if file.uri else ''}" for file in files)
            yield f"Not read: {named}: {why}"


def _reason_text(reason: FailureReason, heading: str, *, with_fix: bool = True) -> Iterator[str]:
    yield f"{heading}{reason}"
    if reason.fix and with_fix:
        yield f"  {reason.fix}"


def _statistics_text(name: str, statistics: ValidationStatistics) -> str:
    counted = " (counted in the validation manifest)" if statistics.counted_from_lines else ""
    why = statistics.fatal_because
    stops = f" {why[:1].upper()}{why[1:]}: this alone stops a training." if why else ""
    return f"{name.capitalize()} manifest: {statistics}{counted}.{stops}"
