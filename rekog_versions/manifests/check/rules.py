"""What ends a training: the rules of the service about whole manifest files, and about all that they hold.

The numbers are in `limits`. Where the Developer Guide leaves something open, the rule says how it is read here.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rekog_versions.manifests.check.tally import Tally
from rekog_versions.manifests.issues import Issue, issue
from rekog_versions.manifests.limits import LEAST_IMAGES_TO_SPLIT, LEAST_OVERLAP, MOST_BYTES, MOST_INVALID, MOST_LABELS
from rekog_versions.manifests.lines import UseCase

Feature: TypeAlias = Literal["CUSTOM_LABELS", "CONTENT_MODERATION"]

_SHOWN = 3  # labels or buckets as examples
_LEAST_LABELS: Mapping[Feature, Mapping[UseCase, int]] = {
    "CUSTOM_LABELS": {UseCase.IMAGE_LEVEL_LABELS: 2, UseCase.OBJECT_LOCALIZATION: 1},
    "CONTENT_MODERATION": {UseCase.IMAGE_LEVEL_LABELS: 1, UseCase.OBJECT_LOCALIZATION: 1},
}


@dataclass(slots=True)
class FileFacts:
    """What the rules about a manifest file look at."""

    size: int = 0
    """Bytes."""
    lines: int = 0
    blank: int = 0
    """Lines in which nothing stands."""
    objects: int = 0
    """Lines that are JSON objects."""
    has_extension: bool = True
    not_utf8: int | None = None
    """The first line that is no UTF-8, counted from 1."""


def file_issue(facts: FileFacts, *, most: int | None = None) -> Issue | None:
    """What is wrong with a manifest file as such: what ends a training before any line is looked at.

    Args:
        facts: The file, as far as it was read: a size over the limit is enough.
        most: How many lines it may have; None means any number.
    """
    if not facts.has_extension:
        return _unusable("its name has no extension")
    if facts.size > MOST_BYTES:
        return issue("ERROR_MANIFEST_SIZE_TOO_LARGE", detail=f"more than {MOST_BYTES:,} bytes")
    if facts.not_utf8 is not None:
        return _unusable(f"line {facts.not_utf8:,} is not UTF-8")
    if most is not None and (found := rows_issue(facts.lines, most)):
        return found
    if facts.blank == facts.lines:
        return issue("ERROR_EMPTY_MANIFEST", detail="nothing but blank lines" if facts.size else "the file has no byte")
    if not facts.objects:
        return _unusable("no line is a JSON object; JSON Lines are one object a line, not one over many lines")
    return None


def rows_issue(lines: int, most: int) -> Issue | None:
    """What is wrong with the number of lines of a manifest, of several files as one."""
    if lines <= most:
        return None
    return issue("ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM", detail=f"{lines:,} lines; {most:,} are allowed")


def _unusable(detail: str) -> Issue:
    return issue("ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT", detail=detail)


@dataclass(frozen=True)
class Verdict:
    """What is said of the manifests as a whole."""

    use_case: UseCase
    """What the training is about."""
    training: tuple[Issue, ...] = ()
    testing: tuple[Issue, ...] = ()
    both: tuple[Issue, ...] = ()
    """What only the two together have."""

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Everything, in the order in which a training reports it: the first is its StatusMessage."""
        return self.training + self.testing + self.both


def use_case_of(training: Tally) -> UseCase:
    """What a training is about: the kind of label that most images have, image-level ones if it is even.

    The guide says only that lines of the other use case are set aside, not how it chooses.
    """
    boxed, classed = (training.images[kind] for kind in (UseCase.OBJECT_LOCALIZATION, UseCase.IMAGE_LEVEL_LABELS))
    return UseCase.OBJECT_LOCALIZATION if boxed > classed else UseCase.IMAGE_LEVEL_LABELS


def judge_content(
    training: Tally, testing: Tally | None, *, auto_create: bool = False, feature: Feature = "CUSTOM_LABELS"
) -> Verdict:
    """Applies the rules about all that the manifests hold.

    Args:
        training: The training manifest.
        testing: The test manifest; None if there is none.
        auto_create: Whether the service holds back a fifth of the training images for the test.
        feature: What the project customizes.
    """
    use_case = use_case_of(training)
    in_training = [*_of_lines(training), *_too_many_labels(training), *_of_labels(training, use_case, feature)]
    if any(found.code == "ERROR_MANIFEST_TOO_FEW_LABELS" for found in in_training):
        # so stands in the guide's example of a summary
        use_case = UseCase.NOT_DETERMINED
    elif auto_create:
        in_training += _of_split(training.labels[use_case])
    if testing is None:
        return Verdict(use_case, tuple(in_training))
    both = () if use_case is UseCase.NOT_DETERMINED else tuple(_of_overlap(training, testing, use_case))
    return Verdict(use_case, tuple(in_training), (*_of_lines(testing), *_too_many_labels(testing)), both)


def _of_lines(tally: Tally) -> Iterator[Issue]:
    if tally.invalid > MOST_INVALID * tally.total:
        yield issue(
            "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST",
            detail=f"{tally.invalid:,} of {tally.total:,} lines ({tally.invalid / tally.total:.0%}) are invalid",
        )
    if tally.invalid and not tally.valid:
        # the guide gives no number; that nothing usable is left is the most cautious reading
        yield issue("ERROR_TOO_MANY_RECORDS_IN_ERROR", detail="no line is left that could be used")
    if len(tally.buckets) > 1:
        most = sorted(tally.buckets.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
        common = ", ".join(f"{bucket} ({count:,})" for bucket, count in most)
        yield issue("ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS", detail=f"{len(tally.buckets):,} buckets: {common}")
    if tally.images_asked and tally.images_missing == tally.images_asked:
        yield issue("ERROR_FAILED_IMAGES_S3_COPY", detail=f"none of {tally.images_asked:,} images is there")


def _too_many_labels(tally: Tally) -> Iterator[Issue]:
    if (count := len(_labels(tally))) > MOST_LABELS:
        yield issue("ERROR_MANIFEST_TOO_MANY_LABELS", detail=f"{count:,} labels")


def _of_labels(training: Tally, use_case: UseCase, feature: Feature) -> Iterator[Issue]:
    everything, usable = _labels(training), training.labels[use_case].keys()
    least = _LEAST_LABELS[feature][use_case]
    if len(everything) < least:
        yield issue("ERROR_MANIFEST_TOO_FEW_LABELS", detail=f"{len(everything)} of at least {least}")
    elif len(usable) < least:
        yield issue(
            "ERROR_MANIFEST_TOO_FEW_USABLE_LABELS",
            detail=f"{len(usable)} of at least {least} for {use_case.value}, out of {len(everything)} labels in all",
        )


def _of_split(images: Mapping[str, int]) -> Iterator[Issue]:
    few = sorted(label for label, count in images.items() if count < LEAST_IMAGES_TO_SPLIT)
    if few:
        shown = ", ".join(few[:_SHOWN]) + (", ..." if len(few) > _SHOWN else "")
        yield issue(
            "ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_AUTOSPLIT",
            detail=f"labels with fewer than {LEAST_IMAGES_TO_SPLIT} images: {len(few):,} ({shown})",
        )


def _of_overlap(training: Tally, testing: Tally, use_case: UseCase) -> Iterator[Issue]:
    for code, trained, tested in (
        ("ERROR_INSUFFICIENT_LABEL_OVERLAP", _labels(training), _labels(testing)),
        (
            "ERROR_INSUFFICIENT_USABLE_LABEL_OVERLAP",
            training.labels[use_case].keys(),
            testing.labels[use_case].keys(),
        ),
    ):
        shared = len(trained & tested)
        if trained and shared < LEAST_OVERLAP * len(trained):
            yield issue(code, detail=f"{shared:,} of {len(trained):,} training labels are in the test manifest")
            return


def _labels(tally: Tally) -> AbstractSet[str]:
    return tally.labels[UseCase.IMAGE_LEVEL_LABELS].keys() | tally.labels[UseCase.OBJECT_LOCALIZATION].keys()
