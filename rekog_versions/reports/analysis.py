"""The content of a report, from an evaluation and the manifests of its training."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rekog_versions._aws.error_codes import credentials_failed, describe_failure
from rekog_versions._aws.errors import BotoCoreError, ClientError
from rekog_versions._text import printable
from rekog_versions.errors import ManifestError
from rekog_versions.evaluation import (
    ByLabel,
    ConfusedPair,
    Evaluation,
    Gates,
    LabelIntervals,
    TunedThresholds,
    compare,
)
from rekog_versions.evaluation.confusion_matrix import (
    count_confused_pairs,
    count_confusion_matrix,
    labels_by_image,
)
from rekog_versions.evaluation.tuning import DEFAULT_FOLDS
from rekog_versions.hosting import Prices, training_cost
from rekog_versions.manifests import ManifestDescription, ManifestSource, UseCase
from rekog_versions.manifests.statistics.describe import describe_images
from rekog_versions.models.assets import DescribedAsset
from rekog_versions.models.versions import ProjectVersionDescription
from rekog_versions.reports.box_errors import count_box_errors
from rekog_versions.reports.recommendations import recommend
from rekog_versions.reports.report import Report, ReportedLabel, ReportedVersion
from rekog_versions.reports.thumbnails import ImageSource, picture_mistakes

_MOST_PAIRS = 20
_NOT_GIVEN = "no training manifest was given"
_MANY_TEST_IMAGES = 20_000
"""With more test images, tuned thresholds have no held-out estimate: it would take long, and hardly differ."""
_NEED_A_BASELINE = ("max_drop", "max_label_drop", "not_worse_by", "same_test_set")


@dataclass(frozen=True)
class TrainingSet:
    """The training set of a version.

    Attributes:
        description: The statistics of its manifests; None if they are not known.
        reason: The reason why they are not known.
        shared: The images that are in the test set too; None if that is not known.
    """

    description: ManifestDescription | None = None
    reason: str | None = _NOT_GIVEN
    shared: Sequence[str] | None = None


def check_gates(gates: object, *, has_baseline: bool) -> None:
    """Check that `gates` can be checked.

    Raises:
        TypeError: `gates` is not a `Gates`.
        ValueError: A gate compares with a baseline, and there is none.
    """
    if gates is None:
        return
    if not isinstance(gates, Gates):
        raise TypeError(f"gates must be a Gates, such as Gates(min_f1=0.8), got {printable(gates, 80)}")
    for name in _NEED_A_BASELINE:
        if not has_baseline and getattr(gates, name, None):
            raise ValueError(f"gates.{name} must not be set without a baseline. Pass baseline=, or remove the gate")


def read_training_set(
    manifests: ManifestSource | Sequence[ManifestSource] | None, s3: Any, evaluation: Evaluation
) -> TrainingSet:
    """Return the training set. Manifests that cannot be read are not an error: the result has the reason."""
    if manifests is None or (isinstance(manifests, list | tuple) and not manifests):
        return TrainingSet()
    tested = frozenset(evaluation.snapshot.source_refs if evaluation.snapshot is not None else ())
    seen = set[str]()
    try:
        description = describe_images(manifests, s3, lambda found: seen.update(tested.intersection(found)))
    except (ManifestError, OSError, ValueError) as error:
        return TrainingSet(reason=printable(str(error), 500))
    except (BotoCoreError, ClientError) as error:
        if credentials_failed(error):
            raise
        return TrainingSet(reason=describe_failure(error))
    return TrainingSet(description, None, tuple(sorted(seen)) if evaluation.snapshot is not None else None)


def described_manifests(description: ProjectVersionDescription) -> tuple[Sequence[str], Sequence[str], bool | None]:
    """Return the URIs of the training manifests, of the test manifests, and if the service created the test set.

    The manifests of the training's output list the images that it used, and are preferred to its input.
    """
    training, testing = description.training_data_result, description.testing_data_result
    used = _uris(training.output.assets if training and training.output else None)
    given = _uris(training.input.assets if training and training.input else None)
    tested = testing.input if testing else None
    return used or given, _uris(tested.assets if tested else None), tested.auto_create if tested else None


def _uris(assets: Sequence[DescribedAsset] | None) -> Sequence[str]:
    found = (asset.s3_object.uri for asset in assets or () if asset.s3_object is not None)
    return tuple(uri for uri in found if uri is not None)


def reported_version(
    evaluation: Evaluation, description: ProjectVersionDescription | None, prices: Prices
) -> ReportedVersion:
    """Return what is known about a version."""
    hourly = prices.hosting(1)
    if description is None:
        return ReportedVersion(arn=evaluation.version_arn, evaluated=evaluation.ended_at, hourly_cost=hourly)
    training, testing, auto_create = described_manifests(description)
    return ReportedVersion(
        arn=description.project_version_arn or evaluation.version_arn,
        status=description.status,
        created=description.creation_timestamp,
        trained=description.training_end_timestamp,
        evaluated=evaluation.ended_at,
        billed_seconds=description.billable_training_time_in_seconds,
        training_cost=training_cost(description, prices=prices),
        hourly_cost=hourly,
        training_manifests=training,
        testing_manifests=testing,
        auto_create=auto_create,
    )


def assemble(
    evaluation: Evaluation,
    version: ReportedVersion,
    training: TrainingSet,
    *,
    baseline: Evaluation | None,
    gates: Gates | None,
    images: ImageSource | None,
    image_bytes: int,
) -> Report:
    """Return the report of an evaluation."""
    comparison = None if baseline is None else compare(baseline, evaluation, gates=gates)
    verdict = comparison.verdict if comparison is not None else None
    if comparison is None and gates is not None:
        verdict = compare(evaluation, evaluation, gates=gates).verdict
    report = Report(
        version=version,
        evaluation=evaluation,
        verdict=verdict,
        training_data=training.description,
        why_no_training_data=training.reason,
        shared_images=training.shared,
        comparison=comparison,
        intervals=evaluation.intervals(),
    )
    if evaluation.snapshot is None:
        report = replace(
            report,
            labels=_labels(report, None),
            confusion_matrix=evaluation.confusion_matrix,
            confused=_of_summary(evaluation),
            why_no_images=evaluation.why_no_snapshot or "there is no snapshot",
        )
        return replace(report, recommendations=recommend(report))
    snapshot, thresholds, names = evaluation.snapshot, evaluation.thresholds, list(evaluation.labels)
    tuned = evaluation.tune_thresholds(folds=0 if len(snapshot) > _MANY_TEST_IMAGES else DEFAULT_FOLDS)
    pictured = picture_mistakes(evaluation, images, image_bytes)
    matrix = by_image = box_errors = None
    if evaluation.use_case is UseCase.OBJECT_LOCALIZATION:
        box_errors = count_box_errors(snapshot, thresholds, evaluation.labels)
    else:
        by_image = labels_by_image(snapshot, thresholds, names)
        matrix = count_confusion_matrix(snapshot, thresholds, names, by_image)
    report = replace(
        report,
        labels=_labels(report, tuned),
        tuned=tuned,
        confusion_matrix=matrix,
        confused=count_confused_pairs(snapshot, thresholds, names, _MOST_PAIRS, by_image),
        box_errors=box_errors,
        images=pictured.images,
        why_no_images=pictured.reason,
    )
    return replace(report, recommendations=recommend(report))


def _of_summary(evaluation: Evaluation) -> Sequence[ConfusedPair]:
    matrix = evaluation.confusion_matrix
    return () if matrix is None else matrix.most_confused(_MOST_PAIRS)


def _labels(report: Report, tuned: TunedThresholds | None) -> Sequence[ReportedLabel]:
    evaluation, training, support = report.evaluation, report.training_data, report.evaluation.support
    trained = {label.name: label for label in training.labels} if training is not None else {}
    limits = report.intervals.labels if report.intervals is not None else ByLabel[LabelIntervals]()
    differing = frozenset(support.differing_labels if support is not None else ())
    found: list[ReportedLabel] = []
    for of in evaluation.labels.values():
        chosen, data = tuned.labels[of.label] if tuned else None, trained.get(of.label)
        counted, held_out = (chosen.before, chosen.held_out) if chosen else (None, None)
        between = limits.get(of.label, LabelIntervals())
        found.append(
            ReportedLabel(
                label=of.label,
                f1_score=of.f1_score,
                precision=of.precision,
                recall=of.recall,
                f1_interval=between.f1_score,
                precision_interval=between.precision,
                recall_interval=between.recall,
                true_positives=counted.true_positives if counted else None,
                false_positives=counted.false_positives if counted else None,
                false_negatives=counted.false_negatives if counted else None,
                testing_images=of.testing_images,
                training_images=None if training is None else data.images if data else 0,
                training_boxes=None if training is None else data.boxes if data else 0,
                assumed_threshold=of.threshold,
                tuned_threshold=chosen.after.threshold if chosen else None,
                tuned_f1=chosen.after.f1_score if chosen else None,
                held_out_f1=held_out.f1_score if held_out else None,
                held_out_interval=held_out.f1_interval if held_out else None,
                lowest_threshold=support.lowest[of.label] if support is not None else None,
                is_reproduced=of.label not in differing if support is not None else None,
            )
        )
    found.sort(key=lambda label: (label.f1_score is None, label.f1_score or 0.0, label.label))
    return tuple(found)
