"""The recommendations of a report: a table of rules, each of which is a function of the report's data."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median

from rekog_versions._text import decimal, shortened
from rekog_versions.evaluation import BestF1, Interval
from rekog_versions.reports.report import Importance, Recommendation, RecommendationKind, Report, ReportedLabel

_MOST_LISTED = 5
_FEW_TEST_IMAGES = 10
_FEW_TRAINING_IMAGES, _VERY_FEW_TRAINING_IMAGES = 30, 10
_LOW, _VERY_LOW = 0.7, 0.5
"""A recall or a precision below which a label needs work."""
_WIDE = 0.3
"""The width of an interval from which a score says little."""
_GOOD_F1 = 0.85
_MANY_CONFUSED, _OFTEN_CONFUSED = 0.1, 3
"""The share and the number of confusions from which two labels count as confused."""
_BETTER = 0.02
"""The gain of an F1 score for which another threshold is worth the work."""
_FEW_OBJECTS = 10
_MUCH_MORE_MISSED = 0.15
_MOSTLY = 0.5

_ORDER = tuple(Importance)


def recommend(report: Report) -> Sequence[Recommendation]:
    """Return the recommendations that follow from the data of a report, the most important first."""
    found = [recommendation for rule in RULES for recommendation in rule(report)]
    found.sort(key=lambda one: (_ORDER.index(one.importance), -one.affected))  # stable: equals keep the table's order
    return tuple(found)


def _shared_images(report: Report) -> Iterator[Recommendation]:
    shared = report.shared_images
    if not shared:
        return
    tested = report.evaluation.testing_images
    share = f" ({len(shared) / tested:.1%} of the test set)" if tested else ""
    yield Recommendation(
        kind=RecommendationKind.SHARED_IMAGES,
        importance=Importance.HIGH,
        title="Remove images from the training set that are in the test set",
        numbers=(f"{_count(len(shared), 'image')} in both sets{share}", *_some(map(_quoted_name, shared), 3)),
        advice=(
            "The model was tested on images that it was trained on, so its scores are too high. Split the data again "
            "with split_manifest(), and train a new version."
        ),
        affected=len(shared),
    )


def _other_snapshot(report: Report) -> Iterator[Recommendation]:
    support = report.evaluation.support
    if support is not None and support.discrepancies:
        yield Recommendation(
            kind=RecommendationKind.OTHER_SNAPSHOT,
            importance=Importance.HIGH,
            title="Check that the summary and the snapshot are from the same training",
            numbers=_some(map(str, support.discrepancies), 3),
            advice=(
                "The snapshot does not reproduce the scores of the summary. Thresholds, mistakes and images in this "
                "report are those of the snapshot."
            ),
            labels=support.differing_labels,
            affected=len(support.differing_labels),
        )


def _not_tested(report: Report) -> Iterator[Recommendation]:
    labels = [label for label in report.labels if label.testing_images == 0]
    if labels:
        yield Recommendation(
            kind=RecommendationKind.NOT_TESTED,
            importance=Importance.HIGH,
            title=f"Add test images for {_count(len(labels), 'label')} that no test image shows",
            numbers=_some(_quoted(label.label) for label in labels),
            advice=f"Nothing is known about these labels. Add at least {_FEW_TEST_IMAGES} test images for each.",
            labels=_names(labels),
        )


def _many_misses(report: Report) -> Iterator[Recommendation]:
    yield from _low_scores(
        report,
        RecommendationKind.MANY_MISSES,
        lambda label: (label.recall, label.recall_interval, label.false_negatives),
        "Find more of {labels}: many are missed",
        "recall {score}",
        "missed",
        "Add training images like the missed ones below. A lower threshold finds more, with more false alarms.",
    )


def _many_false_alarms(report: Report) -> Iterator[Recommendation]:
    yield from _low_scores(
        report,
        RecommendationKind.MANY_FALSE_ALARMS,
        lambda label: (label.precision, label.precision_interval, label.false_positives),
        "Reduce the false alarms of {labels}",
        "precision {score}",
        "false alarms",
        "Add similar training images without the label. A higher threshold has fewer false alarms, and misses more.",
    )


def _low_scores(  # noqa: PLR0917 (the parts of two rules)
    report: Report,
    kind: RecommendationKind,
    score_of: Callable[[ReportedLabel], tuple[float | None, Interval | None, int | None]],
    title: str,
    numbers: str,
    what: str,
    advice: str,
) -> Iterator[Recommendation]:
    scored = [(label, *score_of(label)) for label in report.labels if _is_judged(label)]
    low = [
        (label, score, between, count) for label, score, between, count in scored if score is not None and score < _LOW
    ]
    if not low:
        return
    low.sort(key=lambda found: (found[1], -(found[3] or 0), found[0].label))
    names = _quoted(low[0][0].label) if len(low) == 1 else _count(len(low), "label")
    is_certain = any(score < _VERY_LOW or (between and between.high < _LOW) for _, score, between, _ in low)
    yield Recommendation(
        kind=kind,
        importance=Importance.HIGH if is_certain else Importance.MEDIUM,
        title=title.format(labels=names),
        numbers=_some(
            f"{_quoted(label.label)}: {numbers.format(score=_with_limits(score, between))}"
            + (f", {count:,} {what}" if count is not None else "")
            for label, score, between, count in low
        ),
        advice=advice,
        labels=_names(label for label, *_ in low),
        affected=sum(count or 0 for *_, count in low),
    )


def _with_limits(score: float | None, between: Interval | None) -> str:
    return decimal(score) if between is None else f"{decimal(score)} ({between.low:.2f} to {between.high:.2f})"


def _is_judged(label: ReportedLabel) -> bool:
    return label.testing_images is None or label.testing_images >= _FEW_TEST_IMAGES


def _confused_labels(report: Report) -> Iterator[Recommendation]:
    pairs = [pair for pair in report.confused if pair.share >= _MANY_CONFUSED and (pair.count or 0) >= _OFTEN_CONFUSED]
    if pairs:
        yield Recommendation(
            kind=RecommendationKind.CONFUSED_LABELS,
            importance=Importance.MEDIUM,
            title=f"Teach the model the difference between {_count(len(pairs), 'pair')} of labels",
            numbers=_some(
                f"{_quoted(pair.truth)} is taken for {_quoted(pair.predicted)} {pair.count:,} times ({pair.share:.0%})"
                for pair in pairs
            ),
            advice=(
                "Check that the labels of these images are right. Add training images that show the difference, or "
                "merge labels that people confuse too."
            ),
            labels=tuple(dict.fromkeys(name for pair in pairs for name in (pair.truth, pair.predicted))),
            affected=sum(pair.count or 0 for pair in pairs),
        )


def _few_training_images(report: Report) -> Iterator[Recommendation]:
    counts = [label.training_images for label in report.labels if label.training_images is not None]
    few = [
        label
        for label in report.labels
        if label.training_images is not None
        and label.training_images < _FEW_TRAINING_IMAGES
        and (label.training_images < _VERY_FEW_TRAINING_IMAGES or (label.f1_score or 0) < _GOOD_F1)
    ]
    if few:
        few.sort(key=lambda label: (label.training_images or 0, label.label))
        yield Recommendation(
            kind=RecommendationKind.FEW_TRAINING_IMAGES,
            importance=Importance.MEDIUM,
            title=f"Collect training images for {_count(len(few), 'label')} with few of them",
            numbers=(
                *_some(
                    f"{_quoted(label.label)}: {_count(label.training_images or 0, 'training image')}, "
                    f"F1 {decimal(label.f1_score)}"
                    for label in few
                ),
                f"the median label has {median(counts):,.0f}",
            ),
            advice="More images help labels with few of them most. Collect images of other places, light and sizes.",
            labels=_names(few),
            affected=len(few),
        )


def _background(report: Report) -> Iterator[Recommendation]:
    if report.box_errors is None:
        return
    total = report.box_errors.total
    wrong = total.background + total.wrong_label + total.misplaced + total.repeated
    if wrong >= _FEW_OBJECTS and total.background > _MOSTLY * wrong:
        yield Recommendation(
            kind=RecommendationKind.BACKGROUND,
            importance=Importance.MEDIUM,
            title="Add training images without objects",
            numbers=(f"{total.background:,} of {wrong:,} wrong boxes are where there is no object",),
            advice="Backgrounds are taken for objects. Check that no object lacks its box in the test images.",
            affected=total.background,
        )


def _small_objects(report: Report) -> Iterator[Recommendation]:
    if report.box_errors is None:
        return
    total, small = report.box_errors.total, report.box_errors.sizes[0] if report.box_errors.sizes else None
    if small is None or small.objects < _FEW_OBJECTS or total.objects == small.objects:
        return
    missed = small.missed / small.objects
    others = (total.missed - small.missed) / (total.objects - small.objects)
    if missed - others > _MUCH_MORE_MISSED:
        yield Recommendation(
            kind=RecommendationKind.SMALL_OBJECTS,
            importance=Importance.MEDIUM,
            title="Make small objects larger in the images",
            numbers=(f"{missed:.0%} of the objects below 32 x 32 pixels are missed, and {others:.0%} of the others",),
            advice="Crop the images or go closer with the camera, in training and in use.",
            affected=small.missed,
        )


def _better_thresholds(report: Report) -> Iterator[Recommendation]:
    if report.tuned is None:
        return
    gains = [
        (label, tuned_f1 - label.f1_score, tuned_f1)
        for label in report.labels
        if (tuned_f1 := _honest_f1(label)) is not None and label.f1_score is not None and _is_judged(label)
    ]
    better = sorted((found for found in gains if found[1] >= _BETTER), key=lambda found: (-found[1], found[0].label))
    if better:
        yield Recommendation(
            kind=RecommendationKind.BETTER_THRESHOLDS,
            importance=Importance.LOW,
            title=f"Use other thresholds for {_count(len(better), 'label')}",
            numbers=_some(
                f"{_quoted(label.label)}: F1 {decimal(label.f1_score)} at {decimal(label.assumed_threshold)}, "
                f"about {decimal(tuned_f1)} at {decimal(label.tuned_threshold)}"
                for label, _, tuned_f1 in better
            ),
            advice=(
                f"Pass the thresholds of this report to detect_custom_labels(). They have {BestF1()} on the test "
                "images. The gains are estimates for other images."
            ),
            labels=_names(label for label, *_ in better),
            affected=len(better),
        )


def _honest_f1(label: ReportedLabel) -> float | None:
    return label.tuned_f1 if label.held_out_f1 is None else label.held_out_f1


def _few_test_images(report: Report) -> Iterator[Recommendation]:
    few = [
        label
        for label in report.labels
        if label.testing_images and (label.testing_images < _FEW_TEST_IMAGES or _width(label.f1_interval) > _WIDE)
    ]
    if few:
        few.sort(key=lambda label: (label.testing_images or 0, label.label))
        yield Recommendation(
            kind=RecommendationKind.FEW_TEST_IMAGES,
            importance=Importance.MEDIUM,
            title=f"Add test images for {_count(len(few), 'label')}: there are too few to judge",
            numbers=_some(
                f"{_quoted(label.label)}: {_count(label.testing_images or 0, 'test image')}, "
                f"F1 {_with_limits(label.f1_score, label.f1_interval)}"
                for label in few
            ),
            advice=(
                "With so few test images, the scores depend mostly on chance. Four times as many make the intervals "
                "about half as wide."
            ),
            labels=_names(few),
            affected=len(few),
        )


def _width(interval: Interval | None) -> float:
    return 0.0 if interval is None else interval.high - interval.low


def _lines_with_errors(report: Report) -> Iterator[Recommendation]:
    data = report.training_data
    if data is not None and data.lines_with_errors:
        yield Recommendation(
            kind=RecommendationKind.LINES_WITH_ERRORS,
            importance=Importance.LOW,
            title="Correct the training manifest",
            numbers=(f"{data.lines_with_errors:,} of {data.lines:,} lines have errors",),
            advice="The service leaves out such lines or parts of them. check_manifests() explains each error.",
            affected=data.lines_with_errors,
        )


def _repeated_images(report: Report) -> Iterator[Recommendation]:
    data = report.training_data
    if data is not None and data.repeated:
        yield Recommendation(
            kind=RecommendationKind.REPEATED_IMAGES,
            importance=Importance.LOW,
            title="List each training image once",
            numbers=(f"{_count(data.repeated, 'image')} in several lines",),
            advice="Repeated images count more than others. Merge their lines, or remove all but one.",
            affected=data.repeated,
        )


RULES: Sequence[Callable[[Report], Iterator[Recommendation]]] = (
    _other_snapshot,
    _shared_images,
    _not_tested,
    _many_misses,
    _many_false_alarms,
    _confused_labels,
    _few_training_images,
    _background,
    _small_objects,
    _better_thresholds,
    _few_test_images,
    _lines_with_errors,
    _repeated_images,
)
"""The rules. Recommendations of the same rank are in this order."""


def _names(labels: Iterable[ReportedLabel]) -> tuple[str, ...]:
    return tuple(label.label for label in labels)


def _some(lines: Iterator[str], most: int = _MOST_LISTED) -> tuple[str, ...]:
    """Return the first lines, and the number of the others."""
    every = list(lines)
    more = len(every) - most
    return (*every[:most], *((f"and {more:,} more",) if more > 0 else ()))


def _quoted(label: str) -> str:
    return f"'{shortened(label)}'"


def _quoted_name(source_ref: str) -> str:
    return f"'{shortened(source_ref, 100)}'"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
