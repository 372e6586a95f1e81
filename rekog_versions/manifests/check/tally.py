"""What a manifest holds, counted: all that the rules about whole manifests look at, in little memory."""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rekog_versions.manifests.check.batch import Batch
from rekog_versions.manifests.issues import Issue
from rekog_versions.manifests.lines import Image, UseCase, bucket_of

_CLASSES, _BOXES = UseCase.IMAGE_LEVEL_LABELS, UseCase.OBJECT_LOCALIZATION


def _line_numbers() -> "array[int]":
    return array("I")


@dataclass(slots=True)
class Tally:
    """The counts of a manifest; of several, as one."""

    total: int = 0
    """Lines."""
    invalid: int = 0
    """Lines with an error on themselves."""
    ignored: int = 0
    """Lines with no error, but a warning on themselves."""
    error_lines: "array[int]" = field(default_factory=_line_numbers)
    """The lines with an error anywhere, counted from 1."""
    invalid_lines: "array[int]" = field(default_factory=_line_numbers)
    """The lines with an error on themselves, counted from 1."""
    ignored_lines: "array[int]" = field(default_factory=_line_numbers)
    """The ignored lines, counted from 1."""
    images: Counter[UseCase] = field(default_factory=Counter[UseCase])
    """Images with labels of each kind."""
    labels: dict[UseCase, Counter[str]] = field(
        default_factory=lambda: {_CLASSES: Counter[str](), _BOXES: Counter[str]()}
    )
    """Images with each label, by its kind."""
    both: Counter[str] = field(default_factory=Counter[str])
    """Images that have a label in both kinds."""
    boxes: Counter[str] = field(default_factory=Counter[str])
    """Boxes with each label."""
    buckets: Counter[str] = field(default_factory=Counter[str])
    """Images in each bucket."""
    images_asked: int = 0
    """Images that were to be looked at."""
    images_missing: int = 0
    """Those of them that aren't there."""
    images_unknown: int = 0
    """Those of them that couldn't be looked at."""

    def add_image(self, image: Image) -> None:
        """Counts an image, but for its bucket."""
        for use_case, labels in image.labels.items():
            self.images[use_case] += 1
            self.labels[use_case].update(set(labels))
        if _BOXES in image.labels:
            boxed = image.labels[_BOXES]
            self.boxes.update(boxed)
            self.both.update(set(boxed).intersection(image.labels.get(_CLASSES, ())))

    def add_batch(self, batch: Batch) -> None:
        """Counts images of whose lines nothing is wrong, and the buckets of all that were read."""
        self.images[_CLASSES] += batch.classed
        self.images[_BOXES] += batch.boxed
        self.labels[_CLASSES].update(batch.classes)
        self.labels[_BOXES].update(batch.located)
        self.boxes.update(batch.boxes)
        self.both.update(batch.both)
        self.add_buckets(batch.references)

    def add_buckets(self, references: Sequence[str]) -> None:
        """Counts the buckets of images."""
        if not references:
            return
        bucket = bucket_of(references[0])
        # what begins the first and the last of them in order begins all of them
        if all(reference.startswith(f"s3://{bucket}/") for reference in (min(references), max(references))):
            self.buckets[bucket] += len(references)
        else:
            self.buckets.update(map(bucket_of, references))

    def add_issues(self, line: int, issues: Sequence[Issue]) -> None:
        """Counts a line by what is wrong with it.

        Args:
            line: The line, counted from 1.
            issues: What is wrong with it, hints aside; nothing for a line that is right.
        """
        if not issues:
            return
        has_error = is_invalid = is_remarked = False
        for found in issues:
            if not found.is_warning:
                has_error = True
                is_invalid = is_invalid or not found.place
            elif not found.place:
                is_remarked = True
        if has_error:
            self.error_lines.append(line)
        if is_invalid:
            self.invalid += 1
            self.invalid_lines.append(line)
        elif is_remarked:
            self.ignored += 1
            self.ignored_lines.append(line)

    def add_invalid(self, lines: Sequence[int]) -> None:
        """Makes lines invalid that were counted before: their images turned out to be.

        Args:
            lines: The lines, in order.
        """
        if not lines:
            return
        invalid, ignored = set(self.invalid_lines), set(self.ignored_lines)
        new = [line for line in lines if line not in invalid]
        self.invalid += len(new)
        self.ignored -= sum(line in ignored for line in new)
        self.invalid_lines = array("I", sorted([*self.invalid_lines, *new]))
        self.error_lines = array("I", sorted({*self.error_lines, *lines}))

    @property
    def valid(self) -> int:
        """Lines that count."""
        return self.total - self.invalid - self.ignored

    def images_by_label(self) -> Counter[str]:
        """Images with each label, of whatever kind."""
        counted = self.labels[_CLASSES] + self.labels[_BOXES]
        counted.subtract(self.both)
        return counted
