"""Recommendations follow from the numbers of a report, and the most important come first."""

from dataclasses import replace
from typing import Any

import pytest

from rekog_versions.evaluation import ConfusedPair, Evaluation, Interval
from rekog_versions.manifests import ManifestDescription
from rekog_versions.reports import (
    BoxErrorCounts,
    BoxErrors,
    Importance,
    RecommendationKind,
    Report,
    ReportedLabel,
    ReportedVersion,
    report_from_files,
)
from rekog_versions.reports.recommendations import RULES, recommend
from tests.evaluation import files
from tests.reports.hostile import TEXTS
from tests.reports.test_html import hostile_report

GOOD = ReportedLabel(
    label="good",
    f1_score=0.95,
    precision=0.95,
    recall=0.95,
    true_positives=95,
    false_positives=5,
    false_negatives=5,
    testing_images=100,
    training_images=400,
    training_boxes=0,
    assumed_threshold=0.5,
    tuned_threshold=0.5,
    tuned_f1=0.95,
)


def report(**changes: Any) -> Report:
    evaluation = Evaluation.from_files(files.encoded(files.summary()))
    found = report_from_files(evaluation)
    return replace(found, **{"labels": (GOOD,), "version": ReportedVersion(), "tuned": None, **changes})


def kinds(found: Report) -> list[RecommendationKind]:
    return [one.kind for one in recommend(found)]


def labelled(**changes: Any) -> Report:
    return report(labels=(GOOD, replace(GOOD, label="bad", **changes)))


def test_there_is_nothing_to_recommend_for_a_good_model() -> None:
    assert recommend(report()) == ()


@pytest.mark.parametrize(
    ("found", "kind", "numbers"),
    [
        (labelled(recall=0.6, false_negatives=40), "many_misses", "'bad': recall 0.600, 40 missed"),
        (
            labelled(precision=0.6, false_positives=66),
            "many_false_alarms",
            "'bad': precision 0.600, 66 false alarms",
        ),
        (labelled(testing_images=0), "not_tested", "'bad'"),
        (labelled(testing_images=3), "few_test_images", "'bad': 3 test images, F1 0.950"),
        (
            labelled(f1_interval=Interval(0.6, 0.91, 0.95)),
            "few_test_images",
            "'bad': 100 test images, F1 0.950 (0.60 to 0.91)",
        ),
        (
            labelled(training_images=9),
            "few_training_images",
            "'bad': 9 training images, F1 0.950",
        ),
        (
            labelled(training_images=29, f1_score=0.8),
            "few_training_images",
            "'bad': 29 training images, F1 0.800",
        ),
        (report(confused=[ConfusedPair("a", "b", 0.12, 3)]), "confused_labels", "'a' is taken for 'b' 3 times (12%)"),
        (report(shared_images=["s3://b/k"]), "shared_images", "1 image in both sets (0.2% of the test set)"),
        (
            report(training_data=ManifestDescription(lines=10, lines_with_errors=2)),
            "lines_with_errors",
            "2 of 10 lines have errors",
        ),
        (
            report(training_data=ManifestDescription(lines=10, repeated=1)),
            "repeated_images",
            "1 image in several lines",
        ),
        (
            report(box_errors=BoxErrors(sizes=[BoxErrorCounts(size="small", background=9, wrong_label=1)])),
            "background",
            "9 of 10 wrong boxes are where there is no object",
        ),
        (
            report(
                box_errors=BoxErrors(
                    sizes=[
                        BoxErrorCounts(size="small", objects=10, missed=4),
                        BoxErrorCounts(size="large", objects=10, missed=1),
                    ]
                )
            ),
            "small_objects",
            "40% of the objects below 32 x 32 pixels are missed, and 10% of the others",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_each_recommendation_has_its_numbers(found: Report, kind: str, numbers: str) -> None:
    (one,) = recommend(found)
    assert one.kind == kind
    assert one.numbers[0] == numbers
    assert one.title
    assert one.advice


@pytest.mark.parametrize(
    "found",
    [
        labelled(recall=0.7),
        labelled(recall=0.1, testing_images=0, f1_score=None),
        labelled(training_images=30, f1_score=0.1),
        labelled(testing_images=10),
        report(confused=[ConfusedPair("a", "b", 0.09, 30), ConfusedPair("a", "c", 0.5, 2)]),
        report(confused=[ConfusedPair("a", "b", 0.9, None)]),
        report(shared_images=[]),
    ],
)
def test_the_limits_are_exact(found: Report) -> None:
    assert set(kinds(found)) <= {"not_tested"}


def test_tuned_thresholds_are_recommended_for_a_gain() -> None:
    tuned = report_from_files(
        files.evaluation(
            [files.image(number, ["cat"], [("cat", 0.3)]) for number in range(20)], files.result("cat", 20)
        )
    )
    (one,) = [one for one in tuned.recommendations if one.kind is RecommendationKind.BETTER_THRESHOLDS]
    assert one.numbers == ("'cat': F1 0.500 at 0.500, about 1.000 at 0.300",)
    assert one.labels == ("cat",)


def test_important_and_frequent_mistakes_come_first() -> None:
    found = recommend(
        report(
            labels=(
                GOOD,
                replace(GOOD, label="a", recall=0.4, false_negatives=60),
                replace(GOOD, label="b", precision=0.4, false_positives=90),
                replace(GOOD, label="c", testing_images=3),
            ),
            shared_images=["s3://b/k"],
        )
    )
    assert [(one.kind.value, one.importance) for one in found] == [
        ("many_false_alarms", Importance.HIGH),
        ("many_misses", Importance.HIGH),
        ("shared_images", Importance.HIGH),
        ("few_test_images", Importance.MEDIUM),
    ]


def test_a_score_that_is_certainly_low_matters_more() -> None:
    certain, uncertain = (
        labelled(recall=0.6, recall_interval=Interval(0.5, high, 0.95), false_negatives=40) for high in (0.69, 0.71)
    )
    assert [one.importance for one in (*recommend(certain), *recommend(uncertain))] == ["high", "medium"]
    assert recommend(certain)[0].numbers == ("'bad': recall 0.600 (0.50 to 0.69), 40 missed",)


def test_a_snapshot_of_another_training_is_named_first() -> None:
    entries = [files.image(number, ["cat"], [("cat", 0.9)]) for number in range(20)]
    found = report_from_files(files.evaluation(entries, files.result("cat", 20, 0.5, 0.4)))
    first = found.recommendations[0]
    assert (first.kind, first.importance) == (RecommendationKind.OTHER_SNAPSHOT, Importance.HIGH)
    assert first.numbers[0] == "precision of 'cat': 0.400 in the summary, 1.000 in the snapshot"
    assert found.labels[0].is_reproduced is False
    assert "differs" in found.to_html()


def test_long_lists_are_cut() -> None:
    labels = [replace(GOOD, label=f"label {number}", recall=0.1 + number / 1000) for number in range(20)]
    (one,) = recommend(report(labels=labels))
    assert one.numbers[4] == "'label 4': recall 0.104, 5 missed"
    assert one.numbers[5:] == ("and 15 more",)
    assert len(one.labels) == 20


def test_the_texts_are_printable_whatever_the_labels_are() -> None:
    found = hostile_report().recommendations
    assert {"many_misses", "shared_images", "confused_labels"} & {one.kind.value for one in found}
    assert any(text in line for text in TEXTS if text.strip() for one in found for line in one.numbers)
    for one in found:
        for text in (one.title, one.advice, *one.numbers):
            assert text.isprintable()
            assert len(text) < 400


def test_every_kind_has_a_rule() -> None:
    assert len(RULES) == len(RecommendationKind)
