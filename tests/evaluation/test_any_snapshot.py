"""Statistics of any snapshot: incomplete ground truth, images that are there twice, labels without images."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings, strategies as st

from rekog_versions.evaluation import Evaluation, Interval, LabelMetrics, ModelMetrics, TunedThresholds, compare
from rekog_versions.models.thresholds import Thresholds
from tests.evaluation.files import boxes, evaluation, image, result

LABELS = ("cat", "dog", "cow")
confidences = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5 + 1e-12, 0.75, 1.0])
labels = st.sampled_from(LABELS)
flat = st.lists(
    st.tuples(st.integers(0, 9), st.lists(labels, max_size=3), st.lists(st.tuples(labels, confidences, st.booleans()))),
    min_size=1,
    max_size=8,
)
"""The number of an image, its true labels, and its predictions with a flag that may contradict them."""
located = st.lists(
    st.tuples(st.integers(0, 9), st.lists(labels, max_size=4), st.lists(st.tuples(labels, confidences, st.booleans()))),
    min_size=1,
    max_size=8,
)
Drawn = Sequence[tuple[int, Sequence[str], Sequence[tuple[str, float, bool]]]]
BOX = (1.0, 1.0, 9.0, 9.0)


def read(drawn: Drawn, *, with_boxes: bool) -> Evaluation:
    entries: list[dict[str, Any]] = []
    for number, truth, seen in drawn:
        if with_boxes:
            found = [(label, confidence, present, BOX) for label, confidence, present in seen]
            entries.append(boxes(number, [(label, BOX) for label in truth], found))
        else:
            shown = [(label, confidence) for label, confidence, _ in seen]
            entries.append(image(number, truth, shown, [present for *_, present in seen]))
    return evaluation(entries, *(result(label, 1, f1=None) for label in LABELS))


def check(value: float | None, interval: Interval | None) -> None:
    assert (value is None) == (interval is None)
    if value is not None and interval is not None:
        assert 0 <= interval.low <= value + 1e-9
        assert value - 1e-9 <= interval.high <= 1


def check_statistics(judged: Evaluation) -> None:
    for thresholds in (None, Thresholds.fractions({}, default=0.2), Thresholds.fractions({}, default=1.0)):
        metrics = judged.recompute(thresholds)
        every: list[LabelMetrics | ModelMetrics] = [metrics, *metrics.labels.values()]
        for one in every:
            check(one.precision, one.precision_interval)
            check(one.recall, one.recall_interval)
            check(one.f1_score, one.f1_interval)
        check(metrics.average_precision, metrics.average_precision_interval)
        check(metrics.average_recall, metrics.average_recall_interval)
    for label in LABELS:
        for point in judged.curve(label, confidence=0.9).points:
            check(point.f1_score, point.f1_interval)
    tuned = judged.tune_thresholds(folds=3)
    assert TunedThresholds.from_json(tuned.to_json()) == tuned
    for of_label in tuned:
        assert of_label.held_out is not None
        check(of_label.held_out.f1_score, of_label.held_out.f1_interval)
    assert str(judged)
    assert judged.to_json()


@settings(max_examples=60, deadline=None)
@given(drawn=flat)
def test_image_level_labels_have_intervals_that_contain_their_metrics(drawn: Drawn) -> None:
    check_statistics(read(drawn, with_boxes=False))


@settings(max_examples=60, deadline=None)
@given(drawn=located)
def test_objects_have_intervals_that_contain_their_metrics(drawn: Drawn) -> None:
    check_statistics(read(drawn, with_boxes=True))


@settings(max_examples=60, deadline=None)
@given(drawn=flat, data=st.data(), with_boxes=st.booleans())
def test_any_two_versions_can_be_compared(drawn: Drawn, data: st.DataObject, with_boxes: bool) -> None:
    seen = st.lists(st.tuples(labels, confidences, st.booleans()), max_size=4)
    other = [(number, truth, data.draw(seen)) for number, truth, _ in drawn]
    compared = compare(read(drawn, with_boxes=with_boxes), read(other, with_boxes=with_boxes))
    for test in (compared.f1_test, *(change.f1_test for change in compared)):
        if test is not None:
            assert 0 <= test.p_value <= test.adjusted_p_value <= 1
            assert -1 <= test.interval.low <= test.difference + 1e-9
            assert test.difference - 1e-9 <= test.interval.high <= 1
            assert test.differing_images <= test.images
    assert compared.conclusion in str(compared)
    assert compared.to_json()
