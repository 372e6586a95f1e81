"""How the report of a check reads on a terminal: what ends the training first, then by code, with counts and fixes."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rekog_versions._text import printable
from rekog_versions.manifests.codes import CODES, HINTS
from rekog_versions.manifests.issues import Issue, Level
from rekog_versions.manifests.lines import UseCase

if TYPE_CHECKING:  # the report brings its text along
    from rekog_versions.manifests.check.report import ManifestReport, ManifestStatistics

_MOST_PLACES = 5
_MOST_LABELS = 8
_LONGEST_DETAIL = 200
_HEADINGS = {
    Level.LINE: "In lines (they end no training by themselves):",
    Level.HINT: "Hints (ours; the service says nothing of these):",
}


def text_of(report: "ManifestReport") -> str:
    """The report as text."""
    return "\n".join(_lines(report))


def _lines(report: "ManifestReport") -> Iterator[str]:
    if report.ok:
        yield f"The training would start ({_about(report.use_case)})."
    else:
        yield "The training would fail."
    yield from _counts("training", report.training)
    if report.has_testing:
        yield from _counts("testing", report.testing)
    for level in (Level.FILE, Level.CONTENT, Level.LINE, Level.HINT):
        found = [one for one in report.issues if one.level is level]
        if found and level in _HEADINGS:
            yield ""
            yield _HEADINGS[level]
        elif found and level is min((one.level for one in report.terminal if one.level), key=_rank):
            yield ""
            yield "What ends the training:"
        has_several = len(report.training.sources + report.testing.sources) > 1
        # not groupby(): of what ends the training, a code may stand in both sides' turns
        for code in dict.fromkeys(one.code for one in found):
            issues = [one for one in found if one.code == code]
            yield from _group(code, issues, report.counts[code], has_several=has_several)
    if report.has_more:
        yield ""
        yield "Of each code the first issues are listed; .counts has all numbers."


def _rank(level: Level) -> int:
    return list(Level).index(level)


def _about(use_case: UseCase) -> str:
    return {
        UseCase.IMAGE_LEVEL_LABELS: "image-level labels",
        UseCase.OBJECT_LOCALIZATION: "object locations",
        UseCase.NOT_DETERMINED: "use case not determined",
    }[use_case]


def _counts(name: str, side: "ManifestStatistics") -> Iterator[str]:
    yield (f"  {name + ':':9} {', '.join(printable(source) for source in side.sources)}")
    yield (
        f"            {_many(side.total_json_lines, 'line')}: {side.valid_json_lines:,} valid, "
        f"{side.invalid_json_lines:,} invalid, {side.ignored_json_lines:,} ignored; {_many(len(side.labels), 'label')}"
    )
    shown = [f"{printable(label, 60)} {count:,}" for label, count in list(side.labels.items())[:_MOST_LABELS]]
    if shown:
        yield f"            {', '.join(shown)}{', ...' if len(side.labels) > _MOST_LABELS else ''}"
    if side.images_not_checked:
        yield f"            {_many(side.images_not_checked, 'image')} could not be looked at"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _group(code: str, issues: Sequence[Issue], count: int, *, has_several: bool) -> Iterator[str]:
    known = CODES.get(code) or HINTS[code]
    # one message for all of them: that of the service for one attribute may be another for the next
    message = issues[0].message if len({one.message for one in issues}) == 1 else known.message.replace("{}", "...")
    yield f"  {code}{f' ({count:,} times)' if count > 1 else ''}: {printable(message, _LONGEST_DETAIL)}"
    if known.is_terminal:
        for one in issues:
            where = f"{printable(one.file)}: " if one.file and has_several else ""
            yield f"      {where}{printable(one.detail, _LONGEST_DETAIL)}"
    else:
        for file, in_file in groupby(issues, key=lambda one: one.file):
            places = _places(list(in_file), count)
            if places:
                yield f"      {printable(file) + ': ' if file and has_several else ''}{places}"
    yield f"      Fix: {known.fix}"


def _places(issues: Sequence[Issue], count: int) -> str:
    shown = [place for place in map(_place, issues[:_MOST_PLACES]) if place]
    more = ", ..." if len(issues) > _MOST_PLACES or count > len(issues) >= _MOST_PLACES else ""
    return f"{', '.join(shown)}{more}" if shown else ""


def _place(one: Issue) -> str:
    parts = [f"line {one.line:,}"] if one.line is not None else []
    if one.place:
        parts.append(" ".join(printable(step, 60) for step in one.place))
    if one.detail:
        detail = printable(one.detail, _LONGEST_DETAIL)
        parts.append(f"({detail})" if parts else detail)
    return " ".join(parts)
