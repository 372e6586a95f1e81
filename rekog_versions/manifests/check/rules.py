"""The service's rules about whole manifest files and about their content, and our hints about labels.

The limits are in `limits`. Where the Developer Guide leaves a rule open, a comment says how it is read here.
"""

from collections.abc import Iterable, Iterator, Mapping, Set as AbstractSet
from dataclasses import dataclass

from rekog_versions.manifests.check.similar import similar_labels
from rekog_versions.manifests.check.totals import ManifestTotals
from rekog_versions.manifests.formats import no_objects, not_utf8, unreadable
from rekog_versions.manifests.issues import Issue, hint, issue
from rekog_versions.manifests.limits import (
    LEAST_IMAGES_TO_SPLIT,
    LEAST_OVERLAP,
    MOST_BYTES,
    MOST_INVALID,
    MOST_LABELS,
    MOST_TEST_IMAGES_OF_LABEL,
    Feature,
)
from rekog_versions.manifests.lines import UseCase

FEW_IMAGES = 10
"""A label with fewer images gets a hint: the guide recommends at least ten."""

_SHOWN = 3  # labels or buckets, as examples
_LEAST_LABELS: Mapping[Feature, Mapping[UseCase, int]] = {
    "CUSTOM_LABELS": {UseCase.IMAGE_LEVEL_LABELS: 2, UseCase.OBJECT_LOCALIZATION: 1},
    "CONTENT_MODERATION": {UseCase.IMAGE_LEVEL_LABELS: 1, UseCase.OBJECT_LOCALIZATION: 1},
}


@dataclass(slots=True)
class FileFacts:
    """The properties of a manifest file that the rules about files need."""

    size: int = 0
    """Bytes."""
    lines: int = 0
    blank: int = 0
    """Blank lines."""
    objects: int = 0
    """Lines that are JSON objects."""
    has_extension: bool = True
    not_utf8: int | None = None
    """The number of the first line that is not UTF-8, counted from 1."""
    invalid_line: bytes = b""
    """The first line that is not UTF-8, or its beginning."""
    head: bytes = b""
    """The first bytes of the file, to recognize its format."""


def file_issue(facts: FileFacts, *, most: int | None = None) -> Issue | None:
    """Return the issue of a manifest file as a whole. The service ends a training for it before it reads any line.

    Args:
        facts: The file. The size may be incomplete if it is over the limit.
        most: The number of lines that the file may have; None for any number.
    """
    if not facts.has_extension:
        return _unusable("its name has no extension")
    if facts.size > MOST_BYTES:
        return issue("ERROR_MANIFEST_SIZE_TOO_LARGE", detail=f"more than {MOST_BYTES:,} bytes")
    if facts.not_utf8 is not None:
        why = unreadable(facts.head) or not_utf8(facts.invalid_line)
        return _unusable(f"line {facts.not_utf8:,} is not UTF-8{'; ' if why else ''}{why}")
    if most is not None and (found := rows_issue(facts.lines, most)):
        return found
    if facts.blank == facts.lines:
        return issue("ERROR_EMPTY_MANIFEST", detail="all lines are blank" if facts.size else "the file is empty")
    if not facts.objects:
        return _unusable(f"no line is a JSON object; {unreadable(facts.head) or no_objects(facts.head)}")
    return None


def rows_issue(lines: int, most: int) -> Issue | None:
    """Return the issue of a manifest with too many lines. The lines of all files of a manifest count together."""
    if lines <= most:
        return None
    return issue("ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM", detail=f"{lines:,} lines; at most {most:,} are allowed")


def _unusable(detail: str) -> Issue:
    return issue("ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT", detail=detail)


@dataclass(frozen=True)
class ContentIssues:
    """The use case of the manifests, and the issues of their content as a whole."""

    use_case: UseCase
    training: tuple[Issue, ...] = ()
    testing: tuple[Issue, ...] = ()
    both: tuple[Issue, ...] = ()
    """The issues of the two manifests together."""

    @property
    def issues(self) -> tuple[Issue, ...]:
        """All issues, in the order of the service: the message of the first one is the StatusMessage."""
        return self.training + self.testing + self.both


def use_case_of(training: ManifestTotals) -> UseCase:
    """Return the kind of label that most images have; if the numbers are equal, image-level labels.

    The guide only says that lines of the other use case are set aside, not how the service chooses.
    """
    boxed, classed = (training.images[kind] for kind in (UseCase.OBJECT_LOCALIZATION, UseCase.IMAGE_LEVEL_LABELS))
    return UseCase.OBJECT_LOCALIZATION if boxed > classed else UseCase.IMAGE_LEVEL_LABELS


def check_content(
    training: ManifestTotals,
    testing: ManifestTotals | None,
    *,
    auto_create: bool = False,
    feature: Feature = "CUSTOM_LABELS",
) -> ContentIssues:
    """Apply the rules about the content of the manifests as a whole.

    Args:
        training: The training manifest.
        testing: The test manifest, if there is one.
        auto_create: True if the service holds back a fifth of the training images for the test.
        feature: The feature that the project customizes.
    """
    use_case = use_case_of(training)
    in_training = [*_of_lines(training), *_too_many_labels(training), *_too_few_labels(training, use_case, feature)]
    if any(found.code == "ERROR_MANIFEST_TOO_FEW_LABELS" for found in in_training):
        use_case = UseCase.NOT_DETERMINED  # as in the guide's example of a summary
    elif auto_create:
        in_training += _of_split(training.labels[use_case])
    if testing is None:
        return ContentIssues(use_case, tuple(in_training))
    both = () if use_case is UseCase.NOT_DETERMINED else tuple(_of_overlap(training, testing, use_case))
    return ContentIssues(use_case, tuple(in_training), (*_of_lines(testing), *_too_many_labels(testing)), both)


def _of_lines(totals: ManifestTotals) -> Iterator[Issue]:
    if totals.invalid > MOST_INVALID * totals.total:
        yield issue(
            "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST",
            detail=f"{totals.invalid:,} of {totals.total:,} lines ({totals.invalid / totals.total:.0%}) are invalid",
        )
    if totals.invalid and not totals.valid:
        # the guide gives no number; this is the most cautious reading
        yield issue("ERROR_TOO_MANY_RECORDS_IN_ERROR", detail="no valid line is left")
    if len(totals.buckets) > 1:
        most = sorted(totals.buckets.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
        common = ", ".join(f"{bucket} ({count:,})" for bucket, count in most)
        yield issue("ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS", detail=f"{len(totals.buckets):,} buckets: {common}")
    if totals.images_asked and totals.images_missing == totals.images_asked:
        yield issue("ERROR_FAILED_IMAGES_S3_COPY", detail=f"none of {totals.images_asked:,} images exists")


def _too_many_labels(totals: ManifestTotals) -> Iterator[Issue]:
    if (count := len(_all_labels(totals))) > MOST_LABELS:
        yield issue("ERROR_MANIFEST_TOO_MANY_LABELS", detail=f"{count:,} labels")


def _too_few_labels(training: ManifestTotals, use_case: UseCase, feature: Feature) -> Iterator[Issue]:
    labels, usable = _all_labels(training), training.labels[use_case].keys()
    least = _LEAST_LABELS[feature][use_case]
    if training.moderated and training.valid:
        least = 0  # an adapter may be trained to find fewer labels only, with images that have none
    if len(labels) < least:
        yield issue("ERROR_MANIFEST_TOO_FEW_LABELS", detail=f"{len(labels)} of at least {least}")
    elif len(usable) < least:
        yield issue(
            "ERROR_MANIFEST_TOO_FEW_USABLE_LABELS",
            detail=f"{len(usable)} of at least {least} for {use_case.value}, out of {len(labels)} labels in all",
        )


def _of_split(images: Mapping[str, int]) -> Iterator[Issue]:
    few = sorted(label for label, count in images.items() if count < LEAST_IMAGES_TO_SPLIT)
    if few:
        examples = ", ".join(few[:_SHOWN]) + (", ..." if len(few) > _SHOWN else "")
        yield issue(
            "ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_AUTOSPLIT",
            detail=f"labels with fewer than {LEAST_IMAGES_TO_SPLIT} images: {len(few):,} ({examples})",
        )


def _of_overlap(training: ManifestTotals, testing: ManifestTotals, use_case: UseCase) -> Iterator[Issue]:
    for code, trained, tested in (
        ("ERROR_INSUFFICIENT_LABEL_OVERLAP", _all_labels(training), _all_labels(testing)),
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


def _all_labels(totals: ManifestTotals) -> AbstractSet[str]:
    return totals.labels[UseCase.IMAGE_LEVEL_LABELS].keys() | totals.labels[UseCase.OBJECT_LOCALIZATION].keys()


def hints_about_blanks(labels: Iterable[str]) -> Iterator[Issue]:
    """Yield a hint for each label with blanks at its ends, or with characters that cannot be seen."""
    for label in sorted(labels):
        if label != label.strip() or not label.isprintable():
            yield hint("HINT_BLANKS_IN_LABEL", detail=ascii(label))


def hints_about_rarity(images: Mapping[str, int]) -> Iterator[Issue]:
    """Yield a hint for each label of the training manifest that has few images."""
    for count, label in sorted((count, label) for label, count in images.items()):
        if count < FEW_IMAGES:
            yield hint("HINT_FEW_IMAGES_FOR_LABEL", detail=f"{label}: {count}")


def hints_about_spelling(training: AbstractSet[str], testing: AbstractSet[str]) -> Iterator[tuple[str, Issue]]:
    """Yield a hint for each group of labels that seem equal, and the side that has them all, or `both`."""
    for variants in similar_labels(training | testing):
        found = hint("HINT_SIMILAR_LABELS", detail=", ".join(map(_spelled, sorted(variants))))
        if training >= variants:
            yield "training", found
        if testing >= variants:
            yield "testing", found
        if not training >= variants and not testing >= variants:
            yield "both", found


def _spelled(label: str) -> str:
    """Return a label so that different spellings differ visibly."""
    return repr(label) if label.isascii() else f"{label!r} ({label!a})"


def hints_about_test_images(images: Mapping[str, int]) -> Iterator[Issue]:
    """Yield a hint for each label of the test manifest that has more images than an older limit allows."""
    for label, count in sorted(images.items()):
        if count > MOST_TEST_IMAGES_OF_LABEL:
            yield hint("HINT_MANY_TEST_IMAGES_FOR_LABEL", detail=f"{label}: {count:,}")


def hints_about_kinds(totals: ManifestTotals, use_case: UseCase, feature: Feature) -> Iterator[Issue]:
    """Yield a hint if images have only labels that the training ignores, or labels in the form of the other feature."""
    if use_case is not UseCase.NOT_DETERMINED:
        (other,) = {UseCase.IMAGE_LEVEL_LABELS, UseCase.OBJECT_LOCALIZATION} - {use_case}
        ignored = totals.images[other] - totals.mixed
        if ignored:
            detail = f"{ignored:,} of {totals.named:,} images; the training is for {use_case.value}"
            yield hint("HINT_OTHER_USE_CASE", detail=detail)
    if feature == "CONTENT_MODERATION" and totals.moderated < totals.named:
        detail = f"{totals.named - totals.moderated:,} of {totals.named:,} lines with an image"
        yield hint("HINT_LABELS_OF_OTHER_FEATURE", detail=detail)


def hints_about_overlap(training: AbstractSet[str], testing: AbstractSet[str]) -> Iterator[Issue]:
    """Yield a hint for each label that only one of the manifests has."""
    for label in sorted(testing - training):
        yield hint("HINT_LABEL_ONLY_IN_TESTING", detail=label)
    for label in sorted(training - testing):
        yield hint("HINT_LABEL_ONLY_IN_TRAINING", detail=label)
