"""Comparing two versions."""

import logging
import pickle
from typing import Any

import pytest

from rekog_versions import ProjectVersionDescription
from rekog_versions.evaluation import Evaluation, Gates, GateVerdict, compare
from tests.evaluation.files import boxes, encoded, image, lines, result, summary_of

HOSTILE = "\x1b[2J\u202e" + "日本" * 40


def judged(
    f1: float | None, labels: dict[str, tuple[int, float]], entries: list[dict[str, Any]] | None = None
) -> Evaluation:
    results = [result(label, images, f1=score) for label, (images, score) in labels.items()]
    count = len(entries) if entries is not None else None
    return Evaluation.from_files(summary_of(*results, f1=f1, images=count), None if entries is None else lines(entries))


ENTRIES = [image(number, ["cat"], [("cat", 0.9)]) for number in range(3)]
OLD = judged(0.8, {"cat": (3, 0.9), "dog": (3, 0.7), "cow": (3, 0.5)}, ENTRIES)
NEW = judged(0.85, {"cat": (3, 0.85), "dog": (3, 0.75), "emu": (3, 0.95)}, ENTRIES)


def test_differences_are_new_minus_old() -> None:
    compared = compare(OLD, NEW)
    assert compared.f1_score == pytest.approx(0.05)
    assert compared.labels["dog"].f1_score == pytest.approx(0.05)
    assert compared.labels["dog"].precision == pytest.approx(0.05)
    assert compared.labels["dog"].recall == pytest.approx(0.05)
    assert compared.labels["cow"].f1_score is None
    assert [change.label for change in compared.better] == ["dog"]
    assert [change.label for change in compared.worse] == ["cat"]
    assert (compared.added, compared.removed) == (("emu",), ("cow",))
    assert list(compared.labels) == ["cat", "dog", "cow", "emu"]
    assert compared.precision == pytest.approx(0.05)
    assert compared.recall == pytest.approx(0.05)
    assert compared.verdict is None


def test_the_largest_changes_come_first() -> None:
    old = judged(0.5, {"a": (1, 0.5), "b": (1, 0.5), "c": (1, 0.5), "d": (1, 0.5), "e": (1, 0.5)})
    new = judged(0.5, {"a": (1, 0.6), "b": (1, 0.8), "c": (1, 0.4), "d": (1, 0.1), "e": (1, 0.5 + 1e-12)})
    compared = compare(old, new)
    assert [change.label for change in compared.better] == ["b", "a"]
    assert [change.label for change in compared.worse] == ["d", "c"]


def test_the_same_test_images_are_the_same_in_any_order() -> None:
    compared = compare(OLD, judged(0.8, {"cat": (3, 0.9)}, ENTRIES[::-1]))
    assert compared.same_test_set is True
    assert compared.warnings == ()


def test_different_test_images_are_logged_and_come_first_in_the_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, "rekog_versions"):
        compared = compare(OLD, judged(0.9, {"cat": (3, 0.9)}, [*ENTRIES[1:], image(7, ["cat"], [])]))
    assert compared.same_test_set is False
    (warning,) = compared.warnings
    assert "NOT tested on the same images: 2 are in both test sets, 1 only in the old one, 1 only in the new" in warning
    assert "NOT tested on the same images" in caplog.text
    assert str(compared).startswith("WARNING: the versions were NOT tested on the same images")


def test_without_a_snapshot_it_is_not_known_if_the_images_are_the_same() -> None:
    compared = compare(OLD, judged(0.9, {"cat": (3, 0.9)}))
    assert compared.same_test_set is None
    assert "the new version has no snapshot" in compared.warnings[0]
    both = compare(judged(0.9, {"cat": (3, 0.9)}), judged(0.9, {"cat": (3, 0.9)}))
    assert "neither version has a snapshot" in both.warnings[0]


def test_test_images_with_changed_labels_give_a_warning() -> None:
    relabelled = [*ENTRIES[:2], image(2, ["dog"], [("cat", 0.9)])]
    compared = compare(OLD, judged(0.8, {"cat": (3, 0.9)}, relabelled))
    assert compared.same_test_set is True
    assert "1 of the test images have other labels" in compared.warnings[0]
    moved = [boxes(0, [("cat", (1.0, 1.0, left, 9.0))], []) for left in (8.0, 9.0)]
    before, after = (judged(0.8, {"cat": (1, 0.9)}, [entry]) for entry in moved)
    assert "1 of the test images have other labels or boxes" in compare(before, after).warnings[0]


def test_versions_with_different_use_cases_give_a_warning() -> None:
    located = judged(
        0.8, {"cat": (3, 0.9)}, [boxes(number, [("cat", (1.0, 1.0, 9.0, 9.0))], []) for number in range(3)]
    )
    assert "IMAGE_LEVEL_LABELS and the other for OBJECT_LOCALIZATION" in compare(OLD, located).warnings[0]


@pytest.mark.parametrize(
    ("gates", "reasons"),
    [
        (Gates(may_lose_labels=True), []),
        (Gates(), ["the new version lacks 'cow', and may_lose_labels is False"]),
        (Gates(min_f1=0.85, may_lose_labels=True), []),
        (
            Gates(min_f1=0.9, min_precision=0.9, min_recall=0.9, may_lose_labels=True),
            [
                "the F1 score over all labels is 0.8500; it must be at least 0.9",
                "the precision over all labels is 0.8500; it must be at least 0.9",
                "the recall over all labels is 0.8500; it must be at least 0.9",
            ],
        ),
        (
            Gates(min_label_f1=0.8, may_lose_labels=True),
            ["the F1 score of 'dog' is 0.7500; it must be at least 0.8"],
        ),
        (Gates(max_label_drop=0.05, may_lose_labels=True), []),
        (
            Gates(max_label_drop=0.04, may_lose_labels=True),
            ["the F1 score of 'cat' fell by 0.0500; it may fall by at most 0.04"],
        ),
        (Gates(max_drop=0, same_test_set=True, may_lose_labels=True), []),
    ],
)
def test_the_verdict_has_a_reason_for_each_failed_gate(gates: Gates, reasons: list[str]) -> None:
    verdict = compare(OLD, NEW, gates=gates).verdict
    assert verdict == GateVerdict(not reasons, tuple(reasons))
    assert str(verdict).split("\n")[0] == ("FAILED" if reasons else "passed")


def test_a_gate_on_an_unknown_metric_fails() -> None:
    old = judged(0.8, {"cat": (3, 0.9), "new-to-both": (0, 0)})
    new = judged(None, {"cat": (0, 0.9), "new-to-both": (0, 0)})
    gates = Gates(min_f1=0.5, max_drop=0.1, max_label_drop=0.1, min_label_f1=0.1, same_test_set=True)
    verdict = compare(old, new, gates=gates).verdict
    assert verdict is not None
    assert verdict.reasons == (
        "the F1 score over all labels is not known; it must be at least 0.5",
        "the F1 score of 'cat' is not known; it must be at least 0.1",
        "the F1 score of 'new-to-both' is not known; it must be at least 0.1",
        "the F1 score over all labels is not known for both versions; it may fall by at most 0.1",
        "the F1 score of 'cat' is not known for both versions; it may fall by at most 0.1",
        "it is not known if the test sets are the same, and same_test_set is True",
    )


def test_a_fall_over_all_labels_and_a_different_test_set_fail_their_gates() -> None:
    worse = judged(0.7, {"cat": (3, 0.9), "dog": (3, 0.7), "cow": (3, 0.5)}, ENTRIES[:2])
    verdict = compare(OLD, worse, gates=Gates(max_drop=0.05, same_test_set=True)).verdict
    assert verdict is not None
    assert verdict.reasons == (
        "the F1 score over all labels fell by 0.1000; it may fall by at most 0.05",
        "the test sets are not the same, and same_test_set is True",
    )


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"min_f1": 85}, ValueError, "min_f1 must be from 0 to 1, got 85"),
        ({"max_drop": float("nan")}, ValueError, "max_drop must be from 0 to 1, got nan"),
        ({"min_recall": "0.9"}, TypeError, "min_recall must be a number from 0 to 1, got str"),
        ({"min_precision": True}, TypeError, "min_precision must be a number from 0 to 1, got bool"),
        ({"same_test_set": 1}, TypeError, "same_test_set must be True or False, got int"),
    ],
)
def test_an_invalid_gate_is_rejected(wrong: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Gates(**wrong)


def test_the_text_is_an_aligned_table_of_printable_lines() -> None:
    entries = [image(number, [HOSTILE], [(HOSTILE, 0.9)]) for number in range(3)]
    old = judged(0.8, {HOSTILE: (3, 0.9), "dog": (3, 0.7)}, entries)
    new = judged(0.8, {HOSTILE: (3, 0.5), "a\nb": (3, 0.7)}, entries)
    shown = str(compare(old, new, gates=Gates(max_label_drop=0.1)))
    assert all(line.isprintable() for line in shown.split("\n"))
    head, hostile, dog, added, total = shown.split("\n")[2:7]
    assert hostile.startswith("\\x1b[2J\\u202e")
    assert "…" in hostile
    assert "-0.400" in hostile
    assert dog.endswith("removed")
    assert added.startswith("a\\nb")
    assert added.endswith("added")
    assert total.split()[:4] == ["all", "0.800", "0.800", "0.000"]
    assert head.split() == ["label", "F1", "was", "change", "precision", "recall", "images"]
    # a wide character takes two columns of a terminal, so the text has fewer characters there
    wide = sum(char in "日本" for char in hostile)
    assert wide > 5
    assert hostile.index("-0.400") + wide == head.index("change")


def test_a_comparison_survives_pickle() -> None:
    compared = compare(OLD, judged(0.9, {"cat": (1, 1.0)}), gates=Gates(min_f1=0.95))
    again = pickle.loads(pickle.dumps(compared))
    assert (again.labels, again.verdict, again.warnings) == (compared.labels, compared.verdict, compared.warnings)


def test_only_evaluations_can_be_compared() -> None:
    description: Any = ProjectVersionDescription()
    with pytest.raises(TypeError, match="new must be an Evaluation, got ProjectVersionDescription"):
        compare(OLD, description)


def test_a_summary_alone_is_enough_to_compare() -> None:
    document = {"AggregatedEvaluationResults": {"F1Score": 0.5}, "EvaluationDetails": {}}
    one = Evaluation.from_files(encoded(document))
    assert compare(one, one).f1_score == 0
    assert "all" in str(compare(one, one))


def test_gates_of_another_type_are_rejected_with_an_example() -> None:
    gates: Any = {"min_f1": 0.5}
    with pytest.raises(TypeError, match=r"gates must be a Gates, such as Gates\(min_f1=0\.8, .*got \{'min_f1': 0\.5\}"):
        compare(OLD, NEW, gates=gates)


def test_a_metric_within_rounding_of_a_gate_passes_it() -> None:
    gates = Gates(min_f1=0.85, min_label_f1=0.85)
    for f1, passes in ((0.85 - 1e-11, True), (0.85 - 1e-6, False)):
        verdict = compare(judged(0.85, {"cat": (3, 0.9)}), judged(f1, {"cat": (3, f1)}), gates=gates).verdict
        assert verdict is not None
        assert verdict.passed is passes


def test_a_test_set_with_an_image_twice_is_a_different_test_set() -> None:
    compared = compare(OLD, judged(0.85, {"cat": (3, 0.85)}, [*ENTRIES, ENTRIES[0]]))
    assert compared.same_test_set is False
    assert "3 are in both test sets, 0 only in the old one, 1 only in the new one" in compared.warnings[0]
