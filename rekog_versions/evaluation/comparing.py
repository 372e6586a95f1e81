"""Comparing two versions, and judging the new one by gates."""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from rekog_versions._text import decimal, printable
from rekog_versions.evaluation.by_label import ByLabel, quoted_labels
from rekog_versions.evaluation.comparison import ROUNDING, Comparison, LabelChange, version_name
from rekog_versions.evaluation.evaluation import Evaluation
from rekog_versions.evaluation.gates import Gates, GateVerdict
from rekog_versions.evaluation.intervals import DEFAULT_CONFIDENCE, Interval, check_confidence
from rekog_versions.evaluation.paired import PairedTests, paired_tests
from rekog_versions.evaluation.snapshot import EvaluationSnapshot

logger = logging.getLogger("rekog_versions")


def compare(
    old: Evaluation, new: Evaluation, *, gates: Gates | None = None, confidence: float = DEFAULT_CONFIDENCE
) -> Comparison:
    """Compare two versions, label by label, by the metrics in their training summaries.

    Differences can come from the test images instead of the models. The snapshots show whether the images are the
    same. If they are not, the result has a warning, which its text starts with and which is logged.

    If the images and their labels are the same, the F1 scores are tested: a sign-flip test on the images on which the
    versions differ, which is McNemar's test where only the recalls differ. The p-values of the labels are corrected for
    their number (Holm), because of many labels some differ by chance.

    Args:
        old: The evaluation of the version to beat.
        new: The evaluation of the version that may replace it.
        gates: The conditions for that. The verdict is in the result.
        confidence: The confidence of intervals and tests, between 0 and 1, unless the gates have one.

    Raises:
        TypeError: `old` or `new` is not an `Evaluation`, or `gates` is not a `Gates`.
        ValueError: `confidence` is not between 0 and 1.
    """
    _check_arguments(old, new, gates)
    check_confidence(confidence)
    if gates is not None and gates.confidence is not None:
        confidence = gates.confidence
    same = _same_images(old.snapshot, new.snapshot)
    warnings = tuple(_warnings(old, new, same))
    for warning in warnings:
        logger.warning("comparing %s with %s: %s", version_name(new), version_name(old), warning)
    why_no_test = _why_no_test(old, new, same)
    tests = PairedTests({}, None) if why_no_test else paired_tests(old, new, confidence)
    if tests.mean is None and why_no_test is None:
        why_no_test = "the versions do not have the same labels with test images, or a snapshot does not reproduce one"
    labels = ByLabel(
        (label, LabelChange(label, old.labels.get(label), new.labels.get(label), tests.labels.get(label)))
        for label in dict.fromkeys([*old.labels, *new.labels])
    )
    compared = Comparison(old, new, labels, same, warnings=warnings, f1_test=tests.mean, why_no_test=why_no_test)
    if gates is None:
        return compared
    reasons = tuple(_failed_gates(compared, gates))
    return replace(compared, verdict=GateVerdict(not reasons, reasons))


def _why_no_test(old: Evaluation, new: Evaluation, same: bool | None) -> str | None:
    if old.snapshot is None or new.snapshot is None or same is None:
        return "a snapshot is missing"
    if not same:
        return "the test images are not the same"
    if old.use_case is not new.use_case:
        return "the use cases are not the same"
    if any(_relabelled(old.snapshot, new.snapshot)):
        return "some of the test images have other labels or boxes"
    return None


def _check_arguments(old: object, new: object, gates: object) -> None:
    for name, value in (("old", old), ("new", new)):
        if not isinstance(value, Evaluation):
            raise TypeError(
                f"{name} must be an Evaluation, got {type(value).__name__}. Call get_evaluation(client, version) to "
                "read one"
            )
    if gates is not None and not isinstance(gates, Gates):
        raise TypeError(
            f"gates must be a Gates, such as Gates(min_f1=0.8, max_label_drop=0.05), got {printable(gates, 80)}"
        )


def _same_images(old: EvaluationSnapshot | None, new: EvaluationSnapshot | None) -> bool | None:
    if old is None or new is None:
        return None
    return Counter(old.source_refs) == Counter(new.source_refs)


def _warnings(old: Evaluation, new: Evaluation, same: bool | None) -> Iterator[str]:
    if old.use_case is not None and new.use_case is not None and old.use_case is not new.use_case:
        yield (
            f"one version is for {old.use_case.value} and the other for {new.use_case.value}: their metrics cannot be "
            "compared"
        )
    if old.snapshot is None or new.snapshot is None:
        missing = "the old version has no" if old.snapshot is None else "the new version has no"
        if old.snapshot is None and new.snapshot is None:
            missing = "neither version has a"
        yield f"it is not known if both were tested on the same images: {missing} snapshot"
    elif not same:
        before, after = Counter(old.snapshot.source_refs), Counter(new.snapshot.source_refs)
        yield (
            f"the versions were NOT tested on the same images: {(before & after).total()} are in both test sets, "
            f"{(before - after).total()} only in the old one, {(after - before).total()} only in the new one. The "
            "difference may come from the images instead of the models. Train with a test manifest or a test dataset: "
            "auto_create selects other test images each time"
        )
    elif relabelled := sum(1 for _ in _relabelled(old.snapshot, new.snapshot)):
        yield f"{relabelled} of the test images have other labels or boxes in the new test set"


def _relabelled(old: EvaluationSnapshot, new: EvaluationSnapshot) -> Iterator[str]:
    before, after = _truth(old), _truth(new)
    return (image for image in before.keys() | after.keys() if before.get(image) != after.get(image))


def _truth(snapshot: EvaluationSnapshot) -> dict[str, list[tuple[str, tuple[float, ...]]]]:
    """Return the true labels of each image with their boxes, sorted."""
    truth: dict[str, list[tuple[str, tuple[float, ...]]]] = {}
    for index, image in enumerate(snapshot.truth.images):
        label = (snapshot.labels[snapshot.truth.labels[index]], snapshot.truth.sides(index))
        truth.setdefault(snapshot.source_refs[image], []).append(label)
    for of_image in truth.values():
        of_image.sort()
    return truth


def _failed_gates(compared: Comparison, gates: Gates) -> Iterator[str]:
    new = compared.new
    limits = None if gates.confidence is None else new.intervals(gates.confidence)
    for name, attribute, least in (
        ("F1 score", "f1_score", gates.min_f1),
        ("precision", "precision", gates.min_precision),
        ("recall", "recall", gates.min_recall),
    ):
        metric, value = f"the {name} over all labels", getattr(new, attribute)
        yield from (
            _too_low(metric, value, least)
            if limits is None
            else _limit_too_low(metric, value, getattr(limits, attribute), least)
        )
    for label, evaluated in new.labels.items():
        metric = f"the F1 score of {quoted_labels([label])}"
        yield from (
            _too_low(metric, evaluated.f1_score, gates.min_label_f1)
            if limits is None
            else _limit_too_low(metric, evaluated.f1_score, limits.labels[label].f1_score, gates.min_label_f1)
        )
    yield from _too_far("the F1 score over all labels", compared.f1_score, gates.max_drop)
    for label, change in compared.labels.items():
        # a metric that the old version does not have cannot have fallen
        if change.old is not None and change.new is not None and change.old.f1_score is not None:
            yield from _too_far(f"the F1 score of {quoted_labels([label])}", change.f1_score, gates.max_label_drop)
    yield from _worse(compared, gates.not_worse_by)
    if compared.removed and not gates.may_lose_labels:
        yield f"the new version lacks {quoted_labels(compared.removed)}, and may_lose_labels is False"
    if gates.same_test_set and not compared.same_test_set:
        yield (
            "the test sets are not the same, and same_test_set is True"
            if compared.same_test_set is False
            else "it is not known if the test sets are the same, and same_test_set is True"
        )


def _too_low(metric: str, value: float | None, least: float | None) -> Iterator[str]:
    if least is not None and (value is None or value < least - ROUNDING):
        yield f"{metric} is {decimal(value, 4) if value is not None else 'not known'}; it must be at least {least:g}"


def _limit_too_low(metric: str, value: float | None, interval: Interval | None, least: float | None) -> Iterator[str]:
    if least is None or (interval is not None and interval.low >= least - ROUNDING):
        return
    if interval is None:
        shown = f"{metric} is {decimal(value, 4) if value is not None else 'not known'}, without a confidence interval"
    else:
        shown = f"{metric} is {decimal(value, 4)}, and its {interval.level} interval begins at {interval.low:.4f}"
    yield f"{shown}; the interval must begin at {least:g} or above"


def _worse(compared: Comparison, margin: float | None) -> Iterator[str]:
    if margin is None:
        return
    test = compared.f1_test
    if test is None:
        reason = f"the versions were not tested on the same images ({compared.why_no_test})"
    elif test.interval.low <= -margin:
        limit = f"{test.interval.low:.4f}"
        reason = f"the {test.interval.level} interval of the difference of the F1 scores begins at {limit}"
    else:
        return
    yield f"it is not shown that the F1 score over all labels fell by less than {margin:g}: {reason}"


def _too_far(metric: str, change: float | None, most: float | None) -> Iterator[str]:
    if most is None:
        return
    if change is None:
        yield f"{metric} is not known for both versions; it may fall by at most {most:g}"
    elif change < -most - ROUNDING:
        yield f"{metric} fell by {-change:.4f}; it may fall by at most {most:g}"
