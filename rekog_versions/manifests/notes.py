"""Write the issues of a line into the line: as lists `errors` and `warnings`, next to what each issue is about."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from rekog_versions._json import sequence
from rekog_versions.manifests.issues import Issue

KINDS = ("errors", "warnings")
EARLIER_KINDS = (*KINDS, "cl-errors", "cl-warnings")
"""The names of earlier notes, which are replaced: the entries of datasets have names of their own for them."""


def notes(issues: Sequence[Issue]) -> list[dict[str, str]]:
    """Return the issues in the service's format."""
    return [{"code": issue.code, "message": issue.message} for issue in issues]


def annotated(entry: Mapping[str, Any], issues: Sequence[Issue]) -> tuple[dict[str, Any], bool]:
    """Return a copy of a line with its issues in place of earlier notes, and whether it differs from the line.

    Args:
        entry: The line as a JSON object.
        issues: The issues of the line. An issue whose place cannot hold notes is noted at the top of the line.
    """
    line = _copy(entry)
    had_notes = [
        member.pop(kind) for member in _members(line) for kind in EARLIER_KINDS if _are_notes(member.get(kind))
    ]
    made: set[int] = set()  # the lists that are ours to extend
    for issue in issues:
        member, kind = _member_at(line, issue.place), "warnings" if issue.is_warning else "errors"
        if id(member.get(kind)) not in made:
            # an attribute may have that name itself; the service's notes are appended to its value then
            member[kind] = [*sequence(member.get(kind))]
            made.add(id(member[kind]))
        member[kind] += notes([issue])
    return line, bool(issues or had_notes)


def _copy(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy that is deep enough for notes. It is faster than `deepcopy` and not limited by the nesting."""
    line: dict[str, Any] = {}
    for name, value in entry.items():
        line[name] = _shallow_copy(value)
        if isinstance(value, dict) and isinstance(line[name].get("annotations"), list):
            line[name]["annotations"] = [_shallow_copy(item) for item in line[name]["annotations"]]
    return line


def _shallow_copy(value: Any) -> Any:
    return dict(cast("dict[str, Any]", value)) if isinstance(value, dict) else value


def _members(line: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each JSON object of a line that can hold notes."""
    yield line
    for value in list(line.values()):
        if isinstance(value, dict):
            attribute = cast("dict[str, Any]", value)
            yield attribute
            for annotation in sequence(attribute.get("annotations")):
                if isinstance(annotation, dict):
                    yield cast("dict[str, Any]", annotation)


def _are_notes(value: object) -> bool:
    if not isinstance(value, list):
        return False
    return all(isinstance(note, dict) and "code" in note for note in cast("list[object]", value))


def _member_at(line: dict[str, Any], path: Sequence[str | int]) -> dict[str, Any]:
    """Return the JSON object at a path, or the line itself if the path leads to another value."""
    member: Any = line
    for step in path:
        try:
            member = member[step]
        except (KeyError, IndexError, TypeError):
            return line
    return cast("dict[str, Any]", member) if isinstance(member, dict) else line
