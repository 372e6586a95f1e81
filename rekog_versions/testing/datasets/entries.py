"""What a dataset holds: its entries, each a JSON Line about one image, and its labels.

Entries never change in place: an update makes another `Entries`, so that whoever reads meanwhile reads one state.
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
from rekog_versions.testing.training.manifests import TOO_MANY_LINES, TrainingError
from rekog_versions.testing.training.simulation import choose_fifth

TOO_MANY_LABELS = MESSAGES["ERROR_MANIFEST_TOO_MANY_LABELS"]
TOO_MANY_BAD_LINES = MESSAGES["ERROR_TOO_MANY_RECORDS_IN_ERROR"]
TOO_FEW_TO_DISTRIBUTE = "The manifest file doesn't have enough labeled images to distribute the dataset."

_LEAST_TO_DISTRIBUTE = 2
_LAST_PLACE = 2**63
_SOURCE_REF = re.compile(r"s3://[0-9A-Za-z.\-_]{3,255}/.{1,1024}", re.DOTALL)


def most_images(region: str, dataset_type: str) -> int:
    """How many images a dataset may have: as many as a manifest lines."""
    return most_lines(region, "training" if dataset_type == "TRAIN" else "testing")


@dataclass(frozen=True)
class Entry:
    """An image of a dataset."""

    place: int
    """Where it stands in the dataset, counted up."""
    source_ref: str
    line: Line
    """The line as it came."""
    text: str
    """The line as the service shows it."""
    labels: frozenset[str]
    boxed_labels: frozenset[str]
    """Those of its labels that a bounding box has."""
    has_errors: bool

    @property
    def created(self) -> int:
        """The number that pages go by, from high to low."""
        return _LAST_PLACE - self.place

    @classmethod
    def of(cls, line: Line, place: int) -> Self | None:
        """The entry that a line makes; None if it makes none, of which the service says nothing."""
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
        except RecursionError:  # nested as deep as could just be read
            return None
        return cls(
            place,
            image.source_ref,
            line,
            text,
            labels,
            named.get(UseCase.OBJECT_LOCALIZATION, frozenset()),
            bool(errors),
        )


def _shown(line: Line, marked: Mapping[str, Any], *, is_labeled: bool) -> str:
    remark = {"is_labeled": is_labeled}
    if marked != line.entry or "cl-metadata" in marked:
        return json.dumps({**marked, "cl-metadata": remark}, separators=(",", ":"), ensure_ascii=False)
    # not written anew: numbers and escapes stay as they came
    return f'{line.text.strip().removesuffix("}").rstrip()},"cl-metadata":{json.dumps(remark, separators=(",", ":"))}}}'


@dataclass(frozen=True)
class LabelStats:
    """How much a label is used."""

    place: int
    """Where the label stands among the dataset's, counted up."""
    name: str
    entries: int
    boxed_entries: int
    """Images that have it on a bounding box."""

    @property
    def created(self) -> int:
        """The number that pages go by, from high to low."""
        return _LAST_PLACE - self.place


@dataclass(frozen=True)
class Entries:
    """The entries of a dataset."""

    by_source: Mapping[str, Entry]
    """In the order of their places."""
    label_places: Mapping[str, int]
    """Where each label stands that was ever there: a label that comes back stands where it stood."""

    @classmethod
    def none(cls) -> Self:
        """Those of an empty dataset."""
        return cls({}, {})

    def updated(self, lines: Sequence[Line], *, most: int) -> Self:
        """The entries after an update: a line for an image that is there replaces its line, others are added.

        Lines that are too long, name no image or are no JSON are left out, and so is one for an image that an earlier
        of the lines names: the service says nothing of it.

        Args:
            lines: The update.
            most: How many entries there may be.

        Raises:
            TrainingError: Too many lines are left out, or there would be too many images or labels.
        """
        merged, named, bad = dict(self.by_source), set[str](), 0
        place = max((entry.place for entry in merged.values()), default=-1) + 1
        for line in lines:
            entry = Entry.of(line, place)
            if entry is None or entry.source_ref in named:
                bad += not line.is_blank
                continue
            named.add(entry.source_ref)
            if entry.source_ref in merged:
                entry = replace(entry, place=merged[entry.source_ref].place)
            else:
                place += 1
            merged[entry.source_ref] = entry
        if bad > MOST_INVALID * len(lines):
            raise TrainingError(TOO_MANY_BAD_LINES)
        if len(merged) > most:
            raise TrainingError(TOO_MANY_LINES)
        made = self._with(merged)
        if len(made.labels) > MOST_LABELS:
            raise TrainingError(TOO_MANY_LABELS)
        return made

    def distributed(self, seed: str) -> tuple[Self, Self]:
        """Splits the entries of a training dataset.

        Args:
            seed: The same seed splits the same way.

        Returns:
            What stays, and the fifth that goes into the test dataset.

        Raises:
            TrainingError: There are too few labelled images.
        """
        entries = list(self.by_source.values())
        if sum(bool(entry.labels) for entry in entries) < _LEAST_TO_DISTRIBUTE:
            raise TrainingError(TOO_FEW_TO_DISTRIBUTE)
        chosen = choose_fifth([entry.labels for entry in entries], seed)
        stays = {entry.source_ref: entry for index, entry in enumerate(entries) if index not in chosen}
        goes = {entry.source_ref: entry for index, entry in enumerate(entries) if index in chosen}
        return self._with(stays), self._with(goes)

    def _with(self, by_source: Mapping[str, Entry]) -> Self:
        places = dict(self.label_places)
        for entry in by_source.values():
            for label in sorted(entry.labels - places.keys()):
                places[label] = len(places)
        return replace(self, by_source=by_source, label_places=places)

    @cached_property
    def labels(self) -> Sequence[LabelStats]:
        """The labels in the order in which they came, those of one entry by name."""
        used = Counter(label for entry in self.by_source.values() for label in entry.labels)
        boxed = Counter(label for entry in self.by_source.values() for label in entry.boxed_labels)
        return [
            LabelStats(place, name, used[name], boxed[name])
            for name, place in self.label_places.items()
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
        """The lines as they came: what a training reads."""
        return [entry.line for entry in self.by_source.values()]


def matching(entries: Iterable[Entry], request: Mapping[str, Any]) -> list[Entry]:
    """The entries that pass the filters of ListDatasetEntries: all that are given.

    Args:
        entries: Some entries.
        request: The request; `HasErrors: false` filters nothing, other than `Labeled: false`.
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
