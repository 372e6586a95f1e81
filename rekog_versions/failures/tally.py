"""Count the errors and warnings in the lines of validation manifests, without I/O.

Memory grows with the number of different codes only, not with the number of lines.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeGuard, cast

from rekog_versions._json import text
from rekog_versions.failures.explanation import MANIFESTS, LineErrors, LineExample, Manifest, ValidationStatistics
from rekog_versions.manifests.issues import CODES, Place
from rekog_versions.manifests.notes import KINDS

_MARKS = tuple(f'"{kind}"'.encode() for kind in KINDS)
_CONTAINERS = frozenset({dict, list})
_MOST_CODES = 200  # the service has 20; more come only from a file that it did not write
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class _Note:
    """An error or a warning in a line."""

    code: str | None
    message: str
    is_warning: bool
    place: Place


@dataclass(slots=True)
class _Group:
    """The notes with one code."""

    message: str
    is_warning: bool
    count: int = 0
    lines: dict[Manifest, int] = field(default_factory=dict[Manifest, int])
    examples: dict[Manifest, list[LineExample]] = field(default_factory=dict[Manifest, list[LineExample]])


@dataclass(slots=True)
class LineCount:
    """The numbers of lines of one manifest."""

    total: int = 0
    invalid: int = 0
    ignored: int = 0

    def statistics(self) -> ValidationStatistics:
        """Return the numbers as the manifest summary has them."""
        return ValidationStatistics(
            total_json_lines=self.total,
            valid_json_lines=self.total - self.invalid - self.ignored,
            invalid_json_lines=self.invalid,
            ignored_json_lines=self.ignored,
            counted_from_lines=True,
        )


class Tally:
    """The errors and warnings in the lines of both manifests, by code.

    Args:
        examples: The most examples to keep for each code and manifest.
    """

    def __init__(self, examples: int) -> None:
        self._most_examples = examples
        self._groups: dict[tuple[str | None, bool], _Group] = {}
        self.counts: dict[Manifest, LineCount] = {"training": LineCount(), "testing": LineCount()}

    def add(self, manifest: Manifest, number: int, line: bytes, file: str) -> bool:
        """Count a line of a validation manifest.

        Returns:
            True if the line is a JSON object. A line without errors and warnings is only checked for its first
            character.
        """
        count = self.counts[manifest]
        count.total += 1
        if not any(mark in line for mark in _MARKS):
            start = line.removeprefix(_UTF8_MARK).lstrip()
            return not start or start.startswith(b"{")
        entry = _decoded(line)
        if entry is None:
            return False
        notes = list(_notes(entry))
        # an error of the line itself makes it invalid; with errors in its attributes only, it is still used
        own = {note.is_warning for note in notes if not note.place}
        count.invalid += False in own
        count.ignored += own == {True}
        source_ref = text(entry.get("source-ref"))
        for group in {self._add(note, manifest, number, source_ref, file) for note in notes}:
            lines = self._groups[group].lines
            lines[manifest] = lines.get(manifest, 0) + 1
        return True

    def _add(
        self, note: _Note, manifest: Manifest, number: int, source_ref: str | None, file: str
    ) -> tuple[str | None, bool]:
        key = (note.code, note.is_warning)
        if key not in self._groups and len(self._groups) >= _MOST_CODES:
            key = (None, note.is_warning)
        group = self._groups.setdefault(key, _Group(note.message, note.is_warning))
        group.count += 1
        examples = group.examples.setdefault(manifest, [])
        if len(examples) < self._most_examples:
            example = LineExample(
                manifest=manifest,
                line=number,
                place=note.place,
                source_ref=source_ref,
                message=note.message,
                file=file,
            )
            examples.append(example)
        return key

    def line_errors(self) -> tuple[LineErrors, ...]:
        """Return the groups: errors before warnings, the most frequent first."""
        groups = [
            LineErrors(
                code=code,
                message=group.message,
                fix=CODES[code].fix if code in CODES else None,
                is_warning=group.is_warning,
                count=group.count,
                training_lines=group.lines.get("training", 0),
                testing_lines=group.lines.get("testing", 0),
                examples=tuple(example for manifest in MANIFESTS for example in group.examples.get(manifest, ())),
            )
            for (code, _), group in self._groups.items()
        ]
        return tuple(sorted(groups, key=lambda group: (group.is_warning, -group.count)))


def _decoded(line: bytes) -> Mapping[str, Any] | None:
    try:
        entry = json.loads(line.removeprefix(_UTF8_MARK))
    except (ValueError, RecursionError):
        return None
    return cast("Mapping[str, Any]", entry) if isinstance(entry, dict) else None


_Link: TypeAlias = "tuple[_Link, str | int] | None"
"""A linked path into a line. Most paths lead to no note, so only the few that do are written out as tuples."""


def _notes(entry: Mapping[str, Any]) -> Iterator[_Note]:
    """Yield the notes at every depth of a line: a newer format may put them in new places."""
    left: list[tuple[_Link, object]] = [(None, entry)]
    while left:  # no recursion: the nesting can be as deep as json.loads allows
        link, value = left.pop()
        below: list[tuple[_Link, object]] = []
        for name, member in _members(value):
            if _is_flat(member):
                continue
            if name in KINDS and _are_notes(member):
                yield from _read_notes(member, name == "warnings", _place(link))
            else:
                below.append(((link, name), member))
        left.extend(reversed(below))


def _members(value: object) -> Iterable[tuple[str | int, object]]:
    if isinstance(value, dict):
        return cast("dict[str | int, object]", value).items()
    return enumerate(cast("list[object]", value))


def _is_flat(value: object) -> bool:
    """Return True if the value has no nested containers, such as a box without errors; most values are flat."""
    if isinstance(value, dict):
        return _CONTAINERS.isdisjoint(map(type, cast("dict[str, object]", value).values()))
    return not isinstance(value, list) or _CONTAINERS.isdisjoint(map(type, cast("list[object]", value)))


def _place(link: _Link) -> Place:
    steps: list[str | int] = []
    while link is not None:
        link, step = link
        steps.append(step)
    return tuple(reversed(steps))


def _are_notes(value: object) -> TypeGuard[list[Mapping[str, object]]]:
    # an attribute of the user's can have the same name and other content
    return isinstance(value, list) and all(
        isinstance(note, dict) and ("code" in note or "message" in note) for note in cast("list[object]", value)
    )


def _read_notes(notes: Sequence[Mapping[str, object]], are_warnings: bool, place: Place) -> Iterator[_Note]:
    for note in notes:
        code, message = text(note.get("code")), text(note.get("message"))
        if message is None:
            message = CODES[code].message if code in CODES else ""
        yield _Note(code, message, are_warnings, place)
