"""What `explain_failure` answers: why a training failed, with all that the service's files say."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias, cast

from rekog_versions._text import printable
from rekog_versions.manifests.issues import Place
from rekog_versions.manifests.limits import MOST_INVALID
from rekog_versions.statuses import ProjectVersionStatus

Manifest: TypeAlias = Literal["training", "testing"]
"""Which of the two manifests."""
MANIFESTS: Sequence[Manifest] = ("training", "testing")
Subject: TypeAlias = Literal["training", "start", "copy"]
"""What failed: the training, the start of the trained model, or the copying of the version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureReason:
    """What ended a training, or would have by itself."""

    message: str
    """The service's words, as they came; not to be trusted with a terminal or a page as they stand."""
    code: str | None = None
    """ERROR_...; None if the message is none of the service's known ones."""
    fix: str | None = None
    """What to do about it; None where nothing is known."""
    manifest: Manifest | None = None
    """The manifest that has it; None for both together, or where the service doesn't say."""

    def __str__(self) -> str:
        where = f" [{self.manifest} manifest]" if self.manifest else ""
        return f"{printable(self.message)}{f' ({printable(self.code, 100)})' if self.code else ''}{where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineExample:
    """One error or warning of a line, where it stands."""

    manifest: Manifest
    line: int
    """Counted from 1."""
    place: Place = ()
    """Where in the line: () is the image, `("boxes", "annotations", 2)` the third box of the attribute `boxes`."""
    source_ref: str | None = None
    """The image; None where the line names none, or the service replaced the line by its error."""
    message: str = ""
    """The service's words, as they came."""
    file: str = ""
    """The validation manifest, s3://BUCKET/KEY."""

    def __str__(self) -> str:
        image = f", {printable(self.source_ref, 300)}" if self.source_ref else ""
        place = f", at {printable('/'.join(map(str, self.place)), 300)}" if self.place else ""
        return f"{self.manifest} line {self.line:,}{image}{place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineErrors:
    """All errors or warnings of one code, over the lines of both manifests."""

    code: str | None
    """ERROR_... or WARNING_...; None where the service gave none, or gave more different ones than are kept apart."""
    message: str
    """The service's words in the first of them, as they came."""
    fix: str | None
    """What to do about it; None where nothing is known of the code."""
    is_warning: bool
    """Whether lines that have it are ignored rather than invalid."""
    count: int
    """How often it stands there; a line may have it at several places."""
    training_lines: int
    """Lines of the training manifest that have it."""
    testing_lines: int
    """Lines of the test manifest that have it."""
    examples: tuple[LineExample, ...]
    """The first ones of each manifest, training before testing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationStatistics:
    """The lines of a manifest, as the service counted them; None for what it did not say."""

    use_case: str | None = None
    """IMAGE_LEVEL_LABELS, OBJECT_LOCALIZATION or NOT_DETERMINED."""
    total_json_lines: int | None = None
    valid_json_lines: int | None = None
    invalid_json_lines: int | None = None
    ignored_json_lines: int | None = None
    is_counted_here: bool = False
    """Whether they were counted in the validation manifest because the manifest summary could not be read."""

    @property
    def invalid_share(self) -> float | None:
        """The part of the lines that is invalid, 0 to 1."""
        if not self.total_json_lines or self.invalid_json_lines is None:
            return None
        return self.invalid_json_lines / self.total_json_lines

    @property
    def why_lines_stop(self) -> str | None:
        """Why the errors of its lines alone stop a training; None if they don't, or that isn't known."""
        if self.invalid_share is not None and self.invalid_share > MOST_INVALID:
            return f"{self.invalid_share:.1%} of the lines are invalid, more than {MOST_INVALID:.0%}"
        if self.total_json_lines and self.valid_json_lines == 0:
            return "no line is usable"
        return None

    @property
    def lines_stop(self) -> bool | None:
        """Whether the errors of its lines alone stop a training; None if that isn't known."""
        if self.why_lines_stop:
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
        said = ", ".join(f"{'?' if count is None else format(count, ',')} {name}" for name, count in counts.items())
        return f"{said}{f', {printable(self.use_case, 100)}' if self.use_case else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRead:
    """A file of the service, or a part of it, that could not be read."""

    file: str
    """What it is: "manifest summary", "training validation manifest" or "testing validation manifest"."""
    why: str
    """Why not, and how to change that."""
    uri: str | None = None
    """s3://BUCKET/KEY; None where the service names no such file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureExplanation:
    """Why a training failed. `str()` of it is meant for a terminal: what others wrote is escaped there.

    Its fields hold the service's and the manifests' own text as it came.
    """

    version: str
    """The version's ARN, or its name and project where the service gave none."""
    status: ProjectVersionStatus | None
    subject: Subject | None
    """What failed; None if nothing did."""
    status_message: str | None
    """What the service says of it, as it came."""
    reasons: tuple[FailureReason, ...]
    """What ended it, by the status message: one, unless that names several."""
    content_errors: tuple[FailureReason, ...]
    """What the manifest summary says about all of a manifest or of both."""
    line_errors: tuple[LineErrors, ...]
    """What is wrong with lines, a group a code: errors before warnings, the most frequent first."""
    training: ValidationStatistics | None
    testing: ValidationStatistics | None
    not_read: tuple[NotRead, ...]
    """What could not be read, and why: what the explanation does not know."""
    billable_seconds: int | None
    """The training time that is billed; None unless a training succeeded."""
    next_steps: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Whether something failed. Of a training that succeeded, warnings and the errors of lines are told too."""
        return self.subject is not None

    @property
    def reason(self) -> FailureReason | None:
        """What ended it; None if nothing failed or the service gave no reason."""
        return next(iter((*self.reasons, *self.content_errors)), None) if self.failed else None

    @property
    def lines_alone_stop(self) -> bool | None:
        """Whether the errors of the lines alone would have stopped the training; None if that isn't known.

        They do if more than 20 % of a manifest's lines are invalid, or none is usable.
        """
        verdicts = {found.lines_stop for found in (self.training, self.testing) if found is not None}
        if True in verdicts:
            return True
        return False if verdicts == {False} and self.training is not None else None

    @property
    def billing(self) -> str:
        """What is paid for it."""
        if self.subject == "training":
            return "A failed training is not billed."
        if self.billable_seconds is not None:
            return f"The training is billed: {self.billable_seconds:,} seconds."
        return "Only successful trainings are billed; the service tells no billed time of this version."

    def to_dict(self) -> dict[str, Any]:
        """A dict of plain values for JSON or YAML."""
        return {
            **cast("dict[str, Any]", _plain(asdict(self))),
            "failed": self.failed,
            "lines_alone_stop": self.lines_alone_stop,
            "billing": self.billing,
        }

    def to_json(self, *, indent: int | None = 4) -> str:
        """A JSON document."""
        return json.dumps(self.to_dict(), indent=indent)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield self._headline()
        if self.failed and not self.reasons:
            yield "The service gave no reason."
        for reason in self.reasons:
            yield from _told(reason, "Reason: ")
        told = {reason.code for reason in self.reasons if reason.code}
        for error in self.content_errors:
            # what the reason has explained already is only placed
            yield from _told(error, "In the manifest summary: ", with_fix=error.code not in told)
        for name, statistics in zip(MANIFESTS, (self.training, self.testing), strict=True):
            if statistics is not None:
                yield from _counted(name, statistics)
        yield from self._about_lines()
        yield from self._about_files()
        yield self.billing
        yield from (f"Next: {step}" for step in self.next_steps)

    def _headline(self) -> str:
        status = f" ({printable(str(self.status), 100)})" if self.status else ""
        what = {"training": "The training of", "start": "The start of", "copy": "The copying of"}.get(
            self.subject or ""
        )
        version = printable(self.version)
        return f"{what} {version} failed{status}." if what else f"{version} has not failed{status}."

    def _about_lines(self) -> Iterator[str]:
        if self.line_errors:
            verdict = {True: "would stop a training", False: "would not stop a training", None: "may stop a training"}
            yield f"Errors and warnings of lines; by themselves they {verdict[self.lines_alone_stop]}:"
        for found in self.line_errors:
            of_lines = ((found.training_lines, "training"), (found.testing_lines, "testing"))
            lines = " and ".join(f"{count:,} {name} line{'s'[: count != 1]}" for count, name in of_lines if count)
            code = printable(found.code, 100) if found.code else "without a code of its own"
            yield f"  {code}: {found.count:,} on {lines}. {printable(found.message, 500)}"
            if found.fix:
                yield f"    {found.fix}"
            yield from (f"    - {example}" for example in found.examples)
            more = found.count - len(found.examples)
            if found.examples and more > 0:
                yield f"    - and {more:,} more"

    def _about_files(self) -> Iterator[str]:
        by_why: dict[str, list[NotRead]] = {}
        for missing in self.not_read:
            by_why.setdefault(missing.why, []).append(missing)
        for why, files in by_why.items():
            named = ", ".join(f"{file.file}{f' {printable(file.uri)}' if file.uri else ''}" for file in files)
            yield f"Not read: {named}: {why}"


def _told(reason: FailureReason, heading: str, *, with_fix: bool = True) -> Iterator[str]:
    yield f"{heading}{reason}"
    if reason.fix and with_fix:
        yield f"  {reason.fix}"


def _counted(name: str, statistics: ValidationStatistics) -> Iterator[str]:
    counted = " (counted in the validation manifest)" if statistics.is_counted_here else ""
    why = statistics.why_lines_stop
    stops = f" {why[:1].upper()}{why[1:]}: this alone stops a training." if why else ""
    yield f"{name.capitalize()} manifest: {statistics}{counted}.{stops}"


def _plain(value: object) -> object:
    match value:
        case dict():
            return {name: _plain(member) for name, member in cast("dict[str, object]", value).items()}
        case tuple():
            return [_plain(item) for item in cast("tuple[object, ...]", value)]
        case str():  # a status is an enum
            return str(value)
        case _:
            return value
