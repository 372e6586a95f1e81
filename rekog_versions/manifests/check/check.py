"""Check manifests before a training is paid for."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import IO, cast

from rekog_versions._aws.regions import check_region
from rekog_versions._text import shown
from rekog_versions.manifests.check.manifest_reader import ImageKey, IssueLog, ManifestReader
from rekog_versions.manifests.check.report import ManifestReport, ManifestStatistics
from rekog_versions.manifests.check.rules import (
    ContentIssues,
    check_content,
    hints_about_blanks,
    hints_about_kinds,
    hints_about_overlap,
    hints_about_rarity,
    hints_about_spelling,
    hints_about_test_images,
)
from rekog_versions.manifests.check.service_files import TESTING, TRAINING, ServiceFiles, statistics, summary_document
from rekog_versions.manifests.counts import Counts, LineNumbers
from rekog_versions.manifests.images.image_check import ImageReader
from rekog_versions.manifests.issues import CODES, HINTS, NO_TEST_DATA, Issue, Level, no_test_data
from rekog_versions.manifests.limits import Feature, Side
from rekog_versions.manifests.lines import UseCase
from rekog_versions.manifests.sources import ManifestSource, NamedSource, name_sources

_TOO_MANY_ROWS = "ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM"
_ORDER = {code: place for place, code in enumerate((NO_TEST_DATA, *CODES, *HINTS))}
_FIRST = {Level.REQUEST: -3, Level.FILE: -2, Level.CONTENT: -1}


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
    max_issues: int = 100,
) -> ManifestReport:
    """Report if a training with these manifests would start, and list their issues.

    Each file is read once. Only the labels and one number for each image are kept in memory. Codes and messages are
    those of the service (Custom Labels Developer Guide, "Debugging a failed model training"). Hints are ours: they
    point at problems that do not end a training, but may make the model worse.

    Args:
        training: The training manifest: a path, an `s3://bucket/key` URI, an `S3Object` (to name a version), its
            content as bytes, or a binary file object. A sequence of these is read as one manifest, as the service reads
            several assets.
        testing: The test manifest, given in the same way. A training needs it or `auto_create`: the report is not ok
            without both.
        auto_create: True if the service must hold back a fifth of the training images for the test (`TestingData`
            with `AutoCreate`).
        region: The training's region, which decides how many lines a manifest may have. A region that Custom Labels is
            not known to support leads to a warning.
        images: Checks the images of the lines, for example `images_from_s3(client)`. By default, images are not
            checked.
        s3: Reads `s3://` URIs: a boto3 client for S3, or a `VersionsClient`.
        feature: The feature that the project customizes: `"CUSTOM_LABELS"` or `"CONTENT_MODERATION"`. The lines for
            Custom Moderation have labels in `content-moderation-groundtruth`, without metadata.
        write_to: A folder for the files that the service would write: `manifest_summary.json`,
            `training_manifest_with_validation.json` and `testing_manifest_with_validation.json`. The last one is empty
            without test manifests, because the service chooses the images that AutoCreate holds back. No file is
            written if a manifest is not usable at all; the service writes none either.
        class_ids: True to add a hint where a class id changes its meaning from line to line. The service allows this,
            but in files made by hand it is often a mistake.
        max_issues: The number of issues to list for each code and side. All issues are counted.

    Returns:
        The issues and the counts.

    Raises:
        OSError: A local file can't be read, or `write_to` can't be written. No incomplete file is left.
        ManifestError: A local file changed while it was read.
        TypeError: A source has an unsupported type, or a file object reads text.
        ValueError: An S3 URI has no key or `s3` is missing, a file object is not at its beginning, or an argument is
            out of range.
        botocore.exceptions.ClientError: S3 rejected a request for a reason that would not make a training fail.
    """
    _check_options(
        auto_create=auto_create,
        class_ids=class_ids,
        has_testing=testing is not None,
        feature=feature,
        max_issues=max_issues,
        region=region,
    )
    if images is not None and not callable(images):
        raise TypeError(f"images must be an ImageReader, such as images_from_s3(client), got {type(images).__name__}")
    training_sources = name_sources(training, "training")
    testing_sources = [] if testing is None else name_sources(testing, "testing")
    _check_folder(write_to, [*training_sources, *testing_sources])

    def reader(side: Side, output: IO[bytes] | None, training: ManifestReader | None = None) -> ManifestReader:
        return ManifestReader(
            side,
            region=region,
            max_issues=max_issues,
            checks_images=images is not None,
            follows_class_ids=class_ids,
            feature=feature,
            training=training,
            output=output,
        )

    with ServiceFiles(write_to) as files:
        first = reader("training", files.training)
        second = reader("testing", files.testing, first)
        _read_images(images, chain(first.read(training_sources, s3), second.read(testing_sources, s3)))
        tested = None if testing is None else second
        content = _check_content(first, tested, auto_create=auto_create, feature=feature)
        report = _report(
            first, second, content, feature=feature, has_testing=testing is not None, auto_create=auto_create
        )
        if write_to is not None and not any(found.level is Level.FILE for found in report.issues):
            summary = summary_document(
                _summary(report.training, content.training), _summary(report.testing, content.testing), content.both
            )
            written = files.finish(summary, {TRAINING: first.image_errors, TESTING: second.image_errors})
            report = replace(report, files=written)
    return report


def _check_options(
    *, auto_create: bool, class_ids: bool, has_testing: bool, feature: str, max_issues: int, region: str | None
) -> None:
    for name, value in (("auto_create", auto_create), ("class_ids", class_ids)):
        if not isinstance(cast("object", value), bool):  # "no" and "false" would count as True
            raise TypeError(f"{name} must be True or False, got {shown(value)}")
    check_region(region, "region")
    if auto_create and has_testing:
        raise ValueError("auto_create must be False if there is a test manifest; leave out one of the two")
    if feature not in ("CUSTOM_LABELS", "CONTENT_MODERATION"):
        raise ValueError(f"feature must be 'CUSTOM_LABELS' or 'CONTENT_MODERATION', got {shown(feature)}")
    if isinstance(max_issues, bool) or not isinstance(cast("object", max_issues), int) or max_issues < 1:
        raise ValueError(f"max_issues must be at least 1, got {shown(max_issues)}")


def _check_folder(folder: str | os.PathLike[str] | None, sources: Sequence[NamedSource]) -> None:
    """Check that the files that are written do not replace a manifest that is read.

    Raises:
        ValueError: They would.
    """
    if folder is not None:
        written = {os.path.realpath(Path(folder, name)) for name in (TRAINING, TESTING)}
        for source in sources:
            if isinstance(source.content, Path) and os.path.realpath(source.content) in written:
                raise ValueError(f"write_to must be another folder than that of the manifest {shown(source.name)}")


def _read_images(images: ImageReader | None, requests: Iterator[tuple[ImageKey, str]]) -> None:
    """Read the files, and the images of their lines on the way. Without `images`, the files yield no requests."""
    if images is not None:
        for key, info in images(requests):
            key.reader.add_image_info(key, info)
    for key, _ in requests:
        key.reader.totals.images_unknown += 1


def _check_content(
    training: ManifestReader, testing: ManifestReader | None, *, auto_create: bool, feature: Feature
) -> ContentIssues:
    readers = [training] if testing is None else [training, testing]
    for reader in readers:
        reader.finish()
    files_issues = [found for reader in readers for found in reader.log.kept if found.level is Level.FILE]
    if any(found.code != _TOO_MANY_ROWS for found in files_issues):
        return ContentIssues(UseCase.NOT_DETERMINED)  # the content of an unusable file is not known
    return check_content(training.totals, testing.totals if testing else None, auto_create=auto_create, feature=feature)


def _report(
    training: ManifestReader,
    testing: ManifestReader,
    content: ContentIssues,
    *,
    feature: Feature,
    has_testing: bool,
    auto_create: bool,
) -> ManifestReport:
    training_labels, testing_labels = training.totals.images_by_label(), testing.totals.images_by_label()
    both = IssueLog(training.log.max_issues)
    for reader, issues in ((training, content.training), (testing, content.testing)):
        reader.log.add(issues, reader.name)
        reader.log.add(hints_about_kinds(reader.totals, content.use_case, feature), reader.name)
        reader.log.add(hints_about_blanks(reader.totals.images_by_label()), reader.name)
    for side, found in hints_about_spelling(training_labels.keys(), testing_labels.keys()):
        log, name = {"training": (training.log, training.name), "testing": (testing.log, testing.name)}.get(
            side, (both, None)
        )
        log.add([found], name)
    training.log.add(hints_about_rarity(training_labels), training.name)
    testing.log.add(hints_about_test_images(testing_labels), testing.name)
    both.add(content.both)
    if has_testing:
        both.add(hints_about_overlap(training_labels.keys(), testing_labels.keys()))
    elif not auto_create:
        both.add([no_test_data()])
    logs = (training.log, testing.log, both)
    return ManifestReport(
        # a stable sort: of one code, the training's issues are first, each in the order of the lines
        issues=tuple(sorted((found for log in logs for found in log.kept), key=_rank)),
        use_case=content.use_case,
        training=_statistics(training, training_labels, content.use_case),
        testing=_statistics(testing, testing_labels, content.use_case) if has_testing else ManifestStatistics(),
        has_testing=has_testing,
        counts=_counted(sum((log.counts for log in logs), Counter[str]())),
    )


def _rank(found: Issue) -> int:
    """Sort errors that end the training first, in the order of the service."""
    return _FIRST.get(found.level, _ORDER[found.code]) if found.level else _ORDER[found.code]


def _statistics(reader: ManifestReader, labels: Counter[str], use_case: UseCase) -> ManifestStatistics:
    totals = reader.totals
    return ManifestStatistics(
        sources=reader.names,
        use_case=use_case,
        total_json_lines=totals.total,
        valid_json_lines=totals.valid,
        invalid_json_lines=totals.invalid,
        ignored_json_lines=totals.ignored,
        error_json_line_indices=LineNumbers(totals.error_lines),
        labels=_counted(labels),
        image_level_labels=_counted(totals.labels[UseCase.IMAGE_LEVEL_LABELS]),
        located_labels=_counted(totals.labels[UseCase.OBJECT_LOCALIZATION]),
        boxes=_counted(totals.boxes),
        buckets=_counted(totals.buckets),
        counts=_counted(reader.log.counts),
        images_not_checked=totals.images_unknown,
    )


def _summary(side: ManifestStatistics, errors: Sequence[Issue]) -> dict[str, object]:
    return statistics(
        use_case=side.use_case,
        total=side.total_json_lines,
        invalid=side.invalid_json_lines,
        ignored=side.ignored_json_lines,
        errors=errors,
        error_lines=side.error_json_line_indices,
    )


def _counted(counter: Counter[str]) -> Counts:
    return Counts({name: count for name, count in counter.most_common() if count})
