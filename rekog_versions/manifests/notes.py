"""What is wrong with a line, written into it: in lists `errors` and `warnings`, next to what each concerns."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from rekog_versions.manifests.issues import Issue

KINDS = ("errors", "warnings")


def notes(issues: Sequence[Issue]) -> list[dict[str, str]]:
    """The issues as the service writes them."""
    return [{"code": issue.code, "message": issue.message} for issue in issues]


def annotated(entry: Mapping[str, Any], issues: Sequence[Issue]) -> tuple[dict[str, Any], bool]:
    """A copy of a line with the issues in it, in place of notes that stood there before.

    Args:
        entry: What the line holds.
        issues: What is wrong with it. One whose place takes no note stands at the line.

    Returns:
        The copy, and whether it differs from the line.
    """
    line = _copied(entry)
    had_notes = [place.pop(kind) for place in _places(line) for kind in KINDS if _are_notes(place.get(kind))]
    for issue in issues:
        place, kind = _place(line, issue.place), "warnings" if issue.is_warning else "errors"
        # an attribute may have that very name; then the service's note goes before it
        there = place.get(kind)
        place[kind] = [*(cast("list[object]", there) if isinstance(there, list) else ()), *notes([issue])]
    return line, bool(issues or had_notes)


def _copied(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A copy as deep as notes stand; other than a deep copy it is quick, and no nesting is too deep for it."""
    line: dict[str, Any] = {}
    for name, value in entry.items():
        line[name] = _shallow(value)
        if isinstance(value, dict) and isinstance(line[name].get("annotations"), list):
            line[name]["annotations"] = [_shallow(item) for item in line[name]["annotations"]]
    return line


def _shallow(value: Any) -> Any:
    return dict(cast("dict[str, Any]", value)) if isinstance(value, dict) else value


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
