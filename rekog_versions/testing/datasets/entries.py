"""The entries of a dataset, each a JSON Line about one image, and the labels of the dataset.

Entries are immutable: an update makes new `Entries`. So a reader sees a consistent state.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

from rekog_versions.manifests.codes import MESSAGES
from rekog_versions.manifests.limits import LONGEST_ENTRY, MOST_INVALID, MOST_LABELS, most_lines
from rekog_versions.manifests.lines import Line, UseCase, read_line
from rekog_versions.manifests.notes import annotated
from rekog_versions.testing.training.predictions import choose_fifth
from rekog_versions.testing.training.read_manifests import TOO_MANY_LINES, TrainingError

TOO_MANY_LABELS = MESSAGES["ERROR_MANIFEST_TOO_MANY_LABELS"]
TOO_MANY_BAD_LINES = MESSAGES["ERROR_TOO_MANY_RECORDS_IN_ERROR"]
TOO_FEW_TO_DISTRIBUTE = "The manifest file doesn't have enough labeled images to distribute the dataset."

_LEAST_TO_DISTRIBUTE = 2
_LAST_POSITION = 2**63
_SOURCE_REF = re.compile(r"s3://[0-9A-Za-z.\-_]{3,255}/.{1,1024}", re.DOTALL)


def most_images(region: str, dataset_type: str) -> int:
    """Return how many images a dataset may have: as many as a manifest may have lines."""
    return most_lines(region, "training" if dataset_type == "TRAIN" else "testing")


@dataclass(frozen=True)
class Entry:
    """An image of a dataset."""

    position: int
    """The position in the dataset."""
    source_ref: str
    line: Line
    """The line as it was sent."""
    text: str
    """The line as the service lists it."""
    labels: frozenset[str]
    boxed_labels: frozenset[str]
    """The labels that a bounding box has."""
    has_errors: bool

    @property
    def created(self) -> int:
        """The number that orders the pages, from high to low."""
        return _LAST_POSITION - self.position

    @classmethod
    def of(cls, line: Line, position: int) -> Self | None:
        """Return the entry of a line. Return None for a line that the service leaves out without an error."""
        image, issues = read_line(line, 1)
        if line.entry is None or image is None or len(line.text) > LONGEST_ENTRY:
            return None
        if not _SOURCE_REF.fullmatch(image.source_ref):  # stricter than for a training
            return None
        named = {use_case: frozenset(labels) for use_case, labels in image.labels.items()}
        labels = frozenset[str]().union(*named.values())
        errors = [issue for issue in issues if not issue.is_warning]  # warnings are not shown in entries
        marked, _ = annotated(line.entry, errors)
        try:
            text = _shown(line, marked, is_labeled=bool(labels))
        except RecursionError:  # too deep to be written, though it could be read
            return None
        return cls(
            position,
            image.source_ref,
            line,
            text,
            labels,
            named.get(UseCase.OBJECT_LOCALIZATION, frozenset()),
            bool(errors),
        )


def _shown(line: Line, marked: Mapping[str, Any], *, is_labeled: bool) -> str:
    service_note = {"is_labeled": is_labeled}
    if marked != line.entry or "cl-metadata" in marked:
        return json.dumps({**marked, "cl-metadata": service_note}, separators=(",", ":"), ensure_ascii=False)
    # not encoded again, so that numbers and escapes stay as they were sent
    note = json.dumps(service_note, separators=(",", ":"))
    return f'{line.text.strip().removesuffix("}").rstrip()},"cl-metadata":{note}}}'


@dataclass(frozen=True)
class LabelStats:
    """How often a label is used."""

    position: int
    """The position among the labels of the dataset."""
    name: str
    entries: int
    boxed_entries: int
    """The number of images in which a bounding box has the label."""

    @property
    def created(self) -> int:
        """The number that orders the pages, from high to low."""
        return _LAST_POSITION - self.position


@dataclass(frozen=True)
class Entries:
    """The entries of a dataset."""

    by_source: Mapping[str, Entry]
    """The entries in the order of their positions."""
    label_positions: Mapping[str, int]
    """The position of each label that the dataset has ever had. A label that comes back keeps its position."""

    @classmethod
    def none(cls) -> Self:
        """Return the entries of an empty dataset."""
        return cls({}, {})

    def updated(self, lines: Sequence[Line], *, most: int) -> Self:
        """Return the entries after an update. A line for a known image replaces its entry; other lines are added.

        Lines that are too long, do not name an image or are not JSON are left out. So is a line for an image that an
        earlier line of the update names. The service does not report them.

        Args:
            lines: The lines of the update.
            most: The most entries that the dataset may have.

        Raises:
            TrainingError: Too many lines are left out, or there would be too many images or labels.
        """
        merged, named, bad = dict(self.by_source), set[str](), 0
        position = max((entry.position for entry in merged.values()), default=-1) + 1
        for line in lines:
            entry = Entry.of(line, position)
            if entry is None or entry.source_ref in named:
                bad += not line.is_blank
                continue
            named.add(entry.source_ref)
            if entry.source_ref in merged:
                entry = replace(entry, position=merged[entry.source_ref].position)
            else:
                position += 1
            merged[entry.source_ref] = entry
        if bad > MOST_INVALID * len(lines):
            raise TrainingError(TOO_MANY_BAD_LINES)
        if len(merged) > most:
            raise TrainingError(TOO_MANY_LINES)
        updated = self._with(merged)
        if len(updated.labels) > MOST_LABELS:
            raise TrainingError(TOO_MANY_LABELS)
        return updated

    def distributed(self, seed: str) -> tuple[Self, Self]:
        """Split the entries of a training dataset.

        Args:
            seed: The same seed gives the same split.

        Returns:
            The entries that stay, and the fifth that is moved to the test dataset.

        Raises:
            TrainingError: There are too few labelled images.
        """
        entries = list(self.by_source.values())
        if sum(bool(entry.labels) for entry in entries) < _LEAST_TO_DISTRIBUTE:
            raise TrainingError(TOO_FEW_TO_DISTRIBUTE)
        chosen = choose_fifth([entry.labels for entry in entries], seed)
        staying = {entry.source_ref: entry for index, entry in enumerate(entries) if index not in chosen}
        moved = {entry.source_ref: entry for index, entry in enumerate(entries) if index in chosen}
        return self._with(staying), self._with(moved)

    def _with(self, by_source: Mapping[str, Entry]) -> Self:
        positions = dict(self.label_positions)
        for entry in by_source.values():
            for label in sorted(entry.labels - positions.keys()):
                positions[label] = len(positions)
        return replace(self, by_source=by_source, label_positions=positions)

    @cached_property
    def labels(self) -> Sequence[LabelStats]:
        """The labels in the order of their positions."""
        used = Counter(label for entry in self.by_source.values() for label in entry.labels)
        boxed = Counter(label for entry in self.by_source.values() for label in entry.boxed_labels)
        return [
            LabelStats(position, name, used[name], boxed[name])
            for name, position in self.label_positions.items()
            if name in used
        ]

    @cached_property
    def stats(self) -> Mapping[str, int]:
        """The DatasetStats."""
        return {
            "LabeledEntries": sum(bool(entry.labels) for entry in self.by_source.values()),
            "TotalEntries": len(self.by_source),
            "TotalLabels": len(self.labels),
            "ErrorEntries": sum(entry.has_errors for entry in self.by_source.values()),
        }

    @property
    def lines(self) -> Sequence[Line]:
        """The lines as they were sent, for a training."""
        return [entry.line for entry in self.by_source.values()]


def matching(entries: Iterable[Entry], request: Mapping[str, Any]) -> list[Entry]:
    """Return the entries that pass all filters of a ListDatasetEntries request.

    Args:
        entries: The entries.
        request: The request. Unlike `Labeled: false`, `HasErrors: false` does not filter.
    """
    wanted = None if request.get("ContainsLabels") is None else frozenset[str](request["ContainsLabels"])
    labeled: bool | None = request.get("Labeled")
    part: str = request.get("SourceRefContains", "")
    return [
        entry
        for entry in entries
        if (wanted is None or entry.labels & wanted)
        and (labeled is None or bool(entry.labels) is labeled)
        and part in entry.source_ref
        and (not request.get("HasErrors") or entry.has_errors)
    ]
