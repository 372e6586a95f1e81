"""Checking manifests before a training is paid for."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from rekog_versions.manifests.check.hints import hints_about_both, hints_about_rarity, hints_about_spelling
from rekog_versions.manifests.check.log import IssueLog
from rekog_versions.manifests.check.reading import ImageKey, SideReading
from rekog_versions.manifests.check.report import LineNumbers, ManifestReport, ManifestStatistics
from rekog_versions.manifests.check.rules import Feature, Verdict, judge_content
from rekog_versions.manifests.check.service_files import TESTING, TRAINING, ServiceFiles
from rekog_versions.manifests.counts import Counts
from rekog_versions.manifests.images.image_check import ImageReader
from rekog_versions.manifests.issues import CODES, HINTS, Issue, Level
from rekog_versions.manifests.lines import UseCase
from rekog_versions.manifests.sources import ManifestSource, name_sources

_ROWS = "ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM"
_ORDER = {code: place for place, code in enumerate((*CODES, *HINTS))}


def check_manifests(
    training: ManifestSource | Sequence[ManifestSource],
    testing: ManifestSource | Sequence[ManifestSource] | None = None,
    *,
    auto_create: bool = False,
    region: str | None = None,
    images: ImageReader | None = None,
    s3: object | None = None,
    feature: Feature = "CUSTOM_LABELS",
    write_to: str | os.PathLike[str] | None = None,
    class_ids: bool = False,
    most_issues: int = 100,
) -> ManifestReport:
    """Says whether a training with these manifests would start, and what is wrong with them.

    Each file is read once, from its beginning to its end, and no more of it is kept than the labels and a number an
    image, to tell images that come again. The codes and messages are the service's (Custom Labels Developer Guide,
    "Debugging a failed model training"), and hints of ours say what quietly spoils a model; they end no training.

    Args:
        training: The training manifest: a path, an `s3://bucket/key` URI, an `S3Object` (to name a version), its bytes,
            or a binary file object. A sequence of these is read as one manifest, as the service reads several assets.
        testing: The test manifest, likewise.
        auto_create: Whether the service is to hold back a fifth of the training images for the test
            (`TestingData` with `AutoCreate`).
        region: The training's region, which decides how many lines a manifest may have.
        images: A way to look at the images that the lines name, such as `images_from_s3(client)`. Without one,
            nothing is said about them.
        s3: What reads `s3://` URIs: a boto3 client for S3, or a `VersionsClient`.
        feature: What the project customizes: `"CUSTOM_LABELS"` or `"CONTENT_MODERATION"`.
        write_to: A folder for what the service would write: `manifest_summary.json`,
            `training_manifest_with_validation.json` and `testing_manifest_with_validation.json` (empty without test
            manifests: which images AutoCreate holds back is the service's choice). As the service does, it writes none
            of them if a file can't be used at all.
        class_ids: Whether to tell where a class id changes its meaning from line to line. That is fine, for a class
            map holds for its own line; but in files that are made by hand it is often a mistake.
        most_issues: How many issues of each code to keep for each side; all are counted.

    Returns:
        What was found.

    Raises:
        OSError: A local file can't be read, or `write_to` not written to; nothing half-written is left.
        TypeError: A source is of another type, or a file object reads text.
        ValueError: An S3 URI has no key or no client to read it, or a source or number is out of range.
        botocore.exceptions.ClientError: S3 refuses for a reason for which no training would fail.
    """
    return check(
        training,
        testing,
        auto_create=auto_create,
        region=region,
        images=images,
        s3=s3,
        feature=feature,
        write_to=write_to,
        class_ids=class_ids,
        most_issues=most_issues,
    )


def check(
    training: ManifestSource | Sequence[ManifestSource],
    testing: ManifestSource | Sequence[ManifestSource] | None,
    *,
    auto_create: bool = False,
    region: str | None = None,
    images: ImageReader | None = None,
    s3: object | None = None,
    feature: Feature = "CUSTOM_LABELS",
    write_to: str | os.PathLike[str] | None = None,
    class_ids: bool = False,
    most_issues: int = 100,
    is_fast: bool = True,
) -> ManifestReport:
    """`check_manifests`, with the choice to read every line the slow way: the two must find the same."""
    if auto_create and testing is not None:
        raise ValueError("auto_create is for trainings without a test manifest; leave out one of the two")
    if feature not in ("CUSTOM_LABELS", "CONTENT_MODERATION"):
        raise ValueError(f"feature is {feature!r}; it must be 'CUSTOM_LABELS' or 'CONTENT_MODERATION'")
    if most_issues < 1:
        raise ValueError(f"most_issues is {most_issues!r}; it must be at least 1")
    of_training = name_sources(training, "training")
    of_testing = [] if testing is None else name_sources(testing, "testing")
    options: dict[str, Any] = {
        "region": region,
        "most_issues": most_issues,
        "is_fast": is_fast,
        "looks_at_images": images is not None,
        "follows_class_ids": class_ids,
    }
    with ServiceFiles(write_to) as files:
        first = SideReading("training", **options, output=files.training)
        second = SideReading("testing", **options, output=files.testing, other=first)

        def requests() -> Iterator[tuple[ImageKey, str]]:
            yield from first.read(of_training, s3)
            yield from second.read(of_testing, s3)

        _look(images, requests())
        verdict = _verdict(first, None if testing is None else second, auto_create=auto_create, feature=feature)
        report = _report(first, second, verdict, has_testing=testing is not None)
        if not any(found.level is Level.FILE for found in report.issues):
            report = files.finish(report, verdict, {TRAINING: first.image_errors, TESTING: second.image_errors})
    return report


def _look(images: ImageReader | None, requests: Iterator[tuple[ImageKey, str]]) -> None:
    """Drives the pass over the files; it asks for the images as it goes."""
    if images is not None:
        for key, picture in images(requests):
            key.side.add_picture(key, picture)
    for key, _ in requests:  # without a way to look at images, all of the pass
        key.side.tally.images_unknown += 1


def _verdict(training: SideReading, testing: SideReading | None, *, auto_create: bool, feature: Feature) -> Verdict:
    sides = [training] if testing is None else [training, testing]
    for side in sides:
        side.finish()
    if any(found.code != _ROWS for side in sides for found in side.log.kept if found.level is Level.FILE):
        # what is in a file that can't be used says nothing about what was meant to be there
        return Verdict(UseCase.NOT_DETERMINED)
    return judge_content(training.tally, testing.tally if testing else None, auto_create=auto_create, feature=feature)


def _report(training: SideReading, testing: SideReading, verdict: Verdict, *, has_testing: bool) -> ManifestReport:
    labels = [side.tally.images_by_label() for side in (training, testing)]
    for side, found, of_side in zip((training, testing), (verdict.training, verdict.testing), labels, strict=True):
        side.log.add(found, side.name)
        side.log.add(hints_about_spelling(of_side), side.name)
    training.log.add(hints_about_rarity(labels[0]), training.name)
    both = IssueLog(most=training.log.most)
    both.add(verdict.both)
    if has_testing:
        both.add(hints_about_both(labels[0].keys(), labels[1].keys()))
    logs = (training.log, testing.log, both)
    return ManifestReport(
        # a stable sort: of one code, the training's come first, each in the order of the lines
        issues=tuple(sorted((found for log in logs for found in log.kept), key=_rank)),
        use_case=verdict.use_case,
        training=_statistics(training, labels[0], verdict.use_case),
        testing=_statistics(testing, labels[1], verdict.use_case) if has_testing else ManifestStatistics(),
        has_testing=has_testing,
        counts=_counted(sum((log.counts for log in logs), Counter[str]())),
    )


def _rank(found: Issue) -> int:
    """What ends the training comes first, in the order in which it is found: the first of it is the StatusMessage."""
    if found.level is Level.FILE:
        return -2
    return -1 if found.level is Level.CONTENT else _ORDER[found.code]


def _statistics(side: SideReading, labels: Counter[str], use_case: UseCase) -> ManifestStatistics:
    tally = side.tally
    return ManifestStatistics(
        sources=side.names,
        use_case=use_case,
        total_json_lines=tally.total,
        valid_json_lines=tally.valid,
        invalid_json_lines=tally.invalid,
        ignored_json_lines=tally.ignored,
        error_json_line_indices=LineNumbers(tally.error_lines),
        labels=_counted(labels),
        image_level_labels=_counted(tally.labels[UseCase.IMAGE_LEVEL_LABELS]),
        located_labels=_counted(tally.labels[UseCase.OBJECT_LOCALIZATION]),
        boxes=_counted(tally.boxes),
        buckets=_counted(tally.buckets),
        counts=_counted(side.log.counts),
        images_not_checked=tally.images_unknown,
    )


def _counted(counter: Counter[str]) -> Counts:
    return Counts({name: count for name, count in counter.most_common() if count})
