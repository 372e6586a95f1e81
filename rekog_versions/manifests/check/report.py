"""What a check found, as data; how it reads on a terminal is in `report_text`."""

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast, overload

from rekog_versions.manifests.check.report_text import text_of
from rekog_versions.manifests.counts import Counts
from rekog_versions.manifests.issues import Issue, Level
from rekog_versions.manifests.lines import UseCase


class LineNumbers(Sequence[int]):
    """Numbers of lines, in order and counted from 1; it compares like any sequence, and takes little memory."""

    __slots__ = ("_numbers",)

    def __init__(self, numbers: Sequence[int] = ()) -> None:
        self._numbers = array("I", numbers)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> "LineNumbers": ...
    def __getitem__(self, index: int | slice) -> "int | LineNumbers":
        found = self._numbers[index]
        return found if isinstance(found, int) else LineNumbers(found)

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, LineNumbers):
            return self._numbers == other._numbers
        if isinstance(other, Sequence) and not isinstance(other, str | bytes):
            return list(self._numbers) == list(cast("Sequence[object]", other))
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self._numbers))

    def __repr__(self) -> str:
        shown = ", ".join(map(str, self._numbers[:10]))
        return f"LineNumbers([{shown}{', ...' if len(self) > 10 else ''}])"  # noqa: PLR2004


@dataclass(frozen=True, kw_only=True)
class ManifestStatistics:
    """The counts of one side, training or testing: those of `manifest_summary.json`, and the labels."""

    sources: tuple[str, ...] = ()
    """The files; `<training>` and `<testing>` stand for what has no name."""
    use_case: UseCase = UseCase.NOT_DETERMINED
    """What the training is about."""
    total_json_lines: int = 0
    """Lines, blank ones too."""
    valid_json_lines: int = 0
    """Lines that count; an attribute or a box of them may still be wrong."""
    invalid_json_lines: int = 0
    """Lines with an error on themselves."""
    ignored_json_lines: int = 0
    """Lines with nothing but a warning on themselves: without labels."""
    error_json_line_indices: LineNumbers = field(default_factory=LineNumbers)
    """The lines with an error anywhere, counted from 1; of several files, through all of them."""
    labels: Mapping[str, int] = field(default_factory=Counts)
    """Images with each label, the label with most images first."""
    image_level_labels: Mapping[str, int] = field(default_factory=Counts)
    """Images with each image-level label."""
    located_labels: Mapping[str, int] = field(default_factory=Counts)
    """Images with each label that boxes have."""
    boxes: Mapping[str, int] = field(default_factory=Counts)
    """Boxes with each label."""
    buckets: Mapping[str, int] = field(default_factory=Counts)
    """Images in each bucket."""
    counts: Mapping[str, int] = field(default_factory=Counts)
    """How many issues of each code there are; `ManifestReport.issues` may have fewer."""
    images_not_checked: int = 0
    """Images that could not be looked at."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data, for JSON."""
        plain = {
            name: dict(cast("Mapping[str, int]", value)) if isinstance(value, Mapping) else value
            for name, value in vars(self).items()
        }
        return {
            **plain,
            "sources": list(self.sources),
            "use_case": self.use_case.value,
            "error_json_line_indices": list(self.error_json_line_indices),
        }


@dataclass(frozen=True, kw_only=True)
class ManifestReport:
    """What `check_manifests` found."""

    issues: tuple[Issue, ...] = ()
    """The service's errors and warnings and our hints, what ends the training first. Of each code and side the first
    ones; `counts` has how many there are."""
    use_case: UseCase = UseCase.NOT_DETERMINED
    """What the service would train for."""
    training: ManifestStatistics = field(default_factory=ManifestStatistics)
    """The training manifests."""
    testing: ManifestStatistics = field(default_factory=ManifestStatistics)
    """The test manifests; all 0 without any."""
    has_testing: bool = False
    """Whether there were test manifests."""
    counts: Mapping[str, int] = field(default_factory=Counts)
    """How many issues of each code there are in all."""
    files: tuple[Path, ...] = ()
    """What was written: the manifest summary and the validation manifests."""

    @property
    def ok(self) -> bool:
        """Whether the training would start, for all that can be known from what was looked at."""
        return not self.terminal

    @property
    def terminal(self) -> tuple[Issue, ...]:
        """What would end the training, as it reports it: the first one's message is its StatusMessage."""
        return tuple(found for found in self.issues if found.level in (Level.FILE, Level.CONTENT))

    @property
    def hints(self) -> tuple[Issue, ...]:
        """What no code of the service is about, and may spoil the model."""
        return tuple(found for found in self.issues if found.is_hint)

    @property
    def has_more(self) -> bool:
        """Whether there are more issues than `issues` holds."""
        return sum(self.counts.values()) > len(self.issues)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data, for JSON."""
        return {
            "ok": self.ok,
            "use_case": self.use_case.value,
            "issues": [
                {
                    **asdict(found),
                    "place": list(found.place),
                    "level": found.level and found.level.value,
                    "fix": found.fix,
                }
                for found in self.issues
            ],
            "has_more": self.has_more,
            "counts": dict(self.counts),
            "training": self.training.to_dict(),
            "testing": self.testing.to_dict() if self.has_testing else None,
            "files": [str(path) for path in self.files],
        }

    def to_json(self, *, indent: int | None = None) -> str:
        """All of it as JSON, in ASCII."""
        return json.dumps(self.to_dict(), indent=indent)

    def __str__(self) -> str:
        return text_of(self)
