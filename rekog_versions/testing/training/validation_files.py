"""What the service writes about the manifests: the manifest summary and the two validation manifests.

Everything in them follows from the lines and a list of issues, whoever has found these:

- a line with an error on itself is invalid, one with no error but a warning on itself is ignored, any other is valid;
- an issue stands at the place that it concerns, or at the line if that place is not of a kind that takes one;
- an issue of the whole manifest stands in the summary only.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from rekog_versions.testing.training.issues import Issue
from rekog_versions.testing.training.lines import UseCase, parse

_NOTES = ("errors", "warnings")


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
    document = {
        "errors": _notes(both),
        "statistics": {"testing": _statistics(testing), "training": _statistics(training)},
    }
    return json.dumps(document).encode("ascii")


def validation_manifest(checked: Checked) -> bytes:
    """Writes a validation manifest: the lines as they were, with the issues at their places."""
    by_line = checked.by_line()
    written = (_line(text, by_line.get(number, ())) for number, text in enumerate(checked.lines, start=1))
    # a lone surrogate can't stand in what was read as UTF-8, only in lines of another origin
    return "".join(f"{line}\n" for line in written).encode("utf-8", "replace")


def _statistics(checked: Checked) -> dict[str, Any]:
    by_line = checked.by_line()
    own = {line: [issue for issue in issues if not issue.path] for line, issues in by_line.items()}
    invalid = sum(any(not issue.is_warning for issue in issues) for issues in own.values())
    ignored = sum(bool(issues) and all(issue.is_warning for issue in issues) for issues in own.values())
    return {
        "use_case": checked.use_case.value if checked.use_case else "NOT_DETERMINED",
        "total_json_lines": len(checked.lines),
        "valid_json_lines": len(checked.lines) - invalid - ignored,
        "invalid_json_lines": invalid,
        "ignored_json_lines": ignored,
        "errors": _notes([issue for issue in checked.issues if issue.line is None]),
        # counted from 1: in the guide's example, a manifest of 15 lines has an error in line 15
        "error_json_line_indices": sorted(
            line for line, issues in by_line.items() if any(not issue.is_warning for issue in issues)
        ),
    }


def _notes(issues: Sequence[Issue]) -> list[dict[str, str]]:
    return [{"code": issue.code, "message": issue.message} for issue in issues]


def _line(text: str, issues: Sequence[Issue]) -> str:
    # a file that was a validation manifest before has the notes of that time
    if not issues and not any(f'"{name}"' in text for name in _NOTES):
        return text
    entry = parse(text).entry
    if entry is None:
        # the service puts nothing but the error there
        return json.dumps({"errors": _notes(issues)}) if issues else text
    line = cast("dict[str, Any]", entry)
    had_notes = [place.pop(name) for place in _places(line) for name in _NOTES if _are_notes(place.get(name))]
    if not issues and not had_notes:
        return text
    for issue in issues:
        place, name = _place(line, issue.path), "warnings" if issue.is_warning else "errors"
        # an attribute may have that very name; then the service's note goes before it
        there = place.get(name)
        place[name] = [*(cast("list[object]", there) if isinstance(there, list) else ()), *_notes([issue])]
    try:
        return json.dumps(line)
    except RecursionError:  # nested as deep as could just be read
        return json.dumps({"errors": _notes(issues)})


def _places(line: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every place of a line where notes can stand."""
    yield line
    for value in list(line.values()):
        if isinstance(value, dict):
            attribute = cast("dict[str, Any]", value)
            yield attribute
            annotations = attribute.get("annotations")
            for annotation in cast("list[object]", annotations) if isinstance(annotations, list) else ():
                if isinstance(annotation, dict):
                    yield cast("dict[str, Any]", annotation)


def _are_notes(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(note, dict) and "code" in note for note in cast("list[object]", value)
    )


def _place(line: dict[str, Any], path: Sequence[str | int]) -> dict[str, Any]:
    place: Any = line
    for step in path:
        try:
            place = place[step]
        except (KeyError, IndexError, TypeError):
            return line
    return cast("dict[str, Any]", place) if isinstance(place, dict) else line
