"""What the service writes about the manifests: the manifest summary and the two validation manifests.

Everything in them follows from the lines and a list of issues, whoever has found these:

- a line with an error on itself is invalid, one with no error but a warning on itself is ignored, any other is valid;
- an issue stands at the place that it concerns, or at the line if that place is not of a kind that takes one;
- an issue of the whole manifest stands in the summary only.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rekog_versions.manifests.issues import Issue
from rekog_versions.manifests.lines import UseCase, parse
from rekog_versions.manifests.notes import KINDS, annotated, notes


@dataclass(frozen=True)
class Checked:
    """A dataset and what was found wrong with it."""

    lines: Sequence[str] = ()
    use_case: UseCase | None = None
    """None if it couldn't be determined."""
    issues: Sequence[Issue] = ()
    """Of its lines and, without a line, of all of it."""

    def by_line(self) -> Mapping[int, Sequence[Issue]]:
        """The issues of each line that has some."""
        found: dict[int, list[Issue]] = defaultdict(list)
        for issue in self.issues:
            if issue.line is not None:
                found[issue.line].append(issue)
        return found


def manifest_summary(training: Checked, testing: Checked, both: Sequence[Issue] = ()) -> bytes:
    """Writes the manifest summary.

    Args:
        training: The training dataset.
        testing: The test dataset.
        both: The errors that only the two together have.

    Returns:
        The file's content.
    """
    return summary_document(_statistics(training), _statistics(testing), both)


def summary_document(training: Mapping[str, Any], testing: Mapping[str, Any], both: Sequence[Issue]) -> bytes:
    """Lays out the manifest summary, as real ones are: the test set first, on a single line without an end.

    Args:
        training: The statistics of the training dataset.
        testing: Those of the test dataset.
        both: The errors that only the two together have.
    """
    document = {"errors": notes(both), "statistics": {"testing": testing, "training": training}}
    return json.dumps(document).encode("ascii")


def validation_manifest(checked: Checked) -> bytes:
    """Writes a validation manifest: the lines as they were, with the issues at their places."""
    by_line = checked.by_line()
    # a lone surrogate can't stand in what was read as UTF-8, only in lines of another origin
    texts = [text.encode("utf-8", "replace") for text in checked.lines]
    return b"".join(
        _line(text, encoded, by_line.get(number, ())) + b"\n"
        for number, (text, encoded) in enumerate(zip(checked.lines, texts, strict=True), start=1)
    )


def _line(text: str, encoded: bytes, issues: Sequence[Issue]) -> bytes:
    if not issues and not may_hold_notes(encoded):
        return encoded
    return validated(text, parse(text).entry, issues).encode("utf-8", "replace")


def _statistics(checked: Checked) -> dict[str, Any]:
    by_line = checked.by_line()
    own = {line: [issue for issue in issues if not issue.place] for line, issues in by_line.items()}
    invalid = sum(any(not issue.is_warning for issue in issues) for issues in own.values())
    ignored = sum(bool(issues) and all(issue.is_warning for issue in issues) for issues in own.values())
    return {
        "use_case": (checked.use_case or UseCase.NOT_DETERMINED).value,
        "total_json_lines": len(checked.lines),
        "valid_json_lines": len(checked.lines) - invalid - ignored,
        "invalid_json_lines": invalid,
        "ignored_json_lines": ignored,
        "errors": notes([issue for issue in checked.issues if issue.line is None]),
        # counted from 1: in the guide's example, a manifest of 15 lines has an error in line 15
        "error_json_line_indices": sorted(
            line for line, issues in by_line.items() if any(not issue.is_warning for issue in issues)
        ),
    }


def validated(text: str, entry: Mapping[str, Any] | None, issues: Sequence[Issue]) -> str:
    """A line as it stands in a validation manifest.

    Args:
        text: The line as it came.
        entry: What it holds; None if it is no JSON object.
        issues: What is wrong with it.
    """
    if entry is None:
        # the service puts nothing but the error there
        return json.dumps({"errors": notes(issues)}) if issues else text
    line, differs = annotated(entry, issues)
    try:
        return json.dumps(line) if differs else text
    except RecursionError:  # nested as deep as could just be read
        return json.dumps({"errors": notes(issues)})


def may_hold_notes(text: bytes) -> bool:
    """Whether a line may have notes already: a file that was a validation manifest before has those of that time."""
    return any(f'"{kind}"'.encode() in text for kind in KINDS)
