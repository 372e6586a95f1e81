"""The report as GitHub's Markdown, and as text for a terminal."""

import re
from collections.abc import Iterator, Sequence

from rekog_versions._text import decimal, duration, printable, shortened, signed_decimal
from rekog_versions.evaluation.intervals import with_interval
from rekog_versions.reports.report import Report

_MOST_LABELS, _MOST_CHANGES = 30, 10
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&])")
_BACKTICKS = re.compile("`+")


def markdown_of(report: Report) -> str:
    """Return the short form of a report. Names are in code spans, so that they are never markup or mentions."""
    return "\n".join(_markdown(report)) + "\n"


def _markdown(report: Report) -> Iterator[str]:
    yield f"## Model report: {_code(report.version.name, 80)}"
    yield ""
    yield from _verdict(report)
    yield ""
    yield from _table(("", ""), [(_escaped(name), _escaped(value)) for name, value in _facts(report)])
    for remark in report.evaluation.remarks:
        yield ""
        yield f"> **Note:** {_escaped(printable(remark, 500))}"
    if report.recommendations:
        yield ""
        yield "### Recommendations"
        yield ""
        for number, one in enumerate(report.recommendations, 1):
            yield f"{number}. **{_escaped(one.title)}** ({one.importance.value}). {_escaped(one.advice)}"
            yield from (f"   - {_escaped(line)}" for line in one.numbers)
    yield ""
    yield "### Labels"
    yield ""
    yield from _table(
        ("label", "F1", "precision", "recall", "test images", "threshold"),
        [
            (
                _code(label.label),
                with_interval(label.f1_score, label.f1_interval),
                with_interval(label.precision, label.precision_interval),
                with_interval(label.recall, label.recall_interval),
                "-" if label.testing_images is None else f"{label.testing_images:,}",
                decimal(label.assumed_threshold),
            )
            for label in report.labels[:_MOST_LABELS]
        ],
    )
    if len(report.labels) > _MOST_LABELS:
        yield ""
        yield f"and {len(report.labels) - _MOST_LABELS:,} more labels with higher scores"
    if report.comparison is not None:
        yield from _changes(report)


def _verdict(report: Report) -> Iterator[str]:
    if report.verdict is None:
        yield "No gates were given."
    elif report.verdict.passed:
        yield "✅ **Passed all gates**"
    else:
        yield f"❌ **Failed {len(report.verdict.reasons)} of the gates**"
        yield ""
        yield from (f"- {_escaped(reason)}" for reason in report.verdict.reasons)


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    evaluation, version = report.evaluation, report.version
    between = report.intervals
    yield "F1 score", with_interval(evaluation.f1_score, between.f1_score if between else None)
    yield "precision", with_interval(evaluation.precision, between.precision if between else None)
    yield "recall", with_interval(evaluation.recall, between.recall if between else None)
    for name, count in (("test images", evaluation.testing_images), ("training images", evaluation.training_images)):
        if count is not None:
            yield name, f"{count:,}"
    if version.billed_seconds is not None:
        yield "billed training", duration(version.billed_seconds)
    if version.training_cost is not None and version.hourly_cost is not None:
        yield "training cost", f"{version.training_cost:,.2f} {version.hourly_cost.currency}"
    if version.hourly_cost is not None:
        yield "running for an hour", str(version.hourly_cost)


def _changes(report: Report) -> Iterator[str]:
    compared = report.comparison
    if compared is None:
        return
    yield ""
    yield "### Against the baseline"
    yield ""
    old = _code(compared.old.version_arn or "an unnamed version", 200)
    change = _escaped(signed_decimal(compared.f1_score))
    yield f"The F1 score changed by {change}. {_escaped(compared.conclusion)} The baseline is {old}."
    for warning in compared.warnings:
        yield ""
        yield f"> **Note:** {_escaped(printable(warning, 500))}"
    for title, changes in (("better", compared.better), ("worse", compared.worse)):
        if changes:
            yield ""
            shown = [
                (
                    _code(change.label),
                    _escaped(signed_decimal(change.f1_score)),
                    _escaped(decimal(change.f1_test.adjusted_p_value) if change.f1_test else "-"),
                )
                for change in changes
            ]
            yield from _table((title, "change of F1", "p (Holm)"), shown[:_MOST_CHANGES])
            if len(shown) > _MOST_CHANGES:
                yield ""
                yield f"and {len(shown) - _MOST_CHANGES:,} more"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"| --- |{' ---: |' * (len(headings) - 1)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _code(text: str, width: int = 40) -> str:
    """Return a name as a code span that works in a table too."""
    shown = shortened(text, width).replace("|", "\\|")
    longest = max((len(run) for run in _BACKTICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {shown} {fence}" if longest or not shown.strip() else f"{fence}{shown}{fence}"


def _escaped(text: str) -> str:
    """Return text without markup, links and mentions."""
    return _SPECIAL.sub(r"\\\1", printable(text, 2000)).replace("@", "@\u200b").replace("://", ":\u200b//")


def text_of(report: Report) -> str:
    """Return the verdict, the scores and the recommendations as text."""
    lines = [shortened(report.version.name, 200)]
    if report.verdict is not None:
        lines.append(str(report.verdict))
    lines += [f"{name}: {value}" for name, value in _facts(report)]
    for number, one in enumerate(report.recommendations, 1):
        lines.append(f"{number}. {one.title} ({one.importance.value})")
        lines += [f"     {line}" for line in one.numbers]
    return "\n".join(lines)
