"""Reading snapshots as a stream, in the service's form and in others, and counting from them."""

import json
import math
from typing import Any

import pytest

from rekog_versions.errors import EvaluationError
from rekog_versions.evaluation import Evaluation
from rekog_versions.manifests.lines import UseCase
from rekog_versions.models.thresholds import Thresholds
from tests.evaluation.files import SEEN, TRAINING, boxes, encoded, evaluation, image, lines, result, summary_of

BOX = (10.0, 10.0, 20.0, 20.0)
ELSEWHERE = (60.0, 60.0, 20.0, 20.0)
CATS = [
    image(1, ["cat"], [("cat", 0.9)]),
    image(2, ["dog"], [("cat", 0.7), ("dog", 0.25)]),
    image(3, ["cat", "dog"], [("dog", 0.5), ("cat", 0.0)]),
]
LABELS = (result("cat", 2), result("dog", 2))


def of(content: bytes) -> Evaluation:
    return Evaluation.from_files(summary_of(*LABELS), content)


def counts(judged: Evaluation, label: str = "cat") -> tuple[int, int, int]:
    metrics = judged.recompute().labels[label]
    return metrics.true_positives, metrics.false_positives, metrics.false_negatives


class Dripping:
    """An open file that returns a few bytes at a time."""

    def __init__(self, content: bytes, size: int) -> None:
        self._content, self._size = content, size

    def read(self, size: int = -1, /) -> bytes:
        piece, self._content = self._content[: self._size], self._content[self._size :]
        return piece


@pytest.mark.parametrize("size", [1, 2, 7, 100, 1000, 100_000])
def test_a_snapshot_is_read_in_pieces_of_any_size(size: int) -> None:
    judged = Evaluation.from_files(summary_of(*LABELS, images=3), Dripping(lines(CATS), size))
    assert judged.snapshot is not None
    assert list(judged.snapshot.source_refs) == [f"s3://bucket/{name}.jpg" for name in (1, 2, 3)]
    assert (counts(judged), counts(judged, "dog")) == ((1, 1, 1), (1, 0, 1))
    assert not any("test images" in remark for remark in judged.remarks)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + lines(CATS),
        lines(CATS).rstrip(b"\n"),
        lines(CATS).replace(b"\n", b"\r\n"),
        b"\n\n" + lines(CATS).replace(b"\n", b"\n  \n"),
        # numbers and booleans as strings
        lines(CATS).replace(b'"confidence": 0.9', b'"confidence": "0.9"').replace(b": true", b': "true"'),
        # other attributes can have any value
        lines([{**entry, "mine-metadata": {"confidence": "x", "objects": 5}, "errors": [{}]} for entry in CATS]),
        # metadata first
        lines(dict(reversed(entry.items())) for entry in CATS),
        lines(CATS).replace(b'{"source-ref"', b'{"source-ref-metadata": {}, "source-ref"'),
    ],
)
def test_other_forms_of_the_same_file_give_the_same_evaluation(content: bytes) -> None:
    judged = of(content)
    assert (counts(judged), counts(judged, "dog")) == ((1, 1, 1), (1, 0, 1))
    assert judged.testing_images is None
    assert judged.snapshot is not None
    assert len(judged.snapshot) == 3


@pytest.mark.parametrize("written", [math.nan, "NaN", None, ""])
def test_a_prediction_without_a_confidence_counts_as_missed_and_gives_a_remark(written: Any) -> None:
    judged = evaluation([image(1, ["cat"], [("cat", written)])])
    assert counts(judged) == (0, 0, 1)
    assert "1 predictions in the snapshot have no confidence and count as missed" in judged.remarks[0]


def test_true_labels_without_a_prediction_count_as_positives() -> None:
    judged = evaluation([image(1, ["cat"], [("cat", 0.9)]), image(2, ["cat"], []), image(3, ["cat"], [("dog", 0.2)])])
    assert counts(judged) == (1, 0, 2)
    assert judged.recompute().labels["cat"].recall == 1 / 3
    assert judged.recompute().labels["cat"].testing_images == 3


def test_the_same_true_label_twice_on_an_image_is_one_positive() -> None:
    judged = evaluation([image(1, ["cat", "cat"], [("cat", 0.9)])])
    assert counts(judged) == (1, 0, 0)


def test_without_true_labels_the_flags_of_the_predictions_count() -> None:
    judged = evaluation([image(1, [], [("cat", 0.9)], [True]), image(2, [], [("cat", 0.1)], [True])])
    assert counts(judged) == (1, 0, 1)
    assert judged.recompute().labels["cat"].testing_images == 2


def test_without_flags_the_true_labels_count() -> None:
    entry = image(1, ["cat"], [("cat", 0.9), ("dog", 0.9)])
    for number in (0, 1):
        del entry[f"{SEEN}-{number}-metadata"][f"{SEEN}-details"]
    judged = evaluation([entry])
    assert (counts(judged), counts(judged, "dog")) == ((1, 0, 0), (0, 1, 0))


def test_boxes_without_the_flag_use_the_other_flags() -> None:
    entry = boxes(1, [("cat", BOX), ("cat", BOX)], [("cat", 0.9, True, BOX), ("cat", 0.1, True, BOX)])
    objects = entry[f"{SEEN}-metadata"]["objects"]
    objects[0][f"{SEEN}-details"] = {"is-true-positive": True, "is-false-negative": False}
    objects[1][f"{SEEN}-details"] = {"is-true-positive": False, "is-false-negative": True}
    assert counts(evaluation([entry])) == (1, 0, 1)
    del objects[1][f"{SEEN}-details"]
    with pytest.raises(EvaluationError, match="has an object without is-present-in-ground-truth"):
        evaluation([entry])


def test_a_confidence_of_zero_is_not_a_prediction_at_any_threshold() -> None:
    judged = evaluation([image(1, ["cat"], [("cat", 0.0)]), image(2, [], [("cat", 0.0)])])
    at_zero = judged.recompute(Thresholds.fractions({}, default=0)).labels["cat"]
    assert (at_zero.true_positives, at_zero.false_positives, at_zero.false_negatives) == (0, 0, 1)
    assert judged.curve("cat").points == ()
    assert judged.curve("cat").average_precision == 0


def test_a_class_id_has_a_meaning_on_its_own_line_only() -> None:
    judged = evaluation(
        [
            boxes(1, [("cat", BOX)], [("cat", 0.9, True, BOX)]),
            boxes(2, [("dog", BOX)], [("dog", 0.8, True, BOX), ("cat", 0.7, False, ELSEWHERE)]),
        ]
    )
    assert (counts(judged), counts(judged, "dog")) == ((1, 1, 0), (1, 0, 0))
    assert judged.use_case is UseCase.OBJECT_LOCALIZATION


def test_every_box_is_a_positive_and_an_image_counts_once() -> None:
    judged = evaluation([boxes(1, [("cat", BOX), ("cat", ELSEWHERE)], [("cat", 0.9, True, BOX)])])
    metrics = judged.recompute().labels["cat"]
    assert (metrics.true_positives, metrics.false_negatives, metrics.testing_images) == (1, 1, 1)


def test_an_image_without_labels_counts_as_an_image() -> None:
    judged = evaluation([boxes(1, [], []), boxes(2, [("cat", BOX)], [])])
    assert judged.snapshot is not None
    assert len(judged.snapshot) == 2
    assert counts(judged) == (0, 0, 1)


def test_labels_that_utf8_cannot_encode_are_read() -> None:
    judged = evaluation([image(1, ["\ud800"], [("\ud800", 0.9)])], result("\ud800", 1))
    assert counts(judged, "\ud800") == (1, 0, 0)


def test_a_label_that_the_model_lacks_is_in_the_snapshot_but_has_no_metrics() -> None:
    judged = evaluation([image(1, ["bird", "cat"], [("cat", 0.9)])])
    assert judged.snapshot is not None
    assert list(judged.snapshot.labels) == ["bird", "cat"]
    assert list(judged.recompute().labels) == ["cat", "dog"]
    assert judged.recompute().labels["dog"].f1_score is None


def test_files_with_different_numbers_of_images_give_a_remark(caplog: pytest.LogCaptureFixture) -> None:
    judged = Evaluation.from_files(summary_of(*LABELS, images=70), lines(CATS))
    assert "the summary has 70 test images and the snapshot 3" in judged.remarks[0]
    assert "the snapshot 3" in caplog.text


def test_an_empty_snapshot_is_a_test_without_images() -> None:
    judged = of(b"")
    assert judged.snapshot is not None
    assert len(judged.snapshot) == 0
    assert judged.recompute().f1_score is None


GOOD = encoded(CATS[0])


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (GOOD + b"\n" + GOOD[:80], "line 2: "),
        (GOOD + b"\n\n" + b"5", "line 3: it is not a JSON object"),
        (GOOD + b"\n" + b'{"a": 1}', "line 2: it has no source-ref"),
        (b"[" * 100_000, "line 1: "),
        (b"\x00\xff", "line 1: "),
        (GOOD.replace(b"0.9", b"87.5"), "has a confidence of 87.5: confidences must be from 0 to 1"),
        (GOOD.replace(b"0.9", b"-1"), "has a confidence of -1.0: confidences must be from 0 to 1"),
        (GOOD.replace(b"0.9", b'"high"'), "line 1: "),
        (
            b'{"source-ref": "s3://bucket/1.jpg", "a": 1, "a-metadata": {}}',
            "is a manifest that has neither true labels",
        ),
        (
            json.dumps({"EvaluationDetails": {}}).encode(),
            "This is a training summary: pass it as the first argument of from_files(summary, snapshot)",
        ),
    ],
)
def test_an_unreadable_snapshot_gives_an_error_with_the_line(content: bytes, why: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        of(content)
    message = str(caught.value)
    assert why in message
    assert message.startswith("the snapshot")
    assert message.isprintable()
    assert "_Value" not in message
    assert len(message) < 1200


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda entry: entry[f"{SEEN}-metadata"]["class-map"].clear(), "the class_id 0 is not in the class-map"),
        (lambda entry: entry[f"{SEEN}-metadata"]["objects"].clear(), "has 0 objects for 1 boxes"),
        (lambda entry: entry.pop(SEEN), "has neither a class-name nor an attribute with annotations"),
        (lambda entry: entry[SEEN]["annotations"][0].pop("top"), "missing required field `top`"),
        (lambda entry: entry.update(image(1, ["dog"], [])), "mixes image-level labels and boxes"),
    ],
)
def test_unreadable_boxes_give_an_error_with_the_reason(change: Any, why: str) -> None:
    entry = boxes(1, [("cat", BOX)], [("cat", 0.9, True, BOX)])
    change(entry)
    with pytest.raises(EvaluationError, match="the snapshot") as caught:
        evaluation([boxes(0, [("cat", BOX)], []), entry])
    assert why in str(caught.value)
    assert "line 2" in str(caught.value)


def test_image_level_labels_and_boxes_on_different_lines_are_rejected() -> None:
    for mixed in ([image(1, ["cat"], []), boxes(2, [("cat", BOX)], [])], [boxes(2, [("cat", BOX)], []), CATS[0]]):
        with pytest.raises(EvaluationError, match="the snapshot mixes image-level labels and boxes"):
            evaluation(mixed)


def test_class_ids_may_be_floats_and_strings() -> None:
    entry = boxes(1, [("cat", BOX)], [("cat", 0.9, True, BOX)])
    entry[SEEN]["annotations"][0]["class_id"] = "0"
    entry[f"{TRAINING}-0"]["annotations"][0]["class_id"] = 0.0
    assert counts(evaluation([entry])) == (1, 0, 0)


def test_methods_that_need_the_snapshot_say_why_there_is_none() -> None:
    judged = Evaluation.from_files(summary_of(*LABELS))
    for need in (
        judged.recompute,
        judged.sweep,
        judged.curves,
        judged.tune_thresholds,
        judged.most_confused,
        judged.worst_images,
        judged.confusion_matrix_at,
        judged.predictions,
        lambda: judged.curve("cat"),
    ):
        with pytest.raises(
            EvaluationError, match=r"is not available: it was not passed to from_files\(summary, snapshot\)"
        ):
            need()


@pytest.mark.parametrize("wrong", [{"cat": 0.5}, 0.5, 0])
def test_numbers_without_a_unit_are_rejected_as_thresholds(wrong: Any) -> None:
    judged = evaluation(CATS)
    for take in (judged.recompute, judged.predictions, judged.most_confused, judged.worst_images):
        with pytest.raises(TypeError, match=r"Thresholds\.fractions\(\{'cat': 0\.5\}\)"):
            take(wrong)


def test_an_unknown_label_is_rejected() -> None:
    with pytest.raises(KeyError, match="there is no label 'bird'"):
        evaluation(CATS).curve("bird")
    with pytest.raises(KeyError, match="there is no label 'bird'"):
        evaluation(CATS).predictions(labels=["cat", "bird"])


def test_a_line_that_is_nested_too_deeply_gives_an_error_with_the_line() -> None:
    deep = b'{"source-ref": "s3://bucket/2.jpg", "other": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    with pytest.raises(EvaluationError, match="line 2: it is nested too deeply"):
        of(encoded(CATS[0]) + b"\n" + deep)
